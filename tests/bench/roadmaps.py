"""Roadmap instances as hard as real ones: chains of levels, shared set-up, cross prerequisites, scarce capacity."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

from questionnaires.model import Scope
from scoring.assessment import Decision, Lane
from scoring.roadmap import Initiative

TIER_WEIGHT = {"1": 4, "2": 2, "3": 1}
PRACTICES = 26
LEVELS = (2, 3, 4)
WAVES = 8


def instance(seed: int, fits: Fraction, large: float = 0.04) -> tuple[tuple[Initiative, ...], Fraction]:
    """234 initiatives, and a capacity per wave (person-days) with which ``fits`` of their effort has room.

    26 practices in three tiers, three levels each. Set-up is paid by tier 1, which the other tiers follow; one item
    in five has a prerequisite in another practice; a share ``large`` is ten times as long as others. A few are pinned,
    due, deferred, dropped or broken obligations.
    """
    draw = random.Random(seed)
    counts = {"1": draw.randint(2, 6), "2": draw.randint(4, 12), "3": draw.randint(6, 20)}
    drafts: dict[str, tuple[str, int, str, Fraction, Fraction, tuple[str, ...]]] = {}
    for practice in range(PRACTICES):
        for tier, count in counts.items():
            for level in LEVELS:
                lacking = draw.randint(1, count)
                setup = draw.randint(3, 25) if tier == "1" else 0
                effort = setup + Fraction(draw.randint(1, 6), 2) * lacking
                worth = TIER_WEIGHT[tier] * lacking * Fraction(draw.randint(1, 6), 6)
                worth *= 1 + Fraction(draw.randint(0, 10), 10)
                if draw.random() < large:
                    effort, worth = effort * 10, worth * draw.randint(4, 12)
                after = [f"p{practice:02}/{level - 1}/tier-{tier}"] if level > 2 else []
                after += [f"p{practice:02}/{level}/tier-1"] if tier != "1" else []
                if practice and draw.random() < 0.2:
                    after.append(f"p{draw.randrange(practice):02}/{draw.choice(LEVELS)}/tier-{tier}")
                key = f"p{practice:02}/{level}/tier-{tier}"
                drafts[key] = (tier, level, f"p{practice:02}", effort, worth, tuple(after))
    capacity = Fraction(int(sum(draft[3] for draft in drafts.values()) * fits / WAVES))
    items = []
    for key, (tier, level, practice_id, effort, value, earlier) in drafts.items():
        chance = draw.random()
        decision = None
        if chance < 0.01:
            decision = Decision(lane=Lane.PIN, wave=draw.randint(1, WAVES), reason="r")
        elif chance < 0.03:
            decision = Decision(lane=Lane.DEFER, wave=draw.randint(2, WAVES), reason="r")
        elif chance < 0.04:
            decision = Decision(lane=Lane.DROP, reason="r")
        elif chance < 0.05:
            decision = Decision(lane=Lane.DUE, by=date(2027, draw.randint(1, 12), 1), reason="r")
        items.append(
            Initiative(
                id=key, practice=practice_id, level=level, scope=Scope.APPLICATION, tiers=(tier,),
                applications=("a",), criteria=(), effort=effort, value=value, after=tuple(sorted(earlier)),
                must=draw.random() < 0.01, reasons=(), decision=decision,
            )
        )  # fmt: skip
    return tuple(items), capacity
