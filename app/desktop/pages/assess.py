"""Assess: one practice at a time, every criterion by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import recent, theme
from app.desktop.models.card import card_state
from app.desktop.models.explanation import explained
from app.desktop.models.practices import Filter, criterion_is, next_unanswered
from app.desktop.pages.page import Destination, Page
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets.card import Card
from app.desktop.widgets.detail import Detail
from app.desktop.widgets.explained import Explained
from app.desktop.widgets.ladder import Ladder
from app.desktop.widgets.matrix import Matrix
from app.desktop.widgets.practice_head import CARDS, MATRIX, PracticeHead
from app.desktop.widgets.practice_list import PracticeList
from app.desktop.widgets.practice_words import PracticeWords
from app.desktop.widgets.text import column, label, rule, scrolled
from questionnaires.model import NOT_APPLICABLE, Practice, Scope
from scoring.assessment import Basis

WIDTHS = (260, 640, 290)
"""Of the practices, the practice in view and the details, until somebody moves their edges."""


class AssessPage(Page):
    """Left the practices, in the middle the ladder and the cards, right what helps to answer."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._practice: Practice = session.questionnaire.pillar[0].practice[0]
        self._current = 0
        self.list = PracticeList(session)
        self.list.chosen.connect(self.show_practice)
        self._cards: list[Card] = []
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
        self._words = PracticeWords(len(session.questionnaire.level))
        self._card_column = QVBoxLayout()
        self._card_column.setSpacing(theme.px(2))
        for _ in range(max(len(practice.criterion) for practice in session.questionnaire.practices.values())):
            self._add_card()
        content = QWidget()
        content.setLayout(
            column(
                self._words,
                column(self._card_column, margins=(4, 0, 0, 0)),
                24, -1,
            )
        )  # fmt: skip
        self._scroll = scrolled(content)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        keys = self.tr(
            "1–4 answer · 0 not applicable · N note · R reason · B basis · E evidence · M mark · W why · J K next, back"
        )
        hint = label(keys, Role.SMALL, muted=True)
        hint.setContentsMargins(theme.px(24), theme.px(6), theme.px(16), theme.px(6))
        cards = QWidget()
        cards.setLayout(column(self._scroll, rule(), hint))
        self.matrix = Matrix(session)
        self.matrix.moved.connect(self._on_matrix_moved)
        self.matrix.opened.connect(self._on_matrix_opened)
        self._views = QStackedWidget()
        self._views.addWidget(cards)
        self._views.addWidget(self.matrix)
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
            place: QWidget = self._scroll if keys in ("Up", "Down") else self._views if keys == "Backspace" else self
            shortcut = QShortcut(QKeySequence(keys), place)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # ---- going

    def show_practice(self, practice: str, criterion: str | None = None) -> None:
        """Bring a practice into view, at a criterion or at its first open one."""
        self.commit()
        self._practice = self._session.questionnaire.practices[practice]
        ids = [entry.id for entry in self._practice.criterion]
        first_open = next((key for key in ids if criterion_is(self._session, key, self._wanted())), ids[0])
        self._current = ids.index(criterion if criterion in ids else first_open)
        for number, card in enumerate(self._cards):
            card.setVisible(number < len(ids))
        self._show_all()
        self.list.select(practice)
        self._show_current(focus=False)

    def _wanted(self) -> Filter:
        """What kind of criterion to start at: what the list is filtered by, else the first unanswered."""
        return Filter.UNANSWERED if self.list.filter is Filter.ALL else self.list.filter

    def step(self, by: int) -> None:
        """To the next or previous criterion, over the end of the practice into the next one in the list."""
        goal = self._current + by
        if self.in_matrix:
            goal = -1 if by < 0 else len(self._practice.criterion)
        if 0 <= goal < len(self._practice.criterion):
            self._current = goal
            self._show_current()
            return
        listed = self.list.listed()
        if self._practice.id not in listed:
            return
        place = listed.index(self._practice.id) + by
        if 0 <= place < len(listed):
            neighbour = self._session.questionnaire.practices[listed[place]]
            self.show_practice(neighbour.id, neighbour.criterion[0 if by > 0 or self.in_matrix else -1].id)
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
        return self._practice.criterion[self._current].id

    @property
    def ladder(self) -> Ladder:
        return self._head.ladder

    @property
    def in_matrix(self) -> bool:
        """Whether the matrix is in view, else the cards."""
        return self._views.currentWidget() is self.matrix

    def show_view(self, view: str) -> None:
        """CARDS or MATRIX, at the same criterion of the same application."""
        self.commit()
        self._head.show_view(view)
        if view == MATRIX:
            # Before it takes the focus, which makes its first cell current: one of this practice's.
            self.matrix.show_practice(self._practice, self._session.owner(self.criterion), self.criterion)
        self._views.setCurrentIndex(1 if view == MATRIX else 0)
        self._show_all()
        self._show_current(focus=False)
        self._take_focus()

    def _take_focus(self) -> None:
        goal = self.matrix.table if self.in_matrix else self._card()
        goal.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def arrive(self) -> None:
        self._take_focus()

    @override
    def show_destination(self, destination: Destination) -> None:
        if destination.filter is not None:
            self.list.select(None)
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
    def commit(self) -> None:
        self.matrix.commit()
        for card in self._cards:
            card.commit()

    @override
    def end(self) -> None:
        recent.remember_layout("assess", self._splitter.saveState())

    def explain(self) -> None:
        """How the score of the practice came about, for the application in hand."""
        organisation = self._practice.scope is Scope.ORGANISATION
        application = None if organisation else self._session.application
        found = explained(self._session, self._practice.id, application=application)
        if found is not None:
            Explained(*found, self).open()

    def fold_details(self) -> None:
        """Fold the details away, or bring them back; in a narrow window they take the place of the practices."""
        self.detail.setVisible(self.detail.isHidden())
        self.list.setVisible(not self.narrow or self.detail.isHidden())

    @override
    def fit(self, narrow: bool) -> None:
        self.detail.setVisible(not narrow)
        self.list.show()
        self._splitter.setSizes([theme.px(width) for width in ((210, 660, 220) if narrow else WIDTHS)])

    def start_find(self) -> None:
        if self.list.isHidden():
            self.fold_details()
        self.list.start_find()

    # ---- showing

    def _add_card(self) -> None:
        number = len(self._cards)
        card = Card([(step.id, step.name) for step in self._session.questionnaire.scale])
        card.activated.connect(lambda: self._on_card_activated(number))
        card.answered.connect(lambda value: self._on_card_answered(number, value))
        card.based.connect(lambda basis: self._amend(number, basis=basis))
        card.noted.connect(lambda text: self._amend(number, note=text))
        card.reasoned.connect(lambda text: self._amend(number, reason=text))
        card.marked.connect(lambda marked: self._amend(number, marked=marked))
        card.accepted.connect(self._accept)
        card.left.connect(lambda: self._cards[number].setFocus(Qt.FocusReason.OtherFocusReason))
        self._cards.append(card)
        self._card_column.addWidget(card)

    def _card(self) -> Card:
        return self._cards[self._current]

    def _show_all(self) -> None:
        """Whatever the view in sight shows; the other one is filled when it comes into sight."""
        practice = self._practice
        self._head.show_practice(practice, self.criterion)
        if self.in_matrix:
            self.matrix.show_practice(practice, self._session.owner(self.criterion), self.criterion)
            return
        self._words.show_practice(practice)
        for criterion, card in zip(practice.criterion, self._cards, strict=False):
            card.show_state(card_state(self._session, criterion.id))

    def _show_current(self, *, focus: bool = True) -> None:
        for number, card in enumerate(self._cards):
            card.set_current(number == self._current)
        if focus:
            self._take_focus()
        self.detail.show_criterion(self.criterion)
        self._head.show_practice(self._practice, self.criterion)
        # Once the card has its new height.
        QTimer.singleShot(0, self, self._scroll_to_current)

    def _scroll_to_current(self) -> None:
        if self._current == 0:
            self._scroll.verticalScrollBar().setValue(0)
        else:
            self._scroll.ensureWidgetVisible(self._card(), 0, theme.px(16))

    # ---- doing

    def _answer(self, value: str) -> None:
        if self.in_matrix:
            self.matrix.answer(value)
        else:
            self._on_card_answered(self._current, value)

    def _on_card_answered(self, number: int, value: str) -> None:
        if number != self._current:
            self._current = number
            self._show_current()
        self._session.answer(self.criterion, value)
        self._card().show_state(card_state(self._session, self.criterion))
        if value == NOT_APPLICABLE and not (self._card().state or card_state(self._session, self.criterion)).reason:
            self._card().write_reason()

    def _clear(self) -> None:
        if self.in_matrix:
            self.matrix.clear()
        else:
            self._session.answer(self.criterion, "clear")

    def _write_note(self) -> None:
        """A note belongs to one answer: the card opens for it."""
        if self.in_matrix:
            self.show_view(CARDS)
        self._card().write_note()

    def _write_reason(self) -> None:
        if self.in_matrix:
            self.matrix.write_reason()
        else:
            self._card().write_reason()

    def _select_column(self) -> None:
        if self.in_matrix:
            self.matrix.table.select_applications(max(0, self.matrix.table.currentIndex().column()))

    def _amend(
        self, number: int, *, basis: Basis | None = None, note: str | None = None, reason: str | None = None,
        marked: bool | None = None,
    ) -> None:  # fmt: skip
        criterion = self._practice.criterion[number].id
        self._session.amend(criterion, basis=basis, note=note, reason=reason, marked=marked)

    def _mark(self) -> None:
        own = self._session.own_answer(self.criterion)
        self._amend(self._current, marked=not (own is not None and own.marked))

    def _next_basis(self) -> None:
        answer = self._session.answer_in_hand(self.criterion)
        if answer is not None and answer.value is not None:
            order = list(Basis)
            following = order[(order.index(answer.basis) + 1) % len(order)] if answer.basis else order[0]
            self._amend(self._current, basis=following)

    def _accept(self) -> None:
        """Take over what evidence suggests, as an answer based on it."""
        if self.in_matrix:
            self.matrix.accept()
            return
        claim = self._session.claim(self.criterion)
        if claim is not None and claim.suggestion is not None:
            self._session.answer(self.criterion, claim.suggestion, basis=Basis.EVIDENCE)

    # ---- hearing

    def _on_card_activated(self, number: int) -> None:
        if number != self._current:
            self._current = number
            self._show_current()

    def _on_ladder_criterion_chosen(self, criterion: str) -> None:
        self._on_card_activated([entry.id for entry in self._practice.criterion].index(criterion))

    def _on_matrix_moved(self, owner: str | None, criterion: str) -> None:
        """Ladder and details follow the current cell."""
        self._current = [entry.id for entry in self._practice.criterion].index(criterion)
        if owner != self._session.owner(criterion):
            self._session.take(owner)
        self._show_current(focus=False)

    def _on_matrix_opened(self, owner: str | None, criterion: str) -> None:
        self._on_matrix_moved(owner, criterion)
        self.show_view(CARDS)

    def _on_session_changed(self, changed: Changed) -> None:
        mine = {entry.id for entry in self._practice.criterion}
        if not changed.only_answers or changed.criteria & mine:
            self._show_all()
            self.detail.show_criterion(self.criterion)

    def _on_session_application_changed(self) -> None:
        self.list.refresh()
        self._show_all()
        self.detail.show_criterion(self.criterion)
