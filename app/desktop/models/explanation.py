"""How a number came about, as lines to read: the sums of ``scoring.explain`` in the words of ``scoring.written``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.desktop.language import tr
from app.desktop.session import Session
from questionnaires.model import Questionnaire, Scope
from reports import words
from scoring.explain import Explanation, Figure, Kind, explain
from scoring.written import amount, answer_lines, arithmetic, statement_line

MOST = 60
"""Parts of one whole that are listed: a tier may have a thousand applications."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, the deeper the further down in the tree."""

    depth: int
    text: str
    heading: bool = False


def explained(
    session: Session, subject: str = "", *, application: str | None = None, tier: str | None = None
) -> tuple[str, tuple[Line, ...]] | None:
    """Whose number of what it is, and its lines; None where nothing is scored, such as without any application."""
    evaluation, questionnaire = session.evaluation, session.questionnaire
    assessment = evaluation.assessment
    known = assessment.applications.get(application or "")
    practice = questionnaire.practices.get(subject)
    alone = practice is not None and practice.scope is Scope.APPLICATION and not assessment.applications
    if (
        alone
        or (application is not None and known is None)
        or (tier is not None and tier not in evaluation.scores.tiers)
    ):
        return None
    found = explain(questionnaire, assessment, evaluation, subject, application=application, tier=tier)
    whom = known.name if known else tr("Tier {0}").format(tier) if tier else assessment.organisation
    lines = tuple(_lines(session, found, 0))
    return f"{whom} · {found.label}", lines


def _lines(session: Session, node: Explanation, depth: int) -> Iterator[Line]:
    questionnaire = session.questionnaire
    if depth:
        weight = tr(" (weight {0})").format(node.weight) if node.weight != 1 else ""
        yield Line(depth, node.label + weight, heading=True)
    for text in _about(session, questionnaire, node):
        yield Line(depth, text)
    whole = node.kind in (Kind.OVERALL, Kind.PILLAR) or bool(node.distribution)
    for part in node.parts[:MOST]:
        if whole:
            figures = part.figures
            text = amount(figures.low) if figures else tr("not applicable")
            yield Line(depth + 1, f"{part.label}: {text}")
        else:
            yield from _lines(session, part, depth + 1)
    if len(node.parts) > MOST:
        yield Line(depth + 1, tr("and {0} more").format(len(node.parts) - MOST))


def _about(session: Session, questionnaire: Questionnaire, node: Explanation) -> Iterator[str]:
    if node.said is not None:
        yield from answer_lines(questionnaire, node.said)
        yield from (statement_line(questionnaire, entry) for entry in node.said.statements)
        return
    figures = node.figures
    if figures is None:
        yield tr("Nothing here is applicable: it has no score and enters no sum.")
        return
    names = {
        Figure.CLAIMED: tr("Claimed"), Figure.UP_TO: tr("Up to"),
        Figure.EVIDENCED: tr("Evidenced"),
    }  # fmt: skip
    for figure in Figure:
        if figure is not Figure.UP_TO or figures.high != figures.low:
            yield f"{names[figure]}: {arithmetic(node, figure) or amount(figures.of(figure))}"
    if node.level is not None and node.kind is not Kind.LEVEL:
        held = words.listed((_name(session, key) for key in node.held_down_by), 3)
        level = tr("Level {0} {1}").format(node.level, questionnaire.level_name(node.level))
        yield level + (tr(", held by {0}").format(held) if held else "")


def _name(session: Session, key: str) -> str:
    """What a person calls whatever holds a level down; a criterion as the matrix heads it."""
    questionnaire = session.questionnaire
    if key in questionnaire.criteria:
        return key.rpartition(".")[2].replace("-", " ")
    if key in questionnaire.practices:
        return questionnaire.practices[key].name
    pillar = next((pillar for pillar in questionnaire.pillar if pillar.id == key), None)
    application = session.evaluation.assessment.applications.get(key)
    return pillar.name if pillar else application.name if application else key
