"""Decisions about what is no item of the roadmap: each with a way to take it back."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop import theme
from app.desktop.models.initiatives import lane_word
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.text import OneLine, button, column, empty, label, row, scrolled
from reports import words
from scoring.assessment import Decision

LINES = 3
"""More of them scroll."""
LINE = 34


class IdleDecisions(QWidget):
    """Hidden while there are none."""

    released = Signal(str)
    """The id of the item whose decision is to be taken back."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: dict[str, Decision] = {}
        self.buttons: dict[str, QPushButton] = {}
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        inside = QWidget()
        inside.setLayout(self._lines)
        self._scroll = scrolled(inside)
        said = self.tr("Decided, but no item of the roadmap: the gap is closed, or its target has moved.")
        self._head = label(said, Role.SMALL, muted=True, wrap=True)
        self.setLayout(column(8, self._head, 2, self._scroll))
        self.setAccessibleName(said)
        self.hide()

    def show_decisions(self, decisions: Mapping[str, Decision]) -> None:
        """By item."""
        if decisions != self._shown:
            self._shown = dict(decisions)
            empty(self._lines)
            self.buttons = {}
            for key, decision in decisions.items():
                self._lines.addWidget(self._line(key, decision))
            self._scroll.setFixedHeight(theme.px(LINE) * min(len(decisions), LINES))
        self.setVisible(bool(decisions))

    def forget(self, key: str) -> None:
        """One was taken back."""
        self.show_decisions({item: decision for item, decision in self._shown.items() if item != key})

    def reveal(self, key: str) -> None:
        """Give the focus to what takes a decision back, where it is here."""
        if (found := self.buttons.get(key)) is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(found)

    def _line(self, key: str, decision: Decision) -> QWidget:
        said = OneLine()
        text = f"{self._name(key)}: {self._words(decision)}"
        said.say(text)
        release = self.buttons[key] = button(self.tr("Take it back"))
        release.setAccessibleName(self.tr("Take it back: {0}").format(text))
        release.setEnabled(self._session.writable)
        release.clicked.connect(lambda: self.released.emit(key))
        found = QWidget()
        found.setFixedHeight(theme.px(LINE))
        line = row(said, 16, release)
        line.setStretch(0, 1)
        found.setLayout(line)
        return found

    def _name(self, key: str) -> str:
        """An item by its practice and level, as far as they are still known."""
        practice, _, rest = key.partition("/")
        level, _, tier = rest.partition("/tier-")
        known = self._session.questionnaire.practices.get(practice)
        if known is None:
            return key
        name = self.tr("{0} to level {1}").format(known.name, level)
        return self.tr("{0}, tier {1}").format(name, tier) if tier else name

    def _words(self, decision: Decision) -> str:
        where = self.tr("wave {0}").format(decision.wave) if decision.wave is not None else ""
        when = words.day(decision.by) if decision.by is not None else ""
        return words.parts([lane_word(decision.lane), where, when, decision.reason])
