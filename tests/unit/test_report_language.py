"""Languages: which there are, what they do to numbers, dates and lists, and how one is spoken."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from reports import words
from reports.language import PSEUDO, UnknownLanguage, _, language, marked, ngettext, speaking, spoken, tags


@pytest.mark.parametrize("tag", ["", "xx", "en-ZZ", "../en", "report", "EN_", "pot"])
def test_an_unknown_language_is_an_error_that_names_it(tag: str) -> None:
    with pytest.raises(UnknownLanguage) as caught:
        language(tag)
    assert caught.value.tag == tag


@pytest.mark.parametrize(("given", "found"), [("EN", "en"), ("en_us", "en-US"), ("en-xa", PSEUDO)])
def test_case_and_underscore_do_not_matter(given: str, found: str) -> None:
    assert language(given).tag == found


def test_the_pseudo_language_is_not_offered() -> None:
    assert PSEUDO not in tags()
    assert "en" in tags()


def test_english_is_spoken_unless_another_one_is_asked_for_and_comes_back_after() -> None:
    assert spoken().tag == "en"
    with speaking("en-US"):
        with pytest.raises(ZeroDivisionError), speaking(PSEUDO):
            raise ZeroDivisionError
        assert spoken().tag == "en-US"
    assert spoken().tag == "en"


def test_numbers_dates_and_lists_follow_the_language() -> None:
    shown = []
    for tag in ("en", "en-US", PSEUDO):
        with speaking(tag):
            day = words.day(date(2026, 9, 3))
            shown.append((words.score(Fraction(5, 2)), words.days(Fraction(2501, 2)), day, words.listed(["1", "2"])))
    assert shown == [
        ("2.5", "1,250.5", "3 September 2026", "1 and 2"),
        ("2.5", "1,250.5", "September 3, 2026", "1 and 2"),
        ("2,5", "1.250,5", "3 Σεπτεμβρίου 2026", "1 και 2"),
    ]


def test_the_pseudo_language_lengthens_text_and_keeps_places_and_tags() -> None:
    with speaking(PSEUDO):
        plain = "Every pillar is at its target level"
        assert len(_(plain)) > 1.35 * len(plain)
        assert _("from {month}", month="here") == "⟦frööm here⟧"
        assert marked("<strong>{days}</strong> a", days="<b>") == "⟦<strong>&lt;b&gt;</strong> åå⟧"
        assert ngettext("{n} one", "{n} many", 1250) == "⟦1.250 mååñýý⟧"


def test_what_fills_a_place_is_never_taken_for_a_message() -> None:
    hostile = "{0} {month!r} %(n)s <b>\u202e"
    assert _("from {month}", month=hostile) == f"from {hostile}"
    assert marked("from {month}", month=hostile) == "from {0} {month!r} %(n)s &lt;b&gt;U+202E"


@pytest.mark.parametrize(("number", "unit", "shown"), [(1, "finding", "1 finding"), (2, "analysis", "2 analyses")])
def test_what_an_export_lists_is_counted_in_its_own_unit(number: int, unit: str, shown: str) -> None:
    assert words.records(number, unit) == shown


def test_a_unit_that_no_catalogue_knows_stays_as_it_is() -> None:
    assert words.records(1200, "gizmo") == "1,200 gizmo"


@pytest.mark.parametrize(
    ("value", "shown"), [(11.5, "11.5"), (0.0043126, "0.004313"), (1234567.0, "1,235,000"), (3.0, "3")]
)
def test_measurements_keep_four_digits(value: float, shown: str) -> None:
    assert words.significant(value) == shown
