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

from app.desktop.window import MainWindow
from app.desktop.workspace import PAGES

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


OURS = ("goto", "new", "about", "pack", "why")
SYSTEM = ("folder", "pack-file", "exports", "exports-folder", "table", "earlier", "earlier-folder", "report-folder",
          "logo", "tables-folder")  # fmt: skip
"""Asked for by the window's buttons, shown by Qt or the system."""


def test_five_thousand_signals() -> None:
    done = subprocess.run([sys.executable, "-c", EMISSIONS], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted([*OURS, *SYSTEM]))
def test_a_closed_dialog_is_collected(
    window: MainWindow, qtbot: QtBot, name: str, open_dialog: Callable[[str], None]
) -> None:
    open_dialog(name)
    dialogs = window.findChildren(QDialog)
    gone = [weakref.ref(dialog) for dialog in dialogs]
    assert gone
    for dialog in dialogs:
        dialog.reject()
    dialogs.clear()
    del dialog
    qtbot.waitUntil(lambda: not window.findChildren(QDialog), timeout=5_000)
    gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)


def test_a_closed_engagement_takes_its_pages_along(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    assert window.workspace is not None
    for name in PAGES:
        window.workspace.show_page(name)
    pages = [weakref.ref(window.workspace.show_page(name)) for name in PAGES]
    workspace = weakref.ref(window.workspace)
    with qtbot.waitSignal(window.workspace.destroyed, timeout=5_000):
        window.close_engagement()
    gc.collect()
    assert workspace() is None
    assert [page() for page in pages] == [None] * len(pages)
    with qtbot.waitSignal(window.opened, timeout=10_000):
        window.open_folder(folder)
