"""The part about regimes: what is counted, what gets a row, what stands in one line."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from questionnaires.model import Link, Obligation, ObligationKind, Regime
from reports import charts
from reports.regimes import Regimes, limit
from scoring.assessment import Answer
from tests.report_example import Example, assessment, example


def regime(*obligations: Obligation, key: str = "rule", name: str = "Rulebook") -> Regime:
    return Regime(
        schema_version=1,
        id=key,
        name=name,
        authority="Authority",
        jurisdiction="Here",
        version="1",
        date="2026",
        binds="everyone",
        questionnaire="small",
        obligation=obligations,
    )


def obligation(number: str, *criteria: str, **more: object) -> Obligation:
    links = tuple(Link(criterion=key, rationale="It is the same.") for key in criteria)
    return Obligation.model_validate({"number": number, "title": "what it asks", "link": links} | more)


def shown(given: Example, *regimes: Regime) -> Regimes:
    known = {each.id: each for each in regimes}
    scope = given.assessment.model_copy(update={"regimes": tuple(known)})
    content = given.content.model_copy(update={"regimes": known})
    part = replace(given, content=content, assessment=scope).snapshot().regimes
    assert part is not None
    return part


EVERY = regime(
    obligation("1", "learn.people.trained"),  # fully
    obligation("2", "build.tests.some", "build.gates.block"),  # met by one of two; no
    obligation("3", "build.gates.block"),  # no
    obligation("4", "build.tests.all", "learn.people.champions"),  # unanswered
    obligation("5", "build.gates.run"),  # largely, and challenged at the hub
)


def test_every_obligation_is_counted_once_and_gaps_get_a_row() -> None:
    part = shown(example(), EVERY)
    (bar,) = part.bars
    assert part.standings == ("met", "partly met", "not met", "not assessed", "not applicable")
    assert (bar.total, bar.counts, bar.challenged) == (5, (2, 1, 1, 1, 0), 1)
    assert part.total.counts == bar.counts
    assert part.headline == "2 of 5 obligations in scope are met, as far as the answers say"
    (only,) = part.parts
    assert [(duty.number, duty.standing) for duty in only.duties] == [
        ("2", "partly met"),
        ("3", "not met"),
        ("5", "met, but challenged"),
    ]
    assert [(line.label, line.duties) for line in only.listed] == [
        ("Met", (("1", "2.1.2a"),)),
        ("Not assessed", (("4", "1.2.3a, 2.1.3a"),)),
    ]


def test_criteria_behind_an_obligation_say_how_many_applications_meet_them_and_what_is_challenged() -> None:
    rows = {duty.number: duty.behind for duty in shown(example(), EVERY).parts[0].duties}
    assert rows["2"] == (("not met", "1.1.3a"), ("partly met", "1.2.2a 1/2"))
    assert rows["5"] == (("met", "1.1.2a†"),)


def test_the_findings_name_the_regime_and_the_practice_that_most_waits_for() -> None:
    easy = regime(obligation("1", "learn.people.trained"), key="easy", name="Easy")
    part = shown(example(), EVERY, easy)
    assert part.finding == "Rulebook has most to do: 3 of its 5 obligations are not fully met"
    hard, light = part.parts
    assert hard.finding == "2 of 5 are met; Gates stands behind 2 of 3 gaps"
    assert light.finding == "Nothing is open"
    assert light.duties == ()
    assert part.total.total == 6


def test_nothing_answered_is_not_assessed_and_not_a_gap_in_words() -> None:
    part = shown(example(assessment(answers={}, applications={"a": {"id": "a", "name": "A", "tier": "1"}})), EVERY)
    assert part.headline.startswith("No obligation has been assessed yet")
    assert part.finding == "5 obligations wait for answers"
    assert part.parts[0].finding == "Nothing behind these obligations has been answered"
    assert part.parts[0].duties == ()
    assert [line.label for line in part.parts[0].listed] == ["Not assessed"]


def test_not_applicable_stays_apart() -> None:
    reason = Answer(value="not-applicable", reason="There is none.")
    part = shown(
        example(assessment(answers={"build.gates.block": reason})), regime(obligation("3", "build.gates.block"))
    )
    assert part.bars[0].counts == (0, 0, 0, 0, 1)


def test_what_no_question_speaks_to_is_counted_nowhere_and_named() -> None:
    part = shown(example(), regime(obligation("1", "learn.people.trained"), obligation("2")))
    assert part.total.total == 1
    assert part.parts[0].listed[-1].label == "No question speaks to"
    assert part.parts[0].listed[-1].duties == (("2", ""),)


def test_a_regime_for_other_questions_leaves_the_part_out() -> None:
    given = example()
    other = regime(obligation("1", "other.practice.criterion"))
    content = given.content.model_copy(update={"regimes": {"rule": other}})
    assert replace(given, content=content).snapshot().regimes is None
    assert example(assessment(regimes=())).snapshot().regimes is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"kind": ObligationKind.TIME_LIMIT, "hours": 72}, "within 72 hours"),
        ({"kind": ObligationKind.TIME_LIMIT, "hours": 720}, "within 30 days"),
        ({"kind": ObligationKind.TIME_LIMIT, "hours": 1}, "within 1 hour"),
        ({"kind": ObligationKind.RETENTION, "years": 6}, "kept for 6 years"),
        ({"kind": ObligationKind.LOCALISATION, "place": "the EU"}, "in the EU"),
    ],
)
def test_hours_years_and_places_are_named(fields: dict[str, object], said: str) -> None:
    assert limit(obligation("1", **fields)) == said


def test_the_chart_says_every_number_in_its_alternative() -> None:
    root = ElementTree.fromstring(charts.regimes(shown(example(), EVERY)))
    alternative = root[0].text or ""
    assert "Rulebook: 2 met, 1 partly met, 1 not met, 1 not assessed" in alternative
    drawn = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn.count("1") == 3
    assert "not applicable" not in drawn  # no regime has such an obligation
