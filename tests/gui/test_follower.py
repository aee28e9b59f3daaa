"""What is computed beside the window: never for nobody, and never shown once something overtook it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.desktop.follower import Follower

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Shown(QWidget):
    """Shows the number that was ``now`` when it was asked for; the first answer waits for ``gate``."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1
        self.asked: list[int] = []
        self.taken: list[int] = []
        self.gate = Event()
        self.gate.set()
        self.follower = Follower(self, "test", self._ask, self.taken.append, 0)

    def _ask(self) -> Callable[[], int] | None:
        now = self.now
        self.asked.append(now)
        return (lambda: now if self.gate.wait(10) else 0) if now else None


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Shown]:
    widget = Shown()
    qtbot.addWidget(widget)
    yield widget
    widget.gate.set()
    widget.follower.stop()


def test_nothing_is_asked_while_hidden_and_all_of_it_at_once_when_shown(shown: Shown, qtbot: QtBot) -> None:
    shown.follower.wanted()
    shown.follower.at_once()
    assert (shown.asked, shown.follower.settled) == ([], False)
    shown.show()
    assert shown.asked == [1]
    qtbot.waitUntil(lambda: shown.follower.settled)
    assert shown.taken == [1]
    shown.hide()
    shown.show()
    assert shown.asked == [1], "nothing moved"


def test_moves_are_asked_about_once_and_a_choice_at_once(shown: Shown, qtbot: QtBot) -> None:
    shown.show()
    for shown.now in (2, 3, 4):
        shown.follower.wanted()
    assert shown.asked == [1]
    qtbot.waitUntil(lambda: shown.follower.settled)
    assert shown.asked == [1, 4]
    shown.now = 5
    shown.follower.at_once()
    assert shown.asked == [1, 4, 5]


def test_an_answer_that_something_overtook_is_dropped(shown: Shown, qtbot: QtBot) -> None:
    shown.gate.clear()
    shown.show()
    shown.now = 2
    shown.follower.wanted()
    shown.gate.set()
    qtbot.waitUntil(lambda: shown.follower.settled)
    assert (shown.asked, shown.taken) == ([1, 2], [2])


def test_where_there_is_nothing_to_compute_nothing_is_taken(shown: Shown) -> None:
    shown.now = 0
    shown.show()
    assert (shown.asked, shown.taken, shown.follower.settled) == ([0], [], True)


def test_a_failure_is_told(shown: Shown, qtbot: QtBot) -> None:
    error = ValueError("x")

    def fail() -> int:
        raise error

    follower = Follower(shown, "fails", lambda: fail, shown.taken.append, 0)
    with qtbot.waitSignal(follower.failed) as told:
        shown.show()
    assert told.args == [error]
    follower.stop()


def test_nothing_comes_after_the_end(shown: Shown) -> None:
    shown.gate.clear()
    shown.show()
    shown.follower.wanted()
    shown.follower.stop()
    shown.follower.wanted()
    shown.follower.at_once()
    shown.gate.set()
    shown.follower._background.stop()  # waits for the thread
    QApplication.processEvents()
    assert (shown.asked, shown.taken) == ([1], [])
