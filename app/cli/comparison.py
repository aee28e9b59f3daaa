"""What the verbs that look back print for a person: the plan of a baseline, a comparison, trends."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from rich.console import Console
from rich.table import Table

from app.cli.tables import console, shown
from app.engagement.baseline import BaselinePlan
from app.engagement.carry import Choice, Group, Standing
from app.engagement.folder import Engagement
from questionnaires.migrate import Fate, Move
from reports.progress import delivered
from scoring.delivery import Cause, Delivery, ItemMove
from scoring.progress import AnswerMove, Comparison, Kind, Presence, ScoreMove, counted
from scoring.results import Stored
from scoring.scores import rounded
from scoring.trend import Course, Measure, Omission, Trend

MAX_LISTED = 20
"""Lines of one list, unless all are asked for."""

FORECASTS = 2
"""Waves ahead that are shown; JSON holds them all."""

_QUESTIONS = {"matched": Fate.SAME, "question changed": Fate.CHANGED, "new": Fate.NEW, "removed": Fate.REMOVED}
_CAUSES = {
    Cause.GAP_CLOSED: "the gap is closed",
    Cause.LATER: "planned for a later wave than then",
    Cause.OVERDUE: "its wave is over, the gap is open",
    Cause.DECIDED: "decided",
    Cause.PLACED: "it had no place in the plan then",
    Cause.NOT_PLANNED: "the gap is open, the plan has no place for it",
    Cause.TARGET_LOWERED: "the target is lower now",
    Cause.NOT_APPLICABLE: "it does not apply any more",
    Cause.NO_APPLICATION: "its tier has no application left",
    Cause.NOT_ASKED: "it is not asked any more",
}
_OMISSIONS = {
    Omission.OTHER_QUESTIONNAIRE: "it asks another questionnaire",
    Omission.OTHER_QUESTIONS: "fewer than nine in ten of its questions are today's",
    Omission.OTHER_RULES: "another version of the scoring rules made its scores",
    Omission.NOT_KNOWN: "it has no score of this tier",
    Omission.SAME_DAY: "another one of its day stands for it",
    Omission.LATER: "it is later than this engagement",
}


# ---- the plan of a baseline


def print_baseline_plan(engagement: Engagement, plan: BaselinePlan) -> None:
    out, found = console(), plan.baseline
    where = f" of tier {found.tier}" if found.tier is not None else ""
    out.print(shown(f"{found.assessment.organisation}, as of {found.as_of}{where}, from {plan.source.path.name}"))
    counts = Counter(move.fate for move in plan.questions)
    out.print(
        "Questions: " + ", ".join(f"{counts[fate]} {name}" for name, fate in _QUESTIONS.items())
        + f"; {len(plan.renamed)} renamed"
    )  # fmt: skip
    _print_list(out, [_question(move) for move in plan.questions if move.fate is not Fate.SAME or move.renamed])
    _print_applications(out, engagement, plan)
    if plan.source.unknown:
        out.print(f"Activities left out, because this questionnaire has none such: {len(plan.source.unknown)}")
    _print_carrying(out, plan)
    number = len(plan.carried)
    if plan.done:
        out.print(shown(f"Kept as history/{plan.kept}. Answers carried over: {number}"))
    elif plan.kept is not None:
        out.print(shown(f"Kept already as history/{plan.kept}. Answers to carry over: {number}"))
    else:
        out.print(f"Nothing was changed; --apply keeps it. Answers to carry over: {number}")


def _question(move: Move) -> str:
    name = f"{move.old} → {move.new}" if move.renamed else str(move.new or move.old)
    what = {fate: word for word, fate in _QUESTIONS.items()}[move.fate]
    return f"{'renamed' if move.renamed and move.fate is Fate.SAME else what}: {name}" + (
        f" ({move.why})" if move.why else ""
    )


def _print_list(out: Console, lines: Sequence[str], most: int = MAX_LISTED) -> None:
    for line in lines[:most]:
        out.print(shown(f"  {line}"))
    if len(lines) > most:
        out.print(f"  … and {len(lines) - most} more")


def _table(*columns: str, right: Iterable[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in tuple(right) else "left")
    return table


def _print_applications(out: Console, engagement: Engagement, plan: BaselinePlan) -> None:
    table = _table("Then", "Tier", "Today")
    today = engagement.assessment.applications
    for then, tier, key in plan.applications:
        table.add_row(shown(then), tier or "", shown(key if key is not None and key in today else "not matched"))
    for key in sorted(today.keys() - plan.baseline.assessment.applications.keys()):
        if plan.baseline.tier in (None, today[key].tier):
            table.add_row("not there", "", shown(key))
    out.print(table)


def _print_carrying(out: Console, plan: BaselinePlan) -> None:
    table = _table("Answers", "same", "mine open", "differ", "choice", "carried", right=("same", "mine open", "differ"))
    for group in Group:
        of = Counter(entry.standing for entry in plan.candidates if entry.group is group)
        carried = sum(entry.group is group for entry in plan.carried)
        choice = plan.choices.get(group, Choice.KEEP)
        table.add_row(group, *(str(of[standing]) for standing in Standing), choice, str(carried))
    out.print(table)


# ---- a comparison


def print_comparison(
    out: Console, engagement: Engagement, found: Comparison, trends: Sequence[Trend], *, every: bool = False
) -> None:
    """What moved: scores by tier and pillar, then by application, then the answers with their notes, then the plan."""
    most = sys.maxsize if every else MAX_LISTED
    held = f" (tier {found.tier} only)" if found.tier is not None else ""
    out.print(shown(f"{found.now} against {found.label} of {found.before}{held}"), style="bold")
    out.print(
        ", ".join(f"{number} {kind}" for kind, number in found.counts.items() if number) or "No answer to compare"
    )
    if any(not move.comparable for move in found.scores):
        out.print(f"Scores do not compare: version {found.rules} of the scoring rules made the earlier ones.")
    _print_scores(out, engagement, found)
    for target in found.targets:
        out.print(shown(f"Target of tier {target.tier}, {target.pillar}: {target.before} → {target.now}"))
    for move in found.applications:
        if move.kind is not Presence.KEPT:
            tiers = f"tier {move.before or '–'} → {move.now or '–'}"
            out.print(shown(f"Application {move.kind}: {move.name} ({tiers})"))
    for kind in Kind:
        moved = [entry for entry in found.answers if entry.kind is kind]
        if moved and kind is not Kind.UNCHANGED:
            out.print(f"\n{kind} ({len(moved)})", style="bold")
            _print_list(out, list(_moved(moved)), most)
    _print_items(out, found.items, most)
    for trend in trends:
        _print_trend(out, engagement, trend)


def _print_scores(out: Console, engagement: Engagement, found: Comparison) -> None:
    names = {"": "Overall"} | {pillar.id: pillar.name for pillar in engagement.questionnaire.pillar}
    table = _table("Tier", "", "then", "now", "change", "evidenced", right=("then", "now", "change", "evidenced"))
    for move in found.scores:
        if move.owner.tier is not None and move.owner.application is None and move.node in names:
            table.add_row(move.owner.tier, shown(names[move.node]), *_cells(move))
    out.print(table)
    per = _table("Application", "Tier", "then", "now", "change", *(str(kind) for kind in (Kind.IMPROVED, Kind.FELL)))
    for move in found.scores:
        if move.owner.application is not None and move.node == "":
            counts = counted(entry for entry in found.answers if entry.application == move.owner.application)
            cells = [*_cells(move)[:3], str(counts[Kind.IMPROVED]), str(counts[Kind.FELL])]
            per.add_row(shown(move.owner.application), move.owner.tier, *cells)
    if per.row_count:
        out.print(per)


def _cells(move: ScoreMove) -> list[str]:
    return [_score(move.before), _score(move.now), _change(move.change), _change(move.evidenced_change)]


def _score(stored: Stored | None) -> str:
    return "–" if stored is None else f"{rounded(stored.low)}"


def _change(value: Fraction | None) -> str:
    """To two decimals, half-up by its size, with its sign."""
    if value is None:
        return "–"
    return f"{'-' if value < 0 else '+'}{int(abs(value) * 100 + Fraction(1, 2)) / 100:.2f}"


def _moved(entries: Iterable[AnswerMove]) -> Iterator[str]:
    """A line for each criterion and what it moved from and to, with everybody for whom it did."""
    alike: dict[str, list[str]] = {}
    for entry in entries:
        alike.setdefault(_said(entry), []).append(entry.application or "organisation")
    for said, whose in alike.items():
        more = f" and {len(whose) - 3} more" if len(whose) > 3 else ""
        yield f"{', '.join(whose[:3])}{more}: {said}"


def _said(entry: AnswerMove) -> str:
    name = f"{entry.formerly} → {entry.criterion}" if entry.formerly else entry.criterion
    then, now = (answer.value if answer and answer.value else "unanswered" for answer in (entry.before, entry.now))
    day = f", changed {entry.changed_on}" if entry.changed_on else ""
    notes = [answer.note.strip() for answer in (entry.before, entry.now) if answer and answer.note.strip()]
    said = f" ({' → '.join(dict.fromkeys(notes))})" if notes else ""
    return f"{name}: {then} → {now}{day}{said}{'; ' + entry.why if entry.why else ''}"


def _print_items(out: Console, items: Sequence[ItemMove] | None, most: int) -> None:
    if items is None:
        out.print("\nThe baseline holds no roadmap to compare.")
        return
    out.print(f"\n{delivered(items)}")
    for kind in Delivery:
        moved = [item for item in items if item.kind is kind]
        if moved and kind is not Delivery.UNCHANGED:
            out.print(f"\nRoadmap: {kind} ({len(moved)})", style="bold")
            _print_list(out, [_item(item) for item in moved], most)
    out.print(f"Roadmap items as they were: {sum(item.kind is Delivery.UNCHANGED for item in items)}")


def _item(item: ItemMove) -> str:
    why = item.reason or (_CAUSES[item.cause] if item.cause is not None else "")
    return f"{item.id}: {item.before or '–'} → {item.now or '–'}" + (f", {why}" if why else "")


def _print_trend(out: Console, engagement: Engagement, trend: Trend) -> None:
    names = {"": "Overall"} | {pillar.id: pillar.name for pillar in engagement.questionnaire.pillar}
    days = [point.as_of for point in trend.points]
    out.print(f"\nTrend of tier {trend.owner.tier}", style="bold")
    for omitted in trend.omitted:
        out.print(shown(f"  left out: {omitted.label} of {omitted.as_of}: {_OMISSIONS[omitted.why]}"))
    claimed = [course for course in trend.courses if course.measure is Measure.CLAIMED]
    horizons = [forecast.day for forecast in claimed[0].forecasts][:FORECASTS]
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for day in (*days, *horizons):
        table.add_column(f"{day}", no_wrap=True, justify="right")
    for name in ("target", "met"):
        table.add_column(name, no_wrap=True)
    for course in claimed:
        values = dict(zip(course.days, course.values, strict=True))
        cells = [f"{rounded(values[day])}" if day in values else "–" for day in days]
        ahead = [f"{forecast.low:.1f} to {forecast.high:.1f}" for forecast in course.forecasts[:FORECASTS]]
        target = f"{rounded(course.reach.target)}" if course.reach is not None else ""
        table.add_row(shown(names[course.node]), *cells, *(ahead or ["–"] * len(horizons)), target, _met(course))
    out.print(table)
    if claimed[0].line is None:
        out.print("  No forecast: it takes three engagements on different days.")
    else:
        out.print("  Ranges hold in four of five cases, if the pace stays as it was; the roadmap is not in them.")
    if any(course.line is not None and course.line.exact for course in claimed):
        out.print("  Where all points lie on one line the range has no width; that is no proof.")


def _met(course: Course) -> str:
    """When the target is met if the pace stays."""
    reach = course.reach
    if reach is None:
        return ""
    if reach.met:
        return "met"
    if reach.earliest is None:
        return "not within two years"
    return f"{reach.earliest} at the earliest" if reach.latest is None else f"{reach.earliest} to {reach.latest}"
