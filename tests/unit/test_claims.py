"""Answers against evidence: support, challenge, age, weakness, and what the evidenced score may count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import Category, Questionnaire
from scoring.assessment import Answer, Application, Assessment, Basis, Evidence, Fact, Records
from scoring.claims import Claim, Standing, current, judge

AS_OF = date(2026, 9, 30)
CRITERION = "a.b.c"
RULES = [
    {"fact": "findings.critical.open", "op": "==", "value": 0, "max_age_days": 30, "supports": "fully", "says": "none"},
    {"fact": "findings.critical.open", "op": ">", "value": 0, "max_age_days": 30, "challenges": "partly", "says": "n"},
    {"fact": "findings.critical.open", "op": ">", "value": 9, "max_age_days": 30, "challenges": "no", "says": "many"},
    {"fact": "scan.present", "op": "==", "value": True, "max_age_days": 60, "supports": "fully", "says": "there"},
]


def _questionnaire(scope: str = "application", rules: list[dict[str, Any]] = RULES) -> Questionnaire:
    text = {"name": "n", "purpose": "p"}
    steps = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}
    criterion = {"id": CRITERION, "level": 2, "question": "q?", "why": "w", "good": "g", "rule": rules}
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
            "level": [{"number": n, "name": str(n), "meaning": "m"} for n in (1, 2)],
            "scale": [{"id": key, "name": key, "value": value, "meaning": "m"} for key, value in steps.items()],
            "pillar": [
                {"id": "a", **text, "practice": [{"id": "a.b", "scope": scope, **text, "criterion": [criterion]}]}
            ],
        },
        "test.toml",
    )
    assert isinstance(found, Loaded), found
    return found.value


def _evidence(facts: dict[str, Any], *, age: int | None = 3, sample: str | None = None, **more: Any) -> Evidence:
    number = more.pop("number", 0)
    captured = datetime.combine(AS_OF, datetime.min.time(), UTC) - timedelta(days=age) if age is not None else None
    return Evidence(
        sha256=f"{number:064x}",
        path="scan.sarif",
        bytes=1,
        format="sarif",
        tool=more.pop("tool", "scanner"),
        category=more.pop("category", Category.SAST),
        captured_at=captured,
        records=Records(unit="finding", raw=0, open=0, distinct=0),
        facts=tuple(Fact(name=name, value=value, sample=sample) for name, value in facts.items()),
        **more,
    )


@dataclass
class Judged:
    claim: Claim | None
    cap: str | None


def _judge(answer: Answer | None, *evidence: Evidence, rules: list[dict[str, Any]] = RULES) -> Judged:
    application = Application(
        id="app",
        name="App",
        tier="1",
        answers={CRITERION: answer} if answer else {},
        evidence={item.sha256: item for item in evidence},
    )
    assessment = Assessment(
        organisation="o", questionnaire="test", as_of=AS_OF, capacity=Fraction(60), applications={"app": application}
    )
    claims = judge(_questionnaire(rules=rules), shipped().facts, assessment)
    return Judged(claims.of("app", CRITERION), claims.cap("app", CRITERION))


def test_fresh_evidence_supports_and_is_suggested() -> None:
    found = _judge(None, _evidence({"findings.critical.open": 0}))
    assert found.claim is not None
    assert (found.claim.supported, found.claim.challenge, found.claim.suggestion) == ("fully", None, "fully")


def test_a_claim_above_a_challenge_is_challenged_until_it_is_explained() -> None:
    bare = _judge(Answer(value="fully"), _evidence({"findings.critical.open": 2})).claim
    assert bare is not None
    assert bare.challenged
    assert not bare.explained
    assert bare.suggestion == "partly"
    explained = _judge(Answer(value="fully", reason="in a retired module"), _evidence({"findings.critical.open": 2}))
    assert explained.claim is not None
    assert explained.claim.challenged
    assert explained.claim.explained
    assert explained.cap == "partly"


def test_the_lowest_fresh_challenge_counts() -> None:
    found = _judge(Answer(value="fully"), _evidence({"findings.critical.open": 12}))
    assert (found.claim is not None and found.claim.challenge, found.cap) == ("no", "no")


@pytest.mark.parametrize(("age", "fresh"), [(0, True), (30, True), (31, False), (400, False)])
def test_age_is_counted_from_the_engagement_day(age: int, fresh: bool) -> None:
    found = _judge(Answer(value="fully"), _evidence({"findings.critical.open": 2}, age=age))
    assert found.claim is not None
    assert found.claim.challenged is fresh
    assert found.claim.stale is not fresh
    assert [statement.age_days for statement in found.claim.statements] == [age]


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(_evidence({"findings.critical.open": 0}, age=None), id="undated"),
        pytest.param(_evidence({"findings.critical.open": 0}, sample="30 of 593"), id="one page of a list"),
        pytest.param(_evidence({"scan.present": True}), id="a report that merely exists"),
    ],
)
def test_weak_evidence_supports_at_most_partly(evidence: Evidence) -> None:
    found = _judge(Answer(value="fully"), evidence)
    assert found.claim is not None
    assert (found.claim.supported, found.claim.challenged, found.cap) == ("partly", False, "partly")


@pytest.mark.parametrize(
    ("basis", "evidence", "cap"),
    [
        pytest.param(None, (), None, id="nobody knows why"),
        pytest.param(Basis.INTERVIEW, (), None, id="an interview is no evidence"),
        pytest.param(Basis.EVIDENCE, (), None, id="said to be evidence, and none is there"),
        pytest.param(Basis.DOCUMENT, (), "fully", id="a document backs it"),
        pytest.param(Basis.INTERVIEW, ({"findings.critical.open": 0},), "fully", id="evidence backs it"),
        pytest.param(Basis.DOCUMENT, ({"findings.critical.open": 1},), "partly", id="evidence beats a document"),
    ],
)
def test_cap_of_the_evidenced_score(basis: Basis | None, evidence: tuple[dict[str, Any], ...], cap: str | None) -> None:
    assert _judge(Answer(value="fully", basis=basis), *(_evidence(facts) for facts in evidence)).cap == cap


def test_a_rule_for_a_category_ignores_the_others() -> None:
    rules = [{**RULES[0], "category": "sca"}]
    assert _judge(None, _evidence({"findings.critical.open": 0}), rules=rules).claim is None
    sca = _evidence({"findings.critical.open": 0}, category=Category.SCA)
    assert _judge(None, sca, rules=rules).claim is not None


def test_a_value_of_another_type_makes_no_statement() -> None:
    assert _judge(None, _evidence({"findings.critical.open": "0"})).claim is None
    assert _judge(None, _evidence({"findings.critical.open": True})).claim is None


def test_only_the_latest_export_of_a_tool_speaks() -> None:
    old = _evidence({"findings.critical.open": 5}, age=20, number=1)
    new = _evidence({"findings.critical.open": 0}, age=2, number=2)
    other = _evidence({"findings.critical.open": 1}, age=9, number=3, tool="another")
    assert current([old, new, other], AS_OF) == (new, other)
    assert current([new, old, other], AS_OF) == (new, other)
    branch = _evidence({"findings.critical.open": 5}, age=20, number=4, branch="release")
    assert set(current([new, branch], AS_OF)) == {new, branch}


def test_organisation_criteria_hear_only_the_organisation() -> None:
    item = _evidence({"findings.critical.open": 0})
    questionnaire = _questionnaire("organisation")
    of_an_application = Assessment(
        organisation="o",
        questionnaire="test",
        as_of=AS_OF,
        capacity=Fraction(60),
        applications={"app": Application(id="app", name="App", tier="1", evidence={item.sha256: item})},
    )
    assert not judge(questionnaire, shipped().facts, of_an_application).by_key
    of_the_organisation = of_an_application.model_copy(update={"evidence": {item.sha256: item}, "applications": {}})
    assert judge(questionnaire, shipped().facts, of_the_organisation).of(None, CRITERION) is not None


def test_a_settled_answer_gets_no_suggestion() -> None:
    supported = _judge(Answer(value="fully"), _evidence({"findings.critical.open": 0})).claim
    assert supported is not None
    assert supported.suggestion is None
    modest = _judge(Answer(value="partly"), _evidence({"findings.critical.open": 0})).claim
    assert modest is not None
    assert modest.suggestion == "fully"


def test_a_statement_names_its_rule_its_fact_and_its_export() -> None:
    item = _evidence({"findings.critical.open": 2})
    claim = _judge(Answer(value="fully"), item).claim
    assert claim is not None
    assert (claim.application, claim.criterion, claim.answer) == ("app", CRITERION, Answer(value="fully"))
    (said,) = claim.statements
    assert (said.rule.says, said.fact, said.evidence) == ("n", item.facts[0], item)
    assert (said.step, said.challenges) == ("partly", True)


def _rule(op: str, value: int, **says: str) -> dict[str, Any]:
    return {"fact": "findings.critical.open", "op": op, "value": value, "max_age_days": 30, "says": "s", **says}


def test_steps_compare_by_their_value_and_not_by_their_name() -> None:
    """By name, partly would be above largely."""
    supports = [_rule("<", 9, supports="partly"), _rule("<", 5, supports="largely")]
    claim = _judge(None, _evidence({"findings.critical.open": 1}), rules=supports).claim
    assert claim is not None
    assert (claim.supported, claim.suggestion) == ("largely", "largely")
    challenges = [_rule(">", 0, challenges="largely"), _rule(">", 0, challenges="partly")]
    claim = _judge(Answer(value="fully"), _evidence({"findings.critical.open": 1}), rules=challenges).claim
    assert claim is not None
    assert claim.challenge == "partly"


@pytest.mark.parametrize(
    ("value", "supported", "challenge", "challenged", "suggestion"),
    [
        pytest.param(None, "fully", None, False, "fully", id="unanswered, supported"),
        pytest.param(None, None, "partly", False, None, id="unanswered, a limit alone suggests nothing"),
        pytest.param(None, "fully", "partly", False, "partly", id="unanswered, supported up to a limit"),
        pytest.param(None, "partly", "largely", False, "partly", id="unanswered, supported below the limit"),
        pytest.param("no", None, "partly", False, None, id="below a limit"),
        pytest.param("partly", None, "partly", False, None, id="at the limit"),
        pytest.param("largely", None, "partly", True, "partly", id="above the limit"),
        pytest.param("largely", "largely", None, False, None, id="as supported"),
        pytest.param("fully", "largely", None, False, None, id="above what is supported"),
        pytest.param("partly", "largely", None, False, "largely", id="below what is supported"),
        pytest.param("fully", "fully", "partly", True, "partly", id="supported and challenged"),
        pytest.param("not-applicable", "largely", None, False, "largely", id="said not to apply"),
    ],
)
def test_suggestion_and_challenge(
    value: str | None, supported: str | None, challenge: str | None, challenged: bool, suggestion: str | None
) -> None:
    rules = [_rule(">", 0, supports=supported)] if supported else []
    rules += [_rule(">", 0, challenges=challenge)] if challenge else []
    answer = Answer(value=value, reason="r") if value else None
    claim = _judge(answer, _evidence({"findings.critical.open": 1}), rules=rules).claim
    assert claim is not None
    assert (claim.supported, claim.challenge) == (supported, challenge)
    assert (claim.challenged, claim.suggestion) == (challenged, suggestion)


def test_an_undated_export_replaces_no_dated_one_and_the_later_read_another_undated_one() -> None:
    dated = _evidence({"findings.critical.open": 5}, age=20, number=1)
    first, second = (_evidence({"findings.critical.open": n}, age=None, number=n) for n in (2, 3))
    assert current([dated, first], AS_OF) == (dated,)
    assert current([first, dated], AS_OF) == (dated,)
    assert current([first, second], AS_OF) == (second,)


# ---- evidence from after the day of the engagement


@pytest.mark.parametrize("value", [0, 2])
def test_evidence_from_after_the_day_shows_and_says_nothing(value: int) -> None:
    found = _judge(Answer(value="fully"), _evidence({"findings.critical.open": value}, age=-2))
    assert found.claim is not None
    assert [(said.standing, said.age_days) for said in found.claim.statements] == [(Standing.LATER, -2)]
    assert (found.claim.supported, found.claim.challenge, found.claim.challenged) == (None, None, False)
    assert (found.claim.suggestion, found.cap) == (None, None)
    assert (found.claim.later, found.claim.stale) == (True, False)


def test_evidence_from_after_the_day_replaces_nothing_from_before_it() -> None:
    then = _evidence({"findings.critical.open": 2}, age=3, number=1)
    after = _evidence({"findings.critical.open": 0}, age=-3, number=2)
    assert current([then, after], AS_OF) == (then,)
    claim = _judge(Answer(value="fully"), then, after).claim
    assert claim is not None
    assert [(said.step, said.standing) for said in claim.statements] == [
        ("fully", Standing.LATER),
        ("partly", Standing.FRESH),
    ]
    assert (claim.challenge, claim.challenged, claim.later) == ("partly", True, False)


def test_what_is_partly_too_old_and_partly_too_late_is_stale() -> None:
    old = _evidence({"findings.critical.open": 2}, age=31, number=1)
    after = _evidence({"findings.critical.open": 2}, age=-2, number=2)
    claim = _judge(None, old, after).claim
    assert claim is not None
    assert {said.standing for said in claim.statements} == {Standing.STALE, Standing.LATER}
    assert (claim.stale, claim.later) == (True, False)


@pytest.mark.parametrize(
    ("captured", "standing", "age"),
    [
        pytest.param(datetime(2026, 9, 30, 23, 59, 59, tzinfo=UTC), Standing.FRESH, 0, id="the last second in UTC"),
        # 30 September, 23:59:59 west of everything.
        pytest.param(datetime(2026, 10, 1, 11, 59, 59, tzinfo=UTC), Standing.FRESH, 0, id="the last second anywhere"),
        pytest.param(datetime(2026, 10, 1, 12, 0, 0, tzinfo=UTC), Standing.LATER, -1, id="over everywhere"),
    ],
)
def test_a_day_lasts_until_it_has_ended_everywhere(captured: datetime, standing: Standing, age: int) -> None:
    item = _evidence({"findings.critical.open": 0}).model_copy(update={"captured_at": captured})
    claim = _judge(Answer(value="fully"), item).claim
    assert claim is not None
    assert [(said.standing, said.age_days) for said in claim.statements] == [(standing, age)]
    assert (current([item], AS_OF) == (item,)) is (standing is Standing.FRESH)
