"""Claims and scores of an assessment in one call."""

from __future__ import annotations

from dataclasses import dataclass, field

from questionnaires.model import Content
from scoring.assessment import Assessment
from scoring.claims import Claims, judge
from scoring.scores import Scorer, Scores, score


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What follows from an assessment as it stands."""

    assessment: Assessment
    claims: Claims
    scores: Scores
    content: Content = field(compare=False, repr=False)
    scorer: Scorer = field(compare=False, repr=False)


def evaluate(content: Content, scorer: Scorer, assessment: Assessment, before: Evaluation | None = None) -> Evaluation:
    """Hold the answers against the evidence and score both.

    ``before`` is the evaluation of an earlier state of the assessment: what did not move since is taken over from it,
    so that an answer costs what it changes. The result is equal to one without it. One that rests on other content or
    on another scorer is of no use, and is left aside.
    """
    known = before if before is not None and before.content is content and before.scorer is scorer else None
    claims = judge(scorer.questionnaire, content.facts, assessment, known.claims if known else None)
    return Evaluation(
        assessment, claims, score(scorer, assessment, claims, known.scores if known else None), content, scorer
    )
