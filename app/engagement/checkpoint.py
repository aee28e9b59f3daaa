"""The TOML files of an engagement: a checkpoint of the journal that a person can read.

Each file names the last journal line that it holds, with that line's hash; no value in it can be changed without
being noticed.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import TypeAdapter, ValidationError

from app.engagement import state
from app.engagement.errors import EngagementError
from app.engagement.files import read_bytes
from app.engagement.journal import Entry
from app.engagement.migrations import migrated
from questionnaires.load import Invalid, Loaded, frozen_questionnaire, validate
from questionnaires.model import Questionnaire
from scoring.assessment import SCHEMA_VERSION, Assessment
from scoring.roadmap import Plan

ENGAGEMENT = "engagement.toml"
QUESTIONNAIRE = "questionnaire.toml"
ROADMAP = "roadmap.toml"
JOURNAL = "journal.jsonl"
APPLICATIONS = "applications"

ELSEWHERE = frozenset({"applications", "decisions", "plan_sha256"})
"""What of an assessment does not stand in engagement.toml."""
IN_ROADMAP = ("decisions", "plan_sha256")

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


@dataclass(frozen=True, slots=True)
class Position:
    """The last journal line that a file holds."""

    line: int
    """From 1."""
    hash: str | None
    """None in files of schema version 1."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan with the digest of what it was computed from."""

    plan: Plan
    inputs: str

    def as_data(self) -> dict[str, Any]:
        return {"inputs": self.inputs, **plan_as_data(self.plan)}


# ---- which file holds what


def application_file(key: str) -> str:
    return f"{APPLICATIONS}/{key}.toml"


def application_of(name: str) -> str | None:
    """The application whose file it is; None for the others."""
    folder, slash, file = name.rpartition("/")
    return file.removesuffix(".toml") if slash and folder == APPLICATIONS else None


def file_of(path: tuple[str, ...]) -> str:
    """The file that holds a place of the assessment."""
    match path:
        case ("applications", key, *_):
            return application_file(key)
        case ("decisions" | "plan_sha256", *_):
            return ROADMAP
        case _:
            return ENGAGEMENT


def all_files(assessment: Assessment) -> set[str]:
    """Every file that an assessment is written to."""
    return {ENGAGEMENT, ROADMAP, *map(application_file, assessment.applications)}


# ---- writing


def written(name: str, assessment: Assessment, plan: StoredPlan | None, last: Entry) -> bytes | None:
    """A file as it stands after a journal line; None where its application was taken out."""
    table = content(name, assessment)
    if table is None:
        return None
    if name == ROADMAP and plan is not None:
        table["plan"] = plan.as_data()
    position = {"line": last.number, "hash": last.hash}
    return tomli_w.dumps({"schema_version": SCHEMA_VERSION, "journal": position, **table}).encode()


def content(name: str, assessment: Assessment) -> dict[str, Any] | None:
    """What a file says of an assessment, in its normal form, without the plan and what every file begins with."""
    table: Any
    match name:
        case _ if name == ENGAGEMENT:
            table = assessment.model_dump(mode="json", exclude_defaults=True, exclude=set(ELSEWHERE))
        case _ if name == ROADMAP:
            values = {key: state.current(assessment, (key,)) for key in IN_ROADMAP}
            table = {key: value for key, value in values.items() if value}
        case _:
            application = assessment.applications.get(application_of(name) or "")
            if application is None:
                return None
            table = state.dump(application)
    return dict(without_none(table))


def frozen(questionnaire: Questionnaire) -> bytes:
    """A questionnaire as the file that keeps what was asked."""
    return tomli_w.dumps(without_none(questionnaire.model_dump(mode="json", exclude_defaults=True))).encode()


def plan_as_data(plan: Plan) -> dict[str, Any]:
    """A whole plan as plain data; :func:`plan_from_data` reads it back."""
    return dict(without_none(_PLAN.dump_python(plan, mode="json")))


def plan_from_data(data: Any) -> Plan | None:
    """The plan that some data hold; None where they hold none."""
    try:
        return _PLAN.validate_python(data)
    except ValidationError:
        return None


def without_none(value: Any) -> Any:
    """TOML has no null: what is None is left out."""
    if isinstance(value, dict):
        return {key: without_none(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return [without_none(entry) for entry in value]
    return value


def digest(value: Any) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    # A date can only come from an edited file: its digest then differs, as it should.
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


# ---- reading


def toml_files(folder: Path) -> dict[str, bytes]:
    """The TOML files of an engagement's folder that hold its assessment, by name. Raises EngagementError."""
    names = [name for name in (ENGAGEMENT, ROADMAP) if (folder / name).is_file()]
    paths = sorted((folder / APPLICATIONS).glob("*.toml"))
    names += [f"{APPLICATIONS}/{path.name}" for path in paths if path.is_file()]
    return {name: read_bytes(folder / name) for name in names}


def parse_toml(data: bytes, place: str) -> dict[str, Any]:
    """Raises EngagementError."""
    remedy = "Undo the edit, or restore the file from a copy of the folder."
    try:
        found = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EngagementError(f"cannot be read: {error}", place, remedy) from error
    try:
        json.dumps(found, default=str)  # what this cannot write, nothing here can compare or show
    except (ValueError, RecursionError) as error:
        message = "cannot be read: it is nested too deeply, or a number is too long"
        raise EngagementError(message, place, remedy) from error
    return found


def parse_table(data: bytes, place: str) -> tuple[dict[str, Any], Position | None]:
    """What one file says, as a table of today's schema, and its place in the journal (None where it names none).

    Raises EngagementError for a file that is broken or of a newer version.
    """
    raw = parse_toml(data, place)
    table = migrated(raw, place)
    position = table.pop("journal", None)
    return table, None if position is None else _position(position, raw["schema_version"], place)


def _position(raw: Any, version: int, place: str) -> Position:
    line, hash_ = (raw.get("line"), raw.get("hash")) if isinstance(raw, dict) else (None, None)
    hashed = hash_ is None if version == 1 else isinstance(hash_, str)
    if type(line) is not int or not 0 < line < 10**12 or not hashed or len(raw) > 2:
        raise EngagementError("names no line of the journal", place, "Restore it from a copy.")
    return Position(line, hash_)


def parse_assessment(files: Mapping[str, bytes], place: str) -> tuple[Assessment, dict[str, Position | None]]:
    """The assessment in a folder's (or a pack's) TOML files, and the journal line that each of them holds.

    ``place`` is where they come from, for errors. Raises EngagementError for a file that is broken, of a newer
    version, or does not fit.
    """
    if ENGAGEMENT not in files:
        raise EngagementError("is missing", f"{place}/{ENGAGEMENT}", "Restore it from a copy of the folder.")
    tables = {name: parse_table(data, f"{place}/{name}") for name, data in files.items() if _holds_assessment(name)}
    return (
        assembled({name: table for name, (table, _) in tables.items()}, place),
        {name: position for name, (_, position) in tables.items()},
    )


def _holds_assessment(name: str) -> bool:
    return name in (ENGAGEMENT, ROADMAP) or application_of(name) is not None


def assembled(tables: Mapping[str, Mapping[str, Any]], place: str) -> Assessment:
    """The assessment that the tables of all files hold together. Raises EngagementError."""
    raw = dict(tables.get(ENGAGEMENT, {}))
    raw["applications"] = {key: table for name, table in tables.items() if (key := application_of(name)) is not None}
    raw |= {key: tables[ROADMAP][key] for key in IN_ROADMAP if key in tables.get(ROADMAP, {})}
    found = validate(Assessment, raw, place)
    if not isinstance(found, Assessment):
        problems = "; ".join(f"{problem.key} {problem.message}" for problem in found[:3])
        raise EngagementError(f"does not fit: {problems}", place, "Undo the edit, or restore the file.")
    return found


def parse_questionnaire(data: bytes, place: str) -> Questionnaire:
    """The frozen questionnaire of a folder or a pack. Raises EngagementError."""
    try:
        found = _questionnaire(data)
    except EngagementError as error:
        raise EngagementError(error.what, place, error.remedy) from error
    if isinstance(found, Invalid):
        problems = "; ".join(map(str, found.problems[:3]))
        raise EngagementError(f"holds no questionnaire: {problems}", place, "Restore it from a copy.")
    return found.value


@lru_cache(maxsize=8)
def _questionnaire(data: bytes) -> Loaded[Questionnaire] | Invalid:
    """An engagement and its baselines mostly asked the same: it is read once."""
    return frozen_questionnaire(parse_toml(data, QUESTIONNAIRE), QUESTIONNAIRE)
