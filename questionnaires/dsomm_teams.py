"""What teams say about DSOMM activities: ``team-progress.yaml`` and ``team-evidence.yaml``, read and written.

Progress is uuid → team → state → the day on which the state was reached. A team stands in the highest state that it
has a day for; lowering it removes the higher ones, so a file that is written never holds more than what stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from questionnaires.load import Invalid, Loaded, validate
from questionnaires.model import Frozen, Questionnaire
from questionnaires.problems import Problem
from questionnaires.yamltext import Value, read_yaml

PROGRESS_FILE = "team-progress.yaml"
EVIDENCE_FILE = "team-evidence.yaml"

M = TypeVar("M", bound=Frozen)


def _day(value: Any) -> Any:
    """A day from ``2025-01-10`` or a moment such as ``2025-01-10T08:00:00.000Z``."""
    if isinstance(value, date):
        return value
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})([T ].*)?", value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise ValueError("should be a day such as 2026-09-30") from None


def _nothing(value: Any) -> Any:
    return {} if value is None else value


def _no_list(value: Any) -> Any:
    return () if value is None else value


Day = Annotated[date, BeforeValidator(_day)]
Uuid = Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True, min_length=1)]
Team = Annotated[str, StringConstraints(min_length=1, max_length=200)]
States = Annotated[dict[str, Day], BeforeValidator(_nothing)]
Teams = Annotated[dict[Team, States], BeforeValidator(_nothing)]


class Progress(Frozen):
    """A ``team-progress.yaml``."""

    progress: Annotated[dict[Uuid, Teams], BeforeValidator(_nothing)] = {}

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team that says something, in the order of the file."""
        return tuple(dict.fromkeys(team for teams in self.progress.values() for team in teams))


class Attachment(Frozen):
    """A link; the DSOMM application stores no file content."""

    type: str = "link"
    external_link: str = Field(default="", alias="externalLink")

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Entry(Frozen):
    """One piece of evidence that a reviewer recorded for an activity of some teams."""

    id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    teams: Annotated[tuple[Team, ...], BeforeValidator(_no_list)] = ()
    title: str = ""
    recorded: Day | None = Field(default=None, alias="evidenceRecorded")
    reviewer: str | None = None
    description: str | None = None
    attachment: Annotated[tuple[Attachment, ...], BeforeValidator(_no_list)] = ()

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Evidence(Frozen):
    """A ``team-evidence.yaml``."""

    evidence: Annotated[
        dict[Uuid, Annotated[tuple[Entry, ...], BeforeValidator(_no_list)]], BeforeValidator(_nothing)
    ] = {}


def read_progress(path: Path) -> Loaded[Progress] | Invalid:
    """The states of teams. Every problem of the file is told."""
    return _read(path, "progress", Progress)


def read_evidence(path: Path) -> Loaded[Evidence] | Invalid:
    """The evidence of teams. Every problem of the file is told."""
    return _read(path, "evidence", Evidence)


def _read(path: Path, key: str, model: type[M]) -> Loaded[M] | Invalid:
    documents = read_yaml(path)
    if isinstance(documents, Invalid):
        return documents
    given: list[Value] = [document for document in documents.value if document is not None]
    if len(given) != 1 or not isinstance(given[0], dict) or key not in given[0]:
        hint = f"Export the file from the DSOMM application; it begins with '{key}:'."
        return Invalid((Problem(path.name, key, "is missing", hint),))
    shaped = validate(model, {key: given[0][key]}, path.name)
    return Loaded(shaped) if isinstance(shaped, model) else Invalid(tuple(shaped if isinstance(shaped, list) else ()))


def check_states(progress: Progress, questionnaire: Questionnaire, file: str) -> list[Problem]:
    """One problem for each state that the questionnaire's scale does not have."""
    known = {step.name for step in questionnaire.scale}
    used: dict[str, str] = {}
    for uuid, teams in progress.progress.items():
        for team, states in teams.items():
            for state in states:
                used.setdefault(state, f"progress.{uuid}.{team}.{state}")
    hint = f"States here: {', '.join(step.name for step in questionnaire.scale)}."
    return [
        Problem(file, place, "is a state that the answer scale does not have", hint)
        for state, place in used.items()
        if state not in known
    ]


def standing(states: Mapping[str, date], order: Sequence[str]) -> str | None:
    """The highest state with a day, by the order of the scale; None where there is none."""
    return next((state for state in reversed(order) if state in states), None)


def moved(states: Mapping[str, date], order: Sequence[str], to: str, today: date) -> dict[str, date]:
    """The states after a team moved to another one: higher ones are gone, those on the way up get the day.

    Only raising fills in what lies between, as the DSOMM application does; a state that stands is left as it is.
    """
    now = standing(states, order)
    if now == to:
        return dict(states)
    goal = order.index(to)
    # The lowest state is where everyone is before anything is said.
    first = min(order.index(now or order[0]) + 1, goal)
    days = {**dict.fromkeys(order[first : goal + 1], today), **states}
    return {state: days[state] for state in order[: goal + 1] if state in days}


def progress_text(progress: Progress, names: Mapping[str, str]) -> str:
    """A ``team-progress.yaml`` as the DSOMM application writes it, with the activity's name as a comment."""
    lines = ["progress:"]
    for uuid, teams in progress.progress.items():
        told = {team: states for team, states in teams.items() if states}
        if told:
            name = " ".join("".join(c if c.isprintable() else " " for c in names.get(uuid, "")).split())
            lines.append(f"  {_key(uuid)}:" + (f"  # {name}" if name else ""))
        for team, states in told.items():
            lines.append(f"    {_quoted(team)}:")
            lines += [f"      {_quoted(state)}: {day.isoformat()}" for state, day in states.items()]
    return "\n".join(lines) + "\n"


def _key(uuid: str) -> str:
    return uuid if re.fullmatch(r"[0-9a-z]+(-[0-9a-z]+)+", uuid) else _quoted(uuid)


def _quoted(text: str) -> str:
    """One text on one line, whatever it holds."""
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in text) + '"'


def evidence_text(evidence: Evidence) -> str:
    """A ``team-evidence.yaml``."""
    return _dump({"evidence": {uuid: [plain(entry) for entry in each] for uuid, each in evidence.evidence.items()}})


def plain(entry: Entry) -> dict[str, Any]:
    """An entry under the keys of the file; what is empty is left out, but never its id, teams or title."""
    raw = entry.model_dump(by_alias=True, exclude_defaults=True)
    head = {"id": entry.id, "teams": list(entry.teams), "title": entry.title}
    links = [link.model_dump(by_alias=True) for link in entry.attachment]
    return {**head, **{k: v for k, v in raw.items() if k not in head}, **({"attachment": links} if links else {})}


def _dump(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1000)


def joined(first: Iterable[Entry], second: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries of both, one for each id: the teams of both, all else from the second."""
    merged: dict[str, Entry] = {}
    for entry in (*first, *second):
        old = merged.get(entry.id)
        teams = tuple(dict.fromkeys((*(old.teams if old else ()), *entry.teams)))
        merged[entry.id] = entry.model_copy(update={"teams": teams})
    return tuple(merged.values())
