"""List items of two lines: what it is, and smaller what it belongs to."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.paint import wrapped


class TwoLines(QStyledItemDelegate):
    """``DisplayRole`` above ``UserRole``; cut with an ellipsis, the first after ``lines``, the second after one."""

    def __init__(self, parent: QObject | None = None, *, lines: int = 1) -> None:
        super().__init__(parent)
        self.row = 32 + 20 * lines
        """Height of an item at the usual size of type."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(theme.px(160), theme.px(self.row))

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = theme.colours()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or over:
            painter.setPen(QColor(colours.accent) if selected else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if selected else colours.hover))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), theme.px(4), theme.px(4))
        inner = option.rect.adjusted(theme.px(8), theme.px(5), -theme.px(8), -theme.px(5))
        low = theme.px(20)
        painter.setFont(theme.font(Role.BODY))
        painter.setPen(QColor(colours.text))
        wrapped(painter, inner.adjusted(0, 0, 0, -low), str(index.data()))
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(QColor(colours.muted))
        second = str(index.data(Qt.ItemDataRole.UserRole))
        cut = painter.fontMetrics().elidedText(second, Qt.TextElideMode.ElideRight, inner.width())
        below = inner.adjusted(0, inner.height() - low, 0, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
        painter.restore()
