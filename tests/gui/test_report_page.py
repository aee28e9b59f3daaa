"""Reports are rendered by a real child process and shown page by page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit

from app.desktop.pages.report import ReportPage
from app.desktop.workspace import Workspace

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def page(workspace: Workspace, tmp_path: Path) -> ReportPage:
    found = workspace.show_page("report")
    assert isinstance(found, ReportPage)
    field = next(f for f in found.findChildren(QLineEdit) if f.accessibleName() == "Folder for the reports")
    field.setText(str(tmp_path / "out"))
    return found


def choose(page: ReportPage, tier: str) -> None:
    for check in page.findChildren(QCheckBox):
        check.setChecked(check.text().startswith(f"Tier {tier}"))


def test_a_report_is_rendered_and_its_pages_are_shown(page: ReportPage, qtbot: QtBot, tmp_path: Path) -> None:
    choose(page, "3")
    page.render_reports()
    qtbot.waitUntil(lambda: bool(page.written), timeout=60_000)
    assert page.written == [tmp_path / "out" / "tier-3-standard.pdf"]
    assert page.written[0].read_bytes().startswith(b"%PDF")
    qtbot.waitUntil(lambda: page.pages.rowCount() >= 6, timeout=10_000)
    qtbot.waitUntil(lambda: page.job is None)
    page.end()


def test_a_cancelled_report_leaves_nothing(page: ReportPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.render_reports()
    qtbot.waitUntil(lambda: page.job is not None)
    job = page.job
    assert job is not None
    with qtbot.waitSignal(job.progressed, timeout=20_000):
        pass
    page.cancel()
    qtbot.waitUntil(lambda: page.job is None, timeout=5_000)
    out = tmp_path / "out"
    assert not out.exists() or not list(out.iterdir())
    assert "cancelled" in page.said
    assert page.written == []


def test_a_folder_that_cannot_be_written_is_told(page: ReportPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file stands here", encoding="utf-8")
    choose(page, "3")
    page.render_reports()
    qtbot.waitUntil(lambda: page.said != "" and page.job is None, timeout=60_000)
    assert "was not written" in page.said
    assert page.written == []
