"""Plain text, line by line, from memory or at flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.evidence.limits import MIB, Refused, size
from scoring.evidence.source import Source

_LONGEST = 4 * MIB


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    """From 1."""
    text: str
    """Without its line break."""
    ended: bool
    """It has a line break. The last line of a file that was cut off has none, but of some whole files neither."""


def lines(source: Source) -> Iterator[Line]:
    """Every line of a text. Raises Refused at one that is longer than any export writes."""
    with source.text() as text:
        number = 0
        while raw := text.readline(_LONGEST):
            number += 1
            ended = raw.endswith(b"\n")
            if not ended and len(raw) == _LONGEST:
                raise Refused(f"Line {number} is longer than {size(_LONGEST)}.")
            yield Line(number, raw.decode("utf-8", "replace").rstrip("\r\n"), ended)
