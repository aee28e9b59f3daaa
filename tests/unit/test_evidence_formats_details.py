"""Traps of single formats that a whole sample does not show well."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from questionnaires.model import Category
from scoring.evidence.format import Parsed, Rejected
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, read_bytes


def examined(value: object) -> Parsed:
    data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    [source] = read_bytes(data, "given")
    assert isinstance(source, Source)
    outcome = examine(source)
    assert isinstance(outcome, Parsed), outcome
    return outcome


def facts(parsed: Parsed, category: Category | None = None) -> dict[str, object]:
    return {fact.name: fact.value for fact in parsed.facts if fact.category is category}


def sarif(*results: Mapping[str, Any], **run: Any) -> dict[str, Any]:
    tool = {"driver": {"name": "CodeQL", "rules": [{"id": "A", "defaultConfiguration": {"level": "error"}}]}}
    return {"version": "2.1.0", "runs": [{"tool": tool, "results": list(results), **run}]}


def severities(parsed: Parsed) -> dict[str, int]:
    assert parsed.findings is not None
    return {name: count for name, count in parsed.findings.model_dump().items() if count and name != "total"}


@pytest.mark.parametrize(
    ("result", "severity"),
    [
        ({"ruleId": "A"}, "high"),
        ({"ruleIndex": 0}, "high"),
        ({"rule": {"id": "A"}}, "high"),
        ({"rule": {"index": 0}}, "high"),
        ({"ruleId": "A/part/of"}, "high"),
        ({"ruleId": "unknown"}, "medium"),
        ({"ruleIndex": -1}, "medium"),
        ({"ruleIndex": "0"}, "high"),
        ({"ruleId": "B", "ruleIndex": 0}, "high"),
        ({"ruleIndex": 99, "rule": {"toolComponent": {"index": 7}}}, "medium"),
        ({}, "medium"),
        ({"ruleId": "A", "level": "note"}, "low"),
        ({"ruleId": "A", "level": "none"}, "info"),
        ({"ruleId": "A", "properties": {"security-severity": "9.8"}}, "critical"),
        ({"ruleId": "A", "properties": {"security-severity": 4}}, "medium"),
        ({"ruleId": "A", "properties": {"security-severity": "CRITICAL"}}, "critical"),
        ({"ruleId": "A", "properties": {"security-severity": {}, "severity": "low"}}, "low"),
        ({"ruleId": "A", "properties": {"tags": ["security", "HIGH CONFIDENCE"]}}, "high"),
        ({"level": "note", "properties": {"tags": ["MEDIUM"]}}, "medium"),
    ],
)
def test_sarif_severity_is_the_first_that_says_something(result: dict[str, Any], severity: str) -> None:
    assert severities(examined(sarif(result))) == {severity: 1}


@pytest.mark.parametrize(
    ("result", "counts"),
    [
        ({"kind": "fail"}, (1, 1)),
        ({"kind": "pass"}, (0, 0)),
        ({"kind": "notApplicable"}, (0, 0)),
        ({"kind": "open"}, (0, 0)),
        ({"kind": "review"}, (0, 0)),
        ({"kind": "informational"}, (0, 0)),
        ({"baselineState": "new"}, (1, 1)),
        ({"baselineState": "absent"}, (1, 0)),
        ({"suppressions": []}, (1, 1)),
        ({"suppressions": [{"kind": "inSource"}]}, (1, 0)),
        ({"suppressions": [{"status": "accepted"}]}, (1, 0)),
        ({"suppressions": [{"status": "rejected"}]}, (1, 1)),
        ({"suppressions": [{"kind": "inSource"}, {"status": "underReview"}]}, (1, 1)),
    ],
)
def test_sarif_findings_and_open_ones(result: dict[str, Any], counts: tuple[int, int]) -> None:
    parsed = examined(sarif(result))
    assert parsed.findings is not None
    assert (parsed.findings.total, parsed.records.open) == counts
    assert parsed.records.raw == 1


def test_sarif_without_tools_rules_or_results() -> None:
    assert examined({"version": "2.1.0", "runs": []}).records.raw == 0
    nameless = examined({"version": "2.1.0", "runs": [{"results": [{}]}]})
    assert (nameless.tool, nameless.records.raw, nameless.category) == ("unnamed tool", 1, None)
    silent = examined({"$schema": "https://example.com/sarif-2.1.0.json", "runs": [{"results": None}]})
    assert facts(silent) == {}
    assert silent.warnings


def test_sarif_of_a_wrong_type_names_the_place() -> None:
    [source] = read_bytes(json.dumps(sarif({"level": ["secret"]})).encode(), "given")
    assert isinstance(source, Source)
    outcome = examine(source)
    assert isinstance(outcome, Rejected)
    assert "$.runs[0].results[0].level" in outcome.reason
    assert "secret" not in outcome.reason


def test_sarif_of_an_image_scan_is_about_the_image() -> None:
    value = sarif({}, properties={"imageName": "registry.example.com/ledger:1"})
    value["runs"][0]["tool"]["driver"]["name"] = "Trivy"
    parsed = examined(value)
    assert (parsed.category, parsed.subject) == (Category.CONTAINER, "registry.example.com/ledger:1")


def bom(**parts: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", **parts}


@pytest.mark.parametrize(
    ("ratings", "severity"),
    [
        ([], "info"),
        ([{"severity": "unknown"}], "info"),
        ([{"severity": "unknown", "score": 9.1}], "critical"),
        ([{"severity": "none"}], "info"),
        ([{"score": 9.1}], "critical"),
        ([{"score": 9.1, "method": "CVSSv2"}], "high"),
        ([{"score": 9.1, "method": "OWASP"}], "info"),
        ([{"severity": "low", "method": "other"}, {"severity": "high", "method": "CVSSv4"}], "high"),
        ([{"severity": "low"}, {"score": 9.9, "method": "CVSSv31"}], "low"),
    ],
)
def test_cyclonedx_picks_one_of_several_ratings(ratings: list[dict[str, Any]], severity: str) -> None:
    assert severities(examined(bom(vulnerabilities=[{"id": "X", "ratings": ratings}]))) == {severity: 1}


def test_cyclonedx_statements_prove_no_absence() -> None:
    """A VEX that says "not affected" is no scan that found nothing."""
    parsed = examined(bom(vulnerabilities=[{"id": "X", "analysis": {"state": "not_affected"}}]))
    assert facts(parsed) == {"vex.statements": 1}
    assert parsed.records.open == 0


def test_cyclonedx_with_an_empty_list_of_vulnerabilities_was_scanned() -> None:
    component = {"type": "library", "name": "a"}
    assert "scan.present" in facts(examined(bom(components=[component], vulnerabilities=[])), Category.SCA)
    assert facts(examined(bom(components=[component])), Category.SCA) == {}


def test_cyclonedx_without_components_is_no_bill_of_materials() -> None:
    parsed = examined(bom())
    assert (parsed.category, parsed.facts) == (None, ())
    assert parsed.warnings


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"])
def test_cyclonedx_xml_of_every_version(version: str) -> None:
    text = f'<bom xmlns="http://cyclonedx.org/schema/bom/{version}"><components><component/></components></bom>'
    assert examined(text).records.raw == 1


def test_junit_counts_cases_not_attributes() -> None:
    parsed = examined('<testsuite tests="9" failures="9"><testcase name="a"/></testsuite>')
    assert facts(parsed)["tests.total"] == 1
    assert facts(parsed)["tests.passed_share"] == 1.0


def test_junit_without_cases_proves_no_test() -> None:
    parsed = examined("<testsuites/>")
    assert facts(parsed) == {"tests.total": 0, "tests.failed": 0}
    assert parsed.warnings


def test_junit_of_skipped_cases_has_no_pass_share() -> None:
    assert "tests.passed_share" not in facts(examined("<testsuite><testcase><skipped/></testcase></testsuite>"))


def run(number: int, name: str = "CI", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "event": "push",
        "head_sha": str(number),
        "conclusion": "success",
        "created_at": f"2026-01-{number:02d}T08:00:00Z",
        "updated_at": f"2026-01-{number:02d}T08:10:00Z",
        **more,
    }


def pages(*runs: dict[str, Any], total: int = 0) -> dict[str, Any]:
    return {"total_count": total, "workflow_runs": list(runs)}


def test_runs_come_in_many_wrappings() -> None:
    first, second = pages(run(1), total=2), pages(run(2), total=2)
    bare = [{"run_number": 1, "workflow_id": 2, **run(1)}, {"run_number": 2, "workflow_id": 2, **run(2)}]
    concatenated = json.dumps(first) + json.dumps(second)
    arrays = json.dumps(bare[:1]) + json.dumps(bare[1:])
    lines = "\n".join(map(json.dumps, bare))
    fields = [{"name": "CI", "head_branch": "main", "conclusion": "success"}] * 2
    for value in (pages(run(1), run(2), total=2), concatenated, [first, second], bare, arrays, lines, fields):
        parsed = examined(value)
        assert (parsed.format, parsed.records.raw) == ("gh-workflow-runs", 2)
        assert [fact.sample for fact in parsed.facts if fact.sample] == []


@pytest.mark.parametrize("total", [593, "593"])
def test_one_page_of_a_longer_list_is_a_sample(total: int | str) -> None:
    parsed = examined({**pages(run(1)), "total_count": total})
    assert {fact.sample for fact in parsed.facts} == {"1 of 593"}


@pytest.mark.parametrize("value", [run(1), {"run_id": 1, "name": "build", "conclusion": "success"}])
def test_a_run_or_job_by_itself_is_a_sample(value: dict[str, Any]) -> None:
    parsed = examined({"head_branch": "main", **value})
    assert parsed.records.raw == 1
    assert {fact.sample for fact in parsed.facts} <= {"1 of more than 1"}


def test_outcomes_that_are_none_do_not_count() -> None:
    ends = ["success", "failure", "cancelled", "skipped", "neutral", "stale", "action_required", None, "TIMED_OUT", ""]
    parsed = examined(pages(*(run(n + 1, conclusion=end) for n, end in enumerate(ends))))
    assert facts(parsed)["pipeline.success_share"] == 0.3333
    assert (parsed.records.raw, parsed.records.open) == (10, 2)


def test_a_busy_day_is_not_extrapolated() -> None:
    parsed = examined(pages(*(run(n, created_at=f"2026-01-05T{n:02d}:00:00Z") for n in range(1, 9))))
    assert facts(parsed)["pipeline.runs_per_week"] == 8.0


def test_scans_are_told_by_workflow_and_only_where_they_ran() -> None:
    scans = [run(1, "CodeQL"), run(2, "CodeQL", conclusion="cancelled"), run(3, "CI", path=".github/workflows/zap.yml")]
    parsed = examined(pages(*scans, run(4)))
    assert facts(parsed, Category.SAST)["scan.runs"] == 1
    assert facts(parsed, Category.SAST)["scan.change_share"] == 0.25
    assert facts(parsed, Category.DAST)["scan.runs"] == 1


def test_the_list_of_one_workflow_shows_no_share_of_changes() -> None:
    parsed = examined(pages(run(1, "CodeQL"), run(2, "CodeQL")))
    assert "scan.change_share" not in facts(parsed, Category.SAST)


@pytest.mark.parametrize(
    "value",
    [
        {"jobs": [{"name": "gate", "when": "always"}]},
        {"total_count": 3, "items": []},
        [{"conclusion": "x", "status": "y", "url": "z"}],
        [{"number": 1, "state": "open", "rule": {}}],
        [{"name": "lint", "head_sha": "0", "conclusion": "success", "app": {"id": 1}, "check_suite": {"id": 2}}],
    ],
)
def test_other_lists_are_not_taken_for_runs(value: object) -> None:
    [source] = read_bytes(json.dumps(value).encode(), "given")
    assert isinstance(source, Source)
    assert isinstance(examine(source), Rejected)


def test_jobs_of_one_run_from_the_command_line() -> None:
    jobs = [
        {"databaseId": 1, "name": "gitleaks", "conclusion": "failure", "steps": [], "startedAt": "2026-01-05T08:00:00Z"}
    ]
    parsed = examined({"jobs": jobs, "databaseId": 9})
    assert parsed.format == "gh-jobs"
    assert facts(parsed)["gate.failed_runs"] == 1


def test_an_index_that_a_merge_has_shifted_does_not_lead_to_another_rule() -> None:
    rules = [
        {"id": "A", "defaultConfiguration": {"level": "error"}},
        {"id": "B", "defaultConfiguration": {"level": "note"}},
    ]
    log = sarif({"ruleId": "B", "ruleIndex": 0}, tool={"driver": {"name": "CodeQL", "rules": rules}})
    assert severities(examined(log)) == {"low": 1}


def test_no_format_keeps_the_password_of_an_address() -> None:
    component = {"type": "application", "name": "https://bot:placeholder@git.example.org/harbour/rates"}
    bom = {"bomFormat": "CycloneDX", "metadata": {"component": component}, "components": [{"name": "left-pad"}]}
    assert examined(bom).subject == "https://git.example.org/harbour/rates"
    document = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": component["name"], "packages": []}
    assert examined(document).subject == "https://git.example.org/harbour/rates"


@pytest.mark.parametrize("more", [{}, {"added_by_a_later_release": {}}])
def test_a_clean_semgrep_report_is_known_by_its_other_keys(more: dict[str, Any]) -> None:
    parsed = examined({"results": [], "errors": [], "version": "1.140.0", "paths": {"scanned": ["a.py"]}, **more})
    assert (parsed.format, parsed.records.raw) == ("semgrep-json", 0)


def test_colours_of_a_terminal_do_not_break_a_test_report() -> None:
    case = "<testcase name='a'><failure message='\x1b[31mred\x1b[0m'/></testcase>"
    parsed = examined(f"<testsuite name='a' tests='1'>{case}</testsuite>")
    assert (parsed.format, parsed.records.open) == ("junit-xml", 1)
