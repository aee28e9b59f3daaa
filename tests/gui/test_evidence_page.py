"""Exports are read by a real child process, shown as a plan, and applied as one step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from app.desktop.models.intake import ADD, DUPLICATE, REJECTED, UNASSIGNED
from app.desktop.pages.evidence import EvidencePage
from app.desktop.session import Session
from app.desktop.widgets.drop import DropZone
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement.folder import Engagement

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def page(workspace: Workspace) -> EvidencePage:
    found = workspace.show_page("evidence")
    assert isinstance(found, EvidencePage)
    return found


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """One for Payments, the same again, one for nobody, and one that is no export."""
    folder = tmp_path / "exports"
    (folder / "payments").mkdir(parents=True)
    result = {"ruleId": "r1", "level": "error", "message": {"text": "x"}, "locations": []}
    run = {"tool": {"driver": {"name": "Semgrep", "rules": []}}, "results": [result]}
    sarif = json.dumps({"version": "2.1.0", "runs": [run]})
    (folder / "payments" / "semgrep.sarif").write_text(sarif, encoding="utf-8")
    (folder / "payments" / "copy.sarif").write_text(sarif, encoding="utf-8")
    (folder / "nobody.sarif").write_text(sarif.replace("r1", "r2"), encoding="utf-8")
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    return folder


def read(page: EvidencePage, qtbot: QtBot, *paths: Path) -> None:
    page.read(paths)
    qtbot.waitUntil(lambda: page.job is None, timeout=30_000)


def test_a_plan_comes_first_and_applying_it_is_one_step(
    page: EvidencePage, session: Session, qtbot: QtBot, exports: Path, saved: Callable[[], None]
) -> None:
    before = session.assessment
    read(page, qtbot, exports)
    counts = page.intake.counts
    assert (counts[ADD], counts[DUPLICATE], counts[UNASSIGNED], counts[REJECTED]) == (1, 1, 1, 1)
    assert session.assessment is before
    page.apply()
    assert len(session.assessment.applications["payments"].evidence) == 2
    assert session.undo_stack.count() == 1
    saved()
    assert len(Engagement.open(session.folder).assessment.applications["payments"].evidence) == 2
    session.undo_stack.undo()
    assert len(session.assessment.applications["payments"].evidence) == 1


def test_a_file_that_nobody_can_place_is_read_again_with_a_word(
    page: EvidencePage, session: Session, qtbot: QtBot, exports: Path
) -> None:
    read(page, qtbot, exports / "nobody.sarif")
    assert page.intake.counts[UNASSIGNED] == 1
    page.table.selectRow(0)
    whom = next(b for b in page.findChildren(QComboBox) if "selected files are about" in b.accessibleName())
    whom.setCurrentIndex(whom.findData("wiki"))
    page.read_again()
    qtbot.waitUntil(lambda: page.job is None, timeout=30_000)
    assert page.intake.counts[ADD] == 1
    page.apply()
    assert len(session.assessment.applications["wiki"].evidence) == 1


def test_reading_can_be_cancelled(page: EvidencePage, session: Session, qtbot: QtBot, exports: Path) -> None:
    before = session.assessment
    page.read([exports])
    page.cancel()
    qtbot.waitUntil(lambda: page.job is None, timeout=5_000)
    assert page.intake.rowCount() == 0
    assert "cancelled" in page.said
    assert session.assessment is before


def test_what_cannot_be_read_is_told(page: EvidencePage, qtbot: QtBot, tmp_path: Path) -> None:
    read(page, qtbot, tmp_path / "missing.sarif")
    assert page.intake.counts[REJECTED] == 1 or "Nothing was changed" in page.said


def test_dropping_files_starts_reading(page: EvidencePage, qtbot: QtBot, exports: Path) -> None:
    zone = page.findChild(DropZone)
    assert zone is not None
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(exports / "notes.txt")), QUrl("https://example.invalid/x.sarif")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys)
    zone.dragEnterEvent(enter)
    assert enter.isAccepted()
    zone.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    qtbot.waitUntil(lambda: page.job is None, timeout=30_000)
    assert page.intake.counts[REJECTED] == 1


def test_an_export_is_removed_by_key_and_brought_back(
    page: EvidencePage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    [key] = session.assessment.applications["payments"].evidence
    page.show_export(0)
    page._register_table.setFocus()
    QTest.keyClick(page._register_table, Qt.Key.Key_Delete)
    assert session.assessment.applications["payments"].evidence == {}
    assert "removed" in page.said
    session.undo_stack.undo()
    assert list(session.assessment.applications["payments"].evidence) == [key]
