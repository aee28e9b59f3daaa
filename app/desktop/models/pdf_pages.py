"""The pages of a PDF as pictures that arrive one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPixmap
from typing_extensions import override

from app.desktop.background import Background, Done, Failed

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


def draw(path: Path, number: int, width: int) -> tuple[int, QImage]:
    """(pages in all, picture of one page). Raises what pypdfium2 raises for a file that is no PDF."""
    document = pypdfium2.PdfDocument(path)
    try:
        page = document[number]
        bitmap = page.render(scale=width / page.get_width())
        image = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_BGR888)
        return len(document), image.copy()  # the bitmap's memory goes with the document
    finally:
        document.close()


class PagesModel(QAbstractListModel):
    """Drawn beside the window; a page that is not there yet is an empty sheet."""

    def __init__(self, background: Background, width: int, ratio: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._width, self._ratio = width, ratio
        self._path: Path | None = None
        self._pictures: list[QPixmap | None] = []
        self._empty = QPixmap(round(width * ratio), round(width * 1.414 * ratio))
        self._empty.setDevicePixelRatio(ratio)
        self._empty.fill(QColor("#ffffff"))

    def show_file(self, path: Path | None) -> None:
        """The pages of another file, or none."""
        self.beginResetModel()
        self._path = path
        self._pictures = []
        self.endResetModel()
        if path is not None:
            self._draw(path, 0)

    @property
    def complete(self) -> bool:
        """Whether every page has been drawn."""
        return bool(self._pictures) and all(self._pictures)

    def _draw(self, path: Path, number: int) -> None:
        width = round(self._width * self._ratio)

        def arrived(outcome: Done[tuple[int, QImage]] | Failed) -> None:
            # Another file may have been chosen meanwhile; one that cannot be drawn can still be opened.
            if path == self._path and isinstance(outcome, Done):
                self._take(path, number, *outcome.value)

        self._background.submit(lambda: draw(path, number, width), arrived)

    def _take(self, path: Path, number: int, count: int, image: QImage) -> None:
        if not self._pictures:
            self.beginInsertRows(QModelIndex(), 0, count - 1)
            self._pictures = [None] * count
            self.endInsertRows()
        picture = QPixmap.fromImage(image)
        picture.setDevicePixelRatio(self._ratio)
        self._pictures[number] = picture
        self.dataChanged.emit(self.index(number), self.index(number))
        if number + 1 < len(self._pictures):
            self._draw(path, number + 1)

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._pictures)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return self._pictures[index.row()] or self._empty
            case Qt.ItemDataRole.DisplayRole:
                return str(index.row() + 1)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.tr("Page {0} of {1}").format(index.row() + 1, len(self._pictures))
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(self._width + 24, round(self._width * 1.414) + 40)
            case _:
                return None
