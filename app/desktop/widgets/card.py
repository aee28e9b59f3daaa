"""One criterion: the question, its answer, and what stands beside the answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import IconButton, pixmap
from app.desktop.models.card import CardState
from app.desktop.theme import Role
from app.desktop.widgets.flow import Flow
from app.desktop.widgets.text import button, label, row, set_flag
from app.desktop.widgets.writing import Writing
from questionnaires.model import NOT_APPLICABLE
from scoring.assessment import Basis


class Card(QWidget):
    """Shows a :class:`CardState` and says what was done; the current card is open, the others show the answer only."""

    answered = Signal(str)
    """A step of the scale, or ``not-applicable``."""
    based = Signal(object)
    """Basis"""
    noted = Signal(str)
    reasoned = Signal(str)
    marked = Signal(bool)
    accepted = Signal()
    """The suggestion of the evidence."""
    left = Signal()
    """Writing has ended by Return or Escape."""

    def __init__(
        self, steps: Sequence[tuple[str, str]], *, writable: bool = True, parent: QWidget | None = None
    ) -> None:
        """``steps`` are the ids and names of the scale, worst first."""
        super().__init__(parent)
        self.state: CardState | None = None
        self._names = {**dict(steps), NOT_APPLICABLE: self.tr("Not applicable")}
        self._current = False
        self._writable = writable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._question = label("", wrap=True)
        self._mark = IconButton("flag", self.tr("Mark for review"), keys="M")
        self._mark.clicked.connect(self._on_mark_clicked)
        self._answers: dict[str, QPushButton] = {}
        for key, (value, name) in enumerate(steps, 1):
            self._add_answer(value, name, str(key))
        self._add_answer(NOT_APPLICABLE, self.tr("N/A"), "0")
        self._answers[NOT_APPLICABLE].setAccessibleName(self._names[NOT_APPLICABLE])
        self._status_icon = QLabel()
        self._status_icon.setContentsMargins(0, 0, theme.px(6), 0)
        self._status = label("", Role.SMALL, muted=True, wrap=True)
        self._bases: dict[Basis, QPushButton] = {}
        for basis, text in (
            (Basis.INTERVIEW, self.tr("Interview")),
            (Basis.DOCUMENT, self.tr("Document")),
            (Basis.EVIDENCE, self.tr("Evidence")),
        ):
            choice = button(text, "choice")
            choice.setCheckable(True)
            choice.setAccessibleName(self.tr("Basis: {0}").format(text))
            choice.clicked.connect(lambda _=False, basis=basis: self._on_basis_clicked(basis))
            self._bases[basis] = choice
        self._accept = button("", "quiet")
        self._accept.clicked.connect(self.accepted)
        self._reason_label = label("", Role.LABEL)
        self._reason = Writing(self.tr("Reason"))
        self._reason.written.connect(self.reasoned)
        self._reason.left.connect(self.left)
        self._note = Writing(self.tr("Note"), self.tr("Key N") if writable else "")
        self._note.written.connect(self.noted)
        self._note.left.connect(self.left)
        if not writable:
            for field in (self._reason, self._note):
                field.setReadOnly(True)
            for entry in (self._mark, self._accept, *self._answers.values()):
                entry.setEnabled(False)
        self._lay_out()
        self.set_current(False)

    def _lay_out(self) -> None:
        self._says = QWidget()
        self._says.setLayout(row(self._status_icon, self._status, 8, self._accept))
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        said = self._says.layout()
        assert isinstance(said, QHBoxLayout)
        said.setStretchFactor(self._status, 1)
        self._beside = QWidget()
        captions = [label(text, Role.SMALL, muted=True) for text in (self.tr("Basis"), self.tr("Note"))]
        for caption in captions:
            caption.setFixedWidth(max(each.sizeHint().width() for each in captions))
        bases = row(captions[0], 8, *self._bases.values(), -1)
        note = row(captions[1], 8, self._note)
        note.setStretchFactor(self._note, 1)
        beside = QVBoxLayout(self._beside)
        beside.setContentsMargins(0, theme.px(4), 0, 0)
        beside.setSpacing(theme.px(6))
        beside.addLayout(bases)
        beside.addWidget(self._reason_label)
        beside.addWidget(self._reason)
        beside.addLayout(note)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.px(20), theme.px(10), theme.px(12), theme.px(12))
        whole.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.addWidget(self._question, 1)
        head.addSpacing(theme.px(8))
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        whole.addLayout(head)
        whole.addLayout(Flow(*self._answers.values()))
        whole.addWidget(self._says)
        whole.addWidget(self._beside)

    def _add_answer(self, value: str, name: str, key: str) -> None:
        entry = button(f"{name}  {key}", "answer")
        entry.setCheckable(True)
        entry.setAccessibleName(name)
        entry.setToolTip(self.tr("{0}: key {1}").format(self._names.get(value, name), key))
        entry.clicked.connect(lambda _=False, value=value: self._on_answer_clicked(value))
        self._answers[value] = entry

    # ---- showing

    def show_state(self, state: CardState) -> None:
        """Show another state, or another criterion."""
        if state == self.state:
            return
        if self.state is not None and self.state.criterion != state.criterion:
            self._note.commit()
            self._reason.commit()
        self.state = state
        self._question.setText(state.question)
        for value, entry in self._answers.items():
            set_flag(entry, "inherited", value == state.value and state.inherited)
        self._show_chosen()
        for choice in self._bases.values():
            choice.setEnabled(state.value is not None and self._writable)
        self._mark.show_icon(
            "flagged" if state.marked else "flag",
            self.tr("Marked for review") if state.marked else self.tr("Mark for review"),
        )
        self._show_status(state)
        suggested = self._names.get(state.suggestion or "", "")
        self._accept.setText(self.tr("Evidence suggests {0}   E").format(suggested.casefold()))
        self._accept.setAccessibleName(self.tr("Accept what evidence suggests: {0}").format(suggested))
        self._reason_label.setText(
            self.tr("Why does it not apply? Without a reason it counts as unanswered.")
            if state.not_applicable
            else self.tr("Why does the claim stand, although evidence speaks against it?")
        )
        self._reason.show_text(state.reason)
        self._note.show_text(state.note)
        self._show_parts()
        self.setAccessibleName(state.question)
        answer = self._names.get(state.value or "", self.tr("Unanswered"))
        self.setAccessibleDescription(". ".join(part for part in (answer, self._status.text()) if part))

    def _show_chosen(self) -> None:
        """What is chosen is what stands, whatever a click made of the button."""
        value, basis = (self.state.value, self.state.basis) if self.state is not None else (None, None)
        for step, entry in self._answers.items():
            entry.setChecked(step == value)
        for each, choice in self._bases.items():
            choice.setChecked(each is basis)

    def _show_status(self, state: CardState) -> None:
        parts: list[str] = []
        icon = ""
        if state.limit is not None:
            icon = "challenge"
            allowed = self._names[state.limit].casefold()
            parts.append(
                self.tr("Explained: evidence allows {0}").format(allowed)
                if state.reason
                else self.tr("Challenged: evidence allows {0}").format(allowed)
            )
        elif state.not_applicable and not state.reason:
            icon = "challenge"
            parts.append(self.tr("Needs a reason"))
        if state.inherited:
            parts.append(self.tr("Common answer"))
        elif state.common is not None and state.common != state.value:
            parts.append(self.tr("Common answer: {0}").format(self._names[state.common].casefold()))
        if not self._current:
            words = {Basis.INTERVIEW: self.tr("Interview"), Basis.DOCUMENT: self.tr("Document"),
                     Basis.EVIDENCE: self.tr("Evidence")}  # fmt: skip
            parts += [words[state.basis]] if state.basis is not None else []
            parts += [self.tr("Note")] if state.note else []
        self._status.setText(" · ".join(parts))
        set_flag(self._status, "attention", icon == "challenge")
        self._status_icon.setVisible(bool(icon))
        if icon:
            colour = theme.colours().attention
            self._status_icon.setPixmap(pixmap(icon, colour, theme.px(16), self.devicePixelRatioF()))

    def set_current(self, current: bool) -> None:
        """Open or close the card."""
        if current == self._current:
            return
        self._current = current
        if self.state is not None:
            self._show_status(self.state)
        self._show_parts()
        self.update()

    def _show_parts(self) -> None:
        state = self.state
        self._beside.setVisible(self._current)
        reason = state is not None and state.wants_reason
        if not reason and self._reason.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # before Qt gives it to the next field
        self._reason_label.setVisible(reason)
        self._reason.setVisible(reason)
        self._accept.setVisible(state is not None and state.suggestion is not None)
        self._says.setVisible(state is not None and (bool(self._status.text()) or state.suggestion is not None))

    def write_note(self) -> None:
        self._note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def write_reason(self) -> None:
        """Where one belongs; else nothing happens."""
        if self._reason.isVisible():
            self._reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def commit(self) -> None:
        """Take over what is being typed."""
        self._note.commit()
        self._reason.commit()

    def _on_mark_clicked(self) -> None:
        self.marked.emit(self.state is not None and not self.state.marked)

    def _on_answer_clicked(self, value: str) -> None:
        self.answered.emit(value)
        self._show_chosen()

    def _on_basis_clicked(self, basis: Basis) -> None:
        self.based.emit(basis)
        self._show_chosen()

    # ---- the frame

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.state is not None:
            self._show_status(self.state)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect()
        if self._current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.surface))
            painter.drawRoundedRect(area, theme.px(4), theme.px(4))
            if self.hasFocus():
                painter.setPen(QPen(QColor(colours.accent), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), theme.px(4), theme.px(4))
            else:
                painter.setBrush(QColor(colours.accent))
                painter.drawRect(0, theme.px(8), theme.px(2), area.height() - theme.px(16))
        else:
            painter.fillRect(theme.px(20), area.bottom(), area.width() - theme.px(32), 1, QColor(colours.line))
        painter.end()
