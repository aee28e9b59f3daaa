"""What is said of the plan in view, in one line."""

from __future__ import annotations

from app.desktop.language import tr
from app.desktop.models.tiers import ALL
from app.desktop.session import Session
from reports import words
from scoring.roadmap import Plan


def plan_words(session: Session, plan: Plan | None, tier: str, *, searching: bool, stored: bool) -> str:
    """How much is planned, how good that is, and whether it is stored; of a tier, its items beside all there are."""
    if not session.assessment.applications:
        return tr("A plan needs an application. Add one under Applications.")
    if plan is None:
        return tr("Planning …")
    planned = [item for wave in plan.waves for item in wave.items]
    counts = []
    for items in (planned, plan.unplanned):
        seen = sum(tier in item.tiers for item in items)
        counts.append(f"{len(items):,}" if tier == ALL else tr("{0} of {1}").format(seen, len(items)))
    one = len(planned) == 1
    return words.parts([
        (tr("{0} initiative") if one else tr("{0} initiatives")).format(counts[0]),
        tr("{0} not planned").format(counts[1]) if plan.unplanned else "",
        tr("looking for a better one …") if searching else _solver_words(plan),
        tr("stored") if stored else tr("not stored yet"),
    ])  # fmt: skip


def _solver_words(plan: Plan) -> str:
    if plan.gap is None:
        return tr("planned at once")
    share = f"{float(plan.gap) * 100:.1f}"
    return tr("best plan, proven to {0} %").format(share) if plan.gap else tr("best plan, proven")
