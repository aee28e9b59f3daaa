"""The roadmap against brute force, and what holds of every plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import Questionnaire, Scope
from scoring.assessment import Answer, Application, Assessment, Decision, Lane
from scoring.effect import done as once_done
from scoring.effect import effect, gain
from scoring.evaluation import evaluate
from scoring.lanes import lanes, wanted_by, wave_starts
from scoring.program import Program
from scoring.roadmap import Initiative, Plan, ReasonKind
from scoring.schedule import plan as best_plan
from scoring.schedule import solve
from scoring.scores import Scorer
from scoring.waves import Booking, fill, greedy, provisional

AS_OF = date(2026, 9, 30)
WAVES = 3
TIERS = shipped().tiers.model_copy(update={"waves": WAVES})
DAYS = wave_starts(TIERS, AS_OF)
CAPACITY = 6


def item(key: str, effort: int, value: int, after: Sequence[str], **more: Any) -> Initiative:
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
        after=tuple(after),
        must=more.get("must", False),
        reasons=(),
        decision=more.get("decision"),
    )


FREE = (
    None,
    None,
    None,
    Decision(lane=Lane.DEFER, wave=2, reason="r"),
    Decision(lane=Lane.DEFER, reason="r"),
    Decision(lane=Lane.DROP, reason="r"),
)
PROMISED = (
    Decision(lane=Lane.PIN, wave=1, reason="r"),
    Decision(lane=Lane.PIN, wave=2, reason="r"),
    Decision(lane=Lane.DUE, by=AS_OF, reason="r"),
    Decision(lane=Lane.DUE, by=DAYS[1], reason="r"),
    Decision(lane=Lane.DUE, by=DAYS[2] - timedelta(days=1), reason="r"),
    Decision(lane=Lane.DUE, by=DAYS[-1], reason="r"),
)


@st.composite
def instances(draw: st.DrawFn, decisions: Sequence[Decision | None] = FREE, musts: bool = False) -> list[Initiative]:
    """Up to five items, some of them larger than a wave."""
    return [
        item(
            f"i{index}",
            draw(st.integers(0, 9)),
            draw(st.integers(0, 9)),
            [f"i{other}" for other in range(index) if draw(st.integers(0, 3)) == 0],
            must=musts and draw(st.integers(0, 3)) == 0,
            decision=draw(st.sampled_from(decisions)),
        )
        for index in range(draw(st.integers(1, 5)))
    ]


# ---- brute force

Spans = Mapping[str, tuple[int, int]]
"""Item → the waves in which it begins and is done, from 0."""


def holds(items: Sequence[Initiative], spans: Spans) -> bool:
    """Whether order, capacity and decisions allow it. Nothing here is shared with the solver's own model."""
    left = [Fraction(CAPACITY)] * WAVES
    missing: dict[tuple[int, int, str], Fraction] = {}
    for entry in items:
        if entry.id not in spans:
            continue
        begun, done = spans[entry.id]
        decision = entry.decision
        if decision is not None and (decision.excludes or begun < (decision.wave or 1) - 1):
            return False
        if any(other not in spans or spans[other][1] > begun for other in entry.after):
            return False
        if begun == done:
            left[done] -= entry.effort
        else:  # something is done in each of its waves, and the rest wherever there is room
            for wave in range(begun, done + 1):
                left[wave] -= 1
            missing[done, begun, entry.id] = entry.effort - (done - begun + 1)
    if min(left) < 0:
        return False
    for wave in range(WAVES):
        for key in sorted(missing):
            done, begun, _ = key
            taken = min(left[wave], missing[key]) if begun <= wave <= done else Fraction(0)
            left[wave] -= taken
            missing[key] -= taken
    return not any(missing.values())


def choices(entry: Initiative) -> Iterator[tuple[int, int] | None]:
    yield None
    for begun in range(WAVES):
        if entry.effort <= CAPACITY:
            yield (begun, begun)
        else:
            yield from ((begun, done) for done in range(begun + 1, WAVES))


def every(items: Sequence[Initiative], fixed: Spans | None = None) -> Iterator[Spans]:
    """Every feasible way to plan; with ``fixed`` only those in which these items stand where they do."""
    ways = [[fixed[e.id]] if fixed is not None and e.id in fixed else list(choices(e)) for e in items]
    for chosen in itertools.product(*ways):
        spans = {entry.id: span for entry, span in zip(items, chosen, strict=True) if span is not None}
        if holds(items, spans):
            yield spans


def worth(items: Sequence[Initiative], spans: Spans) -> Fraction:
    return sum((e.value * TIERS.discount ** spans[e.id][1] for e in items if e.id in spans), Fraction(0))


def stands(plan: Plan) -> dict[str, int]:
    return {entry.id: wave.index - 1 for wave in plan.waves for entry in wave.items}


def kept(items: Sequence[Initiative], done: Mapping[str, int]) -> int:
    """Pins and days that hold."""
    return sum(
        done.get(e.id, WAVES) <= wave
        for e in items
        if e.decision is not None and e.decision.lane in (Lane.PIN, Lane.DUE)
        and (wave := wanted_by(e, DAYS)) is not None
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(instances())
def test_the_plan_is_the_true_optimum(items: list[Initiative]) -> None:
    plan = solve(items, TIERS, AS_OF, Fraction(CAPACITY))
    assert plan.objective == max(worth(items, spans) for spans in every(items))
    assert plan.gap == 0


def test_a_large_item_does_not_pause() -> None:
    """With a pause in wave 2 both would fit: 9 · 0.9 + 1 · 0.81. Without one the small item has to wait."""
    items = [item("small", 6, 9, [], decision=FREE[3]), item("large", 9, 1, [])]
    plan = solve(items, TIERS, AS_OF, Fraction(CAPACITY))
    assert stands(plan) == {"small": 2, "large": 1}
    assert plan.objective == 9 * Fraction(81, 100) + Fraction(9, 10)


def test_a_solution_without_the_value_that_the_solver_names_is_not_taken() -> None:
    """The presolve settles this one, and the solver handed its first solution back."""
    late = Decision(lane=Lane.DEFER, wave=2, reason="r")
    items = [item("a", 1, 0, []), item("b", 3, 0, [], decision=late), item("c", 7, 0, []), item("d", 9, 1, ["a", "b"])]
    assert stands(greedy(items, TIERS, AS_OF, Fraction(CAPACITY))).get("d") is None
    plan = solve(items, TIERS, AS_OF, Fraction(CAPACITY))
    assert stands(plan)["d"] == 2
    assert plan.gap == 0


@settings(max_examples=60, deadline=None)
@given(instances(decisions=(*FREE[2:], *PROMISED), musts=True))
def test_as_many_promises_hold_as_can_and_the_rest_is_the_best_beside_them(items: list[Initiative]) -> None:
    plan = solve(items, TIERS, AS_OF, Fraction(CAPACITY))
    done = stands(plan)
    _, urgent = lanes(items, DAYS)
    lane = [entry for entry in items if entry.id in urgent]
    assert kept(lane, done) == max(kept(lane, {key: span[1] for key, span in spans.items()}) for spans in every(lane))
    if any(entry.effort > CAPACITY for entry in lane):
        return  # it takes all that is left of its waves, which the brute force below does not know
    beside = [
        worth(items, spans)
        for spans in every(items)
        if all(spans.get(key, (0, None))[1] == done.get(key) for key in urgent)
    ]
    assert plan.objective == max(beside)


@settings(max_examples=60, deadline=None)
@given(instances(decisions=(*FREE, *PROMISED), musts=True), st.integers(0, 12), st.randoms(use_true_random=False))
def test_no_plan_breaks_anything_and_none_depends_on_the_order_of_its_input(
    items: list[Initiative], capacity: int, random: Any
) -> None:
    other = list(items)
    random.shuffle(other)
    for make in (greedy, solve):
        plan = make(items, TIERS, AS_OF, Fraction(capacity))
        assert make(other, TIERS, AS_OF, Fraction(capacity)) == plan
        check(items, plan, capacity)
    quick, best = greedy(items, TIERS, AS_OF, Fraction(capacity)), solve(items, TIERS, AS_OF, Fraction(capacity))
    _, urgent = lanes(items, DAYS)
    if all(stands(quick).get(key) == stands(best).get(key) for key in urgent):
        assert best.objective >= quick.objective


def check(items: Sequence[Initiative], plan: Plan, capacity: int) -> None:
    done = stands(plan)
    assert sorted([*done, *(entry.id for entry in plan.unplanned)]) == [entry.id for entry in items]
    for entry in items:
        if entry.id in done:
            assert all(done.get(other, WAVES) <= done[entry.id] for other in entry.after)
            assert entry.decision is None or not entry.decision.excludes
            assert entry.decision is None or done[entry.id] >= (entry.decision.wave or 1) - 1
    efforts = {entry.id: entry.effort for entry in items}
    for wave in plan.waves:
        assert 0 <= wave.used <= capacity
        until = plan.waves[: wave.index]
        assert sum(w.used for w in until) >= sum(efforts[e.id] for w in until for e in w.items)
    assert sum(wave.used for wave in plan.waves) == sum(efforts[key] for key in done)


@settings(max_examples=60, deadline=None)
@given(instances(decisions=(*FREE, *PROMISED), musts=True))
def test_every_item_says_truly_why_it_stands_where_it_stands(items: list[Initiative]) -> None:
    for plan in (greedy(items, TIERS, AS_OF, Fraction(CAPACITY)), solve(items, TIERS, AS_OF, Fraction(CAPACITY))):
        done = stands(plan)
        for entry in (*plan.unplanned, *(entry for wave in plan.waves for entry in wave.items)):
            texts = {reason.kind: reason.text for reason in entry.reasons}
            place, said = texts[ReasonKind.PLACE], texts.get(ReasonKind.DECISION)
            wave = done.get(entry.id)
            assert place.startswith(("In the first wave", "Ahead", "Larger")) or wave != 0
            assert wave is None or not place.startswith(("Left out", "Needs", "With what", "The waves", "Its "))
            assert (said is None) == (entry.decision is None)
            if entry.decision is not None and said is not None and entry.decision.lane in (Lane.PIN, Lane.DUE):
                wanted = wanted_by(entry, DAYS) if entry.decision.by is None or entry.decision.by < DAYS[-1] else None
                broken = wanted is not None and (wave is None or wave > wanted)
                if not entry.must:
                    assert (" but " in said) == broken, (said, wave)
            if "no room left" in place and wave is not None:
                asked = entry.decision.wave if entry.decision is not None else None
                first = max([done[o] for o in entry.after] + [(asked or 1) - 1])
                room = [w.capacity - w.used for w in plan.waves[first:wave]]
                assert entry.effort > CAPACITY or min(entry.effort - r for r in room) > 0


@settings(max_examples=60, deadline=None)
@given(instances(), st.integers(1, 12))
def test_the_greedy_plan_is_a_solution_of_the_program(items: list[Initiative], capacity: int) -> None:
    """Else the solver throws its first solution away without a word."""
    open_, _ = lanes(items, DAYS)
    rest = [entry for entry in items if entry.id in open_]
    empty = Booking(Fraction(capacity), DAYS)
    start = empty.copy()
    fill(start, rest, open_)
    program = Program(rest, empty, lambda entry, wave: entry.value * TIERS.discount**wave)
    values = program.values(start)
    for lower, upper, columns, weights in program.rows:
        assert lower <= sum(values[c] * w for c, w in zip(columns, weights, strict=True)) <= upper
    assert all(0 <= value <= upper for value, (_, upper, _) in zip(values, program.columns, strict=True))


# ---- from answers to the plan and what it does

CRITERIA = {"a.app": ("two", "two-b", "three"), "a.org": ("two", "three")}
LEVEL = {"two": 2, "two-b": 2, "three": 3}
STEPS = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}


def asked() -> Questionnaire:
    words = {"name": "n", "purpose": "p"}

    def criterion(practice: str, name: str) -> dict[str, Any]:
        days = {"setup_days": 5, "per_application_days": 2 if practice == "a.app" else 0}
        key = {"id": f"{practice}.{name}", "level": LEVEL[name]}
        return {**key, "question": f"{practice} {name}?", "why": "w", "good": "g", **days}

    scopes = {"a.app": "application", "a.org": "organisation"}
    practices = [
        {"id": key, "scope": scopes[key], **words, "criterion": [criterion(key, name) for name in names]}
        for key, names in CRITERIA.items()
    ]
    found = frozen_questionnaire(
        {
            **{"schema_version": 1, "id": "test", "version": "1", "title": "t", "description": "d", "licence": "l"},
            **{"met": "largely", "presence": "partly"},
            "level": [{"number": n, "name": f"L{n}", "meaning": "m"} for n in range(1, 5)],
            "scale": [{"id": key, "name": key, "value": value, "meaning": "m"} for key, value in STEPS.items()],
            "target": [{"tier": t, "pillar": "a", "level": 3, "reason": "r"} for t in "123"],
            "pillar": [{"id": "a", **words, "practice": practices}],
        },
        "test.toml",
    )
    assert isinstance(found, Loaded), found
    return found.value


ASKED = asked()
STATES = st.sampled_from([None, *STEPS, "not-applicable"])


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    def answers(practices: Sequence[str]) -> dict[str, Answer]:
        found = {f"{p}.{name}": draw(STATES) for p in practices for name in CRITERIA[p]}
        return {key: Answer(value=value, reason="r") for key, value in found.items() if value is not None}

    applications = {
        key: Application(id=key, name=key, tier=draw(st.sampled_from("12")), answers=answers(["a.app"]))
        for key in ("pay", "crm", "fx")[: draw(st.integers(0, 3))]
    }
    return Assessment(
        organisation="o",
        questionnaire="test",
        as_of=AS_OF,
        capacity=Fraction(draw(st.sampled_from([0, 5, 9, 30, 10_000]))),
        answers=answers(["a.app", "a.org"]),
        applications=applications,
        targets={"2": {"a": draw(st.integers(1, 3))}},
    )


@settings(max_examples=60, deadline=None)
@given(assessments())
def test_set_up_is_charged_once_and_what_is_shared_counts_once(assessment: Assessment) -> None:
    claims = evaluate(shipped(), Scorer(ASKED), assessment).claims
    plan = provisional(shipped(), ASKED, assessment, claims)
    items = [*(entry for wave in plan.waves for entry in wave.items), *plan.unplanned]
    assert len({entry.id for entry in items}) == len(items)
    lacking = [(entry, key) for entry in items for key in entry.criteria]
    once = sum((ASKED.criteria[key].setup_days for key in {key for _, key in lacking}), Fraction(0))
    each = Fraction(0)
    for entry, key in lacking:
        if entry.scope is Scope.APPLICATION:
            after = once_done(ASKED, assessment, [entry])
            lost = [
                a for a in entry.applications if after.applications[a].answers != assessment.applications[a].answers
            ]
            assert lost == list(entry.applications)
            mended = [a for a in lost if after.applications[a].answers.get(key) == Answer(value="fully")]
            each += 2 * len(mended)
    assert sum((entry.effort for entry in items), Fraction(0)) == once + each


@settings(max_examples=40, deadline=None)
@given(assessments())
def test_the_projection_is_what_the_scores_will_be(assessment: Assessment) -> None:
    scorer = Scorer(ASKED)
    before = evaluate(shipped(), scorer, assessment)
    plan = best_plan(shipped(), ASKED, assessment, before.claims)
    found = effect(ASKED, assessment, before, plan)
    items = [entry for wave in plan.waves for entry in wave.items]
    after = evaluate(shipped(), Scorer(ASKED), once_done(ASKED, assessment, items))
    assert found.tiers.keys() == after.scores.tiers.keys()
    for tier, steps in found.tiers.items():
        assert len(steps) == len(plan.waves) + 1
        for node in ("", "a"):
            now = after.scores.tiers[tier].nodes[node].score
            stands = [step[node] for step in steps]
            if now is None:
                assert stands == [None] * len(steps)
                continue
            assert stands[-1] == (now.low, now.level)
            known = [stand for stand in stands if stand is not None]
            assert known == sorted(known, key=lambda stand: (stand.score, stand.level))
            assert all(a.level <= b.level for a, b in itertools.pairwise(known))
        first, last = steps[0][""], steps[-1][""]
        if first is not None and last is not None:
            served = [entry for entry in items if tier in entry.tiers or entry.scope is Scope.APPLICATION]
            own = [gain(scorer, assessment, before.claims, before.scores, entry, tier) for entry in served]
            shared = [e for e in items if e not in served]
            alone = effect_of(assessment, [*served], tier)
            assert sum(own, Fraction(0)) == alone - first.score
            assert shared or alone == last.score


def effect_of(assessment: Assessment, items: Sequence[Initiative], tier: str) -> Fraction:
    found = evaluate(shipped(), Scorer(ASKED), once_done(ASKED, assessment, items)).scores.tiers[tier].overall.score
    assert found is not None
    return found.low
