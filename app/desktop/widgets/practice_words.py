"""What a practice is for, and what each of its levels looks like."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.text import column, label, row
from questionnaires.model import Practice
from reports import words


class PracticeWords(QWidget):
    """The descriptors stand below the rungs of the ladder, the purpose below them."""

    def __init__(self, levels: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._descriptors = [label("", Role.SMALL, muted=True, wrap=True) for _ in range(levels)]
        described = row(*self._descriptors)
        for number, entry in enumerate(self._descriptors):
            entry.setAlignment(Qt.AlignmentFlag.AlignTop)
            entry.setContentsMargins(0, 0, theme.px(16), 0)
            described.setStretch(number, 1)
        self._purpose = label("", wrap=True)
        self.setLayout(column(described, 16, self._purpose, 12, margins=(20, 4, 4, 0)))

    def show_practice(self, practice: Practice) -> None:
        self._purpose.setText(words.sentence(practice.purpose))
        for number, entry in enumerate(self._descriptors):
            entry.setText(practice.descriptors[number] if number < len(practice.descriptors) else "")
