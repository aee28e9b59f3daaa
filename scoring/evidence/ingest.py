"""Exports on disk → what each of them says → where it belongs. Reads files and writes nothing.

``inspect`` needs no engagement; ``plan`` needs no files. Whoever owns the engagement applies the plan.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from questionnaires.model import Scope
from scoring.assessment import Application, Assessment, Evidence, Fact
from scoring.evidence.facts import catalogue
from scoring.evidence.format import Outcome, Parsed, Rejected, Undecidable
from scoring.evidence.limits import DEFAULT, Limits
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, Unreadable, read
from scoring.evidence.stored import display

Progress = Callable[[int, int, str], None]
"""Called before each file with the files done, the files in all, and the path. What it raises ends the work."""
Target = str | Scope | None
"""An application's id, ``Scope.ORGANISATION``, or None to guess the application from each file."""

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Inspection:
    """One file or archive member, and what it turned out to be."""

    path: str
    """As given."""
    member: str | None
    sha256: str | None
    """Of the file or member as it is stored; None where it could not be read."""
    length: int
    """In bytes."""
    outcome: Outcome
    warnings: tuple[str, ...] = ()


def inspect(
    paths: Iterable[str | os.PathLike[str]],
    progress: Progress | None = None,
    *,
    limits: Limits = DEFAULT,
    format_name: str | None = None,
) -> tuple[Inspection, ...]:
    """Every file below the paths and every member of an archive, in a stable order.

    Folders are walked by name; a link is never followed out of the folder that was given. ``format_name`` is the
    user's word on what the files are, where content alone cannot tell. Nothing is raised for a bad file.
    """
    found = [entry for path in paths for entry in _walk(path)]
    inspections: list[Inspection] = []
    for done, (path, problem) in enumerate(found):
        if progress is not None:
            progress(done, len(found), display(path))
        if problem:
            inspections.append(Inspection(display(path), None, None, 0, Rejected(problem)))
        else:
            inspections.extend(_inspected(source, format_name) for source in read(path, limits))
    if progress is not None:
        progress(len(found), len(found), "")
    return tuple(inspections)


def _inspected(source: Source | Unreadable, format_name: str | None) -> Inspection:
    if isinstance(source, Unreadable):
        return Inspection(source.path, source.member, source.sha256, source.length, Rejected(source.reason))
    outcome = examine(source, format_name)
    return Inspection(source.path, source.member, source.sha256, source.length, outcome, source.warnings)


def _walk(path: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """The files below a path, each with the problem that keeps it from being read, if any."""
    given = os.fspath(path)
    if not _is_folder(given):
        yield given, ""
        return
    inside = os.path.realpath(given)
    unread: list[str] = []
    for folder, folders, files in os.walk(given, onerror=lambda error: unread.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if name not in _VERSION_CONTROL)
        for name in folders:
            here = os.path.join(folder, name)
            if os.path.islink(here) and not _below(here, inside):
                yield here, "It is a link out of the folder. Give the folder that it leads to."
        for name in sorted(files):
            here = os.path.join(folder, name)
            leads_out = os.path.islink(here) and not _below(here, inside)
            yield here, "It is a link out of the folder. Give the file that it leads to." if leads_out else ""
    for folder in sorted(unread):
        yield folder, "The folder may not be read. Ask for permission, or copy it where you may read it."


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


def as_json(inspection: Inspection) -> dict[str, Any]:
    """What ``colonnade inspect --json`` prints for one entry: plain values with fixed keys."""
    outcome = inspection.outcome
    parsed = outcome if isinstance(outcome, Parsed) else None
    return {
        "path": inspection.path,
        "member": inspection.member,
        "sha256": inspection.sha256,
        "outcome": type(outcome).__name__.lower(),
        "candidates": list(outcome.candidates) if isinstance(outcome, Undecidable) else [],
        "reason": None if isinstance(outcome, Parsed) else outcome.reason,
        "format": parsed.format if parsed else None,
        "tool": parsed.tool if parsed else None,
        "category": str(parsed.category) if parsed and parsed.category else None,
        "captured_at": parsed.captured_at.isoformat() if parsed and parsed.captured_at else None,
        "records": parsed.records.model_dump() if parsed else None,
        "findings": parsed.findings.model_dump() if parsed and parsed.findings else None,
        "facts": [_fact_as_json(fact) for fact in parsed.facts] if parsed else [],
        "warnings": [*inspection.warnings, *(parsed.warnings if parsed else ())],
    }


def _fact_as_json(fact: Fact) -> dict[str, Any]:
    unit = catalogue()[fact.name].unit
    note = ": ".join(part for part in (fact.category, fact.note) if part)
    return {"name": fact.name, "value": fact.value, "unit": unit, "sample": fact.sample, "note": note}


class Planned(StrEnum):
    """What is to happen with one inspected file."""

    ADD = "add"
    DUPLICATE = "duplicate"
    UNDECIDABLE = "undecidable"
    REJECTED = "rejected"
    UNASSIGNED = "unassigned"
    """Recognised, but it is not clear which application it is about."""


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One inspected file and where it belongs."""

    inspection: Inspection
    outcome: Planned
    target: Target
    """An application's id or the organisation; None where it belongs nowhere yet."""
    why: str
    """Why this outcome and this application, for a person."""
    evidence: Evidence | None = None
    """What to register; only for ``add``."""


def plan(inspections: Iterable[Inspection], assessment: Assessment, target: Target = None) -> tuple[PlannedItem, ...]:
    """What to do with each inspected file, in the same order.

    ``target`` says whom the files are about; an id that the assessment does not have raises KeyError. Importing a
    file twice changes nothing: what is registered in its scope already, by SHA-256, is a duplicate.
    """
    if target is not None and target is not Scope.ORGANISATION and target not in assessment.applications:
        raise KeyError(target)
    seen: set[tuple[str, str]] = set()
    return tuple(_planned(inspection, assessment, target, seen) for inspection in inspections)


def _planned(inspection: Inspection, assessment: Assessment, target: Target, seen: set[tuple[str, str]]) -> PlannedItem:
    outcome = inspection.outcome
    if isinstance(outcome, Rejected):
        return PlannedItem(inspection, Planned.REJECTED, target, outcome.reason)
    if isinstance(outcome, Undecidable):
        return PlannedItem(inspection, Planned.UNDECIDABLE, target, outcome.reason)
    guessed, why = (target, "As you said.") if target is not None else _guess(inspection, outcome, assessment)
    if guessed is None or inspection.sha256 is None:
        return PlannedItem(inspection, Planned.UNASSIGNED, None, why)
    organisation = guessed is Scope.ORGANISATION
    registered = assessment.evidence if organisation else assessment.applications[guessed].evidence
    if inspection.sha256 in registered:
        return PlannedItem(inspection, Planned.DUPLICATE, guessed, "The same file is registered already.")
    place = ("organisation" if organisation else "application:" + guessed, inspection.sha256)
    if place in seen:
        return PlannedItem(inspection, Planned.DUPLICATE, guessed, "The same file stands further up in this batch.")
    seen.add(place)
    return PlannedItem(inspection, Planned.ADD, guessed, why, _evidence(inspection, inspection.sha256, outcome))


def _evidence(inspection: Inspection, sha256: str, parsed: Parsed) -> Evidence:
    return Evidence(
        sha256=sha256,
        path=inspection.path,
        member=inspection.member,
        bytes=inspection.length,
        format=parsed.format,
        tool=parsed.tool,
        category=parsed.category,
        captured_at=parsed.captured_at,
        subject=parsed.subject,
        branch=parsed.branch,
        records=parsed.records,
        findings=parsed.findings,
        facts=parsed.facts,
        warnings=(*inspection.warnings, *parsed.warnings),
    )


def _guess(inspection: Inspection, parsed: Parsed, assessment: Assessment) -> tuple[str | None, str]:
    """The one application that the content's subject, a folder or the file's name speaks of, and why."""
    places = (
        ("the file says that it is about {}", _subject_parts(parsed.subject)),
        ("it lies in the folder {}", _folders(inspection)),
        ("its name speaks of {}", [PurePath(inspection.member or inspection.path).name]),
    )
    told: dict[str, str] = {}
    for number, (wording, parts) in enumerate(places):
        for application, part in _spoken_of(assessment, parts, whole=number < 2):
            told.setdefault(application, wording.format(part))
    match list(told.items()):
        case []:
            return None, "Nothing in it or its path names an application. Say which one it is about."
        case [(application, why)]:
            return application, f"Taken for {application}: {why}."
        case several:
            reasons = "; ".join(f"{application}: {why}" for application, why in several)
            return None, f"It speaks of several applications ({reasons}). Say which one it is about."


def _spoken_of(assessment: Assessment, parts: list[str], *, whole: bool) -> list[tuple[str, str]]:
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


def _folders(inspection: Inspection) -> list[str]:
    path = PurePath(inspection.path)
    inside = PurePath(inspection.member).parts[:-1] if inspection.member is not None else ()
    archive = (path.stem,) if inspection.member is not None else ()
    return [part for part in (*path.parts[:-1], *archive, *inside) if _words(part)]
