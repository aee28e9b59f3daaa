"""Snapshot in, PDF out: the one function that callers need."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reports.snapshot import Snapshot

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of the work before it, 0 to 1."""


def render(
    snapshot: Snapshot,
    target: Path,
    progress: Progress | None = None,
    *,
    attachments: Mapping[str, bytes] | None = None,
) -> Path:
    """Print a snapshot to ``target`` as PDF/UA-1 and return it.

    Whole or not at all: an older file of that name stays until the new one is complete. Raises
    :class:`reports.pdf.CannotWrite` with the reason where the target cannot be written.
    """
    tell = progress or (lambda _text, _share: None)
    tell("Drawing the charts", 0.0)
    with _uncollected():
        from reports import html

        document = html.document(snapshot)
        tell("Laying out the pages", 0.15)
        from reports import pdf

        pdf.write(
            document,
            target,
            attachments=attachments,
            as_of=snapshot.as_of,
            laid_out=lambda: tell("Writing the file", 0.7),
        )
    tell("Done", 1.0)
    return target


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: layout makes millions of objects and keeps them all, so the collector would find
    nothing and cost an eighth of the time. Measured memory is the same."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
