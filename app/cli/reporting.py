"""One tier's report from an engagement. Imported only where a report is written: it brings the PDF engine along."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from app.engagement.errors import EngagementError
from app.engagement.files import unwritable
from app.engagement.folder import Engagement
from app.engagement.history import baselines
from reports.pdf import CannotWrite
from reports.render import render
from reports.snapshot import Snapshot, build
from scoring.evaluation import Evaluation
from scoring.waves import provisional


def report_snapshot(engagement: Engagement, evaluation: Evaluation, tier: str) -> Snapshot:
    """Everything that one tier's report shows."""
    content, questionnaire, assessment = engagement.content, engagement.questionnaire, engagement.assessment
    # Only the verb `roadmap` stores a plan. Without one the greedy plan is shown.
    plan = engagement.plan or provisional(content, questionnaire, assessment, evaluation.claims)
    return build(
        content,
        questionnaire,
        assessment,
        evaluation.claims,
        evaluation.scores,
        plan,
        tier,
        baselines=baselines(engagement),
        head=engagement.head,
        version=version("colonnade"),
    )


def write_report(
    engagement: Engagement, evaluation: Evaluation, tier: str, out: Path, step: Callable[[str, float], None]
) -> Path:
    """Write ``tier-N-name.pdf`` into ``out``; ``step`` hears what is done and the share (0 to 1)."""
    snapshot = report_snapshot(engagement, evaluation, tier)
    name = engagement.content.tiers.by_id[tier].name.casefold().replace(" ", "-")
    target = out / f"tier-{tier}-{name}.pdf"
    try:
        out.mkdir(parents=True, exist_ok=True)
        return render(snapshot, target, step)
    except CannotWrite as error:
        remedy = "What stood there is untouched. Free space, or choose another --out."
        raise EngagementError(f"cannot be written ({error.reason})", str(target), remedy) from error
    except OSError as error:
        raise unwritable(out, error) from error
