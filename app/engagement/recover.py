"""A person's decision about an engagement that was changed outside Colonnade.

Either the journal's word stands and the files are written anew from it, or what the files say is taken over as a
change of its own. What is replaced is set aside, never lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from app.engagement import checkpoint, journal, state
from app.engagement.audit import Audit, Finding, Kind, audit
from app.engagement.checkpoint import JOURNAL, QUESTIONNAIRE
from app.engagement.errors import EngagementError
from app.engagement.files import read_bytes, remove, write_atomically
from app.engagement.folder import check
from app.engagement.journal import Chain, Change
from app.engagement.lock import Lock
from app.engagement.set_aside import set_aside
from questionnaires.model import Content
from scoring.assessment import Assessment


class Source(StrEnum):
    """Whose word counts."""

    JOURNAL = "journal"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Recovered:
    findings: tuple[Finding, ...]
    """What was found before."""
    kept: Path | None
    """Where the folder's files as they were found are kept; None where nothing had to be decided."""


def recover(folder: Path, source: Source, by: str, content: Content) -> Recovered:
    """Make an engagement writable again.

    Raises EngagementError, with nothing changed, where ``source`` cannot serve.
    """
    lock = Lock(folder)
    try:
        found = audit(folder)
        if not found.changed:
            return Recovered(found.findings, None)
        chain = found.chain
        trusted = chain.broken is None and not any(finding.where.startswith(JOURNAL) for finding in found.changed)
        before = _replayed(chain)
        if source is Source.FILES:
            assessment = _of_files(folder, found, trusted)
        elif before is not None:
            assessment = before
        else:
            raise EngagementError("holds no line that can be trusted", f"{folder}/{JOURNAL}", "Use --from files.")
        plan = found.plan if found.plan is not None and not found.plan_lost else None
        if plan is None or checkpoint.digest(plan.as_data()) != assessment.plan_sha256:
            plan, assessment = None, assessment.model_copy(update={"plan_sha256": None})
        asked = _asked(folder, found, assessment, source, content)
        assessment = assessment.model_copy(update={"questionnaire_sha256": sha256(asked).hexdigest()})
        check(folder, content, checkpoint.parse_questionnaire(asked, f"{folder}/{QUESTIONNAIRE}"), assessment)
        if before is not None:
            changes, last = state.difference(before, assessment), chain.entries[-1]
        else:
            changes, last = [Change((), state.dump(assessment))], None
        entry, line = journal.make(last, by, "recover", changes)
        files = _everything(folder)
        kept = set_aside(folder, files)
        write_atomically(folder / QUESTIONNAIRE, asked)
        # Before the other files: stopped in between, it is still a journal that holds, for the next try to go on from.
        write_atomically(folder / JOURNAL, (files[JOURNAL][: chain.size] if last else b"") + line)
        wanted = checkpoint.all_files(assessment)
        for name in sorted(wanted):
            write_atomically(folder / name, checkpoint.written(name, assessment, plan, entry) or b"")
        for name in sorted(files.keys() - wanted - {JOURNAL, QUESTIONNAIRE}):
            remove(folder / name)
    finally:
        lock.release()
    return Recovered(found.findings, kept)


def _replayed(chain: Chain) -> Assessment | None:
    """What the lines that hold make, which stay whatever is decided; None where they make no assessment."""
    try:
        return state.replayed(chain.entries)
    except EngagementError:
        return None


def _of_files(folder: Path, found: Audit, trusted: bool) -> Assessment:
    """What the files say; of those that nobody changed the journal's word, which may be newer."""
    said = {name: checkpoint.parse_table(data, name)[0] for name, data in checkpoint.toml_files(folder).items()}
    if trusted:
        changed = {finding.where.partition(",")[0] for finding in found.findings if finding.kind is not Kind.MISSING}
        now = found.assessment
        wrote = {name: checkpoint.content(name, now) or {} for name in checkpoint.all_files(now)}
        said = wrote | {name: table for name, table in said.items() if name in changed}
    return checkpoint.assembled(said, str(folder))


def _asked(folder: Path, found: Audit, assessment: Assessment, source: Source, content: Content) -> bytes:
    """The questionnaire that goes with the decision. Raises EngagementError where only an edited one is there."""
    data = found.next_questionnaire or read_bytes(folder / QUESTIONNAIRE)
    if source is Source.FILES or sha256(data).hexdigest() == assessment.questionnaire_sha256:
        return data
    shipped = content.questionnaires.get(assessment.questionnaire)
    data = checkpoint.frozen(shipped) if shipped is not None else b""
    if sha256(data).hexdigest() != assessment.questionnaire_sha256:
        remedy = "Restore it from a copy, or take it over as it is with --from files."
        raise EngagementError("is not what was asked, and no copy of that is here", f"{folder}/{QUESTIONNAIRE}", remedy)
    return data


def _everything(folder: Path) -> dict[str, bytes]:
    files = checkpoint.toml_files(folder)
    for name in (JOURNAL, QUESTIONNAIRE):
        if (folder / name).is_file():
            files[name] = read_bytes(folder / name)
    return files
