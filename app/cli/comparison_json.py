"""What the verbs that look back print as JSON: ``baseline --json`` and ``compare --json``."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.engagement.baseline import BaselinePlan
from app.engagement.carry import Choice, Group
from app.engagement.folder import Engagement
from scoring.assessment import Answer
from scoring.delivery import ItemMove
from scoring.progress import Comparison
from scoring.results import Stored
from scoring.scores import rounded
from scoring.trend import Trend


def plan_as_json(engagement: Engagement, plan: BaselinePlan) -> dict[str, Any]:
    """The contract of ``baseline --json``."""
    found, today = plan.baseline, engagement.assessment.applications
    carried = {id(entry) for entry in plan.carried}
    return {
        "source": plan.source.path.name,
        "organisation": found.assessment.organisation,
        "as_of": found.as_of.isoformat(),
        "tier": found.tier,
        "kept_as": plan.kept,
        "applied": plan.done,
        "questions": [
            {"fate": move.fate, "renamed": move.renamed, "old": move.old, "new": move.new, "why": move.why}
            for move in plan.questions
        ],
        "applications": [
            {"then": then, "tier": tier, "today": key, "matched": key is not None and key in today}
            for then, tier, key in plan.applications
        ],
        "not_in_baseline": sorted(today.keys() - found.assessment.applications.keys()),
        "unknown_activities": list(plan.source.unknown),
        "choices": {group: plan.choices.get(group, Choice.KEEP) for group in Group},
        "answers": [
            {
                "group": entry.group,
                "standing": entry.standing,
                "application": entry.application,
                "criterion": entry.criterion,
                "mine": _answer(entry.mine),
                "theirs": _answer(entry.theirs),
                "carried": id(entry) in carried,
            }
            for entry in plan.candidates
        ],
    }


def _answer(answer: Answer | None) -> dict[str, Any] | None:
    return answer.model_dump(mode="json", exclude_defaults=True) if answer is not None else None


def as_json(found: Comparison, trends: Sequence[Trend]) -> dict[str, Any]:
    """The contract of ``compare --json``: everything, with scores as exact fractions and rounded."""
    return {
        "label": found.label,
        "before": found.before.isoformat(),
        "now": found.now.isoformat(),
        "tier": found.tier,
        "rules": found.rules,
        "counts": found.counts,
        "questions": [
            {"fate": move.fate, "renamed": move.renamed, "old": move.old, "new": move.new, "why": move.why}
            for move in found.questions
        ],
        "answers": [
            {
                "kind": entry.kind,
                "application": entry.application,
                "tier": entry.tier,
                "pillar": entry.pillar,
                "practice": entry.practice,
                "criterion": entry.criterion,
                "formerly": entry.formerly,
                "before": _answer(entry.before),
                "now": _answer(entry.now),
                "changed_on": entry.changed_on.isoformat() if entry.changed_on else None,
                "why": entry.why,
            }
            for entry in found.answers
        ],
        "applications": [
            {"id": move.id, "name": move.name, "kind": move.kind, "before": move.before, "now": move.now}
            for move in found.applications
        ],
        "scores": [
            {
                "tier": move.owner.tier,
                "application": move.owner.application,
                "node": move.node,
                "before": _stored(move.before),
                "now": _stored(move.now),
                "change": _exact(move.change),
                "evidenced_change": _exact(move.evidenced_change),
            }
            for move in found.scores
        ],
        "targets": [
            {"tier": move.tier, "pillar": move.pillar, "before": move.before, "now": move.now} for move in found.targets
        ],
        "items": None if found.items is None else [_item_as_json(item) for item in found.items],
        "trends": [_trend_as_json(trend) for trend in trends],
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _stored(stored: Stored | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    return {
        "score": rounded(stored.low),
        "exact": _exact(stored.low),
        "up_to": rounded(stored.high),
        "evidenced": rounded(stored.evidenced),
        "level": stored.level,
        "answered": stored.answered,
        "applicable": stored.applicable,
        "not_applicable": stored.not_applicable,
    }


def _item_as_json(item: ItemMove) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "practice": item.practice,
        "level": item.level,
        "tiers": list(item.tiers),
        "before": item.before.isoformat() if item.before else None,
        "now": item.now.isoformat() if item.now else None,
        "cause": item.cause,
        "reason": item.reason,
    }


def _trend_as_json(trend: Trend) -> dict[str, Any]:
    return {
        "tier": trend.owner.tier,
        "points": [{"label": point.label, "as_of": point.as_of.isoformat()} for point in trend.points],
        "omitted": [
            {"label": entry.label, "as_of": entry.as_of.isoformat(), "why": entry.why} for entry in trend.omitted
        ],
        "courses": [
            {
                "node": course.node,
                "measure": course.measure,
                "values": [
                    {"as_of": day.isoformat(), "exact": _exact(value)}
                    for day, value in zip(course.days, course.values, strict=True)
                ],
                "slope_per_day": _exact(course.line.slope) if course.line is not None else None,
                "exact_line": course.line.exact if course.line is not None else None,
                "forecasts": [
                    {
                        "as_of": forecast.day.isoformat(),
                        "low": round(forecast.low, 4),
                        "middle": round(forecast.middle, 4),
                        "high": round(forecast.high, 4),
                    }
                    for forecast in course.forecasts
                ],
                "target": None
                if course.reach is None
                else {
                    "score": _exact(course.reach.target),
                    "met": course.reach.met,
                    "earliest": course.reach.earliest.isoformat() if course.reach.earliest else None,
                    "latest": course.reach.latest.isoformat() if course.reach.latest else None,
                },
            }
            for course in trend.courses
        ],
    }
