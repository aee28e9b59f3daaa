"""List items of two lines: what it is, and smaller what it belongs to."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role


class TwoLines(QStyledItemDelegate):
    """``DisplayRole`` above ``UserRole``; each on one line, cut with an ellipsis."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(theme.px(160), theme.px(52))

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
        half = inner.height() // 2
        for text, role, colour, place in (
            (Qt.ItemDataRole.DisplayRole, Role.BODY, colours.text, inner.adjusted(0, 0, 0, -half)),
            (Qt.ItemDataRole.UserRole, Role.SMALL, colours.muted, inner.adjusted(0, half, 0, 0)),
        ):
            painter.setFont(theme.font(role))
            painter.setPen(QColor(colour))
            cut = painter.fontMetrics().elidedText(str(index.data(text)), Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
        painter.restore()
