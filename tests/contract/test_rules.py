"""Every shipped rule speaks when its fact holds and is silent when it does not, and points the right way.

What must hold is told here by a table of its own and not by the operators that the product uses.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

import pytest

from questionnaires.load import shipped
from questionnaires.model import Category, Criterion, FactType, Operator, Questionnaire, Rule, Scope
from scoring.assessment import Application, Assessment, Evidence, Fact, Records
from scoring.claims import Statement, judge

AS_OF = date(2026, 3, 31)
CONTENT = shipped()
HOLDS = {
    # below the rule's value, at it, above it
    Operator.LT: (True, False, False),
    Operator.LE: (True, True, False),
    Operator.EQ: (False, True, False),
    Operator.NE: (True, False, True),
    Operator.GE: (False, True, True),
    Operator.GT: (False, False, True),
}
STEP = {FactType.COUNT: 1, FactType.NUMBER: 0.5, FactType.SHARE: 0.01}


Value = bool | int | float | str


class Case(NamedTuple):
    questionnaire: Questionnaire
    criterion: str
    rule: Rule


CASES = {
    f"{criterion.id}-{index}-{rule.fact}": Case(questionnaire, criterion.id, rule)
    for questionnaire in CONTENT.questionnaires.values()
    for criterion in questionnaire.criteria.values()
    for index, rule in enumerate(criterion.rule)
}
every_rule = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def probes(rule: Rule) -> list[tuple[Value, bool]]:
    """Values around the rule's own, and whether the rule speaks at each; always some of both."""
    below, at, above = HOLDS[rule.op]
    if isinstance(rule.value, bool):
        return [(rule.value, at), (not rule.value, not at)]
    if isinstance(rule.value, str):
        return [(rule.value, at), (rule.value + "x", above)]
    step = STEP[CONTENT.facts[rule.fact].type]
    return [(rule.value - step, below), (rule.value, at), (rule.value + step, above)]


def speaking(case: Case) -> Value:
    return next(value for value, holds in probes(case.rule) if holds)


def statements(
    case: Case,
    value: Value,
    *,
    age: int | None = 0,
    sample: str | None = None,
    category: Category | None = None,
) -> list[Statement]:
    """What the rule says of one export with one fact."""
    rule = case.rule
    captured = None if age is None else datetime(AS_OF.year, AS_OF.month, AS_OF.day, 12, tzinfo=UTC) - timedelta(age)
    evidence = Evidence(
        sha256="0" * 64,
        path="export.json",
        bytes=1,
        format="some-format",
        tool="Tool",
        category=category or rule.category,
        captured_at=captured,
        records=Records(unit="record", raw=1, open=1, distinct=1),
        facts=(Fact(name=rule.fact, value=value, sample=sample),),
    )
    organisation = case.questionnaire.scope_of(case.criterion) is Scope.ORGANISATION
    kept = {evidence.sha256: evidence}
    assessment = Assessment(
        organisation="Firm",
        questionnaire=case.questionnaire.id,
        as_of=AS_OF,
        capacity=Fraction(1),
        evidence=kept if organisation else {},
        applications={"pay": Application(id="pay", name="Pay", tier="1", evidence={} if organisation else kept)},
    )
    claims = judge(case.questionnaire, CONTENT.facts, assessment)
    claim = claims.of(None if organisation else "pay", case.criterion)
    return [] if claim is None else [said for said in claim.statements if said.rule == rule]


def test_there_are_rules() -> None:
    assert len(CASES) >= 100


@every_rule
def test_a_rule_speaks_where_its_fact_holds_and_nowhere_else(case: Case) -> None:
    rule = case.rule
    assert {holds for _, holds in probes(rule)} == {True, False}
    for value, holds in probes(rule):
        said = statements(case, value)
        assert len(said) == int(holds), f"{rule.fact} = {value!r}"
        for statement in said:
            assert statement.challenges is (rule.challenges is not None)
            assert statement.step == (rule.challenges or rule.supports)
            assert statement.fresh


@every_rule
def test_weak_evidence_supports_no_more_than_its_presence(case: Case) -> None:
    """The mere presence of a report, an undated file, one page of a list: at most *partly*, and challenges stand."""
    rule, questionnaire = case.rule, case.questionnaire
    value = speaking(case)
    weak = [statements(case, value, age=None), statements(case, value, sample="30 of 593")]
    if CONTENT.facts[rule.fact].presence:
        weak.append(statements(case, value))
    for (statement,) in weak:
        if rule.challenges is None:
            assert questionnaire.values[statement.step] <= questionnaire.values[questionnaire.presence]
        else:
            assert statement.step == rule.challenges


@every_rule
def test_a_rule_hears_only_fresh_exports_of_its_kind(case: Case) -> None:
    rule = case.rule
    value = speaking(case)
    assert [said.fresh for said in statements(case, value, age=rule.max_age_days)] == [True]
    assert [said.fresh for said in statements(case, value, age=rule.max_age_days + 1)] == [False]
    if rule.category is not None:
        other = next(category for category in Category if category is not rule.category)
        assert statements(case, value, category=other) == []


@pytest.mark.parametrize(("right", "wrong"), [*permutations(Operator, 2)])
def test_a_wrong_operator_would_be_noticed(right: Operator, wrong: Operator) -> None:
    """The probes of one operator do not fit the product's reading of another."""
    case = next(case for case in CASES.values() if case.rule.fact == "scan.change_share")
    intended = case.rule.model_copy(update={"op": right})
    swapped = case.rule.model_copy(update={"op": wrong})
    criterion = case.questionnaire.criteria[case.criterion].model_copy(update={"rule": (swapped,)})
    held = [bool(statements(_with(case, criterion, swapped), value)) for value, _ in probes(intended)]
    assert held != [holds for _, holds in probes(intended)]


def _with(case: Case, criterion: Criterion, rule: Rule) -> Case:
    """The case in a questionnaire that has another criterion in its place."""
    old = case.questionnaire
    pillars = tuple(
        pillar.model_copy(
            update={
                "practice": tuple(
                    practice.model_copy(
                        update={
                            "criterion": tuple(criterion if c.id == case.criterion else c for c in practice.criterion)
                        }
                    )
                    for practice in pillar.practice
                )
            }
        )
        for pillar in old.pillar
    )
    return Case(old.model_copy(update={"pillar": pillars}), case.criterion, rule)


# ---- does a rule say what it means?

BETTER: dict[str, tuple[Value, Value]] = {
    # the worst and the best value that a fact can have
    "branch.admins_bound": (False, True),
    "branch.direct_push_blocked": (False, True),
    "branch.force_push_blocked": (False, True),
    "branch.protected": (False, True),
    "branch.required_reviews": (0, 9),
    "branch.security_check": (False, True),
    "branch.self_merged_share": (1.0, 0.0),
    "branch.signed_commits": (False, True),
    "branch.stale_reviews_dismissed": (False, True),
    "branch.status_checks": (0, 9),
    "findings.critical.median_days": (999.0, 0.0),
    "findings.critical.oldest_days": (999, 0),
    "findings.critical.open": (999, 0),
    "findings.fixable_share": (1.0, 0.0),
    "findings.high.oldest_days": (999, 0),
    "findings.high.open": (999, 0),
    "gate.blocks": (False, True),
    "image.end_of_life": (True, False),
    "pipeline.change_share": (0.0, 1.0),
    "pipeline.deploys_per_week": (0.0, 99.0),
    "pipeline.lead_time_hours": (9999.0, 0.0),
    "posture.passed_share": (0.0, 1.0),
    "provenance.builder": ("", "a build service"),
    "provenance.signed": (False, True),
    "sbom.components": (0, 999),
    "sbom.identified_share": (0.0, 1.0),
    "sbom.versioned_share": (0.0, 1.0),
    "scan.change_share": (0.0, 1.0),
    "scan.database_days": (999, 0),
    "scan.present": (False, True),
    "scan.runs_per_week": (0.0, 999.0),
    "secrets.history": (False, True),
    "secrets.push_bypasses": (99, 0),
    "secrets.reviewed_share": (0.0, 1.0),
    "secrets.verified": (99, 0),
}
NEITHER = {
    "findings.exploited": "that the tool tells what is under attack is what supports, not how much of it there is",
    "findings.reachable": "that the tool tells what can be reached is what supports, not how much of it there is",
    "findings.suppressed": "judged false alarms are recorded in the tool; no number of them is better",
    "gate.failed_runs": "a gate that stopped something works; no number of stops is better",
    "pipeline.restore_hours": "that it is measured is what supports, not how long it took",
    "runtime.alerts": "a sensor that alerts is there; no number of alerts is better",
}
"""Facts without a good and a bad end → why."""
REVERSED = {
    ("risk.routing.pipeline-approval", "environment.reviewers"): "a person in the way is what this question denies",
}
TWO_SIDED: dict[str, tuple[Value, Value]] = {"environment.reviewers": (0, 9)}


@every_rule
def test_a_rule_points_the_right_way(case: Case) -> None:
    """The best value of a fact is never challenged and the worst never supports, wherever a fact has such ends."""
    rule = case.rule
    if rule.fact in NEITHER:
        assert rule.supports, "a fact without a bad end cannot speak against an answer"
        return
    worst, best = (BETTER | TWO_SIDED)[rule.fact]
    if (case.criterion, rule.fact) in REVERSED:
        worst, best = best, worst
    assert len(statements(case, best)) == int(rule.supports is not None)
    assert len(statements(case, worst)) == int(rule.challenges is not None)


def test_the_table_of_directions_holds_nothing_unused() -> None:
    used = {case.rule.fact for case in CASES.values()}
    assert used == set(BETTER) | set(NEITHER) | set(TWO_SIDED)
    assert not set(BETTER) & set(NEITHER)
