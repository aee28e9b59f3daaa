"""The roadmap: initiatives from gaps, their order, and waves under capacity.

An initiative lifts one practice by one level: for the applications of one tier that lack it, or once for the
organisation. Everything is measured against the tier's target, never against the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from questionnaires.model import NOT_APPLICABLE, Content, Criterion, Practice, Questionnaire, Scope, Tier
from scoring.assessment import Application, Assessment, Decision, answer_of
from scoring.claims import Claims, Statement, current
from scoring.drafts import Draft, order
from scoring.phrase import Number, Phrase, Several, counted, phrase
from scoring.scores import UNANSWERED, reading, targets

_LONGEST = 99_999
"""Days that an age is shown up to: what a file holds may be any number."""


class ReasonKind(StrEnum):
    """Why an item stands where it stands."""

    MUST = "must"
    DECISION = "decision"
    PLACE = "place"
    GAP = "gap"
    VALUE = "value"
    EFFORT = "effort"
    ORDER = "order"
    UNLOCKS = "unlocks"
    OBLIGATION = "obligation"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Reason:
    kind: ReasonKind
    says: Phrase
    """A place is worded as a clause, as a decision may give it as its cause; every other kind as a sentence."""

    @property
    def text(self) -> str:
        """In English, without a full stop."""
        text = str(self.says)
        return text[:1].upper() + text[1:] if self.kind is ReasonKind.PLACE else text


@dataclass(frozen=True, slots=True)
class Initiative:
    """Lift one practice by one level."""

    id: str
    """``practice/level/tier-1``; of the organisation ``practice/level``."""
    practice: str
    level: int
    scope: Scope
    tiers: tuple[str, ...]
    """The tiers it serves, most critical first; one for application scope."""
    applications: tuple[str, ...]
    """The applications that lack it, by id; of the organisation every application it serves."""
    criteria: tuple[str, ...]
    """The criteria that somebody lacks."""
    effort: Fraction
    """Person-days, setup included where this item carries it."""
    value: Fraction
    """Undiscounted worth: weighted fulfilment gained × tier × practice × exposure, summed over applications."""
    after: tuple[str, ...]
    """Items that must be done before, or in the same wave."""
    must: bool
    """Runs ahead of the ranking."""
    reasons: tuple[Reason, ...]
    decision: Decision | None = None
    title: Phrase | str = ""
    """For a sentence: practice, level and tier."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One quarter of the plan."""

    index: int
    """From 1."""
    start: date
    capacity: Fraction
    """Person-days."""
    used: Fraction
    items: tuple[Initiative, ...]
    """What is done in this wave; an item larger than a wave stands in its last."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A joint plan over all tiers; a tier's view of it is a filter."""

    solver: str
    objective: Fraction
    """Time-discounted value of everything planned."""
    waves: tuple[Wave, ...]
    unplanned: tuple[Initiative, ...]
    """What does not fit, is deferred beyond the last wave, or was dropped."""
    bound: Fraction | None = None
    """Proven upper bound of the objective; None where the plan was not proven against one."""
    gap: Fraction | None = None
    """(bound - objective) ÷ objective; None with the bound."""

    def of_tier(self, tier: str) -> tuple[Wave, ...]:
        """The waves as one tier sees them: its own items and those of the organisation that serve it."""
        return tuple(
            Wave(w.index, w.start, w.capacity, w.used, tuple(item for item in w.items if tier in item.tiers))
            for w in self.waves
        )


def initiatives(
    content: Content, questionnaire: Questionnaire, assessment: Assessment, claims: Claims
) -> tuple[Initiative, ...]:
    """Every gap to a target as an initiative, by id, with effort, value, order and reasons. Pure and repeatable.

    Why an item stands in its wave, and what became of a decision on it, only a plan can say. Raises ValueError where
    prerequisites form a circle.
    """
    return _Survey(content, questionnaire, assessment, claims).initiatives()


class _Survey:
    """One look over an assessment; holds what several steps need."""

    def __init__(self, content: Content, questionnaire: Questionnaire, assessment: Assessment, claims: Claims) -> None:
        self.content = content
        self.questionnaire = questionnaire
        self.assessment = assessment
        self.claims = claims
        self.targets = targets(questionnaire, assessment)
        self.tiers = tuple(tier for tier in content.tiers.tier if assessment.in_tier(tier.id))
        regimes = [content.regimes[key] for key in assessment.regimes if key in content.regimes]
        self.obligations: dict[str, list[str]] = {}
        """Criterion → the obligations in scope that it contributes to, as ``regime number``."""
        for regime in regimes:
            for criterion, obligations in regime.obligations_of.items():
                names = [f"{regime.name} {obligation.number}" for obligation in obligations]
                self.obligations.setdefault(criterion, []).extend(names)
        self.evident = {key: self._evident(application) for key, application in assessment.applications.items()}

    def initiatives(self) -> tuple[Initiative, ...]:
        drafts: dict[str, Draft] = {}
        setup_paid: dict[str, str] = {}
        """Criterion → the item that carries its setup."""
        for practice in self.questionnaire.practices.values():
            shared = practice.scope is Scope.ORGANISATION
            for tiers in [self.tiers] if shared else [(tier,) for tier in self.tiers]:
                for draft in self._drafts(practice, tiers, setup_paid):
                    drafts[draft.id] = draft
        after = order(drafts, setup_paid)
        unlocks: dict[str, list[str]] = {}
        for item, earlier in after.items():
            for other in earlier:
                unlocks.setdefault(other, []).append(item)
        return tuple(
            self._finish(drafts[key], drafts, after[key], tuple(sorted(unlocks.get(key, ())))) for key in sorted(drafts)
        )

    def _drafts(self, practice: Practice, tiers: Sequence[Tier], setup_paid: dict[str, str]) -> Iterable[Draft]:
        """The gaps of one practice in one tier, or of the organisation over all tiers, lowest level first."""
        pillar = self.questionnaire.pillar_of[practice.id].id
        excluded = False
        for level, criteria in practice.by_level.items():
            served = tuple(tier for tier in tiers if self.targets[tier.id, pillar] >= level)
            lacking: dict[str, tuple[Criterion, ...]] = {}
            value = Fraction(0)
            for tier in served:
                for application in self.assessment.in_tier(tier.id):
                    unmet, gain = self._gain(practice, criteria, application)
                    if unmet:
                        lacking[application.id] = unmet
                        weight = self.questionnaire.weights.get((tier.id, practice.id), Fraction(1))
                        value += tier.weight * weight * gain * self._exposure(application, tier, unmet)
            if not lacking:
                continue
            target = max(self.targets[tier.id, pillar] for tier in served)
            draft = Draft(practice, level, served, target, lacking, Fraction(0), Fraction(0), value)
            decision = self.assessment.decisions.get(draft.id)
            excluded = excluded or (decision is not None and decision.excludes)
            for criterion in draft.criteria:
                # What somebody took out of the plan, and the levels above it, pay for nobody else.
                payer = draft.id if excluded else setup_paid.setdefault(criterion.id, draft.id)
                if payer == draft.id:
                    draft.setup += criterion.setup_days
                draft.effort += criterion.per_application_days * sum(criterion in lost for lost in lacking.values())
            draft.effort += draft.setup
            yield draft

    def _value(self, application: Application | None, criterion: Criterion) -> Fraction | None:
        """The claimed value, unanswered as 0; None where it does not apply."""
        answer = answer_of(self.assessment.answers, application, criterion.id)
        claimed = reading(self.questionnaire, answer, None).claimed
        return None if claimed == NOT_APPLICABLE else self.questionnaire.values.get(claimed, Fraction(0))

    def _gain(
        self, practice: Practice, criteria: Sequence[Criterion], application: Application
    ) -> tuple[tuple[Criterion, ...], Fraction]:
        """What one application lacks at one level, and the fulfilment gained when all of it is done fully."""
        owner = None if practice.scope is Scope.ORGANISATION else application
        applicable = [(c, value) for c in criteria if (value := self._value(owner, c)) is not None]
        unmet = [(c, value) for c, value in applicable if value < self.questionnaire.met_value]
        total = sum((c.weight for c, _ in applicable), Fraction(0))
        gained = sum((c.weight * (1 - value) for c, value in unmet), Fraction(0))
        return tuple(c for c, _ in unmet), gained / total if unmet else Fraction(0)

    def _evident(self, application: Application) -> dict[str, float]:
        """The highest value of each numeric fact in the application's recent evidence."""
        found: dict[str, float] = {}
        limit = self.content.tiers.exposure_days
        for item in current(application.evidence.values(), self.assessment.as_of):
            if item.captured_at is not None and (self.assessment.as_of - item.captured_at.date()).days > limit:
                continue
            for fact in item.facts:
                if isinstance(fact.value, int | float) and not isinstance(fact.value, bool):
                    found[fact.name] = max(found.get(fact.name, fact.value), fact.value)
        return found

    def _exposure(self, application: Application, tier: Tier, unmet: Iterable[Criterion]) -> Fraction:
        """1 plus every term that applies, up to the limit."""
        total = Fraction(1)
        tied = any(criterion.id in self.obligations for criterion in unmet)
        for term in self.content.tiers.exposure:
            above = tier.critical_days if term.overdue else term.above
            if (
                (term.attribute is not None and term.attribute in application.attributes)
                or (term.fact is not None and self.evident[application.id].get(term.fact, above) > above)
                or (term.regime and tied)
            ):
                total += term.adds
        return min(total, self.content.tiers.exposure_limit)

    def _finish(
        self, draft: Draft, drafts: Mapping[str, Draft], after: tuple[str, ...], unlocks: tuple[str, ...]
    ) -> Initiative:
        decision = self.assessment.decisions.get(draft.id)
        obligations = sorted({name for criterion in draft.criteria for name in self.obligations.get(criterion.id, ())})
        contradictions = list(self._contradictions(draft))
        lowest = self.questionnaire.scale[0].id
        broken = [says for key, step, says in contradictions if step == lowest and key in self.obligations]
        broken += self._overdue(draft)
        reasons = [
            Reason(ReasonKind.MUST, phrase("An obligation in scope is broken: {what}", what=what))
            for what in broken[:3]
        ]
        reasons.append(Reason(ReasonKind.GAP, self._gap(draft)))
        reasons.append(Reason(ReasonKind.VALUE, self._worth(draft)))
        reasons.append(Reason(ReasonKind.EFFORT, _effort(draft)))
        if after:
            items = _titles(drafts, after)
            reasons.append(Reason(ReasonKind.ORDER, phrase("Follows {items}", items=items)))
        if unlocks:
            items = _titles(drafts, unlocks)
            reasons.append(Reason(ReasonKind.UNLOCKS, phrase("Opens the way to {items}", items=items)))
        if obligations:
            named = Several(tuple(obligations), 6)
            reasons.append(Reason(ReasonKind.OBLIGATION, phrase("Contributes to {obligations}", obligations=named)))
        reasons += [Reason(ReasonKind.EVIDENCE, says) for _, _, says in contradictions[:3]]
        return Initiative(
            id=draft.id,
            practice=draft.practice.id,
            level=draft.level,
            scope=draft.practice.scope,
            tiers=tuple(tier.id for tier in draft.tiers),
            applications=tuple(sorted(draft.lacking)),
            criteria=tuple(criterion.id for criterion in draft.criteria),
            effort=draft.effort,
            value=draft.value,
            after=after,
            must=bool(broken),
            decision=decision,
            reasons=tuple(reasons),
            title=_title(draft),
        )

    def _contradictions(self, draft: Draft) -> Iterable[tuple[str, str, Phrase]]:
        """(criterion, step, what it says) for every fresh statement against something the initiative would mend."""
        pairs = [(None, draft.criteria)] if draft.shared else sorted(draft.lacking.items())
        for owner, criteria in pairs:
            for criterion in criteria:
                claim = self.claims.of(owner, criterion.id)
                for statement in claim.statements if claim else ():
                    if statement.fresh and statement.challenges:
                        yield criterion.id, statement.step, self._stated(owner, statement)

    def _stated(self, owner: str | None, statement: Statement) -> Phrase:
        says, tool = statement.rule.says, statement.evidence.tool
        if owner is None:
            return phrase("{says} ({tool})", says=says, tool=tool)
        name = self.assessment.applications[owner].name
        return phrase("{application}: {says} ({tool})", application=name, says=says, tool=tool)

    def _overdue(self, draft: Draft) -> Iterable[Phrase]:
        """Findings past the tier's time limit, where a criterion that is tied to an obligation in scope reads them."""
        if draft.shared:
            return
        tier, terms = draft.tiers[0], [term for term in self.content.tiers.exposure if term.overdue]
        for key, criteria in sorted(draft.lacking.items()):
            read = {rule.fact for entry in criteria if entry.id in self.obligations for rule in entry.rule}
            for term in terms:
                value = self.evident[key].get(term.fact or "", 0)
                if term.fact in read and value > tier.critical_days:
                    yield phrase(
                        "{application}: {finding} ({days} days; tier {tier} allows {allowed})",
                        application=self.assessment.applications[key].name,
                        finding=term.name,
                        days=Number(Fraction(min(value, _LONGEST))),
                        tier=tier.id,
                        allowed=tier.critical_days,
                    )

    def _gap(self, draft: Draft) -> Phrase:
        name = self.questionnaire.level_name(draft.level)
        if draft.shared:
            says = counted(
                "The organisation lacks {n} criterion of level {level} {name}; the target is {target}",
                "The organisation lacks {n} criteria of level {level} {name}; the target is {target}",
                len(draft.criteria), level=draft.level, name=name, target=draft.target,
            )  # fmt: skip
            pairs: list[tuple[Application | None, Criterion]] = [(None, criterion) for criterion in draft.criteria]
        else:
            total = len(self.assessment.in_tier(draft.tiers[0].id))
            says = counted(
                "{n} of {applications} lacks criteria of level {level} {name}; the target is {target}",
                "{n} of {applications} lack criteria of level {level} {name}; the target is {target}",
                len(draft.lacking), applications=_applications(total), level=draft.level, name=name,
                target=draft.target,
            )  # fmt: skip
            applications = self.assessment.applications
            pairs = [(applications[key], criterion) for key, lost in draft.lacking.items() for criterion in lost]
        answers = [answer_of(self.assessment.answers, owner, criterion.id) for owner, criterion in pairs]
        open_ = sum(reading(self.questionnaire, answer, None).claimed == UNANSWERED for answer in answers)
        if not open_:
            return says
        return counted(
            "{gap}; {n} of {answers} answers is still open",
            "{gap}; {n} of {answers} answers are still open",
            open_, gap=says, answers=len(answers),
        )  # fmt: skip

    def _worth(self, draft: Draft) -> Phrase:
        exposed = {
            key: self._exposure(self.assessment.applications[key], self.content.tiers.by_id[tier], criteria)
            for key, criteria in draft.lacking.items()
            for tier in (self.assessment.applications[key].tier,)
        }
        top = max(sorted(exposed), key=lambda key: exposed[key])
        value, applications = Number(draft.value), _applications(len(exposed))
        if exposed[top] <= 1:
            return phrase("Worth {value} over {applications}", value=value, applications=applications)
        return phrase(
            "Worth {value} over {applications}; exposure up to {exposure} ({application})",
            value=value,
            applications=applications,
            exposure=Number(exposed[top]),
            application=self.assessment.applications[top].name,
        )


def _applications(number: int) -> Phrase:
    return counted("{n} application", "{n} applications", number)


def _effort(draft: Draft) -> Phrase:
    effort, applications = Number(draft.effort), _applications(len(draft.lacking))
    if draft.shared or draft.setup == draft.effort:
        return phrase("{effort} person-days", effort=effort)
    share = Number(draft.effort - draft.setup)
    if not draft.setup:
        return phrase(
            "{effort} person-days: set-up already paid by a more critical tier, {share} for {applications}",
            effort=effort,
            share=share,
            applications=applications,
        )
    return phrase(
        "{effort} person-days: {once} once, {share} for {applications}",
        effort=effort,
        once=Number(draft.setup),
        share=share,
        applications=applications,
    )


def _title(draft: Draft) -> Phrase:
    practice, level = draft.practice.name, draft.level
    if draft.shared:
        return phrase("{practice} level {level}", practice=practice, level=level)
    return phrase("{practice} level {level} (tier {tier})", practice=practice, level=level, tier=draft.tiers[0].id)


def _titles(drafts: Mapping[str, Draft], keys: Sequence[str]) -> Several:
    return Several(tuple(_title(drafts[key]) for key in keys), 4)
