"""Beside a criterion: why it matters, what good looks like, what to ask for, and what evidence says."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import pixmap
from app.desktop.models.card import answer_name
from app.desktop.models.evidence_words import age_words, fact_words, statement_words
from app.desktop.models.links import activity_links, obligation_links, other_links, then_words
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.text import OneLine, column, empty, label, rule, set_flag
from reports import words
from scoring.claims import Standing, Statement


class _Section(QWidget):
    """A heading with a paragraph; gone where there is nothing to say."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.text = label("", wrap=True)
        self.setLayout(column(label(heading, Role.LABEL, muted=True), 2, self.text, 16))

    def say(self, text: str) -> None:
        self.text.setText(text)
        self.setVisible(bool(text))


class _StatementRow(QWidget):
    """What one fact of one export says."""

    def __init__(self, session: Session, statement: Statement) -> None:
        super().__init__()
        counts = statement.fresh and statement.standing is not Standing.LATER
        icon = "stale" if not counts else "challenge" if statement.challenges else "support"
        self._icon = icon
        self._picture = QLabel()
        self._draw()
        says = statement_words(session, statement)
        head = label(says, Role.LABEL, wrap=True)
        set_flag(head, "attention", icon == "challenge")
        evidence = statement.evidence
        origin = label(f"{evidence.tool} · {age_words(statement.age_days)}", Role.SMALL, muted=True, wrap=True)
        file = OneLine(Role.SMALL, muted=True)
        file.say(" › ".join(filter(None, (PurePath(evidence.path).name, evidence.member))))
        body = label(statement.rule.says, wrap=True)
        fact = label(fact_words(session, statement.fact), Role.SMALL, muted=True, wrap=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, theme.px(4), 0, theme.px(8))
        line.setSpacing(theme.px(8))
        line.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column(head, body, fact, origin, file), 1)
        self.setAccessibleName(f"{says}. {statement.rule.says}")

    def _draw(self) -> None:
        colours = theme.colours()
        colour = {"challenge": colours.attention, "stale": colours.muted}.get(self._icon, colours.accent)
        self._picture.setPixmap(pixmap(self._icon, colour, theme.px(18), self.devicePixelRatioF()))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._draw()


class Detail(QScrollArea):
    """Shows one criterion; it scrolls, whatever it has to say."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: object = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Details of the criterion"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._why = _Section(self.tr("Why it matters"))
        self._good = _Section(self.tr("What good looks like"))
        self._ask = _Section(self.tr("Ask for"))
        self._common = _Section(self.tr("Common answer"))
        self._effort = _Section(self.tr("Effort to close"))
        self._links = _Section(self.tr("Contributes to"))
        self._others = _Section(self.tr("In regimes out of scope"))
        self._activities = _Section(self.tr("OWASP DSOMM activities"))
        self._then = _Section(self.tr("Last time"))
        session.earlier.changed.connect(self._on_earlier_changed)
        self._evidence = QWidget()
        self._statements = QVBoxLayout()
        self._statements.setSpacing(0)
        self._evidence.setLayout(
            column(label(self.tr("What evidence says"), Role.LABEL, muted=True), 4, self._statements, 8)
        )
        body = QWidget()
        layout = column(
            self._evidence, self._then, self._why, self._good, self._ask, self._common, rule(), 12, self._effort,
            self._links, self._others, self._activities, -1, margins=(20, 16, 16, 16),
        )  # fmt: skip
        body.setLayout(layout)
        self.setWidget(body)

    def show_criterion(self, criterion: str) -> None:
        """Fill in everything about a criterion, for the application in hand."""
        session = self._session
        owner = session.owner(criterion)
        claim = session.claim(criterion)
        shown = (criterion, owner, claim.statements if claim else (), session.assessment.answers.get(criterion),
                 session.assessment.regimes, session.earlier.baselines)  # fmt: skip
        if shown == self._shown:
            return
        self._shown = shown
        asked = session.questionnaire.criteria[criterion]
        self._why.say(words.sentence(asked.why))
        self._good.say(words.sentence(asked.good))
        self._ask.say("\n".join(f"– {entry}" for entry in asked.ask_for))
        self._common.say(self._common_words(criterion))
        parts = []
        if asked.setup_days or not asked.per_application_days:
            parts.append(self.tr("{0} person-days once").format(words.days(asked.setup_days)))
        if asked.per_application_days:
            parts.append(self.tr("{0} for each application").format(words.days(asked.per_application_days)))
        self._effort.say(", ".join(parts))
        self._links.say("\n".join(obligation_links(session, criterion)))
        self._others.say("\n".join(other_links(session, criterion)))
        self._activities.say("\n".join(activity_links(session, criterion)))
        self._then.say(then_words(session, criterion))
        empty(self._statements)
        order = sorted(claim.statements, key=lambda s: (not s.fresh, not s.challenges)) if claim else []
        for statement in order:
            self._statements.addWidget(_StatementRow(session, statement))
        self._evidence.setVisible(bool(order))

    def _common_words(self, criterion: str) -> str:
        session = self._session
        if session.owner(criterion) is None:
            return ""
        answer = session.assessment.answers.get(criterion)
        if answer is None or answer.value is None:
            return ""
        parts = [answer_name(session, answer.value), *([answer.basis.value] if answer.basis else [])]
        return words.parts(parts) + (f"\n{answer.note}" if answer.note else "")

    def _on_earlier_changed(self) -> None:
        if isinstance(self._shown, tuple):
            self.show_criterion(self._shown[0])
