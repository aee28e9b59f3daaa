"""All verbs together, and how their errors reach a person."""

from __future__ import annotations

import sys

import typer

from app.cli import UNREADABLE, USAGE, assess, demo, dsomm, evidence, results
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
dsomm.add_to(app)
demo.add_to(app)


def run_verb() -> None:
    """Run one verb and exit with its code."""
    try:
        app(prog_name="colonnade")
    except UsageError as error:
        _tell(error)
        sys.exit(USAGE)
    except EngagementError as error:
        _tell(error)
        sys.exit(UNREADABLE)
    except KeyboardInterrupt:
        print("colonnade: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)


def _tell(error: EngagementError) -> None:
    print(f"colonnade: {error}", file=sys.stderr)
