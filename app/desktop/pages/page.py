"""What every page is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.destination import Destination
from app.desktop.session import Changed

NARROW = 1080
"""A page of fewer pixels, at the usual size of type, has no room for everything side by side."""


class Page(QWidget):
    """A page of the workspace. It shows the session and asks it to change things."""

    go_wanted = Signal(object)
    """Destination"""
    narrow = False

    def fit(self, narrow: bool) -> None:
        """Lay out for a narrow window, or again for a wide one."""

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW)
        if narrow != self.narrow:
            self.narrow = narrow
            self.fit(narrow)

    def arrive(self) -> None:
        """The page has come into view."""

    def show_destination(self, destination: Destination) -> None:
        """Bring what the destination names into view."""

    def show_moved(self, changed: Changed) -> None:
        """Bring into view what an undone or redone step moved; the focus stays."""

    def commit(self) -> None:
        """Take over what is being typed."""

    def end(self) -> None:
        """The engagement closes: leave no child process and no thread behind."""
