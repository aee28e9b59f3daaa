"""Scores, exactly: rules of version 1 (``RULES``), as the method page of every report prints them.

For a practice with criteria at levels *l*, weights *w* and answer values *v*:

* fulfilment ``f(l) = Σ w·v / Σ w`` over applicable criteria; a level with none is left out;
* score ``= base + (top - base) · mean of f(l)`` over the levels present. With all levels present this is
  ``base + Σ f``, the scoring rule published for OWASP SAMM v2;
* level = the highest *l* whose criteria, and all below, are at least *met* (*largely*);
* a pillar's score is the weighted mean of its practices, its level their lowest; overall the same over pillars;
* a tier's node is the mean of that node over the applications where it is applicable.

Every number is a :class:`~fractions.Fraction`; :func:`rounded` is the one place where one is rounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from questionnaires.model import NOT_APPLICABLE, Practice, Questionnaire, Scope
from scoring.assessment import Answer, Assessment, answer_of
from scoring.claims import Claims

RULES = "1"
"""Version of the scoring rules; every stored result names it."""

UNANSWERED = ""


class Reading(NamedTuple):
    """What enters a score for one criterion: two steps of the scale, as their ids.

    ``claimed`` may also be ``not-applicable`` or empty for unanswered; ``evidenced`` is then empty.
    """

    claimed: str
    evidenced: str


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
    """Of a tier or the organisation: the lowest of its applications."""
    capped: bool = False
    """The upper levels have no applicable criterion: the level cannot rise and holds nothing down."""
    held_down_by: tuple[str, ...] = ()
    """What keeps the level where it is: criteria of a practice, practices of a pillar, pillars overall."""


@dataclass(frozen=True, slots=True)
class Node:
    """One result. ``score`` is None where nothing is applicable."""

    coverage: Coverage
    score: Score | None


@dataclass(frozen=True)
class Result:
    """All nodes of one application: by practice id, by pillar id, and overall."""

    overall: Node
    pillars: Mapping[str, Node]
    practices: Mapping[str, Node]


@dataclass(frozen=True)
class GroupResult(Result):
    """All nodes of a tier or the organisation, with how the levels are distributed."""

    members: tuple[str, ...] = ()
    """The applications, by id."""
    distribution: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Practice, pillar or ``""`` (overall) → level → number of applications."""


@dataclass(frozen=True)
class AtTarget:
    """The headline count: practice-application pairs without a gap to the tier's target."""

    reached: int
    pairs: int


@dataclass(frozen=True)
class Scores:
    """Every score of an assessment."""

    rules: str
    applications: Mapping[str, Result]
    tiers: Mapping[str, GroupResult]
    """Only tiers that have applications."""
    organisation: Result
    targets: Mapping[tuple[str, str], int]
    """(tier, pillar) → target level, the engagement's own word included."""
    at_target: Mapping[str, AtTarget]
    """Per tier."""

    @cached_property
    def tier_of(self) -> Mapping[str, str]:
        return {application: tier for tier, result in self.tiers.items() for application in result.members}


def rounded(value: Fraction) -> float:
    """Half-up to one decimal: the one rounding, done where a person reads the number."""
    return int(value * 10 + Fraction(1, 2)) / 10


def reading(questionnaire: Questionnaire, answer: Answer | None, evidenced: str | None) -> Reading:
    """What an answer counts as. *Not applicable* without a reason is unanswered; ``evidenced`` is the cap's step."""
    if answer is None or answer.value is None:
        return Reading(UNANSWERED, "")
    if answer.value == NOT_APPLICABLE:
        return Reading(NOT_APPLICABLE if answer.reason.strip() else UNANSWERED, "")
    values = questionnaire.values
    if answer.value not in values:
        return Reading(UNANSWERED, "")
    cap = evidenced if evidenced is not None else questionnaire.scale[0].id
    return Reading(answer.value, min(answer.value, cap, key=values.__getitem__))


class Scorer:
    """Scores practices of one questionnaire and remembers them by their answers."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.practice = lru_cache(maxsize=65_536)(self._practice)

    def _practice(self, practice_id: str, readings: tuple[Reading, ...]) -> Node:
        """One practice from the readings of its criteria, in their order."""
        questionnaire = self.questionnaire
        practice = questionnaire.practices[practice_id]
        values, met = questionnaire.values, questionnaire.met_value
        of = dict(zip((criterion.id for criterion in practice.criterion), readings, strict=True))
        sums = {"low": Fraction(0), "high": Fraction(0), "evidenced": Fraction(0)}
        present: list[int] = []
        level = questionnaire.base
        unmet: tuple[str, ...] = ()
        for number, criteria in practice.by_level.items():
            applicable = [criterion for criterion in criteria if of[criterion.id].claimed != NOT_APPLICABLE]
            if not applicable:
                continue
            present.append(number)
            weight = sum((criterion.weight for criterion in applicable), Fraction(0))
            for criterion in applicable:
                claimed, evidenced = of[criterion.id]
                share = criterion.weight / weight
                sums["low"] += share * values.get(claimed, 0)
                sums["high"] += share * values.get(claimed, 1)
                sums["evidenced"] += share * values.get(evidenced, 0)
            if not unmet:
                unmet = tuple(c.id for c in applicable if values.get(of[c.id].claimed, 0) < met)
                level = level if unmet else number
        skipped = sum(entry.claimed == NOT_APPLICABLE for entry in readings)
        answered = sum(entry.claimed not in (NOT_APPLICABLE, UNANSWERED) for entry in readings)
        coverage = Coverage(answered, len(readings) - skipped, skipped)
        if not present:
            return Node(coverage, None)
        span = Fraction(questionnaire.top - questionnaire.base, len(present))
        base = Fraction(questionnaire.base)
        return Node(
            coverage,
            Score(
                low=base + span * sums["low"],
                high=base + span * sums["high"],
                evidenced=base + span * sums["evidenced"],
                level=level,
                capped=not unmet and level < questionnaire.top,
                held_down_by=unmet,
            ),
        )

    def result(self, practices: Mapping[str, Node], tier: str) -> Result:
        """Pillars and overall from the practices of one application; the tier gives the practice weights."""
        pillars = {}
        for pillar in self.questionnaire.pillar:
            ids = [practice.id for practice in pillar.practice if practice.id in practices]
            weights = [self.questionnaire.weights.get((tier, practice), Fraction(1)) for practice in ids]
            pillars[pillar.id] = roll_up([(p, practices[p], w) for p, w in zip(ids, weights, strict=True)])
        overall = roll_up([(pillar.id, pillars[pillar.id], pillar.weight) for pillar in self.questionnaire.pillar])
        return Result(overall, pillars, practices)


def roll_up(children: Sequence[tuple[str, Node, Fraction]]) -> Node:
    """A parent from its children (id, node, weight): weighted mean of scores, lowest level.

    A child without a score enters neither sum nor minimum. A capped child does not hold the level down, unless
    every child is capped.
    """
    coverage = sum((node.coverage for _, node, _ in children), Coverage())
    scored = [(key, node.score, weight) for key, node, weight in children if node.score is not None]
    if not scored:
        return Node(coverage, None)
    total = sum((weight for _, _, weight in scored), Fraction(0))

    def mean(values: Iterable[Fraction]) -> Fraction:
        return sum((value * w for value, (_, _, w) in zip(values, scored, strict=True)), Fraction(0)) / total

    lowest = _lowest([(key, score) for key, score, _ in scored])
    return Node(
        coverage,
        Score(
            low=mean(score.low for _, score, _ in scored),
            high=mean(score.high for _, score, _ in scored),
            evidenced=mean(score.evidenced for _, score, _ in scored),
            level=lowest[0][1].level,
            capped=all(score.capped for _, score, _ in scored),
            held_down_by=tuple(key for key, _ in lowest),
        ),
    )


def _lowest(scores: Iterable[tuple[str, Score]]) -> list[tuple[str, Score]]:
    """Those of the lowest level; a capped one is among them only where every one is capped."""
    ordered = sorted(scores, key=lambda entry: (entry[1].capped, entry[1].level))
    first = ordered[0][1]
    return [(key, s) for key, s in ordered if (s.capped, s.level) == (first.capped, first.level)]


def group(results: Mapping[str, Result]) -> GroupResult:
    """A tier or the organisation: every node the mean of that node over the applications where it is applicable."""

    def over(nodes: Sequence[Node]) -> Node:
        coverage = sum((node.coverage for node in nodes), Coverage())
        scores = [node.score for node in nodes if node.score is not None]
        if not scores:
            return Node(coverage, None)
        count, lowest = len(scores), [score for _, score in _lowest([("", score) for score in scores])]
        return Node(
            coverage,
            Score(
                low=sum((score.low for score in scores), Fraction(0)) / count,
                high=sum((score.high for score in scores), Fraction(0)) / count,
                evidenced=sum((score.evidenced for score in scores), Fraction(0)) / count,
                level=lowest[0].level,
                capped=all(score.capped for score in scores),
                held_down_by=tuple(dict.fromkeys(key for score in lowest for key in score.held_down_by)),
            ),
        )

    def levels(nodes: Iterable[Node]) -> dict[int, int]:
        return dict(sorted(Counter(node.score.level for node in nodes if node.score is not None).items()))

    every = list(results.values())
    first = every[0]
    distribution = {"": levels(result.overall for result in every)}
    distribution |= {key: levels(result.pillars[key] for result in every) for key in first.pillars}
    distribution |= {key: levels(result.practices[key] for result in every) for key in first.practices}
    return GroupResult(
        overall=over([result.overall for result in every]),
        pillars={key: over([result.pillars[key] for result in every]) for key in first.pillars},
        practices={key: over([result.practices[key] for result in every]) for key in first.practices},
        members=tuple(results),
        distribution=distribution,
    )


def targets(questionnaire: Questionnaire, assessment: Assessment) -> dict[tuple[str, str], int]:
    """(tier, pillar) → target level: the questionnaire's, or the engagement's own where it says otherwise."""
    own = {(tier, pillar): level for tier, levels in assessment.targets.items() for pillar, level in levels.items()}
    return questionnaire.targets | own


def overall_target(questionnaire: Questionnaire, wanted: Mapping[tuple[str, str], int], tier: str) -> Fraction:
    """The score that a tier has when every pillar stands exactly at its target: their weighted mean."""
    weight = sum((pillar.weight for pillar in questionnaire.pillar), Fraction(0))
    return sum((p.weight * wanted[tier, p.id] for p in questionnaire.pillar), Fraction(0)) / weight


def score(scorer: Scorer, assessment: Assessment, claims: Claims) -> Scores:
    """Every score of an assessment, from its answers and what evidence says of them."""
    questionnaire = scorer.questionnaire
    wanted = targets(questionnaire, assessment)
    applications: dict[str, Result] = {}
    for key, application in sorted(assessment.applications.items()):
        practices = {
            practice.id: scorer.practice(practice.id, _readings(questionnaire, assessment, claims, practice, key))
            for practice in questionnaire.practices.values()
        }
        applications[key] = scorer.result(practices, application.tier)
    tiers = {
        tier: group({application.id: applications[application.id] for application in assessment.in_tier(tier)})
        for tier in sorted({application.tier for application in assessment.applications.values()})
    }
    if applications:
        organisation: Result = group(applications)
    else:
        alone = {
            practice.id: scorer.practice(practice.id, _readings(questionnaire, assessment, claims, practice, None))
            for practice in questionnaire.practices.values()
            if practice.scope is Scope.ORGANISATION
        }
        organisation = scorer.result(alone, "")
    at_target = {
        tier: _at_target(questionnaire, wanted, tier, [applications[key] for key in result.members])
        for tier, result in tiers.items()
    }
    return Scores(RULES, applications, tiers, organisation, wanted, at_target)


def _readings(
    questionnaire: Questionnaire, assessment: Assessment, claims: Claims, practice: Practice, application: str | None
) -> tuple[Reading, ...]:
    owner = None if practice.scope is Scope.ORGANISATION else application
    source = assessment.applications[owner] if owner else None
    return tuple(
        reading(questionnaire, answer_of(assessment.answers, source, criterion.id), claims.cap(owner, criterion.id))
        for criterion in practice.criterion
    )


def reaches(questionnaire: Questionnaire, score: Score, target: int) -> bool:
    """Whether a practice has no gap to a target level.

    What holds it down is of the lowest level that is not met. Beyond the target that is no gap, even where the level of
    the target itself has no applicable criterion.
    """
    held = score.held_down_by
    return not held or questionnaire.criteria[held[0]].level > target


def _at_target(
    questionnaire: Questionnaire, wanted: Mapping[tuple[str, str], int], tier: str, results: Sequence[Result]
) -> AtTarget:
    pairs = [
        reaches(questionnaire, node.score, wanted[tier, questionnaire.pillar_of[practice].id])
        for result in results
        for practice, node in result.practices.items()
        if node.score is not None
    ]
    return AtTarget(sum(pairs), len(pairs))
