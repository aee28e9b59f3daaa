"""What to look at again, by rule, and where each of it leads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product, starmap
from typing import NamedTuple

from app.desktop.destination import Destination
from app.desktop.language import tr
from app.desktop.models.targets import Target
from app.desktop.models.tiers import ALL
from app.desktop.session import Session
from questionnaires.model import Content, Questionnaire, Scope
from reports import words
from scoring.assessment import Assessment
from scoring.checks import Check, CheckRule, Severity, checks
from scoring.evaluation import Evaluation
from scoring.progress import Baseline, compare
from scoring.roadmap import Plan


class Group(NamedTuple):
    """What one rule found of one severity."""

    severity: Severity
    rule: CheckRule

    @classmethod
    def of(cls, check: Check) -> Group:
        return cls(check.severity, check.rule)


GROUPS = tuple(starmap(Group, product(Severity, CheckRule)))
"""The gravest first, as :func:`scoring.checks.checks` orders them."""


def found(
    content: Content,
    questionnaire: Questionnaire,
    assessment: Assessment,
    evaluation: Evaluation,
    earlier: tuple[Baseline | None, Plan | None],
) -> tuple[Check, ...]:
    """Every check; ``earlier`` is the latest baseline and today's stored plan. Safe on any thread."""
    baseline, plan = earlier
    comparison = compare(questionnaire, assessment, evaluation, plan, baseline) if baseline is not None else None
    return checks(content, questionnaire, assessment, evaluation, comparison)


def of_tier(session: Session, every: Sequence[Check], tier: str) -> list[Check]:
    """Those of a tier's applications, of the organisation and of the common answers."""
    tiers = session.evaluation.scores.tier_of
    return [
        check for check in every if tier == ALL or check.application is None or tiers.get(check.application) == tier
    ]


def group_words(group: Group, count: int) -> str:
    """``Error · 3 challenged claims``."""
    one, many = {
        CheckRule.CHALLENGED: (tr("challenged claim"), tr("challenged claims")),
        CheckRule.NO_REASON: (tr("not applicable, no reason"), tr("not applicable, no reason")),
        CheckRule.NO_BASIS: (tr("best answer without basis"), tr("best answers without basis")),
        CheckRule.NO_EVIDENCE: (tr("best answer, no evidence"), tr("best answers, no evidence")),
        CheckRule.STALE: (tr("answer, evidence too old"), tr("answers, evidence too old")),
        CheckRule.LATER: (tr("export after the day"), tr("exports after the day")),
        CheckRule.NOT_APPLICABLE_SHARE: (
            tr("pillar mostly not applicable"), tr("pillars mostly not applicable"),
        ),
        CheckRule.NO_NOTE: (tr("change without a note"), tr("changes without a note")),
        CheckRule.NOT_ASSESSED: (tr("regime not assessed"), tr("regimes not assessed")),
        CheckRule.NO_EXPORT: (tr("application without exports"), tr("applications without exports")),
        CheckRule.MARKED: (tr("marked for review"), tr("marked for review")),
        CheckRule.IDLE_DECISION: (tr("idle decision"), tr("idle decisions")),
    }[group.rule]  # fmt: skip
    return words.parts([severity_name(group.severity), words.count(count, one, many)])


def severity_name(severity: Severity) -> str:
    """A severity in words."""
    return {
        Severity.ERROR: tr("Error"),
        Severity.WARNING: tr("Warning"),
        Severity.HINT: tr("Hint"),
    }[severity]


def target(session: Session, check: Check) -> Target:
    """A check as something to go to: what it says, whose it is, and where it is mended."""
    questionnaire = session.questionnaire
    application = session.assessment.applications.get(check.application or "")
    whose = application.name if application else tr("Organisation")
    about = ""
    if check.subject in questionnaire.criteria:
        about = questionnaire.practices[questionnaire.criteria[check.subject].practice_id].name
        if application is None and questionnaire.scope_of(check.subject) is Scope.APPLICATION:
            whose = tr("Common answer")
    elif pillar := next((entry for entry in questionnaire.pillar if entry.id == check.subject), None):
        about = pillar.name
    elif regime := session.content.regimes.get(check.subject):
        about = regime.name
    return Target(check.says, words.parts([about, whose, check.remedy]), destination(session, check))


def destination(session: Session, check: Check) -> Destination:
    """Where a check is mended."""
    questionnaire = session.questionnaire
    match check.rule:
        case CheckRule.NOT_ASSESSED:
            return Destination("regimes", subject=check.subject)
        case CheckRule.LATER:
            return Destination("evidence", subject=check.subject)
        case CheckRule.NO_EXPORT:
            return Destination("applications", application=check.application)
        case CheckRule.IDLE_DECISION:
            return Destination("roadmap", subject=check.subject)
        case CheckRule.NOT_APPLICABLE_SHARE:
            pillar = next(entry for entry in questionnaire.pillar if entry.id == check.subject)
            return Destination("assess", pillar.practice[0].id, application=check.application, takes=True)
        case _:
            practice = questionnaire.criteria[check.subject].practice_id
            return Destination("assess", practice, check.subject, application=check.application, takes=True)
