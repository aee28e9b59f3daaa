"""Verbs that care for an engagement's folder: verify, recover, upgrade."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app.cli import FOUND
from app.cli.options import As, Folder, Json, known_content, opened, print_json, who
from app.cli.tables import shown
from app.engagement import recover as recovery
from app.engagement import upgrade as upgrading
from app.engagement import verify as verification
from app.engagement.recover import Source
from app.engagement.upgrade import Upgrade
from questionnaires.migrate import Fate


def add_to(app: typer.Typer) -> None:
    app.command("verify")(verify)
    app.command("recover")(recover)
    app.command("upgrade")(upgrade)


def verify(
    folder: Folder,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="The head that a report or a pack prints: is it a line of this?")
    ] = None,
    json: Json = False,
) -> None:
    """Hold the files against the journal and the journal against itself; exit 1 if anything is not as it was left."""
    found = verification.verify(folder, head)
    if json:
        print_json(
            {
                "findings": [asdict(finding) for finding in found.findings],
                "notes": list(found.notes),
                "lines": found.last.number if found.last else 0,
                "head": found.last.hash if found.last else None,
                "asked_head_line": found.line,
            }
        )
    else:
        for finding in found.findings:
            print(shown(str(finding)).plain)
        for note in found.notes:
            print(f"{folder}: {note}")
        if found.last is not None:
            print(f"{folder}: the journal holds for {found.last.number} lines; head {found.last.hash}")
        if found.line is not None and found.last is not None:
            print(f"{folder}: {head} is line {found.line}; {found.last.number - found.line} were added since")
        if not found.findings:
            print(f"{folder}: everything is as it was left")
    if found.findings:
        raise typer.Exit(FOUND)


def recover(
    folder: Folder,
    source: Annotated[
        Source,
        typer.Option(
            "--from", help="journal: write the files anew from it. files: take over what they say, as a change."
        ),
    ],
    as_: As = None,
) -> None:
    """Decide about an engagement that was changed outside Colonnade; what is replaced is kept in 'set-aside'."""
    found = recovery.recover(folder, source, who(as_), known_content())
    if found.kept is None:
        print(f"{folder}: nothing was changed outside Colonnade, nothing to decide")
        return
    for finding in found.findings:
        print(shown(str(finding)).plain)
    print(f"{folder}: what counts now is what the {source} said; what was there before is kept in {found.kept}")


def upgrade(
    folder: Folder,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without, only show what it means.")] = False,
    json: Json = False,
    as_: As = None,
) -> None:
    """Bring the questions of an engagement to the version that ships, with what becomes of each answer."""
    with opened(folder, write=apply) as engagement:
        old = engagement.questionnaire
        found = upgrading.upgrade(engagement)
        if found is not None and apply:
            engagement.ask(found.questionnaire, "upgrade", found.changes, who(as_))
    if json:
        print_json(
            {
                "from": old.version,
                "to": found.questionnaire.version if found else old.version,
                "applied": apply and found is not None,
                "answers": len(found.changes) if found else 0,
                "moves": [asdict(move) for move in found.moves] if found else [],
            }
        )
    elif found is None:
        print(f"{folder}: {old.id} {old.version} is what ships")
    else:
        _tell(found)
        done = "done" if apply else "nothing was changed; add --apply to do it"
        print(f"{old.id} {old.version} → {found.questionnaire.version}, {len(found.changes)} answers touched: {done}")


def _tell(found: Upgrade) -> None:
    for move in found.moves:
        if move.renamed:
            print(f"renamed   {move.old} → {move.new}")
        if move.fate is not Fate.SAME:
            print(f"{move.fate:<9} {move.new or move.old}" + (f": {move.why}" if move.why else ""))
    same = len(found.of(Fate.SAME))
    print(f"same      {same} questions")
