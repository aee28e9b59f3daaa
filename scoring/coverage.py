"""What answers say beyond their own questionnaire: obligations of regimes, and activities of OWASP DSOMM.

Pure functions over answers. Evidence lowers no standing here; what it contradicts is marked. *Not applicable* (with a
reason), *unanswered* and *no* stay three different things: an obligation without an answer is not assessed, an activity
without a criterion not covered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache

from questionnaires.model import NOT_APPLICABLE, Content, Obligation, Questionnaire, Regime, Scope
from scoring.assessment import Assessment, answer_of
from scoring.claims import Claims
from scoring.scores import UNANSWERED, reading

Claimed = Callable[[str], str]
"""Criterion id → the step claimed, ``not-applicable``, or empty for unanswered."""


def claimed(questionnaire: Questionnaire, assessment: Assessment, application: str | None) -> Claimed:
    """How criteria are answered for one application; for None, in the organisation's and the common answers."""
    source = assessment.applications[application] if application is not None else None

    def step(criterion: str) -> str:
        return reading(questionnaire, answer_of(assessment.answers, source, criterion), None).claimed

    return step


# ---- obligations


class Standing(StrEnum):
    """How far an obligation is met, as far as answers say."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not-met"
    NOT_ASSESSED = "not-assessed"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Behind:
    """One criterion behind an obligation. Over several applications the counts are pairs with them."""

    criterion: str
    met: int = 0
    """Answered at least at the step that counts as met."""
    some: int = 0
    """Answered above nothing, but below that step."""
    none: int = 0
    """Answered with the lowest step."""
    unanswered: int = 0
    not_applicable: int = 0
    challenged: int = 0
    """Of those answered: claimed above what evidence allows, whether or not somebody explained it."""

    @property
    def applicable(self) -> int:
        return self.met + self.open

    @property
    def open(self) -> int:
        """What keeps an obligation from being met, unanswered ones included."""
        return self.some + self.none + self.unanswered


@dataclass(frozen=True, slots=True)
class ObligationCoverage:
    """One obligation with the criteria behind it, in the order of its links."""

    regime: str
    obligation: Obligation
    standing: Standing
    behind: tuple[Behind, ...]

    @property
    def number(self) -> str:
        return self.obligation.number

    @property
    def open(self) -> tuple[str, ...]:
        """The criteria that keep it from being met, unanswered ones included."""
        return tuple(entry.criterion for entry in self.behind if entry.open)

    @property
    def challenged(self) -> tuple[str, ...]:
        """The criteria whose claim evidence contradicts: a *met* that rests on them would not stand an audit."""
        return tuple(entry.criterion for entry in self.behind if entry.challenged)


@dataclass(frozen=True, slots=True)
class RegimeCoverage:
    """Every obligation of one regime, over one application, a tier or the organisation."""

    regime: Regime
    obligations: tuple[ObligationCoverage, ...]

    @property
    def counts(self) -> Mapping[Standing, int]:
        """How many of the obligations that criteria contribute to stand where; every standing is named."""
        found = Counter(entry.standing for entry in self.obligations if entry.behind)
        return {standing: found[standing] for standing in Standing}

    @property
    def uncovered(self) -> tuple[ObligationCoverage, ...]:
        """The obligations that no criterion of the questionnaire contributes to: no answer could ever assess them."""
        return tuple(entry for entry in self.obligations if not entry.behind)

    @property
    def covered(self) -> bool:
        """Whether the questionnaire says anything at all about the regime."""
        return any(entry.behind for entry in self.obligations)


def standing(behind: Sequence[Behind]) -> Standing:
    """Met: every applicable criterion is. Not assessed: none is answered. Not met: those answered are all at nothing.

    Everything between is partly met; so is an obligation whose answered criteria are met while others are unanswered.
    """
    met, some, none, unanswered, skipped = (
        sum(getattr(entry, name) for entry in behind)
        for name in ("met", "some", "none", "unanswered", "not_applicable")
    )
    if not met + some + none:
        return Standing.NOT_APPLICABLE if skipped and not unanswered else Standing.NOT_ASSESSED
    if not some + none + unanswered:
        return Standing.MET
    return Standing.NOT_MET if not met + some else Standing.PARTLY


def _obligations(regime: Regime, count: Callable[[str], Behind | None]) -> tuple[ObligationCoverage, ...]:
    found: list[ObligationCoverage] = []
    for obligation in regime.obligation:
        each = (count(link.criterion) for link in obligation.link)
        behind = tuple(entry for entry in each if entry is not None)
        found.append(ObligationCoverage(regime.id, obligation, standing(behind), behind))
    return tuple(found)


def _counting(
    questionnaire: Questionnaire, assessment: Assessment, applications: Iterable[str], claims: Claims
) -> Callable[[str], Behind | None]:
    """Counts one criterion over some applications; None for one that is not asked. What was counted is remembered."""
    each = tuple(applications) or (None,)
    sources = {key: claimed(questionnaire, assessment, key) for key in (None, *each)}

    @cache
    def count(criterion: str) -> Behind | None:
        if criterion not in questionnaire.criteria:
            return None
        alone = questionnaire.scope_of(criterion) is Scope.ORGANISATION
        owners = {key: sources[key] for key in ((None,) if alone else each)}
        return _behind(questionnaire, criterion, owners, claims)

    return count


def _behind(
    questionnaire: Questionnaire, criterion: str, owners: Mapping[str | None, Claimed], claims: Claims
) -> Behind:
    steps = Counter(step(criterion) for step in owners.values())
    skipped, unanswered = steps.pop(NOT_APPLICABLE, 0), steps.pop(UNANSWERED, 0)
    values = questionnaire.values
    met = sum(count for step, count in steps.items() if values[step] >= questionnaire.met_value)
    none = sum(count for step, count in steps.items() if values[step] == 0)
    spoken = (claims.of(key, criterion) for key in owners)
    challenged = sum(claim is not None and claim.challenged for claim in spoken)
    return Behind(criterion, met, sum(steps.values()) - met - none, none, unanswered, skipped, challenged)


def first_open(
    questionnaire: Questionnaire, assessment: Assessment, criterion: str, applications: Sequence[str]
) -> str | None:
    """The first of some applications whose answer keeps a criterion from being met; None where none does.

    None for a criterion of the organisation: no application answers it.
    """
    if questionnaire.scope_of(criterion) is Scope.ORGANISATION:
        return None
    behind = (
        (key, _behind(questionnaire, criterion, {key: claimed(questionnaire, assessment, key)}, Claims({})))
        for key in applications
    )
    return next((key for key, entry in behind if entry.open), None)


def in_scope(content: Content, assessment: Assessment) -> tuple[Regime, ...]:
    """The regimes of an engagement that the content describes, in the order in which they were chosen."""
    return tuple(content.regimes[key] for key in dict.fromkeys(assessment.regimes) if key in content.regimes)


def regimes(
    content: Content,
    questionnaire: Questionnaire,
    assessment: Assessment,
    claims: Claims,
    applications: Iterable[str] | None = None,
    among: Iterable[Regime] | None = None,
) -> tuple[RegimeCoverage, ...]:
    """The regimes in scope, or those ``among``, over some applications: one, those of a tier; None for all of them.

    An organisation-scope criterion counts once, however many applications there are. Without any application the
    organisation's and the common answers stand. Links to criteria that this questionnaire lacks are left out.
    """
    over = sorted(assessment.applications) if applications is None else applications
    wanted = in_scope(content, assessment) if among is None else among
    count = _counting(questionnaire, assessment, over, claims)
    return tuple(RegimeCoverage(regime, _obligations(regime, count)) for regime in wanted)


# ---- DSOMM activities, derived


class State(StrEnum):
    """What is known of a derived activity."""

    KNOWN = "known"
    """One value: ``low`` equals ``high``."""
    RANGE = "range"
    """Some of its criteria are unanswered, and it matters."""
    UNANSWERED = "unanswered"
    """None of its applicable criteria is answered."""
    NOT_APPLICABLE = "not-applicable"
    NOT_COVERED = "not-covered"
    """No criterion speaks to it. This is never a *no*."""


@dataclass(frozen=True, slots=True)
class Derived:
    """One activity as the answers to another questionnaire have it. Values are between 0 and 1."""

    uuid: str
    criterion: str
    """Its id in the DSOMM questionnaire."""
    state: State
    low: Fraction | None
    high: Fraction | None
    behind: tuple[str, ...]
    """The criteria that together mean it."""


@dataclass(frozen=True)
class DerivedView:
    """Every activity of a DSOMM questionnaire, by uuid, in its order."""

    activities: Mapping[str, Derived]

    def of_practice(self, dsomm: Questionnaire, practice: str) -> tuple[Derived, ...]:
        """The activities of one sub-dimension."""
        ids = {criterion.id for criterion in dsomm.practices[practice].criterion}
        return tuple(entry for entry in self.activities.values() if entry.criterion in ids)

    @property
    def counts(self) -> Mapping[State, int]:
        """How many activities are in each state; every state is named."""
        found = Counter(entry.state for entry in self.activities.values())
        return {state: found[state] for state in State}


def mapping(questionnaire: Questionnaire) -> dict[str, tuple[str, ...]]:
    """Uuid → the criteria that together mean the activity."""
    found: dict[str, list[str]] = {}
    for criterion in questionnaire.criteria.values():
        for uuid in criterion.dsomm:
            found.setdefault(uuid, []).append(criterion.id)
    return {uuid: tuple(ids) for uuid, ids in found.items()}


def derived(
    questionnaire: Questionnaire, dsomm: Questionnaire, assessment: Assessment, application: str | None
) -> DerivedView:
    """The DSOMM view of one application; for None, of the organisation's and the common answers.

    An activity's value is the lowest of its applicable criteria's: nothing can be more in place than its weakest part.
    """
    step, behind = claimed(questionnaire, assessment, application), mapping(questionnaire)
    found: dict[str, Derived] = {}
    for criterion in dsomm.criteria.values():
        if criterion.activity is not None:
            uuid = criterion.dsomm[0]
            found[uuid] = _derive(questionnaire, uuid, criterion.id, behind.get(uuid, ()), step)
    return DerivedView(found)


def _derive(questionnaire: Questionnaire, uuid: str, criterion: str, behind: tuple[str, ...], step: Claimed) -> Derived:
    if not behind:
        return Derived(uuid, criterion, State.NOT_COVERED, None, None, ())
    steps = [each for each in map(step, behind) if each != NOT_APPLICABLE]
    if not steps:
        return Derived(uuid, criterion, State.NOT_APPLICABLE, None, None, behind)
    low = min(questionnaire.values.get(each, Fraction(0)) for each in steps)
    high = min(questionnaire.values.get(each, Fraction(1)) for each in steps)
    if all(each == UNANSWERED for each in steps):
        state = State.UNANSWERED
    else:
        state = State.KNOWN if low == high else State.RANGE
    return Derived(uuid, criterion, state, low, high, behind)


def derived_over(views: Sequence[DerivedView]) -> DerivedView:
    """A tier or the organisation: the mean of each activity over the applications where it is applicable.

    Raises ValueError without a view.
    """
    if not views:
        raise ValueError("a mean needs at least one application")
    return DerivedView({uuid: _mean([view.activities[uuid] for view in views]) for uuid in views[0].activities})


def _mean(entries: Sequence[Derived]) -> Derived:
    first = entries[0]
    lows = [entry.low for entry in entries if entry.low is not None]
    highs = [entry.high for entry in entries if entry.high is not None]
    if not lows:
        return first
    low, high = sum(lows, Fraction(0)) / len(lows), sum(highs, Fraction(0)) / len(highs)
    if all(entry.state is State.UNANSWERED for entry in entries if entry.low is not None):
        state = State.UNANSWERED
    else:
        state = State.KNOWN if low == high else State.RANGE
    return Derived(first.uuid, first.criterion, state, low, high, first.behind)
