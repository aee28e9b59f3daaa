"""Reports are rendered by a real child process and shown page by page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLineEdit

from app.desktop.pages.report import ReportPage
from app.desktop.pages.roadmap import RoadmapPage
from app.desktop.recent import settings
from app.desktop.session import Session
from app.desktop.widgets.report_options import CHOSEN, ReportOptions
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from reports.options import Format, Section
from scoring.assessment import Lane

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
    for check in page._checks.values():
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
    qtbot.waitUntil(lambda: not out.exists() or not list(out.iterdir()), timeout=5_000)
    assert "cancelled" in page.told.text()
    assert page.written == []


def test_closing_before_it_began_leaves_nothing_behind(
    page: ReportPage, window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    page.render_reports()
    with qtbot.waitSignal(session.closed):
        window.close_engagement()
    assert not page.written


def test_what_is_cancelled_before_it_began_never_begins(page: ReportPage, session: Session, qtbot: QtBot) -> None:
    page.render_reports()
    page.cancel()
    session.when_written(lambda: page.told.say("asked"))
    qtbot.waitUntil(lambda: page.told.text() == "asked")
    assert page.job is None
    assert page._render.isEnabled()


def test_several_tiers_are_one_child_and_many_files(page: ReportPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.options.formats[Format.PDF].setChecked(False)
    page.options.formats[Format.CSV].setChecked(True)
    page.render_reports()
    qtbot.waitUntil(lambda: page.job is None and bool(page.written), timeout=60_000)
    names = {path.name for path in page.written}
    assert {name.split(".")[0][:6] for name in names} == {"tier-1", "tier-3"}
    assert names == {path.name for path in (tmp_path / "out").iterdir()}


def test_a_folder_that_cannot_be_written_is_told(page: ReportPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file stands here", encoding="utf-8")
    choose(page, "3")
    page.render_reports()
    qtbot.waitUntil(lambda: page.told.text() != "" and page.job is None, timeout=60_000)
    assert "was not written" in page.told.text()
    assert page.written == []


@pytest.mark.parametrize(("typed", "place"), [("drafts", "engagement/drafts"), ("~/drafts", "home/drafts")])
def test_what_is_relative_lies_in_the_engagement(
    page: ReportPage, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, place: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    page._folder.setText(typed)
    page.render_reports()
    page.cancel()
    assert page._folder.text() == str(tmp_path / place)
    page._folder.setText(" ")
    assert not page._render.isEnabled()


def test_a_tier_that_comes_to_applications_is_wanted(page: ReportPage, session: Session) -> None:
    def ticked() -> list[str]:
        return [tier for tier, check in page._checks.items() if check.isChecked()]

    assert ticked() == ["1", "3"]
    page._checks["3"].setChecked(False)
    session.do("application", "application", actions.remove_application(session.assessment, "payments"))
    assert ticked() == []
    assert "No tier is chosen" in page._before.text()
    session.undo_stack.undo()
    assert ticked() == ["1"]
    for key in ("payments", "wiki"):
        session.do("application", "application", actions.remove_application(session.assessment, key))
    assert "Applications page" in page._before.text()


def test_options_become_what_the_verb_takes(workspace: Workspace) -> None:
    page = workspace.show_page("report")
    assert isinstance(page, ReportPage)
    options = page.options
    assert options.arguments() == ["--format=pdf", "--paper=a4", "--locale=en", "--audience=full"]
    options.formats[Format.XLSX].setChecked(True)
    options.paper.setCurrentIndex(1)
    options.language.setCurrentIndex(options.language.findData("de"))
    options.classification.setText("-internal")
    options.logo.setText("logo.png")
    options.accent.setText("#123456")
    options.choose_audience("board")
    options.choose_audience(CHOSEN)
    options.sections[Section.REGIMES].setChecked(False)
    assert options.arguments() == [
        "--format=pdf", "--format=xlsx", "--paper=letter", "--locale=de", "--classification=-internal",
        "--sections=board,standing,progress", f"--logo={page._session.folder / 'logo.png'}", "--accent=#123456",
    ]  # fmt: skip
    chosen = options.choices()
    again = ReportOptions(page._session.folder)
    again.show_choices(chosen)
    assert again.arguments() == options.arguments()
    again.show_choices({"paper": "papyrus", "audience": "nobody", "locale": "tlh", "formats": "pdf"})
    assert again.arguments() == ["--format=pdf", *options.arguments()[2:]]
    for check in options.sections.values():
        check.setChecked(False)
    assert not page._render.isEnabled()
    assert "No section" in page._before.text()


def test_an_engagement_keeps_how_its_reports_are_asked_for(session: Session, page: ReportPage, qtbot: QtBot) -> None:
    page.options.accent.setText("#123456")
    page.options.language.setCurrentIndex(page.options.language.findData("de"))
    page.render_reports()
    page.cancel()
    again = ReportPage(session)
    qtbot.addWidget(again)
    assert again.options.choices() == page.options.choices()
    assert "--accent=#123456" in again.options.arguments()
    again.end()
    settings().setValue(next(key for key in settings().allKeys() if key.startswith("report/")), "[broken")
    fresh = ReportPage(session)
    qtbot.addWidget(fresh)
    assert "--accent=#123456" not in fresh.options.arguments()
    fresh.end()


def test_an_engagement_keeps_its_folder_and_tiers(page: ReportPage, session: Session, qtbot: QtBot) -> None:
    choose(page, "3")
    page.render_reports()
    page.cancel()
    again = ReportPage(session)
    qtbot.addWidget(again)
    assert again._folder.text() == page._folder.text()
    assert [tier for tier, check in again._checks.items() if check.isChecked()] == ["3"]
    session.do(
        "application", "application", actions.add_application(session.content, session.assessment, "a", "A", "2")
    )
    assert [tier for tier, check in again._checks.items() if check.isChecked()] == ["2", "3"]
    again.end()


def test_what_is_missing_for_a_report_is_said_beside_its_button(page: ReportPage) -> None:
    before = page._before.text()
    page.options.formats[Format.PDF].setChecked(False)
    assert "No format" in page._before.text()
    page.options.formats[Format.PDF].setChecked(True)
    assert page._before.text() == before
    page._folder.setText(" ")
    assert "folder" in page._before.text()
    for check in page._checks.values():
        check.setChecked(False)
    assert "No tier" in page._before.text()
    assert page._before.isVisible()


def test_a_logo_is_looked_for_where_the_folder_is(
    page: ReportPage, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for typed, place in (("~/x.png", tmp_path / "home/x.png"), ("x.png", session.folder.absolute() / "x.png")):
        page.options.logo.setText(typed)
        assert f"--logo={place}" in page.options.arguments()


def test_what_was_said_of_the_files_comes_back_with_what_they_were_made_from(
    page: ReportPage, session: Session, qtbot: QtBot
) -> None:
    page.options.formats[Format.PDF].setChecked(False)
    page.options.formats[Format.CSV].setChecked(True)
    page.render_reports()
    qtbot.waitUntil(lambda: "written in" in page.told.text(), timeout=60_000)
    written = page.told.text()
    session.answer(next(iter(session.questionnaire.criteria)), "no")
    assert "moved since" in page.told.text()
    session.undo_stack.undo()
    assert page.told.text() == written


def test_a_pin_is_no_answer_that_moved(page: ReportPage, workspace: Workspace, session: Session, qtbot: QtBot) -> None:
    roadmap = workspace.show_page("roadmap")
    assert isinstance(roadmap, RoadmapPage)
    qtbot.waitUntil(lambda: roadmap.settled)
    roadmap.keep()
    qtbot.waitUntil(lambda: session.plan_current)
    assert "decisions as they are" in page._before.text()
    plan = session.plan
    assert plan is not None
    item = plan.waves[0].items[0].id
    session.do("x", "plan", actions.decide(session.assessment, [item], item, Lane.DROP, reason="Gone", waves=8))
    assert "Something moved since the roadmap was stored" in page._before.text()


def test_a_table_is_written_beside_the_pdf_and_a_bad_colour_is_told(
    workspace: Workspace, tmp_path: Path, qtbot: QtBot
) -> None:
    page = workspace.show_page("report")
    assert isinstance(page, ReportPage)
    page._folder.setText(str(tmp_path / "out"))
    page.options.formats[Format.PDF].setChecked(False)
    page.options.formats[Format.CSV].setChecked(True)
    page.render_reports()
    qtbot.waitUntil(lambda: bool(page.told.text()), timeout=60_000)
    assert page.written
    assert {path.suffix for path in page.written} == {".csv"}
    assert page._open_folder.hasFocus()
    assert "other programs" in page._empty.text()
    page._session.answer(next(iter(page._session.questionnaire.criteria)), "no")
    assert "moved since" in page.told.text()
    page.options.accent.setText("#ffff00")
    page.render_reports()
    qtbot.waitUntil(lambda: "not written" in page.told.text(), timeout=60_000)
