"""Every model keeps Qt's contract, whatever moves below it, and shows what follows from the session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

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
from app.desktop.models.practices import Filter, PracticesFilter, PracticesModel, criterion_is, practice_is
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

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CHALLENGED = "integrate.gates.critical-stop"
MODELS: dict[str, Callable[[Session], QAbstractItemModel]] = {
    "practices": PracticesModel,
    "pillars": lambda session: following(session, PillarsModel(session)),
    "heat": lambda session: following(session, HeatModel(session)),
    "register": RegisterModel,
    "applications": ApplicationsModel,
}


def following(session: Session, model: PillarsModel | HeatModel) -> QAbstractItemModel:
    """As the overview has it follow."""
    session.evaluated.connect(lambda: model.show_tier(ALL))
    return model


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
            for role in Qt.ItemDataRole:
                index.data(role)
            own = [repr(index.data(role)) for role in range(Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 4)]
            spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
            assert isinstance(spoken, str), (row, column)
            found += [spoken, *own]
            found += read_all(model, index)
    return found


class Seen:
    """What a view has of a model: it reads again only where the model says that something moved."""

    def __init__(self, model: QAbstractItemModel) -> None:
        self._model = model
        for moved in (model.dataChanged, model.modelReset, model.rowsInserted, model.rowsRemoved, model.layoutChanged):
            moved.connect(self._read)
        self._read()

    def _read(self, *_: object) -> None:
        self.cells = read_all(self._model)


@pytest.mark.parametrize("seconds", [5.0, 0.0], ids=["scores at once", "scores later"])
@pytest.mark.parametrize("name", MODELS)
def test_a_model_follows_answers_applications_evidence_and_undo(
    name: str, seconds: float, session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("app.desktop.thinking.AT_ONCE", seconds)
    model = MODELS[name](session)
    watch(model)
    seen = Seen(model)
    before = seen.cells
    assert before
    added = actions.add_application(session.content, session.assessment, "new", "New", "2")
    questionnaire, assessment = session.questionnaire, session.assessment
    # Common answers move as well: where scores come later, so do these.
    gone = [
        Change(("applications", "payments", "evidence", "a" * 64), None),
        *(change for key in questionnaire.criteria for change in actions.answer(questionnaire, assessment, key, "no")),
    ]
    steps: list[Callable[[], object]] = [
        lambda: session.amend(CHALLENGED, marked=True),
        lambda: session.answer(CHALLENGED, "no"),
        lambda: session.take("payments"),
        lambda: session.answer(CHALLENGED, "fully"),
        lambda: session.do("application", "application", added),
        lambda: session.do("evidence", "ingest", gone),
    ]

    def follows(step: Callable[[], object]) -> bool:
        """Whether the step moved anything; at once and when the scores are there, it shows what a new model would."""
        last = seen.cells
        step()
        assert seen.cells == read_all(MODELS[name](session))
        qtbot.waitUntil(lambda: session.settled)
        assert seen.cells == read_all(MODELS[name](session))
        return seen.cells != last

    moved = [follows(step) for step in steps]
    assert any(moved)
    while session.undo_stack.canUndo():
        follows(session.undo_stack.undo)
    follows(lambda: session.take(None))
    assert seen.cells == before
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
    among = set(Filter) - {Filter.ALL, Filter.BELOW_TARGET}
    assert {name for name in among if criterion_is(session, key, name)} == set(wanted)
    # The other questions of the practice are unanswered throughout.
    assert {name for name in among if practice_is(session, organisation, name)} == {Filter.UNANSWERED, *wanted}


def test_every_check_leads_somewhere(session: Session) -> None:
    for rule in CheckRule:
        subject = {CheckRule.NOT_APPLICABLE_SHARE: "integrate", CheckRule.NOT_ASSESSED: "pci-dss"}.get(rule, CHALLENGED)
        check = Check(rule, Severity.HINT, "payments", subject, "Says.", "Do.")
        assert destination(session, check).page in PAGES
    every = [Check(CheckRule.MARKED, Severity.HINT, key, CHALLENGED, "", "") for key in (None, "payments", "wiki")]
    assert [check.application for check in of_tier(session, every, "3")] == [None, "wiki"]
    assert of_tier(session, every, ALL) == every


def test_what_checks_have_found_is_worded_for_one_and_for_many() -> None:
    groups = [Group.of(Check(rule, Severity.HINT, None, "", "", "")) for rule in CheckRule]
    for count in (1, 2):
        said = [group_words(group, count) for group in groups]
        assert all(words.startswith(f"Hint · {count} ") for words in said)
        assert len(set(said)) == len(CheckRule), "no two rules read the same"
    challenged = next(group for group in groups if group.rule is CheckRule.CHALLENGED)
    assert group_words(challenged, 1) == "Hint · 1 challenged claim"
    assert group_words(challenged, 2) == "Hint · 2 challenged claims"
    assert group_words(challenged, 1_200) == "Hint · 1,200 challenged claims"


def test_a_card_shows_the_common_answer_until_the_application_has_its_own(session: Session) -> None:
    key = "integrate.gates.pipeline-checks"
    session.take("wiki")
    state = card_state(session, key)
    assert (state.value, state.inherited, state.common) == ("largely", True, None)
    session.answer(key, "no")
    state = card_state(session, key)
    assert (state.value, state.inherited, state.common) == ("no", False, "largely")
