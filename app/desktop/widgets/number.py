"""A number to type, or to move in whole steps with the arrow keys."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QEvent, QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.desktop.widgets.fields import is_window_s


class Number(QLineEdit):
    """Says ``given`` when a number was typed and left, or moved to by Up, Down, Page up, Page down.

    It shows what stands, whatever was given: who takes a number, or refuses it, says ``show_number``.
    """

    given = Signal(str)
    """Anything that can be typed; the keys stay between the least and the most."""
    locked = Signal()
    """A key would have moved it, and it is for reading only."""

    def __init__(self, name: str, least: int, most: int, step: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most, self._step = least, most, step
        self._value = Fraction(least)
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Not a range: Qt would keep what is outside of it to itself, and the number would seem to be taken.
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,7}([.,/]\d{0,4})?"), self))
        self.editingFinished.connect(self.commit)

    def show_number(self, value: Fraction) -> None:
        """The number that stands now; what somebody is typing is left alone."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(_exact(value))

    def commit(self) -> None:
        """Hand over what was typed."""
        if self.isModified():
            self._give(self.text() or _exact(self._value))

    @override
    def event(self, event: QEvent) -> bool:
        # With nothing typed, undo and redo are the window's; Qt's field would keep them and do nothing.
        if is_window_s(event, can_undo=self.isModified(), can_redo=self.isModified()):
            return False
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        by = moves.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self._give(_exact(self._value))
        elif self.isReadOnly() and (by is not None or event.text().isdigit()):
            self.locked.emit()
        elif by is None:
            super().keyPressEvent(event)
        else:
            self._give(_exact(min(max(self._typed + by * self._step, Fraction(self._least)), Fraction(self._most))))

    @property
    def _typed(self) -> Fraction:
        """What stands in the field, where that is a number, else what stood there."""
        try:
            return Fraction(self.text()) if self.isModified() else self._value
        except (ValueError, ZeroDivisionError):
            return self._value

    def _give(self, text: str) -> None:
        self.setText(_exact(self._value))
        self.setModified(False)
        self.given.emit(text)


def _exact(value: Fraction) -> str:
    """``62.5``; ``1/3`` where decimals would say something else."""
    decimal = f"{float(value):.4f}".rstrip("0").rstrip(".")
    return decimal if Fraction(decimal) == value else str(value)
