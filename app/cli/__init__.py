"""The command line: the contract that everything else relies on.

Without a verb it opens the desktop application. Exit codes: 0 good, 1 the check found something, 2 wrong usage,
3 unreadable or unknown input.
"""

from __future__ import annotations

import sys

GOOD, FOUND, USAGE, UNREADABLE = 0, 1, 2, 3


def main() -> None:
    """Run the command that the arguments name. The verbs load only when there is one: a window should not wait."""
    if getattr(sys, "frozen", False):
        # A bundle starts itself anew where files are read side by side.
        from multiprocessing import freeze_support

        freeze_support()
    if len(sys.argv) == 1:
        from app.desktop import run

        sys.exit(run())
    from app.cli.verbs import run_verb

    run_verb()
