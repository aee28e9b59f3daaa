"""Go to anything: pages, applications, practices, criteria, by any part of their words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.models.targets import Target, TargetsModel
from app.desktop.widgets.lines import TwoLines


class GoTo(QDialog):
    """A line to type in and a list that follows; Return goes there, Escape stays here."""

    chosen = Signal(object)
    """Destination"""

    def __init__(self, targets: Sequence[Target], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Go to"))
        self._model = TargetsModel(targets, self, most=50)
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
