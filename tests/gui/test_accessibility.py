"""Everything has a name, everything is reached by Tab, and everything can be read."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.desktop import theme
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.roadmap import TABLE, RoadmapPage
from app.desktop.theme import DARK_COLOURS, LIGHT_COLOURS, Colours
from app.desktop.widgets.matrix_table import ANSWER_GROUNDS
from app.desktop.widgets.practice_head import MATRIX
from app.desktop.window import MainWindow
from app.desktop.workspace import PAGES, Workspace
from assets.palette import level_colour, on

CONTROLS = (Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.WheelFocus)


def controls(root: QWidget) -> list[QWidget]:
    """What takes part in the walk by Tab."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() in CONTROLS and widget.isVisible() and widget.isEnabled()
    ]


def name_of(widget: QWidget) -> str:
    text = widget.property("text")
    return widget.accessibleName() or (text if isinstance(text, str) else "")


def check(root: QWidget) -> None:
    """Walk by Tab until it comes round: everything is met, and everything met has a name."""
    QApplication.processEvents()
    wanted = controls(root)
    assert [type(widget).__name__ for widget in wanted if not name_of(widget)] == []
    reached: list[QWidget] = []
    first = QApplication.focusWidget()
    assert first is not None, "nothing has the focus on arrival"
    for _ in range(3 * len(wanted)):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break
    lost = [widget for widget in wanted if widget not in reached]
    assert [f"{type(widget).__name__} {name_of(widget)}" for widget in lost] == []


def _matrix(workspace: Workspace) -> None:
    page = workspace.show_page("assess")
    assert isinstance(page, AssessPage)
    page.show_view(MATRIX)


def _item(workspace: Workspace, qtbot: QtBot) -> None:
    page = workspace.show_page("roadmap")
    assert isinstance(page, RoadmapPage)
    qtbot.waitUntil(lambda: page.settled, timeout=20_000)
    assert page.plan is not None
    page.choose(next(item for wave in page.plan.waves for item in wave.items))


def _table(workspace: Workspace, qtbot: QtBot) -> None:
    _item(workspace, qtbot)
    page = workspace.page
    assert isinstance(page, RoadmapPage)
    page.show_view(TABLE)
    page.table.setFocus()


@pytest.mark.parametrize("name", list(PAGES))
def test_every_control_of_a_page_has_a_name_and_is_reached_by_tab(
    window: MainWindow, workspace: Workspace, qtbot: QtBot, name: str
) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    workspace.session.take("payments")
    workspace.show_page(name)
    check(window)


@pytest.mark.parametrize("name", ["matrix", "item", "table", "banner"])
def test_every_control_that_comes_into_view_later_too(
    window: MainWindow, workspace: Workspace, qtbot: QtBot, name: str
) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    match name:
        case "matrix":
            _matrix(workspace)
        case "item":
            _item(workspace, qtbot)
        case "table":
            _table(workspace, qtbot)
        case _:
            window.banner.tell("Something", "to decide", choices=[("One way", lambda: None), ("Other", lambda: None)])
    check(window)


@pytest.mark.parametrize("name", ["goto", "new", "about", "pack", "why"])
def test_every_control_of_a_dialog_has_a_name_and_is_reached_by_tab(
    window: MainWindow, qtbot: QtBot, open_dialog: Callable[[str], None], name: str
) -> None:
    open_dialog(name)
    [dialog] = window.findChildren(QDialog)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    check(dialog)
    assert dialog.windowTitle()
    dialog.reject()


def test_the_start_page_too(make_window: object, qtbot: QtBot) -> None:
    window = make_window(None)  # type: ignore[operator]
    assert [widget for widget in controls(window.start) if not name_of(widget)] == []


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_nothing_is_cut_off_at_the_side(
    window: MainWindow, workspace: Workspace, name: str, size: tuple[int, int]
) -> None:
    window.resize(*size)
    workspace.show_page(name)
    QApplication.processEvents()
    # The roadmap is wider than a screen and scrolls sideways on purpose.
    for area in workspace.findChildren(QAbstractScrollArea):
        policy = area.horizontalScrollBarPolicy()
        if area.isVisible() and policy is Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            assert area.horizontalScrollBar().maximum() == 0, area.accessibleName()
    for entry in workspace.findChildren(QLabel):
        if entry.isVisible() and not entry.wordWrap() and entry.text():
            assert entry.width() >= entry.sizeHint().width(), entry.text()


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT_COLOURS, DARK_COLOURS], ids=["light", "dark"])
def test_text_stands_out_from_every_ground(colours: Colours) -> None:
    for ground in (colours.background, colours.surface, colours.hover, colours.selected):
        for ink in (colours.text, colours.muted, colours.attention, colours.accent):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.on_accent, theme.mixed(colours.accent, colours.text, 0.25)) >= 4.5
    assert contrast(colours.muted, colours.line) >= 3, "disabled primary buttons"
    for share in ANSWER_GROUNDS:
        ground = theme.mixed(colours.background, colours.accent, share)
        assert contrast(colours.text, ground) >= 4.5, "an answer in the matrix"
        assert contrast(colours.attention, ground) >= 3, "the sign of a challenge on it"


@pytest.mark.parametrize("colours", [LIGHT_COLOURS, DARK_COLOURS], ids=["light", "dark"])
@pytest.mark.parametrize("tenths", range(10, 41))
def test_numbers_can_be_read_on_every_colour_of_the_scale(colours: Colours, tenths: int) -> None:
    ground = level_colour(tenths / 10, 1, 4, colours.palette)
    assert contrast(on(ground), ground) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT_COLOURS, DARK_COLOURS], ids=["light", "dark"])
def test_levels_differ_in_lightness(colours: Colours) -> None:
    scale = [luminance(level_colour(level, 1, 4, colours.palette)) for level in range(1, 5)]
    for lower, higher in itertools.pairwise(scale):
        assert max(lower, higher) + 0.05 >= 1.3 * (min(lower, higher) + 0.05)
