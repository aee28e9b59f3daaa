"""What the tables share: cells of two lines, a head, and one row for each thing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class TwoLineTable(QAbstractTableModel):
    """``DisplayRole`` is a cell's first line, ``UserRole`` the smaller one below it; a reader hears both."""

    _titles: tuple[str, ...] = ()
    _figures: frozenset[int] = frozenset()
    """Columns of figures that are compared down the column: they stand at the right."""

    def _size(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def _text(self, row: int, column: int) -> str:
        """The first line of a cell."""
        raise NotImplementedError

    def _second(self, row: int, column: int) -> str:
        """The line below it; empty where there is none."""
        raise NotImplementedError

    def _more(self, row: int, column: int, role: int) -> Any:
        """What another role shows, such as a tool tip."""
        return None

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._size()

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._titles)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(section)
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.UserRole:
                return self._second(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (self._text(row, column), self._second(row, column)) if part)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case _:
                return self._more(row, column, role)

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._figures else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
