"""The rounded result of one node, as tables print it and charts draw it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from reports import words
from reports.language import _, ngettext
from reports.view import View
from scoring.lacking import held_by
from scoring.scores import Node, at_target, rounded


@dataclass(frozen=True, slots=True)
class Gauge:
    """One pillar, practice or the whole tier. Scores are rounded to one decimal; None where nothing is applicable."""

    number: str
    """``2.4``; empty for the overall result."""
    name: str
    low: float | None
    """The claimed score."""
    high: float | None
    """Up to, once everything is answered."""
    evidenced: float | None
    target: float
    level: int | None
    below: bool
    """Some practice–application pair here has a gap to the target."""
    held_by: str
    """What holds the level down, in words; empty where nothing is below target."""
    coverage: str
    """``42 / 48``"""
    share: str
    """Coverage in percent."""
    not_applicable: int
    at_target: str
    """``3 / 4`` applications without a gap to the target, or pairs for a node above practices."""
    scope: str
    """``organisation`` or ``application`` for a practice, else empty."""

    @property
    def gap(self) -> float:
        """To the target; 0 where it is reached or nothing is applicable."""
        return max(0.0, round(self.target - self.low, 1)) if self.low is not None else 0.0

    @property
    def open(self) -> bool:
        """Something that could still move the score is unanswered."""
        return self.high is not None and self.high != self.low


def gauge(view: View, node: Node, name: str, target: Fraction | int, key: str = "") -> Gauge:
    """``key`` is the id of the pillar or practice; empty for the overall result."""
    score, coverage = node.score, node.coverage
    reached, pairs = _at_target(view, key)
    return Gauge(
        number=view.numbers.get(key, ""),
        name=name,
        low=rounded(score.low) if score else None,
        high=rounded(score.high) if score else None,
        evidenced=rounded(score.evidenced) if score else None,
        target=rounded(Fraction(target)),
        level=score.level if score else None,
        below=reached < pairs,
        held_by=_held_by(view, key) if reached < pairs else "",
        coverage=f"{words.whole(coverage.answered)} / {words.whole(coverage.applicable)}",
        share=words.percent(coverage.share),
        not_applicable=coverage.not_applicable,
        at_target=f"{words.whole(reached)} / {words.whole(pairs)}",
        scope=view.practice(key).scope if key in view.questionnaire.practices else "",
    )


def furthest(gauges: tuple[Gauge, ...]) -> str:
    """The finding of a row of pillars or practices: which is furthest from its target."""
    scored = [entry for entry in gauges if entry.low is not None and entry.level is not None]
    if not scored:
        return _("Nothing here is applicable")
    worst = max(scored, key=lambda entry: entry.gap)
    if worst.gap:
        return _(
            "{name} is furthest from its target: {low} against {target}",
            name=worst.name,
            low=words.number(worst.low),
            target=words.number(worst.target),
        )
    short = sum(entry.below for entry in scored)
    if short:
        return ngettext(
            "Every score reaches its target, but {n} level stays below",
            "Every score reaches its target, but {n} levels stay below",
            short,
        )
    return _("Everything here reaches its target")


def lowest(view: View, among: Collection[str] | None = None) -> tuple[str, ...]:
    """The practices that hold the level down among some, or in the whole tier; the furthest from target first."""
    return held_by(view.questionnaire, view.scores, view.tier.id, among)


def _held_by(view: View, key: str) -> str:
    if key in view.questionnaire.practices:
        return ""
    among = [practice for practice in view.questionnaire.practices if key in ("", view.pillar_of(practice).id)]
    return words.listed([view.practice(practice).name for practice in lowest(view, among)], 2)


def _at_target(view: View, key: str) -> tuple[int, int]:
    """(pairs without a gap, pairs), as the headline counts them."""
    among = [p for p in view.questionnaire.practices if key in ("", p, view.pillar_of(p).id)]
    found = at_target(view.questionnaire, view.scores, view.tier.id, among)
    return found.reached, found.pairs
