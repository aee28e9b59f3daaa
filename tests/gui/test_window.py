"""The window opens, closes, and stays alive whatever it is given."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QListView, QPushButton

from app.desktop import pace, recent, theme
from app.desktop.opening import Draft
from app.desktop.pages.applications import ApplicationsPage
from app.desktop.session import Session
from app.desktop.widgets.new_engagement import NewEngagement
from app.desktop.window import MainWindow
from app.engagement.actions import free_id
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

MakeWindow = Callable[[Path | None], MainWindow]

FIRST_PAINT = """
import sys
from app.desktop import run
def painted():
    heavy = {"pydantic", "weasyprint", "matplotlib", "highspy", "typer", "jinja2", "tomllib", "PySide6.QtSvg",
             "questionnaires.load", "scoring.scores"}
    sys.exit(f"imported before the first paint: {found}") if (found := heavy & set(sys.modules)) else None
    from PySide6.QtCore import QCoreApplication
    QCoreApplication.quit()
sys.exit(run(["colonnade"], first_painted=painted))
"""


def test_nothing_heavy_is_imported_and_nothing_printed_before_the_first_paint() -> None:
    assert _run(FIRST_PAINT) == (0, "", "")


def _run(code: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


FIRST_CLICK = """
import sys
from app.desktop import run
from PySide6.QtCore import QObject, QTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
def painted():
    (window,) = (w for w in QApplication.topLevelWidgets() if type(w).__name__ == "MainWindow")
    new = next(b for b in window.findChildren(QPushButton) if b.text() == "New engagement")
    QTest.mouseClick(new, Qt.MouseButton.LeftButton)
    if type(QApplication.activeModalWidget()).__name__ != "NewEngagement" and new.isEnabled():
        sys.exit("the click was not heard")
    look = QTimer(window)
    def seen():
        if type(QApplication.activeModalWidget()).__name__ == "NewEngagement":
            QApplication.activeModalWidget().reject()
            print("opened")
            QApplication.quit()
    look.timeout.connect(seen)
    look.start(5)
sys.exit(run(["colonnade"], first_painted=painted))
"""


def test_the_first_click_works_even_before_everything_is_loaded() -> None:
    assert _run(FIRST_CLICK)[:2] == (0, "opened\n")


def test_the_start_page_lists_what_was_open_and_opens_it(make_window: MakeWindow, folder: Path, qtbot: QtBot) -> None:
    make_window(folder).close()
    window = make_window(None)
    listed = window.start.findChild(QListView)
    assert listed is not None
    assert listed.model().index(0, 0).data() == "Northgate Clearing, 2026-09-30"
    with qtbot.waitSignal(window.opened, timeout=10_000):
        listed.activated.emit(listed.model().index(0, 0))
    assert window.windowTitle() == "Northgate Clearing – Colonnade"


def test_a_removed_folder_leaves_the_list_once_somebody_has_looked(
    make_window: MakeWindow, folder: Path, qtbot: QtBot
) -> None:
    make_window(folder).close()
    folder.rename(folder.with_name("elsewhere"))
    entries = recent.recents()
    assert [entry.folder for entry in entries] == [folder]
    assert recent.still_there(entries) == []
    listed = make_window(None).start.findChild(QListView)
    assert listed is not None
    qtbot.waitUntil(lambda: listed.model().rowCount() == 0)


def test_a_settings_file_of_rubbish_counts_as_empty(make_window: MakeWindow) -> None:
    path = Path(recent.settings().fileName())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"[recent]\nsize=3\n1\\folder=@Variant(\x00\xff)\n\xff\xfe[[[")
    assert recent.recents() == []
    assert make_window(None).start.isVisible()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: (folder / "engagement.toml").write_text("schema_version = 99\n"), "newer version"),
        (lambda folder: (folder / "questionnaire.toml").write_text("id = 3"), "holds no questionnaire"),
    ],
)
def test_an_engagement_that_cannot_be_opened_says_why_and_what_next(
    make_window: MakeWindow, folder: Path, qtbot: QtBot, make: Callable[[Path], object], says: str
) -> None:
    make(folder)
    window = make_window(None)
    window.open_folder(folder)
    qtbot.waitUntil(lambda: bool(window.banner.message))
    assert says in window.banner.message
    assert "Nothing was changed" in window.banner.message
    assert window.start.isVisible()
    assert window.session is None


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: (folder / "engagement.toml").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "journal.jsonl").unlink(), "journal is missing"),
    ],
)
def test_what_was_changed_outside_opens_for_reading_only_and_says_what_to_do(
    make_window: MakeWindow, folder: Path, make: Callable[[Path], object], says: str
) -> None:
    make(folder)
    window = make_window(folder)
    assert window.session is not None
    assert not window.session.writable
    assert says in window.banner.message
    assert "set-aside" in window.banner.message


@pytest.mark.parametrize(("decision", "organisation"), [(0, "Northgate Clearing"), (1, "Southgate Clearing")])
def test_the_journal_or_the_files_count_and_what_was_found_is_kept(
    make_window: MakeWindow, folder: Path, qtbot: QtBot, decision: int, organisation: str
) -> None:
    edited = (folder / "engagement.toml").read_text(encoding="utf-8").replace("Northgate", "Southgate")
    (folder / "engagement.toml").write_text(edited, encoding="utf-8")
    window = make_window(folder)
    assert "engagement.toml" in window.banner.message
    with qtbot.waitActive(window):
        window.activateWindow()
    button = window.banner.choices[decision]
    with qtbot.waitSignal(window.opened, timeout=20_000):
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
    session = window.session
    assert session is not None
    assert session.writable
    assert session.assessment.organisation == organisation
    assert "set-aside" in window.banner.message
    assert window.banner.choices == []
    kept = list((folder / "set-aside").rglob("engagement.toml"))
    assert [path.read_text(encoding="utf-8") for path in kept] == [edited]
    session.answer("integrate.gates.pipeline-checks", "no")
    assert session.assessment.answers["integrate.gates.pipeline-checks"].value == "no"


def test_a_decision_that_cannot_be_made_says_why(make_window: MakeWindow, folder: Path, qtbot: QtBot) -> None:
    (folder / "journal.jsonl").unlink()
    window = make_window(folder)
    QTest.mouseClick(window.banner.choices[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Nothing was changed" in window.banner.message, timeout=20_000)
    assert window.banner.choices == []
    with qtbot.waitSignal(window.opened, timeout=20_000):
        window.open_folder(folder)
    with qtbot.waitSignal(window.opened, timeout=20_000):
        QTest.mouseClick(window.banner.choices[1], Qt.MouseButton.LeftButton)
    assert window.session is not None
    assert window.session.writable


def test_a_new_engagement_begins_with_its_applications(make_window: MakeWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window = make_window(None)
    qtbot.waitActive(window)
    window.new_engagement()
    dialog = window.findChild(NewEngagement)
    assert dialog is not None
    fields = {field.accessibleName(): field for field in dialog.findChildren(QLineEdit)}
    create = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Create")
    assert not create.isEnabled()
    fields["Organisation"].setText("Meridian Brokers")
    fields["Folder"].setText(str(tmp_path / "meridian"))
    fields["As-of day"].setText("2026-13-45")
    assert not create.isEnabled()
    fields["As-of day"].setText("2026-06-30")
    with qtbot.waitSignal(window.opened, timeout=10_000):
        QTest.mouseClick(create, Qt.MouseButton.LeftButton)
    assert window.workspace is not None
    page = window.workspace.page
    assert isinstance(page, ApplicationsPage)
    window.activateWindow()  # no window manager does it here
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    name = QApplication.focusWidget()
    assert name is not None
    for text in ("Card Payments", "Card payments", "Intranet"):
        QTest.keyClicks(name, text)
        QTest.keyClick(name, Qt.Key.Key_Return)
    window.close()
    assessment = Engagement.open(tmp_path / "meridian").assessment
    assert assessment.as_of == date(2026, 6, 30)
    assert sorted(assessment.applications) == ["card-payments", "card-payments-2", "intranet"]


def test_making_one_where_something_stands_says_so(make_window: MakeWindow, folder: Path, qtbot: QtBot) -> None:
    window = make_window(None)
    window._create(Draft(folder, "Other", "financial-devsecops", date(2026, 1, 1)))
    qtbot.waitUntil(lambda: bool(window.banner.message))
    assert "not an empty folder" in window.banner.message


def test_the_sample_opens_with_its_evidence_and_again_as_it_was_left(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window(None)
    for answer in ("no", "fully"):
        with qtbot.waitSignal(window.opened, timeout=30_000):
            window.open_sample()
        assert window.session is not None
        assert len(window.session.assessment.applications) == 12
        assert window.session.evaluation.claims.challenged
        window.session.answer("integrate.gates.pipeline-checks", answer)
    assert window.session is not None
    assert window.session.undo_stack.count() == 1
    window.session.undo_stack.undo()
    assert window.session.assessment.answers["integrate.gates.pipeline-checks"].value == "no"


def test_the_colours_follow_the_system(qapp: QApplication, window: MainWindow) -> None:
    theme.apply(qapp, Qt.ColorScheme.Dark)
    assert window.palette().window().color().name() == theme.DARK_COLOURS.background
    theme.apply(qapp, Qt.ColorScheme.Unknown)
    assert window.palette().window().color().name() == theme.LIGHT_COLOURS.background


def test_ids_come_from_names() -> None:
    assert free_id("Zürich Überweisungen (neu)", ()) == "zurich-uberweisungen-neu"
    assert free_id("支付", ()) == "application"
    assert free_id("CON", ()) == "con-app"
    assert free_id("Wiki", {"wiki", "wiki-2"}) == "wiki-3"


def count_of_openings(window: MainWindow, qtbot: QtBot) -> int:
    """Wait until nothing is being opened any more."""
    opened: list[object] = []
    window.opened.connect(lambda: opened.append(window.session))
    qtbot.waitUntil(lambda: not window.is_opening and window.writer.idle, timeout=20_000)
    return len(opened)


def test_one_engagement_is_opened_at_a_time(
    make_window: MakeWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    window = make_window(None)
    window.open_path(folder)
    assert not window.start.acceptDrops()
    window.open_path(other)
    window.choose_folder()
    assert window.findChild(QFileDialog) is None
    assert count_of_openings(window, qtbot) == 1
    assert window.session is not None
    assert window.session.folder == folder
    window.close_engagement()
    qtbot.waitUntil(lambda: window.writer.idle)
    with Engagement.open(folder, write=True) as released:
        assert released.writable
    assert window.start.isVisible()


def test_a_click_that_also_activates_opens_once(make_window: MakeWindow, folder: Path, qtbot: QtBot) -> None:
    make_window(folder).close()
    window = make_window(None)
    listed = window.start.findChild(QListView)
    assert listed is not None
    listed.clicked.emit(listed.model().index(0, 0))
    listed.activated.emit(listed.model().index(0, 0))
    assert count_of_openings(window, qtbot) == 1
    assert window.session is not None
    assert window.session.writable


def test_what_is_open_stays_open_until_another_one_is(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    window.open_folder(tmp_path)
    assert count_of_openings(window, qtbot) == 0
    assert "Nothing was changed" in window.banner.message
    assert "colonnade new" not in window.banner.message
    assert window.session is session
    assert window.workspace is not None
    assert window.workspace.isVisible()
    session.answer("integrate.gates.pipeline-checks", "no")
    assert session.saving.value == "writing"


def test_the_same_folder_opens_again_for_writing(
    window: MainWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    window.open_folder(link)
    assert count_of_openings(window, qtbot) == 1
    assert window.session is not None
    assert window.session.folder == link
    assert window.session.writable


def test_what_was_typed_for_a_new_engagement_stays_until_it_is_made(
    make_window: MakeWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window(None)
    qtbot.waitActive(window)
    window.new_engagement()
    dialog = window.findChild(NewEngagement)
    assert isinstance(dialog, NewEngagement)
    fields = {field.accessibleName(): field for field in dialog.findChildren(QLineEdit)}
    fields["Organisation"].setText("Meridian Brokers")
    for refused in ("", "meridian", "."):
        dialog.folder.setText(refused)
        assert not dialog.go_button.isEnabled()
        assert "whole path" in dialog.said
    dialog.folder.setText("~/meridian")
    assert dialog.chosen_folder() == Path.home() / "meridian"
    dialog.folder.setText(str(folder))
    fields["Organisation"].setFocus()
    QTest.keyClick(fields["Organisation"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "not an empty folder" in dialog.said)
    assert fields["Organisation"].text() == "Meridian Brokers"
    assert QApplication.focusWidget() is fields["Organisation"], "typing goes on where it was"
    dialog.folder.setText(str(tmp_path / "meridian"))
    with qtbot.waitSignal(window.opened, timeout=10_000):
        QTest.mouseClick(dialog.go_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_what_is_refused_leaves_the_engagement_open_that_it_would_replace(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.answer("integrate.gates.pipeline-checks", "no")
    window.new_engagement()
    dialog = window.findChild(NewEngagement)
    assert isinstance(dialog, NewEngagement)
    dialog.findChildren(QLineEdit)[0].setText("Meridian Brokers")
    dialog.folder.setText(str(session.folder))
    QTest.mouseClick(dialog.go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "not an empty folder" in dialog.said)
    dialog.reject()
    assert window.workspace is not None
    assert window.workspace.isVisible()
    assert window.workspace.session is session
    assert session.undo_stack.canUndo()


def test_the_focus_is_on_the_page_after_opening_and_after_a_message(
    make_window: MakeWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window(None)
    window.activateWindow()
    qtbot.waitActive(window)
    window.open_folder(tmp_path)
    qtbot.waitUntil(lambda: bool(window.banner.message))
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "New engagement"
    with qtbot.waitSignal(window.opened, timeout=10_000):
        window.open_folder(folder)
    assert window.workspace is not None
    page, before = window.workspace.page, QApplication.focusWidget()
    assert before is not None
    assert page.isAncestorOf(before)
    close = next(entry for entry in window.banner.findChildren(QPushButton) if entry.text() == "Close")
    ends: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(close, Qt.Key.Key_Space),
        lambda: QTest.mouseClick(close, Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(close, Qt.Key.Key_Escape),
    )
    for end in ends:
        window.banner.tell("Something", "to know")
        close.setFocus()
        end()
        assert not window.banner.isVisible()
        assert QApplication.focusWidget() is before
    window.banner.tell("Something", "to know")
    QTest.keyClick(before, Qt.Key.Key_Escape)
    assert not window.banner.isVisible()


def test_a_refusal_says_nothing_of_the_journal(window: MainWindow) -> None:
    assert window.session is not None
    window.session.failed.emit(EngagementError("needs a name", "An application", "Type one."))
    assert window.banner.message == "An application: needs a name.\nType one."


# ---- nothing holds the window up


@pytest.mark.usefixtures("window")
def test_computing_threads_and_the_collector_are_kept_from_holding_the_window_up() -> None:
    assert sys.getswitchinterval() == pytest.approx(pace.YIELD)
    assert gc.get_threshold()[2] == pace.NEVER
    assert gc.get_freeze_count() > 0


def test_what_a_closed_engagement_leaves_is_collected(window: MainWindow, qtbot: QtBot) -> None:
    class Ring:
        def __init__(self) -> None:
            self.itself = self

    ring = Ring()
    gc.collect()  # among what is old, where the collector no longer looks by itself
    gone = weakref.ref(ring)
    del ring
    assert gone() is not None
    assert window.session is not None
    with qtbot.waitSignal(window.session.destroyed):
        window.close_engagement()
    assert gone() is None


def test_what_can_be_decided_is_offered_at_every_attempt_and_one_key_away(
    make_window: MakeWindow, folder: Path, qtbot: QtBot
) -> None:
    file = folder / "engagement.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("Northgate", "Southgate"), encoding="utf-8")
    window = make_window(folder)
    qtbot.waitActive(window)
    assert window.workspace is not None
    page = window.workspace.show_page("assess")
    window.banner.leave()
    before = QApplication.focusWidget()
    assert before is not None
    assert page.isAncestorOf(before)
    QTest.keyClick(before, Qt.Key.Key_4)
    assert [choice.text() for choice in window.banner.choices] == ["The journal counts", "The files count"]
    QTest.keyClick(before, Qt.Key.Key_F6)
    reached = []
    for _ in range(3):
        focus = QApplication.focusWidget()
        assert isinstance(focus, QPushButton)
        reached.append(focus.text())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert reached == ["The journal counts", "The files count", "Close"]
    window.banner.choices[0].setFocus()
    QTest.keyClick(window.banner.choices[0], Qt.Key.Key_F6)
    assert QApplication.focusWidget() is not window.banner.choices[0]
