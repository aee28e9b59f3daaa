"""What may be planned at all, what runs ahead of the ranking, and the days of the waves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter

from questionnaires.model import Tiers
from scoring.assessment import Lane
from scoring.roadmap import Initiative


def lanes(items: Sequence[Initiative], days: Sequence[date]) -> tuple[set[str], dict[str, int]]:
    """(what may be planned at all, what of it runs ahead of the ranking → the wave, from 0, by which it is wanted).

    A dropped item and everything that needs it stay out. Broken obligations, pins and what is due within the waves run
    ahead, with what precedes them. Raises ValueError where items must come before each other.
    """
    by_id = {item.id: item for item in items}
    try:
        TopologicalSorter({key: item.after for key, item in by_id.items()}).prepare()
    except CycleError as error:
        raise ValueError(f"initiatives that must come before each other: {' → '.join(error.args[1])}") from error
    earlier = {key: before(by_id, key) for key in by_id}
    barred = {key for key in by_id if not _allowed(by_id[key])}
    open_ = {key for key in by_id if not (earlier[key] | {key}) & barred}
    urgent: dict[str, int] = {}
    for key in open_:
        wanted = wanted_by(by_id[key], days)
        if wanted is not None:
            urgent |= {other: min(urgent.get(other, wanted), wanted) for other in earlier[key] | {key}}
    return open_, urgent


def before(by_id: Mapping[str, Initiative], key: str) -> set[str]:
    """Everything of the given items that must come before one of them, directly or not."""
    found: set[str] = set()
    stack = list(by_id[key].after)
    while stack:
        other = stack.pop()
        if other in by_id and other not in found:
            found.add(other)
            stack.extend(by_id[other].after)
    return found


def wanted_by(item: Initiative, days: Sequence[date]) -> int | None:
    """The wave (from 0) by which an item of the must lane is wanted; None for every other.

    A broken obligation at once, a pin in its wave, what is due in the wave that holds its day. What is due after the
    last wave is in no hurry.
    """
    decision = item.decision
    if decision is not None and decision.lane is Lane.PIN:
        return first_wave(item)
    if item.must:
        return 0
    return wave_of(days, decision.by) if decision is not None and decision.by is not None else None


def _allowed(item: Initiative) -> bool:
    """Whether a person left the item in the plan at all."""
    return item.decision is None or not item.decision.excludes


def first_wave(item: Initiative) -> int:
    """The first wave (from 0) in which a person lets the item be done."""
    decision = item.decision
    return decision.wave - 1 if decision is not None and decision.wave is not None else 0


def wave_starts(tiers: Tiers, as_of: date) -> tuple[date, ...]:
    """The first day of every wave and, last, the day after the last wave."""
    return tuple(_months_on(as_of, index * tiers.wave_months) for index in range(tiers.waves + 1))


def wave_of(days: Sequence[date], day: date) -> int | None:
    """The wave (from 0) that holds a day, the first for every earlier day; None after the last wave."""
    return max(0, bisect_right(days, day) - 1) if day < days[-1] else None


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
