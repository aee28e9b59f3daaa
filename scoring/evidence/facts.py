"""From findings to facts: counted once, in memory, and named by the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from statistics import median

from questionnaires.load import CONTENT, Invalid, load_facts
from questionnaires.model import Category, FactKind
from scoring.assessment import Fact, Findings, Records
from scoring.evidence.severity import Rating, Severity

_MOST_WORDS = 12


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, FactKind]:
    """Every fact that evidence can give, by name."""
    loaded = load_facts(CONTENT / "facts.toml")
    if isinstance(loaded, Invalid):
        raise ValueError(f"the shipped fact catalogue is broken: {loaded.problems}")
    return loaded.value


class State(StrEnum):
    """What became of a finding."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    """Accepted or dismissed by someone."""
    FIXED = "fixed"
    PASSED = "passed"
    """The check found nothing: an element of the file, but no finding."""


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One normalised finding, or what many have in common. Compared as an object, so that counting is cheap."""

    rating: Rating
    state: State = State.OPEN
    first_seen: datetime | None = None
    """In UTC; only from formats that keep a history."""
    closed: datetime | None = None
    """In UTC."""


@dataclass(slots=True)
class Tally:
    """Findings as they are read. Identities are kept as hashes of this process, and only until it ends."""

    _counts: dict[Finding, int] = field(default_factory=dict)
    _open: set[int] = field(default_factory=set)

    def add(self, finding: Finding, identity: Hashable) -> None:
        """Counts one finding. ``identity`` is what the format knows it by; repetitions share it."""
        self._counts[finding] = self._counts.get(finding, 0) + 1
        if finding.state is State.OPEN:
            self._open.add(hash(identity))

    def add_all(self, counts: Mapping[Finding, int], identities: set[int]) -> None:
        """Counts many at once: how often each finding occurs, and hashes of the open ones' identities.

        The set is the tally's own from then on.
        """
        for finding, count in counts.items():
            self._counts[finding] = self._counts.get(finding, 0) + count
        self._open = self._open | identities if self._open else identities

    def sums(self) -> Counter[tuple[State, Severity]]:
        """How many there are of each state and severity."""
        found: Counter[tuple[State, Severity]] = Counter()
        for finding, count in self._counts.items():
            found[finding.state, finding.rating.severity] += count
        return found

    def number(self, state: State) -> int:
        """How many there are in a state."""
        return sum(count for finding, count in self._counts.items() if finding.state is state)

    @property
    def distinct(self) -> int:
        """Open findings after repetitions are removed."""
        return len(self._open)

    @property
    def unrated(self) -> int:
        """Findings whose severity the tool did not say."""
        return sum(c for f, c in self._counts.items() if f.rating.unrated and f.state is not State.PASSED)

    def records(self, unit: str) -> Records:
        """The three counts, of a format whose records are its findings."""
        return Records(
            unit=unit,
            raw=sum(self._counts.values()),
            open=self.number(State.OPEN),
            distinct=self.distinct,
        )

    def findings(self) -> Findings:
        """All findings by severity, whatever their state; what passed is none."""
        sums = self.sums()
        real = (State.OPEN, State.SUPPRESSED, State.FIXED)
        by = {str(severity): sum(sums[state, severity] for state in real) for severity in Severity}
        return Findings(total=sum(by.values()), **by)

    def warnings(self) -> tuple[str, ...]:
        """What a person should know about the severities."""
        if not self.unrated:
            return ()
        return (f"The tool gives no severity for {self.unrated} of {self.findings().total} findings.",)


def merged(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one; a finding that two of them know by the same identity is one."""
    parts = list(tallies)
    if len(parts) == 1:
        return parts[0]
    whole = Tally()
    for part in parts:
        whole.add_all(part._counts, part._open)
    return whole


def finding_facts(
    tally: Tally, at: datetime | None = None, category: Category | None = None, *, apart: int = 0
) -> tuple[Fact, ...]:
    """The facts that every scanner export gives.

    ``at`` is when the export was made, in UTC: ages count to it, and there are none without it. ``category`` is set
    on each fact where it differs from that of the file. ``apart`` is how many ignored findings the export lists
    outside its findings; only the fact about suppressed ones counts them.
    """
    counted = list(tally._counts.items())
    sums = tally.sums()
    total = sum(count for (state, _), count in sums.items() if state is not State.PASSED)
    found = [
        Fact(name="findings.total", value=total, category=category, note=_origin(counted)),
        Fact(name="findings.open", value=tally.number(State.OPEN), category=category),
        Fact(name="findings.distinct", value=tally.distinct, category=category),
    ]
    for severity in Severity:
        found.append(Fact(name=f"findings.{severity}.open", value=sums[State.OPEN, severity], category=category))
    suppressed = tally.number(State.SUPPRESSED) + apart
    found.append(Fact(name="findings.suppressed", value=suppressed, category=category))
    found.extend(_ages(counted, at, category))
    return tuple(found)


def _ages(counted: list[tuple[Finding, int]], at: datetime | None, category: Category | None) -> Iterator[Fact]:
    for severity in (Severity.CRITICAL, Severity.HIGH):
        ages = [
            max((at - finding.first_seen).days, 0)
            for finding, count in counted
            for _ in range(count)
            if at and finding.first_seen and finding.state is State.OPEN and finding.rating.severity is severity
        ]
        if ages:
            yield Fact(name=f"findings.{severity}.oldest_days", value=max(ages), category=category)
        if ages and severity is Severity.CRITICAL:
            yield Fact(name="findings.critical.median_days", value=float(median(ages)), category=category)
    fixed = [
        max((finding.closed - finding.first_seen).days, 0)
        for finding, count in counted
        for _ in range(count)
        if finding.state is State.FIXED and finding.closed and finding.first_seen
    ]
    if fixed:
        yield Fact(name="findings.fixed.median_days", value=float(median(fixed)), category=category)


def _origin(counted: Iterable[tuple[Finding, int]]) -> str:
    """The tool's own words beside what they became: ``sarif-level: error = high 3, note = low 5``."""
    words: Counter[tuple[str, str, Severity]] = Counter()
    for finding, count in counted:
        if finding.state is not State.PASSED:
            words[finding.rating.scheme, finding.rating.word, finding.rating.severity] += count
    parts: list[str] = []
    scheme = ""
    for (of, word, severity), count in sorted(words.items())[:_MOST_WORDS]:
        parts.append(f"{'' if of == scheme else of + ': '}{word} = {severity} {count}")
        scheme = of
    return ", ".join(parts)


def last_run(at: datetime | None, category: Category | None = None) -> tuple[Fact, ...]:
    """The day of the latest run, of an export that says when its tool ran."""
    return () if at is None else (Fact(name="scan.last_run", value=at.date().isoformat(), category=category),)


def share(part: int, whole: int) -> float:
    """A share between 0 and 1, rounded to four decimals. ``whole`` is not 0."""
    return round(part / whole, 4)
