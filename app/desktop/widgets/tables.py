"""Tables and lists as this window shows them: no grid, no inner scroll bars, as high as their rows."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QListView,
    QScrollArea,
    QSizePolicy,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role


class Table(QTableView):
    """Rows to go to. Return and a click activate; Tab leaves the table."""

    def __init__(self, name: str, model: QAbstractItemModel, *, row: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(row))
        self.verticalHeader().setMinimumSectionSize(theme.px(row))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @override
    def selectRow(self, row: int) -> None:
        """That row and no other. Qt's own would toggle it or extend to it while Ctrl or Shift happens to be held."""
        command = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.model().index(row, 0), command)


class SortableTable(Table):
    """Sorted by the column whose title is clicked, or by its number with Ctrl; again turns the order round."""

    def __init__(self, name: str, model: QSortFilterProxyModel, *, row: int, parent: QWidget | None = None) -> None:
        super().__init__(name, model, row=row, parent=parent)
        self._proxy = model
        self.setSortingEnabled(True)
        self.horizontalHeader().setSectionsClickable(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)

    def source_row(self, index: QModelIndex | QPersistentModelIndex) -> int:
        """Where a row of the table stands in the model below."""
        return self._proxy.mapToSource(index).row()

    def show_source_row(self, row: int) -> None:
        """Make a row of the model below the current one; -1 for none."""
        found = self._proxy.mapFromSource(self._proxy.sourceModel().index(row, 0))
        if found.row() != self.currentIndex().row():
            self.setCurrentIndex(found)

    def sort_by(self, section: int) -> None:
        """Sort by a column; by the same one again the other way round."""
        header = self.horizontalHeader()
        turned = header.sortIndicatorSection() == section and (
            header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        )
        self.sortByColumn(section, Qt.SortOrder.DescendingOrder if turned else Qt.SortOrder.AscendingOrder)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        section = event.key() - Qt.Key.Key_1
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and 0 <= section < self.model().columnCount():
            self.sort_by(section)
            return
        super().keyPressEvent(event)


def show_current(view: QAbstractItemView) -> None:
    """Bring the current row of a view that does not scroll itself into sight, with a bit of its neighbours."""
    around = view.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    place = view.visualRect(view.currentIndex())
    content = around.widget() if isinstance(around, QScrollArea) else None
    if isinstance(around, QScrollArea) and content is not None and place.isValid():
        middle = view.viewport().mapTo(content, place.center())
        around.ensureVisible(around.horizontalScrollBar().value(), middle.y(), 0, place.height() * 3 // 2)


class WholeTable(Table):
    """As high as its rows: the page around it scrolls."""

    def __init__(self, name: str, model: QAbstractItemModel, *, row: int, parent: QWidget | None = None) -> None:
        super().__init__(name, model, row=row, parent=parent)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self.updateGeometry)

    @override
    def sizeHint(self) -> QSize:
        header = self.horizontalHeader()
        rows = self.model().rowCount() * self.verticalHeader().defaultSectionSize()
        return QSize(theme.px(400), rows + max(header.sizeHint().height(), header.minimumHeight()) + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(200), self.sizeHint().height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        show_current(self)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class WrappedTable(WholeTable):
    """Its header is as high as its longest title needs at the present width."""

    def __init__(self, name: str, model: QAbstractItemModel, *, row: int, parent: QWidget | None = None) -> None:
        super().__init__(name, model, row=row, parent=parent)
        self.horizontalHeader().sectionResized.connect(self._fit)

    def _fit(self) -> None:
        header = self.horizontalHeader()
        metrics = QFontMetrics(theme.font(Role.LABEL))
        horizontal = Qt.Orientation.Horizontal
        heights = [
            metrics.boundingRect(
                QRect(0, 0, header.sectionSize(section) - theme.px(18), 1000),
                Qt.TextFlag.TextWordWrap,
                str(self.model().headerData(section, horizontal)),
            ).height()
            for section in range(header.count())
        ]
        height = max(heights, default=0) + theme.px(14)
        if height != header.minimumHeight():
            header.setFixedHeight(height)
            self.updateGeometry()


class WholeList(QListView):
    """A list as high as its rows."""

    def __init__(
        self,
        name: str,
        model: QAbstractItemModel,
        delegate: QStyledItemDelegate,
        row: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._row = row
        self.setModel(model)
        self.setAccessibleName(name)
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self.updateGeometry)

    @override
    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), self.model().rowCount() * theme.px(self._row) + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), self.sizeHint().height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        show_current(self)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
