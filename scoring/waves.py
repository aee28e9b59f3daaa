"""Initiatives into waves: a greedy plan that obeys order, capacity and every decision a person took.

An item that fits into a wave is done in one; a larger one takes consecutive waves, uses what is left of each and
counts as done in its last. What comes before an item may share its wave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction

from questionnaires.model import Content, Questionnaire, Tiers
from scoring.assessment import Assessment
from scoring.claims import Claims
from scoring.lanes import before, first_wave, lanes, wave_starts
from scoring.places import Places
from scoring.roadmap import Initiative, Plan, Wave, initiatives

SOLVER = "greedy"


def provisional(content: Content, questionnaire: Questionnaire, assessment: Assessment, claims: Claims) -> Plan:
    """The joint plan of all tiers as the greedy rule fills it: at once, and close to the best."""
    items = initiatives(content, questionnaire, assessment, claims)
    return greedy(items, content.tiers, assessment.as_of, assessment.capacity)


def greedy(items: Sequence[Initiative], tiers: Tiers, as_of: date, capacity: Fraction) -> Plan:
    """Fill the waves in turn with the item that promises most per person-day, together with what must precede it.

    The must lane goes first: broken obligations, pins and what is due, with everything before them. ``capacity`` is
    in person-days per wave. Raises ValueError where items must come before each other.
    """
    days = wave_starts(tiers, as_of)
    open_, urgent = lanes(items, days)
    booking = Booking(capacity, days)
    fill(booking, items, urgent.keys(), urgent)
    fill(booking, items, open_ - urgent.keys())
    return booking.plan(SOLVER, items, tiers)


class Booking:
    """Waves with what is left of each, and the wave in which each item is done (from 0)."""

    def __init__(self, capacity: Fraction, days: Sequence[date]) -> None:
        """``days`` are the first days of the waves and, last, the day after them."""
        self.capacity = capacity
        self.days = tuple(days)
        self.left = [capacity] * (len(days) - 1)
        self.done: dict[str, int] = {}
        self.begun: dict[str, int] = {}

    def copy(self) -> Booking:
        other = Booking(self.capacity, self.days)
        other.left, other.done, other.begun = list(self.left), dict(self.done), dict(self.begun)
        return other

    def place(self, item: Initiative, wave: int) -> bool:
        """Book an item from ``wave`` on; False, and nothing booked, if it fits nowhere from there."""
        last = _book(self.left, wave, item.effort, self.capacity)
        if last is not None:
            self.begun[item.id], self.done[item.id] = wave, last
        return last is not None

    def plan(self, solver: str, items: Sequence[Initiative], tiers: Tiers, bound: Fraction | None = None) -> Plan:
        """What is booked as a plan, each item with why it stands there. ``bound`` is a proven upper bound of the
        objective."""
        known = {item.id: item for item in items}
        by_id = Places(known, self.days, self.capacity, self.left, self.begun, self.done).explained()
        waves = tuple(
            Wave(
                index=index + 1,
                start=self.days[index],
                capacity=self.capacity,
                used=self.capacity - left,
                items=tuple(by_id[key] for key in sorted(k for k, wave in self.done.items() if wave == index)),
            )
            for index, left in enumerate(self.left)
        )
        worth = objective(by_id, self.done, tiers.discount)
        gap = (bound - worth) / worth if bound is not None and worth else Fraction(0) if bound == worth else None
        rest = tuple(by_id[key] for key in sorted(by_id.keys() - self.done.keys()))
        return Plan(solver, worth, waves, rest, bound, gap)


def objective(by_id: Mapping[str, Initiative], done: Mapping[str, int], discount: Fraction) -> Fraction:
    """Time-discounted value: what is done in the first wave counts whole, a wave later ``discount`` of it."""
    return sum((by_id[key].value * discount**wave for key, wave in done.items()), Fraction(0))


def fill(
    booking: Booking, items: Sequence[Initiative], wanted: Collection[str], by: Mapping[str, int] | None = None
) -> None:
    """Book the wanted items into what is left, wave by wave, the most promising that is ready first.

    ``by`` is the wave by which an item is wanted: the earlier goes first, whatever it promises.
    """
    by_id = {item.id: item for item in items}
    earlier = {key: before(by_id, key) for key in wanted}
    rank = _ranks(by_id, earlier)
    by = by or {}
    never = len(booking.left)
    waiting = sorted(wanted, key=lambda key: (by.get(key, never), -rank[key], len(earlier[key]), key))
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
