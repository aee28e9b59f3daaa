"""Results and how they combine: a parent from its children, and one node over many applications.

Sums of fractions are taken over one common denominator, with one reduction at the end: as exact as adding them one by
one, at a tenth of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much has been answered, in criteria (for a tier: in application-criterion pairs)."""

    answered: int = 0
    applicable: int = 0
    not_applicable: int = 0

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.answered + other.answered,
            self.applicable + other.applicable,
            self.not_applicable + other.not_applicable,
        )

    def __sub__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.answered - other.answered,
            self.applicable - other.applicable,
            self.not_applicable - other.not_applicable,
        )

    @property
    def complete(self) -> bool:
        return self.answered == self.applicable

    @property
    def share(self) -> Fraction | None:
        """Answered ÷ applicable; None where nothing is applicable."""
        return Fraction(self.answered, self.applicable) if self.applicable else None


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one node: practice, pillar or overall; of an application, a tier or the organisation."""

    low: Fraction
    """The claimed score: unanswered counts 0. Between base and top."""
    high: Fraction
    """Up to: unanswered counts 1."""
    evidenced: Fraction
    """The claimed score with every value held to what its basis and the evidence allow; at most ``low``."""
    level: int
    """Of a tier or the organisation: the lowest of its applications; one that is ``capped`` counts only where all
    are."""
    capped: bool = False
    """The upper levels have no applicable criterion: the level cannot rise and holds nothing down."""
    held_down_by: tuple[str, ...] = ()
    """What keeps the level where it is, in the questionnaire's order: criteria of a practice, practices of a pillar,
    pillars overall."""


@dataclass(frozen=True, slots=True)
class Node:
    """One result. ``score`` is None where nothing is applicable."""

    coverage: Coverage
    score: Score | None


def _sum(values: Iterable[Fraction], times: Iterable[int], divisor: int = 1) -> Fraction:
    """The sum of values, each taken so many times, divided by a number."""
    parts = [value.as_integer_ratio() for value in values]
    whole = lcm(*[below for _, below in parts])
    total = sum([above * (whole // below) * count for (above, below), count in zip(parts, times, strict=True)])
    return Fraction(total, whole * divisor)


def _covered(nodes: Iterable[Node]) -> Coverage:
    parts = [node.coverage for node in nodes]
    return Coverage(
        sum([part.answered for part in parts]),
        sum([part.applicable for part in parts]),
        sum([part.not_applicable for part in parts]),
    )


def roll_up(children: Sequence[tuple[str, Node, int]]) -> Node:
    """A parent from its children (id, node, weight of 1 or more): weighted mean of scores, lowest level.

    A child without a score enters neither sum nor minimum. A capped child does not hold the level down, unless
    every child is capped.
    """
    coverage = _covered(node for _, node, _ in children)
    scored = [(key, node.score, weight) for key, node, weight in children if node.score is not None]
    if not scored:
        return Node(coverage, None)
    weights = [weight for _, _, weight in scored]
    total = sum(weights)
    lowest = min((score.capped, score.level) for _, score, _ in scored)
    return Node(
        coverage,
        Score(
            low=_sum([score.low for _, score, _ in scored], weights, total),
            high=_sum([score.high for _, score, _ in scored], weights, total),
            evidenced=_sum([score.evidenced for _, score, _ in scored], weights, total),
            level=lowest[1],
            capped=lowest[0],
            held_down_by=tuple(key for key, score, _ in scored if (score.capped, score.level) == lowest),
        ),
    )


def holding(practices: Mapping[str, Node], target: Callable[[str], int]) -> tuple[str, ...]:
    """The practices at the lowest level among some, the furthest from their target first.

    One that is capped is among them only where all are.
    """
    scored = [(key, node.score) for key, node in practices.items() if node.score is not None]
    lowest = min(((score.capped, score.level) for _, score in scored), default=None)
    low = [(score.low - target(key), key) for key, score in scored if (score.capped, score.level) == lowest]
    return tuple(key for _, key in sorted(low, key=lambda entry: entry[0]))


Standing = tuple[bool, int, tuple[str, ...]]
"""How a scored node stands: capped, its level, and what holds it down."""


@dataclass(frozen=True, slots=True)
class Total:
    """One node over many applications, as sums and counts that an application can join and leave exactly."""

    coverage: Coverage = Coverage()
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    evidenced: Fraction = Fraction(0)
    standings: Mapping[Standing, int] = field(default_factory=dict)
    """How it stands → number of applications, of those with a score."""

    def moved(self, leaving: Sequence[Node], joining: Sequence[Node]) -> Total:
        """The same without some nodes that are in it, and with others."""
        if not leaving and not joining:
            return self
        left = [node.score for node in leaving if node.score is not None]
        joined = [node.score for node in joining if node.score is not None]
        scores, signs = left + joined, [-1] * len(left) + [1] * len(joined)
        standings = Counter(self.standings)
        standings.update([(score.capped, score.level, score.held_down_by) for score in joined])
        standings.subtract([(score.capped, score.level, score.held_down_by) for score in left])
        return Total(
            self.coverage + _covered(joining) - _covered(leaving),
            self.low + _sum([score.low for score in scores], signs),
            self.high + _sum([score.high for score in scores], signs),
            self.evidenced + _sum([score.evidenced for score in scores], signs),
            {standing: count for standing, count in standings.items() if count},
        )

    def node(self, order: Mapping[str, int]) -> Node:
        """The mean over the applications where the node is applicable; ``order`` is the place of each id."""
        if not self.standings:
            return Node(self.coverage, None)
        count = sum(self.standings.values())
        capped, level, _ = min(self.standings)
        holding = {key for *lowest, held in self.standings if lowest == [capped, level] for key in held}
        return Node(
            self.coverage,
            Score(
                low=self.low / count,
                high=self.high / count,
                evidenced=self.evidenced / count,
                level=level,
                capped=capped,
                held_down_by=tuple(sorted(holding, key=order.__getitem__)),
            ),
        )

    @property
    def distribution(self) -> dict[int, int]:
        """Level → number of applications, lowest level first."""
        found: Counter[int] = Counter()
        for (_, level, _), count in self.standings.items():
            found[level] += count
        return dict(sorted(found.items()))
