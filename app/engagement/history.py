"""Earlier engagements of the same organisation, kept in ``history/`` and read back as baselines.

A file is ``<as-of day>[-2…].colonnade``, a whole engagement, or ``….toml``, what a report carries of one tier. Where
its applications are known by other ids today, ``<the same name>.ids.toml`` says so. Every file is recorded in the
engagement with its digest: what is missing, altered or unreadable is left out and named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path

import tomli_w

from app.engagement import checkpoint, journal
from app.engagement.checkpoint import JOURNAL
from app.engagement.errors import EngagementError
from app.engagement.files import read_bytes, remove, write_atomically
from app.engagement.folder import Engagement
from app.engagement.journal import Change, Entry
from app.engagement.pack import MAX_BYTES, SUFFIX
from app.engagement.sources import DOCUMENT, Source, frozen, parse, read_at_most
from scoring.assessment import SCHEMA_VERSION
from scoring.progress import Baseline, with_ids

HISTORY = "history"
IDS = ".ids.toml"
_OWN = re.compile(r"\d{4}-\d{2}-\d{2}(-\d{1,4})?\.(colonnade|toml)", re.ASCII)
"""What a baseline is called here; a pack carries no other names."""


@dataclass(frozen=True, slots=True)
class History:
    """The baselines of an engagement, oldest first, and what was left out."""

    baselines: tuple[Baseline, ...]
    left_out: tuple[str, ...]
    """One sentence for each file that is not used: which, and why."""


def read(engagement: Engagement) -> History:
    """Every baseline with the scores it had then. What cannot be used is named, never raised."""
    folder = engagement.folder / HISTORY
    recorded = engagement.assessment.baselines
    found: list[Baseline] = []
    left_out: list[str] = []
    for name in sorted(recorded):
        if name.endswith(IDS):
            continue
        try:
            stem = name.removesuffix(SUFFIX).removesuffix(DOCUMENT)
            data = _recorded(folder / name, recorded[name])
            ids = _ids(folder / (stem + IDS), recorded.get(stem + IDS))
            baseline = parse(data, name, engagement.content)
            if baseline.as_of > engagement.assessment.as_of:
                raise EngagementError(f"is of {baseline.as_of}, after this engagement's own day", name)
            found.append(with_ids(replace(baseline, label=stem), ids))
        except (EngagementError, ValueError) as error:
            left_out.append(f"{HISTORY}/{name} is left out: {error}")
    left_out += [
        f"{HISTORY}/{name} is left out: the engagement does not know it; take it up as a baseline"
        + ("." if _OWN.fullmatch(name) else ", then move it out of the folder.")
        for name in sorted(_present(folder) - recorded.keys())
    ]
    return History(tuple(sorted(found, key=lambda entry: (entry.as_of, entry.label))), tuple(left_out))


def baselines(engagement: Engagement) -> tuple[Baseline, ...]:
    """The baselines that can be used, oldest first; :func:`read` also says what was left out."""
    return read(engagement).baselines


def _present(folder: Path) -> set[str]:
    return {path.name for ending in (SUFFIX, DOCUMENT) for path in folder.glob(f"*{ending}")}


def _recorded(path: Path, digest: str) -> bytes:
    """The bytes of a file that is as it was when it was kept. Raises EngagementError."""
    if path.name in (".", "..") or "/" in path.name or "\\" in path.name or not path.is_file():
        raise EngagementError("it is missing", "", "Restore it from a copy.")
    data = read_at_most(path, MAX_BYTES)
    if sha256(data).hexdigest() != digest:
        raise EngagementError("it is not the file that was kept", "", "Restore it from a copy.")
    return data


def _ids(path: Path, digest: str | None) -> dict[str, str]:
    """Old application id → today's. Raises EngagementError."""
    if digest is None:
        return {}
    found = checkpoint.parse_toml(_recorded(path, digest), path.name).get("applications")
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found.values()):
        raise EngagementError("holds no ids", path.name, "Restore it from a copy.")
    return found


# ---- keeping one


def keep(engagement: Engagement, earlier: Path, by: str) -> Path:
    """Freeze the engagement in the folder ``earlier`` as a baseline of this one; returns the pack's path."""
    return engagement.folder / HISTORY / add(engagement, frozen(earlier, engagement.content), by)


def add(
    engagement: Engagement,
    source: Source,
    by: str,
    *,
    ids: Mapping[str, str] | None = None,
    more: Sequence[Change] = (),
) -> str:
    """Keep a source and do ``more`` changes with it as one; returns the file's name in ``history/``.

    A source whose content is kept already is not kept again. Raises EngagementError, with nothing changed.
    """
    known = kept_as(engagement, source, ids or {})
    if known is not None:
        engagement.apply("baseline", more, by)
        return known
    folder = engagement.folder / HISTORY
    stem = _free(source.baseline.as_of, {*_present(folder), *engagement.assessment.baselines})
    if source.path.resolve().parent == folder.resolve() and _OWN.fullmatch(source.path.name):
        stem = source.path.name.removesuffix(source.suffix)  # it lies there already and only has to be recorded
    files = {stem + source.suffix: source.data}
    if ids:
        files[stem + IDS] = tomli_w.dumps({"schema_version": SCHEMA_VERSION, "applications": dict(ids)}).encode()
    changes = [Change(("baselines", name), sha256(data).hexdigest()) for name, data in files.items()]
    fresh = {name: data for name, data in files.items() if not (folder / name).exists()}
    try:
        for name, data in fresh.items():
            write_atomically(folder / name, data)
        engagement.apply("baseline", [*changes, *more], by)
    except EngagementError:
        for name in fresh:
            with suppress(EngagementError):
                remove(folder / name)
        raise
    return stem + source.suffix


def kept_as(engagement: Engagement, source: Source, ids: Mapping[str, str]) -> str | None:
    """The name under which the same content is kept already."""
    wanted = with_ids(source.baseline, ids)
    for baseline in read(engagement).baselines:
        if replace(wanted, label=baseline.label) == baseline:
            ending = DOCUMENT if baseline.questionnaire is None else SUFFIX
            return baseline.label + ending
    return None


def _free(as_of: date, taken: set[str]) -> str:
    stems = {name.removesuffix(IDS).removesuffix(SUFFIX).removesuffix(DOCUMENT) for name in taken}
    names = (f"{as_of}" if number == 1 else f"{as_of}-{number}" for number in count(1))
    return next(name for name in names if name not in stems)


# ---- when answers were given


def last_changes(folder: Path) -> dict[tuple[str | None, str], date]:
    """(application or None, criterion) → the day on which its answer was last changed, by the journal."""
    try:
        chain = journal.scan(read_bytes(folder / JOURNAL))
    except EngagementError:
        return {}
    found: dict[tuple[str | None, str], date] = {}
    for entry in chain.entries:
        with suppress(ValueError):
            found |= dict.fromkeys(_answered(entry), datetime.fromisoformat(entry.at).date())
    return found


def _answered(entry: Entry) -> list[tuple[str | None, str]]:
    """The answers that one line of the journal sets."""
    found: list[tuple[str | None, str]] = []
    for change in entry.changes:
        match change.path:
            case ("answers", criterion):
                found.append((None, criterion))
            case ("applications", key, "answers", criterion):
                found.append((key, criterion))
            case ("applications", key) if isinstance(change.to, dict):
                found += [(key, criterion) for criterion in change.to.get("answers", {})]
            case () if isinstance(change.to, dict):
                found += [(None, criterion) for criterion in change.to.get("answers", {})]
                for key, application in change.to.get("applications", {}).items():
                    found += [(key, criterion) for criterion in application.get("answers", {})]
            case _:
                pass
    return found
