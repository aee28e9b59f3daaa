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
from app.engagement.audit import Audit, Finding, audit
from app.engagement.checkpoint import JOURNAL, QUESTIONNAIRE
from app.engagement.errors import EngagementError
from app.engagement.files import write_atomically
from app.engagement.folder import Engagement, check_edited
from app.engagement.journal import Change
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
        if source is Source.FILES:
            assessment = _of_files(folder)
            start = chain.entries if trusted else ()
        else:
            if not chain.entries:
                raise EngagementError("holds no line that can be trusted", f"{folder}/{JOURNAL}", "Use --from files.")
            start = chain.entries
            assessment = state.replayed(start)
        plan = found.plan if found.plan is not None and not found.plan_lost else None
        if plan is None or checkpoint.digest(plan.as_data()) != assessment.plan_sha256:
            plan, assessment = None, assessment.model_copy(update={"plan_sha256": None})
        asked = _asked(folder, found, assessment, source, content)
        assessment = assessment.model_copy(update={"questionnaire_sha256": sha256(asked).hexdigest()})
        if assessment.questionnaire_sha256 != found.assessment.questionnaire_sha256:
            check_edited(folder, content, found.questionnaire)
        kept = set_aside(folder, _everything(folder))
        changes = state.difference(state.replayed(start), assessment) if start else [Change((), state.dump(assessment))]
        entry, line = journal.make(start[-1] if start else None, by, "recover", changes)
        write_atomically(folder / QUESTIONNAIRE, asked)
        for name in sorted(checkpoint.all_files(assessment)):
            write_atomically(folder / name, checkpoint.written(name, assessment, plan, entry) or b"")
        # Last of all: with the journal's replacement the decision counts.
        before = (folder / JOURNAL).read_bytes().splitlines(keepends=True)[: len(start)] if start else []
        write_atomically(folder / JOURNAL, b"".join([*before, line]))
    finally:
        lock.release()
    Engagement.open(folder, content=content).close()
    return Recovered(found.findings, kept)


def _of_files(folder: Path) -> Assessment:
    return checkpoint.parse_assessment(checkpoint.toml_files(folder), str(folder))[0]


def _asked(folder: Path, found: Audit, assessment: Assessment, source: Source, content: Content) -> bytes:
    """The questionnaire that goes with the decision. Raises EngagementError where only an edited one is there."""
    data = found.next_questionnaire or checkpoint.read_bytes(folder / QUESTIONNAIRE)
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
            files[name] = checkpoint.read_bytes(folder / name)
    return files
