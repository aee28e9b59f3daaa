"""The colours of screen and report, in one place.

Levels run along one sequential scale that differs in lightness first, so that it survives grey printing and every
common colour blindness. A colour never stands alone: the level's number is always beside or inside it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``."""

    background: str
    surface: str
    """Panels and zebra rows."""
    text: str
    muted: str
    """Secondary text; at least 4.5 : 1 on ``background`` and on ``surface``."""
    line: str
    accent: str
    """Headings, links, the mark: the one accent."""
    on_accent: str
    scale: tuple[str, ...]
    """The level scale from lowest to highest, as anchors to interpolate between."""


LIGHT = Palette(
    background="#ffffff",
    surface="#f4f6f8",
    text="#18242f",
    muted="#566370",
    line="#d3dae0",
    accent="#0f4c6e",
    on_accent="#ffffff",
    scale=("#ece5d6", "#a5cdc6", "#4a9cad", "#0d3f63"),
)
DARK = Palette(
    background="#12191f",
    surface="#1b252d",
    text="#e6ecf1",
    muted="#9fb0bd",
    line="#32414d",
    accent="#7cc4d8",
    on_accent="#0b2230",
    scale=("#4a4438", "#2f6f70", "#5fb3bd", "#d7f0f2"),
)


@dataclass(frozen=True, slots=True)
class House:
    """The colours of a report that follow the client's: one accent, and the mark on the cover's band."""

    accent: str
    """Headings, codes, chips; white reads on it, and it reads on white."""
    band: str
    beam: str
    shaft: str
    """A column of the mark before it is filled."""
    fill: str


HOUSE = House(accent=LIGHT.accent, band=LIGHT.scale[3], beam=LIGHT.scale[1], shaft="#1f5479", fill=LIGHT.scale[2])
READABLE = 4.5
"""The least contrast of text and ground, as WCAG AA asks for it."""


def house(accent: str) -> House:
    """The colours that go with an accent: itself as the band, and tints of it."""
    beam, shaft, fill = (_mixed(accent, "#ffffff", share) for share in (0.72, 0.12, 0.5))
    return House(accent, accent, beam, shaft, fill)


def readable(accent: str) -> str:
    """The same hue, darkened in small steps until it reads on white; unchanged where it does already."""
    shown, step = accent, 0
    while contrast(shown, "#ffffff") < READABLE:
        step += 1
        shown = _mixed(accent, "#000000", step / 50)
    return shown


def level_colour(level: float, base: int, top: int, palette: Palette = LIGHT) -> str:
    """The colour of a level, or of a score between two, where levels run from ``base`` to ``top``; clipped to them."""
    anchors = palette.scale
    share = (min(max(level, base), top) - base) / (top - base) if top > base else 0.0
    place = share * (len(anchors) - 1)
    index = min(int(place), len(anchors) - 2)
    return _mixed(anchors[index], anchors[index + 1], place - index)


def on(colour: str) -> str:
    """Text for a ground: dark or white, whichever reads better (WCAG relative luminance); black in the narrow band
    where neither reaches 4.5 : 1."""
    best = max((LIGHT.text, "#ffffff"), key=lambda ink: contrast(colour, ink))
    return best if contrast(colour, best) >= READABLE else "#000000"


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(first: str, second: str, share: float) -> str:
    pairs = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Of two colours, from 1 (the same) to 21 (black and white), as WCAG defines it."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)
