"""The table of the matrix: whose answers, to which criteria, and how each cell shows one."""

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
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import pixmap
from app.desktop.models.matrix import MatrixCell, MatrixModel, MatrixRole
from app.desktop.theme import Role
from app.desktop.widgets.paint import chip, wrapped

Index = QModelIndex | QPersistentModelIndex
OWNERS = 200
"""The width of the names at the left."""
SIDE = 18
"""Of a level's chip."""
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
        if cell.challenged or (cell.not_applicable and not cell.reason):
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
        self.setFixedWidth(theme.px(OWNERS))
        self.setDefaultSectionSize(height)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @override
    def sizeHint(self) -> QSize:
        """Without looking at hundreds of names, as Qt does each time that the table is laid out."""
        return QSize(theme.px(OWNERS), super().minimumSizeHint().height())

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


class _Criteria(QHeaderView):
    """What the columns ask: the level's chip, which always has its room, and as much of the name as two lines hold.

    ``base`` and ``top`` are the lowest and the highest level.
    """

    def __init__(self, parent: QWidget, base: int, top: int) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._base, self._top = base, top
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(2 * QFontMetrics(theme.font(Role.SMALL)).lineSpacing() + theme.px(SIDE + 10))

    @override
    def paintSection(self, painter: QPainter, area: QRect, section: int) -> None:
        colours = theme.colours()
        level = int(self.model().headerData(section, self.orientation(), MatrixRole.LEVEL))
        painter.save()
        painter.fillRect(area, QColor(colours.background))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(colours.line))
        side = theme.px(SIDE)
        inner = area.adjusted(theme.px(8), theme.px(4), -theme.px(4), -theme.px(4))
        chip(painter, QRect(inner.left(), inner.top(), side, side), level, self._base, self._top)
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(QColor(colours.muted))
        name = str(self.model().headerData(section, self.orientation()))
        wrapped(painter, inner.adjusted(0, side + theme.px(2), 0, 0), name)
        painter.restore()


class MatrixTable(QTableView):
    """The table itself. Return goes to the card; letters and digits are the page's keys, never a search."""

    def __init__(self, name: str, model: MatrixModel, answers: Sequence[str], levels: tuple[int, int]) -> None:
        """``answers`` are the names that its cells show: columns hold the longest word, rows the most lines.

        ``levels`` are the lowest and the highest one.
        """
        super().__init__()
        metrics = QFontMetrics(theme.font(Role.STRONG))
        widest = max(metrics.horizontalAdvance(word) for answer in answers for word in answer.split())
        lines = max(len(answer.split()) for answer in answers)
        self.setVerticalHeader(_Owners(self, max(theme.px(34), lines * metrics.lineSpacing() + theme.px(4))))
        self.setHorizontalHeader(_Criteria(self, *levels))
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
        header.setMinimumSectionSize(max(theme.px(84), widest + theme.px(36)))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
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
        """Columns share the width; where not all have room, as many as do, and none is cut at the edge."""
        header = self.horizontalHeader()
        room = self.viewport().width()
        least = header.minimumSectionSize()
        whole = max(1, room // least)
        crowded = header.count() > whole
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed if crowded else QHeaderView.ResizeMode.Stretch)
        if crowded:
            width, over = divmod(room, whole)
            for section in range(header.count()):
                # What does not divide goes to the same places of each screenful: wherever it begins, it fills the room.
                header.resizeSection(section, max(least, width + (section % whole < over)))

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
