"""One number that counts, with what it is and what it is measured by; it leads to where it comes from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.desktop.theme import Role
from app.desktop.widgets.text import button, column, label, row


class Figure(QWidget):
    """A large number between its name and its context."""

    chosen = Signal()

    def __init__(self, name: str, leads: str, parent: QWidget | None = None) -> None:
        """``leads`` says where the number leads, for the tool tip."""
        super().__init__(parent)
        self._title = name
        self.number = button("", "figure")
        self.number.setProperty("role", Role.DISPLAY.value)
        self.number.setToolTip(leads)
        self.number.clicked.connect(self.chosen)
        self._beside = label("", Role.SMALL, muted=True, wrap=True)
        self.setLayout(column(label(name, Role.LABEL, muted=True), row(self.number, -1), self._beside, -1))

    def show_figure(self, number: str, beside: str) -> None:
        self.number.setText(number)
        self.number.setAccessibleName(f"{self._title} {number}, {beside}")
        self._beside.setText(beside)
