"""The cards: what they show, what a click and the focus do, and what stands beside an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton

from app.desktop import theme
from app.desktop.models.card import card_state
from app.desktop.models.practices import Filter
from app.desktop.pages.assess import AssessPage
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.card import Card
from app.desktop.widgets.ladder import BESIDE, Cell, Ladder, Rung
from app.desktop.widgets.practice_head import MATRIX
from app.desktop.widgets.text import OneLine
from app.desktop.widgets.writing import Writing
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from scoring.assessment import Answer, Basis

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PRACTICE = "integrate.gates"
ANSWERED = "integrate.gates.pipeline-checks"
CHALLENGED = "integrate.gates.critical-stop"
CONTROL = Qt.KeyboardModifier.ControlModifier


def shown(window: MainWindow, qtbot: QtBot) -> AssessPage:
    """The page with every card of a practice, the first one in hand."""
    qtbot.waitActive(window)
    assert window.workspace is not None
    page = window.workspace.show_page("assess")
    assert isinstance(page, AssessPage)
    page.show_practice(PRACTICE, ANSWERED)
    page.arrive()
    qtbot.waitUntil(lambda: page.cards.complete and isinstance(QApplication.focusWidget(), Card))
    return page


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> AssessPage:
    return shown(window, qtbot)


def press(*keys: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key(ord(key)) if isinstance(key, str) else key, modifier)


def write(text: str) -> None:
    """Write a note, and leave the field."""
    press("N")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    field.selectAll()
    QTest.keyClicks(field, text) if text else press(Qt.Key.Key_Delete)
    press(Qt.Key.Key_Return)


def button(card: Card, name: str) -> QPushButton:
    return next(entry for entry in card.findChildren(QPushButton) if entry.accessibleName() == name)


def test_a_note_and_a_mark_before_an_application_s_answer_are_shown(page: AssessPage, session: Session) -> None:
    session.take("wiki")
    press("J", "J")
    criterion = page.criterion
    assert session.answer_in_hand(criterion) is None
    write("first")
    press("M")
    assert session.assessment.applications["wiki"].answers[criterion] == Answer(note="first", marked=True)
    press("J", "K")
    state = page.cards.card.state
    assert state is not None
    assert (state.value, state.note, state.marked) == (None, "first", True)
    field = next(field for field in page.cards.card.findChildren(Writing) if field.accessibleName() == "Note")
    assert field.toPlainText() == "first"
    page.list.set_filter(Filter.MARKED)
    assert page.list.listed() == [PRACTICE]
    press("3")
    assert session.assessment.applications["wiki"].answers[criterion].note == "first"


@pytest.mark.parametrize("marked", [False, True], ids=["common plain", "common marked"])
def test_a_mark_and_a_note_never_freeze_a_common_answer(page: AssessPage, session: Session, marked: bool) -> None:
    session.amend(ANSWERED, marked=marked, note="Of all")
    session.take("wiki")
    state = card_state(session, ANSWERED)
    assert (state.value, state.marked, state.note) == ("largely", False, ""), "a mark and a note are somebody's own"
    press("M")
    assert card_state(session, ANSWERED).marked
    write("x")
    assert card_state(session, ANSWERED).inherited
    write("")
    press("M")
    assert ANSWERED not in session.assessment.applications["wiki"].answers


def test_an_answer_clicked_twice_still_shows_as_the_answer(page: AssessPage, session: Session) -> None:
    card = page.cards.card
    chosen = button(card, "Largely")
    QTest.mouseClick(chosen, Qt.MouseButton.LeftButton)
    assert session.assessment.answers[ANSWERED].value == "largely"
    assert chosen.isChecked()
    basis = button(card, "Basis: Interview")
    for _ in range(2):
        QTest.mouseClick(basis, Qt.MouseButton.LeftButton)
    assert session.assessment.answers[ANSWERED].basis is Basis.INTERVIEW
    assert basis.isChecked()


def test_whoever_reads_only_can_neither_answer_nor_write(
    make_window: Callable[..., MainWindow], window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    second = make_window(session.folder)
    second.activateWindow()
    page = shown(second, qtbot)
    card = page.cards.card
    assert button(card, "Largely").isChecked()
    answers = [entry for entry in card.findChildren(QPushButton) if entry.isVisible()]
    assert not any(entry.isEnabled() for entry in answers)
    QTest.mouseClick(button(card, "Fully"), Qt.MouseButton.LeftButton)
    assert not button(card, "Fully").isChecked()
    press("N")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    assert field.isReadOnly()
    QTest.keyClicks(field, "x")
    assert field.toPlainText() == ""
    press(Qt.Key.Key_Escape)
    press("4")
    assert "pen for reading only" in second.banner.message
    assert button(card, "Largely").isChecked()


def test_whoever_reads_only_is_not_asked_for_a_reason(
    make_window: Callable[..., MainWindow],
    window: MainWindow,
    session: Session,
    saved: Callable[[], None],
    qtbot: QtBot,
) -> None:
    session.answer(ANSWERED, "not-applicable")
    saved()
    second = make_window(session.folder)
    second.activateWindow()
    page = shown(second, qtbot)
    press("0")
    assert QApplication.focusWidget() is page.cards.card
    page.show_view(MATRIX)
    press("0")
    assert QApplication.focusWidget() is page.matrix.table


def test_whatever_of_a_card_has_the_focus_its_keys_answer_that_card(page: AssessPage, session: Session) -> None:
    criteria = [entry.id for entry in session.questionnaire.practices[PRACTICE].criterion]
    press("J", "J")
    press(Qt.Key.Key_Backtab, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert page.criterion == criteria[1]
    press("1")
    assert session.assessment.answers[criteria[1]].value == "no"
    assert criteria[2] not in session.assessment.answers
    flag = page.findChildren(Card)[4].findChildren(QToolButton)[0]
    QTest.mouseClick(flag, Qt.MouseButton.LeftButton)
    assert session.assessment.answers[criteria[4]].marked
    assert page.criterion == criteria[4]
    press("2")
    assert session.assessment.answers[criteria[4]].value == "partly"


def test_a_click_answers_its_own_card_even_where_it_brings_no_focus(page: AssessPage, session: Session) -> None:
    button(page.findChildren(Card)[3], "Partly").click()
    assert page.criterion == session.questionnaire.practices[PRACTICE].criterion[3].id
    assert session.assessment.answers[page.criterion].value == "partly"
    assert session.assessment.answers[ANSWERED].value == "largely"


def test_undo_in_an_empty_reason_takes_the_answer_back(page: AssessPage, session: Session) -> None:
    press("0")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    QTest.keyClicks(field, "x")
    press("Z", modifier=CONTROL)
    assert field.toPlainText() == ""
    assert session.assessment.answers[ANSWERED].value == "not-applicable", "the field's own step first"
    press("Z", modifier=CONTROL)
    assert session.assessment.answers[ANSWERED].value == "largely"
    assert QApplication.focusWidget() is page.cards.card


def test_a_card_with_the_focus_looks_different(page: AssessPage) -> None:
    card = page.cards.card

    def seen() -> QImage:
        return card.grab().toImage()

    focused = seen()
    button(card, "Largely").setFocus()
    outside = seen()
    accent = theme.colours().accent
    middle = card.width() // 2
    assert focused.pixelColor(middle, 0).name() == accent
    assert outside.pixelColor(middle, 0).name() != accent


def test_the_file_that_speaks_to_a_criterion_is_named(page: AssessPage, session: Session) -> None:
    session.take("payments")
    page.show_practice(PRACTICE, CHALLENGED)
    named = [entry.text() for entry in page.detail.findChildren(OneLine)]
    assert named == ["runs.json"]


def test_evidence_icons_follow_the_scheme(page: AssessPage, session: Session, qapp: QApplication) -> None:
    session.take("payments")
    page.show_practice(PRACTICE, CHALLENGED)

    def colours() -> set[str]:
        picture = next(entry for entry in page.detail.findChildren(QLabel) if not entry.pixmap().isNull())
        image = picture.pixmap().toImage()
        points = [(x, y) for x in range(image.width()) for y in range(image.height())]
        return {image.pixelColor(*point).name() for point in points if image.pixelColor(*point).alpha() == 255}

    light = colours()
    try:
        theme.apply(qapp, Qt.ColorScheme.Dark)
        assert theme.colours().attention in colours()
        assert theme.colours().attention not in light
    finally:
        theme.apply(qapp, Qt.ColorScheme.Light)


def test_a_level_without_questions_is_not_where_everyone_starts(qtbot: QtBot) -> None:
    ladder = Ladder()
    qtbot.addWidget(ladder)
    one = (Cell("a", None),)
    rungs = [Rung(n, "L", cells, False, False) for n, cells in enumerate(((), one, ()))]
    ladder.show_rungs(rungs, 0, "a")
    assert [ladder.empty_words(rung) for rung in rungs] == ["Starting level", "", "Nothing asked"]


def test_a_ladder_gives_every_name_its_room_and_moves_no_rung_with_an_answer(qtbot: QtBot) -> None:
    ladder = Ladder()
    qtbot.addWidget(ladder)
    ladder.resize(theme.px(600), ladder.height())
    names = ["Not started", "First steps", "Basics in place", "Broad", "Deep", "Exhaustive"]
    cells = (Cell("a", None),)
    rungs = [Rung(n, name, cells if n != 4 else (), n == 0, n == 4) for n, name in enumerate(names)]
    ladder.show_rungs(rungs, 0, "a")
    metrics = QFontMetrics(theme.font(Role.LABEL))
    before = list(ladder._wide)
    for name, wide in zip(names, before, strict=True):
        assert metrics.horizontalAdvance(name) <= wide - theme.px(BESIDE) + 1, name
    ladder.show_rungs(rungs, 3, "a")
    assert ladder._wide == before
    assert "Deep · target" in ladder.toolTip()
    ladder.show_rungs([Rung(n, "Level", cells, False, False) for n in range(4)], 0, "a")
    assert ladder._wide == [theme.px(600) / 4] * 4, "in line with the words on each level"
