"""One initiative: why it stands where it stands, and a person's word on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.desktop import theme
from app.desktop.models.initiatives import item_card
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.fields import Line, Select
from app.desktop.widgets.text import button, column, label, rule
from app.desktop.widgets.writing import Writing
from scoring.assessment import Decision, Lane
from scoring.roadmap import Initiative, ReasonKind


@dataclass(frozen=True, slots=True)
class Word:
    """What a person decides on an item."""

    lane: Lane | None
    """None takes the word back."""
    wave: int | None = None
    by: str = ""
    """Of what is due: the day, as it was typed."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What stands in the fields of the decision."""

    reason: str
    day: str
    wave: int
    proposed: Lane | None = None


class ItemDetail(QScrollArea):
    """Reasons above, the decision below. What is typed about an item stays with it until it is decided or left."""

    decided = Signal(object)
    """Word"""
    left = Signal()
    """By Escape: nothing is decided."""

    def __init__(self, session: Session, waves: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("The initiative"))
        # The question and the reasons find their places a few turns later.
        self.verticalScrollBar().rangeChanged.connect(self._show_question)
        self._title = label("", Role.HEADING, wrap=True)
        self._whom = label("", Role.SMALL, muted=True, wrap=True)
        self._reasons = QVBoxLayout()
        self._reasons.setSpacing(theme.px(8))
        self._criteria = label("", wrap=True)
        self.reason = Writing(self.tr("Reason for the decision"), self.tr("Why? It is printed with the item."))
        self.reason.textChanged.connect(self._enable)
        self.reason.left.connect(self._on_reason_left)
        self._proposed: Lane | None = None
        self._item: Initiative | None = None
        self._stands: int | None = None
        """The wave it stands in; None where it is not planned."""
        self._decision: Decision | None = None
        self._given = _Draft("", "", 1)
        """What the fields were filled with."""
        self._drafts: dict[str, _Draft] = {}
        """By item: what was typed about others."""
        self._proposal = label("", Role.STRONG, wrap=True)
        self._wave = Select(self.tr("Wave"))
        for number in range(1, waves + 1):
            self._wave.addItem(self.tr("Wave {0}").format(number), number)
        self._wave.currentIndexChanged.connect(self._show_proposal)
        self._pin = button(self.tr("Pin to the wave"))
        self._defer = button(self.tr("Not before the wave"))
        self._drop = button(self.tr("Drop"))
        self.day = Line()
        self.day.setAccessibleName(self.tr("Day by which it is due"))
        self.day.setPlaceholderText(self.tr("Day, such as 2027-03-31"))
        self.day.textChanged.connect(self._enable)
        self.due = button(self.tr("Due by the day"))
        self.due.clicked.connect(lambda: self._decide(Lane.DUE, None))
        self.free = button(self.tr("Let the plan decide"))
        self._pin.clicked.connect(lambda: self._decide(Lane.PIN, self._wave.currentData()))
        self._defer.clicked.connect(lambda: self._decide(Lane.DEFER, self._wave.currentData()))
        self._drop.clicked.connect(lambda: self._decide(Lane.DROP, None))
        self.free.clicked.connect(lambda: self.decided.emit(Word(None)))
        self.deciders = (self._pin, self._defer, self._drop)
        """Enabled once there is a reason."""
        self._word = QWidget()
        self._word.setLayout(
            column(
                rule(), 12, label(self.tr("Your word"), Role.LABEL, muted=True), 4, self._proposal, self.reason, 8,
                self._wave, 8,
                self._pin, 4, self._defer, 4, self._drop, 16, self.day, 4, self.due, 16, self.free,
            )
        )  # fmt: skip
        body = QWidget()
        body.setLayout(
            column(
                self._title, 2, self._whom, 12, self._reasons, 12,
                label(self.tr("Criteria that it closes"), Role.LABEL, muted=True), 2, self._criteria, 16,
                self._word, -1,
                margins=(20, 16, 16, 16),
            )
        )  # fmt: skip
        self.setWidget(body)

    @property
    def goal(self) -> int | None:
        """The wave that is proposed for the item in view, else the one it stands in; None for none."""
        match self._proposed:
            case Lane.DROP:
                return None
            case Lane.PIN:
                return int(self._wave.currentData())
            case _:
                return self._stands

    def propose(self, wave: int | None) -> None:
        """Ask why the item in view should stand in another wave, or None for in none; Return then decides."""
        if self._proposed is None and self.reason.toPlainText() == self._given.reason:
            self.reason.clear()  # the reason of another decision is none for this one
        if wave is not None:
            self._wave.setCurrentIndex(self._wave.findData(wave))
        self._proposed = Lane.DROP if wave is None else Lane.PIN
        self._show_proposal()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._show_question)

    def _show_question(self) -> None:
        if self._proposed is not None and self.reason.hasFocus():
            self.ensureWidgetVisible(self._proposal)
            self.ensureWidgetVisible(self.reason)

    def withdraw(self) -> None:
        """Propose nothing; what was typed stays."""
        self._proposed = None
        if not self.reason.toPlainText().strip():
            self.reason.setPlainText(self._given.reason)
        self._wave.setCurrentIndex(self._wave.findData(self._given.wave))
        self._show_proposal()

    def ask_day(self) -> None:
        """The day was refused: it is typed anew."""
        self.day.setFocus(Qt.FocusReason.OtherFocusReason)
        self.day.selectAll()
        # Once the message that says why has taken its room.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.day))

    def settle(self) -> None:
        """What was proposed is decided."""
        self._proposed = None
        self._show_proposal()
        self._given = self._draft()

    def _show_proposal(self) -> None:
        self._proposal.setText(
            self.tr("Why drop it? Return decides, Escape leaves it.") if self._proposed is Lane.DROP else
            self.tr("Why in wave {0}? Return decides, Escape leaves it.").format(self._wave.currentData())
        )  # fmt: skip
        self._proposal.setVisible(self._proposed is not None)

    def _draft(self) -> _Draft:
        return _Draft(self.reason.toPlainText(), self.day.text(), self._wave.currentData(), self._proposed)

    def _standing(self) -> _Draft:
        """What the fields say where nobody has typed."""
        decision = self._decision
        wave = (decision.wave if decision else None) or self._stands or 1
        by = decision.by.isoformat() if decision and decision.by else ""
        return _Draft(decision.reason if decision else "", by, wave)

    def _fill(self, draft: _Draft) -> None:
        if draft.reason != self.reason.toPlainText():
            self.reason.setPlainText(draft.reason)
        self.day.setText(draft.day)
        self._wave.setCurrentIndex(self._wave.findData(draft.wave))
        self._proposed = draft.proposed
        self._show_proposal()

    def show_item(self, item: Initiative, wave: int | None) -> None:
        """``wave`` is the one it stands in."""
        other = self._item is None or item.id != self._item.id
        touched = self._draft() != self._given
        if other and touched and self._item is not None:
            self._drafts[self._item.id] = self._draft()
        moved = self._decision != item.decision
        self._item, self._stands, self._decision = item, wave, item.decision
        if other or moved or not touched:
            self._given = self._standing()
            self._fill(self._drafts.pop(item.id, self._given) if other else self._given)
        session = self._session
        card = item_card(session, item)
        self._title.setText(self.tr("{0} to level {1}").format(card.title, card.level))
        self._whom.setText(f"{card.whom} · {card.effort}")
        while (entry := self._reasons.takeAt(0)) is not None:
            if (widget := entry.widget()) is not None:
                widget.deleteLater()
        names = {
            ReasonKind.MUST: self.tr("Must"), ReasonKind.DECISION: self.tr("Decision"),
            ReasonKind.PLACE: self.tr("Place"), ReasonKind.GAP: self.tr("Gap"),
            ReasonKind.VALUE: self.tr("Value"), ReasonKind.EFFORT: self.tr("Effort"),
            ReasonKind.ORDER: self.tr("Order"),
            ReasonKind.UNLOCKS: self.tr("Unlocks"), ReasonKind.OBLIGATION: self.tr("Obligations"),
            ReasonKind.EVIDENCE: self.tr("Evidence"),
        }  # fmt: skip
        for reason in item.reasons:
            part = QWidget()
            heading = label(names.get(reason.kind, str(reason.kind)), Role.LABEL, muted=True)
            part.setLayout(column(heading, label(reason.text, wrap=True)))
            self._reasons.addWidget(part)
        questions = (session.questionnaire.criteria[key].question for key in item.criteria)
        self._criteria.setText("\n".join(f"– {question}" for question in questions))
        self.free.setEnabled(item.decision is not None and session.writable)
        self._enable()

    def _enable(self) -> None:
        ready = bool(self.reason.toPlainText().strip()) and self._session.writable
        for entry in self.deciders:
            entry.setEnabled(ready)
        self.due.setEnabled(ready and bool(self.day.text().strip()))

    def _decide(self, lane: Lane, wave: int | None) -> None:
        by = self.day.text().strip() if lane is Lane.DUE else ""
        self.decided.emit(Word(lane, wave, by, self.reason.toPlainText().strip()))

    def _on_reason_left(self) -> None:
        """Return with a reason decides what was proposed; Escape takes back what was typed."""
        if self.reason.escaped:
            self._fill(self._given)
            self.left.emit()
        elif self._proposed is not None and self.reason.toPlainText().strip():
            self._decide(self._proposed, self._wave.currentData() if self._proposed is Lane.PIN else None)
