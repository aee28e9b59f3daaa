"""Table cells of two lines: the thing, and smaller what stands behind it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import pixmap
from app.desktop.theme import Role
from app.desktop.widgets.paint import wrapped
from app.desktop.widgets.score_cells import paint_row

Index = QModelIndex | QPersistentModelIndex


class TwoLineCells(QStyledItemDelegate):
    """``DisplayRole`` over ``UserRole``, with the icon that ``DecorationRole`` names; alone, the first one wraps."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(60), theme.px(50))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.colours()
        painter.save()
        paint_row(painter, option)
        inner = option.rect.adjusted(theme.px(8), theme.px(5), -theme.px(8), -theme.px(5))
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(icon, str):
            colour = colours.attention if icon == "challenge" else colours.muted if icon == "cross" else colours.accent
            side = theme.px(16)
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(inner.left(), inner.center().y() - side // 2, pixmap(icon, colour, side, ratio))
            inner.setLeft(inner.left() + side + theme.px(8))
        second = str(index.data(Qt.ItemDataRole.UserRole) or "")
        half = inner.height() // 2
        if not second:
            painter.setFont(theme.font(Role.BODY))
            painter.setPen(QColor(colours.text))
            if index.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight:
                painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
            else:
                wrapped(painter, inner, str(index.data()))
        else:
            self._line(painter, inner.adjusted(0, 0, 0, -half), str(index.data()), Role.BODY, colours.text)
            self._line(
                painter, inner.adjusted(0, half, 0, 0), second, Role.SMALL, colours.muted, middle=second.startswith("/")
            )
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, area: QRect, text: str, role: Role, colour: str, *, middle: bool = False) -> None:
        """A path loses its middle rather than its end."""
        painter.setFont(theme.font(role))
        painter.setPen(QColor(colour))
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        cut = painter.fontMetrics().elidedText(text, mode, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
