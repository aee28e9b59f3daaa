"""What became of an earlier roadmap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from scoring.assessment import Assessment, Decision, Lane
from scoring.delivery import Cause, Delivery, ItemMove, deliveries
from tests.progress_example import assessment, plan, questionnaire

Q = questionnaire()
THEN = (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31))
NOW = (date(2026, 9, 30), date(2026, 12, 30), date(2027, 3, 30), date(2027, 6, 30))
ITEM = "a.app/2/tier-1"


def moved(then: Mapping[str, int | None], now: Mapping[str, int | None], today: Assessment) -> dict[str, ItemMove]:
    return {move.id: move for move in deliveries(Q, today, plan(THEN, then), plan(NOW, now))}


@pytest.mark.parametrize(
    ("then", "now", "kind", "cause"),
    [
        pytest.param(3, 1, Delivery.UNCHANGED, None, id="from 31 to 30 December: the same wave"),
        pytest.param(2, 1, Delivery.SLIPPED, Cause.LATER, id="a wave later"),
        pytest.param(3, 0, Delivery.SOONER, None, id="a wave sooner"),
        pytest.param(1, 0, Delivery.SLIPPED, Cause.OVERDUE, id="its wave ended on the day"),
        pytest.param(0, 3, Delivery.SLIPPED, Cause.OVERDUE, id="its wave ended long ago"),
        pytest.param(None, 1, Delivery.NEW, Cause.PLACED, id="it had no place then"),
        pytest.param(1, None, Delivery.DROPPED, Cause.NOT_PLANNED, id="no place now"),
    ],
)
def test_an_open_gap_by_where_it_stood_and_stands(
    then: int | None, now: int | None, kind: Delivery, cause: Cause | None
) -> None:
    move = moved({ITEM: then}, {ITEM: now}, assessment())[ITEM]
    assert (move.kind, move.cause) == (kind, cause)
    assert move.before == (None if then is None else THEN[then])
    assert move.now == (None if now is None else NOW[now])


def test_what_no_plan_had_a_place_for_is_no_delivery() -> None:
    for then in ({}, {ITEM: None}):
        assert moved(then, {ITEM: None}, assessment()) == {}
    nobody = assessment({"pay": "2"})
    assert moved({ITEM: None}, {}, nobody) == {}, "dropped is only what was planned"


def test_what_was_done_without_a_place_is_none_of_what_was_planned() -> None:
    done = assessment(common={"a.app.two": "fully"})
    for then, now in (({ITEM: None}, {}), ({}, {ITEM: 1})):
        move = moved(then, now, done)[ITEM]
        assert (move.kind, move.cause, move.before, move.now) == (Delivery.DONE_UNPLANNED, Cause.GAP_CLOSED, None, None)


def test_a_shared_item_is_counted_for_the_tiers_that_planned_it() -> None:
    key = "b.org/2"
    then, now = plan(THEN, {key: 3}, ("1", "2")), plan(NOW, {key: 1}, ("1", "3"))
    (move,) = deliveries(Q, assessment({"pay": "1", "hr": "3"}), then, now)
    assert move.tiers == ("1", "2")


def test_an_item_of_only_one_plan() -> None:
    new = moved({}, {ITEM: 1}, assessment())[ITEM]
    assert (new.kind, new.cause, new.now) == (Delivery.NEW, None, NOW[1])
    gone = moved({ITEM: 1}, {}, assessment())[ITEM]
    assert (gone.kind, gone.cause) == (Delivery.DROPPED, Cause.NOT_PLANNED)


def test_done_is_read_from_the_answers_even_where_the_plan_is_older() -> None:
    done = assessment(common={"a.app.two": "largely"})
    for now in ({}, {ITEM: 1}):
        move = moved({ITEM: 0}, now, done)[ITEM]
        assert (move.kind, move.cause, move.now) == (Delivery.DONE, Cause.GAP_CLOSED, None)


def test_a_wave_is_over_on_the_day_after_its_last() -> None:
    """It begins on 30 June and lasts the 91 days of the one before it, so 28 September is its last."""
    for day, cause in ((date(2026, 9, 28), Cause.LATER), (date(2026, 9, 29), Cause.OVERDUE)):
        assert moved({ITEM: 1}, {ITEM: 1}, assessment(as_of=day))[ITEM].cause is cause


def test_a_gap_at_the_target_itself_is_open() -> None:
    assert moved({"a.app/3/tier-1": 3}, {"a.app/3/tier-1": 1}, assessment())["a.app/3/tier-1"].cause is None


def test_one_application_with_the_gap_keeps_the_item_open() -> None:
    today = assessment({"pay": "1", "hub": "1"}, own={"pay": {"a.app.two": "fully"}})
    assert moved({ITEM: 3}, {ITEM: 1}, today)[ITEM].kind is Delivery.UNCHANGED


def test_a_person_dropped_it() -> None:
    decision = Decision(lane=Lane.DROP, reason="The platform goes.")
    move = moved({ITEM: 3}, {ITEM: None}, assessment(decisions={ITEM: decision}))[ITEM]
    assert (move.kind, move.cause, move.reason) == (Delivery.DROPPED, Cause.DECIDED, "The platform goes.")


@pytest.mark.parametrize(
    ("key", "today", "cause"),
    [
        ("a.app/3/tier-1", assessment(targets={"1": {"a": 2}}), Cause.TARGET_LOWERED),
        (ITEM, assessment({"pay": "2"}), Cause.NO_APPLICATION),
        (ITEM, assessment(common={"a.app.two": "not-applicable"}), Cause.NOT_APPLICABLE),
        ("a.app/4/tier-1", assessment(), Cause.NOT_ASKED),
        ("a.gone/2/tier-1", assessment(), Cause.NOT_ASKED),
    ],
)
def test_what_left_for_another_reason_is_not_called_done(key: str, today: Assessment, cause: Cause) -> None:
    move = moved({key: 3}, {}, today)[key]
    assert (move.kind, move.cause) == (Delivery.DROPPED, cause)


def test_an_item_of_the_organisation_is_done_once() -> None:
    key = "b.org/2"
    assert moved({key: 3}, {}, assessment(common={"b.org.two": "fully"}))[key].kind is Delivery.DONE
    # An application cannot answer for the organisation.
    own = assessment(own={"pay": {"b.org.two": "fully"}})
    assert moved({key: 3}, {key: 1}, own)[key].kind is Delivery.UNCHANGED


def test_one_tier_sees_its_own_items() -> None:
    then = plan(THEN, {ITEM: 0})
    now = plan(NOW, {"a.app/2/tier-2": 0})
    today = assessment({"pay": "1", "crm": "2"})
    assert [move.id for move in deliveries(Q, today, then, now, "2")] == ["a.app/2/tier-2"]
    assert len(deliveries(Q, today, then, now)) == 2


def test_a_plan_of_one_wave_knows_no_end_of_it() -> None:
    then, now = plan(THEN[:1], {ITEM: 0}), plan(NOW[:1], {ITEM: 0})
    (move,) = deliveries(Q, assessment(), then, now)
    assert (move.kind, move.cause) == (Delivery.SLIPPED, Cause.LATER)
