"""Teams of the DSOMM application and applications of an engagement: progress in and out.

An imported answer carries a record in its note, a few legible lines that say which team it came from and on which days
its states were reached. With it a later import knows its own answers from those that a person gave or changed, and an
export gives back the days. What a person answered is never overwritten: it is listed as kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import yaml

from app.engagement import actions
from app.engagement.errors import UsageError
from app.engagement.journal import Change
from questionnaires.dsomm import activities_of
from questionnaires.dsomm_teams import Entry, Evidence, Progress, States, Team, joined, moved, plain, standing
from questionnaires.load import Loaded, validate
from questionnaires.model import NOT_APPLICABLE, Frozen, Questionnaire
from questionnaires.yamltext import parse_yaml
from scoring.assessment import Answer, Application, Assessment, answer_of

MARK = "DSOMM:"
"""First line of a record; everything below it in a note belongs to it."""


class Record(Frozen):
    """What the DSOMM files said about one activity of one application."""

    team: Team
    states: States = {}
    evidence: tuple[Entry, ...] = ()


class Effect(StrEnum):
    """What an import does to one answer."""

    NEW = "new"
    CHANGED = "changed"
    LOWERED = "lowered"
    """The team went back, or the file says nothing any more of what it said before."""
    SAME = "same"
    KEPT = "kept"


WRITTEN = frozenset({Effect.NEW, Effect.CHANGED, Effect.LOWERED})


@dataclass(frozen=True, slots=True)
class Row:
    """One activity of one team and application."""

    criterion: str
    now: str | None
    """The answer that stands."""
    said: str
    """The step that the file says."""
    effect: Effect


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """What an import means for one team and one application; without an application nothing is imported."""

    team: str
    application: str | None
    activities: int
    """How many the file speaks of for this team."""
    rows: tuple[Row, ...] = ()

    def count(self, effect: Effect) -> int:
        return sum(row.effect is effect for row in self.rows)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, to be shown before it is done."""

    teams: tuple[TeamPlan, ...]
    changes: tuple[Change, ...]
    unknown: tuple[str, ...]
    """Uuids that the questionnaire does not have."""
    loose_evidence: int = 0
    """Entries of evidence without an imported answer that could carry them."""


@dataclass(frozen=True, slots=True)
class Export:
    """What an engagement says in DSOMM's words."""

    progress: Progress
    evidence: Evidence
    teams: Mapping[str, str]
    """Application → team."""
    not_applicable: int
    """Answers that DSOMM has no state for."""


def split_note(note: str) -> tuple[str, Record | None]:
    """A note as a person's own text and the record below it. Lines that are no record stay text."""
    own, mark, below = f"\n{note}".rpartition(f"\n{MARK}\n")
    if not mark:
        return note, None
    documents = parse_yaml(below, "note")
    raw = documents.value[0] if isinstance(documents, Loaded) and len(documents.value) == 1 else None
    record = validate(Record, raw, "note") if isinstance(raw, dict) else None
    return (own.strip("\n"), record) if isinstance(record, Record) else (note, None)


def join_note(own: str, record: Record) -> str:
    """The inverse of :func:`split_note`."""
    raw = {"team": record.team, "states": dict(record.states), "evidence": [plain(entry) for entry in record.evidence]}
    below = yaml.safe_dump({k: v for k, v in raw.items() if v}, sort_keys=False, allow_unicode=True, width=1000)
    return f"{own}\n\n{MARK}\n{below}" if own else f"{MARK}\n{below}"


def require_activities(questionnaire: Questionnaire) -> dict[str, str]:
    """Uuid → criterion id. Raises UsageError for a questionnaire whose criteria are no DSOMM activities."""
    found = activities_of(questionnaire)
    if not found:
        remedy = "Use an engagement made with 'colonnade new FOLDER --questionnaire owasp-dsomm'."
        raise UsageError("asks no DSOMM activities", f"Questionnaire {questionnaire.id}", remedy)
    return found


def match_teams(
    assessment: Assessment, teams: Sequence[str], given: Iterable[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    """Team → its applications: what the user gave; else the one it was imported to; else the one of its name.

    Raises UsageError for an unknown team or application, and where two teams would answer for one application.
    """
    result: dict[str, list[str]] = {}
    for team, key in given:
        if team not in teams:
            raise UsageError("is no team of the file", f"'{team}'", f"Teams: {_listed(teams)}.")
        if key not in assessment.applications:
            raise actions.unknown("application", key, assessment.applications)
        result.setdefault(team, []).append(key)
    taken = {key for keys in result.values() for key in keys}
    before = {key: _team_of(application) for key, application in assessment.applications.items()}
    for team in teams:
        if team not in result:
            keys = [key for key, name in before.items() if name == team and key not in taken]
            keys = keys or [
                key
                for key, application in assessment.applications.items()
                if team.casefold() in (key, application.name.casefold()) and key not in taken
            ]
            result[team] = keys
            taken |= set(keys)
    for key, count in Counter(key for keys in result.values() for key in dict.fromkeys(keys)).items():
        if count > 1:
            raise UsageError("would be answered by two teams", f"Application '{key}'", "Map one team to it.")
    return {team: tuple(dict.fromkeys(keys)) for team, keys in result.items()}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12]) or "none"
    return shown + (" …" if len(names) > 12 else "")


def _team_of(application: Application) -> str | None:
    """The team that the application's records name; None where there is none."""
    records = (split_note(answer.note)[1] for answer in application.answers.values() if MARK in answer.note)
    return next((record.team for record in records if record is not None), None)


def plan_import(
    questionnaire: Questionnaire,
    assessment: Assessment,
    progress: Progress,
    evidence: Evidence | None,
    teams: Mapping[str, Sequence[str]],
) -> ImportPlan:
    """What importing would change, team by team. Without ``evidence`` what was imported earlier stays.

    Raises UsageError where the questionnaire is no DSOMM one.
    """
    criteria = require_activities(questionnaire)
    given = evidence.evidence if evidence is not None else {}
    changes: list[Change] = []
    plans: list[TeamPlan] = []
    carried: set[str] = set()
    for team, keys in teams.items():
        spoken = sum(team in said for said in progress.progress.values())
        for key in keys:
            rows: list[Row] = []
            for uuid, criterion in criteria.items():
                states = progress.progress.get(uuid, {}).get(team, {})
                entries = tuple(entry for entry in given.get(uuid, ()) if team in entry.teams)
                record = Record(team=team, states=states, evidence=entries)
                judged = _row(questionnaire, assessment, key, criterion, record, evidence is None)
                if judged is None:
                    continue
                row, note = judged
                rows.append(row)
                if row.effect in WRITTEN or _stored(assessment, key, criterion, note):
                    carried |= {f"{uuid} {entry.id}" for entry in entries}
                if row.effect in WRITTEN:
                    changes += actions.answer(
                        questionnaire, assessment, criterion, row.said, application=key, note=note
                    )
            plans.append(TeamPlan(team, key, spoken, tuple(rows)))
        if not keys:
            plans.append(TeamPlan(team, None, spoken))
    unknown = {*progress.progress, *given} - set(criteria)
    every = {f"{uuid} {entry.id}" for uuid, entries in given.items() for entry in entries}
    return ImportPlan(tuple(plans), tuple(changes), tuple(sorted(unknown)), len(every - carried))


def _stored(assessment: Assessment, key: str, criterion: str, note: str) -> bool:
    answer = assessment.applications[key].answers.get(criterion)
    return answer is not None and answer.note == note


def _row(
    questionnaire: Questionnaire, assessment: Assessment, key: str, criterion: str, record: Record, keep_evidence: bool
) -> tuple[Row, str] | None:
    """What a record does to one answer, with the new note; None where neither says anything."""
    order = [step.name for step in questionnaire.scale]
    ids = {step.name: step.id for step in questionnaire.scale}
    application = assessment.applications[key]
    own = application.answers.get(criterion, Answer())
    text, before = split_note(own.note)
    if keep_evidence and before is not None:
        record = record.model_copy(update={"evidence": before.evidence})
    state = standing(record.states, order)
    if state is None:
        if before is None or before.team != record.team:
            return None
        state = order[0]  # imported earlier and gone from the file since: the DSOMM application lowers in this way
        record = record.model_copy(update={"states": moved(before.states, order, state, assessment.as_of)})
    said = ids[state]
    stands = answer_of(assessment.answers, application, criterion)
    now = stands.value if stands is not None else None
    # Whoever changed the value, named a basis or gave a reason has made the answer theirs.
    untouched = (
        before is not None
        and own.value == ids.get(standing(before.states, order) or "")
        and own.basis is None
        and not own.reason
    )
    if now is None:
        effect = Effect.NEW
    elif untouched:
        lower = questionnaire.values[said] < questionnaire.values[now] if now in questionnaire.values else False
        effect = Effect.SAME if record == before else Effect.LOWERED if lower else Effect.CHANGED
    else:
        effect = Effect.SAME if now == said else Effect.KEPT
    return Row(criterion, now, said, effect), join_note(text, record)


@dataclass
class _Gathered:
    progress: dict[str, dict[str, dict[str, date]]] = field(default_factory=dict)
    evidence: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    not_applicable: int = 0


def export(questionnaire: Questionnaire, assessment: Assessment) -> Export:
    """Every answer of every application as its team's state; unanswered says nothing.

    The days come from the record of an imported answer, for states reached since from the engagement's as-of day.
    Only evidence that came from DSOMM goes back: notes and exports of the engagement stay inside it.
    """
    criteria = require_activities(questionnaire)
    order = [step.name for step in questionnaire.scale]
    names = {step.id: step.name for step in questionnaire.scale}
    teams = _team_names(assessment)
    out = _Gathered()
    for uuid, criterion in criteria.items():
        for key, team in teams.items():
            application = assessment.applications[key]
            answer = answer_of(assessment.answers, application, criterion)
            if answer is None or answer.value is None:
                continue
            if answer.value == NOT_APPLICABLE:
                out.not_applicable += 1
            if answer.value not in names:
                continue
            record = split_note(answer.note)[1]
            states = moved(record.states if record else {}, order, names[answer.value], assessment.as_of)
            out.progress.setdefault(uuid, {})[team] = states
            if record is not None and record.evidence:
                mine = [_renamed(entry, record.team, team) for entry in record.evidence]
                out.evidence[uuid] = joined(out.evidence.get(uuid, ()), mine)
    return Export(Progress(progress=out.progress), Evidence(evidence=out.evidence), teams, out.not_applicable)


def _team_names(assessment: Assessment) -> dict[str, str]:
    """Application → team, by team: the one it was imported from where no other was, else the application's name."""
    wanted = {key: _team_of(application) or application.name for key, application in assessment.applications.items()}
    once = Counter(wanted.values())
    own = {key: name if once[name] == 1 else assessment.applications[key].name for key, name in wanted.items()}
    again = Counter(own.values())
    named = {key: name if again[name] == 1 else f"{name} ({key})" for key, name in own.items()}
    return dict(sorted(named.items(), key=lambda item: (item[1], item[0])))


def _renamed(entry: Entry, old: str, new: str) -> Entry:
    return entry.model_copy(update={"teams": tuple(new if team == old else team for team in entry.teams)})


def over(old: Progress, new: Progress) -> Progress:
    """A file that exists with what is exported over it: teams of this export are replaced, all others stay."""
    ours = set(new.teams)
    merged: dict[str, dict[str, dict[str, date]]] = {}
    for uuid in dict.fromkeys((*new.progress, *old.progress)):
        others = {team: states for team, states in old.progress.get(uuid, {}).items() if team not in ours}
        merged[uuid] = dict(sorted({**others, **new.progress.get(uuid, {})}.items()))
    return Progress(progress=merged)


def evidence_over(old: Evidence, new: Evidence) -> Evidence:
    """The entries of both; where an id stands in both, the exported one with the teams of both."""
    uuids = dict.fromkeys((*new.evidence, *old.evidence))
    return Evidence(evidence={uuid: joined(old.evidence.get(uuid, ()), new.evidence.get(uuid, ())) for uuid in uuids})
