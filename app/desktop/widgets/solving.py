"""The solver at work: asked for, or by itself after a while without a change."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.desktop.language import tr
from app.desktop.search import Found, Search
from app.desktop.session import Session
from app.desktop.widgets.working import Working
from app.engagement.errors import EngagementError

REFINE = 1500
"""Milliseconds after a what-if until the solver looks for something better."""


class Solving(Working):
    """Shows itself only where the search was asked for."""

    found = Signal(object)
    """Plan: of the answers as they are."""
    changed = Signal()
    """A search began or ended."""

    def __init__(
        self, session: Session, starter: QPushButton, wanted: Callable[[], bool], parent: QWidget | None = None
    ) -> None:
        """``starter`` asks for a search; ``wanted`` says whether one that comes by itself is of use."""
        super().__init__(tr("Looking for the best plan"), parent)
        self._session = session
        self._button = starter
        self._wanted = wanted
        self._asked = False
        """Whether the user asked for the search, or it came by itself."""
        self._search = Search(session)
        self._search.ended.connect(self._on_search_ended)
        self.cancelled.connect(self.stop)
        starter.clicked.connect(self.search)
        self.later = QTimer(self)
        self.later.setSingleShot(True)
        self.later.setInterval(REFINE)
        self.later.timeout.connect(self._on_later_timeout)

    @property
    def searching(self) -> bool:
        return self._search.running

    def search(self) -> None:
        """Look in a child process; the greedy plan stays in view meanwhile."""
        self._asked = True
        self.later.stop()
        self._search.start()
        if self.isHidden():
            self.begin(self._button)
        self.changed.emit()

    def stop(self) -> None:
        """The plan in view stays."""
        self.later.stop()
        self._search.cancel()

    def _on_later_timeout(self) -> None:
        """Without a word where nothing is found."""
        if self._wanted():
            self._search.start()
            self.changed.emit()

    def _on_search_ended(self, found: Found) -> None:
        asked, self._asked = self._asked, False
        self.end()
        self.changed.emit()
        if found.problem and asked:
            remedy = self.tr("The plan in view stays. Try again.")
            self._session.failed.emit(EngagementError(found.problem, self.tr("The solver"), remedy))
        elif found.plan is not None and found.assessment is self._session.assessment:
            self.found.emit(found.plan)
