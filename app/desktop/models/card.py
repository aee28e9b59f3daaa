"""What a criterion's card shows, derived from the session in one place."""

from __future__ import annotations

from dataclasses import dataclass

from app.desktop.language import tr
from app.desktop.session import Session
from questionnaires.model import NOT_APPLICABLE, Scope
from scoring.assessment import Basis


@dataclass(frozen=True, slots=True)
class CardState:
    """One criterion for the application in hand."""

    criterion: str
    question: str
    level: int
    value: str | None
    """A step of the scale, ``not-applicable``, or None for unanswered."""
    inherited: bool
    """The answer is the common one; the application in hand has none of its own."""
    common: str | None
    """The common answer where the application in hand has one of its own."""
    basis: Basis | None
    note: str
    """The owner's own, as is the mark: either may stand before the answer, or beside a common one."""
    reason: str
    marked: bool
    limit: str | None
    """The step above which evidence contradicts the answer, where it does."""
    suggestion: str | None
    """The step that evidence suggests, where it differs from the answer."""

    @property
    def challenged(self) -> bool:
        return self.limit is not None

    @property
    def not_applicable(self) -> bool:
        return self.value == NOT_APPLICABLE

    @property
    def wants_reason(self) -> bool:
        """A reason belongs here: it does not apply, or the claim stands against evidence."""
        return self.not_applicable or self.challenged


def card_state(session: Session, criterion: str) -> CardState:
    """The state of one card, current to the last key."""
    asked = session.questionnaire.criteria[criterion]
    answer = session.answer_in_hand(criterion)
    own = session.own_answer(criterion)
    claim = session.claim(criterion)
    overrides = session.application is not None and session.questionnaire.scope_of(criterion) is Scope.APPLICATION
    common = session.assessment.answers.get(criterion) if overrides else None
    inherited = overrides and answer is not None and answer is not own
    return CardState(
        criterion=criterion,
        question=asked.question,
        level=asked.level,
        value=answer.value if answer else None,
        inherited=inherited and answer is not None and answer.value is not None,
        common=common.value if common and not inherited else None,
        basis=answer.basis if answer else None,
        note=own.note if own else "",
        reason=answer.reason.strip() if answer else "",
        marked=own is not None and own.marked,
        limit=claim.challenge if claim and claim.challenged else None,
        suggestion=claim.suggestion if claim else None,
    )


def answer_name(session: Session, value: str | None) -> str:
    """A step as the questionnaire calls it."""
    if value is None:
        return tr("Unanswered")
    if value == NOT_APPLICABLE:
        return tr("Not applicable")
    return next((step.name for step in session.questionnaire.scale if step.id == value), value)


def following(basis: Basis | None) -> Basis:
    """The next one, the first again after the last."""
    order = list(Basis)
    return order[(order.index(basis) + 1) % len(order)] if basis else order[0]
