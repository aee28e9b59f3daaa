"""A change shows at once, is saved a moment later, and can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from typing_extensions import override

from app.desktop.background import Background
from app.desktop.models.card import card_state
from app.desktop.session import Changed, Session
from app.desktop.window import MainWindow
from app.desktop.writes import Saving
from app.engagement import actions, journal
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from scoring.assessment import Basis

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

COMMON = "integrate.gates.pipeline-checks"


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]


def test_an_answer_shows_at_once_and_is_saved_in_the_journal(
    session: Session, folder: Path, saved: Callable[[], None]
) -> None:
    before = len(lines(folder))
    states: list[Saving] = []
    session.saving_changed.connect(states.append)
    session.answer(COMMON, "fully", basis=Basis.DOCUMENT)
    assert session.assessment.answers[COMMON].value == "fully"
    saved()
    assert states == [Saving.WRITING, Saving.SAVED]
    entry = lines(folder)[-1]
    assert len(lines(folder)) == before + 1
    assert entry["what"] == "answer"
    assert entry["set"] == [
        {"path": ["answers", COMMON], "from": {"value": "largely"}, "to": {"value": "fully", "basis": "document"}}
    ]


def test_saved_is_said_once_the_last_change_is(session: Session, saved: Callable[[], None]) -> None:
    settled: list[bool] = []
    session.saving_changed.connect(lambda _: settled.append(session.settled))
    for value in ("no", "partly"):
        session.answer(COMMON, value)
    saved()
    assert settled == [False, True]


def test_undo_and_redo_go_through_the_journal_too(session: Session, folder: Path, saved: Callable[[], None]) -> None:
    session.answer(COMMON, "no")
    session.undo_stack.undo()
    assert session.assessment.answers[COMMON].value == "largely"
    session.undo_stack.redo()
    assert session.assessment.answers[COMMON].value == "no"
    saved()
    assert [entry["what"] for entry in lines(folder)[-3:]] == ["answer", "undo", "answer"]


def test_what_was_shown_as_saved_is_there_again_without_closing(
    session: Session, folder: Path, saved: Callable[[], None]
) -> None:
    session.answer(COMMON, "partly")
    session.take("payments")
    session.answer(COMMON, "no")
    saved()
    opened = Engagement.open(folder)
    assert opened.assessment.answers[COMMON].value == "partly"
    assert opened.assessment.applications["payments"].answers[COMMON].value == "no"


def test_an_application_answers_for_itself_and_the_organisation_once(session: Session) -> None:
    organisation = next(
        key for key in session.questionnaire.criteria if session.questionnaire.scope_of(key) == "organisation"
    )
    session.take("payments")
    session.answer(COMMON, "no")
    session.answer(organisation, "partly")
    assert session.assessment.answers[COMMON].value == "largely"
    assert session.assessment.applications["payments"].answers[COMMON].value == "no"
    assert session.assessment.answers[organisation].value == "partly"


def test_a_note_beside_a_common_answer_follows_it_wherever_it_goes(session: Session) -> None:
    session.answer(COMMON, "partly")
    session.take("wiki")
    session.amend(COMMON, note="Seen on the screen")
    session.take(None)
    session.answer(COMMON, "fully", basis=Basis.INTERVIEW)
    session.take("wiki")
    state = card_state(session, COMMON)
    assert (state.value, state.basis, state.inherited) == ("fully", Basis.INTERVIEW, True)
    assert state.note == "Seen on the screen"


def test_a_mark_without_an_answer_leaves_no_trace_once_taken_back(session: Session) -> None:
    open_one = next(key for key in session.questionnaire.criteria if key not in session.assessment.answers)
    session.amend(open_one, marked=True)
    assert session.assessment.answers[open_one].marked
    assert session.assessment.answers[open_one].value is None
    session.amend(open_one, marked=False)
    assert open_one not in session.assessment.answers


def test_what_the_disk_does_not_take_stays_unsaved_and_is_written_with_the_next_change(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, window: MainWindow, saved: Callable[[], None]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise EngagementError("cannot be written (No space left on device)", "journal.jsonl", "Free space.")

    told: list[object] = []
    session.unsaved.connect(told.append)
    monkeypatch.setattr(journal, "append", refuse)
    session.answer(COMMON, "no")
    session.answer(COMMON, "partly")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)
    qtbot.waitUntil(lambda: window.writer.idle)
    assert len(told) == 1
    assert session.assessment.answers[COMMON].value == "partly"
    assert session.undo_stack.count() == 2
    assert "No space left" in window.banner.message
    monkeypatch.undo()
    session.answer(COMMON, "fully")
    saved()
    assert Engagement.open(session.folder).assessment.answers[COMMON].value == "fully"
    assert [line["what"] for line in lines(session.folder)[-3:]] == ["answer"] * 3


def test_what_no_journal_can_hold_is_taken_back_and_said(
    session: Session, qtbot: QtBot, window: MainWindow, saved: Callable[[], None]
) -> None:
    told: list[object] = []
    session.taken_back.connect(told.append)
    with qtbot.waitSignal(session.taken_back, timeout=5_000):
        session.amend(COMMON, note="half of a character: \ud800")
        session.answer(COMMON, "no")
    qtbot.waitUntil(lambda: session.saving is Saving.SAVED)
    assert len(told) == 1, "what is refused after it has no words of its own"
    assert session.assessment.answers[COMMON].value == "largely"
    assert not session.undo_stack.canUndo()
    assert "shows what the journal holds" in window.banner.message
    session.answer(COMMON, "fully")
    saved()
    assert Engagement.open(session.folder).assessment.answers[COMMON].value == "fully"


def test_whoever_waits_for_the_disk_is_called_though_a_change_is_taken_back(session: Session, qtbot: QtBot) -> None:
    called: list[str] = []
    session.amend(COMMON, note="half of a character: \ud800")
    session.when_written(lambda: called.append("written"))
    qtbot.waitUntil(lambda: called == ["written"])


def test_the_files_follow_by_themselves_and_are_not_put_off_by_the_next_change(
    session: Session, monkeypatch: pytest.MonkeyPatch, window: MainWindow, saved: Callable[[], None], qtbot: QtBot
) -> None:
    timer = session._writes._checkpoint
    timer.setInterval(3_600_000)
    begun: list[str] = []
    start = timer.start

    def begin() -> None:
        begun.append("begun")
        start()

    monkeypatch.setattr(timer, "start", begin)
    for value in ("no", "partly"):
        session.answer(COMMON, value)
        saved()
    assert begun == ["begun"]
    before = (session.folder / "engagement.toml").read_bytes()
    timer.setInterval(0)
    qtbot.waitUntil(lambda: not timer.isActive() and window.writer.idle)
    assert (session.folder / "engagement.toml").read_bytes() != before


@pytest.mark.parametrize("closing", [False, True])
def test_files_that_cannot_be_written_are_told_and_what_the_journal_holds_stays_saved(
    window: MainWindow,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    saved: Callable[[], None],
    qtbot: QtBot,
    closing: bool,
) -> None:
    def refuse(*_: object) -> None:
        raise EngagementError("cannot be written (No space left on device)", "answers.toml", "Free space.")

    folder = session.folder
    session._writes._checkpoint.setInterval(3_600_000 if closing else 0)
    monkeypatch.setattr("app.engagement.folder.write_atomically", refuse)
    session.answer(COMMON, "no")
    saved()
    if closing:
        window.close_engagement()
    qtbot.waitUntil(lambda: "answers.toml" in window.banner.message)
    assert window.unsaved is None or not window.unsaved.at_risk
    assert Engagement.open(folder).assessment.answers[COMMON].value == "no"


def test_a_second_opener_reads_only_and_is_told_why(
    window: MainWindow, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> None:
    second = make_window(folder)
    assert second.session is not None
    assert second.session.saving is Saving.READ_ONLY
    assert "reading only" in second.banner.message
    second.session.answer(COMMON, "no")
    assert second.session.assessment.answers[COMMON].value == "largely"
    assert "reading only" in second.banner.message


def test_slow_scores_are_computed_beside_the_window_for_the_latest_answers(session: Session, qtbot: QtBot) -> None:
    session._thinking._seconds = 10.0  # as if the last time had been slow
    before = session.evaluation
    latest: list[bool] = []
    session.evaluated.connect(lambda: latest.append(session.evaluation.assessment is session.assessment))
    session.answer(COMMON, "no")
    with qtbot.waitSignal(session.evaluated, timeout=5_000):
        session.answer(COMMON, "fully")
        assert session.evaluation is before
    assert latest == [True]
    practice = session.questionnaire.practices["integrate.gates"]
    qtbot.waitUntil(
        lambda: session.evaluation.scores.applications["wiki"].practices[practice.id] == _of(session, "wiki")
    )


def test_one_application_s_own_answer_is_scored_at_once_however_slow_the_rest_is(session: Session) -> None:
    session.take("wiki")
    session._thinking._seconds = 10.0  # as if there were thousands of applications
    before = session.evaluation
    session.answer(COMMON, "no")
    assert session.evaluation.assessment is session.assessment
    assert session.evaluation.scores.applications["wiki"] is not before.scores.applications["wiki"]
    assert session._thinking._seconds == 10.0


def test_taking_several_applications_out_is_scored_beside_the_window(session: Session, qtbot: QtBot) -> None:
    session._thinking._seconds = 10.0  # as if there were thousands of applications
    before = session.evaluation
    changes = [change for key in ("payments", "wiki") for change in actions.remove_application(session.assessment, key)]
    with qtbot.waitSignal(session.evaluated, timeout=5_000):
        session.do("applications", "application", changes)
        assert session.evaluation is before
    assert not session.evaluation.scores.applications


def _of(session: Session, application: str) -> object:
    session.take(application)
    return session.node(session.questionnaire.practices["integrate.gates"])


def test_changed_names_what_moved(session: Session) -> None:
    heard: list[Changed] = []
    session.changed.connect(heard.append)
    session.answer(COMMON, "no")
    assert [changed.criteria for changed in heard] == [{COMMON}]
    assert heard[0].only_answers


# ---- what a change waits for


def test_what_is_painted_comes_before_a_task_that_was_asked_for_first(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    class Painted(QObject):
        @override
        def customEvent(self, event: QEvent) -> None:
            order.append("painted")

    background, painted = Background("test"), Painted()
    monkeypatch.setattr(background._pool, "submit", lambda *_: order.append("handed on"))
    background.submit(lambda: None)
    QCoreApplication.postEvent(painted, QEvent(QEvent.Type.User))
    QCoreApplication.sendPostedEvents()
    assert order == ["painted", "handed on"]
    background.abandon()


def test_a_thread_that_was_stopped_did_what_was_asked_for_before_and_nothing_after() -> None:
    done: list[str] = []
    background = Background("test")
    background.submit(lambda: done.append("before"), lambda _: done.append("told"))
    background.stop()
    background.submit(lambda: done.append("after"))
    QCoreApplication.sendPostedEvents(background)
    background.finish()
    assert done == ["before"]


def test_finishing_waits_for_what_follows_from_an_outcome() -> None:
    done: list[str] = []
    background = Background("test")
    background.submit(lambda: None, lambda _: background.submit(lambda: done.append("next")))
    background.finish()
    assert done == ["next"]
    background.stop()


def test_a_thread_that_was_abandoned_begins_nothing_more_and_tells_nobody() -> None:
    done: list[str] = []
    looking, go_on = Event(), Event()

    def slow() -> None:
        looking.set()
        go_on.wait(20)

    background = Background("test")
    background.submit(slow, lambda _: done.append("told"))
    background.submit(lambda: done.append("begun"))
    QCoreApplication.sendPostedEvents(background)
    assert looking.wait(20)
    background.abandon()
    go_on.set()
    background._pool.shutdown(wait=True)
    QCoreApplication.sendPostedEvents(background)
    assert done == []


def test_scores_that_cannot_be_computed_are_told_and_the_next_ones_are_computed(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> NoReturn:
        raise EngagementError("cannot be scored", "answers.toml", "Tell us.")

    session._thinking._seconds = 10.0  # as if the last time had been slow
    with monkeypatch.context() as once, qtbot.waitSignal(session.failed):
        once.setattr("app.desktop.thinking.evaluate", broken)
        session.answer(COMMON, "no")
    with qtbot.waitSignal(session.evaluated):
        session.answer(COMMON, "fully")
    assert session.evaluation.assessment is session.assessment
