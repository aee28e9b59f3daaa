"""Engagements in which every kind of answer and evidence speaks, for the cost of scoring them again."""

from __future__ import annotations

from datetime import UTC, datetime

import engagements

from questionnaires.model import NOT_APPLICABLE, Questionnaire
from scoring.assessment import Answer, Application, Assessment, Basis, Evidence, Fact, Records

OWN = 40
"""Answers of its own that each application has."""
FACTS = 20


def assessment(questionnaire: Questionnaire, applications: int) -> Assessment:
    """So many applications with answers and an export of their own, and a common answer to every criterion."""
    steps = [step.id for step in questionnaire.scale] + [NOT_APPLICABLE]
    common = {
        key: Answer(value=steps[place % len(steps)], basis=(*Basis, None)[place % 4], reason="It has none.")
        for place, key in enumerate(questionnaire.criteria)
    }
    bare = engagements.assessment(applications, OWN)
    each = {
        key: application.model_copy(update={"evidence": _export(questionnaire, application, place)})
        for place, (key, application) in enumerate(bare.applications.items())
    }
    return bare.model_copy(update={"answers": common, "applications": each})


def _export(questionnaire: Questionnaire, application: Application, place: int) -> dict[str, Evidence]:
    """Facts that some of the rules are about, in another choice for every application."""
    rules = [rule for criterion in questionnaire.criteria.values() for rule in criterion.rule]
    chosen = [rules[(place + 7 * step) % len(rules)] for step in range(FACTS)]
    item = Evidence(
        sha256=f"{place:064x}",
        path=f"{application.id}.json",
        bytes=1,
        format="example",
        tool="scanner",
        captured_at=datetime(2026, 9, 1, tzinfo=UTC),
        records=Records(unit="finding", raw=0, open=0, distinct=0),
        facts=tuple(Fact(name=rule.fact, value=rule.value, category=rule.category) for rule in chosen),
    )
    return {item.sha256: item}


def answered(given: Assessment, application: str | None, criterion: str, value: str) -> Assessment:
    """One answer moved: an application's own, or the common one."""
    answer = Answer(value=value)
    if application is None:
        return given.model_copy(update={"answers": {**given.answers, criterion: answer}})
    of = given.applications[application]
    moved = of.model_copy(update={"answers": {**of.answers, criterion: answer}})
    return given.model_copy(update={"applications": {**given.applications, application: moved}})
