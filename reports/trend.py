"""The tier's scores over several engagements, and where they are heading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reports import words
from reports.language import _
from reports.view import View
from scoring.progress import Baseline
from scoring.results import Owner, results
from scoring.scores import rounded
from scoring.trend import LEAST, Course, Measure, Omission, Omitted, point, trend
from scoring.trend import Point as Dated

AHEAD = 4
"""Waves to look ahead."""


@dataclass(frozen=True, slots=True)
class Point:
    """One engagement."""

    day: date
    label: str
    claimed: float
    evidenced: float


@dataclass(frozen=True, slots=True)
class Fan:
    """What to expect of the claimed score on one day: in four of five cases between ``low`` and ``high``."""

    day: date
    label: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    finding: str
    points: tuple[Point, ...]
    """Oldest first, this engagement last."""
    fans: tuple[Fan, ...]
    """The first is this engagement's own day; empty where there is no forecast."""
    target: float
    rows: tuple[tuple[str, str, str, bool], ...]
    """(engagement or month ahead, claimed, evidenced, whether it is a forecast)"""
    notes: tuple[str, ...]
    """How the forecast comes about, or why there is none; what was left out, and why."""
    reaches: tuple[str, ...]
    """When each pillar meets its target, in the questionnaire's order."""


def course(view: View, baselines: tuple[Baseline, ...]) -> Trend | None:
    """None where fewer than two engagements compare."""
    owner, targets = Owner(view.tier.id, None), view.scores.targets
    as_of = view.assessment.as_of
    ahead = [wave.start for wave in view.plan.waves if wave.start > as_of][:AHEAD]
    today = Dated("", as_of, view.questionnaire.id, view.questionnaire.digests, results(view.scores, view.tier.id))
    found = trend(
        view.questionnaire,
        owner,
        [point(baseline) for baseline in baselines],
        today,
        targets={"": view.overall_target}
        | {p.id: Fraction(targets[view.tier.id, p.id]) for p in view.questionnaire.pillar},
        horizons=(as_of, *ahead),
    )
    claimed, evidenced = found.course("", Measure.CLAIMED), found.course("", Measure.EVIDENCED)
    if len(claimed.values) < 2:
        return None
    points = tuple(
        Point(day, words.month(day), rounded(low), rounded(held))
        for day, low, held in zip(claimed.days, claimed.values, evidenced.values, strict=True)
    )
    fans = tuple(Fan(f.day, words.month(f.day), f.low, f.middle, f.high) for f in claimed.forecasts)
    rows = [(words.day(p.day), words.number(p.claimed), words.number(p.evidenced), False) for p in points]
    rows += [
        (words.month(here.day), _between(here.low, here.high), _between(there.low, there.high), True)
        for here, there in zip(claimed.forecasts[1:], evidenced.forecasts[1:], strict=True)
    ]
    return Trend(
        finding=heading(claimed),
        points=points,
        fans=fans if len(fans) > 1 else (),
        target=rounded(view.overall_target),
        rows=tuple(rows),
        notes=(*_method(claimed), *(_left_out(each) for each in found.omitted)),
        reaches=tuple(_reach(found.course(p.id, Measure.CLAIMED)) for p in view.questionnaire.pillar),
    )


def _between(low: float, high: float) -> str:
    first, last = words.number(round(low, 1)), words.number(round(high, 1))
    return first if first == last else f"{first}–{last}"


def heading(claimed: Course) -> str:
    """Where the past pace leads, in the interval's terms."""
    first, last = words.score(claimed.values[0]), words.score(claimed.values[-1])
    moved = {"count": words.whole(len(claimed.values)), "first": first, "last": last}
    reach = claimed.reach
    if reach is None:
        return _("Over {count} engagements the score went from {first} to {last}", **moved)
    if reach.met:
        return _("The score went from {first} to {last} over {count} engagements, and meets its target", **moved)
    target = words.score(reach.target)
    if reach.earliest is None:
        return _("At the past pace the target of {target} is not met within two years", target=target)
    if reach.latest is None:
        return _(
            "At the past pace the target of {target} is met in {month} at the soonest, and not surely within two years",
            target=target,
            month=words.month(reach.earliest),
        )
    if words.month(reach.earliest) == words.month(reach.latest):
        return _("At the past pace the target of {target} is met in {month}", target=target,
                 month=words.month(reach.latest))  # fmt: skip
    return _(
        "At the past pace the target of {target} is met between {earliest} and {latest}",
        target=target,
        earliest=words.month(reach.earliest),
        latest=words.month(reach.latest),
    )


def _reach(claimed: Course) -> str:
    """The same for a table."""
    reach = claimed.reach
    if reach is None:
        return words.NONE
    if reach.met:
        return _("met")
    if reach.earliest is None:
        return _("not within two years")
    earliest, latest = words.month(reach.earliest), words.month(reach.latest) if reach.latest else ""
    if not latest:
        return _("{month} at the soonest", month=earliest)
    return earliest if earliest == latest else f"{earliest} – {latest}"


def _method(claimed: Course) -> tuple[str, ...]:
    if claimed.line is None:
        return (_("A forecast takes {least} engagements on different days.", least=words.whole(LEAST)),)
    said = _(
        "Forecast: a straight line by least squares through the engagements, with the interval that holds the next one "
        "in four of five cases. It goes by the past pace and knows nothing of the roadmap."
    )
    if claimed.line.exact:
        return (said, _("The engagements lie on one line, so nothing tells how far a forecast may be off."))
    return (said,)


def _left_out(entry: Omitted) -> str:
    label = words.day(entry.as_of)
    match entry.why:
        case Omission.OTHER_QUESTIONNAIRE:
            return _("{label} is left out: it used another questionnaire.", label=label)
        case Omission.OTHER_QUESTIONS:
            return _("{label} is left out: too few of its questions are those of today.", label=label)
        case Omission.OTHER_RULES:
            return _("{label} is left out: another version of the scoring rules made its scores.", label=label)
        case Omission.NOT_KNOWN:
            return _("{label} is left out: it has no score of this tier.", label=label)
        case Omission.SAME_DAY:
            return _("{label} is left out: another engagement of that day stands for it.", label=label)
        case Omission.LATER:
            return _("{label} is left out: it is dated after this engagement.", label=label)
