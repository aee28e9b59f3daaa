"""Work spread over the cores there are, in processes, because the decoders hold the interpreter lock.

The processes are spawned, the same way on every system. This one works along, so that their start costs little.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_BATCH = 16
_BATCH_BYTES = 1 << 20


@dataclass(slots=True)
class _Worker(Generic[T]):
    process: SpawnProcess
    pipe: Connection
    in_hand: deque[int] = field(default_factory=deque)
    """Places of the tasks that it was given and has not answered, in its order."""


def side_by_side(
    work: Callable[[T], R], tasks: Sequence[T], sizes: Sequence[int], workers: int
) -> Generator[tuple[int, R | None], None, None]:
    """The place and the result of each task as it is done, here and in so many processes besides.

    None stands for a result whose process died over it. Closing the iterator ends the processes at once, whatever they
    are doing. ``work`` and the tasks are pickled. Large tasks go to the other processes, small ones are done here, so
    that no process waits long for this one; where processes cannot be started, all work stays here.
    """
    waiting = deque(sorted(range(len(tasks)), key=lambda place: sizes[place]))
    team = _started(work, workers)
    try:
        while waiting or any(worker.in_hand for worker in team):
            ready = wait([worker.pipe for worker in team], timeout=0 if waiting else None) if team else ()
            for worker in [worker for worker in team if worker.pipe in ready]:
                yield from _answers(worker)
                if worker.pipe.closed:
                    team.remove(worker)
                    worker.process.join()
                    waiting.extend(worker.in_hand)
                elif waiting and not worker.in_hand:
                    _give(worker, tasks, _batch(waiting, sizes, len(team)))
            if waiting:
                place = waiting.popleft()
                yield place, work(tasks[place])
    finally:
        for worker in team:
            worker.process.kill()
        for worker in team:
            worker.process.join()
            worker.pipe.close()


def _answers(worker: _Worker[T]) -> Iterator[tuple[int, R | None]]:
    """What a process has sent so far. Its pipe is closed afterwards if it died; the task that it was at is lost."""
    try:
        while worker.pipe.poll():
            answer = worker.pipe.recv()
            if answer is not None:
                worker.in_hand.popleft()
                yield answer
    except (EOFError, OSError):
        worker.pipe.close()
        if worker.in_hand:
            yield worker.in_hand.popleft(), None


def _batch(waiting: deque[int], sizes: Sequence[int], workers: int) -> list[int]:
    """The largest tasks that wait; no more than keeps everybody busy to the end."""
    batch = [waiting.pop()]
    most = min(_BATCH, len(waiting) // (2 * workers + 2))
    while len(batch) < most and sum(sizes[place] for place in batch) < _BATCH_BYTES:
        batch.append(waiting.pop())
    return batch


def _give(worker: _Worker[T], tasks: Sequence[T], batch: list[int]) -> None:
    worker.in_hand.extend(batch)
    try:
        worker.pipe.send([(place, tasks[place]) for place in batch])
    except OSError:
        # It died in between: its pipe says so next.
        return


def _started(work: Callable[[T], R], workers: int) -> list[_Worker[T]]:
    team: list[_Worker[T]] = []
    if multiprocessing.current_process().daemon:
        return team
    context = multiprocessing.get_context("spawn")
    try:
        folder = os.getcwd()
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, work, folder), name="evidence", daemon=True)
            process.start()
            theirs.close()
            team.append(_Worker(process, ours))
    except OSError:
        return team
    return team


def _serve(pipe: Connection, work: Callable[[T], R], folder: str) -> None:
    """A process of the team: says that it is there, then answers batch after batch until it is ended."""
    # The terminal's interrupt goes to all; the process that started this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.chdir(folder)
    with suppress(EOFError, BrokenPipeError):
        pipe.send(None)
        while True:
            for place, task in pipe.recv():
                pipe.send((place, work(task)))


def _end_with_parent() -> None:
    """Where the starting process is killed, it can end nobody any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
