"""What moved since an earlier engagement: every question, answer, score, target, application and roadmap item.

Answers are compared where the question is the same; a changed question shows both answers and judges neither. *Not
applicable*, *unanswered* and *no* stay three things: only a step of the scale against another is better or worse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from questionnaires.migrate import Fate, Move, moves
from questionnaires.model import NOT_APPLICABLE, Questionnaire, Scope
from scoring.assessment import Answer, Assessment, answer_of
from scoring.delivery import ItemMove, deliveries
from scoring.evaluation import Evaluation
from scoring.results import Owner, Results, Stored, results
from scoring.roadmap import Plan
from scoring.scores import UNANSWERED, reading, targets


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier engagement as it was: what it asked, what was answered, and the scores it had then."""

    label: str
    """The name by which a person knows it, such as ``2026-03-31``."""
    as_of: date
    assessment: Assessment
    digests: Mapping[str, str]
    """Criterion → SHA-256 of what was asked."""
    questionnaire: Questionnaire | None
    """None where only the digests are known, as in a report."""
    results: Results
    plan: Plan | None
    tier: str | None = None
    """The one tier that it knows, as in a report; None for all."""


class Kind(StrEnum):
    """What became of one answer."""

    IMPROVED = "improved"
    FELL = "fell"
    ANSWERED = "answered"
    """It was unanswered."""
    WITHDRAWN = "withdrawn"
    """It is unanswered now."""
    NOT_APPLICABLE = "not-applicable"
    """It became so."""
    APPLICABLE = "applicable"
    """It was not applicable."""
    NEW = "new"
    """The question was not asked then."""
    REMOVED = "removed"
    """The question is not asked any more."""
    QUESTION_CHANGED = "question-changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class AnswerMove:
    """One criterion of one application, or of the organisation, then and now."""

    kind: Kind
    application: str | None
    """None: the organisation's answer; or the common one, where no application is on both sides."""
    tier: str | None
    """Of the application, today."""
    criterion: str
    """Its id today; of a removed one the id it had."""
    formerly: str | None
    """The id it had, where it was renamed."""
    pillar: str | None
    """None of a removed one whose practice is gone too."""
    practice: str
    before: Answer | None
    """As it counted: the application's own, else the common one. None where there was none."""
    now: Answer | None
    changed_on: date | None = None
    """When today's answer was last changed, where that is known."""
    why: str = ""
    """Of a removed question: the questionnaire's own word."""


class Presence(StrEnum):
    """What became of one application."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    """To another tier."""


@dataclass(frozen=True, slots=True)
class ApplicationMove:
    """One application, then and now, matched by id."""

    id: str
    name: str
    """Today's, where it is still there."""
    before: str | None
    """Its tier then; None where it was not there."""
    now: str | None
    """Its tier now; None where it is gone."""

    @property
    def kind(self) -> Presence:
        if self.before is None:
            return Presence.ADDED
        if self.now is None:
            return Presence.REMOVED
        return Presence.KEPT if self.before == self.now else Presence.MOVED


@dataclass(frozen=True, slots=True)
class ScoreMove:
    """One node of one tier, application or the organisation, then (as stored) and now. Exact."""

    owner: Owner
    node: str
    """Pillar or practice; empty for overall."""
    before: Stored | None
    """None where there was no such node, or nothing applicable in it."""
    now: Stored | None
    comparable: bool = True
    """False where another version of the scoring rules made the earlier one."""

    @property
    def change(self) -> Fraction | None:
        """Of the claimed score, now less then; None where one is missing or they do not compare."""
        if self.before is None or self.now is None or not self.comparable:
            return None
        return self.now.low - self.before.low

    @property
    def evidenced_change(self) -> Fraction | None:
        """The same of the evidenced score."""
        if self.before is None or self.now is None or not self.comparable:
            return None
        return self.now.evidenced - self.before.evidenced


@dataclass(frozen=True, slots=True)
class TargetMove:
    """A target level that changed."""

    tier: str
    pillar: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything between a baseline and today."""

    label: str
    before: date
    """As-of day of the baseline."""
    now: date
    tier: str | None
    """The one tier that the baseline knows, to which all of this is held; None for all."""
    questions: tuple[Move, ...]
    """Every criterion of both questionnaires."""
    answers: tuple[AnswerMove, ...]
    """Every criterion for each application on both sides, once for the organisation."""
    applications: tuple[ApplicationMove, ...]
    scores: tuple[ScoreMove, ...]
    targets: tuple[TargetMove, ...]
    items: tuple[ItemMove, ...] | None
    """None where one side has no plan."""
    rules: str
    """Version of the scoring rules that made the baseline's scores."""

    @property
    def counts(self) -> Mapping[Kind, int]:
        return counted(self.answers)

    def of(
        self,
        *,
        tier: str | None = None,
        application: str | None = None,
        pillar: str | None = None,
        practice: str | None = None,
    ) -> tuple[AnswerMove, ...]:
        """The answers of one place. A tier's are those of its applications; the organisation's belong to each."""
        return tuple(
            entry
            for entry in self.answers
            if (tier is None or entry.application is None or entry.tier == tier)
            and application in (None, entry.application)
            and pillar in (None, entry.pillar)
            and practice in (None, entry.practice)
        )

    def score(self, owner: Owner, node: str = "") -> ScoreMove | None:
        return next((move for move in self.scores if (move.owner, move.node) == (owner, node)), None)


def counted(answers: Iterable[AnswerMove]) -> Mapping[Kind, int]:
    """How many of each kind, every kind named; they add up to the number of answers."""
    found = Counter(entry.kind for entry in answers)
    return {kind: found[kind] for kind in Kind}


def compare(
    questionnaire: Questionnaire,
    assessment: Assessment,
    evaluation: Evaluation,
    plan: Plan | None,
    baseline: Baseline,
    *,
    changed_on: Mapping[tuple[str | None, str], date] | None = None,
) -> Comparison:
    """Today against a baseline of the same organisation.

    ``changed_on`` says when an application's (None: the organisation's or the common) answer was last changed. A
    baseline that knows one tier is compared with that tier only. A baseline of another questionnaire has no question
    in common: all of its own are removed and all of today's new.
    """
    found = moves(baseline.digests, questionnaire)
    applications = tuple(_applications(assessment, baseline))
    both = [move.id for move in applications if move.before is not None and move.now is not None]
    look = _Look(questionnaire, assessment, baseline, changed_on or {})
    return Comparison(
        label=baseline.label,
        before=baseline.as_of,
        now=assessment.as_of,
        tier=baseline.tier,
        questions=found,
        answers=tuple(look.answer(move, owner) for move in found for owner in look.owners(move, both)),
        applications=applications,
        scores=tuple(_scores(questionnaire, baseline, results(evaluation.scores))),
        targets=tuple(_targets(baseline, targets(questionnaire, assessment))),
        items=deliveries(questionnaire, assessment, baseline.plan, plan, baseline.tier)
        if plan is not None and baseline.plan is not None
        else None,
        rules=baseline.results.rules,
    )


def _applications(assessment: Assessment, baseline: Baseline) -> Iterable[ApplicationMove]:
    then, now = baseline.assessment.applications, assessment.applications
    for key in sorted({**then, **now}):
        before, today = then.get(key), now.get(key)
        if before is None and today is not None and baseline.tier not in (None, today.tier):
            continue  # the baseline knows nothing of its tier, so nothing says that it is new
        known = today or before
        assert known is not None
        yield ApplicationMove(key, known.name, before.tier if before else None, today.tier if today else None)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the comparison of answers needs, once."""

    questionnaire: Questionnaire
    assessment: Assessment
    baseline: Baseline
    changed_on: Mapping[tuple[str | None, str], date]

    def owners(self, move: Move, both: Sequence[str]) -> Sequence[str | None]:
        return both if both and self._scope(move) is Scope.APPLICATION else (None,)

    def _scope(self, move: Move) -> Scope:
        if move.new is not None:
            return self.questionnaire.scope_of(move.new)
        assert move.old is not None
        if self.baseline.questionnaire is not None and move.old in self.baseline.questionnaire.criteria:
            return self.baseline.questionnaire.scope_of(move.old)
        own = any(move.old in application.answers for application in self.baseline.assessment.applications.values())
        return Scope.APPLICATION if own else Scope.ORGANISATION

    def answer(self, move: Move, application: str | None) -> AnswerMove:
        today = self.assessment.applications.get(application) if application is not None else None
        then = self.baseline.assessment.applications.get(application) if application is not None else None
        before = answer_of(self.baseline.assessment.answers, then, move.old) if move.old is not None else None
        now = answer_of(self.assessment.answers, today, move.new) if move.new is not None else None
        criterion = move.new or move.old
        assert criterion is not None
        practice = criterion.rpartition(".")[0]
        pillar = self.questionnaire.pillar_of.get(practice)
        own = today is not None and now is not None and today.answers.get(criterion) is now
        return AnswerMove(
            kind=self._kind(move.fate, before, now),
            application=application,
            tier=today.tier if today is not None else None,
            criterion=criterion,
            formerly=move.old if move.renamed else None,
            pillar=pillar.id if pillar is not None else None,
            practice=practice,
            before=before,
            now=now,
            changed_on=self.changed_on.get((application if own else None, criterion)),
            why=move.why,
        )

    def _kind(self, fate: Fate, before: Answer | None, now: Answer | None) -> Kind:
        match fate:
            case Fate.NEW:
                return Kind.NEW
            case Fate.REMOVED:
                return Kind.REMOVED
            case Fate.CHANGED:
                return Kind.QUESTION_CHANGED
            case Fate.SAME:
                then, today = (reading(self.questionnaire, answer, None).claimed for answer in (before, now))
                return _kind(self.questionnaire.values, then, today)


def _kind(values: Mapping[str, Fraction], before: str, now: str) -> Kind:
    """From two steps of one scale, ``not-applicable``, or empty for unanswered."""
    if before == now:
        return Kind.UNCHANGED
    if NOT_APPLICABLE in (before, now):
        return Kind.NOT_APPLICABLE if now == NOT_APPLICABLE else Kind.APPLICABLE
    if UNANSWERED in (before, now):
        return Kind.ANSWERED if before == UNANSWERED else Kind.WITHDRAWN
    if values[before] == values[now]:
        return Kind.UNCHANGED
    return Kind.IMPROVED if values[before] < values[now] else Kind.FELL


def _scores(questionnaire: Questionnaire, baseline: Baseline, now: Results) -> Iterable[ScoreMove]:
    """Owners of both sides, each with overall, then pillars with their practices; what is asked no more last.

    An application is the same one in another tier, too.
    """
    order = ["", *(key for p in questionnaire.pillar for key in (p.id, *(practice.id for practice in p.practice)))]
    comparable = baseline.results.rules == now.rules
    then, today = ({_who(owner): owner for owner in side.nodes} for side in (baseline.results, now))
    for key in dict.fromkeys([*today, *then]):
        owner = today.get(key) or then[key]
        if baseline.tier is not None and key not in then and owner.tier != baseline.tier:
            continue
        before = baseline.results.nodes[then[key]] if key in then else {}
        nodes = now.nodes[owner] if key in today else {}
        for node in dict.fromkeys([*order, *before]):
            if node in before or node in nodes:
                yield ScoreMove(owner, node, before.get(node), nodes.get(node), comparable)


def _who(owner: Owner) -> Owner:
    return owner if owner.application is None else Owner(None, owner.application)


def nodes_of(kept: Results, owner: Owner) -> Mapping[str, Stored | None]:
    """What some results hold of an owner, an application in whatever tier it was; empty where they do not know it."""
    return next((nodes for known, nodes in kept.nodes.items() if _who(known) == _who(owner)), {})


def _targets(baseline: Baseline, now: Mapping[tuple[str, str], int]) -> Iterable[TargetMove]:
    then = baseline.results.targets
    for tier, pillar in sorted({**then, **now}):
        if baseline.tier in (None, tier) and then.get((tier, pillar)) != now.get((tier, pillar)):
            yield TargetMove(tier, pillar, then.get((tier, pillar)), now.get((tier, pillar)))


def with_ids(baseline: Baseline, ids: Mapping[str, str]) -> Baseline:
    """The baseline with applications under other ids (old → new), where they are known by another one today.

    No new id may be one that another of the baseline's applications has.
    """
    if not ids:
        return baseline
    kept = baseline.assessment.applications
    applications = {ids.get(key, key): app.model_copy(update={"id": ids.get(key, key)}) for key, app in kept.items()}
    if len(applications) < len(kept):
        raise ValueError("two applications would have one id")
    nodes = {
        owner if owner.application is None else Owner(owner.tier, ids.get(owner.application, owner.application)): found
        for owner, found in baseline.results.nodes.items()
    }
    assessment = baseline.assessment.model_copy(update={"applications": applications})
    return replace(baseline, assessment=assessment, results=replace(baseline.results, nodes=nodes))
