"""How the interpreter is kept from holding the window up."""

from __future__ import annotations

import gc
import sys

YIELD = 0.0001
"""Seconds after which a computing thread hands the interpreter to the window. With Python's own five milliseconds, a
page that calls Qt a hundred times while it is painted would wait half a second."""
NEVER = 1_000_000
"""So many collections of the middle generation before one of everything."""


def keep() -> None:
    """For the whole process.

    The collector no longer looks through everything by itself: at 1,000 applications that stops every thread for a
    tenth of a second. What is young is still collected, and nearly all that an engagement holds goes without it.
    """
    sys.setswitchinterval(YIELD)
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)


def settle() -> None:
    """Everything that every engagement needs is loaded: it stays until the process ends, and no collection looks at it
    again."""
    if gc.get_freeze_count() == 0:
        gc.freeze()


def tidy() -> None:
    """Collect everything, at a moment when nobody waits: on the GUI thread, where Qt's objects belong."""
    gc.collect()
