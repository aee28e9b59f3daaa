"""A snapshot as one HTML document: templates, style sheet and charts put together, nothing computed.

Everything that is printed passes through :func:`reports.printable.printable` and is escaped; only charts, which are
built from escaped text themselves, go in as they are.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets import FALLBACK, TEXT, faces
from assets.palette import LIGHT
from reports import charts, words
from reports.printable import printable
from reports.snapshot import Snapshot

_HERE = Path(__file__).parent


def document(snapshot: Snapshot, *, local_fonts: bool = False) -> str:
    """The report as HTML, with style sheet and charts inside.

    Fonts are named by URLs that only :mod:`reports.pdf` resolves; with ``local_fonts`` by ``file:`` URLs of this
    machine, so that any other renderer can lay out the same document.
    """
    environment = _environment()
    style = environment.get_template("report.css").render(
        faces=[(face.family, face.weight, face.path.as_uri() if local_fonts else face.url) for face in faces()],
        palette=LIGHT,
        swatches=charts.swatches(snapshot.scale),
        text=f"'{TEXT}', '{FALLBACK}'",
    )
    return environment.get_template("report.html").render(
        report=snapshot,
        style=style,
        charts=_charts(snapshot),
        swatches=charts.swatches(snapshot.scale),
    )


def _charts(snapshot: Snapshot) -> dict[str, Any]:
    """Every chart as markup, by the name that templates use; those of the pillars in a list."""
    scale, standing = snapshot.scale, snapshot.standing
    return {
        "cover": charts.colonnade(snapshot.board.pillars, scale),
        "board": charts.pillars(snapshot.board.pillars, scale),
        "trend": charts.trend(standing.progress, scale, standing.rows[-1].target) if standing.progress else "",
        "ladders": [charts.ladder(pillar.practices, scale) for pillar in standing.pillars],
        "timeline": charts.timeline(snapshot.roadmap, scale) if snapshot.roadmap.lanes else "",
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
    environment.filters["number"] = lambda value: words.NONE if value is None else f"{value:.1f}"
    return environment


def _shown(value: Any) -> Any:
    """What every expression of a template goes through, so that no free text can be forgotten."""
    if type(value) is str:
        return printable(value)
    return value
