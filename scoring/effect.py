"""What a plan does to the scores: where each tier stands after each wave, if what is planned until then is done.

An item that is done means *fully* for everything unmet in it: for its applications, and for the organisation where it
is shared. Only the claimed score is projected, at its low end, and the level: what evidence will show of work that has
not begun, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from questionnaires.model import NOT_APPLICABLE, Questionnaire, Scope
from scoring.assessment import Answer, Application, Assessment, answer_of
from scoring.claims import Claims
from scoring.evaluation import Evaluation, evaluate
from scoring.roadmap import Initiative, Plan
from scoring.scores import Reading, Result, Scorer, Scores, reading

Answers = Mapping[str, Answer]


class Stand(NamedTuple):
    """Where a node stands."""

    score: Fraction
    """Claimed, low end: unanswered counts 0. Exact, between base and top."""
    level: int


Stands = Mapping[str, Stand | None]
"""Pillar id, or ``""`` for overall → where it stands; None where nothing is applicable."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The projection of a plan. Index 0 is today, index *n* is after wave *n*."""

    tiers: Mapping[str, tuple[Stands, ...]]
    """Only tiers that have applications."""
    organisation: tuple[Stands, ...]


def effect(questionnaire: Questionnaire, assessment: Assessment, evaluation: Evaluation, plan: Plan) -> Effect:
    """The scores that the tiers have after each wave, by the same rules as today's.

    ``evaluation`` is of this assessment. What a plan does not move stays as it stands today.
    """
    steps = [evaluation]
    for wave in plan.waves:
        assessment = done(questionnaire, assessment, wave.items) if wave.items else assessment
        before = steps[-1]
        steps.append(evaluate(before.content, before.scorer, assessment, before) if wave.items else before)
    scores = [step.scores for step in steps]
    tiers = {tier: tuple(_stands(each.tiers[tier]) for each in scores) for tier in scores[0].tiers}
    return Effect(tiers, tuple(_stands(each.organisation) for each in scores))


def _stands(result: Result) -> Stands:
    nodes = {"": result.overall, **result.pillars}
    return {key: Stand(node.score.low, node.score.level) if node.score else None for key, node in nodes.items()}


def done(questionnaire: Questionnaire, assessment: Assessment, items: Iterable[Initiative]) -> Assessment:
    """The assessment as it reads once some items are done: *fully* where an item finds a criterion unmet."""
    common = dict(assessment.answers)
    own: dict[str, dict[str, Answer]] = {}
    for item in items:
        if item.scope is Scope.ORGANISATION:
            common |= _done(questionnaire, assessment.answers, None, item.criteria)
            continue
        for key in item.applications:
            application = assessment.applications[key]
            mended = _done(questionnaire, assessment.answers, application, item.criteria)
            own.setdefault(key, dict(application.answers)).update(mended)
    applications = {key: assessment.applications[key].model_copy(update={"answers": own[key]}) for key in own}
    return assessment.model_copy(
        update={"answers": common, "applications": {**assessment.applications, **applications}}
    )


def _done(
    questionnaire: Questionnaire, common: Answers, application: Application | None, criteria: Sequence[str]
) -> dict[str, Answer]:
    top = max(questionnaire.scale, key=lambda step: step.value).id
    found = {key: answer_of(common, application, key) for key in criteria}
    return {key: Answer(value=top) for key, answer in found.items() if _unmet(questionnaire, answer)}


def _unmet(questionnaire: Questionnaire, answer: Answer | None) -> bool:
    claimed = reading(questionnaire, answer, None).claimed
    return claimed != NOT_APPLICABLE and questionnaire.values.get(claimed, Fraction(0)) < questionnaire.met_value


def gain(
    scorer: Scorer, assessment: Assessment, claims: Claims, scores: Scores, item: Initiative, tier: str
) -> Fraction:
    """What a tier's overall score gains, at its low end, when everything unmet in one item is done fully.

    A score is linear in the values of its criteria, so the gains of several items add up to that of all of them.
    """
    questionnaire = scorer.questionnaire
    practice = questionnaire.practices[item.practice]
    shared = item.scope is Scope.ORGANISATION
    top = max(questionnaire.scale, key=lambda step: step.value).id
    total, members = Fraction(0), 0
    for key in scores.tiers[tier].members:
        result = scores.applications[key]
        if result.overall.score is None:
            continue
        members += 1
        if key not in item.applications:
            continue
        owner = None if shared else assessment.applications[key]
        readings = []
        for criterion in practice.criterion:
            answer = answer_of(assessment.answers, owner, criterion.id)
            read = reading(questionnaire, answer, claims.cap(None if shared else key, criterion.id))
            mended = criterion.id in item.criteria and _unmet(questionnaire, answer)
            readings.append(Reading(top, read.evidenced) if mended else read)
        node = scorer.practice(practice.id, tuple(readings))
        after = scorer.result({**result.practices, practice.id: node}, tier).overall.score
        total += after.low - result.overall.score.low if after is not None else 0
    return total / members if members else Fraction(0)
