"""Initiatives from gaps, and waves under capacity, order and people's decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import Content, Link, Obligation, Questionnaire, Regime, Scope
from scoring.assessment import LAST_DAY, Answer, Application, Assessment, Decision, Evidence, Fact, Lane, Records
from scoring.claims import judge
from scoring.lanes import wave_starts
from scoring.roadmap import Initiative, ReasonKind, initiatives
from scoring.schedule import solve
from scoring.waves import Booking, greedy

AS_OF = date(2026, 9, 30)
TIERS = shipped().tiers
STEPS = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}


def criterion(key: str, level: int, **more: Any) -> dict[str, Any]:
    effort = {"setup_days": 5, "per_application_days": 2}
    return {"id": key, "level": level, "question": f"{key}?", "why": "w", "good": "g", **effort, **more}


APPLICATION_CRITERIA = [
    criterion("a.app.two", 2),
    criterion("a.app.two-b", 2, setup_days=1, per_application_days=1),
    criterion("a.app.three", 3),
    criterion("a.app.four", 4),
]
ORGANISATION_CRITERIA = [criterion("a.org.two", 2, setup_days=8, per_application_days=0)]


def make_questionnaire(
    application: list[dict[str, Any]] = APPLICATION_CRITERIA,
    organisation: list[dict[str, Any]] = ORGANISATION_CRITERIA,
    targets: dict[str, int] | None = None,
) -> Questionnaire:
    text = {"name": "n", "purpose": "p"}
    wanted = targets or {"1": 3, "2": 2, "3": 2}
    found = frozen_questionnaire(
        {
            "schema_version": 1,
            "id": "test",
            "version": "1",
            "title": "t",
            "description": "d",
            "licence": "l",
            "met": "largely",
            "presence": "partly",
            "level": [{"number": n, "name": f"L{n}", "meaning": "m"} for n in range(1, 5)],
            "scale": [{"id": key, "name": key, "value": value, "meaning": "m"} for key, value in STEPS.items()],
            "target": [{"tier": t, "pillar": "a", "level": level, "reason": "r"} for t, level in wanted.items()],
            "pillar": [
                {
                    "id": "a",
                    **text,
                    "practice": [
                        {"id": "a.app", "scope": "application", **text, "criterion": application},
                        {"id": "a.org", "scope": "organisation", **text, "criterion": organisation},
                    ],
                }
            ],
        },
        "test.toml",
    )
    assert isinstance(found, Loaded), found
    return found.value


def make_assessment(tiers: dict[str, str], answers: dict[str, str] | None = None, **more: Any) -> Assessment:
    return Assessment(
        organisation="o",
        questionnaire="test",
        as_of=AS_OF,
        capacity=Fraction(60),
        answers={key: Answer(value=value) for key, value in (answers or {}).items()},
        applications=more.pop("applications", {k: Application(id=k, name=k, tier=t) for k, t in tiers.items()}),
        **more,
    )


def survey(
    assessment: Assessment, questionnaire: Questionnaire | None = None, content: Content | None = None
) -> dict[str, Initiative]:
    asked = questionnaire or make_questionnaire()
    content = content or shipped()
    claims = judge(asked, content.facts, assessment)
    return {item.id: item for item in initiatives(content, asked, assessment, claims)}


def test_gaps_are_measured_against_the_target_and_never_beyond() -> None:
    found = survey(make_assessment({"pay": "1", "crm": "2"}))
    assert set(found) == {"a.app/2/tier-1", "a.app/3/tier-1", "a.app/2/tier-2", "a.org/2"}
    assert found["a.org/2"].tiers == ("1", "2")
    assert found["a.org/2"].scope is Scope.ORGANISATION
    assert found["a.org/2"].applications == ("crm", "pay")


def test_nothing_to_do_at_the_target() -> None:
    held = dict.fromkeys(("a.app.two", "a.app.two-b", "a.app.three", "a.org.two"), "largely")
    assert survey(make_assessment({"pay": "1"}, held)) == {}


def test_no_application_gives_no_plan() -> None:
    assert survey(make_assessment({})) == {}


def test_not_applicable_is_no_gap() -> None:
    answers = {
        "a.app.two": Answer(value="not-applicable", reason="no pipeline"),
        "a.app.two-b": Answer(value="fully"),
        "a.app.three": Answer(value="not-applicable"),
    }
    assessment = make_assessment({"pay": "1"}).model_copy(update={"answers": answers})
    found = survey(assessment)
    assert "a.app/2/tier-1" not in found
    assert "a.app/3/tier-1" in found, "without a reason it is unanswered, and so a gap"


def test_effort_charges_setup_once_to_the_most_critical_tier() -> None:
    found = survey(make_assessment({"pay": "1", "fx": "1", "crm": "2"}))
    # two: 5 + 2·2, two-b: 1 + 2·1
    assert found["a.app/2/tier-1"].effort == 12
    # the set-up of both criteria is paid by tier 1: 1·2 + 1·1
    assert found["a.app/2/tier-2"].effort == 3
    assert found["a.app/2/tier-2"].after == ("a.app/2/tier-1",)


def test_effort_counts_only_those_who_lack_it() -> None:
    own = Application(id="fx", name="fx", tier="1", answers={"a.app.two": Answer(value="fully")})
    applications = {"fx": own, "pay": Application(id="pay", name="pay", tier="1")}
    found = survey(make_assessment({}, applications=applications))
    # two: 5 + 1·2 (pay), two-b: 1 + 2·1
    assert found["a.app/2/tier-1"].effort == 10


def test_value_is_weight_times_gain_times_exposure() -> None:
    found = survey(make_assessment({"pay": "1"}, {"a.app.two": "partly", "a.app.two-b": "fully"}))
    # one of two criteria from 1/3 to 1: gain 1/3; tier weight 4; no exposure
    assert found["a.app/2/tier-1"].value == Fraction(4, 3)
    exposed = Application(id="pay", name="pay", tier="1", attributes=("client-data", "internet-facing"))
    answers = {"a.app.two": "partly", "a.app.two-b": "fully"}
    found = survey(make_assessment({}, answers, applications={"pay": exposed}))
    assert found["a.app/2/tier-1"].value == Fraction(4, 3) * Fraction(7, 5)


def _with_findings(critical: int, age_days: int, **more: Any) -> dict[str, Application]:
    item = Evidence(
        sha256="0" * 64,
        path="a",
        bytes=1,
        format="f",
        tool="t",
        captured_at=datetime.combine(AS_OF - timedelta(days=age_days), time(), UTC),
        records=Records(unit="finding", raw=0, open=0, distinct=0),
        facts=(
            Fact(name="findings.critical.open", value=critical),
            Fact(name="findings.critical.oldest_days", value=40),
        ),
    )
    return {"pay": Application(id="pay", name="pay", tier="1", evidence={item.sha256: item}, **more)}


@pytest.mark.parametrize(("critical", "age", "factor"), [(3, 5, "8/5"), (0, 5, "13/10"), (3, 91, "1")])
def test_exposure_rises_with_recent_findings(critical: int, age: int, factor: str) -> None:
    found = survey(make_assessment({}, applications=_with_findings(critical, age)))
    assert found["a.app/3/tier-1"].value == 4 * Fraction(factor)


def test_exposure_is_clipped() -> None:
    everything = ("cardholder-data", "client-data", "internet-facing")
    found = survey(make_assessment({}, applications=_with_findings(1, 1, attributes=everything)))
    assert found["a.app/3/tier-1"].value == 4 * TIERS.exposure_limit


def _regime() -> Regime:
    link = Link(criterion="a.app.two", rationale="r")
    return Regime(
        schema_version=1,
        id="law",
        name="Law",
        authority="a",
        jurisdiction="j",
        version="1",
        date="2026",
        binds="b",
        obligation=(Obligation(number="7.1", title="t", link=(link,)),),
    )


def test_an_obligation_raises_exposure_and_is_printed_but_does_not_jump_the_queue() -> None:
    content = shipped().model_copy(update={"regimes": {"law": _regime()}})
    found = survey(make_assessment({"pay": "1"}, regimes=("law",)), content=content)
    item = found["a.app/2/tier-1"]
    assert item.value == 4 * Fraction(6, 5)
    assert not item.must
    assert any(r.kind is ReasonKind.OBLIGATION and "Law 7.1" in r.text for r in item.reasons)
    assert survey(make_assessment({"pay": "1"}), content=content)["a.app/2/tier-1"].value == 4


def test_an_obligation_that_evidence_shows_broken_runs_ahead() -> None:
    rule = {
        "fact": "findings.critical.oldest_days",
        "op": ">",
        "value": 30,
        "max_age_days": 60,
        "challenges": "no",
        "says": "overdue",
    }
    asked = make_questionnaire([criterion("a.app.two", 2, rule=[rule]), *APPLICATION_CRITERIA[1:]])
    content = shipped().model_copy(update={"regimes": {"law": _regime()}})
    applications = _with_findings(1, 3)
    found = survey(make_assessment({}, applications=applications, regimes=("law",)), asked, content)
    assert found["a.app/2/tier-1"].must
    assert found["a.app/2/tier-1"].reasons[0].kind is ReasonKind.MUST
    assert not survey(make_assessment({}, applications=applications), asked, content)["a.app/2/tier-1"].must


def test_every_item_says_why() -> None:
    for item in survey(make_assessment({"pay": "1", "crm": "2"})).values():
        kinds = {reason.kind for reason in item.reasons}
        assert {ReasonKind.GAP, ReasonKind.VALUE, ReasonKind.EFFORT} <= kinds
        assert all(reason.text.strip() for reason in item.reasons)


def test_order_follows_levels_and_prerequisites() -> None:
    application = [*APPLICATION_CRITERIA[:2], criterion("a.app.three", 3, prerequisites=["a.org.two"])]
    found = survey(make_assessment({"pay": "1"}), make_questionnaire(application))
    assert found["a.app/3/tier-1"].after == ("a.app/2/tier-1", "a.org/2")


def test_items_that_lean_on_each_other_lose_the_edge_that_closes_the_circle() -> None:
    application = [criterion("a.app.x", 2, prerequisites=["a.org.x"]), criterion("a.app.y", 2)]
    organisation = [criterion("a.org.x", 2), criterion("a.org.y", 2, prerequisites=["a.app.y"])]
    for each in organisation:
        each["per_application_days"] = 0
    found = survey(make_assessment({"pay": "1"}), make_questionnaire(application, organisation))
    assert found["a.app/2/tier-1"].after == ("a.org/2",)
    assert found["a.org/2"].after == ()


def test_a_dropped_item_pays_for_nobody_and_holds_up_no_other_tier() -> None:
    drop = Decision(lane=Lane.DROP, reason="r")
    found = survey(make_assessment({"pay": "1", "crm": "2"}, decisions={"a.app/2/tier-1": drop}))
    # two: 5 + 2, two-b: 1 + 1; without the decision the set-up is paid by tier 1.
    assert found["a.app/2/tier-2"].effort == 9
    assert found["a.app/2/tier-2"].after == ()
    waves = greedy(tuple(found.values()), TIERS, AS_OF, Fraction(60)).waves
    assert {entry.id for wave in waves for entry in wave.items} == {"a.app/2/tier-2", "a.org/2"}


def test_what_a_dropped_item_holds_up_pays_for_nobody_either() -> None:
    drop = Decision(lane=Lane.DROP, reason="r")
    asked = make_questionnaire(targets={"1": 3, "2": 3, "3": 2})
    found = survey(make_assessment({"pay": "1", "crm": "2"}, decisions={"a.app/2/tier-1": drop}), asked)
    assert found["a.app/3/tier-2"].after == ("a.app/2/tier-2",)
    assert found["a.app/3/tier-2"].effort == 7


def test_a_prerequisite_of_the_organisation_comes_first_even_where_the_tier_itself_does_not_aim_as_high() -> None:
    raw = make_questionnaire(
        [criterion("a.app.two", 2, prerequisites=["b.org.two"])],
        [criterion("a.org.two", 2, per_application_days=0)],
    ).model_dump(mode="json", exclude_defaults=True)
    practice = {"id": "b.org", "name": "n", "purpose": "p", "scope": "organisation"}
    asked = [criterion("b.org.two", 2, per_application_days=0)]
    raw["pillar"].append({"id": "b", "name": "n", "purpose": "p", "practice": [{**practice, "criterion": asked}]})
    raw["target"] += [{"tier": t, "pillar": "b", "level": n, "reason": "r"} for t, n in (("1", 2), ("2", 1), ("3", 1))]
    loaded = frozen_questionnaire(raw, "test.toml")
    assert isinstance(loaded, Loaded)
    found = survey(make_assessment({"pay": "1", "crm": "2"}), loaded.value)
    assert found["b.org/2"].tiers == ("1",)
    assert found["a.app/2/tier-2"].after == ("a.app/2/tier-1", "b.org/2")


def test_only_what_an_application_lacks_is_broken_or_open() -> None:
    """The one with the evidence has done it; the other one lacks it and has no evidence."""
    rule = {
        "fact": "findings.critical.oldest_days",
        "op": ">",
        "value": 30,
        "max_age_days": 60,
        "challenges": "no",
        "says": "overdue",
    }
    asked = make_questionnaire([criterion("a.app.two", 2, rule=[rule]), criterion("a.app.two-b", 2)])
    content = shipped().model_copy(update={"regimes": {"law": _regime()}})
    done = {"a.app.two": Answer(value="fully"), "a.app.two-b": Answer(value="no")}
    applications = _with_findings(1, 3, answers=done)
    applications["fx"] = Application(id="fx", name="fx", tier="1", answers={"a.app.two-b": Answer(value="fully")})
    item = survey(make_assessment({}, applications=applications, regimes=("law",)), asked, content)["a.app/2/tier-1"]
    assert not item.must
    assert [r for r in item.reasons if r.kind in (ReasonKind.MUST, ReasonKind.EVIDENCE)] == []
    (gap,) = (reason.text for reason in item.reasons if reason.kind is ReasonKind.GAP)
    assert gap.endswith("; 1 of 2 answers is still open")


# ---- waves


def item(
    key: str, effort: int, value: int, *after: str, must: bool = False, decision: Decision | None = None
) -> Initiative:
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
        must=must,
        reasons=(),
        decision=decision,
    )


def waves_of(*items: Initiative, capacity: int = 10) -> dict[str, int]:
    plan = greedy(items, TIERS, AS_OF, Fraction(capacity))
    check(plan.waves, items, capacity)
    return {entry.id: wave.index for wave in plan.waves for entry in wave.items}


def check(waves: Any, items: Any, capacity: int) -> None:
    """Order and capacity hold in every plan."""
    done = {entry.id: wave.index for wave in waves for entry in wave.items}
    for entry in items:
        if entry.id in done:
            assert all(done[other] <= done[entry.id] for other in entry.after if other in {i.id for i in items})
    for wave in waves:
        assert 0 <= wave.used <= capacity
        assert sum(w.used for w in waves[: wave.index]) >= sum(
            entry.effort for w in waves[: wave.index] for entry in w.items
        )
    assert sum(wave.used for wave in waves) == sum(entry.effort for wave in waves for entry in wave.items)


def test_the_best_value_per_day_comes_first() -> None:
    assert waves_of(item("a", 10, 1), item("b", 10, 9), item("c", 10, 5)) == {"b": 1, "c": 2, "a": 3}


def test_a_cheap_prerequisite_of_something_valuable_comes_early() -> None:
    assert waves_of(item("a", 10, 8), item("first", 4, 0), item("then", 6, 30, "first")) == {
        "first": 1,
        "then": 1,
        "a": 2,
    }


def test_an_item_larger_than_a_wave_takes_consecutive_waves_and_counts_in_its_last() -> None:
    plan = greedy((item("big", 25, 9), item("small", 5, 1)), TIERS, AS_OF, Fraction(10))
    done = {entry.id: wave.index for wave in plan.waves for entry in wave.items}
    assert done == {"big": 3, "small": 3}
    assert [wave.used for wave in plan.waves[:4]] == [10, 10, 10, 0]


def test_waves_are_quarters_from_the_engagement_day() -> None:
    starts = [wave.start.isoformat() for wave in greedy((), TIERS, date(2026, 11, 30), Fraction(1)).waves[:3]]
    assert starts == ["2026-11-30", "2027-02-28", "2027-05-30"]


def test_what_does_not_fit_is_unplanned() -> None:
    plan = greedy((item("a", 10_000, 1), item("b", 1, 1, "a")), TIERS, AS_OF, Fraction(10))
    assert [entry.id for entry in plan.unplanned] == ["a", "b"]
    assert greedy((item("a", 1, 1),), TIERS, AS_OF, Fraction(0)).unplanned


def test_must_runs_ahead_with_what_precedes_it() -> None:
    found = waves_of(item("rich", 10, 99), item("must", 5, 1, "base", must=True), item("base", 5, 1))
    assert found == {"base": 1, "must": 1, "rich": 2}


def test_decisions_are_obeyed() -> None:
    pin = Decision(lane=Lane.PIN, wave=2, reason="r")
    defer = Decision(lane=Lane.DEFER, wave=3, reason="r")
    never = Decision(lane=Lane.DEFER, reason="r")
    drop = Decision(lane=Lane.DROP, reason="r")
    found = waves_of(
        item("pinned", 5, 1, decision=pin),
        item("deferred", 5, 99, decision=defer),
        item("never", 5, 99, decision=never),
        item("dropped", 5, 99, decision=drop),
        item("blocked", 5, 99, "dropped"),
        item("free", 5, 2),
    )
    assert found == {"pinned": 2, "deferred": 3, "free": 1}


def test_the_objective_discounts_each_wave() -> None:
    plan = greedy((item("a", 10, 4), item("b", 10, 3)), TIERS, AS_OF, Fraction(10))
    assert plan.objective == 4 + 3 * TIERS.discount


@st.composite
def instances(draw: st.DrawFn) -> tuple[Initiative, ...]:
    count = draw(st.integers(0, 9))
    found = []
    for index in range(count):
        after = tuple(f"i{other}" for other in range(index) if draw(st.integers(0, 3)) == 0)
        decision = draw(
            st.sampled_from(
                (
                    None,
                    None,
                    None,
                    Decision(lane=Lane.PIN, wave=2, reason="r"),
                    Decision(lane=Lane.DEFER, wave=2, reason="r"),
                    Decision(lane=Lane.DROP, reason="r"),
                )
            )
        )
        found.append(
            item(
                f"i{index}",
                draw(st.integers(0, 30)),
                draw(st.integers(0, 9)),
                *after,
                must=draw(st.booleans()),
                decision=decision,
            )
        )
    return tuple(found)


@given(instances(), st.integers(0, 12))
def test_no_plan_breaks_order_or_capacity(items: tuple[Initiative, ...], capacity: int) -> None:
    plan = greedy(items, TIERS, AS_OF, Fraction(capacity))
    check(plan.waves, items, capacity)
    done = {entry.id for wave in plan.waves for entry in wave.items}
    assert done | {entry.id for entry in plan.unplanned} == {entry.id for entry in items}
    assert all(other in done for entry in items if entry.id in done for other in entry.after)
    again = greedy(tuple(reversed(items)), TIERS, AS_OF, Fraction(capacity))
    assert again.waves == plan.waves


# ---- the best plan


def test_the_solver_finds_what_the_greedy_rule_misses() -> None:
    # The densest item blocks the pair that is worth more together.
    items = (item("dense", 6, 7), item("a", 5, 5), item("b", 5, 5))
    one = TIERS.model_copy(update={"waves": 1})
    assert greedy(items, one, AS_OF, Fraction(10)).objective == 7
    found = solve(items, one, AS_OF, Fraction(10))
    assert (found.objective, found.gap) == (Fraction(10), Fraction(0))


@pytest.mark.parametrize("capacity", ["30.12345678901234567890", "7/9999991"])
def test_a_capacity_finer_than_the_solver_counts_is_cut_and_claims_no_proof_it_lacks(capacity: str) -> None:
    items = tuple(item(f"i{n}", n % 7 + 20, n % 5 + 1) for n in range(9))
    plan = solve(items, TIERS, AS_OF, Fraction(capacity))
    whole = solve(items, TIERS, AS_OF, Fraction(int(Fraction(capacity))))
    assert (plan.objective, plan.bound) == (whole.objective, whole.bound)
    assert all(wave.used <= Fraction(capacity) for wave in plan.waves)


def test_a_gap_that_cannot_be_told_is_none() -> None:
    booking = Booking(Fraction(1), wave_starts(TIERS, AS_OF))
    assert booking.plan("s", (), TIERS, Fraction(1)).gap is None
    assert booking.plan("s", (), TIERS, Fraction(0)).gap == 0


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(3000, 1, 1), date.max])
def test_an_assessment_has_a_day_whose_waves_are_days_too(day: date) -> None:
    with pytest.raises(ValidationError):
        Assessment(organisation="o", questionnaire="test", as_of=day, capacity=Fraction(60))
    last = greedy((), TIERS.model_copy(update={"waves": 40, "wave_months": 12}), LAST_DAY, Fraction(1)).waves[-1]
    assert last.start.year == LAST_DAY.year + 39


def test_it_is_what_a_run_costs_that_ends_it_and_the_plan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many items of about the same density: hopeless to prove."""
    items = tuple(item(f"i{n}", 15 + n * 37 % 31, 10 + n * 23 % 31) for n in range(30))
    monkeypatch.setattr("scoring.program.SMALL_EFFORT", 5)
    plan = solve(items, TIERS, AS_OF, Fraction(60))
    assert plan.solver == "HiGHS, stopped early"
    assert plan.gap is not None
    assert plan.gap > 0
    assert solve(items, TIERS, AS_OF, Fraction(60)) == plan
