"""The matrix: many applications at once, the common answer first, one step to take it all back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.desktop.models.matrix import MatrixModel, MatrixRole
from app.desktop.pages.assess import AssessPage
from app.desktop.session import Session
from app.desktop.widgets.card import Card
from app.desktop.widgets.header import Header
from app.desktop.widgets.matrix import Matrix
from app.desktop.widgets.practice_head import CARDS, MATRIX
from app.desktop.widgets.text import OneLine
from app.desktop.widgets.writing import Writing
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from app.engagement.folder import Engagement
from scoring.assessment import Basis

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PRACTICE = "integrate.gates"
FIRST = "integrate.gates.pipeline-checks"
CHALLENGED = "integrate.gates.critical-stop"
FIFTY = 50


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> AssessPage:
    qtbot.waitActive(window)
    session = workspace.session
    for number in range(FIFTY - 2):
        key = f"app-{number:02}"
        added = actions.add_application(session.content, session.assessment, key, f"App {number:02}", "2")
        session.do("application", "application", added)
    session.undo_stack.clear()
    found = workspace.show_page("assess")
    assert isinstance(found, AssessPage)
    found.show_practice(PRACTICE, FIRST)
    found.show_view(MATRIX)
    return found


@pytest.fixture
def matrix(page: AssessPage) -> Matrix:
    assert page.matrix.isVisible()
    assert QApplication.focusWidget() is page.matrix.table
    return page.matrix


def press(*keys: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key(ord(key)) if isinstance(key, str) else key, modifier)


SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_fifty_applications_are_answered_by_two_keys_and_taken_back_by_one(
    matrix: Matrix, session: Session, saved: Callable[[], None]
) -> None:
    press("C", "4")
    applications = session.assessment.applications
    assert len(applications) == FIFTY
    assert all(app.answers[FIRST].value == "fully" for app in applications.values())
    assert session.assessment.answers[FIRST].value == "largely", "the common answer is not among them"
    assert session.undo_stack.count() == 1
    saved()
    assert Engagement.open(session.folder).assessment.applications == applications
    session.undo_stack.undo()
    assert not any(FIRST in app.answers for app in session.assessment.applications.values())


def test_a_column_that_is_taken_back_is_seen_and_named(
    page: AssessPage, matrix: Matrix, session: Session, workspace: Workspace
) -> None:
    press("C", "4")
    press("J", "J")
    session.take("wiki")
    assert not page.criterion.startswith(PRACTICE)
    workspace.undo()
    header = workspace.findChild(Header)
    assert header is not None
    name = session.questionnaire.practices[PRACTICE].name
    assert header.findChildren(OneLine)[-1].accessibleName() == f"Undone: answers · {name}"
    assert page.in_matrix
    assert page.criterion == FIRST
    assert session.application == "wiki", "whose answers moved is many"
    practices = session.questionnaire.practices
    other = next(entry for key, entry in practices.items() if key != PRACTICE).criterion[0].id
    session.answer_each([("wiki", FIRST, "no"), ("wiki", other, "no")])
    page.show_view(CARDS)
    here = page.criterion
    workspace.undo()
    assert page.criterion == here, "of several practices, none is gone to"


def test_inherited_answers_are_told_apart_and_an_own_one_can_be_taken_back(matrix: Matrix, session: Session) -> None:
    row = matrix.model.row("wiki")
    place = matrix.model.index(row, 0)
    assert place.data() == "Largely"
    assert place.data(MatrixRole.CELL).inherited
    assert "common answer" in place.data(Qt.ItemDataRole.AccessibleTextRole)
    matrix.table.setCurrentIndex(place)
    press("3")
    assert not place.data(MatrixRole.CELL).inherited, "said to be the same is not the same as not said"
    press(Qt.Key.Key_Backspace)
    assert place.data(MatrixRole.CELL).inherited
    assert FIRST not in session.assessment.applications["wiki"].answers


def test_shift_and_arrows_extend_over_rows_and_columns(matrix: Matrix, session: Session) -> None:
    matrix.table.setCurrentIndex(matrix.model.index(0, 0))
    press(Qt.Key.Key_Down, Qt.Key.Key_Right, modifier=SHIFT)
    assert len(matrix.selected) == 4
    press("1")
    first = matrix.model.owner(1)
    assert first is not None
    second = matrix.model.criterion(1).id
    assert [session.assessment.answers[key].value for key in (FIRST, second)] == ["no", "no"]
    assert [session.assessment.applications[first].answers[key].value for key in (FIRST, second)] == ["no", "no"]


def test_one_reason_for_all_that_does_not_apply(matrix: Matrix, session: Session) -> None:
    press("C", "0")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    QTest.keyClicks(field, "No pipeline of its own")
    press(Qt.Key.Key_Return)
    answers = [app.answers[FIRST] for app in session.assessment.applications.values()]
    assert {(answer.value, answer.reason) for answer in answers} == {("not-applicable", "No pipeline of its own")}
    assert QApplication.focusWidget() is matrix.table


def test_a_reason_never_replaces_another_one(matrix: Matrix, session: Session) -> None:
    three = ["payments", "wiki", "app-00"]
    session.answer_each([(key, FIRST, "not-applicable") for key in three])
    for key, reason in zip(three, ("Mainframe", "Static pages"), strict=False):
        session.amend_each([(key, FIRST)], reason=reason)

    def reasons() -> list[str]:
        return [session.assessment.applications[key].answers[FIRST].reason for key in three]

    press("C", "R")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    QTest.keyClicks(field, "Bought in")
    press(Qt.Key.Key_Return)
    assert reasons() == ["Mainframe", "Static pages", "Bought in"]
    press("R")
    assert QApplication.focusWidget() is matrix.table, "they differ: none is written for all"
    session.amend_each([(key, FIRST) for key in three], reason="Bought in")
    press("C", "R")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    assert field.toPlainText() == "Bought in"
    field.selectAll()
    QTest.keyClicks(field, "At the provider")
    press(Qt.Key.Key_Return)
    assert reasons() == ["At the provider"] * 3


def test_in_a_low_window_five_applications_are_seen_beside_the_reason(
    page: AssessPage, matrix: Matrix, window: MainWindow
) -> None:
    def whole_rows() -> int:
        QApplication.processEvents()
        return matrix.table.viewport().height() // matrix.table.rowHeight(0)

    window.resize(960, 500)
    press("C", "0")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    assert whole_rows() >= 5
    assert page.ladder.isHidden()
    assert "lacks one" in field.accessibleName()
    said = [entry.accessibleName() for entry in matrix.findChildren(OneLine) if entry.isVisible()]
    assert matrix.model.criterion(0).question in said
    score = next(entry for entry in page.findChildren(QPushButton) if entry.accessibleName().startswith("Score"))
    assert page.ladder.accessibleName() in score.accessibleDescription()
    press(Qt.Key.Key_Escape, "X")
    assert page.ladder.isVisible()
    press("X")
    window.resize(1280, 720)
    assert whole_rows() >= 8
    assert page.ladder.isVisible()


def test_columns_are_whole_and_their_headings_say_level_and_name(matrix: Matrix, window: MainWindow) -> None:
    window.resize(960, 500)
    QApplication.processEvents()
    table = matrix.table
    widths = [table.columnWidth(column) for column in range(matrix.model.columnCount())]
    whole = table.viewport().width() // min(widths)
    assert len(widths) > whole, "they scroll"
    screens = {sum(widths[first : first + whole]) for first in range(len(widths) - whole + 1)}
    assert screens == {table.viewport().width()}, "and none is cut at the edge, wherever one begins"
    heading = (0, Qt.Orientation.Horizontal)
    assert matrix.model.headerData(*heading, MatrixRole.LEVEL) == 2
    assert matrix.model.headerData(*heading, Qt.ItemDataRole.AccessibleTextRole) == "pipeline checks, level 2"
    assert str(matrix.model.headerData(*heading, Qt.ItemDataRole.ToolTipRole)).startswith("pipeline checks\n")


def test_evidence_is_accepted_for_whoever_it_speaks_of(matrix: Matrix, session: Session) -> None:
    column = [entry.id for entry in matrix.model.practice.criterion].index(CHALLENGED)
    place = matrix.model.index(matrix.model.row("payments"), column)
    assert place.data(MatrixRole.CELL).challenged
    matrix.table.select_applications(column)
    press("E")
    answer = session.assessment.applications["payments"].answers[CHALLENGED]
    assert answer.basis is Basis.EVIDENCE
    assert not place.data(MatrixRole.CELL).challenged
    assert CHALLENGED not in session.assessment.applications["wiki"].answers


def test_the_current_cell_is_in_hand_and_opens_as_a_card(page: AssessPage, matrix: Matrix, session: Session) -> None:
    matrix.table.setCurrentIndex(matrix.model.index(matrix.model.row("wiki"), 1))
    assert session.application == "wiki"
    assert page.criterion == CHALLENGED
    press(Qt.Key.Key_Return)
    assert not page.in_matrix
    assert isinstance(QApplication.focusWidget(), Card)
    assert page.criterion == CHALLENGED
    press("X")
    assert QApplication.focusWidget() is matrix.table
    assert len(matrix.selected) == 1
    assert matrix.model.owner(matrix.table.currentIndex().row()) == "wiki"
    session.take("payments")
    assert matrix.model.owner(matrix.table.currentIndex().row()) == "payments"


def test_keys_walk_through_the_practices(page: AssessPage, matrix: Matrix, session: Session) -> None:
    assert len(matrix.selected) == 1, "what is current can be answered at once"
    press("J")
    assert matrix.model.practice.id == "integrate.policy"
    assert matrix.model.rowCount() == 1, "answered once for the organisation"
    press("2")
    assert session.assessment.answers[matrix.model.criterion(0).id].value == "partly"
    press("K")
    assert matrix.model.practice.id == PRACTICE
    assert matrix.model.rowCount() == FIFTY + 1


def test_a_mark_and_a_basis_go_to_all_that_is_selected(matrix: Matrix, session: Session) -> None:
    press("C", "M", "B")
    answers = [app.answers[FIRST] for app in session.assessment.applications.values()]
    assert {(answer.value, answer.marked, answer.basis) for answer in answers} == {("largely", True, Basis.INTERVIEW)}
    assert session.undo_stack.count() == 2
    press("M")
    assert not any(app.answers[FIRST].marked for app in session.assessment.applications.values())


def test_the_model_follows_applications_and_practices(session: Session) -> None:
    model = MatrixModel(session)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for practice in session.questionnaire.practices.values():
        model.show_practice(practice)
        assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    model.show_practice(session.questionnaire.practices[PRACTICE])
    assert session.do("x", "application", actions.remove_application(session.assessment, "wiki"))
    assert [model.owner(row) for row in range(model.rowCount())] == [None, "payments"]
    session.undo_stack.undo()
    assert [model.owner(row) for row in range(model.rowCount())] == [None, "payments", "wiki"]
    model.deleteLater()


def test_whoever_reads_only_changes_nothing(
    make_window: Callable[..., MainWindow], window: MainWindow, session: Session
) -> None:
    second = make_window(session.folder)
    assert second.workspace is not None
    page = second.workspace.show_page("assess")
    assert isinstance(page, AssessPage)
    page.show_view(MATRIX)
    page.matrix.table.selectionModel().select(
        page.matrix.model.index(0, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    before = page.matrix.model.index(0, 0).data()
    page.matrix.answer("fully")
    assert page.matrix.model.index(0, 0).data() == before
    assert "reading only" in second.banner.message
