"""Reports on the disk: each file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

PREFIX, SUFFIX = ".report-", ".tmp"
"""Of a file that is being written. One that a killed process left behind is told by them."""


class CannotWrite(Exception):
    """The report could not be written; what stood at the target before still stands there."""

    def __init__(self, target: Path, error: OSError) -> None:
        super().__init__(f"{target}: {error.strerror or error}")
        self.target = target
        self.number = error.errno or 0
        self.reason = error.strerror or str(error)
        """As the operating system words it: no space left on device, permission denied, …"""


def in_place(target: Path, write: Callable[[IO[bytes]], object]) -> Path:
    """A temporary file beside the target, fsync, rename, fsync of the folder; nothing left behind on failure.

    Raises :class:`CannotWrite` for an error of the operating system.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                with suppress(OSError):  # not every file system can lock; what is left there stays
                    _hold(handle)
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise CannotWrite(target, error) from error
    return target


def sweep(folder: Path) -> None:
    """Take away what killed processes left half-written in a folder; what a living one writes is left alone."""
    for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
        with suppress(OSError):
            handle = os.open(path, os.O_RDWR)
            try:
                _hold(handle)
            except OSError:
                continue
            finally:
                os.close(handle)
            path.unlink()


def _hold(handle: int) -> None:
    """Lock an open file as being written; raises OSError where another process has. Ends with the process."""
    if os.name == "nt":  # a file that is open cannot be deleted there, which is all that the lock is for
        return
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there, and a rename is durable without
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
