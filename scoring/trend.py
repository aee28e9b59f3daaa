"""Where scores are heading: a straight line through three or more dated engagements, never without its interval.

Method: ordinary least squares of the score on the day. For *n* engagements at days *x* with scores *y*, mean day *x̄*
and ``S = Σ(x - x̄)²``, the line is ``ŷ(x) = ȳ + b·(x - x̄)`` with ``b = Σ(x - x̄)(y - ȳ) / S``; the variance around it
is ``s² = Σ(y - ŷ)² / (n - 2)``. A new engagement on day *x* falls, with a probability of 80 %, within
``ŷ(x) ± t·s·√(1 + 1/n + (x - x̄)²/S)``, *t* being Student's 0.90 quantile for n - 2 degrees of freedom (any textbook
on regression, "prediction interval"). Line and variance are exact; only the root and *t* are not. What is shown is held
to the scale. The method takes the past pace for granted: it knows nothing of the roadmap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from questionnaires.model import Questionnaire
from scoring.assessment import Assessment
from scoring.evaluation import Evaluation
from scoring.progress import Baseline, nodes_of
from scoring.results import Owner, Results, Stored, results
from scoring.roadmap import Plan
from scoring.scores import overall_target

QUANTILES = (
    3.077684, 1.885618, 1.637744, 1.533206, 1.475884, 1.439756, 1.414924, 1.396815, 1.383029, 1.372184,
    1.363430, 1.356217, 1.350171, 1.345030, 1.340606, 1.336757, 1.333379, 1.330391, 1.327728, 1.325341,
    1.323188, 1.321237, 1.319460, 1.317836, 1.316345, 1.314972, 1.313703, 1.312527, 1.311434, 1.310415,
)  # fmt: skip
"""Student's t at 0.90 for 1, 2, 3 … degrees of freedom; beyond the last that one, which is wider than need be."""
LEAST = 3
"""Engagements on different days without which no line is drawn: two always lie on one."""
WITHIN = 730
"""Days ahead within which a target is looked for."""
AHEAD = 4
"""Waves that are forecast: a straight line is trusted for no longer."""
SHARED = Fraction(9, 10)
"""The share of questions that an engagement must have in common with today's: a score over others is another score."""


@dataclass(frozen=True, slots=True)
class Point:
    """One dated engagement."""

    label: str
    as_of: date
    questionnaire: str
    digests: Mapping[str, str]
    results: Results


class Omission(StrEnum):
    """Why an engagement is not in the trend."""

    OTHER_QUESTIONNAIRE = "other-questionnaire"
    OTHER_QUESTIONS = "other-questions"
    """Fewer than ``SHARED`` of the questions are the same."""
    OTHER_RULES = "other-rules"
    """Another version of the scoring rules made its scores."""
    NOT_KNOWN = "not-known"
    """It has no score for whom the trend is of."""
    SAME_DAY = "same-day"
    """A later entry of the same day stands for it."""
    LATER = "later"
    """It is dated after today's engagement."""


@dataclass(frozen=True, slots=True)
class Omitted:
    label: str
    as_of: date
    why: Omission


class Measure(StrEnum):
    CLAIMED = "claimed"
    EVIDENCED = "evidenced"


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted line with what its intervals need. Days are ordinals; all of it is exact."""

    count: int
    mean_day: Fraction
    mean: Fraction
    slope: Fraction
    """Score per day."""
    spread: Fraction
    """``S``: sum of squared distances of the days from their mean."""
    variance: Fraction
    """``s²``; zero where all points lie on the line."""

    @property
    def exact(self) -> bool:
        """All points lie on the line: no scatter to measure, so its intervals have no width and prove nothing."""
        return self.variance == 0

    def at(self, day: date) -> Fraction:
        """The line's own value, not held to any scale."""
        return self.mean + self.slope * (day.toordinal() - self.mean_day)

    def half(self, day: date) -> float:
        """Half the width of the 80 % prediction interval."""
        quantile = QUANTILES[min(self.count - 2, len(QUANTILES)) - 1]
        distance = float(day.toordinal() - self.mean_day) ** 2 / float(self.spread)
        return quantile * sqrt(float(self.variance) * (1 + 1 / self.count + distance))


def fit(days: Sequence[date], values: Sequence[Fraction]) -> Line | None:
    """The line through dated values, by least squares; None for fewer than three different days."""
    if len(set(days)) < LEAST:
        return None
    count, ordinals = len(days), [day.toordinal() for day in days]
    mean_day, mean = Fraction(sum(ordinals), count), sum(values, Fraction(0)) / count
    spread = sum(((x - mean_day) ** 2 for x in ordinals), Fraction(0))
    slope = sum(((x - mean_day) * (y - mean) for x, y in zip(ordinals, values, strict=True)), Fraction(0)) / spread
    off = [y - mean - slope * (x - mean_day) for x, y in zip(ordinals, values, strict=True)]
    return Line(count, mean_day, mean, slope, spread, sum((r * r for r in off), Fraction(0)) / (count - 2))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect on one day, held to the scale: in four of five cases between ``low`` and ``high``."""

    day: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Reach:
    """When a target is met if the pace stays, in the interval's terms."""

    target: Fraction
    met: bool
    """Today already."""
    earliest: date | None
    """The first day on which the interval holds the target; None where not within two years."""
    latest: date | None
    """The first day on which the whole interval stands at or above it; None where not within two years."""


@dataclass(frozen=True, slots=True)
class Course:
    """One measure of overall or of one pillar over time."""

    node: str
    """Pillar; empty for overall."""
    measure: Measure
    days: tuple[date, ...]
    values: tuple[Fraction, ...]
    """One a day, oldest first; days on which nothing of it was applicable are left out."""
    line: Line | None
    """None where fewer than three days have a score."""
    forecasts: tuple[Forecast, ...]
    reach: Reach | None
    """None without a line or a target."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The engagements of one tier, application or the organisation over time."""

    owner: Owner
    points: tuple[Point, ...]
    """Those that compare, oldest first, today's last."""
    omitted: tuple[Omitted, ...]
    courses: tuple[Course, ...]
    """Overall, then the pillars in their order; each claimed, then evidenced."""

    def course(self, node: str, measure: Measure) -> Course:
        """Raises KeyError for a node that the questionnaire does not have."""
        found = next((c for c in self.courses if (c.node, c.measure) == (node, measure)), None)
        if found is None:
            raise KeyError(node)
        return found


def point(baseline: Baseline) -> Point:
    asked = baseline.assessment.questionnaire
    return Point(baseline.label, baseline.as_of, asked, baseline.digests, baseline.results)


def trend_of_tier(
    questionnaire: Questionnaire,
    assessment: Assessment,
    evaluation: Evaluation,
    baselines: Sequence[Baseline],
    tier: str,
    plan: Plan | None = None,
) -> Trend:
    """The trend of a tier that has applications, forecast for the days on which the plan's next waves begin."""
    scores = evaluation.scores
    waves = [wave.start for wave in plan.waves if wave.start > assessment.as_of] if plan is not None else []
    wanted: dict[str, Fraction] = {key: Fraction(level) for (of, key), level in scores.targets.items() if of == tier}
    today = Point("", assessment.as_of, assessment.questionnaire, questionnaire.digests, results(scores))
    return trend(
        questionnaire,
        Owner(tier, None),
        [point(baseline) for baseline in baselines],
        today,
        targets={**wanted, "": overall_target(questionnaire, scores, tier)},
        horizons=waves[:AHEAD],
    )


def trend(
    questionnaire: Questionnaire,
    owner: Owner,
    earlier: Sequence[Point],
    today: Point,
    *,
    targets: Mapping[str, Fraction],
    horizons: Sequence[date] = (),
) -> Trend:
    """The trend of one owner from earlier engagements to today's.

    ``targets`` holds a score for overall (empty) and pillars, as far as there is one; ``horizons`` are the days to
    forecast, such as the starts of the next waves. An engagement that does not compare is left out and named.
    """
    kept, omitted = [today], []
    days = {today.as_of}
    # Of two entries of one day the later one stands; today's engagement stands for its own day.
    by_day = sorted(earlier, key=lambda candidate: candidate.as_of)
    for entry in reversed(by_day):
        why = _why_not(entry, today, owner)
        if why is None and entry.as_of in days:
            why = Omission.SAME_DAY
        if why is not None:
            omitted.append(Omitted(entry.label, entry.as_of, why))
            continue
        days.add(entry.as_of)
        kept.append(entry)
    points = tuple(reversed(kept))
    scale = (Fraction(questionnaire.base), Fraction(questionnaire.top))
    courses = tuple(
        _course(points, owner, node, measure, (scale, targets.get(node), tuple(horizons)))
        for node in ("", *(pillar.id for pillar in questionnaire.pillar))
        for measure in Measure
    )
    return Trend(owner, points, tuple(reversed(omitted)), courses)


def _why_not(entry: Point, today: Point, owner: Owner) -> Omission | None:
    if entry.as_of > today.as_of:
        return Omission.LATER
    if entry.questionnaire != today.questionnaire:
        return Omission.OTHER_QUESTIONNAIRE
    same = sum(today.digests.get(key) == digest for key, digest in entry.digests.items())
    if same < SHARED * max(len(entry.digests), len(today.digests)):
        return Omission.OTHER_QUESTIONS
    if entry.results.rules != today.results.rules:
        return Omission.OTHER_RULES
    return None if _stored(entry, owner, "") is not None else Omission.NOT_KNOWN


def _stored(entry: Point, owner: Owner, node: str) -> Stored | None:
    return nodes_of(entry.results, owner).get(node)


_Frame = tuple[tuple[Fraction, Fraction], Fraction | None, tuple[date, ...]]
"""(base and top of the scale), target if any, days to forecast."""


def _course(points: Sequence[Point], owner: Owner, node: str, measure: Measure, frame: _Frame) -> Course:
    scale, target, horizons = frame
    known = [(entry.as_of, stored) for entry in points if (stored := _stored(entry, owner, node)) is not None]
    days = tuple(day for day, _ in known)
    values = tuple(stored.low if measure is Measure.CLAIMED else stored.evidenced for _, stored in known)
    line = fit(days, values)
    if line is None:
        return Course(node, measure, days, values, None, (), None)
    forecasts = tuple(_forecast(line, day, scale) for day in horizons)
    reach = None if target is None else _reach(line, target, days[-1], values[-1], scale)
    return Course(node, measure, days, values, line, forecasts, reach)


def _forecast(line: Line, day: date, scale: tuple[Fraction, Fraction]) -> Forecast:
    base, top = map(float, scale)
    middle, half = float(line.at(day)), line.half(day)
    low, middle, high = (min(max(value, base), top) for value in (middle - half, middle, middle + half))
    return Forecast(day, low, middle, high)


def _reach(line: Line, target: Fraction, last: date, value: Fraction, scale: tuple[Fraction, Fraction]) -> Reach:
    if value >= target:
        return Reach(target, True, None, None)
    earliest: date | None = None
    # Compared as fractions: on an exact line a float would miss the target by the last bit.
    for ahead in range(1, WITHIN + 1):
        day = last + timedelta(days=ahead)
        middle = line.at(day)
        half = Fraction(line.half(day))
        if earliest is None and min(middle + half, scale[1]) >= target:
            earliest = day
        if min(middle - half, scale[1]) >= target:
            return Reach(target, False, earliest, day)
    return Reach(target, False, earliest, None)
