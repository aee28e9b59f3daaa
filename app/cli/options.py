"""What several verbs take, once."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app.content import available
from app.engagement import history
from app.engagement.actions import line
from app.engagement.folder import Engagement
from app.engagement.lock import actor
from questionnaires.model import Content
from scoring.progress import Baseline

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the engagement.", show_default=False)]
ApplicationId = Annotated[str | None, typer.Option("--application", metavar="ID", help="Of this application.")]
TierId = Annotated[str | None, typer.Option("--tier", metavar="T", help="Of this tier: 1, 2 or 3.")]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who acts (default: the system user).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

Progress = Annotated[bool, typer.Option("--progress", help="Print progress and result as JSON lines.")]


def opened(folder: Path, *, write: bool = False) -> Engagement:
    """An engagement, with what opening noticed told on standard error.

    Raises EngagementError, with ``write`` also for one that a person has to decide about first.
    """
    engagement = Engagement.open(folder, write=write)
    if write and engagement.refusal is not None:
        raise engagement.refusal
    for notice in engagement.notices:
        print(f"colonnade: {folder}: {notice}", file=sys.stderr)
    return engagement


def earlier(engagement: Engagement) -> tuple[Baseline, ...]:
    """The baselines that can be used, oldest first, with what was left out told on standard error."""
    found = history.read(engagement)
    for notice in found.left_out:
        print(f"colonnade: {engagement.folder}: {notice}", file=sys.stderr)
    return found.baselines


def known_content() -> Content:
    """All content, with what is wrong with the firm's own told on standard error."""
    found = available()
    for problem in found.problems:
        print(f"colonnade: own content left out: {problem}", file=sys.stderr)
    return found.content


def who(name: str | None) -> str:
    return actor() if name is None else line(name, "Who acts")


def print_json(value: Any) -> None:
    """One JSON document on standard output, in ASCII: no terminal's encoding and no odd file name can break it."""
    json.dump(value, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def tell(entry: Mapping[str, Any]) -> None:
    """One JSON line, at once: what ``--progress`` prints for the window that waits for it."""
    print(json.dumps(entry), flush=True)
