"""How much a questionnaire asks, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from questionnaires.model import Content, Questionnaire, Scope


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of one questionnaire."""

    practices: int
    criteria: int
    criteria_per_level: dict[int, int]
    criteria_with_rules: int
    application_criteria: int
    application_criteria_with_rules: int
    application_share_with_rules: float
    """Of the application-scope criteria, between 0 and 1, to three decimals."""
    dsomm_activities: int
    """Distinct OWASP DSOMM activities that some criterion speaks to."""


def counts(questionnaire: Questionnaire) -> Counts:
    """Count a questionnaire's practices, criteria, rules and mapped DSOMM activities."""
    criteria = tuple(questionnaire.criteria.values())
    own = [criterion for criterion in criteria if questionnaire.scope_of(criterion.id) is Scope.APPLICATION]
    ruled = sum(bool(criterion.rule) for criterion in own)
    return Counts(
        practices=len(questionnaire.practices),
        criteria=len(criteria),
        criteria_per_level=dict(sorted(Counter(criterion.level for criterion in criteria).items())),
        criteria_with_rules=sum(bool(criterion.rule) for criterion in criteria),
        application_criteria=len(own),
        application_criteria_with_rules=ruled,
        application_share_with_rules=round(ruled / len(own), 3) if own else 0.0,
        dsomm_activities=len({uuid for criterion in criteria for uuid in criterion.dsomm}),
    )


def activity_counts(content: Content) -> dict[str, int]:
    """How many DSOMM activities the criteria of other questionnaires speak to, and how many are listed as unmapped."""
    others = [q for q in content.questionnaires.values() if all(c.activity is None for c in q.criteria.values())]
    mapped = {uuid for q in others for criterion in q.criteria.values() for uuid in criterion.dsomm}
    return {"mapped": len(mapped), "unmapped": len(content.unmapped)}


def regime_counts(content: Content) -> dict[str, dict[str, int]]:
    """Regime → how many obligations it has, and how many links from them to criteria."""
    return {
        key: {
            "obligations": len(regime.obligation),
            "links": sum(len(obligation.link) for obligation in regime.obligation),
        }
        for key, regime in sorted(content.regimes.items())
    }
