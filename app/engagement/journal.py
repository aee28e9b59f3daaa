"""The journal: one hash-chained line of JSON for each thing that somebody did.

``hash`` is the SHA-256 of the line's other keys as canonical JSON; ``prev`` repeats the hash of the line before, so
no line can be changed, removed or moved without breaking every later one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.engagement.errors import EngagementError
from app.engagement.files import sync_folder, unwritable

FIRST = "0" * 64
"""``prev`` of the first line."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value set at one place of the assessment. ``to`` None removes what stands there."""

    path: tuple[str, ...]
    """Such as ``("applications", "payments", "answers", "integrate.gates.merge-checks")``; empty is everything."""
    to: Any
    before: Any = None
    """What stood there; filled in when the change is applied."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what one person did at one moment."""

    number: int
    at: str
    by: str
    what: str
    """The verb, such as ``answer`` or ``ingest``."""
    changes: tuple[Change, ...]
    previous: str
    hash: str


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def make(number: int, previous: str, by: str, what: str, changes: Sequence[Change]) -> tuple[Entry, bytes]:
    """The next entry with its line, newline included."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    body = {
        "n": number,
        "at": at,
        "by": by,
        "what": what,
        "set": [{"path": list(change.path), "from": change.before, "to": change.to} for change in changes],
        "prev": previous,
    }
    digest = hashlib.sha256(_canonical(body)).hexdigest()
    return Entry(number, at, by, what, tuple(changes), previous, digest), _canonical({**body, "hash": digest}) + b"\n"


def read(path: Path) -> tuple[list[Entry], int]:
    """All whole entries, and how many bytes of a torn last line follow them.

    Raises EngagementError where the chain is broken, naming the line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        message = "the journal is missing"
        raise EngagementError(message, str(path), "Restore it from a copy of the folder.") from None
    except OSError as error:
        raise EngagementError(f"cannot be read ({error.strerror})", str(path), "Check its permissions.") from error
    whole, _, torn = data.rpartition(b"\n")
    entries: list[Entry] = []
    previous = FIRST
    for index, line in enumerate(whole.split(b"\n") if whole else ()):
        entry = _parse(line)
        if entry is None or entry.previous != previous or entry.number != index + 1:
            message = "the journal was changed outside Colonnade"
            remedy = "Restore it from a copy, or keep the folder as it is and start a new engagement."
            raise EngagementError(message, f"{path}, line {index + 1}", remedy)
        previous = entry.hash
        entries.append(entry)
    return entries, len(torn)


def _parse(line: bytes) -> Entry | None:
    """An entry whose own hash holds; None for anything else."""
    try:
        body = json.loads(line)
        digest = body.pop("hash")
        if hashlib.sha256(_canonical(body)).hexdigest() != digest or _canonical({**body, "hash": digest}) != line:
            return None
        changes = tuple(Change(tuple(map(str, entry["path"])), entry["to"], entry["from"]) for entry in body["set"])
        return Entry(body["n"], body["at"], body["by"], body["what"], changes, body["prev"], digest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def append(path: Path, line: bytes, keep: int | None = None) -> None:
    """Write one line and wait until the disk holds it; ``keep`` first cuts the file to that many bytes.

    Raises EngagementError with the journal as it was when the line cannot be written whole.
    """
    try:
        with open(path, "ab") as file:
            if keep is not None:
                file.truncate(keep)
            size = file.seek(0, os.SEEK_END)
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise
        if size == 0:
            sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
