"""Why each item of a plan stands in its wave, or in none: read off the plan itself, so that it is true of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from scoring.assessment import Decision, Lane
from scoring.lanes import before, first_wave, wanted_by, wave_of
from scoring.roadmap import Initiative, Reason, ReasonKind, days, listed


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
            text = f"{self._kept(item, item.decision)}: {item.decision.reason}"
            musts.append(Reason(ReasonKind.DECISION, text))
        return (*musts, Reason(ReasonKind.PLACE, place), *rest)

    # ---- decisions

    def _kept(self, item: Initiative, decision: Decision) -> str:
        """What a person decided, and what came of it."""
        stands = self.done.get(item.id)
        where = "is not planned" if stands is None else f"stands in wave {stands + 1}"
        match decision.lane:
            case Lane.PIN:
                asked = f"Pinned to wave {decision.wave}"
                return asked if stands == first_wave(item) else f"{asked}, but {where}, {self._because(item)}"
            case Lane.DUE:
                return self._due(item, decision, where)
            case Lane.DEFER:
                return f"Deferred to wave {decision.wave} or later" if decision.wave else "Deferred beyond this plan"
            case Lane.DROP:
                return "Dropped"

    def _due(self, item: Initiative, decision: Decision, where: str) -> str:
        if decision.by is None:
            raise AssertionError("what is due has a day")
        asked, wave, stands = f"Due by {decision.by}", wave_of(self.days, decision.by), self.done.get(item.id)
        if wave is None:
            return f"{asked}, after the last wave of this plan"
        if stands is None or stands > wave:
            return f"{asked}, which wave {wave + 1} holds, but {where}, {self._because(item)}"
        return f"{asked}, and {where}" + (", which holds that day" if stands == wave else "")

    def _because(self, item: Initiative) -> str:
        text = self._missing(item) if item.id not in self.done else self._late(item)
        return f"because {text[0].lower()}{text[1:]}"

    # ---- places

    def _ready(self, item: Initiative) -> int:
        """The first wave in which everything before an item is done, as far as it is planned."""
        return max((self.done[key] for key in item.after if key in self.done), default=0)

    def _stands(self, item: Initiative) -> str:
        begun, done = self.begun[item.id], self.done[item.id]
        if begun < done:
            several = f"Larger than a wave with {self._effort(item)}: takes the waves {begun + 1} to {done + 1}"
            return several if not begun else f"{several}. {self._late(item)}"
        if wanted_by(item, self.days) is not None and not done:
            return "In the first wave, ahead of the ranking"
        pulled = [self.items[key] for key in self._needed_by[item.id]]
        if pulled and wanted_by(item, self.days) is None:
            return f"Ahead of the ranking, because {_named(pulled)} cannot do without it" + (
                f". {self._late(item)}" if done else ""
            )
        return self._late(item) if done else "In the first wave: it can begin at once, and there is room for it"

    def _late(self, item: Initiative) -> str:
        """Why nothing earlier than where it begins."""
        begun, ready, asked = self.begun[item.id], self._ready(item), first_wave(item)
        first = max(ready, asked)
        if begun > first:
            return self._full(item, first, begun)
        if begun == ready and begun > asked:
            last = [self.items[key] for key in item.after if self.done.get(key) == begun]
            return f"Ready only after {_named(last)} in wave {begun + 1}"
        return f"Not before wave {begun + 1} by decision" if asked else "It can begin at once, and there is room for it"

    def _full(self, item: Initiative, first: int, begun: int) -> str:
        """Why it does not begin in the waves from ``first`` to before ``begun``, in which it could."""
        waves = f"wave {first + 1}" if begun == first + 1 else f"the waves {first + 1} to {begun}"
        have = "has" if begun == first + 1 else "have"
        if max(self.left[first:begun]) < item.effort <= self.capacity:
            return f"It could begin in wave {first + 1}, but {waves} {have} no room left for its {self._effort(item)}"
        return f"It could begin in wave {first + 1}, but the plan is worth more with others in {waves}"

    def _missing(self, item: Initiative) -> str:
        """Why an item stands in no wave."""
        if item.decision is not None and item.decision.excludes:
            return "Left out of this plan by decision"
        chain = before(self.items, item.id)
        barred = [self.items[key] for key in sorted(chain) if _excluded(self.items[key])]
        if barred:
            return f"Needs {_named(barred)}, which was left out by decision"
        first = first_wave(item)
        room = self.capacity * (len(self.left) - first)
        if item.effort > room:
            return f"Its {self._effort(item)} are more than the {days(room)} that the waves hold"
        whole = sum((self.items[key].effort for key in chain), item.effort)
        if whole > self.capacity * len(self.left):
            held = days(self.capacity * len(self.left))
            return f"With what comes before it, it takes {days(whole)} person-days; the waves hold {held}"
        lacking = [self.items[key] for key in item.after if key not in self.done]
        if lacking:
            return f"Needs {_named(lacking)}, which is not planned"
        return f"The waves have no room left for its {self._effort(item)}: others promise more or come first"

    @cached_property
    def _needed_by(self) -> dict[str, list[str]]:
        """Item → the items of the must lane that it comes before, directly or not."""
        found: dict[str, list[str]] = {key: [] for key in self.items}
        for key, item in sorted(self.items.items()):
            if key in self.done and wanted_by(item, self.days) is not None:
                for other in before(self.items, key):
                    found[other].append(key)
        return found

    @staticmethod
    def _effort(item: Initiative) -> str:
        return f"{days(item.effort)} person-days"


def _excluded(item: Initiative) -> bool:
    return item.decision is not None and item.decision.excludes


def _named(items: Sequence[Initiative]) -> str:
    return listed([item.title or item.id for item in items], 3)
