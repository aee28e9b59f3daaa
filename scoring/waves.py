"""Initiatives into waves: a greedy plan that obeys order, capacity and every decision a person took.

An item that fits into a wave is done in one; a larger one takes consecutive waves, uses what is left of each and
counts as done in its last. What comes before an item may share its wave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from questionnaires.model import Content, Questionnaire, Tiers
from scoring.assessment import Assessment, Lane
from scoring.claims import Claims
from scoring.roadmap import Initiative, Plan, Wave, initiatives

SOLVER = "greedy"


def provisional(content: Content, questionnaire: Questionnaire, assessment: Assessment, claims: Claims) -> Plan:
    """The joint plan of all tiers as the greedy rule fills it: at once, and close to the best."""
    items = initiatives(content, questionnaire, assessment, claims)
    return greedy(items, content.tiers, assessment.as_of, assessment.capacity)


def greedy(items: Sequence[Initiative], tiers: Tiers, as_of: date, capacity: Fraction) -> Plan:
    """Fill the waves in turn with the item that promises most per person-day, together with what must precede it.

    Must items and pins, with everything before them, go first. ``capacity`` is in person-days per wave.
    """
    open_, urgent = lanes(items)
    booking = Booking(capacity, tiers.waves)
    fill(booking, items, urgent)
    fill(booking, items, open_ - urgent)
    return booking.plan(SOLVER, items, tiers, as_of)


class Booking:
    """Waves with what is left of each, and the wave in which each item is done (from 0)."""

    def __init__(self, capacity: Fraction, waves: int) -> None:
        self.capacity = capacity
        self.left = [capacity] * waves
        self.done: dict[str, int] = {}

    def place(self, item: Initiative, wave: int) -> bool:
        """Book an item from ``wave`` on; False, and nothing booked, if it fits nowhere from there."""
        last = _book(self.left, wave, item.effort, self.capacity)
        if last is not None:
            self.done[item.id] = last
        return last is not None

    def plan(
        self,
        solver: str,
        items: Sequence[Initiative],
        tiers: Tiers,
        as_of: date,
        bound: Fraction | None = None,
    ) -> Plan:
        """What is booked as a plan. ``bound`` is a proven upper bound of its objective."""
        by_id = {item.id: item for item in items}
        waves = tuple(
            Wave(
                index=index + 1,
                start=_months_on(as_of, index * tiers.wave_months),
                capacity=self.capacity,
                used=self.capacity - left,
                items=tuple(by_id[key] for key in sorted(k for k, wave in self.done.items() if wave == index)),
            )
            for index, left in enumerate(self.left)
        )
        worth = objective(by_id, self.done, tiers.discount)
        gap = (bound - worth) / worth if bound is not None and worth else Fraction(0) if bound == worth else None
        rest = tuple(sorted((item for item in items if item.id not in self.done), key=lambda item: item.id))
        return Plan(solver, worth, waves, rest, bound, gap)


def objective(by_id: Mapping[str, Initiative], done: Mapping[str, int], discount: Fraction) -> Fraction:
    """Time-discounted value: what is done in the first wave counts whole, a wave later ``discount`` of it."""
    return sum((by_id[key].value * discount**wave for key, wave in done.items()), Fraction(0))


def lanes(items: Sequence[Initiative]) -> tuple[set[str], set[str]]:
    """(what may be planned at all, what of it runs ahead of the ranking).

    A dropped item and everything that needs it stay out. Must items and pins run ahead, with what precedes them.
    """
    by_id = {item.id: item for item in items}
    earlier = {key: before(by_id, key) for key in by_id}
    barred = {key for key in by_id if not _allowed(by_id[key])}
    open_ = {key for key in by_id if not (earlier[key] | {key}) & barred}
    urgent = {key for key in open_ if _urgent(by_id[key])}
    return open_, urgent | {other for key in urgent for other in earlier[key]}


def fill(booking: Booking, items: Sequence[Initiative], wanted: set[str]) -> None:
    """Book the wanted items into what is left, wave by wave, the most promising that is ready first."""
    by_id = {item.id: item for item in items}
    earlier = {key: before(by_id, key) for key in wanted}
    rank = _ranks(by_id, earlier)
    waiting = sorted(wanted, key=lambda key: (-rank[key], len(earlier[key]), key))
    never = len(booking.left)
    for wave in range(never):
        placed = True
        while placed:
            placed = False
            for key in waiting:
                item = by_id[key]
                ready = all(booking.done.get(other, never) <= wave for other in item.after)
                if ready and first_wave(item) <= wave and booking.place(item, wave):
                    waiting.remove(key)
                    placed = True
                    break


def before(by_id: Mapping[str, Initiative], key: str) -> set[str]:
    """Everything that must come before an item, directly or not."""
    found: set[str] = set()
    stack = list(by_id[key].after)
    while stack:
        other = stack.pop()
        if other not in found:
            found.add(other)
            stack.extend(by_id[other].after)
    return found


def _ranks(by_id: Mapping[str, Initiative], earlier: Mapping[str, set[str]]) -> dict[str, float]:
    """The best value per person-day that an item leads to: its own with what precedes it, or of what it unlocks."""
    rank = dict.fromkeys(by_id, 0.0)
    for key in sorted(earlier):
        chain = earlier[key] | {key}
        effort = sum((by_id[other].effort for other in chain), Fraction(0))
        worth = sum((by_id[other].value for other in chain), Fraction(0))
        density = float(worth / effort) if effort else float("inf")
        for other in chain:
            rank[other] = max(rank[other], density)
    return rank


def _allowed(item: Initiative) -> bool:
    """Whether a person left the item in the plan at all."""
    return item.decision is None or not item.decision.excludes


def _urgent(item: Initiative) -> bool:
    return item.must or (item.decision is not None and item.decision.lane is Lane.PIN)


def first_wave(item: Initiative) -> int:
    """The first wave (from 0) in which a person lets the item be done."""
    decision = item.decision
    return decision.wave - 1 if decision is not None and decision.wave is not None else 0


def _book(left: list[Fraction], wave: int, effort: Fraction, capacity: Fraction) -> int | None:
    """Book ``effort`` from ``wave`` on and return the wave in which it is done; None, and nothing booked, if it fits
    nowhere from here."""
    if effort <= left[wave]:
        left[wave] -= effort
        return wave
    if effort <= capacity or not left[wave]:
        return None
    taken: list[tuple[int, Fraction]] = []
    for index in range(wave, len(left)):
        share = min(left[index], effort)
        if not share:
            return None
        taken.append((index, share))
        effort -= share
        if not effort:
            for booked, amount in taken:
                left[booked] -= amount
            return index
    return None


def _months_on(day: date, months: int) -> date:
    """The same day some months later; the last of the month where that month is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for candidate in range(day.day, 27, -1):
        try:
            return date(year, month, candidate)
        except ValueError:
            continue
    return date(year, month, min(day.day, 28))
