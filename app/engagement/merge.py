"""Two assessors' copies of one engagement brought together: three-way, from what both journals share.

What only the other copy changed is taken over; what both changed alike is nothing; what they changed differently is a
conflict that a person decides. The merged entry names the other journal's head, so that the next merge begins there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.engagement import journal, state
from app.engagement.actions import RESERVED
from app.engagement.checkpoint import JOURNAL
from app.engagement.errors import EngagementError, UsageError
from app.engagement.files import read_bytes, remove, write_atomically
from app.engagement.folder import Engagement
from app.engagement.journal import Change, Entry
from app.engagement.pack import may_hold, thaw
from questionnaires.model import Content, Questionnaire
from scoring.assessment import Assessment

HISTORY = "history"
_MERGED = re.compile(r"merge ([0-9a-f]{64})")
_NOT_MERGED = frozenset({"plan_sha256", "questionnaire_sha256", "questionnaire", "applications"})
"""The plan follows from the rest and is computed again; another questionnaire is an upgrade."""
_TABLES = frozenset({"answers", "evidence", "decisions", "baselines"})
_LISTS = frozenset({"assessors", "regimes", "attributes", "repositories"})
"""Fields of which every entry is a place of its own."""

Where = tuple[str, ...]


class Relation(StrEnum):
    """How the two journals stand to each other."""

    IDENTICAL = "identical"
    AHEAD = "ahead"
    """Only the other copy went on."""
    BEHIND = "behind"
    """The other copy holds nothing that is not here."""
    DIVERGED = "diverged"


class Take(StrEnum):
    """Which side a person chose."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Copy:
    """The other copy: its journal is all that counts, and the files of its baselines where they are at hand."""

    place: str
    entries: tuple[Entry, ...]
    baseline: Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Side:
    """What one copy says of a place."""

    value: Any
    """As plain data; None where nothing stands."""
    by: str = ""
    at: str = ""
    """Who said so last, and when; empty where that copy never changed it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the assessment that the other copy changed."""

    path: Where
    base: Any
    mine: Side
    theirs: Side

    @property
    def name(self) -> str:
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge would do; nothing is changed yet."""

    relation: Relation
    base: Entry
    """The last line that both journals know."""
    mine: Entry
    theirs: Entry
    taken: tuple[Place, ...]
    """Changed there only, or lists to which both added."""
    conflicts: tuple[Place, ...]
    left_out: tuple[str, ...]
    """What is not merged: one sentence each."""
    files: Mapping[str, bytes]
    """Baselines that come with it, by name."""


# ---- finding out


def copy_of(place: Path, passphrase: str | None = None) -> Copy:
    """The copy in a folder or a pack. Raises EngagementError."""
    if not place.is_dir():
        files = thaw(place, passphrase)
        chain = journal.scan(files.get(JOURNAL, b""))
        if chain.broken is not None or not chain.entries:
            raise EngagementError("holds no journal that holds", str(place), "Ask for the pack again.")
        return Copy(str(place), chain.entries, lambda name: files.get(f"{HISTORY}/{name}"))
    entries, _ = journal.read(place / JOURNAL)
    if not entries:
        raise EngagementError("holds no whole line", str(place / JOURNAL), "Name a copy of this engagement.")

    def baseline(name: str) -> bytes | None:
        path = place / HISTORY / name
        return read_bytes(path) if may_hold(f"{HISTORY}/{name}") and path.is_file() else None

    return Copy(str(place), tuple(entries), baseline)


def merge(engagement: Engagement, other: Copy) -> Merge:
    """What the other copy has that this one has not. Raises EngagementError; UsageError where they are no copies."""
    entries, _ = journal.read(engagement.folder / JOURNAL)
    shared = _shared(entries, other.entries)
    if not shared:
        remedy = "Name a copy of this engagement; 'colonnade baseline' takes an earlier one up."
        raise UsageError("is no copy of this engagement: their journals begin differently", other.place, remedy)
    mine = state.replayed(entries)
    try:
        theirs = state.replayed(other.entries)
    except EngagementError as error:
        raise EngagementError(error.what, f"{other.place}, {error.where}", error.remedy) from error
    _check(other.place, engagement.content, engagement.questionnaire, mine, theirs)
    base, known = _base(entries, other.entries, shared)
    found = _Three(state.replayed(base), mine, theirs, entries[shared:], other.entries[shared:], other.baseline)
    places = tuple(found.places())
    if len(entries) == shared == len(other.entries):
        relation = Relation.IDENTICAL
    elif known == len(other.entries):
        relation = Relation.BEHIND
    else:
        relation = Relation.AHEAD if len(entries) == shared else Relation.DIVERGED
    return Merge(
        relation,
        base[-1],
        entries[-1],
        other.entries[-1],
        tuple(place for place, conflict in places if not conflict),
        tuple(place for place, conflict in places if conflict),
        tuple(found.left_out),
        found.files,
    )


def _shared(mine: Sequence[Entry], theirs: Sequence[Entry]) -> int:
    """How many lines both begin with."""
    pairs = zip(mine, theirs, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a.hash != b.hash), min(len(mine), len(theirs)))


def _base(mine: Sequence[Entry], theirs: Sequence[Entry], shared: int) -> tuple[Sequence[Entry], int]:
    """The lines that lead to the last state both know, and how many of the other's lines this one knows.

    That is where one took the other over last. Where each did without the other's merge, it is what they began with.
    """
    here, there = _last_merge(mine, theirs, shared), _last_merge(theirs, mine, shared)
    if here is not None and (there is None or there[0] <= here[1]):
        return theirs[: here[1]], here[1]
    if there is not None and (here is None or here[0] <= there[1]):
        return mine[: there[1]], max(shared, here[1] if here is not None else 0)
    return mine[:shared], shared


def _last_merge(into: Sequence[Entry], of: Sequence[Entry], shared: int) -> tuple[int, int] | None:
    """The line at which one journal last took the other over, and the other's line at that time."""
    lines = {entry.hash: entry.number for entry in of[shared:]}
    for entry in reversed(into[shared:]):
        found = _MERGED.fullmatch(entry.what)
        if found is not None and found[1] in lines:
            return entry.number, lines[found[1]]
    return None


def _check(place: str, content: Content, questionnaire: Questionnaire, mine: Assessment, theirs: Assessment) -> None:
    """Raises EngagementError for a copy that cannot be merged as it is."""
    if mine.questionnaire_sha256 != theirs.questionnaire_sha256:
        remedy = "Bring both to one version with 'colonnade upgrade' (a pack: after 'colonnade unpack'), then merge."
        raise UsageError("asks another version of the questionnaire", place, remedy)
    tiers = content.tiers.by_id
    unknown = {application.tier for application in theirs.applications.values()} - tiers.keys()
    if unknown:
        raise EngagementError(f"names the unknown tier '{min(unknown)}'", place, f"Tiers: {', '.join(tiers)}.")
    levels = {level for levels in theirs.targets.values() for level in levels.values()}
    if any(not questionnaire.base <= level <= questionnaire.top for level in levels):
        remedy = f"Levels: {questionnaire.base} to {questionnaire.top}."
        raise EngagementError("asks for a level that the questionnaire has not", place, remedy)
    reserved = [key for key in theirs.applications if RESERVED.fullmatch(key)]
    if reserved:
        raise EngagementError(f"names an application '{reserved[0]}'", place, "Not every system has such files.")


class _Three:
    """Three states and what lies between them."""

    def __init__(
        self,
        base: Assessment,
        mine: Assessment,
        theirs: Assessment,
        mine_since: Sequence[Entry],
        theirs_since: Sequence[Entry],
        baseline: Callable[[str], bytes | None],
    ) -> None:
        split = mine.applications.keys() & theirs.applications.keys()
        self._base, self._mine, self._theirs = (dict(_places(side, split)) for side in (base, mine, theirs))
        self._mine_since, self._theirs_since = mine_since, theirs_since
        self._baseline = baseline
        self.left_out: list[str] = []
        self.files: dict[str, bytes] = {}

    def places(self) -> Iterator[tuple[Place, bool]]:
        """Every place to be changed or decided, and whether it is a conflict."""
        for path in sorted({*self._base, *self._mine, *self._theirs}):
            base, mine, theirs = (side.get(path) for side in (self._base, self._mine, self._theirs))
            if path[0] == "baselines" and mine is None:
                base = None  # one whose file did not come along the last time is still wanted
            if theirs in (mine, base) or _same_export(path, mine, theirs):
                continue
            if path[0] == "baselines" and not self._has_file(path[1], theirs):
                continue
            conflict = mine != base
            if conflict and _is_list(path):
                merged = _merged(base or [], mine or [], theirs or [])
                if merged == (mine or []):
                    continue
                theirs, conflict = sorted(merged) if path[-1] == "attributes" else merged, False
            yield (
                Place(path, base, _side(mine, path, self._mine_since), _side(theirs, path, self._theirs_since)),
                conflict,
            )

    def _has_file(self, name: str, digest: str | None) -> bool:
        """Whether a baseline can be taken over: it is of no use without its file."""
        if digest is None:
            self.left_out.append(f"baseline {name} is not kept there any more; it stays here")
            return False
        data = self._baseline(name)
        if data is None or sha256(data).hexdigest() != digest or not may_hold(f"{HISTORY}/{name}"):
            self.left_out.append(f"baseline {name} is known there, but its file does not come along")
            return False
        self.files[name] = data
        return True


def _places(assessment: Assessment, split: Collection[str]) -> Iterator[tuple[Where, Any]]:
    """Every place with what stands there; an application that one side lacks is one place."""
    for field, value in state.dump(assessment).items():
        if field in _TABLES:
            yield from (((field, key), entry) for key, entry in value.items())
        elif field == "targets":
            yield from (
                (("targets", tier, pillar), level) for tier, of in value.items() for pillar, level in of.items()
            )
        elif field not in _NOT_MERGED:
            yield (field,), value
    for key, application in assessment.applications.items():
        raw = state.dump(application)
        if key not in split:
            yield ("applications", key), raw
            continue
        for field, value in raw.items():
            if field in _TABLES:
                yield from ((("applications", key, field, entry), said) for entry, said in value.items())
            else:
                yield ("applications", key, field), value


def _same_export(path: Where, mine: Any, theirs: Any) -> bool:
    """Whether both read the same export, perhaps from folders of other names."""
    evidence = path[0] == "evidence" or (len(path) == 4 and path[2] == "evidence")
    if not evidence or mine is None or theirs is None:
        return False
    return {**mine, "path": ""} == {**theirs, "path": ""}


def _is_list(path: Where) -> bool:
    return path[-1] in _LISTS and (len(path) == 1 or (len(path) == 3 and path[0] == "applications"))


def _merged(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """A list as both changed it: without what either took out, with what either added."""
    kept = [entry for entry in mine if entry in theirs or entry not in base]
    return kept + [entry for entry in theirs if entry not in mine and entry not in base]


def _side(value: Any, path: Where, since: Sequence[Entry]) -> Side:
    for entry in reversed(since):
        for change in entry.changes:
            depth = min(len(change.path), len(path))
            if change.path[:depth] == path[:depth]:
                return Side(value, entry.by, entry.at)
    return Side(value)


# ---- deciding and doing


def decided(found: Merge, words: Sequence[tuple[str, Take]]) -> dict[Where, Take]:
    """Conflict → choice, from pairs of a place (or what several places begin with) and a choice.

    The longest that fits counts. Raises UsageError for one that fits no conflict.
    """
    choices: dict[Where, Take] = {}
    for name, take in sorted(words, key=lambda word: len(word[0])):
        fits = [place for place in found.conflicts if f"{place.name}/".startswith(f"{name.strip('/')}/")]
        if not fits:
            listed = ", ".join(place.name for place in found.conflicts[:5]) or "none"
            raise UsageError("is no conflict of this merge", f"'{name}'", f"Conflicts: {listed}.")
        choices |= {place.path: take for place in fits}
    return choices


def apply(engagement: Engagement, found: Merge, choices: Mapping[Where, Take], by: str) -> int:
    """Do a merge as one entry of the journal; returns how many places changed.

    Raises UsageError, with nothing changed, while a conflict has no choice.
    """
    open_ = [place.name for place in found.conflicts if place.path not in choices]
    if open_:
        remedy = f"Decide each with --take PLACE=mine or --take PLACE=theirs, such as --take '{open_[0]}=theirs'."
        raise UsageError(f"has conflicts without a decision ({len(open_)})", str(engagement.folder), remedy)
    places = [*found.taken, *(place for place in found.conflicts if choices[place.path] is Take.THEIRS)]
    changes = [Change(place.path, place.theirs.value) for place in sorted(places, key=lambda place: place.path)]
    if not changes and not found.conflicts:
        return 0
    names = [place.path[1] for place in places if place.path[0] == "baselines"]
    paths = {engagement.folder / HISTORY / name: found.files[name] for name in names}
    new = [path for path in paths if not path.exists()]
    try:
        for path, data in paths.items():
            write_atomically(path, data)
        engagement.apply(f"merge {found.theirs.hash}", changes, by, always=True)
    except EngagementError:
        for path in new:
            remove(path)
        raise
    return len(changes)
