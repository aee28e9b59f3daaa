"""Regimes: what is in scope, how obligations stand, and the way to the criteria behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionButton, QWidget

from app.desktop import theme
from app.desktop.models.regimes import ObligationsModel, RegimesModel, criteria_of, ordered
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.regimes import NOT_MET, RegimesPage
from app.desktop.session import Session
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from scoring.coverage import RegimeCoverage, Standing
from scoring.coverage import regimes as covered

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> RegimesPage:
    qtbot.waitActive(window)
    found = workspace.show_page("regimes")
    assert isinstance(found, RegimesPage)
    qtbot.waitUntil(lambda: found.regimes.rowCount() > 0)
    return found


def all_coverages(session: Session, applications: tuple[str, ...] = ("payments", "wiki")) -> tuple[RegimeCoverage, ...]:
    content, assessment = session.content, session.assessment
    order = ordered(content, assessment)
    return covered(content, session.questionnaire, assessment, session.evaluation.claims, applications, order)


def test_regimes_stand_in_the_order_of_the_report(page: RegimesPage, session: Session, qtbot: QtBot) -> None:
    chosen = ["sox-itgc", "pci-dss", "dora"]
    session.do("regimes", "set", [Change(("regimes",), chosen)])
    qtbot.waitUntil(lambda: page.regimes.row("dora") == 2)
    shown = [page.regimes.coverage(row).regime for row in range(page.regimes.rowCount())]
    assert [regime.id for regime in shown[:3]] == chosen
    assert [regime.name for regime in shown[3:]] == sorted(regime.name for regime in shown[3:])


def test_a_regime_is_taken_into_scope_and_out_again(
    page: RegimesPage, session: Session, saved: Callable[[], None], qtbot: QtBot
) -> None:
    page.show_regime("pci-dss")
    assert not page.in_scope.isChecked()
    QTest.mouseClick(page.in_scope, Qt.MouseButton.LeftButton)
    assert list(session.assessment.regimes) == ["pci-dss"]
    qtbot.waitUntil(lambda: page.regimes.row("pci-dss") == 0)
    assert page.in_scope.isChecked()
    current = page.list.currentIndex()
    assert page.regimes.coverage(current.row()).regime.id == "pci-dss", "the one in view stays in view"
    saved()
    assert Engagement.open(session.folder).assessment.regimes == ("pci-dss",)
    session.undo_stack.undo()
    assert list(session.assessment.regimes) == []


def test_an_obligation_leads_to_the_criterion_and_the_application_that_hold_it_down(
    page: RegimesPage, session: Session, workspace: Workspace, qtbot: QtBot
) -> None:
    key = "integrate.gates.pipeline-checks"
    regime = next(entry for entry in session.content.regimes.values() if entry.obligations_of.get(key))
    number = regime.obligations_of[key][0].number
    session.take("wiki")
    session.answer(key, "no")
    session.take(None)
    page.show_regime(regime.id)

    def shown() -> bool:
        rows = [page.obligations.obligation(row) for row in range(page.obligations.rowCount())]
        behind = [part for entry in rows if entry.number == number for part in entry.behind if part.criterion == key]
        return [(part.met, part.none) for part in behind] == [(1, 1)]

    qtbot.waitUntil(shown)
    row = next(r for r in range(page.obligations.rowCount()) if page.obligations.obligation(r).number == number)
    page.table.selectRow(row)
    place = [part.criterion for part in page.obligations.obligation(row).behind].index(key)
    page.criteria.activated.emit(page.criteria.model().index(place, 0))
    arrived = workspace.page
    assert isinstance(arrived, AssessPage)
    assert (arrived.criterion, session.application) == (key, "wiki")


def test_one_application_or_a_tier_is_looked_at_alone(page: RegimesPage, session: Session, qtbot: QtBot) -> None:
    def unanswered() -> int:
        rows = range(page.obligations.rowCount())
        return sum(part.applicable for row in rows for part in page.obligations.obligation(row).behind)

    both = unanswered()
    page.scope.choose("wiki")
    qtbot.waitUntil(lambda: 0 < unanswered() < both)
    page.scope.choose("")
    qtbot.waitUntil(lambda: unanswered() == both)


def test_an_application_that_is_renamed_stays_in_view(page: RegimesPage, session: Session, qtbot: QtBot) -> None:
    page.scope.choose("wiki")
    resets: list[bool] = []
    page.scope.model().modelReset.connect(lambda: resets.append(True))

    def set_value(key: str, value: str, application: str | None) -> None:
        session.do("x", "set", actions.set_value(
            session.content, session.questionnaire, session.assessment, key, value, application=application
        ))  # fmt: skip

    set_value("capacity", "7", None)
    assert not resets, "nothing is filled again for what it does not show"
    set_value("name", "Knowledge", "wiki")
    assert (page.scope.key, page.scope.currentText()) == ("wiki", "Knowledge")
    session.do("x", "remove", actions.remove_application(session.assessment, "wiki"))
    assert page.scope.key == ""


def test_an_obligation_is_shown_right_after_an_application_went(page: RegimesPage, session: Session) -> None:
    session.do("x", "remove", actions.remove_application(session.assessment, "payments"))
    page.table.selectRow(page.table.currentIndex().row() + 1)
    assert page.criteria.model().rowCount()


def test_tab_comes_to_the_filter_before_the_table(page: RegimesPage) -> None:
    order: list[QWidget] = []
    widget = page.list.nextInFocusChain()
    while widget is not None and widget is not page.list:
        order.append(widget)
        widget = widget.nextInFocusChain()
    places = [order.index(found) for found in (*page._filter.buttons, page.table, page.criteria)]
    assert places == sorted(places)


def test_the_filter_leaves_what_is_not_met(page: RegimesPage, session: Session) -> None:
    page._on_filter_chosen(NOT_MET)
    rows = [page.obligations.obligation(row).standing for row in range(page.obligations.rowCount())]
    assert rows
    assert not {Standing.MET, Standing.NOT_APPLICABLE} & set(rows)


def test_the_models_keep_the_contract(session: Session) -> None:
    regimes, obligations = RegimesModel(session), ObligationsModel(session)
    for model in (regimes, obligations):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    found = all_coverages(session)
    regimes.show_coverages(found)
    for coverage in found:
        obligations.show_obligations(coverage)
        for row in range(obligations.rowCount()):
            for column in range(obligations.columnCount()):
                index = obligations.index(row, column)
                assert isinstance(index.data(Qt.ItemDataRole.AccessibleTextRole), str)
                index.data(Qt.ItemDataRole.DecorationRole)
            assert len(criteria_of(session, coverage.obligations[row], ("payments",))) == len(
                coverage.obligations[row].behind
            )
        obligations.show_obligations(coverage, [Standing.MET])
    regimes.show_coverages(all_coverages(session, ("wiki",)))
    regimes.show_coverages(())
    obligations.show_obligations(None)
    assert regimes.rowCount() == obligations.rowCount() == 0


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Dark, Qt.ColorScheme.Light])
def test_a_tick_is_seen_where_nothing_can_be_changed(
    page: RegimesPage, qapp: QApplication, scheme: Qt.ColorScheme
) -> None:
    def lightness(*, ticked: bool) -> int:
        page.in_scope.setChecked(ticked)
        option = QStyleOptionButton()
        option.initFrom(page.in_scope)
        place = page.in_scope.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, page.in_scope)
        return page.in_scope.grab().toImage().pixelColor(place.topLeft() + QPoint(4, 4)).lightness()

    page.in_scope.setEnabled(False)
    try:
        theme.apply(qapp, scheme)
        assert abs(lightness(ticked=True) - lightness(ticked=False)) > 60
    finally:
        theme.apply(qapp, Qt.ColorScheme.Light)
