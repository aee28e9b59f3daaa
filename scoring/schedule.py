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


def plan(content: Content, questionnaire: Questionnaire, assessment: Assessment, claims: Claims) -> Plan:
    """The joint plan of all tiers. Two runs over the same input give the same plan."""
    items = initiatives(content, questionnaire, assessment, claims)
    return greedy(items, content.tiers, assessment.as_of, assessment.capacity)


def greedy(items: Sequence[Initiative], tiers: Tiers, as_of: date, capacity: Fraction) -> Plan:
    """Fill the waves in turn with the item that promises most per person-day, together with what must precede it.

    Must items and pins, with everything before them, go first. ``capacity`` is in person-days per wave.
    """
    by_id = {item.id: item for item in items}
    earlier = {key: _before(by_id, key) for key in by_id}
    barred = {key for key in by_id if not _allowed(by_id[key])}
    open_ = {key for key in by_id if not (earlier[key] | {key}) & barred}
    urgent = {key for key in open_ if _urgent(by_id[key])}
    urgent |= {other for key in urgent for other in earlier[key]}
    rank = _ranks(by_id, earlier, open_)
    left = [capacity] * tiers.waves
    done: dict[str, int] = {}
    for lane in (urgent, open_ - urgent):
        waiting = sorted(lane - done.keys(), key=lambda key: (-rank[key], len(earlier[key]), key))
        for wave in range(tiers.waves):
            placed = True
            while placed:
                placed = False
                for key in waiting:
                    item = by_id[key]
                    if _first_wave(item) > wave or any(done.get(other, tiers.waves) > wave for other in item.after):
                        continue
                    last = _place(left, wave, item.effort, capacity)
                    if last is not None:
                        done[key] = last
                        waiting.remove(key)
                        placed = True
                        break
    waves = tuple(
        Wave(
            index=index + 1,
            start=_months_on(as_of, index * tiers.wave_months),
            capacity=capacity,
            used=capacity - left[index],
            items=tuple(by_id[key] for key in sorted(k for k, w in done.items() if w == index)),
        )
        for index in range(tiers.waves)
    )
    worth = sum((by_id[key].value * tiers.discount**wave for key, wave in done.items()), Fraction(0))
    rest = tuple(item for item in items if item.id not in done)
    return Plan(SOLVER, worth, waves, rest)


def _before(by_id: Mapping[str, Initiative], key: str) -> set[str]:
    """Everything that must come before an item, directly or not."""
    found: set[str] = set()
    stack = list(by_id[key].after)
    while stack:
        other = stack.pop()
        if other not in found:
            found.add(other)
            stack.extend(by_id[other].after)
    return found


def _ranks(by_id: Mapping[str, Initiative], earlier: Mapping[str, set[str]], open_: set[str]) -> dict[str, float]:
    """The best value per person-day that an item leads to: its own with what precedes it, or of what it unlocks."""
    rank = dict.fromkeys(by_id, 0.0)
    for key in sorted(open_):
        chain = earlier[key] | {key}
        effort = sum((by_id[other].effort for other in chain), Fraction(0))
        worth = sum((by_id[other].value for other in chain), Fraction(0))
        density = float(worth / effort) if effort else float("inf")
        for other in chain:
            rank[other] = max(rank[other], density)
    return rank


def _allowed(item: Initiative) -> bool:
    """Whether a person left the item in the plan at all."""
    decision = item.decision
    return decision is None or not (
        decision.lane is Lane.DROP or (decision.lane is Lane.DEFER and decision.wave is None)
    )


def _urgent(item: Initiative) -> bool:
    return item.must or (item.decision is not None and item.decision.lane is Lane.PIN)


def _first_wave(item: Initiative) -> int:
    """The first wave (from 0) in which a person lets the item be done."""
    decision = item.decision
    return decision.wave - 1 if decision is not None and decision.wave is not None else 0


def _place(left: list[Fraction], wave: int, effort: Fraction, capacity: Fraction) -> int | None:
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
