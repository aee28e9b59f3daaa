"""Things to go to, as a list: what it is, what it belongs to, where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.desktop.destination import Destination

_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to go to."""

    title: str
    kind: str
    destination: Destination


class TargetsModel(QAbstractListModel):
    """The targets that hold every word that was typed; those whose title starts so come first."""

    def __init__(self, targets: Sequence[Target] = (), parent: QObject | None = None, *, most: int = 1000) -> None:
        super().__init__(parent)
        self._most = most
        self._all: list[tuple[str, Target]] = []
        self._shown: list[Target] = []
        self.show_targets(targets)

    def show_targets(self, targets: Sequence[Target]) -> None:
        self.beginResetModel()
        self._all = [(f"{target.title} {target.kind}".casefold(), target) for target in targets]
        self._shown = [target for _, target in self._all[: self._most]]
        self.endResetModel()

    def find(self, text: str) -> None:
        """Show only what holds every word."""
        wanted = text.casefold().split()
        found = [target for known, target in self._all if all(word in known for word in wanted)]
        found.sort(key=lambda target: not target.title.casefold().startswith(text.casefold().strip()))
        self.beginResetModel()
        self._shown = found[: self._most]
        self.endResetModel()

    def target(self, row: int) -> Target:
        return self._shown[row]

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        target = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return target.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{target.title}, {target.kind}"
            case Qt.ItemDataRole.UserRole:
                return target.kind
            case _:
                return None
