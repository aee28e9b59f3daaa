"""A field for a sentence or three: it grows with its text and hands it over when it is left."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.widgets.fields import is_window_s

LINES = 5
"""It grows to this many lines, then scrolls."""


class Writing(QPlainTextEdit):
    """Plain text. Return and Escape leave it; Shift+Return starts a line."""

    written = Signal(str)
    """The text, when it was changed and the field is left."""
    left = Signal()
    """By Return or Escape."""

    def __init__(self, name: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = ""
        self.escaped = False
        """Whether it was left by Escape the last time."""
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().setDocumentMargin(theme.px(4))
        self.textChanged.connect(self._fit)
        self._fit()

    def show_text(self, text: str) -> None:
        """What is stored now; what somebody has typed and not handed over is left alone, wherever the focus is."""
        known = self._given
        self._given = text
        if text != known and self.toPlainText().strip() == known.strip():
            self.setPlainText(text)

    def commit(self) -> None:
        """Hand over what was typed."""
        text = self.toPlainText().strip()
        if text != self._given:
            self._given = text
            self.written.emit(text)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A menu or another window takes the focus for a moment only.
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.commit()

    @override
    def event(self, event: QEvent) -> bool:
        """With nothing of its own to take back, Ctrl+Z is the window's: it takes back what led here."""
        document = self.document()
        if is_window_s(event, can_undo=document.isUndoAvailable(), can_redo=document.isRedoAvailable()):
            return False
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        leaves = event.key() == Qt.Key.Key_Escape or (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        if leaves:
            self.escaped = event.key() == Qt.Key.Key_Escape
            self.commit()
            self.left.emit()
            return
        super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._fit()

    def _fit(self) -> None:
        lines = min(max(1, round(self.document().size().height())), LINES)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + theme.px(16))
