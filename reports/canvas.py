"""Drawing onto matplotlib's SVG renderer, in points, from the top left corner down.

The renderer is used without a figure: the charts here place every mark themselves, and axes, ticks and layout would
cost half a second of every report. Text stays text, and every attribute is written out, because page CSS does not
reach into an inline SVG. The same input gives the same characters.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal

from matplotlib import rcParams
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from assets import FALLBACK, TEXT, Weight, face
from assets.palette import LIGHT
from reports.printable import printable

_Renderer: Any = RendererSVG  # untyped in matplotlib

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "colonnade", "path.simplify": False})
# For the whole process, as nothing else in it draws with matplotlib: a context for each text would cost more than all
# drawing together.


@cache
def _font(size: float, weight: Weight) -> FontProperties:
    """Measured with the bundled file, named so that documents find their own ``@font-face``."""
    return FontProperties(family=[TEXT, FALLBACK], weight=weight, size=size, fname=face(TEXT, weight).path)


class Canvas:
    """One chart. ``alternative`` is what a reader hears who cannot see it."""

    def __init__(self, width: float, height: float, alternative: str) -> None:
        self.width, self.height = width, height
        self._buffer = io.StringIO()
        self._renderer = _Renderer(
            width, height, self._buffer, metadata={"Title": printable(alternative), "Date": None}
        )
        self._flip = Affine2D().scale(1, -1).translate(0, height)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        stroke: str = "",
        line: float = 0,
    ) -> None:
        self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], fill, stroke, line)

    def polygon(self, points: Sequence[Point], fill: str | None, stroke: str = "", line: float = 0) -> None:
        path = Path([*points, points[0]], [Path.MOVETO] + [Path.LINETO] * (len(points) - 1) + [Path.CLOSEPOLY])
        self._draw(path, fill, stroke, line)

    def line(self, points: Sequence[Point], stroke: str, line: float = 0.5, dashes: Sequence[float] = ()) -> None:
        self._draw(Path(points), None, stroke, line, dashes)

    def dot(self, x: float, y: float, radius: float, fill: str, stroke: str = "", line: float = 0) -> None:
        self._draw(Path.circle((x, y), radius), fill, stroke, line)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 7.5,
        weight: Weight = 400,
        colour: str = LIGHT.text,
        anchor: Anchor = "start",
    ) -> None:
        """One line whose baseline starts, is centred or ends at (x, y)."""
        text = printable(text)
        if not text:
            return
        if anchor != "start":
            x -= self.measure(text, size, weight) / (2 if anchor == "middle" else 1)
        context = self._renderer.new_gc()
        context.set_foreground(colour)
        self._renderer.draw_text(context, round(x, 2), round(y, 2), text, _font(size, weight), 0)

    def lines(
        self, x: float, y: float, rows: Iterable[str], *, size: float = 7.5, anchor: Anchor = "start",
        weight: Weight = 400, colour: str = LIGHT.text,
    ) -> None:  # fmt: skip
        """Several lines below each other, the first with its baseline at ``y``."""
        for index, row in enumerate(rows):
            self.text(x, y + index * size * 1.2, row, size=size, weight=weight, colour=colour, anchor=anchor)

    def wrap(self, text: str, width: float, size: float = 7.5, weight: Weight = 400, most: int = 3) -> list[str]:
        """The text in lines no wider than ``width``; cut with an ellipsis beyond ``most`` lines or inside a word."""
        rows: list[str] = []
        for word in printable(text).split():
            joined = f"{rows[-1]} {word}" if rows else word
            if rows and self.measure(joined, size, weight) <= width:
                rows[-1] = joined
            else:
                rows.append(self._clip(word, width, size, weight))
        if len(rows) > most:
            rows[most - 1 :] = [self._clip(rows[most - 1] + " …", width, size, weight)]
        return rows

    def measure(self, text: str, size: float, weight: Weight) -> float:
        """Width in points."""
        return _width(self._renderer, text, size, weight)

    def svg(self) -> str:
        """The chart as an inline SVG element. Call it once, when everything is drawn."""
        self._renderer.finalize()
        drawn = self._buffer.getvalue()
        drawn = drawn[drawn.index("<svg") :]  # without prologue and document type
        head, _, rest = drawn.partition("<metadata>")
        return head + rest.partition("</defs>")[2]  # the metadata and a default style that nothing here relies on

    def _clip(self, word: str, width: float, size: float, weight: Weight) -> str:
        if self.measure(word, size, weight) <= width:
            return word
        word = word.rstrip(" …")
        while len(word) > 1 and self.measure(word + "…", size, weight) > width:
            word = word[:-1]
        return word + "…"

    def _draw(self, path: Path, fill: str | None, stroke: str, line: float, dashes: Sequence[float] = ()) -> None:
        context = self._renderer.new_gc()
        context.set_linewidth(line if stroke else 0)
        context.set_foreground(stroke or fill or LIGHT.text)
        context.set_capstyle("butt")
        context.set_joinstyle("miter")
        if dashes:
            context.set_dashes(0, list(dashes))
        self._renderer.draw_path(context, path, self._flip, _rgb(fill) if fill else None)


@cache
def _rgb(colour: str) -> tuple[float, float, float]:
    return (int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255)


_widths: dict[tuple[str, float, Weight], float] = {}


def _width(renderer: Any, text: str, size: float, weight: Weight) -> float:
    key = (text, size, weight)
    if key not in _widths:
        _widths[key] = float(renderer.get_text_width_height_descent(text, _font(size, weight), False)[0])
    return _widths[key]
