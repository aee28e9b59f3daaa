"""Whom to look at first, by cases counted by hand."""

from __future__ import annotations

from scoring.claims import Claims
from scoring.lacking import furthest, lowest, unanswered
from scoring.scores import Scorer, Scores, score
from tests.scored_example import answer, application, assessment, questionnaire

ASKED = questionnaire(
    {"p.a": [{"level": 1}, {"level": 2}], "p.b": [{"level": 1}], "q.shared": [{"level": 1}, {"level": 2}]},
    organisation=["q.shared"],
    target=2,
)
APPLICATIONS = ("done", "open", "poor", "skips")


def scored(*keys: str) -> Scores:
    said = {
        "done": {"p.a.a": "fully", "p.a.b": "fully", "p.b.a": "largely"},
        "open": {"p.a.a": "fully"},
        "poor": {"p.a.a": "no", "p.a.b": "no", "p.b.a": "fully"},
        "skips": {"p.a.a": "n/a", "p.a.b": "n/a", "p.b.a": "no"},
    }
    given = {key: {place: answer(value) for place, value in said[key].items()} for key in keys}
    whole = assessment(
        *(application(key, "2" if key == "done" else "1", answers) for key, answers in given.items()),
        answers={"q.shared.a": answer("fully")},
    )
    return score(Scorer(ASKED), whole, Claims({}))


def test_a_practice_stands_lowest_by_level_then_score_and_not_where_it_does_not_apply() -> None:
    scores = scored(*APPLICATIONS)
    assert lowest(scores, "p.a", APPLICATIONS) == "poor"
    assert lowest(scores, "p.b", APPLICATIONS) == "open", "the first of two that are equal"
    assert lowest(scores, "p.a", ("done", "open")) == "open"
    assert lowest(scores, "p.a", ("skips",)) is None
    assert lowest(scores, "p.a", ()) is None


def test_the_furthest_has_the_most_practices_below_target() -> None:
    scores = scored(*APPLICATIONS)
    assert furthest(ASKED, scores, APPLICATIONS) == "open"
    assert furthest(ASKED, scores, ("done", "poor")) == "poor"
    assert furthest(ASKED, scores, ("done", "skips", "poor")) == "skips", "the first of two that are equal"
    assert furthest(ASKED, scores, ()) is None


def test_what_is_unanswered_counts_for_whoever_answers_it_and_once_for_the_organisation() -> None:
    assert unanswered(ASKED, scored(*APPLICATIONS), APPLICATIONS) == {
        None: 1,
        "open": 2,
        "done": 0,
        "poor": 0,
        "skips": 0,
    }
    assert unanswered(ASKED, scored(*APPLICATIONS), ("done",)) == {None: 1, "done": 0}
    assert unanswered(ASKED, scored(), ()) == {None: 1}, "before there is any application"
