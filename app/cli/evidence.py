"""Verbs that read exports: inspect, ingest."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import UNREADABLE
from app.cli.options import ApplicationId, As, Folder, Json, Progress, opened, print_json, tell, who
from app.engagement import actions, copies
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from app.engagement.state import dump
from questionnaires.model import Scope
from scoring.evidence.about import Target
from scoring.evidence.format import Parsed
from scoring.evidence.ingest import Inspection, Planned, PlannedItem, as_json
from scoring.evidence.ingest import inspect as read
from scoring.evidence.ingest import plan as assign

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders or archives.", show_default=False)]
FormatName = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="What the files are, where they do not say themselves.")
]


def add_to(app: typer.Typer) -> None:
    app.command("inspect")(inspect)
    app.command("ingest")(ingest)


def inspect(paths: Paths, format_name: FormatName = None, json: Json = False) -> None:
    """Say what each export is and which facts it gives; changes nothing. Exit 3 if any cannot be read."""
    found = read(paths, format_name=format_name)
    if json:
        print_json([as_json(inspection) for inspection in found])
    else:
        from app.cli.tables import print_inspections

        print_inspections(found)
    if not all(isinstance(inspection.outcome, Parsed) for inspection in found):
        raise typer.Exit(UNREADABLE)


def ingest(
    folder: Folder,
    paths: Paths,
    application: ApplicationId = None,
    organisation: Annotated[bool, typer.Option("--organisation", help="They are about the organisation.")] = False,
    format_name: FormatName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan, change nothing.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep a copy of each file too, but never of a scan for secrets.")
    ] = False,
    json: Json = False,
    progress: Progress = False,
    as_: As = None,
) -> None:
    """Read exports into an engagement; without a scope each is assigned by what it and its path say.

    The same file twice changes nothing. Answers are never touched. Exit 3 if any file was left out.
    """
    if application is not None and organisation:
        raise UsageError("cannot both be named", "--application and --organisation", "Name one of them.")

    def step(done: int, total: int, path: str) -> None:
        if progress:
            tell({"step": path, "share": done / total if total else 1.0})

    with opened(folder, write=not dry_run) as engagement:
        target: Target = Scope.ORGANISATION if organisation else application
        if application is not None and application not in engagement.assessment.applications:
            raise actions.unknown("application", application, engagement.assessment.applications)
        items = assign(read(paths, step, format_name=format_name), engagement.assessment, target)
        if not dry_run:
            apply_plan(engagement, items, who(as_))
        copied = copies.keep(folder, items) if keep and not dry_run else ()
    for copy in copied:
        if copy.place is None:
            print(f"colonnade: {copy.path}: no copy is kept: {copy.why_not}", file=sys.stderr)
    if progress:
        tell(plan_as_json(items, dry_run))
    elif json:
        print_json(plan_as_json(items, dry_run))
    else:
        from app.cli.tables import print_ingest

        print_ingest(items, dry_run)
    if any(item.outcome not in (Planned.ADD, Planned.DUPLICATE) for item in items):
        raise typer.Exit(UNREADABLE)


def apply_plan(engagement: Engagement, items: Sequence[PlannedItem], by: str) -> int:
    """Register what is to be added, as one journal entry; returns how many files that were."""
    changes = actions.add_planned(items)
    engagement.apply("ingest", changes, by)
    return len(changes)


def application_of(item: PlannedItem) -> str | None:
    """The application that an item is for; None for the organisation (and for no place yet)."""
    return None if item.target is None or isinstance(item.target, Scope) else item.target


def plan_as_json(items: Sequence[PlannedItem], dry_run: bool) -> dict[str, Any]:
    """What ``ingest --json`` prints: every file with its outcome, and the evidence in it."""
    return {
        "dry_run": dry_run,
        "counts": dict(sorted(Counter(item.outcome.value for item in items).items())),
        "items": [
            {
                **_inspected(item.inspection),
                "outcome": item.outcome.value,
                "application": application_of(item),
                "organisation": item.target is Scope.ORGANISATION,
                "why": item.why,
                "because": item.because,
                "evidence": dump(item.evidence) if item.evidence else None,
            }
            for item in items
        ],
    }


def _inspected(inspection: Inspection) -> dict[str, Any]:
    whole = as_json(inspection)
    return {key: whole[key] for key in ("path", "member", "sha256", "candidates", "format", "tool", "findings")}
