"""Whom a file is about: told from what it says, from its folders and from its name."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePath

from questionnaires.model import Scope
from scoring.assessment import Application, Assessment

Target = str | Scope | None
"""An application's id, ``Scope.ORGANISATION``, or None where it is not told."""

_ORGANISATION = (("organisation",), ("organization",))
_WORD = re.compile(r"[a-z0-9]+")


def about(inside: str, member: str | None, subject: str, assessment: Assessment) -> tuple[Target, str]:
    """Whom a file is about, and why, for a person; None where nothing or more than one thing is named.

    ``inside`` is the path from the name of what the user gave on, ``member`` the name inside an archive, ``subject``
    what the content says that it is about. A folder called ``organisation`` decides, unless another one names an
    application.
    """
    folders = _folders(inside, member)
    by_folder = _named(assessment, folders, whole=True)
    if any(_words(folder) in _ORGANISATION for folder in folders):
        if not by_folder:
            return Scope.ORGANISATION, "It lies in the folder of that name."
        others = ", ".join(dict.fromkeys(part for _, part in by_folder))
        return None, f"It lies in the folders of the organisation and {others}. Say which one it is about."
    named = (
        ("the file says that it is about {}", _named(assessment, _subject_parts(subject), whole=True)),
        ("it lies in the folder {}", by_folder),
        ("its name speaks of {}", _named(assessment, [PurePath(member or inside).name], whole=False)),
    )
    told: dict[str, str] = {}
    for wording, applications in named:
        for application, part in applications:
            told.setdefault(application, wording.format(part))
    match list(told.items()):
        case []:
            return None, "Nothing in it or its path names an application. Say which one it is about."
        case [(application, why)]:
            return application, f"{why[:1].upper()}{why[1:]}."
        case several:
            reasons = "; ".join(f"{application}: {why}" for application, why in several)
            return None, f"It speaks of several applications ({reasons}). Say which one it is about."


def _named(assessment: Assessment, parts: list[str], *, whole: bool) -> list[tuple[str, str]]:
    """Applications that the parts name, with what names them. A part is the name itself (``whole``) or holds it;
    of several names that one part holds, the longest counts: ``payments-api`` rather than ``api``."""
    told: list[tuple[str, str]] = []
    for part in parts:
        words = _words(part)
        hits = [
            (len(name), application.id)
            for application in assessment.applications.values()
            for name in _names(application)
            if name == words or (not whole and _holds(words, name))
        ]
        longest = max(hits, default=(0, ""))[0]
        told += [(application, part) for length, application in hits if length == longest]
    return told


def _names(application: Application) -> list[tuple[str, ...]]:
    """What an application is called: its id, its name, and each repository with and without its owner."""
    given = [application.id, application.name]
    for repository in application.repositories:
        given += [repository, *_subject_parts(repository)[-1:]]
    return [words for words in map(_words, given) if words]


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.lower().removesuffix(".git")))


def _holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return any(words[start : start + len(name)] == name for start in range(len(words) - len(name) + 1))


def _subject_parts(subject: str) -> list[str]:
    """A repository's or image's address, its last two parts together, and its last part, without tag or digest."""
    plain = re.sub(r"(@sha256.*|(?<=[^/:]):[^/:]*)$", "", subject.rstrip("/"))
    steps = [step for step in plain.split("/") if step]
    owned = ["/".join(pair) for pair in pairwise(steps[-2:])]
    return list(dict.fromkeys([plain, *owned, *steps[-1:]])) if steps else []


def _folders(inside: str, member: str | None) -> list[str]:
    """The folders that a file lies in, on disk and in its archive, whose own name counts as one."""
    path = PurePath(inside)
    packed = (path.stem, *PurePath(member).parts[:-1]) if member is not None else ()
    return [part for part in (*path.parts[:-1], *packed) if _words(part)]
