"""What the disk did not take is never lost without a word, however one leaves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.desktop import opening
from app.desktop.background import Done, Failed
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.report import ReportPage
from app.desktop.search import Found, Search
from app.desktop.session import Session
from app.desktop.unsaved import Unsaved
from app.desktop.widgets.new_engagement import NewEngagement
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.desktop.writes import Saving
from app.engagement import actions, journal
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from app.engagement.pack import unpack
from app.engagement.verify import verify
from scoring.assessment import Assessment

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

KEY = "integrate.gates.pipeline-checks"


def refuse(*_: object, **__: object) -> NoReturn:
    raise EngagementError("cannot be written (No space left on device)", "journal.jsonl", "Free space.")


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Fills the disk, or frees it again."""
    append = journal.append
    return lambda on: monkeypatch.setattr(journal, "append", refuse if on else append)


@pytest.fixture
def unsaved(session: Session, full: Callable[[bool], None], qtbot: QtBot) -> None:
    """An answer that the disk did not take."""
    full(True)
    session.answer(KEY, "no")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)


def ways(window: MainWindow) -> list[str]:
    return [button.text() for button in window.banner.choices]


def choose(window: MainWindow, text: str) -> None:
    next(button for button in window.banner.choices if button.text() == text).click()


def written(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.writer.idle)


@pytest.mark.usefixtures("unsaved")
@pytest.mark.parametrize("typed", [False, True])
def test_closing_while_the_next_change_is_on_its_way_holds(
    window: MainWindow, session: Session, workspace: Workspace, qtbot: QtBot, typed: bool
) -> None:
    page = workspace.show_page("assess")
    assert isinstance(page, AssessPage)
    window.banner.leave()
    if typed:
        page.cards.write_note()
        page.cards.card._note.setPlainText("half a sentence")
    else:
        session.answer(KEY, "partly")
    window.close_engagement()
    written(window, qtbot)
    assert window.session is session
    assert "stays open" in window.banner.message
    assert ways(window) == ["Try again", "Save a copy…", "Close without it"]


def test_a_write_that_fails_after_closing_offers_a_copy(
    window: MainWindow, session: Session, full: Callable[[bool], None], qtbot: QtBot
) -> None:
    full(True)
    session.answer(KEY, "no")
    window.close_engagement()
    window.close()
    assert window.isVisible(), "the process would end with what nobody has"
    assert ways(window) == ["Save a copy…"]
    assert window.close(), "told once"
    written(window, qtbot)


def test_a_write_that_fails_while_the_next_engagement_opens_keeps_the_first(
    window: MainWindow, session: Session, folder: Path, full: Callable[[bool], None], tmp_path: Path, qtbot: QtBot
) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other", ignore=shutil.ignore_patterns("*.lock")))
    full(True)
    session.answer(KEY, "no")
    window.open_folder(other)
    qtbot.waitUntil(lambda: not window.is_opening)
    assert window.session is session
    assert "stays open" in window.banner.message
    written(window, qtbot)
    with Engagement.open(other, write=True) as engagement:
        assert engagement.writable, "the other is free again"


@pytest.mark.usefixtures("unsaved")
def test_no_dialog_opens_while_something_is_at_risk(window: MainWindow) -> None:
    window.banner.leave()
    window.new_engagement()
    assert not window.findChildren(NewEngagement)
    assert "stays open" in window.banner.message


@pytest.mark.usefixtures("unsaved")
def test_another_message_keeps_the_ways_out_and_saving_ends_it(
    window: MainWindow, session: Session, full: Callable[[bool], None], qtbot: QtBot
) -> None:
    session.answer(KEY, "nonsense")
    assert "no known answer" in window.banner.message
    assert ways(window) == ["Try again", "Save a copy…"]
    choose(window, "Try again")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)
    assert "No space left" in window.banner.message, "told again"
    full(False)
    session.answer(KEY, "fully")
    qtbot.waitUntil(lambda: session.saving is Saving.SAVED)
    assert window.banner.message == ""


@pytest.mark.usefixtures("unsaved")
def test_closing_without_it_leaves_nothing_behind(window: MainWindow, qtbot: QtBot) -> None:
    window.close_engagement()
    choose(window, "Close without it")
    written(window, qtbot)
    qtbot.waitUntil(lambda: not window.findChildren(Unsaved))
    assert window.session is None


def test_a_journal_that_is_away_is_never_taken_for_saved(
    window: MainWindow, session: Session, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    older = Path(shutil.copytree(folder, tmp_path / "older", ignore=shutil.ignore_patterns("*.lock")))
    session.answer(KEY, "no")
    qtbot.waitUntil(lambda: session.saving is Saving.SAVED)
    shutil.rmtree(folder)
    session.answer(KEY, "fully")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)
    shutil.copytree(older, folder)
    choose(window, "Try again")
    written(window, qtbot)
    assert session.saving is Saving.UNSAVED
    assert ways(window) == ["Save a copy…"], "trying again cannot help"
    assert verify(folder).findings == (), "the copy that somebody restored is as it was"


def test_trying_twice_does_not_take_what_a_lost_journal_held_for_saved(
    window: MainWindow, session: Session, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    checkpoint = session._writes._checkpoint
    checkpoint.setInterval(3_600_000)
    older = Path(shutil.copytree(folder, tmp_path / "older", ignore=shutil.ignore_patterns("*.lock")))
    session.answer(KEY, "no")
    written(window, qtbot)
    shutil.rmtree(folder)
    checkpoint.setInterval(0)
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)
    checkpoint.setInterval(3_600_000)
    shutil.copytree(older, folder)
    session.save()
    session.save()
    written(window, qtbot)
    assert session.saving is Saving.UNSAVED
    assert ways(window) == ["Save a copy…"]


@pytest.mark.usefixtures("unsaved")
def test_a_disk_that_is_full_again_is_told_again(
    window: MainWindow, session: Session, full: Callable[[bool], None], qtbot: QtBot
) -> None:
    full(False)
    session.answer(KEY, "partly")
    qtbot.waitUntil(lambda: session.saving is Saving.SAVED)
    full(True)
    session.answer(KEY, "fully")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)
    assert "No space left" in window.banner.message


def test_a_copy_names_no_plan_and_no_baselines_that_it_does_not_hold(session: Session, tmp_path: Path) -> None:
    named = session.assessment.model_copy(update={"plan_sha256": "a" * 64, "baselines": {"x.colonnade": "b" * 64}})
    opening.save_copy(tmp_path / "copy.colonnade", named, session.questionnaire)
    unpack(tmp_path / "copy.colonnade", tmp_path / "copy")
    assert verify(tmp_path / "copy").findings == ()
    assert Engagement.open(tmp_path / "copy").assessment == session.assessment


# ---- what waits for the disk


def test_what_follows_from_the_answers_waits_for_the_disk(
    session: Session, workspace: Workspace, window: MainWindow, full: Callable[[bool], None], qtbot: QtBot
) -> None:
    full(True)
    session.answer(KEY, "no")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)
    called: list[str] = []
    session.when_written(lambda: called.append(session.saving.value))
    asked: list[object] = []
    session.with_disk(lambda engagement: engagement.assessment, asked.append)
    written(window, qtbot)
    assert called == []
    assert "not saved" in str(asked[0])
    full(False)
    session.save()
    qtbot.waitUntil(lambda: called != [])
    assert Engagement.open(session.folder).assessment.answers[KEY].value == "no"


def test_a_search_given_up_while_it_waits_never_starts(
    session: Session, full: Callable[[bool], None], window: MainWindow, qtbot: QtBot
) -> None:
    full(True)
    session.answer(KEY, "no")
    search = Search(session)
    ended: list[Found] = []
    search.ended.connect(ended.append)
    search.start()
    written(window, qtbot)
    assert search.job is None
    search.cancel()
    assert len(ended) == 1
    full(False)
    session.save()
    written(window, qtbot)
    assert search.job is None


def test_a_report_asked_for_twice_is_one_job(
    workspace: Workspace, window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page = workspace.show_page("report")
    assert isinstance(page, ReportPage)
    monkeypatch.setattr("app.desktop.pages.report.Job.start", lambda _: None)
    page.render_reports()
    page.cancel()
    page.render_reports()
    qtbot.waitUntil(lambda: page.job is not None)
    written(window, qtbot)
    assert page._working.isVisible()
    assert page._working.cancel.isVisible()


# ---- what no journal can hold


def test_what_is_changed_while_something_is_taken_back_is_taken_back_too(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    arrive, keys = session._on_resynchronised, ["fully"]

    def arrive_late(outcome: Done[Assessment] | Failed) -> None:
        """The journal's state is read, and before it arrives a key comes."""
        if keys:
            session.answer(KEY, keys.pop())
        arrive(outcome)

    monkeypatch.setattr(session, "_on_resynchronised", arrive_late)
    session.amend("integrate.gates.shared-template", note="\ud800")
    qtbot.waitUntil(lambda: not keys)
    written(window, qtbot)
    qtbot.waitUntil(lambda: session.saving is Saving.SAVED)
    assert session.assessment == session._engagement.assessment
    session.answer(KEY, "partly")
    written(window, qtbot)
    assert session._engagement.assessment.answers[KEY].value == "partly"


def test_an_application_that_is_taken_back_is_in_hand_no_longer(
    session: Session, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.show_page("assess")
    with qtbot.waitSignal(session.taken_back):
        session.amend(KEY, note="\ud800")
        session.do("a", "application", actions.add_application(session.content, session.assessment, "new", "New", "1"))
        session.take("new")
    qtbot.waitUntil(lambda: session.application is None)
    assert session.answer_in_hand(KEY) is not None


@pytest.mark.usefixtures("unsaved")
def test_a_full_disk_after_something_was_taken_back_is_told(
    session: Session, full: Callable[[bool], None], qtbot: QtBot
) -> None:
    told: list[object] = []
    session.unsaved.connect(told.append)
    full(False)
    with qtbot.waitSignal(session.taken_back):
        session.amend(KEY, note="\ud800")
    qtbot.waitUntil(lambda: session.settled)
    full(True)
    session.answer(KEY, "largely")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED)
    assert len(told) == 1


# ---- closing waits for nobody


def test_closing_does_not_wait_for_who_only_reads(
    make_window: Callable[[Path | None], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    looking, done = Event(), Event()

    def slow(entries: object) -> object:
        looking.set()
        done.wait(20)
        return entries

    monkeypatch.setattr("app.desktop.pages.start.still_there", slow)
    window = make_window(None)
    window.start.refresh()
    while not looking.is_set():
        QTest.qWait(1)
    window.close()
    assert not done.is_set(), "it would still be waiting"
    done.set()


@pytest.mark.usefixtures("unsaved")
def test_a_copy_that_is_not_made_after_all_is_offered_again(window: MainWindow) -> None:
    choose(window, "Save a copy…")
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.reject()
    assert ways(window) == ["Try again", "Save a copy…"]
