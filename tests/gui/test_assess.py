"""The walk through the criteria, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from app.desktop.destination import Destination
from app.desktop.models.card import card_state
from app.desktop.models.practices import Filter
from app.desktop.pages.assess import AssessPage
from app.desktop.session import Session
from app.desktop.widgets.card import Card
from app.desktop.widgets.explained import Explained
from app.desktop.widgets.practice_row import PracticeTree
from app.desktop.widgets.writing import Writing
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.engagement import actions
from app.engagement.folder import Engagement
from scoring.assessment import Answer, Basis
from scoring.written import amount

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CHALLENGED = "integrate.gates.critical-stop"


@pytest.fixture
def page(workspace: Workspace, window: MainWindow, qtbot: QtBot) -> AssessPage:
    qtbot.waitActive(window)
    found = workspace.show_page("assess")
    assert isinstance(found, AssessPage)
    found.show_practice("integrate.gates", "integrate.gates.pipeline-checks")
    found.arrive()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), Card))
    qtbot.waitUntil(lambda: found.cards.complete)
    return found


def press(*keys: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press keys wherever the focus is."""
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key(ord(key)) if isinstance(key, str) else key, modifier)


CONTROL = Qt.KeyboardModifier.ControlModifier
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_digits_answer_and_move_the_ladder_at_once(page: AssessPage, session: Session) -> None:
    assert page.ladder.level == 1
    press("4", "J", "3")
    answers = session.assessment.answers
    assert answers["integrate.gates.pipeline-checks"].value == "fully"
    assert answers["integrate.gates.critical-stop"].value == "largely"
    assert page.ladder.level == 2
    press("1")
    assert page.ladder.level == 1


def test_every_criterion_of_a_pillar_by_keyboard_survives_closing(
    page: AssessPage, session: Session, saved: Callable[[], None]
) -> None:
    pillar = session.questionnaire.pillar[0]
    count = sum(len(practice.criterion) for practice in pillar.practice)
    for _ in range(count):
        press("3", "J")
    assert page.criterion.startswith(session.questionnaire.pillar[1].id)
    saved()
    answers = Engagement.open(session.folder).assessment.answers
    assert all(answers[c.id].value == "largely" for practice in pillar.practice for c in practice.criterion)


def test_not_applicable_asks_for_its_reason_in_place(page: AssessPage, session: Session, qtbot: QtBot) -> None:
    press("0")
    assert card_state(session, page.criterion).wants_reason
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    QTest.keyClicks(field, "Runs at the provider")
    press(Qt.Key.Key_Return)
    assert session.assessment.answers[page.criterion].reason == "Runs at the provider"
    assert isinstance(QApplication.focusWidget(), Card)
    press("2")
    assert session.assessment.answers[page.criterion].value == "partly"
    assert session.assessment.answers[page.criterion].reason == ""


def test_a_note_takes_the_letters_that_are_keys_elsewhere(page: AssessPage, session: Session, qtbot: QtBot) -> None:
    press("N")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    QTest.keyClicks(field, "jkmne 1234")
    press(Qt.Key.Key_Escape)
    assert session.assessment.answers[page.criterion].note == "jkmne 1234"
    assert session.assessment.answers[page.criterion].value == "largely"


def test_a_note_that_is_being_typed_is_not_lost_when_the_window_closes(
    page: AssessPage, session: Session, window: MainWindow, qtbot: QtBot
) -> None:
    criterion = page.criterion
    press("N")
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "half a sen")
    window.close()
    assert Engagement.open(session.folder).assessment.answers[criterion].note == "half a sen"


def test_mark_basis_and_clear(page: AssessPage, session: Session) -> None:
    press("M", "B", "B")
    answer = session.assessment.answers[page.criterion]
    assert answer.marked
    assert answer.basis is Basis.DOCUMENT
    press(Qt.Key.Key_Backspace)
    assert session.assessment.answers[page.criterion] == Answer(marked=True), "the mark is no part of the answer"


def test_control_z_takes_back_and_shift_does_it_again(page: AssessPage, session: Session) -> None:
    press("1")
    press("Z", modifier=CONTROL)
    assert session.assessment.answers[page.criterion].value == "largely"
    press("Z", modifier=CONTROL_SHIFT)
    assert session.assessment.answers[page.criterion].value == "no"


def test_evidence_is_accepted_by_one_key_and_a_challenge_explained(
    page: AssessPage, session: Session, qtbot: QtBot
) -> None:
    session.take("payments")
    page.show_destination(Destination("assess", "integrate.gates", CHALLENGED))
    state = card_state(session, CHALLENGED)
    assert state.challenged
    card = QApplication.focusWidget()
    assert isinstance(card, Card)
    assert "Challenged" in card.accessibleDescription()
    card.write_reason()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "The gate was off for one migration day")
    press(Qt.Key.Key_Return)
    claim = session.claim(CHALLENGED)
    assert claim is not None
    assert claim.explained
    press("E")
    answer = session.assessment.applications["payments"].answers[CHALLENGED]
    assert (answer.value, answer.basis) == (state.suggestion, Basis.EVIDENCE)
    assert not card_state(session, CHALLENGED).challenged


def test_keys_walk_over_the_end_of_a_practice(page: AssessPage, session: Session) -> None:
    for _ in session.questionnaire.practices["integrate.gates"].criterion:
        press("J")
    assert page.criterion.startswith("integrate.policy")
    press("K")
    assert page.criterion.startswith("integrate.gates")
    press(Qt.Key.Key_Up, Qt.Key.Key_Down, "U")
    assert session.answer_in_hand(page.criterion) is None


def test_find_and_filter_narrow_the_list(page: AssessPage, workspace: Workspace, qtbot: QtBot) -> None:
    press("F", modifier=CONTROL)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "threat model")
    listed = page.list.listed()
    assert "integrate.design" in listed
    assert len(listed) < 8
    field.clear()
    workspace.session.take("payments")
    page.list.set_filter(Filter.CHALLENGED)
    assert page.list.listed() == ["integrate.gates"]


def test_a_filter_lists_nothing_that_does_not_match(page: AssessPage, session: Session) -> None:
    for wanted in (Filter.CHALLENGED, Filter.MARKED, Filter.BELOW_TARGET, Filter.NO_REASON):
        page.list.set_filter(wanted)
        assert page.list.listed() == [], wanted
        assert page.list.says_none, wanted
    page.list.set_filter(Filter.MARKED)
    press("M")
    assert page.list.listed() == ["integrate.gates"]
    press("M")
    assert page.list.listed() == []
    assert page.criterion == "integrate.gates.pipeline-checks", "what is in view stays"
    page.list.set_filter(Filter.NO_REASON)
    session.answer(page.criterion, "not-applicable")
    assert page.list.listed() == ["integrate.gates"]
    session.amend(page.criterion, reason="At the provider")
    assert page.list.listed() == []


def test_practices_are_listed_by_the_level_that_they_reach(page: AssessPage, session: Session) -> None:
    practices = session.questionnaire.practices.values()
    found = []
    for level in session.questionnaire.level:
        page.list.set_filter(level.number)
        found += page.list.listed()
        scores = [session.node(session.questionnaire.practices[key]).score for key in page.list.listed()]
        assert {score and score.level for score in scores} <= {level.number}
    assert sorted(found) == sorted(practice.id for practice in practices if session.node(practice).score)


def test_what_is_searched_for_is_reached_by_return_and_left_by_escape(page: AssessPage, qtbot: QtBot) -> None:
    press("F", modifier=CONTROL)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "threat model")
    press(Qt.Key.Key_Return)
    assert page.criterion.startswith(page.list.listed()[0])
    assert QApplication.focusWidget() is page.cards.card
    press("F", modifier=CONTROL)
    press(Qt.Key.Key_Down)
    assert isinstance(QApplication.focusWidget(), PracticeTree)
    press("F", modifier=CONTROL)
    press(Qt.Key.Key_Escape)
    assert field.text() == ""
    assert isinstance(QApplication.focusWidget(), Card)


@pytest.mark.parametrize("text", ["signed", "SIGNED artefact supply"])
def test_find_goes_to_the_question_that_holds_the_words(page: AssessPage, session: Session, text: str) -> None:
    press("F", modifier=CONTROL)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, text)
    press(Qt.Key.Key_Return, "4")
    found = "integrate.supply-chain.signed-releases"
    assert page.criterion == found
    assert session.assessment.answers[found].value == "fully"


def test_what_is_found_in_the_practice_in_hand_is_taken_too(page: AssessPage) -> None:
    found, other = "integrate.supply-chain.signed-releases", "integrate.supply-chain.version-control"
    page.list.start_find()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "signed artefact supply")
    tree = page.findChild(PracticeTree)
    assert tree is not None

    def click() -> None:
        row = tree.visualRect(tree.currentIndex()).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=row)

    for take in (click, lambda: QTest.keyClick(tree, Qt.Key.Key_Return)):
        page.show_practice("integrate.supply-chain", other)
        assert page.criterion == other
        take()
        assert page.criterion == found
        assert QApplication.focusWidget() is page.cards.card


def test_what_is_found_by_its_name_alone_begins_at_what_the_list_is_about(page: AssessPage, session: Session) -> None:
    practice = session.questionnaire.practices["integrate.gates"]
    page.list.start_find()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "integrate.gates")
    first_open = next(entry.id for entry in practice.criterion if session.answer_in_hand(entry.id) is None)
    assert page.list.first(practice) == first_open
    session.amend(practice.criterion[4].id, marked=True)
    page.list.set_filter(Filter.MARKED)
    assert page.list.first(practice) == practice.criterion[4].id


def test_an_empty_list_says_why_it_is_empty(page: AssessPage, session: Session) -> None:
    page.list.set_filter(Filter.BELOW_TARGET)
    assert "have no target" in page.list.says_none
    session.take("wiki")
    assert "have no target" not in page.list.says_none
    page.list.set_filter(Filter.ALL)
    page.list.start_find()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "xyzzy")
    assert "holds these words" in page.list.says_none
    page.list.set_filter(Filter.MARKED)
    assert "that is like that holds these words" in page.list.says_none


def test_a_note_is_kept_while_a_dialog_is_in_front_and_the_scores_come(
    page: AssessPage, session: Session, workspace: Workspace, window: MainWindow, qtbot: QtBot
) -> None:
    session.amend(page.criterion, note="old")
    press("N")
    field = QApplication.focusWidget()
    assert isinstance(field, Writing)
    field.selectAll()
    QTest.keyClicks(field, "half a sen")
    press("K", modifier=CONTROL)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    session.evaluated.emit()
    session.amend(page.criterion, marked=True)
    assert field.toPlainText() == "half a sen"
    press(Qt.Key.Key_Escape)
    qtbot.waitActive(window)
    page.commit()
    assert session.assessment.answers[page.criterion].note == "half a sen"


def test_coming_back_the_card_takes_the_keys_and_not_its_note(
    page: AssessPage, session: Session, workspace: Workspace
) -> None:
    press("N")
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "a note")
    workspace.show_page("overview")
    workspace.show_page("assess")
    assert QApplication.focusWidget() is page.cards.card
    press("3")
    answer = session.assessment.answers[page.criterion]
    assert (answer.value, answer.note) == ("largely", "a note")


def test_with_nothing_found_the_keys_walk_through_everything(page: AssessPage, qtbot: QtBot) -> None:
    press("F", modifier=CONTROL)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "xyzzy")
    assert page.list.listed() == []
    page.arrive()
    press(*"J" * 8)
    assert page.criterion.startswith("integrate.policy")


def test_go_to_anything_reaches_a_criterion(page: AssessPage, workspace: Workspace, qtbot: QtBot) -> None:
    press("K", modifier=CONTROL)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "wiki")
    press(Qt.Key.Key_Return)
    assert workspace.session.application == "wiki"


def test_a_click_answers_and_makes_the_card_current(page: AssessPage, session: Session, qtbot: QtBot) -> None:
    card = page.findChildren(Card)[2]
    answer = next(b for b in card.findChildren(QPushButton) if b.accessibleName() == "Partly")
    QTest.mouseClick(answer, Qt.MouseButton.LeftButton)
    assert page.criterion == session.questionnaire.practices["integrate.gates"].criterion[2].id
    assert session.assessment.answers[page.criterion].value == "partly"


def test_details_fold_away(page: AssessPage) -> None:
    def detail() -> QWidget:
        return page.detail

    assert detail().isVisible()
    press(Qt.Key.Key_F4)
    assert not detail().isVisible()


def test_details_that_are_folded_away_leave_the_focus_to_the_card(page: AssessPage) -> None:
    page.detail.setFocus()
    press(Qt.Key.Key_F4)
    assert QApplication.focusWidget() is page.cards.card


def test_details_stay_folded_after_a_restart(
    page: AssessPage, window: MainWindow, make_window: Callable[..., MainWindow], session: Session
) -> None:
    press(Qt.Key.Key_F4)
    window.resize(960, 500)
    window.resize(1280, 720)
    assert page.detail.isHidden()
    window.close()
    again = make_window(session.folder)
    assert again.workspace is not None
    found = again.workspace.show_page("assess")
    assert isinstance(found, AssessPage)
    assert found.detail.isHidden()
    found.fold_details()
    assert found.detail.isVisible()


def test_in_a_narrow_window_the_details_take_the_place_of_the_practices(page: AssessPage, window: MainWindow) -> None:
    def seen() -> tuple[bool, bool]:
        QApplication.processEvents()
        return page.list.isVisible(), page.detail.isVisible()

    window.resize(960, 500)
    assert seen() == (True, False)
    press(Qt.Key.Key_F4)
    assert seen() == (False, True)
    press("F", modifier=Qt.KeyboardModifier.ControlModifier)
    assert seen() == (True, False)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    window.resize(1280, 720)
    assert seen() == (True, True)


def test_w_says_how_the_score_came_about(page: AssessPage, session: Session) -> None:
    session.take("payments")
    press("W")
    dialog = page.findChild(Explained)
    assert isinstance(dialog, Explained)
    said = "\n".join(line.text for line in dialog.lines)
    node = session.node(session.questionnaire.practices["integrate.gates"])
    assert node.score is not None
    assert f"= {amount(node.score.low)}" in said
    assert session.questionnaire.criteria[CHALLENGED].question in said
    assert "gate.blocks" in said
    dialog.reject()


def test_w_says_why_there_is_no_score_without_applications(page: AssessPage, session: Session) -> None:
    for key in ("payments", "wiki"):
        session.do("x", "application", actions.remove_application(session.assessment, key))
    press("W")
    dialog = page.findChild(Explained)
    assert isinstance(dialog, Explained)
    assert "Add one under Applications" in dialog.lines[0].text
    dialog.reject()


def test_the_matrix_takes_over_the_practice_that_was_in_view(page: AssessPage, session: Session) -> None:
    page.show_practice("integrate.policy")
    criterion = page.criterion
    press("X")
    assert page.in_matrix
    assert page.matrix.model.practice.id == "integrate.policy"
    assert page.criterion == criterion


def test_from_the_matrix_a_shorter_practice_opens_at_its_card(page: AssessPage, session: Session, qtbot: QtBot) -> None:
    longest = max(session.questionnaire.practices.values(), key=lambda practice: len(practice.criterion))
    page.show_practice(longest.id)
    qtbot.waitUntil(lambda: page.cards.complete)
    last = page.findChildren(Card)[-1]
    answer = next(b for b in last.findChildren(QPushButton) if b.accessibleName() == "Partly")
    QTest.mouseClick(answer, Qt.MouseButton.LeftButton)
    answer.setFocus()
    press("X", "J")
    practice = session.questionnaire.practices[session.questionnaire.criteria[page.criterion].practice_id]
    assert len(practice.criterion) < len(longest.criterion)
    wanted = page.criterion
    press(Qt.Key.Key_Return)
    focus = QApplication.focusWidget()
    assert (page.in_matrix, page.criterion, focus) == (False, wanted, page.cards.card)
    assert page.cards.card.isVisible()


def test_a_narrow_window_gives_the_wide_one_its_edges_back(
    page: AssessPage, window: MainWindow, make_window: Callable[..., MainWindow], session: Session
) -> None:
    def sizes(of: AssessPage) -> list[int]:
        QApplication.processEvents()
        return of._splitter.sizes()

    window.resize(1400, 800)
    sizes(page)
    page._splitter.setSizes([400, 700, 300])
    before = sizes(page)
    window.resize(970, 800)
    assert sizes(page) != before
    window.resize(1400, 800)
    assert sizes(page) == before
    window.resize(970, 800)
    sizes(page)
    window.close()
    again = make_window(session.folder)
    assert again.workspace is not None
    found = again.workspace.show_page("assess")
    assert isinstance(found, AssessPage)
    again.resize(1400, 800)
    assert sizes(found) == before
