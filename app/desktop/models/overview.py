"""The overview's tables: pillars against target, and applications × pillars."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.desktop.destination import Destination
from app.desktop.models.tiers import ALL
from app.desktop.session import Session
from questionnaires.model import Pillar, Scope
from reports import words
from scoring import lacking
from scoring.assessment import Application
from scoring.scores import (
    GroupResult,
    Node,
    Result,
    Score,
    at_target,
    holding,
    overall_target,
    pillar_reaches,
    rounded,
)

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class OverviewRole(IntEnum):
    BAR = Qt.ItemDataRole.UserRole
    """Bar"""
    CELL = Qt.ItemDataRole.UserRole + 1
    """HeatCell"""
    LEVEL = Qt.ItemDataRole.UserRole + 2
    """int or None, where a chip is to be painted"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A score on the scale of levels."""

    base: int
    top: int
    score: Score | None
    target: Fraction | None


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One pillar of one application."""

    score: Score | None
    reached: bool
    base: int
    top: int


def result_of(session: Session, tier: str) -> Result:
    """The scores of a tier, or of the organisation."""
    scores = session.evaluation.scores
    return scores.tiers.get(tier, scores.organisation)


def members(session: Session, tier: str) -> tuple[str, ...]:
    """The applications that were scored in a tier, or all of them."""
    result = result_of(session, tier)
    return result.members if isinstance(result, GroupResult) else ()


def target_of(session: Session, tier: str) -> Fraction | None:
    """The overall target of a tier; there is none over all."""
    scores = session.evaluation.scores
    return overall_target(session.questionnaire, scores, tier) if tier in scores.tiers else None


def held_by(session: Session, tier: str, pillar: Pillar | None = None) -> tuple[str, ...]:
    """The practices that hold the level of a pillar down, or of everything, in the order of the report."""
    among = [entry.id for entry in pillar.practice] if pillar else None
    return lacking.held_by(session.questionnaire, session.evaluation.scores, tier, among)


def to_held_by(session: Session, tier: str, pillar: Pillar | None = None) -> Destination:
    """The first of them, at the application where it stands lowest."""
    practice = next(iter(held_by(session, tier, pillar)), (pillar or session.questionnaire.pillar[0]).practice[0].id)
    if session.questionnaire.practices[practice].scope is Scope.ORGANISATION:
        return Destination("assess", practice)
    scores = session.evaluation.scores
    application = lacking.lowest(scores, practice, members(session, tier))
    return Destination("assess", practice, application=application, takes=True)


def below_target(session: Session, tier: str, pillar: Pillar) -> bool:
    """Whether some practice of a pillar has a gap in some application."""
    scores, among = session.evaluation.scores, [entry.id for entry in pillar.practice]
    tiers = [tier] if tier in scores.tiers else list(scores.tiers)
    counts = [at_target(session.questionnaire, scores, key, among) for key in tiers]
    return any(count.reached < count.pairs for count in counts)


class PillarsModel(QAbstractTableModel):
    """One row for each pillar of the tier in view."""

    NAME, BAR, SCORE, EVIDENCED, TARGET, LEVEL, HELD = range(7)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tier = ALL
        self._titles = (
            self.tr("Pillar"), "", self.tr("Score"), self.tr("Evidenced"), self.tr("Target"), self.tr("Level"),
            self.tr("Held down by"),
        )  # fmt: skip

    def show_tier(self, tier: str) -> None:
        self._tier = tier
        self.refresh()

    def refresh(self) -> None:
        """The scores moved."""
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def destination(self, row: int) -> Destination:
        """The practice that holds a pillar down, at the application where it does; else the pillar's first."""
        return to_held_by(self._session, self._tier, self._session.questionnaire.pillar[row])

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._session.questionnaire.pillar)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._titles)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            number = section in (self.SCORE, self.EVIDENCED, self.TARGET)
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        session = self._session
        pillar = session.questionnaire.pillar[index.row()]
        score = result_of(session, self._tier).pillars[pillar.id].score
        target = session.evaluation.scores.targets.get((self._tier, pillar.id))
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index.column(), pillar, score, target)
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = [self.headerData(index.column(), Qt.Orientation.Horizontal),
                         self._text(index.column(), pillar, score, target)]  # fmt: skip
                return " ".join(part for part in parts if part)
            case Qt.ItemDataRole.ToolTipRole if index.column() == self.HELD:
                return "\n".join(self._holding(pillar))
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.headerData(index.column(), Qt.Orientation.Horizontal, role)
            case OverviewRole.BAR if index.column() == self.BAR:
                wanted = Fraction(target) if target is not None else None
                return Bar(session.questionnaire.base, session.questionnaire.top, score, wanted)
            case OverviewRole.LEVEL if index.column() == self.LEVEL:
                return score.level if score else None
            case _:
                return None

    def _holding(self, pillar: Pillar) -> list[str]:
        """Names of what holds a pillar down; none where it lacks nothing to its target."""
        if not below_target(self._session, self._tier, pillar):
            return []
        return [self._session.questionnaire.practices[key].name for key in held_by(self._session, self._tier, pillar)]

    def _text(self, column: int, pillar: Pillar, score: Score | None, target: int | None) -> str:
        match column:
            case self.NAME:
                return pillar.name
            case self.SCORE:
                return words.score(score.low if score else None)
            case self.BAR if score is not None and rounded(score.high) != rounded(score.low):
                return self.tr("up to {0}").format(words.score(score.high))
            case self.EVIDENCED:
                return words.score(score.evidenced if score else None)
            case self.TARGET:
                return words.NONE if target is None else str(target)
            case self.LEVEL:
                return words.NONE if score is None else str(score.level)
            case self.HELD:
                return words.listed(self._holding(pillar), 2).replace(" more", "\u00a0more")
            case _:
                return ""


class HeatModel(QAbstractTableModel):
    """Applications by tier and name; a column for each pillar and one for everything."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tier = ALL
        self._applications: list[Application] = []
        self.refresh()

    def show_tier(self, tier: str) -> None:
        self._tier = tier
        self.refresh()

    def refresh(self) -> None:
        """The scores or the applications moved."""
        session = self._session
        scored = session.evaluation.scores.applications
        shown = [
            app for app in sorted(session.assessment.applications.values(), key=lambda a: (a.tier, a.name.casefold()))
            if self._tier in (ALL, app.tier) and app.id in scored
        ]  # fmt: skip
        if [app.id for app in shown] != [app.id for app in self._applications]:
            self.beginResetModel()
            self._applications = shown
            self.endResetModel()
        elif shown:
            self._applications = shown
            self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, self.columnCount() - 1))

    def destination(self, row: int, column: int) -> Destination:
        """An application's pillar at the practice that holds it down."""
        application = self._applications[row]
        pillars = self._session.questionnaire.pillar
        result = self._session.evaluation.scores.applications[application.id]
        practice = None
        if 1 <= column <= len(pillars):
            pillar = pillars[column - 1]
            target = self._session.evaluation.scores.targets[application.tier, pillar.id]
            held = holding({entry.id: result.practices[entry.id] for entry in pillar.practice}, lambda _: target)
            practice = next(iter(held), pillar.practice[0].id)
        return Destination("assess", practice, application=application.id, takes=True)

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._applications)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._session.questionnaire.pillar) + 2

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        pillars = self._session.questionnaire.pillar
        if role == Qt.ItemDataRole.DisplayRole:
            if section == 0:
                return self.tr("Application")
            return pillars[section - 1].name if section <= len(pillars) else self.tr("Overall")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignHCenter
            return int(side | Qt.AlignmentFlag.AlignBottom) | Qt.TextFlag.TextWordWrap
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        application = self._applications[index.row()]
        if index.column() == 0:
            return self._named(application, role)
        return self._scored(self._cell(application, index.column()), role)

    def _named(self, application: Application, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return application.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.tr("{0}, tier {1}").format(application.name, application.tier)
            case Qt.ItemDataRole.UserRole:
                return application.tier
            case _:
                return None

    def _scored(self, cell: HeatCell, role: int) -> Any:
        number = words.score(cell.score.low if cell.score else None)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{cell.score.level} · {number}" if cell.score else number
            case Qt.ItemDataRole.AccessibleTextRole:
                said = self.tr("level {0}, score {1}").format(cell.score.level, number) if cell.score else number
                return f"{said}, {self.tr('at target') if cell.reached else self.tr('below target')}"
            case Qt.ItemDataRole.ToolTipRole if cell.score is not None:
                name = self._session.questionnaire.level_name(cell.score.level)
                evidenced = words.score(cell.score.evidenced)
                return self.tr("Level {0} {1}, evidenced {2}").format(cell.score.level, name, evidenced)
            case OverviewRole.CELL:
                return cell
            case _:
                return None

    def _cell(self, application: Application, column: int) -> HeatCell:
        session = self._session
        scores = session.evaluation.scores
        result = scores.applications[application.id]
        pillars = session.questionnaire.pillar
        node: Node = result.overall
        reached = False
        if column <= len(pillars):
            pillar = pillars[column - 1]
            node = result.pillars[pillar.id]
            target = scores.targets.get((application.tier, pillar.id))
            reached = (
                node.score is not None
                and target is not None
                and pillar_reaches(session.questionnaire, result, pillar, target)
            )
        elif node.score is not None:
            wanted = overall_target(session.questionnaire, scores, application.tier, application.id)
            reached = node.score.low >= wanted
        return HeatCell(node.score, reached, session.questionnaire.base, session.questionnaire.top)
