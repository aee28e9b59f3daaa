"""Pillars and their practices as a tree, with what each row shows of the application in hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from typing_extensions import override

from app.desktop.session import Changed, Session
from questionnaires.model import NOT_APPLICABLE, Criterion, Practice, Questionnaire
from scoring.scores import reaches

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Filter(StrEnum):
    """Which practices to list: those with at least one criterion that is so."""

    ALL = "all"
    UNANSWERED = "unanswered"
    CHALLENGED = "challenged"
    MARKED = "marked"
    BELOW_TARGET = "below-target"
    NO_REASON = "no-reason"
    STALE = "stale"


Wanted = Filter | int
"""A filter, or the level that is reached."""


class PracticeRole(IntEnum):
    """What a row gives besides its name."""

    ID = Qt.ItemDataRole.UserRole
    ROW = Qt.ItemDataRole.UserRole + 1
    """Row"""


@dataclass(frozen=True, slots=True)
class Row:
    """What the tree shows of one practice."""

    answered: int
    applicable: int
    level: int | None
    target: int | None
    challenged: int
    marked: int


def criterion_is(session: Session, criterion: str, wanted: Filter) -> bool:
    """Whether a criterion is what a filter asks for, for the application in hand."""
    answer = session.answer_in_hand(criterion)
    match wanted:
        case Filter.UNANSWERED:
            return answer is None or answer.value is None or criterion_is(session, criterion, Filter.NO_REASON)
        case Filter.CHALLENGED:
            claim = session.claim(criterion)
            return claim is not None and claim.challenged
        case Filter.MARKED:
            own = session.own_answer(criterion)
            return own is not None and own.marked
        case Filter.NO_REASON:
            return answer is not None and answer.value == NOT_APPLICABLE and not answer.reason.strip()
        case Filter.STALE:
            claim = session.claim(criterion)
            return claim is not None and claim.stale
        case _:
            return True


def practice_is(session: Session, practice: Practice, wanted: Wanted) -> bool:
    """Whether a practice belongs to a filter's list."""
    if not isinstance(wanted, Filter):
        score = session.node(practice).score
        return score is not None and score.level == wanted
    if wanted is Filter.ALL:
        return True
    if wanted is Filter.BELOW_TARGET:
        score, target = session.node(practice).score, session.target(practice.id)
        return score is not None and target is not None and not reaches(session.questionnaire, score, target)
    return any(criterion_is(session, criterion.id, wanted) for criterion in practice.criterion)


def row_of(session: Session, practice: Practice) -> Row:
    """What a practice's row shows, current to the last key."""
    node = session.node(practice)
    ids = [criterion.id for criterion in practice.criterion]
    return Row(
        answered=node.coverage.answered,
        applicable=node.coverage.applicable,
        level=node.score.level if node.score else None,
        target=session.target(practice.id),
        challenged=sum(criterion_is(session, key, Filter.CHALLENGED) for key in ids),
        marked=sum(criterion_is(session, key, Filter.MARKED) for key in ids),
    )


def next_unanswered(session: Session, criterion: str) -> Criterion | None:
    """The next criterion without an answer for the application in hand, from the first again after the last."""
    practices = session.questionnaire.practices.values()
    order = [entry for practice in practices for entry in practice.criterion]
    here = next(place for place, entry in enumerate(order) if entry.id == criterion)
    following = (*order[here + 1 :], *order[:here])
    return next((entry for entry in following if criterion_is(session, entry.id, Filter.UNANSWERED)), None)


def only_practice(questionnaire: Questionnaire, criteria: Collection[str]) -> Practice | None:
    """The practice that all of some criteria belong to, where it is one."""
    found = {questionnaire.criteria[criterion].practice_id for criterion in criteria}
    return questionnaire.practices[found.pop()] if len(found) == 1 else None


class PracticesModel(QAbstractItemModel):
    """Two levels. A pillar's index carries 0, a practice's the number of its pillar from 1."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pillars = session.questionnaire.pillar
        self._rows = {key: row_of(session, entry) for key, entry in session.questionnaire.practices.items()}
        session.changed.connect(self._on_session_changed)
        session.application_changed.connect(self._on_session_application_changed)
        session.evaluated.connect(self._on_session_evaluated)

    def practice(self, index: Index) -> Practice | None:
        """The practice of a row; None for a pillar's."""
        if not index.isValid() or index.internalId() == 0:
            return None
        return self._pillars[index.internalId() - 1].practice[index.row()]

    def place(self, practice: str) -> QModelIndex:
        """Where a practice stands."""
        for number, pillar in enumerate(self._pillars, 1):
            for row, entry in enumerate(pillar.practice):
                if entry.id == practice:
                    return self.createIndex(row, 0, number)
        return QModelIndex()

    @override
    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    @override
    def parent(self, child: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        if not child.isValid() or child.internalId() == 0:
            return QModelIndex()
        return self.createIndex(child.internalId() - 1, 0, 0)

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        if not parent.isValid():
            return len(self._pillars)
        return len(self._pillars[parent.row()].practice) if parent.internalId() == 0 and parent.column() == 0 else 0

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        practice = self.practice(index)
        if practice is None:
            pillar = self._pillars[index.row()]
            shown = role in (
                Qt.ItemDataRole.DisplayRole,
                Qt.ItemDataRole.ToolTipRole,
                Qt.ItemDataRole.AccessibleTextRole,
            )
            return pillar.name if shown else pillar.id if role == PracticeRole.ID else None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return practice.name
            case PracticeRole.ID:
                return practice.id
            case PracticeRole.ROW:
                return self._rows[practice.id]
            case Qt.ItemDataRole.AccessibleTextRole:
                row = self._rows[practice.id]
                text = self.tr("{0}, {1} of {2} answered").format(practice.name, row.answered, row.applicable)
                return text if row.level is None else text + self.tr(", level {0}").format(row.level)
            case _:
                return None

    def _on_session_changed(self, changed: Changed) -> None:
        criteria = self._session.questionnaire.criteria
        self._refresh({criteria[key].practice_id for key in changed.criteria} if changed.only_answers else self._rows)

    def _on_session_application_changed(self) -> None:
        self._refresh(self._rows)

    def _on_session_evaluated(self) -> None:
        self._refresh(self._rows)

    def _refresh(self, practices: Collection[str]) -> None:
        """Say which rows are different now; a view paints those again and no others."""
        for key in list(practices):
            row = row_of(self._session, self._session.questionnaire.practices[key])
            if row != self._rows[key]:
                self._rows[key] = row
                place = self.place(key)
                self.dataChanged.emit(place, place, [PracticeRole.ROW, Qt.ItemDataRole.AccessibleTextRole])


class PracticesFilter(QSortFilterProxyModel):
    """The practices that a filter and the words being looked for leave."""

    def __init__(self, session: Session, source: PracticesModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._source = source
        self.filter: Wanted = Filter.ALL
        self._words: tuple[str, ...] = ()
        # A pillar goes with its last practice, which only filtering anew finds out.
        self.setDynamicSortFilter(False)
        self.setSourceModel(source)

    def set_filter(self, wanted: Wanted, text: str) -> None:
        """List only practices that are ``wanted`` and hold every word of ``text`` in their own or their questions."""
        self.beginFilterChange()
        self.filter = wanted
        self._words = tuple(text.casefold().split())
        self.endFilterChange()

    def first(self, practice: Practice) -> str:
        """The criterion to start at: what is looked for, then what is filtered by; the first open one without either.

        The words may stand in several questions, or in the practice's name: the question with most of them comes first.
        """
        found = {
            entry.id: sum(word in entry.question.casefold() for word in self._words) for entry in practice.criterion
        }
        most = max(found.values())
        likely = [key for key, count in found.items() if count == most]
        wanted = self.filter if isinstance(self.filter, Filter) else Filter.ALL
        if wanted is Filter.ALL and most == 0:
            wanted = Filter.UNANSWERED
        return next((key for key in likely if criterion_is(self._session, key, wanted)), likely[0])

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        if not source_parent.isValid():
            pillar = self._session.questionnaire.pillar[source_row]
            return any(self._accepts(practice) for practice in pillar.practice)
        practice = self._source.practice(self._source.index(source_row, 0, source_parent))
        return practice is not None and self._accepts(practice)

    def _accepts(self, practice: Practice) -> bool:
        if self._words:
            texts = [practice.name, practice.id, *(criterion.question for criterion in practice.criterion)]
            known = " ".join(texts).casefold()
            if not all(word in known for word in self._words):
                return False
        return practice_is(self._session, practice, self.filter)
