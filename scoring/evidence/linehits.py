"""What tests reach, from any coverage tool: merged where a report counts a place more than once, and made facts.

A place is covered when it was executed at least once; some tools want more of a line with branches, so their figures
may be lower by a few lines.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence.facts import last_run, share
from scoring.evidence.format import Parsed
from scoring.evidence.scalars import moment

_WHOLE = re.compile(r"-?\d{1,18}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = 1e11
"""As seconds this is the year 5138: a larger number counts milliseconds."""
_EARLIEST = 1990
_LATEST = 4e12
_TELLING = 0.005
"""From this difference on, a total that contradicts its lines is worth a warning."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How many of some places tests reach."""

    covered: int
    total: int

    @property
    def missed(self) -> int:
        return self.total - self.covered

    def plus(self, other: Reached) -> Reached:
        return Reached(self.covered + other.covered, self.total + other.total)


NOTHING = Reached(0, 0)


def reached(covered: int | None, total: int | None) -> Reached | None:
    """A pair of totals as a report states it; None where it does not, or where they cannot be."""
    if covered is None or total is None or not 0 <= covered <= total:
        return None
    return Reached(covered, total)


@dataclass(slots=True)
class Places:
    """Places as they are read; one that is listed several times is reached when any of them is."""

    listed: int = 0
    missed: int = 0
    _files: dict[str, dict[Hashable, tuple[bool, int]]] = field(default_factory=dict)

    def add(self, file: str, place: Hashable, hit: bool, weight: int = 1) -> None:
        """Counts one place of a file. ``weight`` is how many statements it stands for."""
        self.listed += weight
        self.missed += 0 if hit else weight
        known = self._files.setdefault(file, {})
        earlier = known.get(place)
        if earlier is None:
            known[place] = (hit, weight)
        elif hit and not earlier[0]:
            known[place] = (True, earlier[1])

    def merged(self) -> Reached:
        """Every place once."""
        covered = total = 0
        for places in self._files.values():
            for hit, weight in places.values():
                total += weight
                covered += weight if hit else 0
        return Reached(covered, total)


@dataclass(slots=True)
class Branches:
    """Branches of lines, of which a report says only how many of how many were taken; the best of several counts."""

    _lines: dict[tuple[str, Hashable], Reached] = field(default_factory=dict)

    def add(self, file: str, place: Hashable, taken: Reached) -> None:
        earlier = self._lines.get((file, place))
        if earlier is None or (taken.total, taken.covered) > (earlier.total, earlier.covered):
            self._lines[file, place] = taken

    def merged(self) -> Reached:
        whole = NOTHING
        for taken in self._lines.values():
            whole = whole.plus(taken)
        return whole


def parsed(
    name: str,
    tool: str,
    unit: str,
    lines: Reached,
    *,
    listed: Reached | None = None,
    missed: int | None = None,
    branches: Reached | None = None,
    counted: str = "",
    at: datetime | None = None,
    subject: str = "",
    warnings: Iterable[str] = (),
) -> Parsed:
    """A coverage report. ``lines`` gives the share; ``listed`` are the elements of the file where it repeats some, and
    ``missed`` how many different ones of them were not reached. ``counted`` says what a tool counts in place of lines.
    """
    elements = listed or lines
    return Parsed(
        format=name,
        tool=tool,
        records=Records(
            unit=unit,
            raw=elements.total,
            open=elements.missed,
            distinct=min(elements.missed, lines.missed if missed is None else missed),
        ),
        category=Category.COVERAGE,
        captured_at=at,
        subject=subject,
        facts=tuple(_facts(tool, lines, branches or NOTHING, counted or "lines", at)),
        warnings=(*(() if lines.total else ("The report lists nothing that could be covered.",)), *warnings),
    )


def _facts(tool: str, lines: Reached, branches: Reached, counted: str, at: datetime | None) -> Iterator[Fact]:
    if not lines.total:
        return
    yield Fact(name="scan.present", value=True, note=tool)
    of_lines = f"{lines.covered} of {lines.total} {counted}"
    yield Fact(name="coverage.line_share", value=share(lines.covered, lines.total), note=of_lines)
    if branches.total:
        of_branches = f"{branches.covered} of {branches.total} branches"
        yield Fact(name="coverage.branch_share", value=share(branches.covered, branches.total), note=of_branches)
    yield from last_run(at)


def contradiction(lines: Reached, stated: float | None) -> Iterator[str]:
    """What to say where the total at the top of a report is not that of its lines, as in a report that was edited."""
    if stated is None or not lines.total or abs(lines.covered / lines.total - stated) < _TELLING:
        return
    found = f"{100 * lines.covered / lines.total:.1f} %"
    yield f"Its own total says {100 * stated:.1f} %, its lines come to {found}; the lines count here."


def number(text: str | None) -> int | None:
    """A count, however it is written (``2874063630``, ``1e+10``, ``3.0``); None where it is none."""
    text = (text or "").strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    value = fraction(text)
    return int(value) if value is not None and abs(value) < 1e18 else None


def fraction(text: str | None) -> float | None:
    """A finite number; None where it is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def stamp(text: str | None) -> datetime | None:
    """A moment in UTC: seconds or milliseconds since 1970, which the same format mixes, or ISO 8601."""
    value = fraction(text)
    if value is None:
        return moment(text)
    seconds = value / 1000 if value > _MILLISECONDS else value
    if not 0 < value < _LATEST:
        return None
    read = _EPOCH + timedelta(seconds=round(seconds, 3))
    return read if read.year >= _EARLIEST else None
