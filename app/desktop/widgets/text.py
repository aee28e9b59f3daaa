"""Text and buttons in the roles of the theme."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role

Kind = Literal["primary", "plain", "quiet", "answer", "choice", "figure", "line"]


def label(content: str = "", role: Role = Role.BODY, *, muted: bool = False, wrap: bool = False) -> QLabel:
    """Plain text, whatever it contains: names and notes come from outside."""
    found = QLabel(content)
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setProperty("role", role.value)
    if muted:
        found.setProperty("muted", True)
    if wrap:
        found.setWordWrap(True)
        found.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return found


class OneLine(QLabel):
    """Plain text on one line that takes the room there is; what has none is in the tool tip."""

    def __init__(self, role: Role = Role.BODY, *, muted: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role.value)
        self.setProperty("muted", muted)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = ""

    def say(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._cut()

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()


class Told(QLabel):
    """How the last thing asked for ended; hidden while there is nothing to tell."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", Role.BODY.value)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.hide()

    def say(self, text: str, *, attention: bool = False) -> None:
        self.setText(text)
        self.setVisible(bool(text))
        set_flag(self, "attention", attention)


def button(content: str, kind: Kind = "plain") -> QPushButton:
    found = QPushButton(content)
    found.setProperty("kind", kind)
    found.setAutoDefault(False)
    found.setCursor(Qt.CursorShape.PointingHandCursor)
    found.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return found


def rule(*, vertical: bool = False) -> QFrame:
    """A hair line."""
    found = QFrame()
    found.setProperty("rule", True)
    if vertical:
        found.setFixedWidth(1)
    else:
        found.setFixedHeight(1)
    return found


def scrolled(content: QWidget) -> QScrollArea:
    """What may be higher than its place; Tab goes to what is inside."""
    found = QScrollArea()
    found.setWidgetResizable(True)
    found.setFrameShape(QFrame.Shape.NoFrame)
    found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    found.setWidget(content)
    return found


def set_flag(widget: QWidget, name: str, value: bool) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if bool(widget.property(name)) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def column(*children: QWidget | QLayout | int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Children below each other; a number is a distance, a negative one takes what is left."""
    found = QVBoxLayout()
    _fill(found, children, margins)
    return found


def row(*children: QWidget | QLayout | int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Children beside each other; a number is a distance, a negative one takes what is left."""
    found = QHBoxLayout()
    _fill(found, children, margins)
    return found


def empty(layout: QLayout) -> None:
    """Take every widget out of a layout, for good."""
    while (entry := layout.takeAt(0)) is not None:
        if (widget := entry.widget()) is not None:
            widget.deleteLater()


def _fill(
    layout: QBoxLayout, children: tuple[QWidget | QLayout | int, ...], margins: tuple[int, int, int, int]
) -> None:
    layout.setSpacing(0)
    layout.setContentsMargins(*(theme.px(margin) for margin in margins))
    for child in children:
        if isinstance(child, QWidget):
            layout.addWidget(child)
        elif isinstance(child, QLayout):
            layout.addLayout(child)
        elif child < 0:
            layout.addStretch(-child)
        else:
            layout.addSpacing(theme.px(child))
