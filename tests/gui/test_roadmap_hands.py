"""The roadmap by hand and by key: focus, what is typed, the details, links, and steps that can be undone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.desktop.destination import Destination
from app.desktop.models.roadmap_table import RoadmapTableModel
from app.desktop.models.tiers import ALL
from app.desktop.pages.roadmap import TABLE, RoadmapPage
from app.desktop.session import Session
from app.desktop.widgets.item_detail import Word
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement.checkpoint import JOURNAL
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from scoring.assessment import Lane
from scoring.roadmap import Initiative, Plan

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(window: MainWindow, workspace: Workspace, qtbot: QtBot) -> RoadmapPage:
    found = workspace.show_page("roadmap")
    assert isinstance(found, RoadmapPage)
    qtbot.waitUntil(lambda: found.settled)
    qtbot.waitActive(window)
    return found


def plan_of(page: RoadmapPage) -> Plan:
    assert page.plan is not None
    return page.plan


def free(page: RoadmapPage, number: int = 0) -> Initiative:
    """Something that nothing must precede, done in the first wave."""
    return [item for item in plan_of(page).waves[0].items if not item.after][number]


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def take(page: RoadmapPage, item: Initiative) -> None:
    page.choose(item)
    page.board.take_focus()


def proposal(page: RoadmapPage) -> str:
    """What is asked in the details; empty where nothing is."""
    return next(
        (entry.text() for entry in page.detail.findChildren(QLabel) if entry.isVisible() and "Return" in entry.text()),
        "",
    )


# ---- the solver, and the plan that is kept


def test_space_twice_on_the_search_does_not_keep_the_plan_that_stood(
    page: RoadmapPage, session: Session, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    page._best.setFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    assert focus() is page.solving.cancel
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    assert not page.solving.searching
    assert focus() is page._best
    saved()
    assert session.plan is None


def test_a_search_given_up_before_it_began_was_not_asked_for_next_time(page: RoadmapPage, qtbot: QtBot) -> None:
    page.solving.search()
    page.solving.stop()
    page.solving.later.setInterval(0)
    page.solving.later.start()
    qtbot.waitUntil(lambda: page.solving.searching)
    assert not page.solving.isVisible()
    assert page._best.isEnabled()
    page.solving.stop()


def test_space_twice_on_keep_presses_no_other_button(page: RoadmapPage, session: Session, qtbot: QtBot) -> None:
    take(page, free(page))
    page._keep.setFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.plan_current)
    assert focus() is page.board.waves[0].list


def test_keeping_a_plan_is_a_step_that_can_be_undone(
    page: RoadmapPage, session: Session, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    first = plan_of(page)
    page.keep()
    qtbot.waitUntil(lambda: session.plan_current)
    QTest.keyClick(page.capacity, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: page.settled and page.plan != first)
    page.keep()
    qtbot.waitUntil(lambda: session.plan_current and session.plan == page.plan)
    second = plan_of(page)

    session.undo_stack.undo()
    assert (session.plan, session.plan_current) == (first, False)
    assert page.plan == second, "what was found stays in view"
    saved()
    assert Engagement.open(session.folder).plan == first

    session.undo_stack.undo()
    assert (session.plan, session.plan_current) == (first, True)
    qtbot.waitUntil(lambda: page.settled and page.plan == first)
    assert "not stored" not in page._said.accessibleName()

    session.undo_stack.redo()
    session.undo_stack.redo()
    assert (session.plan, session.plan_current) == (second, True)
    saved()
    read = Engagement.open(session.folder)
    assert (read.plan, read.plan_is_current, read.notices) == (second, True, ())

    for _ in range(3):
        session.undo_stack.undo()
    assert session.plan is None
    saved()
    read = Engagement.open(session.folder)
    assert (read.plan, read.notices) == (None, ())


def test_the_way_back_leads_to_the_plan_that_the_solver_had_found(
    page: RoadmapPage, session: Session, qtbot: QtBot
) -> None:
    best = replace(plan_of(page), gap=Fraction(0))
    page.solving.found.emit(best)
    page.keep()
    qtbot.waitUntil(lambda: session.plan_current)
    QTest.keyClick(page.capacity, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: page.settled and page.plan != best)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: page.settled and page.plan == best)
    assert page._said.accessibleName().endswith("· stored")


# ---- deciding


def test_a_decision_by_keyboard_is_undone_by_keyboard(page: RoadmapPage, session: Session, qtbot: QtBot) -> None:
    item = free(page)
    take(page, item)
    QTest.keyClick(focus(), Qt.Key.Key_Right, ALT)
    QTest.keyClicks(focus(), "Later")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert session.assessment.decisions[item.id].wave == 2
    qtbot.waitUntil(lambda: page.settled)
    assert focus() is page.board.waves[1].list, "the focus goes along with the card"
    QTest.keyClick(focus(), Qt.Key.Key_Z, CONTROL)
    assert session.assessment.decisions == {}


def test_two_waves_are_crossed_by_keyboard_and_the_reason_stays(page: RoadmapPage, session: Session) -> None:
    item = free(page)
    take(page, item)
    QTest.keyClick(focus(), Qt.Key.Key_Right, ALT)
    QTest.keyClicks(focus(), "because ")
    QTest.keyClick(focus(), Qt.Key.Key_Right, ALT)
    assert "wave 3" in proposal(page)
    QTest.keyClicks(focus(), "of the budget")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    decision = session.assessment.decisions[item.id]
    assert (decision.wave, decision.reason) == (3, "because of the budget")


def test_the_question_is_in_sight(page: RoadmapPage, window: MainWindow, qtbot: QtBot) -> None:
    window.resize(960, 500)
    QApplication.processEvents()
    take(page, max(plan_of(page).waves[0].items, key=lambda item: len(item.criteria)))
    QApplication.processEvents()
    page.move_by(1)
    field = page.detail.reason
    qtbot.waitUntil(lambda: field.visibleRegion().boundingRect() == field.rect())


def test_escape_puts_back_what_stands(page: RoadmapPage, session: Session, qtbot: QtBot) -> None:
    item = free(page)
    take(page, item)
    page.detail.decided.emit(Word(Lane.PIN, 1, reason="The regulator asked"))
    qtbot.waitUntil(lambda: page.settled)
    QTest.keyClick(focus(), Qt.Key.Key_Right, ALT)
    assert page.detail.reason.toPlainText() == ""
    QTest.keyClicks(focus(), "junk")
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert proposal(page) == ""
    assert page.detail.reason.toPlainText() == "The regulator asked"
    assert page.detail._wave.currentData() == 1
    assert focus() is page.board.waves[0].list


def test_what_is_half_typed_waits_for_its_item(page: RoadmapPage) -> None:
    one, other = free(page), free(page, 1)
    take(page, one)
    QTest.keyClick(focus(), Qt.Key.Key_Right, ALT)
    QTest.keyClicks(focus(), "Half a reason")
    take(page, other)
    assert (page.detail.reason.toPlainText(), proposal(page)) == ("", "")
    take(page, one)
    assert page.detail.reason.toPlainText() == "Half a reason"
    assert "wave 2" in proposal(page)


def test_the_wave_that_an_item_stands_in_is_no_question(page: RoadmapPage) -> None:
    item = free(page)
    take(page, item)
    QTest.keyClick(focus(), Qt.Key.Key_Left, ALT)
    assert proposal(page) == ""
    page.board.waves[0].dropped.emit(item.id)
    assert proposal(page) == ""
    assert focus() is page.board.waves[0].list


def test_a_card_can_be_dropped_where_nothing_is_left_out(page: RoadmapPage, session: Session, qtbot: QtBot) -> None:
    page.capacity.selectAll()
    QTest.keyClicks(page.capacity, "9000")
    QTest.keyClick(page.capacity, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.settled and not plan_of(page).unplanned)
    assert page.board.rest.isVisible()
    page.board.rest.dropped.emit(free(page).id)
    assert proposal(page).startswith("Why drop it?")


# ---- decisions without an item


def test_a_decision_without_an_item_is_shown_and_taken_back(
    page: RoadmapPage, workspace: Workspace, session: Session, qtbot: QtBot
) -> None:
    item = free(page)
    page.choose(item)
    page.detail.decided.emit(Word(Lane.PIN, 1, reason="The regulator asked"))
    qtbot.waitUntil(lambda: page.settled)
    for criterion in item.criteria:
        session.answer(criterion, "fully")
    qtbot.waitUntil(lambda: page.settled)
    workspace.go(Destination("roadmap", subject=item.id))
    assert page.idle.isVisible()
    assert focus() is page.idle.buttons[item.id]
    assert "The regulator asked" in focus().accessibleName()
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    assert session.assessment.decisions == {}
    assert not page.idle.isVisible(), "nothing is taken back twice"
    qtbot.waitUntil(lambda: page.settled)
    QTest.keyClick(focus(), Qt.Key.Key_Z, CONTROL)
    assert list(session.assessment.decisions) == [item.id]


# ---- the details


def test_the_details_fold_away(page: RoadmapPage) -> None:
    take(page, free(page))
    assert page.detail.isVisible()
    QTest.keyClick(focus(), Qt.Key.Key_F4)
    assert not page.detail.isVisible()
    take(page, free(page, 1))
    assert not page.detail.isVisible(), "until somebody wants them again"
    page._fold.click()
    page.detail.reason.setFocus()
    page.fold_details()
    assert focus() is page.board.waves[0].list
    QTest.keyClick(focus(), Qt.Key.Key_F4)
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert not page.detail.isVisible()
    QTest.keyClick(focus(), Qt.Key.Key_Right, ALT)
    assert page.detail.isVisible(), "a question is seen"


def test_the_view_and_the_fold_stay_after_a_restart(
    page: RoadmapPage,
    window: MainWindow,
    make_window: Callable[[Path | None], MainWindow],
    session: Session,
    qtbot: QtBot,
) -> None:
    take(page, free(page))
    page.fold_details()
    page.show_view(TABLE)
    window.close()
    again = make_window(session.folder)
    assert again.workspace is not None
    found = again.workspace.show_page("roadmap")
    assert isinstance(found, RoadmapPage)
    assert found.table.isVisible()
    qtbot.waitUntil(lambda: found.settled, timeout=10_000)
    take(found, free(found))
    assert found.detail.isHidden()


def test_a_tier_shows_no_details_of_another_one_and_a_link_finds_its_item(
    page: RoadmapPage, workspace: Workspace
) -> None:
    item = next(item for wave in plan_of(page).waves for item in wave.items if item.tiers == ("1",))
    page.choose(item)
    page.show_tier("3")
    assert not page.detail.isVisible()
    workspace.go(Destination("roadmap", subject=item.id))
    assert page._tier == ALL
    assert page.detail.isVisible()


def test_the_details_and_the_table_both_fit_a_narrow_window(page: RoadmapPage, window: MainWindow) -> None:
    window.resize(960, 500)
    QApplication.processEvents()
    page.show_view(TABLE)
    page.choose(free(page))
    QApplication.processEvents()
    right = page.detail.mapTo(window, QPoint(page.detail.width(), 0)).x()
    assert right <= window.width()
    widths = [page.table.columnWidth(section) for section in range(page.table.model().columnCount())]
    assert sum(widths) <= page.table.viewport().width()
    assert widths[RoadmapTableModel.ITEM] >= 200


# ---- board and table


def test_the_focus_goes_to_the_view_in_sight(page: RoadmapPage, workspace: Workspace) -> None:
    page.show_view(TABLE)
    workspace.show_page("overview")
    workspace.show_page("roadmap")
    assert focus() is page.table


def test_the_table_follows_the_item_in_hand(page: RoadmapPage, session: Session, qtbot: QtBot) -> None:
    page.show_view(TABLE)
    item = free(page, 1)
    page.board.chosen.emit(item)

    def current() -> str:
        return page.table.rows.item(page.table.source_row(page.table.currentIndex())).id

    assert current() == item.id
    QTest.keyClick(page.capacity, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: page.settled)
    assert page.table.currentIndex().isValid()
    assert current() == item.id


def test_a_tier_is_told_what_is_its_own(page: RoadmapPage, qtbot: QtBot) -> None:
    planned = [item for wave in plan_of(page).waves for item in wave.items]
    page.show_tier("3")
    own = sum("3" in item.tiers for item in planned)
    assert page._said.accessibleName().startswith(f"{own} of {len(planned)} initiatives")
    for entry, wave in zip(page.board.waves, plan_of(page).waves, strict=True):
        assert "all tiers" in entry._said.text()
        assert "later wave" not in entry.list.empty
        assert entry.cards == sum("3" in item.tiers for item in wave.items)


def test_without_capacity_it_is_said_how_much_is_not_planned(page: RoadmapPage, qtbot: QtBot) -> None:
    page.capacity.selectAll()
    QTest.keyClicks(page.capacity, "0")
    QTest.keyClick(page.capacity, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.settled and plan_of(page).waves[0].capacity == 0)
    left = len(plan_of(page).unplanned)
    assert page._said.accessibleName().startswith(f"0 initiatives · {left} not planned")
    assert all("capacity" in entry.list.empty for entry in page.board.waves)


# ---- the capacity


def test_a_capacity_that_cannot_be_is_refused_and_what_stands_is_shown(
    page: RoadmapPage, session: Session, window: MainWindow
) -> None:
    stands = page.capacity.text()
    page.capacity.setFocus()
    page.capacity.selectAll()
    QTest.keyClicks(page.capacity, "99999")
    QTest.keyClick(page.capacity, Qt.Key.Key_Return)
    assert page.capacity.text() == stands == str(session.assessment.capacity)
    assert "0 to 10000" in window.banner.message
    page.capacity.selectAll()
    QTest.keyClicks(page.capacity, "70")
    QTest.keyClick(page.capacity, Qt.Key.Key_Escape)
    assert page.capacity.text() == stands


def test_a_refusal_goes_once_something_else_was_taken(
    page: RoadmapPage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    page.capacity.setFocus()
    for typed in ("9999999", "0"):
        page.capacity.selectAll()
        QTest.keyClicks(page.capacity, typed)
        QTest.keyClick(page.capacity, Qt.Key.Key_Return)
        assert ("lies outside 0 to 10000" in window.banner.message) == (typed != "0")
    session.undo_stack.undo()
    session.failed.emit(EngagementError("cannot be written.", "report.toml", "Free space."))
    assert window.banner.message == "report.toml: cannot be written.\nFree space."
    session.answer("integrate.gates.override-record", "no")
    assert "cannot be written" in window.banner.message, "what the next change says nothing about"


def test_a_capacity_that_is_not_whole_is_shown_and_kept(page: RoadmapPage, session: Session) -> None:
    field = page.capacity
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "62.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (session.assessment.capacity, field.text()) == (Fraction(125, 2), "62.5")
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert (session.assessment.capacity, field.text()) == (Fraction(135, 2), "67.5")
    field.show_number(Fraction(1, 3))
    assert field.text() == "1/3"


def test_a_capacity_with_a_comma_is_refused_not_taken_for_another(
    page: RoadmapPage, session: Session, window: MainWindow
) -> None:
    stands = session.assessment.capacity
    page.capacity.setFocus()
    page.capacity.selectAll()
    QTest.keyClicks(page.capacity, "62,5")
    QTest.keyClick(page.capacity, Qt.Key.Key_Return)
    assert session.assessment.capacity == stands
    assert "62.5" in window.banner.message


def test_a_refused_day_has_the_focus_and_goes_with_the_next(
    page: RoadmapPage, session: Session, window: MainWindow
) -> None:
    item = free(page)
    page.choose(item)
    detail = page.detail
    detail.reason.setPlainText("The supervisor set a day")
    for typed, said in (("31.03.2027", "is no date"), ("2026-09-29", "lies before the day of the engagement")):
        detail.day.setText(typed)
        detail.due.setFocus()
        QTest.keyClick(detail.due, Qt.Key.Key_Space)
        assert said in window.banner.message
        assert focus() is detail.day
        assert detail.day.selectedText() == typed
    QTest.keyClicks(detail.day, "2027-01-01")
    detail.due.click()
    assert item.id in session.assessment.decisions
    assert window.banner.message == ""


def test_a_capacity_is_undone_from_its_own_field(page: RoadmapPage, session: Session) -> None:
    stands = page.capacity.text()
    page.capacity.setFocus()
    page.capacity.selectAll()
    QTest.keyClicks(page.capacity, "70")
    QTest.keyClick(page.capacity, Qt.Key.Key_Return)
    assert session.assessment.capacity == 70
    QTest.keyClick(page.capacity, Qt.Key.Key_Z, CONTROL)
    assert str(session.assessment.capacity) == stands


def test_a_reader_moves_no_capacity(
    make_window: Callable[[Path | None], MainWindow], folder: Path, qtbot: QtBot
) -> None:
    with Engagement.open(folder, write=True):
        reading = make_window(folder)
        assert reading.workspace is not None
        assert reading.session is not None
        page = reading.workspace.show_page("roadmap")
        assert isinstance(page, RoadmapPage)
        stands = page.capacity.text()
        qtbot.waitUntil(lambda: page.settled)
        page.choose(free(page))
        for field, key, more in (
            (page.capacity, Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier),
            (page.capacity, Qt.Key.Key_7, Qt.KeyboardModifier.NoModifier),
            (page.board.waves[0].list, Qt.Key.Key_Right, ALT),
        ):
            reading.banner.leave()
            QTest.keyClick(field, key, more)
            assert "pen for reading only" in reading.banner.message
        assert page.capacity.text() == stands == str(reading.session.assessment.capacity)
        assert proposal(page) == ""


# ---- the export


def test_an_export_shows_that_it_works_and_can_be_cancelled(
    page: RoadmapPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    page.tables._export.setFocus()
    page.tables.export(tmp_path / "out")
    assert page.tables.working.isVisible()
    assert focus() is page.tables.working.cancel
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.tables.working.isVisible())
    assert "cancelled" in page.tables.told.accessibleName()
    assert focus() is page.tables._export


def test_the_plan_in_view_is_kept_and_exported(
    page: RoadmapPage, session: Session, workspace: Workspace, tmp_path: Path, qtbot: QtBot
) -> None:
    item = free(page)
    page.choose(item)
    page.detail.decided.emit(Word(Lane.PIN, 4, reason="The budget comes late"))
    page.tables.export(tmp_path / "out")
    told = page.tables.told
    qtbot.waitUntil(told.isVisible, timeout=60_000)
    assert told.accessibleName() == f"The plan was kept. The tables are in {tmp_path / 'out'}"
    assert session.plan == page.plan
    rows = [
        row
        for file in (tmp_path / "out").rglob("*roadmap*.csv")
        for row in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
        if row["Item"] == item.id
    ]
    assert rows
    assert {row["Wave"] for row in rows} == {"4"}
    page._take_plan(plan_of(page))
    assert told.isVisible(), "another plan in view changes nothing"
    workspace.undo()
    assert not told.isVisible()
    assert session.plan is None
    assert str(tmp_path / "out") in page.tables.told.accessibleName()


def test_the_journal_tells_of_a_plan_taken_back(
    page: RoadmapPage, session: Session, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    page.keep()
    qtbot.waitUntil(lambda: session.plan_current)
    session.undo_stack.undo()
    saved()
    last = json.loads((session.folder / JOURNAL).read_bytes().splitlines()[-1])
    assert last["what"] == "undo"


def test_a_plan_is_kept_only_once_the_scores_follow(
    page: RoadmapPage, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = free(page)
    monkeypatch.setattr("app.desktop.thinking.AT_ONCE", 0.0)
    session.answer_each([(None, criterion, "fully") for criterion in item.criteria])
    assert not page.settled
    page.keep()
    assert session.undo_stack.undoText() != "plan"
    qtbot.waitUntil(lambda: session.undo_stack.undoText() == "plan", timeout=10_000)
    kept = Engagement.open(session.folder).plan
    assert session.plan_current
    assert kept is not None
    assert item.id not in {entry.id for wave in kept.waves for entry in wave.items}


def test_an_export_that_is_cancelled_keeps_no_plan(
    page: RoadmapPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session.answer(free(page).criteria[0], "fully")
    assert not page.settled
    page.tables.export(tmp_path / "tables")
    page.tables.cancel()
    qtbot.waitUntil(lambda: page.settled, timeout=10_000)
    assert session.plan is None
    assert "cancelled" in page.tables.told.accessibleName()


def test_a_refused_capacity_is_told_until_it_is_mended(page: RoadmapPage, window: MainWindow) -> None:
    stands = page.capacity.text()
    page.capacity.setFocus()
    for typed in ("99999", stands):
        page.capacity.selectAll()
        QTest.keyClicks(page.capacity, typed)
        QTest.keyClick(page.capacity, Qt.Key.Key_Return)
        assert ("99999" in window.banner.message) is (typed != stands)
