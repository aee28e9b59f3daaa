"""Bytes as they lie on disk: opened safely, hashed, and read again only if they have not changed."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from scoring.evidence.limits import Limits, Refused, Unsuitable, size

_STEP = 1 << 20
_HASHED_APART = 1 << 22
"""Bytes from which on a thread pays: hashing lets go of the interpreter lock, so decoding goes on meanwhile."""
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
"""Without O_NONBLOCK, opening a FIFO would wait for its writer for ever."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes of a file, or of a member of an archive."""

    path: str
    member: str | None
    digest: Callable[[], str]
    """Waits for the SHA-256 and gives it, in 64 hexadecimal digits."""
    length: int
    open: Callable[[], BinaryIO]
    held: bytes | None
    """All of them, where they fit in memory."""

    @property
    def sha256(self) -> str:
        return self.digest()


def display(path: str | os.PathLike[str]) -> str:
    """A path as text that can be stored: a file name that is not valid Unicode keeps its other characters."""
    return os.fspath(path).encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def from_bytes(data: bytes, shown: str, limits: Limits) -> Stored:
    """Bytes that are at hand already, under the limits of a file that holds them."""
    held = data if len(data) <= limits.memory_bytes else None
    return Stored(shown, None, hashing(data), len(data), lambda: io.BytesIO(data), held)


def hashing(data: bytes) -> Callable[[], str]:
    """Begins to compute a SHA-256; the function that it returns waits for the result."""
    digest = hashlib.sha256()
    if len(data) < _HASHED_APART:
        digest.update(data)
        return digest.hexdigest
    thread = threading.Thread(target=digest.update, args=(data,), name="sha256", daemon=True)
    thread.start()

    def joined() -> str:
        thread.join()
        return digest.hexdigest()

    return joined


def from_disk(path: str | os.PathLike[str], limits: Limits) -> Stored:
    """A file, read into memory where it fits. Raises Refused for what is no regular file or cannot be read."""
    path = os.fspath(path)
    file, before = open_regular(path)
    with file:
        if before.st_size > limits.file_bytes:
            raise Unsuitable(f"It is larger than {size(limits.file_bytes)}. Give a shorter period or a part of it.")
        try:
            small = before.st_size <= limits.memory_bytes
            held = file.read(before.st_size + 1) if small else None
            digest = hashing(held) if held is not None else _streamed(file)
        except OSError as error:
            raise Refused(_said(error)) from None
        if _state(os.fstat(file.fileno())) != _state(before) or (held is not None and len(held) != before.st_size):
            raise Refused(_CHANGED)

    def reopen() -> BinaryIO:
        if held is not None:
            return io.BytesIO(held)
        again, now = open_regular(path)
        if _state(now) != _state(before):
            again.close()
            raise Refused(_CHANGED)
        return again

    return Stored(display(path), None, digest, before.st_size, reopen, held)


_CHANGED = "It changed while it was read. Wait until it is written, then give it again."


def open_regular(path: str) -> tuple[BinaryIO, os.stat_result]:
    """A file to read, and its state. Raises Refused, also for what is none (a pipe would let us wait for ever)."""
    try:
        # Told before opening too: opening alone can already wake a device.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Unsuitable("It is not a regular file. Give a file or a folder.")
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError as error:
        raise Refused(_said(error)) from None
    except ValueError:
        raise Refused("Its name holds a character that no file name can have.") from None
    file = cast(BinaryIO, os.fdopen(descriptor, "rb"))
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        file.close()
        raise Unsuitable("It is not a regular file. Give a file or a folder.")
    return file, state


def _said(error: OSError) -> str:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return "There is no such file."
        case errno.EACCES | errno.EPERM:
            return "It may not be read. Ask for permission, or copy it where you may read it."
        case errno.ELOOP:
            return "It is a link that leads round in a circle."
        case _:
            return f"It cannot be read: {error.strerror or 'the system gives no reason'}."


def _state(of: os.stat_result) -> tuple[int, int, int]:
    return of.st_ino, of.st_size, of.st_mtime_ns


def _streamed(file: BinaryIO) -> Callable[[], str]:
    digest = hashlib.sha256()
    while data := file.read(_STEP):
        digest.update(data)
    return digest.hexdigest
