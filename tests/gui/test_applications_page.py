"""Applications: many from a table, one taken out, and everything taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.desktop.models.applications_import import ImportModel
from app.desktop.pages.applications import ApplicationsPage
from app.desktop.session import Session
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
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
    assert page.said == "1 added, 1 changed."
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
    assert "Ctrl+Z" in page.said
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
