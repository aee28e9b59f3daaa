"""A small engagement on disk, for the tests of packs, attachments and merges."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from app.engagement import actions
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from scoring.assessment import Basis

QUESTIONNAIRE = "financial-devsecops"
GATES = "integrate.gates.pipeline-checks"
"""Asked of applications."""
PEOPLE = "learn.people.training"
"""Asked of the organisation."""
BY = "first assessor"


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
