"""The matrix: answers of many applications at a glance, fifty of them changed at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import pixmap
from app.desktop.models.matrix import MatrixCell, MatrixModel, MatrixRole, Place, reason_for
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.cards import following
from app.desktop.widgets.flow import Flow
from app.desktop.widgets.text import button, column, label, row
from app.desktop.widgets.writing import Writing
from questionnaires.model import NOT_APPLICABLE, Practice
from reports import words
from scoring.assessment import Basis

Index = QModelIndex | QPersistentModelIndex
ANSWER_GROUNDS = (0.08, 0.35)
"""The share of the accent behind an application's own answer, from the worst step to the best."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Cells(QStyledItemDelegate):
    """An answer: on a ground where the application says so itself, in grey where it is the common one."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.colours()
        cell: MatrixCell = index.data(MatrixRole.CELL)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(2, 2, -2, -2)
        own = cell.value is not None and not cell.inherited
        painter.setPen(Qt.PenStyle.NoPen)
        if own and cell.fulfilled is not None:
            low, high = ANSWER_GROUNDS
            share = low + (high - low) * float(cell.fulfilled)
            painter.setBrush(QColor(theme.mixed(colours.background, colours.accent, share)))
        else:
            painter.setBrush(QColor(colours.surface if own else colours.background))
        painter.drawRoundedRect(area, theme.px(3), theme.px(3))
        painter.setFont(theme.font(Role.STRONG if own else Role.BODY))
        painter.setPen(QColor(colours.text if own else colours.muted))
        lines = int(Qt.AlignmentFlag.AlignCenter) | Qt.TextFlag.TextWordWrap
        painter.drawText(area, lines, str(index.data()))
        side = theme.px(14)
        ratio = painter.device().devicePixelRatioF()
        top = round(area.center().y()) - side // 2
        if cell.challenged or (cell.not_applicable and not cell.reasoned):
            picture = pixmap("challenge", colours.attention, side, ratio)
            painter.drawPixmap(round(area.right()) - side - theme.px(4), top, picture)
        if cell.marked:
            painter.drawPixmap(round(area.left()) + theme.px(4), top, pixmap("flagged", colours.accent, side, ratio))
        state = option.state
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRoundedRect(area, theme.px(3), theme.px(3))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), theme.px(4), theme.px(4))
        painter.restore()


class _Owners(QHeaderView):
    """Whose answers a row holds: the tier, and the name, which a long one does not widen."""

    def __init__(self, parent: QWidget, height: int) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setFixedWidth(theme.px(200))
        self.setDefaultSectionSize(height)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @override
    def paintSection(self, painter: QPainter, area: QRect, section: int) -> None:
        colours = theme.colours()
        model = self.model()
        tier = str(model.headerData(section, self.orientation(), MatrixRole.TIER))
        name = str(model.headerData(section, self.orientation()))
        painter.save()
        painter.fillRect(area, QColor(colours.background))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(colours.line))
        inner = area.adjusted(theme.px(8), 0, -theme.px(8), 0)
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(QColor(colours.muted))
        painter.drawText(inner, _LEFT, tier)
        painter.setFont(theme.font(Role.BODY if tier else Role.STRONG))
        painter.setPen(QColor(colours.text))
        if tier:
            inner = inner.adjusted(theme.px(20), 0, 0, 0)
        painter.drawText(
            inner, _LEFT, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, inner.width())
        )
        painter.restore()


class _Grid(QTableView):
    """The table itself. Return goes to the card; letters and digits are the page's keys, never a search."""

    def __init__(self, name: str, model: MatrixModel, answers: Sequence[str]) -> None:
        """``answers`` are the names that its cells show: columns hold the longest word, rows the most lines."""
        super().__init__()
        metrics = QFontMetrics(theme.font(Role.STRONG))
        widest = max(metrics.horizontalAdvance(word) for answer in answers for word in answer.split())
        lines = max(len(answer.split()) for answer in answers)
        self.setVerticalHeader(_Owners(self, max(theme.px(34), lines * metrics.lineSpacing() + theme.px(8))))
        self.setModel(model)
        self.setItemDelegate(_Cells(self))
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header.setMinimumSectionSize(max(theme.px(84), widest + theme.px(36)))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setFixedHeight(theme.px(64))
        header.sectionClicked.connect(self.select_applications)

    def select_applications(self, section: int) -> None:
        """Every application's answer to one criterion, without the common one."""
        model = self.model()
        first = min(1, model.rowCount() - 1)
        whole = QItemSelection(model.index(first, section), model.index(model.rowCount() - 1, section))
        # Moving there without a command would select that cell alone.
        self.selectionModel().setCurrentIndex(model.index(first, section), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(whole, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def fit(self) -> None:
        """Columns share the width while they have room; else they keep their least width and scroll."""
        header = self.horizontalHeader()
        crowded = self.model().columnCount() * header.minimumSectionSize() > self.viewport().width()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed if crowded else QHeaderView.ResizeMode.Stretch)
        if crowded:
            for section in range(header.count()):
                header.resizeSection(section, header.minimumSectionSize())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    @override
    def keyboardSearch(self, search: str) -> None:
        """Nothing: a digit that no shortcut takes does not jump about."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    @override
    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(240))


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
        self.table = _Grid(self.tr("Answers of all applications"), self.model, names)
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
        self._count = label("", Role.SMALL, muted=True)
        self._buttons: list[QPushButton] = []
        for key, step in enumerate(session.questionnaire.scale, 1):
            self._add(self.tr("{0}  {1}").format(step.name, key), step.name, step.id)
        self._add(self.tr("N/A  0"), self.tr("Not applicable"), NOT_APPLICABLE)
        self._clear = button(self.tr("Common  ⌫"), "answer")
        self._clear.setAccessibleName(self.tr("Take the applications' own answers back"))
        self._clear.clicked.connect(self.clear)
        self._accept = button(self.tr("Accept evidence  E"), "quiet")
        self._accept.clicked.connect(self.accept)
        self._reason_label = label("", Role.LABEL, wrap=True)
        self._reason = Writing(self.tr("Reason"), self.tr("Why does it not apply, or why does the claim stand?"))
        self._reason.setReadOnly(not session.writable)
        self._reason.written.connect(self._on_reason_written)
        self._reason.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        answers = Flow(*self._buttons, self._clear)
        whole = column(
            self.table, 8,
            column(self._question, 4, row(self._count, -1, self._accept), 4, answers, 8, self._reason_label, 2,
                   self._reason, 8,
                   margins=(24, 0, 16, 0)),
        )  # fmt: skip
        whole.setStretchFactor(self.table, 1)
        self.setLayout(whole)
        self._show_selection()

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
        if value == NOT_APPLICABLE:
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
        self._count.setText(
            words.parts([
                words.count(len(cells), self.tr("answer selected"), self.tr("answers selected")),
                self.tr("{0} applications").format(len(owners - {None})) if len(owners - {None}) > 1 else "",
                self.tr("C column · Return card"),
            ])
        )  # fmt: skip
        for entry in (*self._buttons, self._clear):
            entry.setEnabled(bool(cells) and self._session.writable)
        suggested = any(cell.suggestion is not None for cell in cells)
        self._accept.setEnabled(suggested and self._session.writable)
        self._show_reason(cells)

    def _show_reason(self, cells: Sequence[MatrixCell]) -> None:
        wanted, text = reason_for(cells)
        differ = not wanted and any(cell.wants_reason for cell in cells)
        self._reason_label.setText(
            self.tr("The reasons differ: Return opens one.") if differ
            else self.tr("Reason, for every selected answer that says this") if text
            else self.tr("Reason, for every selected answer that lacks one")
        )  # fmt: skip
        self._reason_label.setVisible(bool(wanted) or differ)
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
            self.moved.emit(self.model.owner(current.row()), criterion.id)

    def _on_table_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.model.owner(index.row()), self.model.criterion(index.column()).id)
