"""A window on a small engagement. Qt warnings and unexpected exceptions fail the test that caused them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtWidgets import QApplication

from app.about import About, Component
from app.desktop import theme
from app.desktop.models.explanation import Line
from app.desktop.pages.applications import ApplicationsPage
from app.desktop.pages.evidence import EvidencePage
from app.desktop.pages.page import Page
from app.desktop.pages.progress import ProgressPage
from app.desktop.pages.report import ReportPage
from app.desktop.pages.roadmap import RoadmapPage
from app.desktop.recent import settings
from app.desktop.session import Session
from app.desktop.widgets.about import AboutDialog
from app.desktop.widgets.explained import Explained
from app.desktop.widgets.open_pack import OpenPack
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.desktop.writes import Saving
from app.engagement import actions
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from questionnaires.model import Category
from scoring.assessment import Evidence, Fact, Findings, Records

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

P = TypeVar("P", bound=Page)
QUESTIONNAIRE = "financial-devsecops"
CHALLENGED = "integrate.gates.critical-stop"
"""Answered fully for Payments; its export says that the gate lets runs carry on."""


@pytest.fixture(scope="session", autouse=True)
def _themed(qapp: QApplication) -> None:
    theme.install(qapp)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """No test finds the layout that another one left."""
    settings().clear()


@pytest.fixture(autouse=True)
def _scores_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, and no solver comes by itself; the tests of both say so themselves."""
    monkeypatch.setattr("app.desktop.thinking.AT_ONCE", 5.0)
    monkeypatch.setattr("app.desktop.widgets.solving.REFINE", 3_600_000)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two applications, some answers, one export."""
    folder = tmp_path_factory.mktemp("template") / "engagement"
    content = shipped()
    questionnaire = content.questionnaires[QUESTIONNAIRE]
    assessment = actions.new_assessment(content, QUESTIONNAIRE, "Northgate Clearing", date(2026, 9, 30))
    with Engagement.create(folder, assessment, questionnaire, "tester") as engagement:
        for key, name, tier in (("payments", "Payments", "1"), ("wiki", "Wiki", "3")):
            changes = actions.add_application(content, engagement.assessment, key, name, tier)
            engagement.apply("application", changes, "tester")
        for practice in questionnaire.practices.values():
            first = practice.criterion[0].id
            changes = actions.answer(questionnaire, engagement.assessment, first, "largely")
            engagement.apply("answer", changes, "tester")
        changes = actions.answer(questionnaire, engagement.assessment, CHALLENGED, "fully", application="payments")
        engagement.apply("answer", changes, "tester")
        engagement.apply("ingest", actions.add_evidence("payments", export()), "tester")
    return folder


def export() -> Evidence:
    """A run list whose gate does not stop anything."""
    return Evidence.model_validate(
        {
            "sha256": "a" * 64,
            "path": "exports/payments/runs.json",
            "bytes": 100,
            "format": "gh-workflow-runs",
            "tool": "GitHub Actions",
            "category": Category.PIPELINE,
            "captured_at": "2026-09-28T08:00:00Z",
            "records": Records(unit="run", raw=30, open=2, distinct=2),
            "findings": Findings(),
            "facts": [Fact(name="gate.blocks", value=False)],
        }
    )


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """An engagement to change."""
    return Path(shutil.copytree(template, tmp_path / "engagement"))


@pytest.fixture
def make_window(qtbot: QtBot) -> Iterator[Callable[[Path | None], MainWindow]]:
    """Windows that are shown, and closed after the test."""
    windows: list[MainWindow] = []

    def make(folder: Path | None) -> MainWindow:
        window = MainWindow(folder)
        windows.append(window)
        qtbot.addWidget(window)
        with qtbot.waitSignal(window.opened if folder is not None else window.ready, timeout=20_000):
            window.show()
        return window

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def window(make_window: Callable[[Path | None], MainWindow], folder: Path) -> MainWindow:
    return make_window(folder)


@pytest.fixture
def session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


@pytest.fixture
def workspace(window: MainWindow) -> Workspace:
    assert window.workspace is not None
    return window.workspace


@pytest.fixture
def saved(qtbot: QtBot, session: Session) -> Callable[[], None]:
    """Waits until the journal holds everything."""
    return lambda: qtbot.waitUntil(lambda: session.saving is Saving.SAVED, timeout=5_000)


@pytest.fixture
def open_dialog(window: MainWindow, workspace: Workspace) -> Callable[[str], None]:
    """Opens any dialog of the window by its name, as its button does."""

    def page(name: str, kind: type[P]) -> P:
        found = workspace.show_page(name)
        assert isinstance(found, kind)
        return found

    def open_one(name: str) -> None:
        makers: dict[str, Callable[[], Callable[[], None]]] = {
            "goto": lambda: workspace.open_goto,
            "new": lambda: window.new_engagement,
            "about": lambda: AboutDialog(About("1", "1", "3", (Component("a", "1", "MIT", ""),)), window).open,
            "why": lambda: Explained("Why", (Line(0, "1 + 3 · 1/2"),), window).open,
            "pack": lambda: OpenPack(workspace.session.folder / "x.colonnade", True, window).open,
            "folder": lambda: window.choose_folder,
            "pack-file": lambda: window.choose_pack,
            "exports": lambda: page("evidence", EvidencePage).drop.choose_files,
            "exports-folder": lambda: page("evidence", EvidencePage).drop.choose_folder,
            "table": lambda: page("applications", ApplicationsPage).imported.choose_file,
            "earlier": lambda: page("progress", ProgressPage).choose_file,
            "earlier-folder": lambda: page("progress", ProgressPage).choose_folder,
            "report-folder": lambda: page("report", ReportPage).choose_folder,
            "logo": lambda: page("report", ReportPage).options.choose_logo,
            "tables-folder": lambda: page("roadmap", RoadmapPage).tables.choose_folder,
        }
        makers[name]()()

    return open_one
