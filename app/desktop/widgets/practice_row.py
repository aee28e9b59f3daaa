"""Rows of the practice tree: the name, how much is answered, the level reached."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import pixmap
from app.desktop.models.practices import PracticeRole, Row
from app.desktop.theme import Role
from app.desktop.widgets.paint import chip, meter

Index = QModelIndex | QPersistentModelIndex

BESIDE = 60
"""What a practice's name leaves free at its sides, for the margins and the chip."""


class PracticeRowDelegate(QStyledItemDelegate):
    """Pillars as headings, practices with a meter and their level's chip."""

    def __init__(self, base: int, top: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._base, self._top = base, top
        self._heights: dict[tuple[str, int], int] = {}
        """Of a name at a width: a view asks for them with every answer."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Names wrap; the view asks again when its width changes (see :class:`PracticeTree`)."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QTreeView) else theme.px(240)
        practice = isinstance(index.data(PracticeRole.ROW), Row)
        name = str(index.data())
        height = self._heights.get((name, width))
        if height is None:
            metrics = QFontMetrics(theme.font(Role.BODY if practice else Role.LABEL))
            area = QRect(0, 0, width - theme.px(BESIDE if practice else 24), 1000)
            height = metrics.boundingRect(area, Qt.TextFlag.TextWordWrap, name).height()
            self._heights[name, width] = height
        return QSize(theme.px(160), height + theme.px(28 if practice else 24))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(PracticeRole.ROW)
        colours = theme.colours()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The view hands over what is right of its indentation; rows take the whole width.
        area = QRect(0, option.rect.top(), option.rect.right() + 1, option.rect.height())
        if isinstance(row, Row):
            self._paint_practice(painter, area, option.state, str(index.data()), row)
        else:
            painter.setFont(theme.font(Role.LABEL))
            painter.setPen(QColor(colours.muted))
            painter.drawText(
                area.adjusted(theme.px(16), theme.px(12), -theme.px(8), -theme.px(4)),
                int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom) | Qt.TextFlag.TextWordWrap,
                str(index.data()),
            )
        painter.restore()

    def _paint_practice(self, painter: QPainter, area: QRect, state: QStyle.StateFlag, name: str, row: Row) -> None:
        colours = theme.colours()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, QColor(colours.selected if selected else colours.hover))
        if selected:
            painter.fillRect(QRect(0, area.top(), theme.px(3), area.height()), QColor(colours.accent))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        side = theme.px(20)
        right = area.right() - theme.px(12)
        chip(painter, QRect(right - side, area.top() + theme.px(6), side, side), row.level, self._base, self._top)
        text = QRect(theme.px(16), area.top() + theme.px(5), area.width() - theme.px(BESIDE), area.height())
        painter.setFont(theme.font(Role.BODY))
        painter.setPen(QColor(colours.text))
        painter.drawText(text, int(Qt.AlignmentFlag.AlignLeft) | Qt.TextFlag.TextWordWrap, name)
        low = area.bottom() - theme.px(20)
        share = row.answered / row.applicable if row.applicable else 0.0
        meter(painter, QRect(theme.px(16), low + theme.px(8), theme.px(64), theme.px(4)), share)
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(QColor(colours.muted))
        place = QRect(theme.px(88), low, theme.px(56), theme.px(18))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{row.answered}/{row.applicable}")
        x = theme.px(136)
        for count, icon, colour in (
            (row.challenged, "challenge", colours.attention),
            (row.marked, "flagged", colours.accent),
        ):
            if count:
                painter.drawPixmap(x, low + theme.px(2), pixmap(icon, colour, theme.px(14), self._ratio(painter)))
                painter.setPen(QColor(colour))
                painter.drawText(
                    QRect(x + theme.px(17), low, theme.px(24), theme.px(18)),
                    Qt.AlignmentFlag.AlignVCenter, str(count),
                )  # fmt: skip
                x += theme.px(36)

    @staticmethod
    def _ratio(painter: QPainter) -> float:
        return painter.device().devicePixelRatioF()


class PracticeTree(QTreeView):
    """A tree without ornaments whose rows follow its width. A click activates the row that is current already."""

    def __init__(self, base: int, top: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(PracticeRowDelegate(base, top, self))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Rows are measured once, at the width that they have."""
        super().showEvent(event)
        self.expandAll()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        current = self.currentIndex()
        super().mousePressEvent(event)
        left = event.button() is Qt.MouseButton.LeftButton
        if left and current.isValid() and self.indexAt(event.position().toPoint()) == current:
            self.activated.emit(current)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
