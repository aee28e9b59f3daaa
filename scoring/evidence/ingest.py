"""Exports on disk → what each of them says → where it belongs. Reads files and writes nothing.

``inspect`` needs no engagement; ``plan`` needs no files. Whoever owns the engagement applies the plan.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import PurePath
from typing import Any, Protocol

from questionnaires.model import Scope
from scoring.assessment import Assessment, Evidence, Fact
from scoring.evidence.about import Target, about
from scoring.evidence.facts import catalogue
from scoring.evidence.format import Outcome, Parsed, Rejected, Undecidable
from scoring.evidence.limits import DEFAULT, Limits
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, Unreadable, read
from scoring.evidence.stored import display
from scoring.evidence.walk import Found, litter, walk

Progress = Callable[[int, int, str], None]
"""Called with the files done, the files in all, and a path: before each file, or as files come in where several are
read side by side. What it raises ends the work at once."""

_FILE = 100_000
"""What a file costs beside its bytes, in bytes."""
_WORTH = 48_000_000
"""What a process more must have to do, in bytes, before it is worth its start of a quarter of a second."""


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
    inside: str = ""
    """The path from the name of what was given on."""


def inspect(
    paths: Iterable[str | os.PathLike[str]],
    progress: Progress | None = None,
    *,
    limits: Limits = DEFAULT,
    format_name: str | None = None,
) -> tuple[Inspection, ...]:
    """Every file below the paths and every member of an archive, in a stable order.

    Folders are walked by name; a link is never followed out of the folder that was given. ``format_name`` is the
    user's word on what the files are, where content alone cannot tell. Nothing is raised for a bad file. Hidden and
    temporary files in folders and archives are left out, unless they hold an export after all.

    Where there is enough to do, it is spread over the cores: see ``side_by_side``. A script that calls this then needs
    the usual ``if __name__ == "__main__"``.
    """
    found = [entry for path in paths for entry in walk(path)]
    total = len(found)
    read_one = partial(_inspected, limits=limits, format_name=format_name)
    inspected: dict[int, tuple[Inspection, ...]] = {}
    step = progress or (lambda done, total, path: None)
    sizes = [_size(entry.path) for entry in found]
    processes = _processes(sizes)
    if processes == 0:
        for place, entry in enumerate(found):
            step(place, total, display(entry.path))
            inspected[place] = read_one(entry)
    else:
        # Only a large batch pays for the import.
        from scoring.evidence.side_by_side import side_by_side

        with closing(side_by_side(read_one, found, sizes, processes)) as arriving:
            step(0, total, display(found[0].path))
            for place, inspections in arriving:
                inspected[place] = (_crashed(found[place]),) if inspections is None else inspections
                if len(inspected) < total:
                    step(len(inspected), total, display(found[place].path))
    step(total, total, "")
    return tuple(inspection for place in range(total) for inspection in inspected[place])


def _processes(sizes: list[int]) -> int:
    """How many processes to start beside this one."""
    work = sum(sizes) + _FILE * len(sizes)
    return max(0, min(_cores() - 1, len(sizes) - 1, work // _WORTH))


def _cores() -> int:
    """How many cores this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable is not None else os.cpu_count() or 1


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0


def _inspected(found: Found, limits: Limits, format_name: str | None) -> tuple[Inspection, ...]:
    if found.problem:
        inspections = [_unread(found, found.problem)]
    else:
        inspections = [_examined(source, found, format_name) for source in read(found.path, limits)]
    kept = tuple(inspection for inspection in inspections if not _left_behind(inspection, found))
    return kept if kept or not found.given else tuple(inspections)


def _examined(source: Source | Unreadable, found: Found, format_name: str | None) -> Inspection:
    if isinstance(source, Unreadable):
        outcome: Outcome = Rejected(source.reason)
        warnings: tuple[str, ...] = ()
    else:
        outcome = examine(source, format_name)
        warnings = source.warnings
    inside = display(found.inside)
    return Inspection(source.path, source.member, source.sha256, source.length, outcome, warnings, inside)


def _unread(found: Found, reason: str) -> Inspection:
    return Inspection(display(found.path), None, None, 0, Rejected(reason), (), display(found.inside))


def _crashed(found: Found) -> Inspection:
    return _unread(found, "Reading it ended the process that tried. Give a shorter period or a part of it.")


def _left_behind(inspection: Inspection, found: Found) -> bool:
    """Whether it is no export but litter of a system, an editor or a browser."""
    named = litter(inspection.member or "") or (not found.given and litter(found.below))
    return named and isinstance(inspection.outcome, Rejected)


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


class Settled(Protocol):
    """What a plan says of one file, wherever the plan is kept."""

    @property
    def outcome(self) -> Planned: ...
    @property
    def target(self) -> Target: ...
    @property
    def evidence(self) -> Evidence | None: ...


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
    """What can be registered, whatever the outcome: wherever the format was recognised."""
    because: str = ""
    """Why it is for whom it is, whatever becomes of it."""


def plan(inspections: Iterable[Inspection], assessment: Assessment, target: Target = None) -> tuple[PlannedItem, ...]:
    """What to do with each inspected file, in the same order.

    ``target`` says whom the files are about; an id that the assessment does not have raises KeyError. Importing a
    file twice changes nothing: what is registered in its scope already, by SHA-256, is a duplicate.
    """
    if target is not None and target is not Scope.ORGANISATION and target not in assessment.applications:
        raise KeyError(target)
    taken: Taken = set()
    return tuple(_planned(inspection, assessment, target, taken) for inspection in inspections)


def _planned(inspection: Inspection, assessment: Assessment, target: Target, taken: Taken) -> PlannedItem:
    outcome = inspection.outcome
    if isinstance(outcome, Rejected):
        return PlannedItem(inspection, Planned.REJECTED, target, outcome.reason)
    if isinstance(outcome, Undecidable):
        return PlannedItem(inspection, Planned.UNDECIDABLE, target, outcome.reason)
    guessed, because = (target, AS_SAID) if target is not None else _about(inspection, outcome, assessment)
    if inspection.sha256 is None:
        return PlannedItem(inspection, Planned.UNASSIGNED, None, because)
    settled, why = settle(inspection.sha256, guessed, because, assessment, taken)
    evidence = _evidence(inspection, inspection.sha256, outcome)
    return PlannedItem(inspection, settled, guessed, why, evidence, because)


Taken = set[tuple[bool, Target, str]]
"""What a plan adds already: whether for the organisation (an application may have that id), whom for, the SHA-256."""
AS_SAID = "As you said."
"""Why a file is for whom it is, where a person named it."""


def settle(sha256: str, target: Target, because: str, assessment: Assessment, taken: Taken) -> tuple[Planned, str]:
    """What becomes of one recognised file, and why; where it is added, ``because`` it is for whom it is.

    What is to be added goes into ``taken``. Needs no file, so that a plan can follow an assessment that moves and a
    person who names somebody else.
    """
    if target is None:
        return Planned.UNASSIGNED, because
    organisation = target is Scope.ORGANISATION
    if not organisation and target not in assessment.applications:
        return Planned.UNASSIGNED, f"The application '{target}' is gone. Say which one it is about."
    registered = assessment.evidence if organisation else assessment.applications[target].evidence
    if sha256 in registered:
        return Planned.DUPLICATE, "The same file is registered already."
    place = (organisation, target, sha256)
    if place in taken:
        return Planned.DUPLICATE, "The same file stands further up in this batch."
    taken.add(place)
    return Planned.ADD, because


def _about(inspection: Inspection, parsed: Parsed, assessment: Assessment) -> tuple[Target, str]:
    inside = inspection.inside or PurePath(inspection.path).name
    return about(inside, inspection.member, parsed.subject, assessment)


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
