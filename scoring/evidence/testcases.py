"""Test runs, whichever framework reports them: cases counted one by one, and made facts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence.facts import last_run, share
from scoring.evidence.format import Parsed
from scoring.evidence.scalars import event, zoneless

ZONELESS = "Its times name no time zone and are read as UTC."
_MOST_SECONDS = 1e9


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    """Or broke: a test that could not run to its end has not passed."""
    SKIPPED = "skipped"
    """Or said neither."""


@dataclass(slots=True)
class Cases:
    """What the cases of a file come to."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    summaries: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    """Elements that only sum up the cases listed inside them: no test, but an element of the file."""
    seconds: float = 0.0
    failed: set[int] = field(default_factory=set)
    at: datetime | None = None
    """The latest moment that the file names, in UTC."""
    zoneless: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def add(self, outcome: Outcome, identity: Hashable, seconds: float = 0.0) -> None:
        """Counts one case. ``identity`` is what the framework knows it by; a repetition of it is the same test."""
        self.counts[outcome] += 1
        self.seconds += seconds
        if outcome is Outcome.FAILED:
            self.failed.add(hash(identity))

    def add_summary(self, outcome: Outcome) -> None:
        self.summaries[outcome] += 1

    def stamp(self, text: str | None) -> None:
        """Notes when something of the run took place; what is no moment is passed over."""
        at = event(text)
        if text is None or at is None:
            return
        self.zoneless = self.zoneless or zoneless(text)
        self.at = at if self.at is None else max(self.at, at)

    def records(self) -> Records:
        failed = self.counts[Outcome.FAILED] + self.summaries[Outcome.FAILED]
        return Records(
            unit="test", raw=self.total + sum(self.summaries.values()), open=failed, distinct=len(self.failed)
        )

    def facts(self, tool: str = "") -> Iterator[Fact]:
        passed, skipped = self.counts[Outcome.PASSED], self.counts[Outcome.SKIPPED]
        yield Fact(name="tests.total", value=self.total)
        yield Fact(name="tests.failed", value=self.counts[Outcome.FAILED])
        if self.total > skipped:
            yield Fact(name="tests.passed_share", value=share(passed, self.total - skipped))
        if self.total:
            yield Fact(name="tests.skipped_share", value=share(skipped, self.total))
            yield Fact(name="scan.present", value=True, note=tool)
        if self.seconds > 0:
            yield Fact(name="tests.duration_minutes", value=round(self.seconds / 60, 2))
        yield from last_run(self.at)

    def parsed(self, name: str, tool: str, *, subject: str = "", warnings: Iterable[str] = ()) -> Parsed:
        """The file as a test run."""
        nothing = () if self.total else ("The file lists no test case: it does not show that any test ran.",)
        zone = (ZONELESS,) if self.zoneless else ()
        return Parsed(
            format=name,
            tool=tool,
            records=self.records(),
            category=Category.TEST,
            captured_at=self.at,
            subject=subject,
            facts=tuple(self.facts(tool)),
            warnings=(*nothing, *zone, *warnings),
        )


def seconds(text: str | None) -> float:
    """A duration in seconds as frameworks write it: ``1,234.5``, ``0,005``, ``00:00:01.25``; 0 where it is none."""
    text = (text or "").strip()
    if ":" in text:
        return _of_clock(text)
    # With a point the comma parts thousands, without one it is the decimal sign of the machine's language.
    plain = text.replace(",", "") if "." in text else text.replace(",", ".", 1)
    try:
        value = float(plain)
    except ValueError:
        return 0.0
    return value if 0 <= value < _MOST_SECONDS else 0.0


def _of_clock(text: str) -> float:
    """``hours:minutes:seconds``, with days and a point ahead where .NET needs them."""
    days, _, clock = text.partition(".") if text.count(".") == 2 else ("", "", text)
    parts = clock.split(":")
    if len(parts) != 3:
        return 0.0
    try:
        value = (int(days or 0) * 24 + int(parts[0])) * 3600 + int(parts[1]) * 60 + float(parts[2])
    except ValueError:
        return 0.0
    return value if 0 <= value < _MOST_SECONDS else 0.0
