"""What a widget shows, computed beside the window whenever what it follows from moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.desktop.background import Background, Done, Failed

T = TypeVar("T")


class Follower(QObject, Generic[T]):
    """Waits until nothing moves any more and while its widget is hidden; an answer that something overtook is dropped.

    ``ask`` gives what to compute, from what is so now, or None where there is nothing; ``take`` gets the answer.
    """

    failed = Signal(object)
    """Exception"""

    def __init__(
        self,
        widget: QWidget,
        name: str,
        ask: Callable[[], Callable[[], T] | None],
        take: Callable[[T], None],
        wait: int,
    ) -> None:
        """``wait`` is in milliseconds after the last move."""
        super().__init__(widget)
        self._widget = widget
        self._ask, self._take = ask, take
        self._background = Background(name, self)
        self._outdated = True
        self._stopped = False
        self._turn = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(wait)
        self._soon.timeout.connect(self._on_time)
        widget.installEventFilter(self)

    @property
    def settled(self) -> bool:
        """The last answer follows from all that is so."""
        return not self._outdated and self._background.idle

    def wanted(self) -> None:
        """Something moved."""
        self._outdated = True
        self._turn += 1
        self._soon.start()

    def at_once(self) -> None:
        """A person looks at something else: nothing more will move."""
        self.wanted()
        self._on_time()

    def stop(self) -> None:
        """The engagement closes."""
        self._stopped = True
        self._soon.stop()
        self._background.abandon()

    def _on_time(self) -> None:
        self._soon.stop()
        if self._stopped or not self._widget.isVisible():
            return
        self._outdated = False
        task, turn = self._ask(), self._turn
        if task is not None:
            self._background.submit(task, lambda outcome: self._on_answered(turn, outcome))

    def _on_answered(self, turn: int, outcome: Done[T] | Failed) -> None:
        if turn != self._turn:
            return
        if isinstance(outcome, Failed):
            self._outdated = True
            self.failed.emit(outcome.error)
        else:
            self._take(outcome.value)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and self._outdated:
            self._on_time()
        return super().eventFilter(watched, event)
