"""What is shown but not computed: icons, fonts, colours.

Accessors only; nothing here imports another room. Fonts come with dependencies (``font-source-sans-pro``, and the
DejaVu of matplotlib) and are found without importing those packages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

ICONS = Path(__file__).parent / "icons"
SAMPLE = Path(__file__).parent / "sample"
"""The sample engagement: one folder of TOML files for each date, and ``exports``."""

TEXT = "Colonnade Text"
"""The name under which a document declares its text family, so that no installed font answers to it by accident."""
FALLBACK = "Colonnade Fallback"
"""Letters that the text family lacks: Greek extensions, Arabic, Hebrew, symbols."""

Weight = Literal[300, 400, 600]


@dataclass(frozen=True, slots=True)
class Face:
    """One font file and what it stands for in CSS."""

    family: str
    weight: Weight
    path: Path

    @property
    def url(self) -> str:
        """How documents refer to it; only the report's own fetcher resolves it."""
        return f"colonnade:fonts/{self.path.name}"


@cache
def faces() -> tuple[Face, ...]:
    """Every bundled font face. Raises FileNotFoundError where a dependency came without its font files."""
    source = _package("font_source_sans_pro") / "files"
    dejavu = _package("matplotlib") / "mpl-data" / "fonts" / "ttf"
    # TrueType outlines: with the OpenType ones WeasyPrint 70 embeds glyphs that veraPDF takes for missing.
    found = (
        Face(TEXT, 300, source / "SourceSansPro-Light.ttf"),
        Face(TEXT, 400, source / "SourceSansPro-Regular.ttf"),
        Face(TEXT, 600, source / "SourceSansPro-Semibold.ttf"),
        Face(FALLBACK, 400, dejavu / "DejaVuSans.ttf"),
        Face(FALLBACK, 600, dejavu / "DejaVuSans-Bold.ttf"),
    )
    for face in found:
        if not face.path.is_file():
            raise FileNotFoundError(f"{face.path}: a bundled font is missing; install the dependencies again")
    return found


def face(family: str, weight: Weight = 400) -> Face:
    """One face by family and weight. Raises KeyError for one that is not bundled."""
    for entry in faces():
        if (entry.family, entry.weight) == (family, weight):
            return entry
    raise KeyError((family, weight))


def icon(name: str) -> Path:
    """The file of an icon, such as ``mark``. Raises KeyError for an unknown name."""
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise KeyError(name)
    return path


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"{name} is not installed, and its fonts with it")
    return Path(next(iter(spec.submodule_search_locations)))
