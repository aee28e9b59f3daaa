"""What the facts of one export say of the criteria, each with the way to it."""

from __future__ import annotations

from collections.abc import Sequence

from app.desktop.destination import Destination
from app.desktop.models.card import answer_name
from app.desktop.models.targets import Target
from app.desktop.session import Session
from questionnaires.model import Scope
from reports import words
from scoring.assessment import Evidence, Fact
from scoring.claims import Standing, Statement, current, later


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
        target = Target(criterion.question, statement_words(session, said), goal)
        (speaking if said else silent).append(target)
    return speaking + silent


def statement_words(session: Session, said: Sequence[Statement]) -> str:
    """``Supports largely: …``: what the weightiest of a fact's statements on one criterion comes to."""
    if not said:
        return session.tr("Says nothing of it")
    values = session.questionnaire.values
    fresh = [statement for statement in said if statement.fresh]
    challenges = [statement for statement in fresh if statement.challenges]
    if challenges:
        lowest = min(challenges, key=lambda statement: values[statement.step])
        step = answer_name(session, lowest.step).casefold()
        return session.tr("Challenges more than {0}: {1}").format(step, lowest.rule.says)
    if fresh:
        highest = max(fresh, key=lambda statement: values[statement.step])
        step = answer_name(session, highest.step).casefold()
        return session.tr("Supports {0}: {1}").format(step, highest.rule.says)
    if said[0].standing is Standing.LATER:
        return session.tr("From after the day of the engagement: does not count")
    return session.tr("Too old to count")


def standing_words(session: Session, owner: str | None, evidence: Evidence) -> str:
    """Why the export as a whole does not speak; empty where it does."""
    assessment = session.assessment
    application = assessment.applications.get(owner) if owner is not None else None
    registered = (application or assessment).evidence
    if evidence in current(registered.values(), assessment.as_of):
        return ""
    if later(evidence, assessment.as_of):
        return session.tr("It is from after the day of the engagement and does not count.")
    return session.tr("A later export of the same kind counts in its place.")


def origin_words(evidence: Evidence) -> list[str]:
    """Where it comes from, line by line."""
    lines = (
        evidence.path if evidence.member is None else f"{evidence.path} ▸ {evidence.member}",
        words.parts([evidence.subject, evidence.branch]),
        f"SHA-256 {evidence.sha256[:16]}…",
        *evidence.warnings,
    )
    return [line for line in lines if line]
