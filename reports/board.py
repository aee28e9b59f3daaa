"""The board page: the whole tier on one sheet that stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports import words
from reports.gauge import Gauge, furthest, gauge, lowest
from reports.initiatives import Block, block
from reports.progress import Progress, progress
from reports.view import View
from scoring.scores import rounded

TOP = 5
"""Initiatives of the first wave that the page has room for."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Board:
    headline: str
    lead: str
    figures: tuple[Figure, ...]
    pillars: tuple[Gauge, ...]
    finding: str
    """Caption of the pillars."""
    progress: Progress | None
    wave: str
    """Caption of the first initiatives; says so where there are none."""
    initiatives: tuple[Block, ...]


def board(view: View) -> Board:
    overall = gauge(view, view.result.overall, "Overall", view.overall_target)
    pillars = tuple(
        gauge(view, view.result.pillars[p.id], p.name, view.scores.targets[view.tier.id, p.id], p.id)
        for p in view.questionnaire.pillar
    )
    caption, items = _first_wave(view)
    return Board(
        headline=_headline(view, overall),
        lead=_lead(view, overall),
        figures=_figures(view, overall),
        pillars=pillars,
        finding=furthest(pillars, "pillar"),
        progress=progress(view),
        wave=caption,
        initiatives=items,
    )


def _headline(view: View, overall: Gauge) -> str:
    if overall.low is None:
        return f"{view.tier_name} has nothing to assess"
    if overall.gap == 0:
        pairs = view.scores.at_target[view.tier.id]
        below = (
            ""
            if pairs.reached == pairs.pairs
            else f", with {pairs.pairs - pairs.reached:,} of {pairs.pairs:,} pairs below"
        )
        return f"{view.tier_name} stands at {overall.low:.1f} and meets its target of {overall.target:.1f}{below}"
    return f"{view.tier_name} stands at {overall.low:.1f} against a target of {overall.target:.1f}"


def _lead(view: View, overall: Gauge) -> str:
    coverage = view.result.overall.coverage
    said = [_ahead(view)] if view.result.overall.score else []
    if not coverage.answered:
        said.append("Nothing has been answered yet, so every score is the lowest possible.")
    elif overall.open:
        said.append(
            f"{overall.share} of what applies has been answered; the score may still rise to {overall.high:.1f}."
        )
    challenged = sum(claim.application is None or claim.application in view.result.members
                     for claim in view.claims.challenged)  # fmt: skip
    if challenged:
        verb = "is" if challenged == 1 else "are"
        said.append(f"{words.count(challenged, 'claim')} {verb} challenged by evidence.")
    return " ".join(sentence for sentence in said if sentence)


def _ahead(view: View) -> str:
    """Where the plan leads; empty where nothing is planned."""
    done = [planned for planned in view.planned if planned.wave is not None]
    score = view.result.overall.score
    if not done or score is None:
        return ""
    reached = score.low + sum((planned.effect for planned in done), Fraction(0))
    effort = sum((planned.item.effort for planned in done), Fraction(0))
    last = max((planned.wave for planned in done if planned.wave), key=lambda wave: wave.index)
    return (
        f"The roadmap takes it to {words.score(reached)} by {view.ends(last)}: "
        f"{words.count(len(done), 'initiative')}, {words.days(effort)} person-days."
    )


def _figures(view: View, overall: Gauge) -> tuple[Figure, ...]:
    pairs = view.scores.at_target[view.tier.id]
    score = view.result.overall.score
    up_to = f" · up to {overall.high:.1f}" if overall.open else ""
    gap = round(rounded(score.low) - rounded(score.evidenced), 1) if score else 0.0
    reached = Fraction(pairs.reached, pairs.pairs) if pairs.pairs else None
    held = words.listed([view.practice(key).name for key in lowest(view)], 2)
    if score is None:
        rests, lowest_note = "nothing is applicable", "nothing is applicable"
    else:
        rests = f"assurance gap {gap:.1f}" if gap else "all of it rests on evidence or documents"
        lowest_note = "the highest there is" if score.level == view.questionnaire.top else f"held by {held}"
        if not view.result.overall.coverage.answered:
            rests = "nothing has been answered"
    return (
        Figure("Claimed score", words.score(score.low if score else None), f"target {overall.target:.1f}{up_to}"),
        Figure(
            "Evidenced score",
            words.score(score.evidenced if score else None),
            rests,
        ),
        Figure(
            "At target",
            f"{pairs.reached:,} of {pairs.pairs:,}",
            f"practice–application pairs, {words.percent(reached)}",
        ),
        Figure(
            "Lowest level",
            str(score.level) if score else words.NONE,
            lowest_note,
        ),
    )


def _first_wave(view: View) -> tuple[str, tuple[Block, ...]]:
    done = [planned for planned in view.planned if planned.wave is not None]
    if not done:
        text = "No initiative is planned" if view.planned else "No gap to a target: no initiative is needed"
        return text, ()
    wave = done[0].wave
    assert wave is not None
    first = [planned for planned in done if planned.wave is not None and planned.wave.index == wave.index]
    effort = sum((planned.item.effort for planned in first), Fraction(0))
    effect = sum((planned.effect for planned in first), Fraction(0))
    text = (
        f"Wave {wave.index}, from {words.month(wave.start)}: {words.count(len(first), 'initiative')}, "
        f"{words.days(effort)} person-days, {words.gain(effect)} to the score"
    )
    return text, tuple(block(view, planned) for planned in first[:TOP])
