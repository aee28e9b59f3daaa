"""What the window remembers between runs: recent engagements, its own layout, and how reports were asked for. Never
an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from app.engagement.errors import EngagementError

MOST = 8


@dataclass(frozen=True, slots=True)
class Recent:
    """An engagement that was open here."""

    folder: Path
    organisation: str
    as_of: str


def settings() -> QSettings:
    """The user's settings file. One that cannot be read counts as empty."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Colonnade", "Colonnade")


def damage() -> EngagementError | None:
    """Put a settings file aside that cannot be read, before the next write replaces it; what is to be told of it."""
    path = Path(settings().fileName())
    lost = "Recent engagements, the layout and the choices for reports begin anew."
    try:
        content = path.read_bytes()
        if not content.strip() or (b"\0" not in content and settings().allKeys()):
            return None
        names = chain([".unreadable"], (f".{number}.unreadable" for number in count(2)))
        aside = next(free for free in map(path.with_suffix, names) if not free.exists())
        path.replace(aside)
    except FileNotFoundError:
        return None
    except OSError as error:
        remedy = f"{lost} To have them remembered, remove what stands in its place."
        return EngagementError(f"cannot be read ({error.strerror})", str(path), remedy)
    return EngagementError(f"could not be read and was put aside as {aside.name}", str(path), lost)


def recents() -> list[Recent]:
    """Last opened first, whether or not they are still there."""
    return [Recent(Path(raw["folder"]), raw["organisation"], raw["as_of"]) for raw in _stored(settings())]


def still_there(entries: Iterable[Recent]) -> list[Recent]:
    """Those whose folder is there. It may wait for a drive: not on the GUI thread."""
    return [entry for entry in entries if (entry.folder / "engagement.toml").is_file()]


def remember(recent: Recent) -> None:
    """Put an engagement first in the list."""
    store = settings()
    entry = {"folder": str(recent.folder), "organisation": recent.organisation, "as_of": recent.as_of}
    others = [raw for raw in _stored(store) if raw["folder"] != entry["folder"]]
    store.beginWriteArray("recent")
    for index, raw in enumerate([entry, *others][:MOST]):
        store.setArrayIndex(index)
        for key, value in raw.items():
            store.setValue(key, value)
    store.endArray()


def _stored(store: QSettings) -> list[dict[str, str]]:
    found = []
    for index in range(min(store.beginReadArray("recent"), MOST)):
        store.setArrayIndex(index)
        raw = {key: store.value(key) for key in ("folder", "organisation", "as_of")}
        if all(isinstance(value, str) and value for value in raw.values()):
            found.append({key: str(value) for key, value in raw.items()})
    store.endArray()
    return found


def remembered_choices(folder: Path) -> dict[str, str]:
    """How the reports of an engagement were last asked for; empty where nothing that can be read is stored."""
    value: Any = settings().value(_choices(folder))
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        return {}
    return {str(key): text for key, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}


def remember_choices(folder: Path, choices: Mapping[str, str]) -> None:
    settings().setValue(_choices(folder), json.dumps(dict(choices)))


def _choices(folder: Path) -> str:
    return f"report/{sha256(str(folder.absolute()).encode()).hexdigest()[:16]}"


def remembered_layout(key: str) -> QByteArray | None:
    """A window's or splitter's own state, where there is one that can be read."""
    value: Any = settings().value(f"layout/{key}")
    return value if isinstance(value, QByteArray) else None


def remember_layout(key: str, state: QByteArray) -> None:
    settings().setValue(f"layout/{key}", state)


def remembered_words(page: str) -> frozenset[str]:
    """How a page was left where that is not how it begins, in words of its own."""
    value: Any = settings().value(f"left/{page}")
    return frozenset(value.split()) if isinstance(value, str) else frozenset()


def remember_words(page: str, words: Iterable[str]) -> None:
    settings().setValue(f"left/{page}", " ".join(sorted(words)))
