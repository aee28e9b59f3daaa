"""The person-days of a wave, to type or to move; each is a step that can be undone."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.desktop import theme
from app.desktop.language import tr
from app.desktop.session import Session
from app.desktop.widgets.number import Number
from app.engagement import actions


class Capacity(Number):
    """Shows what stands as soon as it is told to ``refresh``."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Capacity of a wave in person-days"), 0, 10_000, 5, parent)
        self._session = session
        self.setFixedWidth(theme.px(72))
        self.setReadOnly(not session.writable)
        self.given.connect(self._on_given)
        self.locked.connect(session.may_change)
        self.refresh()

    def refresh(self) -> None:
        self.show_number(self._session.assessment.capacity)

    def _on_given(self, text: str) -> None:
        session = self._session
        session.ask(
            self.tr("capacity"),
            "set",
            lambda: actions.set_value(session.content, session.questionnaire, session.assessment, "capacity", text),
        )
        self.refresh()
