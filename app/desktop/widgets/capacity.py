"""The person-days of a wave, to type or to move; each is a step that can be undone."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.desktop import theme
from app.desktop.session import Session
from app.desktop.widgets.number import Number
from app.engagement import actions
from app.engagement.errors import EngagementError


class Capacity(Number):
    """Shows what stands as soon as it is told to ``refresh``."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session.tr("Capacity of a wave in person-days"), 0, 10_000, 5, parent)
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
        try:
            changes = actions.set_value(session.content, session.questionnaire, session.assessment, "capacity", text)
        except EngagementError as error:
            session.failed.emit(error)
        else:
            session.do(self.tr("capacity"), "set", changes)
        self.refresh()
