"""What is replaced but must not be lost, kept in a folder of the engagement until a person clears it away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.engagement.files import unwritable, write_atomically

FOLDER = "set-aside"


def set_aside(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Keep some files, by name, in the next free folder below ``set-aside``; returns it. Raises EngagementError."""
    top = folder / FOLDER
    number = 1
    try:
        top.mkdir(exist_ok=True)
        while True:
            place = top / str(number)
            try:
                place.mkdir()
                break
            except FileExistsError:
                number += 1
    except OSError as error:
        raise unwritable(top, error) from error
    for name, data in files.items():
        write_atomically(place / name, data)
    return place
