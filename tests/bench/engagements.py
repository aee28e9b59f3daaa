"""Engagements of any size, the same each time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from app.content import available
from app.engagement import actions
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from questionnaires.model import Scope
from scoring.assessment import Assessment

QUESTIONNAIRE = "financial-devsecops"


def assessment(applications: int, answers: int) -> Assessment:
    """So many applications over three tiers, each with so many answers of its own."""
    content = available().content
    asked = content.questionnaires[QUESTIONNAIRE]
    criteria = [key for key in asked.criteria if asked.scope_of(key) is Scope.APPLICATION]
    steps = [step.id for step in asked.scale]
    empty = actions.new_assessment(content, QUESTIONNAIRE, "Ledger & Loom", date(2026, 9, 30))

    def owned(number: int) -> dict[str, Any]:
        return {
            criteria[(number + 7 * place) % len(criteria)]: {
                "value": steps[(number + place) % len(steps)],
                "basis": "interview",
                "note": "Shown in the pipeline.",
            }
            for place in range(answers)
        }

    raw = {
        f"app-{number}": {
            "id": f"app-{number}",
            "name": f"Application {number}",
            "tier": str(number % 3 + 1),
            "answers": owned(number),
        }
        for number in range(applications)
    }
    return Assessment.model_validate({**empty.model_dump(mode="json", exclude_defaults=True), "applications": raw})


def make(folder: Path, applications: int, answers: int) -> Path:
    """The same on disk, every answer a line of the journal of its own."""
    content = available().content
    whole = assessment(applications, answers)
    bare = whole.model_copy(update={"applications": {}})
    with Engagement.create(folder, bare, content.questionnaires[QUESTIONNAIRE], "bench", content) as engagement:
        for key, application in whole.applications.items():
            alone = application.model_copy(update={"answers": {}}).model_dump(mode="json", exclude_defaults=True)
            engagement.apply("application", [Change(("applications", key), alone)], "bench")
            for criterion, answer in application.answers.items():
                path = ("applications", key, "answers", criterion)
                engagement.apply("answer", [Change(path, answer.model_dump(mode="json", exclude_defaults=True))], "b")
    return folder
