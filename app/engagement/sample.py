"""The sample: a fictional firm with two earlier engagements and the exports of its pipelines and scanners."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from app.content import available
from app.engagement import history
from app.engagement.checkpoint import ENGAGEMENT, parse_assessment, toml_files
from app.engagement.folder import Engagement
from assets import SAMPLE
from scoring.claims import judge
from scoring.evidence.ingest import PlannedItem, inspect, plan
from scoring.waves import provisional


def names() -> tuple[str, ...]:
    """The folders of the sample's engagements, the latest first."""
    return tuple(sorted((path.parent.name for path in SAMPLE.glob(f"*/{ENGAGEMENT}")), reverse=True))


def make(folder: Path, by: str) -> Engagement:
    """The sample in a new folder, its earlier engagements kept as baselines; the exports are not read yet.

    Raises EngagementError.
    """
    latest, *earlier = names()
    engagement = _created(latest, folder, by)
    for name in earlier:
        with tempfile.TemporaryDirectory() as scratch:
            with _created(name, Path(scratch) / name, by) as before:
                claims = judge(before.questionnaire, before.content.facts, before.assessment)
                before.store_plan(provisional(before.content, before.questionnaire, before.assessment, claims), by)
            history.keep(engagement, Path(scratch) / name, by)
    return engagement


def _created(name: str, folder: Path, by: str) -> Engagement:
    assessment, _ = parse_assessment(toml_files(SAMPLE / name), name)
    content = available().content
    return Engagement.create(folder, assessment, content.questionnaires[assessment.questionnaire], by, content)


def exports(engagement: Engagement, progress: Callable[[int, int, str], None] | None = None) -> tuple[PlannedItem, ...]:
    """The sample's exports, read and assigned; nothing is changed."""
    return plan(inspect([SAMPLE / "exports"], progress), engagement.assessment)
