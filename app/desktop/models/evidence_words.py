"""What exports say, in words."""

from __future__ import annotations

from collections.abc import Sequence

from app.desktop.language import tr
from app.desktop.models.card import answer_name
from app.desktop.session import Session
from questionnaires.model import FactType
from reports import words
from scoring.assessment import Evidence, Fact
from scoring.claims import Standing, Statement, current, later


def fact_words(session: Session, fact: Fact) -> str:
    """A fact with its unit, such as ``findings.critical.open = 3 findings (30 of 593)``."""
    kind = session.content.facts.get(fact.name)
    value = str(fact.value)
    if isinstance(fact.value, bool):
        value = tr("yes") if fact.value else tr("no")
    elif kind is not None and kind.type is FactType.SHARE and isinstance(fact.value, int | float):
        value = f"{fact.value * 100:.0f} %"
    elif isinstance(fact.value, float):
        value = f"{fact.value:,.1f}"
    elif isinstance(fact.value, int):
        value = f"{fact.value:,}"
    unit = f" {kind.unit}" if kind is not None and kind.unit and not value.endswith("%") else ""
    return f"{fact.name} = {value}{unit}" + (f" ({fact.sample})" if fact.sample else "")


def age_words(days: int | None) -> str:
    """How old an export is on the day of the engagement; negative is after it, None is undated."""
    if days is None:
        return tr("undated")
    if days < 0:
        return words.count(-days, tr("day after"), tr("days after"))
    return words.count(days, tr("day old"), tr("days old"))


def statement_words(session: Session, statement: Statement) -> str:
    """What one fact says of a criterion."""
    step = answer_name(session, statement.step).casefold()
    if statement.standing is Standing.LATER:
        return tr("From after the day of the engagement: does not count")
    if not statement.fresh:
        return tr("Too old to count")
    return tr("Challenges: at most {0}").format(step) if statement.challenges else tr("Supports {0}").format(step)


def weightiest(session: Session, said: Sequence[Statement]) -> str:
    """What a fact's statements on one criterion come to: the lowest that challenges, else the highest that supports."""
    if not said:
        return tr("Says nothing of it")
    values = session.questionnaire.values
    fresh = [statement for statement in said if statement.fresh]
    challenges = [statement for statement in fresh if statement.challenges]
    if not fresh:
        return statement_words(session, said[0])
    chosen = (
        min(challenges, key=lambda statement: values[statement.step])
        if challenges
        else max(fresh, key=lambda statement: values[statement.step])
    )
    return words.parts([statement_words(session, chosen), chosen.rule.says])


def standing_words(session: Session, owner: str | None, evidence: Evidence) -> str:
    """Why the export as a whole does not speak; empty where it does."""
    assessment = session.assessment
    application = assessment.applications.get(owner) if owner is not None else None
    registered = (application or assessment).evidence
    if evidence in current(registered.values(), assessment.as_of):
        return ""
    if later(evidence, assessment.as_of):
        return tr("It is from after the day of the engagement and does not count.")
    return tr("A later export of the same kind counts in its place.")


def origin_words(evidence: Evidence) -> list[str]:
    """Where it comes from, line by line."""
    lines = (
        evidence.path if evidence.member is None else f"{evidence.path} ▸ {evidence.member}",
        words.parts([evidence.subject, evidence.branch]),
        f"SHA-256 {evidence.sha256[:16]}…",
        *evidence.warnings,
    )
    return [line for line in lines if line]
