"""Every model keeps Qt's contract, whatever moves below it, and shows what follows from the session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.desktop.destination import Destination
from app.desktop.models.applications import ApplicationsModel
from app.desktop.models.card import card_state
from app.desktop.models.checks import Group, destination, found, group_words, of_tier, target
from app.desktop.models.initiatives import InitiativesModel
from app.desktop.models.intake import IntakeModel, items_of
from app.desktop.models.overview import HeatModel, PillarsModel
from app.desktop.models.practices import Filter, PracticesFilter, PracticesModel, practice_is
from app.desktop.models.recents import RecentsModel
from app.desktop.models.register import RegisterModel
from app.desktop.models.targets import Target, TargetsModel
from app.desktop.models.tiers import ALL
from app.desktop.recent import Recent
from app.desktop.session import Session
from app.desktop.workspace import PAGES
from app.engagement import actions
from app.engagement.journal import Change
from scoring.checks import Check, CheckRule, Severity
from scoring.lacking import unanswered
from scoring.waves import provisional

CHALLENGED = "integrate.gates.critical-stop"
MODELS: dict[str, Callable[[Session], QAbstractItemModel]] = {
    "practices": PracticesModel,
    "pillars": PillarsModel,
    "heat": HeatModel,
    "register": RegisterModel,
    "applications": ApplicationsModel,
}
"""Those that follow a session by themselves."""


def watch(model: QAbstractItemModel) -> QAbstractItemModelTester:
    """Aborts the process where the model breaks the contract."""
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)


def read_all(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[str]:
    """Everything that a view or a screen reader may ask for."""
    parent = parent or QModelIndex()
    found = []
    for row in range(model.rowCount(parent)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)):
            index = model.index(row, column, parent)
            for role in (*Qt.ItemDataRole, *range(Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 4)):
                index.data(role)
            spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
            assert isinstance(spoken, str), (row, column)
            found.append(spoken)
            found += read_all(model, index)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_a_model_follows_answers_applications_evidence_and_undo(name: str, session: Session) -> None:
    model = MODELS[name](session)
    watch(model)
    assert read_all(model)
    session.answer(CHALLENGED, "no")
    session.take("payments")
    session.answer(CHALLENGED, "fully")
    added = actions.add_application(session.content, session.assessment, "new", "New", "2")
    assert session.do("application", "application", added)
    assert session.do("evidence", "ingest", [Change(("applications", "payments", "evidence", "a" * 64), None)])
    read_all(model)
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert read_all(model)
    model.deleteLater()


def test_the_practice_filter_follows_what_it_filters_by(session: Session) -> None:
    source = PracticesModel(session)
    model = PracticesFilter(session, source)
    watch(model)
    for wanted in Filter:
        for text in ("", "gate", "no question holds this"):
            model.set_filter(wanted, text)
            read_all(model)
    session.take("payments")
    model.set_filter(Filter.CHALLENGED, "")
    assert model.rowCount() == 1
    session.answer(CHALLENGED, "no")
    model.set_filter(Filter.CHALLENGED, "")
    assert model.rowCount() == 0
    source.deleteLater()


def test_lists_that_are_given_their_rows(session: Session, tmp_path: Path) -> None:
    recents = RecentsModel()
    targets = TargetsModel()
    intake = IntakeModel(session)
    items = InitiativesModel(session)
    for model in (recents, targets, intake, items):
        watch(model)
    recents.show_recents([Recent(tmp_path, "A", "2026-01-01")])
    targets.show_targets([Target("Gate", "x", Destination("assess")), Target("Other", "gate", Destination("assess"))])
    targets.find("gate")
    assert [targets.target(row).title for row in range(2)] == ["Gate", "Other"]
    raw: dict[str, object] = {
        **dict.fromkeys(("member", "application", "format", "tool", "findings", "evidence")),
        **{
            "path": "/x/a.json",
            "outcome": "rejected",
            "organisation": False,
            "why": "unknown",
            "because": "",
            "candidates": [],
        },
    }
    intake.show_items(items_of({"items": [raw, {"path": 3}, None]}))
    intake.show_items(items_of({"items": [{**raw, "outcome": "unassigned"}]}))
    assert intake.counts == {"unassigned": 1}
    assert intake.changes() == []
    plan = provisional(session.content, session.questionnaire, session.assessment, session.evaluation.claims)
    items.show_items(plan.waves[0].items)
    for model in (recents, targets, intake, items):
        assert read_all(model)
    intake.clear()
    items.show_items(())


def test_a_document_of_another_shape_has_no_items() -> None:
    assert items_of(None) == items_of([1]) == items_of({"items": [{}]}) == []


def open_once(session: Session) -> int:
    """How many criteria of the organisation are unanswered."""
    return unanswered(session.questionnaire, session.evaluation.scores, ())[None]


@pytest.mark.parametrize(
    ("do", "rules", "wanted"),
    [
        (lambda s, key: s.answer(key, "largely"), [], []),
        (lambda s, key: s.answer(key, "fully"), [CheckRule.NO_BASIS], []),
        (lambda s, key: s.answer(key, "clear"), [], [Filter.UNANSWERED]),
        (
            lambda s, key: s.answer(key, "not-applicable"),
            [CheckRule.NO_REASON],
            [Filter.UNANSWERED, Filter.NO_REASON],
        ),
        (lambda s, key: s.answer(key, "not-applicable", reason="at the provider"), [], []),
        (lambda s, key: s.amend(key, marked=True), [CheckRule.MARKED], [Filter.MARKED]),
    ],
)
def test_checks_and_filters_follow_an_answer(
    session: Session, do: Callable[[Session, str], None], rules: list[CheckRule], wanted: list[Filter]
) -> None:
    organisation = next(p for p in session.questionnaire.practices.values() if p.scope == "organisation")
    key = organisation.criterion[0].id
    session.answer(key, "largely")
    open_before = open_once(session)
    do(session, key)
    every = found(session.content, session.questionnaire, session.assessment, session.evaluation, (None, None))
    mine = [check for check in every if check.subject == key]
    assert [check.rule for check in mine] == rules
    for check in mine:
        goal = target(session, check)
        assert goal.title == check.says
        assert (goal.destination.page, goal.destination.criterion) == ("assess", key)
    assert open_once(session) - open_before == (Filter.UNANSWERED in wanted)
    assert all(practice_is(session, organisation, name) for name in wanted)


def test_every_check_leads_somewhere_and_has_words(session: Session) -> None:
    for rule in CheckRule:
        subject = {CheckRule.NOT_APPLICABLE_SHARE: "integrate", CheckRule.NOT_ASSESSED: "pci-dss"}.get(rule, CHALLENGED)
        check = Check(rule, Severity.HINT, "payments", subject, "Says.", "Do.")
        assert group_words(Group.of(check), 1).startswith("Hint · 1 ")
        assert destination(session, check).page in PAGES
    every = [Check(CheckRule.MARKED, Severity.HINT, key, CHALLENGED, "", "") for key in (None, "payments", "wiki")]
    assert [check.application for check in of_tier(session, every, "3")] == [None, "wiki"]
    assert of_tier(session, every, ALL) == every


def test_a_card_shows_the_common_answer_until_the_application_has_its_own(session: Session) -> None:
    key = "integrate.gates.pipeline-checks"
    session.take("wiki")
    state = card_state(session, key)
    assert (state.value, state.inherited, state.common) == ("largely", True, None)
    session.answer(key, "no")
    state = card_state(session, key)
    assert (state.value, state.inherited, state.common) == ("no", False, "largely")
