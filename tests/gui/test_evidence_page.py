"""Exports are read by a real child process, shown as a plan, and applied as one step."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.desktop.destination import Destination
from app.desktop.models import intake
from app.desktop.models.evidence_words import standing_words
from app.desktop.models.intake import Item, severities
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.evidence import EvidencePage
from app.desktop.session import Session
from app.desktop.widgets.drop import DropZone
from app.desktop.widgets.tables import WholeList
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from app.engagement.folder import Engagement
from scoring.assessment import Findings
from scoring.evidence.ingest import Planned
from tests.gui.conftest import CHALLENGED, export

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ADD, DUPLICATE, UNDECIDABLE, REJECTED, UNASSIGNED = Planned


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


def test_a_file_that_nobody_can_place_needs_a_word(
    page: EvidencePage, session: Session, qtbot: QtBot, exports: Path
) -> None:
    read(page, qtbot, exports / "nobody.sarif")
    assert page.intake.counts[UNASSIGNED] == 1
    page.plan.table.selectRow(0)
    page.plan.whom.choose("wiki")
    page.plan.assign_button.click()
    assert page.job is None, "nothing has to be read again"
    assert page.intake.counts[ADD] == 1
    page.apply()
    assert len(session.assessment.applications["wiki"].evidence) == 1


def test_reading_can_be_cancelled(page: EvidencePage, session: Session, qtbot: QtBot, exports: Path) -> None:
    before = session.assessment
    page.read([exports])
    page.cancel()
    qtbot.waitUntil(lambda: page.job is None, timeout=5_000)
    assert page.intake.rowCount() == 0
    assert "cancelled" in page.told.text()
    assert session.assessment is before


def test_what_cannot_be_read_is_told(page: EvidencePage, qtbot: QtBot, tmp_path: Path) -> None:
    read(page, qtbot, tmp_path / "missing.sarif")
    assert page.intake.counts[REJECTED] == 1 or "Nothing was changed" in page.told.text()


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
    page.register.table.setFocus()
    QTest.keyClick(page.register.table, Qt.Key.Key_Delete)
    assert session.assessment.applications["payments"].evidence == {}
    assert "removed" in page.told.text()
    session.undo_stack.undo()
    assert list(session.assessment.applications["payments"].evidence) == [key]


# ---- a word on some rows of a plan


def sarif(rule: str) -> str:
    result = {"ruleId": rule, "level": "error", "message": {"text": "x"}, "locations": []}
    run = {"tool": {"driver": {"name": "Semgrep", "rules": []}}, "results": [result]}
    return json.dumps({"version": "2.1.0", "runs": [run]})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two for Payments, two for nobody, and two that several tools write."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as members:
        for name in ("payments/a.sarif", "payments/b.sarif", "misc/c.sarif", "misc/d.sarif"):
            members.writestr(name, sarif(name))
        members.writestr("misc/e.json", "[]")
        members.writestr("misc/f.json", "[ ]")
    return path


def outcomes(page: EvidencePage) -> dict[str, tuple[str, str | None]]:
    return {item.name: (item.outcome, item.target) for item in page.intake.items}


def select(page: EvidencePage, name: str) -> Item:
    place = next(place for place, item in enumerate(page.intake.items) if item.name == name)
    page.plan.table.selectRow(place)
    return page.intake.item(place)


def active(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()


def test_a_word_on_one_member_of_an_archive_changes_no_other(
    page: EvidencePage, window: MainWindow, qtbot: QtBot, archive: Path
) -> None:
    active(window, qtbot)
    read(page, qtbot, archive)
    before = outcomes(page)
    assert before["a.sarif"] == (ADD, "payments")
    select(page, "c.sarif")
    page.plan.whom.choose("wiki")
    page.plan.assign_button.click()
    assert page.job is None
    assert outcomes(page) == {**before, "c.sarif": (ADD, "wiki")}
    assert QApplication.focusWidget() is page.plan.table, "the next key adds nothing"
    select(page, "a.sarif")
    page.plan.whom.choose("wiki")
    page.plan.assign_button.click()
    assert outcomes(page)["a.sarif"] == (ADD, "wiki"), "a wrong guess is mended in the same way"
    page.apply()
    assert set(outcomes(page)) == {"d.sarif", "e.json", "f.json"}, "what wants a word is not forgotten"


def test_a_row_is_chosen_whatever_keys_are_held(page: EvidencePage, qtbot: QtBot, archive: Path) -> None:
    read(page, qtbot, archive)
    QTest.keyClick(page.plan.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.keyboardModifiers() is Qt.KeyboardModifier.ControlModifier, "as Qt's own tests leave it"
    for _ in range(2):
        page.plan.table.selectRow(1)
        assert [index.row() for index in page.plan.table.selectionModel().selectedRows()] == [1]


def test_a_word_on_the_format_reads_that_member_alone(page: EvidencePage, qtbot: QtBot, archive: Path) -> None:
    read(page, qtbot, archive)
    before = outcomes(page)
    item = select(page, "e.json")
    page.plan.whom.choose("wiki")
    page.plan.assign_button.click()
    assert page.job is not None
    qtbot.waitUntil(lambda: page.job is None, timeout=30_000)
    assert item.candidates
    assert before["f.json"] == (UNDECIDABLE, None)
    assert outcomes(page) == {**before, "e.json": (ADD, "wiki")}


def test_the_reason_of_the_current_row_is_read_whole(page: EvidencePage, qtbot: QtBot, archive: Path) -> None:
    read(page, qtbot, archive)
    assert page.plan.table.currentIndex().row() == 0
    item = select(page, "c.sarif")
    assert page.plan.reason.text() == f"{item.whole}\n{item.why}"


# ---- the focus


def test_the_focus_goes_to_what_comes_next(page: EvidencePage, window: MainWindow, qtbot: QtBot, exports: Path) -> None:
    active(window, qtbot)

    def focus() -> QWidget | None:
        return QApplication.focusWidget()

    page.read([exports])
    assert focus() is page._working.cancel
    page.cancel()
    qtbot.waitUntil(lambda: page.job is None)
    assert focus() is page.drop.files
    read(page, qtbot, exports / "notes.txt")
    assert focus() is page.plan.discard_button, "there is nothing to add"
    page.plan.discard_button.click()
    assert focus() is page.drop.files
    read(page, qtbot, exports)
    assert focus() is page.plan.table, "a file wants a word first"
    page.discard()
    read(page, qtbot, exports / "payments")
    assert focus() is page.plan.apply_button
    page.plan.apply_button.click()
    assert focus() is page.drop.files


# ---- a plan follows the engagement


def test_a_plan_follows_an_application_that_goes_and_comes_back(
    page: EvidencePage, session: Session, qtbot: QtBot, archive: Path
) -> None:
    read(page, qtbot, archive)
    session.do("removal", "remove", actions.remove_application(session.assessment, "payments"))
    assert outcomes(page)["a.sarif"] == (UNASSIGNED, "payments")
    assert "gone" in select(page, "a.sarif").why
    assert not page.plan.apply_button.isEnabled()
    session.undo_stack.undo()
    assert outcomes(page)["a.sarif"] == (ADD, "payments")
    assert "gone" not in page.plan.reason.text()


def test_the_same_file_from_two_folders_is_counted_once(
    page: EvidencePage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    for folder in ("one", "two"):
        path = tmp_path / folder / "payments" / "a.sarif"
        path.parent.mkdir(parents=True)
        path.write_text(sarif("r"), encoding="utf-8")
        read(page, qtbot, path.parent.parent)
    assert (page.intake.counts[ADD], page.intake.counts[DUPLICATE]) == (1, 1)
    page.apply()
    assert page.told.text() == "1 export added."
    assert len(session.assessment.applications["payments"].evidence) == 2
    session.undo_stack.undo()
    assert page.told.text() == "", "it holds no longer"


def test_a_plan_follows_an_ingest_that_is_taken_back(
    page: EvidencePage, session: Session, qtbot: QtBot, archive: Path
) -> None:
    read(page, qtbot, archive)
    page.apply()
    page.discard()
    read(page, qtbot, archive)
    assert outcomes(page)["a.sarif"] == (DUPLICATE, "payments")
    session.undo_stack.undo()
    assert outcomes(page)["a.sarif"] == (ADD, "payments")
    assert "registered" not in select(page, "a.sarif").why
    page.apply()
    assert len(session.assessment.applications["payments"].evidence) == 3


# ---- the register


def test_a_fact_says_what_it_makes_of_a_criterion_and_leads_there(
    page: EvidencePage, session: Session, workspace: Workspace
) -> None:
    page.show_export(0)
    [found] = page.register.detail.findChildren(WholeList)
    model = found.model()
    question = session.questionnaire.criteria[CHALLENGED].question
    place = next(row for row in range(model.rowCount()) if model.index(row, 0).data() == question)
    says = str(model.index(place, 0).data(Qt.ItemDataRole.UserRole))
    assert says.startswith("Challenges: at most")
    found.activated.emit(model.index(place, 0))
    assert isinstance(workspace.page, AssessPage)
    assert (workspace.page.criterion, session.application) == (CHALLENGED, "payments")


def test_an_export_that_a_later_one_replaces_says_so(page: EvidencePage, session: Session) -> None:
    day = datetime(2026, 9, 29, tzinfo=UTC)
    later = export().model_copy(update={"sha256": "b" * 64, "path": "z", "captured_at": day})
    session.do("evidence", "ingest", actions.add_evidence("payments", later))

    def told() -> str:
        return "\n".join(found.text() for found in page.register.detail.findChildren(QLabel))

    page.show_export(0)
    assert "A later export" in told()
    [found] = page.register.detail.findChildren(WholeList)
    model = found.model()
    says = {model.index(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(model.rowCount())}
    assert says == {"Says nothing of it"}
    page.show_export(1)
    assert "A later export" not in told()


def test_a_later_export_is_told_from_one_after_the_day_as_the_scores_do(session: Session) -> None:
    """The day is the assessor's, wherever that is."""
    early, late, after = (
        export().model_copy(update={"sha256": name * 64, "path": name, "captured_at": moment})
        for name, moment in (
            ("b", datetime(2026, 10, 1, 5, tzinfo=UTC)),
            ("c", datetime(2026, 10, 1, 9, tzinfo=UTC)),
            ("d", datetime(2026, 10, 1, 12, tzinfo=UTC)),
        )
    )
    for entry in (early, late, after):
        session.do("evidence", "ingest", actions.add_evidence("payments", entry))
    assert "A later export" in standing_words(session, "payments", early)
    assert standing_words(session, "payments", late) == ""
    assert "after the day" in standing_words(session, "payments", after)


def test_every_severity_has_its_name(session: Session) -> None:
    findings = Findings(total=1200, critical=1, high=2, medium=3, low=4, info=5)
    assert severities(findings) == "1 critical · 2 high · 3 medium · 4 low · 5 info · 1,185 unrated"
    assert severities(Findings()) == "no finding"
    assert severities(None) == ""


def test_the_register_keeps_its_row(page: EvidencePage, session: Session, window: MainWindow, qtbot: QtBot) -> None:
    active(window, qtbot)
    for name in "bcd":
        entry = export().model_copy(update={"sha256": name * 64, "path": name})
        session.do("evidence", "ingest", actions.add_evidence("payments", entry))
    table = page.register.table

    def current() -> str:
        return page.register.model.evidence(table.currentIndex().row()).sha256[0]

    page.show_export(2)
    table.setFocus()
    chosen = current()
    capacity = actions.set_value(session.content, session.questionnaire, session.assessment, "capacity", "7")
    session.do("settings", "set", capacity)
    assert current() == chosen
    assert page.register.detail.findChildren(WholeList), "its facts stay, too"
    session.do("evidence", "ingest", actions.add_evidence(None, export()))
    assert (current(), table.currentIndex().row()) == (chosen, 3)
    order = [page.register.model.evidence(row).sha256[0] for row in range(5)]
    for _ in range(2):
        QTest.keyClick(table, Qt.Key.Key_Delete)
    assert page.register.model.rowCount() == 3
    assert current() == order[2], "after the last row the one above it"


def test_a_link_to_an_export_is_followed_past_a_plan(
    page: EvidencePage, workspace: Workspace, qtbot: QtBot, archive: Path
) -> None:
    read(page, qtbot, archive)
    assert page.plan.isVisible()
    workspace.go(Destination("evidence", subject="a" * 64))
    assert page.register.isVisible()
    assert not page.plan.isVisible()
    assert page.register.table.currentIndex().row() == 0
    next(found for found in page._views.buttons if found.text() == "Plan").click()
    assert page.plan.isVisible()
    assert page.intake.rowCount() == 6


def test_an_empty_page_says_so_below_its_heading(page: EvidencePage, session: Session) -> None:
    page.show_export(0)
    page.register.remove()
    QApplication.processEvents()
    heading, nothing = page.register._heading.geometry(), page.register._nothing.geometry()
    assert page.register._nothing.isVisible()
    assert heading.height() < 2 * page.register._heading.fontMetrics().height(), "it does not float in what is left"
    assert nothing.top() - heading.bottom() < 20


def test_severities_are_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "tr", lambda text: {"{0} high": "{0} hoch", "no finding": "nichts"}.get(text, text))
    assert severities(Findings(total=3, high=2)) == "2 hoch · 1 unrated"
    assert severities(Findings()) == "nichts"


def test_who_types_meanwhile_goes_on_typing(
    page: EvidencePage, window: MainWindow, qtbot: QtBot, exports: Path
) -> None:
    qtbot.waitActive(window)
    page.read([exports])
    page._target.setFocus()
    qtbot.waitUntil(lambda: page.job is None and page.intake.rowCount() > 0, timeout=20_000)
    assert QApplication.focusWidget() is page._target
