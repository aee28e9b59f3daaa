"""One writer at a time: the operating system's lock, and a file that says who holds it."""

from __future__ import annotations

import contextlib
import getpass
import os
from pathlib import Path

from filelock import FileLock, Timeout

from app.engagement.errors import EngagementError
from app.engagement.files import unwritable

LOCK = ".lock"
HOLDER = ".lock-holder"


def actor() -> str:
    """Who acts, unless told otherwise: the system user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Lock:
    """The right to change a folder; a killed owner cannot leave it behind."""

    def __init__(self, folder: Path) -> None:
        """Take it. Raises EngagementError where somebody else holds it or the folder takes none."""
        self._holder = folder / HOLDER
        self._lock = FileLock(folder / LOCK, timeout=0)
        try:
            self._lock.acquire()
            self._holder.unlink(missing_ok=True)  # a link in its place would have another file written over
            self._holder.write_text(f"{actor()}, process {os.getpid()}\n", encoding="utf-8")
        except Timeout:
            who = "elsewhere"
            with contextlib.suppress(OSError):
                who = f"by {self._holder.read_text(encoding='utf-8', errors='replace').strip()}"
            raise EngagementError(
                f"is being changed {who}", str(folder), "Close it there, then open it again."
            ) from None
        except OSError as error:
            if self._lock.is_locked:
                self._lock.release()
            raise unwritable(folder, error) from error

    def release(self) -> None:
        with contextlib.suppress(OSError):
            self._holder.unlink()
        self._lock.release()
