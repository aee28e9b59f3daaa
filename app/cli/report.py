"""The verb ``report``: one tier or all of them, in every format that is asked for."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from app.cli.options import Folder, Progress, opened, tell
from app.cli.results import check_tier, evaluated
from app.engagement.actions import line, unknown
from app.engagement.errors import EngagementError, UsageError
from app.engagement.folder import Engagement
from assets.palette import HOUSE, House
from reports import options as looks

_PDF = [looks.Format.PDF]


def add_to(app: typer.Typer) -> None:
    app.command("report")(report)


def report(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")],
    tiers: Annotated[
        list[str] | None, typer.Option("--tier", metavar="T", help="Of this tier: 1, 2 or 3. Repeat it for several.")
    ] = None,
    formats: Annotated[list[looks.Format], typer.Option("--format", help="Repeat it for several.")] = _PDF,
    paper: Annotated[looks.Paper, typer.Option(help="Of the PDF.")] = looks.Paper.A4,
    logo: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The client's, PNG or JPEG; it stands on the cover.")
    ] = None,
    accent: Annotated[
        str, typer.Option(metavar="#RRGGBB", help="The client's colour, dark enough to read on white.")
    ] = "",
    classification: Annotated[
        str | None, typer.Option(metavar="T", help="Printed on every page; without it “Confidential”.")
    ] = None,
    audience: Annotated[
        looks.Audience, typer.Option(help="board: what one reads in five minutes. full: everything.")
    ] = looks.Audience.FULL,
    sections: Annotated[str, typer.Option(metavar="A,B", help=f"Only these instead: {', '.join(looks.Section)}.")] = "",
    locale: Annotated[str, typer.Option(metavar="TAG", help="Language of the report.")] = "en",
    progress: Progress = False,
) -> None:
    """Write the report: for each tier that has applications, or for those that are named.

    PDF and HTML show what matters; XLSX and CSV hold every answer and the roadmap in full.
    """
    chosen = looks.Options(
        paper=paper,
        house=_house(accent),
        logo=_logo(logo),
        classification=_classification(classification),
        sections=_sections(sections) or audience.sections,
        locale=_locale(locale),
    )

    def step(name: str, share: float) -> None:
        if progress:
            tell({"step": name, "share": round(share, 4)})

    with stoppable(), opened(folder) as engagement:
        each = tuple(dict.fromkeys(formats))
        written = write_reports(engagement, out, tiers or (), step, formats=each, options=chosen)
    if progress:
        tell({"written": [str(path) for path in written]})
    else:
        for path in written:
            print(path)


def write_reports(
    engagement: Engagement,
    out: Path,
    tiers: Sequence[str],
    step: Callable[[str, float], None],
    *,
    formats: Sequence[looks.Format] = (looks.Format.PDF,),
    options: looks.Options | None = None,
) -> tuple[Path, ...]:
    """The reports of some tiers, without ``tiers`` of all that have applications.

    ``step`` hears what is done and the share (0 to 1).
    """
    for tier in tiers:
        check_tier(engagement, tier)
    known = [entry.id for entry in engagement.content.tiers.tier]
    present = [tier for tier in known if engagement.assessment.in_tier(tier)]
    wanted = [tier for tier in known if tier in tiers] or present
    empty = next((tier for tier in wanted if tier not in present), None)
    if not wanted or empty is not None:
        where = f"tier {empty}" if empty is not None else "this engagement"
        remedy = "Add one with 'colonnade application add'."
        raise UsageError(f"There is no application in {where}", str(engagement.folder), remedy)
    from app.cli.reporting import write_tiers

    written = write_tiers(
        engagement, lambda: evaluated(engagement), wanted, out, step, formats=formats, options=options
    )
    step("done", 1.0)
    return written


@contextmanager
def stoppable() -> Iterator[None]:
    """Meanwhile a request to end lets the work put away what it has begun, and its processes with it."""

    def stop(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [signal.signal(number, stop) for number in names]
    try:
        yield
    finally:
        for number, handler in zip(names, before, strict=True):
            signal.signal(number, handler)


# ---- what was asked for


def _house(accent: str) -> House:
    try:
        return looks.accent(accent) if accent else HOUSE
    except looks.Unfit as error:
        raise UsageError(str(error), f"--accent {accent}", error.remedy) from error


def _logo(path: Path | None) -> looks.Logo | None:
    if path is None:
        return None
    remedy = "Choose a PNG or JPEG file of up to 5 MB."
    try:
        if not path.is_file():
            raise UsageError("is no file", f"--logo {path}", remedy)
        with path.open("rb") as file:
            data = file.read(looks.LOGO_BYTES + 1)
    except OSError as error:
        raise EngagementError(f"cannot be read ({error.strerror})", f"--logo {path}", remedy) from error
    try:
        return looks.logo(data)
    except looks.Unfit as error:
        raise EngagementError(str(error), f"--logo {path}", remedy) from error


def _sections(text: str) -> frozenset[looks.Section]:
    found = set()
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name not in set(looks.Section):
            raise unknown("section", name, list(looks.Section))
        found.add(looks.Section(name))
    return frozenset(found)


def _classification(text: str | None) -> str | None:
    """Empty where a person asked for none."""
    return line(text, "The classification") if text and text.strip() else text and ""


def _locale(tag: str) -> str:
    from reports.language import UnknownLanguage, language, tags

    try:
        return language(tag).tag
    except UnknownLanguage as error:
        raise unknown("locale", tag, tags()) from error
