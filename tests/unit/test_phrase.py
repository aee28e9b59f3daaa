"""What scoring says: English as text, in a report in its language; harmless whatever a file holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from app.engagement.checkpoint import plan_as_data, plan_from_data
from questionnaires.model import Category
from reports import catalogue, words
from reports.language import speaking
from scoring.phrase import Day, Number, Phrase, Several, counted, phrase
from scoring.roadmap import Plan, Reason, ReasonKind
from tests.report_example import assessment, example

NESTED = phrase(
    "Due by {day}, which wave {wave} holds, but is not planned, because {why}",
    day=Day(date(2027, 3, 31)),
    wave=1200,
    why=phrase(
        "its {effort} person-days are more than the {room} that the waves hold",
        effort=Number(Fraction(3001, 2)),
        room=Number(Fraction(80)),
    ),
)


def test_as_text_it_is_english() -> None:
    assert str(NESTED) == (
        "Due by 2027-03-31, which wave 1200 holds, but is not planned, because its 1500.5 person-days are more than "
        "the 80 that the waves hold"
    )


def test_a_report_writes_its_numbers_and_days_as_its_language_does() -> None:
    with speaking("de"):
        assert words.phrase(NESTED) == (
            "Fällig bis 31. März 2027, also in Welle 1.200, aber nicht eingeplant, denn der Aufwand von 1.500,5 "
            "Personentagen übersteigt die 80, die die Wellen fassen"
        )


@pytest.mark.parametrize(("number", "english", "german"), [(1, "1 application", "1 Anwendung"),
                                                           (2, "2 applications", "2 Anwendungen")])  # fmt: skip
def test_a_number_chooses_the_form(number: int, english: str, german: str) -> None:
    said = counted("{n} application", "{n} applications", number)
    assert str(said) == english
    with speaking("de"):
        assert words.phrase(said) == german


def test_a_list_names_some_and_counts_the_others() -> None:
    titles = tuple(phrase("{practice} level {level}", practice=name, level=2) for name in "ABCDE")
    said = phrase("Follows {items}", items=Several((*titles[:4], "last"), 3))
    assert str(said) == "Follows A level 2, B level 2, C level 2 and 2 more"
    with speaking("de"):
        assert words.phrase(said) == "Folgt auf A Stufe 2, B Stufe 2, C Stufe 2 und 2 weitere"


def test_a_place_that_begins_a_sentence_is_written_large() -> None:
    assert Reason(ReasonKind.PLACE, phrase("left out of this plan by decision")).text.startswith("Left")
    assert Reason(ReasonKind.EVIDENCE, phrase("{says} ({tool})", says="low", tool="x")).text == "low (x)"


@pytest.mark.parametrize(
    "message", ["{n.__class__}", "{n:>999999999}", "{n!r}", "{0}", "{gone}", "{", "}", "{n[0]}", "%(n)s", "{{n}}x"]
)
def test_a_message_from_a_file_reaches_nothing(message: str) -> None:
    said = Phrase(message, (("n", "1"),))
    shown = message.replace("{n}", "1")
    assert str(said) == shown
    with speaking("de"):
        assert words.phrase(said) == shown


def test_what_fills_a_place_is_not_filled_again() -> None:
    assert str(phrase("{says} ({tool})", says="{tool}", tool="{says}")) == "{tool} ({says})"


# ---- stored


def _plan(says: Phrase) -> Plan:
    plan = example(assessment()).plan
    waves = tuple(
        replace(wave, items=tuple(replace(item, reasons=(Reason(ReasonKind.PLACE, says),)) for item in wave.items))
        for wave in plan.waves
    )
    return replace(plan, waves=waves)


@pytest.mark.parametrize(
    "says",
    [
        NESTED,
        counted("{n} application", "{n} applications", 2),
        phrase("Follows {items}", items=Several(("5/2", NESTED), 3)),
        phrase("{says} ({tool})", says="2027-03-31", tool="7"),
    ],
)
def test_a_stored_plan_keeps_what_it_says(says: Phrase) -> None:
    assert plan_from_data(plan_as_data(_plan(says))) == _plan(says)


def test_a_plan_whose_reasons_are_finished_sentences_is_computed_again() -> None:
    data = plan_as_data(_plan(NESTED))
    data["waves"][0]["items"][0]["reasons"] = [{"kind": "place", "text": "In the first wave"}]
    assert plan_from_data(data) is None


@pytest.mark.parametrize("depth", [9, 150, 200, 900])
def test_phrases_within_phrases_are_no_plan_when_they_go_deep(depth: int) -> None:
    data = plan_as_data(_plan(NESTED))
    says: dict[str, Any] = {"message": "{why}"}
    for _ in range(depth):
        says = {"message": "{why}", "values": [["why", says]]}
    data["waves"][0]["items"][0]["reasons"] = [{"kind": "place", "says": says}]
    assert plan_from_data(data) is None


# ---- the catalogue


def test_the_catalogue_holds_what_scoring_says() -> None:
    found = catalogue.extracted()
    plan = example(assessment()).plan
    items = [*plan.unplanned, *(item for wave in plan.waves for item in wave.items)]
    said = {each for item in items for reason in item.reasons for each in _within(reason.says)}
    assert len({each.message for each in said}) > 8
    assert [each for each in said if each.message not in found] == []
    assert found["{n} application"].id == ("{n} application", "{n} applications")


def _within(value: object) -> list[Phrase]:
    match value:
        case Phrase(_, values):
            return [value, *(each for _, inner in values for each in _within(inner))]
        case Several(names):
            return [each for name in names for each in _within(name)]
        case _:
            return []


@pytest.mark.parametrize("category", Category)
def test_every_category_has_a_name(category: Category) -> None:
    assert words.category(category)


def test_an_attribute_that_nobody_knows_keeps_its_name() -> None:
    with speaking("de"):
        assert words.attribute("client-data") == "Kundendaten"
        assert words.attribute("made-up") == "made-up"
