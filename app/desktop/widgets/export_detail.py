"""One export of the register: its facts, and what each of them says of the criteria."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.desktop.models.evidence_words import fact_words, origin_words, standing_words
from app.desktop.models.export_facts import criteria_of
from app.desktop.models.intake import severities
from app.desktop.models.register import Key
from app.desktop.models.targets import Target, TargetsModel
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.lines import TwoLines
from app.desktop.widgets.tables import WholeList
from app.desktop.widgets.text import column, label
from reports import words
from scoring.assessment import Evidence, Fact

Shown = tuple[Key, Evidence, str, list[tuple[Fact, list[Target]]]]


class ExportDetail(QScrollArea):
    """Empty until a row is chosen."""

    go_wanted = Signal(object)
    """Destination"""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: Shown | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Facts of the export"))
        self._show(None)

    def show_evidence(self, key: Key | None, evidence: Evidence | None) -> None:
        """What the export says now; nothing moves where that is what is shown already."""
        shown: Shown | None = None
        if key is not None and evidence is not None:
            said = [(fact, criteria_of(self._session, key[0], evidence, fact)) for fact in evidence.facts]
            said.sort(key=lambda entry: not entry[1])  # what speaks to something first
            shown = key, evidence, standing_words(self._session, key[0], evidence), said
        if shown != self._shown:
            self._show(shown)

    def _show(self, shown: Shown | None) -> None:
        self._shown = shown
        body = QWidget()
        if shown is None:
            hint = label(self.tr("Choose an export to see its facts and what they speak to."), muted=True, wrap=True)
            body.setLayout(column(hint, -1, margins=(20, 8, 8, 8)))
        else:
            _, evidence, standing, said = shown
            content = column(label(evidence.tool, Role.HEADING), margins=(20, 8, 8, 8))
            if standing:
                content.addWidget(label(standing, Role.BODY, wrap=True))
            listed = words.records(evidence.records.raw, evidence.records.unit)
            counts = words.parts([listed, severities(evidence.findings)])
            for text in (counts, *origin_words(evidence)):
                content.addWidget(label(text, Role.SMALL, muted=True, wrap=True))
            for fact, criteria in said:
                content.addSpacing(10)
                content.addWidget(self._fact(fact, criteria))
            content.addStretch(1)
            body.setLayout(content)
        self.setWidget(body)

    def _fact(self, fact: Fact, criteria: list[Target]) -> QWidget:
        body = QWidget()
        content = column(label(fact_words(self._session, fact), Role.BODY, wrap=True))
        kind = self._session.content.facts.get(fact.name)
        if kind is not None:
            content.addWidget(label(kind.meaning, Role.SMALL, muted=True, wrap=True))
        if criteria:
            model = TargetsModel(criteria, body)
            name = self.tr("Criteria that {0} speaks to").format(fact.name)
            found = WholeList(name, model, TwoLines(lines=2), 72, body)

            def go(index: QModelIndex) -> None:
                self.go_wanted.emit(model.target(index.row()).destination)

            found.activated.connect(go)
            found.clicked.connect(go)
            content.addWidget(found)
        body.setLayout(content)
        return body
