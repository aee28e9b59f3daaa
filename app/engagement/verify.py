"""Whether an engagement is as Colonnade left it: journal, files, questionnaire, baselines and copies of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.engagement.audit import Audit, Finding, Kind, audit
from app.engagement.checkpoint import ENGAGEMENT, JOURNAL
from app.engagement.errors import EngagementError
from app.engagement.journal import Entry

HISTORY = "history"
EVIDENCE = "evidence"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Verified:
    """What verification found."""

    findings: tuple[Finding, ...]
    last: Entry | None
    """The last line that holds."""
    line: int | None = None
    """The line whose hash was asked for; None where none was, or the journal has no such line."""
    notes: tuple[str, ...] = ()
    """What is worth knowing and no finding."""


def verify(folder: Path, head: str | None = None) -> Verified:
    """Everything that is not as Colonnade left it; nothing is changed.

    ``head`` is the hash that a report or a pack prints: the journal must hold that line. Raises EngagementError where
    the folder is no engagement.
    """
    if not (folder / ENGAGEMENT).is_file() and not (folder / JOURNAL).is_file():
        raise EngagementError("is not an engagement", str(folder), "Name the folder that holds engagement.toml.")
    try:
        found = audit(folder)
    except EngagementError as error:
        where = Path(error.where)
        place = str(where.relative_to(folder)) if where.is_relative_to(folder) else error.where
        return Verified((Finding(Kind.CHANGED, place, error.what),), None)
    findings = [*found.findings, *_baselines(folder, found), *_copies(folder, found)]
    gone = bool(found.assessment.baselines) and not (folder / HISTORY).is_dir()
    notes = ("its baselines are not here: a pack leaves them out unless asked for them",) if gone else ()
    entries = found.chain.entries
    line = next((entry.number for entry in entries if entry.hash == head), None)
    if head is not None and line is None:
        findings.append(Finding(Kind.CHANGED, JOURNAL, f"holds no line with the hash {head}"))
    return Verified(tuple(findings), entries[-1] if entries else None, line, notes)


def _baselines(folder: Path, found: Audit) -> Iterator[Finding]:
    known = found.assessment.baselines if (folder / HISTORY).is_dir() else {}
    for name, digest in sorted(known.items()):
        where = f"{HISTORY}/{name}"
        if not (folder / where).is_file():
            yield Finding(Kind.CHANGED, where, "is missing; the journal says that it was kept")
        elif _sha256(folder / where) != digest:
            yield Finding(Kind.CHANGED, where, "is not the baseline that was kept")
    once = {
        (change.path[1], change.to)
        for entry in found.chain.entries
        for change in entry.changes
        if len(change.path) == 2 and change.path[0] == "baselines"
    }
    for path in sorted((folder / HISTORY).glob("*")):
        # One that was taken back stays, so that the step can be taken again.
        back = path.is_file() and (path.name, _sha256(path)) in once
        if path.name not in known and not back:
            yield Finding(Kind.FOREIGN, f"{HISTORY}/{path.name}", "is unknown to the journal; nothing in it counts")


def _copies(folder: Path, found: Audit) -> Iterator[Finding]:
    registers = [found.assessment.evidence, *(app.evidence for app in found.assessment.applications.values())]
    known = {digest for register in registers for digest in register}
    for path in sorted((folder / EVIDENCE).glob("*")):
        where = f"{EVIDENCE}/{path.name}"
        named = path.name.partition(".")[0]
        if named not in known:
            yield Finding(Kind.FOREIGN, where, "is a copy of no evidence of this engagement")
        elif not path.is_file() or _sha256(path) != named:
            yield Finding(Kind.CHANGED, where, "is not the export that was read")


def _sha256(path: Path) -> str:
    digest = sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
