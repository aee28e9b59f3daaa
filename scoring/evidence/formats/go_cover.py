"""Go cover profiles (``go test -coverprofile``), one or several put together: blocks of statements, never lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from questionnaires.model import Category
from scoring.evidence.addresses import go_module
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.linehits import Places, Reached, parsed
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.textlines import lines

_MODE = re.compile(r"mode: ?(?:set|count|atomic)\s*")
_BLOCK = re.compile(r"(?P<file>.+):(?P<place>\d+\.\d+,\d+\.\d+) (?P<statements>\d{1,9}) (?P<count>\d{1,20})\s*")


def _identify(shape: Shape) -> bool:
    if shape.kind is not Kind.TEXT:
        return False
    first = next((line for line in shape.lines if line.strip()), "")
    return _MODE.fullmatch(first) is not None


def _parse(source: Source) -> Parsed | Rejected:
    places = Places()
    files: set[str] = set()
    ended = True
    for line in lines(source):
        ended = line.ended
        block = _BLOCK.fullmatch(line.text)
        if block is not None:
            files.add(block["file"])
            hit = block["count"].strip("0") != ""
            places.add(block["file"], block["place"], hit, int(block["statements"]))
        elif line.text.strip() and not _MODE.fullmatch(line.text):
            if not line.ended:
                return Rejected("The profile is cut off: it ends in the middle of a line. Fetch the file again.")
            return Rejected(f"Line {line.number} is no block of a cover profile. Run the tests again.")
    merged = places.merged()
    return parsed(
        "go-cover",
        "Go cover",
        "statement",
        merged,
        listed=Reached(places.listed - places.missed, places.listed),
        counted="statements: Go counts no lines",
        subject=go_module(files),
        warnings=_warnings(ended, merged),
    )


def _warnings(ended: bool, merged: Reached) -> Iterator[str]:
    if not ended and merged.total:
        yield "Its last line has no line break, as in a file that was cut off; the line itself is whole."


FORMATS = (
    Format(
        name="go-cover",
        title="Go cover profile",
        unit="statement",
        category=Category.COVERAGE,
        identify=_identify,
        parse=_parse,
    ),
)
