"""What must hold for every score, whatever the answers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.load import Loaded, frozen_questionnaire
from questionnaires.model import NOT_APPLICABLE, Questionnaire
from scoring.scores import UNANSWERED, Node, Reading, Result, Scorer, group, roll_up

STEPS = ("no", "partly", "largely", "fully")
LEVELS = (2, 2, 3, 3, 4, 4)


def _questionnaire(weights: tuple[Fraction, ...]) -> Questionnaire:
    text = {"name": "n", "purpose": "p"}
    criteria = [
        {
            "id": f"a.b.c{index}",
            "level": level,
            "question": f"{index}?",
            "why": "w",
            "good": "g",
            "weight": str(weight),
        }
        for index, (level, weight) in enumerate(zip(LEVELS, weights, strict=True))
    ]
    found = frozen_questionnaire(
        {
            "schema_version": 1,
            "id": "test",
            "version": "1",
            "title": "t",
            "description": "d",
            "licence": "l",
            "met": "largely",
            "presence": "partly",
            "level": [{"number": n, "name": str(n), "meaning": "m"} for n in range(1, 5)],
            "scale": [
                {"id": step, "name": step, "value": f"{value}/3", "meaning": "m"} for value, step in enumerate(STEPS)
            ],
            "pillar": [
                {"id": "a", **text, "practice": [{"id": "a.b", "scope": "application", **text, "criterion": criteria}]}
            ],
        },
        "test.toml",
    )
    assert isinstance(found, Loaded)
    return found.value


claims = st.sampled_from((*STEPS, UNANSWERED, NOT_APPLICABLE))
answers = st.tuples(*(claims for _ in LEVELS))
weights = st.tuples(*(st.fractions(min_value="1/10", max_value=10, max_denominator=10) for _ in LEVELS))
plain = Scorer(_questionnaire((Fraction(1),) * len(LEVELS)))


def node(given_answers: tuple[str, ...], scorer: Scorer = plain) -> Node:
    return scorer.practice("a.b", tuple(Reading(answer, answer if answer in STEPS else "") for answer in given_answers))


@given(answers, weights)
def test_bounds(given_answers: tuple[str, ...], given_weights: tuple[Fraction, ...]) -> None:
    found = node(given_answers, Scorer(_questionnaire(given_weights)))
    assert found.coverage.applicable + found.coverage.not_applicable == len(LEVELS)
    assert 0 <= found.coverage.answered <= found.coverage.applicable
    if found.score is None:
        assert found.coverage.applicable == 0
    else:
        assert 1 <= found.score.evidenced <= found.score.low <= found.score.high <= 4
        assert 1 <= found.score.level <= 4
        assert (found.score.low == found.score.high) == found.coverage.complete


@given(answers, st.integers(0, len(LEVELS) - 1))
def test_a_better_answer_never_lowers_anything(given_answers: tuple[str, ...], place: int) -> None:
    if given_answers[place] not in STEPS[:-1]:
        given_answers = (*given_answers[:place], "no", *given_answers[place + 1 :])
    better = STEPS[STEPS.index(given_answers[place]) + 1]
    before = node(given_answers).score
    after = node((*given_answers[:place], better, *given_answers[place + 1 :])).score
    assert before is not None
    assert after is not None
    assert after.low > before.low
    assert after.high > before.high
    assert after.level >= before.level


@given(answers, weights, st.integers(2, 9))
def test_scaling_all_weights_changes_nothing(
    given_answers: tuple[str, ...], given_weights: tuple[Fraction, ...], factor: int
) -> None:
    scaled = tuple(weight * factor for weight in given_weights)
    assert node(given_answers, Scorer(_questionnaire(given_weights))) == node(
        given_answers, Scorer(_questionnaire(scaled))
    )


@given(answers)
def test_order_within_a_level_never_matters(given_answers: tuple[str, ...]) -> None:
    swapped = (*given_answers[1::-1], *given_answers[3:1:-1], *given_answers[5:3:-1])
    one, other = node(given_answers), node(swapped)
    assert one.coverage == other.coverage
    assert (one.score is None) == (other.score is None)
    if one.score is not None and other.score is not None:
        a, b = one.score, other.score
        assert (a.low, a.high, a.level) == (b.low, b.high, b.level)


@given(answers, st.integers(0, len(LEVELS) - 1))
def test_replacing_no_by_unanswered_moves_only_the_upper_end_and_coverage(
    given_answers: tuple[str, ...], place: int
) -> None:
    no = node((*given_answers[:place], "no", *given_answers[place + 1 :]))
    unanswered = node((*given_answers[:place], UNANSWERED, *given_answers[place + 1 :]))
    assert no.score is not None
    assert unanswered.score is not None
    assert unanswered.score.low == no.score.low
    assert unanswered.score.evidenced == no.score.evidenced
    assert unanswered.score.level == no.score.level
    assert unanswered.score.high > no.score.high
    assert unanswered.coverage.answered == no.coverage.answered - 1


@given(st.tuples(claims, claims, claims, claims))
def test_not_applicable_equals_absence(rest: tuple[str, ...]) -> None:
    """A questionnaire without the second criterion of level 2 scores like one where it does not apply."""
    whole = node((rest[0], NOT_APPLICABLE, rest[1], rest[2], rest[3], "no")).score
    weighted = _questionnaire((Fraction(1),) * len(LEVELS))
    practice = weighted.pillar[0].practice[0]
    fewer = practice.model_copy(update={"criterion": (practice.criterion[0], *practice.criterion[2:])})
    pillar = weighted.pillar[0].model_copy(update={"practice": (fewer,)})
    absent = node((rest[0], rest[1], rest[2], rest[3], "no"), Scorer(weighted.model_copy(update={"pillar": (pillar,)})))
    assert whole is not None
    assert absent.score is not None
    assert (whole.low, whole.high, whole.level) == (absent.score.low, absent.score.high, absent.score.level)


@given(answers, st.integers(1, 5), st.integers(1, 9))
def test_a_roll_up_of_equal_children_equals_the_child(given_answers: tuple[str, ...], count: int, weight: int) -> None:
    child = node(given_answers)
    parent = roll_up([(str(index), child, weight) for index in range(count)])
    if child.score is None:
        assert parent.score is None
    else:
        assert parent.score is not None
        assert parent.score.low == child.score.low
        assert parent.score.high == child.score.high
        assert parent.score.level == child.score.level
    tier = group(plain, {str(index): Result(child, {"a": child}, {"a.b": child}) for index in range(count)})
    assert (tier.overall.score is None) == (child.score is None)
    if tier.overall.score is not None and child.score is not None:
        assert tier.overall.score.low == child.score.low
        assert tier.overall.coverage.applicable == count * child.coverage.applicable
        assert tier.distribution[""] == {child.score.level: count}


@given(st.permutations([("a", ("no",) * 6), ("b", ("fully",) * 6), ("c", ("partly",) * 6)]))
def test_the_order_of_children_never_matters(children: list[tuple[str, tuple[str, ...]]]) -> None:
    parent = roll_up([(key, node(given_answers), 1) for key, given_answers in children])
    assert parent.score is not None
    assert parent.score.low == Fraction(7, 3)
    assert parent.score.level == 1
    assert set(parent.score.held_down_by) == {"a", "c"}


def test_unknown_practice_is_an_error() -> None:
    with pytest.raises(KeyError):
        plain.practice("nowhere.at-all", ())
