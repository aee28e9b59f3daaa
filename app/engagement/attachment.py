"""What a report's PDF carries of one tier, so that it can come back as a baseline: ``baseline.toml``.

That tier's answers with their basis, the digests of what was asked, results and plan. No notes, no reasons, no facts,
no paths and no journal: nothing travels that the pages do not show.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import Field, ValidationError

from app.engagement.embedded import Refused, embedded
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from questionnaires.load import validate
from questionnaires.model import NOT_APPLICABLE, Frozen, Questionnaire, Scope, Slug, Text
from scoring.assessment import Answer, Application, Assessment, Basis, Sha256
from scoring.evaluation import Evaluation
from scoring.progress import Baseline
from scoring.results import Ratio, Results, as_data, from_data, results
from scoring.roadmap import Initiative, Plan, Wave
from scoring.scores import UNANSWERED, reading

NAME = "baseline.toml"
"""Of the attachment."""
MAX_BYTES = 32_000_000
MAX_PDF_BYTES = 256_000_000
UNSAID = "Not stated in the report."
"""Stands for the reason of what does not apply; without one the answer would count as unanswered."""


class _Answer(Frozen):
    value: Slug
    basis: Basis | None = None


_Answers = dict[Annotated[str, Field(max_length=200)], _Answer]


class _Application(Frozen):
    id: Slug
    name: Text
    answers: _Answers = {}


class _Item(Frozen):
    id: Text
    practice: Text
    level: Annotated[int, Field(ge=0, le=100)]
    scope: Scope
    effort: Ratio
    value: Ratio


class _Wave(Frozen):
    index: Annotated[int, Field(ge=1, le=1000)]
    start: date
    capacity: Ratio
    used: Ratio
    item: tuple[_Item, ...] = ()


class _Plan(Frozen):
    solver: str
    objective: Ratio
    wave: tuple[_Wave, ...] = ()
    unplanned: tuple[_Item, ...] = ()


class _Document(Frozen):
    schema_version: Literal[1]
    organisation: Text
    questionnaire: Slug
    questionnaire_version: str
    as_of: date
    tier: Slug
    digests: dict[str, Sha256]
    answers: _Answers = {}
    """Of the organisation, and the common ones."""
    application: tuple[_Application, ...]
    results: dict[str, Any]
    plan: _Plan | None = None


# ---- writing


def baseline_toml(engagement: Engagement, evaluation: Evaluation, tier: str, plan: Plan | None = None) -> bytes:
    """The attachment of one tier's report. ``plan`` is the one that the report shows, where none is stored."""
    questionnaire, assessment = engagement.questionnaire, engagement.assessment
    shown = plan if plan is not None else engagement.plan
    document = {
        "schema_version": 1,
        "organisation": assessment.organisation,
        "questionnaire": questionnaire.id,
        "questionnaire_version": questionnaire.version,
        "as_of": assessment.as_of,
        "tier": tier,
        "digests": questionnaire.digests,
        "answers": dict(_answers(questionnaire, assessment.answers)),
        "application": [
            {"id": app.id, "name": app.name, "answers": dict(_answers(questionnaire, app.answers))}
            for app in assessment.in_tier(tier)
        ],
        "results": as_data(results(evaluation.scores, tier)),
        **({"plan": _plan_as_data(shown, tier)} if shown is not None else {}),
    }
    return tomli_w.dumps(document).encode()


def _answers(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Iterator[tuple[str, dict[str, str]]]:
    """Those that count as answered, by criterion."""
    for key in sorted(answers):
        answer = answers[key]
        if key in questionnaire.criteria and reading(questionnaire, answer, None).claimed != UNANSWERED:
            basis = {"basis": answer.basis.value} if answer.basis is not None else {}
            yield key, {"value": str(answer.value), **basis}


def _plan_as_data(plan: Plan, tier: str) -> dict[str, Any]:
    return {
        "solver": plan.solver,
        "objective": str(plan.objective),
        "wave": [
            {
                "index": wave.index,
                "start": wave.start,
                "capacity": str(wave.capacity),
                "used": str(wave.used),
                "item": [_item_as_data(item) for item in wave.items],
            }
            for wave in plan.of_tier(tier)
        ],
        "unplanned": [_item_as_data(item) for item in plan.unplanned if tier in item.tiers],
    }


def _item_as_data(item: Initiative) -> dict[str, Any]:
    return {
        "id": item.id,
        "practice": item.practice,
        "level": item.level,
        "scope": item.scope.value,
        "effort": str(item.effort),
        "value": str(item.value),
    }


# ---- reading


def attached(pdf: Path) -> bytes:
    """The attachment of a report. Raises EngagementError for anything else, however large or broken."""
    try:
        if not pdf.is_file():
            raise EngagementError("is no file", str(pdf), "Name the PDF of a report.")
        with open(pdf, "rb") as file:
            size = file.seek(0, os.SEEK_END)
        if size > MAX_PDF_BYTES:
            raise EngagementError(f"holds more than {MAX_PDF_BYTES:,} bytes", str(pdf), "Name the PDF of a report.")
        found = embedded(pdf, NAME, MAX_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EngagementError(f"cannot be read ({reason})", str(pdf), "Check the path.") from error
    if isinstance(found, Refused):
        remedy = "Name the PDF as Colonnade wrote it; another program may have dropped or added something."
        raise EngagementError(found.value, str(pdf), remedy)
    return found


def parse_baseline(data: bytes, place: str) -> Baseline:
    """The baseline in an attachment; it knows one tier and no question's text. Raises EngagementError."""
    remedy = "Name the PDF as Colonnade wrote it."
    if len(data) > MAX_BYTES:
        raise EngagementError(f"holds more than {MAX_BYTES:,} bytes", place, remedy)
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EngagementError("holds no baseline that can be read", place, remedy) from error
    version = raw.get("schema_version")
    if type(version) is int and version > 1:
        raise EngagementError("was written by a newer version", place, "Open it with that version of Colonnade.")
    document = validate(_Document, raw, place)
    if not isinstance(document, _Document):
        problems = "; ".join(f"{problem.key} {problem.message}" for problem in document[:3])
        raise EngagementError(f"holds no baseline: {problems}", place, remedy)
    if len({app.id for app in document.application}) < len(document.application):
        raise EngagementError("holds two applications of one id", place, remedy)
    kept = from_data(document.results)
    if kept is None or not _of_tier(kept, document.tier):
        raise EngagementError("holds no results that can be read", place, remedy)
    try:
        return Baseline(
            label=place,
            as_of=document.as_of,
            assessment=_assessment(document),
            digests=document.digests,
            questionnaire=None,
            results=kept,
            plan=_plan(document.plan, document.tier) if document.plan is not None else None,
            tier=document.tier,
        )
    except ValidationError as error:
        raise EngagementError(f"holds no baseline: {error.errors()[0]['msg']}", place, remedy) from error


def _of_tier(kept: Results, tier: str) -> bool:
    return all(owner.tier == tier for owner in kept.nodes)


def _assessment(document: _Document) -> Assessment:
    applications = {
        app.id: Application(id=app.id, name=app.name, tier=document.tier, answers=_kept(app.answers))
        for app in document.application
    }
    return Assessment(
        organisation=document.organisation,
        questionnaire=document.questionnaire,
        as_of=document.as_of,
        capacity=document.plan.wave[0].capacity if document.plan is not None and document.plan.wave else Fraction(0),
        answers=_kept(document.answers),
        applications=applications,
    )


def _kept(answers: _Answers) -> dict[str, Answer]:
    return {
        key: Answer(value=answer.value, basis=answer.basis, reason=UNSAID if answer.value == NOT_APPLICABLE else "")
        for key, answer in answers.items()
    }


def _plan(plan: _Plan, tier: str) -> Plan:
    return Plan(
        solver=plan.solver,
        objective=plan.objective,
        waves=tuple(
            Wave(wave.index, wave.start, wave.capacity, wave.used, tuple(_item(item, tier) for item in wave.item))
            for wave in plan.wave
        ),
        unplanned=tuple(_item(item, tier) for item in plan.unplanned),
    )


def _item(item: _Item, tier: str) -> Initiative:
    """As far as a report's attachment knows it: neither its applications nor its reasons."""
    return Initiative(
        id=item.id,
        practice=item.practice,
        level=item.level,
        scope=item.scope,
        tiers=(tier,),
        applications=(),
        criteria=(),
        effort=item.effort,
        value=item.value,
        after=(),
        must=False,
        reasons=(),
    )
