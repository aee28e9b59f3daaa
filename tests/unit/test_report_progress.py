"""What the report says of an earlier engagement: nothing skipped, and the why beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from questionnaires.model import Questionnaire
from reports import charts
from reports.progress import Progress
from reports.trend import Trend
from reports.trend import _reach as reached
from reports.trend import heading as forecast
from scoring.assessment import Answer, Application, Basis
from scoring.progress import Baseline
from scoring.results import Owner, Stored, results
from scoring.trend import Course, Measure, Reach
from tests.report_example import assessment, earlier, example, questionnaire

TIER = Owner("1", None)


def before(day: date, answers: Mapping[str, Answer], asked: Questionnaire | None = None, **more: object) -> Baseline:
    then = example(assessment(as_of=day, answers=answers, **more), asked)
    digests = then.questionnaire.digests
    return Baseline(str(day), day, then.assessment, digests, then.questionnaire, results(then.scores), then.plan)


def shown(*baselines: Baseline, **more: object) -> Progress:
    progress = example(assessment(**more)).snapshot(baselines).progress
    assert progress is not None
    return progress


def test_there_is_no_part_without_a_baseline_that_compares() -> None:
    assert example().snapshot().progress is None
    other = earlier()
    other = replace(other, assessment=other.assessment.model_copy(update={"questionnaire": "another"}))
    assert example().snapshot([other]).progress is None


def test_scores_are_shown_then_and_now_with_the_change() -> None:
    progress = shown(earlier())
    assert progress.since == "31 March 2026"
    assert progress.finding == "The score rose from 1.2 to 1.8 since 31 March 2026"
    build, learn = progress.pillars
    assert (build.number, build.name, build.before, build.now, build.change) == (
        "1",
        "Build well",
        "1.4",
        "1.7",
        "▲ +0.3",
    )
    assert (learn.level, learn.evidenced_before, learn.evidenced_now) == ("1 → 2", "1.0", "2.0")


def test_every_answer_is_counted_and_none_left_out() -> None:
    progress = shown(earlier())
    assert progress.kinds == ("Improved", "Newly answered", "Unchanged")
    *pillars, (label, total) = progress.counts
    assert label == "All pillars"
    assert tuple(map(sum, zip(*(row for _, row in pillars), strict=True))) == total
    assert sum(total) == 4 * 2 + 2  # four criteria for each of two applications, two of the organisation


def test_what_improved_or_fell_stands_with_both_answers_and_the_note() -> None:
    then = {"build.gates.run": Answer(value="no"), "build.gates.block": Answer(value="fully")}
    now = {
        "build.gates.run": Answer(value="largely", note="Two teams went ahead."),
        "build.gates.block": Answer(value="no", note="Switched off in May."),
        "build.tests.some": Answer(value="partly"),
    }
    progress = shown(before(date(2026, 3, 31), then), answers=now)
    groups = {group.title: group for group in progress.groups}
    assert list(groups) == ["Fell", "Improved"]
    (fell,) = groups["Fell"].shifts
    assert (fell.code, fell.question) == ("1.1.3a", "Is build.gates.block done?")
    assert (fell.moved, fell.why) == ("all 2 applications: Fully → No", "Switched off in May.")
    (rose,) = groups["Improved"].shifts
    assert (rose.moved, rose.why) == ("all 2 applications: No → Largely", "Two teams went ahead.")
    assert progress.listed == (("Newly answered", "1.2.2a"),)
    assert progress.headline == "Since 31 March 2026: 2 answers improved, 2 answers fell and 1 answer is new"


def test_improvements_without_a_note_take_one_line() -> None:
    then = {"build.gates.run": Answer(value="no")}
    (group,) = shown(before(date(2026, 3, 31), then), answers={"build.gates.run": Answer(value="largely")}).groups
    assert group.shifts == ()
    assert group.brief == (("all 2 applications: No → Largely", "1.1.2a"),)


def test_a_changed_question_is_shown_as_such_and_a_removed_one_named() -> None:
    asked = questionnaire()
    raw = asked.model_dump(mode="json")
    gates = raw["pillar"][0]["practice"][0]["criterion"]
    gates[0]["question"] = "Was it asked in other words?"
    gates.append(gates[1] | {"id": "build.gates.gone", "prerequisites": []})
    then = before(date(2026, 3, 31), {"build.gates.run": Answer(value="fully")}, Questionnaire.model_validate(raw))
    progress = shown(then, answers={"build.gates.run": Answer(value="partly")})
    assert {"Question changed", "Question removed"} <= set(progress.kinds)
    (changed,) = [group for group in progress.groups if group.title == "Question changed"]
    assert changed.shifts[0].moved == "all 2 applications: Fully → Partly"
    assert dict(progress.listed)["Question removed"].startswith("build.gates.gone")


def test_no_longer_applicable_is_neither_better_nor_worse() -> None:
    then = {"build.gates.run": Answer(value="no")}
    now = {"build.gates.run": Answer(value="not-applicable", reason="There is no pipeline.")}
    (group,) = shown(before(date(2026, 3, 31), then), answers=now).groups
    assert group.title == "No longer applicable"
    assert group.shifts[0].why == "There is no pipeline."


def test_applications_and_targets_that_moved_are_named() -> None:
    then = before(
        date(2026, 3, 31),
        {"build.gates.run": Answer(value="no")},
        applications={"old": Application(id="old", name="Old Desk", tier="1")},
        targets={"1": {"build": 2}},
    )
    notes = " ".join(shown(then).notes)
    assert "New in this tier: Trading Desk and Payments Hub." in notes
    assert "No longer assessed: Old Desk." in notes
    assert "The target of Build well was level 2 and is 3." in notes


def test_scores_of_other_rules_are_not_compared() -> None:
    then = earlier()
    progress = shown(replace(then, results=replace(then.results, rules="0")))
    assert progress.overall.change == "–"
    assert "other rules" in progress.finding
    assert any(note.startswith("Scoring rules 0 made") for note in progress.notes)


def test_the_roadmap_of_then_is_held_against_today() -> None:
    done = Answer(value="fully", basis=Basis.DOCUMENT)
    now = {"learn.people.trained": done, "learn.people.champions": done}
    progress = shown(before(date(2026, 3, 31), {}), answers=now)
    outcome = {
        item.title.rpartition("People")[2]: item.outcome for item in progress.delivered if "People" in item.title
    }
    assert outcome == {": level 2": "done", ": level 3": "done"}
    assert progress.roadmap.startswith("Of ")
    assert "planned then: 2 done, " in progress.roadmap
    without = shown(replace(before(date(2026, 3, 31), {}), plan=None), answers=now)
    assert without.delivered == ()
    assert without.roadmap == "No roadmap was kept with the earlier engagement."


# ---- the trend


def at(day: date, low: Fraction, rules: str = "") -> Baseline:
    """An engagement whose overall score is made up; evidenced it is half a level less."""
    made = before(day, {"build.gates.run": Answer(value="partly")})
    node = Stored(low, low, low - Fraction(1, 2), 1, 1, 1, 0)
    nodes = {owner: {key: node if owner == TIER else kept for key, kept in each.items()}
             for owner, each in made.results.nodes.items()}  # fmt: skip
    return replace(made, results=replace(made.results, nodes=nodes, rules=rules or made.results.rules))


def course(*baselines: Baseline) -> Trend:
    trend = shown(*baselines).trend
    assert trend is not None
    return trend


def test_two_engagements_give_no_forecast_and_say_why() -> None:
    trend = course(earlier())
    assert [(row[0], row[3]) for row in trend.rows] == [("31 March 2026", False), ("30 September 2026", False)]
    assert trend.fans == ()
    assert trend.notes == ("A forecast takes 3 engagements on different days.",)
    assert trend.finding == "Over 2 engagements the score went from 1.2 to 1.8"


def test_three_give_a_forecast_that_always_has_its_interval() -> None:
    trend = course(at(date(2025, 9, 30), Fraction(3, 2)), at(date(2026, 3, 31), Fraction(7, 4)))
    assert len(trend.fans) > 1
    assert all(fan.low < fan.middle < fan.high for fan in trend.fans)
    ahead = [row for row in trend.rows if row[3]]
    assert ahead
    assert all("–" in claimed and "–" in evidenced for _, claimed, evidenced, _ in ahead)
    assert trend.finding.startswith("At the past pace the target of 3.0 is")
    alternative = ElementTree.fromstring(charts.trend(trend, example().snapshot().scale))[0].text or ""
    assert "Forecast of the claimed score: " in alternative
    assert ahead[0][0] in alternative


def test_points_on_one_line_say_that_nothing_tells_how_sure_it_is() -> None:
    today = example().scores.tiers["1"].overall.score
    assert today is not None
    days = date(2026, 9, 30).toordinal()
    flat = [at(date.fromordinal(days - ago), today.low) for ago in (400, 200)]
    assert any(note.startswith("The engagements lie on one line") for note in course(*flat).notes)


DAY, LATER = date(2027, 3, 31), date(2027, 9, 30)


@pytest.mark.parametrize(
    ("earliest", "latest", "finding", "cell"),
    [
        (None, None, "target of 3.0 is not met within two years", "not within two years"),
        (DAY, None, "is met in Mar 2027 at the soonest, and not surely", "Mar 2027 at the soonest"),
        (DAY, LATER, "is met between Mar 2027 and Sept 2027", "Mar 2027 – Sept 2027"),
        (DAY, DAY, "is met in Mar 2027", "Mar 2027"),
    ],
)
def test_the_forecast_speaks_in_the_terms_of_its_interval(
    earliest: date | None, latest: date | None, finding: str, cell: str
) -> None:
    claimed = reaching(Reach(Fraction(3), False, earliest, latest))
    assert finding in forecast(claimed)
    assert reached(claimed) == cell


def test_a_target_that_is_met_needs_no_forecast() -> None:
    claimed = reaching(Reach(Fraction(2), True, None, None))
    assert forecast(claimed) == "The score went from 1.5 to 2.0 over 2 engagements, and meets its target"
    assert reached(claimed) == "met"
    assert reached(reaching(None)) == "–"


def reaching(reach: Reach | None) -> Course:
    days = (date(2026, 3, 31), date(2026, 9, 30))
    return Course("", Measure.CLAIMED, days, (Fraction(3, 2), Fraction(2)), None, (), reach)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (at(date(2025, 9, 30), Fraction(3, 2), rules="0"), "another version of the scoring rules"),
        (replace(earlier(), as_of=date(2026, 9, 30)), "another engagement of that day"),
    ],
)
def test_what_does_not_compare_is_left_out_of_the_trend_by_name(other: Baseline, said: str) -> None:
    trend = course(other, earlier())
    assert any(said in note for note in trend.notes)
    assert len([row for row in trend.rows if not row[3]]) == 2
