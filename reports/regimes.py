"""Regimes in scope: which obligations the answers meet, with the criteria behind each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.model import Obligation, ObligationKind
from reports import words
from reports.language import _, ngettext
from reports.view import View
from scoring import coverage
from scoring.coverage import Behind, ObligationCoverage, RegimeCoverage, Standing, standing

STANDINGS = (Standing.MET, Standing.PARTLY, Standing.NOT_MET, Standing.NOT_ASSESSED, Standing.NOT_APPLICABLE)
"""In the order in which the report names them."""

CHALLENGED = "†"
"""Beside the code of a criterion whose claim evidence challenges."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The obligations of one regime that criteria speak to, counted; the last bar of a table is that of all regimes."""

    name: str
    total: int
    counts: tuple[int, ...]
    """In the order of :data:`STANDINGS`."""
    challenged: int
    """Of those met, how many rest on a challenged claim."""


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation with a gap, or one that is met by a challenged claim."""

    number: str
    title: str
    limit: str
    """Its hours, years or place; empty where it has none."""
    standing: str
    weight: int
    """Place of its standing in :data:`STANDINGS`, for the look of it."""
    behind: tuple[tuple[str, str], ...]
    """(state of the criteria, their codes)"""


@dataclass(frozen=True, slots=True)
class Listed:
    """Obligations that need no row of their own, in one line."""

    label: str
    duties: tuple[tuple[str, str], ...]
    """(number, codes of the criteria behind it)"""


@dataclass(frozen=True, slots=True)
class RegimePart:
    name: str
    about: str
    binds: str
    finding: str
    duties: tuple[Duty, ...]
    listed: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Regimes:
    headline: str
    finding: str
    standings: tuple[str, ...]
    """The names of :data:`STANDINGS`."""
    bars: tuple[Bar, ...]
    total: Bar
    parts: tuple[RegimePart, ...]


def regimes(view: View) -> Regimes | None:
    """None where no regime in scope speaks to this questionnaire."""
    members = [app.id for app in view.applications]
    found = coverage.regimes(view.content, view.questionnaire, view.assessment, view.claims, members)
    spoken = [entry for entry in found if entry.covered]
    if not spoken:
        return None
    bars = tuple(_bar(entry.regime.name, _covered(entry)) for entry in spoken)
    total = _bar(_("All regimes"), [each for entry in spoken for each in _covered(entry)])
    return Regimes(
        headline=_headline(total),
        finding=_furthest(bars),
        standings=tuple(standing_name(each) for each in STANDINGS),
        bars=bars,
        total=total,
        parts=tuple(_part(view, entry, bar) for entry, bar in zip(spoken, bars, strict=True)),
    )


def standing_name(value: Standing) -> str:
    return {
        Standing.MET: _("met"),
        Standing.PARTLY: _("partly met"),
        Standing.NOT_MET: _("not met"),
        Standing.NOT_ASSESSED: _("not assessed"),
        Standing.NOT_APPLICABLE: _("not applicable"),
    }[value]


def _covered(entry: RegimeCoverage) -> tuple[ObligationCoverage, ...]:
    return tuple(each for each in entry.obligations if each.behind)


def _bar(name: str, found: Sequence[ObligationCoverage]) -> Bar:
    counts = Counter(entry.standing for entry in found)
    doubted = sum(entry.standing is Standing.MET and bool(entry.challenged) for entry in found)
    return Bar(name, len(found), tuple(counts[each] for each in STANDINGS), doubted)


def _headline(total: Bar) -> str:
    met, _partly, _not_met, not_assessed, _not_applicable = total.counts
    if not_assessed == total.total:
        return _("No obligation has been assessed yet, as nothing behind them has been answered")
    if met == total.total:
        return _("Every obligation in scope is met, as far as the answers say")
    return ngettext(
        "{met} of {n} obligation in scope is met, as far as the answers say",
        "{met} of {n} obligations in scope are met, as far as the answers say",
        total.total,
        met=words.whole(met),
    )


def _gap(bar: Bar) -> int:
    """Obligations that are not met, or not known to be."""
    return sum(bar.counts[1:4])


def _furthest(bars: Sequence[Bar]) -> str:
    if all(bar.counts[3] == bar.total for bar in bars):
        return ngettext(
            "{n} obligation waits for answers", "{n} obligations wait for answers", sum(bar.total for bar in bars)
        )
    worst = max(bars, key=lambda bar: (_gap(bar), bar.name))
    if not _gap(worst):
        return _("No regime in scope has a gap")
    return ngettext(
        "{regime} has most to do: {gap} of its {n} obligation is not fully met",
        "{regime} has most to do: {gap} of its {n} obligations are not fully met",
        worst.total,
        regime=worst.name,
        gap=words.whole(_gap(worst)),
    )


def _part(view: View, covered: RegimeCoverage, bar: Bar) -> RegimePart:
    regime, found = covered.regime, _covered(covered)
    shown = [
        entry
        for entry in found
        if entry.standing in (Standing.PARTLY, Standing.NOT_MET)
        or (entry.standing is Standing.MET and entry.challenged)
    ]
    rest = [entry for entry in found if entry not in shown]
    return RegimePart(
        name=regime.name,
        about=words.parts([regime.authority, regime.jurisdiction, regime.version, regime.date]),
        binds=words.sentence(regime.binds),
        finding=_finding(view, bar, found),
        duties=tuple(_duty(view, entry) for entry in shown),
        listed=tuple(
            Listed(label, tuple((entry.number, _codes(view, entry.behind)) for entry in some))
            for label, some in (
                (_("Met"), [entry for entry in rest if entry.standing is Standing.MET]),
                (_("Not assessed"), [entry for entry in rest if entry.standing is Standing.NOT_ASSESSED]),
                (_("Not applicable"), [entry for entry in rest if entry.standing is Standing.NOT_APPLICABLE]),
                (_("No question speaks to"), covered.uncovered),
            )
            if some
        ),
    )


def _finding(view: View, bar: Bar, found: Sequence[ObligationCoverage]) -> str:
    """How much of the regime is open, and which practice most of it waits for."""
    if bar.counts[3] == bar.total:
        return _("Nothing behind these obligations has been answered")
    if not _gap(bar):
        if bar.challenged:
            return ngettext(
                "Met as answered, but {n} obligation rests on a challenged claim",
                "Met as answered, but {n} obligations rest on challenged claims",
                bar.challenged,
            )
        return _("Nothing is open")
    behind = Counter(
        practice for entry in found for practice in {view.questionnaire.criteria[key].practice_id for key in entry.open}
    )
    practice, count = min(behind.items(), key=lambda pair: (-pair[1], view.numbers[pair[0]]))
    return ngettext(
        "{met} of {total} are met; {practice} stands behind {count} of {n} gap",
        "{met} of {total} are met; {practice} stands behind {count} of {n} gaps",
        _gap(bar),
        met=words.whole(bar.counts[0]),
        total=words.whole(bar.total),
        practice=view.practice(practice).name,
        count=words.whole(count),
    )


def _duty(view: View, entry: ObligationCoverage) -> Duty:
    order = (Standing.NOT_MET, Standing.PARTLY, Standing.NOT_ASSESSED, Standing.MET, Standing.NOT_APPLICABLE)
    groups = [(state, [each for each in entry.behind if standing([each]) is state]) for state in order]
    return Duty(
        number=entry.number,
        title=words.sentence(entry.obligation.title),
        limit=limit(entry.obligation),
        standing=_("met, but challenged") if entry.standing is Standing.MET else standing_name(entry.standing),
        weight=STANDINGS.index(entry.standing),
        behind=tuple((_state(state), _codes(view, some)) for state, some in groups if some),
    )


def _state(value: Standing) -> str:
    """Of a criterion, which is answered rather than assessed."""
    return _("unanswered") if value is Standing.NOT_ASSESSED else standing_name(value)


def _codes(view: View, behind: Sequence[Behind]) -> str:
    """Codes of criteria; with ``3/4`` where some of several applications meet one, and the mark of a challenge."""
    return ", ".join(
        view.numbers[each.criterion]
        + (CHALLENGED if each.challenged else "")
        + (f" {each.met}/{each.applicable}" if 0 < each.met < each.applicable else "")
        for each in behind
    )


def limit(obligation: Obligation) -> str:
    """The hours, years or place that an obligation names."""
    match obligation.kind:
        case ObligationKind.TIME_LIMIT if obligation.hours is not None:
            if obligation.hours > 72 and obligation.hours % 24 == 0:
                return ngettext("within {n} day", "within {n} days", obligation.hours // 24)
            return ngettext("within {n} hour", "within {n} hours", obligation.hours)
        case ObligationKind.RETENTION if obligation.years is not None:
            return ngettext("kept for {n} year", "kept for {n} years", obligation.years)
        case ObligationKind.LOCALISATION if obligation.place:
            return _("in {place}", place=obligation.place)
        case _other:
            return ""
