"""What the engagement holds of exports, with the facts of the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.models.register import Key, RegisterModel
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.export_detail import ExportDetail
from app.desktop.widgets.tables import Table
from app.desktop.widgets.text import button, column, label, row
from app.desktop.widgets.two_line_cells import TwoLineCells
from reports import words


class RegisterView(QWidget):
    """The current row stays with its export; where that is gone, with its place."""

    go_wanted = Signal(object)
    """Destination"""
    removed = Signal(str)
    """The tool whose export is gone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = RegisterModel(session, self)
        self._before: tuple[Key, int] | None = None
        self._heading = label("", Role.HEADING)
        self._nothing = label(
            self.tr("Nothing yet. Exports of pipelines and scanners show how much of the answers can be proven."),
            muted=True, wrap=True,
        )  # fmt: skip
        self.table = Table(self.tr("Evidence of the engagement"), self.model, row=48)
        self.table.setItemDelegate(TwoLineCells(self.table))
        self.table.horizontalHeader().setSectionResizeMode(RegisterModel.TOOL, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.model.modelAboutToBeReset.connect(self._on_model_about_to_be_reset)
        self.model.modelReset.connect(self._on_model_reset)
        self.model.dataChanged.connect(self._show_current)
        session.evaluated.connect(self._show_current)
        self.detail = ExportDetail(session)
        self.detail.go_wanted.connect(self.go_wanted)
        self._split = QSplitter()
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 1)
        self._remove = button(self.tr("Remove the export"))
        self._remove.setToolTip(self.tr("Its facts count no longer; Ctrl+Z brings it back"))
        self._remove.clicked.connect(self.remove)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.remove)
        whole = column(row(self._heading, -1, self._remove), 8, self._nothing, self._split)
        whole.setStretchFactor(self._split, 1)
        # Takes what is left where the split is hidden, and nothing beside it.
        whole.addStretch(0)
        self.setLayout(whole)
        self._count()

    def fit(self, narrow: bool) -> None:
        """Lay out for a narrow page, or again for a wide one."""
        for section, width in enumerate((104, 0, 138, 116, 50) if narrow else (180, 0, 150, 220, 60)):
            self.table.setColumnWidth(section, theme.px(width))
        self._split.setSizes([theme.px(n) for n in ((560, 260) if narrow else (800, 360))])

    def show_export(self, place: int) -> None:
        """Look at one export."""
        self.table.selectRow(place)

    def remove(self) -> None:
        """Take the chosen export out of the register; undo brings it back."""
        current = self.table.currentIndex()
        if not current.isValid():
            return
        tool = self.model.evidence(current.row()).tool
        if self._session.do(self.tr("evidence"), "remove", self.model.removal(current.row())):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.removed.emit(tool)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_current()

    def _count(self) -> None:
        held = self.model.rowCount()
        self._heading.setText(
            self.tr("Ingested") if not held else
            self.tr("Ingested · {0}").format(words.count(held, self.tr("export"), self.tr("exports")))
        )  # fmt: skip
        self._nothing.setVisible(not held)
        self._split.setVisible(held > 0)
        self._remove.setVisible(held > 0)

    def _show_current(self) -> None:
        current = self.table.currentIndex()
        self._remove.setEnabled(current.isValid() and self._session.writable)
        if not self.isVisible():
            return
        place = current.row()
        if current.isValid():
            self.detail.show_evidence(self.model.key(place), self.model.evidence(place))
        else:
            self.detail.show_evidence(None, None)

    def _on_model_about_to_be_reset(self) -> None:
        current = self.table.currentIndex()
        self._before = (self.model.key(current.row()), current.row()) if current.isValid() else None

    def _on_model_reset(self) -> None:
        self._count()
        if self._before is not None and self.model.rowCount():
            key, place = self._before
            found = self.model.place(key)
            self.table.selectRow(found if found >= 0 else min(place, self.model.rowCount() - 1))
        self._show_current()
