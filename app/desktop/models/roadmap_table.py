"""The roadmap as a table that can be sorted."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt
from typing_extensions import override

from app.desktop.models.initiatives import item_card, lane_word
from app.desktop.models.table import TwoLineTable
from app.desktop.session import Session
from reports import words
from scoring.roadmap import Initiative
from scoring.scores import rounded


class RoadmapRole(IntEnum):
    SORT = Qt.ItemDataRole.UserRole + 1
    """What a column is sorted by."""


class RoadmapTableModel(TwoLineTable):
    """One row for each item of the plan, and of what it leaves out."""

    WAVE, ITEM, LEVEL, EFFORT, VALUE, WORD = range(6)
    _figures = frozenset((EFFORT, VALUE))

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[tuple[int | None, Initiative]] = []
        self._titles = (
            self.tr("Wave"), self.tr("Initiative"), self.tr("To level"), self.tr("Days"), self.tr("Value"),
            self.tr("Decided"),
        )  # fmt: skip

    def show_rows(self, rows: Sequence[tuple[int | None, Initiative]]) -> None:
        """(wave, item); None for what is not planned."""
        if list(rows) == self._rows:
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def item(self, row: int) -> Initiative:
        return self._rows[row][1]

    def row(self, key: str) -> int:
        """Where an item stands; -1 where it does not."""
        return next((row for row, (_, item) in enumerate(self._rows) if item.id == key), -1)

    @override
    def _size(self) -> int:
        return len(self._rows)

    @override
    def _more(self, row: int, column: int, role: int) -> Any:
        wave, item = self._rows[row]
        match role:
            case RoadmapRole.SORT:
                return self._sorted_by(column, wave, item)
            case Qt.ItemDataRole.DecorationRole if column == self.WORD and self._text(row, column):
                return "challenge" if item.decision is None else "flagged"
            case _:
                return None

    def _sorted_by(self, column: int, wave: int | None, item: Initiative) -> Any:
        match column:
            case self.WAVE:
                return 10**6 if wave is None else wave
            case self.ITEM:
                return item_card(self._session, item).title.casefold()
            case self.LEVEL:
                return item.level
            case self.EFFORT:
                return float(item.effort)
            case self.VALUE:
                return float(item.value)
            case _:
                return "" if item.decision is None else item.decision.lane.value

    @override
    def _text(self, row: int, column: int) -> str:
        wave, item = self._rows[row]
        match column:
            case self.WAVE:
                return self.tr("Not planned") if wave is None else str(wave)
            case self.ITEM:
                return item_card(self._session, item).title
            case self.LEVEL:
                return str(item.level)
            case self.EFFORT:
                return words.days(item.effort)
            case self.VALUE:
                return words.number(rounded(item.value))
            case _:
                return self._word(item)

    def _word(self, item: Initiative) -> str:
        if item.decision is None:
            return self.tr("Must") if item.must else ""
        return lane_word(item.decision.lane)

    @override
    def _second(self, row: int, column: int) -> str:
        item = self._rows[row][1]
        if column == self.ITEM:
            return item_card(self._session, item).whom
        return item.decision.reason if column == self.WORD and item.decision is not None else ""


class SortedRoadmap(QSortFilterProxyModel):
    """By any column; equal ones stay in the plan's order."""

    def __init__(self, source: RoadmapTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(source)
        self.setSortRole(RoadmapRole.SORT)
