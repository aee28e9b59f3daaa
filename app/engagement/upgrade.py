"""The questionnaire of an engagement brought to the version that ships: a step of its own, never silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.engagement import state
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from questionnaires.migrate import Fate, Move, moves
from questionnaires.model import Questionnaire
from scoring.assessment import Answer


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade does to the answers that stand."""

    questionnaire: Questionnaire
    """What is asked afterwards."""
    moves: tuple[Move, ...]
    """Every criterion of both versions."""
    changes: tuple[Change, ...]
    """Of the answers: carried to their new id, marked for review where the question changed, taken out where it
    is not asked any more. The journal keeps what they were."""

    def of(self, fate: Fate) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.fate is fate)


def upgrade(engagement: Engagement) -> Upgrade | None:
    """What bringing the questionnaire up to date means; None where it is. Raises UsageError for one of a firm's own
    that is not among the content any more."""
    newer = engagement.content.questionnaires.get(engagement.assessment.questionnaire)
    if newer is None:
        known = ", ".join(sorted(engagement.content.questionnaires))
        raise UsageError("does not ship, so there is nothing newer", engagement.questionnaire.id, f"Known: {known}.")
    if newer == engagement.questionnaire:
        return None
    found = moves(engagement.questionnaire.digests, newer)
    return Upgrade(newer, found, tuple(_answers(engagement, found)))


def _answers(engagement: Engagement, found: tuple[Move, ...]) -> list[Change]:
    assessment = engagement.assessment
    changes = _moved((), assessment.answers, found)
    for key, application in sorted(assessment.applications.items()):
        changes += _moved(("applications", key), application.answers, found)
    return changes


def _moved(owner: tuple[str, ...], answers: Mapping[str, Answer], found: tuple[Move, ...]) -> list[Change]:
    changes: dict[str, Answer | None] = {}
    for move in found:
        answer = answers.get(move.old) if move.old is not None else None
        if answer is None or move.old is None:
            continue
        if move.fate is Fate.REMOVED:
            changes.setdefault(move.old, None)
            continue
        if move.renamed:
            changes.setdefault(move.old, None)
        if move.new is not None and (move.renamed or move.fate is Fate.CHANGED):
            marked = answer.marked or move.fate is Fate.CHANGED
            changes[move.new] = answer.model_copy(update={"marked": marked})
    return [Change((*owner, "answers", key), None if to is None else state.dump(to)) for key, to in changes.items()]
