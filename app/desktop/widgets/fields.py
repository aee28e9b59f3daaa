"""Fields that leave to the window what is the window's: its undo, and the wheel that scrolls the page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyle, QStyleOptionComboBox, QStylePainter, QWidget
from typing_extensions import override


def is_window_s(event: QEvent, *, can_undo: bool, can_redo: bool) -> bool:
    """Whether a field with nothing of its own to undo or redo is asked to; the event is then ignored."""
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    back, forth = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
    found = (event.matches(back) and not can_undo) or (event.matches(forth) and not can_redo)
    if found:
        event.ignore()
    return found


class Line(QLineEdit):
    """A line of text. It undoes its own typing, and nothing once that is used up: then the window does."""

    @override
    def event(self, event: QEvent) -> bool:
        if is_window_s(event, can_undo=self.isUndoAvailable(), can_redo=self.isRedoAvailable()):
            return False
        return super().event(event)


def typed_path(typed: str, folder: Path) -> Path:
    """Where a path that was typed leads: ``~`` is the home, and what is relative lies in ``folder``."""
    try:
        return folder.absolute() / Path(typed.strip()).expanduser()
    except RuntimeError:  # nobody here is called so
        return folder.absolute() / typed.strip()


class Select(QComboBox):
    """A box to choose from. The wheel turns it only while it has the focus, and does not give it the focus."""

    chosen = Signal()
    """It was decided by a click or by Return, not just passed by with the arrows."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._was_open = False
        self.activated.connect(self._on_activated)

    def _on_activated(self) -> None:
        if self._was_open:
            self._was_open = False
            self.chosen.emit()

    @override
    def showPopup(self) -> None:
        self._was_open = True
        super().showPopup()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
            event.ignore()  # a dialog has a button for it
            return
        self._was_open = False
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt does, but a name that has no room says so."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self._was_open = False
            super().wheelEvent(event)
        else:
            event.ignore()
