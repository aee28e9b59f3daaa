"""Qt stays whole under many signals, and dialogs and pages go away when they are closed."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QDialog

from app.desktop.pages.evidence import EvidencePage
from app.desktop.window import MainWindow
from app.desktop.workspace import PAGES, Workspace

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

# PySide6 6.12.0 aborts on Python 3.11 after about 580 emissions: a reference to True is lost with each.
EMISSIONS = """
from dataclasses import dataclass
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

@dataclass(frozen=True)
class Said:
    facts: dict

class Speaker(QObject):
    flag = Signal(bool)
    said = Signal(object)
    def __init__(self):
        super().__init__()
        self.heard = []
        self.flag.connect(self.hear)
        self.said.connect(self.hear)
    @Slot(bool)
    @Slot(object)
    def hear(self, value):
        self.heard.append(value)

application = QCoreApplication([])
speaker = Speaker()
for number in range(5_000):
    speaker.flag.emit(True)
    speaker.said.emit(Said({number: 2**40}))
assert len(speaker.heard) == 10_000
assert speaker.heard[-1].facts == {4_999: 2**40}
"""


def test_five_thousand_signals() -> None:
    done = subprocess.run([sys.executable, "-c", EMISSIONS], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def _goto(window: MainWindow, workspace: Workspace) -> None:
    workspace.open_goto()


def _new(window: MainWindow, workspace: Workspace) -> None:
    window.new_engagement()


def _folder(window: MainWindow, workspace: Workspace) -> None:
    window.choose_folder()


def _about(window: MainWindow, workspace: Workspace) -> None:
    from app.about import About, Component
    from app.desktop.widgets.about import AboutDialog

    AboutDialog(About("1", "1", "3", (Component("a", "1", "MIT", ""),)), window).open()


def _pack(window: MainWindow, workspace: Workspace) -> None:
    from app.desktop.widgets.open_pack import OpenPack

    OpenPack(workspace.session.folder / "x.colonnade", True, window).open()


def _files(window: MainWindow, workspace: Workspace) -> None:
    page = workspace.show_page("evidence")
    assert isinstance(page, EvidencePage)
    page.drop.choose_files()


@pytest.mark.parametrize("open_dialog", [_goto, _new, _folder, _files, _about, _pack])
def test_a_closed_dialog_is_collected(
    window: MainWindow, workspace: Workspace, qtbot: QtBot, open_dialog: Callable[[MainWindow, Workspace], None]
) -> None:
    open_dialog(window, workspace)
    dialogs = window.findChildren(QDialog)
    gone = [weakref.ref(dialog) for dialog in dialogs]
    assert gone
    with qtbot.waitSignals([dialog.destroyed for dialog in dialogs], timeout=5_000):
        for dialog in dialogs:
            dialog.reject()
    dialogs.clear()
    del dialog
    gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)


def test_a_closed_engagement_takes_its_pages_along(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    assert window.workspace is not None
    for entry in PAGES:
        window.workspace.show_page(entry.name)
    pages = [weakref.ref(window.workspace.show_page(entry.name)) for entry in PAGES]
    workspace = weakref.ref(window.workspace)
    with qtbot.waitSignal(window.workspace.destroyed, timeout=5_000):
        window.close_engagement()
    gc.collect()
    assert workspace() is None
    assert [page() for page in pages] == [None] * len(pages)
    with qtbot.waitSignal(window.opened, timeout=10_000):
        window.open_folder(folder)
