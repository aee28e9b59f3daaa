"""The level ladder of a practice: which level is reached, and how far each criterion carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
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


CELLS = 28
"""Where the cells stand below words of one line."""
BESIDE = 36
"""The room of a rung's chip, and of the distance to the next."""


class Ladder(QWidget):
    """Rungs side by side, lowest first; a click on a cell goes to its criterion."""

    criterion_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rungs: tuple[Rung, ...] = ()
        self._level: int | None = None
        self._current = ""
        self._two_lines = False
        self._wide: list[float] = []
        self._fit()

    def show_rungs(self, rungs: Sequence[Rung], level: int | None, current: str) -> None:
        """``level`` is the place reached, ``current`` the criterion in hand."""
        self._rungs, self._level, self._current = tuple(rungs), level, current
        reached = next((rung for rung in rungs if rung.number == level), None)
        self.setAccessibleName(
            self.tr("Level {0} {1} reached").format(reached.number, reached.name) if reached else self.tr("No level")
        )
        self.setToolTip("\n".join(" · ".join([f"{rung.number}  {rung.name}", *self._says(rung)]) for rung in rungs))
        self._fit()
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

    def _says(self, rung: Rung) -> list[str]:
        """What a rung is besides its name."""
        here, target = self.tr("here"), self.tr("target")
        return [*([here] if rung.number == self._level else []), *([target] if rung.target else [])]

    def _fit(self) -> None:
        """Rungs are equally wide, in line with the words on each level; where that cuts a name, as wide as theirs.

        What a rung is besides then stands below its name. None of it depends on the answers: they move no rung.
        """
        metrics = QFontMetrics(theme.font(Role.LABEL))
        names = [metrics.horizontalAdvance(rung.name) + theme.px(BESIDE) for rung in self._rungs]
        count = max(1, len(names))
        equal = self.width() / count
        self._two_lines = max(names, default=0) > equal
        self._wide = [equal] * len(names)
        if self._two_lines:
            empty = [metrics.horizontalAdvance(self.empty_words(rung)) + theme.px(8) for rung in self._rungs]
            needs = [max(pair) for pair in zip(names, empty, strict=True)]
            self._wide = [max(1.0, need + (self.width() - sum(needs)) / count) for need in needs]
        self.setFixedHeight(theme.px(CELLS + 18) + (metrics.lineSpacing() if self._two_lines else 0))

    def _left(self, rung: int) -> float:
        return sum(self._wide[:rung])

    def _below(self) -> int:
        """Where the cells begin."""
        return self.height() - theme.px(18)

    def _cells(self, rung: int) -> list[QRectF]:
        """Where the cells of a rung stand."""
        room = self._wide[rung] - theme.px(16)
        count = len(self._rungs[rung].cells)
        gap = min(theme.px(3), room / max(1, 2 * count))
        each = min(theme.px(28), (room - gap * (count - 1)) / max(1, count))
        left = self._left(rung)
        return [QRectF(left + n * (each + gap), self._below(), each, theme.px(16)) for n in range(count)]

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, rung in enumerate(self._rungs):
            for place, entry in zip(self._cells(number), rung.cells, strict=True):
                if place.contains(event.position()):
                    self.criterion_chosen.emit(entry.criterion)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = max((rung.number for rung in self._rungs), default=1)
        base = min((rung.number for rung in self._rungs), default=0)
        side = theme.px(20)
        for number, rung in enumerate(self._rungs):
            chip(painter, QRect(round(self._left(number)), 0, side, side), rung.number, base, top)
            self._paint_words(painter, number, rung)
            for area, entry in zip(self._cells(number), rung.cells, strict=True):
                cell(painter, area, entry.value, applicable=entry.applicable, current=entry.criterion == self._current)
        painter.end()

    def _paint_words(self, painter: QPainter, number: int, rung: Rung) -> None:
        colours = theme.colours()
        left, wide = round(self._left(number)), round(self._wide[number])
        painter.setFont(theme.font(Role.LABEL if rung.number == self._level else Role.SMALL))
        painter.setPen(QColor(colours.text if rung.reached else colours.muted))
        place = QRect(left + theme.px(28), 0, wide - theme.px(BESIDE), theme.px(20))
        lines = [rung.name, " · ".join(self._says(rung))]
        for text in lines if self._two_lines else [" · ".join(line for line in lines if line)]:
            _say(painter, place, text)
            place.translate(0, painter.fontMetrics().lineSpacing())
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(QColor(colours.muted))
        _say(painter, QRect(left, self._below(), wide - theme.px(8), theme.px(18)), self.empty_words(rung))


def _say(painter: QPainter, place: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
