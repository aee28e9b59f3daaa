"""Above the criteria of a practice: its name, its score, and the ladder that every answer moves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.desktop import theme
from app.desktop.icons import IconButton
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.ladder import Cell, Ladder, Rung
from app.desktop.widgets.text import OneLine, button, column, label, row
from questionnaires.model import NOT_APPLICABLE, Practice, Scope
from reports import words

CARDS, MATRIX = "cards", "matrix"
"""The two views of a practice."""


class PracticeHead(QWidget):
    """Shows a practice for the application in hand."""

    fold_wanted = Signal()
    explanation_wanted = Signal()
    """Of the score."""
    view_wanted = Signal(str)
    """CARDS or MATRIX."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pillar = OneLine(Role.SMALL, muted=True)
        self._name = label("", Role.TITLE, wrap=True)
        self._line = OneLine(Role.HEADING)
        self._score = button("", "quiet")
        self._score.setProperty("role", Role.TITLE.value)
        self._score.clicked.connect(self.explanation_wanted)
        self._beside = label("", Role.SMALL, muted=True)
        self._views = Choices(self.tr("View of the practice"))
        self._views.chosen.connect(self.view_wanted)
        fold = IconButton("details", self.tr("Show or hide the details"), keys="F4")
        fold.clicked.connect(self.fold_wanted)
        self.ladder = Ladder()
        right = Qt.AlignmentFlag.AlignRight
        score = column(self._score, self._beside)
        score.setAlignment(self._score, right)
        score.setAlignment(self._beside, right)
        top = self._top = row(column(self._pillar, self._name, self._line), 16, self._views, 16, score, 8, fold)
        top.setStretch(0, 1)
        self._fold = fold
        self._whole = column(top, self.ladder)
        self.setLayout(self._whole)
        self.show_view(CARDS)
        self.show_less(False)

    def show_less(self, less: bool) -> None:
        """In a low window: one line, without the ladder. What is away is still said of what is left."""
        for part in (self._pillar, self._name, self._beside, self.ladder):
            part.setVisible(not less)
        self._line.setVisible(less)
        for choice in (self._views, self._fold):
            self._top.setAlignment(choice, Qt.AlignmentFlag.AlignVCenter if less else Qt.AlignmentFlag.AlignTop)
        above, below = (4, 4) if less else (16, 8)
        self._whole.setContentsMargins(theme.px(24), theme.px(above), theme.px(16), theme.px(below))
        self._whole.setSpacing(theme.px(0 if less else 12))

    def show_view(self, view: str) -> None:
        """Which of the two views is on."""
        self._views.show_options([(CARDS, self.tr("Cards")), (MATRIX, self.tr("Matrix   X"))], view)

    def show_practice(self, practice: Practice, criterion: str) -> None:
        """The place reached and the score, with ``criterion`` in hand."""
        session = self._session
        organisation = practice.scope is Scope.ORGANISATION
        pillar = words.parts([
            session.questionnaire.pillar_of[practice.id].name,
            self.tr("answered once for the organisation") if organisation else "",
        ])  # fmt: skip
        self._pillar.say(pillar)
        self._name.setText(practice.name)
        self._line.say(practice.name)
        self._line.setAccessibleDescription(pillar)
        node = session.node(practice)
        level = node.score.level if node.score else None
        target = session.target(practice.id)
        rungs = [
            Rung(
                number=entry.number,
                name=entry.name,
                cells=tuple(self._cell(criterion.id) for criterion in practice.by_level.get(entry.number, ())),
                reached=level is not None and entry.number <= level,
                target=entry.number == target,
            )
            for entry in session.questionnaire.level
        ]
        self.ladder.show_rungs(rungs, level, criterion)
        score = words.score(node.score.low if node.score else None)
        self._score.setText(score)
        self._score.setAccessibleName(self.tr("Score {0}: how it came about").format(score))
        parts = []
        if node.score and node.score.high != node.score.low:
            parts.append(self.tr("up to {0}").format(words.score(node.score.high)))
        if target is not None:
            parts.append(self.tr("target {0}").format(target))
        beside = words.parts(parts)
        self._beside.setText(beside)
        how = self.tr("How it came about (W)")
        self._score.setToolTip("\n".join(part for part in (beside, how) if part))
        self._score.setAccessibleDescription(words.parts([self.ladder.accessibleName(), beside]))

    def _cell(self, criterion: str) -> Cell:
        answer = self._session.answer_in_hand(criterion)
        value = answer.value if answer else None
        return Cell(criterion, self._session.questionnaire.values.get(value or ""), value != NOT_APPLICABLE)
