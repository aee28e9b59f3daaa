"""The assessment seen as activities of the OWASP DSOMM: how much of each sub-dimension is in place at each level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from questionnaires.dsomm import DSOMM
from questionnaires.model import Questionnaire
from reports import words
from reports.language import _
from reports.view import View
from scoring.coverage import Derived, State, derived, derived_over

SHADES = 5
"""Nothing in place, up to a third, two thirds, below all, all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Some activities together."""

    shade: int | None
    """0 to ``SHADES`` − 1; None where there is no value."""
    value: str
    """``67%``, ``33–67%`` where answers are missing, or why there is none."""
    count: str
    """``3 of 5``: activities that count, of those that the model has; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]
    """By level, then over all of them."""


@dataclass(frozen=True, slots=True)
class Dimension:
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class DsommView:
    headline: str
    lead: str
    finding: str
    levels: tuple[str, ...]
    """``1 First steps``"""
    dimensions: tuple[Dimension, ...]
    total: Row
    legend: tuple[str, ...]
    """What each shade stands for."""
    source: str


def dsomm(view: View) -> DsommView | None:
    """None where neither the questionnaire has activities nor its criteria name any."""
    direct = any(criterion.activity is not None for criterion in view.questionnaire.criteria.values())
    model = view.questionnaire if direct else view.content.questionnaires.get(DSOMM)
    if model is None or not (direct or any(c.dsomm for c in view.questionnaire.criteria.values())):
        return None
    views = [derived(view.questionnaire, model, view.assessment, app.id) for app in view.applications]
    found = {entry.criterion: entry for entry in derived_over(views).activities.values()}
    levels = [level for level in model.level if level.number > model.base]
    by_level = {level.number: _of(model, found, level.number) for level in levels}
    return DsommView(
        headline=_headline(list(found.values()), direct),
        lead=_lead(direct),
        finding=_finding(by_level),
        levels=tuple(f"{level.number} {level.name}" for level in levels),
        dimensions=tuple(
            Dimension(
                pillar.name,
                tuple(
                    _row(practice.name, [_of(model, found, n, practice.id) for n in by_level])
                    for practice in pillar.practice
                ),
            )
            for pillar in model.pillar
        ),
        total=_row(_("All sub-dimensions"), list(by_level.values())),
        legend=_legend(),
        source=model.title if model.version in model.title else f"{model.title} {model.version}",
    )


def _of(model: Questionnaire, found: dict[str, Derived], level: int, practice: str = "") -> list[Derived]:
    """The activities of one level, in one sub-dimension or in all."""
    return [
        found[key]
        for key, criterion in model.criteria.items()
        if key in found and criterion.level == level and practice in ("", criterion.practice_id)
    ]


def _row(name: str, by_level: Sequence[Sequence[Derived]]) -> Row:
    return Row(name, (*map(_cell, by_level), _cell([entry for some in by_level for entry in some])))


def _cell(entries: Sequence[Derived]) -> Cell:
    if not entries:
        return Cell(None, "", "")
    low, high, counted = _means(entries)
    if low is None or high is None:
        covered = any(entry.state is not State.NOT_COVERED for entry in entries)
        return Cell(None, _("n/a") if covered else _("not covered"), _of_all(0, len(entries)))
    if _unanswered(entries):
        return Cell(None, _("unanswered"), _of_all(counted, len(entries)))
    value = (
        words.percent(low) if words.percent(low) == words.percent(high) else f"{int(low * 100)}–{words.percent(high)}"
    )
    return Cell(_shade(low), value, _of_all(counted, len(entries)))


def _of_all(some: int, total: int) -> str:
    return _("{some} of {total}", some=words.whole(some), total=words.whole(total))


def _means(entries: Sequence[Derived]) -> tuple[Fraction | None, Fraction | None, int]:
    """Low and high end over the activities that have a value, and how many those are."""
    lows = [entry.low for entry in entries if entry.low is not None]
    highs = [entry.high for entry in entries if entry.high is not None]
    if not lows:
        return None, None, 0
    return sum(lows, Fraction(0)) / len(lows), sum(highs, Fraction(0)) / len(highs), len(lows)


def _unanswered(entries: Sequence[Derived]) -> bool:
    """Whether nothing that could have a value has one that rests on an answer."""
    return all(entry.state is State.UNANSWERED for entry in entries if entry.low is not None)


def _shade(value: Fraction) -> int:
    return 0 if value == 0 else SHADES - 1 if value == 1 else 1 + int(value * (SHADES - 2))


def _legend() -> tuple[str, ...]:
    third, most = words.percent(Fraction(1, 3)), words.percent(Fraction(2, 3))
    nothing, whole = words.percent(Fraction(0)), words.percent(Fraction(1))
    under = (_("under {share}", share=share) for share in (third, most, whole))
    return (nothing, *under, whole)


def _headline(entries: Sequence[Derived], direct: bool) -> str:
    low, _high, counted = _means(entries)
    if low is None or _unanswered(entries):
        return _("Nothing behind the activities has been answered yet")
    if direct:
        return _("{share} of the OWASP DSOMM is in place", share=words.percent(low))
    return _(
        "{share} is in place of the {counted} OWASP DSOMM activities that the answers speak to",
        share=words.percent(low),
        counted=words.whole(counted),
    )


def _lead(direct: bool) -> str:
    if direct:
        return _("The mean of the answers to the activities of each sub-dimension, level by level.")
    return _(
        "Derived from the answers: an activity is in place as far as the least of the criteria that together mean it. "
        "What no criterion speaks to is not covered, which is not a no."
    )


def _finding(by_level: dict[int, list[Derived]]) -> str:
    """Where from one level to the next most is lost."""
    known = [
        (level, low)
        for level, entries in by_level.items()
        if (low := _means(entries)[0]) is not None and not _unanswered(entries)
    ]
    drops = [(low - after, n, low, m, after) for (n, low), (m, after) in pairwise(known)]
    if not known:
        return _("No level has a value yet")
    if not drops or max(drops)[0] <= 0:
        share = max(low for _level, low in known)
        return _("No level falls behind the one below it; at most {share} is in place", share=words.percent(share))
    _drop, level, low, after_level, after = max(drops, key=lambda drop: drop[0])
    return _(
        "The step from level {level} to level {next} is the widest: {share} against {less} in place",
        level=level,
        next=after_level,
        share=words.percent(low),
        less=words.percent(after),
    )
