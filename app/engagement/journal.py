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

import msgspec

from app.engagement.errors import EngagementError
from app.engagement.files import read_bytes, sync_folder, unwritable

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


@dataclass(frozen=True, slots=True)
class Chain:
    """A journal as far as it holds."""

    entries: tuple[Entry, ...]
    size: int
    """Bytes of those entries' lines."""
    torn: int = 0
    """Bytes after the last line break: a line that was being written when the machine stopped."""
    broken: int | None = None
    """Number of the first whole line that does not follow from the ones before it; the entries end there."""


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def make(last: Entry | None, by: str, what: str, changes: Sequence[Change]) -> tuple[Entry, bytes]:
    """The entry after ``last`` with its line, newline included.

    Where the clock was set back, time stands still until it has caught up: entries never go back in time. Raises
    ValueError (UnicodeEncodeError among them) for what JSON cannot hold.
    """
    number, previous = (last.number + 1, last.hash) if last is not None else (1, FIRST)
    at = max(now(), last.at if last is not None else "")
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


def now() -> str:
    """The moment as entries write it: in UTC and of one length, so that texts compare as times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class _Set(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"before": "from"}):
    path: list[str]
    before: Any
    to: Any


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: str
    by: str
    hash: str
    n: int
    prev: str
    set: list[_Set]
    what: str


_DECODER = msgspec.json.Decoder(_Line)


def scan(data: bytes) -> Chain:
    """As much of a journal as holds. Never raises."""
    entries: list[Entry] = []
    previous, size = FIRST, 0
    whole, newline, torn = data.rpartition(b"\n")
    for number, line in enumerate(whole.split(b"\n") if newline else (), 1):
        entry = _parse(line)
        if entry is None or entry.previous != previous or entry.number != number:
            return Chain(tuple(entries), size, broken=number)
        previous = entry.hash
        size += len(line) + 1
        entries.append(entry)
    return Chain(tuple(entries), size, torn=len(torn))


def read(path: Path) -> tuple[list[Entry], int]:
    """All whole entries, and how many bytes of a torn last line follow them.

    Raises EngagementError where the journal is missing or its chain is broken, naming the line.
    """
    chain = scan(read_bytes(path))
    if chain.broken is not None:
        message = "the journal was changed outside Colonnade"
        raise EngagementError(message, f"{path}, line {chain.broken}", "Restore it from a copy of the folder.")
    return list(chain.entries), chain.torn


def _parse(line: bytes) -> Entry | None:
    """An entry whose own hash holds; None for anything else.

    A line is canonical JSON with its keys sorted, so the first ``"hash":`` in it is its own: no text of the keys
    before it can hold an unescaped quotation mark.
    """
    try:
        found = _DECODER.decode(line)
    except (ValueError, RecursionError):  # msgspec's errors, and what is no UTF-8
        return None
    before, _, after = line.partition(b'"hash":"' + found.hash.encode() + b'",')
    if hashlib.sha256(before + after).hexdigest() != found.hash:
        return None
    changes = tuple(Change(tuple(entry.path), entry.to, entry.before) for entry in found.set)
    return Entry(found.n, found.at, found.by, found.what, changes, found.prev, found.hash)


def append(path: Path, line: bytes, size: int) -> None:
    """Write one line behind the first ``size`` bytes and wait until the disk holds it.

    Raises EngagementError, with the journal as it was, when the line cannot be written whole; Gone, when its folder
    is not there; ChangedMeanwhile, when the file is not as long as it was left.
    """
    try:
        with open(path, "r+b" if size else "ab") as file:
            if file.seek(0, os.SEEK_END) != size:
                raise changed_meanwhile(path)
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise
        if size == 0:
            sync_folder(path.parent)
    except FileNotFoundError as error:
        raise (changed_meanwhile(path) if path.parent.is_dir() else Gone(path.parent)) from error
    except OSError as error:
        raise unwritable(path, error) from error


def cut(path: Path, size: int) -> None:
    """Take away what lies beyond ``size`` bytes. Raises EngagementError."""
    try:
        with open(path, "r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(path, error) from error


class Gone(EngagementError):
    """The folder is not there any more; it may come back, as a drive does."""

    def __init__(self, folder: Path) -> None:
        super().__init__("is not there any more", str(folder), "Bring the folder or its drive back.")


class ChangedMeanwhile(EngagementError):
    """Another program changed or removed the journal while the engagement was open."""


def changed_meanwhile(path: Path) -> ChangedMeanwhile:
    remedy = "Let the program that synchronises this folder finish, then open the engagement again."
    return ChangedMeanwhile("was changed by another program while it was open here", str(path), remedy)
