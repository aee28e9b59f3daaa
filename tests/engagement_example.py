"""A small engagement on disk, for the tests of packs, attachments and merges."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from app.engagement import actions
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from questionnaires.model import Content, Practice
from scoring.assessment import Basis

QUESTIONNAIRE = "financial-devsecops"
GATES = "integrate.gates.pipeline-checks"
"""Asked of applications."""
PEOPLE = "learn.people.training"
"""Asked of the organisation."""
BY = "first assessor"


@cache
def short() -> Content:
    """What ships, with three practices left to ask: an engagement of few questions is read and written sooner."""
    content = shipped()
    asked = content.questionnaires[QUESTIONNAIRE]
    kept = {"integrate.gates", "integrate.design", "learn.people"}
    known = {criterion.id for key in kept for criterion in asked.practices[key].criterion}

    def within(practice: Practice) -> Practice:
        def first(keys: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(key for key in keys if key in known)

        criteria = [entry.model_copy(update={"prerequisites": first(entry.prerequisites)})
                    for entry in practice.criterion]  # fmt: skip
        return practice.model_copy(update={"criterion": tuple(criteria)})

    pillars = tuple(
        pillar.model_copy(update={"practice": practices})
        for pillar in asked.pillar
        if (practices := tuple(within(practice) for practice in pillar.practice if practice.id in kept))
    )
    ids = {pillar.id for pillar in pillars}
    target = tuple(entry for entry in asked.target if entry.pillar in ids)
    weight = tuple(entry for entry in asked.weight if entry.practice in kept)
    less = asked.model_copy(update={"pillar": pillars, "target": target, "weight": weight})
    # Read as a file is: a copy of a model is not checked, and keeps what was computed of the whole.
    less = type(asked).model_validate(less.model_dump())
    return content.model_copy(update={"questionnaires": {**content.questionnaires, QUESTIONNAIRE: less}})


def create(path: Path) -> Path:
    """Two applications and an answer, closed."""
    content = shipped()
    assessment = actions.new_assessment(content, QUESTIONNAIRE, "Acme", date(2026, 9, 30))
    with Engagement.create(path, assessment, content.questionnaires[QUESTIONNAIRE], BY) as engagement:
        for key, tier in (("pay", "1"), ("crm", "2")):
            change = actions.add_application(content, engagement.assessment, key, key.upper(), tier)
            engagement.apply("application", change, BY)
        answer(engagement, "largely", application="pay", basis=Basis.DOCUMENT, note="seen")
    return path


def answer(engagement: Engagement, value: str, criterion: str = GATES, by: str = BY, **more: Any) -> None:
    changes = actions.answer(engagement.questionnaire, engagement.assessment, criterion, value, **more)
    engagement.apply("answer", changes, by)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path, but for the lock."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".lock")}
