"""What is said of the plan in view, in one line."""

from __future__ import annotations

from app.desktop.models.tiers import ALL
from app.desktop.session import Session
from reports import words
from scoring.roadmap import Plan


def plan_words(session: Session, plan: Plan | None, tier: str, *, searching: bool, stored: bool) -> str:
    """How much is planned, how good that is, and whether it is stored; of a tier, its items beside all there are."""
    if not session.assessment.applications:
        return session.tr("A plan needs an application. Add one under Applications.")
    if plan is None:
        return session.tr("Planning …")
    planned = [item for wave in plan.waves for item in wave.items]
    counts = []
    for items in (planned, plan.unplanned):
        seen = sum(tier in item.tiers for item in items)
        counts.append(f"{len(items):,}" if tier == ALL else session.tr("{0} of {1}").format(seen, len(items)))
    one = len(planned) == 1
    return words.parts([
        (session.tr("{0} initiative") if one else session.tr("{0} initiatives")).format(counts[0]),
        session.tr("{0} not planned").format(counts[1]) if plan.unplanned else "",
        session.tr("looking for a better one …") if searching else _solver_words(session, plan),
        session.tr("stored") if stored else session.tr("not stored yet"),
    ])  # fmt: skip


def _solver_words(session: Session, plan: Plan) -> str:
    if plan.gap is None:
        return session.tr("planned at once")
    share = f"{float(plan.gap) * 100:.1f}"
    return session.tr("best plan, proven to {0} %").format(share) if plan.gap else session.tr("best plan, proven")
