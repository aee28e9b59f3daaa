"""The plans that are or were stored since the engagement was opened: undoing a step may lead back to any of them."""

from __future__ import annotations

from app.engagement.folder import UNPLANNED
from scoring.assessment import Assessment
from scoring.roadmap import Plan


class KeptPlans:
    """By the digest with which an assessment names its plan."""

    def __init__(self, assessment: Assessment, plan: Plan | None, current: bool) -> None:
        """The plan that stood at first; ``current`` says whether it follows from the assessment."""
        self._kept: dict[str, tuple[Plan, Assessment | None]] = {}
        if plan is not None and assessment.plan_sha256 is not None:
            self._kept[assessment.plan_sha256] = plan, assessment if current else None

    def add(self, digest: str, plan: Plan, follows: Assessment) -> None:
        """A plan that was stored, with what it follows from."""
        self._kept[digest] = plan, follows

    def of(self, assessment: Assessment) -> tuple[Plan | None, bool]:
        """The plan that an assessment names, and whether it follows from it."""
        plan, follows = self._kept.get(assessment.plan_sha256 or "", (None, None))
        current = follows is not None and all(
            getattr(follows, name) == getattr(assessment, name) for name in Assessment.model_fields.keys() - UNPLANNED
        )
        return plan, current
