"""What each row of a table of applications would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from app.desktop.models.table import TwoLineTable
from app.engagement.applications_csv import Row, RowOutcome

_ORDER = (RowOutcome.REJECTED, RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED)
"""What needs a person first."""
_ICONS = {RowOutcome.NEW: "plus", RowOutcome.CHANGED: "arrow", RowOutcome.UNCHANGED: "check"}


class ImportModel(TwoLineTable):
    """Rejected rows first, then in the table's order."""

    OUTCOME, APPLICATION, TIER, WHY, LINE = range(5)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._titles = (
            self.tr("What happens"), self.tr("Application"), self.tr("Tier"), self.tr("Why"), self.tr("Line"),
        )  # fmt: skip

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = sorted(rows, key=lambda row: (_ORDER.index(row.outcome), row.line))
        self.endResetModel()

    @property
    def counts(self) -> Counter[RowOutcome]:
        return Counter(row.outcome for row in self._rows)

    @override
    def _size(self) -> int:
        return len(self._rows)

    @override
    def _more(self, row: int, column: int, role: int) -> Any:
        entry = self._rows[row]
        match role:
            case Qt.ItemDataRole.ToolTipRole:
                return entry.why or None
            case Qt.ItemDataRole.DecorationRole if column == self.OUTCOME:
                return _ICONS.get(entry.outcome, "challenge")
            case _:
                return None

    @override
    def _text(self, row: int, column: int) -> str:
        entry = self._rows[row]
        match column:
            case self.OUTCOME:
                return {
                    RowOutcome.NEW: self.tr("Add"),
                    RowOutcome.CHANGED: self.tr("Change"),
                    RowOutcome.UNCHANGED: self.tr("As it is"),
                    RowOutcome.REJECTED: self.tr("Left out"),
                }[entry.outcome]
            case self.APPLICATION:
                return entry.name or entry.id
            case self.TIER:
                return entry.tier
            case self.WHY:
                return entry.why
            case _:
                return str(entry.line)

    @override
    def _second(self, row: int, column: int) -> str:
        return self._rows[row].id if column == self.APPLICATION else ""
