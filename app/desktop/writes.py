"""The way of an engagement's changes to the disk, one after the other, on the writer's thread.

What the disk does not take waits and is tried again with the next change. What no journal can hold is told, and
nothing is written until whoever shows it has taken it back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.background import Background, Done, Failed
from app.engagement.errors import EngagementError, UsageError
from app.engagement.folder import Engagement
from app.engagement.journal import Gone

CHECKPOINT = 1000
"""Milliseconds from the first unwritten change to the TOML files."""


def _nothing() -> None: ...


class Saving(StrEnum):
    """Where the last change is."""

    SAVED = "saved"
    WRITING = "writing"
    UNSAVED = "unsaved"
    """In the window only: the disk did not take it."""
    READ_ONLY = "read-only"


class _Refused(Exception):
    """A write that was not tried, because one before it has to be taken back."""


class Writes(QObject):
    """Knows what is written and what is not."""

    saving_changed = Signal(object)
    """Saving."""
    unsaved = Signal(object)
    """EngagementError: the disk does not take what was changed. Told once, however much follows."""
    impossible = Signal(object)
    """Exception: a change that cannot be written; nothing is until ``go_on``."""
    failed = Signal(object)
    """EngagementError: the journal holds everything, the files beside it do not."""

    def __init__(self, engagement: Engagement, writer: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._engagement = engagement
        self._writer = writer
        self.saving = Saving.SAVED if engagement.writable else Saving.READ_ONLY
        self.pending = 0
        """Writes that have not been tried yet."""
        self._waiting: deque[tuple[Callable[[], None], Callable[[], None]]] = deque()
        """What the disk has not taken, and whom to call back; touched on the writer's thread only."""
        self._written: deque[Callable[[], None]] = deque()
        """Whom to call back."""
        self._refusing = False
        self.failing = False
        """The disk does not take what was changed."""
        self._told = False
        self._closing = False
        self._checkpoint = QTimer(self)
        self._checkpoint.setSingleShot(True)
        self._checkpoint.setInterval(CHECKPOINT)
        self._checkpoint.timeout.connect(self._on_checkpoint_timeout)

    @property
    def settled(self) -> bool:
        """The journal holds everything."""
        return self.pending == 0 and not self.failing

    def begin(self, task: Callable[[], None], then: Callable[[], None] = _nothing) -> None:
        """Write something after everything that was begun before, and call back once it is written."""
        self.pending += 1
        self._say(Saving.WRITING)
        self._writer.submit(lambda: self._write(task, then), self._on_written)

    def again(self) -> None:
        """Try once more to write what the disk did not take; where that fails it is told again."""
        self._told = False
        self.begin(self._save)

    def after(self, then: Callable[[], None]) -> None:
        """Call back once everything that was begun so far is written, and there to be read."""
        self.pending += 1
        self._writer.submit(lambda: self._write(self._engagement.confirm, then), self._on_written)

    def go_on(self) -> None:
        """The change that could not be written is taken back."""
        self._refusing = self.failing = self._told = False
        self._say(Saving.SAVED)

    def close(self, then: Callable[[], None]) -> None:
        """Write what is left and release the folder."""

        def closed(outcome: Done[None] | Failed) -> None:
            self._on_checkpoint_written(outcome)
            then()

        self._closing = True
        self._writer.submit(self._engagement.close, closed)

    # ---- on the writer's thread

    def _save(self) -> None:
        self._engagement.confirm()
        self._engagement.checkpoint()

    def _write(self, task: Callable[[], None], then: Callable[[], None]) -> None:
        """Everything that waits, in its order; what raises goes on waiting."""
        if self._refusing and task != self._engagement.confirm:
            raise _Refused
        self._waiting.append((task, then))
        try:
            while self._waiting:
                self._waiting[0][0]()
                self._written.append(self._waiting.popleft()[1])
        except Exception as error:
            if not _may_come(error):
                self._refusing = True
                self._waiting.clear()
            raise

    # ---- hearing

    def _on_written(self, outcome: Done[None] | Failed) -> None:
        self.pending -= 1
        while self._written:
            self._written.popleft()()
        match outcome:
            case Done():
                self.failing = self._told = False
                if not self._checkpoint.isActive():
                    self._checkpoint.start()
                if self.pending == 0:
                    self._say(Saving.SAVED)
            case Failed(error) if _may_come(error):
                self._on_unsaved(error)
            case Failed(error) if not isinstance(error, _Refused):
                self.impossible.emit(error)
            case _:
                pass

    def _on_unsaved(self, error: Exception) -> None:
        told, self._told = self._told, True
        self.failing = True
        self._say(Saving.UNSAVED)
        if not told or self._closing:
            self.unsaved.emit(error)

    def _on_checkpoint_timeout(self) -> None:
        self._writer.submit(self._engagement.checkpoint, self._on_checkpoint_written)

    def _on_checkpoint_written(self, outcome: Done[None] | Failed) -> None:
        match outcome:
            case Failed(error) if isinstance(error, Gone) or self._engagement.refusal is not None:
                self._on_unsaved(error)  # what stood in the journal is away with it
            case Failed(error):
                self.failed.emit(error)
            case _:
                pass

    def _say(self, saving: Saving) -> None:
        if saving is not self.saving:
            self.saving = saving
            self.saving_changed.emit(saving)


def _may_come(error: Exception) -> bool:
    """Whether a write that failed can succeed later: the disk is full or away, but what is written makes sense."""
    return isinstance(error, EngagementError) and not isinstance(error, UsageError)
