"""Initiatives while their order is still being found, and that order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from questionnaires.model import Criterion, Practice, Scope, Tier


@dataclass(slots=True)
class Draft:
    """An initiative while its order is still being found."""

    practice: Practice
    level: int
    tiers: tuple[Tier, ...]
    target: int
    lacking: dict[str, tuple[Criterion, ...]]
    """Application → what it lacks. Organisation scope: every application served → the same criteria."""
    effort: Fraction
    setup: Fraction
    value: Fraction

    @property
    def shared(self) -> bool:
        return self.practice.scope is Scope.ORGANISATION

    @property
    def id(self) -> str:
        name = f"{self.practice.id}/{self.level}"
        return name if self.shared else f"{name}/tier-{self.tiers[0].id}"

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What somebody lacks, in the questionnaire's order."""
        lacked = {criterion.id for criteria in self.lacking.values() for criterion in criteria}
        return tuple(criterion for criterion in self.practice.criterion if criterion.id in lacked)


def order(drafts: Mapping[str, Draft], setup_paid: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What must come before each item: the next lower level, who carries the setup, prerequisites.

    Prerequisites between criteria are acyclic, but items group criteria and may still lean on each other. An edge
    that would close a circle is left out: weakest kind first, in the order of the ids. Raises ValueError where the
    criteria themselves form a circle, which no gate of the content lets through.
    """
    asked = {criterion.id: criterion.prerequisites for draft in drafts.values() for criterion in draft.criteria}
    try:
        TopologicalSorter(asked).prepare()
    except CycleError as error:
        raise ValueError(f"prerequisites form a circle: {' → '.join(error.args[1])}") from error
    by_practice: dict[tuple[str, str], dict[int, str]] = {}
    """(tier, practice) → level → item"""
    brought: dict[tuple[str | None, str], str] = {}
    """(tier, or None for the organisation; criterion) → item"""
    for key, draft in drafts.items():
        for tier in draft.tiers:
            by_practice.setdefault((tier.id, draft.practice.id), {})[draft.level] = key
        owner = None if draft.shared else draft.tiers[0].id
        brought |= {(owner, criterion.id): key for criterion in draft.criteria}
    levels: list[tuple[str, str]] = []
    setups: list[tuple[str, str]] = []
    prerequisites: list[tuple[str, str]] = []
    for key, draft in sorted(drafts.items()):
        setups += [(key, setup_paid.get(criterion.id, key)) for criterion in draft.criteria]
        for tier in draft.tiers:
            lower = {n: k for n, k in by_practice[tier.id, draft.practice.id].items() if n < draft.level}
            levels += [(key, lower[max(lower)])] if lower else []
            wanted = [other for criterion in draft.criteria for other in criterion.prerequisites]
            found = [brought.get((owner, other)) for other in wanted for owner in (None, tier.id)]
            prerequisites += [(key, item) for item in found if item is not None]
    edges = [(later, earlier) for later, earlier in levels + setups + prerequisites if later != earlier]
    after: dict[str, set[str]] = {key: set() for key in drafts}
    for later, earlier in edges:
        after[later].add(earlier)
    try:
        TopologicalSorter(after).prepare()
    except CycleError:
        after = {key: set() for key in drafts}
        for later, earlier in edges:
            if not _reaches(after, earlier, later):
                after[later].add(earlier)
    return {key: tuple(sorted(earlier)) for key, earlier in after.items()}


def _reaches(after: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether ``goal`` comes, directly or not, before ``start``."""
    seen, stack = {start}, [start]
    while stack:
        node = stack.pop()
        if node == goal:
            return True
        fresh = after[node] - seen
        seen |= fresh
        stack.extend(fresh)
    return False
