"""Reports from an engagement. Imported only where one is written: it brings the PDF engine along."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from app.cli.options import earlier
from app.engagement.attachment import NAME, baseline_toml
from app.engagement.errors import EngagementError
from app.engagement.files import unwritable
from app.engagement.folder import Engagement
from reports.files import CannotWrite, sweep
from reports.options import Format, Options
from reports.sheets import TooLong
from reports.snapshot import Snapshot, build
from reports.team import Ended, Team, Work
from scoring.evaluation import Evaluation
from scoring.waves import provisional


class Source:
    """What every tier's report is made from, read once."""

    def __init__(self, engagement: Engagement, evaluation: Evaluation) -> None:
        self._engagement, self._evaluation = engagement, evaluation
        self._baselines = earlier(engagement)
        # Only the verb `roadmap` stores a plan. Without one the greedy plan is shown.
        self._plan = engagement.plan or provisional(
            engagement.content, engagement.questionnaire, engagement.assessment, evaluation.claims
        )

    def snapshot(self, tier: str, options: Options | None = None) -> Snapshot:
        """Everything that one tier's report shows."""
        engagement, evaluation = self._engagement, self._evaluation
        return build(
            engagement.content,
            engagement.questionnaire,
            engagement.assessment,
            evaluation.claims,
            evaluation.scores,
            self._plan,
            tier,
            baselines=self._baselines,
            head=engagement.head,
            version=version("colonnade"),
            options=options,
        )

    def attachments(self, tier: str) -> Mapping[str, bytes]:
        """What one tier's PDF carries besides its pages, by file name."""
        return {NAME: baseline_toml(self._engagement, self._evaluation, tier, self._plan)}

    def name(self, tier: str) -> str:
        """``tier-1-critical``: its files without their endings."""
        called = re.sub(r"\W+", "-", self._engagement.content.tiers.by_id[tier].name.casefold()).strip("-")
        return f"tier-{tier}-{called}"

    def size(self, tier: str) -> int:
        return len(self._engagement.assessment.in_tier(tier))


def write_tiers(
    engagement: Engagement,
    evaluate: Callable[[], Evaluation],
    tiers: Sequence[str],
    out: Path,
    step: Callable[[str, float], None],
    *,
    formats: Sequence[Format] = (Format.PDF,),
    options: Options | None = None,
) -> tuple[Path, ...]:
    """Write the reports of some tiers into ``out``, side by side on the cores there are.

    Returns every file, by tier and format; ``step`` hears what is done and the share (0 to 1). ``evaluate`` is called
    once the processes are on their way. Raises EngagementError, with what stood in ``out`` before untouched.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        sweep(out)
    except OSError as error:
        raise unwritable(out, error) from error
    folder = out.absolute()
    try:
        with Team(len(tiers)) as team:
            source = Source(engagement, evaluate())
            # The longest work first, so that no process is left alone with it at the end.
            order = sorted(tiers, key=lambda tier: -source.size(tier))

            def works() -> Iterator[Work]:
                for tier in order:
                    snapshot = source.snapshot(tier, options)
                    attached = source.attachments(tier)
                    yield Work(f"Tier {tier}", snapshot, folder, source.name(tier), formats, attached)

            written = dict(zip(order, team.write(works(), len(order), step), strict=True))
    except CannotWrite as error:
        remedy = "What stood there is untouched. Free space, or choose another --out."
        where = out / error.target.name if error.target.parent == folder else error.target
        raise EngagementError(f"cannot be written ({error.reason})", str(where), remedy) from error
    except TooLong as error:
        remedy = "Write the tables with --format csv."
        raise EngagementError(f"is more than a workbook can hold ({error})", str(engagement.folder), remedy) from error
    except Ended as error:
        remedy = "Where memory is short, write one tier at a time with --tier."
        raise EngagementError(f"A report was not finished: {error}", str(out), remedy) from error
    return tuple(out / path.name for tier in tiers for path in written[tier])
