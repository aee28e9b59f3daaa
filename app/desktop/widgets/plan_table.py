"""The roadmap as a table: a row for each item, sorted by any column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QWidget

from app.desktop import theme
from app.desktop.language import tr
from app.desktop.models.roadmap_table import RoadmapTableModel, SortedRoadmap
from app.desktop.session import Session
from app.desktop.widgets.tables import SortableTable
from app.desktop.widgets.two_line_cells import TwoLineCells
from scoring.roadmap import Initiative, Wave


class PlanTable(SortableTable):
    """Rows to take in hand."""

    chosen = Signal(object)
    """Initiative"""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.rows = RoadmapTableModel(session)
        super().__init__(tr("Roadmap"), SortedRoadmap(self.rows), row=50, parent=parent)
        self.rows.setParent(self)
        self.model().setParent(self)
        self.setItemDelegate(TwoLineCells(self))
        for section, width in enumerate((110, 0, 90, 80, 80, 240)):
            self.setColumnWidth(section, theme.px(width))
        self.horizontalHeader().setSectionResizeMode(RoadmapTableModel.ITEM, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)

    def show_plan(self, waves: Sequence[Wave], rest: Sequence[Initiative]) -> None:
        self.rows.show_rows([
            *((wave.index, item) for wave in waves for item in wave.items), *((None, item) for item in rest),
        ])  # fmt: skip

    def choose(self, key: str) -> None:
        """Select an item's row, or none."""
        self.show_source_row(self.rows.row(key))

    def show_less(self, less: bool) -> None:
        """Without the columns that the details beside it tell of too."""
        for section in (RoadmapTableModel.VALUE, RoadmapTableModel.WORD):
            self.setColumnHidden(section, less)

    def _on_current_row_changed(self) -> None:
        current = self.currentIndex()
        if current.isValid():
            self.chosen.emit(self.rows.item(self.source_row(current)))
