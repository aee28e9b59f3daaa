"""The must lane, decisions with days, why items stand where they stand, and what a plan does to the scores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from app.engagement import actions
from app.engagement.checkpoint import plan_as_data, plan_from_data
from app.engagement.errors import UsageError
from questionnaires.load import shipped
from questionnaires.model import Scope
from scoring.assessment import Answer, Application, Assessment, Decision, Evidence, Fact, Lane, Records
from scoring.effect import Stand, effect, gain
from scoring.evaluation import Evaluation, evaluate
from scoring.roadmap import Initiative, Plan, ReasonKind, initiatives
from scoring.schedule import plan as best_plan
from scoring.schedule import solve
from scoring.scores import Scorer
from scoring.waves import greedy, provisional

AS_OF = date(2026, 9, 30)
CONTENT = shipped()
TIERS = CONTENT.tiers
ASKED = CONTENT.questionnaires["financial-devsecops"]
MAKERS = (greedy, solve)


def item(key: str, effort: int, value: int, *after: str, **more: Any) -> Initiative:
    return Initiative(
        id=key,
        practice="a.app",
        level=2,
        scope=Scope.APPLICATION,
        tiers=("1",),
        applications=("pay",),
        criteria=(),
        effort=Fraction(effort),
        value=Fraction(value),
        after=after,
        must=more.pop("must", False),
        reasons=(),
        title=key.title(),
        **more,
    )


def due(day: str) -> Decision:
    return Decision(lane=Lane.DUE, by=date.fromisoformat(day), reason="the auditor comes")


def pin(wave: int) -> Decision:
    return Decision(lane=Lane.PIN, wave=wave, reason="agreed")


def stands(plan: Plan) -> dict[str, int]:
    return {entry.id: wave.index for wave in plan.waves for entry in wave.items}


def said(plan: Plan, key: str, kind: ReasonKind) -> str:
    entries = [*plan.unplanned, *(entry for wave in plan.waves for entry in wave.items)]
    (text,) = (r.text for entry in entries if entry.id == key for r in entry.reasons if r.kind is kind)
    return text


# ---- the must lane


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("day", "wave"),
    [("2020-01-01", 1), ("2026-12-29", 1), ("2026-12-30", 2), ("2027-03-29", 2), ("2027-03-30", 3)],
)
def test_what_is_due_is_done_by_the_wave_that_holds_its_day(make: Any, day: str, wave: int) -> None:
    """Worth nothing, and beside it only what is rich and fills a wave each."""
    items = [item("late", 10, 0, decision=due(day)), *(item(f"rich{n}", 10, 99) for n in range(4))]
    plan = make(items, TIERS, AS_OF, Fraction(10))
    assert stands(plan)["late"] <= wave
    assert said(plan, "late", ReasonKind.DECISION).startswith(f"Due by {day}, and stands in wave 1")


@pytest.mark.parametrize("make", MAKERS)
def test_what_precedes_something_due_runs_ahead_too(make: Any) -> None:
    items = [item("late", 5, 0, "base", decision=due("2026-12-01")), item("base", 5, 0), item("rich", 10, 99)]
    plan = make(items, TIERS, AS_OF, Fraction(10))
    assert stands(plan) == {"late": 1, "base": 1, "rich": 2}
    assert said(plan, "base", ReasonKind.PLACE) == "Ahead of the ranking, because Late cannot do without it"


@pytest.mark.parametrize("make", MAKERS)
def test_the_earlier_day_goes_first(make: Any) -> None:
    items = [item("a", 10, 9, decision=due("2027-06-01")), item("z", 10, 0, decision=due("2026-10-01"))]
    assert stands(make(items, TIERS, AS_OF, Fraction(10))) == {"z": 1, "a": 2}


@pytest.mark.parametrize("make", MAKERS)
def test_a_day_that_capacity_cannot_hold_is_said_to_be_missed(make: Any) -> None:
    plan = make([item("big", 25, 1, decision=due("2026-12-01"))], TIERS, AS_OF, Fraction(10))
    assert stands(plan) == {"big": 3}
    text = said(plan, "big", ReasonKind.DECISION)
    assert text.startswith("Due by 2026-12-01, which wave 1 holds, but stands in wave 3, because ")
    assert text.endswith(": the auditor comes")
    never = make([item("huge", 999, 1, decision=due("2026-12-01"))], TIERS, AS_OF, Fraction(10))
    assert "but is not planned, because its 999 person-days are more than the 80 that" in said(
        never, "huge", ReasonKind.DECISION
    )


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_due_after_the_last_wave_is_in_no_hurry(make: Any) -> None:
    plan = make([item("late", 10, 1, decision=due("2031-01-01")), item("rich", 10, 9)], TIERS, AS_OF, Fraction(10))
    assert stands(plan) == {"rich": 1, "late": 2}
    assert "after the last wave" in said(plan, "late", ReasonKind.DECISION)


def test_the_solver_keeps_days_that_the_greedy_rule_misses() -> None:
    """The densest two leave 3 of 10 days in the first wave, and nothing of 6 and 7 days fits into those."""
    by = due("2027-03-01")
    efforts = (("m", 4, 9), ("n", 3, 8), ("x", 7, 0), ("y", 6, 0))
    items = [item(key, effort, value, decision=by) for key, effort, value in efforts]
    assert max(stands(greedy(items, TIERS, AS_OF, Fraction(10))).values()) == 3
    assert stands(solve(items, TIERS, AS_OF, Fraction(10))) == {"m": 1, "y": 1, "n": 2, "x": 2}


def _overdue(days: float, tier: str, regimes: tuple[str, ...], **more: Any) -> Initiative:
    evidence = Evidence(
        sha256="0" * 64,
        path="a",
        bytes=1,
        format="f",
        tool="t",
        captured_at=datetime.combine(AS_OF, time(), UTC),
        records=Records(unit="finding", raw=0, open=0, distinct=0),
        facts=(Fact(name="findings.critical.oldest_days", value=days),),
    )
    application = Application(id="pay", name="Pay", tier=tier, evidence={evidence.sha256: evidence}, **more)
    assessment = _assessment({"pay": application}, regimes=regimes, targets={tier: {"risk": 3}})
    claims = evaluate(CONTENT, Scorer(ASKED), assessment).claims
    found = {entry.id: entry for entry in initiatives(CONTENT, ASKED, assessment, claims)}
    return found[f"risk.remediation/3/tier-{tier}"]


def _assessment(applications: Mapping[str, Application], **more: Any) -> Assessment:
    return Assessment(
        organisation="o",
        questionnaire=ASKED.id,
        as_of=AS_OF,
        capacity=more.pop("capacity", Fraction(60)),
        applications=dict(applications),
        **more,
    )


@pytest.mark.parametrize(
    ("days", "tier", "regimes", "must"),
    [
        (8, "1", ("dora",), True),
        (7, "1", ("dora",), False),
        (8, "2", ("dora",), False),
        (16, "2", ("dora",), True),
        (31, "3", ("dora",), True),
        (99, "1", (), False),
    ],
)
def test_a_critical_finding_past_the_tiers_limit_breaks_an_obligation_in_scope(
    days: int, tier: str, regimes: tuple[str, ...], must: bool
) -> None:
    found = _overdue(days, tier, regimes)
    assert found.must is must
    texts = [reason.text for reason in found.reasons if reason.kind is ReasonKind.MUST]
    limit = {"1": 7, "2": 15, "3": 30}[tier]
    broken = f"An obligation in scope is broken: Pay: critical findings past the tier's time limit ({days} days; "
    assert texts == ([f"{broken}tier {tier} allows {limit})"] if must else [])


@pytest.mark.parametrize("days", [1e300, 10**400])
def test_an_age_beyond_all_measure_breaks_it_and_can_be_said(days: float) -> None:
    found = _overdue(days, "1", ("dora",))
    assert found.must
    assert any("(99999 days; tier 1 allows 7)" in reason.text for reason in found.reasons)


# ---- decisions


def test_a_pin_that_cannot_hold_says_where_the_item_stands_and_why() -> None:
    later = Decision(lane=Lane.DEFER, wave=3, reason="the migration")
    items = [item("pinned", 1, 9, "base", decision=pin(1)), item("base", 1, 1, decision=later)]
    for make in MAKERS:
        plan = make(items, TIERS, AS_OF, Fraction(10))
        text = said(plan, "pinned", ReasonKind.DECISION)
        assert text == "Pinned to wave 1, but stands in wave 3, because ready only after Base in wave 3: agreed"
        assert said(plan, "base", ReasonKind.DECISION) == "Deferred to wave 3 or later: the migration"
    kept = greedy([item("pinned", 1, 9, decision=pin(2))], TIERS, AS_OF, Fraction(10))
    assert said(kept, "pinned", ReasonKind.DECISION) == "Pinned to wave 2: agreed"


@pytest.mark.parametrize(
    "more",
    [{"lane": "due"}, {"lane": "pin", "by": "2027-01-01"}, {"lane": "due", "by": "2027-01-01", "wave": 2},
     {"lane": "due", "by": "0001-01-01"}],
)  # fmt: skip
def test_a_decision_that_makes_no_sense_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Decision.model_validate({"reason": "r", **more})


def test_a_decision_of_an_older_version_is_read() -> None:
    assert Decision.model_validate({"lane": "pin", "wave": 2, "reason": "r"}).by is None


def test_deciding_and_taking_it_back() -> None:
    empty = _assessment({})
    (change,) = actions.decide(empty, ["a/2"], "a/2", Lane.DUE, by=date(2027, 3, 31), reason="r", waves=8)
    assert change.to == {"lane": "due", "by": "2027-03-31", "reason": "r"}
    assessment = _assessment({}, decisions={"gone/2": Decision.model_validate(change.to)})
    (back,) = actions.undecide(assessment, "gone/2")
    assert (back.path, back.to) == (("decisions", "gone/2"), None)
    with pytest.raises(UsageError, match="is no known decision"):
        actions.undecide(assessment, "a/2")


@pytest.mark.parametrize(
    ("lane", "more", "message"),
    [
        (Lane.DUE, {}, "needs a day"),
        (Lane.PIN, {"by": date(2027, 1, 1)}, "needs no day"),
        (Lane.DUE, {"by": date(2027, 1, 1), "wave": 1}, "Wave 1: cannot be used here"),
        (Lane.DUE, {"by": date(1, 1, 1)}, "cannot be the day"),
        (Lane.DUE, {"by": date(2025, 1, 1)}, "lies before the day of the engagement"),
    ],
)
def test_a_wrong_word_is_refused(lane: Lane, more: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        actions.decide(_assessment({}), ["a/2"], "a/2", lane, reason="r", waves=8, **more)


# ---- places


def test_every_kind_of_place_has_its_words() -> None:
    drop = Decision(lane=Lane.DROP, reason="r")
    items = [
        item("first", 6, 60),
        item("next", 6, 30),
        item("then", 2, 20, "next"),
        item("large", 15, 10),
        item("gone", 1, 1, decision=drop),
        item("needy", 1, 1, "gone"),
        item("huge", 500, 1),
        item("behind", 1, 1, "huge"),
    ]
    plan = solve(items, TIERS, AS_OF, Fraction(10))
    places = {key: said(plan, key, ReasonKind.PLACE) for key in ("first", "next", "then", "large", "gone", "needy")}
    assert (
        places
        == {
            "first": "In the first wave: it can begin at once, and there is room for it",
            "next": "It could begin in wave 1, but wave 1 has no room left for its 6 person-days",
            "then": "Ready only after Next in wave 2",
            "large": "Larger than a wave with 15 person-days: takes the waves 2 to 3; it could begin in wave 1, but "
            "the plan is worth more with others in wave 1",
            "gone": "Left out of this plan by decision",
            "needy": "Needs Gone, which was left out by decision",
        }
        or stands(plan)["large"] != 4
    )
    assert said(plan, "huge", ReasonKind.PLACE) == "Its 500 person-days are more than the 80 that the waves hold"
    assert said(plan, "behind", ReasonKind.PLACE) == (
        "With what comes before it, it takes 501 person-days; the waves hold 80"
    )


def test_initiatives_that_wait_for_each_other_are_an_error_with_their_names() -> None:
    for make in MAKERS:
        with pytest.raises(ValueError, match=r"must come before each other: .*→"):
            make([item("a", 1, 1, "b"), item("b", 1, 1, "a")], TIERS, AS_OF, Fraction(10))


def test_criteria_that_wait_for_each_other_are_an_error_with_their_names() -> None:
    practice = ASKED.practices["risk.remediation"]
    first, second = practice.by_level[2][0].id, practice.by_level[2][1].id
    asked = ASKED.model_copy(deep=True)
    for key, other in ((first, second), (second, first)):
        criterion = asked.criteria[key]
        object.__setattr__(criterion, "prerequisites", (other,))
    application = Application(id="pay", name="Pay", tier="1")
    assessment = _assessment({"pay": application})
    claims = evaluate(CONTENT, Scorer(ASKED), assessment).claims
    with pytest.raises(ValueError, match="prerequisites form a circle"):
        initiatives(CONTENT, asked, assessment, claims)


# ---- stored plans


def test_a_plan_of_an_older_version_is_read_and_half_a_plan_is_not() -> None:
    plan = solve([item("a", 1, 1, decision=due("2027-01-01"))], TIERS, AS_OF, Fraction(10))
    data = plan_as_data(plan)
    assert plan_from_data(data) == plan
    del data["waves"][0]["items"][0]["title"]
    older = plan_from_data(data)
    assert older is not None
    assert older.waves[0].items[0].title == ""
    assert (older.objective, older.bound, older.gap) == (plan.objective, plan.bound, plan.gap)
    del data["objective"]
    assert plan_from_data(data) is None


# ---- the effect


def evaluated(assessment: Assessment) -> Evaluation:
    return evaluate(CONTENT, Scorer(ASKED), assessment)


def test_the_projection_by_hand() -> None:
    """Everything of one practice is answered fully but one criterion of two at level 2; nothing else applies."""
    practice = ASKED.practices["risk.remediation"]
    lacking = practice.by_level[2][0].id
    own = {key: Answer(value="not-applicable", reason="r") for key in ASKED.criteria}
    own |= {criterion.id: Answer(value="fully") for criterion in practice.criterion}
    own[lacking] = Answer(value="partly")
    assessment = _assessment({"pay": Application(id="pay", name="Pay", tier="1")}, answers=own)
    before = evaluated(assessment)
    plan = best_plan(CONTENT, ASKED, assessment, before.claims)
    (only,) = (entry for wave in plan.waves for entry in wave.items)
    found = effect(ASKED, assessment, before, plan)
    count = len(practice.by_level[2])
    start = 4 - Fraction(2, 3) / count
    steps = found.tiers["1"]
    assert steps[0]["risk"] == Stand(start, 1)
    assert steps[0][""] == Stand(start, 1)
    assert [step["risk"] for step in steps[1:]] == [Stand(Fraction(4), 4)] * len(plan.waves)
    assert steps[0]["learn"] is None
    assert found.organisation == steps
    worth = gain(Scorer(ASKED), assessment, before.claims, before.scores, only, "1")
    assert worth == Fraction(2, 3) / count


def test_a_shared_item_moves_every_tier() -> None:
    practice = next(p for p in ASKED.practices.values() if p.scope is Scope.ORGANISATION)
    applications = {k: Application(id=k, name=k, tier=t) for k, t in (("pay", "1"), ("wiki", "3"))}
    pillar = ASKED.pillar_of[practice.id].id
    targets = {tier: {p.id: 1 for p in ASKED.pillar} for tier in "123"}
    assessment = _assessment(applications, targets=targets | {"1": {**targets["1"], pillar: 2}}, capacity=Fraction(900))
    before = evaluated(assessment)
    plan = provisional(CONTENT, ASKED, assessment, before.claims)
    shared = [entry for wave in plan.waves for entry in wave.items if entry.scope is Scope.ORGANISATION]
    assert shared
    assert all(entry.tiers == ("1",) for entry in shared)
    first, last = (effect(ASKED, assessment, before, plan).tiers["3"][n][pillar] for n in (0, -1))
    assert first is not None
    assert last is not None
    assert last.score > first.score


# ---- bad input


def _everything_not_applicable() -> Assessment:
    answers = {key: Answer(value="not-applicable", reason="r") for key in ASKED.criteria}
    return _assessment({"pay": Application(id="pay", name="Pay", tier="1")}, answers=answers)


@pytest.mark.parametrize(
    "assessment",
    [
        _assessment({}),
        _everything_not_applicable(),
        _assessment(
            {"pay": Application(id="pay", name="Pay", tier="1")}, targets={"1": {p.id: 1 for p in ASKED.pillar}}
        ),
    ],
    ids=["no application", "nothing applicable", "targets below today's level"],
)
def test_nothing_to_do_is_an_empty_plan(assessment: Assessment) -> None:
    before = evaluated(assessment)
    plan = best_plan(CONTENT, ASKED, assessment, before.claims)
    assert [plan.objective, plan.bound, plan.gap] == [0, 0, 0]
    assert plan.unplanned == ()
    assert stands(plan) == {}
    found = effect(ASKED, assessment, before, plan)
    assert all(step == steps[0] for steps in found.tiers.values() for step in steps)


def test_no_capacity_plans_nothing_but_what_costs_nothing() -> None:
    items = [item("free", 0, 1), item("dear", 1, 9), item("after", 0, 1, "dear")]
    for make in MAKERS:
        plan = make(items, TIERS, AS_OF, Fraction(0))
        assert stands(plan) == {"free": 1}
        assert said(plan, "dear", ReasonKind.PLACE) == "Its 1 person-days are more than the 0 that the waves hold"
        assert said(plan, "after", ReasonKind.PLACE) == (
            "With what comes before it, it takes 1 person-days; the waves hold 0"
        )


def test_room_for_everything_puts_everything_into_the_first_wave() -> None:
    assessment = _assessment({"pay": Application(id="pay", name="Pay", tier="1")}, capacity=Fraction(10_000))
    plan = best_plan(CONTENT, ASKED, assessment, evaluated(assessment).claims)
    assert set(stands(plan).values()) == {1}
    assert plan.unplanned == ()
    assert plan.gap == 0
