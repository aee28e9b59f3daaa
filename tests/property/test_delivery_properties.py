"""What must hold for every two plans: what was planned then adds up, for every tier and for all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from questionnaires.model import NOT_APPLICABLE
from reports.progress import delivered
from scoring.assessment import Assessment, Decision, Lane
from scoring.delivery import Delivery, ItemMove, deliveries
from scoring.roadmap import Plan
from tests.progress_example import NOW, STEPS, THEN, assessment, plan, questionnaire

Q = questionnaire()
OWN = [f"{practice}/{level}/tier-{tier}" for practice in ("a.app", "a.gone") for level in (2, 3) for tier in "12"]
ITEMS = [*OWN, "b.org/2", "b.org/3"]
OF_PLANNED = {Delivery.DONE, Delivery.UNCHANGED, Delivery.SOONER, Delivery.SLIPPED, Delivery.DROPPED}
TOLD = re.compile(r"Of (\d+) .*: (\d+) done, (\d+) on course, (\d+) slipped, (\d+) dropped; .*: (\d+) done, (\d+) new")

steps = st.sampled_from((*STEPS, NOT_APPLICABLE))


def plans(first: date) -> st.SearchStrategy[Plan]:
    starts = [first + timedelta(91) * wave for wave in range(4)]
    placed = st.dictionaries(st.sampled_from(ITEMS), st.sampled_from((0, 1, 2, 3, None)))
    return st.builds(plan, st.just(starts), placed, st.sampled_from((("1",), ("2",), ("1", "2"))))


def today(tiers: Mapping[str, str], common: Mapping[str, str], dropped: Sequence[str]) -> Assessment:
    decision = Decision(lane=Lane.DROP, reason="Not now.")
    return assessment(tiers, common, decisions=dict.fromkeys(dropped, decision))


assessments = st.builds(
    today,
    st.dictionaries(st.sampled_from(["pay", "crm"]), st.sampled_from("12")),
    st.dictionaries(st.sampled_from([key for key in Q.criteria if "more" not in key]), steps),
    st.lists(st.sampled_from(ITEMS)),
)


def adds_up(then: Plan, moves: Sequence[ItemMove], tier: str | None) -> None:
    planned = {item.id for wave in then.waves for item in wave.items if tier is None or tier in item.tiers}
    counts = Counter(move.kind for move in moves)
    assert {move.id for move in moves if move.kind in OF_PLANNED} == planned
    assert sum(counts[kind] for kind in OF_PLANNED) == len(planned)
    assert all(move.now for move in moves if move.kind is Delivery.NEW)
    if planned:
        told = TOLD.fullmatch(delivered(moves))
        assert told is not None
        whole, *parts = map(int, told.groups())
        assert whole == len(planned) == sum(parts[:4])
        assert parts[4:] == [counts[Delivery.DONE_UNPLANNED], counts[Delivery.NEW]]


@given(plans(THEN), plans(NOW), assessments)
def test_what_was_planned_then_adds_up(then: Plan, now: Plan, given: Assessment) -> None:
    moves = deliveries(Q, given, then, now)
    adds_up(then, moves, None)
    for tier in "12":
        adds_up(then, [move for move in moves if tier in move.tiers], tier)
        adds_up(then, deliveries(Q, given, then, now, tier), tier)
