"""A snapshot as one HTML document: templates, style sheet and charts put together, nothing computed.

Everything that is printed passes through :func:`reports.printable.printable` and is escaped; only charts, which are
built from escaped text themselves, go in as they are.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assets import FALLBACK, TEXT, faces
from assets.palette import LIGHT
from reports import charts, words
from reports.language import _, marked, ngettext, speaking
from reports.options import Logo, Paper
from reports.printable import printable
from reports.snapshot import Snapshot

LOGO = "colonnade:logo"
"""How a document for print refers to the client's logo."""

_HERE = Path(__file__).parent
_LOGO_ROOM = (52.0, 20.0)
"""Millimetres on the cover."""


class Medium(Enum):
    """Who reads the document, which decides where its fonts and pictures are."""

    PRINT = auto()
    """:mod:`reports.pdf`, the only one to resolve the bundle's addresses."""
    PEER = auto()
    """Any other renderer on this machine: fonts by their ``file:`` URLs."""
    SCREEN = auto()
    """A browser: everything inside, nothing may be loaded."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A paper size; the text is 170 mm wide on every one, so that charts fit."""

    size: str
    height: float
    margin: str
    band: float
    """Height of the cover's coloured part."""


_SHEETS = {
    Paper.A4: _Sheet("A4", 297, "24mm 20mm 20mm", 186),
    Paper.LETTER: _Sheet("letter", 279.4, "22mm 22.95mm 18mm", 170),
}


def document(snapshot: Snapshot, medium: Medium = Medium.PRINT) -> str:
    """The report as HTML, with style sheet and charts inside."""
    options = snapshot.options
    with speaking(options.locale) as language:
        environment = _environment()
        drawn = _charts(snapshot)
        body = environment.get_template("body.html").render(
            report=snapshot,
            charts=drawn,
            swatches=charts.swatches(snapshot.scale),
            logo=_logo(options.logo, medium) if options.logo else None,
            shown=options.sections,
            paged=medium is not Medium.SCREEN,
        )
        style = environment.get_template("report.css").render(
            faces=_faces(medium, body),
            palette=LIGHT,
            house=options.house,
            sheet=_SHEETS[options.paper],
            page_of=_page_of(),
            swatches=charts.swatches(snapshot.scale),
            shades=charts.shades(),
            text=f"'{TEXT}', '{FALLBACK}'",
        )
        if medium is Medium.SCREEN:
            style += environment.get_template("screen.css").render(palette=LIGHT, house=options.house)
        return environment.get_template("report.html").render(
            report=snapshot,
            language=language.tag,
            style=style,
            body=Markup(body),
            alone=medium is Medium.SCREEN,
        )


def _charts(snapshot: Snapshot) -> dict[str, Any]:
    """Every chart as markup, by the name that templates use; those of the pillars in a list."""
    scale, standing, house = snapshot.scale, snapshot.standing, snapshot.options.house
    progress = snapshot.progress
    return {
        "cover": charts.colonnade(snapshot.board.pillars, scale, house),
        "board": charts.pillars(snapshot.board.pillars, scale),
        "trend": charts.trend(progress.trend, scale) if progress and progress.trend else "",
        "ladders": [charts.ladder(pillar.practices, scale, house.accent) for pillar in standing.pillars],
        "timeline": charts.timeline(snapshot.roadmap, house.accent) if snapshot.roadmap.lanes else "",
        "regimes": charts.regimes(snapshot.regimes) if snapshot.regimes else "",
    }


def _page_of() -> str:
    """CSS that counts the pages: the message's text in strings, counters in its places."""
    pieces = _("Page {page} of {pages}", page="\0page\0", pages="\0pages\0").split("\0")
    shown = (piece.replace("\\", "\\\\").replace("'", "\\'") for piece in pieces)
    return " ".join(f"counter({piece})" if index % 2 else f"'{piece}'" for index, piece in enumerate(shown))


def _faces(medium: Medium, body: str) -> list[tuple[str, int, str]]:
    """(family, weight, address) of every font that the document may need."""
    match medium:
        case Medium.PRINT:
            return [(face.family, face.weight, face.url) for face in faces()]
        case Medium.PEER:
            return [(face.family, face.weight, face.path.as_uri()) for face in faces()]
        case Medium.SCREEN:
            from reports.fonts import embedded

            return embedded(body)


def _logo(logo: Logo, medium: Medium) -> dict[str, Any]:
    """Address of the logo, and its size in millimetres."""
    share = min(_LOGO_ROOM[0] / logo.width, _LOGO_ROOM[1] / logo.height)
    inside = f"data:image/png;base64,{b64encode(logo.png).decode()}"
    return {
        "url": LOGO if medium is Medium.PRINT else inside,
        "width": round(logo.width * share, 2),
        "height": round(logo.height * share, 2),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([_HERE / "templates", _HERE / "styles"]),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )
    environment.filters["number"] = words.number
    environment.filters["whole"] = words.whole
    environment.globals.update(_=_, ngettext=ngettext, marked=marked)
    return environment


def _shown(value: Any) -> Any:
    """What every expression of a template goes through, so that no free text can be forgotten."""
    if type(value) is str:
        return printable(value)
    return value
