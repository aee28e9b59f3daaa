"""Answers held against evidence: what rules make of facts, which claims are challenged, what is suggested.

Evidence suggests and a person decides: nothing here changes an answer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from questionnaires.model import FactKind, Operator, Questionnaire, Rule, Scope
from scoring.assessment import Answer, Assessment, Basis, Evidence, Fact, answer_of

_COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one fact of one export says about one criterion, by one rule."""

    rule: Rule
    fact: Fact
    evidence: Evidence
    step: str
    """The scale step that it supports, or above which it challenges."""
    challenges: bool
    age_days: int | None
    """Age at the engagement's date; None where the export is undated."""
    fresh: bool
    """Within the rule's age limit. Stale evidence shows, and says nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One criterion of one application (or the organisation): its answer and what evidence says of it."""

    application: str | None
    criterion: str
    answer: Answer | None
    statements: tuple[Statement, ...]
    supported: str | None
    """The highest step that fresh evidence supports."""
    challenge: str | None
    """The lowest step above which fresh evidence contradicts."""
    challenged: bool
    """The answer is above what evidence allows."""
    suggestion: str | None
    """The step that evidence suggests, where it differs from the answer."""

    @property
    def explained(self) -> bool:
        """A challenged claim whose reason somebody wrote down."""
        return self.challenged and self.answer is not None and bool(self.answer.reason.strip())

    @property
    def stale(self) -> bool:
        """Evidence speaks to the criterion, and all of it is too old."""
        return bool(self.statements) and not any(statement.fresh for statement in self.statements)


@dataclass(frozen=True)
class Claims:
    """Every claim that evidence speaks to, and the caps of all answers."""

    by_key: Mapping[tuple[str | None, str], Claim]
    """(application or None, criterion) → claim, only where a rule made a statement."""
    caps: Mapping[tuple[str | None, str], str | None] = field(default_factory=dict)

    def cap(self, application: str | None, criterion: str) -> str | None:
        """The step that an answer counts as at most in the evidenced score; None is the lowest."""
        return self.caps.get((application, criterion))

    def of(self, application: str | None, criterion: str) -> Claim | None:
        return self.by_key.get((application, criterion))

    @property
    def challenged(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.by_key.values() if claim.challenged)


def current(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The exports that still speak: the latest of each tool, category, subject and branch.

    A dated export replaces an older or an undated one of the same kind; of two undated ones the later read wins.
    """
    latest: dict[tuple[object, ...], Evidence] = {}
    for item in evidence:
        key = (item.format, item.tool, item.category, item.subject, item.branch)
        seen = latest.get(key)
        if seen is None or _order(item) >= _order(seen):
            latest[key] = item
    return tuple(latest.values())


def _order(item: Evidence) -> str:
    return item.captured_at.isoformat() if item.captured_at else ""


def judge(questionnaire: Questionnaire, catalogue: Mapping[str, FactKind], assessment: Assessment) -> Claims:
    """All claims of an assessment: every answer held against the evidence of its own scope."""
    with_rules: dict[Scope, list[str]] = {scope: [] for scope in Scope}
    for criterion in questionnaire.criteria.values():
        if criterion.rule:
            with_rules[questionnaire.scope_of(criterion.id)].append(criterion.id)
    by_key: dict[tuple[str | None, str], Claim] = {}
    caps: dict[tuple[str | None, str], str | None] = {}
    scopes: list[tuple[str | None, Scope, Mapping[str, Evidence]]] = [
        (None, Scope.ORGANISATION, assessment.evidence),
        *((key, Scope.APPLICATION, application.evidence) for key, application in assessment.applications.items()),
    ]
    for key, scope, evidence in scopes:
        source = assessment.applications[key] if key else None
        facts = _facts(current(evidence.values()))
        for criterion_id in with_rules[scope] if facts else ():
            answer = answer_of(assessment.answers, source, criterion_id)
            rules = questionnaire.criteria[criterion_id].rule
            statements = tuple(_statements(questionnaire, catalogue, rules, facts, assessment.as_of))
            if statements:
                by_key[key, criterion_id] = _claim(questionnaire, key, criterion_id, answer, statements)
        for criterion_id in questionnaire.criteria:
            if questionnaire.scope_of(criterion_id) is scope:
                answer = answer_of(assessment.answers, source, criterion_id)
                if answer is not None and answer.value in questionnaire.values:
                    caps[key, criterion_id] = _cap(answer, by_key.get((key, criterion_id)))
    return Claims(by_key, caps)


def _facts(evidence: Iterable[Evidence]) -> dict[str, list[tuple[Fact, Evidence]]]:
    found: dict[str, list[tuple[Fact, Evidence]]] = {}
    for item in evidence:
        for fact in item.facts:
            found.setdefault(fact.name, []).append((fact, item))
    return found


def _statements(
    questionnaire: Questionnaire,
    catalogue: Mapping[str, FactKind],
    rules: Iterable[Rule],
    facts: Mapping[str, list[tuple[Fact, Evidence]]],
    as_of: date,
) -> Iterable[Statement]:
    for rule in rules:
        for fact, evidence in facts.get(rule.fact, ()):
            if rule.category not in (None, fact.category or evidence.category) or not _holds(rule, fact):
                continue
            captured = evidence.captured_at
            age = (as_of - captured.date()).days if captured else None
            kind = catalogue.get(rule.fact)
            weak = age is None or fact.sample is not None or kind is None or kind.presence
            step = rule.step
            if rule.supports and weak:
                step = min(step, questionnaire.presence, key=questionnaire.values.__getitem__)
            fresh = age is None or age <= rule.max_age_days
            yield Statement(rule, fact, evidence, step, rule.challenges is not None, age, fresh)


def _holds(rule: Rule, fact: Fact) -> bool:
    """Whether the comparison is true; a value of another type than the rule's makes no statement."""
    if isinstance(rule.value, str) != isinstance(fact.value, str):
        return False
    if isinstance(rule.value, bool) != isinstance(fact.value, bool):
        return False
    return _COMPARE[rule.op](fact.value, rule.value)


def _claim(
    questionnaire: Questionnaire,
    application: str | None,
    criterion: str,
    answer: Answer | None,
    statements: tuple[Statement, ...],
) -> Claim:
    values = questionnaire.values
    fresh = [statement for statement in statements if statement.fresh]
    supports = [statement.step for statement in fresh if not statement.challenges]
    limits = [statement.step for statement in fresh if statement.challenges]
    supported = max(supports, key=values.__getitem__, default=None)
    challenge = min(limits, key=values.__getitem__, default=None)
    value = values.get(answer.value) if answer is not None and answer.value is not None else None
    suggestion = supported
    if challenge is not None and (supported is None or values[challenge] < values[supported]):
        suggestion = challenge if supported is not None or value is not None else None
    settled = value is not None and (
        (supported is None or value >= values[supported]) and (challenge is None or value <= values[challenge])
    )
    return Claim(
        application=application,
        criterion=criterion,
        answer=answer,
        statements=statements,
        supported=supported,
        challenge=challenge,
        challenged=value is not None and challenge is not None and value > values[challenge],
        suggestion=None if settled else suggestion,
    )


def _cap(answer: Answer, claim: Claim | None) -> str | None:
    """The cap of the evidenced score: the lowest fresh challenge; else the value itself if a document backs it;
    else the highest fresh support; else nothing."""
    if claim is not None and claim.challenge is not None:
        return claim.challenge
    if answer.basis is Basis.DOCUMENT:
        return answer.value
    return claim.supported if claim is not None else None
