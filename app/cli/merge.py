"""The verb ``merge``: two assessors' copies of one engagement."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import FOUND
from app.cli.options import As, Folder, Json, opened, print_json, who
from app.cli.packs import PassphraseFd, passphrase_for
from app.engagement import merge as merging
from app.engagement.errors import UsageError
from app.engagement.merge import Merge, Place, Relation, Side, Take

MAX_LISTED = 20
"""Changes without a conflict that are listed one by one."""

_SAYS = {
    Relation.IDENTICAL: "both copies are the same",
    Relation.AHEAD: "only the other copy went on",
    Relation.BEHIND: "the other copy holds nothing that is not here",
    Relation.DIVERGED: "both copies went on",
}


def add_to(app: typer.Typer) -> None:
    app.command("merge")(merge)


def merge(
    folder: Folder,
    other: Annotated[
        Path, typer.Argument(metavar="OTHER", help="The other copy: a folder or a pack.", show_default=False)
    ],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without, only show what it means.")] = False,
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take",
            metavar="PLACE=mine|theirs",
            help="Decide a conflict, or all below a place such as applications/payments; may be repeated.",
        ),
    ] = None,
    passphrase_fd: PassphraseFd = None,
    json: Json = False,
    as_: As = None,
) -> None:
    """Take over what another copy of this engagement has that this one has not.

    What both changed differently is listed with both values and what stood there before, for you to decide; exit 1
    while a conflict is open. Nothing is taken over before every conflict has a decision.
    """
    words = [_word(text) for text in take or ()]
    passphrase = None if other.is_dir() else passphrase_for(other, passphrase_fd)
    copy = merging.copy_of(other, passphrase)
    with opened(folder, write=apply) as engagement:
        found = merging.merge(engagement, copy)
        choices = merging.decided(found, words)
        done = merging.apply(engagement, found, choices, who(as_)) if apply else 0
    undecided = [place for place in found.conflicts if place.path not in choices]
    if json:
        print_json(_as_json(found, choices, apply))
    else:
        _print(found, choices)
        if apply:
            again = "; compute the roadmap again with 'colonnade roadmap'" if done else ""
            print(f"{done} places changed{again}")
        elif found.taken or found.conflicts:
            print(f"{len(found.taken)} to take over, {len(undecided)} to decide: nothing was changed yet; add --apply")
    if undecided:
        raise typer.Exit(FOUND)


def _word(text: str) -> tuple[str, Take]:
    place, sign, side = text.rpartition("=")
    if not sign or not place or side not in set(Take):
        raise UsageError("is no decision", f"'{text}'", "Write --take PLACE=mine or --take PLACE=theirs.")
    return place, Take(side)


def _print(found: Merge, choices: dict[merging.Where, Take]) -> None:
    from rich.table import Table

    from app.cli.tables import console

    print(f"{_SAYS[found.relation]}; both know line {found.base.number}: {found.base.hash}")
    for place in found.taken[:MAX_LISTED]:
        values = f"{_shown(place.mine.value)} → {_shown(place.theirs.value)}"
        print(f"takes over {_plain(place.name)}: {values}{_who(place.theirs)}")
    if len(found.taken) > MAX_LISTED:
        print(f"… and {len(found.taken) - MAX_LISTED} more to take over; --json lists them all")
    for sentence in found.left_out:
        print(f"left out: {_plain(sentence)}")
    if found.conflicts:
        table = Table(title="Conflicts", title_justify="left")
        for column in ("Place", "Before", "Mine", "Theirs", "Decision"):
            table.add_column(column, overflow="fold")
        for place in found.conflicts:
            sides = (f"{_shown(side.value)}{_who(side)}" for side in (place.mine, place.theirs))
            table.add_row(_plain(place.name), _shown(place.base), *sides, str(choices.get(place.path, "open")))
        console().print(table)


def _who(side: Side) -> str:
    return f" ({_plain(side.by)}, {_plain(side.at[:16]).replace('T', ' ')})" if side.by else ""


def _plain(text: str) -> str:
    """Without what could steer a terminal: the other copy comes from outside."""
    from app.cli.tables import shown

    return shown(text).plain


def _shown(value: Any) -> str:
    """A value for a table: an answer by its parts, anything larger by its beginning."""
    if value is None:
        return "nothing"
    if isinstance(value, dict) and all(isinstance(part, str | bool) for part in value.values()):
        text = ", ".join("marked" if part is True else str(part) for part in value.values())
    else:
        text = value if isinstance(value, str) else jsonlib.dumps(value, ensure_ascii=False)
    return _plain(text if len(text) <= 200 else f"{text[:199]}…")


def _as_json(found: Merge, choices: dict[merging.Where, Take], applied: bool) -> dict[str, Any]:
    return {
        "relation": found.relation,
        "base": {"line": found.base.number, "head": found.base.hash},
        "mine": {"line": found.mine.number, "head": found.mine.hash},
        "theirs": {"line": found.theirs.number, "head": found.theirs.hash},
        "applied": applied,
        "taken": [_place_as_json(place) for place in found.taken],
        "conflicts": [{**_place_as_json(place), "decision": choices.get(place.path)} for place in found.conflicts],
        "left_out": list(found.left_out),
    }


def _place_as_json(place: Place) -> dict[str, Any]:
    sides = {"mine": place.mine, "theirs": place.theirs}
    return {
        "place": place.name,
        "path": list(place.path),
        "base": place.base,
        **{name: {"value": side.value, "by": side.by or None, "at": side.at or None} for name, side in sides.items()},
    }
