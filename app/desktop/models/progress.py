"""What moved since a baseline: per pillar, and answer by answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from app.desktop.destination import Destination
from app.desktop.language import tr
from app.desktop.models.card import answer_name
from app.desktop.models.table import TwoLineTable
from app.desktop.models.tiers import ALL
from app.desktop.session import Session
from app.engagement.history import last_changes
from questionnaires.model import Questionnaire
from reports import words
from reports.progress import delivered
from scoring.assessment import Answer, Assessment
from scoring.delivery import Delivery, ItemMove
from scoring.evaluation import Evaluation
from scoring.progress import AnswerMove, Baseline, Comparison, Kind, ScoreMove, compare
from scoring.results import Owner, Stored
from scoring.roadmap import Plan
from scoring.trend import Course, Measure, Trend, trend_of_tier

MOVED: tuple[Kind, ...] = tuple(kind for kind in Kind if kind is not Kind.UNCHANGED)
_ICONS = {
    Kind.IMPROVED: "check",
    Kind.FELL: "challenge",
    Kind.QUESTION_CHANGED: "challenge",
    Kind.NEW: "plus",
    Kind.ANSWERED: "plus",
    Kind.REMOVED: "cross",
    Kind.WITHDRAWN: "cross",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """Today beside the past, for one tier or all."""

    comparison: Comparison
    trend: Trend | None
    """None where no single tier is in view."""


def look(
    asked: tuple[Questionnaire, Assessment, Evaluation, Plan | None],
    baselines: Sequence[Baseline],
    chosen: str,
    tier: str,
    folder: Path,
) -> Looked:
    """Compare with the baseline of that label, and follow the tier over all of them. Safe on any thread."""
    questionnaire, assessment, evaluation, plan = asked
    baseline = next(entry for entry in baselines if entry.label == chosen)
    comparison = compare(questionnaire, assessment, evaluation, plan, baseline, changed_on=last_changes(folder))
    if tier == ALL or tier not in evaluation.scores.tiers:
        return Looked(comparison, None)
    return Looked(comparison, trend_of_tier(questionnaire, assessment, evaluation, baselines, tier, plan))


def kind_name(kind: Kind) -> str:
    """What became of an answer, in words."""
    return {
        Kind.IMPROVED: tr("Improved"),
        Kind.FELL: tr("Fell"),
        Kind.ANSWERED: tr("Answered"),
        Kind.WITHDRAWN: tr("Withdrawn"),
        Kind.NOT_APPLICABLE: tr("Now not applicable"),
        Kind.APPLICABLE: tr("Now applicable"),
        Kind.NEW: tr("New question"),
        Kind.REMOVED: tr("No longer asked"),
        Kind.QUESTION_CHANGED: tr("Question changed"),
        Kind.UNCHANGED: tr("Unchanged"),
    }[kind]


def moves(comparison: Comparison, tier: str, wanted: Collection[Kind] = MOVED) -> list[AnswerMove]:
    """The answers of a tier that moved in one of these ways, what fell first."""
    order: list[Kind] = [Kind.FELL, Kind.QUESTION_CHANGED, Kind.WITHDRAWN, *Kind]
    found = comparison.of(tier=None if tier == ALL else tier)
    return sorted((move for move in found if move.kind in wanted), key=lambda move: order.index(move.kind))


def delivered_words(session: Session, found: Comparison, tier: str) -> str:
    """What became of the earlier roadmap, then by name what is done, what slipped and what was dropped."""
    if found.items is None:
        if session.plan is None:
            return tr("The earlier roadmap compares with a stored one: keep one on the Roadmap page.")
        return tr("No roadmap was kept with the earlier engagement.")
    items = [item for item in found.items if tier in (ALL, *item.tiers)]
    said = [delivered(items).removesuffix(".") + "."]
    for kind, name in (
        (Delivery.DONE, tr("Done: {0}.")),
        (Delivery.SLIPPED, tr("Slipped: {0}.")),
        (Delivery.DROPPED, tr("Dropped: {0}.")),
        (Delivery.DONE_UNPLANNED, tr("Done, not planned then: {0}.")),
    ):
        named = [_initiative(session, item) for item in items if item.kind is kind]
        if named:
            said.append(name.format(words.listed(named)))
    return "\n".join(said)


def _initiative(session: Session, item: ItemMove) -> str:
    practice = session.questionnaire.practices.get(item.practice)
    return tr("{0} level {1}").format(practice.name if practice else item.practice, item.level)


class ChangesModel(TwoLineTable):
    """One row for each answer that moved."""

    WHAT, CRITERION, THEN, NOW, WHY = range(5)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[AnswerMove] = []
        self._titles = (
            self.tr("What"), self.tr("Criterion"), self.tr("Then"), self.tr("Now"), self.tr("Why"),
        )  # fmt: skip

    def show_moves(self, rows: Sequence[AnswerMove]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def destination(self, row: int) -> Destination | None:
        """Where the answer is given today; None for a question that is no longer asked."""
        move = self._rows[row]
        criterion = self._session.questionnaire.criteria.get(move.criterion)
        if criterion is None:
            return None
        return Destination("assess", criterion.practice_id, criterion.id, application=move.application, takes=True)

    @override
    def _size(self) -> int:
        return len(self._rows)

    @override
    def _more(self, row: int, column: int, role: int) -> Any:
        move = self._rows[row]
        match role:
            case Qt.ItemDataRole.DecorationRole if column == self.WHAT:
                return _ICONS.get(move.kind, "skipped")
            case Qt.ItemDataRole.ToolTipRole:
                return self._text(row, column) or None
            case _:
                return None

    @override
    def _text(self, row: int, column: int) -> str:
        move = self._rows[row]
        match column:
            case self.WHAT:
                return kind_name(move.kind)
            case self.CRITERION:
                asked = self._session.questionnaire.criteria.get(move.criterion)
                return asked.question if asked else move.criterion
            case self.THEN:
                return self._answer(move.before)
            case self.NOW:
                return self._answer(move.now)
            case _:
                return move.why or (move.now.note or move.now.reason if move.now else "")

    @override
    def _second(self, row: int, column: int) -> str:
        move = self._rows[row]
        match column:
            case self.CRITERION:
                session = self._session
                application = session.assessment.applications.get(move.application or "")
                practice = session.questionnaire.practices.get(move.practice)
                whose = application.name if application else self.tr("Organisation or common")
                formerly = self.tr("formerly {0}").format(move.formerly) if move.formerly else ""
                return words.parts([whose, practice.name if practice else move.practice, formerly])
            case self.NOW if move.changed_on is not None and move.kind is not Kind.UNCHANGED:
                return words.day(move.changed_on)
            case _:
                return ""

    def _answer(self, answer: Answer | None) -> str:
        return words.NONE if answer is None else answer_name(self._session, answer.value)


class PillarMovesModel(TwoLineTable):
    """Overall and each pillar: then, now, the change, and where it is heading."""

    NAME, THEN, NOW, CHANGE, EVIDENCED, FORECAST = range(6)
    _figures = frozenset((THEN, NOW))

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looked: Looked | None = None
        self._owner = Owner(None, None)
        self._titles = (
            self.tr("Pillar"), self.tr("Then"), self.tr("Now"), self.tr("Change"), self.tr("Evidenced"),
            self.tr("At this pace"),
        )  # fmt: skip
        self._nodes = [("", self.tr("Overall")), *((p.id, p.name) for p in session.questionnaire.pillar)]

    def show_looked(self, looked: Looked | None, tier: str) -> None:
        self.beginResetModel()
        self._looked = looked
        self._owner = Owner(None if tier == ALL else tier, None)
        self.endResetModel()

    def node(self, row: int) -> str:
        """Empty for overall, else a pillar."""
        return self._nodes[row][0]

    def name(self, node: str) -> str:
        return dict(self._nodes)[node]

    @override
    def _size(self) -> int:
        return len(self._nodes) if self._looked is not None else 0

    def _move(self, row: int) -> ScoreMove | None:
        return self._looked.comparison.score(self._owner, self.node(row)) if self._looked else None

    @override
    def _text(self, row: int, column: int) -> str:
        move = self._move(row)
        match column:
            case self.NAME:
                return self._nodes[row][1]
            case self.THEN:
                return _claimed(move.before if move else None)
            case self.NOW:
                return _claimed(move.now if move else None)
            case self.CHANGE if move and move.before and move.now and move.comparable:
                return words.change(move.before.low, move.now.low)
            case self.EVIDENCED if move and move.before and move.now and move.comparable:
                return words.change(move.before.evidenced, move.now.evidenced)
            case self.FORECAST:
                return self._forecast(row)
            case _:
                return words.NONE

    @override
    def _second(self, row: int, column: int) -> str:
        return ""

    def _forecast(self, row: int) -> str:
        """The next day that the trend looks at, always as an interval."""
        if self._looked is None or self._looked.trend is None:
            return words.NONE
        course = course_of(self._looked.trend, self.node(row))
        if course is None or not course.forecasts:
            return words.NONE
        ahead = course.forecasts[-1]
        return self.tr("{0} to {1} in {2}").format(f"{ahead.low:.1f}", f"{ahead.high:.1f}", words.month(ahead.day))


def course_of(trend: Trend, node: str, measure: Measure = Measure.CLAIMED) -> Course | None:
    """One measure over time; None where the trend does not know it."""
    try:
        return trend.course(node, measure)
    except KeyError:
        return None


def _claimed(stored: Stored | None) -> str:
    return words.score(stored.low if stored else None)
