"""A child process that looks for the best plan and prints it; it opens the engagement for reading only.

``python -m app.desktop.solving FOLDER``. Imports no Qt. The verb ``roadmap`` stores what it finds and therefore needs
the lock that the window holds.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scoring.roadmap import Plan

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


def plan_of(document: Any) -> Plan | None:
    """The plan that a child printed."""
    try:
        return _PLAN.validate_python(document)
    except ValidationError:
        return None


def main() -> int:
    from app.engagement.errors import EngagementError
    from app.engagement.folder import Engagement
    from scoring.evaluation import evaluate
    from scoring.schedule import plan
    from scoring.scores import Scorer

    try:
        engagement = Engagement.open(Path(sys.argv[1]))
    except EngagementError as error:
        print(f"colonnade: {error}", file=sys.stderr)
        return 3
    content, questionnaire, assessment = engagement.content, engagement.questionnaire, engagement.assessment
    claims = evaluate(content, Scorer(questionnaire), assessment).claims
    sys.stdout.write(_PLAN.dump_json(plan(content, questionnaire, assessment, claims)).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
