"""Obligations and derived DSOMM activities, by cases computed by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from questionnaires.dsomm import DSOMM
from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import NOT_APPLICABLE, Questionnaire, Regime
from scoring.assessment import Answer, Application, Assessment
from scoring.claims import Claim, Claims, Judged
from scoring.coverage import (
    Behind,
    Derived,
    DerivedView,
    ObligationCoverage,
    Standing,
    State,
    derived,
    derived_over,
    first_open,
    in_scope,
    mapping,
    regimes,
    standing,
)

ONE, TWO, THREE = ("a.app.one", "a.app.two", "a.org.three")
BUILD, OTHER, NONE = "build-uuid", "other-uuid", "none-uuid"
THIRD = Fraction(1, 3)


def _questionnaire(key: str, practices: list[dict[str, Any]]) -> Questionnaire:
    steps = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}
    found = frozen_questionnaire(
        {
            "schema_version": 1,
            "id": key,
            "version": "1",
            "title": "t",
            "description": "d",
            "licence": "l",
            "met": "largely",
            "presence": "partly",
            "level": [{"number": n, "name": str(n), "meaning": "m"} for n in (1, 2)],
            "scale": [{"id": step, "name": step, "value": value, "meaning": "m"} for step, value in steps.items()],
            "pillar": [{"id": "a", "name": "n", "purpose": "p", "practice": practices}],
        },
        "test.toml",
    )
    assert isinstance(found, Loaded), found
    return found.value


def _practice(key: str, scope: str, *criteria: dict[str, Any]) -> dict[str, Any]:
    text = {"level": 2, "question": "q?", "why": "w", "good": "g"}
    return {"id": key, "name": "n", "purpose": "p", "scope": scope, "criterion": [{**text, **c} for c in criteria]}


FIRM = _questionnaire(
    "firm",
    [
        _practice("a.app", "application", {"id": ONE, "dsomm": [BUILD, OTHER]}, {"id": TWO, "dsomm": [BUILD]}),
        _practice("a.org", "organisation", {"id": THREE}),
    ],
)
ACTIVITIES = _questionnaire(
    "activities",
    [
        _practice(
            "a.part",
            "application",
            *({"id": f"a.part.{uuid}", "dsomm": [uuid], "activity": {"name": uuid}} for uuid in (BUILD, OTHER, NONE)),
        )
    ],
)
REGIME = Regime.model_validate(
    {
        "schema_version": 1,
        **dict.fromkeys(("name", "authority", "jurisdiction", "version", "date", "binds"), "x"),
        "id": "rule",
        "questionnaire": "firm",
        "obligation": [
            {"number": "1", "title": "t", "link": [{"criterion": c, "rationale": "r"} for c in (ONE, TWO)]},
            {"number": "2", "title": "t", "link": [{"criterion": c, "rationale": "r"} for c in (ONE, THREE)]},
            {"number": "3", "title": "t"},
        ],
    }
)


def _assessment(common: dict[str, str], **own: dict[str, str]) -> Assessment:
    def answers(given: dict[str, str]) -> dict[str, Answer]:
        # "n/a" is not applicable with a reason, "n/a?" without one.
        return {
            key: Answer(value=NOT_APPLICABLE, reason="because" if value == "n/a" else "")
            if value.startswith("n/a")
            else Answer(value=value)
            for key, value in given.items()
        }

    return Assessment(
        organisation="Acme",
        questionnaire="firm",
        as_of=date(2026, 9, 30),
        capacity=Fraction(60),
        answers=answers(common),
        applications={k: Application(id=k, name=k, tier="1", answers=answers(v)) for k, v in own.items()},
    )


def obligations(
    questionnaire: Questionnaire,
    assessment: Assessment,
    regime: Regime,
    applications: tuple[str, ...] | None,
    claims: Claims | None = None,
) -> tuple[ObligationCoverage, ...]:
    """Those of one regime, in scope or not."""
    (found,) = regimes(shipped(), questionnaire, assessment, claims or Claims({}), applications, [regime])
    return found.obligations


def _standings(assessment: Assessment, *applications: str) -> list[Standing]:
    return [entry.standing for entry in obligations(FIRM, assessment, REGIME, applications)]


MET, PARTLY, NOT, OPEN, NA = (
    Standing.MET,
    Standing.PARTLY,
    Standing.NOT_MET,
    Standing.NOT_ASSESSED,
    Standing.NOT_APPLICABLE,
)


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("fully", "largely", MET),
        ("fully", "partly", PARTLY),
        ("fully", "no", PARTLY),
        ("partly", "partly", PARTLY),
        ("no", "no", NOT),
        ("no", "", NOT),
        ("fully", "", PARTLY),
        ("", "", OPEN),
        ("n/a", "", OPEN),
        ("n/a?", "n/a", OPEN),
        ("n/a", "fully", MET),
        ("n/a", "no", NOT),
        ("n/a?", "fully", PARTLY),
        ("n/a", "n/a", NA),
    ],
)
def test_an_obligation_of_one_application(one: str, two: str, expected: Standing) -> None:
    given = {key: value for key, value in ((ONE, one), (TWO, two)) if value}
    assert _standings(_assessment({}, x=given), "x")[0] is expected


def test_an_obligation_without_links_is_not_assessed() -> None:
    assert _standings(_assessment({ONE: "fully"}, x={}), "x")[2] is OPEN


def test_obligations_over_several_applications() -> None:
    assessment = _assessment({ONE: "fully", THREE: "largely"}, x={TWO: "fully"}, y={ONE: "no", TWO: "n/a"}, z={})
    first, second, _ = obligations(FIRM, assessment, REGIME, ("x", "y", "z"))
    assert first.standing is PARTLY
    assert first.behind == (Behind(ONE, met=2, none=1), Behind(TWO, met=1, unanswered=1, not_applicable=1))
    assert first.open == (ONE, TWO)
    # What is answered once for the organisation counts once, not per application.
    assert second.behind == (Behind(ONE, met=2, none=1), Behind(THREE, met=1))
    assert _standings(assessment, "x") == [MET, MET, OPEN]
    assert _standings(assessment, "y") == [NOT, PARTLY, OPEN]


def test_the_first_application_that_keeps_a_criterion_from_being_met() -> None:
    answers = {"met": {ONE: "largely"}, "skipped": {ONE: "n/a"}, "low": {ONE: "partly"}, "open": {}}
    assessment = _assessment({THREE: "no"}, **answers)

    def first(criterion: str, *applications: str) -> str | None:
        return first_open(FIRM, assessment, criterion, applications)

    assert first(ONE, "met", "skipped", "open", "low") == "open"
    assert first(ONE, "low", "open") == "low"
    assert first(ONE, "met", "skipped") is None
    assert first(ONE) is None
    assert first(THREE, "low") is None, "no application answers for the organisation"


def test_without_applications_the_common_answers_stand() -> None:
    assert _standings(_assessment({ONE: "fully", THREE: "no"})) == [PARTLY, PARTLY, OPEN]
    assert [e.number for e in obligations(FIRM, _assessment({}), REGIME, None)] == ["1", "2", "3"]


def test_links_to_criteria_of_another_version_are_left_out() -> None:
    link = {"criterion": "a.app.gone", "rationale": "r"}
    regime = Regime.model_validate(
        {**REGIME.model_dump(), "obligation": [{"number": "9", "title": "t", "link": [link]}]}
    )
    found = obligations(FIRM, _assessment({}, x={}), regime, ("x",))
    assert (found[0].behind, found[0].standing) == ((), OPEN)


def _claims(application: str | None, criterion: str, *, reason: str = "", challenged: bool = True) -> Claims:
    """One claim, *fully*, above or within what evidence allows."""
    answer = Answer(value="fully", reason=reason)
    claim = Claim(application, criterion, answer, (), None, "no", challenged, None)
    return Claims({application: Judged({criterion: claim}, {criterion: "no"}, (claim,))})


def test_a_challenged_criterion_marks_its_obligations_and_changes_no_standing() -> None:
    assessment = _assessment({ONE: "fully", TWO: "fully", THREE: "fully"}, x={}, y={})
    for claims in (_claims("x", ONE), _claims("x", ONE, reason="It is being retired.")):
        first, second, third = obligations(FIRM, assessment, REGIME, ("x", "y"), claims)
        assert first.behind == (Behind(ONE, met=2, challenged=1), Behind(TWO, met=2))
        assert [entry.challenged for entry in (first, second, third)] == [(ONE,), (ONE,), ()]
        assert (first.standing, second.standing) == (MET, MET)
        assert not any(entry.challenged for entry in obligations(FIRM, assessment, REGIME, ("y",), claims))
    borne_out = obligations(FIRM, assessment, REGIME, ("x", "y"), _claims("x", ONE, challenged=False))
    assert not any(entry.challenged for entry in borne_out)
    organisation = obligations(FIRM, assessment, REGIME, ("x",), _claims(None, THREE))
    assert [entry.challenged for entry in organisation] == [(), (THREE,), ()]


def test_only_regimes_in_scope_are_covered_each_once_in_their_order() -> None:
    other = REGIME.model_copy(update={"id": "other"})
    content = shipped().model_copy(update={"regimes": {"rule": REGIME, "other": other, "third": REGIME}})
    chosen = _assessment({}, x={}).model_copy(update={"regimes": ("other", "gone", "rule", "other")})
    assert [entry.id for entry in in_scope(content, chosen)] == ["other", "rule"]
    assert [entry.regime.id for entry in regimes(content, FIRM, chosen, Claims({}))] == ["other", "rule"]
    assert regimes(content, FIRM, _assessment({}), Claims({})) == ()
    assert [entry.regime.id for entry in regimes(content, FIRM, chosen, Claims({}), among=[REGIME])] == ["rule"]


def test_a_regime_is_counted_over_an_application_a_tier_and_the_organisation() -> None:
    assessment = _assessment({THREE: "fully"}, x={ONE: "fully", TWO: "fully"}, y={ONE: "no", TWO: "no"}, z={})
    content = shipped().model_copy(update={"regimes": {"rule": REGIME}})
    chosen = assessment.model_copy(update={"regimes": ("rule",)})

    def counts(*over: str) -> dict[Standing, int]:
        (found,) = regimes(content, FIRM, chosen, Claims({}), over or None)
        assert [entry.number for entry in found.uncovered] == ["3"]
        assert found.covered
        return {standing: count for standing, count in found.counts.items() if count}

    assert counts("x") == {MET: 2}
    assert counts("y") == {NOT: 1, PARTLY: 1}
    assert counts("z") == {PARTLY: 1, OPEN: 1}
    assert counts() == counts("x", "y", "z") == {PARTLY: 2}


def test_parameters_of_an_obligation_travel_along() -> None:
    content = shipped()
    asked = content.questionnaires["financial-devsecops"]
    every = _assessment({}).model_copy(update={"regimes": tuple(sorted(content.regimes))})
    found = [entry for each in regimes(content, asked, every, Claims({})) for entry in each.obligations]
    assert any(entry.obligation.hours for entry in found)
    assert any(entry.obligation.years for entry in found)


def test_a_questionnaire_without_links_covers_none() -> None:
    content = shipped()
    every = _assessment({}).model_copy(update={"regimes": tuple(sorted(content.regimes))})
    found = regimes(content, content.questionnaires[DSOMM], every, Claims({}))
    assert len(found) == len(content.regimes)
    for entry in found:
        assert not entry.covered
        assert set(entry.counts.values()) == {0}
        assert entry.uncovered == entry.obligations


def test_no_order_of_criteria_matters() -> None:
    some, none = Behind("s", some=1), Behind("n", none=1)
    assert standing([some, none]) is standing([none, some]) is PARTLY


def _derived(given: dict[str, str], uuid: str = BUILD) -> tuple[State, Fraction | None, Fraction | None]:
    found = derived(FIRM, ACTIVITIES, _assessment({}, x=given), "x").activities[uuid]
    return found.state, found.low, found.high


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("fully", "fully", (State.KNOWN, 1, 1)),
        ("fully", "partly", (State.KNOWN, THIRD, THIRD)),
        ("largely", "", (State.RANGE, 0, 2 * THIRD)),
        ("fully", "", (State.RANGE, 0, 1)),
        # The lowest is known already, whatever the other will be.
        ("no", "", (State.KNOWN, 0, 0)),
        ("", "", (State.UNANSWERED, 0, 1)),
        ("n/a", "partly", (State.KNOWN, THIRD, THIRD)),
        ("n/a", "", (State.UNANSWERED, 0, 1)),
        ("n/a?", "fully", (State.RANGE, 0, 1)),
        ("n/a", "n/a", (State.NOT_APPLICABLE, None, None)),
    ],
)
def test_an_activity_is_its_weakest_criterion(one: str, two: str, expected: tuple[State, Any, Any]) -> None:
    assert _derived({key: value for key, value in ((ONE, one), (TWO, two)) if value}) == expected


def test_an_activity_without_criterion_is_not_covered_and_never_no() -> None:
    assert _derived({ONE: "no", TWO: "no"}, NONE) == (State.NOT_COVERED, None, None)
    assert _derived({ONE: "partly"}, OTHER) == (State.KNOWN, THIRD, THIRD)


def test_common_answers_count_unless_overridden() -> None:
    assessment = _assessment({ONE: "fully", TWO: "fully"}, x={}, y={TWO: "no"})
    views = [derived(FIRM, ACTIVITIES, assessment, key) for key in ("x", "y")]
    assert [view.activities[BUILD].low for view in views] == [1, 0]
    assert derived(FIRM, ACTIVITIES, assessment, None).activities[BUILD].low == 1
    over = derived_over(views)
    assert over.activities[BUILD] == Derived(
        BUILD, f"a.part.{BUILD}", State.KNOWN, Fraction(1, 2), Fraction(1, 2), (ONE, TWO)
    )
    assert over.counts == {
        State.KNOWN: 2,
        State.RANGE: 0,
        State.UNANSWERED: 0,
        State.NOT_APPLICABLE: 0,
        State.NOT_COVERED: 1,
    }


def test_a_mean_leaves_out_where_it_does_not_apply() -> None:
    assessment = _assessment({}, x={ONE: "n/a", TWO: "n/a"}, y={ONE: "fully"}, z={ONE: "partly", TWO: "largely"})
    views = {key: derived(FIRM, ACTIVITIES, assessment, key) for key in "xyz"}

    def of(keys: str) -> tuple[State, Fraction | None, Fraction | None]:
        found = derived_over([views[key] for key in keys]).activities[BUILD]
        return found.state, found.low, found.high

    assert of("x") == (State.NOT_APPLICABLE, None, None)
    assert of("xy") == (State.RANGE, Fraction(0), Fraction(1))
    assert of("xyz") == (State.RANGE, THIRD / 2, (1 + THIRD) / 2)
    assert derived_over([views["x"], views["y"]]).activities[NONE].state is State.NOT_COVERED
    with pytest.raises(ValueError, match="at least one"):
        derived_over([])


def test_the_shipped_questionnaires_give_a_view_of_194_activities() -> None:
    content = shipped()
    financial, dsomm = content.questionnaires["financial-devsecops"], content.questionnaires[DSOMM]
    every = dict.fromkeys(financial.criteria, "fully")
    view = derived(financial, dsomm, _assessment(every), None)
    assert (view.counts[State.KNOWN], view.counts[State.NOT_COVERED]) == (159, 35)
    assert {view.activities[uuid].state for uuid in content.unmapped} == {State.NOT_COVERED}
    assert {entry.low for entry in view.activities.values()} == {None, Fraction(1)}
    build = view.of_practice(dsomm, "build-and-deployment.build")
    assert [entry.state for entry in build].count(State.NOT_COVERED) == 1
    # Alerts on the application and on its infrastructure together mean alerting.
    alerting = "8a442d8e-0eb1-4793-a513-571aef982edd"
    assert set(mapping(financial)[alerting]) == {
        "monitor.telemetry.application-alerts",
        "monitor.telemetry.infrastructure-alerts",
    }


def test_a_view_is_made_of_known_parts() -> None:
    view = DerivedView({})
    assert set(view.counts.values()) == {0}


def test_every_shipped_regime_can_be_covered() -> None:
    content = shipped()
    financial = content.questionnaires["financial-devsecops"]
    every = _assessment(dict.fromkeys(financial.criteria, "fully"))
    for regime in content.regimes.values():
        if regime.questionnaire == financial.id:
            found = obligations(financial, every, regime, None)
            assert len(found) == len(regime.obligation)
            assert {entry.standing for entry in found if entry.behind} <= {MET}
