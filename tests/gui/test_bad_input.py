"""Whatever is dropped, removed or broken: a message, nothing lost, the window alive."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from app.desktop import recent
from app.desktop.models.intake import IntakeModel
from app.desktop.pages.evidence import EvidencePage
from app.desktop.pages.report import ReportPage
from app.desktop.session import Session
from app.desktop.widgets.about import AboutDialog
from app.desktop.widgets.open_pack import OpenPack
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace
from app.desktop.writes import Saving
from app.engagement.folder import Engagement
from app.engagement.pack import freeze, unpack
from scoring.evidence.ingest import Planned
from tests.sealed_example import cheaply_sealed

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

MakeWindow = Callable[[Path | None], MainWindow]
KEY = "integrate.gates.pipeline-checks"
MANY = 5_000


@pytest.fixture
def page(workspace: Workspace) -> EvidencePage:
    found = workspace.show_page("evidence")
    assert isinstance(found, EvidencePage)
    return found


def drop(widget: object, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    widget.dropEvent(event)  # type: ignore[attr-defined]


def test_a_folder_of_five_thousand_files_is_read_while_the_window_lives(
    page: EvidencePage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number}.txt").write_bytes(b"nothing that any tool writes")
    before = session.assessment
    drop(page.drop, folder)
    assert page.job is not None
    session.answer(KEY, "no")
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: page.job is None, timeout=120_000)
    assert page.intake.counts[Planned.REJECTED] == MANY
    page.discard()
    assert session.assessment.evidence == before.evidence


def test_devices_pipes_link_loops_and_huge_files_are_left_out_with_a_reason(
    page: EvidencePage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(2 << 30)
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.json"
    loop.symlink_to(loop)
    inside = tmp_path / "folder"
    inside.mkdir()
    (inside / "up").symlink_to(inside, target_is_directory=True)
    (inside / "a.txt").write_bytes(b"?")
    drop(page.drop, huge, pipe, loop, Path("/dev/zero"), inside)
    qtbot.waitUntil(lambda: page.job is None, timeout=120_000)
    rows = [page.intake.item(row) for row in range(page.intake.rowCount())]
    names = {Path(item.path).name for item in rows if item.outcome is Planned.REJECTED}
    assert {"huge.json", "pipe.json", "loop.json", "zero"} <= names
    assert all(item.why for item in rows)
    assert all(page.intake.index(row, IntakeModel.OUTCOME).data() for row in range(page.intake.rowCount()))
    assert page.intake.changes() == []


def lose(folder: Path, session: Session, qtbot: QtBot) -> None:
    """Take the folder away and notice it with the next answer."""
    folder.rename(folder.with_name("away"))
    session.answer(KEY, "no")
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED, timeout=10_000)


def choose(window: MainWindow, text: str) -> None:
    button = next(entry for entry in window.banner.choices if entry.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_folder_that_goes_away_and_comes_back_has_everything(
    window: MainWindow, session: Session, folder: Path, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    session.answer(KEY, "fully")
    saved()
    lose(folder, session, qtbot)
    assert f"{folder}: is not there any more." in window.banner.message
    assert session.assessment.answers[KEY].value == "no", "it is kept in the window"
    assert session.undo_stack.count() == 2
    choose(window, "Try again")
    qtbot.waitUntil(lambda: "not there any more" in window.banner.message)
    assert not folder.exists(), "nothing makes it anew, with a part of its files"
    folder.with_name("away").rename(folder)
    choose(window, "Try again")
    saved()
    assert Engagement.open(folder).assessment.answers[KEY].value == "no"


def test_a_folder_that_goes_away_after_the_last_answer_is_noticed(
    session: Session, folder: Path, qtbot: QtBot, saved: Callable[[], None]
) -> None:
    session.answer(KEY, "fully")
    saved()
    folder.rename(folder.with_name("away"))
    qtbot.waitUntil(lambda: session.saving is Saving.UNSAVED, timeout=10_000)
    folder.with_name("away").rename(folder)
    session.save()
    saved()


@pytest.mark.parametrize("how", ["close the engagement", "close the window", "open another"])
def test_what_is_not_saved_is_not_closed_without_a_word(
    window: MainWindow, session: Session, folder: Path, tmp_path: Path, qtbot: QtBot, how: str
) -> None:
    lose(folder, session, qtbot)
    ways: dict[str, Callable[[], object]] = {
        "close the engagement": window.close_engagement,
        "close the window": window.close,
        "open another": lambda: window.open_folder(folder.with_name("away")),
    }
    ways[how]()
    assert window.isVisible()
    assert window.session is session
    assert "not saved" in window.banner.message
    assert window.unsaved is not None
    copy = tmp_path / "copy.colonnade"
    window.unsaved.save_copy(str(copy))
    qtbot.waitUntil(lambda: f"A copy is in {copy}" in window.banner.message, timeout=20_000)
    unpack(copy, tmp_path / "unpacked")
    found = Engagement.open(tmp_path / "unpacked").assessment
    assert found.answers == session.assessment.answers
    assert found.applications == session.assessment.applications
    assert found.evidence == session.assessment.evidence
    window.close_engagement()
    assert window.session is None


def test_what_turns_out_unsaved_after_closing_can_still_be_copied(
    window: MainWindow, session: Session, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    unsaved = window.unsaved
    assert unsaved is not None
    folder.rename(folder.with_name("away"))
    session.answer(KEY, "no")
    with qtbot.waitSignal(session.destroyed, timeout=10_000):
        window.close_engagement()
    assert window.start.isVisible()
    assert "a copy of it can be" in window.banner.message
    assert [entry.text() for entry in window.banner.choices] == ["Save a copy…"]
    unsaved.save_copy(str(tmp_path / "copy.colonnade"))
    qtbot.waitUntil(lambda: "A copy is in" in window.banner.message, timeout=20_000)
    unpack(tmp_path / "copy.colonnade", tmp_path / "unpacked")
    assert Engagement.open(tmp_path / "unpacked").assessment.answers[KEY].value == "no"


def test_one_can_close_without_what_is_not_saved(
    window: MainWindow, session: Session, folder: Path, qtbot: QtBot
) -> None:
    lose(folder, session, qtbot)
    window.close_engagement()
    choose(window, "Close without it")
    assert window.start.isVisible()
    qtbot.waitUntil(lambda: window.writer.idle)
    assert not folder.exists()


def test_a_second_window_reads_only_and_says_who_writes(make_window: MakeWindow, folder: Path) -> None:
    make_window(folder)
    second = make_window(folder)
    assert second.session is not None
    assert not second.session.writable
    assert f"process {os.getpid()}" in second.banner.message


@pytest.mark.parametrize(
    "text", [b"\x00" * 4096, b"[layout]\nwindow=3\nassess=@ByteArray(x)\n", b"[recent]\nsize=99999999\n"]
)
def test_settings_of_rubbish_lose_nothing(make_window: MakeWindow, folder: Path, text: bytes) -> None:
    path = Path(recent.settings().fileName())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    window = make_window(folder)
    assert window.workspace is not None
    window.workspace.show_page("assess")
    window.close()
    assert folder in [entry.folder for entry in recent.recents()]


@pytest.mark.parametrize("text", [b"\x00" * 4096, "[recent]\nsize=1\n".encode("utf-16"), b"no settings at all"])
def test_unreadable_settings_are_put_aside_and_told(make_window: MakeWindow, text: bytes, qtbot: QtBot) -> None:
    path = Path(recent.settings().fileName())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    for aside in (".unreadable", ".2.unreadable"):
        path.with_suffix(aside).unlink(missing_ok=True)
    window = make_window(None)
    qtbot.waitUntil(lambda: "put aside" in window.banner.message)
    path.write_bytes(text + text)
    again = make_window(None)
    qtbot.waitUntil(lambda: f"put aside as {path.stem}.2.unreadable" in again.banner.message)
    assert path.with_suffix(".unreadable").read_bytes() == text, "the first one is kept too"
    assert path.with_suffix(".2.unreadable").read_bytes() == text + text


def test_settings_that_cannot_be_kept_are_told(make_window: MakeWindow, qtbot: QtBot) -> None:
    path = Path(recent.settings().fileName())
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)
    try:
        window = make_window(None)
        qtbot.waitUntil(lambda: "remove what stands in its place" in window.banner.message)
    finally:
        path.rmdir()


def test_a_folder_that_is_gone_is_told_before_anything_reads_it(
    window: MainWindow, workspace: Workspace, session: Session, qtbot: QtBot
) -> None:
    away = session.folder.rename(session.folder.with_name("away"))
    report = workspace.show_page("report")
    assert isinstance(report, ReportPage)
    report.render_reports()
    qtbot.waitUntil(lambda: "is not there any more" in window.banner.message)
    assert session.saving is Saving.UNSAVED
    report.cancel()
    away.rename(session.folder)
    choose(window, "Try again")
    qtbot.waitUntil(lambda: session.saving is Saving.SAVED)


def test_a_dropped_pack_asks_where_to_and_for_its_passphrase_and_opens(
    make_window: MakeWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    pack = tmp_path / "northgate.colonnade"
    pack.write_bytes(cheaply_sealed(freeze(folder), "four plain words here"))
    window = make_window(None)
    qtbot.waitActive(window)

    def dialog() -> OpenPack:
        drop(window.start, pack)
        qtbot.waitUntil(lambda: window.findChild(OpenPack) is not None)
        found = window.findChild(OpenPack)
        assert isinstance(found, OpenPack)
        return found

    asked = dialog()
    assert not asked.go_button.isEnabled(), "it has a passphrase"
    QTest.keyClicks(asked.passphrase, "wrong")
    QTest.mouseClick(asked.go_button, Qt.MouseButton.LeftButton)
    asked.reject()
    assert asked.isVisible(), "what is being done cannot be called off"
    qtbot.waitUntil(lambda: "passphrase is wrong" in asked.said, timeout=20_000)
    assert not (tmp_path / "northgate").exists()
    assert asked.isVisible(), "what was typed is still there"
    asked.passphrase.clear()
    QTest.keyClicks(asked.passphrase, "four plain words here")
    with qtbot.waitSignal(window.opened, timeout=20_000):
        QTest.mouseClick(asked.go_button, Qt.MouseButton.LeftButton)
    assert window.session is not None
    assert window.session.folder == tmp_path / "northgate"
    assert window.session.assessment == Engagement.open(folder).assessment


def test_what_is_no_pack_says_so(make_window: MakeWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window = make_window(None)
    pack = tmp_path / "bad.colonnade"
    pack.write_bytes(b"PK\x03\x04 nothing")
    drop(window.start, pack)
    qtbot.waitUntil(lambda: window.findChild(OpenPack) is not None)
    asked = window.findChild(OpenPack)
    assert isinstance(asked, OpenPack)
    QTest.mouseClick(asked.go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Nothing was changed" in asked.said, timeout=20_000)
    assert not (tmp_path / "bad").exists()
    asked.reject()
    drop(window.start, tmp_path / "absent.colonnade")
    qtbot.waitUntil(lambda: "absent" in window.banner.message)


def test_about_is_opened_by_a_key(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitActive(window)
    QTest.keyClick(window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: window.findChild(AboutDialog) is not None, timeout=20_000)
    dialog = window.findChild(AboutDialog)
    assert isinstance(dialog, AboutDialog)
    assert "Apache License" in dialog.text.toPlainText()
    dialog.reject()
