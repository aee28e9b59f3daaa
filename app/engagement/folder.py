"""The folder of an engagement: opened, changed and written here and nowhere else.

A change goes to the journal first and is safe once its line is on the disk. The TOML files are a checkpoint of the
journal, written later; opening holds them against it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from app.content import available
from app.engagement import checkpoint, journal, state
from app.engagement.audit import NEXT_QUESTIONNAIRE, Audit, audit
from app.engagement.checkpoint import (
    ENGAGEMENT,
    JOURNAL,
    QUESTIONNAIRE,
    ROADMAP,
    StoredPlan,
    application_file,
)
from app.engagement.errors import EngagementError, UsageError
from app.engagement.files import read_bytes, remove, unwritable, write_atomically
from app.engagement.journal import Change, ChangedMeanwhile
from app.engagement.lock import HOLDER, LOCK, Lock, actor
from app.engagement.set_aside import set_aside
from questionnaires.check import Files, check_questionnaire
from questionnaires.model import Content, Questionnaire
from scoring.assessment import Assessment
from scoring.roadmap import Plan

_PARTS = ".*.part"
"""Temporary files that a stopped process left behind."""
_SKEW = timedelta(hours=1)
PLAN = ("plan_sha256",)
"""Where an assessment names its stored plan, which stands in the roadmap's file alone."""
UNPLANNED = frozenset({"plan_sha256", "assessors", "baselines"})
"""What of an assessment no plan depends on."""


class Engagement:
    """An open engagement. Use it as a context manager; closing writes the checkpoint and releases the lock."""

    def __init__(self, folder: Path, content: Content, questionnaire: Questionnaire, assessment: Assessment) -> None:
        self.folder = folder
        self.content = content
        self.questionnaire = questionnaire
        """The frozen copy of what was asked."""
        self.assessment = assessment
        self.stored_plan: StoredPlan | None = None
        self._plans: dict[str, StoredPlan] = {}
        """By digest, every plan that stood since opening: an undone step names an earlier one again."""
        self.last: journal.Entry | None = None
        """The last line of the journal."""
        self.notices: tuple[str, ...] = ()
        """What opening found and mended, or could not."""
        self.refusal: EngagementError | None = None
        """Why it is open for reading only although it was to be written."""
        self._size = 0
        self._lines: list[bytes] = []
        """What was written to the journal since opening."""
        self._seen: dict[str, tuple[int, int] | None] = {}
        """File → its time and size as we last wrote it; None where we wrote none."""
        self._dirty: set[str] = set()
        self._lock: Lock | None = None

    @property
    def head(self) -> str:
        """Hash of the last journal line."""
        return self.last.hash if self.last is not None else journal.FIRST

    @property
    def plan(self) -> Plan | None:
        """The plan as last computed, whether or not the answers have moved since."""
        return self.stored_plan.plan if self.stored_plan is not None else None

    # ---- opening and closing

    @classmethod
    def create(
        cls, folder: Path, assessment: Assessment, questionnaire: Questionnaire, by: str, content: Content | None = None
    ) -> Self:
        """A new engagement in a folder that does not exist yet or is empty. Raises EngagementError."""
        if folder.exists() and (not folder.is_dir() or not all(map(_left_behind, folder.iterdir()))):
            raise UsageError("exists already and is not an empty folder", str(folder), "Choose another folder.")
        frozen = checkpoint.frozen(questionnaire)
        assessment = assessment.model_copy(update={"questionnaire_sha256": sha256(frozen).hexdigest()})
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error
        engagement = cls(folder, content or available().content, questionnaire, assessment)
        engagement._lock = Lock(folder)
        try:
            remove(folder / JOURNAL)  # the torn beginning of one, of a creation that was stopped
            write_atomically(folder / QUESTIONNAIRE, frozen)
            engagement._record("new", [Change((), state.dump(assessment))], by)
            engagement._dirty = checkpoint.all_files(assessment)
            engagement.checkpoint()
        except BaseException:
            engagement._lock.release()
            raise
        return engagement

    @classmethod
    def open(cls, folder: Path, *, write: bool = False, content: Content | None = None) -> Self:
        """An existing engagement; with ``write`` the folder's lock is taken.

        One that was changed outside Colonnade is open for reading only until a person decides, and says why in
        ``refusal``. Raises EngagementError.
        """
        if not (folder / ENGAGEMENT).is_file() and not (folder / JOURNAL).is_file():
            remedy = "Name the folder that holds engagement.toml, or make a new engagement."
            raise EngagementError("is not an engagement", str(folder), remedy)
        content = content or available().content
        lock = Lock(folder) if write else None
        try:
            found = audit(folder)
            check(folder, content, found.questionnaire, found.assessment)
            engagement = cls(folder, content, found.questionnaire, found.assessment)
            engagement._take(found)
            if lock is not None and engagement.refusal is None:
                engagement._lock, lock = lock, None
                engagement._mend(found)
        finally:
            if lock is not None:
                lock.release()
        return engagement

    def _take(self, found: Audit) -> None:
        """What opening found, with what there is to say about it."""
        self.stored_plan = found.plan
        if found.plan is not None and self.assessment.plan_sha256 is not None:
            self._plans[self.assessment.plan_sha256] = found.plan
        self.last = found.chain.entries[-1] if found.chain.entries else None
        self._size = found.chain.size
        notices = [str(finding) for finding in found.findings]
        if found.changed:
            remedy = "Read the findings with 'colonnade verify', then decide with 'colonnade recover'."
            self.refusal = EngagementError(
                f"was changed outside Colonnade and is open for reading only: {found.changed[0]}",
                str(self.folder),
                remedy,
            )
        if found.plan_lost:
            notices.append(
                f"{ROADMAP} does not hold the plan that was last computed, or as this version cannot read it; "
                "compute the roadmap again."
            )
        if self.last is not None and _ahead(self.last.at):
            notices.append(f"The clock of this machine is behind the journal, whose last line is of {self.last.at}.")
        self.notices = tuple(notices)

    def _mend(self, found: Audit) -> None:
        """Clear away what a stopped process left; the files follow with the next checkpoint."""
        for part in (*self.folder.glob(_PARTS), *self.folder.glob(f"*/{_PARTS}")):
            remove(part)
        if found.chain.torn:
            journal.cut(self.folder / JOURNAL, self._size)
        if found.next_questionnaire is not None:
            write_atomically(self.folder / QUESTIONNAIRE, found.next_questionnaire)
        remove(self.folder / NEXT_QUESTIONNAIRE)
        known = checkpoint.all_files(self.assessment) | found.behind
        self._seen = {name: _stamp(self.folder / name) for name in known}
        self._dirty = set(found.behind)
        if found.plan_lost:
            before = checkpoint.digest(found.plan.as_data()) if found.plan is not None else None
            self._plans = {before: found.plan} if found.plan is not None and before is not None else {}
            self.apply("recover", [Change(PLAN, before)], actor())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left to write and let others open the folder."""
        try:
            self.checkpoint()
        finally:
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    @property
    def writable(self) -> bool:
        return self._lock is not None and self.refusal is None

    # ---- changing

    def apply(self, what: str, changes: Sequence[Change], by: str, *, always: bool = False) -> None:
        """Do several changes as one: all of them or none. Returns once the journal holds them on the disk.

        What changes nothing leaves no line, except with ``always``, where that somebody decided counts by itself.
        Raises EngagementError, with nothing changed, where a value does not fit or the disk does not take it.
        """
        if self.refusal is not None:
            raise self.refusal
        if not self.writable:
            raise EngagementError(
                "is open for reading only", str(self.folder), "Close it elsewhere, then open it again."
            )
        assessment, known = state.applied(self.assessment, changes)
        if not known and not always:
            return
        self._record(what, known, by)
        if assessment.plan_sha256 != self.assessment.plan_sha256:
            self.stored_plan = self._plans.get(assessment.plan_sha256 or "")
        self.assessment = assessment
        self._dirty |= {checkpoint.file_of(change.path) for change in known}

    def store_plan(self, plan: Plan, by: str) -> None:
        """Keep a computed plan, with the digest of what it was computed from."""
        stored = StoredPlan(plan, self.inputs())
        digest = checkpoint.digest(stored.as_data())
        self._plans[digest] = stored
        self.apply("roadmap", [Change(PLAN, digest)], by)
        self._dirty.add(ROADMAP)
        self.checkpoint()

    def ask(self, questionnaire: Questionnaire, what: str, changes: Sequence[Change], by: str) -> None:
        """Ask another questionnaire from now on, with what becomes of the answers. Raises EngagementError.

        The new one lies beside the old until the journal says which counts, so that no moment is without one.
        """
        check(self.folder, self.content, questionnaire, self.assessment)
        frozen = checkpoint.frozen(questionnaire)
        write_atomically(self.folder / NEXT_QUESTIONNAIRE, frozen)
        try:
            self.apply(what, [*changes, Change(("questionnaire_sha256",), sha256(frozen).hexdigest())], by)
        except EngagementError:
            remove(self.folder / NEXT_QUESTIONNAIRE)
            raise
        self.questionnaire = questionnaire
        write_atomically(self.folder / QUESTIONNAIRE, frozen)
        remove(self.folder / NEXT_QUESTIONNAIRE)

    def inputs(self) -> str:
        """SHA-256 of everything a plan depends on: answers, evidence, decisions, targets, capacity."""
        return checkpoint.digest(self.assessment.model_dump(mode="json", exclude=set(UNPLANNED)))

    @property
    def plan_is_current(self) -> bool:
        """False where something moved since the plan was computed, or none was."""
        return self.stored_plan is not None and self.stored_plan.inputs == self.inputs()

    def _record(self, what: str, changes: Sequence[Change], by: str) -> None:
        try:
            entry, line = journal.make(self.last, by, what, changes)
        except UnicodeEncodeError as error:
            broken = repr(error.object[error.start : error.end])
            raise UsageError("is no character of a text", broken, "Type the text again.") from error
        except ValueError as error:
            raise UsageError("is no number that can be kept", str(error), "Give a finite number.") from error
        try:
            journal.append(self.folder / JOURNAL, line, self._size)
        except ChangedMeanwhile as error:
            self.refusal = self._kept(error)
            raise self.refusal from error
        self.last = entry
        self._size += len(line)
        self._lines.append(line)

    def _kept(self, error: ChangedMeanwhile) -> EngagementError:
        """The refusal after another program took our journal away: what was saved since opening is put beside it."""
        if not self._lines or not self.folder.is_dir():
            return error
        with contextlib.suppress(EngagementError):
            place = set_aside(self.folder, {JOURNAL: b"".join(self._lines)})
            return EngagementError(f"{error.what}; what was saved since is kept in {place}", error.where, error.remedy)
        return error

    def confirm(self) -> None:
        """Raise EngagementError where others can no longer read what the journal holds."""
        if self.refusal is not None:
            raise self.refusal
        if not self.folder.is_dir():
            raise journal.Gone(self.folder)

    # ---- files

    def checkpoint(self) -> None:
        """Bring the TOML files up to the journal. Raises EngagementError; the journal then still holds everything."""
        if not self.writable or self.last is None or not self._dirty:
            return
        if not self.folder.is_dir():
            raise journal.Gone(self.folder)  # writing would make it anew, with a part of its files
        journal_now = _stamp(self.folder / JOURNAL)
        if journal_now is None or journal_now[1] != self._size:  # the files would belong to a journal that is away
            self.refusal = self._kept(journal.changed_meanwhile(self.folder / JOURNAL))
            raise self.refusal
        # The engagement's own file comes last: the line that it names is the one up to which every file was written.
        for name in (*sorted(self._dirty - {ENGAGEMENT}), ENGAGEMENT):
            path = self.folder / name
            if _stamp(path) not in (None, self._seen.get(name)):
                # Somebody else's version is no loss to us, since ours comes from the journal; it may be one to them.
                place = set_aside(self.folder, {name: read_bytes(path)})
                self.notices += (f"{name} was changed by another program; its version is kept in {place}.",)
            data = checkpoint.written(name, self.assessment, self.stored_plan, self.last)
            if data is None:
                remove(path)
            else:
                write_atomically(path, data)
            self._seen[name] = _stamp(path)
            self._dirty.discard(name)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _left_behind(path: Path) -> bool:
    """Whether it is what a creation leaves that was stopped before its first journal line."""
    if path.name == JOURNAL:
        return path.is_file() and b"\n" not in read_bytes(path)
    return path.name in (LOCK, HOLDER, QUESTIONNAIRE) or path.match(_PARTS)


def _ahead(at: str) -> bool:
    try:
        return datetime.fromisoformat(at) - datetime.fromisoformat(journal.now()) > _SKEW
    except (ValueError, TypeError):  # Colonnade wrote neither, nor a moment without its zone
        return False


def check(folder: Path, content: Content, questionnaire: Questionnaire, assessment: Assessment) -> None:
    """Raises EngagementError for what no score can be computed from."""
    if questionnaire != content.questionnaires.get(questionnaire.id):
        _check_meaning(folder, content, questionnaire)
    tiers = content.tiers.by_id
    for key, application in assessment.applications.items():
        if application.tier not in tiers:
            where = f"{folder}/{application_file(key)}"
            raise EngagementError(f"names the unknown tier '{application.tier}'", where, f"Tiers: {', '.join(tiers)}.")
    for levels in assessment.targets.values():
        for pillar, level in levels.items():
            if not questionnaire.base <= level <= questionnaire.top:
                remedy = f"Levels: {questionnaire.base} to {questionnaire.top}."
                raise EngagementError(f"asks for the level {level} in '{pillar}'", f"{folder}/{ENGAGEMENT}", remedy)


def _check_meaning(folder: Path, content: Content, questionnaire: Questionnaire) -> None:
    """The meaning gate for a frozen questionnaire: that its digest fits does not say who wrote it."""
    files = Files(QUESTIONNAIRE, {pillar.id: QUESTIONNAIRE for pillar in questionnaire.pillar}, QUESTIONNAIRE)
    problems = check_questionnaire(questionnaire, content.facts, content.tiers, files)
    if problems:
        message = f"does not hold together: {'; '.join(map(str, problems[:3]))}"
        raise EngagementError(message, f"{folder}/{QUESTIONNAIRE}", "Restore it from a copy.")
