"""Long work as child processes of the command line: progress, result, cancel.

A child prints JSON lines: any number of ``{"step": "...", "share": 0.4}``, and its result last; or one JSON document.
It opens the engagement for reading only. Whatever it writes it moves into place when it is whole, so a child that is
killed leaves nothing behind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

ROOT = Path(__file__).parents[2]
"""Where ``app`` can be imported from, installed or not."""
COMMAND = (sys.executable, "-m", "app")


class Ending(StrEnum):
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    step: str
    share: float
    """From 0 to 1."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended."""

    ending: Ending
    result: Any = None
    """The document that the child printed, also where it failed after printing one."""
    code: int = 0
    message: str = ""
    """What the child said on standard error."""


class Job(QObject):
    """One child process. Start it once; it ends with exactly one ``ended``."""

    progressed = Signal(object)
    """Progress"""
    ended = Signal(object)
    """Outcome"""

    def __init__(
        self, arguments: Sequence[str], parent: QObject | None = None, command: Sequence[str] = COMMAND
    ) -> None:
        super().__init__(parent)
        self._process = QProcess(self)
        self._process.setProgram(command[0])
        self._process.setArguments([*command[1:], *arguments])
        self._process.setWorkingDirectory(str(ROOT))
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONIOENCODING", "utf-8")
        self._process.setProcessEnvironment(environment)
        self._process.readyReadStandardOutput.connect(self._on_output_ready)
        self._process.finished.connect(self._on_process_finished)
        self._process.errorOccurred.connect(self._on_process_error)
        self._line = bytearray()
        self._kept = bytearray()
        self._cancelled = False
        self._over = False

    def start(self) -> None:
        self._process.start(QProcess.OpenModeFlag.ReadOnly)

    @property
    def running(self) -> bool:
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def cancel(self) -> None:
        """Stop the child at once; ``ended`` follows."""
        self._cancelled = True
        self._process.kill()

    def stop(self) -> None:
        """Stop the child and wait until it is gone, which takes a moment; nobody hears of it any more."""
        self._over = True
        self._process.kill()
        self._process.waitForFinished()

    def _on_output_ready(self) -> None:
        self._line += self._process.readAllStandardOutput().data()
        *lines, rest = self._line.split(b"\n")
        self._line = bytearray(rest)
        for line in lines:
            progress = _progress(line) if line.startswith(b'{"step"') else None
            if progress is not None:
                self.progressed.emit(progress)
            else:
                self._kept += line + b"\n"

    def _on_process_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._on_output_ready()
        self._kept += self._line
        message = self._process.readAllStandardError().toStdString().strip()
        try:
            # The plan of five thousand files would keep the window waiting a tenth of a second with json.loads.
            result = msgspec.json.decode(self._kept) if self._kept.strip() else None
        except msgspec.DecodeError:
            result = None
        good = status is QProcess.ExitStatus.NormalExit and code == 0
        self._end(Outcome(Ending.DONE if good else Ending.FAILED, result, code, message))

    def _on_process_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(Outcome(Ending.FAILED, None, -1, self._process.errorString()))

    def _end(self, outcome: Outcome) -> None:
        if self._over:
            return
        self._over = True
        self.ended.emit(Outcome(Ending.CANCELLED) if self._cancelled else outcome)


def _progress(line: bytes | bytearray) -> Progress | None:
    try:
        raw = json.loads(line)
        return Progress(str(raw["step"]), min(max(float(raw["share"]), 0.0), 1.0))
    except (ValueError, KeyError, TypeError):
        return None


def spoken(message: str) -> str:
    """The last thing a child said, without its name and without a traceback's frames."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1].removeprefix("colonnade: ") if lines else ""
