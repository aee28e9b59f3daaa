"""The shape of the content, as frozen pydantic models.

A questionnaire is pillars → practices → criteria with its own levels and answer scale. Everything here is
immutable once loaded; numbers that enter a score are exact :class:`~fractions.Fraction` values.
"""

from __future__ import annotations

import hashlib
import json
import re
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

NOT_APPLICABLE = "not-applicable"
"""The one answer that every scale has besides its own steps."""


_NUMBER = re.compile(r"\s*[+-]?\d{1,30}([./]\d{1,30})?\s*", re.ASCII)


def _exact(value: Any) -> Any:
    """A Fraction from an integer, a decimal number or a string such as ``"1/3"``; anything else is left to fail."""
    if isinstance(value, bool):
        raise ValueError("should be a number or a fraction such as '1/3'")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    # No exponents in a text: '1e999999999' is short to write and for ever to compute.
    if isinstance(value, float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        try:
            return Fraction(str(value).strip())
        except (ValueError, ZeroDivisionError):
            raise ValueError("should be a number or a fraction such as '1/3'") from None
    raise ValueError("should be a number or a fraction such as '1/3'")


def _plain(value: Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else str(value)


Exact = Annotated[Fraction, BeforeValidator(_exact), PlainSerializer(_plain)]
Days = Annotated[Exact, Field(ge=0, le=10_000)]
"""Effort in person-days."""
Weight = Annotated[Exact, Field(gt=0, le=1000)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""A lower-case word or several joined by hyphens."""
PracticeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", max_length=120)]
"""``pillar.practice``"""
CriterionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+\.[a-z0-9-]+$", max_length=200)]
"""``pillar.practice.criterion``"""
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", max_length=80)]


class Frozen(BaseModel):
    """Base of all content: immutable, and an unknown key is an error rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Scope(StrEnum):
    """Where a practice is answered: once for the organisation, or for every application."""

    ORGANISATION = "organisation"
    APPLICATION = "application"


class Category(StrEnum):
    """What kind of check an export comes from."""

    SAST = "sast"
    SCA = "sca"
    SECRETS = "secrets"
    DAST = "dast"
    IAC = "iac"
    CONTAINER = "container"
    CLOUD = "cloud"
    SBOM = "sbom"
    TEST = "test"
    COVERAGE = "coverage"
    PIPELINE = "pipeline"
    REPOSITORY = "repository"
    PROVENANCE = "provenance"
    RUNTIME = "runtime"


class FactType(StrEnum):
    """How a fact's value is stored and shown. A share is between 0 and 1."""

    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"


class Operator(StrEnum):
    """The closed set of comparisons that a rule may use."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class FactKind(Frozen):
    """One entry of the fact catalogue: a named measurement that evidence can give."""

    name: FactName
    type: FactType
    unit: str = ""
    meaning: Text
    formats: tuple[str, ...] = ()
    presence: bool = False
    """True where the fact only proves that a report exists: it supports at most the scale's presence step."""


class Rule(Frozen):
    """What one fact says about one criterion. A missing fact makes no statement."""

    fact: FactName
    category: Category | None = None
    """Only facts from exports of this category; any where absent."""
    op: Operator
    value: bool | int | float | str
    max_age_days: Annotated[int, Field(ge=1, le=3650)]
    supports: str | None = None
    """Scale step that the fact supports at least."""
    challenges: str | None = None
    """Scale step above which the fact contradicts a claim."""
    says: Text

    @property
    def step(self) -> str:
        """The scale step that the rule supports or caps at."""
        return self.supports or self.challenges or ""


Rating = Annotated[int, Field(ge=1, le=5)]


class Activity(Frozen):
    """What a published model says of the activity that a criterion asks about.

    The ratings run from 1 (very low) to 5 (very high) and are the judgement of the model's authors.
    """

    name: Text
    """Its name in that model; joins go by uuid, never by name."""
    knowledge: Rating | None = None
    time: Rating | None = None
    resources: Rating | None = None
    usefulness: Rating | None = None
    references: dict[str, tuple[Text, ...]] = {}
    """Standard → the numbers there, as text: 5.10 is not 5.1."""


class Criterion(Frozen):
    """One question about one level of one practice."""

    id: CriterionId
    level: int
    question: Text
    why: Text
    good: Text
    ask_for: tuple[Text, ...] = ()
    covers: tuple[Slug, ...] = ()
    """Topics of the practice that this criterion settles."""
    weight: Weight = Fraction(1)
    setup_days: Days = Fraction(0)
    """One-off effort, whatever the number of applications."""
    per_application_days: Days = Fraction(0)
    prerequisites: tuple[CriterionId, ...] = ()
    dsomm: tuple[str, ...] = ()
    """Uuids of OWASP DSOMM activities that this criterion speaks to."""
    activity: Activity | None = None
    """Where the criterion stands for one activity of a published model; its uuid is then the only one in ``dsomm``."""
    rule: tuple[Rule, ...] = ()

    @cached_property
    def practice_id(self) -> str:
        return self.id.rpartition(".")[0]


class Practice(Frozen):
    """A set of criteria with one maturity level."""

    id: PracticeId
    name: Text
    scope: Scope
    purpose: Text
    descriptors: tuple[Text, ...] = ()
    """What each level looks like, lowest level first; empty, or one per level of the questionnaire."""
    topics: dict[Slug, Text] = {}
    """What the practice must cover; every topic is named by at least one criterion."""
    criterion: tuple[Criterion, ...] = Field(min_length=1)

    @cached_property
    def by_level(self) -> dict[int, tuple[Criterion, ...]]:
        """The criteria of each level that has any, lowest level first."""
        levels = sorted({criterion.level for criterion in self.criterion})
        return {level: tuple(c for c in self.criterion if c.level == level) for level in levels}


class Pillar(Frozen):
    """A theme of the questionnaire: a weighted set of practices."""

    id: Slug
    name: Text
    purpose: Text
    weight: Weight = Fraction(1)
    practice: tuple[Practice, ...] = Field(min_length=1)


class Level(Frozen):
    """One step of maturity. Criteria exist for every level but the lowest, where everyone starts."""

    number: Annotated[int, Field(ge=0, le=20)]
    name: Text
    meaning: Text


class Step(Frozen):
    """One answer of the scale with its value between 0 and 1."""

    id: Slug
    name: Text
    value: Annotated[Exact, Field(ge=0, le=1)]
    meaning: Text


class Target(Frozen):
    """The level that a tier should reach in a pillar."""

    tier: Slug
    pillar: Slug
    level: int
    reason: Text


class PracticeWeight(Frozen):
    """How much a practice counts within its pillar for one tier; 1 where none is given."""

    tier: Slug
    practice: PracticeId
    weight: Weight
    reason: Text


class Questionnaire(Frozen):
    """A complete set of questions with its levels, answer scale and targets."""

    schema_version: Literal[1]
    id: Slug
    version: Text
    title: Text
    description: Text
    licence: Text
    attribution: str = ""
    met: Slug
    """The lowest scale step that counts as holding a level."""
    presence: Slug
    """The highest scale step that the mere presence of a report, an undated file or a sample supports."""
    level: tuple[Level, ...] = Field(min_length=2)
    scale: tuple[Step, ...] = Field(min_length=2)
    pillar: tuple[Pillar, ...] = Field(min_length=1)
    target: tuple[Target, ...] = ()
    weight: tuple[PracticeWeight, ...] = ()
    renamed: dict[CriterionId, CriterionId] = {}
    """Old criterion id → the id that carries its answers on."""
    removed: dict[CriterionId, Text] = {}
    """Criterion ids that are asked no more → why."""

    @cached_property
    def base(self) -> int:
        """The level where everyone starts."""
        return self.level[0].number

    @cached_property
    def top(self) -> int:
        return self.level[-1].number

    @cached_property
    def practices(self) -> dict[str, Practice]:
        return {practice.id: practice for pillar in self.pillar for practice in pillar.practice}

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        return {criterion.id: criterion for practice in self.practices.values() for criterion in practice.criterion}

    @cached_property
    def pillar_of(self) -> dict[str, Pillar]:
        """The pillar of each practice id."""
        return {practice.id: pillar for pillar in self.pillar for practice in pillar.practice}

    @cached_property
    def values(self) -> dict[str, Fraction]:
        """The value of each scale step, without *not applicable*."""
        return {step.id: step.value for step in self.scale}

    @cached_property
    def met_value(self) -> Fraction:
        """The value from which a criterion counts as met."""
        return self.values[self.met]

    @cached_property
    def targets(self) -> dict[tuple[str, str], int]:
        """(tier, pillar) → target level."""
        return {(target.tier, target.pillar): target.level for target in self.target}

    @cached_property
    def weights(self) -> dict[tuple[str, str], Fraction]:
        """(tier, practice) → weight, only where it differs from 1."""
        return {(weight.tier, weight.practice): weight.weight for weight in self.weight}

    def scope_of(self, criterion: str) -> Scope:
        """The scope in which a criterion is answered. Raises KeyError for an unknown id."""
        return self.practices[self.criteria[criterion].practice_id].scope

    def level_name(self, number: int) -> str:
        """The name of a level. An unknown number gives itself as text."""
        return next((level.name for level in self.level if level.number == number), str(number))

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 (hex) of what each criterion asks: its question, its level and the scale of answers.

        White space is folded, so re-wrapping a text is not a changed question.
        """
        scale = [[step.id, str(step.value)] for step in self.scale]
        levels = [self.base, self.top]
        return {
            criterion.id: hashlib.sha256(
                json.dumps([re.sub(r"\s+", " ", criterion.question), criterion.level, levels, scale]).encode()
            ).hexdigest()
            for criterion in self.criteria.values()
        }


class Term(Frozen):
    """One named addition to an application's exposure."""

    id: Slug
    name: Text
    adds: Annotated[Exact, Field(gt=0, le=1)]
    attribute: str | None = None
    """Applies where the application has this attribute set."""
    fact: FactName | None = None
    """Applies where fresh evidence gives a value above ``above``, or above the tier's time limit if ``overdue``."""
    above: int = 0
    overdue: bool = False
    regime: bool = False
    """Applies where an obligation of a regime in scope is tied to the practice."""
    reason: Text


class Tier(Frozen):
    """How critical an application is."""

    id: Slug
    name: Text
    meaning: Text
    weight: Weight
    """How much a gain counts in the roadmap."""
    reason: Text
    critical_days: Annotated[int, Field(ge=1)]
    """An open critical finding older than this many days is overdue."""


class Tiers(Frozen):
    """The tiers, most critical first, and the named numbers of the roadmap and the checks."""

    schema_version: Literal[1]
    tier: tuple[Tier, ...] = Field(min_length=1)
    attribute: dict[Slug, Text]
    """Attributes that an application may have, with their meaning."""
    exposure: tuple[Term, ...]
    exposure_limit: Annotated[Exact, Field(ge=1)]
    exposure_days: Annotated[int, Field(ge=1)]
    """Evidence older than this at the engagement's date raises no exposure."""
    discount: Annotated[Exact, Field(gt=0, le=1)]
    """Worth of a gain one wave later, as a share."""
    discount_reason: Text
    wave_months: Annotated[int, Field(ge=1, le=12)]
    waves: Annotated[int, Field(ge=1, le=40)]
    capacity: Days
    """Person-days per wave until the user says otherwise."""
    not_applicable_limit: Annotated[Exact, Field(ge=0, le=1)]
    """Share of an application's criteria of one pillar above which *not applicable* is worth a second look."""
    not_applicable_reason: Text

    @cached_property
    def by_id(self) -> dict[str, Tier]:
        return {tier.id: tier for tier in self.tier}


class ObligationKind(StrEnum):
    CONTROL = "control"
    TIME_LIMIT = "time-limit"
    RETENTION = "retention"
    LOCALISATION = "localisation"


class Link(Frozen):
    """A criterion that contributes to an obligation, and why."""

    criterion: CriterionId
    rationale: Text


class Obligation(Frozen):
    """One numbered requirement of a regime, titled in our own words."""

    number: Text
    """The official number, such as ``6.4.2`` or ``Art. 24``."""
    title: Text
    kind: ObligationKind = ObligationKind.CONTROL
    hours: Annotated[int, Field(gt=0)] | None = None
    years: Annotated[int, Field(gt=0)] | None = None
    place: str | None = None
    link: tuple[Link, ...] = ()


class Regime(Frozen):
    """A law, rule or standard, with the obligations that a questionnaire speaks to."""

    schema_version: Literal[1]
    id: Slug
    name: Text
    authority: Text
    jurisdiction: Text
    version: Text
    date: Text
    binds: Text
    """Whom it binds."""
    questionnaire: Slug = "financial-devsecops"
    """The questionnaire whose criteria its links name."""
    obligation: tuple[Obligation, ...] = Field(min_length=1)
    unlinked: dict[PracticeId, Text] = {}
    """Practices that no obligation of this regime reaches, where that needs saying → why."""

    @cached_property
    def obligations_of(self) -> dict[str, tuple[Obligation, ...]]:
        """Criterion id → the obligations it contributes to."""
        found: dict[str, list[Obligation]] = {}
        for obligation in self.obligation:
            for link in obligation.link:
                found.setdefault(link.criterion, []).append(obligation)
        return {criterion: tuple(obligations) for criterion, obligations in found.items()}


class Unmapped(Frozen):
    """The activities of a questionnaire that no criterion of another one speaks to."""

    schema_version: Literal[1]
    questionnaire: Slug
    """The other questionnaire."""
    reason: dict[str, Text]
    """Uuid → why."""


class Content(Frozen):
    """All content together: what ships, plus what a firm adds."""

    questionnaires: dict[str, Questionnaire]
    tiers: Tiers
    regimes: dict[str, Regime]
    facts: dict[str, FactKind]
    unmapped: dict[str, str] = {}
    """Uuid of a DSOMM activity → why no criterion of another questionnaire speaks to it."""
