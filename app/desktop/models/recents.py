"""Recent engagements as a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.desktop.recent import Recent

_ROOT = QModelIndex()


class RecentsModel(QAbstractListModel):
    """``UserRole`` gives the Recent itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Recent] = []

    def show_recents(self, entries: Sequence[Recent]) -> None:
        if list(entries) != self._entries:
            self.beginResetModel()
            self._entries = list(entries)
            self.endResetModel()

    def recent(self, row: int) -> Recent:
        return self._entries[row]

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        recent = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{recent.organisation}, {recent.as_of}"
            case Qt.ItemDataRole.ToolTipRole:
                return str(recent.folder)
            case Qt.ItemDataRole.UserRole:
                return recent
            case _:
                return None
