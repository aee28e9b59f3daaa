"""Applications: many from a table, one taken out, and everything taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.desktop.models.applications_import import ImportModel
from app.desktop.pages.applications import ApplicationsPage
from app.desktop.session import Session
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from app.engagement.applications_csv import Row, RowOutcome
from app.engagement.folder import Engagement

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> ApplicationsPage:
    qtbot.waitActive(window)
    found = workspace.show_page("applications")
    assert isinstance(found, ApplicationsPage)
    return found


def dropped(page: ApplicationsPage, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(event)


def press(page: ApplicationsPage, text: str) -> None:
    found = next(entry for entry in page.findChildren(QPushButton) if entry.text() == text)
    assert found.isEnabled()
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def test_a_dropped_table_is_planned_applied_and_undone_as_one_step(
    page: ApplicationsPage, session: Session, tmp_path: Path, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    table = tmp_path / "inventory.csv"
    table.write_text("Name;Tier;Attributes\nPayments;2;\nLedger;1;client-data\n;1;\n", encoding="utf-16")
    before = session.assessment
    dropped(page, table)
    qtbot.waitUntil(page.imported.isVisible)
    counts = page.imported.model.counts
    assert (counts[RowOutcome.NEW], counts[RowOutcome.CHANGED], counts[RowOutcome.REJECTED]) == (1, 1, 1)
    assert session.assessment is before, "a plan changes nothing"
    focus = QApplication.focusWidget()
    assert focus is page.imported.apply_button
    QTest.keyClick(focus, Qt.Key.Key_Space)
    assert session.assessment.applications["ledger"].attributes == ("client-data",)
    assert session.assessment.applications["payments"].tier == "2"
    assert page.told.text() == "1 added, 1 changed."
    saved()
    assert "ledger" in Engagement.open(session.folder).assessment.applications
    session.undo_stack.undo()
    assert session.assessment.applications == before.applications


def test_what_was_typed_meanwhile_is_not_overwritten_by_an_old_plan(
    page: ApplicationsPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("name,tier\nLedger,1\n", encoding="utf-8")
    page.imported.read(table)
    qtbot.waitUntil(page.imported.isVisible)
    page._new_name.setText("Ledger")
    page.add()
    page.imported.apply()
    assert [app.name for app in session.assessment.applications.values()].count("Ledger") == 1


def test_a_plan_can_be_discarded_and_a_file_that_is_no_table_says_so(
    page: ApplicationsPage, window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("name,tier\nLedger,1\n", encoding="utf-8")
    page.imported.read(table)
    qtbot.waitUntil(page.imported.isVisible)
    press(page, "Discard the plan")
    assert not page.imported.isVisible()
    assert "ledger" not in session.assessment.applications
    dropped(page, tmp_path)
    qtbot.waitUntil(lambda: "not a regular file" in window.banner.message)


def test_a_removed_application_comes_back_with_everything(
    page: ApplicationsPage, session: Session, saved: Callable[[], None], window: MainWindow
) -> None:
    before = session.assessment
    session.take("payments")
    page._table.selectRow(page._model.row("payments"))
    press(page, "Remove it")
    assert "payments" not in session.assessment.applications
    assert session.application is None
    assert "Ctrl+Z" in page.told.text()
    saved()
    assert "payments" not in Engagement.open(session.folder).assessment.applications
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.assessment.applications["payments"] == before.applications["payments"]
    window.close()
    assert Engagement.open(session.folder).assessment.applications == before.applications


def test_the_plan_s_model_keeps_the_contract() -> None:
    model = ImportModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_rows([Row(2, RowOutcome.NEW, "a", "A", "1", ""), Row(3, RowOutcome.REJECTED, "", "", "", "No name")])
    assert model.index(0, ImportModel.WHY).data() == "No name"
    assert model.index(1, ImportModel.APPLICATION).data(Qt.ItemDataRole.AccessibleTextRole) == "A, a"
    model.show_rows(())


def undo(window: MainWindow) -> None:
    """Ctrl+Z wherever the focus is."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_undo_is_the_window_s_where_a_field_has_nothing_to_undo(
    page: ApplicationsPage, session: Session, window: MainWindow
) -> None:
    name = page._new_name
    assert name.hasFocus()
    QTest.keyClicks(name, "Neo")
    undo(window)
    assert name.text() == "", "typing is undone in the field first"
    QTest.keyClicks(name, "Neo")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert "neo" in session.assessment.applications
    assert name.hasFocus()
    undo(window)
    assert "neo" not in session.assessment.applications
    assert name.text() == ""


@pytest.mark.parametrize("how", ["undo", "another page"])
def test_what_was_said_of_a_step_goes_with_it(
    page: ApplicationsPage, window: MainWindow, workspace: Workspace, how: str
) -> None:
    page.remove()
    assert "Ctrl+Z" in page.told.text()
    if how == "undo":
        undo(window)
    else:
        workspace.show_page("overview")
        workspace.show_page("applications")
    assert page.told.text() == ""


def test_after_removing_the_next_one_is_selected_and_no_key_removes_it(
    page: ApplicationsPage, session: Session
) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        page._new_name.setText(name)
        page.add()
    page._table.selectRow(2)
    name = page._model.application(3).name
    page._remove.setFocus()
    QTest.keyClick(page._remove, Qt.Key.Key_Space)
    assert page._model.application(page._table.currentIndex().row()).name == name
    focus = QApplication.focusWidget()
    assert focus is page._table
    left = session.assessment.applications
    QTest.keyClick(focus, Qt.Key.Key_Space)
    assert session.assessment.applications is left
    page._table.selectRow(page._model.rowCount() - 1)
    page.remove()
    assert page._table.currentIndex().row() == page._model.rowCount() - 1


def test_a_half_typed_name_survives_another_change_and_is_kept_with_its_own(
    page: ApplicationsPage, session: Session
) -> None:
    page._table.selectRow(page._model.row("wiki"))
    page._name.setFocus()
    page._name.clear()
    QTest.keyClicks(page._name, "Half a na")
    others = actions.set_value(
        session.content, session.questionnaire, session.assessment, "tier", "2", application="payments"
    )
    session.do("application", "application", others)
    assert page._name.text() == "Half a na"
    QTest.keyClicks(page._name, "me")
    QTest.keyClick(page._name, Qt.Key.Key_Return)
    assert session.assessment.applications["wiki"].name == "Half a name"
    page._name.clear()
    QTest.keyClicks(page._name, " ")
    QTest.keyClick(page._name, Qt.Key.Key_Return)
    assert page._name.text() == "Half a name", "a refused name gives way to what counts"


def test_the_wheel_passes_over_the_tier(page: ApplicationsPage, session: Session) -> None:
    before = session.assessment
    middle = QPointF(page._tier.rect().center())
    event = QWheelEvent(
        middle, QPointF(page._tier.mapToGlobal(middle.toPoint())), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(page._tier, event)
    assert session.assessment is before


def test_the_plan_follows_what_is_undone_and_redone_meanwhile(
    page: ApplicationsPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("name,tier\nLedger,1\n", encoding="utf-8")
    page.imported.read(table)
    qtbot.waitUntil(page.imported.isVisible)
    page.imported.apply()
    session.undo_stack.undo()
    page.imported.read(table)
    qtbot.waitUntil(page.imported.isVisible)
    session.undo_stack.redo()
    assert page.imported.model.counts[RowOutcome.UNCHANGED] == 1
    assert not page.imported.apply_button.isEnabled()
    session.undo_stack.undo()
    assert page.imported.apply_button.text() == "Apply to 1 application"
    page.imported.apply()
    assert "ledger" in session.assessment.applications


def test_the_next_key_of_who_types_while_a_table_is_read_applies_nothing(
    page: ApplicationsPage, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    qtbot.waitActive(window)
    table = tmp_path / "inventory.csv"
    table.write_text("name,tier\nLedger,1\n", encoding="utf-8")
    page._new_name.setFocus()
    page.imported.read(table)
    QTest.keyClicks(page._new_name, "Desk")
    qtbot.waitUntil(page.imported.isVisible)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Space)
    assert "Ledger" not in {application.name for application in page._session.assessment.applications.values()}
    assert page.imported.isVisible()
    assert page._new_name.text() == "Desk"
