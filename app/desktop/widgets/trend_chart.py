"""Scores over time: claimed and evidenced, the target, and the interval in which the next ones will fall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role
from reports import words
from scoring.trend import Course

Place = Callable[[date, float], QPointF]
"""Where a score of a day stands."""


class TrendChart(QWidget):
    """Two courses of one node. What it paints is in the table beside it, and in its description."""

    def __init__(self, name: str, base: int, top: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._base, self._top = base, top
        self._claimed: Course | None = None
        self._evidenced: Course | None = None
        self.setAccessibleName(name)
        self.setFixedHeight(theme.px(190))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_courses(self, claimed: Course | None, evidenced: Course | None) -> None:
        self._claimed, self._evidenced = claimed, evidenced
        named = ((self.tr("Claimed"), claimed), (self.tr("Evidenced"), evidenced))
        self.setAccessibleDescription("; ".join(f"{name}: {_said(course)}" for name, course in named if course))
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        course = self._claimed
        if course is None or not course.days:
            return
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(Role.SMALL))
        area = QRectF(self.rect()).adjusted(theme.px(28), theme.px(10), -theme.px(16), -theme.px(26))
        days = [*course.days, *(entry.day for entry in course.forecasts)]
        first, last = days[0].toordinal(), max(days[-1].toordinal(), days[0].toordinal() + 1)

        def place(day: date, value: float) -> QPointF:
            x = area.left() + area.width() * (day.toordinal() - first) / (last - first)
            return QPointF(x, area.bottom() - area.height() * (value - self._base) / (self._top - self._base))

        for level in range(self._base, self._top + 1):
            y = place(days[0], level).y()
            painter.setPen(QColor(colours.line))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(colours.muted))
            painter.drawText(
                QRectF(0, y - theme.px(10), theme.px(20), theme.px(20)),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                str(level),
            )
        if course.forecasts:
            self._paint_band(painter, course, place)
        if course.reach is not None:
            y = place(days[0], float(course.reach.target)).y()
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if self._evidenced is not None:
            self._paint_line(painter, self._evidenced, place, dashed=True)
        self._paint_line(painter, course, place, dashed=False)
        self._paint_days(painter, days, area, place)
        painter.end()

    def _paint_band(self, painter: QPainter, course: Course, place: Place) -> None:
        start = place(course.days[-1], float(course.values[-1]))
        high = [place(entry.day, entry.high) for entry in course.forecasts]
        low = [place(entry.day, entry.low) for entry in reversed(course.forecasts)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.mixed(theme.colours().background, theme.colours().accent, 0.16)))
        painter.drawPolygon(QPolygonF([start, *high, *low]))

    def _paint_line(self, painter: QPainter, course: Course, place: Place, *, dashed: bool) -> None:
        colours = theme.colours()
        points = [place(day, float(value)) for day, value in zip(course.days, course.values, strict=True)]
        style = Qt.PenStyle.DotLine if dashed else Qt.PenStyle.SolidLine
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 2, style))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.setBrush(QColor(colours.background if dashed else colours.accent))
        for point in points:
            painter.drawEllipse(point, theme.px(3), theme.px(3))

    def _paint_days(self, painter: QPainter, days: Sequence[date], area: QRectF, place: Place) -> None:
        """As many as have room, the first and the last at least."""
        painter.setPen(QColor(theme.colours().muted))
        width, taken = theme.px(64), float("-inf")
        for day in days:
            x = min(max(place(day, self._base).x() - width / 2, 0), self.width() - width)
            if x >= taken:
                painter.drawText(
                    QRectF(x, area.bottom() + theme.px(4), width, theme.px(20)),
                    Qt.AlignmentFlag.AlignCenter,
                    words.month(day),
                )
                taken = x + width


def _said(course: Course) -> str:
    """The course in words, for who does not see it."""
    pairs = zip(course.days, course.values, strict=True)
    points = ", ".join(f"{words.month(day)} {words.score(value)}" for day, value in pairs)
    ahead = ", ".join(f"{words.month(e.day)} {e.low:.1f} to {e.high:.1f}" for e in course.forecasts)
    return f"{points}. {ahead}" if ahead else points
