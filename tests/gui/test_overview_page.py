"""Overview: what to look at again, and the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.desktop.models.explanation import explained
from app.desktop.models.overview import PillarsModel
from app.desktop.models.practices import Filter
from app.desktop.models.tiers import ALL
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.overview import OverviewPage
from app.desktop.session import Session
from app.desktop.widgets.checks_panel import MOST
from app.desktop.widgets.explained import Explained
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from questionnaires.model import Scope
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


def lowest(session: Session, practice: str) -> str:
    """By hand: where a practice stands lowest."""
    found = []
    for application in session.assessment.applications:
        session.take(application)
        score = session.node(session.questionnaire.practices[practice]).score
        assert score is not None
        found.append((score.level, score.low, application))
    return min(found)[2]


def test_a_pillar_leads_to_the_application_that_holds_it_down(page: OverviewPage, session: Session) -> None:
    practices = session.questionnaire.pillar[0].practice
    criteria = practices[0].criterion
    shared = [entry for practice in practices if practice.scope is Scope.ORGANISATION for entry in practice.criterion]
    session.answer_each([(None, entry.id, "fully") for entry in shared])
    session.answer_each([("payments", entry.id, "fully") for entry in criteria])
    session.answer_each([("wiki", entry.id, "no") for entry in criteria])
    page.show_tier(ALL)
    found = page._pillars.destination(0)
    assert found.practice is not None
    assert (found.application, found.takes) == (lowest(session, found.practice), True)
    page.show_tier("1")
    assert page._pillars.destination(0).application == "payments"


@pytest.mark.parametrize(
    ("name", "wanted"), [("at-target", Filter.BELOW_TARGET), ("coverage", Filter.UNANSWERED), ("level", Filter.ALL)]
)
def test_every_figure_leads_to_where_it_comes_from(
    page: OverviewPage, workspace: Workspace, session: Session, name: str, wanted: Filter
) -> None:
    QTest.keyClick(page._figures[name].number, Qt.Key.Key_Space)
    arrived = workspace.page
    assert isinstance(arrived, AssessPage)
    assert session.application == "payments"
    assert arrived.list.filter is wanted


def test_what_is_not_listed_is_a_key_away(page: OverviewPage, session: Session, qtbot: QtBot) -> None:
    scope = session.questionnaire.scope_of
    criteria = [key for key in session.questionnaire.criteria if scope(key) is Scope.APPLICATION]
    session.answer_each([("wiki", key, "fully") for key in criteria[:30]])
    page.show_tier(ALL)
    qtbot.waitUntil(lambda: page.checks.settled)
    page.checks.show_rule(CheckRule.NO_BASIS)
    count = sum(check.rule is CheckRule.NO_BASIS for check in page.checks._every or ())
    assert count > MOST
    assert page.checks.list.model().rowCount() == MOST
    QTest.keyClick(page.checks._more, Qt.Key.Key_Space)
    assert page.checks.list.model().rowCount() == count
    assert page.checks.list.currentIndex().row() == MOST
    assert page.checks._more.isHidden()


def test_tab_goes_from_the_top_down(page: OverviewPage) -> None:
    page._tiers.buttons[0].setFocus()
    walked: list[QWidget] = []
    while (focus := QApplication.focusWidget()) is not None and focus not in walked:
        walked.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    order = [page._tiers.buttons[-1], page._figures["level"].number, page._pillar_table, page._heat_table]
    places = [walked.index(widget) for widget in order]
    assert places == sorted(places)


def test_without_an_application_there_is_a_sum_of_the_organisation(page: OverviewPage, session: Session) -> None:
    for key in list(session.assessment.applications):
        session.do("application", "application", actions.remove_application(session.assessment, key))
    assert explained(session, "integrate.gates") is None
    assert explained(session, application="gone") is None
    assert explained(session) is not None
