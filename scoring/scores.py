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
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from typing import NamedTuple

from questionnaires.model import NOT_APPLICABLE, Pillar, Practice, Questionnaire, Scope
from scoring.assessment import Answer, Assessment, answer_of
from scoring.claims import Claims, moved
from scoring.nodes import Coverage, Node, Score, Total, holding, roll_up

__all__ = [  # nodes and scores are one subject to everybody else
    "RULES",
    "UNANSWERED",
    "AtTarget",
    "Coverage",
    "GroupResult",
    "Node",
    "Reading",
    "Result",
    "Score",
    "Scorer",
    "Scores",
    "at_target",
    "group",
    "holding",
    "overall_target",
    "pillar_reaches",
    "reaches",
    "reading",
    "roll_up",
    "rounded",
    "score",
    "targets",
]

RULES = "1"
"""Version of the scoring rules; every stored result names it."""

UNANSWERED = ""


class Reading(NamedTuple):
    """What enters a score for one criterion: two steps of the scale, as their ids.

    ``claimed`` may also be ``not-applicable`` or empty for unanswered; ``evidenced`` is then empty.
    """

    claimed: str
    evidenced: str


@dataclass(frozen=True)
class Result:
    """All nodes of one application: by practice id, by pillar id, and overall."""

    overall: Node
    pillars: Mapping[str, Node]
    practices: Mapping[str, Node]

    @property
    def nodes(self) -> dict[str, Node]:
        """All of them: by practice id, by pillar id, and ``""`` for overall."""
        return {"": self.overall, **self.pillars, **self.practices}


@dataclass(frozen=True)
class GroupResult(Result):
    """All nodes of a tier or the organisation, with how the levels are distributed."""

    members: tuple[str, ...] = ()
    """The applications, by id."""
    distribution: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Practice, pillar or ``""`` (overall) → level → number of applications."""
    totals: Mapping[str, Total] = field(default_factory=dict, repr=False)
    """Practice, pillar or ``""`` → what its node is the mean of."""


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
    assessment: Assessment | None = field(default=None, compare=False, repr=False)
    """What they are the scores of."""

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
    cap = questionnaire.scale[0].id if evidenced is None else evidenced
    held = cap != answer.value and values[cap] < values[answer.value]
    return Reading(answer.value, cap if held else answer.value)


def _whole(weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Weights in the same proportions as whole numbers."""
    unit = lcm(*[weight.denominator for weight in weights.values()])
    return {key: int(weight * unit) for key, weight in weights.items()}


class Scorer:
    """Scores practices of one questionnaire and remembers them by their answers."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.practice = lru_cache(maxsize=65_536)(self._practice)
        ids = (*(pillar.id for pillar in questionnaire.pillar), *questionnaire.practices, *questionnaire.criteria)
        self.order = {key: place for place, key in enumerate(ids)}
        """The place of every pillar, practice and criterion among its like."""
        self._unit = lcm(*[value.denominator for value in questionnaire.values.values()])
        self._value = {step: int(value * self._unit) for step, value in questionnaire.values.items()}
        self._weights = {
            practice.id: _whole({criterion.id: criterion.weight for criterion in practice.criterion})
            for practice in questionnaire.practices.values()
        }
        self._pillar_weights = _whole({pillar.id: pillar.weight for pillar in questionnaire.pillar})
        self._practice_weights = lru_cache(maxsize=None)(self._of_tier)
        self.parent = {
            **{pillar.id: "" for pillar in questionnaire.pillar},
            **{practice: pillar.id for practice, pillar in questionnaire.pillar_of.items()},
            **{criterion.id: criterion.practice_id for criterion in questionnaire.criteria.values()},
        }
        """Criterion → its practice, practice → its pillar, pillar → ``""``."""

    def _practice(self, practice_id: str, readings: tuple[Reading, ...]) -> Node:
        """One practice from the readings of its criteria, in their order.

        Counts in whole units, of weights and of values; each figure becomes a fraction once.
        """
        questionnaire, value, weights = self.questionnaire, self._value, self._weights[practice_id]
        practice, met = questionnaire.practices[practice_id], value[questionnaire.met]
        of = dict(zip(weights, readings, strict=True))
        sums: list[tuple[int, int, int, int]] = []
        level = questionnaire.base
        unmet: tuple[str, ...] = ()
        for number, criteria in practice.by_level.items():
            applicable = [(c.id, weights[c.id], of[c.id]) for c in criteria if of[c.id].claimed != NOT_APPLICABLE]
            if not applicable:
                continue
            sums.append((
                sum([weight for _, weight, _ in applicable]),
                sum([weight * value.get(read.claimed, 0) for _, weight, read in applicable]),
                sum([weight * value.get(read.claimed, self._unit) for _, weight, read in applicable]),
                sum([weight * value.get(read.evidenced, 0) for _, weight, read in applicable]),
            ))  # fmt: skip
            if not unmet:
                unmet = tuple(key for key, _, read in applicable if value.get(read.claimed, 0) < met)
                level = level if unmet else number
        skipped = sum(entry.claimed == NOT_APPLICABLE for entry in readings)
        answered = sum(entry.claimed not in (NOT_APPLICABLE, UNANSWERED) for entry in readings)
        coverage = Coverage(answered, len(readings) - skipped, skipped)
        if not sums:
            return Node(coverage, None)
        whole = lcm(*[entry[0] for entry in sums])
        unit = whole * self._unit * len(sums)
        base, span = questionnaire.base, questionnaire.top - questionnaire.base
        low, high, evidenced = (
            Fraction(base * unit + span * sum([entry[place] * (whole // entry[0]) for entry in sums]), unit)
            for place in (1, 2, 3)
        )
        capped = not unmet and level < questionnaire.top
        return Node(coverage, Score(low, high, evidenced, level, capped, held_down_by=unmet))

    def result(self, practices: Mapping[str, Node], tier: str, before: Result | None = None) -> Result:
        """Pillars and overall from the practices of one application; the tier gives the practice weights.

        ``before`` is an earlier result in the same tier: what rests on the very same nodes is taken over from it.
        """
        known = before.practices if before else {}
        again = {self.parent[key] for key, node in practices.items() if known.get(key) is not node}
        if before is not None and not again:
            return before
        pillars = {
            pillar: before.pillars[pillar]
            if before is not None and pillar not in again
            else roll_up([(key, practices[key], weight) for key, weight in weights.items() if key in practices])
            for pillar, weights in self._practice_weights(tier).items()
        }
        overall = roll_up([(key, pillars[key], weight) for key, weight in self._pillar_weights.items()])
        return Result(overall, pillars, practices)

    def _of_tier(self, tier: str) -> dict[str, dict[str, int]]:
        """Pillar → practice → its weight in a tier."""
        given = self.questionnaire.weights
        return {
            pillar.id: _whole(
                {practice.id: given.get((tier, practice.id), Fraction(1)) for practice in pillar.practice}
            )
            for pillar in self.questionnaire.pillar
        }


def group(
    scorer: Scorer,
    now: Mapping[str, Result],
    was: Mapping[str, Result] | None = None,
    before: GroupResult | None = None,
) -> GroupResult:
    """A tier or the organisation: every node the mean of that node over the applications where it is applicable.

    ``before`` is the same group when its applications had the results ``was``. Only nodes that are not the very same
    are counted again, and whatever rests on the others is taken over.
    """
    was = was or {}
    moves = [
        (was[key].nodes if key in was else {}, now[key].nodes if key in now else {})
        for key in {**was, **now}
        if was.get(key) is not now.get(key)
    ]
    if before is not None and not moves:
        return before
    totals: dict[str, Total] = {}
    nodes: dict[str, Node] = {}
    for key in next(iter(now.values())).nodes:
        known = before.totals[key] if before else Total()
        # Where a practice moved, so did its pillar.
        still = before is not None and key != "" and totals[up := scorer.parent[key]] is before.totals[up]
        pairs = [] if still else [(old.get(key), new.get(key)) for old, new in moves]
        totals[key] = known.moved(
            [old for old, new in pairs if old is not None and old is not new],
            [new for old, new in pairs if new is not None and old is not new],
        )
        nodes[key] = before.nodes[key] if before and totals[key] is known else totals[key].node(scorer.order)
    return GroupResult(
        overall=nodes[""],
        pillars={pillar.id: nodes[pillar.id] for pillar in scorer.questionnaire.pillar},
        practices={key: nodes[key] for key in scorer.questionnaire.practices},
        members=tuple(now),
        distribution={key: total.distribution for key, total in totals.items()},
        totals=totals,
    )


def targets(questionnaire: Questionnaire, assessment: Assessment) -> dict[tuple[str, str], int]:
    """(tier, pillar) → target level: the questionnaire's, or the engagement's own where it says otherwise."""
    own = {(tier, pillar): level for tier, levels in assessment.targets.items() for pillar, level in levels.items()}
    return questionnaire.targets | own


def overall_target(questionnaire: Questionnaire, scores: Scores, tier: str, application: str | None = None) -> Fraction:
    """The score that an application, or a whole tier, has when every pillar stands exactly at its target.

    The weighted mean of the tier's targets over the pillars where anything is applicable; of a tier, the mean of that
    over its applications. Where nothing is applicable at all, every pillar counts. Raises KeyError for a tier that has
    no applications.
    """
    members = scores.tiers[tier].members if application is None else (application,)
    asked = Counter(
        tuple(key for key, node in result.pillars.items() if node.score is not None)
        for result in (scores.applications[key] for key in members)
        if result.overall.score is not None
    ) or Counter([tuple(pillar.id for pillar in questionnaire.pillar)])
    weights = {pillar.id: pillar.weight for pillar in questionnaire.pillar}
    total = Fraction(0)
    for pillars, count in asked.items():
        whole = sum((weights[key] for key in pillars), Fraction(0))
        total += count * sum((weights[key] * scores.targets[tier, key] for key in pillars), Fraction(0)) / whole
    return total / asked.total()


def score(scorer: Scorer, assessment: Assessment, claims: Claims, before: Scores | None = None) -> Scores:
    """Every score of an assessment, from its answers and what evidence says of them.

    ``before`` are scores by the same scorer of an earlier assessment, whose claims were judged by the same content.
    What did not move since is taken over from them; the result is equal to one without them.
    """
    questionnaire = scorer.questionnaire
    applications = _applications(scorer, assessment, claims, before)
    was: Mapping[str, Result] = before.applications if before else {}
    members: dict[str, dict[str, Result]] = {}
    for key, result in applications.items():
        members.setdefault(assessment.applications[key].tier, {})[key] = result
    tiers: dict[str, GroupResult] = {}
    for tier, now in sorted(members.items()):
        earlier = before.tiers.get(tier) if before else None
        tiers[tier] = group(scorer, now, {key: was[key] for key in earlier.members} if earlier else {}, earlier)
    if applications:
        whole = before.organisation if before else None
        earlier = whole if isinstance(whole, GroupResult) else None
        organisation: Result = group(scorer, applications, was, earlier)
    else:
        organisation = scorer.result(_shared(scorer, assessment, claims, {}), "")
    wanted = targets(questionnaire, assessment)
    found = Scores(RULES, applications, tiers, organisation, wanted, {}, assessment)
    return replace(found, at_target={tier: at_target(questionnaire, found, tier) for tier in tiers})


def _applications(scorer: Scorer, assessment: Assessment, claims: Claims, before: Scores | None) -> dict[str, Result]:
    """The result of every application, by id."""
    questionnaire = scorer.questionnaire
    was: Mapping[str, Result] = before.applications if before else {}
    earlier = before.assessment if before else None
    criteria_of = moved(earlier, assessment)
    anyone: Mapping[str, Node] = next(iter(was.values())).practices if was else {}
    shared = _shared(scorer, assessment, claims, anyone)
    settled = all(anyone.get(key) is node for key, node in shared.items())
    own = {key: practice for key, practice in questionnaire.practices.items() if key not in shared}
    blank = dict.fromkeys(questionnaire.practices, Node(Coverage(), None))
    found: dict[str, Result] = {}
    for key, application in sorted(assessment.applications.items()):
        old, criteria = was.get(key), criteria_of(key)
        same_tier = earlier is not None and old is not None and earlier.applications[key].tier == application.tier
        again = own.keys() if criteria is None else own.keys() & {scorer.parent.get(entry) for entry in criteria}
        if old is not None and same_tier and settled and not again:
            found[key] = old
            continue
        fresh = {
            entry: scorer.practice(entry, readings(questionnaire, assessment, claims, own[entry], key))
            for entry in again
        }
        practices = {**(old.practices if old else blank), **shared, **fresh}
        found[key] = scorer.result(practices, application.tier, old if same_tier else None)
    return found


def _shared(scorer: Scorer, assessment: Assessment, claims: Claims, before: Mapping[str, Node]) -> dict[str, Node]:
    """The practices of the organisation; one that is equal to what it was before is the very same node."""
    questionnaire = scorer.questionnaire
    found: dict[str, Node] = {}
    for practice in questionnaire.practices.values():
        if practice.scope is Scope.ORGANISATION:
            node = scorer.practice(practice.id, readings(questionnaire, assessment, claims, practice, None))
            known = before.get(practice.id)
            found[practice.id] = known if known == node and known is not None else node
    return found


def readings(
    questionnaire: Questionnaire, assessment: Assessment, claims: Claims, practice: Practice, owner: str | None
) -> tuple[Reading, ...]:
    """How each criterion of a practice counts for an application, or for the organisation where that is None."""
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
    return _beyond(questionnaire, score.held_down_by, target)


def pillar_reaches(questionnaire: Questionnaire, result: Result, pillar: Pillar, target: int) -> bool:
    """Whether no practice of a pillar of one application has a gap. The pillar's level alone cannot say so: a practice
    without criteria at the target's level stands below it and lacks nothing."""
    scores = (result.practices[entry.id].score for entry in pillar.practice if entry.id in result.practices)
    return all(score is None or reaches(questionnaire, score, target) for score in scores)


def _beyond(questionnaire: Questionnaire, held: tuple[str, ...], target: int) -> bool:
    return not held or questionnaire.criteria[held[0]].level > target


def at_target(
    questionnaire: Questionnaire, scores: Scores, tier: str, among: Collection[str] | None = None
) -> AtTarget:
    """Of a tier's pairs, or of those with some of the practices."""
    reached = pairs = 0
    for practice, pillar in questionnaire.pillar_of.items():
        if among is None or practice in among:
            for (_, _, held), count in scores.tiers[tier].totals[practice].standings.items():
                pairs += count
                reached += count * _beyond(questionnaire, held, scores.targets[tier, pillar.id])
    return AtTarget(reached, pairs)
