"""Table cells that show scores: bars against a target, heat, level chips."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import pixmap
from app.desktop.models.overview import Bar, HeatCell, OverviewRole, PillarsModel
from app.desktop.theme import Role
from app.desktop.widgets.paint import chip, target, wrapped
from assets.palette import level_colour, on

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def paint_bar(painter: QPainter, area: QRect, bar: Bar) -> None:
    """Claimed as a pale bar, evidenced as a dark one inside it, the open range hatched, the target as a beam."""
    colours = theme.colours()
    span = bar.top - bar.base

    def x(value: Fraction | int) -> float:
        return area.left() + area.width() * float((value - bar.base) / Fraction(span))

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = area.center().y() + 1
    high, thin = theme.px(16), theme.px(8)
    painter.setPen(QColor(colours.line))
    for level in range(bar.base, bar.top + 1):
        place = round(x(level))
        painter.drawLine(place, middle - high, place, middle + high)
    painter.setPen(Qt.PenStyle.NoPen)
    score = bar.score
    if score is not None:
        claimed = QRectF(area.left(), middle - high / 2, x(score.low) - area.left(), high)
        painter.setBrush(QColor(theme.mixed(colours.background, colours.accent, 0.32)))
        painter.drawRect(claimed)
        if score.high > score.low:
            painter.setBrush(QBrush(QColor(theme.mixed(colours.background, colours.accent, 0.5)), _HATCH))
            painter.drawRect(QRectF(claimed.right(), claimed.top(), x(score.high) - claimed.right(), high))
        painter.setBrush(QColor(colours.accent))
        painter.drawRect(QRectF(area.left(), middle - thin / 2, x(score.evidenced) - area.left(), thin))
    if bar.target is not None:
        target(painter, x(bar.target), middle - high / 2 - theme.px(4), middle + high / 2 + theme.px(4))
    painter.restore()


_HATCH = Qt.BrushStyle.BDiagPattern


class Legend(QWidget):
    """What the parts of a bar mean."""

    def __init__(self, base: int, top: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = (
            self.tr("Evidenced"), self.tr("Claimed"), self.tr("Possible while unanswered"), self.tr("Target"),
        )  # fmt: skip
        self._ends = self.tr("Lines: levels {0} to {1}").format(base, top)
        self.setFixedHeight(theme.px(24))
        self.setAccessibleName(self.tr("Legend"))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setFont(theme.font(Role.SMALL))
        middle = self.height() // 2
        left = theme.px(8)
        for number, text in enumerate(self._parts):
            sample = QRect(left, middle - theme.px(6), theme.px(20), theme.px(12))
            painter.setPen(Qt.PenStyle.NoPen)
            match number:
                case 0:
                    painter.fillRect(sample.adjusted(0, theme.px(3), 0, -theme.px(3)), QColor(colours.accent))
                case 1:
                    painter.fillRect(sample, QColor(theme.mixed(colours.background, colours.accent, 0.32)))
                case 2:
                    painter.fillRect(
                        sample, QBrush(QColor(theme.mixed(colours.background, colours.accent, 0.5)), _HATCH)
                    )
                case _:
                    target(painter, sample.center().x(), sample.top(), sample.bottom())
            painter.setPen(QColor(colours.muted))
            width = painter.fontMetrics().horizontalAdvance(text)
            place = QRect(sample.right() + theme.px(6), 0, width + 2, self.height())
            painter.drawText(place, _LEFT, text)
            left = place.right() + theme.px(20)
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), _LEFT, self._ends)
        painter.end()


class PillarDelegate(QStyledItemDelegate):
    """A row of the pillars' table."""

    def __init__(self, base: int, top: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._base, self._top = base, top

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(60), theme.px(50))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.colours()
        area = option.rect
        painter.save()
        paint_row(painter, option)
        inner = area.adjusted(theme.px(8), 0, -theme.px(8), 0)
        bar = index.data(OverviewRole.BAR)
        level = index.data(OverviewRole.LEVEL)
        if isinstance(bar, Bar):
            paint_bar(painter, inner.adjusted(theme.px(8), theme.px(6), -theme.px(8), -theme.px(6)), bar)
        elif index.column() == PillarsModel.LEVEL:
            side = theme.px(22)
            chip(painter, QRect(inner.left(), area.center().y() - side // 2, side, side), level, self._base, self._top)
        else:
            small = index.column() in (PillarsModel.HELD, PillarsModel.TARGET)
            strong = index.column() in (PillarsModel.NAME, PillarsModel.SCORE)
            painter.setFont(theme.font(Role.STRONG if strong else Role.SMALL if small else Role.BODY))
            painter.setPen(QColor(colours.muted if small else colours.text))
            align = index.data(Qt.ItemDataRole.TextAlignmentRole)
            if index.column() == PillarsModel.HELD:
                wrapped(painter, inner, str(index.data()))
            else:
                painter.drawText(inner, int(align) | Qt.TextFlag.TextWordWrap, str(index.data()))
        painter.restore()


class HeatDelegate(QStyledItemDelegate):
    """A cell of the heat map: level and score on the level's colour, a tick where the target is reached."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(90), theme.px(34))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.colours()
        cell = index.data(OverviewRole.CELL)
        area = option.rect
        focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(cell, HeatCell):
            inner = QRectF(area).adjusted(2, 2, -2, -2)
            fill = colours.surface
            if cell.score is not None:
                fill = level_colour(cell.score.level, cell.base, cell.top, colours.palette)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(inner, theme.px(3), theme.px(3))
            ink = on(fill)
            painter.setPen(QColor(ink))
            painter.setFont(theme.font(Role.BODY))
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, str(index.data()))
            if cell.reached:
                side = theme.px(14)
                ratio = painter.device().devicePixelRatioF()
                x = round(inner.center().x() + theme.px(26))
                painter.drawPixmap(x, area.center().y() - side // 2 + 1, pixmap("check", ink, side, ratio))
            if focus or option.state & QStyle.StateFlag.State_MouseOver:
                painter.setPen(QColor(colours.text))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(inner.adjusted(-1, -1, 1, 1), theme.px(4), theme.px(4))
        else:
            paint_row(painter, option)
            inner_text = area.adjusted(theme.px(8), 0, -theme.px(8), 0)
            painter.setFont(theme.font(Role.SMALL))
            painter.setPen(QColor(colours.muted))
            painter.drawText(inner_text, _LEFT, str(index.data(Qt.ItemDataRole.UserRole)))
            painter.setFont(theme.font(Role.BODY))
            painter.setPen(QColor(colours.text))
            name = inner_text.adjusted(theme.px(20), 0, 0, 0)
            cut = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, name.width())
            painter.drawText(name, _LEFT, cut)
        painter.restore()


def paint_row(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """What is behind a cell that has no colour of its own."""
    colours = theme.colours()
    area = option.rect
    # The current row shows while the table has the focus; a row that was left looks like the others.
    current = bool(option.state & QStyle.StateFlag.State_Selected) and option.widget.hasFocus()
    if current or option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(area, QColor(colours.selected if current else colours.hover))
    painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(colours.line))
    if current and area.left() == 0:
        painter.fillRect(QRect(0, area.top(), theme.px(3), area.height()), QColor(colours.accent))


class LevelLegend(QWidget):
    """The levels with their colours and names."""

    def __init__(self, levels: list[tuple[int, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels = levels
        self.setFixedHeight(theme.px(24))
        self.setAccessibleName(", ".join(f"{number} {name}" for number, name in levels))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        base, top = self._levels[0][0], self._levels[-1][0]
        side = theme.px(18)
        metrics = painter.fontMetrics()
        painter.setFont(theme.font(Role.SMALL))
        texts = [name for _, name in self._levels]
        left = theme.px(8)
        for (number, _), text in zip(self._levels, texts, strict=True):
            chip(painter, QRect(left, (self.height() - side) // 2, side, side), number, base, top)
            painter.setPen(QColor(colours.muted))
            place = QRect(left + side + theme.px(6), 0, metrics.horizontalAdvance(text) + theme.px(4), self.height())
            painter.drawText(place, _LEFT, text)
            left = place.right() + theme.px(16)
        painter.drawPixmap(left, (self.height() - theme.px(14)) // 2,
                           pixmap("check", colours.muted, theme.px(14), self.devicePixelRatioF()))  # fmt: skip
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRect(left + theme.px(20), 0, theme.px(240), self.height()), _LEFT,
                         self.tr("At target (cells: level · score)"))  # fmt: skip
        painter.end()
