"""Each rule of the checks panel where it speaks, and where it must be silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import NOT_APPLICABLE, Category, Content, FactKind, FactType, Questionnaire, Regime
from scoring.assessment import Answer, Application, Assessment, Basis, Decision, Evidence, Fact, Lane, Records
from scoring.checks import Check, CheckRule, Severity, checks
from scoring.evaluation import evaluate
from scoring.progress import Baseline, compare
from scoring.results import results
from scoring.scores import Scorer

AS_OF = date(2026, 9, 30)
RULED, PLAIN, THIRD, ORG = "a.app.ruled", "a.app.plain", "a.app.third", "a.org.one"
RULES = [
    {"fact": "findings.open", "op": "==", "value": 0, "max_age_days": 30, "supports": "fully", "says": "None is open."},
    {"fact": "findings.open", "op": ">", "value": 0, "max_age_days": 30, "challenges": "partly", "says": "Some are."},
]


def _questionnaire() -> Questionnaire:
    text = {"name": "n", "purpose": "p"}
    steps = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}

    def asked(key: str, **more: Any) -> dict[str, Any]:
        return {"id": key, "level": 2, "question": "q?", "why": "w", "good": "g", **more}

    own = [asked(RULED, rule=RULES), asked(PLAIN), asked(THIRD)]
    found = frozen_questionnaire(
        {
            "schema_version": 1,
            "id": "firm",
            "version": "1",
            "title": "t",
            "description": "d",
            "licence": "l",
            "met": "largely",
            "presence": "partly",
            "level": [{"number": n, "name": str(n), "meaning": "m"} for n in (1, 2)],
            "scale": [{"id": key, "name": key.title(), "value": v, "meaning": "m"} for key, v in steps.items()],
            "target": [{"tier": tier, "pillar": "a", "level": 2, "reason": "r"} for tier in "123"],
            "pillar": [
                {
                    "id": "a",
                    **text,
                    "practice": [
                        {"id": "a.app", "scope": "application", **text, "criterion": own},
                        {"id": "a.org", "scope": "organisation", **text, "criterion": [asked(ORG)]},
                    ],
                }
            ],
        },
        "test.toml",
    )
    assert isinstance(found, Loaded), found
    return found.value


def _regime(key: str, *links: str) -> Regime:
    return Regime.model_validate(
        {
            "schema_version": 1,
            **dict.fromkeys(("authority", "jurisdiction", "version", "date", "binds"), "x"),
            "name": key.title(),
            "id": key,
            "questionnaire": "firm",
            "obligation": [
                {"number": f"{n}", "title": "t", "link": [{"criterion": criterion, "rationale": "r"}]}
                for n, criterion in enumerate(links, 1)
            ]
            + [{"number": "99", "title": "t"}],
        }
    )


ASKED = _questionnaire()
CONTENT: Content = shipped().model_copy(
    update={
        "facts": {"findings.open": FactKind(name="findings.open", type=FactType.COUNT, meaning="m")},
        "regimes": {"rule": _regime("rule", PLAIN, PLAIN, ORG), "other": _regime("other")},
    }
)


def _export(value: int, age: int = 3) -> dict[str, Evidence]:
    digest = f"{value:064x}"
    return {
        digest: Evidence(
            sha256=digest,
            path="scan.sarif",
            bytes=1,
            format="sarif",
            tool="scanner",
            category=Category.SAST,
            captured_at=datetime(2026, 9, 30, tzinfo=UTC) - timedelta(days=age),
            records=Records(unit="finding", raw=0, open=0, distinct=0),
            facts=(Fact(name="findings.open", value=value),),
        )
    }


def _app(key: str = "pay", **more: Any) -> Application:
    return Application.model_validate({"id": key, "name": key.title(), "tier": "1", **more})


def _assessment(*applications: Application, **more: Any) -> Assessment:
    known = {entry.id: entry for entry in applications or (_app(),)}
    return Assessment.model_validate(
        {
            "organisation": "Example Firm",
            "questionnaire": "firm",
            "as_of": AS_OF,
            "capacity": 60,
            "applications": known,
            **more,
        }
    )


def _checks(assessment: Assessment, before: Assessment | None = None) -> tuple[Check, ...]:
    scorer = Scorer(ASKED)
    evaluation = evaluate(CONTENT, scorer, assessment)
    comparison = None
    if before is not None:
        stored = results(evaluate(CONTENT, scorer, before).scores)
        day = AS_OF - timedelta(days=90)
        baseline = Baseline("then", day, before, ASKED.digests, ASKED, stored, None)
        comparison = compare(ASKED, assessment, evaluation, None, baseline)
    return checks(CONTENT, ASKED, assessment, evaluation, comparison)


def _of(rule: CheckRule, assessment: Assessment, before: Assessment | None = None) -> list[tuple[Any, ...]]:
    """(severity, application, subject) of what one rule says."""
    return [(c.severity, c.application, c.subject) for c in _checks(assessment, before) if c.rule is rule]


FULLY, INTERVIEW, DOCUMENT = {"value": "fully"}, {"basis": "interview"}, {"basis": "document"}


@pytest.mark.parametrize(
    ("answer", "speaks"),
    [
        (FULLY, True),
        ({"value": "largely"}, False),
        ({**FULLY, **INTERVIEW}, False),
        ({**FULLY, **DOCUMENT}, False),
        ({}, False),
    ],
)
def test_the_best_answer_needs_a_basis(answer: dict[str, str], speaks: bool) -> None:
    found = _of(CheckRule.NO_BASIS, _assessment(_app(answers={PLAIN: answer})))
    assert found == ([(Severity.WARNING, "pay", PLAIN)] if speaks else [])


@pytest.mark.parametrize(
    ("criterion", "basis", "evidence", "severity"),
    [
        (RULED, "interview", {}, Severity.HINT),
        (RULED, "evidence", {}, Severity.WARNING),
        (RULED, "document", {}, None),
        (RULED, "evidence", _export(0), None),
        # Stale evidence is there; that it is too old is said by another rule.
        (RULED, "evidence", _export(0, age=400), None),
        (PLAIN, "evidence", {}, None),
    ],
)
def test_the_best_answer_where_an_export_could_speak(
    criterion: str, basis: str, evidence: dict[str, Evidence], severity: Severity | None
) -> None:
    answers = {criterion: {**FULLY, "basis": basis}}
    found = _of(CheckRule.NO_EVIDENCE, _assessment(_app(answers=answers, evidence=evidence)))
    assert found == ([(severity, "pay", criterion)] if severity else [])


def test_a_common_answer_is_pointed_out_once_with_the_applications_that_lack_evidence() -> None:
    common = {RULED: {**FULLY, **INTERVIEW}}
    three = (_app("pay", evidence=_export(0)), _app("crm"), _app("hr", answers={RULED: {"value": "no"}}))
    assessment = _assessment(*three, answers=common)
    assert _of(CheckRule.NO_EVIDENCE, assessment) == [(Severity.HINT, None, RULED)]
    (check,) = [check for check in _checks(assessment) if check.rule is CheckRule.NO_EVIDENCE]
    assert check.says == "It is answered Fully on interview, and no export speaks to it for 1 of 2 applications."
    assert check.remedy == "Import an export that gives findings.open, or rest the answer on a document."
    # Without an application there is nobody whose evidence could be missing.
    alone = assessment.model_copy(update={"applications": {}})
    assert _of(CheckRule.NO_EVIDENCE, alone) == []


def test_a_common_answer_that_nobody_uses_is_left_alone() -> None:
    common = {PLAIN: FULLY}
    assert _of(CheckRule.NO_BASIS, _assessment(answers=common)) == [(Severity.WARNING, None, PLAIN)]
    overridden = _app(answers={PLAIN: {"value": "no"}})
    assert _of(CheckRule.NO_BASIS, _assessment(overridden, answers=common)) == []
    assert _of(CheckRule.NO_BASIS, _assessment(overridden, _app("crm"), answers=common)) != []


def test_what_enters_no_score_is_left_alone() -> None:
    assert _checks(_assessment(_app(answers={ORG: FULLY, "a.app.gone": FULLY}), answers={"a.app.gone": FULLY})) == ()


@pytest.mark.parametrize(("reason", "speaks"), [("", True), ("  ", True), ("It is a batch job.", False)])
def test_not_applicable_needs_a_reason(reason: str, speaks: bool) -> None:
    answers = {PLAIN: {"value": NOT_APPLICABLE, "reason": reason}}
    found = _of(CheckRule.NO_REASON, _assessment(_app(answers=answers)))
    assert found == ([(Severity.ERROR, "pay", PLAIN)] if speaks else [])


@pytest.mark.parametrize(("age", "speaks"), [(30, False), (31, True)])
def test_expired_evidence(age: int, speaks: bool) -> None:
    assessment = _assessment(_app(evidence=_export(0, age)))
    assert _of(CheckRule.STALE, assessment) == ([(Severity.WARNING, "pay", RULED)] if speaks else [])
    if speaks:
        (check,) = [check for check in _checks(assessment) if check.rule is CheckRule.STALE]
        assert check.says == "All evidence on it is too old to count: scan.sarif is 31 days old (at most 30 count)."


@pytest.mark.parametrize(
    ("answer", "value", "speaks"),
    [
        ({**FULLY, **DOCUMENT}, 2, True),
        ({**FULLY, "reason": "in a retired module"}, 2, False),
        ({"value": "partly"}, 2, False),
        (FULLY, 0, False),
    ],
)
def test_contradiction_with_evidence(answer: dict[str, str], value: int, speaks: bool) -> None:
    assessment = _assessment(_app(evidence=_export(value)), answers={RULED: answer})
    assert _of(CheckRule.CHALLENGED, assessment) == ([(Severity.ERROR, "pay", RULED)] if speaks else [])
    if speaks:
        assert _checks(assessment)[0].says == (
            "It is answered Fully, and evidence allows at most Partly: Some are (findings.open = 2, scan.sarif)."
        )


def test_the_gravest_evidence_is_named() -> None:
    """Not what supports, and not what is too old."""
    first, stale, fresh = (next(iter(_export(value, age).values())) for value, age in ((0, 3), (1, 400), (2, 3)))
    exports = [
        entry.model_copy(update={"tool": name, "path": f"in/{name}.json"})
        for name, entry in (("first", first), ("stale", stale), ("fresh", fresh))
    ]
    application = _app(answers={RULED: FULLY}, evidence={entry.sha256: entry for entry in exports})
    says = [check.says for check in _checks(_assessment(application)) if check.rule is CheckRule.CHALLENGED]
    assert says == [
        "It is answered Fully, and evidence allows at most Partly: Some are (findings.open = 2, fresh.json)."
    ]


@pytest.mark.parametrize(("age", "speaks"), [(0, False), (-1, False), (-2, True)])
def test_an_export_from_after_the_assessment(age: int, speaks: bool) -> None:
    """The day ends at noon of the next in UTC, when it has ended everywhere."""
    evidence = _export(0, age)
    for assessment, owner in ((_assessment(_app(evidence=evidence)), "pay"), (_assessment(evidence=evidence), None)):
        expected = [(Severity.WARNING, owner, next(iter(evidence)))] if speaks else []
        assert _of(CheckRule.LATER, assessment) == expected


def test_too_much_that_does_not_apply() -> None:
    """The limit is a third: one of four criteria is below, two are above."""
    skipped = {"value": NOT_APPLICABLE, "reason": "r"}
    assert CONTENT.tiers.not_applicable_limit == Fraction(1, 3)
    one = _assessment(_app(answers={PLAIN: skipped}))
    assert _of(CheckRule.NOT_APPLICABLE_SHARE, one) == []
    two = _assessment(_app(answers={PLAIN: skipped, THIRD: skipped}))
    assert _of(CheckRule.NOT_APPLICABLE_SHARE, two) == [(Severity.WARNING, "pay", "a")]
    unreasoned = _assessment(_app(answers={PLAIN: skipped, THIRD: {"value": NOT_APPLICABLE}}))
    assert _of(CheckRule.NOT_APPLICABLE_SHARE, unreasoned) == []
    at_the_limit = CONTENT.tiers.model_copy(update={"not_applicable_limit": Fraction(1, 2)})
    content = CONTENT.model_copy(update={"tiers": at_the_limit})
    assert checks(content, ASKED, two, evaluate(content, Scorer(ASKED), two)) == ()


@pytest.mark.parametrize(
    ("then", "now", "speaks"),
    [
        ({"value": "no"}, {"value": "largely"}, True),
        ({"value": "largely"}, {"value": "no"}, True),
        ({"value": "no"}, {"value": NOT_APPLICABLE, "reason": "r"}, False),
        ({"value": "no"}, {"value": "largely", "note": "The gate runs since May."}, False),
        # What was carried over explains the answer of then.
        ({"value": "no", "note": "old"}, {"value": "largely", "note": "old"}, True),
        ({"value": "no"}, {"value": "no"}, False),
        ({}, {"value": "largely"}, False),
        ({"value": "largely"}, {}, True),
    ],
)
def test_changed_since_the_baseline_without_a_note(then: dict[str, str], now: dict[str, str], speaks: bool) -> None:
    before, today = (_assessment(_app(answers={PLAIN: answer})) for answer in (then, now))
    expected = [(Severity.WARNING, "pay", PLAIN)] if speaks else []
    assert _of(CheckRule.NO_NOTE, today, before) == expected
    assert _of(CheckRule.NO_NOTE, today) == []


def test_a_changed_common_answer_is_pointed_out_once() -> None:
    two = (_app("pay"), _app("crm"))
    before, today = (_assessment(*two, answers={PLAIN: {"value": value}}) for value in ("no", "largely"))
    assert _of(CheckRule.NO_NOTE, today, before) == [(Severity.WARNING, None, PLAIN)]
    (check,) = _checks(today, before)
    assert check.says == "It was No in the baseline and is Largely now, and no note says why."


def test_a_regime_in_scope_with_obligations_that_nobody_assessed() -> None:
    rule = CheckRule.NOT_ASSESSED
    assert _of(rule, _assessment()) == []
    open_ = _assessment(regimes=["rule"], answers={ORG: {"value": "no"}})
    assert _of(rule, open_) == [(Severity.WARNING, None, "rule")]
    (check,) = _checks(open_)
    assert check.says == "2 of 3 obligations of Rule are not assessed: 1, 2."
    assert _of(rule, _assessment(regimes=["rule"], answers={ORG: {"value": "no"}, PLAIN: {"value": "no"}})) == []
    assert _of(rule, _assessment(regimes=["other"])) == [(Severity.HINT, None, "other")]
    assert _of(rule, _assessment(regimes=["gone"])) == [(Severity.WARNING, None, "gone")]


def test_a_long_list_of_obligations_is_counted() -> None:
    content = CONTENT.model_copy(update={"regimes": {"rule": _regime("rule", *[PLAIN] * 8)}})
    assessment = _assessment(regimes=["rule"])
    (check,) = checks(content, ASKED, assessment, evaluate(content, Scorer(ASKED), assessment))
    assert check.says == "8 of 8 obligations of Rule are not assessed: 1, 2, 3, 4, 5 and 3 more."


def test_an_application_that_no_export_was_read_for() -> None:
    rule = CheckRule.NO_EXPORT
    assert _of(rule, _assessment(_app("pay"), _app("crm"))) == []
    one = _assessment(_app("pay", evidence=_export(0)), _app("crm"), _app("hr", repositories=["hr"]))
    assert _of(rule, one) == [(Severity.HINT, "crm", "crm"), (Severity.HINT, "hr", "hr")]
    remedies = [check.remedy for check in _checks(one) if check.rule is rule]
    assert remedies == ["Name its repositories, so that exports find it.", "Import the exports of its repositories."]


def test_marked_for_review() -> None:
    answers = {PLAIN: {"value": "no", "marked": True}, THIRD: {"marked": True}, RULED: {"value": "no"}}
    found = _of(CheckRule.MARKED, _assessment(_app(answers=answers)))
    assert found == [(Severity.HINT, "pay", PLAIN), (Severity.HINT, "pay", THIRD)]


def test_a_decision_on_an_item_that_does_not_exist() -> None:
    drop = Decision(lane=Lane.DROP, reason="r")
    assert _of(CheckRule.IDLE_DECISION, _assessment(decisions={"a.app/2/tier-1": drop})) == []
    found = _of(CheckRule.IDLE_DECISION, _assessment(decisions={"a.app/2/tier-3": drop}))
    assert found == [(Severity.HINT, None, "a.app/2/tier-3")]


def test_the_gravest_come_first_then_the_organisation_then_the_questionnaire() -> None:
    answers = {
        THIRD: Answer(value=NOT_APPLICABLE),
        PLAIN: Answer(value="fully", marked=True),
        RULED: Answer(value="fully", basis=Basis.DOCUMENT),
    }
    assessment = _assessment(_app(answers=answers, evidence=_export(2)), answers={ORG: FULLY})
    assert [(check.rule, check.application) for check in _checks(assessment)] == [
        (CheckRule.CHALLENGED, "pay"),
        (CheckRule.NO_REASON, "pay"),
        (CheckRule.NO_BASIS, None),
        (CheckRule.NO_BASIS, "pay"),
        (CheckRule.MARKED, "pay"),
    ]
