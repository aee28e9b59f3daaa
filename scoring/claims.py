"""Answers held against evidence: what rules make of facts, which claims are challenged, what is suggested.

Evidence suggests and a person decides: nothing here changes an answer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
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


class Standing(StrEnum):
    """Whether a statement counts at the day of the engagement; one that does not still shows, and says nothing."""

    FRESH = "fresh"
    STALE = "stale"
    """Older than the rule's age limit."""
    LATER = "later"
    """From after that day."""


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
    """Age at the engagement's day, below 0 for one from after it; None where the export is undated."""
    standing: Standing

    @property
    def fresh(self) -> bool:
        return self.standing is Standing.FRESH


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
        """No evidence that speaks to the criterion counts, because it is too old."""
        return self._silent and any(statement.standing is Standing.STALE for statement in self.statements)

    @property
    def later(self) -> bool:
        """All evidence that speaks to the criterion is from after the day of the engagement."""
        return self._silent and not self.stale

    @property
    def _silent(self) -> bool:
        return bool(self.statements) and not any(statement.fresh for statement in self.statements)


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers of one application, or of the organisation, held against its evidence."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    """Criterion → claim, only where a rule made a statement."""
    caps: Mapping[str, str | None] = field(default_factory=dict)
    """Criterion → the cap of its answer, only where it has one."""
    challenged: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Claims:
    """Every claim that evidence speaks to, and the caps of all answers."""

    by_owner: Mapping[str | None, Judged]
    """Application, or None for the organisation."""
    assessment: Assessment | None = field(default=None, compare=False, repr=False)
    """Whose they are."""

    @cached_property
    def by_key(self) -> Mapping[tuple[str | None, str], Claim]:
        """(application or None, criterion) → claim, only where a rule made a statement."""
        return {(owner, key): claim for owner, judged in self.by_owner.items() for key, claim in judged.claims.items()}

    def cap(self, application: str | None, criterion: str) -> str | None:
        """The step that an answer counts as at most in the evidenced score; None is the lowest."""
        judged = self.by_owner.get(application)
        return judged.caps.get(criterion) if judged else None

    def of(self, application: str | None, criterion: str) -> Claim | None:
        judged = self.by_owner.get(application)
        return judged.claims.get(criterion) if judged else None

    @cached_property
    def challenged(self) -> tuple[Claim, ...]:
        return tuple(claim for judged in self.by_owner.values() for claim in judged.challenged)


def current(evidence: Iterable[Evidence], as_of: date) -> tuple[Evidence, ...]:
    """The exports that speak for a day: the latest of each tool, category, subject and branch, none from after it.

    A dated export replaces an older or an undated one of the same kind; of two undated ones the later read wins.
    """
    latest: dict[tuple[object, ...], Evidence] = {}
    for item in evidence:
        key = (item.format, item.tool, item.category, item.subject, item.branch)
        seen = latest.get(key)
        if not later(item, as_of) and (seen is None or _order(item) >= _order(seen)):
            latest[key] = item
    return tuple(latest.values())


def later(item: Evidence, as_of: date) -> bool:
    """Whether an export is from after a day. Exports tell UTC and the day is the assessor's, wherever that is: it ends
    when it has ended everywhere, which is at noon of the next day in UTC."""
    ended = datetime.combine(as_of, time(12), UTC) + timedelta(days=1)
    return item.captured_at is not None and item.captured_at >= ended


def _order(item: Evidence) -> str:
    return item.captured_at.isoformat() if item.captured_at else ""


def moved(before: Assessment | None, now: Assessment) -> Callable[[str | None], Collection[str] | None]:
    """What to look at again since an earlier assessment, for each owner: an application of ``now``, or None.

    Gives the criteria with another answer, its own or the common one; None where everything has to be looked at:
    evidence came or went, the application is new, or the day is another. Values that did not move are known by
    being the very same.
    """
    if before is None or before.as_of != now.as_of:
        return lambda _: None
    common = _differing(before.answers, now.answers)

    def criteria(owner: str | None) -> Collection[str] | None:
        if owner is None:
            return common if _same_evidence(before.evidence, now.evidence) else None
        old, new = before.applications.get(owner), now.applications[owner]
        if old is new and not common:
            return common
        if old is None or not _same_evidence(old.evidence, new.evidence):
            return None
        heard = {key for key in common if (own := new.answers.get(key)) is None or own.value is None}
        return heard | _differing(old.answers, new.answers)

    return criteria


def _differing(old: Mapping[str, Answer], new: Mapping[str, Answer]) -> set[str]:
    return set() if old is new else {key for key in {**old, **new} if old.get(key) is not new.get(key)}


def _same_evidence(old: Mapping[str, Evidence], new: Mapping[str, Evidence]) -> bool:
    """In the same order, too: of two undated exports the later read speaks."""
    return old is new or [*old.values()] == [*new.values()]


def judge(
    questionnaire: Questionnaire,
    catalogue: Mapping[str, FactKind],
    assessment: Assessment,
    before: Claims | None = None,
) -> Claims:
    """All claims of an assessment: every answer held against the evidence of its own scope.

    ``before`` are the claims of an earlier assessment by the same questionnaire and catalogue. What did not move since
    is taken over from them; the result is equal to one without them.
    """
    of_scope: dict[Scope, dict[str, tuple[Rule, ...]]] = {scope: {} for scope in Scope}
    for criterion in questionnaire.criteria.values():
        of_scope[questionnaire.scope_of(criterion.id)][criterion.id] = criterion.rule
    criteria_of = moved(before.assessment if before else None, assessment)
    owners: list[tuple[str | None, Mapping[str, tuple[Rule, ...]]]] = [
        (None, of_scope[Scope.ORGANISATION]),
        *((key, of_scope[Scope.APPLICATION]) for key in assessment.applications),
    ]
    found: dict[str | None, Judged] = {}
    for owner, rules in owners:
        known = before.by_owner.get(owner) if before else None
        criteria = criteria_of(owner)
        if known is None or criteria is None:
            source = assessment.applications[owner] if owner else assessment
            statements = _statements_by_criterion(questionnaire, catalogue, rules, source.evidence, assessment.as_of)
            found[owner] = _judged(questionnaire, assessment, owner, rules, statements, Judged())
        else:
            again = [key for key in criteria if key in rules]
            statements = {key: known.claims[key].statements for key in again if key in known.claims}
            found[owner] = _judged(questionnaire, assessment, owner, again, statements, known) if again else known
    return Claims(found, assessment)


def _judged(
    questionnaire: Questionnaire,
    assessment: Assessment,
    owner: str | None,
    criteria: Iterable[str],
    statements: Mapping[str, tuple[Statement, ...]],
    known: Judged,
) -> Judged:
    """What is known, with these criteria looked at again."""
    source = assessment.applications[owner] if owner else None
    claims, caps = dict(known.claims), dict(known.caps)
    for key in criteria:
        answer = answer_of(assessment.answers, source, key)
        if key in statements:
            claims[key] = _claim(questionnaire, owner, key, answer, statements[key])
        caps.pop(key, None)
        if answer is not None and answer.value in questionnaire.values:
            caps[key] = _cap(answer, claims.get(key))
    return Judged(claims, caps, tuple(claim for claim in claims.values() if claim.challenged))


Facts = Mapping[str, Sequence[tuple[Fact, Evidence, bool]]]
"""Name → every fact of that name, its export, and whether that is from after the day of the engagement."""


def _statements_by_criterion(
    questionnaire: Questionnaire,
    catalogue: Mapping[str, FactKind],
    rules: Mapping[str, Iterable[Rule]],
    evidence: Mapping[str, Evidence],
    as_of: date,
) -> dict[str, tuple[Statement, ...]]:
    """Criterion → what evidence says of it, where it says anything; what is from after the day comes last."""
    if not evidence:
        return {}
    facts: dict[str, list[tuple[Fact, Evidence, bool]]] = {}
    after = [item for item in evidence.values() if later(item, as_of)]
    for late, items in ((False, current(evidence.values(), as_of)), (True, after)):
        for item in items:
            for fact in item.facts:
                facts.setdefault(fact.name, []).append((fact, item, late))
    said = {key: tuple(_statements(questionnaire, catalogue, mine, facts, as_of)) for key, mine in rules.items()}
    return {key: statements for key, statements in said.items() if statements}


def _statements(
    questionnaire: Questionnaire,
    catalogue: Mapping[str, FactKind],
    rules: Iterable[Rule],
    facts: Facts,
    as_of: date,
) -> Iterable[Statement]:
    for rule in rules:
        for fact, evidence, late in facts.get(rule.fact, ()):
            if rule.category not in (None, fact.category or evidence.category) or not _holds(rule, fact):
                continue
            captured = evidence.captured_at
            age = (as_of - captured.date()).days if captured else None
            age = age if age is None or late else max(age, 0)
            kind = catalogue.get(rule.fact)
            weak = age is None or fact.sample is not None or kind is None or kind.presence
            step = rule.step
            if rule.supports and weak:
                step = min(step, questionnaire.presence, key=questionnaire.values.__getitem__)
            standing = Standing.FRESH if age is None or age <= rule.max_age_days else Standing.STALE
            standing = Standing.LATER if late else standing
            yield Statement(rule, fact, evidence, step, rule.challenges is not None, age, standing)


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
