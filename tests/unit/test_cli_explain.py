"""The verbs explain, checks and regimes as contracts: what they print, and their exit codes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.cli.results import evaluated
from app.engagement import actions, history
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from reports import words
from scoring.assessment import Evidence, Fact, Records
from scoring.lacking import held_by
from tests.command import Command

GATE = "integrate.gates.critical-stop"
"""A run whose gate stops nothing challenges more than partly."""


def _gate(path: str) -> Evidence:
    return Evidence(
        sha256="a" * 64,
        path=path,
        bytes=1,
        format="gh-workflow-runs",
        tool="runs",
        captured_at=datetime(2026, 9, 28, tzinfo=UTC),
        records=Records(unit="run", raw=1, open=0, distinct=0),
        facts=(Fact(name="gate.blocks", value=False),),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two applications; the gate of Payments is answered fully for both, and its own export says otherwise."""
    path = tmp_path / "acme"
    content = shipped()
    asked = content.questionnaires["financial-devsecops"]
    assessment = actions.new_assessment(content, asked.id, "Example Firm", date(2026, 9, 30))
    with Engagement.create(path, assessment, asked, "tester") as engagement:
        for key, name, tier in (("pay", "Payments", "1"), ("crm", "CRM", "2")):
            engagement.apply(
                "application", actions.add_application(content, engagement.assessment, key, name, tier), "tester"
            )
        engagement.apply("answer", actions.answer(asked, engagement.assessment, GATE, "fully"), "tester")
        engagement.apply("ingest", actions.add_evidence("pay", _gate("runs/\x1b[31mred.json")), "tester")
    return path


def test_explain_prints_every_term_down_to_the_evidence(run: Command, folder: Path) -> None:
    found = run("explain", folder, "integrate.gates", "--application", "pay")
    assert found.code == 0
    assert found.out.startswith("Payments: Automated security gates (integrate.gates)\n")
    # Two criteria at level 2, the only answered one is the gate's.
    assert "claimed   1 + 3 · (1/2 + 0 + 0) / 3 = 3/2 = 1.5" in found.out
    assert "evidenced 1 + 3 · (1/6 + 0 + 0) / 3 = 7/6 ≈ 1.2" in found.out
    assert "Fully = 1, the common answer, no basis." in found.out
    assert "evidence allows at most Partly" in found.out
    assert "gate.blocks = false challenges more than Partly: U+001B[31mred.json, 2 days old" in found.out
    assert "\x1b" not in found.out


def test_explain_of_a_tier_and_of_the_organisation_lists_the_applications(run: Command, folder: Path) -> None:
    for arguments in ((), ("integrate.gates",), ("integrate", "--tier", "2"), (GATE,), (GATE, "--tier", "1")):
        found = run("explain", folder, *arguments)
        assert found.code == 0
        assert ("Payments" in found.out) is ("--tier" not in arguments or "1" in arguments)
    pillar = run("explain", folder, "integrate", "--application", "crm")
    assert "integrate.supply-chain" in pillar.out


def test_explain_as_json_carries_exact_numbers(run: Command, folder: Path) -> None:
    found = run("explain", folder, "integrate.gates", "--application", "pay", "--json").json
    assert found["figures"]["claimed"] == {
        "exact": "3/2",
        "rounded": 1.5,
        "sum": "1 + 3 · (1/2 + 0 + 0) / 3 = 3/2 = 1.5",
    }
    assert set(found["figures"]) == {"claimed", "up_to", "evidenced"}
    level = found["parts"][0]
    (gate,) = [part for part in level["parts"] if part["id"] == GATE]
    assert gate["answer"]["cap"] == "challenge"
    (statement,) = gate["answer"]["statements"]
    assert (statement["fact"], statement["value"], statement["fresh"]) == ("gate.blocks", False, True)
    score = run("score", folder, "--json").json["results"]
    for row in score:
        if row["application"] == "pay" and row["practice"] is None:
            said = run("explain", folder, *filter(None, [row["pillar"]]), "--application", "pay", "--json").json
            assert said["figures"]["claimed"]["exact"] == row["exact"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("integrate.gate",), "Did you mean 'integrate.gates'?"),
        (("--application", "pays"), "Did you mean 'pay'?"),
        (("--tier", "9"), "Known: 1, 2, 3."),
        (("--tier", "3"), "has no application"),
        (("--tier", "1", "--application", "pay"), "Name one of them."),
    ],
)
def test_explain_says_what_it_does_not_know(run: Command, folder: Path, arguments: tuple[str, ...], says: str) -> None:
    found = run("explain", folder, *arguments)
    assert (found.code, found.out) == (2, "")
    assert says in found.err


def test_explain_without_applications(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "new"
    assert run("new", path, "--organisation", "Example Firm", "--date", "2026-09-30").code == 0
    assert "not asked" in run("explain", path).out
    # All of its practices are asked for applications.
    assert "there is none: 'colonnade application add'" in run("explain", path, "risk").out
    assert "'colonnade explain'" in run("score", path).out
    found = run("explain", path, "integrate.gates")
    assert found.code == 2
    assert "there is none" in found.err


def test_the_lowest_level_of_a_tier_never_stands_alone(run: Command, folder: Path) -> None:
    said = " ".join(run("score", folder).out.split())
    with Engagement.open(folder) as engagement:
        asked, scores = engagement.questionnaire, evaluated(engagement).scores
    for tier in scores.tiers:
        names = [asked.practices[key].name for key in held_by(asked, scores, tier)]
        held = f"Lowest level 1 Initial, held by {words.listed(names, 2)}"
        assert f"practice–application pairs at target {held}" in said


def test_the_share_not_applicable_stands_beside_the_coverage(run: Command, folder: Path) -> None:
    assert run("answer", folder, GATE, "not-applicable", "--reason", "no gate").code == 0
    overall = [line.split() for line in run("score", folder).out.splitlines() if line.startswith("Overall")]
    assert [line[-2:] for line in overall] == [["0/211", "1"], ["0/211", "1"]]


def test_a_level_says_why_an_application_below_it_does_not_hold_it(run: Command, folder: Path) -> None:
    practice = shipped().questionnaires["financial-devsecops"].practices["integrate.gates"]
    assert run("application", "add", folder, "web", "--name", "Web", "--tier", "2").code == 0
    for criterion in practice.criterion:
        run("answer", folder, criterion.id, "fully")
        if criterion.level > 2:
            run("answer", folder, criterion.id, "not-applicable", "--reason", "none", "--application", "web")
    found = run("explain", folder, practice.id, "--tier", "2").out
    assert "Lowest level 4 Optimized (of those below it nothing further is applicable)\n" in found
    assert "Applications: 1 at level 2, 1 at level 4" in found


def test_an_empty_roadmap_says_why_and_what_to_do(run: Command, folder: Path, tmp_path: Path) -> None:
    run("set", folder, "capacity", "5000")  # where everything fits, the solver is done at once
    assert "Tier 3 has no application" in run("roadmap", folder, "--tier", "3", "--dry-run").out
    assert run("set", folder, "capacity", "0").code == 0
    assert "'colonnade set FOLDER capacity DAYS'" in run("roadmap", folder).out
    for tier in "12":
        assert run("set", folder, "--tier", tier, "target", "1").code == 0
    assert "Nothing to plan" in run("roadmap", folder).out
    path = tmp_path / "new"
    assert run("new", path, "--organisation", "Example Firm", "--date", "2026-09-30").code == 0
    assert "'colonnade application add'" in run("roadmap", path).out


def test_checks_end_with_1_only_where_there_is_an_error(run: Command, folder: Path) -> None:
    found = run("checks", folder)
    assert found.code == 1
    assert found.out.startswith(f"error: Payments, {GATE}\n")
    assert "U+001B" in found.out
    assert "\x1b" not in found.out
    assert found.out.endswith("1 error, 1 warning, 1 hint\n")
    data = run("checks", folder, "--json").json
    assert data["counts"] == {"error": 1, "warning": 1, "hint": 1}
    assert [(entry["rule"], entry["application"], entry["subject"]) for entry in data["checks"]] == [
        ("challenged", "pay", GATE),
        ("no-basis", None, GATE),
        ("no-export", "crm", "crm"),
    ]
    assert run("answer", folder, GATE, "partly", "--application", "pay").code == 0
    calm = run("checks", folder, "--json")
    assert calm.code == 0
    assert calm.json["counts"]["error"] == 0


def test_checks_look_back_to_the_latest_baseline(run: Command, folder: Path, tmp_path: Path) -> None:
    other = "integrate.gates.pipeline-checks"
    days = {"2025-09-30": ("no", "no"), "2026-03-31": ("fully", "no"), "2026-09-30": ("fully", "largely")}
    for day, answers in days.items():
        path = folder if day == "2026-09-30" else tmp_path / day
        if path != folder:
            assert run("new", path, "--organisation", "Example Firm", "--date", day).code == 0
        for criterion, value in zip((GATE, other), answers, strict=True):
            assert run("answer", path, criterion, value).code == 0
    with Engagement.open(folder, write=True) as engagement:
        for day in ("2025-09-30", "2026-03-31"):
            history.keep(engagement, tmp_path / day, "tester")
    found = run("checks", folder, "--json").json["checks"]
    assert [entry["subject"] for entry in found if entry["rule"] == "no-note"] == [other]


def test_regimes_count_obligations_and_list_what_is_behind(run: Command, folder: Path) -> None:
    assert "No regime is in scope" in run("regimes", folder).out
    assert run("set", folder, "regimes", "pci-dss,dora").code == 0
    table = run("regimes", folder, "--json").json["regimes"]
    assert [entry["id"] for entry in table] == ["dora", "pci-dss"]
    for entry in table:
        assert sum(entry["counts"].values()) + entry["without_criteria"] == entry["obligations"]
        assert "each" not in entry
    (dora,) = run("regimes", folder, "dora", "--application", "pay", "--json").json["regimes"]
    assert len(dora["each"]) == dora["obligations"]
    assert any(entry["hours"] for entry in dora["each"])
    assert all(behind["rationale"] for entry in dora["each"] for behind in entry["behind"])
    printed = run("regimes", folder, "dora", "--tier", "1").out
    assert printed.startswith("Tier 1: EU DORA")
    assert "(within " in printed


def test_a_challenged_obligation_is_marked(run: Command, folder: Path) -> None:
    regimes = shipped().regimes
    behind = [(key, entry.number) for key, regime in regimes.items() for entry in regime.obligations_of.get(GATE, ())]
    regime, number = behind[0]
    assert run("set", folder, "regimes", regime).code == 0
    for where, marked in (("pay", True), ("crm", False)):
        (found,) = run("regimes", folder, regime, "--application", where, "--json").json["regimes"]
        (entry,) = [entry for entry in found["each"] if entry["number"] == number]
        assert (GATE in entry["challenged"]) is marked
        assert (found["challenged"] > 0) is marked
        assert ("challenged by evidence" in run("regimes", folder, regime, "--application", where).out) is marked


def test_regimes_says_what_is_not_in_scope_and_what_is_not_covered(run: Command, folder: Path, tmp_path: Path) -> None:
    found = run("regimes", folder, "dora")
    assert found.code == 2
    assert "regimes dora'" in found.err
    assert run("set", folder, "regimes", "pci-dss").code == 0
    assert "regimes pci-dss,dora'" in run("regimes", folder, "dora").err
    found = run("regimes", folder, "law")
    assert found.code == 2
    assert "is no known regime in scope" in found.err
    path = tmp_path / "activities"
    arguments = ("--organisation", "Example Firm", "--date", "2026-09-30", "--questionnaire", "owasp-dsomm")
    assert run("new", path, *arguments).code == 0
    assert run("set", path, "regimes", "dora").code == 0
    assert "covers none" in run("regimes", path).out
    assert "covers none" in run("regimes", path, "dora").out
    (dora,) = run("regimes", path, "dora", "--json").json["regimes"]
    assert (dora["covered"], dora["without_criteria"]) == (False, dora["obligations"])
    assert {entry["standing"] for entry in dora["each"]} == {None}
