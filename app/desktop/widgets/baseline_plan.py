"""Taking up an earlier engagement: what it would mean, what to carry over, then one step that does it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.desktop import theme
from app.desktop.background import Done, Failed
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.application_match import ApplicationMatch
from app.desktop.widgets.fields import Line, Select
from app.desktop.widgets.text import button, column, label, row
from app.engagement.baseline import BaselinePlan
from app.engagement.carry import Choice, Group, Standing
from app.engagement.sealing import Sealed
from questionnaires.migrate import Fate
from reports import words


class BaselineIntake(QWidget):
    """Hidden until a file or folder was named. Nothing changes before *Take it up*."""

    begun = Signal()
    """There is something to look at, or a passphrase to give."""
    ended = Signal(str)
    """It was taken up or given up; what to tell."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._path: Path | None = None
        self.plan: BaselinePlan | None = None
        self._heading = label("", Role.HEADING, wrap=True)
        self._said = label("", wrap=True)
        self.passphrase = Line()
        self.passphrase.setEchoMode(Line.EchoMode.Password)
        self.passphrase.setAccessibleName(self.tr("Passphrase of the pack"))
        self.passphrase.setPlaceholderText(self.tr("Passphrase of the pack"))
        self.passphrase.returnPressed.connect(self._on_passphrase_given)
        self._choices: dict[Group, Select] = {}
        self._beside: dict[Group, QLabel] = {}
        self._rows: dict[Group, QWidget] = {}
        carrying = column()
        for group in Group:
            box = self._choices[group] = Select("")
            for choice, text in (
                (Choice.KEEP, self.tr("Keep mine")),
                (Choice.FILL, self.tr("Fill what is unanswered")),
                (Choice.REVIEW, self.tr("Take theirs, marked for review")),
            ):
                box.addItem(text, choice)
            box.setFixedWidth(theme.px(280))
            beside = self._beside[group] = label("", wrap=True)
            line = self._rows[group] = QWidget()
            line.setLayout(row(box, 12, beside, margins=(0, 4, 0, 0)))
            carrying.addWidget(line)
        self.matching = ApplicationMatch()
        self.matching.changed.connect(self._on_matching_changed)
        self._carry_label = label(self.tr("Answers of then"), Role.LABEL, muted=True)
        discard = button(self.tr("Discard"))
        discard.clicked.connect(lambda: self._end(""))
        self.apply_button = button(self.tr("Take it up"), "primary")
        self.apply_button.clicked.connect(self.apply)
        self.setLayout(
            column(
                self._heading, 8, self._said, 8, self.passphrase, 8, self.matching, self._carry_label, carrying, 16,
                row(discard, 8, self.apply_button, -1), -1,
            )
        )  # fmt: skip
        self.hide()

    def read(self, path: Path) -> None:
        """Look at an earlier engagement: a folder, a pack or a report."""
        self._path = path
        self.passphrase.clear()
        self._session.earlier.look(path, None, self._on_looked)

    def apply(self) -> None:
        """Keep it, and carry over what was chosen."""
        if self.plan is None:
            self._on_passphrase_given()
            return
        choices = {group: Choice(box.currentData()) for group, box in self._choices.items()}
        self.apply_button.setEnabled(False)
        self._session.earlier.take(self.plan.source, self.matching.ids, choices, self._on_taken)

    def _end(self, told: str) -> None:
        self.plan = self._path = None
        self.hide()
        self.ended.emit(told)

    # ---- showing

    def _show(self) -> None:
        self._fill()
        self.show()
        self.begun.emit()
        goal = self.apply_button if self.plan is not None else self.passphrase
        goal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        plan = self.plan
        self.matching.setVisible(plan is not None and self.matching.wanted)
        self.passphrase.setVisible(plan is None)
        self._carry_label.setVisible(plan is not None)
        counts = Counter((entry.group, entry.standing) for entry in plan.candidates) if plan else Counter()
        for group, line in self._rows.items():
            total = sum(counts[group, standing] for standing in Standing)
            line.setVisible(total > 0)
            box = self._choices[group]
            name = {
                Group.MATCHED: self.tr("same question"),
                Group.RENAMED: self.tr("renamed question"),
                Group.QUESTION_CHANGED: self.tr("question changed"),
            }[group]
            box.setAccessibleName(self.tr("Answers, {0}").format(name))
            self._beside[group].setText(
                words.parts([
                    self.tr("{0} ({1})").format(name.capitalize(), f"{total:,}"),
                    self.tr("{0} unanswered today").format(f"{counts[group, Standing.OPEN]:,}"),
                    self.tr("{0} different").format(f"{counts[group, Standing.DIFFERS]:,}"),
                ])
            )  # fmt: skip
        self.apply_button.setText(self.tr("Take it up") if plan else self.tr("Open"))
        self.apply_button.setEnabled(self._session.writable)
        if plan is not None:
            fates = Counter(move.fate for move in plan.questions)
            day = words.day(plan.baseline.as_of)
            tier = self.tr(" (tier {0} only)").format(plan.baseline.tier) if plan.baseline.tier else ""
            self._heading.setText(self.tr("Baseline of {0}{1}").format(day, tier))
            self._said.setText(
                words.parts([
                    plan.baseline.assessment.organisation,
                    words.count(len(plan.baseline.assessment.applications), self.tr("application")),
                    self.tr("{0} questions the same").format(fates[Fate.SAME]),
                    self.tr("{0} changed").format(fates[Fate.CHANGED]) if fates[Fate.CHANGED] else "",
                    self.tr("{0} new since").format(fates[Fate.NEW]) if fates[Fate.NEW] else "",
                    self.tr("{0} no longer asked").format(fates[Fate.REMOVED]) if fates[Fate.REMOVED] else "",
                    self.tr("kept already") if plan.kept else "",
                ])
            )  # fmt: skip

    # ---- hearing

    def _on_passphrase_given(self) -> None:
        if self._path is not None and self.passphrase.text():
            self._session.earlier.look(self._path, self.passphrase.text(), self._on_looked)

    def _on_looked(self, outcome: Done[BaselinePlan] | Failed) -> None:
        if isinstance(outcome, Done):
            self.plan = outcome.value
            self.matching.show_plan(outcome.value, self._session.assessment)
            self._show()
        elif isinstance(outcome.error, Sealed):
            self.plan = None
            self._heading.setText(self.tr("The pack is encrypted"))
            self._said.setText(str(self._path))
            self._show()
        else:
            self._session.failed.emit(outcome.error)

    def _on_matching_changed(self) -> None:
        if self.plan is not None:
            self._session.earlier.match(self.plan.source, self.matching.ids, self._on_matched)

    def _on_matched(self, outcome: Done[BaselinePlan] | Failed) -> None:
        if isinstance(outcome, Failed):
            self._session.failed.emit(outcome.error)
        elif self.plan is not None:
            self.plan = outcome.value
            self._fill()

    def _on_taken(self, outcome: Done[BaselinePlan] | Failed) -> None:
        self.apply_button.setEnabled(True)
        if isinstance(outcome, Failed):
            self._session.failed.emit(outcome.error)
            return
        count = len(outcome.value.carried)
        carried = words.count(count, self.tr("answer carried over"), self.tr("answers carried over"))
        self._end(self.tr("The baseline is kept; {0}.").format(carried if count else self.tr("no answer moved")))
