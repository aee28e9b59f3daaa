"""What moved since the latest earlier engagement: scores, answers, applications, targets and the roadmap, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports import words
from reports.language import _, ngettext
from reports.standing import step_name
from reports.trend import Trend, course
from reports.view import View
from scoring.delivery import Cause, Delivery, ItemMove
from scoring.progress import AnswerMove, Comparison, Kind, Presence, compare
from scoring.results import Owner
from scoring.scores import rounded

IN_FULL = (
    Kind.FELL, Kind.WITHDRAWN, Kind.IMPROVED, Kind.QUESTION_CHANGED, Kind.NOT_APPLICABLE, Kind.APPLICABLE,
)  # fmt: skip
"""What gets a row for each criterion, worst first."""
IN_ONE_LINE = (Kind.ANSWERED, Kind.NEW, Kind.REMOVED)
NOTES = 2
"""Different notes that a row over several applications shows."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One pillar, or overall, then and now."""

    number: str
    name: str
    before: str
    now: str
    change: str
    evidenced_before: str
    evidenced_now: str
    level: str
    """``2 → 3``"""
    reach: str
    """When its target is met at the past pace; empty where no trend says so."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One criterion whose answers moved in one way."""

    code: str
    question: str
    moved: str
    """``Payments Hub: Partly → Largely``"""
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """What moved in one way."""

    title: str
    shifts: tuple[Shift, ...]
    brief: tuple[tuple[str, str], ...]
    """(``Payments Hub: Partly → Largely``, codes): improvements about which nothing was noted."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one initiative."""

    title: str
    outcome: str
    before: str
    now: str
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Against the latest baseline that knows this tier."""

    since: str
    headline: str
    finding: str
    overall: Moved
    pillars: tuple[Moved, ...]
    notes: tuple[str, ...]
    """What beside answers moved the scores: applications, targets, scoring rules."""
    trend: Trend | None
    kinds: tuple[str, ...]
    counts: tuple[tuple[str, tuple[int, ...]], ...]
    """(pillar, answers by kind in the order of ``kinds``); the last row is that of all. Nothing is left out of it."""
    groups: tuple[Group, ...]
    listed: tuple[tuple[str, str], ...]
    """(what happened, codes of criteria)"""
    delivered: tuple[Delivered, ...]
    roadmap: str
    """What became of the plan of then, in one sentence; says so where none was kept."""


def progress(view: View) -> Progress | None:
    """None where no baseline used the same questionnaire and scored this tier."""
    owner = Owner(view.tier.id, None)
    known = tuple(
        baseline
        for baseline in sorted(view.baselines, key=lambda entry: entry.as_of)
        if baseline.assessment.questionnaire == view.questionnaire.id
        and baseline.results.nodes.get(owner, {}).get("") is not None
    )
    if not known or view.result.overall.score is None:
        return None
    found = compare(view.questionnaire, view.assessment, view.evaluation, view.plan, known[-1])
    trend = course(view, tuple(view.baselines))
    answers = found.of(tier=view.tier.id)
    reaches = trend.reaches if trend else ("",) * len(view.questionnaire.pillar)
    kinds = [kind for kind in Kind if any(entry.kind is kind for entry in answers)]
    items = [item for item in found.items or () if view.tier.id in item.tiers]
    return Progress(
        since=words.day(found.before),
        headline=_headline(found, answers),
        finding=_finding(found, owner),
        overall=_moved(found, owner, "", _("Overall"), "", ""),
        pillars=tuple(
            _moved(found, owner, p.id, p.name, view.numbers[p.id], reach)
            for p, reach in zip(view.questionnaire.pillar, reaches, strict=True)
        ),
        notes=tuple(_notes(view, found)),
        trend=trend,
        kinds=tuple(kind_name(kind) for kind in kinds),
        counts=tuple(_counts(view, answers, kinds)),
        groups=tuple(_group(kind, shifts) for kind in IN_FULL if (shifts := _shifts(view, answers, kind))),
        listed=tuple((kind_name(kind), codes) for kind in IN_ONE_LINE if (codes := _codes(view, answers, kind))),
        delivered=tuple(_delivered(view, item) for item in sorted(items, key=_by_outcome) if item.kind in _TOLD),
        roadmap=delivered(items) if found.items is not None else _("No roadmap was kept with the earlier engagement."),
    )


def kind_name(kind: Kind) -> str:
    return {
        Kind.IMPROVED: _("Improved"),
        Kind.FELL: _("Fell"),
        Kind.ANSWERED: _("Newly answered"),
        Kind.WITHDRAWN: _("No longer answered"),
        Kind.NOT_APPLICABLE: _("No longer applicable"),
        Kind.APPLICABLE: _("Applicable again"),
        Kind.NEW: _("New question"),
        Kind.REMOVED: _("Question removed"),
        Kind.QUESTION_CHANGED: _("Question changed"),
        Kind.UNCHANGED: _("Unchanged"),
    }[kind]


def _headline(found: Comparison, answers: Sequence[AnswerMove]) -> str:
    counts = Counter(entry.kind for entry in answers)
    told = {
        Kind.IMPROVED: ngettext("{n} answer improved", "{n} answers improved", counts[Kind.IMPROVED]),
        Kind.FELL: ngettext("{n} answer fell", "{n} answers fell", counts[Kind.FELL]),
        Kind.ANSWERED: ngettext("{n} answer is new", "{n} answers are new", counts[Kind.ANSWERED]),
        Kind.WITHDRAWN: ngettext("{n} answer is gone", "{n} answers are gone", counts[Kind.WITHDRAWN]),
    }
    moves = [text for kind, text in told.items() if counts[kind]]
    return _(
        "Since {day}: {moves}", day=words.day(found.before), moves=words.listed(moves or [_("no answer moved")], 4)
    )


def _finding(found: Comparison, owner: Owner) -> str:
    move = found.score(owner)
    day = words.day(found.before)
    if move is None or move.before is None or move.now is None or move.change is None:
        return _("The score does not compare with that of {day}, which other rules made", day=day)
    before, now = words.score(move.before.low), words.score(move.now.low)
    if rounded(move.now.low) > rounded(move.before.low):
        return _("The score rose from {before} to {now} since {day}", before=before, now=now, day=day)
    if rounded(move.now.low) < rounded(move.before.low):
        return _("The score fell from {before} to {now} since {day}", before=before, now=now, day=day)
    return _("The score has stood at {now} since {day}", now=now, day=day)


def _moved(found: Comparison, owner: Owner, node: str, name: str, number: str, reach: str) -> Moved:
    move = found.score(owner, node)
    old, new = (move.before, move.now) if move else (None, None)
    both = old is not None and new is not None and move is not None and move.comparable

    def change(before: Fraction | None, now: Fraction | None) -> str:
        return words.change(before, now) if both and before is not None and now is not None else words.NONE

    return Moved(
        number=number,
        name=name,
        before=words.score(old.low if old else None),
        now=words.score(new.low if new else None),
        change=change(old.low if old else None, new.low if new else None),
        evidenced_before=words.score(old.evidenced if old else None),
        evidenced_now=words.score(new.evidenced if new else None),
        level=f"{old.level if old else words.NONE} → {new.level if new else words.NONE}",
        reach=reach,
    )


def _notes(view: View, found: Comparison) -> Iterable[str]:
    """Whatever else moved the tier's numbers."""
    by_kind = {
        kind: [
            move.name for move in found.applications if move.kind is kind and view.tier.id in (move.before, move.now)
        ]
        for kind in Presence
    }
    if names := by_kind[Presence.ADDED]:
        yield _("New in this tier: {names}.", names=words.listed(names, 6))
    if names := by_kind[Presence.REMOVED]:
        yield _("No longer assessed: {names}.", names=words.listed(names, 6))
    if names := by_kind[Presence.MOVED]:
        yield _("Moved from one tier to another: {names}.", names=words.listed(names, 6))
    for move in found.targets:
        if move.tier == view.tier.id and move.before is not None and move.now is not None:
            pillar = next((p.name for p in view.questionnaire.pillar if p.id == move.pillar), move.pillar)
            yield _("The target of {pillar} was level {before} and is {now}.", pillar=pillar, before=move.before,
                    now=move.now)  # fmt: skip
    if found.rules != view.scores.rules:
        yield _("Scoring rules {rules} made the earlier scores; changes of scores are not shown.", rules=found.rules)


def _counts(view: View, answers: Sequence[AnswerMove], kinds: Sequence[Kind]) -> Iterable[tuple[str, tuple[int, ...]]]:
    def row(some: Sequence[AnswerMove]) -> tuple[int, ...]:
        counts = Counter(entry.kind for entry in some)
        return tuple(counts[kind] for kind in kinds)

    for pillar in view.questionnaire.pillar:
        yield f"{view.numbers[pillar.id]} {pillar.name}", row([each for each in answers if each.pillar == pillar.id])
    gone = [each for each in answers if each.pillar is None]
    if gone:
        yield _("Practices that are no longer asked"), row(gone)
    yield _("All pillars"), row(answers)


def _group(kind: Kind, shifts: Sequence[Shift]) -> Group:
    brief = [shift for shift in shifts if kind is Kind.IMPROVED and not shift.why]
    together: dict[str, list[str]] = {}
    for shift in brief:
        together.setdefault(shift.moved, []).append(shift.code)
    return Group(
        kind_name(kind),
        tuple(shift for shift in shifts if shift not in brief),
        tuple((moved, ", ".join(codes)) for moved, codes in together.items()),
    )


def _shifts(view: View, answers: Sequence[AnswerMove], kind: Kind) -> tuple[Shift, ...]:
    """By criterion, in the questionnaire's order, several applications in one row."""
    by_criterion: dict[str, list[AnswerMove]] = {}
    for entry in answers:
        if entry.kind is kind:
            by_criterion.setdefault(entry.criterion, []).append(entry)
    return tuple(_shift(view, key, entries) for key, entries in by_criterion.items())


def _shift(view: View, key: str, entries: Sequence[AnswerMove]) -> Shift:
    ways = Counter(
        f"{step_name(view, each.before.value if each.before else None)} → "
        f"{step_name(view, each.now.value if each.now else None)}"
        for each in entries
    )
    notes = dict.fromkeys(words.parts([each.now.reason.strip(), each.now.note.strip()]) for each in entries if each.now)
    said = [note for note in notes if note]
    criterion = view.questionnaire.criteria.get(key)
    moved = [f"{way} ({words.whole(n)})" if len(ways) > 1 else way for way, n in ways.most_common()]
    return Shift(
        code=view.numbers.get(key, key),
        question=words.sentence(criterion.question) if criterion else key,
        moved=f"{_where(view, entries)}: {', '.join(moved)}",
        why=words.parts(
            [*said[:NOTES], _("and {n} more", n=words.whole(len(said) - NOTES)) if len(said) > NOTES else ""]
        ),
    )


def _where(view: View, entries: Sequence[AnswerMove]) -> str:
    keys = [entry.application for entry in entries if entry.application is not None]
    return view.counted(keys) if keys else view.name(None)


def _codes(view: View, answers: Sequence[AnswerMove], kind: Kind) -> str:
    """Codes of criteria; of a removed one its id and the questionnaire's reason."""
    found = [entry for entry in answers if entry.kind is kind]
    if kind is Kind.REMOVED:
        return "; ".join(
            dict.fromkeys(f"{entry.criterion} ({entry.why})" if entry.why else entry.criterion for entry in found)
        )
    return ", ".join(dict.fromkeys(view.numbers[entry.criterion] for entry in found))


# ---- the roadmap

_TOLD = (
    Delivery.DONE, Delivery.SLIPPED, Delivery.DROPPED, Delivery.SOONER, Delivery.DONE_UNPLANNED, Delivery.NEW,
)  # fmt: skip


def _by_outcome(item: ItemMove) -> tuple[int, str]:
    return (_TOLD.index(item.kind) if item.kind in _TOLD else len(_TOLD), item.id)


def outcome_name(kind: Delivery) -> str:
    return {
        Delivery.DONE: _("done"),
        Delivery.SLIPPED: _("slipped"),
        Delivery.SOONER: _("sooner"),
        Delivery.NEW: _("new"),
        Delivery.DROPPED: _("dropped"),
        Delivery.UNCHANGED: _("as planned"),
        Delivery.DONE_UNPLANNED: _("done, not planned"),
    }[kind]


def cause_name(cause: Cause) -> str:
    return {
        Cause.GAP_CLOSED: _("the gap is closed"),
        Cause.LATER: _("planned for a later wave"),
        Cause.OVERDUE: _("its wave is over, and the gap is open"),
        Cause.DECIDED: _("decided"),
        Cause.PLACED: _("the plan had no place for it then"),
        Cause.NOT_PLANNED: _("the gap is open, and the plan has no place for it"),
        Cause.TARGET_LOWERED: _("the target is lower now"),
        Cause.NOT_APPLICABLE: _("no longer applicable"),
        Cause.NO_APPLICATION: _("no application is left"),
        Cause.NOT_ASKED: _("no longer asked"),
    }[cause]


def _delivered(view: View, item: ItemMove) -> Delivered:
    practice = view.questionnaire.practices.get(item.practice)
    title = _("{practice}: level {level}", practice=practice.name if practice else item.practice, level=item.level)
    code = view.codes.get(item.id)
    return Delivered(
        title=f"{code} {title}" if code else title,
        outcome=outcome_name(item.kind),
        before=words.month(item.before) if item.before else words.NONE,
        now=words.month(item.now) if item.now else words.NONE,
        why=words.parts([cause_name(item.cause) if item.cause else "", item.reason]),
    )


def delivered(items: Sequence[ItemMove]) -> str:
    """What became of an earlier roadmap, in one sentence; what was planned then adds up."""
    counts = Counter(item.kind for item in items)
    planned = sum(item.before is not None for item in items)
    if not planned:
        return _("Nothing was planned then.")
    return ngettext(
        "Of {n} initiative planned then: {done} done, {kept} on course, {slipped} slipped, {dropped} dropped; "
        "not planned then: {unplanned} done, {new} new",
        "Of {n} initiatives planned then: {done} done, {kept} on course, {slipped} slipped, {dropped} dropped; "
        "not planned then: {unplanned} done, {new} new",
        planned,
        done=words.whole(counts[Delivery.DONE]),
        kept=words.whole(counts[Delivery.UNCHANGED] + counts[Delivery.SOONER]),
        slipped=words.whole(counts[Delivery.SLIPPED]),
        dropped=words.whole(counts[Delivery.DROPPED]),
        unplanned=words.whole(counts[Delivery.DONE_UNPLANNED]),
        new=words.whole(counts[Delivery.NEW]),
    )
