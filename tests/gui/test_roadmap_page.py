"""The plan follows whatever moves; a person's word is obeyed; the solver works in a child."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.desktop.kept_plans import KeptPlans
from app.desktop.models.initiatives import InitiativesModel
from app.desktop.models.roadmap_table import RoadmapRole, RoadmapTableModel, SortedRoadmap
from app.desktop.pages.roadmap import BOARD, TABLE, RoadmapPage
from app.desktop.session import Session
from app.desktop.widgets.item_detail import Word
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from scoring.assessment import Lane
from scoring.roadmap import Initiative, Plan

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def page(workspace: Workspace, qtbot: QtBot) -> RoadmapPage:
    found = workspace.show_page("roadmap")
    assert isinstance(found, RoadmapPage)
    qtbot.waitUntil(lambda: found.plan is not None)
    return found


def plan_of(page: RoadmapPage) -> Plan:
    assert page.plan is not None
    return page.plan


def wave_of(page: RoadmapPage, key: str) -> int | None:
    return next((wave.index for wave in plan_of(page).waves for item in wave.items if item.id == key), None)


def free(page: RoadmapPage) -> Initiative:
    """Something that nothing must precede, done in the first wave."""
    return next(item for item in plan_of(page).waves[0].items if not item.after)


def test_more_capacity_replans_at_once_and_undo_takes_it_back(
    page: RoadmapPage, session: Session, qtbot: QtBot
) -> None:
    before = plan_of(page)
    for _ in range(4):
        QTest.keyClick(page.capacity, Qt.Key.Key_PageUp)
    assert session.assessment.capacity == before.waves[0].capacity + 200
    qtbot.waitUntil(lambda: plan_of(page).waves[0].capacity == session.assessment.capacity)
    assert sum(len(w.items) for w in plan_of(page).waves) > sum(len(w.items) for w in before.waves)
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    qtbot.waitUntil(lambda: plan_of(page) == before)
    assert page.capacity.text() == str(round(before.waves[0].capacity))


def test_a_word_on_an_item_is_obeyed_until_it_is_taken_back(page: RoadmapPage, session: Session, qtbot: QtBot) -> None:
    item = free(page)
    page.choose(item)
    page.detail.decided.emit(Word(Lane.DROP, reason="The tool is being replaced"))
    qtbot.waitUntil(lambda: wave_of(page, item.id) is None)
    assert session.assessment.decisions[item.id].reason == "The tool is being replaced"
    page.detail.decided.emit(Word(Lane.DEFER, 3, reason="After the migration"))
    qtbot.waitUntil(lambda: (wave_of(page, item.id) or 0) >= 3)
    page.detail.decided.emit(Word(None))
    qtbot.waitUntil(lambda: wave_of(page, item.id) == 1)
    assert session.assessment.decisions == {}


def test_a_word_needs_a_reason(page: RoadmapPage, session: Session) -> None:
    page.choose(free(page))
    with_reason = [b.isEnabled() for b in page.detail.deciders]
    page.detail.reason.setPlainText("Audit in May")
    assert with_reason == [False] * 3
    assert all(b.isEnabled() for b in page.detail.deciders)


def test_what_is_due_has_a_day_and_can_be_released(
    page: RoadmapPage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    item = free(page)
    page.choose(item)
    detail = page.detail
    detail.reason.setPlainText("The supervisor set a day")
    assert not detail.due.isEnabled()
    detail.day.setText("soon")
    QTest.mouseClick(detail.due, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.banner.message))
    assert session.assessment.decisions == {}
    detail.day.setText("2027-12-31")
    QTest.mouseClick(detail.due, Qt.MouseButton.LeftButton)
    decision = session.assessment.decisions[item.id]
    assert (decision.lane, decision.by) == (Lane.DUE, date(2027, 12, 31))
    qtbot.waitUntil(lambda: page.settled and detail.free.isEnabled())
    QTest.mouseClick(detail.free, Qt.MouseButton.LeftButton)
    assert session.assessment.decisions == {}


def test_the_solver_looks_by_itself_after_a_what_if(page: RoadmapPage, qtbot: QtBot, session: Session) -> None:
    page.solving.later.setInterval(0)
    page.capacity.selectAll()
    QTest.keyClicks(page.capacity, "5000")  # where everything fits: what is tested is who asks, not the solver
    QTest.keyClick(page.capacity, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.solving.searching, timeout=10_000)
    assert not page.solving.isVisible()
    qtbot.waitUntil(lambda: not page.solving.searching and plan_of(page).gap is not None, timeout=60_000)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: page.settled and plan_of(page).gap is None, timeout=10_000)
    page.solving.stop()


def test_the_kept_plan_is_stored_and_known_to_be_old_once_answers_move(
    page: RoadmapPage, session: Session, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    page.keep()
    qtbot.waitUntil(lambda: session.plan_current)
    saved()
    assert Engagement.open(session.folder).plan == page.plan
    assert Engagement.open(session.folder).plan_is_current
    session.answer("integrate.gates.pipeline-checks", "no")
    assert not session.plan_current


def test_keeping_the_plan_that_stands_is_no_step(
    page: RoadmapPage, session: Session, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    moved: list[object] = []
    session.changed.connect(moved.append)
    for _ in range(2):
        page.keep()
        saved()
    qtbot.waitUntil(lambda: session.plan_current)
    assert session.undo_stack.count() == 1
    assert moved == [], "no answer did"


def test_a_plan_that_the_disk_took_at_the_second_try_can_be_taken_back(
    page: RoadmapPage, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, saved: Callable[[], None]
) -> None:
    def refuse(*_: object) -> None:
        raise EngagementError("cannot be written (No space left on device)", "roadmap.toml", "Free space.")

    with monkeypatch.context() as full:
        full.setattr("app.engagement.folder.write_atomically", refuse)
        page.keep()
        qtbot.waitUntil(lambda: session.at_risk)
    session.save()
    saved()
    assert session.plan == page.plan
    session.undo_stack.undo()
    assert session.plan is None
    saved()
    assert Engagement.open(session.folder).plan is None


def test_a_plan_that_an_undo_leads_back_to_is_on_the_disk_before_it_counts_as_saved(
    page: RoadmapPage, session: Session, saved: Callable[[], None]
) -> None:
    session._writes._checkpoint.setInterval(3_600_000)
    first = plan_of(page)
    for plan in (first, replace(first, solver="another")):
        session.store(plan)
        saved()
    session.undo_stack.undo()
    saved()
    assert session.plan == first
    assert Engagement.open(session.folder).plan == first


def test_a_plan_is_old_where_an_answer_came_while_it_was_stored(
    page: RoadmapPage, session: Session, saved: Callable[[], None]
) -> None:
    plan = plan_of(page)
    session.store(plan)
    session.answer("integrate.gates.pipeline-checks", "no")
    saved()
    assert session.plan == plan
    assert not session.plan_current


def test_a_plan_that_was_old_when_it_was_opened_stays_old(page: RoadmapPage, session: Session) -> None:
    plan = plan_of(page)
    named = session.assessment.model_copy(update={"plan_sha256": "a" * 64})
    assert KeptPlans(named, plan, current=True).of(named) == (plan, True)
    assert KeptPlans(named, plan, current=False).of(named) == (plan, False)


def test_the_solver_looks_in_a_child_process(page: RoadmapPage, qtbot: QtBot, session: Session) -> None:
    QTest.keyClick(page.capacity, Qt.Key.Key_Down)
    page.solving.search()
    qtbot.waitUntil(lambda: page.solving.searching)
    page.solving.stop()
    qtbot.waitUntil(lambda: not page.solving.searching, timeout=5_000)
    assert plan_of(page).gap is None


def dragged(page: RoadmapPage, item: Initiative, to: int) -> None:
    """A card let go over a wave, as Qt delivers it."""
    source = page.board.waves[0].list.model()
    assert isinstance(source, InitiativesModel)
    data = source.mimeData([source.index(source.row(item.id))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.board.waves[to - 1].dropEvent(event)


def test_a_card_dragged_to_another_wave_asks_why_and_is_pinned(
    page: RoadmapPage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitActive(window)
    item = free(page)
    dragged(page, item, 3)
    assert session.assessment.decisions == {}, "nothing without a reason"
    field = QApplication.focusWidget()
    assert field is page.detail.reason
    QTest.keyClicks(field, "Budget comes in spring")
    QTest.keyClick(field, Qt.Key.Key_Return)
    decision = session.assessment.decisions[item.id]
    assert (decision.lane, decision.wave, decision.reason) == (Lane.PIN, 3, "Budget comes in spring")
    qtbot.waitUntil(lambda: wave_of(page, item.id) == 3)


def test_escape_leaves_a_dragged_card_where_it_was(
    page: RoadmapPage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitActive(window)
    dragged(page, free(page), 2)
    QTest.keyClicks(page.detail.reason, "No")
    QTest.keyClick(page.detail.reason, Qt.Key.Key_Escape)
    assert session.assessment.decisions == {}
    QTest.keyClick(page.detail.reason, Qt.Key.Key_Return)
    assert session.assessment.decisions == {}, "the proposal is gone"


def test_a_reason_that_is_being_typed_survives_another_plan(
    page: RoadmapPage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitActive(window)
    item = free(page)
    dragged(page, item, 3)
    QTest.keyClicks(page.detail.reason, "Half a ")
    before = plan_of(page)
    session.answer("integrate.gates.override-record", "no")
    qtbot.waitUntil(lambda: plan_of(page) is not before)
    QTest.keyClicks(page.detail.reason, "reason")
    QTest.keyClick(page.detail.reason, Qt.Key.Key_Return)
    assert session.assessment.decisions[item.id].reason == "Half a reason"


def test_a_card_moves_by_keyboard_too(page: RoadmapPage, session: Session, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitActive(window)
    item = free(page)
    cards = page.board.waves[0].list
    cards.setFocus()
    page.choose(item)
    QTest.keyClick(cards, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    QTest.keyClicks(page.detail.reason, "Later")
    QTest.keyClick(page.detail.reason, Qt.Key.Key_Return)
    assert session.assessment.decisions[item.id].wave == 2


def test_the_table_sorts_by_its_columns_and_shows_the_item_in_hand(page: RoadmapPage) -> None:
    page.show_view(TABLE)
    proxy = page.table.model()

    def column(section: int) -> list[float]:
        return [proxy.index(row, section).data(RoadmapRole.SORT) for row in range(proxy.rowCount())]

    assert proxy.rowCount() == sum(len(w.items) for w in plan_of(page).waves) + len(plan_of(page).unplanned)
    assert column(RoadmapTableModel.WAVE) == sorted(column(RoadmapTableModel.WAVE))
    QTest.keyClick(page.table, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert column(RoadmapTableModel.EFFORT) == sorted(column(RoadmapTableModel.EFFORT))
    QTest.keyClick(page.table, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert column(RoadmapTableModel.EFFORT) == sorted(column(RoadmapTableModel.EFFORT), reverse=True)
    page.table.selectRow(2)
    shown = page.table.rows.item(page.table.source_row(proxy.index(2, 0)))
    assert page._chosen == shown.id
    assert page.detail.isVisible()


def test_the_table_s_models_keep_the_contract(page: RoadmapPage, session: Session) -> None:
    rows = RoadmapTableModel(session)
    proxy = SortedRoadmap(rows)
    for model in (rows, proxy):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    rows.show_rows([(wave.index, item) for wave in plan_of(page).waves for item in wave.items])
    proxy.sort(RoadmapTableModel.VALUE, Qt.SortOrder.DescendingOrder)
    assert all(
        isinstance(rows.index(row, section).data(Qt.ItemDataRole.AccessibleTextRole), str)
        for row in range(rows.rowCount())
        for section in range(rows.columnCount())
    )
    rows.show_rows(())


def test_the_tables_are_exported_by_a_child(page: RoadmapPage, tmp_path: Path, qtbot: QtBot) -> None:
    page.tables.export(tmp_path / "out")
    qtbot.waitUntil(lambda: any((tmp_path / "out").rglob("*.csv")), timeout=60_000)
    qtbot.waitUntil(lambda: "The tables are in" in page.tables.told.accessibleName(), timeout=60_000)


@pytest.mark.parametrize("view", [BOARD, TABLE])
def test_a_plan_from_before_an_application_was_removed_is_shown_until_the_next_one(
    page: RoadmapPage, session: Session, workspace: Workspace, qtbot: QtBot, view: str
) -> None:
    page.show_view(view)
    page.choose(next(item for item in plan_of(page).waves[0].items if item.applications == ("payments",)))
    workspace.show_page("applications")
    session.do("x", "application", actions.remove_application(session.assessment, "payments"))
    workspace.show_page("roadmap")
    page.grab()
    assert not page.settled
    qtbot.waitUntil(lambda: page.settled)
    assert {key for wave in plan_of(page).waves for item in wave.items for key in item.applications} == {"wiki"}


def test_without_an_application_there_is_no_plan_to_keep(page: RoadmapPage, session: Session, qtbot: QtBot) -> None:
    keep = next(found for found in page.findChildren(QPushButton) if found.text() == "Keep this plan")
    assert keep.isEnabled()
    for key in ("payments", "wiki"):
        session.do("x", "application", actions.remove_application(session.assessment, key))
    qtbot.waitUntil(lambda: page.settled)
    assert not keep.isEnabled()
    assert "needs an application" in page._said.text()
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: page.settled)
    assert keep.isEnabled()
