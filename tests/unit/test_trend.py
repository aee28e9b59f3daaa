"""The line through dated engagements, its interval, and what is left out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import exp, lgamma, pi, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.results import Owner, Results, Stored
from scoring.trend import QUANTILES, WITHIN, Measure, Omission, Point, Trend, fit, trend
from tests.progress_example import questionnaire

Q = questionnaire()
TIER = Owner("1", None)
START = date(2026, 1, 1)


def on(day: int) -> date:
    return START + timedelta(days=day)


def point(day: int, low: str | None, evidenced: str = "1", **more: object) -> Point:
    """A point of tier 1 with the same score overall and in both pillars."""
    stored = None
    if low is not None:
        stored = Stored(Fraction(low), Fraction(4), Fraction(evidenced), 1, 1, 1, 0)
    nodes = {TIER: dict.fromkeys(("", "a", "b"), stored)}
    known = Point(f"day {day}", on(day), "test", Q.digests, Results("1", nodes, {}))
    return replace(known, **more)  # type: ignore[arg-type]


def trended(*points: Point, target: str = "3", horizons: tuple[int, ...] = (300,)) -> Trend:
    *earlier, today = points
    days = tuple(on(day) for day in horizons)
    return trend(Q, TIER, earlier, today, targets={"": Fraction(target)}, horizons=days)


THREE = (point(0, "2"), point(100, "23/10"), point(200, "12/5"))


def test_the_line_and_its_interval_worked_out_by_hand() -> None:
    """Days 0, 100, 200 with 2, 2.3, 2.4.

    x̄ = 100, S = 100² + 0 + 100² = 20 000; ȳ = 6.7/3 = 67/30; Σ(x-x̄)(y-ȳ) = 100·(2.4 - 2) = 40; b = 40/20 000 = 1/500.
    On the line: 61/30, 67/30, 73/30; residuals -1/30, 2/30, -1/30; s² = (1 + 4 + 1)/900 / (3 - 2) = 1/150.
    Day 300: 67/30 + 200/500 = 79/30 ≈ 2.6333; 1 + 1/3 + 200²/20 000 = 10/3; s·√(10/3) = √(10/450) = √(1/45) ≈ 0.149071;
    times t(1; 0.90) = 3.077684 ≈ 0.458794: from 2.174539 to 3.092127.
    """
    line = fit([p.as_of for p in THREE], [Fraction(2), Fraction(23, 10), Fraction(12, 5)])
    assert line is not None
    assert (line.slope, line.mean, line.variance) == (Fraction(1, 500), Fraction(67, 30), Fraction(1, 150))
    assert line.at(on(300)) == Fraction(79, 30)
    (forecast,) = trended(*THREE).course("", Measure.CLAIMED).forecasts
    assert forecast.day == on(300)
    assert forecast.low == pytest.approx(2.174539, abs=1e-6)
    assert forecast.middle == pytest.approx(2.633333, abs=1e-6)
    assert forecast.high == pytest.approx(3.092127, abs=1e-6)


def test_when_the_target_is_met_in_the_terms_of_the_interval() -> None:
    """The same line: high(d) = 67/30 + (d-100)/500 + 3.077684·√((4/3 + (d-100)²/20 000)/150)."""

    def high(day: int) -> float:
        return 67 / 30 + (day - 100) / 500 + 3.077684 * sqrt((4 / 3 + (day - 100) ** 2 / 20_000) / 150)

    reach = trended(*THREE).course("", Measure.CLAIMED).reach
    assert reach is not None
    assert reach.earliest is not None
    first = (reach.earliest - START).days
    assert high(first - 1) < 3 <= high(first)
    assert (reach.met, reach.latest) == (False, None)


def test_a_line_that_fits_exactly_has_no_width_and_says_so() -> None:
    """1.5, 2, 2.5 a hundred days apart: 3 on day 300, the first day at or above it."""
    course = trended(point(0, "3/2"), point(100, "2"), point(200, "5/2")).course("", Measure.CLAIMED)
    assert course.line is not None
    assert course.line.exact
    (forecast,) = course.forecasts
    assert forecast.low == forecast.middle == forecast.high == 3
    assert course.reach is not None
    assert course.reach.earliest == course.reach.latest == on(300)


def test_a_target_that_stands_is_met_and_a_falling_line_never_meets_one() -> None:
    met = trended(*THREE, target="12/5").course("", Measure.CLAIMED).reach
    assert met is not None
    assert (met.met, met.earliest, met.latest) == (True, None, None)
    falling = trended(point(0, "5/2"), point(100, "2"), point(200, "3/2")).course("", Measure.CLAIMED).reach
    assert falling is not None
    assert (falling.met, falling.earliest, falling.latest) == (False, None, None)


def test_the_first_and_the_last_day_that_is_looked_at() -> None:
    """A quarter in every half of ``WITHIN`` days, so 1 / (4 · half) a day."""
    half = WITHIN // 2
    points = (point(0, "1"), point(half, "5/4"), point(2 * half, "3/2"))
    at_the_end = trended(*points, target=str(Fraction(3, 2) + Fraction(WITHIN, 4 * half))).course("", Measure.CLAIMED)
    beyond = trended(*points, target=str(Fraction(3, 2) + Fraction(WITHIN + 1, 4 * half))).course("", Measure.CLAIMED)
    tomorrow = trended(*points, target=str(Fraction(3, 2) + Fraction(1, 4 * half))).course("", Measure.CLAIMED)
    assert tomorrow.reach is not None
    assert tomorrow.reach.earliest == tomorrow.reach.latest == on(2 * half + 1)
    assert at_the_end.reach is not None
    assert beyond.reach is not None
    assert at_the_end.reach.latest == on(2 * half + WITHIN)
    assert beyond.reach.earliest is None


def test_forecasts_stay_on_the_scale() -> None:
    steep = trended(point(0, "1"), point(100, "2"), point(200, "7/2"), horizons=(300, 3000))
    for forecast in steep.course("", Measure.CLAIMED).forecasts:
        assert 1 <= forecast.low <= forecast.middle <= forecast.high <= 4


@pytest.mark.parametrize("points", [(point(200, "2"),), (point(0, "1"), point(200, "2"))])
def test_two_engagements_make_no_line(points: tuple[Point, ...]) -> None:
    course = trended(*points).course("", Measure.CLAIMED)
    assert (course.line, course.forecasts, course.reach) == (None, (), None)
    assert len(course.values) == len(points)


def test_a_pillar_without_a_score_on_some_day_has_fewer_points() -> None:
    hole = point(100, "2")
    nodes = {TIER: {**hole.results.nodes[TIER], "b": None}}
    found = trended(THREE[0], replace(hole, results=Results("1", nodes, {})), THREE[2])
    assert len(found.points) == 3
    assert found.course("b", Measure.CLAIMED).days == (on(0), on(200))
    assert found.course("b", Measure.CLAIMED).line is None
    assert found.course("a", Measure.CLAIMED).line is not None


def test_what_does_not_compare_is_left_out_and_says_why() -> None:
    others = dict.fromkeys(list(Q.digests)[:1], "0" * 64)
    given = (
        point(10, "2", questionnaire="other", label="q"),
        point(20, "2", digests={**Q.digests, **others}, label="d"),
        point(30, "2", results=replace(THREE[0].results, rules="0"), label="r"),
        point(40, "2", results=Results("1", {Owner("2", None): {}}, {}), label="t"),
        point(50, None, label="n"),
        point(60, "2", label="one"),
        point(60, "2", label="two"),
        point(200, "2", label="today's day"),
        point(300, "2", label="later"),
    )
    found = trended(*given, THREE[2])
    assert {entry.label: entry.why for entry in found.omitted} == {
        "q": Omission.OTHER_QUESTIONNAIRE,
        "d": Omission.OTHER_QUESTIONS,  # one of five: a fifth, where a tenth is allowed
        "r": Omission.OTHER_RULES,
        "t": Omission.NOT_KNOWN,
        "n": Omission.NOT_KNOWN,
        "one": Omission.SAME_DAY,
        "today's day": Omission.SAME_DAY,
        "later": Omission.LATER,
    }
    assert [entry.label for entry in found.points] == ["two", "day 200"]


def test_nine_in_ten_of_the_questions_are_enough_on_both_sides() -> None:
    asked = {str(number): "a" * 64 for number in range(10)}
    changed = {**asked, "0": "b" * 64}
    more = {**asked, "10": "a" * 64}
    for digests, left_out in ((changed, 0), (more, 0), ({**changed, "1": "b" * 64}, 1), ({**more, "0": "b" * 64}, 1)):
        for then, now in ((digests, asked), (asked, digests)):
            found = trended(point(0, "2", digests=then), point(200, "2", digests=now))
            assert len(found.omitted) == left_out


def test_an_application_keeps_its_course_in_another_tier() -> None:
    moved = [
        Point(
            str(day), on(day), "test", Q.digests, Results("1", {Owner(tier, "pay"): THREE[0].results.nodes[TIER]}, {})
        )
        for day, tier in ((0, "2"), (100, "1"))
    ]
    assert len(trend(Q, Owner("1", "pay"), moved[:1], moved[1], targets={}).points) == 2


def test_claimed_and_evidenced_are_two_courses() -> None:
    points = [point(day, "3", evidenced) for day, evidenced in ((0, "1"), (100, "3/2"), (200, "2"))]
    found = trended(*points)
    assert found.course("a", Measure.CLAIMED).values == (Fraction(3), Fraction(3), Fraction(3))
    assert found.course("a", Measure.EVIDENCED).values == (Fraction(1), Fraction(3, 2), Fraction(2))
    with pytest.raises(KeyError):
        found.course("c", Measure.CLAIMED)


# ---- the method


@pytest.mark.parametrize("freedom", range(1, len(QUANTILES) + 1))
def test_the_quantiles_leave_a_tenth_above_them(freedom: int) -> None:
    """Student's density integrated from 0 to t by Simpson's rule is 0.40."""
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)

    def density(x: float) -> float:
        return float(scale * (1 + x * x / freedom) ** (-(freedom + 1) / 2))

    steps, top = 2000, QUANTILES[freedom - 1]
    width = top / steps
    inner = sum((4 if i % 2 else 2) * density(i * width) for i in range(1, steps))
    assert (density(0) + inner + density(top)) * width / 3 == pytest.approx(0.4, abs=1e-6)


days = st.lists(st.integers(0, 3000), min_size=3, max_size=40, unique=True).map(sorted)
scores = st.fractions(1, 4, max_denominator=60)


@given(days, st.data())
def test_the_interval_holds_the_line_and_widens_with_the_distance(given_days: list[int], data: st.DataObject) -> None:
    values = data.draw(st.lists(scores, min_size=len(given_days), max_size=len(given_days)))
    line = fit([on(day) for day in given_days], values)
    assert line is not None
    near, far = sorted(data.draw(st.lists(st.integers(0, 3000), min_size=2, max_size=2, unique=True)))
    middle = int(line.mean_day) + 1
    assert line.half(date.fromordinal(middle + far)) >= line.half(date.fromordinal(middle + near)) >= 0
    if not line.exact:
        assert line.half(date.fromordinal(middle + far)) > line.half(date.fromordinal(middle + near))
    # Least squares: the residuals add up to nothing, and so do they weighted by the days.
    off = [value - line.at(on(day)) for day, value in zip(given_days, values, strict=True)]
    assert sum(off) == 0
    assert sum(r * day for r, day in zip(off, given_days, strict=True)) == 0


@given(days, st.fractions(1, 4, max_denominator=9), st.fractions(-1, 1, max_denominator=1000))
def test_points_on_a_line_give_that_line(given_days: list[int], level: Fraction, slope: Fraction) -> None:
    line = fit([on(day) for day in given_days], [level + slope * day for day in given_days])
    assert line is not None
    assert (line.exact, line.slope, line.half(on(9999))) == (True, slope, 0)


@given(days, st.data())
def test_the_order_of_points_never_matters(given_days: list[int], data: st.DataObject) -> None:
    assume(len(given_days) < 10)
    values = data.draw(st.lists(scores, min_size=len(given_days), max_size=len(given_days)))
    *earlier, today = [point(day, str(value)) for day, value in zip(given_days, values, strict=True)]
    shuffled = data.draw(st.permutations(earlier))
    assert trended(*earlier, today).courses == trended(*shuffled, today).courses
