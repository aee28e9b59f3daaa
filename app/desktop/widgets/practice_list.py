"""The practices of a questionnaire to choose from, filtered and searched."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.desktop import theme
from app.desktop.models.practices import Filter, PracticesFilter, PracticesModel
from app.desktop.session import Session
from app.desktop.widgets.practice_row import PracticeTree
from app.desktop.widgets.text import column, label


class PracticeList(QWidget):
    """A line to search in, a filter, and the tree of what both leave."""

    chosen = Signal(str)
    """A practice."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = PracticesModel(session, self)
        self._filtered = PracticesFilter(session, self._model, self)
        self._find = QLineEdit()
        self._find.setPlaceholderText(self.tr("Find   Ctrl+F"))
        self._find.setAccessibleName(self.tr("Find practices by their questions"))
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(self._on_wanted_changed)
        self._filter = QComboBox()
        self._filter.setAccessibleName(self.tr("Which practices to list"))
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
        self._filter.currentIndexChanged.connect(self._on_wanted_changed)
        self._none = label(self.tr("No practice is like that for these answers."), muted=True, wrap=True)
        self._none.setContentsMargins(*(theme.px(16),) * 4)
        self._none.hide()
        self._tree = PracticeTree(session.questionnaire.base, session.questionnaire.top)
        self._tree.setModel(self._filtered)
        self._tree.setAccessibleName(self.tr("Practices"))
        self._tree.expandAll()
        self._tree.selectionModel().currentChanged.connect(self._on_tree_current_changed)
        tools = column(self._find, 8, self._filter, margins=(12, 12, 12, 8))
        self.setLayout(column(tools, self._none, self._tree))

    @property
    def filter(self) -> Filter:
        """What is listed."""
        return self._filtered.filter

    def set_filter(self, wanted: Filter) -> None:
        self._filter.setCurrentIndex(self._filter.findData(wanted))

    def start_find(self) -> None:
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def show_all(self) -> None:
        """Neither filter nor search."""
        self._find.clear()
        self.set_filter(Filter.ALL)

    def refresh(self) -> None:
        """Filter again: another application is in hand. All practices, and what was found, are the same for each."""
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

    def select(self, practice: str | None) -> None:
        """Show which practice is worked on; it stays in the list even once it no longer fits the filter."""
        self._filtered.keep(practice)
        self._tree.expandAll()
        place = self._filtered.mapFromSource(self._model.place(practice or ""))
        if place.isValid() and place != self._tree.currentIndex():
            self._tree.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._tree.scrollTo(place)

    def _on_wanted_changed(self) -> None:
        self._filtered.set_filter(Filter(self._filter.currentData()), self._find.text())
        self._tree.expandAll()
        self._none.setVisible(self._filtered.rowCount() == 0)
        self.select(self._filtered.kept)

    def _on_tree_current_changed(self, current: QModelIndex) -> None:
        practice = self._model.practice(self._filtered.mapToSource(current))
        if practice is not None and practice.id != self._filtered.kept:
            self.chosen.emit(practice.id)
