"""The level ladder of a practice: which level is reached, and how far each criterion carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.paint import cell, chip


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion of a rung."""

    criterion: str
    value: Fraction | None
    """None where it is unanswered."""
    applicable: bool = True


@dataclass(frozen=True, slots=True)
class Rung:
    """One level."""

    number: int
    name: str
    cells: tuple[Cell, ...]
    reached: bool
    target: bool


class Ladder(QWidget):
    """Rungs side by side, lowest first; a click on a cell goes to its criterion."""

    criterion_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rungs: tuple[Rung, ...] = ()
        self._level: int | None = None
        self._current = ""
        self.setFixedHeight(theme.px(46))

    def show_rungs(self, rungs: Sequence[Rung], level: int | None, current: str) -> None:
        """``level`` is the place reached, ``current`` the criterion in hand."""
        self._rungs, self._level, self._current = tuple(rungs), level, current
        reached = next((rung for rung in rungs if rung.number == level), None)
        self.setAccessibleName(
            self.tr("Level {0} {1} reached").format(reached.number, reached.name) if reached else self.tr("No level")
        )
        self.update()

    @property
    def level(self) -> int | None:
        """The place reached."""
        return self._level

    def empty_words(self, rung: Rung) -> str:
        """What stands below a rung instead of criteria."""
        if rung.cells:
            return ""
        return self.tr("Starting level") if rung is self._rungs[0] else self.tr("Nothing asked")

    def _wide(self) -> float:
        return self.width() / max(1, len(self._rungs))

    def _cells(self, rung: int) -> list[QRectF]:
        """Where the cells of a rung stand."""
        left = rung * self._wide()
        room = self._wide() - theme.px(16)
        count = len(self._rungs[rung].cells)
        gap = theme.px(3)
        each = min(theme.px(28), (room - gap * (count - 1)) / max(1, count))
        return [QRectF(left + n * (each + gap), theme.px(28), each, theme.px(16)) for n in range(count)]

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, rung in enumerate(self._rungs):
            for place, entry in zip(self._cells(number), rung.cells, strict=True):
                if place.contains(event.position()):
                    self.criterion_chosen.emit(entry.criterion)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        top = max((rung.number for rung in self._rungs), default=1)
        base = min((rung.number for rung in self._rungs), default=0)
        side = theme.px(20)
        for number, rung in enumerate(self._rungs):
            left = round(number * self._wide())
            here = rung.number == self._level
            chip(painter, QRect(left, 0, side, side), rung.number, base, top)
            words = [rung.name]
            words += [self.tr("here")] if here else []
            words += [self.tr("target")] if rung.target else []
            painter.setFont(theme.font(Role.LABEL if here else Role.SMALL))
            painter.setPen(QColor(colours.text if rung.reached else colours.muted))
            place = QRect(left + theme.px(28), 0, round(self._wide()) - theme.px(36), side)
            text = painter.fontMetrics().elidedText(" · ".join(words), Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, left_middle, text)
            for area, entry in zip(self._cells(number), rung.cells, strict=True):
                cell(painter, area, entry.value, applicable=entry.applicable, current=entry.criterion == self._current)
            if not rung.cells:
                painter.setFont(theme.font(Role.SMALL))
                painter.setPen(QColor(colours.muted))
                below = QRect(left, theme.px(27), round(self._wide()) - theme.px(8), theme.px(18))
                says = self.empty_words(rung)
                says = painter.fontMetrics().elidedText(says, Qt.TextElideMode.ElideRight, below.width())
                painter.drawText(below, left_middle, says)
        painter.end()
