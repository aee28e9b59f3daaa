"""How numbers are explained: term by term, exactly, and equal to the scores at every node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import NOT_APPLICABLE, Category, FactKind, FactType, Questionnaire
from scoring.assessment import Answer, Application, Assessment, Basis, Evidence, Fact, Records
from scoring.evaluation import Evaluation, evaluate
from scoring.explain import Cap, Explanation, Figure, Kind, Source, explain
from scoring.scores import Scorer
from scoring.written import amount, answer_lines, arithmetic, file_name, statement_line

AS_OF = date(2026, 9, 30)
THIRD = Fraction(1, 3)
RULES = [
    {"fact": "findings.open", "op": "==", "value": 0, "max_age_days": 30, "supports": "fully", "says": "None is open."},
    {"fact": "findings.open", "op": ">", "value": 0, "max_age_days": 30, "challenges": "partly", "says": "Some are."},
]
FACTS = {"findings.open": FactKind(name="findings.open", type=FactType.COUNT, meaning="Open findings.")}


def _criterion(key: str, level: int, **more: Any) -> dict[str, Any]:
    return {"id": key, "level": level, "question": f"{key}?", "why": "w", "good": "g", **more}


def _questionnaire() -> Questionnaire:
    """Two pillars; the first weighs double and has a practice of applications and one of the organisation."""
    text = {"name": "n", "purpose": "p"}
    steps = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}
    worked = [_criterion(f"a.app.{level}{key}", level) for level in (2, 3, 4) for key in "ab"]
    worked[0] = {**worked[0], "rule": RULES}
    heavy = [_criterion("a.org.two", 2, weight=2), _criterion("a.org.too", 2), _criterion("a.org.four", 4)]
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
            "level": [{"number": n, "name": f"Stage {n}", "meaning": "m"} for n in (1, 2, 3, 4)],
            "scale": [{"id": key, "name": key.title(), "value": v, "meaning": "m"} for key, v in steps.items()],
            "target": [
                {"tier": tier, "pillar": pillar, "level": 3, "reason": "r"} for tier in "123" for pillar in "ab"
            ],
            "weight": [{"tier": "1", "practice": "a.app", "weight": 3, "reason": "r"}],
            "pillar": [
                {
                    "id": "a",
                    **text,
                    "weight": 2,
                    "practice": [
                        {"id": "a.app", "scope": "application", **text, "name": "Build", "criterion": worked},
                        {"id": "a.org", "scope": "organisation", **text, "criterion": heavy},
                    ],
                },
                {
                    "id": "b",
                    **text,
                    "practice": [
                        {"id": "b.app", "scope": "application", **text, "criterion": [_criterion("b.app.one", 2)]}
                    ],
                },
            ],
        },
        "test.toml",
    )
    assert isinstance(found, Loaded), found
    return found.value


ASKED = _questionnaire()


def _export(name: str, value: int, captured: datetime | None) -> Evidence:
    digest = f"{value + 1:064x}"
    return Evidence(
        sha256=digest,
        path=name,
        bytes=1,
        format="sarif",
        tool="scanner",
        category=Category.SAST,
        captured_at=captured,
        records=Records(unit="finding", raw=0, open=0, distinct=0),
        facts=(Fact(name="findings.open", value=value),),
    )


def _assessment(common: dict[str, Answer], *applications: Application) -> Assessment:
    return Assessment(
        organisation="Example Firm",
        questionnaire="test",
        as_of=AS_OF,
        capacity=Fraction(60),
        answers=common,
        applications={entry.id: entry for entry in applications},
    )


def _answers(*values: str, practice: str = "a.app") -> dict[str, Answer]:
    ids = [criterion.id for criterion in ASKED.practices[practice].criterion]
    return {key: Answer(value=value) for key, value in zip(ids, values, strict=True) if value}


def _evaluated(assessment: Assessment, asked: Questionnaire = ASKED) -> Evaluation:
    content = shipped().model_copy(update={"facts": FACTS})
    return evaluate(content, Scorer(asked), assessment)


PAY = Application(
    id="pay",
    name="Payments",
    tier="1",
    answers={"a.app.4b": Answer(value="no")},
    evidence={f"{3:064x}": _export("scan.sarif", 2, datetime(2026, 9, 20, tzinfo=UTC))},
)
CRM = Application(id="crm", name="CRM", tier="1", answers={"b.app.one": Answer(value=NOT_APPLICABLE, reason="r")})
WORKED = _assessment(
    {
        **_answers("fully", "fully", "largely", "partly", "no", ""),
        **_answers("partly", "fully", "fully", practice="a.org"),
        "b.app.one": Answer(value="largely", basis=Basis.DOCUMENT),
    },
    PAY,
    CRM,
)


def _walk(node: Explanation) -> Iterator[Explanation]:
    yield node
    for part in node.parts:
        yield from _walk(part)


def test_the_worked_example_is_written_out() -> None:
    found = explain(ASKED, WORKED, _evaluated(WORKED), "a.app", application="crm")
    assert found.figures is not None
    assert (found.figures.low, found.figures.high) == (Fraction(5, 2), Fraction(3))
    assert arithmetic(found, Figure.CLAIMED) == "1 + 3 · (1 + 1/2 + 0) / 3 = 5/2 = 2.5"
    assert arithmetic(found, Figure.UP_TO) == "1 + 3 · (1 + 1/2 + 1/2) / 3 = 3"
    assert (found.level, found.held_down_by) == (2, ("a.app.3b",))
    assert (found.parts[0].kind, found.parts[0].label) == (Kind.LEVEL, "Level 2 Stage 2")
    assert [arithmetic(part, Figure.CLAIMED) for part in found.parts] == [
        "(1 + 1) / 2 = 1",
        "(2/3 + 1/3) / 2 = 1/2 = 0.5",
        "(0 + 0) / 2 = 0",
    ]


def test_weights_are_written_where_they_differ() -> None:
    evaluation = _evaluated(WORKED)
    organisation = explain(ASKED, WORKED, evaluation, "a.org", application="pay")
    assert arithmetic(organisation.parts[0], Figure.CLAIMED) == "(2 · 1/3 + 1 · 1) / 3 = 5/9 ≈ 0.6"
    # Level 3 has no criterion, so the mean is over two levels: 1 + 3 · (5/9 + 1) / 2.
    assert arithmetic(organisation, Figure.CLAIMED) == "1 + 3 · (5/9 + 1) / 2 = 10/3 ≈ 3.3"
    pillar = explain(ASKED, WORKED, evaluation, "a", application="crm")
    assert arithmetic(pillar, Figure.CLAIMED) == "(3 · 5/2 + 1 · 10/3) / 4 = 65/24 ≈ 2.7"
    # b does not apply to the CRM: overall is pillar a alone.
    overall = explain(ASKED, WORKED, evaluation, application="crm")
    assert arithmetic(overall, Figure.CLAIMED) == "65/24 ≈ 2.7"
    assert [part.weight for part in overall.parts] == [2, 1]
    assert overall.parts[1].figures is None


def test_a_tier_is_the_mean_over_the_applications_where_it_applies() -> None:
    found = explain(ASKED, WORKED, _evaluated(WORKED), "b", tier="1")
    assert [(part.label, part.application, part.figures is None) for part in found.parts] == [
        ("CRM", "crm", True),
        ("Payments", "pay", False),
    ]
    assert arithmetic(found, Figure.CLAIMED) == "3"
    assert found.distribution == {2: 1}
    assert found.capped
    both = explain(ASKED, WORKED, _evaluated(WORKED), "a.app", tier="1")
    assert arithmetic(both, Figure.CLAIMED) == "(5/2 + 5/2) / 2 = 5/2 = 2.5"
    assert arithmetic(both, Figure.UP_TO) == "(3 + 5/2) / 2 = 11/4 ≈ 2.8"


def test_a_long_sum_is_cut() -> None:
    many = [Application(id=f"app-{i:02}", name="App", tier="2") for i in range(20)]
    assessment = _assessment(_answers("fully", "fully", "no", "no", "no", "no"), *many)
    found = explain(ASKED, assessment, _evaluated(assessment), "a.app", tier="2")
    assert arithmetic(found, Figure.CLAIMED) == f"({'2 + ' * 8}… 12 more) / 20 = 2"


def test_an_answer_says_whose_it_is_what_it_counts_and_why() -> None:
    evaluation = _evaluated(WORKED)

    def lines(application: str, criterion: str) -> tuple[str, ...]:
        said = explain(ASKED, WORKED, evaluation, criterion, application=application).said
        assert said is not None
        return answer_lines(ASKED, said)

    assert lines("pay", "a.app.2a") == (
        "Fully = 1, the common answer, no basis.",
        "Evidenced: Partly = 1/3; evidence allows at most Partly.",
    )
    assert lines("crm", "a.app.2a")[1] == "Evidenced: No = 0; neither a document nor fresh evidence backs it."
    # The lowest step needs no proof.
    assert lines("pay", "a.app.4b") == ("No = 0, the application's own answer, no basis.",)
    assert lines("pay", "b.app.one") == (
        "Largely = 2/3, the common answer, known by document.",
        "Evidenced: Largely = 2/3; a document backs it.",
    )
    assert lines("pay", "a.org.two")[0] == "Partly = 1/3, the organisation's answer, no basis."
    assert lines("crm", "b.app.one") == ("Not applicable, the application's own answer: r",)
    assert lines("crm", "a.app.4b") == ("Unanswered: 0 in the score, 1 in what it may rise to.",)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(value=NOT_APPLICABLE), "Not applicable without a reason, the common answer: it counts as unanswered."),
        (
            Answer(value="nearly"),
            "'nearly', the common answer: the scale does not know it, so it counts as unanswered.",
        ),
        (Answer(marked=True), "Unanswered: 0 in the score, 1 in what it may rise to."),
    ],
)
def test_what_counts_as_unanswered_says_so(answer: Answer, expected: str) -> None:
    assessment = _assessment({"a.app.2b": answer}, CRM)
    found = explain(ASKED, assessment, _evaluated(assessment), "a.app.2b", application="crm")
    assert found.said is not None
    assert answer_lines(ASKED, found.said) == (expected,)
    assert found.figures is not None
    assert [found.figures.of(figure) for figure in Figure] == [0, 1, 0]


@pytest.mark.parametrize(
    ("evidence", "cap", "line"),
    [
        (_export("a.sarif", 0, datetime(2026, 9, 20, tzinfo=UTC)), Cap.SUPPORT,
         "findings.open (sast) = 0 supports Fully: a.sarif, 10 days old (at most 30 count)."),
        (_export("a.sarif", 2, datetime(2026, 9, 20, tzinfo=UTC)), Cap.CHALLENGE,
         "findings.open (sast) = 2 challenges more than Partly: a.sarif, 10 days old (at most 30 count)."),
        (_export("a.sarif", 2, datetime(2026, 8, 30, tzinfo=UTC)), Cap.NOTHING,
         "findings.open (sast) = 2 challenges more than Partly: a.sarif, 31 days old (at most 30 count), too old."),
        (_export("a.sarif", 0, datetime(2026, 11, 1, tzinfo=UTC)), Cap.NOTHING,
         "findings.open (sast) = 0 supports Fully: a.sarif, from after the day of the assessment, not counted."),
        (_export("a.sarif", 0, None), Cap.SUPPORT, "findings.open (sast) = 0 supports Partly: a.sarif, undated."),
    ],
)  # fmt: skip
def test_each_statement_of_evidence_is_told(evidence: Evidence, cap: Cap, line: str) -> None:
    application = Application(id="pay", name="P", tier="1", evidence={evidence.sha256: evidence})
    assessment = _assessment({"a.app.2a": Answer(value="fully", basis=Basis.INTERVIEW)}, application)
    evaluation = _evaluated(assessment)
    said = explain(ASKED, assessment, evaluation, "a.app.2a", application="pay").said
    assert said is not None
    assert (said.cap, said.source) == (cap, Source.COMMON)
    assert [statement_line(ASKED, entry) for entry in said.statements] == [line]
    assert (said.step or "no") == said.evidenced


@pytest.mark.parametrize(
    ("path", "member", "shown"),
    [
        ("exports/pay/scan.sarif", None, "scan.sarif"),
        (r"C:\exports\scan.sarif", None, "scan.sarif"),
        ("exports.zip", "pay/scan.sarif", "exports.zip › pay/scan.sarif"),
        ("/", None, "/"),
    ],
)
def test_an_export_is_named_without_its_folders(path: str, member: str | None, shown: str) -> None:
    assert file_name(_export(path, 0, None).model_copy(update={"member": member})) == shown


def test_an_explained_challenge_carries_its_explanation() -> None:
    answer = Answer(value="fully", reason="in a retired module")
    application = PAY.model_copy(update={"answers": {"a.app.2a": answer}})
    assessment = _assessment({}, application)
    said = explain(ASKED, assessment, _evaluated(assessment), "a.app.2a", application="pay").said
    assert said is not None
    assert answer_lines(ASKED, said)[2] == "It stands because: in a retired module"


def test_a_criterion_of_several_applications_lists_them_without_a_number() -> None:
    found = explain(ASKED, WORKED, _evaluated(WORKED), "b.app.one", tier="1")
    assert found.figures is None
    assert [(part.label, part.figures and part.figures.low) for part in found.parts] == [
        ("CRM", None),
        ("Payments", Fraction(2, 3)),
    ]
    once = explain(ASKED, WORKED, _evaluated(WORKED), "a.org.two")
    assert once.figures is not None
    assert (once.figures.low, once.parts) == (THIRD, ())


def test_without_applications_the_organisation_stands_alone() -> None:
    assessment = _assessment(_answers("partly", "fully", "fully", practice="a.org"))
    evaluation = _evaluated(assessment)
    found = explain(ASKED, assessment, evaluation)
    assert arithmetic(found, Figure.CLAIMED) == "10/3 ≈ 3.3"
    assert [part.id for part in found.parts[0].parts] == ["a.org"]
    assert explain(ASKED, assessment, evaluation, "b").figures is None
    with pytest.raises(KeyError):
        explain(ASKED, assessment, evaluation, "a.app")


@pytest.mark.parametrize("more", [{"subject": "z"}, {"application": "none"}, {"tier": "3"}])
def test_what_does_not_exist_is_an_error(more: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        explain(ASKED, WORKED, _evaluated(WORKED), **{"subject": "", **more})


@pytest.mark.parametrize(
    ("value", "written"), [("5/2", "5/2 = 2.5"), ("2/3", "2/3 ≈ 0.7"), ("3", "3"), ("41/20", "41/20 ≈ 2.1")]
)
def test_amounts_are_exact_and_as_shown(value: str, written: str) -> None:
    assert amount(Fraction(value)) == written


def test_a_written_sum_can_be_computed() -> None:
    """What stands before the first = is arithmetic that gives what stands after it."""
    for node in _walk(explain(ASKED, WORKED, _evaluated(WORKED), application="pay")):
        for figure in Figure:
            if written := arithmetic(node, figure):
                terms = re.sub(r"(\d+)", r"Fraction(\1)", written.split(" = ")[0].split(" ≈ ")[0].replace("·", "*"))
                assert node.figures is not None
                assert eval(terms, {"Fraction": Fraction}) == node.figures.of(figure)
