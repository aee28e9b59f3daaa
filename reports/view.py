"""One tier of an assessment, as every part of its report looks at it.

Holds what the parts share: numbers of practices and criteria, names, targets, the tier's own items of the plan, and
what each of them adds to the tier's score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from questionnaires.model import Content, Criterion, Pillar, Practice, Questionnaire, Regime, Scope, Tier
from reports import words
from reports.language import _
from scoring.assessment import Application, Assessment, answer_of
from scoring.claims import Claims
from scoring.effect import Stands, effect, gain
from scoring.evaluation import Evaluation
from scoring.progress import Baseline
from scoring.roadmap import Initiative, Plan, Wave
from scoring.scores import GroupResult, Node, Reading, Score, Scorer, Scores, overall_target, reaches, reading


@dataclass(frozen=True, slots=True)
class Planned:
    """An item of the plan as this tier's report names it."""

    code: str
    """``R07``, in the order of the waves."""
    wave: Wave | None
    """None where it is not planned."""
    item: Initiative
    effect: Fraction
    """What it adds to the tier's overall score once done."""


@dataclass(frozen=True)
class View:
    """The inputs of a report, with what follows from them for one tier."""

    content: Content
    questionnaire: Questionnaire
    assessment: Assessment
    claims: Claims
    scores: Scores
    plan: Plan
    tier: Tier
    baselines: tuple[Baseline, ...] = ()

    @property
    def tier_name(self) -> str:
        return _("Tier {id} {name}", id=self.tier.id, name=self.tier.name)

    @cached_property
    def result(self) -> GroupResult:
        return self.scores.tiers[self.tier.id]

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """By name, which is how people look them up."""
        return tuple(sorted(self.assessment.in_tier(self.tier.id), key=lambda app: (app.name.casefold(), app.id)))

    @cached_property
    def overall_target(self) -> Fraction:
        return overall_target(self.questionnaire, self.scores, self.tier.id)

    @cached_property
    def evaluation(self) -> Evaluation:
        return Evaluation(self.assessment, self.claims, self.scores, self.content, self.scorer)

    @cached_property
    def ahead(self) -> tuple[Stands, ...]:
        """Where the tier stands today and after each wave of the plan."""
        return effect(self.questionnaire, self.assessment, self.evaluation, self.plan).tiers[self.tier.id]

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Pillar id → ``2``, practice id → ``2.4``, criterion id → ``2.4.3b`` (its level, then its place there)."""
        found: dict[str, str] = {}
        for i, pillar in enumerate(self.questionnaire.pillar, 1):
            found[pillar.id] = f"{i}"
            for j, practice in enumerate(pillar.practice, 1):
                found[practice.id] = f"{i}.{j}"
                for level, criteria in practice.by_level.items():
                    for k, criterion in enumerate(criteria):
                        letter = chr(ord("a") + k) if k < 26 else f"-{k + 1}"
                        found[criterion.id] = f"{i}.{j}.{level}{letter}"
        return found

    @cached_property
    def regimes(self) -> tuple[Regime, ...]:
        """Those in scope."""
        return tuple(self.content.regimes[key] for key in self.assessment.regimes if key in self.content.regimes)

    @cached_property
    def planned(self) -> tuple[Planned, ...]:
        """The tier's view of the plan: by wave, what is not planned last.

        Within a wave what adds most comes first, but after what must be done before it.
        """
        found: list[Planned] = []
        groups: list[tuple[Wave | None, Sequence[Initiative]]] = [(w, w.items) for w in self.plan.of_tier(self.tier.id)]
        groups.append((None, [item for item in self.plan.unplanned if self.tier.id in item.tiers]))
        for wave, items in groups:
            weighed = _in_order([(item, self._gain(item)) for item in items])
            found += [Planned(f"R{len(found) + n:02}", wave, item, gain) for n, (item, gain) in enumerate(weighed, 1)]
        return tuple(found)

    def ends(self, wave: Wave) -> str:
        """The month by which a wave is done."""
        return words.months_on(wave.start, self.content.tiers.wave_months)

    @cached_property
    def codes(self) -> dict[str, str]:
        """Item id → its code in this report."""
        return {planned.item.id: planned.code for planned in self.planned}

    def practice(self, key: str) -> Practice:
        return self.questionnaire.practices[key]

    def pillar_of(self, practice: str) -> Pillar:
        return self.questionnaire.pillar_of[practice]

    def target(self, practice: str) -> int:
        return self.scores.targets[self.tier.id, self.pillar_of(practice).id]

    def at_target(self, practice: str, score: Score) -> bool:
        """As the headline counts it."""
        return reaches(self.questionnaire, score, self.target(practice))

    def nodes(self, practice: str) -> list[tuple[Application, Node]]:
        """One practice over the tier's applications."""
        return [(app, self.scores.applications[app.id].practices[practice]) for app in self.applications]

    def name(self, application: str | None) -> str:
        """An application's name; the organisation's own scope reads *Organisation*."""
        return self.assessment.applications[application].name if application else _("Organisation")

    def named(self, applications: Sequence[str], most: int = 4) -> str:
        """Some of the tier's applications in words; ``all 4 applications`` where it is all of several."""
        own = [app for app in self.applications if app.id in applications]
        if len(own) == len(self.applications) > 1:
            return _("all {n} applications", n=words.whole(len(own)))
        return words.listed([app.name for app in own], most)

    def counted(self, applications: Sequence[str]) -> str:
        """Up to two names, else how many of the tier's applications."""
        own = [app for app in self.applications if app.id in applications]
        if len(own) <= 2 or len(own) == len(self.applications):
            return self.named(applications)
        return _(
            "{some} of {total} applications", some=words.whole(len(own)), total=words.whole(len(self.applications))
        )

    def read(self, application: Application | None, criterion: Criterion) -> Reading:
        """What the answer to a criterion counts as, in the criterion's own scope."""
        owner = self.owner(application, criterion)
        answer = answer_of(self.assessment.answers, owner, criterion.id)
        return reading(self.questionnaire, answer, self.claims.cap(owner.id if owner else None, criterion.id))

    def owner(self, application: Application | None, criterion: Criterion) -> Application | None:
        """Whose answer counts: None for criteria of the organisation."""
        shared = self.practice(criterion.practice_id).scope is Scope.ORGANISATION
        return None if shared else application

    def unmet(self, application: Application | None, criterion: Criterion) -> bool:
        """Applicable, and below the step that holds a level."""
        claimed = self.read(application, criterion).claimed
        values = self.questionnaire.values
        return (claimed in values and values[claimed] < self.questionnaire.met_value) or not claimed

    @cached_property
    def scorer(self) -> Scorer:
        return Scorer(self.questionnaire)

    def _gain(self, item: Initiative) -> Fraction:
        return gain(self.scorer, self.assessment, self.claims, self.scores, item, self.tier.id)


def _in_order(weighed: Sequence[tuple[Initiative, Fraction]]) -> list[tuple[Initiative, Fraction]]:
    """Musts, then what adds most, but nothing before what must be done before it."""
    waiting = sorted(weighed, key=lambda pair: (not pair[0].must, -pair[1], pair[0].id))
    ordered: list[tuple[Initiative, Fraction]] = []
    while waiting:
        left = {item.id for item, _ in waiting}
        free = next((pair for pair in waiting if left.isdisjoint(pair[0].after)), waiting[0])
        waiting.remove(free)
        ordered.append(free)
    return ordered
