"""Where exports are dropped, or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.files import Mode, ask, local_files
from app.desktop.widgets.text import button, column, label, row


class DropZone(QWidget):
    """Takes files and folders by drop or through a dialog."""

    paths_given = Signal(object)
    """tuple[Path, ...]"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drop exports here"))
        self._over = False
        self.files = button(self.tr("Choose files…"))
        self.files.clicked.connect(self.choose_files)
        self.folder = button(self.tr("Choose a folder…"))
        self.folder.clicked.connect(self.choose_folder)
        said = column(
            label(self.tr("Drop exports or folders here"), Role.HEADING),
            label(
                self.tr("They are read, not kept. A plan comes first; nothing changes until you apply it."), muted=True
            ),
        )
        self.setLayout(row(said, -1, self.files, 8, self.folder, margins=(24, 18, 24, 18)))

    def choose_files(self) -> None:
        ask(self, self.tr("Choose exports"), Mode.ExistingFiles, self._on_chosen)

    def choose_folder(self) -> None:
        ask(self, self.tr("Choose a folder of exports"), Mode.Directory, self._on_chosen)

    def _on_chosen(self, *paths: Path) -> None:
        self.paths_given.emit(paths)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event):
            self._over = True
            self.update()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._over = False
        self.update()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        self.update()
        if paths := local_files(event):
            self.paths_given.emit(paths)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(colours.selected if self._over else colours.hover))
        painter.setPen(QPen(QColor(colours.accent if self._over else colours.muted), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), theme.px(6), theme.px(6))
        painter.end()
