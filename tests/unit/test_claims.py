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
from scoring.claims import Claim, current, judge

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
    assert current([old, new, other]) == (new, other)
    assert current([new, old, other]) == (new, other)
    branch = _evidence({"findings.critical.open": 5}, age=20, number=4, branch="release")
    assert set(current([new, branch])) == {new, branch}


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
