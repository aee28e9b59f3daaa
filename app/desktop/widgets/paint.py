"""Small pieces that several widgets and delegates paint."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from app.desktop import theme
from app.desktop.theme import Role
from assets.palette import level_colour, on


def chip(painter: QPainter, area: QRect, level: int | None, base: int, top: int) -> None:
    """A level's number on its colour; an outlined dash where there is none."""
    colours = theme.colours()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(Role.LABEL))
    if level is None:
        painter.setPen(QColor(colours.line))
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), theme.px(3), theme.px(3))
        painter.setPen(QColor(colours.muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "–")
    else:
        fill = level_colour(level, base, top, colours.palette)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(area), theme.px(3), theme.px(3))
        painter.setPen(QColor(on(fill)))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(level))
    painter.restore()


def meter(painter: QPainter, area: QRect, share: float) -> None:
    """How much of something is done, as a thin bar."""
    colours = theme.colours()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = area.height() / 2
    painter.setBrush(QColor(colours.line))
    painter.drawRoundedRect(QRectF(area), radius, radius)
    if share > 0:
        painter.setBrush(QColor(colours.accent))
        filled = QRectF(area)
        filled.setWidth(max(area.height(), area.width() * min(share, 1.0)))
        painter.drawRoundedRect(filled, radius, radius)
    painter.restore()


def cell(painter: QPainter, area: QRectF, value: Fraction | None, *, applicable: bool, current: bool) -> None:
    """One criterion: filled from below as far as its answer goes; hatched where not applicable; empty where open."""
    colours = theme.colours()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = theme.px(2)
    painter.setPen(Qt.PenStyle.NoPen)
    if value is not None:
        painter.setBrush(QColor(theme.mixed(colours.background, colours.accent, 0.16)))
        painter.drawRoundedRect(area, radius, radius)
    if not applicable:
        painter.setBrush(QBrush(QColor(colours.muted), Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(area, radius, radius)
    elif value:
        filled = QRectF(area)
        filled.setTop(area.bottom() - area.height() * float(value))
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(filled, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(
        QColor(colours.text if current else colours.muted if value is None else colours.accent), 2 if current else 1
    )
    if value is None and applicable:
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    inset = 1.0 if current else 0.5
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def target(painter: QPainter, x: float, top: float, bottom: float) -> None:
    """The beam at which a score should stand: a line with a small roof."""
    colour = QColor(theme.colours().text)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 2))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    half = theme.px(4)
    painter.drawPolygon(QPolygonF([QPointF(x - half, top - half), QPointF(x + half, top - half), QPointF(x, top + 1)]))
    painter.restore()


def wrapped(painter: QPainter, area: QRect, text: str) -> None:
    """A text over as many lines as fit, in the painter's own font and colour; what does not fit, and a
    word that is longer than a line, ends in an ellipsis."""
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | Qt.TextFlag.TextWordWrap
    metrics = painter.fontMetrics()
    text = " ".join(metrics.elidedText(word, Qt.TextElideMode.ElideRight, area.width()) for word in text.split())
    lines = max(1, round(area.height() / metrics.lineSpacing() - 0.2))
    most = (lines + 0.5) * metrics.lineSpacing()
    page = QRect(0, 0, area.width(), 10_000)
    room = area.width() * lines
    shown = text
    while room > 0 and metrics.boundingRect(page, flags, shown).height() > most:
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        room -= max(1, area.width() // 12)
    painter.drawText(area, flags, shown)
