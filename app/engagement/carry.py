"""Answers of a baseline carried over into today's engagement, group by group, as a person chooses.

Nothing is taken over that was not asked for. A carried answer says in its note where it comes from. What evidence of
that time proved is not proven today: its basis is left out, and the answer is marked for review.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.engagement import dsomm
from app.engagement.attachment import UNSAID
from app.engagement.journal import Change
from app.engagement.state import dump
from questionnaires.migrate import Fate, Move, moves
from questionnaires.model import Questionnaire, Scope
from scoring.assessment import Answer, Assessment, Basis, answer_of
from scoring.progress import Baseline
from scoring.scores import UNANSWERED, reading


class Group(StrEnum):
    """What a person decides about as one."""

    MATCHED = "matched"
    RENAMED = "renamed"
    QUESTION_CHANGED = "question-changed"


class Choice(StrEnum):
    """What to do with the answers of a group."""

    KEEP = "keep"
    """Mine stay as they are, answered or not."""
    FILL = "fill"
    """Theirs where mine is unanswered."""
    REVIEW = "review"
    """Theirs everywhere, marked for review; what stood there is in the journal."""


class Standing(StrEnum):
    """How an answer of the baseline stands to today's."""

    SAME = "same"
    OPEN = "open"
    """Today's is unanswered."""
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer of the baseline that could be carried over."""

    group: Group
    standing: Standing
    application: str | None
    """None: the organisation's or the common answer."""
    criterion: str
    mine: Answer | None
    """What counts today."""
    theirs: Answer


def group_of(move: Move) -> Group | None:
    """None for a question that only one side asks."""
    if move.fate is Fate.CHANGED:
        return Group.QUESTION_CHANGED
    if move.fate is Fate.SAME:
        return Group.RENAMED if move.renamed else Group.MATCHED
    return None


def candidates(
    questionnaire: Questionnaire,
    assessment: Assessment,
    baseline: Baseline,
    *,
    pillars: Collection[str] = (),
    applications: Collection[str] = (),
) -> tuple[Candidate, ...]:
    """Every answer of the baseline that has a place today, where it stood: common, the organisation's, or own.

    Held to some ``pillars`` where they are named. Held to some ``applications``, each gets what counted for it then as
    its own answer, and the common answers stay as they are.
    """
    then, today = baseline.assessment, assessment.applications
    found: list[Candidate] = []
    for move in moves(baseline.digests, questionnaire):
        group = group_of(move)
        if group is None or move.old is None or move.new is None:
            continue
        if pillars and questionnaire.pillar_of[questionnaire.criteria[move.new].practice_id].id not in pillars:
            continue
        owners: list[str | None] = [] if applications else [None]
        if questionnaire.scope_of(move.new) is Scope.APPLICATION:
            owners += [key for key in today if key in then.applications and (not applications or key in applications)]
        for owner in owners:
            if owner is None or not applications:
                theirs = (then if owner is None else then.applications[owner]).answers.get(move.old)
            else:
                theirs = answer_of(then.answers, then.applications[owner], move.old)
            mine = answer_of(assessment.answers, today[owner] if owner is not None else None, move.new)
            said = reading(questionnaire, theirs, None).claimed
            if theirs is not None and said != UNANSWERED:
                now = reading(questionnaire, mine, None).claimed
                standing = Standing.SAME if now == said else Standing.OPEN if now == UNANSWERED else Standing.DIFFERS
                found.append(Candidate(group, standing, owner, move.new, mine, theirs))
    return tuple(found)


def chosen(found: Iterable[Candidate], choices: Mapping[Group, Choice]) -> tuple[Candidate, ...]:
    """Those that the choices carry over; a group without a choice stays as it is."""
    return tuple(entry for entry in found if _wanted(entry, choices.get(entry.group, Choice.KEEP)))


def _wanted(entry: Candidate, choice: Choice) -> bool:
    match choice:
        case Choice.KEEP:
            return False
        case Choice.FILL:
            return entry.standing is Standing.OPEN
        case Choice.REVIEW:
            return entry.standing is not Standing.SAME


def changes(carried: Iterable[Candidate], choices: Mapping[Group, Choice], baseline: Baseline) -> list[Change]:
    """What carries them over, ready for one :meth:`Engagement.apply`."""
    return [
        Change(
            ("answers", entry.criterion)
            if entry.application is None
            else ("applications", entry.application, "answers", entry.criterion),
            dump(_carried(entry, choices[entry.group], baseline)),
        )
        for entry in carried
    ]


def _carried(entry: Candidate, choice: Choice, baseline: Baseline) -> Answer:
    theirs = entry.theirs
    changed = entry.group is Group.QUESTION_CHANGED
    proven = theirs.basis is Basis.EVIDENCE
    own, record = dsomm.split_note(theirs.note)
    origin = f"Carried over from the assessment of {baseline.as_of}."
    if changed:
        origin += " The question has changed since."
    unsaid = theirs.reason == UNSAID
    if proven:
        origin += " It rested on evidence of that time."
    note = f"{own}\n\n{origin}" if own else origin
    return Answer(
        value=theirs.value,
        basis=None if proven else theirs.basis,
        note=note if record is None else dsomm.join_note(note, record),
        reason=theirs.reason,
        marked=theirs.marked or changed or proven or unsaid or choice is Choice.REVIEW,
    )
