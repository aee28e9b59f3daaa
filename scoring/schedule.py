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
from math import inf, lcm
from typing import Any

from questionnaires.model import Content, Questionnaire, Tiers
from scoring.assessment import Assessment
from scoring.claims import Claims
from scoring.roadmap import Initiative, Plan, initiatives
from scoring.waves import Booking, fill, first_wave, lanes

RELATIVE_GAP = 0.005
"""Stop when the plan is proven to be this close to the best."""
SMALL = 400
"""Up to this many yes-or-no variables an instance is solved to the end, at gap 0."""
SECONDS = 60.0
"""Safety net; a plan that it ended says so."""
SEED = 1
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
    bound = settled + Fraction(found.bound).limit_denominator(10**9)
    note = SOLVER if found.finished else f"{SOLVER}, stopped after {SECONDS:g} s"
    return best.plan(note, items, tiers, as_of, max(bound, _worth(items, best, tiers)))


def _worth(items: Iterable[Initiative], booking: Booking, tiers: Tiers) -> Fraction:
    value = {item.id: item.value for item in items}
    return sum((value[key] * tiers.discount**wave for key, wave in booking.done.items()), Fraction(0))


@dataclass
class _Found:
    booking: Booking | None
    bound: float
    finished: bool


@dataclass
class _Model:
    """The mixed-integer model of the items that are not urgent, in what the urgent ones left of the waves."""

    items: Sequence[Initiative]
    booked: Booking
    discount: Fraction
    columns: list[tuple[float, float, float]] = field(default_factory=list)
    """(objective, upper bound, 1 for integer)"""
    rows: list[tuple[float, float, list[int], list[float]]] = field(default_factory=list)
    done: dict[tuple[str, int], int] = field(default_factory=dict)
    """(item, wave) → the column that says it is done then."""
    active: dict[tuple[str, int], int] = field(default_factory=dict)
    """(large item, wave) → the column that says it is worked on then."""
    share: dict[tuple[str, int], int] = field(default_factory=dict)
    """(large item, wave) → the column that says how much, in scaled days."""

    def __post_init__(self) -> None:
        numbers = [*(item.effort for item in self.items), *self.booked.left]
        self.scale = lcm(1, *(number.denominator for number in numbers))
        self.waves = len(self.booked.left)
        self.left = [int(left * self.scale) for left in self.booked.left]
        self.capacity = self.booked.capacity
        for item in self.items:
            self._add_item(item)
        for item in self.items:
            self._add_order(item)
        for wave in range(self.waves):
            small = [(self.done[i.id, wave], self._days(i)) for i in self.items if (i.id, wave) in self.done
                     and not self._large(i)]  # fmt: skip
            large = [(self.share[i.id, wave], 1) for i in self.items if (i.id, wave) in self.share]
            if small or large:
                self._row(-inf, self.left[wave], small + large)

    def _days(self, item: Initiative) -> int:
        return int(item.effort * self.scale)

    def _large(self, item: Initiative) -> bool:
        return item.effort > self.capacity

    def _column(self, worth: Fraction | int, upper: float, integer: bool) -> int:
        self.columns.append((float(worth), upper, float(integer)))
        return len(self.columns) - 1

    def _row(self, lower: float, upper: float, entries: Sequence[tuple[int, float]]) -> None:
        self.rows.append((lower, upper, [column for column, _ in entries], [float(value) for _, value in entries]))

    def _add_item(self, item: Initiative) -> None:
        waves = [
            wave
            for wave in range(first_wave(item), self.waves)
            if self._large(item) or self._days(item) <= self.left[wave]
        ]
        for wave in waves:
            self.done[item.id, wave] = self._column(item.value * self.discount**wave, 1, True)
        columns = [(self.done[item.id, wave], 1.0) for wave in waves]
        if not columns:
            return
        self._row(-inf, 1, columns)
        if self._large(item):
            self._add_large(item, waves)

    def _add_large(self, item: Initiative, waves: list[int]) -> None:
        """Worked on in consecutive waves, something in each, and done in the last of them."""
        for wave in waves:
            self.active[item.id, wave] = self._column(0, 1, True)
            self.share[item.id, wave] = self._column(0, self.left[wave], False)
        for wave in waves:
            active, share = self.active[item.id, wave], self.share[item.id, wave]
            self._row(-inf, 0, [(share, 1), (active, -self.left[wave])])
            self._row(0, inf, [(share, 1), (active, -1)])
            # Worked on in this wave and not in the next: done in this one.
            after = [(self.active[item.id, wave + 1], -1.0)] if wave + 1 in waves else []
            self._row(-inf, 0, [(active, 1), *after, (self.done[item.id, wave], -1)])
            # Done in this wave: worked on in this one and in none later.
            self._row(-inf, 0, [(self.done[item.id, wave], 1), (active, -1)])
            for later in range(wave + 1, self.waves):
                self._row(-inf, 1, [(self.done[item.id, wave], 1), (self.active[item.id, later], 1)])
        whole = [(self.share[item.id, wave], 1.0) for wave in waves]
        self._row(0, 0, [*whole, *((self.done[item.id, wave], -self._days(item)) for wave in waves)])

    def _add_order(self, item: Initiative) -> None:
        """What comes before is done in the same wave or earlier; of a large item, before it is begun."""
        mine = self.active if self._large(item) else self.done
        for other in item.after:
            for wave in range(self.waves):
                if (item.id, wave) not in mine:
                    continue
                if other in self.booked.done:
                    if self.booked.done[other] > wave:
                        self._row(-inf, 0, [(mine[item.id, wave], 1)])
                    continue
                earlier = [(self.done[other, w], -1.0) for w in range(wave + 1) if (other, w) in self.done]
                so_far = [(mine[item.id, w], 1.0) for w in range(wave + 1) if (item.id, w) in mine]
                # The sum over earlier waves makes the relaxation tight; of a large item each wave stands alone.
                self._row(-inf, 0, (so_far if not self._large(item) else [(mine[item.id, wave], 1.0)]) + earlier)

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
        ):
            highs.setOptionValue(name, value)
        highs.passModel(self._lp(highspy))
        highs.setSolution(self._started(highspy, start))
        highs.run()
        finished = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        info = highs.getInfo()
        bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return _Found(None, bound, finished)
        return _Found(self._booking(highs.getSolution().col_value), bound, finished)

    def _lp(self, highspy: Any) -> Any:
        import numpy as np

        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.columns), len(self.rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = np.array([worth for worth, _, _ in self.columns])
        lp.col_lower_ = np.zeros(len(self.columns))
        lp.col_upper_ = np.array([float(upper) for _, upper, _ in self.columns])
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(integer)] for _, _, integer in self.columns]
        lp.row_lower_ = np.array([lower for lower, _, _, _ in self.rows])
        lp.row_upper_ = np.array([float(upper) for _, upper, _, _ in self.rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(columns) for _, _, columns, _ in self.rows)])
        lp.a_matrix_.index_ = np.array([column for _, _, columns, _ in self.rows for column in columns])
        lp.a_matrix_.value_ = np.array([value for _, _, _, values in self.rows for value in values])
        return lp

    def _started(self, highspy: Any, start: Booking) -> Any:
        """The greedy plan as a first solution: the binary ones; HiGHS finds the shares."""
        solution = highspy.HighsSolution()
        values = [0.0] * len(self.columns)
        for item in self.items:
            wave = start.done.get(item.id)
            if wave is not None and (item.id, wave) in self.done:
                values[self.done[item.id, wave]] = 1.0
        solution.col_value = values
        return solution

    def _booking(self, values: Sequence[float]) -> Booking:
        """A solution as an exact booking: small items first, then the large ones by their deadline."""
        booking = Booking(self.capacity, self.waves)
        booking.left, booking.done = list(self.booked.left), dict(self.booked.done)
        large: list[tuple[int, int, Initiative]] = []
        for item in self.items:
            wave = next((w for w in range(self.waves) if self._chosen(values, self.done, item.id, w)), None)
            if wave is None:
                continue
            booking.done[item.id] = wave
            if self._large(item):
                first = min(w for w in range(self.waves) if self._chosen(values, self.active, item.id, w))
                large.append((wave, first, item))
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

    @staticmethod
    def _chosen(values: Sequence[float], columns: Mapping[tuple[str, int], int], key: str, wave: int) -> bool:
        column = columns.get((key, wave))
        return column is not None and values[column] > 0.5
