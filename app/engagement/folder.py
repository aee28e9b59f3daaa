"""The folder of an engagement: opened, changed and written here and nowhere else.

A change goes to the journal first and is safe once its line is on the disk. The TOML files are a checkpoint of the
journal; each records the last line it holds, and opening replays what lies beyond.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import tomli_w
from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from app.content import available
from app.engagement import journal, state
from app.engagement.errors import EngagementError, UsageError
from app.engagement.files import remove, unwritable, write_atomically
from app.engagement.journal import Change
from questionnaires.check import Files, check_questionnaire
from questionnaires.load import Invalid, frozen_questionnaire, validate
from questionnaires.model import Content, Questionnaire
from scoring.assessment import SCHEMA_VERSION, Assessment
from scoring.roadmap import Plan

ENGAGEMENT = "engagement.toml"
QUESTIONNAIRE = "questionnaire.toml"
ROADMAP = "roadmap.toml"
JOURNAL = "journal.jsonl"
APPLICATIONS = "applications"
LOCK = ".lock"
HOLDER = ".lock-holder"

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
_ELSEWHERE = frozenset({"applications", "decisions", "plan_sha256"})
"""What of an assessment does not stand in engagement.toml."""


def actor() -> str:
    """Who acts, unless told otherwise: the system user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Engagement:
    """An open engagement. Use it as a context manager; closing writes the checkpoint and releases the lock."""

    def __init__(self, folder: Path, content: Content, questionnaire: Questionnaire, assessment: Assessment) -> None:
        self.folder = folder
        self.content = content
        self.questionnaire = questionnaire
        """The frozen copy of what was asked."""
        self.assessment = assessment
        self.plan: Plan | None = None
        """The plan as last computed, whether or not the answers have moved since."""
        self.plan_inputs = ""
        self.head = journal.FIRST
        """Hash of the last journal line."""
        self.notices: tuple[str, ...] = ()
        """What opening found and mended, or could not."""
        self._number = 0
        self._torn: int | None = None
        self._dirty: set[str] = set()
        self._lock: FileLock | None = None

    # ---- opening and closing

    @classmethod
    def create(
        cls, folder: Path, assessment: Assessment, questionnaire: Questionnaire, by: str, content: Content | None = None
    ) -> Self:
        """A new engagement in a folder that does not exist yet or is empty. Raises EngagementError."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError("exists already and is not an empty folder", str(folder), "Choose another folder.")
        frozen = tomli_w.dumps(_without_none(questionnaire.model_dump(mode="json", exclude_defaults=True))).encode()
        assessment = assessment.model_copy(update={"questionnaire_sha256": sha256(frozen).hexdigest()})
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error
        engagement = cls(folder, content or available().content, questionnaire, assessment)
        engagement._acquire()
        write_atomically(folder / QUESTIONNAIRE, frozen)
        engagement._record("new", [Change((), state.dump(assessment))], by)
        engagement._dirty = {ENGAGEMENT, ROADMAP, *(f"{APPLICATIONS}/{key}.toml" for key in assessment.applications)}
        engagement.checkpoint()
        return engagement

    @classmethod
    def open(cls, folder: Path, *, write: bool = False, content: Content | None = None) -> Self:
        """An existing engagement; with ``write`` the folder's lock is taken. Raises EngagementError."""
        if not (folder / ENGAGEMENT).is_file() and not (folder / JOURNAL).is_file():
            remedy = "Name the folder that holds engagement.toml, or make one with 'colonnade new'."
            raise EngagementError("is not an engagement", str(folder), remedy)
        content = content or available().content
        lock = cls._take(folder) if write else None
        notices: list[str] = []
        try:
            frozen = _read_bytes(folder / QUESTIONNAIRE)
            questionnaire = parse_questionnaire(frozen, str(folder / QUESTIONNAIRE))
            # Written after the journal and read before it: no file is ahead of it while another process writes.
            files = toml_files(folder)
            entries, torn = journal.read(folder / JOURNAL)
            assessment, stale = _replayed(folder, files, entries)
            _check(folder, content, questionnaire, assessment)
            if assessment.questionnaire_sha256 != sha256(frozen).hexdigest():
                _check_changed(folder, content, questionnaire)
                notices.append(f"{QUESTIONNAIRE} was changed outside Colonnade; scores may not be comparable.")
            engagement = cls(folder, content, questionnaire, assessment)
            engagement._read_plan(files.get(ROADMAP, b""), notices)
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        engagement._lock = lock
        engagement.head = entries[-1].hash
        engagement._number = len(entries)
        if torn:
            engagement._torn = (folder / JOURNAL).stat().st_size - torn
            notices.append("The last line of the journal was cut off while it was written; it is left out.")
        notices += [f"{name} was missing; it comes from the journal." for name in sorted(stale - files.keys())]
        engagement._dirty = stale if write else set()
        engagement.notices = tuple(notices)
        return engagement

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
                with contextlib.suppress(OSError):
                    (self.folder / HOLDER).unlink()
                self._lock.release()
                self._lock = None

    @property
    def writable(self) -> bool:
        return self._lock is not None

    def _acquire(self) -> None:
        self._lock = self._take(self.folder)

    @staticmethod
    def _take(folder: Path) -> FileLock:
        """The operating system's lock, which a killed owner cannot leave behind; a file beside it says who holds it."""
        lock = FileLock(folder / LOCK, timeout=0)
        try:
            lock.acquire()
            (folder / HOLDER).write_text(f"{actor()}, process {os.getpid()}\n", encoding="utf-8")
        except Timeout:
            with contextlib.suppress(OSError):
                holder = (folder / HOLDER).read_text(encoding="utf-8").strip()
                raise EngagementError(f"is being changed by {holder}", str(folder), "Close it there first.") from None
            raise EngagementError("is being changed elsewhere", str(folder), "Close it there first.") from None
        except OSError as error:
            if lock.is_locked:
                lock.release()
            raise unwritable(folder, error) from error
        return lock

    # ---- changing

    def apply(self, what: str, changes: Sequence[Change], by: str) -> None:
        """Do several changes as one: all of them or none. Returns once the journal holds them on the disk.

        Raises EngagementError, with nothing changed, where a value does not fit or the disk does not take it.
        """
        if not self.writable:
            raise EngagementError(
                "is open for reading only", str(self.folder), "Close it elsewhere, then open it again."
            )
        assessment = self.assessment
        known: list[Change] = []
        for change in changes:
            before = state.current(assessment, change.path)
            if before == change.to:
                continue
            assessment = state.changed(assessment, change)
            # What was put in is read back, so that the journal holds the normal form and a replay gives the same.
            known.append(Change(change.path, state.current(assessment, change.path), before))
        if not known:
            return
        self._record(what, known, by)
        self.assessment = assessment
        self._dirty |= {_file_of(change.path) for change in known}

    def store_plan(self, plan: Plan, by: str) -> None:
        """Keep a computed plan, with the digest of what it was computed from."""
        raw = plan_as_data(plan)
        self.plan, self.plan_inputs = plan, self.inputs()
        self.apply("roadmap", [Change(("plan_sha256",), _digest({"inputs": self.plan_inputs, **raw}))], by)
        self._dirty.add(ROADMAP)
        self.checkpoint()

    def inputs(self) -> str:
        """SHA-256 of everything a plan depends on: answers, evidence, decisions, targets, capacity."""
        return _digest(self.assessment.model_dump(mode="json", exclude={"plan_sha256", "assessors", "baselines"}))

    @property
    def plan_is_current(self) -> bool:
        """False where something moved since the plan was computed, or none was."""
        return self.plan is not None and self.plan_inputs == self.inputs()

    def _record(self, what: str, changes: Sequence[Change], by: str) -> None:
        try:
            entry, line = journal.make(self._number + 1, self.head, by, what, changes)
        except UnicodeEncodeError as error:
            broken = repr(error.object[error.start : error.end])
            raise UsageError("is no character of a text", broken, "Type the text again.") from error
        journal.append(self.folder / JOURNAL, line, keep=self._torn)
        self._torn = None
        self.head, self._number = entry.hash, entry.number

    # ---- files

    def checkpoint(self) -> None:
        """Bring the TOML files up to the journal. Raises EngagementError; the journal then still holds everything."""
        for name in sorted(self._dirty):
            table = self._table(name)
            if table is None:
                remove(self.folder / name)
            else:
                write_atomically(self.folder / name, tomli_w.dumps(table).encode())
            self._dirty.discard(name)

    def _table(self, name: str) -> dict[str, Any] | None:
        """What a file holds as TOML; None where its application was taken out again."""
        head = {"schema_version": SCHEMA_VERSION, "journal": self._number}
        match name.split("/"):
            case [self_name] if self_name == ENGAGEMENT:
                own = self.assessment.model_dump(mode="json", exclude_defaults=True, exclude=set(_ELSEWHERE))
                return {**head, **_without_none(own)}
            case [self_name] if self_name == ROADMAP:
                table = {**head, **{key: value for key in ("decisions", "plan_sha256")
                                    if (value := state.current(self.assessment, (key,))) is not None}}  # fmt: skip
                if self.plan is not None:
                    table["plan"] = {"inputs": self.plan_inputs, **plan_as_data(self.plan)}
                return dict(_without_none(table))
            case [_, file]:
                application = self.assessment.applications.get(file.removesuffix(".toml"))
                return None if application is None else {**head, **_without_none(state.dump(application))}
            case _:
                raise ValueError(name)

    def _read_plan(self, data: bytes, notices: list[str]) -> None:
        raw = _parse_toml(data, str(self.folder / ROADMAP)).get("plan")
        if raw is None and self.assessment.plan_sha256 is None:
            return
        if not isinstance(raw, dict) or _digest(raw) != self.assessment.plan_sha256:
            notices.append(f"{ROADMAP} does not hold the plan that was last computed; compute the roadmap again.")
            return
        self.plan_inputs = raw.pop("inputs", "")
        self.plan = plan_from_data(raw)
        if self.plan is None:
            notices.append(f"{ROADMAP} holds no plan that can be read; compute the roadmap again.")


def plan_as_data(plan: Plan) -> dict[str, Any]:
    """A whole plan as plain data; :func:`plan_from_data` reads it back."""
    return dict(_without_none(_PLAN.dump_python(plan, mode="json")))


def plan_from_data(data: Any) -> Plan | None:
    """The plan that some data hold; None where they hold none."""
    try:
        return _PLAN.validate_python(data)
    except ValidationError:
        return None


def _file_of(path: tuple[str, ...]) -> str:
    match path:
        case ("applications", key, *_):
            return f"{APPLICATIONS}/{key}.toml"
        case ("decisions" | "plan_sha256", *_):
            return ROADMAP
        case _:
            return ENGAGEMENT


def _replayed(
    folder: Path, files: Mapping[str, bytes], entries: Sequence[journal.Entry]
) -> tuple[Assessment, set[str]]:
    """The assessment that the files hold with the journal lines beyond each, and the files that have to be written.

    Where a file is missing, all comes from the journal. Raises EngagementError.
    """
    if not entries:
        remedy = "Restore it from a copy, or remove the folder and begin again."
        raise EngagementError("holds no whole line", f"{folder}/{JOURNAL}", remedy)
    first = state.whole(entries[0].changes[0].to if entries[0].changes else None)
    here = {_file_of(("applications", key)): True for key in first.applications}
    """File of an application that the journal names → whether it is still there."""
    for change in (change for entry in entries[1:] for change in entry.changes):
        if len(change.path) == 2 and change.path[0] == "applications":
            here[_file_of(change.path)] = change.to is not None
    for name in files:
        if name not in here and name not in (ENGAGEMENT, ROADMAP):
            remedy = "Move it out of the folder; 'colonnade application add' adds an application."
            raise EngagementError("is unknown to the journal", f"{folder}/{name}", remedy)
    gone = {name for name, still in here.items() if not still}
    missing = ({ENGAGEMENT, ROADMAP} | here.keys()) - gone - files.keys()
    if missing:
        assessment, held = first, dict[str, int]()
    else:
        current = {name: data for name, data in files.items() if name not in gone}
        assessment, held = parse_assessment(current, str(folder))
    for name, position in held.items():
        if position > len(entries):
            message = f"holds line {position} of the journal, which ends at line {len(entries)}"
            raise EngagementError(message, f"{folder}/{name}", "Restore the journal from a copy of the folder.")
    for entry in entries[1:]:
        for change in entry.changes:
            name = _file_of(change.path)
            if entry.number > held.get(name, 0) and name not in gone:
                assessment = state.changed(assessment, change)
    return assessment, missing | (gone & files.keys())


def _check(folder: Path, content: Content, questionnaire: Questionnaire, assessment: Assessment) -> None:
    """Raises EngagementError for what no score can be computed from."""
    tiers = content.tiers.by_id
    for key, application in assessment.applications.items():
        if application.tier not in tiers:
            where = f"{folder}/{_file_of(('applications', key))}"
            raise EngagementError(f"names the unknown tier '{application.tier}'", where, f"Tiers: {', '.join(tiers)}.")
    for levels in assessment.targets.values():
        for pillar, level in levels.items():
            if not questionnaire.base <= level <= questionnaire.top:
                remedy = f"Levels: {questionnaire.base} to {questionnaire.top}."
                raise EngagementError(f"asks for the level {level} in '{pillar}'", f"{folder}/{ENGAGEMENT}", remedy)


def _check_changed(folder: Path, content: Content, questionnaire: Questionnaire) -> None:
    """The meaning gate for a frozen questionnaire that somebody edited. Raises EngagementError."""
    files = Files(QUESTIONNAIRE, {pillar.id: QUESTIONNAIRE for pillar in questionnaire.pillar}, QUESTIONNAIRE)
    problems = check_questionnaire(questionnaire, content.facts, content.tiers, files)
    if problems:
        message = f"was changed outside Colonnade and does not hold together: {'; '.join(map(str, problems[:3]))}"
        raise EngagementError(message, f"{folder}/{QUESTIONNAIRE}", "Restore it from a copy.")


def _without_none(value: Any) -> Any:
    """TOML has no null: what is None is left out."""
    if isinstance(value, dict):
        return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return [_without_none(entry) for entry in value]
    return value


def _digest(value: Any) -> str:
    # A date can only come from an edited file: its digest then differs, as it should.
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EngagementError(f"cannot be read ({error.strerror})", str(path), "Check its permissions.") from error


def _parse_toml(data: bytes, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        remedy = "Undo the edit, or restore the file from a copy of the folder."
        raise EngagementError(f"cannot be read: {error}", place, remedy) from error


def toml_files(folder: Path) -> dict[str, bytes]:
    """The TOML files of an engagement's folder that hold its assessment, by name. Raises EngagementError."""
    names = [name for name in (ENGAGEMENT, ROADMAP) if (folder / name).is_file()]
    names += [f"{APPLICATIONS}/{path.name}" for path in sorted((folder / APPLICATIONS).glob("*.toml"))]
    return {name: _read_bytes(folder / name) for name in names}


def parse_assessment(files: Mapping[str, bytes], place: str) -> tuple[Assessment, dict[str, int]]:
    """The assessment in a folder's (or a pack's) TOML files, and the journal line that each of them holds.

    ``place`` is where they come from, for errors. Raises EngagementError for a file that is broken, of a newer
    version, or does not fit.
    """
    positions: dict[str, int] = {}

    def table(name: str) -> dict[str, Any]:
        raw = _parse_toml(files[name], f"{place}/{name}")
        version = raw.pop("schema_version", None)
        if type(version) is not int or not 0 < version < 10**6:
            raise EngagementError("names no schema_version", f"{place}/{name}", "Restore it from a copy.")
        if version > SCHEMA_VERSION:
            message = f"was written by a newer version (schema {version}; this one knows {SCHEMA_VERSION})"
            remedy = "Open it with that version of Colonnade; nothing was changed."
            raise EngagementError(message, f"{place}/{name}", remedy)
        position = raw.pop("journal", 0)
        if type(position) is not int or not 0 <= position < 10**12:
            raise EngagementError("names no line of the journal", f"{place}/{name}", "Restore it from a copy.")
        positions[name] = position
        return raw

    if ENGAGEMENT not in files:
        raise EngagementError("is missing", f"{place}/{ENGAGEMENT}", "Restore it from a copy of the folder.")
    raw = table(ENGAGEMENT)
    raw["applications"] = {
        name.removeprefix(f"{APPLICATIONS}/").removesuffix(".toml"): table(name)
        for name in files
        if name.startswith(f"{APPLICATIONS}/")
    }
    if ROADMAP in files:
        roadmap = table(ROADMAP)
        raw |= {key: roadmap[key] for key in ("decisions", "plan_sha256") if key in roadmap}
    found = validate(Assessment, raw, place)
    if not isinstance(found, Assessment):
        problems = "; ".join(f"{problem.key} {problem.message}" for problem in found[:3])
        raise EngagementError(f"does not fit: {problems}", place, "Undo the edit, or restore the file.")
    return found, positions


def parse_questionnaire(data: bytes, place: str) -> Questionnaire:
    """The frozen questionnaire of a folder or a pack. Raises EngagementError."""
    found = frozen_questionnaire(_parse_toml(data, place), QUESTIONNAIRE)
    if isinstance(found, Invalid):
        problems = "; ".join(map(str, found.problems[:3]))
        raise EngagementError(f"holds no questionnaire: {problems}", place, "Restore it from a copy.")
    return found.value
