"""How values read, what can be printed, and the colours of levels."""

from __future__ import annotations

import unicodedata
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import FALLBACK, TEXT, face, faces, icon
from assets.palette import DARK, LIGHT, contrast, level_colour, on
from reports import words
from reports.language import speaking
from reports.printable import printable


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        (Fraction(1), Fraction(3, 2), "▲ +0.5"),
        (Fraction(2), Fraction(1), "▼ −1.0"),
        (Fraction(2), Fraction(204, 100), "= 0.0"),
        (Fraction(204, 100), Fraction(205, 100), "▲ +0.1"),  # what stands beside it reads 2.0 and 2.1
    ],
)
def test_a_change_agrees_with_the_rounded_scores_beside_it(before: Fraction, now: Fraction, shown: str) -> None:
    assert words.change(before, now) == shown


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C", "D"], "A, B, C and D"),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 more"),
        (["A and B"], "A and B"),
        (["A", "B and C", "D"], "A; B and C; D"),
        (["A, Inc.", "B"], "A, Inc.; B"),
        (["A and B", "B", "C", "D", "E"], "A and B; B; C; 2 more"),
        (["A", "B", "C", "D", "E and F"], "A, B, C and 2 more"),
    ],
)
def test_lists_name_one_more_rather_than_say_so(names: list[str], shown: str) -> None:
    assert words.listed(names) == shown


def test_lists_in_german_keep_names_apart_as_well() -> None:
    with speaking("de"):
        assert words.listed(["A", "B", "C"]) == "A, B und C"
        assert words.listed(["A und B", "C"]) == "A und B; C"
        assert words.listed(["A and B", *"CDEFG"]) == "A and B; C; D; 3 weitere"


def test_numbers_and_dates() -> None:
    assert words.score(Fraction(205, 100)) == "2.1"
    assert words.score(None) == words.NONE
    assert words.days(Fraction(12)) == "12"
    assert words.days(Fraction(2501, 2)) == "1,250.5"
    assert words.percent(Fraction(999, 1000)) == "99%"
    assert words.gain(Fraction(1, 300)) == "< 0.01"
    assert words.gain(Fraction(1, 200)) == "+0.01"
    assert words.day(date(2026, 9, 3)) == "3 September 2026"
    assert words.months_on(date(2026, 11, 30), 3) == "Feb 2027"
    assert words.share_of(1, 1, "application") == "The application"
    assert words.share_of(3, 4, "application") == "3 of 4 applications"
    assert words.sentence("  is\n it done?") == "Is it done?"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain – text ≥ 3 × ½", "Plain – text ≥ 3 × ½"),
        ("\x1b[31m\x00", "\\x1b[31m\\x00"),
        ("a\u202eb\u2066c", "aU+202EbU+2066c"),
        ("line\nbreak\ttab", "line break tab"),
        ("東京", "U+6771U+4EAC"),
        ("سلام", "سلام"),
        ("🔥 ⌚", "U+1F525 U+231A"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\ufffd\ud800", "\ufffdU+D800"),
    ],
)
def test_what_cannot_be_printed_is_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_printable_text_stays_as_it_is_and_hides_nothing(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} for char in shown)


def test_every_face_is_there_and_carries_its_weights() -> None:
    assert {entry.family for entry in faces()} == {TEXT, FALLBACK}
    assert len({entry.url for entry in faces()}) == len(faces())
    assert face(TEXT, 300).path.is_file()
    with pytest.raises(KeyError):
        face(FALLBACK, 300)


def test_icons_are_found_by_name() -> None:
    assert icon("mark").read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(KeyError):
        icon("no-such-icon")


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize(("base", "top"), [(1, 4), (0, 5), (1, 2)])
def test_levels_differ_in_lightness_and_carry_readable_numbers(palette: object, base: int, top: int) -> None:
    assert palette in (LIGHT, DARK)
    colours = [level_colour(level, base, top, LIGHT if palette is LIGHT else DARK) for level in range(base, top + 1)]
    assert all(contrast(colour, on(colour)) >= 4.5 for colour in colours)
    light = [contrast(colour, "#000000") for colour in colours]
    assert light == sorted(light, reverse=palette is LIGHT)
    assert all(max(a, b) / min(a, b) > 1.15 for a, b in pairwise(light))


def test_a_level_beyond_the_scale_gets_the_nearest_colour() -> None:
    assert level_colour(9, 1, 4) == level_colour(4, 1, 4)
    assert level_colour(0, 1, 4) == level_colour(1, 1, 4)
