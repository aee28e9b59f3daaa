"""What is always in view: the application in hand, the way back, and where the focus is afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.desktop.icons import IconButton
from app.desktop.pages.assess import AssessPage
from app.desktop.session import Session
from app.desktop.widgets.fields import Select
from app.desktop.widgets.goto import GoTo
from app.desktop.widgets.header import Header
from app.desktop.widgets.text import OneLine
from app.desktop.widgets.writing import Writing
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

KEY = "integrate.gates.pipeline-checks"
CHALLENGED = "integrate.gates.critical-stop"


@pytest.fixture
def header(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> Header:
    qtbot.waitActive(window)
    found = workspace.findChild(Header)
    assert isinstance(found, Header)
    return found


@pytest.fixture
def box(header: Header) -> Select:
    found = header.findChild(Select)
    assert isinstance(found, Select)
    return found


@pytest.fixture
def page(workspace: Workspace, header: Header) -> AssessPage:
    found = workspace.show_page("assess")
    assert isinstance(found, AssessPage)
    return found


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def button(header: Header, name: str) -> IconButton:
    return next(entry for entry in header.findChildren(IconButton) if entry.accessibleName().startswith(name))


def saying(header: Header) -> str:
    return header.findChildren(OneLine)[-1].accessibleName()


def wheel(widget: QWidget) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, QPointF(widget.mapToGlobal(middle.toPoint())), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def by_palette(workspace: Workspace, box: Select) -> None:
    QTest.keyClick(focus(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = workspace.findChild(GoTo)
    assert isinstance(dialog, GoTo)
    line = dialog.findChild(QLineEdit)
    assert line is not None
    QTest.keyClicks(line, "wiki")
    QTest.keyClick(line, Qt.Key.Key_Return)


def by_header(workspace: Workspace, box: Select) -> None:
    box.setCurrentIndex(box.findData("wiki"))


@pytest.mark.parametrize("way", [by_palette, by_header])
def test_a_note_that_is_being_typed_stays_with_its_application(
    page: AssessPage, session: Session, workspace: Workspace, box: Select, way: Callable[[Workspace, Select], None]
) -> None:
    session.take("payments")
    page.show_practice("integrate.gates", KEY)
    QTest.keyClick(focus(), Qt.Key.Key_N)
    assert isinstance(focus(), Writing)
    QTest.keyClicks(focus(), "Shown on the screen")
    way(workspace, box)
    assert session.application == "wiki"
    assert session.assessment.applications["payments"].answers[KEY].note == "Shown on the screen"
    assert KEY not in session.assessment.applications["wiki"].answers


def test_a_reason_that_is_being_typed_stays_with_its_application(
    page: AssessPage, session: Session, workspace: Workspace, box: Select
) -> None:
    session.take("payments")
    page.show_practice("integrate.gates", CHALLENGED)
    QTest.keyClick(focus(), Qt.Key.Key_R)
    assert isinstance(focus(), Writing)
    QTest.keyClicks(focus(), "It stops since Monday")
    by_palette(workspace, box)
    assert session.application == "wiki"
    assert session.assessment.applications["payments"].answers[CHALLENGED].reason == "It stops since Monday"


def test_the_answer_keys_work_after_an_application_was_chosen(page: AssessPage, session: Session, box: Select) -> None:
    page.show_practice("integrate.gates", KEY)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    box.view().setCurrentIndex(box.model().index(box.findData("wiki"), 0))
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert session.application == "wiki"
    QTest.keyClick(focus(), Qt.Key.Key_1)
    assert session.assessment.applications["wiki"].answers[KEY].value == "no"


def test_browsing_with_the_arrows_keeps_the_focus_until_return(page: AssessPage, session: Session, box: Select) -> None:
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert session.application == "payments"
    assert box.hasFocus()
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert page.isAncestorOf(focus())


def test_the_wheel_passes_over_a_box_without_the_focus(page: AssessPage, session: Session, box: Select) -> None:
    wheel(box)
    assert session.application is None
    assert not box.hasFocus()


def test_the_wheel_after_an_escaped_list_decides_nothing(session: Session, page: AssessPage, box: Select) -> None:
    box.setFocus()
    box.showPopup()
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    wheel(box)
    assert session.application == "payments"
    assert box.hasFocus()


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("assess", "Find practices by their questions"), ("report", "Classification"),
        ("report", "Colour of the client"), ("report", "Logo of the client"),
        ("roadmap", "Day by which it is due"),
    ],
)  # fmt: skip
def test_a_line_with_nothing_to_undo_leaves_undo_to_the_window(
    workspace: Workspace, session: Session, place: str, name: str
) -> None:
    line = next(found for found in workspace.show_page(place).findChildren(QLineEdit) if found.accessibleName() == name)
    session.answer(KEY, "no")
    undo = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    undo.ignore()
    QApplication.sendEvent(line, undo)
    assert not undo.isAccepted()
    line.insert("x")
    QApplication.sendEvent(line, undo)
    assert undo.isAccepted(), "its own typing first"


def test_undo_says_what_it_takes_back_and_keeps_the_focus(
    page: AssessPage, session: Session, workspace: Workspace, header: Header
) -> None:
    session.take("wiki")
    session.answer(KEY, "no")
    session.take(None)
    other = next(key for key in session.questionnaire.practices if not KEY.startswith(key))
    page.show_practice(other)
    page.arrive()
    assert page.cards.criterion != KEY
    undo = button(header, "Undo")
    assert undo.toolTip() == "Undo: answer (Ctrl+Z)"
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert saying(header) == "Undone: answer · Wiki"
    assert not undo.isEnabled()
    assert (session.application, page.cards.criterion) == ("wiki", KEY), "what was undone is seen"
    assert focus() is page.cards.card
    session.answer(KEY, "partly")
    assert "Undone" not in saying(header)


def test_undo_by_space_hands_the_focus_to_redo_and_never_to_closing(
    page: AssessPage, session: Session, window: MainWindow, header: Header
) -> None:
    session.answer(KEY, "no")
    undo = button(header, "Undo")
    undo.setFocus()
    QTest.keyClick(undo, Qt.Key.Key_Space)
    assert focus() is button(header, "Redo")
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    assert session.assessment.answers[KEY].value == "no"
    assert window.session is session


def test_long_names_leave_everything_its_place(session: Session, window: MainWindow, header: Header) -> None:
    name = "Clearing and settlement of instruments that nobody has a shorter name for today"
    session.do(
        "application", "application", actions.add_application(session.content, session.assessment, "a", name, "1")
    )
    session.do("organisation", "set", actions.set_value(
        session.content, session.questionnaire, session.assessment, "organisation", name
    ))  # fmt: skip
    session.take("a")
    for size in ((960, 500), (1280, 720)):
        window.resize(*size)
        QApplication.processEvents()
        parts = [entry for entry in header.findChildren(QWidget) if entry.parent() is header and entry.isVisible()]
        for part in parts:
            assert header.rect().contains(part.geometry()), part
            assert not any(part.geometry().intersects(other.geometry()) for other in parts if other is not part), part
        assert saying(header) == header.findChildren(OneLine)[-1].text(), "there is room for a word on saving"


def test_coming_back_by_the_palette_the_answer_keys_answer(
    page: AssessPage, workspace: Workspace, session: Session, qtbot: QtBot
) -> None:
    page.show_practice("integrate.gates", KEY)
    page.cards.write_note()
    QTest.keyClicks(focus(), "half")
    workspace.open_goto()
    palette = workspace.findChild(GoTo)
    assert isinstance(palette, GoTo)
    line = palette.findChild(QLineEdit)
    assert line is not None
    QTest.keyClicks(line, "Overview")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.page is not page)
    workspace.show_page("assess")
    QTest.keyClick(focus(), Qt.Key.Key_1)
    assert session.assessment.answers[KEY].value == "no"
    assert session.assessment.answers[KEY].note == "half"
