"""Verbs that make one file of an engagement and the other way round: pack, unpack."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import Folder, known_content
from app.engagement import pack as packing
from app.engagement.errors import UsageError
from app.engagement.files import write_atomically

MAX_PASSPHRASE = 4096
"""Bytes."""

PassphraseFd = Annotated[
    int | None,
    typer.Option(
        "--passphrase-fd", metavar="N", min=0, help="Read the passphrase from this file descriptor, not the terminal."
    ),
]


def add_to(app: typer.Typer) -> None:
    app.command("pack")(pack)
    app.command("unpack")(unpack)


def pack(
    folder: Folder,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The pack (default: beside the folder, of its name)."),
    ] = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Ask for a passphrase and encrypt with it.")] = False,
    passphrase_fd: PassphraseFd = None,
    with_history: Annotated[bool, typer.Option("--with-history", help="With earlier engagements.")] = False,
    with_evidence: Annotated[bool, typer.Option("--with-evidence", help="With the copies of exports.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write an engagement as one file to mail, with its scores and a digest of everything in it.

    Encrypted ones are standard age files: 'age -d' opens them too. Without encryption, two packs of the same
    engagement are the same bytes.
    """
    whole = folder.resolve()
    target = out or whole.parent / f"{whole.name or 'engagement'}{packing.SUFFIX}"
    if target.exists() and not force:
        raise UsageError("exists already", str(target), "Choose another --out, or add --force to replace it.")
    sealed = encrypt or passphrase_fd is not None
    passphrase = new_passphrase(passphrase_fd) if sealed else None
    data = packing.freeze(
        folder, known_content(), with_history=with_history, with_evidence=with_evidence, passphrase=passphrase
    )
    write_atomically(target, data)
    print(target)


def unpack(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A pack.", show_default=False)],
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder to make; not there yet, or empty.", show_default=False)
    ],
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Make the folder of an engagement from a pack; on any doubt about it, nothing is written."""
    packing.unpack(file, folder, passphrase_for(file, passphrase_fd))
    print(folder)


# ---- passphrases: from the terminal or a descriptor, never from where other processes could read them


def passphrase_for(file: Path, descriptor: int | None) -> str | None:
    """The passphrase of a pack; None where it is not encrypted. Raises EngagementError."""
    if not packing.needs_passphrase(file):
        return None
    return _read(descriptor) if descriptor is not None else _asked(f"Passphrase of {file.name}: ")


def new_passphrase(descriptor: int | None) -> str:
    """A passphrase to encrypt with, asked for twice. Raises UsageError."""
    if descriptor is not None:
        found = _read(descriptor)
    else:
        found = _asked("New passphrase: ")
        if found and _asked("The same again: ") != found:
            raise UsageError("were typed differently", "The two passphrases", "Nothing was written; try again.")
    if not found:
        raise UsageError("is empty", "The passphrase", "Choose one of several words.")
    return found


def _asked(prompt: str) -> str:
    if not sys.stdin.isatty():
        remedy = "Run it in a terminal, or give --passphrase-fd N."
        raise UsageError("can be asked for in a terminal only", "The passphrase", remedy)
    try:
        return getpass.getpass(prompt, stream=sys.stderr)
    except EOFError as error:
        raise UsageError("was not typed", "The passphrase", "Nothing was written; try again.") from error


def _read(descriptor: int) -> str:
    """One line, without its end."""
    place = f"--passphrase-fd {descriptor}"
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_PASSPHRASE + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("gives no text that can be read", place, "Open it for reading, as in 3<file.") from error
    line = text.removesuffix("\n").removesuffix("\r")
    if "\n" in line or len(data) > MAX_PASSPHRASE:
        raise UsageError("gives more than one line", place, "Give the passphrase alone.")
    return line
