"""Overview: what to look at again, and the way there."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QScrollArea, QWidget

from app.desktop.models.checks import Group
from app.desktop.models.explanation import explained
from app.desktop.models.overview import HeatModel, PillarsModel, result_of
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
from reports import words
from reports.gauge import gauge
from reports.gauge import lowest as lowest_of
from reports.view import View
from scoring.assessment import Basis
from scoring.checks import CheckRule, Severity
from scoring.scores import Node, Result
from scoring.waves import provisional
from scoring.written import amount

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CHALLENGED = "integrate.gates.critical-stop"
CHALLENGES = Group(Severity.ERROR, CheckRule.CHALLENGED)


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> OverviewPage:
    qtbot.waitActive(window)
    found = workspace.page
    assert isinstance(found, OverviewPage)
    qtbot.waitUntil(lambda: found.checks.follower.settled)
    return found


def test_the_gravest_check_comes_first_and_leads_to_its_criterion(
    page: OverviewPage, workspace: Workspace, session: Session
) -> None:
    listed = page.checks.list
    first = listed.model().index(0, 0)
    assert "evidence allows at most" in first.data()
    assert page.checks.buttons[CHALLENGES].isChecked()
    listed.setFocus()
    listed.setCurrentIndex(first)
    QTest.keyClick(listed, Qt.Key.Key_Return)
    arrived = workspace.page
    assert isinstance(arrived, AssessPage)
    assert (arrived.criterion, session.application) == (CHALLENGED, "payments")


def test_checks_follow_answers_and_tiers(page: OverviewPage, session: Session, qtbot: QtBot) -> None:
    button = page.checks.buttons[CHALLENGES]
    assert not button.isHidden()
    page.show_tier("3")
    assert button.isHidden(), "the challenge is of tier 1"
    page.show_tier("1")
    session.take("payments")
    session.answer(CHALLENGED, "no")
    qtbot.waitUntil(lambda: page.checks.follower.settled and button.isHidden())
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: not button.isHidden())


def test_another_rule_lists_what_it_found(page: OverviewPage, session: Session, qtbot: QtBot) -> None:
    session.amend("integrate.gates.required-check", marked=True)
    marked = page.checks.buttons[Group(Severity.HINT, CheckRule.MARKED)]
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
    qtbot.waitUntil(lambda: page.checks.follower.settled)
    page.checks.show_group(Group(Severity.WARNING, CheckRule.NO_BASIS))
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


def in_sight(view: QAbstractItemView) -> bool:
    """Whether the whole current row is seen in the page."""
    around = view.parentWidget()
    while not isinstance(around, QScrollArea):
        assert around is not None
        around = around.parentWidget()
    row = view.visualRect(view.currentIndex())
    return (
        around.viewport()
        .rect()
        .contains(
            QRect(view.viewport().mapTo(around.viewport(), QPoint(0, row.top())), QRect(0, 0, 1, row.height()).size())
        )
    )


def test_the_page_follows_the_keys_into_a_long_table(
    page: OverviewPage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    for number in range(24):
        changes = actions.add_application(session.content, session.assessment, f"app-{number}", f"App {number}", "1")
        session.do("application", "application", changes)
    window.resize(960, 500)
    heat = page._heat_table
    page._tiers.buttons[0].setFocus()
    heat.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down,) * 14 + (Qt.Key.Key_Up,) * 14:
        QTest.keyClick(heat, key)
        assert in_sight(heat)
    page.checks.show_group(Group(Severity.HINT, CheckRule.NO_EXPORT))
    qtbot.waitUntil(lambda: page.checks.follower.settled and page.checks.list.model().rowCount() == MOST)
    for _ in range(MOST):
        QTest.keyClick(page.checks.list, Qt.Key.Key_Down)
        assert in_sight(page.checks.list)


def test_checks_are_counted_by_severity(page: OverviewPage, session: Session, qtbot: QtBot) -> None:
    """As the command line does: one rule may find what is grave and what is not."""
    asked = session.questionnaire
    speaks = [key for key, entry in asked.criteria.items()
              if asked.scope_of(key) is Scope.APPLICATION and any(rule.supports for rule in entry.rule)]  # fmt: skip
    for key, basis in zip(speaks, (Basis.EVIDENCE, Basis.INTERVIEW), strict=False):
        session.take("wiki")
        session.answer(key, "fully")
        session.amend(key, basis=basis)
    page.show_tier(ALL)
    qtbot.waitUntil(lambda: page.checks.follower.settled)
    every = page.checks._every or ()
    assert {check.severity for check in every if check.rule is CheckRule.NO_EVIDENCE} == {*Severity} - {Severity.ERROR}
    for severity in Severity:
        shown = [entry.text() for group, entry in page.checks.buttons.items()
                 if group.severity is severity and not entry.isHidden()]  # fmt: skip
        assert sum(int(text.split(" · ")[1].split()[0]) for text in shown) == sum(
            check.severity is severity for check in every
        )


def test_the_gravest_check_is_listed_unless_another_was_chosen(
    page: OverviewPage, session: Session, qtbot: QtBot
) -> None:
    """What the organisation lacks is listed for every tier: it is not passed on from one to the next."""
    shared = next(key for key in session.questionnaire.criteria
                  if session.questionnaire.scope_of(key) is Scope.ORGANISATION)  # fmt: skip
    session.answer(shared, "fully")
    lacks = page.checks.buttons[Group(Severity.WARNING, CheckRule.NO_BASIS)]
    page.show_tier("3")
    qtbot.waitUntil(lambda: page.checks.follower.settled and lacks.isChecked())
    page.show_tier("1")
    assert page.checks.buttons[CHALLENGES].isChecked()
    lacks.click()
    page.show_tier("3")
    page.show_tier("1")
    assert lacks.isChecked(), "a person's choice stays"


def test_what_stands_side_by_side_adds_up(page: OverviewPage, monkeypatch: pytest.MonkeyPatch) -> None:
    def close(session: Session, tier: str) -> Result:
        found = result_of(session, tier)
        score = found.overall.score
        assert score is not None
        score = replace(score, low=Fraction(105, 100), high=Fraction(106, 100), evidenced=Fraction(104, 100))
        return replace(found, overall=Node(found.overall.coverage, score))

    monkeypatch.setattr("app.desktop.pages.overview.result_of", close)
    page.show_tier("1")
    said = [page._figures[name].number.accessibleName() for name in ("score", "evidenced")]
    assert said[0].startswith("Score 1.1, ")
    assert "up to" not in said[0], "it would be the same number again"
    assert said[1] == "Evidenced 1.0, assurance gap 0.1"


def test_what_holds_a_level_down_is_what_the_report_names(page: OverviewPage, session: Session) -> None:
    """By what is missing to the target: the lowest score is of a pillar whose target is lower."""
    tailored = session.questionnaire.pillar[2].practice[0]
    session.answer_each([("payments", entry.id, "no") for entry in tailored.criterion])
    evaluation, content = session.evaluation, session.content
    plan = provisional(content, session.questionnaire, session.assessment, evaluation.claims)
    view = View(content, session.questionnaire, session.assessment, evaluation.claims, evaluation.scores, plan,
                content.tiers.by_id["1"])  # fmt: skip
    page.show_tier("1")
    for row, pillar in enumerate(session.questionnaire.pillar):
        found = gauge(view, view.result.pillars[pillar.id], pillar.name, 4, pillar.id)
        assert found.held_by
        shown = page._pillars.index(row, PillarsModel.HELD).data()
        assert shown.replace("\u00a0", " ") == found.held_by
        among = [practice.id for practice in pillar.practice]
        assert page._pillars.destination(row).practice == lowest_of(view, among)[0]
    names = [view.practice(key).name for key in lowest_of(view)]
    assert names[0] != tailored.name
    assert f"held by {words.listed(names, 2)}" in page._figures["level"].number.accessibleName()


def test_a_pillar_without_a_gap_is_not_held_down(page: OverviewPage, session: Session) -> None:
    criteria = [entry.id for practice in session.questionnaire.pillar[0].practice for entry in practice.criterion]
    shared = [key for key in criteria if session.questionnaire.scope_of(key) is Scope.ORGANISATION]
    session.answer_each([(None, key, "fully") for key in shared])
    session.answer_each([("payments", key, "fully") for key in criteria if key not in shared])
    page.show_tier("1")
    assert [page._pillars.index(0, column).data() for column in (PillarsModel.LEVEL, PillarsModel.HELD)] == ["4", ""]
    assert page._pillars.index(1, PillarsModel.HELD).data()


def test_a_cell_says_its_level_beside_its_score(page: OverviewPage, session: Session) -> None:
    score = session.evaluation.scores.applications["payments"].pillars[session.questionnaire.pillar[0].id].score
    assert score is not None
    cell = page._heat.index(0, 1)
    assert cell.data() == f"{score.level} · {words.score(score.low)}"
    assert isinstance(page._heat, HeatModel)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole).startswith(f"level {score.level}, score ")


def test_answered_says_what_it_counts(page: OverviewPage, session: Session) -> None:
    """The organisation's answers once for each application here, and once in all below."""
    page.show_tier(ALL)
    coverage = session.evaluation.scores.organisation.overall.coverage
    said = page._figures["coverage"].number.accessibleName()
    assert f"{coverage.answered} of {coverage.applicable} answers over 2 applications" in said
    open_, once = (int(part.split()[0]) for part in page.checks._open.text().split(" · "))
    assert coverage.applicable - coverage.answered == open_ + once
