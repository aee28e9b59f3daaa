"""The plan follows whatever moves; a person's word is obeyed; the solver works in a child."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.desktop.pages.roadmap import RoadmapPage
from app.desktop.session import Session
from app.desktop.workspace import Workspace
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
    page.detail.decided.emit(Lane.DROP, None, "The tool is being replaced")
    qtbot.waitUntil(lambda: wave_of(page, item.id) is None)
    assert session.assessment.decisions[item.id].reason == "The tool is being replaced"
    page.detail.decided.emit(Lane.DEFER, 3, "After the migration")
    qtbot.waitUntil(lambda: (wave_of(page, item.id) or 0) >= 3)
    page.detail.decided.emit(None, None, "")
    qtbot.waitUntil(lambda: wave_of(page, item.id) == 1)
    assert session.assessment.decisions == {}


def test_a_word_needs_a_reason(page: RoadmapPage, session: Session) -> None:
    page.choose(free(page))
    with_reason = [b.isEnabled() for b in page.detail.deciders]
    page.detail.reason.setPlainText("Audit in May")
    assert with_reason == [False] * 3
    assert all(b.isEnabled() for b in page.detail.deciders)


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


def test_the_solver_looks_in_a_child_process(page: RoadmapPage, qtbot: QtBot, session: Session) -> None:
    QTest.keyClick(page.capacity, Qt.Key.Key_Down)
    page.find_best()
    qtbot.waitUntil(lambda: page.job is not None)
    job = page.job
    assert job is not None
    page.cancel()
    qtbot.waitUntil(lambda: page.job is None, timeout=5_000)
    assert plan_of(page).gap is None
