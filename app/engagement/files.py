"""Files that are either the old or the new version, never half of one."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from app.engagement.errors import EngagementError

MAX_BYTES = 512_000_000
"""Of one file that is read as a whole."""


def read_bytes(path: Path) -> bytes:
    """A whole file. Raises EngagementError, also for what is none (a pipe would let us wait for ever)."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise EngagementError("is no file", str(path), "Restore it from a copy of the folder.")
        if found.st_size > MAX_BYTES:
            raise EngagementError(f"holds more than {MAX_BYTES:,} bytes", str(path), "Restore it from a copy.")
        return path.read_bytes()
    except FileNotFoundError:
        raise EngagementError("is missing", str(path), "Restore it from a copy of the folder.") from None
    except OSError as error:
        raise EngagementError(f"cannot be read ({error.strerror})", str(path), "Check its permissions.") from error


def write_atomically(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``: temporary file beside it, fsync, rename, fsync of the folder.

    Raises EngagementError, with the old file untouched, when the disk is full or the folder cannot be written.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(exist_ok=True)  # one level at most: a folder that was taken away stays away
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only the owner may read; a file keeps what it had, a new one follows the umask.
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(temporary, path)
        temporary = None
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def remove(path: Path) -> None:
    """Take a file away, if it is there. Raises EngagementError where the folder does not let us."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> EngagementError:
    """The error for a write that failed."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        remedy = "Name another folder, or move the file away."
        return EngagementError("cannot be written: a file stands where a folder has to be", str(path), remedy)
    reason = error.strerror or str(error)
    return EngagementError(f"cannot be written ({reason})", str(path), "Free space or change permissions, then repeat.")


def sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut; a system that cannot sync folders does it by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
