"""Assess: one practice at a time, every criterion by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import recent, theme
from app.desktop.destination import Destination
from app.desktop.models.explanation import Line, explained
from app.desktop.models.practices import Filter, next_unanswered, only_practice
from app.desktop.pages.page import Page
from app.desktop.session import Changed, Session
from app.desktop.widgets.cards import Cards
from app.desktop.widgets.detail import Detail
from app.desktop.widgets.explained import Explained
from app.desktop.widgets.ladder import Ladder
from app.desktop.widgets.matrix import Matrix
from app.desktop.widgets.practice_head import CARDS, MATRIX, PracticeHead
from app.desktop.widgets.practice_list import PracticeList
from app.desktop.widgets.text import column, rule
from questionnaires.model import NOT_APPLICABLE, Practice, Scope

WIDTHS = (260, 640, 290)
"""Of the practices, the practice in view and the details, until somebody moves their edges."""
LOW = 540
"""A page of fewer pixels in height, at the usual size of type, shows the matrix and little else."""
FOLDED = "folded"
"""Remembered while the details are folded away."""


class AssessPage(Page):
    """Left the practices, in the middle the ladder and the cards, right what helps to answer."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._practice: Practice = session.questionnaire.pillar[0].practice[0]
        self._criterion = self._practice.criterion[0].id
        self._folded = FOLDED in recent.remembered_words("assess")
        """Whether the details are away where there is room for them."""
        self.list = PracticeList(session)
        self.list.chosen.connect(self.show_practice)
        self.list.left.connect(self._take_focus)
        self._build_middle()
        self.detail = Detail(session)
        self._splitter = QSplitter()
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        for widget, stretch, least in ((self.list, 0, 210), (self._middle, 1, 480), (self.detail, 0, 220)):
            self._splitter.addWidget(widget)
            widget.setMinimumWidth(theme.px(least))
            self._splitter.setStretchFactor(self._splitter.count() - 1, stretch)
        self._splitter.setSizes([theme.px(width) for width in WIDTHS])
        if (layout := recent.remembered_layout("assess")) is not None:
            self._splitter.restoreState(layout)
        self._wide = self._splitter.saveState()
        """The edges of a wide window, for when a narrow one becomes wide again."""
        self.detail.setVisible(not self._folded)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._splitter)
        self._add_keys()
        session.changed.connect(self._on_session_changed)
        session.evaluated.connect(self._show_all)
        session.application_changed.connect(self._on_session_application_changed)
        self.show_practice(self._practice.id)

    # ---- building

    def _build_middle(self) -> None:
        session = self._session
        self._head = PracticeHead(session)
        self._head.fold_wanted.connect(self.fold_details)
        self._head.view_wanted.connect(self.show_view)
        self._head.explanation_wanted.connect(self.explain)
        self.ladder.criterion_chosen.connect(self._on_ladder_criterion_chosen)
        self.cards = Cards(session, self._practice)
        self.cards.moved.connect(self._on_criterion_moved)
        self._matrix: Matrix | None = None
        self._views = QStackedWidget()
        self._views.addWidget(self.cards)
        self._middle = QWidget()
        self._middle.setLayout(column(self._head, rule(), self._views))

    def _add_keys(self) -> None:
        """Keys of the page. Fields that take text keep theirs: a field accepts a character before a shortcut does."""
        scale = self._session.questionnaire.scale
        actions: list[tuple[str | QKeySequence.StandardKey, Callable[[], None]]] = [
            (str(number), partial(self._answer, step.id)) for number, step in enumerate(scale, 1)
        ]
        actions += [
            ("0", lambda: self._answer(NOT_APPLICABLE)),
            ("Backspace", self._clear),
            ("N", self._write_note),
            ("R", self._write_reason),
            ("B", self._next_basis),
            ("E", self._accept),
            ("M", self._mark),
            ("X", lambda: self.show_view(CARDS if self.in_matrix else MATRIX)),
            ("C", self._select_column),
            ("J", lambda: self.step(1)),
            ("K", lambda: self.step(-1)),
            ("Down", lambda: self.step(1)),
            ("Up", lambda: self.step(-1)),
            ("U", self.next_open),
            ("W", self.explain),
            (QKeySequence.StandardKey.Find, self.start_find),
            ("F4", self.fold_details),
        ]
        for keys, slot in actions:
            # Up and Down belong to the list, table or field that has the focus; among the cards they walk.
            place: QWidget = self.cards if keys in ("Up", "Down") else self._views if keys == "Backspace" else self
            shortcut = QShortcut(QKeySequence(keys), place)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # ---- going

    def show_practice(self, practice: str, criterion: str | None = None) -> None:
        """Bring a practice into view, at a criterion or at the one that the list is about."""
        self.commit()
        self._practice = self._session.questionnaire.practices[practice]
        ids = [entry.id for entry in self._practice.criterion]
        self._criterion = criterion if criterion is not None and criterion in ids else self.list.first(self._practice)
        self.cards.show_practice(self._practice, self._criterion)
        self._show_all()
        self.list.select(practice)
        self._show_details()

    def step(self, by: int) -> None:
        """To the next or previous criterion, over the end of the practice into the next one in the list."""
        ids = [entry.id for entry in self._practice.criterion]
        goal = ids.index(self._criterion) + by
        if 0 <= goal < len(ids) and not self.in_matrix:
            self._on_criterion_moved(ids[goal])
        elif (neighbour := self.list.neighbour(self._practice.id, by)) is not None:
            criteria = self._session.questionnaire.practices[neighbour].criterion
            self.show_practice(neighbour, criteria[0 if by > 0 or self.in_matrix else -1].id)
        self._take_focus()

    def next_open(self) -> None:
        """To the next unanswered criterion, wherever it is."""
        found = next_unanswered(self._session, self.criterion)
        if found is not None:
            self.show_practice(found.practice_id, found.id)
            self._take_focus()

    @property
    def criterion(self) -> str:
        """The one in hand."""
        return self._criterion

    @property
    def ladder(self) -> Ladder:
        return self._head.ladder

    @property
    def in_matrix(self) -> bool:
        """Whether the matrix is in view, else the cards."""
        return self._views.currentWidget() is not self.cards

    @property
    def matrix(self) -> Matrix:
        """Made when it is first wanted."""
        if self._matrix is None:
            self._matrix = Matrix(self._session)
            self._matrix.moved.connect(self._on_matrix_moved)
            self._matrix.opened.connect(self._on_matrix_opened)
            self._views.addWidget(self._matrix)
        return self._matrix

    @property
    def _view(self) -> Cards | Matrix:
        return self.matrix if self.in_matrix else self.cards

    def show_view(self, view: str) -> None:
        """CARDS or MATRIX, at the same criterion of the same application."""
        self.commit()
        self._head.show_view(view)
        if view == MATRIX:
            # Before it takes the focus, which makes its first cell current: one of this practice's.
            self.matrix.show_practice(self._practice, self._session.owner(self.criterion), self.criterion)
        criterion = self._criterion
        self._views.setCurrentWidget(self.matrix if view == MATRIX else self.cards)
        self._fit_height()
        # Qt gave the focus to the first card.
        self._on_criterion_moved(criterion)
        self._show_all()
        self._take_focus()

    def _take_focus(self) -> None:
        if self.in_matrix:
            self.matrix.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.cards.take_focus()

    @override
    def arrive(self) -> None:
        self._take_focus()

    @override
    def show_destination(self, destination: Destination) -> None:
        if destination.filter is not None:
            self.list.show_all()
            self.list.set_filter(Filter(destination.filter))
            listed = self.list.listed()
            if destination.practice is None and listed:
                self.show_practice(listed[0])
        if destination.practice is not None:
            if destination.practice not in self.list.listed():
                self.list.show_all()
            self.show_practice(destination.practice, destination.criterion)
        self._take_focus()

    @override
    def show_moved(self, changed: Changed) -> None:
        """To the one practice that moved, and to whose answers where they are one's."""
        practice = only_practice(self._session.questionnaire, changed.criteria)
        if practice is None or not changed.only_answers:
            return
        owners = {path[:-2] for path in changed.paths}
        if len(owners) == 1 and practice.scope is Scope.APPLICATION:
            (owner,) = owners
            self._session.take(owner[-1] if owner else None)
        if self._criterion not in changed.criteria:
            first = next(entry.id for entry in practice.criterion if entry.id in changed.criteria)
            self.show_practice(practice.id, first)

    @override
    def commit(self) -> None:
        self._view.commit()

    @override
    def end(self) -> None:
        recent.remember_layout("assess", self._wide if self.narrow else self._splitter.saveState())
        recent.remember_words("assess", [FOLDED] if self._folded else [])

    def explain(self) -> None:
        """How the score of the practice came about, for the application in hand."""
        organisation = self._practice.scope is Scope.ORGANISATION
        application = None if organisation else self._session.application
        found = explained(self._session, self._practice.id, application=application)
        if found is None:
            says = self.tr("Only applications have a score here, and there is none yet. Add one under Applications.")
            found = (self._practice.name, (Line(0, says),))
        Explained(*found, self).open()

    def fold_details(self) -> None:
        """Fold the details away, or bring them back; in a narrow window they take the place of the practices."""
        shown = self.detail.isHidden()
        if not self.narrow:
            self._folded = not shown
        self._show_sides(practices=not (self.narrow and shown), details=shown)

    @override
    def fit(self, narrow: bool) -> None:
        if narrow:
            self._wide = self._splitter.saveState()
        self._show_sides(practices=True, details=not narrow and not self._folded)
        if narrow:
            self._splitter.setSizes([theme.px(width) for width in (210, 660, 220)])
        else:
            self._splitter.restoreState(self._wide)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        low = self.height() < theme.px(LOW)
        self._head.show_less(low and self.in_matrix)
        if self._matrix is not None:
            self._matrix.show_less(low)

    def _show_sides(self, *, practices: bool, details: bool) -> None:
        """What goes away leaves the focus to the criterion in hand."""
        focus = QApplication.focusWidget()
        for side, shown in ((self.list, practices), (self.detail, details)):
            if not shown and focus is not None and (side is focus or side.isAncestorOf(focus)):
                self._take_focus()
            side.setVisible(shown)

    def start_find(self) -> None:
        if self.list.isHidden():
            self.fold_details()
        self.list.start_find()

    # ---- showing

    def _show_all(self) -> None:
        """Whatever the view in sight shows; the other one is filled when it comes into sight."""
        self._head.show_practice(self._practice, self.criterion)
        if self.in_matrix:
            self.matrix.show_practice(self._practice, self._session.owner(self.criterion), self.criterion)
        else:
            self.cards.show_answers()

    def _show_details(self) -> None:
        self.detail.show_criterion(self.criterion)
        self._head.show_practice(self._practice, self.criterion)

    # ---- doing

    def _answer(self, value: str) -> None:
        self._view.answer(value)

    def _write_note(self) -> None:
        """A note belongs to one answer: the card opens for it."""
        if self.in_matrix:
            self.show_view(CARDS)
        self.cards.write_note()

    def _clear(self) -> None:
        self._view.clear()

    def _write_reason(self) -> None:
        self._view.write_reason()

    def _next_basis(self) -> None:
        self._view.next_basis()

    def _mark(self) -> None:
        self._view.mark()

    def _accept(self) -> None:
        self._view.accept()

    def _select_column(self) -> None:
        if self.in_matrix:
            self.matrix.table.select_applications(max(0, self.matrix.table.currentIndex().column()))

    # ---- hearing

    def _on_criterion_moved(self, criterion: str) -> None:
        self._criterion = criterion
        if self.cards.criterion != criterion:
            self.cards.go([entry.id for entry in self._practice.criterion].index(criterion))
        self._show_details()

    def _on_ladder_criterion_chosen(self, criterion: str) -> None:
        self._on_criterion_moved(criterion)
        self._take_focus()

    def _on_matrix_moved(self, owner: str | None, criterion: str) -> None:
        """Ladder and details follow the current cell."""
        self._criterion = criterion
        if owner != self._session.owner(criterion):
            self._session.take(owner)
        self._on_criterion_moved(criterion)

    def _on_matrix_opened(self, owner: str | None, criterion: str) -> None:
        self._on_matrix_moved(owner, criterion)
        self.show_view(CARDS)

    def _on_session_changed(self, changed: Changed) -> None:
        mine = {entry.id for entry in self._practice.criterion}
        if not changed.only_answers or changed.criteria & mine:
            self._show_all()
            self.detail.show_criterion(self.criterion)

    def _on_session_application_changed(self) -> None:
        self._show_all()
        self.detail.show_criterion(self.criterion)
