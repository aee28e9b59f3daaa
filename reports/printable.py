"""Free text, made safe to print: every character that is shown has a bundled glyph.

Every text of a report passes through :func:`printable`, whoever wrote it. What no bundled font holds is printed as
``U+XXXX``, controls as escapes; so nothing hides, no direction mark turns text around, and no other font is embedded.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from assets import FALLBACK, TEXT, face

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories that have no shape of their own: controls, direction marks, surrogates, private use, unassigned."""

_ESCAPES = {"\t": " ", "\n": " ", "\r": " "}
"""White space is folded by layout anyway."""


def printable(text: str) -> str:
    """The same text, with what cannot be printed spelled out. Idempotent."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


@cache
def _shown(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char == "\u00ad":
        return ""  # a soft hyphen asks for a line break and means nothing else
    code = ord(char)
    category = unicodedata.category(char)
    if category == "Cc":
        return f"\\x{code:02x}"
    if category in _HIDDEN or not (code in _glyphs(TEXT) or (code in _glyphs(FALLBACK) and not _emoji(code))):
        return f"U+{code:04X}"
    return char


def _emoji(code: int) -> bool:
    """Characters that the text engine would hand to a colour font of the system, whatever the document asks for."""
    return code >= 0x1F000 or 0xFE00 <= code <= 0xFE0F or 0x2300 <= code < 0x2800


@cache
def _glyphs(family: str) -> frozenset[int]:
    """The characters that a bundled family holds in every weight that the report uses."""
    from matplotlib.ft2font import FT2Font

    weights = (300, 400, 600) if family == TEXT else (400, 600)
    held = [frozenset(FT2Font(str(face(family, weight).path)).get_charmap()) for weight in weights]  # type: ignore[arg-type]
    return frozenset.intersection(*held)
