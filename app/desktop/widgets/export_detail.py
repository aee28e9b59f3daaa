"""One export of the register: its facts, and the criteria that each of them speaks to."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.detail import fact_words
from app.desktop.widgets.text import column, label
from reports import words
from scoring.assessment import Evidence


class ExportDetail(QScrollArea):
    """Empty until a row is chosen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._speaks: dict[str, list[str]] = {}
        for criterion in session.questionnaire.criteria.values():
            name = session.questionnaire.practices[criterion.practice_id].name
            for rule in criterion.rule:
                known = self._speaks.setdefault(rule.fact, [])
                known += [name] if name not in known else []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Facts of the export"))
        self.show_evidence(None)

    def show_evidence(self, evidence: Evidence | None) -> None:
        body = QWidget()
        if evidence is None:
            hint = label(self.tr("Choose an export to see its facts and what they speak to."), muted=True, wrap=True)
            body.setLayout(column(hint, -1, margins=(20, 8, 8, 8)))
        else:
            content = column(label(evidence.tool, Role.HEADING), margins=(20, 8, 8, 8))
            for text in (
                evidence.path if evidence.member is None else f"{evidence.path} ▸ {evidence.member}",
                words.parts([evidence.subject, evidence.branch]),
                f"SHA-256 {evidence.sha256[:16]}…",
                *evidence.warnings,
            ):
                if text:
                    content.addWidget(label(text, Role.SMALL, muted=True, wrap=True))
            for fact in evidence.facts:
                content.addSpacing(10)
                content.addWidget(label(fact_words(self._session, fact), Role.BODY, wrap=True))
                kind = self._session.content.facts.get(fact.name)
                if kind is not None:
                    content.addWidget(label(kind.meaning, Role.SMALL, muted=True, wrap=True))
                spoken_to = words.listed(self._speaks.get(fact.name, ()), 3)
                if spoken_to:
                    text = self.tr("Speaks to {0}").format(spoken_to)
                    content.addWidget(label(text, Role.SMALL, muted=True, wrap=True))
            content.addStretch(1)
            body.setLayout(content)
        self.setWidget(body)
