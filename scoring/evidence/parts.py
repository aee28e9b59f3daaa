"""A scanner's export by kind of check: many tools write several kinds into one file, and each has its own facts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Finding, State, Tally, finding_facts, last_run, merged, share
from scoring.evidence.format import Parsed
from scoring.evidence.rows import UNDATED
from scoring.evidence.severity import NOT_RATED, rate


@lru_cache(maxsize=4096)
def _shared(scheme: str, word: str | None, state: State) -> Finding:
    return Finding(rate(scheme, word) or NOT_RATED, state)


def rated(scheme: str, severity: object, state: State = State.OPEN) -> Finding:
    """A finding by its tool's word, the same object for the same word; not rated where the scheme has no such word."""
    return _shared(scheme, severity if isinstance(severity, str) and len(severity) <= 40 else None, state)


@dataclass(slots=True)
class Part:
    """The findings of one kind of check, counted as they are read."""

    tally: Tally = field(default_factory=Tally)
    apart: int = 0
    """Ignored findings that the export lists apart; they are counted as suppressed and as nothing else."""
    facts: dict[str, bool | int | float | str] = field(default_factory=dict)
    """Further facts of this kind of check, by name."""
    _fixable: int = 0
    _fixes_told: bool = False
    dismissals: bool = False
    """The format keeps what people decided, so that the share of dismissals means something."""
    _passed: int = 0
    _failed: int | None = None

    def add(self, finding: Finding, identity: Hashable, *, fixable: bool | None = None) -> None:
        """Counts one finding; ``fixable`` tells whether the tool knows a fix, None where its format never says."""
        self.tally.add(finding, identity)
        self.told(finding, fixable)

    def add_all(self, counts: Mapping[Finding, int], identities: set[int], fixable: int | None) -> None:
        """Counts many findings at once: how often each occurs, hashes of the open ones' identities, and how many of
        the open ones have a fix; None where the format does not say.
        """
        self.tally.add_all(counts, identities)
        if fixable is not None:
            self._fixes_told = True
            self._fixable += fixable

    def told(self, finding: Finding, fixable: bool | None) -> None:
        """Notes whether there is a fix for a finding that is counted elsewhere."""
        if fixable is not None:
            self._fixes_told = True
            self._fixable += fixable and finding.state is State.OPEN

    def checks(self, passed: int, failed: int) -> None:
        """Adds configuration checks that the tool evaluated; those that failed are findings besides."""
        self._passed += passed
        self._failed = (self._failed or 0) + failed

    def counted(self, name: str, more: int = 1) -> None:
        """Adds to a fact that is a count."""
        self.facts[name] = int(self.facts.get(name, 0)) + more

    def own_facts(self, category: Category | None) -> Iterator[Fact]:
        """The facts that only this kind of check has."""
        opened = self.tally.number(State.OPEN)
        if self._fixes_told and opened:
            yield Fact(name="findings.fixable_share", value=share(self._fixable, opened), category=category)
        total = self.tally.findings().total
        if self.dismissals and total:
            dismissed = share(self.tally.number(State.SUPPRESSED), total)
            yield Fact(name="findings.dismissed.share", value=dismissed, category=category)
        if self._failed is not None:
            yield Fact(name="posture.failed", value=self._failed, category=category)
        if self._passed:
            whole = self._passed + (self._failed or 0)
            yield Fact(name="posture.passed_share", value=share(self._passed, whole), category=category)
        for name, value in self.facts.items():
            yield Fact(name=name, value=value, category=category)


@dataclass(slots=True)
class Parts:
    """All kinds of check in one export. A kind is there as soon as it was asked for, were it without findings."""

    _parts: dict[Category | None, Part] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._parts)

    def of(self, category: Category | None) -> Part:
        """The part of a kind of check, which counts as present from now on."""
        return self._parts.setdefault(category, Part())

    @property
    def total(self) -> int:
        """Findings of all kinds, whatever their state."""
        return sum(part.tally.findings().total for part in self._parts.values())

    def parsed(
        self,
        name: str,
        tool: str,
        *,
        version: str = "",
        at: datetime | None = None,
        ran: bool = True,
        subject: str = "",
        branch: str = "",
        facts: Iterable[Fact] = (),
        sample: str | None = None,
        warnings: Iterable[str] = (),
    ) -> Parsed:
        """The export as a whole. ``ran`` tells whether ``at`` is when the tool ran, else it only dates the list.

        ``sample`` stands on every fact where the file is one page of a longer list.
        """
        whole = merged(part.tally for part in self._parts.values())
        only = next(iter(self._parts)) if len(self._parts) == 1 else None
        given = list(facts)
        for kind, part in self._parts.items():
            about = kind if len(self._parts) > 1 else None
            given.append(Fact(name="scan.present", value=True, category=about, note=f"{tool} {version}".strip()))
            given.extend(finding_facts(part.tally, at, about, apart=part.apart))
            given.extend(part.own_facts(about))
            given.extend(last_run(at if ran else None, about))
        return Parsed(
            format=name,
            tool=tool,
            records=whole.records("finding"),
            category=only,
            captured_at=at,
            subject=subject,
            branch=branch,
            findings=whole.findings(),
            facts=tuple(fact.model_copy(update={"sample": sample}) for fact in given) if sample else tuple(given),
            warnings=(*whole.warnings(), *warnings),
        )


def page(listed: int, more: bool, total: int | None = None) -> str | None:
    """How a list that goes on elsewhere is named, ``30 of 593`` or ``30 of more than 30``; None where it is whole."""
    if total is not None and total > listed:
        return f"{listed} of {total}"
    return f"{listed} of more than {listed}" if more else None


def list_warnings(at: datetime | None, sample: str | None) -> Iterator[str]:
    """What to say about a list of a platform: that it goes on elsewhere, and that its latest event dates it."""
    if sample:
        yield f"The file is one page: {sample} findings. Fetch all pages for firm figures."
    if at is not None:
        yield UNDATED
