"""Go to anything: pages, applications, practices, criteria, by any part of their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.pages.page import Destination
from app.desktop.session import Session
from app.desktop.widgets.lines import TwoLines
from questionnaires.model import Scope

MOST = 50
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to go to."""

    title: str
    kind: str
    destination: Destination


def entries(session: Session, pages: Sequence[tuple[str, str]]) -> list[Target]:
    """Everything that an engagement offers."""
    tr = QApplication.translate
    found = [Target(text, tr("GoTo", "Page"), Destination(name)) for name, text in pages]
    found.append(Target(tr("GoTo", "Common answers"), tr("GoTo", "Answers of"), Destination("assess", takes=True)))
    for application in sorted(session.assessment.applications.values(), key=lambda app: app.name.casefold()):
        kind = tr("GoTo", "Application, tier {0}").format(application.tier)
        found.append(Target(application.name, kind, Destination("assess", application=application.id, takes=True)))
    for pillar in session.questionnaire.pillar:
        for practice in pillar.practice:
            found.append(Target(practice.name, pillar.name, Destination("assess", practice=practice.id)))
    for criterion in session.questionnaire.criteria.values():
        practice = session.questionnaire.practices[criterion.practice_id]
        scope = tr("GoTo", "organisation") if practice.scope is Scope.ORGANISATION else tr("GoTo", "application")
        kind = tr("GoTo", "{0}, level {1}, {2}").format(practice.name, criterion.level, scope)
        found.append(Target(criterion.question, kind, Destination("assess", practice.id, criterion.id)))
    return found


class TargetsModel(QAbstractListModel):
    """The targets that hold every word that was typed; those whose title starts so come first."""

    def __init__(self, targets: Sequence[Target], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all = [(f"{target.title} {target.kind}".casefold(), target) for target in targets]
        self._shown = [target for _, target in self._all[:MOST]]

    def find(self, text: str) -> None:
        wanted = text.casefold().split()
        found = [target for known, target in self._all if all(word in known for word in wanted)]
        found.sort(key=lambda target: not target.title.casefold().startswith(text.casefold().strip()))
        self.beginResetModel()
        self._shown = found[:MOST]
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


class GoTo(QDialog):
    """A line to type in and a list that follows; Return goes there, Escape stays here."""

    chosen = Signal(object)
    """Destination"""

    def __init__(self, targets: Sequence[Target], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Go to"))
        self._model = TargetsModel(targets, self)
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.tr("Page, application, practice or question"))
        self._line.setAccessibleName(self.tr("Go to"))
        self._line.setClearButtonEnabled(True)
        self._line.textChanged.connect(self._on_line_changed)
        self._line.returnPressed.connect(self._on_line_returned)
        self._line.installEventFilter(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setAccessibleName(self.tr("What was found"))
        self._list.setItemDelegate(TwoLines(self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.activated.connect(self._on_list_activated)
        self._list.clicked.connect(self._on_list_activated)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.px(16),) * 4)
        whole.setSpacing(theme.px(8))
        whole.addWidget(self._line)
        whole.addWidget(self._list)
        self.resize(theme.px(640), theme.px(440))
        self._list.setCurrentIndex(self._model.index(0, 0))

    def _on_line_changed(self, text: str) -> None:
        self._model.find(text)
        self._list.setCurrentIndex(self._model.index(0, 0))

    def _on_line_returned(self) -> None:
        self._on_list_activated(self._list.currentIndex())

    def _on_list_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            destination = self._model.target(index.row()).destination
            self.accept()
            self.chosen.emit(destination)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down move through the list while the line keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._model.rowCount():
                row = (self._list.currentIndex().row() + step) % self._model.rowCount()
                self._list.setCurrentIndex(self._model.index(row, 0))
                return True
        return super().eventFilter(watched, event)
