"""One wave of the roadmap: its start, its load, its cards."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import pixmap
from app.desktop.models.initiatives import ITEM, InitiativesModel, ItemCard
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.paint import chip, meter
from app.desktop.widgets.text import column, label
from scoring.assessment import Lane
from scoring.roadmap import Initiative

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ItemDelegate(QStyledItemDelegate):
    """A card: level and name, whom it serves, what it costs, and whether somebody has decided on it."""

    def __init__(self, base: int, top: int, parent: QListView) -> None:
        super().__init__(parent)
        self._view = parent
        self._base, self._top = base, top

    def _title_area(self, width: int) -> QRect:
        return QRect(theme.px(38), theme.px(10), width - theme.px(50), 1000)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        metrics = QFontMetrics(theme.font(Role.BODY))
        area = self._title_area(width)
        height = metrics.boundingRect(area, Qt.TextFlag.TextWordWrap, str(index.data())).height()
        return QSize(width, height + theme.px(42))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.colours()
        card: ItemCard = index.data(Qt.ItemDataRole.UserRole)
        area = option.rect.adjusted(0, theme.px(2), -theme.px(4), -theme.px(2))
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent if selected else colours.line))
        over = option.state & QStyle.StateFlag.State_MouseOver
        painter.setBrush(QColor(colours.selected if selected else colours.hover if over else colours.background))
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), theme.px(4), theme.px(4))
        side = theme.px(20)
        chip(painter, QRect(area.left() + theme.px(9), area.top() + theme.px(8), side, side), card.level,
             self._base, self._top)  # fmt: skip
        painter.setFont(theme.font(Role.BODY))
        painter.setPen(QColor(colours.text))
        title = self._title_area(option.rect.width()).translated(option.rect.left(), area.top() - theme.px(2))
        painter.drawText(title, int(Qt.AlignmentFlag.AlignLeft) | Qt.TextFlag.TextWordWrap, card.title)
        low = QRect(title.left(), area.bottom() - theme.px(26), area.right() - title.left() - theme.px(8), theme.px(20))
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(QColor(colours.muted))
        effort = painter.fontMetrics().horizontalAdvance(card.effort) + theme.px(4)
        painter.drawText(low, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, card.effort)
        whom = low.adjusted(0, 0, -effort - theme.px(6), 0)
        cut = painter.fontMetrics().elidedText(card.whom, Qt.TextElideMode.ElideRight, whom.width())
        painter.drawText(whom, _LEFT, cut)
        icon = {Lane.PIN: "flagged", Lane.DEFER: "stale", Lane.DROP: "cross"}.get(card.lane) if card.lane else None
        icon = icon or ("challenge" if card.must else None)
        if icon:
            colour = colours.attention if icon == "challenge" else colours.accent
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(
                area.left() + theme.px(11), low.top() + theme.px(2), pixmap(icon, colour, theme.px(16), ratio)
            )
        painter.restore()


class _Load(QWidget):
    """How full a wave is."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedHeight(theme.px(4))

    def show_share(self, used: Fraction, capacity: Fraction) -> None:
        self._share = float(used / capacity) if capacity else 0.0
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        meter(painter, self.rect(), self._share)
        painter.end()


class _Cards(QListView):
    """Cards whose height follows the width; ``empty`` is said where there is none."""

    empty = ""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.empty and self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setFont(theme.font(Role.SMALL))
            painter.setPen(QColor(theme.colours().muted))
            area = self.viewport().rect().adjusted(0, theme.px(4), -theme.px(8), 0)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft) | Qt.TextFlag.TextWordWrap, self.empty)
            painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class WaveColumn(QWidget):
    """A heading, a load, and a list of cards."""

    chosen = Signal(object)
    """Initiative"""
    dropped = Signal(str)
    """The id of an item whose card was dropped here."""

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(theme.px(252))
        self._name = label(name, Role.STRONG)
        self._said = label("", Role.SMALL, muted=True)
        self._load = _Load()
        self._model = InitiativesModel(session, self)
        self.list = _Cards()
        self.list.setModel(self._model)
        self.list.setAccessibleName(name)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setDragEnabled(session.writable)
        self.list.setDragDropMode(QListView.DragDropMode.DragOnly)
        self.setAcceptDrops(session.writable)
        self._over = False
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        questionnaire = session.questionnaire
        self.list.setItemDelegate(ItemDelegate(questionnaire.base, questionnaire.top, self.list))
        self.list.selectionModel().currentChanged.connect(self._on_list_current_changed)
        self.list.clicked.connect(self._on_list_current_changed)
        whole = column(self._name, 2, self._said, 6, self._load, 8, self.list)
        whole.setStretchFactor(self.list, 1)
        self.setLayout(whole)

    def show_wave(
        self, said: str, items: Sequence[Initiative], used: Fraction, capacity: Fraction, empty: str = ""
    ) -> None:
        """``empty`` is said in place of the cards where there is none."""
        self._said.setText(said)
        self._load.show_share(used, capacity)
        self._load.setVisible(capacity > 0)
        self.list.empty = empty
        self._model.show_items(items)
        self.list.viewport().update()

    @property
    def cards(self) -> int:
        """How many there are."""
        return self._model.rowCount()

    def choose(self, key: str) -> bool:
        """Select an item's card if it stands here, else none; whether it does."""
        row = self._model.row(key)
        self.list.blockSignals(True)
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        if row < 0:
            selection.clear()
        else:
            self.list.setCurrentIndex(self._model.index(row))
            self.list.scrollTo(self._model.index(row))
        selection.blockSignals(False)
        self.list.blockSignals(False)
        self.list.viewport().update()
        return row >= 0

    def _on_list_current_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._model.item(index.row()))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(ITEM):
            event.acceptProposedAction()
            self._hover(True)

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._hover(False)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._hover(False)
        key = bytes(event.mimeData().data(ITEM).data()).decode(errors="replace")
        if key:
            event.acceptProposedAction()
            self.dropped.emit(key)

    def _hover(self, over: bool) -> None:
        self._over = over
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._over:
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor(theme.colours().selected))
            painter.end()
