"""The scoring rules against independent vectors and cases worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import NOT_APPLICABLE, Questionnaire
from scoring.assessment import Answer, Application, Assessment
from scoring.claims import Claims
from scoring.roadmap import initiatives
from scoring.scores import (
    UNANSWERED,
    AtTarget,
    Coverage,
    Node,
    Reading,
    Score,
    Scorer,
    group,
    pillar_reaches,
    reading,
    roll_up,
    rounded,
    score,
)

FOUR_STEPS = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}


def questionnaire(
    criteria: dict[int, int],
    *,
    levels: range = range(1, 5),
    scale: dict[str, Any] | None = None,
    practices: int = 1,
    pillars: int = 1,
) -> Questionnaire:
    """A questionnaire with ``criteria[level]`` criteria in every practice."""
    scale = scale or FOUR_STEPS
    text = {"purpose": "p", "name": "n"}
    asked = [
        {"level": level, "question": f"{level}-{n}?", "why": "w", "good": "g"}
        for level, count in criteria.items()
        for n in range(count)
    ]
    raw = {
        "schema_version": 1,
        "id": "test",
        "version": "1",
        "title": "t",
        "description": "d",
        "licence": "l",
        "met": "largely" if "largely" in scale else list(scale)[-1],
        "presence": list(scale)[1],
        "level": [{"number": n, "name": str(n), "meaning": "m"} for n in levels],
        "scale": [{"id": key, "name": key, "value": value, "meaning": "m"} for key, value in scale.items()],
        "pillar": [
            {
                "id": f"p{p}",
                **text,
                "practice": [
                    {
                        "id": f"p{p}.q{q}",
                        "scope": "application",
                        **text,
                        "criterion": [{**c, "id": f"p{p}.q{q}.c{i}"} for i, c in enumerate(asked)],
                    }
                    for q in range(practices)
                ],
            }
            for p in range(pillars)
        ],
    }
    found = frozen_questionnaire(raw, "test.toml")
    assert isinstance(found, Loaded), found
    return found.value


def readings(*answers: str) -> tuple[Reading, ...]:
    known = {"": UNANSWERED, "n/a": NOT_APPLICABLE}
    return tuple(Reading(known.get(answer, answer), "" if answer in known else answer) for answer in answers)


def scored(node: Node) -> Score:
    assert node.score is not None
    return node.score


def test_worked_example_of_the_method_page() -> None:
    scorer = Scorer(questionnaire({2: 2, 3: 2, 4: 2}))
    node = scorer.practice("p0.q0", readings("fully", "fully", "largely", "partly", "no", ""))
    assert scored(node).low == Fraction(5, 2)
    assert scored(node).high == 3
    assert scored(node).level == 2
    assert scored(node).held_down_by == ("p0.q0.c3",)
    assert node.coverage == Coverage(answered=5, applicable=6, not_applicable=0)
    assert node.coverage.share == Fraction(5, 6)


@pytest.mark.parametrize(
    ("answers", "low", "high", "level", "capped", "held"),
    [
        pytest.param(("", "", "", "", "", ""), 1, 4, 1, False, ("c0", "c1"), id="nothing answered"),
        pytest.param(("fully",) * 6, 4, 4, 4, False, (), id="everything fully"),
        pytest.param(("largely",) * 6, 3, 3, 4, False, (), id="largely holds every level"),
        pytest.param(("partly",) * 6, 2, 2, 1, False, ("c0", "c1"), id="partly holds none"),
        # Level 3 left out: f(2) = 1, f(4) = 0, mean 1/2 of the span 3.
        pytest.param(("fully", "fully", "n/a", "n/a", "no", "no"), "5/2", "5/2", 2, False, ("c4", "c5"), id="gap"),
        # Levels 3 and 4 left out: f(2) = 1 is everything, but the level cannot rise above 2.
        pytest.param(("fully", "fully", "n/a", "n/a", "n/a", "n/a"), 4, 4, 2, True, (), id="upper levels n/a"),
        pytest.param(("no", "fully", "n/a", "n/a", "n/a", "n/a"), "5/2", "5/2", 1, False, ("c0",), id="below cap"),
        # Level 2 left out: level 3 holds, so the practice stands at 3.
        pytest.param(("n/a", "n/a", "fully", "fully", "no", "no"), "5/2", "5/2", 3, False, ("c4", "c5"), id="low n/a"),
        pytest.param(("n/a", "n/a", "no", "no", "no", "no"), 1, 1, 1, False, ("c2", "c3"), id="lower n/a, rest no"),
        # One of two does not apply: f(2) = 1, f(3) = 2/3, f(4) = 0.
        pytest.param(("fully", "n/a", "n/a", "largely", "no", "no"), "8/3", "8/3", 3, False, ("c4", "c5"), id="mixed"),
        # Level 4 is met but 3 is not: the level stays below the hole.
        pytest.param(("fully", "fully", "no", "no", "fully", "fully"), 3, 3, 2, False, ("c2", "c3"), id="hole"),
    ],
)
def test_practice(
    answers: tuple[str, ...], low: Any, high: Any, level: int, capped: bool, held: tuple[str, ...]
) -> None:
    score = scored(Scorer(questionnaire({2: 2, 3: 2, 4: 2})).practice("p0.q0", readings(*answers)))
    assert (score.low, score.high) == (Fraction(low), Fraction(high))
    assert (score.level, score.capped) == (level, capped)
    assert score.held_down_by == tuple(f"p0.q0.{key}" for key in held)


def test_nothing_applicable_has_no_score_and_enters_no_mean() -> None:
    scorer = Scorer(questionnaire({2: 1, 3: 1, 4: 1}, practices=2))
    nothing = scorer.practice("p0.q0", readings("n/a", "n/a", "n/a"))
    full = scorer.practice("p0.q1", readings("fully", "fully", "fully"))
    assert nothing == Node(Coverage(0, 0, 3), None)
    parent = roll_up([("p0.q0", nothing, 1), ("p0.q1", full, 1)])
    assert (scored(parent).low, scored(parent).level) == (Fraction(4), 4)
    assert roll_up([("p0.q0", nothing, 1)]).score is None


def test_a_capped_practice_does_not_hold_its_pillar_down() -> None:
    scorer = Scorer(questionnaire({2: 1, 3: 1, 4: 1}, practices=2))
    capped = scorer.practice("p0.q0", readings("fully", "n/a", "n/a"))
    full = scorer.practice("p0.q1", readings("fully", "fully", "fully"))
    pillar = scored(roll_up([("p0.q0", capped, 1), ("p0.q1", full, 1)]))
    assert (pillar.level, pillar.capped, pillar.held_down_by) == (4, False, ("p0.q1",))
    alone = scored(roll_up([("p0.q0", capped, 1)]))
    assert (alone.level, alone.capped) == (2, True)


def test_weights_count_in_the_mean_and_not_in_the_level() -> None:
    scorer = Scorer(questionnaire({2: 1, 3: 1, 4: 1}, practices=2))
    low = scorer.practice("p0.q0", readings("no", "no", "no"))
    high = scorer.practice("p0.q1", readings("fully", "fully", "fully"))
    pillar = scored(roll_up([("p0.q0", low, 1), ("p0.q1", high, 2)]))
    assert (pillar.low, pillar.level, pillar.held_down_by) == (Fraction(3), 1, ("p0.q0",))


def test_evidenced_uses_the_held_value() -> None:
    scorer = Scorer(questionnaire({2: 1, 3: 1, 4: 1}))
    node = scorer.practice("p0.q0", (Reading("fully", "partly"), Reading("largely", "no"), Reading("", "")))
    assert scored(node).low == Fraction(8, 3)
    assert scored(node).evidenced == Fraction(4, 3)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("5/2", 2.5), ("41/20", 2.1), ("2049/1000", 2.0), ("1", 1.0), ("19/20", 1.0), ("47/12", 3.9)],
)
def test_rounding_is_half_up_to_one_decimal(value: str, shown: float) -> None:
    assert rounded(Fraction(value)) == shown


def test_unanswered_holds_no_level_on_any_scale() -> None:
    scorer = Scorer(questionnaire({2: 1, 3: 1, 4: 1}, scale={"no": 0, "yes": 1}))
    node = scored(scorer.practice("p0.q0", readings("yes", "", "")))
    assert (node.low, node.high) == (Fraction(2), Fraction(4))
    assert (node.level, node.held_down_by) == (2, ("p0.q0.c1",))


def test_readings_must_be_those_of_the_practice() -> None:
    with pytest.raises(ValueError, match="zip"):
        Scorer(questionnaire({2: 2})).practice("p0.q0", readings("no"))


@pytest.mark.parametrize(
    ("answer", "cap", "wanted"),
    [
        pytest.param(None, None, Reading("", ""), id="nobody asked"),
        pytest.param(Answer(note="ask again"), None, Reading("", ""), id="only a note"),
        pytest.param(Answer(value="n-a"), None, Reading("", ""), id="a value that the scale does not have"),
        pytest.param(Answer(value=NOT_APPLICABLE, reason=" "), None, Reading("", ""), id="n/a without a reason"),
        pytest.param(Answer(value=NOT_APPLICABLE, reason="r"), None, Reading(NOT_APPLICABLE, ""), id="n/a"),
        pytest.param(Answer(value="fully"), None, Reading("fully", "no"), id="nothing backs it"),
        pytest.param(Answer(value="fully"), "partly", Reading("fully", "partly"), id="held"),
        pytest.param(Answer(value="partly"), "partly", Reading("partly", "partly"), id="backed"),
        pytest.param(Answer(value="partly"), "fully", Reading("partly", "partly"), id="backed beyond what is claimed"),
    ],
)
def test_what_an_answer_counts_as(answer: Answer | None, cap: str | None, wanted: Reading) -> None:
    assert reading(questionnaire({2: 1}), answer, cap) == wanted


# ---- OWASP SAMM v2: levels 1 to 3, base 0, two criteria (its streams A and B) at every level

SAMM_SCALE = {"no": 0, "some": "1/4", "half": "1/2", "most": 1}
SAMM_STEP = {0: "no", 0.25: "some", 0.5: "half", 1: "most"}


@pytest.fixture(scope="module")
def samm() -> Scorer:
    return Scorer(
        questionnaire({1: 2, 2: 2, 3: 2}, levels=range(4), scale=SAMM_SCALE, practices=3, pillars=5),
    )


def samm_answers(values: list[float]) -> tuple[Reading, ...]:
    """The vector's order is A1 A2 A3 B1 B2 B3; the criteria stand as A1 B1 A2 B2 A3 B3."""
    a, b = values[:3], values[3:]
    return readings(*(SAMM_STEP[value] for pair in zip(a, b, strict=True) for value in pair))


I2 = [0.25, 0, 0.25, 0, 0.25, 0.25, 0.5, 0.25, 0.5, 0.25, 0.5, 0.5, 1, 0.5, 1, 0.5, 1, 1, 0, 1, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("answers", "practices", "functions", "overall"),
    [
        pytest.param([0.0] * 90, [0] * 15, [0] * 5, 0, id="all no"),
        pytest.param([0.25] * 90, [0.75] * 15, [0.75] * 5, 0.75, id="all some"),
        pytest.param([0.5] * 90, [1.5] * 15, [1.5] * 5, 1.5, id="all half"),
        pytest.param([1.0] * 90, [3] * 15, [3] * 5, 3, id="all most"),
        pytest.param(
            ([0.25, 0.5, 1, 0] * 23)[:90],
            ([1.25, 1.375] * 8)[:15],
            [1.2916666666666667, 1.3333333333333333, 1.2916666666666667, 1.3333333333333333, 1.2916666666666667],
            1.3083333333333333,
            id="cyclic",
        ),
        pytest.param(
            (I2 * 4)[:90],
            ([0.5, 1.25, 2.5, 1] * 4)[:15],
            [1.4166666666666667, 0.9166666666666667, 1.3333333333333335, 1.5833333333333333, 1.4166666666666667],
            1.3333333333333335,
            id="cyclic, other phase",
        ),
        pytest.param([1.0, 0, 0] * 30, [1] * 15, [1] * 5, 1, id="level 1 only"),
        pytest.param([1.0, 1, 1, 0, 0, 0] * 15, [1.5] * 15, [1.5] * 5, 1.5, id="stream A only"),
    ],
)
def test_samm_vectors(
    samm: Scorer, answers: list[float], practices: list[float], functions: list[float], overall: float
) -> None:
    ids = list(samm.questionnaire.practices)
    nodes = {key: samm.practice(key, samm_answers(answers[6 * i : 6 * i + 6])) for i, key in enumerate(ids)}
    result = samm.result(nodes, "")
    assert [float(scored(nodes[key]).low) for key in ids] == pytest.approx(practices, abs=1e-12)
    assert [float(scored(node).low) for node in result.pillars.values()] == pytest.approx(functions, abs=1e-12)
    assert float(scored(result.overall).low) == pytest.approx(overall, abs=1e-12)


@pytest.mark.parametrize(
    ("answers", "practice"),
    [
        pytest.param([0.25, 0, 0, 1, 0, 0], 0.625, id="I-SB today"),
        pytest.param([1, 1, 0, 1, 0.5, 0], 1.75, id="I-SB target"),
        pytest.param([1, 0.5, 0, 1, 0, 0], 1.25, id="I-SB later"),
        pytest.param([0.5, 0, 0, 0.25, 0.25, 0], 0.5, id="D-SA today, B3 answered no"),
        pytest.param([1, 0.5, 0.5, 1, 1, 0], 2.0, id="D-SA target"),
    ],
)
def test_samm_published_examples(samm: Scorer, answers: list[float], practice: float) -> None:
    assert float(scored(samm.practice("p0.q0", samm_answers(answers))).low) == pytest.approx(practice, abs=1e-12)


# ---- levels without a criterion, and what stands above the practices


def test_a_level_that_was_never_written_equals_one_that_does_not_apply() -> None:
    never = scored(Scorer(questionnaire({2: 1, 3: 1}, practices=2)).practice("p0.q0", readings("fully", "fully")))
    not_applicable = Scorer(questionnaire({2: 1, 3: 1, 4: 1})).practice("p0.q0", readings("fully", "fully", "n/a"))
    assert never == scored(not_applicable)
    assert never.capped


def test_a_capped_application_does_not_hold_its_tier_down() -> None:
    scorer = Scorer(questionnaire({2: 1, 3: 1, 4: 1}))
    answers = {"capped": ("fully", "n/a", "n/a"), "open": ("fully", "fully", "no")}
    results = {key: scorer.result({"p0.q0": scorer.practice("p0.q0", readings(*a))}, "") for key, a in answers.items()}
    practice = scored(group(scorer, results).practices["p0.q0"])
    assert (practice.level, practice.capped, practice.held_down_by) == (3, False, ("p0.q0.c2",))
    assert scored(group(scorer, {"capped": results["capped"]}).practices["p0.q0"]).level == 2


@pytest.mark.parametrize(
    ("criteria", "answers", "reached"),
    [
        pytest.param({2: 1, 4: 1}, ("fully", "no"), True, id="no criterion at the target"),
        pytest.param({2: 1, 3: 1, 4: 1}, ("fully", "n/a", "no"), True, id="target not applicable"),
        pytest.param({2: 1, 3: 1, 4: 1}, ("fully", "partly", "fully"), False, id="gap at the target"),
        pytest.param({2: 1, 4: 1}, ("no", "fully"), False, id="gap below"),
        pytest.param({2: 1}, ("fully",), True, id="capped below"),
    ],
)
def test_at_target_is_where_no_gap_is(criteria: dict[int, int], answers: tuple[str, ...], reached: bool) -> None:
    asked = questionnaire(criteria)
    given = {
        f"p0.q0.c{i}": Answer(value=NOT_APPLICABLE, reason="r") if value == "n/a" else Answer(value=value)
        for i, value in enumerate(answers)
    }
    assessment = Assessment(
        organisation="o",
        questionnaire="test",
        as_of=date(2026, 9, 30),
        capacity=Fraction(60),
        targets={tier: {"p0": 3} for tier in ("1", "2", "3")},
        answers=given,
        applications={"pay": Application(id="pay", name="Pay", tier="1")},
    )
    found = score(Scorer(asked), assessment, Claims({}))
    assert found.at_target["1"] == AtTarget(int(reached), 1)
    assert pillar_reaches(asked, found.applications["pay"], asked.pillar[0], 3) is reached
    assert (initiatives(shipped(), asked, assessment, Claims({})) == ()) is reached
