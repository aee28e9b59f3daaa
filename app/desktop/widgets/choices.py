"""One of a few, side by side; each reached by Tab."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.text import button


class Choices(QWidget):
    """Buttons of which one is chosen. Not a button group: Qt would take all but one of them out of the Tab order."""

    chosen = Signal(str)
    """The key of the button that was pressed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._buttons: dict[str, QPushButton] = {}
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.px(4))

    def show_options(self, options: Sequence[tuple[str, str]], chosen: str) -> None:
        """(key, text) of each, and the key of the one that is chosen now."""
        if list(self._buttons) != [key for key, _ in options]:
            for entry in self._buttons.values():
                self._line.removeWidget(entry)
                entry.deleteLater()
            self._buttons = {}
            for key, text in options:
                entry = self._buttons[key] = button(text, "choice")
                entry.setCheckable(True)
                # The chosen one is set in bold: nothing moves when another is.
                wide = QFontMetrics(theme.font(Role.STRONG)).horizontalAdvance(text)
                entry.setMinimumWidth(wide + theme.px(24))
                entry.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
                self._line.addWidget(entry)
        for key, entry in self._buttons.items():
            entry.setChecked(key == chosen)

    @property
    def buttons(self) -> list[QPushButton]:
        return list(self._buttons.values())
