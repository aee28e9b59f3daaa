"""One tier's report as a frozen tree of display values: numbers rounded, sentences worded, nothing left to compute.

Charts, HTML and later formats read only this. Each part of the report is built by the module of its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from questionnaires.model import Content, Questionnaire
from reports import words
from reports.appendices import Appendices, appendices
from reports.board import Board, board
from reports.glossary import READING
from reports.initiatives import Roadmap, roadmap
from reports.standing import Standing, standing
from reports.view import View
from scoring.assessment import Assessment
from scoring.claims import Claims
from scoring.progress import Baseline
from scoring.roadmap import Plan
from scoring.scores import Scores


@dataclass(frozen=True, slots=True)
class Cover:
    client: str
    tier: str
    scope: str
    """Which applications, and what the tier means."""
    date: str
    assessors: str
    questionnaire: str
    regimes: str
    classification: str
    made_with: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The levels, for every chart and legend."""

    base: int
    top: int
    names: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole report of one tier."""

    title: str
    as_of: date
    """The document's date: the engagement's, never the clock's."""
    scale: Scale
    cover: Cover
    reading: tuple[tuple[str, str], ...]
    """(what one sees, what it means)"""
    board: Board
    standing: Standing
    roadmap: Roadmap
    appendices: Appendices


def build(  # noqa: PLR0917 (what an assessment consists of, in the order in which it comes about)
    content: Content,
    questionnaire: Questionnaire,
    assessment: Assessment,
    claims: Claims,
    scores: Scores,
    plan: Plan,
    tier: str,
    *,
    baselines: Sequence[Baseline] = (),
    head: str = "",
    version: str = "",
    classification: str = "Confidential",
) -> Snapshot:
    """The report of one tier.

    ``head`` is the head of the engagement's journal, ``version`` that of Colonnade; both are printed where given.
    Raises KeyError for a tier that is unknown or has no application.
    """
    if tier not in scores.tiers:
        raise KeyError(tier)
    by_id = content.tiers.by_id
    view = View(content, questionnaire, assessment, claims, scores, plan, by_id[tier], tuple(baselines))
    return Snapshot(
        title=f"{assessment.organisation}: DevSecOps maturity and roadmap, {view.tier_name}",
        as_of=assessment.as_of,
        scale=Scale(
            questionnaire.base,
            questionnaire.top,
            tuple((level.number, level.name) for level in questionnaire.level),
        ),
        cover=_cover(view, version, classification),
        reading=READING,
        board=board(view),
        standing=standing(view),
        roadmap=roadmap(view),
        appendices=appendices(view, head),
    )


def _cover(view: View, version: str, classification: str) -> Cover:
    assessment = view.assessment
    return Cover(
        client=assessment.organisation,
        tier=view.tier_name,
        scope=f"{words.listed([app.name for app in view.applications], 6)}. {words.sentence(view.tier.meaning)}",
        date=words.day(assessment.as_of),
        assessors=", ".join(assessment.assessors),
        questionnaire=f"{view.questionnaire.title} {view.questionnaire.version}",
        regimes=", ".join(regime.name for regime in view.regimes),
        classification=classification,
        made_with=words.parts([f"Colonnade {version}".strip(), f"scoring rules {view.scores.rules}"]),
    )
