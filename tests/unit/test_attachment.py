"""What a report's PDF carries: that it comes back whole, and that nothing else travels or gets in."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import tomli_w
from pypdf import PdfWriter

from app.cli.reporting import Source
from app.engagement import attachment, embedded
from app.engagement.attachment import NAME, UNSAID, attached, baseline_toml, parse_baseline
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from questionnaires.model import Scope
from reports import pdf
from scoring.assessment import Answer, Basis
from scoring.evaluation import Evaluation, evaluate
from scoring.phrase import phrase
from scoring.results import results
from scoring.roadmap import Initiative, Plan, Reason, ReasonKind, Wave
from scoring.scores import Scorer
from tests.engagement_example import GATES, PEOPLE, answer, create


def evaluated(engagement: Engagement) -> Evaluation:
    return evaluate(engagement.content, Scorer(engagement.questionnaire), engagement.assessment)


def item(key: str, *tiers: str) -> Initiative:
    return Initiative(
        id=key,
        practice="integrate.gates",
        level=2,
        scope=Scope.APPLICATION,
        tiers=tiers,
        applications=("pay",),
        criteria=(GATES,),
        effort=Fraction(7, 2),
        value=Fraction(123, 7),
        after=("before",),
        must=True,
        reasons=(Reason(ReasonKind.GAP, phrase("confidential words")),),
    )


PLAN = Plan(
    "greedy",
    Fraction(5, 3),
    (
        Wave(1, date(2026, 9, 30), Fraction(60), Fraction(7), (item("a/2/tier-1", "1"), item("b/2/tier-2", "2"))),
        Wave(2, date(2026, 12, 30), Fraction(60), Fraction(7, 2), (item("shared/2", "1", "2"),)),
    ),
    (item("late/2/tier-1", "1"), item("late/2/tier-2", "2")),
)


@pytest.fixture
def engagement(tmp_path: Path) -> Engagement:
    with Engagement.open(create(tmp_path / "acme"), write=True) as opened:
        answer(opened, "partly", PEOPLE, basis=Basis.INTERVIEW, note="secret note")
        answer(opened, "not-applicable", "integrate.gates.critical-stop", application="pay", reason="secret reason")
        answer(opened, "fully", application="crm", note="of another tier")
    return opened


def bare(found: Initiative) -> Initiative:
    return replace(found, tiers=("1",), applications=(), criteria=(), after=(), must=False, reasons=())


def test_an_attachment_comes_back_as_the_baseline_it_was_made_from(engagement: Engagement) -> None:
    evaluation = evaluated(engagement)
    found = parse_baseline(baseline_toml(engagement, evaluation, "1", PLAN), "a.pdf")
    assessment = engagement.assessment
    assert (found.label, found.as_of, found.tier, found.questionnaire) == ("a.pdf", assessment.as_of, "1", None)
    assert found.digests == engagement.questionnaire.digests
    assert found.results == results(evaluation.scores, "1")
    assert found.assessment.organisation == assessment.organisation
    assert found.assessment.answers == {PEOPLE: Answer(value="partly", basis=Basis.INTERVIEW)}
    pay = found.assessment.applications["pay"]
    assert (pay.name, pay.tier) == ("PAY", "1")
    assert pay.answers == {
        GATES: Answer(value="largely", basis=Basis.DOCUMENT),
        "integrate.gates.critical-stop": Answer(value="not-applicable", reason=UNSAID),
    }
    assert found.plan is not None
    first, second = found.plan.waves
    assert first.items == (bare(PLAN.waves[0].items[0]),)
    assert second.items == (bare(PLAN.waves[1].items[0]),)
    assert replace(first, items=()) == replace(PLAN.waves[0], items=())
    assert found.plan.unplanned == (bare(PLAN.unplanned[0]),)


def test_nothing_of_other_tiers_and_nothing_confidential_travels(engagement: Engagement) -> None:
    text = baseline_toml(engagement, evaluated(engagement), "1", PLAN).decode()
    for word in (
        "crm",
        "CRM",
        "secret note",
        "secret reason",
        "confidential",
        "another",
        "tier-2",
        '"seen"',
        "assessor",
    ):
        assert word not in text
    assert tomllib.loads(text).keys() == {
        *("schema_version", "organisation", "questionnaire", "questionnaire_version", "as_of", "tier"),
        *("digests", "answers", "application", "results", "plan"),
    }


def test_what_counts_as_unanswered_does_not_travel(engagement: Engagement, tmp_path: Path) -> None:
    with Engagement.open(engagement.folder, write=True) as opened:
        answer(opened, "not-applicable", "integrate.gates.critical-stop", application="pay", reason=" ")
        evaluation = evaluated(opened)
        found = parse_baseline(baseline_toml(opened, evaluation, "1"), "a")
    assert "integrate.gates.critical-stop" not in found.assessment.applications["pay"].answers
    again = evaluate(opened.content, Scorer(opened.questionnaire), found.assessment).scores
    assert again.tiers["1"].overall.coverage == evaluation.scores.tiers["1"].overall.coverage
    assert found.plan is None


def test_a_report_carries_its_baseline(engagement: Engagement, tmp_path: Path) -> None:
    source = Source(engagement, evaluated(engagement))
    carried = source.attachments("1")
    path = pdf.write("<html lang=en><title>A</title><p>x", tmp_path / "a.pdf", attachments=carried)
    assert carried.keys() == {NAME}
    assert attached(path) == carried[NAME]
    found = parse_baseline(attached(path), "a.pdf")
    assert found.results == results(evaluated(engagement).scores, "1")
    assert found.plan is not None  # the one that the report shows, although none is stored


# ---- what is no report


def _empty(writer: PdfWriter) -> None: ...


def _other(writer: PdfWriter) -> None:
    writer.add_attachment("notes.txt", b"x")


def _twice(writer: PdfWriter) -> None:
    writer.add_attachment(NAME, b"x")
    writer.add_attachment(NAME, b"y")


def _many(writer: PdfWriter) -> None:
    for number in range(embedded.MAX_ATTACHMENTS + 1):
        writer.add_attachment(f"{number}.txt", b"x")


def _sealed(writer: PdfWriter) -> None:
    writer.add_attachment(NAME, b"x")
    writer.encrypt("word", algorithm="RC4-128")


def _large(writer: PdfWriter) -> None:
    writer.add_attachment(NAME, bytes(3000))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_empty, "does not carry"),
        (_other, "does not carry"),
        (_twice, "more than a report does"),
        (_many, "more than a report does"),
        (_sealed, "password"),
        (_large, "more than a report can"),
    ],
)
def test_other_pdfs_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[PdfWriter], None], says: str
) -> None:
    monkeypatch.setattr(attachment, "MAX_BYTES", 2000)
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    make(writer)
    with open(tmp_path / "a.pdf", "wb") as file:
        writer.write(file)
    with pytest.raises(EngagementError, match=says):
        attached(tmp_path / "a.pdf")


def test_what_is_no_pdf_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    for data in (b"", b"%PDF-1.7\n", b"\0" * 1000, b"%PDF-1.7\n1 0 obj <</Type/Catalog>>\ntrailer <</Root 1 0 R>>"):
        path.write_bytes(data)
        with pytest.raises(EngagementError, match=r"no PDF that can be read|does not carry"):
            attached(path)
    monkeypatch.setattr(attachment, "MAX_PDF_BYTES", 100)
    path.write_bytes(b"%PDF-1.7\n" + bytes(100))
    with pytest.raises(EngagementError, match="more than 100 bytes"):
        attached(path)
    for no_file in (tmp_path, tmp_path / "nowhere", tmp_path / "a\0b"):
        with pytest.raises(EngagementError):
            attached(no_file)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("schema_version", 2, "newer version"),
        ("schema_version", "x", "holds no baseline"),
        ("organisation", "", "holds no baseline"),
        ("as_of", date(1900, 1, 1), "holds no baseline"),
        ("digests", {GATES: "x"}, "holds no baseline"),
        ("answers", {GATES: {"value": "UP"}}, "holds no baseline"),
        ("answers", {GATES: {"value": "fully", "note": "x"}}, "holds no baseline"),
        ("application", [{"id": "../x", "name": "X"}], "holds no baseline"),
        ("application", [{"id": "x", "name": "X"}, {"id": "x", "name": "Y"}], "two applications"),
        ("results", {}, "no results"),
        ("tier", "2", "no results"),
        ("plan", {"solver": "x", "objective": "1e999999999"}, "holds no baseline"),
        ("plan", {"solver": "x", "objective": "1/0"}, "holds no baseline"),
        ("extra", 1, "holds no baseline"),
    ],
)
def test_a_broken_attachment_is_refused(engagement: Engagement, key: str, value: object, says: str) -> None:
    raw = tomllib.loads(baseline_toml(engagement, evaluated(engagement), "1", PLAN).decode())
    with pytest.raises(EngagementError, match=says):
        parse_baseline(tomli_w.dumps({**raw, key: value}).encode(), "a.pdf")


@pytest.mark.parametrize("data", [b"", b"\xff", b"a = " + b"[" * 5000, b"x" * 3000])
def test_what_is_no_attachment_is_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment, "MAX_BYTES", 20_000)
    with pytest.raises(EngagementError):
        parse_baseline(data, "a.pdf")
