"""One number that counts, with what it is and what it is measured by."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.desktop.theme import Role
from app.desktop.widgets.text import column, label


class Figure(QWidget):
    """A large number between its name and its context."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = name
        self._number = label("", Role.DISPLAY)
        self._beside = label("", Role.SMALL, muted=True, wrap=True)
        self.setLayout(column(label(name, Role.LABEL, muted=True), self._number, self._beside, -1))

    def show_figure(self, number: str, beside: str) -> None:
        self._number.setText(number)
        self._beside.setText(beside)
        self.setAccessibleName(f"{self._title} {number}, {beside}")
