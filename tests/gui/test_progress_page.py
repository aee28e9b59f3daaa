"""Progress: an earlier engagement is looked at, taken up, compared with, and taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from app.desktop.background import Done
from app.desktop.models.links import activity_links, obligation_links, other_links, then_words
from app.desktop.models.progress import ChangesModel, PillarMovesModel, delivered_words, look, moves
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.progress import ProgressPage
from app.desktop.session import Session
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from app.engagement.carry import Choice, Group
from app.engagement.folder import Engagement
from app.engagement.history import History
from app.engagement.pack import freeze
from questionnaires.model import Scope
from scoring.delivery import Delivery, ItemMove
from scoring.progress import Kind
from tests.sealed_example import cheaply_sealed

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

KEY = "integrate.gates.pipeline-checks"
OPEN = "integrate.gates.shared-template"


@pytest.fixture
def earlier(template: Path, tmp_path: Path) -> Path:
    """The same organisation half a year before, one answer better and one more answered."""
    folder = Path(shutil.copytree(template, tmp_path / "earlier"))
    with Engagement.open(folder, write=True) as engagement:
        for key, value, note in ((KEY, "fully", "Shown live"), (OPEN, "partly", "One team")):
            given = actions.answer(engagement.questionnaire, engagement.assessment, key, value, note=note)
            engagement.apply("answer", given, "tester")
        day = actions.set_value(
            engagement.content, engagement.questionnaire, engagement.assessment, "as-of", "2026-03-31"
        )
        engagement.apply("set", day, "tester")
    return folder


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> ProgressPage:
    qtbot.waitActive(window)
    found = workspace.show_page("progress")
    assert isinstance(found, ProgressPage)
    return found


def taken(page: ProgressPage, path: Path, qtbot: QtBot) -> None:
    page.intake.read(path)
    qtbot.waitUntil(lambda: page.intake.isVisible() and page.intake.plan is not None)
    focus = QApplication.focusWidget()
    assert focus is page.intake.apply_button
    QTest.keyClick(focus, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.looked is not None, timeout=10_000)


def test_a_folder_is_planned_then_taken_up_compared_and_taken_back(
    page: ProgressPage, earlier: Path, session: Session, workspace: Workspace, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    before = session.assessment
    page.intake.read(earlier)
    qtbot.waitUntil(page.intake.isVisible)
    assert session.assessment is before, "a plan changes nothing"
    taken(page, earlier, qtbot)
    assert list(session.assessment.baselines) == ["2026-03-31.colonnade"]
    assert "no answer moved" in page.told.text()
    looked = page.looked
    assert looked is not None
    fell = [move for move in looked.comparison.answers if move.kind is Kind.FELL]
    assert {move.criterion for move in fell} == {KEY}
    assert page.changes.index(0, ChangesModel.WHAT).data() == "Fell"
    page.table.activated.emit(page.changes.index(0, 0))
    arrived = workspace.page
    assert isinstance(arrived, AssessPage)
    assert arrived.criterion == KEY
    assert "Shown live" in then_words(session, KEY)
    assert "31 March 2026" in then_words(session, KEY)
    saved()
    assert list(Engagement.open(session.folder).assessment.baselines) == ["2026-03-31.colonnade"]
    session.undo_stack.undo()
    assert session.assessment.baselines == {}
    qtbot.waitUntil(lambda: session.earlier.baselines == ())
    assert page.told.text() == "", "what was told of it holds no longer"
    session.undo_stack.redo()
    qtbot.waitUntil(lambda: len(session.earlier.baselines) == 1)


def test_an_answer_to_a_question_that_has_changed_since_says_so(
    page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot
) -> None:
    taken(page, earlier, qtbot)
    baseline = session.earlier.latest
    assert baseline is not None
    assert "has changed since" not in then_words(session, KEY)
    other = replace(baseline, digests={**baseline.digests, KEY: "0" * 64})
    session.earlier._on_read(Done(History((other,), ())))
    assert "has changed since" in then_words(session, KEY)


def test_counts_are_of_the_tier_in_view_and_every_answer_can_be_listed(
    page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desktop.pages.progress.MOST", 2)
    taken(page, earlier, qtbot)
    asked = session.questionnaire
    keys = [
        key
        for key in asked.criteria
        if asked.scope_of(key) is Scope.APPLICATION and key not in session.assessment.answers
    ][40:45]
    session.answer_each([("wiki", key, "fully") for key in keys])
    page.show_tier("3")
    qtbot.waitUntil(lambda: "5 answered" in page._counts.text())
    page._kind.setCurrentIndex(page._kind.findData(Kind.ANSWERED))
    assert page.changes.rowCount() == 2
    page._more.click()
    page._more.click()
    assert page.changes.rowCount() == 5
    assert page._more.isHidden()
    page.show_tier("1")
    qtbot.waitUntil(lambda: "answered" not in page._counts.text())


def test_answers_are_carried_over_as_chosen_and_undone_with_it(
    page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot
) -> None:
    page.intake.read(earlier)
    qtbot.waitUntil(page.intake.isVisible)
    box = page.intake._choices[Group.MATCHED]
    box.setCurrentIndex(box.findData(Choice.FILL))
    page.intake.apply()
    qtbot.waitUntil(lambda: OPEN in session.assessment.answers, timeout=10_000)
    assert session.assessment.answers[OPEN].value == "partly"
    assert session.assessment.answers[KEY].value == "largely", "what was answered today stays"
    session.undo_stack.undo()
    assert OPEN not in session.assessment.answers
    assert session.assessment.baselines == {}


def test_an_encrypted_pack_asks_for_its_passphrase(
    page: ProgressPage, earlier: Path, session: Session, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    pack = tmp_path / "earlier.colonnade"
    pack.write_bytes(cheaply_sealed(freeze(earlier), "four plain words here"))
    page.intake.read(pack)
    qtbot.waitUntil(page.intake.passphrase.isVisible)
    QTest.keyClicks(page.intake.passphrase, "wrong")
    QTest.keyClick(page.intake.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "passphrase is wrong" in window.banner.message, timeout=20_000)
    page.intake.passphrase.setText("four plain words here")
    QTest.keyClick(page.intake.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.intake.plan is not None, timeout=20_000)


def test_what_is_no_baseline_says_so_and_changes_nothing(
    page: ProgressPage, session: Session, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    before = session.assessment
    for data in (b"PK\x03\x04rubbish", b"%PDF-1.7 x"):
        path = tmp_path / "thing"
        path.write_bytes(data)
        window.banner.hide()
        page.intake.read(path)
        qtbot.waitUntil(lambda: bool(window.banner.message))
    page.intake.read(session.folder)
    qtbot.waitUntil(lambda: "this engagement itself" in window.banner.message)
    assert session.assessment is before


def test_what_was_answered_meanwhile_stays(page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot) -> None:
    page.intake.read(earlier)
    qtbot.waitUntil(page.intake.isVisible)
    box = page.intake._choices[Group.MATCHED]
    box.setCurrentIndex(box.findData(Choice.FILL))
    page.intake.apply()
    session.answer(OPEN, "no")
    qtbot.waitUntil(lambda: bool(session.assessment.baselines), timeout=10_000)
    qtbot.waitUntil(lambda: session.saving.value == "saved")
    assert session.assessment.answers[OPEN].value == "no"
    assert Engagement.open(session.folder).assessment.answers[OPEN].value == "no"


def test_the_models_keep_the_contract(page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot) -> None:
    taken(page, earlier, qtbot)
    changes, pillars = ChangesModel(session), PillarMovesModel(session)
    for model in (changes, pillars):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for practice in session.questionnaire.pillar[0].practice:
        session.answer_each([(None, criterion.id, "no") for criterion in practice.criterion])
    asked = (session.questionnaire, session.assessment, session.evaluation, session.plan)
    for tier in ("", "1", "3"):
        looked = look(asked, session.earlier.baselines, "2026-03-31", tier, session.folder)
        changes.show_moves(moves(looked.comparison, tier, tuple(Kind)))
        pillars.show_looked(looked, tier)
        for model in (changes, pillars):
            for row in range(model.rowCount()):
                for column in range(model.columnCount()):
                    assert isinstance(model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole), str)
    assert pillars.index(1, PillarMovesModel.CHANGE).data().startswith("▼")


def test_links_of_a_criterion(session: Session) -> None:
    with_activity = next(key for key, criterion in session.questionnaire.criteria.items() if criterion.dsomm)
    assert "(level " in activity_links(session, with_activity)[0]
    with_duty = next(key for regime in session.content.regimes.values() for key in regime.obligations_of)
    assert obligation_links(session, with_duty) == []
    regime = next(r for r in session.content.regimes.values() if with_duty in r.obligations_of)
    assert any(line.startswith(f"– {regime.name}") for line in other_links(session, with_duty))
    session.do("regimes", "set", actions.set_value(
        session.content, session.questionnaire, session.assessment, "regimes", regime.id))  # fmt: skip
    number = regime.obligations_of[with_duty][0]
    assert f"– {regime.name} {number.number}: {number.title}" in obligation_links(session, with_duty)
    assert not any(line.startswith(f"– {regime.name} ") for line in other_links(session, with_duty))
    assert session.assessment.as_of == date(2026, 9, 30)


def test_an_application_with_another_id_is_matched_before_its_answers_are_carried_over(
    page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot
) -> None:
    moved = session.assessment.applications["payments"]
    content, assessment = session.content, session.assessment
    session.do("application", "application", actions.remove_application(assessment, "payments"))
    session.do("application", "application", actions.add_application(
        content, session.assessment, "pay-hub", "Pay Hub", moved.tier))  # fmt: skip
    page.intake.read(earlier)
    qtbot.waitUntil(page.intake.isVisible, timeout=10_000)
    box = page.intake.matching._boxes["payments"]
    before = page.intake.plan
    assert [box.itemData(row) for row in range(box.count())] == ["", "pay-hub"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    qtbot.waitUntil(lambda: page.intake.plan is not before, timeout=10_000)
    choice = page.intake._choices[Group.MATCHED]
    choice.setCurrentIndex(choice.findData(Choice.FILL))
    page.intake.apply()
    qtbot.waitUntil(lambda: bool(session.assessment.baselines), timeout=10_000)
    answers = session.assessment.applications["pay-hub"].answers
    assert answers.keys() == moved.answers.keys()
    assert session.earlier.latest is None or "pay-hub" in session.earlier.latest.assessment.applications


def test_a_tier_that_lost_its_applications_is_left(
    page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot
) -> None:
    taken(page, earlier, qtbot)
    page.show_tier("3")
    qtbot.waitUntil(lambda: page.pillars.index(0, PillarMovesModel.NOW).data() != "–")
    session.do("tier", "set", actions.set_value(
        session.content, session.questionnaire, session.assessment, "tier", "1", application="wiki"))  # fmt: skip
    qtbot.waitUntil(lambda: [entry.isChecked() for entry in page._tiers.buttons] == [True, False])
    assert page._tiers.buttons[0].text().startswith("Tier 1")
    qtbot.waitUntil(lambda: page.follower.settled)
    assert page.pillars.index(0, PillarMovesModel.NOW).data() != "–"


def test_a_filter_with_nothing_says_so(page: ProgressPage, earlier: Path, qtbot: QtBot) -> None:
    taken(page, earlier, qtbot)
    assert not page._nothing.isVisible()
    page._kind.setCurrentIndex(page._kind.findData(Kind.QUESTION_CHANGED))
    assert page._nothing.isVisible()
    page._kind.setCurrentIndex(0)
    assert not page._nothing.isVisible()


def test_where_the_pace_leads_stands_above_the_chart(page: ProgressPage, earlier: Path, qtbot: QtBot) -> None:
    taken(page, earlier, qtbot)
    assert page._heading.text().startswith("Over 2 engagements the score went from ")
    page._pillar_table.selectRow(1)
    assert page._heading.text().startswith(f"{page.pillars.index(1, 0).data()}: Over 2 engagements")
    page.show_tier("")
    qtbot.waitUntil(lambda: not page._heading.isVisible())


def test_what_became_of_the_earlier_roadmap_is_told(
    page: ProgressPage, earlier: Path, session: Session, qtbot: QtBot
) -> None:
    taken(page, earlier, qtbot)
    assert "keep one on the Roadmap page" in page._roadmap.text()
    assert page.looked is not None
    day, practice = date(2026, 4, 1), "integrate.gates"
    items = tuple(
        ItemMove(kind, f"{practice}/{level}/tier-1", practice, level, ("1",), planned, None)
        for kind, level, planned in (
            (Delivery.DONE, 2, day), (Delivery.SLIPPED, 3, day), (Delivery.DONE_UNPLANNED, 4, None),
        )
    )  # fmt: skip
    found = replace(page.looked.comparison, items=items)
    name = session.questionnaire.practices[practice].name
    assert delivered_words(session, found, "1").splitlines() == [
        "Of 2 initiatives planned then: 1 done, 0 on course, 1 slipped, 0 dropped; not planned then: 1 done, 0 new.",
        f"Done: {name} level 2.",
        f"Slipped: {name} level 3.",
        f"Done, not planned then: {name} level 4.",
    ]
    assert delivered_words(session, found, "3") == "Nothing was planned then."


def test_a_click_moves_no_page(page: ProgressPage, earlier: Path, window: MainWindow, qtbot: QtBot) -> None:
    window.resize(960, 500)
    taken(page, earlier, qtbot)
    table = page._pillar_table
    around = page.findChildren(QScrollArea)[0]
    content, bar = around.widget(), around.verticalScrollBar()
    assert content is not None
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    top = table.mapTo(content, table.rect().topLeft()).y()
    bar.setValue(top - around.viewport().height() + table.horizontalHeader().height() + 50)  # cuts the second row
    stood = bar.value()
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(page.pillars.index(1, 0)).center()
    )
    assert (table.currentIndex().row(), bar.value()) == (1, stood)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert (table.currentIndex().row(), bar.value() > stood) == (2, True)


def test_coming_back_from_a_change_goes_on_there(
    page: ProgressPage, earlier: Path, workspace: Workspace, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitActive(window)
    page.intake.read(earlier)
    qtbot.waitUntil(page.intake.isVisible)
    page.intake.apply()
    qtbot.waitUntil(lambda: page.changes.rowCount() > 0, timeout=10_000)
    page.table.setFocus()
    page.table.selectRow(0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert workspace.page is not page
    workspace.show_page("progress")
    assert QApplication.focusWidget() is page.table
