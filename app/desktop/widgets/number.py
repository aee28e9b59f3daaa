"""A whole number to type, or to move with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override


class Number(QLineEdit):
    """Says ``given`` when another number was typed and left, or moved to by Up, Down, Page up, Page down.

    It shows what stands, whatever was given: who takes a number, or refuses it, says ``show_number``.
    """

    given = Signal(int)
    """Any number that can be typed; the keys stay between the least and the most."""

    def __init__(self, name: str, least: int, most: int, step: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most, self._step = least, most, step
        self._value = least
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Not a range: Qt would keep what is outside of it to itself, and the number would seem to be taken.
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,7}"), self))
        self.editingFinished.connect(self.commit)

    def show_number(self, value: int) -> None:
        """The number that stands now; what somebody is typing is left alone."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(str(value))

    def commit(self) -> None:
        """Hand over what was typed."""
        if self.isModified():
            text = self.text()
            self._give(int(text) if text else self._value)

    @override
    def event(self, event: QEvent) -> bool:
        # With nothing typed, undo and redo are the window's; Qt's field would keep them and do nothing.
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and not self.isModified():
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return False
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        by = moves.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self._give(self._value)
        elif by is None or self.isReadOnly():
            super().keyPressEvent(event)
        else:
            now = int(self.text() or self._value)
            self._give(min(max(now + by * self._step, self._least), self._most))

    def _give(self, value: int) -> None:
        self.setText(str(self._value))
        self.setModified(False)
        if value != self._value:
            self.given.emit(value)
