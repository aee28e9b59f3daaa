"""A whole number to type, or to move with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override


class Number(QLineEdit):
    """Says ``given`` when a number was typed and left, or moved by Up, Down, Page up, Page down."""

    given = Signal(int)

    def __init__(self, name: str, least: int, most: int, step: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most, self._step = least, most, step
        self._value = least
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setValidator(QIntValidator(least, most, self))
        self.editingFinished.connect(self._on_editing_finished)

    def show_number(self, value: int) -> None:
        """The number that stands now; what somebody is typing is left alone."""
        typing = self.hasFocus() and self.isModified()
        self._value = value
        if not typing:
            self.setText(str(value))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        by = moves.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
            return
        self._give(self._value + by * self._step)

    def _on_editing_finished(self) -> None:
        text = self.text()
        self._give(int(text) if text else self._value)

    def _give(self, value: int) -> None:
        value = min(max(value, self._least), self._most)
        self.setText(str(value))
        self.setModified(False)
        if value != self._value:
            self._value = value
            self.given.emit(value)
