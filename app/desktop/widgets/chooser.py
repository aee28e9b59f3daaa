"""A choice among a few fixed entries and as many applications as there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QListView, QWidget
from typing_extensions import override

from app.desktop.widgets.fields import Select

Entry = tuple[str, str]
"""A key, and what a person reads."""
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class _Entries(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        key, text = self.entries[index.row()]
        return {Qt.ItemDataRole.DisplayRole: text, Qt.ItemDataRole.UserRole: key}.get(Qt.ItemDataRole(role))


class Chooser(Select):
    """What is chosen stays so by its key when the entries move; where it is gone, the first one is chosen.

    As wide as its place and not as its widest entry: to measure a thousand takes longer than a key may wait.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(24)
        view = QListView(self)
        view.setUniformItemSizes(True)
        self.setView(view)
        self._model = _Entries(self)
        self.setModel(self._model)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """The entries as they are now; tells nobody."""
        if self._model.entries == tuple(entries):
            return
        chosen = self.key
        blocked = self.blockSignals(True)
        self._model.show_entries(tuple(entries))
        self.blockSignals(blocked)
        self.choose(chosen, tell=False)

    @property
    def key(self) -> str:
        """Of the entry that is chosen; empty before there are any."""
        row = self.currentIndex()
        return self._model.entries[row][0] if row >= 0 else ""

    def choose(self, key: str, *, tell: bool = True) -> None:
        """Choose by key."""
        row = next((row for row, entry in enumerate(self._model.entries) if entry[0] == key), 0)
        blocked = self.blockSignals(not tell)
        self.setCurrentIndex(row)
        self.blockSignals(blocked)
