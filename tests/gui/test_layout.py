"""Nothing is cut off: every page at the least size of the window, at a projector's, and on a large screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from app.desktop import theme
from app.desktop.pages.assess import AssessPage
from app.desktop.theme import Role
from app.desktop.widgets.practice_head import MATRIX
from app.desktop.widgets.rail import ICON, NAMED, RailButton
from app.desktop.widgets.text import OneLine
from app.desktop.window import MainWindow
from app.desktop.workspace import PAGES, Workspace
from app.engagement import actions
from app.engagement.folder import Engagement
from questionnaires.dsomm import DSOMM
from questionnaires.load import shipped
from questionnaires.model import NOT_APPLICABLE

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

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
@pytest.mark.parametrize("name", list(PAGES))
def test_nothing_is_cut_off(window: MainWindow, workspace: Workspace, name: str, size: tuple[int, int]) -> None:
    window.resize(*size)
    page = workspace.show_page(name)
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    assert cut_off(window) == []
    if isinstance(page, AssessPage):
        assert_whole(window, page)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
def test_long_answers_are_not_cut_off(
    make_window: Callable[[Path], MainWindow], tmp_path: Path, qtbot: QtBot, size: tuple[int, int]
) -> None:
    content = shipped()
    assessment = actions.new_assessment(content, DSOMM, "Northgate Clearing", date(2026, 9, 30))
    with Engagement.create(tmp_path / "dsomm", assessment, content.questionnaires[DSOMM], "tester") as engagement:
        added = actions.add_application(content, assessment, "payments", "Payments", "1")
        engagement.apply("application", added, "tester")
    window = make_window(tmp_path / "dsomm")
    window.resize(*size)
    assert window.workspace is not None
    page = window.workspace.show_page("assess")
    assert isinstance(page, AssessPage)
    qtbot.waitUntil(lambda: page.cards.complete)
    assert cut_off(window) == []
    assert_whole(window, page)
    metrics = QFontMetrics(theme.font(Role.STRONG))
    names = [step.name for step in content.questionnaires[DSOMM].scale]
    table = page.matrix.table
    for name in names:
        area = QRect(0, 0, table.columnWidth(0) - 4, 1000)
        needed = metrics.boundingRect(area, Qt.TextFlag.TextWordWrap, name)
        assert needed.width() <= area.width(), name
        assert needed.height() <= table.rowHeight(0) - 4, name
    page.matrix.answer(NOT_APPLICABLE)
    QApplication.processEvents()
    assert table.viewport().height() // table.rowHeight(0) >= 5, "applications beside the reason"


def test_a_banner_leaves_the_rail_its_icons_and_cuts_no_name(window: MainWindow, workspace: Workspace) -> None:
    buttons = workspace.findChildren(RailButton)
    assert len(buttons) == len(PAGES)
    for (width, height), text, named in (
        (LEAST, "", True),
        (LEAST, "to decide, at length. " * 24, False),
        ((1280, 720), "to decide, at length. " * 24, True),
    ):
        window.resize(width, height)
        if text:
            window.banner.tell("Something", text, choices=[("One way", lambda: None), ("Other", lambda: None)])
        QApplication.processEvents()
        assert {button.named for button in buttons} == {named}
        least = theme.px(NAMED if named else ICON)
        assert all(button.height() >= least for button in buttons), [button.height() for button in buttons]
        assert cut_off(workspace) == []


def assert_whole(window: MainWindow, page: AssessPage) -> None:
    """The matrix, and the page without its details."""
    page.show_view(MATRIX)
    QApplication.processEvents()
    assert cut_off(window) == []
    page.fold_details()
    QApplication.processEvents()
    assert cut_off(window) == []
