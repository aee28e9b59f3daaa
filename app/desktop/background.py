"""One thread beside the window, for what waits on a disk, imports slowly, or computes longer than a key may wait.

Tasks run one after the other, always on the same thread, and their outcome arrives on the GUI thread. Scores, checks,
a first plan and the pages of a PDF are computed here, where all they need is at hand. A thread that computes shares the
interpreter with the window: what takes many seconds, such as a report, the solver or reading exports, belongs into a
child process (:mod:`app.desktop.jobs`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot
from typing_extensions import override

T = TypeVar("T")
LAST = -1000
"""The priority of an event that comes after all others, such as the one that paints."""


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class Failed:
    """The task raised; whoever asked for it says what that means."""

    error: Exception


class Background(QObject):
    """Runs tasks on its own thread. Create it, call it and stop it on the GUI thread."""

    _ended = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._stopped = False
        self._waiting = 0
        self._asked: list[tuple[Callable[[], Any], Callable[[Any], None] | None]] = []
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def idle(self) -> bool:
        """Whether every outcome has arrived."""
        return self._waiting == 0

    def submit(self, task: Callable[[], T], then: Callable[[Done[T] | Failed], None] | None = None) -> None:
        """Run ``task`` on the thread; ``then`` gets its outcome on the GUI thread. Ignored once stopped."""
        if self._stopped:
            return
        self._waiting += 1
        self._asked.append((task, then))
        # Handed on after what is painted: each stroke would have to wait for a thread that computes meanwhile.
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), LAST)

    @override
    def customEvent(self, event: QEvent) -> None:
        self._hand_on()

    def _hand_on(self) -> None:
        asked, self._asked = self._asked, []
        for task, then in asked:
            self._pool.submit(self._run, task, then)

    def _run(self, task: Callable[[], T], then: Callable[[Done[T] | Failed], None] | None) -> None:
        outcome: Done[T] | Failed
        try:
            outcome = Done(task())
        except Exception as error:
            outcome = Failed(error)
        if not self._stopped:
            self._ended.emit((then, outcome))

    @Slot(object)
    def _on_ended(self, ended: tuple[Callable[[object], None] | None, object]) -> None:
        self._waiting -= 1
        then, outcome = ended
        if then is not None and not self._stopped:  # it may have been on its way by then
            then(outcome)

    def finish(self) -> None:
        """Wait for everything that was asked for, and tell what became of it, and of all that follows from it."""
        while not (self._stopped or self.idle):
            self._hand_on()
            self._pool.submit(bool).result()
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def abandon(self) -> None:
        """Take nothing more, and wait for nothing: what only reads or computes is of no use to anybody any more."""
        self._stopped = True
        self._asked.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """Finish what was asked for, wait for it, and take nothing more. Outcomes no longer arrive."""
        self._hand_on()
        self._stopped = True
        self._pool.shutdown(wait=True)
