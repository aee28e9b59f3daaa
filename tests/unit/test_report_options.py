"""Logo, accent, audience: what belongs to the client must not harm the report."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile, PngImagePlugin

from assets.palette import HOUSE, LIGHT, READABLE, contrast, house, readable
from reports.options import LOGO_BYTES, Audience, Options, Section, Unfit, accent, logo


def encoded(kind: str = "PNG", size: tuple[int, int] = (60, 20), **more: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "#8a1538").save(target, kind, **more)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_encoded_anew(kind: str) -> None:
    found = logo(encoded(kind))
    assert (found.width, found.height) == (60, 20)
    with Image.open(io.BytesIO(found.png)) as picture:
        assert picture.format == "PNG"
        assert picture.mode == "RGBA"


def test_nothing_of_the_file_but_its_pixels_is_left() -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "file:///etc/passwd")
    data = encoded(pnginfo=note) + b"trailing <script>"
    found = logo(data).png
    assert b"passwd" in data
    assert b"passwd" not in found
    assert b"trailing" not in found
    assert logo(encoded(pnginfo=note)).png == logo(encoded()).png


def test_a_large_logo_is_reduced_in_its_proportions() -> None:
    found = logo(encoded(size=(4000, 1000)))
    assert (found.width, found.height) == (1200, 300)


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = logo(encoded("JPEG", (60, 20), exif=exif))
    assert (found.width, found.height) == (20, 60)


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n", "no PNG or JPEG"),
        (encoded()[:-30], "no PNG or JPEG"),
        (encoded("GIF"), "no PNG or JPEG"),
        (b'<?xml version="1.0"?><svg/>', "SVG"),
        (b"\n <svg onload=x>", "SVG"),
        (bomb(30_000, 30_000), "no PNG or JPEG|pixels"),
        (bomb(6_000, 6_000), "36|6,000 × 6,000 pixels"),
        (b"\xff" * (LOGO_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as the PDF engine leaves it
    with pytest.raises(Unfit, match=says):
        logo(data)


def test_an_accent_that_does_not_read_is_refused_with_one_that_does() -> None:
    with pytest.raises(Unfit, match=r"1\.0 : 1 only.*#7\w+ is the same hue") as caught:
        accent("#FFFF00")
    (proposed,) = (word for word in str(caught.value).split() if word.startswith("#"))
    assert accent(proposed).accent == proposed
    for text in ("red", "#fff", "#12345g", "url(x)", "#0f4c6e;}", ""):
        with pytest.raises(Unfit, match="no colour"):
            accent(text)


def test_colours_that_go_with_an_accent() -> None:
    assert accent("#8A1538").accent == "#8a1538"
    assert HOUSE.accent == LIGHT.accent
    for colour in ("#8a1538", "#004d40", "#000000"):
        found = house(colour)
        assert contrast(found.band, "#ffffff") >= READABLE
        assert len({found.band, found.shaft, found.fill, found.beam}) == 4
    assert readable("#0f4c6e") == "#0f4c6e"
    assert READABLE <= contrast(readable("#00ffaa"), "#ffffff") < 6


def test_audiences_are_choices_of_sections() -> None:
    assert Audience.FULL.sections == frozenset(Section) == Options().sections
    assert Section.BOARD in Audience.BOARD.sections < Audience.FULL.sections
