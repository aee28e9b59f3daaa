"""The rail: one button for each page."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import IconButton, pixmap
from app.desktop.theme import Role
from app.desktop.widgets.mark import Mark

NAMED = 42
"""The least height that holds an icon over its word."""
ICON = 22


class RailButton(QAbstractButton):
    """An icon over its word; the page in view has a beam at its side and is set in the accent.

    Without the height for the word, the icon alone: the word stays as tool tip and accessible name.
    """

    def __init__(self, icon: str, text: str, keys: str) -> None:
        super().__init__()
        self._icon = icon
        self._named = True
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({keys})")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def sizeHint(self) -> QSize:
        return QSize(theme.px(88), theme.px(60))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(88), theme.px(ICON + 4))

    @property
    def named(self) -> bool:
        """Whether the word is drawn."""
        return self._named

    def show_name(self, named: bool) -> None:
        if named != self._named:
            self._named = named
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = self.rect().adjusted(theme.px(6), theme.px(2), -theme.px(6), -theme.px(2))
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if self.isChecked() else colours.hover))
            painter.drawRoundedRect(inner, theme.px(4), theme.px(4))
        if self.isChecked():
            painter.fillRect(QRect(0, inner.top() + theme.px(8), theme.px(3), inner.height() - theme.px(16)),
                             QColor(colours.accent))  # fmt: skip
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner.adjusted(0, 0, -1, -1), theme.px(4), theme.px(4))
            painter.drawRoundedRect(inner.adjusted(1, 1, -2, -2), theme.px(4), theme.px(4))
        colour = colours.accent if self.isChecked() else colours.text
        side = theme.px(ICON)
        top = (self.height() - theme.px(NAMED if self._named else ICON)) // 2
        painter.drawPixmap((self.width() - side) // 2, top, pixmap(self._icon, colour, side, self.devicePixelRatioF()))
        if self._named:
            painter.setFont(theme.font(Role.LABEL if self.isChecked() else Role.SMALL))
            painter.setPen(QColor(colour))
            place = QRect(0, top + side, self.width(), side)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class Rail(QWidget):
    """Buttons for the pages that there are, below the mark."""

    chosen = Signal(object)
    """The page's name."""
    about_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(theme.px(88))
        self._buttons: dict[str, RailButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, theme.px(12), 0, theme.px(12))
        self._column.setSpacing(theme.px(4))
        self._column.addWidget(Mark(36), 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addSpacing(theme.px(8))
        self._column.addStretch(1)
        about = IconButton("about", self.tr("About Colonnade"), keys="F1")
        about.clicked.connect(self.about_wanted)
        self._column.addWidget(about, 0, Qt.AlignmentFlag.AlignHCenter)

    def add(self, name: str, text: str, keys: str) -> None:
        button = RailButton(name, text, keys)
        self._buttons[name] = button
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._column.insertWidget(self._column.count() - 2, button)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """All are named or none is: the layout, which has shared out the height by now, differs by a pixel."""
        super().resizeEvent(event)
        named = all(button.height() >= theme.px(NAMED) for button in self._buttons.values())
        for button in self._buttons.values():
            button.show_name(named)

    def show_page(self, name: str) -> None:
        for known, button in self._buttons.items():
            button.setChecked(known == name)
