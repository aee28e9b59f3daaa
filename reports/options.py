"""How a report is to look: what belongs to the client and to the reader, not to the assessment."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from enum import StrEnum

from assets.palette import HOUSE, READABLE, House, contrast, house, readable

LOGO_BYTES = 5_000_000
LOGO_PIXELS = 24_000_000
_SHOWN = (1200, 480)
"""No logo is embedded larger: three times what the cover prints at 300 dots an inch."""


class Format(StrEnum):
    """As what a report is written."""

    PDF = "pdf"
    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "letter"


class Section(StrEnum):
    """A part of the report that can be left out. Cover and contents always stand."""

    BOARD = "board"
    STANDING = "standing"
    ROADMAP = "roadmap"
    PROGRESS = "progress"
    REGIMES = "regimes"
    DSOMM = "dsomm"
    ANSWERS = "answers"
    APPLICATIONS = "applications"
    EVIDENCE = "evidence"
    METHOD = "method"
    GLOSSARY = "glossary"


class Audience(StrEnum):
    """A choice of sections by who reads: five minutes, or five hours."""

    BOARD = "board"
    FULL = "full"

    @property
    def sections(self) -> frozenset[Section]:
        if self is Audience.FULL:
            return frozenset(Section)
        return frozenset({Section.BOARD, Section.STANDING, Section.PROGRESS, Section.REGIMES})


class Unfit(ValueError):
    """A logo or a colour that no report can carry; the text says why, for a person, and ``remedy`` what to do."""

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(why)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was decoded and encoded anew: nothing of the original file but its pixels is left."""

    png: bytes
    width: int
    """In pixels."""
    height: int


@dataclass(frozen=True, slots=True)
class Options:
    """What ``build`` and the formats need to know beyond the assessment."""

    paper: Paper = Paper.A4
    house: House = HOUSE
    logo: Logo | None = None
    classification: str | None = None
    """None is “Confidential” in the language of the report; empty is none."""
    sections: frozenset[Section] = Audience.FULL.sections
    locale: str = "en"


def accent(text: str) -> House:
    """The colours that go with ``#rrggbb``.

    Raises Unfit for anything else, and for a colour whose contrast on white is below 4.5 : 1: headings and small codes
    are printed in it, and white is printed on it.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise Unfit("is no colour of the form #rrggbb", "Write it such as #0f4c6e.")
    colour = text.lower()
    reads = contrast(colour, "#ffffff")
    if reads < READABLE:
        raise Unfit(
            f"reads on white at {int(reads * 10) / 10:.1f} : 1 only, and text needs {READABLE} : 1; "
            f"{readable(colour)} is the same hue, dark enough",
            "Choose a darker colour.",
        )
    return house(colour)


def logo(data: bytes) -> Logo:
    """A PNG or JPEG file as a picture that is safe to embed.

    It is decoded within limits of bytes and pixels, turned upright, reduced where it is large, and encoded anew, so
    that metadata, trailing data and oddities of the file stay outside. Raises Unfit.
    """
    from PIL import Image, ImageFile, ImageOps

    if len(data) > LOGO_BYTES:
        raise Unfit(f"is larger than {LOGO_BYTES // 1_000_000} MB")
    if data.lstrip().startswith(b"<"):
        raise Unfit("is an SVG or another kind of markup; export it as PNG")
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False  # the PDF engine sets it
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of doubtful metadata, which is thrown away
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
                if picture.width * picture.height > LOGO_PIXELS:
                    raise Unfit(f"has {picture.width:,} × {picture.height:,} pixels, too many")
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Unfit:
        raise
    except Exception as error:  # decoders raise whatever comes to them: OSError, SyntaxError, ValueError, struct.error
        raise Unfit("is no PNG or JPEG picture that can be read") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    upright.thumbnail(_SHOWN)
    encoded = io.BytesIO()
    plain = Image.new("RGBA", upright.size)
    plain.paste(upright)
    plain.save(encoded, "PNG")
    return Logo(encoded.getvalue(), *plain.size)
