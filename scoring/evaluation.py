"""Claims and scores of an assessment in one call."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.model import Content
from scoring.assessment import Assessment
from scoring.claims import Claims, judge
from scoring.scores import Scorer, Scores, score


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What follows from an assessment as it stands."""

    claims: Claims
    scores: Scores


def evaluate(content: Content, scorer: Scorer, assessment: Assessment) -> Evaluation:
    """Hold the answers against the evidence and score both. The scorer remembers practices between calls."""
    claims = judge(scorer.questionnaire, content.facts, assessment)
    return Evaluation(claims, score(scorer, assessment, claims))
