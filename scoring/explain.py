"""How a number came about: every score as a tree of terms, down to the answers and what evidence says of them.

Every node of the tree is ``offset + factor · Σ weight · part / Σ weight`` over the parts that have figures:

* a level's fulfilment is the weighted mean of its criteria's values;
* a practice is ``base + (top - base) ·`` the mean over its levels;
* a pillar is the weighted mean of its practices, overall that of the pillars;
* a tier, or the organisation, is the mean over its applications.

The figures of practices and of what stands above them are those of the scores, never computed anew;
:attr:`Explanation.sum` is what the parts come to, so that a reader, and a test, can hold one against the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from questionnaires.model import NOT_APPLICABLE, Criterion, Practice, Questionnaire, Scope
from scoring.assessment import Answer, Assessment, Basis, answer_of
from scoring.claims import Claim, Claims, Statement
from scoring.evaluation import Evaluation
from scoring.scores import UNANSWERED, Coverage, GroupResult, Node, Result, Scores, reading

ONE = Fraction(1)


class Kind(StrEnum):
    """What a number is about."""

    OVERALL = "overall"
    PILLAR = "pillar"
    PRACTICE = "practice"
    LEVEL = "level"
    CRITERION = "criterion"


class Figure(StrEnum):
    """The three numbers that every node has."""

    CLAIMED = "claimed"
    UP_TO = "up to"
    EVIDENCED = "evidenced"


@dataclass(frozen=True, slots=True)
class Figures:
    """Exact. Values between 0 and 1 for criteria and levels, scores between base and top above them."""

    low: Fraction
    high: Fraction
    evidenced: Fraction

    def of(self, figure: Figure) -> Fraction:
        return {Figure.CLAIMED: self.low, Figure.UP_TO: self.high, Figure.EVIDENCED: self.evidenced}[figure]

    @property
    def assurance_gap(self) -> Fraction:
        """What is claimed beyond what basis and evidence allow."""
        return self.low - self.evidenced


class Source(StrEnum):
    """Whose answer counts."""

    OWN = "own"
    COMMON = "common"
    ORGANISATION = "organisation"


class Cap(StrEnum):
    """What holds the evidenced value where it is, in the order in which it is asked."""

    CHALLENGE = "challenge"
    """The lowest fresh challenge."""
    DOCUMENT = "document"
    """A document backs the answer as it is."""
    SUPPORT = "support"
    """The highest fresh support."""
    NOTHING = "nothing"
    """Neither document nor evidence: it counts as the lowest step."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, what evidence says of it, and what it counts as."""

    source: Source
    answer: Answer | None
    """As it was written down."""
    claimed: str
    """A step of the scale, ``not-applicable``, or empty where it counts as unanswered."""
    evidenced: str
    """A step of the scale; empty where nothing is claimed."""
    step: str | None
    """The step that the answer counts as at most; None is the lowest."""
    cap: Cap | None
    """None where nothing is claimed."""
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One number with the parts that it is made of."""

    kind: Kind
    id: str
    """Of the pillar, practice or criterion; ``practice/level`` for a level; empty overall."""
    label: str
    application: str | None
    """None for a tier, for the organisation, and for what is answered once for it."""
    figures: Figures | None
    """None where nothing is applicable: it enters no sum."""
    weight: Fraction = ONE
    """How much it counts beside the others of the same whole."""
    offset: Fraction = Fraction(0)
    factor: Fraction = ONE
    parts: tuple[Explanation, ...] = ()
    coverage: Coverage | None = None
    level: int | None = None
    """Of a practice or what stands above it; the level's number for a level."""
    capped: bool = False
    """The level cannot rise: nothing above is applicable."""
    held_down_by: tuple[str, ...] = ()
    distribution: Mapping[int, int] = field(default_factory=dict)
    """Of a tier or the organisation: level → number of applications."""
    said: Said | None = None
    """Of a criterion."""

    @property
    def counted(self) -> tuple[Explanation, ...]:
        """The parts that enter the sum."""
        return tuple(part for part in self.parts if part.figures is not None)

    @property
    def sum(self) -> Figures | None:
        """What the parts come to; the figures themselves where there are none."""
        return _combine(self.counted, self.offset, self.factor) if self.parts else self.figures


def _combine(parts: Iterable[Explanation], offset: Fraction, factor: Fraction) -> Figures | None:
    known = [(part.weight, part.figures) for part in parts if part.figures is not None]
    whole = sum((weight for weight, _ in known), Fraction(0))
    if not known:
        return None
    low, high, evidenced = (
        offset + factor * sum((weight * figures.of(figure) for weight, figures in known), Fraction(0)) / whole
        for figure in Figure
    )
    return Figures(low, high, evidenced)


def explain(
    questionnaire: Questionnaire,
    assessment: Assessment,
    evaluation: Evaluation,
    subject: str = "",
    *,
    application: str | None = None,
    tier: str | None = None,
) -> Explanation:
    """The number of one application, of a tier, or (neither named) of the organisation.

    ``subject`` is the id of a pillar, practice or criterion; empty for the overall score. An application's tree reaches
    down to the answers, that of a tier or the organisation to its applications. A criterion of several applications has
    their values as parts, and no figures of its own. Raises KeyError for an unknown id, for a tier without
    applications, and for a practice that only applications have where there is none.
    """
    explainer = _Explainer(questionnaire, assessment, evaluation.claims, evaluation.scores)
    if application is not None:
        return explainer.of(application, subject)
    result = evaluation.scores.organisation if tier is None else evaluation.scores.tiers[tier]
    if not isinstance(result, GroupResult):
        return explainer.of(None, subject)
    if subject in questionnaire.criteria:
        return explainer.criterion_over(result, questionnaire.criteria[subject])
    return explainer.over(result, subject)


@dataclass(frozen=True, slots=True)
class _Explainer:
    questionnaire: Questionnaire
    assessment: Assessment
    claims: Claims
    scores: Scores

    # ---- one application, or the organisation where there is none

    def of(self, application: str | None, subject: str) -> Explanation:
        questionnaire = self.questionnaire
        if subject in questionnaire.criteria:
            return self.criterion(application, questionnaire.criteria[subject])
        if subject in questionnaire.practices:
            return self.practice(application, questionnaire.practices[subject])
        return self.pillar(application, subject) if subject else self.overall(application)

    def result(self, application: str | None) -> Result:
        return self.scores.organisation if application is None else self.scores.applications[application]

    def overall(self, application: str | None) -> Explanation:
        parts = (
            replace(self.pillar(application, pillar.id), weight=pillar.weight) for pillar in self.questionnaire.pillar
        )
        return self._node(Kind.OVERALL, "", self.result(application).overall, application, tuple(parts))

    def pillar(self, application: str | None, key: str) -> Explanation:
        result = self.result(application)
        pillar = next((entry for entry in self.questionnaire.pillar if entry.id == key), None)
        if pillar is None:
            raise KeyError(key)
        tier = "" if application is None else self.assessment.applications[application].tier
        parts = (
            replace(
                self.practice(application, practice),
                weight=self.questionnaire.weights.get((tier, practice.id), ONE),
            )
            for practice in pillar.practice
            if practice.id in result.practices
        )
        return self._node(Kind.PILLAR, key, result.pillars[key], application, tuple(parts))

    def practice(self, application: str | None, practice: Practice) -> Explanation:
        node = self.result(application).practices[practice.id]
        base = Fraction(self.questionnaire.base)
        levels = (self._level(application, practice, *entry) for entry in practice.by_level.items())
        found = self._node(Kind.PRACTICE, practice.id, node, application, tuple(levels))
        return replace(found, offset=base, factor=self.questionnaire.top - base)

    def _level(
        self, application: str | None, practice: Practice, number: int, criteria: tuple[Criterion, ...]
    ) -> Explanation:
        parts = tuple(replace(self.criterion(application, entry), weight=entry.weight) for entry in criteria)
        return Explanation(
            kind=Kind.LEVEL,
            id=f"{practice.id}/{number}",
            label=f"Level {number} {self.questionnaire.level_name(number)}",
            application=application,
            figures=_combine(parts, Fraction(0), ONE),
            parts=parts,
            level=number,
        )

    def criterion(self, application: str | None, criterion: Criterion) -> Explanation:
        said = self.said(application, criterion.id)
        values, figures = self.questionnaire.values, None
        if said.claimed != NOT_APPLICABLE:
            low, high = (values.get(said.claimed, Fraction(end)) for end in (0, 1))
            figures = Figures(low, high, values.get(said.evidenced, Fraction(0)))
        return Explanation(Kind.CRITERION, criterion.id, criterion.question, application, figures, said=said)

    def said(self, application: str | None, criterion: str) -> Said:
        owner = None if self.questionnaire.scope_of(criterion) is Scope.ORGANISATION else application
        source = self.assessment.applications[owner] if owner is not None else None
        answer = answer_of(self.assessment.answers, source, criterion)
        claim, step = self.claims.of(owner, criterion), self.claims.cap(owner, criterion)
        read = reading(self.questionnaire, answer, step)
        stated = read.claimed not in (UNANSWERED, NOT_APPLICABLE)
        return Said(
            source=self._source(application, criterion, answer),
            answer=answer,
            claimed=read.claimed,
            evidenced=read.evidenced,
            step=step if stated else None,
            cap=_cap(answer, claim) if stated and answer is not None else None,
            statements=claim.statements if claim is not None else (),
        )

    def _source(self, application: str | None, criterion: str, answer: Answer | None) -> Source:
        if self.questionnaire.scope_of(criterion) is Scope.ORGANISATION:
            return Source.ORGANISATION
        own = self.assessment.applications[application].answers if application is not None else {}
        return Source.OWN if answer is not None and own.get(criterion) is answer else Source.COMMON

    # ---- a tier, or the organisation over its applications

    def over(self, result: GroupResult, subject: str) -> Explanation:
        parts = [(key, _at(self.scores.applications[key], subject)) for key in result.members]
        kind = Kind.PRACTICE if subject in self.questionnaire.practices else Kind.PILLAR if subject else Kind.OVERALL
        names = self.assessment.applications
        members = (replace(self._node(kind, subject, node, key), label=names[key].name) for key, node in parts)
        found = self._node(kind, subject, _at(result, subject), None, tuple(members))
        return replace(found, distribution=result.distribution[subject])

    def criterion_over(self, result: GroupResult, criterion: Criterion) -> Explanation:
        if self.questionnaire.scope_of(criterion.id) is Scope.ORGANISATION:
            return self.criterion(None, criterion)
        names = self.assessment.applications
        members = (replace(self.criterion(key, criterion), label=names[key].name) for key in result.members)
        return Explanation(Kind.CRITERION, criterion.id, criterion.question, None, None, parts=tuple(members))

    def _node(
        self, kind: Kind, key: str, node: Node, application: str | None, parts: tuple[Explanation, ...] = ()
    ) -> Explanation:
        score = node.score
        return Explanation(
            kind=kind,
            id=key,
            label=self._label(key),
            application=application,
            figures=None if score is None else Figures(score.low, score.high, score.evidenced),
            parts=parts,
            coverage=node.coverage,
            level=None if score is None else score.level,
            capped=score is not None and score.capped,
            held_down_by=() if score is None else score.held_down_by,
        )

    def _label(self, key: str) -> str:
        names = {pillar.id: pillar.name for pillar in self.questionnaire.pillar}
        practice = self.questionnaire.practices.get(key)
        return practice.name if practice is not None else names.get(key, "Overall")


def _at(result: Result, subject: str) -> Node:
    if not subject:
        return result.overall
    return result.pillars[subject] if subject in result.pillars else result.practices[subject]


def _cap(answer: Answer, claim: Claim | None) -> Cap:
    if claim is not None and claim.challenge is not None:
        return Cap.CHALLENGE
    if answer.basis is Basis.DOCUMENT:
        return Cap.DOCUMENT
    return Cap.SUPPORT if claim is not None and claim.supported is not None else Cap.NOTHING
