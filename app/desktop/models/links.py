"""What a criterion is tied to beyond itself, in words: obligations, DSOMM activities, last time's answer."""

from __future__ import annotations

from app.desktop.language import tr
from app.desktop.models.card import answer_name
from app.desktop.session import Session
from questionnaires.dsomm import DSOMM
from questionnaires.model import Questionnaire
from reports import words

MOST = 6
"""Numbers of one regime out of scope that are listed; the rest are counted."""


def obligation_links(session: Session, criterion: str) -> list[str]:
    """Obligations of the regimes in scope: regime, number and title."""
    regimes = (session.content.regimes.get(key) for key in session.assessment.regimes)
    return [
        f"– {regime.name} {obligation.number}: {obligation.title}"
        for regime in regimes
        if regime is not None
        for obligation in regime.obligations_of.get(criterion, ())
    ]


def other_links(session: Session, criterion: str) -> list[str]:
    """The numbers in every other regime that knows the criterion."""
    found = []
    for regime in sorted(session.content.regimes.values(), key=lambda entry: entry.name):
        numbers = [obligation.number for obligation in regime.obligations_of.get(criterion, ())]
        if numbers and regime.id not in session.assessment.regimes:
            found.append(f"– {regime.name} {words.listed(numbers, MOST)}")
    return found


def activity_links(session: Session, criterion: str) -> list[str]:
    """DSOMM activities that the criterion speaks to: name and level. None for a DSOMM questionnaire itself."""
    dsomm = session.content.questionnaires.get(DSOMM)
    asked = session.questionnaire.criteria[criterion]
    if dsomm is None or asked.activity is not None:
        return []
    known = _activities(dsomm)
    return [tr("– {0} (level {1})").format(*known[uuid]) for uuid in asked.dsomm if uuid in known]


def _activities(dsomm: Questionnaire) -> dict[str, tuple[str, int]]:
    """Uuid → name and level."""
    return {
        criterion.dsomm[0]: (criterion.activity.name, criterion.level)
        for criterion in dsomm.criteria.values()
        if criterion.activity is not None
    }


def then_words(session: Session, criterion: str) -> str:
    """Last time's answer with its basis and note; empty where there was none."""
    then = session.earlier.then(criterion, session.owner(criterion))
    if then is None:
        return ""
    parts = [
        answer_name(session, then.answer.value),
        then.answer.basis.value if then.answer.basis else "",
        words.day(then.baseline.as_of),
        tr("the question has changed since") if then.question_changed else "",
    ]
    return "\n".join(part for part in (words.parts(parts), then.answer.note, then.answer.reason) if part)
