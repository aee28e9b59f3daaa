"""Earlier engagements of the same organisation, kept as packs in ``history/``."""

from __future__ import annotations

from pathlib import Path

from app.engagement.files import write_atomically
from app.engagement.folder import QUESTIONNAIRE, Engagement, parse_assessment, parse_questionnaire
from app.engagement.pack import SUFFIX, freeze, thaw
from scoring.evaluation import evaluate
from scoring.progress import Baseline
from scoring.scores import Scorer

HISTORY = "history"


def keep(engagement: Engagement, earlier: Path) -> Path:
    """Freeze the engagement in the folder ``earlier`` as a baseline of this one; returns the pack's path."""
    with Engagement.open(earlier, content=engagement.content) as opened:
        as_of = opened.assessment.as_of
    target = engagement.folder / HISTORY / f"{as_of.isoformat()}{SUFFIX}"
    write_atomically(target, freeze(earlier))
    return target


def baselines(engagement: Engagement) -> tuple[Baseline, ...]:
    """Every baseline with the scores it has under today's rules, oldest first. Raises EngagementError."""
    found: list[Baseline] = []
    for path in sorted((engagement.folder / HISTORY).glob(f"*{SUFFIX}")):
        files = thaw(path)
        questionnaire = parse_questionnaire(files.get(QUESTIONNAIRE, b""), f"{path}/{QUESTIONNAIRE}")
        assessment, _ = parse_assessment(files, str(path))
        scores = evaluate(engagement.content, Scorer(questionnaire), assessment).scores
        found.append(Baseline(assessment.as_of, assessment, scores))
    return tuple(sorted(found, key=lambda baseline: baseline.as_of))
