"""Where some applications lack most, from their scores: whom to look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from questionnaires.model import Questionnaire, Scope
from scoring.scores import Scores, holding, reaches


def lowest(scores: Scores, practice: str, applications: Iterable[str]) -> str | None:
    """The application where a practice stands lowest, by level and then by score; None where it applies to none."""
    found = [
        (stands.level, stands.low, key)
        for key in applications
        if (stands := scores.applications[key].practices[practice].score) is not None
    ]
    return min(found)[-1] if found else None


def held_by(
    questionnaire: Questionnaire, scores: Scores, tier: str, among: Collection[str] | None = None
) -> tuple[str, ...]:
    """The practices that hold the level of a tier, else of the organisation, down among some, or all.

    The furthest from its target first; all over all tiers, where there is no target.
    """
    practices = scores.tiers.get(tier, scores.organisation).practices
    of = questionnaire.pillar_of
    return holding(
        {key: node for key, node in practices.items() if among is None or key in among},
        lambda key: scores.targets.get((tier, of[key].id), 0),
    )


def furthest(questionnaire: Questionnaire, scores: Scores, applications: Iterable[str]) -> str | None:
    """The application with the most practices below their target, the first of several; None without any."""

    def gaps(application: str) -> int:
        tier, practices = scores.tier_of[application], scores.applications[application].practices
        return sum(
            node.score is not None
            and not reaches(questionnaire, node.score, scores.targets[tier, questionnaire.pillar_of[practice].id])
            for practice, node in practices.items()
        )

    return max(applications, key=gaps, default=None)


def unanswered(questionnaire: Questionnaire, scores: Scores, applications: Iterable[str]) -> Counter[str | None]:
    """Unanswered criteria by who answers them: an application, or None for the organisation, whose count once."""
    found: Counter[str | None] = Counter()
    # Every application has the organisation's practices among its own.
    common = next(iter(scores.applications.values()), scores.organisation)
    for owner, result in (*((key, scores.applications[key]) for key in applications), (None, common)):
        scope = Scope.ORGANISATION if owner is None else Scope.APPLICATION
        of = (result.practices[key].coverage for key, entry in questionnaire.practices.items() if entry.scope is scope)
        found[owner] = sum(coverage.applicable - coverage.answered for coverage in of)
    return found
