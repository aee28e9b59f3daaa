"""The evidence that an engagement holds: one row for each export."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from app.desktop.models.evidence_words import age_words
from app.desktop.models.intake import severities
from app.desktop.models.table import TwoLineTable
from app.desktop.session import Changed, Session
from app.engagement import actions
from app.engagement.journal import Change
from reports import words
from scoring.assessment import Application, Evidence

Key = tuple[str | None, str]
"""Application or None for the organisation, and the SHA-256."""


class RegisterModel(TwoLineTable):
    """By owner, the organisation first, then by tool."""

    OWNER, TOOL, CAPTURED, FINDINGS, FACTS = range(5)
    _figures = frozenset((FACTS,))

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[tuple[Application | None, Evidence]] = []
        self._titles = (
            self.tr("Of"), self.tr("Export"), self.tr("Captured"), self.tr("Findings"), self.tr("Facts"),
        )  # fmt: skip
        session.changed.connect(self._on_session_changed)
        self._read()

    def _read(self) -> None:
        assessment = self._session.assessment
        rows: list[tuple[Application | None, Evidence]] = [(None, entry) for entry in assessment.evidence.values()]
        for application in sorted(assessment.applications.values(), key=lambda app: app.name.casefold()):
            entries = sorted(application.evidence.values(), key=lambda entry: (entry.tool, entry.path))
            rows += [(application, entry) for entry in entries]
        if rows and self._keys(rows) == self._keys(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._titles) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    @staticmethod
    def _keys(rows: list[tuple[Application | None, Evidence]]) -> list[Key]:
        return [(owner.id if owner else None, evidence.sha256) for owner, evidence in rows]

    def _on_session_changed(self, changed: Changed) -> None:
        if not changed.only_answers:
            self._read()

    def key(self, row: int) -> Key:
        """Whose it is, and what: the same after others came and went."""
        owner, evidence = self._rows[row]
        return owner.id if owner else None, evidence.sha256

    def place(self, key: Key) -> int:
        """Where an export stands; -1 where it does not."""
        return next((row for row, known in enumerate(self._keys(self._rows)) if known == key), -1)

    def find(self, sha256: str) -> int:
        """Where an export stands that is the first of this content, whosever it is; -1 where there is none."""
        return next((row for row, entry in enumerate(self._rows) if entry[1].sha256 == sha256), -1)

    def evidence(self, row: int) -> Evidence:
        return self._rows[row][1]

    def removal(self, row: int) -> list[Change]:
        """What taking an export out of the register means."""
        return actions.remove_evidence(self._session.assessment, *self.key(row))

    @override
    def _size(self) -> int:
        return len(self._rows)

    @override
    def _more(self, row: int, column: int, role: int) -> Any:
        return self._rows[row][1].path if role == Qt.ItemDataRole.ToolTipRole else None

    @override
    def _text(self, row: int, column: int) -> str:
        owner, evidence = self._rows[row]
        match column:
            case self.OWNER:
                return owner.name if owner else self.tr("Organisation")
            case self.TOOL:
                return evidence.tool
            case self.CAPTURED:
                return words.day(evidence.captured_at.date()) if evidence.captured_at else self.tr("Undated")
            case self.FINDINGS:
                return severities(evidence.findings) or words.records(evidence.records.raw, evidence.records.unit)
            case _:
                return str(len(evidence.facts))

    @override
    def _second(self, row: int, column: int) -> str:
        evidence = self.evidence(row)
        match column:
            case self.TOOL:
                return words.parts([evidence.format, PurePath(evidence.member or evidence.path).name])
            case self.CAPTURED if evidence.captured_at is not None:
                return age_words((self._session.assessment.as_of - evidence.captured_at.date()).days)
            case _:
                return ""
