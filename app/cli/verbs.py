"""All verbs together, and how their errors reach a person."""

from __future__ import annotations

import io
import sys

import typer

from app.cli import (
    UNREADABLE,
    USAGE,
    assess,
    checks,
    demo,
    dsomm,
    evidence,
    explain,
    merge,
    packs,
    progress,
    report,
    results,
    verify,
)
from app.engagement.errors import EngagementError, UsageError

app = typer.Typer(
    name="colonnade",
    help="Assess how mature an organisation's DevSecOps is, and turn the answer into a plan.\n\n"
    "Without a verb the desktop application opens.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
assess.add_to(app)
evidence.add_to(app)
results.add_to(app)
report.add_to(app)
explain.add_to(app)
checks.add_to(app)
verify.add_to(app)
packs.add_to(app)
merge.add_to(app)
progress.add_to(app)
dsomm.add_to(app)
demo.add_to(app)


def run_verb() -> None:
    """Run one verb and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every terminal and file name is UTF-8
    try:
        app(prog_name="colonnade")
    except UsageError as error:
        _tell(error)
        sys.exit(USAGE)
    except EngagementError as error:
        _tell(error)
        sys.exit(UNREADABLE)
    except OSError as error:
        # What no verb foresaw, such as a path that is too long. Interrupts and closed pipes are Typer's.
        _tell(EngagementError(f"cannot be used ({error.strerror})", str(error.filename or ""), "Check the path."))
        sys.exit(UNREADABLE)


def _tell(error: EngagementError) -> None:
    print(f"colonnade: {error}", file=sys.stderr)
