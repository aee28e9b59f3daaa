"""The DSOMM view: not covered, not applicable, unanswered and nothing in place are four different cells."""

from __future__ import annotations

from dataclasses import replace

from questionnaires.model import Activity, Level, Pillar, Practice, Questionnaire, Scope, Target
from reports import charts
from reports.dsomm import Cell, DsommView
from scoring.assessment import Answer
from tests.report_example import Example, assessment, criterion, example, questionnaire

UUIDS = tuple(f"00000000-0000-4000-8000-00000000000{n}" for n in range(6))


def model() -> Questionnaire:
    """Two sub-dimensions, levels 1 and 2, six activities."""
    places = [("d.one", 1), ("d.one", 1), ("d.one", 2), ("d.two", 1), ("d.two", 2), ("d.two", 2)]
    practices = tuple(
        Practice(
            id=key,
            name=f"Sub-dimension {key[2:]}",
            scope=Scope.APPLICATION,
            purpose="It helps.",
            criterion=tuple(
                criterion(f"{key}.a{n}", level, dsomm=(UUIDS[n],), activity=Activity(name=f"Activity {n}"))
                for n, (where, level) in enumerate(places)
                if where == key
            ),
        )
        for key in ("d.one", "d.two")
    )
    own = questionnaire()
    return own.model_copy(
        update={
            "id": "owasp-dsomm",
            "version": "4.3.1",
            "title": "Model (4.3.1)",
            "level": tuple(Level(number=n, name=name, meaning="So.") for n, name in enumerate(("None", "Some", "All"))),
            "pillar": (Pillar(id="d", name="Dimension", purpose="It is one.", practice=practices),),
            "target": (Target(tier="1", pillar="d", level=2, reason="It is critical."),),
        }
    )


def mapped(*without: str) -> Questionnaire:
    """The small questionnaire, whose criteria, apart from some, stand for all activities but the last."""
    asked = questionnaire()
    names = {"build.gates.run": 0, "build.gates.block": 1, "build.tests.some": 2, "build.tests.all": 3}
    names["learn.people.champions"] = 4
    pillars = tuple(
        pillar.model_copy(
            update={
                "practice": tuple(
                    practice.model_copy(
                        update={
                            "criterion": tuple(
                                c.model_copy(
                                    update={
                                        "dsomm": (UUIDS[names[c.id]],) if c.id in names and c.id not in without else ()
                                    }
                                )
                                for c in practice.criterion
                            )
                        }
                    )
                    for practice in pillar.practice
                )
            }
        )
        for pillar in asked.pillar
    )
    return Questionnaire.model_validate(asked.model_copy(update={"pillar": pillars}).model_dump())


def shown(given: Example) -> DsommView:
    asked = model()
    content = given.content.model_copy(update={"questionnaires": {"owasp-dsomm": asked, "small": given.questionnaire}})
    view = replace(given, content=content).snapshot().dsomm
    assert view is not None
    return view


def cells(view: DsommView) -> dict[str, tuple[Cell, ...]]:
    return {row.name: row.cells for dimension in view.dimensions for row in dimension.rows}


def test_each_cell_shows_its_value_and_how_many_activities_have_one() -> None:
    answers = {
        "build.gates.run": Answer(value="largely"),
        "build.gates.block": Answer(value="no"),
        "build.tests.some": Answer(value="fully"),
        "build.tests.all": Answer(value="not-applicable", reason="No such thing."),
    }
    given = example(assessment(answers=answers, applications={"a": {"id": "a", "name": "A", "tier": "1"}}), mapped())
    view = shown(given)
    rows = cells(view)
    assert [(cell.shade, cell.value, cell.count) for cell in rows["Sub-dimension one"]] == [
        (2, "33%", "2 of 2"),
        (4, "100%", "1 of 1"),
        (2, "55%", "3 of 3"),
    ]
    assert [(cell.shade, cell.value, cell.count) for cell in rows["Sub-dimension two"]] == [
        (None, "n/a", "0 of 1"),
        (None, "unanswered", "1 of 2"),
        (None, "unanswered", "1 of 3"),
    ]
    assert view.total.cells[-1].count == "4 of 6"
    assert view.levels == ("1 Some", "2 All")
    assert view.source == "Model (4.3.1)"
    assert "not a no" in view.lead


def test_not_covered_is_never_nothing_in_place() -> None:
    answers = dict.fromkeys(questionnaire().criteria, Answer(value="no"))
    two = cells(shown(example(assessment(answers=answers), mapped("learn.people.champions"))))["Sub-dimension two"]
    assert two[0] == Cell(0, "0%", "1 of 1")
    assert two[1] == Cell(None, "not covered", "0 of 2")


def test_missing_answers_widen_a_cell_to_a_range() -> None:
    answers = {"build.gates.run": Answer(value="fully")}
    given = example(assessment(answers=answers, applications={"a": {"id": "a", "name": "A", "tier": "1"}}), mapped())
    first = cells(shown(given))["Sub-dimension one"][0]
    assert (first.shade, first.value) == (2, "50–100%")


def test_a_questionnaire_of_activities_is_shown_directly() -> None:
    asked = model()
    answers = {key: Answer(value="fully") for key in asked.criteria if key.startswith("d.one")}
    given = example(assessment(answers=answers, applications={"a": {"id": "a", "name": "A", "tier": "1"}}, regimes=()))
    content = given.content.model_copy(update={"questionnaires": {"small": asked}})
    whole = replace(example(given.assessment, asked.model_copy(update={"id": "small"})), content=content)
    view = whole.snapshot().dsomm
    assert view is not None
    assert [cell.value for cell in cells(view)["Sub-dimension one"]] == ["100%", "100%", "100%"]
    assert view.headline == "50% of the OWASP DSOMM is in place"


def test_the_finding_names_the_step_at_which_most_is_lost() -> None:
    answers = {"build.gates.run": Answer(value="fully"), "build.gates.block": Answer(value="fully")}
    answers |= {"build.tests.all": Answer(value="fully"), "build.tests.some": Answer(value="no")}
    given = example(assessment(answers=answers, applications={"a": {"id": "a", "name": "A", "tier": "1"}}), mapped())
    assert shown(given).finding == "The step from level 1 to level 2 is the widest: 100% against 0% in place"


def test_nothing_answered_is_no_level_without_anything_in_place() -> None:
    empty = shown(example(assessment(answers={}, applications={"a": {"id": "a", "name": "A", "tier": "1"}}), mapped()))
    assert empty.headline == "Nothing behind the activities has been answered yet"
    assert empty.finding == "No level has a value yet"
    assert empty.total.cells[-1].shade is None


def test_without_activities_there_is_no_view() -> None:
    assert example().snapshot().dsomm is None  # the model is not among the content


def test_shades_differ_and_carry_readable_text() -> None:
    shades = charts.shades()
    assert [shade for shade, _, _ in shades] == [0, 1, 2, 3, 4]
    assert len({colour for _, colour, _ in shades}) == 5
