"""The matrix: answers of many applications at a glance, fifty of them changed at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.models.card import following
from app.desktop.models.matrix import MatrixCell, MatrixModel, Place, reason_for
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.flow import Flow
from app.desktop.widgets.matrix_table import OWNERS, MatrixTable
from app.desktop.widgets.text import OneLine, button, column, label
from app.desktop.widgets.writing import Writing
from questionnaires.model import NOT_APPLICABLE, Practice
from reports import words
from scoring.assessment import Basis


class Matrix(QWidget):
    """The table, what its current cell asks, and the answers to give to all that is selected."""

    moved = Signal(object, str)
    """Another cell is current: owner or None, criterion."""
    opened = Signal(object, str)
    """A cell is to be looked at as a card: owner or None, criterion."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = MatrixModel(session, self)
        names = [step.name for step in session.questionnaire.scale]
        levels = [level.number for level in session.questionnaire.level]
        name = self.tr("Answers of all applications")
        self.table = MatrixTable(name, self.model, names, (min(levels), max(levels)))
        self.table.activated.connect(self._on_table_activated)
        self.table.doubleClicked.connect(self._on_table_activated)
        self.table.selectionModel().selectionChanged.connect(self._show_selection)
        self.table.selectionModel().currentChanged.connect(self._on_table_current_changed)
        # An answer moves the data twice, at once and with the scores; what is selected is looked at once.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show_selection)
        self.model.dataChanged.connect(self._soon.start)
        self._question = label("", wrap=True)
        self._short_question = OneLine()
        self._count = OneLine(Role.SMALL, muted=True)
        self._buttons: list[QPushButton] = []
        for key, step in enumerate(session.questionnaire.scale, 1):
            self._add(self.tr("{0}  {1}").format(step.name, key), step.name, step.id)
        self._add(self.tr("N/A  0"), self.tr("Not applicable"), NOT_APPLICABLE)
        self._clear = button(self.tr("Common  ⌫"), "answer")
        self._clear.setAccessibleName(self.tr("Take the applications' own answers back"))
        self._clear.clicked.connect(self.clear)
        self._accept = button(self.tr("Accept evidence  E"), "quiet")
        self._accept.clicked.connect(self.accept)
        self._differ = label(self.tr("The reasons differ: Return opens one."), Role.SMALL, muted=True)
        self._differ.setContentsMargins(theme.px(12), theme.px(6), 0, 0)
        self._reason = Writing(self.tr("Reason"))
        self._reason.setReadOnly(not session.writable)
        self._reason.written.connect(self._on_reason_written)
        self._reason.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        answers = Flow(*self._buttons, self._clear, self._accept, self._differ, self._reason)
        asked = column(self._question, self._short_question, 4, answers, margins=(24, 8, 16, 8))
        whole = column(self._over(), asked)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.show_less(False)
        self._show_selection()

    def _over(self) -> QGridLayout:
        """The table, and what is selected in the corner that its headings leave."""
        corner = QWidget()
        corner.setFixedSize(theme.px(OWNERS), self.table.horizontalHeader().height() - 1)
        keys = label(self.tr("C column · Return card"), Role.SMALL, muted=True)
        corner.setLayout(column(-1, self._count, keys, margins=(8, 0, 4, 4)))
        found = QGridLayout()
        found.addWidget(self.table, 0, 0)
        found.addWidget(corner, 0, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        return found

    def show_less(self, less: bool) -> None:
        """In a low window the question takes one line: the applications are what the matrix is for."""
        self._question.setVisible(not less)
        self._short_question.setVisible(less)

    def _add(self, text: str, name: str, value: str) -> None:
        entry = button(text, "answer")
        entry.setAccessibleName(self.tr("Answer all selected: {0}").format(name))
        entry.clicked.connect(lambda: self.answer(value))
        self._buttons.append(entry)

    # ---- going

    def show_practice(self, practice: Practice, owner: str | None, criterion: str) -> None:
        """Bring a practice into view, at one cell."""
        if practice is not self.model.practice:
            self.model.show_practice(practice)
            self.table.fit()
        ids = [entry.id for entry in practice.criterion]
        goal = self.model.index(self.model.row(owner), ids.index(criterion) if criterion in ids else 0)
        selection = self.table.selectionModel()
        if goal != self.table.currentIndex() or not selection.hasSelection():
            selection.setCurrentIndex(goal, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @property
    def selected(self) -> list[Place]:
        """The selected cells, from the top."""
        return sorted(
            (row, column)
            for block in self.table.selectionModel().selection().toList()
            for row in range(block.top(), block.bottom() + 1)
            for column in range(block.left(), block.right() + 1)
        )

    # ---- doing

    def answer(self, value: str, basis: Basis | None = None) -> None:
        """Answer everything that is selected, as one step."""
        self._session.answer_each(self.model.answers(self.selected, value), basis=basis)
        if value == NOT_APPLICABLE and self._session.writable:
            self.write_reason()

    def write_reason(self) -> None:
        """Why what is selected does not apply, or stands against evidence; where nothing is so, nothing happens."""
        self._show_selection()
        if self._reason.isVisible():
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark(self) -> None:
        """Mark all that is selected for review; where all of it is, take the marks away."""
        cells = self._cells()
        marked = not all(cell.marked for cell in cells)
        self._session.amend_each([(cell.owner, cell.criterion) for cell in cells], marked=marked)

    def next_basis(self) -> None:
        """Give all selected answers the basis that follows the first one's."""
        cells = [cell for cell in self._cells() if cell.value is not None]
        if cells:
            basis = following(cells[0].basis)
            self._session.amend_each([(cell.owner, cell.criterion) for cell in cells], basis=basis)

    def clear(self) -> None:
        """Take back the answers that are selected; an application then has the common one again."""
        self.answer("clear")

    def accept(self) -> None:
        """Take over what evidence suggests for what is selected."""
        self._session.answer_each(self.model.suggestions(self.selected), basis=Basis.EVIDENCE)

    def commit(self) -> None:
        """Take over what is being typed."""
        self._reason.commit()

    def _on_reason_written(self, text: str) -> None:
        cells, _ = reason_for(self._cells())
        self._session.amend_each([(cell.owner, cell.criterion) for cell in cells], reason=text)

    # ---- showing

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_selection()

    def _show_selection(self, *_: object) -> None:
        if not self.isVisible():
            return
        cells = self._cells()
        owners = {cell.owner for cell in cells}
        self._count.say(
            words.parts([
                self.tr("{0} selected").format(len(cells)),
                self.tr("{0} applications").format(len(owners - {None})) if len(owners - {None}) > 1 else "",
            ])
        )  # fmt: skip
        for entry in (*self._buttons, self._clear):
            entry.setEnabled(bool(cells) and self._session.writable)
        suggested = any(cell.suggestion is not None for cell in cells)
        self._accept.setEnabled(suggested and self._session.writable)
        self._show_reason(cells)

    def _show_reason(self, cells: Sequence[MatrixCell]) -> None:
        wanted, text = reason_for(cells)
        self._differ.setVisible(not wanted and any(cell.wants_reason for cell in cells))
        whose = (
            self.tr("Reason, for every selected answer that says this") if text
            else self.tr("Reason, for every selected answer that lacks one")
        )  # fmt: skip
        short = self.tr("Reason of all of them") if text else self.tr("Reason where there is none yet")
        self._reason.setPlaceholderText(short)
        self._reason.setAccessibleName(whose)
        self._reason.setToolTip(whose)
        if not wanted and self._reason.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)  # before Qt gives it to another field
        self._reason.setVisible(bool(wanted))
        self._reason.show_text(text)

    def _cells(self) -> list[MatrixCell]:
        """What is selected, from the top."""
        return self.model.cells(self.selected)

    def _on_table_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            criterion = self.model.criterion(current.column())
            self._question.setText(criterion.question)
            self._short_question.say(criterion.question)
            self.moved.emit(self.model.owner(current.row()), criterion.id)

    def _on_table_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.model.owner(index.row()), self.model.criterion(index.column()).id)
