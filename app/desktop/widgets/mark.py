"""The mark: five columns of different height under one beam, painted without loading an SVG library."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.desktop import theme

# As in assets/icons/mark.svg: x, y, width, height in a field of 64, and the place on the level scale (0 is the accent).
_BEAM = (4, 8, 56, 6)
_COLUMNS = ((6, 38, 1), (17, 28, 2), (28, 18, 3), (39, 24, 2), (50, 34, 1))
_WIDTH, _FOOT = 8, 56


def paint_mark(painter: QPainter, area: QRectF) -> None:
    """Paint the mark into a square."""
    palette = theme.colours().palette
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.topLeft())
    painter.scale(area.width() / 64, area.height() / 64)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.accent))
    painter.drawRoundedRect(QRectF(*_BEAM), 1, 1)
    for x, y, level in _COLUMNS:
        painter.setBrush(QColor(palette.scale[level]))
        painter.drawRoundedRect(QRectF(x, y, _WIDTH, _FOOT - y), 1, 1)
    painter.restore()


def window_icon() -> QIcon:
    found = QIcon()
    for size in (32, 128):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_mark(painter, QRectF(0, 0, size, size))
        painter.end()
        found.addPixmap(pixmap)
    return found


class Mark(QWidget):
    """The mark at a fixed size."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(theme.px(side), theme.px(side))
        self.setAccessibleName("Colonnade")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_mark(painter, QRectF(self.rect()))
        painter.end()
