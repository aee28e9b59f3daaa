"""Why each item of a plan stands in its wave, or in none: read off the plan itself, so that it is true of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from scoring.assessment import Decision, Lane
from scoring.lanes import before, first_wave, wanted_by, wave_of
from scoring.phrase import Day, Number, Phrase, Several, counted, phrase
from scoring.roadmap import Initiative, Reason, ReasonKind


@dataclass(frozen=True)
class Places:
    """Where everything stands. Waves count from 0."""

    items: Mapping[str, Initiative]
    days: Sequence[date]
    """The first day of every wave and, last, the day after the last."""
    capacity: Fraction
    left: Sequence[Fraction]
    """Person-days that nothing uses, by wave."""
    begun: Mapping[str, int]
    done: Mapping[str, int]

    def explained(self) -> dict[str, Initiative]:
        """Every item with its place among the reasons, and with what became of a person's decision on it."""
        return {key: replace(item, reasons=self._reasons(item)) for key, item in self.items.items()}

    def _reasons(self, item: Initiative) -> tuple[Reason, ...]:
        musts = [reason for reason in item.reasons if reason.kind is ReasonKind.MUST]
        rest = [reason for reason in item.reasons if reason.kind is not ReasonKind.MUST]
        place = self._stands(item) if item.id in self.done else self._missing(item)
        if item.decision is not None:
            kept = phrase("{decided}: {reason}", decided=self._kept(item, item.decision), reason=item.decision.reason)
            musts.append(Reason(ReasonKind.DECISION, kept))
        return (*musts, Reason(ReasonKind.PLACE, place), *rest)

    # ---- decisions

    def _kept(self, item: Initiative, decision: Decision) -> Phrase:
        """What a person decided, and what came of it."""
        match decision.lane:
            case Lane.PIN:
                return self._pinned(item, decision.wave or 1)
            case Lane.DUE:
                return self._due(item, decision)
            case Lane.DEFER if decision.wave:
                return phrase("Deferred to wave {wave} or later", wave=decision.wave)
            case Lane.DEFER:
                return phrase("Deferred beyond this plan")
            case Lane.DROP:
                return phrase("Dropped")

    def _pinned(self, item: Initiative, wave: int) -> Phrase:
        stands = self.done.get(item.id)
        if stands is None:
            return phrase(
                "Pinned to wave {wave}, but is not planned, because {why}", wave=wave, why=self._missing(item)
            )
        if stands == first_wave(item):
            return phrase("Pinned to wave {wave}", wave=wave)
        return phrase(
            "Pinned to wave {wave}, but stands in wave {stands}, because {why}",
            wave=wave, stands=stands + 1, why=self._late(item),
        )  # fmt: skip

    def _due(self, item: Initiative, decision: Decision) -> Phrase:
        if decision.by is None:
            raise AssertionError("what is due has a day")
        day, wave, stands = Day(decision.by), wave_of(self.days, decision.by), self.done.get(item.id)
        if wave is None:
            return phrase("Due by {day}, after the last wave of this plan", day=day)
        if stands is None:
            return phrase(
                "Due by {day}, which wave {wave} holds, but is not planned, because {why}",
                day=day, wave=wave + 1, why=self._missing(item),
            )  # fmt: skip
        if stands > wave:
            return phrase(
                "Due by {day}, which wave {wave} holds, but stands in wave {stands}, because {why}",
                day=day, wave=wave + 1, stands=stands + 1, why=self._late(item),
            )  # fmt: skip
        if stands == wave:
            return phrase("Due by {day}, and stands in wave {stands}, which holds that day", day=day, stands=stands + 1)
        return phrase("Due by {day}, and stands in wave {stands}", day=day, stands=stands + 1)

    # ---- places, each a clause that may follow "because"

    def _ready(self, item: Initiative) -> int:
        """The first wave in which everything before an item is done, as far as it is planned."""
        return max((self.done[key] for key in item.after if key in self.done), default=0)

    def _stands(self, item: Initiative) -> Phrase:
        begun, done = self.begun[item.id], self.done[item.id]
        if begun < done:
            several = phrase(
                "larger than a wave with {effort} person-days: takes the waves {first} to {last}",
                effort=Number(item.effort), first=begun + 1, last=done + 1,
            )  # fmt: skip
            return several if not begun else phrase("{place}; {why}", place=several, why=self._late(item))
        wanted = wanted_by(item, self.days)
        if wanted is not None and not done:
            return phrase("in the first wave, ahead of the ranking")
        pulled = self._needed_by[item.id]
        if pulled and wanted is None:
            ahead = phrase("ahead of the ranking, because {items} cannot do without it", items=self._titles(pulled))
            return ahead if not done else phrase("{place}; {why}", place=ahead, why=self._late(item))
        if done:
            return self._late(item)
        return phrase("in the first wave: it can begin at once, and there is room for it")

    def _late(self, item: Initiative) -> Phrase:
        """Why nothing earlier than where it begins."""
        begun, ready, asked = self.begun[item.id], self._ready(item), first_wave(item)
        first = max(ready, asked)
        if begun > first:
            return self._full(item, first, begun)
        if begun == ready and begun > asked:
            last = [key for key in item.after if self.done.get(key) == begun]
            return phrase("ready only after {items} in wave {wave}", items=self._titles(last), wave=begun + 1)
        if asked:
            return phrase("not before wave {wave} by decision", wave=begun + 1)
        return phrase("it can begin at once, and there is room for it")

    def _full(self, item: Initiative, first: int, begun: int) -> Phrase:
        """Why it does not begin in the waves from ``first`` to before ``begun``, in which it could."""
        effort, one = Number(item.effort), begun == first + 1
        if max(self.left[first:begun]) < item.effort <= self.capacity:
            if one:
                return phrase(
                    "it could begin in wave {first}, but wave {first} has no room left for its {effort} person-days",
                    first=first + 1, effort=effort,
                )  # fmt: skip
            return phrase(
                "it could begin in wave {first}, but the waves {first} to {last} have no room left for its {effort} "
                "person-days",
                first=first + 1, last=begun, effort=effort,
            )  # fmt: skip
        if one:
            return phrase(
                "it could begin in wave {first}, but the plan is worth more with others in wave {first}",
                first=first + 1,
            )
        return phrase(
            "it could begin in wave {first}, but the plan is worth more with others in the waves {first} to {last}",
            first=first + 1, last=begun,
        )  # fmt: skip

    def _missing(self, item: Initiative) -> Phrase:
        """Why an item stands in no wave."""
        if item.decision is not None and item.decision.excludes:
            return phrase("left out of this plan by decision")
        chain = before(self.items, item.id)
        barred = [key for key in sorted(chain) if _excluded(self.items[key])]
        if barred:
            return counted(
                "needs {items}, which was left out by decision",
                "needs {items}, which were left out by decision",
                len(barred), items=self._titles(barred),
            )  # fmt: skip
        effort = Number(item.effort)
        room = self.capacity * (len(self.left) - first_wave(item))
        if item.effort > room:
            return phrase(
                "its {effort} person-days are more than the {room} that the waves hold",
                effort=effort, room=Number(room),
            )  # fmt: skip
        whole, held = sum((self.items[key].effort for key in chain), item.effort), self.capacity * len(self.left)
        if whole > held:
            return phrase(
                "with what comes before it, it takes {whole} person-days; the waves hold {held}",
                whole=Number(whole), held=Number(held),
            )  # fmt: skip
        lacking = [key for key in item.after if key not in self.done]
        if lacking:
            return counted(
                "needs {items}, which is not planned",
                "needs {items}, which are not planned",
                len(lacking), items=self._titles(lacking),
            )  # fmt: skip
        return phrase(
            "the waves have no room left for its {effort} person-days: others promise more or come first",
            effort=effort,
        )

    @cached_property
    def _needed_by(self) -> dict[str, list[str]]:
        """Item → the items of the must lane that it comes before, directly or not."""
        found: dict[str, list[str]] = {key: [] for key in self.items}
        for key, item in sorted(self.items.items()):
            if key in self.done and wanted_by(item, self.days) is not None:
                for other in before(self.items, key):
                    found[other].append(key)
        return found

    def _titles(self, keys: Sequence[str]) -> Several:
        return Several(tuple(self.items[key].title or key for key in keys), 3)


def _excluded(item: Initiative) -> bool:
    return item.decision is not None and item.decision.excludes
