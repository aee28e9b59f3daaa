"""Engagements at the edge of what the rules allow, with results worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from questionnaires.load import shipped
from questionnaires.model import Questionnaire
from scoring.assessment import Answer, Assessment
from scoring.evaluation import evaluate
from scoring.scores import AtTarget, Coverage, Node, Scorer, Scores, overall_target
from tests.scored_example import answer, application, assessment, node, questionnaire

LADDER = [{"level": 2}, {"level": 3}, {"level": 4}]
NOTHING = Node(Coverage(), None)


@dataclass(frozen=True)
class Case:
    """One engagement; answers as ``practice.letter`` → value, documents behind them all."""

    wanted: Mapping[str, Node]
    """Of the whole organisation, by node."""
    common: Mapping[str, str] = field(default_factory=dict)
    applications: Sequence[Mapping[str, str]] = ()
    """The answers of their own, each application in tier 1."""
    at_target: AtTarget | None = None
    """Of tier 1."""
    distribution: Mapping[str, Mapping[int, int]] | None = None


ONE: dict[str, Case] = {
    "nothing applicable": Case(
        applications=[dict.fromkeys(("build.gates.a", "build.gates.b", "build.gates.c"), "n/a")],
        wanted=dict.fromkeys(("", "build", "build.gates"), Node(Coverage(0, 0, 3), None)),
        at_target=AtTarget(0, 0),
        distribution={"": {}, "build": {}, "build.gates": {}},
    ),
    "nothing applicable in one of two applications": Case(
        common={"build.gates.a": "fully", "build.gates.b": "no", "build.gates.c": "no"},
        applications=[dict.fromkeys(("build.gates.a", "build.gates.b", "build.gates.c"), "n/a"), {}],
        wanted={
            "build.gates": node("2", "2", "2", 2, "build.gates.b", "3/3, 3"),
            "build": node("2", "2", "2", 2, "build.gates", "3/3, 3"),
            "": node("2", "2", "2", 2, "build", "3/3, 3"),
        },
        at_target=AtTarget(0, 1),
        distribution={"": {2: 1}, "build": {2: 1}, "build.gates": {2: 1}},
    ),
    "not applicable without a reason is unanswered": Case(
        common={"build.gates.a": "n/a?", "build.gates.b": "n/a?", "build.gates.c": "n/a?"},
        applications=[{}],
        wanted={"build.gates": node("1", "4", "1", 1, "build.gates.a", "0/3, 0")},
        at_target=AtTarget(0, 1),
    ),
    "not applicable at the upper levels": Case(
        # One level is left: 1 + 3·2/3; it holds, but the level cannot rise.
        common={"build.gates.a": "largely", "build.gates.b": "n/a", "build.gates.c": "n/a"},
        applications=[{}],
        wanted={
            "build.gates": node("3", "3", "3", 2, "", "1/1, 2", capped=True),
            "build": node("3", "3", "3", 2, "build.gates", "1/1, 2", capped=True),
            "": node("3", "3", "3", 2, "build", "1/1, 2", capped=True),
        },
        # Capped below the target 3: there is nothing left to do.
        at_target=AtTarget(1, 1),
    ),
    "not applicable at the lower levels": Case(
        # Only level 4 is left: 1 + 3·1/3. It does not hold, so the level is where everyone starts.
        common={"build.gates.a": "n/a", "build.gates.b": "n/a", "build.gates.c": "partly"},
        applications=[{}],
        wanted={"build.gates": node("2", "2", "2", 1, "build.gates.c", "1/1, 2")},
        # What it lacks is of level 4, beyond the target 3.
        at_target=AtTarget(1, 1),
    ),
    "not applicable at the lowest level, the rest held": Case(
        common={"build.gates.a": "n/a", "build.gates.b": "largely", "build.gates.c": "fully"},
        applications=[{}],
        # 1 + 3·(2/3 + 1)/2
        wanted={"build.gates": node("7/2", "7/2", "7/2", 4, "", "2/2, 1")},
        at_target=AtTarget(1, 1),
    ),
    "all unanswered": Case(
        applications=[{}, {}],
        wanted={
            "build.gates": node("1", "4", "1", 1, "build.gates.a", "0/6, 0"),
            "build": node("1", "4", "1", 1, "build.gates", "0/6, 0"),
            "": node("1", "4", "1", 1, "build", "0/6, 0"),
        },
        at_target=AtTarget(0, 2),
        distribution={"": {1: 2}, "build": {1: 2}, "build.gates": {1: 2}},
    ),
    "all no": Case(
        common={"build.gates.a": "no", "build.gates.b": "no", "build.gates.c": "no"},
        applications=[{}],
        wanted={"": node("1", "1", "1", 1, "build", "3/3, 0")},
    ),
    "a target below today's level": Case(
        common={"build.gates.a": "fully", "build.gates.b": "fully", "build.gates.c": "fully"},
        applications=[{}],
        wanted={"": node("4", "4", "4", 4, "build", "3/3, 0")},
        at_target=AtTarget(1, 1),
    ),
    "a hole: level 4 held, level 3 not": Case(
        common={"build.gates.a": "fully", "build.gates.b": "no", "build.gates.c": "fully"},
        applications=[{}],
        wanted={"build.gates": node("3", "3", "3", 2, "build.gates.b", "3/3, 0")},
        at_target=AtTarget(0, 1),
    ),
    "the common answers of a value that the scale does not have": Case(
        common={"build.gates.a": "perhaps", "build.gates.b": "no", "build.gates.c": "no"},
        applications=[{}],
        wanted={"build.gates": node("1", "2", "1", 1, "build.gates.a", "2/3, 0")},
    ),
    "no application": Case(
        common={"build.gates.a": "fully"},
        wanted={"": NOTHING, "build": NOTHING},
    ),
}


def _given(case: Case) -> Assessment:
    def answers(values: Mapping[str, str]) -> dict[str, Answer]:
        return {
            key: answer("n/a", reason=" ") if value == "n/a?" else answer(value, "document")
            for key, value in values.items()
        }

    own = [application(f"app-{number}", "1", answers(values)) for number, values in enumerate(case.applications)]
    return assessment(*own, answers=answers(case.common))


def _scores(asked: Questionnaire, case: Case) -> Scores:
    return evaluate(shipped(), Scorer(asked), _given(case)).scores


def _check(asked: Questionnaire, case: Case) -> Scores:
    scores = _scores(asked, case)
    nodes = scores.organisation.nodes
    assert {key: nodes[key] for key in case.wanted} == case.wanted
    if case.applications:
        assert scores.tiers["1"].nodes == nodes
    if len(case.applications) == 1:
        assert scores.applications["app-0"].nodes == nodes
    assert case.at_target in (None, scores.at_target.get("1"))
    assert case.distribution in (None, scores.tiers["1"].distribution if scores.tiers else {})
    return scores


@pytest.mark.parametrize("case", ONE.values(), ids=ONE)
def test_one_practice_with_a_criterion_at_each_level(case: Case) -> None:
    _check(questionnaire({"build.gates": LADDER}), case)


def test_without_applications_the_organisation_stands_alone() -> None:
    asked = questionnaire(
        {"build.gates": LADDER, "govern.policy": LADDER, "govern.trail": LADDER}, organisation=["govern.policy"]
    )
    policy = node("8/3", "8/3", "8/3", 3, "govern.policy.c", "3/3, 0")
    common = {"govern.policy.a": "fully", "govern.policy.b": "largely", "govern.policy.c": "no", "build.gates.a": "no"}
    alone = Case(
        common=common,
        wanted={
            "govern.policy": policy,
            "govern": node("8/3", "8/3", "8/3", 3, "govern.policy", "3/3, 0"),
            "build": NOTHING,
            "": node("8/3", "8/3", "8/3", 3, "govern", "3/3, 0"),
        },
    )
    scores = _check(asked, alone)
    assert (scores.applications, scores.tiers, scores.at_target) == ({}, {}, {})
    assert scores.organisation.practices.keys() == {"govern.policy"}
    # One application that answers nothing of its own: (8/3 + 1)/2 up to (8/3 + 4)/2, and overall (1 + 11/6)/2.
    with_one = Case(
        common={key: value for key, value in common.items() if key.startswith("govern")},
        applications=[{}],
        wanted={
            "govern.policy": policy,
            "govern": node("11/6", "10/3", "11/6", 1, "govern.trail", "3/6, 0"),
            "build": node("1", "4", "1", 1, "build.gates", "0/3, 0"),
            "": node("17/12", "11/3", "17/12", 1, "build govern", "3/9, 0"),
        },
    )
    _check(asked, with_one)


def test_levels_from_0_to_5() -> None:
    asked = questionnaire(
        {"build.gates": [{"level": level} for level in range(1, 6)]},
        levels=range(6),
        scale={"no": 0, "planned": "1/10", "most": "1/2", "achieved": "9/10", "always": 1},
    )
    case = Case(
        common={
            "build.gates.a": "always",
            "build.gates.b": "achieved",
            "build.gates.c": "most",
            "build.gates.d": "planned",
        },
        applications=[{}],
        # 0 + 1 + 9/10 + 1/2 + 1/10 + [0, 1]
        wanted={"build.gates": node("5/2", "7/2", "5/2", 2, "build.gates.c", "4/5, 0")},
        at_target=AtTarget(0, 1),
    )
    _check(asked, case)
    _check(asked, Case(applications=[{}], wanted={"": node("0", "5", "0", 0, "build", "0/5, 0")}))
    every = {f"build.gates.{letter}": "achieved" for letter in "abcde"}
    _check(asked, Case(applications=[every], wanted={"": node("9/2", "9/2", "9/2", 5, "build", "5/5, 0")}))


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("", node("1", "4", "1", 1, "build.gates.a", "0/1, 0")),
        ("no", node("1", "1", "1", 1, "build.gates.a", "1/1, 0")),
        ("partly", node("2", "2", "2", 1, "build.gates.a", "1/1, 0")),
        ("largely", node("3", "3", "3", 3, "", "1/1, 0", capped=True)),
        ("fully", node("4", "4", "4", 3, "", "1/1, 0", capped=True)),
        ("n/a", Node(Coverage(0, 0, 1), None)),
    ],
)
def test_one_criterion_only(value: str, wanted: Node) -> None:
    asked = questionnaire({"build.gates": [{"level": 3, "weight": "7/3"}]})
    _check(asked, Case(applications=[{"build.gates.a": value}], wanted={"build.gates": wanted}))


def test_a_weight_of_nothing_is_refused() -> None:
    """So that no sum of weights is ever zero."""
    with pytest.raises(AssertionError, match=r"weight\[0\].weight"):
        questionnaire({"build.gates": LADDER}, weights={("1", "build.gates"): 0})
    with pytest.raises(AssertionError, match="weight"):
        questionnaire({"build.gates": [{"level": 2, "weight": 0}]})


def test_very_unequal_weights_stay_exact() -> None:
    asked = questionnaire(
        {"build.gates": [{"level": 2, "weight": "1/1000000007"}, {"level": 2, "weight": 1000}], "build.tests": LADDER},
        weights={("1", "build.tests"): "1/998244353"},
    )
    scores = _scores(asked, Case(applications=[{"build.gates.a": "fully", "build.tests.a": "fully"}], wanted={}))
    tiny, small = Fraction(1, 1000000007), Fraction(1, 998244353)
    gates = 1 + 3 * tiny / (tiny + 1000)
    overall = scores.tiers["1"].overall.score
    assert overall is not None
    assert overall.low == (gates + small * 2) / (1 + small)


def test_the_overall_target_leaves_out_what_does_not_apply() -> None:
    asked = questionnaire(
        {"build.gates": LADDER, "govern.trail": LADDER, "learn.metrics": LADDER}, pillars={"build": 2, "learn": 3}
    )
    out = {pillar: dict.fromkeys((f"{pillar}.a", f"{pillar}.b", f"{pillar}.c"), answer("n/a")) for pillar in
           ("build.gates", "govern.trail", "learn.metrics")}  # fmt: skip
    given = assessment(
        application("all", "1"),
        application("few", "1", out["build.gates"]),
        application("none", "1", out["build.gates"] | out["govern.trail"] | out["learn.metrics"]),
        application("only", "2", out["build.gates"] | out["govern.trail"] | out["learn.metrics"]),
        targets={tier: {"build": 2, "govern": 3, "learn": 4} for tier in ("1", "2")},
    )
    scores = evaluate(shipped(), Scorer(asked), given).scores
    # (2·2 + 1·3 + 3·4)/6 with every pillar, (1·3 + 3·4)/4 without build; the tier's is the mean of the two.
    assert overall_target(asked, scores, "1", "all") == Fraction(19, 6)
    assert overall_target(asked, scores, "1", "few") == Fraction(15, 4)
    assert overall_target(asked, scores, "1") == Fraction(83, 24)
    # Where nothing applies at all there is nothing to compare with: the targets stand as they are.
    assert overall_target(asked, scores, "1", "none") == Fraction(19, 6)
    assert overall_target(asked, scores, "2") == Fraction(19, 6)
    with pytest.raises(KeyError):
        overall_target(asked, scores, "3")


def test_what_holds_a_tier_down_is_named_in_the_questionnaire_s_order() -> None:
    """Whatever the ids and whichever application comes first."""
    asked = questionnaire({"run.watch": LADDER, "run.answer": LADDER})
    watched = dict.fromkeys(("run.watch.a", "run.watch.b", "run.watch.c"), "fully")
    answered = dict.fromkeys(("run.answer.a", "run.answer.b", "run.answer.c"), "fully")
    scores = _scores(asked, Case(applications=[watched, answered], wanted={}))
    pillar = scores.tiers["1"].pillars["run"].score
    assert pillar is not None
    assert pillar.held_down_by == ("run.watch", "run.answer")
