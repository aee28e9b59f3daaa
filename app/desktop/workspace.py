"""One open engagement: the rail, the header, and a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QHBoxLayout, QStackedWidget, QWidget
from shiboken6 import isValid

from app.desktop.destination import Destination
from app.desktop.jobs import Job
from app.desktop.models.targets import entries
from app.desktop.pages.applications import ApplicationsPage
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.evidence import EvidencePage
from app.desktop.pages.overview import OverviewPage
from app.desktop.pages.page import Page
from app.desktop.pages.progress import ProgressPage
from app.desktop.pages.regimes import RegimesPage
from app.desktop.pages.report import ReportPage
from app.desktop.pages.roadmap import RoadmapPage
from app.desktop.session import Changed, Session
from app.desktop.widgets.goto import GoTo
from app.desktop.widgets.header import Header
from app.desktop.widgets.rail import Rail
from app.desktop.widgets.text import column, rule

PAGES: Mapping[str, Callable[[Session], Page]] = {
    "overview": OverviewPage,
    "assess": AssessPage,
    "evidence": EvidencePage,
    "applications": ApplicationsPage,
    "roadmap": RoadmapPage,
    "progress": ProgressPage,
    "regimes": RegimesPage,
    "report": ReportPage,
}
"""In the order of the rail. A page is made when it is first wanted."""


class Workspace(QWidget):
    """Everything about one session that is on the screen."""

    close_wanted = Signal()
    about_wanted = Signal()
    page_changed = Signal()
    """Another page is in view."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._pages: dict[str, Page] = {}
        self._left_at: dict[str, QWidget] = {}
        """By page, what had the focus when a link was followed from there."""
        self._changed: Changed | None = None
        """What moved last."""
        session.changed.connect(self._on_session_changed)
        self._rail = Rail()
        self._titles = {
            "overview": self.tr("Overview"),
            "assess": self.tr("Assess"),
            "evidence": self.tr("Evidence"),
            "applications": self.tr("Applications"),
            "roadmap": self.tr("Roadmap"),
            "progress": self.tr("Progress"),
            "regimes": self.tr("Regimes"),
            "report": self.tr("Report"),
        }
        for number, name in enumerate(PAGES, 1):
            alt = f"Alt+{number}"
            self._rail.add(name, self._titles[name], alt)
            # Not the button's own shortcut: that one goes a tenth of a second later, after showing itself pressed.
            QShortcut(alt, self).activated.connect(partial(self.show_page, name))
        self._rail.chosen.connect(self.show_page)
        self._rail.about_wanted.connect(self.about_wanted)
        self._header = Header(session)
        self._header.goto_wanted.connect(self.open_goto)
        self._header.close_wanted.connect(self.close_wanted)
        self._header.undo_wanted.connect(self.undo)
        self._header.redo_wanted.connect(self.redo)
        self._header.application_wanted.connect(self.take)
        self._header.left.connect(self._on_header_left)
        self._stack = QStackedWidget()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._rail)
        line.addLayout(column(self._header, rule(), self._stack), 1)
        for keys, slot in (
            ("Ctrl+K", self.open_goto),
            (QKeySequence.StandardKey.Undo, self.undo),
            ("Ctrl+Shift+Z", self.redo),
            ("Ctrl+Y", self.redo),
        ):
            QShortcut(keys, self).activated.connect(slot)
        self.show_page(next(iter(PAGES)))

    @property
    def page(self) -> Page:
        """The one in view."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def show_page(self, name: str) -> Page:
        """Bring a page into view and give it the focus."""
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = PAGES[name](self.session)
            page.go_wanted.connect(self._follow)
            self._stack.addWidget(page)
        self._rail.show_page(name)
        if page is not self._stack.currentWidget():
            self._stack.setCurrentWidget(page)
            self.page_changed.emit()
        page.arrive()
        left_at = self._left_at.pop(name, None)
        if left_at is not None and isValid(left_at) and left_at.isVisible():
            left_at.setFocus(Qt.FocusReason.OtherFocusReason)
        return page

    def go(self, destination: Destination) -> None:
        """Follow a link: the page, the application, and what is on the page."""
        self.commit()
        if destination.takes:
            self.session.take(destination.application)
        self.show_page(destination.page).show_destination(destination)

    def _follow(self, destination: Destination) -> None:
        """A link of the page in view: whoever comes back goes on there. Never in a field, which would take the keys."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractItemView | QAbstractButton) and self.page.isAncestorOf(focus):
            self._left_at[next(name for name, page in self._pages.items() if page is self.page)] = focus
        self.go(destination)

    def take(self, application: str | None) -> None:
        """Take another application in hand, after what is being typed for this one."""
        self.commit()
        self.session.take(application)

    def open_goto(self) -> None:
        """Offer everything that one can go to."""
        dialog = GoTo(entries(self.session, [(name, self._titles[name]) for name in PAGES]), self)
        dialog.chosen.connect(self.go)
        dialog.open()

    def undo(self) -> None:
        self.commit()
        stack = self.session.undo_stack
        if stack.canUndo():
            text = self.tr("Undone: {0}").format(stack.undoText())
            stack.undo()
            self._tell_step(text)

    def redo(self) -> None:
        self.commit()
        stack = self.session.undo_stack
        if stack.canRedo():
            text = self.tr("Redone: {0}").format(stack.redoText())
            stack.redo()
            self._tell_step(text)

    def _tell_step(self, text: str) -> None:
        self._header.tell(text)
        if self._changed is not None:
            self.page.show_moved(self._changed)

    def _on_session_changed(self, changed: Changed) -> None:
        self._changed = changed

    def _on_header_left(self) -> None:
        self.page.arrive()

    def commit(self) -> None:
        """Take over what is being typed."""
        for page in self._pages.values():
            page.commit()

    def end(self) -> None:
        """The engagement closes: take over what is being typed, and let every page end its work."""
        self.commit()
        self._header.end()
        for page in self._pages.values():
            page.end()
        for job in (*self.findChildren(Job), *self.session.findChildren(Job)):
            job.stop()
