"""The practices of a questionnaire to choose from, filtered and searched."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.models.practices import Filter, PracticesFilter, PracticesModel, Wanted
from app.desktop.session import Session
from app.desktop.widgets.fields import Line, Select
from app.desktop.widgets.practice_row import PracticeTree
from app.desktop.widgets.text import column, label
from questionnaires.model import Practice


class _Find(Line):
    """Words to look for. Return takes what was found first, Down goes to the list of it, Escape gives up."""

    taken = Signal()
    list_wanted = Signal()
    given_up = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.taken.emit()
            case Qt.Key.Key_Down:
                self.list_wanted.emit()
            case Qt.Key.Key_Escape:
                self.clear()
                self.given_up.emit()
            case _:
                super().keyPressEvent(event)


class PracticeList(QWidget):
    """A line to search in, a filter, and the tree of what both leave."""

    chosen = Signal(str)
    """A practice."""
    left = Signal()
    """The list is done with: a practice of it is taken, or the search was given up."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settling = False
        self._model = PracticesModel(session, self)
        self._filtered = PracticesFilter(session, self._model, self)
        self._practice: str | None = None
        self._find = _Find()
        self._find.setPlaceholderText(self.tr("Find   Ctrl+F"))
        self._find.setAccessibleName(self.tr("Find practices by their questions"))
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(self._on_wanted_changed)
        self._find.taken.connect(self._on_find_taken)
        self._find.list_wanted.connect(self._on_find_list_wanted)
        self._find.given_up.connect(self.left)
        self._filter = Select(self.tr("Which practices to list"))
        for name, text in (
            (Filter.ALL, self.tr("All practices")),
            (Filter.UNANSWERED, self.tr("Unanswered")),
            (Filter.BELOW_TARGET, self.tr("Below target")),
            (Filter.CHALLENGED, self.tr("Challenged")),
            (Filter.STALE, self.tr("Evidence too old")),
            (Filter.NO_REASON, self.tr("Not applicable, no reason")),
            (Filter.MARKED, self.tr("Marked for review")),
        ):
            self._filter.addItem(text, name)
        for level in session.questionnaire.level:
            self._filter.addItem(self.tr("Level {0}  {1}").format(level.number, level.name), level.number)
        self._filter.currentIndexChanged.connect(self._on_wanted_changed)
        self._none = label(muted=True, wrap=True)
        self._none.setContentsMargins(*(theme.px(16),) * 4)
        self._none.hide()
        self._tree = PracticeTree(session.questionnaire.base, session.questionnaire.top)
        self._tree.setModel(self._filtered)
        self._tree.setAccessibleName(self.tr("Practices"))
        self._tree.selectionModel().currentChanged.connect(self._on_tree_current_changed)
        self._tree.activated.connect(self._on_tree_activated)
        for moved in (session.changed, session.evaluated, session.application_changed):
            moved.connect(self.refresh)
        tools = column(self._find, 8, self._filter, margins=(12, 12, 12, 8))
        self.setLayout(column(tools, self._none, self._tree))

    @property
    def filter(self) -> Wanted:
        """What is listed."""
        return self._filtered.filter

    def first(self, practice: Practice) -> str:
        """The criterion at which a practice that is chosen here begins."""
        return self._filtered.first(practice)

    def set_filter(self, wanted: Wanted) -> None:
        self._filter.setCurrentIndex(self._filter.findData(wanted))

    def start_find(self) -> None:
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def show_all(self) -> None:
        """Neither filter nor search."""
        self._find.clear()
        self.set_filter(Filter.ALL)

    def refresh(self, *_: object) -> None:
        """Filter again: answers moved, or others are in hand. All practices, and what was found, stay the same."""
        if self.filter is not Filter.ALL:
            self._on_wanted_changed()

    def listed(self) -> list[str]:
        """The practices in the list, in its order."""
        found = []
        for number in range(self._filtered.rowCount()):
            pillar = self._filtered.index(number, 0)
            for place in range(self._filtered.rowCount(pillar)):
                practice = self._model.practice(self._filtered.mapToSource(self._filtered.index(place, 0, pillar)))
                found += [practice.id] if practice else []
        return found

    @property
    def says_none(self) -> str:
        """Why nothing is listed, where nothing is."""
        return "" if self._none.isHidden() else self._none.text()

    def _why_none(self) -> str:
        if self._find.text().strip():
            return (
                self.tr("No practice and no question holds these words.")
                if self.filter is Filter.ALL
                else self.tr("No practice that is like that holds these words.")
            )
        if self.filter is Filter.BELOW_TARGET and self._session.application is None:
            return self.tr("The common answers have no target. Choose an application.")
        return self.tr("No practice is like that for these answers.")

    def neighbour(self, practice: str, by: int) -> str | None:
        """The listed practice after or before one that may not be listed itself; where none is listed, of them all."""
        every = list(self._session.questionnaire.practices)
        listed = set(self.listed() or every)
        here = every.index(practice)
        beyond = every[here + 1 :] if by > 0 else every[:here][::-1]
        return next((key for key in beyond if key in listed), None)

    def select(self, practice: str) -> None:
        """Show which practice is worked on, where it is listed."""
        self._practice = practice
        place = self._filtered.mapFromSource(self._model.place(practice))
        if place != self._tree.currentIndex():
            self._tree.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._tree.scrollTo(place)

    def _on_wanted_changed(self) -> None:
        # What takes the place of a row that goes is not what somebody chose.
        self._settling = True
        wanted: Wanted = self._filter.currentData()
        self._filtered.set_filter(Filter(wanted) if isinstance(wanted, str) else wanted, self._find.text())
        self._tree.expandAll()
        self._none.setText(self._why_none())
        self._none.setVisible(self._filtered.rowCount() == 0)
        if self._practice is not None:
            self.select(self._practice)
        self._settling = False

    def _on_find_taken(self) -> None:
        if listed := self.listed():
            self.chosen.emit(listed[0])
            self.left.emit()

    def _on_find_list_wanted(self) -> None:
        if listed := self.listed():
            self.chosen.emit(listed[0])
            self._tree.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_tree_current_changed(self, current: QModelIndex) -> None:
        practice = self._model.practice(self._filtered.mapToSource(current))
        if practice is not None and practice.id != self._practice and not self._settling:
            self.chosen.emit(practice.id)

    def _on_tree_activated(self, index: QModelIndex) -> None:
        """The one in hand, too: what is searched for may have changed since it was taken."""
        if (practice := self._model.practice(self._filtered.mapToSource(index))) is not None:
            self.chosen.emit(practice.id)
            self.left.emit()
