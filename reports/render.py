"""Snapshot in, files out: the functions that callers need."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from reports.files import in_place
from reports.options import Format
from reports.snapshot import Snapshot

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of the work before it, 0 to 1."""


CSV_TABLES = ("answers", "roadmap")
"""The tables that are written as CSV files."""

_WORK = {Format.PDF: 10, Format.HTML: 2, Format.XLSX: 1, Format.CSV: 1}
"""How long the formats take, roughly and in proportion."""


def write(
    snapshot: Snapshot,
    folder: Path,
    name: str,
    formats: Sequence[Format] = (Format.PDF,),
    progress: Progress | None = None,
    *,
    attachments: Mapping[str, bytes] | None = None,
) -> tuple[Path, ...]:
    """Write one snapshot as ``name.pdf``, ``name.html``, ``name.xlsx``, ``name-answers.csv`` and ``name-roadmap.csv``.

    Returns what was written, in the order of the formats. Each file is whole or not there at all, and an older one of
    its name stays until then. Raises :class:`reports.files.CannotWrite` where the folder cannot be written, and
    :class:`reports.sheets.TooLong`.
    """
    tell = progress or (lambda _text, _share: None)
    total, done = sum(_WORK[each] for each in formats), 0
    written: list[Path] = []
    for each in formats:
        before, share = done / total, _WORK[each] / total

        def inside(text: str, part: float, before: float = before, share: float = share) -> None:
            tell(text, before + part * share)

        match each:
            case Format.PDF:
                written.append(render(snapshot, folder / f"{name}.pdf", inside, attachments=attachments))
            case Format.HTML:
                inside("Writing the HTML", 0.0)
                written.append(_html(snapshot, folder / f"{name}.html"))
            case Format.XLSX:
                inside("Writing the workbook", 0.0)
                written.append(_workbook(snapshot, folder / f"{name}.xlsx"))
            case Format.CSV:
                inside("Writing CSV", 0.0)
                written += _csv(snapshot, folder, name)
        done += _WORK[each]
    tell("Done", 1.0)
    return tuple(written)


def render(
    snapshot: Snapshot,
    target: Path,
    progress: Progress | None = None,
    *,
    attachments: Mapping[str, bytes] | None = None,
) -> Path:
    """Print a snapshot to ``target`` as PDF/UA-1 and return it.

    Whole or not at all: an older file of that name stays until the new one is complete. Raises
    :class:`reports.files.CannotWrite` with the reason where the target cannot be written.
    """
    tell = progress or (lambda _text, _share: None)
    tell("Drawing the charts", 0.0)
    with _uncollected():
        from reports import html

        document = html.document(snapshot)
        tell("Laying out the pages", 0.15)
        from reports import pdf

        logo = snapshot.options.logo
        pdf.write(
            document,
            target,
            attachments=attachments,
            as_of=snapshot.as_of,
            fetcher=pdf.Bundle({html.LOGO: logo.png} if logo else None),
            laid_out=lambda: tell("Writing the file", 0.7),
        )
    tell("Done", 1.0)
    return target


def _html(snapshot: Snapshot, target: Path) -> Path:
    from reports import html

    return _put(target, html.document(snapshot, html.Medium.SCREEN).encode())


def _workbook(snapshot: Snapshot, target: Path) -> Path:
    from reports import sheets

    return _put(target, sheets.workbook(snapshot.tables, snapshot.title, snapshot.as_of, snapshot.options.house))


def _csv(snapshot: Snapshot, folder: Path, name: str) -> Iterator[Path]:
    from reports import sheets

    for table in snapshot.tables:
        if table.id in CSV_TABLES:
            yield _put(folder / f"{name}-{table.id}.csv", sheets.csv_file(table))


def _put(target: Path, data: bytes) -> Path:
    return in_place(target, lambda file: file.write(data))


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
