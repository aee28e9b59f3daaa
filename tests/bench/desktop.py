"""How long the window's event loop is ever kept waiting: ``python tests/bench/desktop.py``, one JSON document.

A timer beats every two milliseconds; the longest time between two beats is what a key would have waited. Keys are
pressed as a person presses them, each in a turn of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest import mock

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "bench")]

import engagements  # noqa: E402 - this tree, not one that happens to be installed
import exports  # noqa: E402

from app.desktop import theme  # noqa: E402
from app.desktop.destination import Destination  # noqa: E402
from app.desktop.pages.assess import AssessPage  # noqa: E402
from app.desktop.pages.evidence import EvidencePage  # noqa: E402
from app.desktop.pages.page import Page  # noqa: E402
from app.desktop.pages.report import ReportPage  # noqa: E402
from app.desktop.window import MainWindow  # noqa: E402

BEAT = 2
"""Milliseconds."""
SECONDS = 300
"""Longer than anything here takes."""
APPLICATIONS, ANSWERS = 1000, 20
LARGE = 140_000_000
"""Bytes of the export that is ingested."""
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
Press = tuple[str | Qt.Key, Qt.KeyboardModifier]


class Probe(QObject):
    """Beats, and remembers the longest time between two beats by what was being done."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: dict[str, float] = {}
        self._last = time.perf_counter()
        self._doing: str | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)
        self._timer.start(BEAT)

    def beat(self) -> None:
        now = time.perf_counter()
        if self._doing is not None:
            self.gaps[self._doing] = max(self.gaps.get(self._doing, 0.0), now - self._last)
        self._last = now

    def during(self, doing: str | None) -> None:
        """From now on the gaps belong to this; None does not count."""
        self.beat()
        self._doing = doing


class Turns(QObject):
    """Runs the event loop as it runs in use, until something is so or some keys are pressed."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = QEventLoop(self)
        self._beat = QTimer(self)
        self._beat.timeout.connect(self._on_beat)
        self._waiting: list[Press] = []
        self._until: Callable[[], bool] = bool
        self._limit = 0.0

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until the condition holds."""
        self._until = condition
        self._run(10)

    def press(self, keys: Iterable[Press], pause: int = 30) -> None:
        """Each key in a turn of its own, where the focus is; then one pause more."""
        self._waiting = list(keys)
        self._until = lambda: True
        self._run(pause)

    def _run(self, pause: int) -> None:
        self._limit = time.perf_counter() + SECONDS
        self._beat.start(pause)
        self._loop.exec()
        self._beat.stop()

    def _on_beat(self) -> None:
        if self._waiting:
            key, modifier = self._waiting.pop(0)
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, Qt.Key(ord(key)) if isinstance(key, str) else key, modifier)
        elif self._until():
            self._loop.quit()
        elif time.perf_counter() > self._limit:
            sys.exit("the window did not become ready")


def plain(*keys: str | Qt.Key) -> list[Press]:
    return [(key, NONE) for key in keys]


class Bench:
    """One window with one engagement."""

    def __init__(self, folder: Path) -> None:
        self.probe, self.turns = Probe(), Turns()
        self.window = MainWindow(folder)
        self.window.show()
        self.turns.wait(lambda: self.window.workspace is not None)
        self.window.activateWindow()
        self.turns.wait(lambda: QApplication.focusWidget() is not None)

    def page(self, destination: Destination) -> Page:
        workspace = self.window.workspace
        assert workspace is not None
        workspace.go(destination)
        self.turns.press([], 300)
        return workspace.page

    def answering(self) -> None:
        """Cards and matrix, one application and all of them."""
        probe = self.probe
        session = self.window.session
        assert session is not None
        self.page(Destination("assess", application="app-3", takes=True))
        probe.during("nothing")
        self.turns.press([], 2000)
        probe.during("answering one application")
        self.turns.press(plain(*"1J2J3J4JMJBJ" * 4))
        self.page(Destination("assess", takes=True))
        probe.during("answering for all")
        self.turns.press(plain(*"1J2J3J4J" * 4))
        self.turns.wait(lambda: session.settled)
        probe.during("showing the matrix")
        self.turns.press(plain("X"), 300)
        probe.during("moving in the matrix")
        key = Qt.Key
        self.turns.press(plain(*[key.Key_Down] * 12, *[key.Key_Right] * 2, key.Key_PageDown, *[key.Key_Up] * 4))
        probe.during("answering one in the matrix")
        self.turns.press(plain("1", Qt.Key.Key_Down, "2", Qt.Key.Key_Down, "3", "4"))
        probe.during("selecting fifty")
        self.turns.press([(Qt.Key.Key_Down, SHIFT)] * 49, 20)
        probe.during("answering fifty")
        self.turns.press(plain("2", "3"), 300)
        self.turns.wait(lambda: session.settled)
        probe.during("a thousand answers and back")
        self.turns.press(plain("C", "3"), 300)
        self.turns.wait(lambda: session.settled)
        self.turns.press([("Z", CONTROL)], 300)
        self.turns.wait(lambda: session.settled)
        probe.during("undoing")
        self.turns.press([("Z", CONTROL)] * 2, 300)
        self.turns.wait(lambda: session.settled)
        probe.during("back to the cards")
        self.turns.press(plain("X", "J", "K"))
        probe.during(None)
        assert isinstance(self.window.workspace and self.window.workspace.page, AssessPage)

    def ingesting(self, export: Path) -> None:
        page = self.page(Destination("evidence"))
        assert isinstance(page, EvidencePage)
        self.probe.during("ingesting")
        page.read([export])
        self.turns.wait(lambda: page.job is None)
        if not page.intake.changes():
            sys.exit(f"the large export was not read: {page.told.text()}")
        page.apply()
        self.turns.press([], 300)
        self.probe.during(None)

    def rendering(self) -> None:
        page = self.page(Destination("report"))
        assert isinstance(page, ReportPage)
        self.probe.during("rendering")
        page.render_reports()
        self.turns.wait(lambda: page.job is None and bool(page.written) and page.pages.complete)
        self.probe.during(None)

    def close(self) -> dict[str, float]:
        self.window.close()
        return self.probe.gaps


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for kind in ("CONFIG", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = scratch
        application = QApplication(sys.argv[:1])
        application.setApplicationName("Colonnade")
        theme.install(application)
        found: dict[str, float] = {}
        if not wanted or "answering" in wanted:
            # Twenty-one thousand lines, each synced for its own sake, would take the disk a minute.
            with mock.patch.object(os, "fsync"):
                large = engagements.make(Path(scratch) / "large", APPLICATIONS, ANSWERS)
            bench = Bench(large)
            bench.answering()
            found |= bench.close()
        small = engagements.make(Path(scratch) / "small", 1, ANSWERS)
        bench = Bench(small)
        if not wanted or "ingesting" in wanted:
            export = Path(scratch) / "app-0.sarif"
            export.write_bytes(exports.of_size("SARIF", LARGE))
            bench.ingesting(export)
        if not wanted or "rendering" in wanted:
            bench.rendering()
        found |= bench.close()
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
