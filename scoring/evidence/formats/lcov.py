"""LCOV tracefiles (geninfo 1.x and 2.x, Istanbul, Dart, Rust, Bazel): a record per source file and test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.limits import Refused
from scoring.evidence.linehits import NOTHING, Places, Reached, number, parsed, reached
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.textlines import Line, lines

_END = "end_of_record"
_FIRST = re.compile(r"(?:TN|SF|VER):|#")
_CUT_OFF = "The tracefile is cut off: its last record has no end. Fetch the file again."


def _identify(shape: Shape) -> bool:
    if shape.kind is not Kind.TEXT:
        return False
    told = [line for line in shape.lines if line.strip()]
    return bool(told) and _FIRST.match(told[0]) is not None and any(line.startswith("SF:") for line in told)


@dataclass(slots=True)
class _Tracefile:
    places: Places = field(default_factory=Places)
    branches: Places = field(default_factory=Places)
    file: str | None = None
    """Of the record that is open."""
    begun: bool = False
    """A record is open, or the name of its test stands ahead of it; or a line is not at its end."""
    own: int = 0
    """Lines of the open record so far."""
    stated: dict[str, int] = field(default_factory=dict)
    """Totals of the open record."""
    summed: Reached = NOTHING
    """Of records that state totals and list no lines."""

    def read(self, line: Line) -> None:
        tag, _, value = line.text.partition(":")
        if line.text.strip() == _END:
            self._end()
            return
        self.begun = self.begun or tag in ("TN", "SF") or not line.ended
        if tag == "SF":
            self.file, self.own, self.stated = value.strip(), 0, {}
        elif self.file is not None and tag in _READERS and not _READERS[tag](self, self.file, tag, value.split(",")):
            raise Refused(f"Line {line.number} is not what a tracefile has there. Export it again.")

    def _end(self) -> None:
        total = reached(self.stated.get("LH"), self.stated.get("LF"))
        if self.file is not None and not self.own and total is not None:
            self.summed = self.summed.plus(total)
        self.file, self.begun = None, False

    def line(self, file: str, tag: str, parts: list[str]) -> bool:
        where, count = number(parts[0]), number(parts[1]) if len(parts) > 1 else None
        if where is None or count is None:
            return False
        self.own += 1
        # Counts below zero are an error of old gcov versions.
        self.places.add(file, where, count > 0)
        return True

    def branch(self, file: str, tag: str, parts: list[str]) -> bool:
        if len(parts) < 4:
            return False
        # "-" is a branch whose expression was never evaluated.
        self.branches.add(file, tuple(parts[:-1]), (number(parts[-1]) or 0) > 0)
        return True

    def total(self, file: str, tag: str, parts: list[str]) -> bool:
        count = number(parts[0])
        if count is not None:
            self.stated[tag] = count
        return count is not None


_READERS: Mapping[str, Callable[[_Tracefile, str, str, list[str]], bool]] = {
    "DA": _Tracefile.line,
    "BRDA": _Tracefile.branch,
    "LF": _Tracefile.total,
    "LH": _Tracefile.total,
}


def _parse(source: Source) -> Parsed | Rejected:
    trace = _Tracefile()
    for line in lines(source):
        trace.read(line)
    if trace.begun:
        return Rejected(_CUT_OFF)
    places, summed = trace.places, trace.summed
    return parsed(
        "lcov",
        "LCOV",
        "line",
        places.merged().plus(summed),
        listed=Reached(places.listed - places.missed, places.listed).plus(summed),
        branches=trace.branches.merged(),
    )


FORMATS = (
    Format(
        name="lcov",
        title="LCOV tracefile",
        unit="line",
        category=Category.COVERAGE,
        identify=_identify,
        parse=_parse,
    ),
)
