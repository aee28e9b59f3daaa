"""The criteria of a practice as cards below each other: one of them is open and takes the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.desktop import theme
from app.desktop.models.card import card_state, following
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.card import Card
from app.desktop.widgets.practice_words import PracticeWords
from app.desktop.widgets.text import column, label, rule, scrolled
from questionnaires.model import NOT_APPLICABLE, Practice
from scoring.assessment import Basis


class Cards(QWidget):
    """Shows a practice for the application in hand and answers for it, as the matrix does for many."""

    moved = Signal(str)
    """The focus went to another criterion's card."""

    def __init__(self, session: Session, practice: Practice) -> None:
        super().__init__()
        self._session = session
        self._practice = practice
        self._current = 0
        self._cards: list[Card] = []
        self._words = PracticeWords(len(session.questionnaire.level))
        content = QWidget()
        self._column = column(self._words, -1, margins=(4, 0, 0, 24))
        self._column.setSpacing(theme.px(2))
        content.setLayout(self._column)
        self._scroll = scrolled(content)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        keys = self.tr(
            "1–4 answer · 0 not applicable · N note · R reason · B basis · E evidence · M mark · W why · J K next, back"
            " · U next open"
        )
        hint = label(keys, Role.SMALL, muted=True, wrap=True)
        hint.setContentsMargins(theme.px(24), theme.px(6), theme.px(16), theme.px(6))
        self.setLayout(column(self._scroll, rule(), hint))
        # A card takes longer to make than a key may wait: one after the other, each in a turn of its own.
        self._growing = QTimer(self)
        self._growing.setInterval(0)
        self._growing.timeout.connect(self._grow)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    # ---- going

    def show_practice(self, practice: Practice, criterion: str) -> None:
        """Bring a practice into view, at a criterion."""
        self.commit()
        self._practice = practice
        self._words.show_practice(practice)
        self.go([entry.id for entry in practice.criterion].index(criterion))
        for number, card in enumerate(self._cards):
            card.setVisible(number < len(practice.criterion))
        self.show_answers()
        self._growing.start()

    def go(self, number: int) -> None:
        """Open another card."""
        self._current = number
        while len(self._cards) <= number:
            self._add()
        focus = QApplication.focusWidget()
        if focus is not None and self._scroll.isAncestorOf(focus) and not self.card.isAncestorOf(focus):
            # Before the card that has it closes: Qt would give it to any other.
            self.take_focus()
        for place, card in enumerate(self._cards):
            card.set_current(place == number)
        # Once the card has its new height.
        QTimer.singleShot(0, self, self._scroll_to_current)

    def take_focus(self) -> None:
        """To the open card itself: a field in it that had the focus would take the keys that answer."""
        self.card.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_answers(self) -> None:
        """As they stand now."""
        for criterion, card in zip(self._practice.criterion, self._cards, strict=False):
            card.show_state(card_state(self._session, criterion.id))

    @property
    def criterion(self) -> str:
        """The one in hand."""
        return self._practice.criterion[self._current].id

    @property
    def card(self) -> Card:
        """The open one."""
        return self._cards[self._current]

    @property
    def complete(self) -> bool:
        """Every criterion of the practice has its card."""
        return len(self._cards) >= len(self._practice.criterion)

    # ---- doing

    def answer(self, value: str) -> None:
        self._session.answer(self.criterion, value)
        state = card_state(self._session, self.criterion)
        self.card.show_state(state)
        if self._session.writable and value == NOT_APPLICABLE and state.not_applicable and not state.reason:
            self.card.write_reason()

    def clear(self) -> None:
        self._session.answer(self.criterion, "clear")

    def write_note(self) -> None:
        self.card.write_note()

    def write_reason(self) -> None:
        self.card.write_reason()

    def mark(self) -> None:
        own = self._session.own_answer(self.criterion)
        self._session.amend(self.criterion, marked=not (own is not None and own.marked))

    def next_basis(self) -> None:
        answer = self._session.answer_in_hand(self.criterion)
        if answer is not None and answer.value is not None:
            self._session.amend(self.criterion, basis=following(answer.basis))

    def accept(self) -> None:
        """Take over what evidence suggests, as an answer based on it."""
        claim = self._session.claim(self.criterion)
        if claim is not None and claim.suggestion is not None:
            self._session.answer(self.criterion, claim.suggestion, basis=Basis.EVIDENCE)

    def commit(self) -> None:
        """Take over what is being typed."""
        for card in self._cards:
            card.commit()

    # ---- the cards

    def _add(self) -> None:
        number = len(self._cards)
        session = self._session
        card = Card([(step.id, step.name) for step in session.questionnaire.scale], writable=session.writable)
        card.answered.connect(lambda value: self._on_card_answered(number, value))
        card.accepted.connect(lambda: self._on_card_accepted(number))
        card.based.connect(lambda basis: session.amend(self._at(number), basis=basis))
        card.noted.connect(lambda text: session.amend(self._at(number), note=text))
        card.reasoned.connect(lambda text: session.amend(self._at(number), reason=text))
        card.marked.connect(lambda marked: session.amend(self._at(number), marked=marked))
        card.left.connect(lambda: card.setFocus(Qt.FocusReason.OtherFocusReason))
        card.show_state(card_state(session, self._at(number)))
        self._cards.append(card)
        self._column.insertWidget(len(self._cards), card)
        card.show()  # Qt would do so a turn later, and until then it takes no focus

    def _at(self, number: int) -> str:
        return self._practice.criterion[number].id

    def _grow(self) -> None:
        if self.complete:
            self._growing.stop()
            return
        self._add()

    def _scroll_to_current(self) -> None:
        if self._current == 0:
            self._scroll.verticalScrollBar().setValue(0)
        else:
            self._scroll.ensureWidgetVisible(self.card, 0, theme.px(16))

    def _move(self, number: int) -> None:
        if number != self._current:
            self.go(number)
            self.moved.emit(self.criterion)

    def _on_card_answered(self, number: int, value: str) -> None:
        self._move(number)
        self.answer(value)

    def _on_card_accepted(self, number: int) -> None:
        self._move(number)
        self.accept()

    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        """Whatever of a card has the focus, its keys answer that card; a stack gives it to hidden ones, too."""
        for number, card in enumerate(self._cards[: len(self._practice.criterion)]):
            if now is not None and (now is card or card.isAncestorOf(now)):
                self._move(number)
                return
