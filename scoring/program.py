"""The plan as a mixed-integer program, and its solution by HiGHS.

Binary variables say in which wave an item is done; an item larger than a wave also says in which consecutive waves it
is worked on, and how much in each. Efforts are scaled to integers, so that a plan holds its capacity exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from itertools import accumulate
from math import ceil, inf, isfinite, lcm
from typing import Any

from scoring.lanes import before, first_wave
from scoring.roadmap import Initiative
from scoring.waves import Booking, fill

RELATIVE_GAP = Fraction(5, 1000)
"""Stop when the plan is proven to be this close to the best."""
SMALL = 400
"""Up to this many yes-or-no decisions (an item, by a wave) an instance is solved at gap 0."""
NODE = 3
"""What a branch costs beside the looks that the solver takes at its limits, each of which costs 1."""
LOOK, WINDOW_EFFORT, EFFORT, SMALL_EFFORT = 120, 40, 700, 5000
"""What a run may cost: a limit that every run and every machine reaches at the same plan."""
WINDOW, WINDOW_GAP = 4, 0.0005
"""Waves that are planned anew together where the proof was not reached, and how well."""
SECONDS = 60.0
"""Safety net for slow machines. A plan that a limit ended says so, and shows its gap."""
SEED = 1
EXACT = Fraction(1, 10**9)
"""What a bound may lie above the best, relative to it, and mean the same: the solver counts in doubles."""
FINE = 360
"""Parts of a day. A capacity that needs smaller ones is cut to them: the solver counts in doubles."""

Worth = Callable[[Initiative, int], Fraction]
"""(item, wave) → what it is worth to have the item done in that wave; never more in a later one."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the solver came back with."""

    booking: Booking
    """The best one found, everything that was booked before included."""
    bound: float | None
    """Proven upper bound of what the items of the program are worth."""
    finished: bool
    """Whether it was proven as far as it was asked for, rather than ended by a limit."""


@dataclass(frozen=True, slots=True)
class _Solved:
    values: list[float]
    """Of every column."""
    bound: float | None
    finished: bool


@dataclass
class Program:
    """The mixed-integer program of some items in what other ones left of the waves.

    The variables are cumulative: *done by* a wave, and for a large item *begun by* a wave. Order then is one
    inequality between two variables, which keeps the relaxation tight and the matrix thin. What a small item takes of
    a wave stands in variables of their own, and what is done by a wave in one row over all items: redundant, but the
    solver finds its cuts in plain knapsacks.
    """

    items: Sequence[Initiative]
    booked: Booking
    worth: Worth
    columns: list[tuple[float, float, float]] = field(default_factory=list)
    """(objective, upper bound, 1 for integer)"""
    rows: list[tuple[float, float, list[int], list[float]]] = field(default_factory=list)
    done: dict[tuple[str, int], int] = field(default_factory=dict)
    """(item, wave) → the column that says it is done by then."""
    within: dict[tuple[str, int], int] = field(default_factory=dict)
    """(small item, wave) → the column that says it is done in that wave."""
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
        self.room = list(accumulate(self.left))
        """By a wave, all of them together."""
        self.large = {item.id for item in self.items if item.effort > self.booked.capacity}
        self.by_id = {item.id: item for item in self.items}
        for item in self.items:
            self._add_item(item)
            if item.id in self.large:
                self._add_large(item)
            else:
                self._add_within(item)
        for item in self.items:
            self._add_order(item)
        for wave in range(self.waves):
            self._add_capacity(wave)

    def _days(self, item: Initiative) -> int:
        return int(item.effort * self.scale)

    def _column(self, worth: Fraction | int, upper: float, integer: bool) -> int:
        self.columns.append((float(worth), upper, float(integer)))
        return len(self.columns) - 1

    def _row(self, lower: float, upper: float, *entries: tuple[int | None, float]) -> None:
        """lower ≤ Σ coefficient · column ≤ upper; a column that does not exist is 0."""
        known = [(column, value) for column, value in entries if column is not None]
        if known:
            self.rows.append((lower, upper, [column for column, _ in known], [float(value) for _, value in known]))

    def _at_most(self, limit: float, *entries: tuple[int | None, float]) -> None:
        self._row(-inf, limit, *entries)

    def _add_item(self, item: Initiative) -> None:
        """Done by a wave stays done. No wave by which it and what comes before it have no room counts at all."""
        whole = self._days(item) + sum(self._days(self.by_id[key]) for key in before(self.by_id, item.id))
        for wave in range(first_wave(item), self.waves):
            later = self.worth(item, wave + 1) if wave + 1 < self.waves else Fraction(0)
            upper = float(whole <= self.room[wave])
            self.done[item.id, wave] = self._column(self.worth(item, wave) - later, upper, True)
            self._at_most(0, (self.done.get((item.id, wave - 1)), 1), (self.done[item.id, wave], -1))

    def _add_within(self, item: Initiative) -> None:
        for wave in range(first_wave(item), self.waves):
            own = self.within[item.id, wave] = self._column(0, float(self._days(item) <= self.left[wave]), True)
            earlier = self.done.get((item.id, wave - 1))
            self._row(0, 0, (own, 1), (self.done[item.id, wave], -1), (earlier, 1))

    def _add_large(self, item: Initiative) -> None:
        """Worked on in consecutive waves, something in each, and done in the last of them."""
        days, last = self._days(item), self.waves - 1
        least = ceil(item.effort / self.booked.capacity) if self.booked.capacity else self.waves + 1
        worked: list[tuple[int | None, float]] = []
        for wave in range(first_wave(item), self.waves):
            begun = self.begun[item.id, wave] = self._column(0, 1, True)
            share = self.share[item.id, wave] = self._column(0, self.left[wave], False)
            done, earlier = self.done[item.id, wave], self.done.get((item.id, wave - 1))
            self._at_most(0, (self.begun.get((item.id, wave - 1)), 1), (begun, -1))
            # Worked on from when it is begun until it is done: at least one unit, at most what is left of the wave.
            self._at_most(0, (share, 1), (begun, -self.left[wave]), (earlier, self.left[wave]))
            self._at_most(0, (begun, 1), (earlier, -1), (share, -1))
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
        """Of the wave alone, and of all waves until then by what is done."""
        taken = [(self.within.get((item.id, wave)), self._days(item)) for item in self.items]
        self._at_most(self.left[wave], *taken, *((self.share.get((key, wave)), 1) for key in sorted(self.large)))
        if wave:
            self._at_most(self.room[wave], *((self.done.get((i.id, wave)), self._days(i)) for i in self.items))

    @property
    def aim(self) -> Fraction:
        """The relative gap at which the solver may stop: 0 for a small instance."""
        return Fraction(0) if len(self.done) + len(self.begun) <= SMALL else RELATIVE_GAP

    def solve(self, start: Booking) -> Found:
        """The best booking found from a first one, a proven bound, and whether the solver ran to its end.

        A small instance in one run. Of a large one the proof comes quickly and the plan slowly: a first look gives
        most of the bound, a few waves at a time then better plans than the tree does, and from those it goes on.
        """
        if not self.aim:
            return self._found(self._run(start, 0.0, SMALL_EFFORT))
        first = self._found(self._run(start, float(self.aim), LOOK))
        better = self.improved(first.booking)
        if first.finished or self._proven(better, first.bound):
            return Found(better, first.bound, True)
        second = self._found(self._run(better, float(self.aim), EFFORT))
        if self._value(second.booking) > self._value(better):
            better = self.improved(second.booking)
        bounds = [bound for bound in (first.bound, second.bound) if bound is not None]
        return Found(better, min(bounds, default=None), second.finished)

    def _found(self, solved: _Solved) -> Found:
        return Found(self.tightened(self._booking(solved.values)), solved.bound, solved.finished)

    def _proven(self, booking: Booking, bound: float | None) -> bool:
        return bound is not None and bound <= self._value(booking) * (1 + self.aim)

    def _value(self, booking: Booking) -> Fraction:
        known = (item for item in self.items if item.id in booking.done)
        return sum((self.worth(item, booking.done[item.id]) for item in known), Fraction(0))

    def improved(self, booking: Booking) -> Booking:
        """A booking with a few waves at a time planned anew, and with them what is not planned; all else stays.

        The first of several that are equally good. The one given where none is better.
        """
        for first in range(max(1, self.waves - WINDOW + 1)):
            free = {key for key, wave in booking.done.items() if first <= wave < first + WINDOW}
            free |= self.by_id.keys() - booking.done.keys()
            solved = self._run(booking, WINDOW_GAP, WINDOW_EFFORT, free)
            booking = self.tightened(self._booking(solved.values))
        return booking

    def tightened(self, booking: Booking) -> Booking:
        """Each small item as early as what is left lets it, then what still fits: the solver stops at a gap."""
        booking, moved = booking.copy(), True
        while moved:
            moved = False
            for item in sorted(self.items, key=lambda item: (booking.done.get(item.id, 0), item.id)):
                moved = self._earlier(booking, item) or moved
        fill(booking, self.items, self.by_id.keys() - booking.done.keys())
        return booking

    @staticmethod
    def _earlier(booking: Booking, item: Initiative) -> bool:
        """Move a small item into the first wave that has room for it; False where it stays."""
        stands = booking.done.get(item.id)
        if stands is None or booking.begun[item.id] != stands:
            return False
        ready = max((booking.done[key] for key in item.after), default=0)
        for wave in range(max(ready, first_wave(item)), stands):
            if item.effort <= booking.left[wave]:
                booking.left[stands] += item.effort
                booking.left[wave] -= item.effort
                booking.done[item.id] = booking.begun[item.id] = wave
                return True
        return False

    def _run(self, start: Booking, gap: float, effort: int, free: Collection[str] | None = None) -> _Solved:
        """One run of the solver, in which only some items may move; without them, all."""
        # Typed as Any: the bindings carry no types.
        highspy: Any = import_module("highspy")

        class Silent(highspy.Highs):  # type: ignore[misc]
            """Quiet from the start: the constructor would greet on standard output, where JSON goes."""

            def enableCallbacks(self) -> None:  # noqa: N802
                self.silent()
                super().enableCallbacks()

        calls = 0

        def spent(event: Any) -> None:
            nonlocal calls
            calls += 1
            if calls + NODE * max(0, event.data_out.mip_node_count) >= effort:
                event.interrupt()

        highs = Silent()
        for name, value in (
            ("threads", 1),
            ("random_seed", SEED),
            ("time_limit", SECONDS),
            ("mip_rel_gap", gap),
            ("mip_abs_gap", 1e-9),
        ):
            highs.setOptionValue(name, value)
        highs.cbMipInterrupt.subscribe(spent)
        values = self.values(start)
        highs.passModel(self._lp(highspy, values, free))
        solution = highspy.HighsSolution()
        solution.col_value = values
        highs.setSolution(solution)
        highs.run()
        if not self._agrees(highs):
            # Where the presolve settles everything, the solver may hand its first solution back with the value of the
            # best one. Without a first solution it cannot.
            highs.clearSolver()
            calls = 0
            highs.run()
        info = highs.getInfo()
        finished = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible and self._agrees(highs):
            values = list(highs.getSolution().col_value)
        bound = float(info.mip_dual_bound)
        return _Solved(values, bound if isfinite(bound) else None, finished)

    def _agrees(self, highs: Any) -> bool:
        """Whether the solution has the value that the solver says it has."""
        said = float(highs.getInfo().objective_function_value)
        worth = sum(value * self.columns[n][0] for n, value in enumerate(highs.getSolution().col_value))
        return bool(abs(worth - said) <= 1e-6 * max(1.0, abs(said)))

    def _lp(self, highspy: Any, values: Sequence[float], free: Collection[str] | None) -> Any:
        fixed = {} if free is None else {
            column: values[column]
            for columns in (self.done, self.within)
            for (key, _), column in columns.items()
            if key not in free
        }  # fmt: skip
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.columns), len(self.rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = [worth for worth, _, _ in self.columns]
        lp.col_lower_ = [fixed.get(column, 0.0) for column in range(len(self.columns))]
        lp.col_upper_ = [fixed.get(column, float(upper)) for column, (_, upper, _) in enumerate(self.columns)]
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(integer)] for _, _, integer in self.columns]
        lp.row_lower_ = [lower for lower, _, _, _ in self.rows]
        lp.row_upper_ = [float(upper) for _, upper, _, _ in self.rows]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = list(accumulate((len(columns) for _, _, columns, _ in self.rows), initial=0))
        lp.a_matrix_.index_ = [column for _, _, columns, _ in self.rows for column in columns]
        lp.a_matrix_.value_ = [value for _, _, _, values in self.rows for value in values]
        return lp

    def values(self, start: Booking) -> list[float]:
        """What every column is in a booking."""
        values = [0.0] * len(self.columns)
        for (key, wave), column in self.done.items():
            values[column] = float(start.done.get(key, self.waves) <= wave)
        for (key, wave), column in self.within.items():
            values[column] = float(start.done.get(key, self.waves) == wave)
        for (key, wave), column in self.begun.items():
            values[column] = float(key in start.done and start.begun[key] <= wave)
        for (key, wave), amount in self._shares(start).items():
            values[self.share[key, wave]] = float(amount * self.scale)
        return values

    def _shares(self, booking: Booking) -> dict[tuple[str, int], Fraction]:
        """How much of each wave the large items take: what the small ones leave, the first to be done first.

        Raises ArithmeticError where a wave holds less than is booked in it.
        """
        left = list(self.booked.left)
        for item in self.items:
            if item.id in booking.done and item.id not in self.large:
                left[booking.done[item.id]] -= item.effort
        missing = {key: self.by_id[key].effort for key in self.large if key in booking.done}
        shares: dict[tuple[str, int], Fraction] = {}
        for wave in range(self.waves):
            for key in sorted(missing, key=lambda key: (booking.done[key], key)):
                if booking.begun[key] <= wave <= booking.done[key]:
                    taken = shares[key, wave] = min(left[wave], missing[key])
                    left[wave] -= taken
                    missing[key] -= taken
        if any(missing.values()) or any(amount < 0 for amount in left):
            raise ArithmeticError("a plan does not hold its capacity exactly")
        booking.left = left
        return shares

    def _booking(self, values: Sequence[float]) -> Booking:
        """A solution as an exact booking: small items whole, then the large ones by their deadline."""
        booking = self.booked.copy()
        for item in self.items:
            wave = self._first(values, self.done, item.id)
            if wave is not None:
                begun = self._first(values, self.begun, item.id)
                booking.done[item.id], booking.begun[item.id] = wave, wave if begun is None else begun
        self._shares(booking)
        return booking

    def _first(self, values: Sequence[float], columns: Mapping[tuple[str, int], int], key: str) -> int | None:
        """The first wave by which something is so."""
        for wave in range(self.waves):
            column = columns.get((key, wave))
            if column is not None and values[column] > 0.5:
                return wave
        return None
