"""Which files lie below a path that a person gave, and which of them are litter."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})
_LITTER = re.compile(
    r"\.[^.].*|~.*|.*(~|\.(part|partial|crdownload|download|tmp|temp|swp|bak|lnk))"
    r"|__MACOSX|__pycache__|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r",
    re.IGNORECASE | re.DOTALL,
)
"""Names of what systems, editors and browsers leave behind."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read."""

    path: str
    """As given, or below what was given."""
    inside: str
    """The path from the name of what was given on: what lies above says nothing about the file."""
    given: bool
    """It was named itself, not found in a folder."""
    problem: str = ""
    """Why it cannot be read, if that is known already."""

    @property
    def below(self) -> str:
        """The path below the folder that was given."""
        return self.inside.partition(os.sep)[2]


def walk(path: str | os.PathLike[str]) -> Iterator[Found]:
    """The file at a path, or all below a folder, by name; a link is never followed out of the folder."""
    given = os.fspath(path)
    if not _is_folder(given):
        yield Found(given, _name(given), given=True)
        return
    root = _name(given)
    within = os.path.realpath(given)
    unread: list[str] = []

    def found(here: str, problem: str = "") -> Found:
        return Found(here, os.path.join(root, here[len(given) :].lstrip(os.sep)), given=here == given, problem=problem)

    for folder, folders, files in os.walk(given, onerror=lambda error: unread.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if name not in _VERSION_CONTROL)
        for name in folders:
            here = os.path.join(folder, name)
            if os.path.islink(here) and not _below(here, within):
                yield found(here, "It is a link out of the folder. Give the folder that it leads to.")
        for name in sorted(files):
            here = os.path.join(folder, name)
            leads_out = os.path.islink(here) and not _below(here, within)
            yield found(here, "It is a link out of the folder. Give the file that it leads to." if leads_out else "")
    for folder in sorted(unread):
        yield found(folder, "The folder may not be read. Ask for permission, or copy it where you may read it.")


def litter(path: str) -> bool:
    """Whether a name in a path is that of a hidden or temporary file or folder, which may be an export all the same."""
    return any(_LITTER.fullmatch(name) for name in re.split(r"[/\\]", path))


def _name(given: str) -> str:
    """The name of what was given, be it ``.`` or ``..``."""
    name = os.path.basename(os.path.normpath(given))
    return os.path.basename(os.path.realpath(given)) if name in ("", ".", "..") and _is_folder(given) else name


def _is_folder(path: str) -> bool:
    try:
        return os.path.isdir(path)
    except ValueError:
        return False


def _below(path: str, folder: str) -> bool:
    try:
        return os.path.commonpath((os.path.realpath(path), folder)) == folder
    except ValueError:
        return False
