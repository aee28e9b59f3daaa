"""What an evaluation takes over from the one before it: everything but what moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import pytest

from questionnaires.load import shipped
from scoring.assessment import Answer, Application, Assessment
from scoring.evaluation import Evaluation, evaluate
from scoring.scores import RULES as RULES_VERSION
from scoring.scores import Node, Reading, Scorer
from tests.scored_example import answer, application, assessment, evidence, questionnaire, rule

LADDER = [{"level": 2}, {"level": 3}, {"level": 4}]
RULES = [rule("findings.critical.open", ">", challenges="partly")]
ASKED = questionnaire(
    {
        "build.gates": [{"level": 2, "rule": RULES}, {"level": 3}],
        "build.tests": LADDER,
        "govern.policy": [{"level": 2, "rule": RULES}],
    },
    organisation=["govern.policy"],
    weights={("3", "build.gates"): 9},
)


class Counting(Scorer):
    """Counts which practices are asked for."""

    def __init__(self) -> None:
        super().__init__(ASKED)
        self.asked: Counter[str] = Counter()
        remembered = self.practice
        self.forget = remembered.cache_clear

        def practice(practice_id: str, readings: tuple[Reading, ...]) -> Node:
            self.asked[practice_id] += 1
            return remembered(practice_id, readings)

        self.practice = practice  # type: ignore[assignment]


@pytest.fixture
def scorer() -> Counting:
    return Counting()


@pytest.fixture
def before(scorer: Counting) -> Evaluation:
    own = {"build.gates.a": answer("fully"), "build.tests.c": answer("n/a"), "build.tests.b": answer("partly")}
    given = assessment(
        application("crm", "2"),
        application("pay", "1", own, evidence=evidence(1, 3, critical=1)),
        application("trade", "1"),
        answers={"build.gates.a": answer("largely"), "govern.policy.a": answer("fully")},
    )
    found = evaluate(shipped(), scorer, given)
    scorer.asked.clear()
    return found


def _after(scorer: Counting, before: Evaluation, given: Assessment) -> Evaluation:
    """Scored again after a change; whatever was taken over, the result is as if nothing had been."""
    after = evaluate(before.content, scorer, given, before)
    assert after == evaluate(before.content, Scorer(ASKED), given)
    return after


def _own(given: Assessment, key: str, answers: Mapping[str, Answer]) -> Assessment:
    return _with(given, given.applications[key].model_copy(update={"answers": dict(answers)}))


def _with(given: Assessment, moved: Application) -> Assessment:
    return given.model_copy(update={"applications": {**given.applications, moved.id: moved}})


def test_an_application_s_answer_touches_its_practice_its_tier_and_the_organisation(
    scorer: Counting, before: Evaluation
) -> None:
    after = _after(scorer, before, _own(before.assessment, "trade", {"build.tests.a": answer("fully")}))
    assert scorer.asked == {"build.tests": 1, "govern.policy": 1}
    was, now = before.scores, after.scores
    assert now.applications["pay"] is was.applications["pay"]
    assert now.applications["trade"].practices["build.gates"] is was.applications["trade"].practices["build.gates"]
    assert now.applications["trade"].pillars["govern"] is was.applications["trade"].pillars["govern"]
    assert now.tiers["2"] is was.tiers["2"]
    for group, old in ((now.tiers["1"], was.tiers["1"]), (now.organisation, was.organisation)):
        moved = {key for key, node in group.nodes.items() if node is not old.nodes[key]}
        assert moved == {"", "build", "build.tests"}
    assert after.claims.by_owner["pay"] is before.claims.by_owner["pay"]
    assert after.claims.by_owner[None] is before.claims.by_owner[None]


def test_a_common_answer_touches_its_practice_where_no_own_answer_stands(scorer: Counting, before: Evaluation) -> None:
    common = {**before.assessment.answers, "build.gates.a": answer("no")}
    after = _after(scorer, before, before.assessment.model_copy(update={"answers": common}))
    assert scorer.asked == {"build.gates": 2, "govern.policy": 1}
    assert after.scores.applications["pay"] is before.scores.applications["pay"]
    assert after.claims.by_owner["pay"] is before.claims.by_owner["pay"]


def test_an_answer_of_the_organisation_touches_every_application_once(scorer: Counting, before: Evaluation) -> None:
    common = {**before.assessment.answers, "govern.policy.a": answer("no")}
    after = _after(scorer, before, before.assessment.model_copy(update={"answers": common}))
    assert scorer.asked == {"govern.policy": 1}
    now, was = after.scores.applications, before.scores.applications
    assert all(now[key].pillars["build"] is was[key].pillars["build"] for key in was)
    assert all(now[key].pillars["govern"] is not was[key].pillars["govern"] for key in was)


def test_nothing_moved_is_everything_taken_over(scorer: Counting, before: Evaluation) -> None:
    after = _after(scorer, before, before.assessment.model_copy())
    assert scorer.asked == {"govern.policy": 1}
    assert all(after.scores.applications[key] is old for key, old in before.scores.applications.items())
    assert after.scores.organisation is before.scores.organisation
    assert all(after.claims.by_owner[key] is old for key, old in before.claims.by_owner.items())


def test_an_answer_that_is_taken_back_leaves_nothing_behind(scorer: Counting, before: Evaluation) -> None:
    after = _after(scorer, before, _own(before.assessment, "pay", {}))
    assert scorer.asked == {"build.gates": 1, "build.tests": 1, "govern.policy": 1}
    assert after.claims.cap("pay", "build.tests.b") is None
    assert after.claims.by_owner["pay"].caps.keys() == {"build.gates.a"}


def test_an_application_that_goes_leaves_nothing_behind(scorer: Counting, before: Evaluation) -> None:
    left = {key: app for key, app in before.assessment.applications.items() if key != "pay"}
    after = _after(scorer, before, before.assessment.model_copy(update={"applications": left}))
    assert after.scores.organisation.overall.coverage.not_applicable == 0
    assert after.scores.tiers["1"].members == ("trade",)


def test_what_leaves_the_answers_as_they_are_asks_for_nothing(scorer: Counting, before: Evaluation) -> None:
    same = before.assessment.applications["pay"]
    given = same.model_copy(update={"attributes": ("internet-facing",), "evidence": {**same.evidence}})
    after = _after(scorer, before, _with(before.assessment, given))
    assert scorer.asked == {"govern.policy": 1}
    assert after.scores.applications["pay"] is before.scores.applications["pay"]
    assert after.claims.by_owner["pay"] is before.claims.by_owner["pay"]


def test_a_forgotten_practice_of_the_organisation_is_still_the_same(scorer: Counting, before: Evaluation) -> None:
    scorer.forget()
    after = _after(scorer, before, before.assessment.model_copy())
    assert after.scores.organisation is before.scores.organisation


def test_the_first_application_and_none_again(scorer: Counting) -> None:
    none = assessment(answers={"govern.policy.a": answer("fully")})
    one = none.model_copy(update={"applications": {"pay": application("pay", "1")}})
    empty = evaluate(shipped(), scorer, none)
    first = _after(scorer, empty, one)
    assert first == evaluate(shipped(), Counting(), one)
    assert _after(scorer, first, none) == empty
    assert (empty.scores.rules, first.scores.assessment, first.claims.assessment) == (RULES_VERSION, one, one)


def test_another_tier_weighs_the_same_practices_anew(scorer: Counting, before: Evaluation) -> None:
    moved = before.assessment.applications["pay"].model_copy(update={"tier": "3"})
    after = _after(scorer, before, _with(before.assessment, moved))
    build = after.scores.applications["pay"].pillars["build"].score
    was = before.scores.applications["pay"].pillars["build"].score
    assert was is not None
    assert build is not None
    # Gates 1 + 3·(1 + 0)/2 = 5/2, tests 1 + 3·(0 + 1/3)/2 = 3/2: (5/2 + 3/2)/2 = 2, then (9·5/2 + 3/2)/10 = 12/5.
    assert (was.low, build.low) == (Fraction(2), Fraction(12, 5))


def test_a_moved_tier_keeps_its_practices(scorer: Counting, before: Evaluation) -> None:
    moved = before.assessment.applications["pay"].model_copy(update={"tier": "2"})
    after = _after(scorer, before, _with(before.assessment, moved))
    assert scorer.asked == {"govern.policy": 1}
    assert (after.scores.tiers["1"].members, after.scores.tiers["2"].members) == (("trade",), ("crm", "pay"))


@pytest.mark.parametrize("key", ["pay", None])
def test_other_evidence_is_heard(scorer: Counting, before: Evaluation, key: str | None) -> None:
    given, fresh = before.assessment, evidence(2, 1, critical=5)
    if key is None:
        given = given.model_copy(update={"evidence": fresh})
    else:
        given = _with(given, given.applications[key].model_copy(update={"evidence": {}}))
    assert len(before.claims.challenged) == 1
    assert len(_after(scorer, before, given).claims.challenged) == (2 if key is None else 0)
