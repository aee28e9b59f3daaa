"""What became of an earlier roadmap: done, slipped, brought forward, dropped or as it was; and what it had not planned.

What was planned had a place in a wave. Whether a gap is closed is read from today's answers and targets, never from a
plan, which may be older than they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from questionnaires.model import NOT_APPLICABLE, Questionnaire, Scope
from scoring.assessment import Assessment, answer_of
from scoring.roadmap import Initiative, Plan
from scoring.scores import reading, targets


class Delivery(StrEnum):
    """What became of one roadmap item: of one that was planned then one of the first five, else one of the others."""

    DONE = "done"
    SLIPPED = "slipped"
    SOONER = "sooner"
    DROPPED = "dropped"
    UNCHANGED = "unchanged"
    NEW = "new"
    """Planned now: the gap is new, or the item found its place since."""
    DONE_UNPLANNED = "done-unplanned"


class Cause(StrEnum):
    """Why."""

    GAP_CLOSED = "gap-closed"
    LATER = "later"
    """Planned for a later wave than then."""
    OVERDUE = "overdue"
    """The wave it was planned for is over, and the gap is open."""
    DECIDED = "decided"
    """A person dropped or deferred it; ``ItemMove.reason`` holds their word."""
    PLACED = "placed"
    """The gap was known then, and the plan had no place for it."""
    NOT_PLANNED = "not-planned"
    """The gap is open, and today's plan has no place for it."""
    TARGET_LOWERED = "target-lowered"
    NOT_APPLICABLE = "not-applicable"
    NO_APPLICATION = "no-application"
    """No application of its tiers is left."""
    NOT_ASKED = "not-asked"
    """The questionnaire asks nothing of this practice and level any more."""


@dataclass(frozen=True, slots=True)
class ItemMove:
    """One roadmap item, then and now."""

    kind: Delivery
    id: str
    practice: str
    level: int
    tiers: tuple[str, ...]
    """Those it was planned for then, else those it serves now."""
    before: date | None
    """First day of the wave it was planned for then; None where it was not planned."""
    now: date | None
    """First day of the wave it is planned for now; None where it is not planned, or done."""
    cause: Cause | None = None
    reason: str = ""


def deliveries(
    questionnaire: Questionnaire, assessment: Assessment, before: Plan, now: Plan, tier: str | None = None
) -> tuple[ItemMove, ...]:
    """Every item that had a place in the plan then, has one now or is done without, by id.

    With ``tier`` only items that serve it. Two plans begin on different days, so a shift of at most half a wave
    is none.
    """
    then, today = _items(before, tier), _items(now, tier)
    wave = _length(before) or _length(now)
    moves = (_move(questionnaire, assessment, then.get(key), today.get(key), wave) for key in sorted({**then, **today}))
    return tuple(move for move in moves if move is not None)


@dataclass(frozen=True, slots=True)
class _Place:
    item: Initiative
    start: date | None


def _items(plan: Plan, tier: str | None) -> dict[str, _Place]:
    placed = [(item, wave.start) for wave in plan.waves for item in wave.items]
    every: list[tuple[Initiative, date | None]] = [*placed, *((item, None) for item in plan.unplanned)]
    return {item.id: _Place(item, start) for item, start in every if tier is None or tier in item.tiers}


def _length(plan: Plan) -> timedelta:
    """Of a wave; nothing where the plan has only one."""
    return max(plan.waves[1].start - plan.waves[0].start, timedelta()) if len(plan.waves) > 1 else timedelta()


def _move(
    questionnaire: Questionnaire, assessment: Assessment, then: _Place | None, today: _Place | None, wave: timedelta
) -> ItemMove | None:
    """None where no plan had a place for it and it is open, or nobody wants it any more."""
    place = today or then
    assert place is not None  # every id comes from one of the two plans
    item = place.item
    before, now = then.start if then else None, today.start if today else None

    def moved(kind: Delivery, cause: Cause | None = None, reason: str = "") -> ItemMove:
        start = None if settled is not None or kind is Delivery.DROPPED else now
        tiers = then.item.tiers if then and before else item.tiers
        return ItemMove(kind, item.id, item.practice, item.level, tiers, before, start, cause, reason)

    settled = _settled(questionnaire, assessment, item)
    if before is None:
        if settled is not None:
            return moved(Delivery.DONE_UNPLANNED, settled) if settled is Cause.GAP_CLOSED else None
        return moved(Delivery.NEW, Cause.PLACED if then else None) if now else None
    if settled is not None:
        return moved(Delivery.DONE if settled is Cause.GAP_CLOSED else Delivery.DROPPED, settled)
    if now is None:
        decision = assessment.decisions.get(item.id)
        if decision is not None and decision.excludes:
            return moved(Delivery.DROPPED, Cause.DECIDED, decision.reason)
        return moved(Delivery.DROPPED, Cause.NOT_PLANNED)
    if wave and assessment.as_of - before >= wave:
        return moved(Delivery.SLIPPED, Cause.OVERDUE)
    if now - before > wave / 2:
        return moved(Delivery.SLIPPED, Cause.LATER)
    return moved(Delivery.SOONER if before - now > wave / 2 else Delivery.UNCHANGED)


def _settled(questionnaire: Questionnaire, assessment: Assessment, item: Initiative) -> Cause | None:
    """Why nothing is left to do for an item; None while its gap is open."""
    practice = questionnaire.practices.get(item.practice)
    if practice is None or item.level not in practice.by_level:
        return Cause.NOT_ASKED
    served = [tier for tier in item.tiers if assessment.in_tier(tier)]
    if not served:
        return Cause.NO_APPLICATION
    pillar, wanted = questionnaire.pillar_of[item.practice].id, targets(questionnaire, assessment)
    served = [tier for tier in served if wanted.get((tier, pillar), questionnaire.base) >= item.level]
    if not served:
        return Cause.TARGET_LOWERED
    owners = [application for tier in served for application in assessment.in_tier(tier)]
    claimed = [
        reading(questionnaire, answer_of(assessment.answers, owner, criterion.id), None).claimed
        for owner in ([None] if practice.scope is Scope.ORGANISATION else owners)
        for criterion in practice.by_level[item.level]
    ]
    applicable = [questionnaire.values.get(step, 0) for step in claimed if step != NOT_APPLICABLE]
    if not applicable:
        return Cause.NOT_APPLICABLE
    return Cause.GAP_CLOSED if min(applicable) >= questionnaire.met_value else None
