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
from reports.dsomm import DsommView, dsomm
from reports.glossary import reading
from reports.initiatives import Roadmap, roadmap
from reports.language import _, speaking
from reports.options import Options
from reports.progress import Progress, progress
from reports.regimes import Regimes, regimes
from reports.standing import Standing, standing
from reports.tables import Table, tables
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
    progress: Progress | None
    """None without a baseline that compares."""
    regimes: Regimes | None
    """None where none in scope speaks to the questionnaire."""
    dsomm: DsommView | None
    """None where nothing in the questionnaire is an activity or stands for one."""
    appendices: Appendices
    tables: tuple[Table, ...]
    """Everything in full, for workbooks and CSV: what the pages only show where it matters."""
    options: Options


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
    options: Options | None = None,
) -> Snapshot:
    """The report of one tier.

    ``head`` is the head of the engagement's journal, ``version`` that of Colonnade; both are printed where given.
    Raises KeyError for a tier that is unknown or has no application, and
    :class:`reports.language.UnknownLanguage` for a locale without a catalogue.
    """
    options = options or Options()
    if tier not in scores.tiers:
        raise KeyError(tier)
    by_id = content.tiers.by_id
    view = View(content, questionnaire, assessment, claims, scores, plan, by_id[tier], tuple(baselines))
    with speaking(options.locale):
        return Snapshot(
            title=_(
                "{client}: DevSecOps maturity and roadmap, {tier}", client=assessment.organisation, tier=view.tier_name
            ),
            as_of=assessment.as_of,
            scale=Scale(
                questionnaire.base,
                questionnaire.top,
                tuple((level.number, level.name) for level in questionnaire.level),
            ),
            cover=_cover(view, version, options.classification),
            reading=reading(),
            board=board(view),
            standing=standing(view),
            roadmap=roadmap(view),
            progress=progress(view),
            regimes=regimes(view),
            dsomm=dsomm(view),
            appendices=appendices(view, head),
            tables=tables(view),
            options=options,
        )


def _cover(view: View, version: str, classification: str | None) -> Cover:
    assessment = view.assessment
    return Cover(
        client=assessment.organisation,
        tier=view.tier_name,
        scope=f"{_fitting([app.name for app in view.applications], 170)}. {words.sentence(view.tier.meaning)}",
        date=words.day(assessment.as_of),
        assessors=_fitting(assessment.assessors, 140),
        questionnaire=f"{view.questionnaire.title} {view.questionnaire.version}",
        regimes=_fitting([regime.name for regime in view.regimes], 140),
        classification=_("Confidential") if classification is None else classification,
        made_with=words.parts([f"Colonnade {version}".strip(), _("scoring rules {rules}", rules=view.scores.rules)]),
    )


def _fitting(names: Sequence[str], letters: int) -> str:
    """As many of some names as the cover has room for, the first one in any case."""
    for most in range(len(names), 1, -1):
        text = words.listed(names, most)
        if len(text) <= letters:
            return text
    return words.listed(names, 1)
