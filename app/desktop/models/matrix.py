"""Applications × criteria of one practice: the common answer first, then whoever differs from it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from fractions import Fraction
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.desktop.models.card import answer_name
from app.desktop.session import Changed, Session
from questionnaires.model import NOT_APPLICABLE, Criterion, Practice, Scope
from reports import words
from scoring.assessment import Application, Basis

Index = QModelIndex | QPersistentModelIndex
Place = tuple[int, int]
"""Row and column: a thousand of them cost nothing, a thousand of Qt's indexes do."""
_ROOT = QModelIndex()


class MatrixRole(IntEnum):
    CELL = Qt.ItemDataRole.UserRole
    """MatrixCell"""
    TIER = Qt.ItemDataRole.UserRole + 1
    """Of a row's heading: the tier, empty for the common answers."""
    LEVEL = Qt.ItemDataRole.UserRole + 2
    """Of a column's heading."""


class MatrixCell(NamedTuple):
    """One criterion of one owner. A tuple, since thousands are looked at whenever the selection moves."""

    owner: str | None
    criterion: str
    value: str | None
    fulfilled: Fraction | None
    """The value of the step; None where unanswered or not applicable."""
    inherited: bool
    """It is the common answer; the application has none of its own."""
    basis: Basis | None
    reason: str
    challenged: bool
    marked: bool
    suggestion: str | None

    @property
    def not_applicable(self) -> bool:
        return self.value == NOT_APPLICABLE

    @property
    def wants_reason(self) -> bool:
        """A reason of its own belongs here: it does not apply, or the claim stands against evidence."""
        return self.value is not None and not self.inherited and (self.not_applicable or self.challenged)


def reason_for(cells: Iterable[MatrixCell]) -> tuple[list[MatrixCell], str]:
    """Whose reason is written next, and what it is now.

    Those that lack one; where none does, all, if they say the same: different reasons are never written over.
    """
    wanted = [cell for cell in cells if cell.wants_reason]
    lacking = [cell for cell in wanted if not cell.reason]
    reasons = {cell.reason for cell in wanted}
    if lacking or not wanted:
        return lacking, ""
    return (wanted, reasons.pop()) if len(reasons) == 1 else ([], "")


class MatrixModel(QAbstractTableModel):
    """Rows: the common answers (or the organisation's), then the applications by tier and name."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._practice: Practice = session.questionnaire.pillar[0].practice[0]
        self._rows: list[Application | None] = [None]
        session.changed.connect(self._on_session_changed)
        session.evaluated.connect(self._all_changed)
        self.show_practice(self._practice)

    def show_practice(self, practice: Practice) -> None:
        """The criteria of another practice."""
        self.beginResetModel()
        self._practice = practice
        self._rows = self._read()
        self.endResetModel()

    def _read(self) -> list[Application | None]:
        if self._practice.scope is Scope.ORGANISATION:
            return [None]
        applications = self._session.assessment.applications.values()
        return [None, *sorted(applications, key=lambda app: (app.tier, app.name.casefold()))]

    # ---- what stands where

    @property
    def practice(self) -> Practice:
        return self._practice

    def criterion(self, column: int) -> Criterion:
        return self._practice.criterion[column]

    def owner(self, row: int) -> str | None:
        """Whose answers a row holds; None for the common ones and the organisation's."""
        application = self._rows[row]
        return application.id if application else None

    def row(self, owner: str | None) -> int:
        """Where an owner's answers stand; the first row where there are none."""
        return next((row for row in range(len(self._rows)) if self.owner(row) == owner), 0)

    def cell(self, row: int, column: int) -> MatrixCell:
        return self.cells([(row, column)])[0]

    def cells(self, places: Iterable[Place]) -> list[MatrixCell]:
        assessment, claims = self._session.assessment, self._session.evaluation.claims
        values = self._session.questionnaire.values
        ids = [criterion.id for criterion in self._practice.criterion]
        found = []
        for row, column in places:
            criterion, owner = ids[column], self.owner(row)
            application = assessment.applications.get(owner) if owner else None
            own = (application or assessment).answers.get(criterion)
            answer = own if own is not None and own.value is not None else assessment.answers.get(criterion)
            claim = claims.of(owner, criterion)
            value = answer.value if answer else None
            found.append(
                MatrixCell(
                    owner=owner,
                    criterion=criterion,
                    value=value,
                    fulfilled=values.get(value or ""),
                    inherited=value is not None and answer is not own,
                    basis=answer.basis if answer else None,
                    reason=answer.reason.strip() if answer else "",
                    challenged=claim is not None and claim.challenged,
                    marked=own is not None and own.marked,
                    suggestion=claim.suggestion if claim else None,
                )
            )
        return found

    def answers(self, places: Iterable[Place], value: str) -> list[tuple[str | None, str, str]]:
        """What answering these cells means: (owner, criterion, value)."""
        return [(self.owner(row), self._practice.criterion[column].id, value) for row, column in places]

    def suggestions(self, places: Iterable[Place]) -> list[tuple[str | None, str, str]]:
        """What evidence suggests for these cells, where it does."""
        cells = self.cells(places)
        return [(cell.owner, cell.criterion, cell.suggestion) for cell in cells if cell.suggestion is not None]

    # ---- Qt

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._practice.criterion)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            return self._column_heading(self._practice.criterion[section], role)
        application = self._rows[section]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return application.name if application else self._common_name()
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            case MatrixRole.TIER:
                return application.tier if application else ""
            case _:
                return None

    def _column_heading(self, criterion: Criterion, role: int) -> Any:
        name = criterion.id.rpartition(".")[2].replace("-", " ")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name
            case Qt.ItemDataRole.ToolTipRole:
                return f"{name}\n{criterion.question}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.tr("{0}, level {1}").format(name, criterion.level)
            case MatrixRole.LEVEL:
                return criterion.level
            case _:
                return None

    def _common_name(self) -> str:
        organisation = self._practice.scope is Scope.ORGANISATION
        return self.tr("Organisation") if organisation else self.tr("Common answers")

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.cell(index.row(), index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return words.NONE if cell.value is None else self._short(cell)
            case Qt.ItemDataRole.AccessibleTextRole:
                whose = self.headerData(index.row(), Qt.Orientation.Vertical)
                return ", ".join([whose, self.criterion(index.column()).question, *self._said(cell)])
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(self._said(cell))
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
            case MatrixRole.CELL:
                return cell
            case _:
                return None

    def _short(self, cell: MatrixCell) -> str:
        return self.tr("N/A") if cell.not_applicable else answer_name(self._session, cell.value)

    def _said(self, cell: MatrixCell) -> list[str]:
        parts = [answer_name(self._session, cell.value)]
        if cell.inherited:
            parts.append(self.tr("common answer"))
        if cell.challenged:
            parts.append(self.tr("challenged by evidence"))
        if cell.not_applicable and not cell.reason:
            parts.append(self.tr("needs a reason"))
        if cell.suggestion is not None:
            suggested = answer_name(self._session, cell.suggestion).casefold()
            parts.append(self.tr("evidence suggests {0}").format(suggested))
        if cell.marked:
            parts.append(self.tr("marked for review"))
        return parts

    # ---- hearing

    def _on_session_changed(self, changed: Changed) -> None:
        if changed.only_answers:
            self._all_changed()
            return
        rows = self._read()
        if [row and (row.id, row.name, row.tier) for row in rows] == [
            row and (row.id, row.name, row.tier) for row in self._rows
        ]:
            self._rows = rows
            self._all_changed()
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def _all_changed(self) -> None:
        """Cheap: a view paints no more than what is in view."""
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
