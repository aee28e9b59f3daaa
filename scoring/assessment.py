"""What an engagement knows: answers, applications, evidence and decisions, as frozen values.

These types are what the files of an engagement hold. They carry no behaviour that computes a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from questionnaires.model import Category, Days, Frozen, Slug, Text

SCHEMA_VERSION: Literal[2] = 2
"""Of every file of an engagement."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _in_utc(value: datetime) -> datetime:
    """A moment without a zone is taken as UTC; every other is converted, so that moments compare."""
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("should be a moment that UTC can hold") from None


Moment = Annotated[datetime, AfterValidator(_in_utc)]

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
"""Of an engagement: its waves must be days of the calendar, too."""


class Basis(StrEnum):
    """How the assessor knows."""

    INTERVIEW = "interview"
    DOCUMENT = "document"
    EVIDENCE = "evidence"


class Answer(Frozen):
    """What was said about one criterion. An answer without a value is unanswered, whatever note it carries."""

    value: Slug | None = None
    """A step of the questionnaire's scale, or ``not-applicable``."""
    basis: Basis | None = None
    note: str = ""
    reason: str = ""
    """Why it does not apply; or why the claim stands although evidence speaks against it."""
    marked: bool = False
    """Marked for review."""


class Fact(Frozen):
    """A named measurement from evidence; the catalogue says what it means."""

    name: str
    value: bool | int | float | str
    category: Category | None = None
    """Where one file speaks about several categories; else the category of the file."""
    sample: str | None = None
    """``"30 of 593"`` where the file is one page of a longer list."""
    note: str = ""


class Records(Frozen):
    """What a file lists, in its own unit. The three counts are never mixed."""

    unit: Text
    """finding, component, run, test, job, alert, control …"""
    raw: Annotated[int, Field(ge=0)]
    """Elements in the file."""
    open: Annotated[int, Field(ge=0)]
    """Not suppressed, not fixed, not passed."""
    distinct: Annotated[int, Field(ge=0)]
    """Open ones after the format's own identity."""


class Findings(Frozen):
    """Raw findings by severity, whatever their state."""

    total: Annotated[int, Field(ge=0)] = 0
    critical: Annotated[int, Field(ge=0)] = 0
    high: Annotated[int, Field(ge=0)] = 0
    medium: Annotated[int, Field(ge=0)] = 0
    low: Annotated[int, Field(ge=0)] = 0
    info: Annotated[int, Field(ge=0)] = 0


class Evidence(Frozen):
    """One export, read once and kept as facts."""

    sha256: Sha256
    path: str
    """As it was given; for a person only, never opened again."""
    member: str | None = None
    """The name inside a container."""
    bytes: Annotated[int, Field(ge=0)]
    format: str
    tool: str
    category: Category | None = None
    captured_at: Moment | None = None
    """When the tool ran, as the file says; None where it does not say."""
    subject: str = ""
    """Repository, image or target that the file is about."""
    branch: str = ""
    records: Records
    findings: Findings | None = None
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()


class Application(Frozen):
    """One application with its own answers and evidence."""

    id: Slug
    name: Text
    tier: Slug
    attributes: tuple[Slug, ...] = ()
    """Of the tiers' catalogue of attributes, sorted."""
    repositories: tuple[str, ...] = ()
    """Names by which exports know the application."""
    answers: dict[str, Answer] = {}
    """Criterion id → the answer that differs from the common one."""
    evidence: dict[Sha256, Evidence] = {}


class Lane(StrEnum):
    """What a person decided about a roadmap item."""

    PIN = "pin"
    DUE = "due"
    DEFER = "defer"
    DROP = "drop"


class Decision(Frozen):
    """A person's word on one roadmap item; the plan obeys it and shows it as theirs."""

    lane: Lane
    wave: Annotated[int, Field(ge=1)] | None = None
    """Pin: the wave it stands in. Defer: the first wave it may stand in."""
    by: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)] | None = None
    """Due: the day. It holds where the item is done by the wave that holds the day."""
    reason: Text

    @model_validator(mode="after")
    def _due_by_a_day(self) -> Self:
        if (self.lane is Lane.DUE) != (self.by is not None) or (self.by is not None and self.wave is not None):
            raise ValueError("what is due has a day and no wave, and nothing else has a day")
        return self

    @property
    def excludes(self) -> bool:
        """Whether it keeps the item, and with it all that needs the item, out of the plan."""
        return self.lane is Lane.DROP or (self.lane is Lane.DEFER and self.wave is None)


class Assessment(Frozen):
    """One assessment of one organisation at one time."""

    organisation: Text
    questionnaire: Slug
    questionnaire_sha256: Sha256 | None = None
    """Of the frozen copy of what was asked."""
    as_of: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
    """Every age, staleness and wave start counts from this day, never from the clock."""
    assessors: tuple[str, ...] = ()
    capacity: Days
    """Person-days per wave."""
    regimes: tuple[Slug, ...] = ()
    """Ids of the regimes in scope."""
    targets: dict[Slug, dict[Slug, int]] = {}
    """Tier → pillar → target level, where it differs from the questionnaire's."""
    answers: dict[str, Answer] = {}
    """Organisation-scope criteria: the organisation's answer. Application-scope: the common answer."""
    evidence: dict[Sha256, Evidence] = {}
    """Of the organisation."""
    applications: dict[Slug, Application] = {}
    decisions: dict[str, Decision] = {}
    """Roadmap item → what was decided."""
    plan_sha256: Sha256 | None = None
    """Of the plan as last computed, so that a changed plan is noticed."""
    baselines: dict[str, Sha256] = {}
    """File in ``history/`` → its digest, so that a changed or lost baseline is noticed."""

    @model_validator(mode="after")
    def _each_by_its_id(self) -> Self:
        for key, application in self.applications.items():
            if application.id != key:
                raise ValueError(f"application '{key}' says that it is '{application.id}'")
        return self

    def in_tier(self, tier: str) -> tuple[Application, ...]:
        """The applications of a tier, by id."""
        return tuple(self.applications[key] for key in sorted(self.applications) if self.applications[key].tier == tier)


def answer_of(common: Mapping[str, Answer], application: Application | None, criterion: str) -> Answer | None:
    """An application's own answer, else the common one or the organisation's."""
    if application is not None:
        own = application.answers.get(criterion)
        if own is not None and own.value is not None:
            return own
    return common.get(criterion)
