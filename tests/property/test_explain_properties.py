"""Every explained number is the score, and its parts come to it; every check points at something that exists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.load import shipped
from questionnaires.model import NOT_APPLICABLE, Category, Questionnaire, Rule
from scoring.assessment import Answer, Application, Assessment, Basis, Decision, Evidence, Fact, Lane, Records
from scoring.checks import CheckRule, Severity, checks
from scoring.evaluation import Evaluation, evaluate
from scoring.explain import Cap, Explanation, Figures, Kind, explain
from scoring.progress import Baseline, compare
from scoring.results import results
from scoring.scores import Node, Result, Scorer

CONTENT = shipped()
AS_OF = date(2026, 9, 30)
SCORERS = {key: Scorer(entry) for key, entry in CONTENT.questionnaires.items()}
questionnaires = st.sampled_from(sorted(SCORERS))
# One seed instead of a drawn value for each of 800 answers: as random, and a hundred times faster.
seeds = st.integers(0, 2**32)


def _answers(asked: Questionnaire, chance: Random, share: float, ids: list[str]) -> dict[str, Answer]:
    found = {}
    for key in ids:
        if chance.random() < share:
            value = chance.choice([None, NOT_APPLICABLE, NOT_APPLICABLE, *asked.values, *asked.values])
            found[key] = Answer(
                value=value,
                basis=chance.choice([None, *Basis]),
                reason=chance.choice(["", "", "so"]),
                note=chance.choice(["", "n"]),
                marked=chance.random() < 0.1,
            )
    return found


def _evidence(asked: Questionnaire, chance: Random) -> dict[str, Evidence]:
    rules = [rule for criterion in asked.criteria.values() for rule in criterion.rule]
    found = {}
    for number in range(chance.randint(0, 3) if rules else 0):
        age = timedelta(days=chance.choice([-20, 1, 40, 4000]))
        digest = f"{number + 1:064x}"
        found[digest] = Evidence(
            sha256=digest,
            path=f"{number}.json",
            bytes=1,
            format="any",
            tool=str(number),
            category=chance.choice([*Category]),
            captured_at=chance.choice([None, datetime(2026, 9, 30, tzinfo=UTC) - age]),
            records=Records(unit="finding", raw=0, open=0, distinct=0),
            facts=tuple(_fact(rule) for rule in chance.sample(rules, min(len(rules), 40))),
        )
    return found


def _fact(rule: Rule) -> Fact:
    return Fact(name=rule.fact, value=rule.value, category=rule.category)


def _assessment(asked: Questionnaire, seed: int) -> Assessment:
    chance = Random(seed)
    ids = list(asked.criteria)
    applications = {
        f"app-{number}": Application(
            id=f"app-{number}",
            name=f"App {number}",
            tier=chance.choice(list(CONTENT.tiers.by_id)),
            answers=_answers(asked, chance, chance.choice([0, 0.3, 1]), ids),
            evidence=_evidence(asked, chance),
        )
        for number in range(chance.randint(0, 3))
    }
    return Assessment(
        organisation="Example Firm",
        questionnaire=asked.id,
        as_of=AS_OF,
        capacity=Fraction(60),
        regimes=tuple(chance.sample(sorted(CONTENT.regimes), 2)) + chance.choice([(), ("gone",)]),
        answers=_answers(asked, chance, chance.choice([0.2, 0.9]), ids),
        evidence=_evidence(asked, chance),
        applications=applications,
        decisions={"nothing/2/tier-1": Decision(lane=Lane.DROP, reason="r")} if chance.random() < 0.5 else {},
    )


def _evaluated(assessment: Assessment) -> Evaluation:
    return evaluate(CONTENT, SCORERS[assessment.questionnaire], assessment)


def _walk(node: Explanation) -> Iterator[Explanation]:
    yield node
    for part in node.parts:
        yield from _walk(part)


def _same(node: Explanation, scored: Node) -> None:
    score = scored.score
    expected = None if score is None else Figures(score.low, score.high, score.evidenced)
    assert node.sum == node.figures == expected
    assert node.coverage == scored.coverage
    if score is not None:
        assert (node.level, node.capped, node.held_down_by) == (score.level, score.capped, score.held_down_by)


def _node(result: Result, node: Explanation) -> Node:
    match node.kind:
        case Kind.OVERALL:
            return result.overall
        case Kind.PILLAR:
            return result.pillars[node.id]
        case _:
            return result.practices[node.id]


@settings(max_examples=20)
@given(questionnaires, seeds)
def test_every_explanation_comes_to_the_score(key: str, seed: int) -> None:
    asked = CONTENT.questionnaires[key]
    assessment = _assessment(asked, seed)
    evaluation = _evaluated(assessment)
    scores = evaluation.scores
    for application, result in scores.applications.items():
        for node in _walk(explain(asked, assessment, evaluation, application=application)):
            if node.kind in (Kind.OVERALL, Kind.PILLAR, Kind.PRACTICE):
                _same(node, _node(result, node))
            else:
                assert node.sum == node.figures
    subjects = ["", *(pillar.id for pillar in asked.pillar), *scores.organisation.practices]
    groups: list[tuple[str | None, Result]] = [(None, scores.organisation), *scores.tiers.items()]
    for tier, result in groups:
        for subject in subjects:
            node = explain(asked, assessment, evaluation, subject, tier=tier)
            _same(node, _node(result, node))


@settings(max_examples=20)
@given(questionnaires, seeds)
def test_the_reason_of_a_cap_is_the_cap(key: str, seed: int) -> None:
    asked = CONTENT.questionnaires[key]
    assessment = _assessment(asked, seed)
    evaluation = _evaluated(assessment)
    for application in evaluation.scores.applications:
        for node in _walk(explain(asked, assessment, evaluation, application=application)):
            if (said := node.said) is not None and said.cap is not None:
                fresh = [entry for entry in said.statements if entry.fresh]
                limits = [entry.step for entry in fresh if entry.challenges]
                supports = [entry.step for entry in fresh if not entry.challenges]
                if limits:
                    assert (said.cap, said.step) == (Cap.CHALLENGE, min(limits, key=asked.values.__getitem__))
                elif said.cap is Cap.DOCUMENT:
                    assert said.step == said.claimed
                elif supports:
                    assert (said.cap, said.step) == (Cap.SUPPORT, max(supports, key=asked.values.__getitem__))
                else:
                    assert (said.cap, said.step) == (Cap.NOTHING, None)


@settings(max_examples=30)
@given(questionnaires, seeds, seeds)
def test_every_check_points_at_something_that_exists(key: str, seed: int, earlier: int) -> None:
    asked = CONTENT.questionnaires[key]
    assessment, before = _assessment(asked, seed), _assessment(asked, earlier)
    evaluation = _evaluated(assessment)
    baseline = Baseline(
        label="earlier",
        as_of=AS_OF - timedelta(days=90),
        assessment=before,
        digests=asked.digests,
        questionnaire=asked,
        results=results(_evaluated(before).scores),
        plan=None,
    )
    comparison = compare(asked, assessment, evaluation, None, baseline)
    found = checks(CONTENT, asked, assessment, evaluation, comparison)
    pillars = {pillar.id for pillar in asked.pillar}
    for check in found:
        owner = assessment if check.application is None else assessment.applications[check.application]
        known = {
            CheckRule.LATER: owner.evidence,
            CheckRule.NOT_APPLICABLE_SHARE: pillars,
            CheckRule.NOT_ASSESSED: assessment.regimes,
            CheckRule.NO_EXPORT: assessment.applications,
            CheckRule.IDLE_DECISION: assessment.decisions,
        }.get(check.rule, asked.criteria)
        assert check.subject in known
        assert check.says.endswith(".")
        assert check.remedy.endswith(".")
    order = [list(Severity).index(check.severity) for check in found]
    assert order == sorted(order)
    places = [(check.rule, check.application, check.subject) for check in found]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("key", sorted(SCORERS))
def test_an_engagement_that_nobody_began_has_no_error(key: str) -> None:
    asked = CONTENT.questionnaires[key]
    empty = Assessment(organisation="Example Firm", questionnaire=key, as_of=AS_OF, capacity=Fraction(60))
    assert checks(CONTENT, asked, empty, _evaluated(empty)) == ()
