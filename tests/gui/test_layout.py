"""Nothing is cut off: every page at the least size of the window, at a projector's, and on a large screen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from app.desktop.pages.assess import AssessPage
from app.desktop.widgets.practice_head import MATRIX
from app.desktop.widgets.text import OneLine
from app.desktop.window import MainWindow
from app.desktop.workspace import PAGES, Workspace

LEAST = (960, 500)
"""A projector of 1920×1080 at 200 %, without what the system keeps for itself."""
SIZES = (LEAST, (1280, 720), (1920, 1080))


def cut_off(root: QWidget) -> list[str]:
    """What has less room than its text needs, or lies partly outside of what holds it."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QAbstractButton | QLabel | QComboBox):
            continue
        gives_way = isinstance(widget, OneLine | QComboBox) or (isinstance(widget, QLabel) and widget.wordWrap())
        needed = 0 if gives_way else widget.sizeHint().width()
        holder = widget.parentWidget()
        assert holder is not None
        inside = holder.rect().contains(widget.geometry())
        if widget.width() < needed or not inside:
            name = widget.property("text")
            found.append(f"{type(widget).__name__} {name}: {widget.width()} of {needed}, inside: {inside}")
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_nothing_is_cut_off(window: MainWindow, workspace: Workspace, name: str, size: tuple[int, int]) -> None:
    window.resize(*size)
    page = workspace.show_page(name)
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    assert cut_off(window) == []
    if isinstance(page, AssessPage):
        page.show_view(MATRIX)
        QApplication.processEvents()
        assert cut_off(window) == []
        page.fold_details()
        QApplication.processEvents()
        assert cut_off(window) == []
