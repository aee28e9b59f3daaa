"""The board page: the whole tier on one sheet that stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports import words
from reports.gauge import Gauge, furthest, gauge, lowest
from reports.initiatives import Block, block
from reports.language import _, ngettext
from reports.view import View

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
    wave: str
    """Caption of the first initiatives; says so where there are none."""
    initiatives: tuple[Block, ...]


def board(view: View) -> Board:
    overall = gauge(view, view.result.overall, _("Overall"), view.overall_target)
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
        finding=furthest(pillars),
        wave=caption,
        initiatives=items,
    )


def _headline(view: View, overall: Gauge) -> str:
    tier, low, target = view.tier_name, words.number(overall.low), words.number(overall.target)
    if overall.low is None:
        return _("{tier} has nothing to assess", tier=tier)
    if overall.gap:
        return _("{tier} stands at {low} against a target of {target}", tier=tier, low=low, target=target)
    pairs = view.scores.at_target[view.tier.id]
    if pairs.reached == pairs.pairs:
        return _("{tier} stands at {low} and meets its target of {target}", tier=tier, low=low, target=target)
    return _(
        "{tier} stands at {low} and meets its target of {target}, with {below} of {pairs} pairs below",
        tier=tier,
        low=low,
        target=target,
        below=words.whole(pairs.pairs - pairs.reached),
        pairs=words.whole(pairs.pairs),
    )


def _lead(view: View, overall: Gauge) -> str:
    coverage = view.result.overall.coverage
    said = [_ahead(view)] if view.result.overall.score else []
    if not coverage.answered:
        said.append(_("Nothing has been answered yet, so every score is the lowest possible."))
    elif overall.open:
        said.append(
            _(
                "{share} of what applies has been answered; the score may still rise to {high}.",
                share=overall.share,
                high=words.number(overall.high),
            )
        )
    challenged = sum(claim.application is None or claim.application in view.result.members
                     for claim in view.claims.challenged)  # fmt: skip
    if challenged:
        said.append(challenged_claims(challenged))
    return " ".join(sentence for sentence in said if sentence)


def challenged_claims(number: int) -> str:
    return ngettext("{n} claim is challenged by evidence.", "{n} claims are challenged by evidence.", number)


def _ahead(view: View) -> str:
    """Where the plan leads; empty where nothing is planned."""
    done = [planned for planned in view.planned if planned.wave is not None]
    score = view.result.overall.score
    if not done or score is None:
        return ""
    reached = score.low + sum((planned.effect for planned in done), Fraction(0))
    effort = sum((planned.item.effort for planned in done), Fraction(0))
    last = max((planned.wave for planned in done if planned.wave), key=lambda wave: wave.index)
    return _(
        "The roadmap takes it to {score} by {month}: {initiatives}, {days} person-days.",
        score=words.score(reached),
        month=view.ends(last),
        initiatives=words.initiatives(len(done)),
        days=words.days(effort),
    )


def _figures(view: View, overall: Gauge) -> tuple[Figure, ...]:
    pairs = view.scores.at_target[view.tier.id]
    score = view.result.overall.score
    target = _("target {score}", score=words.number(overall.target))
    up_to = _("up to {score}", score=words.number(overall.high)) if overall.open else ""
    gap = words.difference(score.low, score.evidenced) if score else 0.0
    reached = Fraction(pairs.reached, pairs.pairs) if pairs.pairs else None
    held = words.listed([view.practice(key).name for key in lowest(view)], 2)
    if score is None:
        rests = lowest_note = _("nothing is applicable")
    else:
        rests = _("all of it rests on evidence or documents")
        if gap:
            rests = _("assurance gap {gap}", gap=words.number(gap))
        if not view.result.overall.coverage.answered:
            rests = _("nothing has been answered")
        lowest_note = _("held by {practices}", practices=held)
        if score.level == view.questionnaire.top:
            lowest_note = _("the highest there is")
    return (
        Figure(_("Claimed score"), words.score(score.low if score else None), words.parts([target, up_to])),
        Figure(_("Evidenced score"), words.score(score.evidenced if score else None), rests),
        Figure(
            _("At target"),
            _("{some} of {total}", some=words.whole(pairs.reached), total=words.whole(pairs.pairs)),
            _("practice–application pairs, {share}", share=words.percent(reached)),
        ),
        Figure(_("Lowest level"), str(score.level) if score else words.NONE, lowest_note),
    )


def _first_wave(view: View) -> tuple[str, tuple[Block, ...]]:
    done = [planned for planned in view.planned if planned.wave is not None]
    if not done:
        if view.planned:
            return _("No initiative is planned"), ()
        return _("No gap to a target: no initiative is needed"), ()
    wave = done[0].wave
    assert wave is not None
    first = [planned for planned in done if planned.wave is not None and planned.wave.index == wave.index]
    effort = sum((planned.item.effort for planned in first), Fraction(0))
    effect = sum((planned.effect for planned in first), Fraction(0))
    text = _(
        "Wave {wave}, from {month}: {initiatives}, {days} person-days, {gain} to the score",
        wave=wave.index,
        month=words.month(wave.start),
        initiatives=words.initiatives(len(first)),
        days=words.days(effort),
        gain=words.gain(effect),
    )
    return text, tuple(block(view, planned) for planned in first[:TOP])
