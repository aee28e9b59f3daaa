"""Overview: what to look at again, and the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.desktop.models.explanation import explained
from app.desktop.models.overview import PillarsModel
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.overview import OverviewPage
from app.desktop.session import Session
from app.desktop.widgets.explained import Explained
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from scoring.checks import CheckRule
from scoring.written import amount

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CHALLENGED = "integrate.gates.critical-stop"


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> OverviewPage:
    qtbot.waitActive(window)
    found = workspace.page
    assert isinstance(found, OverviewPage)
    qtbot.waitUntil(lambda: found.checks.settled)
    return found


def test_the_gravest_check_comes_first_and_leads_to_its_criterion(
    page: OverviewPage, workspace: Workspace, session: Session
) -> None:
    listed = page.checks.list
    first = listed.model().index(0, 0)
    assert "evidence allows at most" in first.data()
    assert page.checks.buttons[CheckRule.CHALLENGED].isChecked()
    listed.setFocus()
    listed.setCurrentIndex(first)
    QTest.keyClick(listed, Qt.Key.Key_Return)
    arrived = workspace.page
    assert isinstance(arrived, AssessPage)
    assert (arrived.criterion, session.application) == (CHALLENGED, "payments")


def test_checks_follow_answers_and_tiers(page: OverviewPage, session: Session, qtbot: QtBot) -> None:
    button = page.checks.buttons[CheckRule.CHALLENGED]
    assert not button.isHidden()
    page.show_tier("3")
    assert button.isHidden(), "the challenge is of tier 1"
    page.show_tier("1")
    session.take("payments")
    session.answer(CHALLENGED, "no")
    qtbot.waitUntil(lambda: page.checks.settled and button.isHidden())
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: not button.isHidden())


def test_another_rule_lists_what_it_found(page: OverviewPage, session: Session, qtbot: QtBot) -> None:
    session.amend("integrate.gates.required-check", marked=True)
    marked = page.checks.buttons[CheckRule.MARKED]
    qtbot.waitUntil(lambda: not marked.isHidden())
    QTest.mouseClick(marked, Qt.MouseButton.LeftButton)
    assert page.checks.list.model().index(0, 0).data() == "It is marked for review."


def test_a_clicked_number_says_how_it_came_about(page: OverviewPage, session: Session) -> None:
    page.show_tier("1")
    pillar = session.questionnaire.pillar[0]
    page._pillar_table.clicked.emit(page._pillar_table.model().index(0, PillarsModel.SCORE))
    dialog = page.findChild(Explained)
    assert isinstance(dialog, Explained)
    assert dialog.lines[0].text.startswith("Claimed: ")
    score = session.evaluation.scores.tiers["1"].pillars[pillar.id].score
    assert score is not None
    assert dialog.lines[0].text.endswith(amount(score.low))
    dialog.reject()


def test_without_an_application_there_is_a_sum_of_the_organisation(page: OverviewPage, session: Session) -> None:
    for key in list(session.assessment.applications):
        session.do("application", "application", actions.remove_application(session.assessment, key))
    assert explained(session, "integrate.gates") is None
    assert explained(session, application="gone") is None
    assert explained(session) is not None
