"""Tables as tools and spreadsheets write them: any delimiter, lines ahead of the header, line breaks in fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from scoring.evidence.limits import Limits, Refused

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_WITHIN = 50
"""Lines in which the header must come."""
_FIELD = 1 << 24
"""Characters in a field: a match may be a whole line of minified code, and Python stops at 128 K by default."""


_CUT_OFF = "The table is malformed or cut off. Export it again."


def header(lines: tuple[str, ...], wanted: frozenset[str]) -> tuple[int, str] | None:
    """The place of the line that names all wanted columns, and its delimiter; None where no line does."""
    for place, line in enumerate(lines[:_HEADER_WITHIN]):
        for delimiter in _DELIMITERS:
            if wanted <= set(_fields(line, delimiter)):
                return place, delimiter
    return None


def records(text: BinaryIO, wanted: frozenset[str], limits: Limits) -> Iterator[Mapping[str, str]]:
    """Each record below the header, by column; blank records are left out, missing fields are empty.

    Raises Refused where no header names the wanted columns, or where the table is cut off.
    """
    csv.field_size_limit(_FIELD)
    # Line breaks within fields are the parser's business.
    stream = io.TextIOWrapper(text, encoding="utf-8", errors="replace", newline="")
    try:
        ahead: list[str] = []
        found = None
        while found is None and len(ahead) < _HEADER_WITHIN and (line := stream.readline(_FIELD)):
            ahead.append(line)
            found = header((line.rstrip("\r\n"),), wanted)
        if found is None:
            raise Refused("Its table has no header with the columns of the format.")
        if not ahead[-1].endswith(("\n", "\r")):
            raise Refused(_CUT_OFF)
        columns = [name.strip() for name in _fields(ahead[-1].rstrip("\r\n"), found[1])]
        yield from _below(stream, columns, found[1], limits)
    finally:
        # The stream below belongs to the caller.
        stream.detach()


def _below(stream: io.TextIOWrapper, columns: list[str], delimiter: str, limits: Limits) -> Iterator[Mapping[str, str]]:
    short = False
    try:
        for number, row in enumerate(csv.reader(stream, delimiter=delimiter, strict=True)):
            if number == limits.documents:
                raise Refused(f"It holds more than {limits.documents} records. Split it.")
            if any(row):
                short = len(row) < len(columns)
                yield dict(zip(columns, [*row, *[""] * (len(columns) - len(row))], strict=False))
    except csv.Error:
        raise Refused(_CUT_OFF) from None
    # Tools leave out empty fields at the end of a record, but not in the last one alone.
    if short:
        raise Refused(_CUT_OFF)


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
