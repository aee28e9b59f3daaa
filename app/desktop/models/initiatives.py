"""The initiatives of one wave as a list of cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.desktop.language import tr
from app.desktop.session import Session
from questionnaires.model import Scope
from reports import words
from scoring.assessment import Lane
from scoring.roadmap import Initiative

Index = QModelIndex | QPersistentModelIndex
ITEM = "application/x-colonnade-initiative"
"""What a dragged card carries: the id of its item."""
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class ItemCard:
    """What a card shows."""

    title: str
    level: int
    whom: str
    effort: str
    lane: Lane | None
    must: bool


def item_card(session: Session, item: Initiative) -> ItemCard:
    """The words of one initiative."""
    if item.scope is Scope.ORGANISATION:
        one = len(item.tiers) == 1
        whom = (tr("Shared · tier {0}") if one else tr("Shared · tiers {0}")).format(words.listed(item.tiers, 5))
    elif len(item.applications) == 1:
        application = session.assessment.applications.get(item.applications[0])
        whom = application.name if application else item.applications[0]  # gone since this was planned
    else:
        whom = tr("Tier {0} · {1} applications").format(item.tiers[0], len(item.applications))
    return ItemCard(
        title=session.questionnaire.practices[item.practice].name,
        level=item.level,
        whom=whom,
        effort=tr("{0} days").format(words.days(item.effort)),
        lane=item.decision.lane if item.decision else None,
        must=item.must,
    )


def lane_word(lane: Lane) -> str:
    """What a person decided on an item, in a word."""
    return {
        Lane.PIN: tr("Pinned"),
        Lane.DEFER: tr("Deferred"),
        Lane.DROP: tr("Dropped"),
        Lane.DUE: tr("Due"),
    }[lane]


class InitiativesModel(QAbstractListModel):
    """``UserRole`` gives the ItemCard."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._items: tuple[Initiative, ...] = ()

    def show_items(self, items: Sequence[Initiative]) -> None:
        if tuple(items) == self._items:
            return
        self.beginResetModel()
        self._items = tuple(items)
        self.endResetModel()

    def item(self, row: int) -> Initiative:
        return self._items[row]

    def row(self, key: str) -> int:
        """Where an item stands; -1 where it does not."""
        return next((row for row, item in enumerate(self._items) if item.id == key), -1)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

    @override
    def mimeTypes(self) -> list[str]:
        return [ITEM]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        found = QMimeData()
        if indexes:
            found.setData(ITEM, self._items[indexes[0].row()].id.encode())
        return found

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._items)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        card = item_card(self._session, self._items[index.row()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return card.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.tr("{0}, to level {1}, {2}, {3}").format(card.title, card.level, card.whom, card.effort)
            case Qt.ItemDataRole.UserRole:
                return card
            case _:
                return None
