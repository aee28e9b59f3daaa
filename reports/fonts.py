"""Fonts inside a document: of each bundled face only the letters that are used."""

from __future__ import annotations

import io
import logging
from base64 import b64encode
from collections.abc import Set as AbstractSet
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from assets import FALLBACK, TEXT, faces

_ALWAYS = range(0x20, 0x7F)


def embedded(text: str) -> list[tuple[str, int, str]]:
    """(family, weight, ``data:`` URL) of the bundled faces that hold the letters of ``text``.

    The fallback family comes along only where the text family lacks a letter. The same letters give the same bytes.
    """
    wanted = {*_ALWAYS, *map(ord, text)}
    found: list[tuple[str, int, str]] = []
    for family in (TEXT, FALLBACK):
        own = [face for face in faces() if face.family == family]
        held = wanted.intersection(*(_letters(face.path) for face in own))
        wanted -= held
        if held:
            found += [(face.family, face.weight, _subset(face.path, held)) for face in own]
    return found


def _letters(path: Path) -> AbstractSet[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _subset(path: Path, letters: AbstractSet[int]) -> str:
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    # Neither layout tables that nobody asks for nor a time stamp of today.
    options = Options(flavor="woff2", layout_features=["kern", "liga", "mark", "mkmk", "lnum", "tnum"], hinting=False)
    with TTFont(path, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=letters)
        subsetter.subset(font)
        font.flavor = "woff2"
        encoded = io.BytesIO()
        font.save(encoded)
    return f"data:font/woff2;base64,{b64encode(encoded.getvalue()).decode()}"
