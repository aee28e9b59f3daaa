"""Widgets side by side that go on in a next line where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget
from typing_extensions import override

from app.desktop import theme


class Flow(QLayout):
    """Everything in its own size, from the left; a line more costs height. What grows takes the rest of its line."""

    def __init__(self, *children: QWidget) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}
        """By width, until a child changes: Qt asks dozens of times for one key."""
        self._placed: QRect | None = None
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(theme.px(4))
        for child in children:
            self.addWidget(child)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    @override
    def invalidate(self) -> None:
        super().invalidate()
        self._heights.clear()
        self._placed = None

    @override
    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    @override
    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items]
        wide = sum(size.width() + self.spacing() for size in sizes) - self.spacing()
        return QSize(wide, max((size.height() for size in sizes), default=0))

    @override
    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        if area != self._placed:
            self._placed = QRect(area)
            self._place(area, move=True)

    def _place(self, area: QRect, *, move: bool) -> int:
        """Put everything where it belongs, or only find out how high that is."""
        x, y, height = area.left(), area.top(), 0
        for item in self._items:
            if item.isEmpty():
                continue  # hidden
            size = item.sizeHint()
            if x > area.left() and x + size.width() > area.left() + area.width():
                x, y, height = area.left(), y + height + self.spacing(), 0
            if item.expandingDirections() & Qt.Orientation.Horizontal:
                size.setWidth(max(size.width(), area.left() + area.width() - x))
            if move:
                item.setGeometry(QRect(x, y, size.width(), size.height()))
            x += size.width() + self.spacing()
            height = max(height, size.height())
        return y + height - area.top()
