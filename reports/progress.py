"""What moved since earlier engagements, as far as the scores say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports import words
from reports.view import View
from scoring.scores import Result, rounded


@dataclass(frozen=True, slots=True)
class Moved:
    """One pillar, or overall, then and now."""

    name: str
    before: str
    now: str
    change: str


@dataclass(frozen=True, slots=True)
class Point:
    """One engagement in the trend."""

    day: date
    label: str
    claimed: float
    evidenced: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Against the latest baseline that knows this tier."""

    since: str
    overall: Moved
    pillars: tuple[Moved, ...]
    trend: tuple[Point, ...]
    """Every engagement, oldest first, this one last."""
    finding: str


def progress(view: View) -> Progress | None:
    """None where no baseline used the same questionnaire and scored this tier."""
    known = [
        (baseline.as_of, baseline.scores.tiers[view.tier.id])
        for baseline in sorted(view.baselines, key=lambda entry: entry.as_of)
        if baseline.assessment.questionnaire == view.questionnaire.id and view.tier.id in baseline.scores.tiers
    ]
    known = [(day, result) for day, result in known if result.overall.score is not None]
    if not known or view.result.overall.score is None:
        return None
    day, before = known[-1]
    overall = _moved("Overall", before, view.result, "")
    trend = tuple(_point(day, result) for day, result in [*known, (view.assessment.as_of, view.result)])
    verb = "rose" if "▲" in overall.change else "fell" if "▼" in overall.change else "did not move"
    text = f"The score {verb} since {words.day(day)}"
    if verb != "did not move":
        text = f"The score {verb} from {overall.before} to {overall.now} since {words.day(day)}"
    return Progress(
        since=words.day(day),
        overall=overall,
        pillars=tuple(_moved(p.name, before, view.result, p.id) for p in view.questionnaire.pillar),
        trend=trend,
        finding=text,
    )


def _moved(name: str, before: Result, now: Result, pillar: str) -> Moved:
    nodes = [result.pillars.get(pillar) if pillar else result.overall for result in (before, now)]
    old, new = (node.score if node else None for node in nodes)
    return Moved(
        name=name,
        before=words.score(old.low if old else None),
        now=words.score(new.low if new else None),
        change=words.change(old.low, new.low) if old and new else words.NONE,
    )


def _point(day: date, result: Result) -> Point:
    score = result.overall.score
    assert score is not None  # only results with a score come here
    return Point(day, words.month(day), rounded(score.low), rounded(score.evidenced))
