"""The best plan under order and capacity, by mixed-integer programming, started from the greedy one.

The must lane is placed first and as early as it can be; where the greedy rule misses a pin or a day, the solver looks
whether the waves could hold more of them. Everything else is then the best that order and capacity leave, proven
against a bound; the objective that is stored is computed in fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from questionnaires.model import Content, Questionnaire, Tiers
from scoring.assessment import Assessment, Lane
from scoring.claims import Claims
from scoring.lanes import lanes, wanted_by, wave_starts
from scoring.program import EXACT, Program
from scoring.roadmap import Initiative, Plan, initiatives
from scoring.waves import Booking, fill, objective

SOLVER = "HiGHS"


def plan(content: Content, questionnaire: Questionnaire, assessment: Assessment, claims: Claims) -> Plan:
    """The joint plan of all tiers. Two runs over the same input give the same plan."""
    items = initiatives(content, questionnaire, assessment, claims)
    return solve(items, content.tiers, assessment.as_of, assessment.capacity)


def solve(items: Sequence[Initiative], tiers: Tiers, as_of: date, capacity: Fraction) -> Plan:
    """The plan of greatest time-discounted value; what is urgent is placed first, as early as it can be.

    ``bound`` is proven for the plan as a whole, with the urgent items where they stand. Raises ValueError where items
    must come before each other.
    """
    items = sorted(items, key=lambda item: item.id)
    by_id = {item.id: item for item in items}
    days = wave_starts(tiers, as_of)
    open_, urgent = lanes(items, days)
    booking = _urgent_first(items, Booking(capacity, days), urgent)
    start = booking.copy()
    fill(start, items, open_ - urgent.keys())
    rest = [by_id[key] for key in sorted(open_ - urgent.keys())]
    program = Program(rest, booking, lambda item, wave: item.value * tiers.discount**wave)
    if not program.columns:
        return start.plan(SOLVER, items, tiers, objective(by_id, start.done, tiers.discount))
    found = program.solve(start)
    settled = objective(by_id, booking.done, tiers.discount)
    bound = None if found.bound is None else settled + Fraction(found.bound).limit_denominator(10**9)

    def worth(entry: Booking) -> Fraction:
        return objective(by_id, entry.done, tiers.discount)

    best = max((program.tightened(start), found.booking), key=worth)
    if bound is None:
        return best.plan(f"{SOLVER}, stopped early", items, tiers)
    if bound - worth(best) <= EXACT * max(worth(best), Fraction(1)):
        bound = worth(best)
    proven = found.finished or bound <= worth(best) * (1 + program.aim)
    return best.plan(SOLVER if proven else f"{SOLVER}, stopped early", items, tiers, bound)


def _urgent_first(items: Sequence[Initiative], empty: Booking, urgent: Mapping[str, int]) -> Booking:
    """The must lane in waves of its own: by the greedy rule or, where that breaks a pin or a day, by the solver if it
    keeps more of them."""
    booking = empty.copy()
    fill(booking, items, urgent.keys(), urgent)
    promised = {
        item.id: wave
        for item in items
        if item.id in urgent and item.decision is not None and item.decision.lane in (Lane.PIN, Lane.DUE)
        and (wave := wanted_by(item, empty.days)) is not None
    }  # fmt: skip
    if _kept(booking, promised) == len(promised):
        return booking
    waves = len(empty.left)
    share = Fraction(1, 4 * len(urgent) * waves)
    most = max(item.value for item in items if item.id in urgent) or Fraction(1)

    def worth(item: Initiative, wave: int) -> Fraction:
        """A promise kept outweighs every other thing; then done at all; then early, what is worth most first."""
        early = (waves - wave) * (Fraction(1) if item.must else (1 + item.value / most) / 4)
        return (item.id in promised and wave <= promised[item.id]) + share * (waves + early)

    found = Program([item for item in items if item.id in urgent], empty, worth).solve(booking)
    return found.booking if _kept(found.booking, promised) > _kept(booking, promised) else booking


def _kept(booking: Booking, promised: Mapping[str, int]) -> int:
    never = len(booking.left)
    return sum(booking.done.get(key, never) <= wave for key, wave in promised.items())
