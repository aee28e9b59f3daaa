"""What moved since an earlier engagement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scoring.assessment import Assessment
from scoring.scores import Scores


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier engagement with the scores it had."""

    as_of: date
    assessment: Assessment
    scores: Scores
