"""The criteria that the facts of an export speak to, each with the way to it."""

from __future__ import annotations

from app.desktop.destination import Destination
from app.desktop.models.evidence_words import weightiest
from app.desktop.models.targets import Target
from app.desktop.session import Session
from questionnaires.model import Scope
from scoring.assessment import Evidence, Fact


def criteria_of(session: Session, owner: str | None, evidence: Evidence, fact: Fact) -> list[Target]:
    """The criteria of the owner's scope that a rule lets the fact speak to; first those of which it says something."""
    scope = Scope.ORGANISATION if owner is None else Scope.APPLICATION
    category = fact.category or evidence.category
    speaking: list[Target] = []
    silent: list[Target] = []
    for criterion in session.questionnaire.criteria.values():
        rules = [rule for rule in criterion.rule if rule.fact == fact.name and rule.category in (None, category)]
        if not rules or session.questionnaire.scope_of(criterion.id) is not scope:
            continue
        claim = session.evaluation.claims.of(owner, criterion.id)
        said = [
            statement
            for statement in (claim.statements if claim else ())
            if statement.fact == fact and statement.evidence.sha256 == evidence.sha256
        ]
        goal = Destination("assess", criterion.practice_id, criterion.id, application=owner, takes=True)
        target = Target(criterion.question, weightiest(session, said), goal)
        (speaking if said else silent).append(target)
    return speaking + silent
