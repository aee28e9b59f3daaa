"""Reports of several tiers side by side, each in a process of its own, as many at a time as there are cores.

The processes are spawned, the same way on every system, and begin to load the PDF engine at once, while the caller
still computes. They end with the caller however it ends: told to, by an error, or killed.
"""

from __future__ import annotations

import _thread
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from reports.files import CannotWrite
from reports.options import Format
from reports.render import write
from reports.sheets import TooLong
from reports.snapshot import Snapshot

_PATIENCE = 5.0
"""Seconds for a process to put away what it has begun, before it is killed."""


class Ended(Exception):
    """A process ended over its work: it was killed, or memory was short."""


@dataclass(frozen=True, slots=True)
class Work:
    """One tier's report: what :func:`reports.render.write` takes."""

    label: str
    """How progress names it."""
    snapshot: Snapshot
    folder: Path
    name: str
    formats: Sequence[Format] = (Format.PDF,)
    attachments: Mapping[str, bytes] = field(default_factory=dict)

    def do(self, progress: Callable[[str, float], None]) -> tuple[Path, ...]:
        return write(self.snapshot, self.folder, self.name, self.formats, progress, attachments=self.attachments)


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class _Failed:
    target: Path
    number: int
    reason: str


@dataclass(slots=True)
class _Member:
    process: SpawnProcess
    pipe: Connection
    place: int | None = None
    """Of the work that it has in hand."""


def cores() -> int:
    """How many processes can run at a time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Team:
    """Processes for so many reports; none for a single one or on a single core, where the caller does the work.

    Use it as a context: at its end no process is left, and no file is half-written.
    """

    def __init__(self, reports: int, most: int | None = None) -> None:
        self._members: list[_Member] = []
        wanted = min(reports, most or cores())
        if wanted > 1 and not multiprocessing.current_process().daemon:
            self._start(wanted)

    def _start(self, wanted: int) -> None:
        context = multiprocessing.get_context("spawn")
        try:
            for _ in range(wanted):
                ours, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(theirs,), name="report", daemon=True)
                process.start()
                theirs.close()
                self._members.append(_Member(process, ours))
        except OSError:  # as many as the system allows; without any the work is done here
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for member in self._members:
            if kind is None:
                with suppress(OSError):
                    member.pipe.send(None)
            else:
                member.process.terminate()
        for member in self._members:
            member.process.join(_PATIENCE)
            if member.process.is_alive():
                member.process.kill()
                member.process.join()
            member.pipe.close()

    def write(self, works: Iterable[Work], count: int, told: Callable[[str, float], None]) -> list[tuple[Path, ...]]:
        """What was written for each of ``works``, in their order; there are ``count`` of them.

        Each is taken from ``works`` only when a process is free for it or about to be, so that they may be made as they
        are needed. ``told`` hears what is being done, and a share of the whole that never falls.
        Raises what :func:`reports.render.write` does, and :class:`Ended`.
        """
        shares = [0.0] * count
        texts: list[str] = []

        def hear(place: int, text: str, share: float) -> None:
            shares[place] = max(shares[place], share)
            told(f"{texts[place]}: {text}", sum(shares) / count)

        results: dict[int, tuple[Path, ...]] = {}
        coming = enumerate(works)
        free = deque(self._members)
        for place, work in coming:
            texts.append(work.label)
            if not self._members:
                results[place] = work.do(partial(hear, place))
                continue
            while not free:
                self._listen(hear, results, free)
            _give(free.popleft(), place, work)
        while len(results) < len(texts):
            self._listen(hear, results, free)
        return [results[place] for place in sorted(results)]

    def _listen(
        self,
        hear: Callable[[int, str, float], None],
        results: dict[int, tuple[Path, ...]],
        free: deque[_Member],
    ) -> None:
        """What the processes say next."""
        busy = {member.pipe: member for member in self._members if member.place is not None}
        for pipe in wait(list(busy)):
            member = busy[pipe]  # type: ignore[index]
            assert member.place is not None
            try:
                said = member.pipe.recv()
            except (EOFError, OSError):
                member.process.join()
                raise Ended(f"process {member.process.pid} ended with {member.process.exitcode}") from None
            match said:
                case _Told(text, share):
                    hear(member.place, text, share)
                case _Failed(target, number, reason):
                    raise CannotWrite(target, OSError(number, reason))
                case TooLong():
                    raise said
                case tuple():
                    results[member.place] = said
                    member.place = None
                    free.append(member)


def _give(member: _Member, place: int, work: Work) -> None:
    member.place = place
    with suppress(OSError):  # it died in between: its pipe says so next
        member.pipe.send(work)


# ---- in the process


def _serve(pipe: Connection) -> None:
    """One report after the other until there is no more."""
    # The terminal's interrupt goes to all; the process that started this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from reports import html, pdf  # noqa: F401 (loaded while the parent still computes)

    with suppress(EOFError, BrokenPipeError):
        while (work := pipe.recv()) is not None:
            pipe.send(_done(work, pipe))


def _done(work: Work, pipe: Connection) -> tuple[Path, ...] | _Failed | TooLong:
    try:
        return work.do(lambda text, share: pipe.send(_Told(text, share)))
    except CannotWrite as error:
        return _Failed(error.target, error.number, error.reason)
    except TooLong as error:
        return error


def _stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _end_with_parent() -> None:
    """Where the starting process is killed, it can end nobody any more."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    _thread.interrupt_main(signal.SIGTERM)  # which lets it put away a file that it has begun
    threading.Event().wait(_PATIENCE)
    os._exit(1)
