"""What a report says, before it is laid out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from questionnaires.model import NOT_APPLICABLE
from reports.view import View
from scoring.assessment import Answer, Application, Decision, Lane
from scoring.scores import Scorer, score
from tests.report_example import SHA, UUID, Example, assessment, example


def view(given: Example) -> View:
    tier = given.content.tiers.by_id["1"]
    return View(given.content, given.questionnaire, given.assessment, given.claims, given.scores, given.plan, tier)


def test_the_board_page_says_where_the_tier_stands() -> None:
    given = example()
    board = given.snapshot().board
    overall = given.scores.tiers["1"].overall.score
    assert overall is not None
    assert board.headline == "Tier 1 Critical stands at 1.8 against a target of 3.0"
    assert [figure.value for figure in board.figures] == ["1.8", "1.7", "0 of 6", "1"]
    assert board.figures[3].note == "held by Tests"
    assert board.finding == "Build well is furthest from its target: 1.7 against 3.0"
    assert "1 claim is challenged" in board.lead
    assert [gauge.number for gauge in board.pillars] == ["1", "2"]


def test_the_range_stands_beside_the_score_until_everything_is_answered() -> None:
    gauge = example().snapshot().standing.rows[-1]
    assert gauge.low is not None
    assert gauge.high is not None
    assert gauge.low < gauge.high
    assert gauge.open
    assert gauge.coverage == "8 / 12"


def test_heat_maps_say_who_lacks_what() -> None:
    build, learn = example().snapshot().standing.pillars
    assert build.heat is not None
    assert [name for _, name, _ in build.heat.columns] == ["Gates", "Tests"]
    assert [[cell.level for cell in cells] for _, cells in build.heat.rows] == [[2, 2], [2, 1]]
    assert build.heat.finding == "Trading Desk lacks Tests at level 2"
    assert learn.heat is None  # answered once, for the organisation


def test_what_holds_a_level_down_names_the_criterion_and_who_lacks_it() -> None:
    (holding,) = example().snapshot().standing.pillars[0].holding
    assert (holding.number, holding.name, holding.level) == ("1.2", "Tests", 1)
    assert [(entry.code, entry.lacking) for entry in holding.missing] == [("1.2.2a", "Trading Desk")]


def test_challenged_claims_show_claim_limit_and_source() -> None:
    (claim,) = example().snapshot().standing.challenges
    assert (claim.code, claim.where, claim.claimed, claim.allowed) == ("1.1.2a", "Payments Hub", "Largely", "Partly")
    assert claim.source == f"Scanner 1.2 · 1 September 2026 · {SHA[:12]}"


def test_initiatives_carry_reasons_obligations_and_activities() -> None:
    applications = dict(assessment().applications)
    given = example(assessment(answers={}, applications=applications))
    blocks = {block.title: block for lane in given.snapshot().roadmap.lanes for block in lane.blocks}
    gates = blocks["Gates: level 2 Mid"]
    assert gates.what == "Gates run on every merge."
    assert gates.applications == "all 2 applications"
    assert gates.obligations == ("Rulebook: 4.2",)
    assert gates.dsomm == f"1 activity: {UUID[:8]}"
    assert "Gap" in [label for label, _ in gates.reasons]
    assert blocks["People: level 2 Mid"].shared


def test_prerequisites_come_first_within_a_wave() -> None:
    planned = view(example(assessment(answers={}, capacity=1000))).planned
    place = {entry.item.id: index for index, entry in enumerate(planned)}
    assert len({entry.wave for entry in planned}) == 1
    for entry in planned:
        assert all(place[earlier] < place[entry.item.id] for earlier in entry.item.after)


def test_the_effects_of_all_initiatives_add_up_to_the_score_once_they_are_done() -> None:
    given = example()
    seen = view(given)
    done = {
        criterion: Answer(value="fully")
        for criterion in given.questionnaire.criteria
        if any(criterion in entry.item.criteria for entry in seen.planned)
    }
    applications = {
        key: app.model_copy(update={"answers": {c: done[c] if seen.unmet(app, given.questionnaire.criteria[c])
                                                else seen_answer(given, key, c) for c in given.questionnaire.criteria}})
        for key, app in given.assessment.applications.items()
    }  # fmt: skip
    after = given.assessment.model_copy(
        update={"answers": given.assessment.answers | done, "applications": applications}
    )
    now = given.scores.tiers["1"].overall.score
    then = score(Scorer(given.questionnaire), after, given.claims).tiers["1"].overall.score
    assert now is not None
    assert then is not None
    assert sum((entry.effect for entry in seen.planned), Fraction(0)) == then.low - now.low > 0


def seen_answer(given: Example, key: str, criterion: str) -> Answer:
    own = given.assessment.applications[key].answers.get(criterion)
    return own or given.assessment.answers.get(criterion) or Answer()


def test_what_the_plan_brings_agrees_with_the_waves_and_with_today() -> None:
    snapshot = example(assessment(capacity=1000)).snapshot()
    brought, lanes = snapshot.roadmap.brought, snapshot.roadmap.lanes
    assert brought is not None
    assert brought.waves == ("Today", *(lane.label for lane in lanes))
    *pillars, overall = brought.rows
    assert [cell.score for cell in overall[-1]] == [f"{snapshot.roadmap.start:.1f}", *(lane.after for lane in lanes)]
    for row, gauge in zip(pillars, snapshot.standing.rows, strict=False):
        assert (row[0], row[-1][0].score, row[-1][0].level) == (gauge.number, f"{gauge.low:.1f}", gauge.level)
    assert [row[-1][-1].level for row in pillars] == [3, 3]  # everything is planned, so every target is met
    assert brought.finding == "Build well rises most, from 1.7 to 2.8"
    assert example().unplanned().snapshot().roadmap.brought is None


def test_a_dropped_initiative_is_listed_with_its_reason() -> None:
    dropped = Decision(lane=Lane.DROP, reason="Replaced next year")
    snapshot = example(assessment(decisions={"build.tests/2/tier-1": dropped})).snapshot()
    reasons = {block.title: why for block, why in snapshot.roadmap.unplanned}
    assert reasons["Tests: level 2 Mid"] == "Dropped: Replaced next year."


def test_appendix_b_holds_only_what_differs_is_challenged_or_below_target() -> None:
    desk_and_hub = {own.name: own for own in example().snapshot().appendices.own}
    hub = desk_and_hub["Payments Hub"]
    assert [(entry.code, entry.answer, entry.common) for entry in hub.differing] == [
        ("1.1.2a", "Largely", "Largely"),
        ("1.2.2a", "Fully", "Partly"),
    ]
    assert hub.differing[0].remark == "challenged: at most “Partly”"
    assert desk_and_hub["Trading Desk"].differing == ()
    assert desk_and_hub["Trading Desk"].below == (("1.1", "3a"), ("1.2", "2a 3a"))


def test_evidence_is_registered_with_its_whole_digest_and_facts() -> None:
    (exhibit,) = example().snapshot().appendices.evidence
    assert (exhibit.file, exhibit.owner, exhibit.sha256) == ("scan.sarif", "Payments Hub", SHA)
    assert exhibit.facts == (("findings.critical.open", "2"),)


def test_not_applicable_unanswered_and_no_stay_apart() -> None:
    answers = {
        "build.gates.run": Answer(value=NOT_APPLICABLE, reason="There is no pipeline."),
        "build.gates.block": Answer(value=NOT_APPLICABLE),
        "build.tests.some": Answer(value="no"),
    }
    sheets = example(assessment(answers=answers)).snapshot().appendices.common
    shown = {entry.code: entry.answer for sheet in sheets for entry in sheet.answers}
    assert shown["1.1.2a"] == "Not applicable"
    assert shown["1.1.3a"].startswith("Unanswered")
    assert shown["1.2.2a"] == "No"
    assert shown["1.2.3a"] == "Unanswered"


def test_nothing_answered_is_said_and_not_counted_as_evidence() -> None:
    board = (
        example(assessment(answers={}, applications={"a": Application(id="a", name="A", tier="1")})).snapshot().board
    )
    assert "Nothing has been answered yet" in board.lead
    assert board.figures[1].note == "nothing has been answered"


def test_a_score_at_target_does_not_hide_levels_below_it() -> None:
    targets = {"1": {"build": 1, "learn": 2}}
    answers = {"learn.people.champions": Answer(value="fully")}
    board = example(assessment(targets=targets, answers=answers)).snapshot().board
    assert "meets its target" in board.headline
    assert "pairs below" in board.headline
    assert board.finding == "Every score reaches its target, but 1 level stays below"


GATES_STAY_AT_ONE = {
    "build.gates.run": Answer(value=NOT_APPLICABLE, reason="It is bought."),
    "build.gates.block": Answer(value="no"),
    "build.tests.some": Answer(value="fully"),
    "learn.people.trained": Answer(value="fully"),
}
"""With level 2 as target: Gates cannot stand there, and lack nothing to it."""


def test_a_level_that_does_not_apply_is_no_gap() -> None:
    targets = {"1": {"build": 2, "learn": 2}}
    standing = example(assessment(targets=targets, answers=GATES_STAY_AT_ONE)).snapshot().standing
    build = standing.pillars[0]
    assert (build.gauge.level, build.gauge.below, build.gauge.held_by) == (1, False, "")
    assert build.gauge.at_target == "4 / 4"
    assert build.heat is not None
    assert {(cell.level, cell.below) for _, cells in build.heat.rows for cell in cells} == {(1, False), (2, False)}
    assert not any(cell.below for _, cells in standing.heat.rows for cell in cells)
    assert build.holding == ()
    assert standing.headline == "Every pillar is at its target level"


def test_only_practices_with_a_gap_are_to_be_lifted() -> None:
    targets = {"1": {"build": 2, "learn": 2}}
    answers = {**GATES_STAY_AT_ONE, "build.tests.some": Answer(value="no")}
    standing = example(assessment(targets=targets, answers=answers)).snapshot().standing
    build = standing.pillars[0]
    assert (build.gauge.below, build.gauge.at_target) == (True, "3 / 4")
    assert [holding.name for holding in build.holding] == ["Tests"]
    assert [cell.below for _, cells in standing.heat.rows for cell in cells] == [False, False, True, False]
    assert standing.headline == "1 of 2 pillars is below its target level"


def test_an_unknown_tier_is_an_error() -> None:
    given = example(assessment(applications={}))
    with pytest.raises(KeyError):
        given.snapshot()
