"""What moved since an earlier engagement, kind by kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from questionnaires.model import Questionnaire
from scoring.assessment import Answer, Assessment
from scoring.progress import Baseline, Comparison, Kind, Presence, compare, counted, with_ids
from scoring.results import Owner
from tests.progress_example import ASKED, NOW, THEN, answer, assessment, baseline, evaluation, pairs, questionnaire

Q = questionnaire()


def compared(then: Assessment | Baseline, now: Assessment, asked: Questionnaire = Q) -> Comparison:
    before = then if isinstance(then, Baseline) else baseline(Q, then)
    return compare(asked, now, evaluation(asked, now), None, before)


def kinds(found: Comparison, application: str | None = None) -> dict[str, Kind]:
    return {entry.criterion: entry.kind for entry in found.answers if entry.application == application}


@pytest.mark.parametrize(
    ("then", "now", "kind"),
    [
        ("no", "partly", Kind.IMPROVED),
        ("fully", "largely", Kind.FELL),
        ("partly", "partly", Kind.UNCHANGED),
        (None, None, Kind.UNCHANGED),
        (None, "no", Kind.ANSWERED),
        (None, "fully", Kind.ANSWERED),
        ("fully", None, Kind.WITHDRAWN),
        ("fully", "not-applicable", Kind.NOT_APPLICABLE),
        (None, "not-applicable", Kind.NOT_APPLICABLE),
        ("not-applicable", "no", Kind.APPLICABLE),
        ("not-applicable", None, Kind.APPLICABLE),
        ("not-applicable", "not-applicable", Kind.UNCHANGED),
        ("no longer a step", "no", Kind.ANSWERED),
    ],
)
def test_only_a_step_against_another_is_better_or_worse(then: str | None, now: str | None, kind: Kind) -> None:
    before = assessment(as_of=THEN).model_copy(update={"answers": {"b.org.two": Answer.model_construct(value=then)}})
    if then == "not-applicable":
        before = assessment(as_of=THEN, common={"b.org.two": then})
    today = assessment(common={"b.org.two": now} if now else {})
    assert kinds(compared(before, today))["b.org.two"] is kind


def test_not_applicable_without_a_reason_is_unanswered() -> None:
    today = assessment().model_copy(update={"answers": {"b.org.two": Answer(value="not-applicable")}})
    assert kinds(compared(assessment(as_of=THEN, common={"b.org.two": "no"}), today))["b.org.two"] is Kind.WITHDRAWN


def test_answers_compare_as_they_count_for_each_application() -> None:
    """Own, else common: an application that falls back to a better common answer has improved."""
    tiers = {"pay": "1", "crm": "2"}
    then = assessment(tiers, {"a.app.two": "partly"}, {"crm": {"a.app.two": "fully"}}, as_of=THEN)
    now = assessment(tiers, {"a.app.two": "largely"})
    found = compared(then, now)
    assert kinds(found, "pay")["a.app.two"] is Kind.IMPROVED
    assert kinds(found, "crm")["a.app.two"] is Kind.FELL
    assert "a.app.two" not in kinds(found)
    (entry,) = [e for e in found.of(application="crm") if e.criterion == "a.app.two"]
    assert (entry.before, entry.now) == (answer("fully"), answer("largely"))
    assert (entry.pillar, entry.practice, entry.tier) == ("a", "a.app", "2")


def test_the_organisation_is_compared_once_and_nothing_is_left_out() -> None:
    tiers = {"pay": "1", "crm": "2"}
    found = compared(assessment(tiers, as_of=THEN), assessment(tiers))
    assert len(found.answers) == pairs(list(tiers)) == 3 * 2 + 2
    assert set(kinds(found)) == {"b.org.two", "b.org.three"}
    assert found.counts == {**dict.fromkeys(Kind, 0), Kind.UNCHANGED: 8}


def test_without_an_application_on_both_sides_the_common_answers_are_compared() -> None:
    found = compared(assessment({}, {"a.app.two": "no"}, as_of=THEN), assessment({"pay": "1"}, {"a.app.two": "fully"}))
    assert kinds(found)["a.app.two"] is Kind.IMPROVED
    assert len(found.answers) == len(ASKED)


def test_questions_that_changed_came_and_went() -> None:
    newer = questionnaire(
        {"a.app.renamed": 2, "a.app.three": 3, "a.more.fresh": 2, "b.org.two": 2, "b.org.three": 3},
        {"a.app.renamed": "two?", "a.app.three": "Another question?"},
        renamed={"a.app.two": "a.app.renamed"},
        removed={"a.more.two": "Nobody could answer it."},
    )
    then = assessment(common={"a.app.two": "no", "a.app.three": "no", "a.more.two": "fully"}, as_of=THEN)
    now = assessment(common={"a.app.renamed": "fully", "a.app.three": "fully", "a.more.fresh": "fully"})
    found = compared(then, now, newer)
    assert kinds(found, "pay") == {
        "a.app.renamed": Kind.IMPROVED,
        "a.app.three": Kind.QUESTION_CHANGED,
        "a.more.fresh": Kind.NEW,
        "a.more.two": Kind.REMOVED,
    }
    by_id = {entry.criterion: entry for entry in found.answers}
    assert by_id["a.app.renamed"].formerly == "a.app.two"
    assert by_id["a.app.three"].formerly is None
    assert (by_id["a.app.three"].before, by_id["a.app.three"].now) == (answer("no"), answer("fully"))
    assert (by_id["a.more.two"].before, by_id["a.more.two"].now) == (answer("fully"), None)
    assert (by_id["a.more.two"].practice, by_id["a.more.two"].pillar) == ("a.more", "a")
    assert by_id["a.more.two"].why == "Nobody could answer it."


def test_a_removed_question_of_a_report_stands_where_it_was_answered() -> None:
    """A report names no scopes: an answer of an application's own says that the question was asked of each."""
    newer = questionnaire({key: level for key, level in ASKED.items() if key not in ("a.more.two", "b.org.three")})
    then = assessment(own={"pay": {"a.more.two": "no"}}, common={"b.org.three": "no"}, as_of=THEN)
    found = compared(baseline(Q, then, tier="1"), assessment(), newer)
    assert kinds(found, "pay")["a.more.two"] is Kind.REMOVED
    assert kinds(found)["b.org.three"] is Kind.REMOVED


def test_applications_come_go_and_move() -> None:
    then = assessment({"pay": "1", "old": "2", "crm": "3"}, {"a.app.two": "no"}, as_of=THEN)
    now = assessment({"pay": "1", "new": "2", "crm": "2"}, {"a.app.two": "fully"})
    found = compared(then, now)
    assert {move.id: move.kind for move in found.applications} == {
        "crm": Presence.MOVED,
        "new": Presence.ADDED,
        "old": Presence.REMOVED,
        "pay": Presence.KEPT,
    }
    assert {entry.application for entry in found.answers} == {None, "pay", "crm"}
    moved = found.score(Owner("2", "crm"))
    assert moved is not None
    assert moved.before is not None
    assert moved.change is not None


def test_a_report_speaks_of_its_own_tier_only() -> None:
    tiers = {"pay": "1", "crm": "2", "hr": "2"}
    then = baseline(Q, assessment({"pay": "1", "crm": "2"}, as_of=THEN), tier="2")
    found = compared(then, assessment(tiers, targets={"1": {"a": 2}, "2": {"a": 2}}))
    assert {move.id: move.kind for move in found.applications} == {"crm": Presence.KEPT, "hr": Presence.ADDED}
    assert {move.owner for move in found.scores} == {Owner("2", None), Owner("2", "crm"), Owner("2", "hr")}
    assert [(move.tier, move.pillar, move.before, move.now) for move in found.targets] == [("2", "a", 3, 2)]
    assert len(found.answers) == pairs(["crm"])


def test_scores_are_the_stored_ones_and_their_difference_is_exact() -> None:
    """One application; overall is the mean of two pillars, the first of two practices.

    Then nothing was answered: 1 everywhere. Now a.app.two is partly. Of a.app, levels 2 and 3 have one criterion each:
    1 + 3 · (1/3 + 0)/2 = 3/2, so pillar a is (3/2 + 1)/2 = 5/4 and overall (5/4 + 1)/2 = 9/8.
    """
    found = compared(assessment(as_of=THEN), assessment(common={"a.app.two": "partly"}))
    changes = {move.node: move.change for move in found.scores if move.owner == Owner("1", "pay")}
    assert changes == {
        "": Fraction(1, 8),
        "a": Fraction(1, 4),
        "a.app": Fraction(1, 2),
        "a.more": 0,
        "b": 0,
        "b.org": 0,
    }
    stored = baseline(Q, assessment(as_of=THEN))
    nodes = {owner: {**found, "": None} for owner, found in stored.results.nodes.items()}
    changed = replace(stored, results=replace(stored.results, nodes=nodes))
    overall = compared(changed, assessment()).score(Owner("1", None))
    assert overall is not None
    assert (overall.before, overall.change) == (None, None)


def test_scores_of_other_rules_do_not_compare() -> None:
    stored = baseline(Q, assessment(as_of=THEN))
    older = replace(stored, results=replace(stored.results, rules="0"))
    found = compared(older, assessment())
    assert found.rules == "0"
    assert {move.change for move in found.scores} == {move.evidenced_change for move in found.scores} == {None}


def test_targets_that_changed_are_named() -> None:
    found = compared(assessment(as_of=THEN, targets={"1": {"a": 4}}), assessment(targets={"2": {"b": 2}}))
    assert [(move.tier, move.pillar, move.before, move.now) for move in found.targets] == [
        ("1", "a", 4, 3),
        ("2", "b", 3, 2),
    ]


def test_another_questionnaire_has_nothing_in_common() -> None:
    other = questionnaire({"c.app.one": 2})
    found = compared(baseline(other, assessment(as_of=THEN)), assessment())
    assert counted(found.answers)[Kind.NEW] == pairs(["pay"])
    assert counted(found.answers)[Kind.REMOVED] == 1
    assert sum(found.counts.values()) == pairs(["pay"]) + 1


def test_the_day_of_the_last_change_follows_the_answer_that_counts() -> None:
    now = assessment({"pay": "1", "crm": "1"}, {"a.app.two": "no"}, {"crm": {"a.app.two": "fully"}})
    days = {(None, "a.app.two"): date(2026, 5, 1), ("crm", "a.app.two"): date(2026, 6, 1)}
    before = baseline(Q, assessment({"pay": "1", "crm": "1"}, as_of=THEN))
    found = compare(Q, now, evaluation(Q, now), None, before, changed_on=days)
    assert {e.application: e.changed_on for e in found.answers if e.criterion == "a.app.two"} == {
        "pay": date(2026, 5, 1),
        "crm": date(2026, 6, 1),
    }
    assert (found.before, found.now) == (THEN, NOW)


def test_an_application_under_another_id_is_the_same_one() -> None:
    then = baseline(Q, assessment({"payments": "1", "crm": "1"}, own={"payments": {"a.app.two": "no"}}, as_of=THEN))
    now = assessment({"pay": "1", "crm": "1"}, own={"pay": {"a.app.two": "fully"}})
    found = compared(with_ids(then, {"payments": "pay"}), now)
    assert kinds(found, "pay")["a.app.two"] is Kind.IMPROVED
    assert {move.kind for move in found.applications} == {Presence.KEPT}
    score = found.score(Owner("1", "pay"), "a.app")
    assert score is not None
    assert score.change == Fraction(3, 2)
    with pytest.raises(ValueError, match="one id"):
        with_ids(then, {"payments": "crm"})


def test_a_tiers_answers_are_its_applications_and_the_organisations() -> None:
    tiers = {"pay": "1", "crm": "2"}
    found = compared(assessment(tiers, as_of=THEN), assessment(tiers))
    assert {entry.application for entry in found.of(tier="1")} == {"pay", None}
    assert {entry.criterion for entry in found.of(pillar="b")} == {"b.org.two", "b.org.three"}
    assert {entry.criterion for entry in found.of(practice="a.app", application="crm")} == {"a.app.two", "a.app.three"}
