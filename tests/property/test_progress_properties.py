"""What must hold for every comparison: nothing is left out, and it is true of both sides."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engagement import carry
from app.engagement.carry import Choice, Group, Standing
from app.engagement.state import changed
from questionnaires.migrate import Fate
from questionnaires.model import NOT_APPLICABLE, Questionnaire
from scoring.assessment import Answer, Assessment, answer_of
from scoring.progress import Baseline, Comparison, Kind, compare, counted, with_ids
from scoring.scores import reading
from tests.progress_example import (
    ASKED,
    STEPS,
    THEN,
    assessment,
    baseline,
    evaluation,
    questionnaire,
)

NEWER = questionnaire(
    {"a.app.two": 2, "a.app.fresh": 3, "a.more.renamed": 2, "b.org.two": 2},
    {"a.app.two": "Asked otherwise?", "a.more.renamed": "two?"},
    renamed={"a.more.two": "a.more.renamed"},
)
OLDER = questionnaire()
KEYS = ("pay", "crm", "hr")
steps = st.sampled_from((*STEPS, NOT_APPLICABLE))
tiers = st.dictionaries(st.sampled_from(KEYS), st.sampled_from("123"))


def assessments(asked: Questionnaire, **more: Any) -> st.SearchStrategy[Assessment]:
    own = [key for key in asked.criteria if ".org." not in key]
    return st.builds(
        lambda given, common, answers: assessment(given, common, {key: answers.get(key, {}) for key in given}, **more),
        tiers,
        st.dictionaries(st.sampled_from(sorted(asked.criteria)), steps),
        st.dictionaries(st.sampled_from(KEYS), st.dictionaries(st.sampled_from(own), steps)),
    )


def compared(then: Baseline, now: Assessment) -> Comparison:
    return compare(NEWER, now, evaluation(NEWER, now), None, then)


@given(assessments(OLDER, as_of=THEN), assessments(NEWER), st.sampled_from([None, "1", "2"]))
def test_every_criterion_of_both_sides_is_accounted_for_once(
    then: Assessment, now: Assessment, tier: str | None
) -> None:
    found = compared(baseline(OLDER, then, tier=tier), now)
    assert sum(found.counts.values()) == len(found.answers)
    both = [move.id for move in found.applications if move.before is not None and move.now is not None]
    places = [(entry.application, entry.criterion) for entry in found.answers]
    assert len(places) == len(set(places))
    assert {entry.criterion for entry in found.answers if entry.kind is not Kind.REMOVED} == set(NEWER.criteria)
    went = {move.old for move in found.questions if move.fate is Fate.REMOVED}
    assert (
        {entry.criterion for entry in found.answers if entry.kind is Kind.REMOVED}
        == went
        == {
            "a.app.three",
            "b.org.three",
        }
    )
    for criterion in NEWER.criteria:
        owners = [owner for owner, key in places if key == criterion]
        assert owners == ([None] if ".org." in criterion or not both else sorted(both))
    for part in (
        [found.of(pillar=pillar.id) for pillar in NEWER.pillar],
        [found.of(application=key) for key in both],
    ):
        assert all(sum(counted(entries).values()) == len(entries) for entries in part)


@given(assessments(OLDER, as_of=THEN), assessments(NEWER))
def test_only_a_known_step_of_the_same_question_is_judged(then: Assessment, now: Assessment) -> None:
    for entry in compared(baseline(OLDER, then), now).answers:
        if entry.kind in (Kind.IMPROVED, Kind.FELL):
            assert entry.before is not None
            assert entry.now is not None
            before, today = STEPS.get(entry.before.value or ""), STEPS.get(entry.now.value or "")
            assert before is not None
            assert today is not None
            assert entry.criterion in ("a.more.renamed", "b.org.two")
            assert (list(STEPS.values()).index(today) > list(STEPS.values()).index(before)) == (
                entry.kind is Kind.IMPROVED
            )


@given(assessments(OLDER))
def test_against_itself_nothing_moves(now: Assessment) -> None:
    found = compare(OLDER, now, evaluation(OLDER, now), None, baseline(OLDER, now))
    assert {entry.kind for entry in found.answers} == {Kind.UNCHANGED}
    assert {move.change for move in found.scores} <= {0, None}
    assert all((move.before is None) == (move.now is None) for move in found.scores)
    assert found.targets == ()
    assert {move.kind for move in found.applications} <= {"kept"}


@given(assessments(OLDER), assessments(OLDER))
def test_the_other_way_round_says_the_opposite(one: Assessment, other: Assessment) -> None:
    opposite = {
        Kind.IMPROVED: Kind.FELL,
        Kind.ANSWERED: Kind.WITHDRAWN,
        Kind.NOT_APPLICABLE: Kind.APPLICABLE,
        Kind.UNCHANGED: Kind.UNCHANGED,
    }
    opposite |= {after: before for before, after in opposite.items()}
    there = compare(OLDER, other, evaluation(OLDER, other), None, baseline(OLDER, one))
    back = compare(OLDER, one, evaluation(OLDER, one), None, baseline(OLDER, other))
    assert [opposite[entry.kind] for entry in there.answers] == [entry.kind for entry in back.answers]
    forth = {(move.owner.application or move.owner.tier, move.node): move.change for move in there.scores}
    for move in back.scores:
        change = forth[move.owner.application or move.owner.tier, move.node]
        assert move.change == (None if change is None else -change)


@given(assessments(OLDER, as_of=THEN), st.permutations(KEYS))
def test_other_ids_change_nothing_else(then: Assessment, order: list[str]) -> None:
    ids = dict(zip(KEYS, order, strict=True))
    known = with_ids(baseline(OLDER, then), ids)
    assert {ids[key] for key in then.applications} == set(known.assessment.applications)
    back = {new: old for old, new in ids.items()}
    assert with_ids(known, back) == baseline(OLDER, then)


# ---- carrying answers over

choices = st.dictionaries(st.sampled_from(list(Group)), st.sampled_from(list(Choice)))


@settings(max_examples=200)
@given(assessments(OLDER, as_of=date(2026, 3, 31)), assessments(NEWER), choices, st.sampled_from([(), ("pay",)]))
def test_no_answer_of_a_person_is_overwritten_unless_reviewed(
    then: Assessment, now: Assessment, chosen: dict[Group, Choice], only: tuple[str, ...]
) -> None:
    earlier = baseline(OLDER, then)
    only = tuple(key for key in only if key in now.applications)
    candidates = carry.candidates(NEWER, now, earlier, applications=only)
    carried = carry.chosen(candidates, chosen)
    after = now
    for change in carry.changes(carried, chosen, earlier):
        after = changed(after, change)
    moved = {(entry.application, entry.criterion): entry for entry in carried}
    owners: list[str | None] = [None, *now.applications]
    for owner in owners:
        for criterion in NEWER.criteria:
            old, new = (_claimed(side, owner, criterion) for side in (now, after))
            if old not in ("", new):
                entry = moved.get((owner, criterion)) or moved[None, criterion]
                assert chosen[entry.group] is Choice.REVIEW
                assert _answer(after, owner, criterion).marked
    for entry in carried:
        answer = _answer(after, entry.application, entry.criterion)
        assert answer.value == entry.theirs.value
        assert "Carried over from the assessment of 2026-03-31." in answer.note
        assert entry.standing is not Standing.SAME
    # Once carried over, nothing is left to carry from the same source.
    again = carry.chosen(carry.candidates(NEWER, after, earlier, applications=only), chosen)
    assert again == ()


def _answer(given_assessment: Assessment, owner: str | None, criterion: str) -> Answer:
    source = given_assessment.applications[owner] if owner is not None else None
    return answer_of(given_assessment.answers, source, criterion) or Answer()


def _claimed(given_assessment: Assessment, owner: str | None, criterion: str) -> str:
    if owner is not None and ".org." in criterion:
        owner = None
    return reading(NEWER, _answer(given_assessment, owner, criterion), None).claimed


def test_the_example_is_what_the_properties_speak_of() -> None:
    assert set(ASKED) - set(NEWER.criteria) == {"a.app.three", "a.more.two", "b.org.three"}
