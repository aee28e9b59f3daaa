"""The applications of an engagement as a table."""

from __future__ import annotations

from PySide6.QtCore import QObject
from typing_extensions import override

from app.desktop.models.table import TwoLineTable
from app.desktop.session import Changed, Session
from reports import words
from scoring.assessment import Application


class ApplicationsModel(TwoLineTable):
    """By tier and name, with the figures that tell them apart."""

    NAME, TIER, SCORE, OWN, EVIDENCE = range(5)
    _figures = frozenset((SCORE, OWN, EVIDENCE))

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[Application] = []
        self._titles = (
            self.tr("Application"), self.tr("Tier"), self.tr("Score"), self.tr("Own answers"), self.tr("Exports"),
        )  # fmt: skip
        session.changed.connect(self._on_session_changed)
        session.evaluated.connect(self._on_session_evaluated)
        self._read()

    def application(self, row: int) -> Application:
        return self._rows[row]

    def row(self, key: str) -> int:
        """Where an application stands; -1 where it does not."""
        return next((row for row, entry in enumerate(self._rows) if entry.id == key), -1)

    def _read(self) -> None:
        applications = self._session.assessment.applications.values()
        rows = sorted(applications, key=lambda app: (app.tier, app.name.casefold()))
        same = [(app.id, app.name, app.tier) for app in rows] == [(app.id, app.name, app.tier) for app in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = rows
        if not same:
            self.endResetModel()
        else:
            self._on_session_evaluated()

    def _on_session_changed(self, changed: Changed) -> None:
        self._read()

    def _on_session_evaluated(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._titles) - 1))

    @override
    def _size(self) -> int:
        return len(self._rows)

    @override
    def _text(self, row: int, column: int) -> str:
        application = self._rows[row]
        match column:
            case self.NAME:
                return application.name
            case self.TIER:
                tier = self._session.content.tiers.by_id.get(application.tier)
                return f"{application.tier} {tier.name}" if tier else application.tier
            case self.SCORE:
                result = self._session.evaluation.scores.applications.get(application.id)
                return words.score(result.overall.score.low if result and result.overall.score else None)
            case self.OWN:
                return str(sum(answer.value is not None for answer in application.answers.values()))
            case _:
                return str(len(application.evidence))

    @override
    def _second(self, row: int, column: int) -> str:
        if column != self.NAME:
            return ""
        application = self._rows[row]
        return words.parts([application.id, *(entry.replace("-", " ") for entry in application.attributes)])
