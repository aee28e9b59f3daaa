"""The folder of an engagement held against its journal: what counts, and what does not agree.

The journal is the truth: its lines, one after the other, make the assessment. The TOML files are compared with it,
each at the line that it says it holds. What a stopped process may leave behind is told apart from what only a hand
or another program can have done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.engagement import checkpoint, journal, state
from app.engagement.checkpoint import (
    ENGAGEMENT,
    JOURNAL,
    QUESTIONNAIRE,
    ROADMAP,
    Position,
    StoredPlan,
    application_file,
    application_of,
    file_of,
)
from app.engagement.errors import EngagementError
from app.engagement.files import read_bytes
from app.engagement.journal import Chain, Entry
from app.engagement.migrations import NewerVersion
from questionnaires.model import Questionnaire
from scoring.assessment import Assessment

NEXT_QUESTIONNAIRE = ".questionnaire.next.toml"
"""What is asked after an upgrade, until the journal says so."""


class Kind(StrEnum):
    """How bad a finding is."""

    TORN = "torn"
    """A line that was being written when the process or the machine stopped; nobody was told that it is saved."""
    MISSING = "missing"
    """A file that is gone; the journal holds what stood in it."""
    FOREIGN = "foreign"
    """A file that the journal does not know; nothing in it counts."""
    CHANGED = "changed"
    """Something that Colonnade did not write."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as Colonnade left it."""

    kind: Kind
    where: str
    """A file of the folder, with a line or a key where there is one."""
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


@dataclass(frozen=True)
class Audit:
    """A folder as it was found."""

    questionnaire: Questionnaire
    assessment: Assessment
    """What counts: the journal's word; the files' where the journal itself is broken."""
    chain: Chain
    findings: tuple[Finding, ...]
    behind: frozenset[str]
    """Files that do not hold the journal's last word on them, and files to be cleared away."""
    plan: StoredPlan | None
    plan_lost: bool
    """The journal names a plan that no file holds in a form that can be read: the process stopped before it was
    written (``plan`` is the one before it), or another version wrote it."""
    next_questionnaire: bytes | None = None
    """What is asked after an upgrade whose last step is missing."""

    @property
    def changed(self) -> tuple[Finding, ...]:
        """The findings that keep an engagement from being changed until a person decides."""
        return tuple(finding for finding in self.findings if finding.kind is Kind.CHANGED)


def audit(folder: Path) -> Audit:
    """Read the folder, changing nothing. Raises EngagementError for what nothing can be shown of."""
    # Written after the journal and read before it: no file is ahead of it while another process writes.
    files = checkpoint.toml_files(folder)
    asked = read_bytes(folder / QUESTIONNAIRE)
    path = folder / JOURNAL
    chain = journal.scan(read_bytes(path)) if path.exists() else None
    found = _Audit(folder, files, chain or Chain((), 0))
    if chain is None:
        found.find(Kind.CHANGED, JOURNAL, "the journal is missing")
    following = folder / NEXT_QUESTIONNAIRE
    return found.result(asked, read_bytes(following) if following.is_file() else None)


@dataclass
class _Audit:
    folder: Path
    files: Mapping[str, bytes]
    chain: Chain
    findings: list[Finding] = field(default_factory=list)
    tables: dict[str, tuple[dict[str, Any], Position]] = field(default_factory=dict)
    """Of every file that can be read and names a line of the journal."""
    behind: set[str] = field(default_factory=set)
    plan: StoredPlan | None = None
    plan_lost: bool = False

    def find(self, kind: Kind, where: str, says: str) -> None:
        self.findings.append(Finding(kind, where, says))

    def result(self, asked: bytes, following: bytes | None) -> Audit:
        self._read_tables()
        assessment = (self._of_journal() if self._journal_holds() else None) or self._of_files()
        upgraded = following is not None and sha256(following).hexdigest() == assessment.questionnaire_sha256
        if upgraded and following is not None:
            asked = following
        questionnaire = checkpoint.parse_questionnaire(asked, str(self.folder / QUESTIONNAIRE))
        if sha256(asked).hexdigest() != assessment.questionnaire_sha256:
            self.find(Kind.CHANGED, QUESTIONNAIRE, "is not what was asked when the engagement was made or upgraded")
        return Audit(
            questionnaire,
            assessment,
            self.chain,
            tuple(self.findings),
            frozenset(self.behind),
            self.plan,
            self.plan_lost,
            following if upgraded else None,
        )

    def _read_tables(self) -> None:
        for name, data in self.files.items():
            try:
                table, position = checkpoint.parse_table(data, name)
            except NewerVersion as error:
                raise NewerVersion(error.what, f"{self.folder}/{name}", error.remedy) from error
            except EngagementError as error:
                self.find(Kind.CHANGED, name, error.what)
            else:
                if position is None:
                    self.find(Kind.CHANGED, name, "names no line of the journal")
                elif self.chain.broken is None and self._misplaced(position):
                    self.find(Kind.CHANGED, name, f"says that line {position.line} of the journal is another one")
                else:
                    self.tables[name] = table, position

    def _journal_holds(self) -> bool:
        """Whether the journal is whole, as far as it and the files can tell."""
        chain = self.chain
        if chain.broken is not None:
            self.find(Kind.CHANGED, f"{JOURNAL}, line {chain.broken}", "does not follow from the lines before it")
        furthest = max(self.tables, key=lambda name: self.tables[name][1].line, default=None)
        last = self.tables[furthest][1].line if furthest else 0
        if chain.broken is None and last > len(chain.entries):
            says = f"ends at line {len(chain.entries)}, but {furthest} holds line {last}"
            self.find(Kind.CHANGED, JOURNAL, says)
        elif chain.torn:
            where = f"{JOURNAL}, line {len(chain.entries) + 1}"
            self.find(Kind.TORN, where, "was cut off while it was written; it is left out")
        if not chain.entries and not self.findings:
            self.find(Kind.CHANGED, JOURNAL, "holds no whole line")
        return bool(chain.entries) and chain.broken is None and last <= len(chain.entries)

    def _of_files(self) -> Assessment:
        """What the files say, where the journal cannot be trusted; the lines that hold where they cannot be read."""
        self.behind = set()
        tables = {name: table for name, (table, _) in self.tables.items()}
        try:
            if ENGAGEMENT not in tables or len(tables) < len(self.files):
                raise EngagementError("cannot be read", str(self.folder / ENGAGEMENT), "Restore it from a copy.")
            assessment = checkpoint.assembled(tables, str(self.folder))
        except EngagementError:
            if not self.chain.entries:
                raise
            return state.replayed(self.chain.entries)
        plan = tables.get(ROADMAP, {}).get("plan")
        if plan is not None and checkpoint.digest(plan) == assessment.plan_sha256:
            self.plan = _stored(plan)
        return assessment

    def _of_journal(self) -> Assessment | None:
        """None where its lines make no assessment: their hashes hold, but Colonnade did not write them."""
        last_touch = _last_touches(self.chain.entries)
        known = {name for name, (_, position) in self.tables.items() if position.line < last_touch.get(name, 0)}
        replay, earlier = state.Replay(), dict[str, Assessment]()
        waiting = {self.tables[name][1].line for name in known}
        try:
            for entry in self.chain.entries:
                replay.take(entry)
                if entry.number in waiting:
                    for name in known:
                        if self.tables[name][1].line == entry.number:
                            earlier[name] = _assessment_at(name, replay.raw)
            assessment = replay.assessment()
        except EngagementError as error:
            self.find(Kind.CHANGED, JOURNAL, f"{error.where}: {error.what}")
            return None
        self.behind |= known
        self._compare(assessment, last_touch, earlier)
        return assessment

    def _compare(self, now: Assessment, last_touch: Mapping[str, int], earlier: Mapping[str, Assessment]) -> None:
        wanted = checkpoint.all_files(now)
        made = {
            file_of(change.path): entry.number
            for entry in self.chain.entries
            for change in entry.changes
            if len(change.path) == 2 and change.path[0] == "applications"
        }
        written = self.tables[ENGAGEMENT][1].line if ENGAGEMENT in self.tables else len(self.chain.entries)
        for name in sorted(wanted - self.files.keys()):
            self.behind.add(name)
            if made.get(name, 0) <= written:  # else no checkpoint has come to it yet
                self.find(Kind.MISSING, name, "is missing; it comes from the journal")
        for name in sorted(self.files.keys() - wanted):
            if name in last_touch:
                self.behind.add(name)  # of an application that was taken out: cleared away
            else:
                self.find(Kind.FOREIGN, name, "is unknown to the journal; nothing in it counts")
        for name in sorted(self.tables.keys() & (wanted | last_touch.keys())):
            table, _ = self.tables[name]
            then = earlier.get(name, now)
            says = _deviation(name, table, then)
            if says is not None:
                self.find(Kind.CHANGED, name, says)
            if name == ROADMAP:
                self._read_plan(table.get("plan"), then.plan_sha256, now.plan_sha256)
        if ROADMAP not in self.tables:
            self.plan_lost = now.plan_sha256 is not None

    def _misplaced(self, position: Position) -> bool:
        """Whether a file names the hash of another line than its own; a line beyond the journal's end may be lost."""
        if position.line > len(self.chain.entries):
            return any(entry.hash == position.hash for entry in self.chain.entries)
        return position.hash not in (None, self.chain.entries[position.line - 1].hash)

    def _read_plan(self, raw: Any, then: str | None, now: str | None) -> None:
        found = checkpoint.digest(raw) if raw is not None else None
        if found not in (then, now):
            self.find(Kind.CHANGED, f"{ROADMAP}, plan", "is not the plan that was last computed")
            return
        self.plan = _stored(raw)
        self.plan_lost = found != now or (raw is not None and self.plan is None)


def _stored(raw: Any) -> StoredPlan | None:
    """The plan of a file; None where there is none, or an older version wrote what this one cannot read."""
    if not isinstance(raw, dict):
        return None
    plan = checkpoint.plan_from_data({key: value for key, value in raw.items() if key != "inputs"})
    return StoredPlan(plan, str(raw.get("inputs", ""))) if plan is not None else None


def _last_touches(entries: Iterable[Entry]) -> dict[str, int]:
    """File → the last line that changed something in it."""
    found: dict[str, int] = {}
    for entry in entries:
        for change in entry.changes:
            if change.path:
                found[file_of(change.path)] = entry.number
            else:
                applications = change.to.get("applications") if isinstance(change.to, dict) else None
                known = applications if isinstance(applications, dict) else {}
                names = (ENGAGEMENT, ROADMAP, *found, *map(application_file, known))
                found |= dict.fromkeys(names, entry.number)
    return found


_BARE = {"organisation": "-", "questionnaire": "x", "as_of": "2000-01-01", "capacity": 0}


def _assessment_at(name: str, raw: Mapping[str, Any]) -> Assessment:
    """The assessment in some plain data, of which only one file's part counts. Raises EngagementError."""
    key = application_of(name)
    if key is not None:
        application = raw.get("applications", {}).get(key)
        return state.valid(_BARE | ({"applications": {key: application}} if application is not None else {}))
    if name == ROADMAP:
        return state.valid(_BARE | {entry: raw[entry] for entry in checkpoint.IN_ROADMAP if entry in raw})
    return state.valid({entry: value for entry, value in raw.items() if entry not in checkpoint.ELSEWHERE})


def _deviation(name: str, table: Mapping[str, Any], assessment: Assessment) -> str | None:
    """What a file says otherwise than the journal; None where both agree."""
    found = {key: value for key, value in table.items() if not (name == ROADMAP and key == "plan")}
    expected = checkpoint.content(name, assessment)
    if expected is None:
        return "speaks of an application that the journal did not know at that line"
    if _alike(expected, found):
        return None
    return "says otherwise than the journal in " + ", ".join(_differing(expected, found)[:3])


def _alike(expected: Any, found: Any) -> bool:
    """Equal and of the same types: to Python, 1 is true and 60 is 60.0."""
    return bool(expected == found) and checkpoint.digest(expected) == checkpoint.digest(found)


def _differing(expected: Any, found: Any, path: str = "") -> list[str]:
    """The keys at which two tables differ, with what the file says."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = [key for key in sorted({*expected, *found}) if not _alike(expected.get(key), found.get(key))]
        return [place for key in keys for place in _differing(expected.get(key), found.get(key), f"{path}.{key}")]
    return [f"{path.removeprefix('.')} (there {_shown(found)}, journal {_shown(expected)})"]


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
