"""Things to go to, as a list: what it is, what it belongs to, where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.desktop.destination import Destination
from app.desktop.language import tr
from app.desktop.session import Session
from questionnaires.model import Scope

_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to go to."""

    title: str
    kind: str
    destination: Destination


def entries(session: Session, pages: Sequence[tuple[str, str]]) -> list[Target]:
    """Everything that an engagement offers."""
    found = [Target(text, tr("Page"), Destination(name)) for name, text in pages]
    found.append(Target(tr("Common answers"), tr("Answers of"), Destination("assess", takes=True)))
    for application in sorted(session.assessment.applications.values(), key=lambda app: app.name.casefold()):
        kind = tr("Application, tier {0}").format(application.tier)
        found.append(Target(application.name, kind, Destination("assess", application=application.id, takes=True)))
    for pillar in session.questionnaire.pillar:
        for practice in pillar.practice:
            found.append(Target(practice.name, pillar.name, Destination("assess", practice=practice.id)))
    for criterion in session.questionnaire.criteria.values():
        practice = session.questionnaire.practices[criterion.practice_id]
        scope = tr("organisation") if practice.scope is Scope.ORGANISATION else tr("application")
        kind = tr("{0}, level {1}, {2}").format(practice.name, criterion.level, scope)
        found.append(Target(criterion.question, kind, Destination("assess", practice.id, criterion.id)))
    return found


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
