"""The best plan under order and capacity, by mixed-integer programming (HiGHS), started from the greedy one.

Binary variables say in which wave an item is done; an item larger than a wave also says in which consecutive waves it
is worked on, and how much in each. Efforts are scaled to integers, so that a plan holds its capacity exactly, and the
objective that is stored is recomputed in fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from importlib import import_module
from itertools import accumulate
from math import ceil, inf, isfinite, lcm
from typing import Any

from questionnaires.model import Content, Questionnaire, Tiers
from scoring.assessment import Assessment
from scoring.claims import Claims
from scoring.roadmap import Initiative, Plan, initiatives
from scoring.waves import Booking, fill, first_wave, lanes

RELATIVE_GAP = 0.005
"""Stop when the plan is proven to be this close to the best."""
SMALL = 400
"""Up to this many yes-or-no variables an instance is solved at gap 0."""
NODES, SMALL_NODES = 50, 500
"""Branches that an instance may cost: a limit that every run and every machine reaches at the same plan."""
SECONDS = 60.0
"""Safety net for slow machines. A plan that a limit ended says so, and shows its gap."""
SEED = 1
FINE = 360
"""Parts of a day. A capacity that needs smaller ones is cut to them: the solver counts in doubles."""
SOLVER = "HiGHS"


def plan(content: Content, questionnaire: Questionnaire, assessment: Assessment, claims: Claims) -> Plan:
    """The joint plan of all tiers. Two runs over the same input give the same plan."""
    items = initiatives(content, questionnaire, assessment, claims)
    return solve(items, content.tiers, assessment.as_of, assessment.capacity)


def solve(items: Sequence[Initiative], tiers: Tiers, as_of: date, capacity: Fraction) -> Plan:
    """The plan of greatest time-discounted value; what is urgent is placed first, as early as it can be.

    ``bound`` is proven for the plan as a whole, with the urgent items where they stand.
    """
    items = sorted(items, key=lambda item: item.id)
    open_, urgent = lanes(items)
    booking = Booking(capacity, tiers.waves)
    fill(booking, items, urgent)
    start = Booking(capacity, tiers.waves)
    start.left, start.done = list(booking.left), dict(booking.done)
    fill(start, items, open_ - urgent)
    rest = [item for item in items if item.id in open_ - urgent]
    model = _Model(rest, booking, tiers.discount)
    if not model.columns:
        return start.plan(SOLVER, items, tiers, as_of, _worth(items, start, tiers))
    found = model.solve(start)
    settled = _worth(items, booking, tiers)
    candidates = [start] if found.booking is None else [found.booking, start]
    best = max(candidates, key=lambda entry: _worth(items, entry, tiers))
    note = SOLVER if found.finished else f"{SOLVER}, stopped early"
    if found.bound is None:
        return best.plan(note, items, tiers, as_of)
    bound = settled + Fraction(found.bound).limit_denominator(10**9)
    return best.plan(note, items, tiers, as_of, max(bound, _worth(items, best, tiers)))


def _worth(items: Iterable[Initiative], booking: Booking, tiers: Tiers) -> Fraction:
    value = {item.id: item.value for item in items}
    return sum((value[key] * tiers.discount**wave for key, wave in booking.done.items()), Fraction(0))


@dataclass
class _Found:
    booking: Booking | None
    bound: float | None
    finished: bool


@dataclass
class _Model:
    """The mixed-integer model of the items that are not urgent, in what the urgent ones left of the waves.

    The variables are cumulative: *done by* a wave, and for a large item *begun by* a wave. Order then is one
    inequality between two variables, which keeps the relaxation tight and the matrix thin.
    """

    items: Sequence[Initiative]
    booked: Booking
    discount: Fraction
    columns: list[tuple[float, float, float]] = field(default_factory=list)
    """(objective, upper bound, 1 for integer)"""
    rows: list[tuple[float, float, list[int], list[float]]] = field(default_factory=list)
    done: dict[tuple[str, int], int] = field(default_factory=dict)
    """(item, wave) → the column that says it is done by then."""
    begun: dict[tuple[str, int], int] = field(default_factory=dict)
    """(large item, wave) → the column that says work on it began by then."""
    share: dict[tuple[str, int], int] = field(default_factory=dict)
    """(large item, wave) → the column that says how much is worked on it in that wave, in scaled days."""

    def __post_init__(self) -> None:
        efforts = [item.effort.denominator for item in self.items]
        self.scale = lcm(*efforts, *(left.denominator for left in self.booked.left))
        if self.scale > FINE:
            self.scale = lcm(*efforts, FINE)
        self.waves = len(self.booked.left)
        self.left = [int(left * self.scale) for left in self.booked.left]
        self.large = {item.id for item in self.items if item.effort > self.booked.capacity}
        for item in self.items:
            self._add_item(item)
            if item.id in self.large:
                self._add_large(item)
        for item in self.items:
            self._add_order(item)
        for wave in range(self.waves):
            self._add_capacity(wave)

    def _days(self, item: Initiative) -> int:
        return int(item.effort * self.scale)

    def _column(self, worth: Fraction | int, upper: float, integer: bool) -> int:
        self.columns.append((float(worth), upper, float(integer)))
        return len(self.columns) - 1

    def _at_most(self, limit: float, *entries: tuple[int | None, float]) -> None:
        """Σ coefficient · column ≤ limit; a column that does not exist is 0."""
        known = [(column, value) for column, value in entries if column is not None]
        if known:
            self.rows.append((-inf, limit, [column for column, _ in known], [float(value) for _, value in known]))

    def _add_item(self, item: Initiative) -> None:
        for wave in range(first_wave(item), self.waves):
            later = self.discount ** (wave + 1) if wave + 1 < self.waves else Fraction(0)
            self.done[item.id, wave] = self._column(item.value * (self.discount**wave - later), 1, True)
            self._at_most(0, (self.done.get((item.id, wave - 1)), 1), (self.done[item.id, wave], -1))

    def _add_large(self, item: Initiative) -> None:
        """Worked on in consecutive waves, something in each, and done in the last of them."""
        days, last = self._days(item), self.waves - 1
        least = ceil(item.effort / self.booked.capacity) if self.booked.capacity else self.waves + 1
        worked: list[tuple[int | None, float]] = []
        for wave in range(first_wave(item), self.waves):
            begun = self.begun[item.id, wave] = self._column(0, 1, True)
            share = self.share[item.id, wave] = self._column(0, self.left[wave], False)
            done, before = self.done[item.id, wave], self.done.get((item.id, wave - 1))
            self._at_most(0, (self.begun.get((item.id, wave - 1)), 1), (begun, -1))
            # Worked on from when it is begun until it is done: at least one unit, at most what is left of the wave.
            self._at_most(0, (share, 1), (begun, -self.left[wave]), (before, self.left[wave]))
            self._at_most(0, (begun, 1), (before, -1), (share, -1))
            worked.append((share, -1))
            self._at_most(0, (done, days), *worked)
            self._at_most(0, (done, 1), (self.begun.get((item.id, wave - least + 1)), -1))
        if (item.id, last) in self.begun:
            self._at_most(0, (self.begun[item.id, last], 1), (self.done[item.id, last], -1))
            self._at_most(0, *((column, -value) for column, value in worked), (self.done[item.id, last], -days))

    def _add_order(self, item: Initiative) -> None:
        """What comes before is done in the same wave or earlier; of a large item, by the wave in which it begins."""
        mine = self.begun if item.id in self.large else self.done
        for other in item.after:
            for wave in range(self.waves):
                settled = self.booked.done.get(other, self.waves)
                if settled > wave and (item.id, wave) in mine:
                    self._at_most(0, (mine[item.id, wave], 1), (self.done.get((other, wave)), -1))

    def _add_capacity(self, wave: int) -> None:
        entries: list[tuple[int | None, float]] = []
        for item in self.items:
            if item.id in self.large:
                entries.append((self.share.get((item.id, wave)), 1))
            else:
                entries.append((self.done.get((item.id, wave)), self._days(item)))
                entries.append((self.done.get((item.id, wave - 1)), -self._days(item)))
        self._at_most(self.left[wave], *entries)

    def solve(self, start: Booking) -> _Found:
        """The best booking found, a proven bound of what these items are worth, and whether it ran to the end."""
        # Typed as Any: the bindings carry no types.
        highspy: Any = import_module("highspy")

        class Silent(highspy.Highs):  # type: ignore[misc]
            """Quiet from the start: the constructor would greet on standard output, where JSON goes."""

            def enableCallbacks(self) -> None:  # noqa: N802
                self.silent()
                super().enableCallbacks()

        highs = Silent()
        integers = sum(integer for _, _, integer in self.columns)
        for name, value in (
            ("threads", 1),
            ("random_seed", SEED),
            ("time_limit", SECONDS),
            ("mip_rel_gap", 0.0 if integers <= SMALL else RELATIVE_GAP),
            ("mip_abs_gap", 1e-9),
            ("mip_max_nodes", SMALL_NODES if integers <= SMALL else NODES),
        ):
            highs.setOptionValue(name, value)
        highs.passModel(self._lp(highspy))
        highs.setSolution(self._started(highspy, start))
        highs.run()
        finished = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        info = highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return _Found(None, None, False)
        bound = float(info.mip_dual_bound)
        return _Found(self._booking(highs.getSolution().col_value), bound if isfinite(bound) else None, finished)

    def _lp(self, highspy: Any) -> Any:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.columns), len(self.rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = [worth for worth, _, _ in self.columns]
        lp.col_lower_ = [0.0] * len(self.columns)
        lp.col_upper_ = [float(upper) for _, upper, _ in self.columns]
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(integer)] for _, _, integer in self.columns]
        lp.row_lower_ = [lower for lower, _, _, _ in self.rows]
        lp.row_upper_ = [float(upper) for _, upper, _, _ in self.rows]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = list(accumulate((len(columns) for _, _, columns, _ in self.rows), initial=0))
        lp.a_matrix_.index_ = [column for _, _, columns, _ in self.rows for column in columns]
        lp.a_matrix_.value_ = [value for _, _, _, values in self.rows for value in values]
        return lp

    def _started(self, highspy: Any, start: Booking) -> Any:
        """The greedy plan as a first solution: the yes-or-no part; HiGHS finds the shares."""
        solution = highspy.HighsSolution()
        values = [0.0] * len(self.columns)
        for (key, wave), column in self.done.items():
            values[column] = float(start.done.get(key, self.waves) <= wave)
        solution.col_value = values
        return solution

    def _booking(self, values: Sequence[float]) -> Booking:
        """A solution as an exact booking: small items whole, then the large ones by their deadline."""
        booking = Booking(self.booked.capacity, self.waves)
        booking.left, booking.done = list(self.booked.left), dict(self.booked.done)
        large: list[tuple[int, int, Initiative]] = []
        for item in self.items:
            wave = self._first(values, self.done, item.id)
            if wave is None:
                continue
            booking.done[item.id] = wave
            if item.id in self.large:
                begun = self._first(values, self.begun, item.id)
                large.append((wave, wave if begun is None else begun, item))
            else:
                booking.left[wave] -= item.effort
        missing = {item.id: item.effort for _, _, item in large}
        for wave in range(self.waves):
            for last, first, item in sorted(large, key=lambda entry: (entry[0], entry[2].id)):
                if first <= wave <= last:
                    taken = min(booking.left[wave], missing[item.id])
                    booking.left[wave] -= taken
                    missing[item.id] -= taken
        if any(missing.values()) or any(left < 0 for left in booking.left):
            raise ArithmeticError("the solver's plan does not hold its capacity exactly")
        return booking

    def _first(self, values: Sequence[float], columns: Mapping[tuple[str, int], int], key: str) -> int | None:
        """The first wave by which something is so."""
        for wave in range(self.waves):
            column = columns.get((key, wave))
            if column is not None and values[column] > 0.5:
                return wave
        return None
