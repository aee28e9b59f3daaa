"""Traps of test results and of coverage reports."""

import json
from typing import Any

import pytest

from scoring.evidence.format import Outcome, Parsed, Rejected
from scoring.evidence.linehits import number, stamp
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, read_bytes
from scoring.evidence.testcases import seconds


def outcome(content: str) -> Outcome:
    [source] = read_bytes(content.encode(), "given")
    assert isinstance(source, Source)
    return examine(source)


def examined(content: str) -> Parsed:
    found = outcome(content)
    assert isinstance(found, Parsed), found
    return found


def facts(parsed: Parsed) -> dict[str, object]:
    return {fact.name: fact.value for fact in parsed.facts}


def suite(name: str, *cases: str, package: str = "") -> str:
    return f'<testsuites><testsuite name="{name}" package="{package}">{"".join(cases)}</testsuite></testsuites>'


def failing(name: str, **attributes: str) -> str:
    told = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f'<testcase name="{name}"><failure {told}/></testcase>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5", 1.5),
        ("1,234.5", 1234.5),
        ("0,005", 0.005),
        ("00:01:00.25", 60.25),
        ("1.00:00:01.5", 86401.5),
        ("00:01", 0.0),
        ("x:y:z", 0.0),
        ("-3", 0.0),
        ("nan", 0.0),
        ("inf", 0.0),
        ("", 0.0),
        (None, 0.0),
    ],
)
def test_durations(text: str | None, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("name", "package", "tool", "category"),
    [
        ("semgrep results", "", "semgrep", "sast"),
        ("KICS v2.1.3", "", "KICS", "iac"),
        ("TERRASCAN_POLICY_SUITE", "", "TERRASCAN", "iac"),
        ("CloudFormation Lint", "", "CloudFormation Lint", "iac"),
        ("bandit", "", "bandit", "sast"),
        ("dependency-check", "", "dependency-check", "sca"),
        ("Dastardly scan issues for https://example.com", "", "Dastardly", "dast"),
        ("gitleaks", "", "gitleaks", "secrets"),
        ("/app/a.js", "org.eslint", "eslint", None),
        ("pylint", "", "pylint", None),
        ("TrivyParserTest", "", "JUnit", "test"),
        ("com.example.ZapClientTest", "", "JUnit", "test"),
        ("pytest", "", "JUnit", "test"),
        ("", "", "JUnit", "test"),
    ],
)
def test_gates_are_told_from_tests(name: str, package: str, tool: str, category: str | None) -> None:
    found = examined(suite(name, "<testcase name='a'/>", failing("b"), package=package))
    assert (found.tool, found.category) == (tool, category)
    assert ("gate.passed" in facts(found)) is (category != "test")
    assert found.records.raw == 2
    assert found.records.open == 1


def test_one_suite_named_after_a_scanner_among_others_is_a_test() -> None:
    suites = '<testsuite name="zap"><testcase/></testsuite><testsuite name="ledger"><testcase/></testsuite>'
    assert examined(f"<testsuites>{suites}</testsuites>").category == "test"


@pytest.mark.parametrize(
    ("name", "case", "severity"),
    [
        ("trivy", failing("[CRITICAL] CVE-2026-1"), "critical"),
        ("alpine:3.20 (alpine 3.20.1)", failing("[LOW] CVE-2026-1"), "low"),
        ("tfsec", failing("[aws-s3-no-public][HIGH] - a bucket"), "high"),
        ("terraform scan", failing("[NONE][CKV_AWS_1] a"), "medium"),
        ("terraform scan", failing("[CRITICAL][CKV_AWS_1] a"), "critical"),
        ("semgrep results", failing("a", type="WARNING"), "medium"),
        ("semgrep results", failing("a", type="INFO"), "low"),
        ("bandit", failing("a", type="LOW", message="x"), "low"),
        ("dependency-check", failing("CVE-2026-1", message="cvssV3: HIGH, score: 7.5"), "high"),
        ("eslint", failing("a", type="error"), "high"),
        ("gitleaks", failing("a", type="Generic API Key"), "high"),
        ("tfsec", failing("a", type="AssertionError"), "medium"),
        (
            "Hardcoded credentials",
            failing("a.go", message="Found 1 vulnerability. See stacktrace for details."),
            "medium",
        ),
    ],
)
def test_severity_of_a_gate(name: str, case: str, severity: str) -> None:
    found = examined(suite(name, case))
    assert found.findings is not None
    assert found.findings.model_dump()[severity] == 1


def test_a_scanner_without_cases_found_nothing() -> None:
    found = examined('<testsuites name="trivy"></testsuites>')
    assert facts(found)["gate.passed"] is True
    assert facts(found)["findings.total"] == 0
    assert not found.warnings


def test_junit_of_eclipse() -> None:
    case = '<testcase name="a" ignored="true"/>'
    content = f'<testrun name="x"><testsuite name="s">{case}<testcase name="b"/></testsuite></testrun>'
    assert facts(examined(content))["tests.skipped_share"] == 0.5


@pytest.mark.parametrize(
    "content",
    [
        "<TestRun><results/><info/></TestRun>",
        '<assembly name="x"><references/></assembly>',
        "<assemblies><part/></assemblies>",
        "<report><task/><results/></report>",
        "<report/>",
        '<coverage version="1"><file path="a"/></coverage>',
        "mode: x\n",
        "Modes: set\n",
        "SF: a file\n",
        '{"Action": "start", "Actor": {}}',
        '{"Action": "create", "Package": "x"}',
    ],
)
def test_other_files_are_not_taken_for_ours(content: str) -> None:
    assert isinstance(outcome(content), Rejected)


def test_trx_without_an_outcome_has_failed() -> None:
    namespace = "http://microsoft.com/schemas/VisualStudio/TeamTest/2006"
    found = examined(f'<TestRun xmlns="{namespace}"><Results><UnitTestResult testName="a"/></Results></TestRun>')
    assert facts(found)["tests.failed"] == 1


def events(*told: dict[str, Any]) -> str:
    return "\n".join(json.dumps(one) for one in told)


def test_go_events_come_as_lines_or_as_a_list() -> None:
    run = {"Action": "run", "Package": "p", "Test": "T"}
    done = {"Action": "pass", "Package": "p", "Test": "T", "Elapsed": 60}
    for content in (events(run, done), json.dumps([run, done]), "# build output\n" + events(run, done)):
        found = facts(examined(content))
        assert (found["tests.total"], found["tests.failed"]) == (1, 0)
        assert found["tests.duration_minutes"] == 1.0


def test_go_runs_of_the_same_test_are_several_cases() -> None:
    run = {"Action": "run", "Package": "p", "Test": "T"}
    failed = {"Action": "fail", "Package": "p", "Test": "T", "Elapsed": "x"}
    records = examined(events(run, failed, run, failed)).records
    assert (records.raw, records.open, records.distinct) == (2, 2, 1)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1653406063", 2022),
        ("1653406063000", 2022),
        ("1653406063.25", 2022),
        ("1.653406063E12", 2022),
        ("2022-05-24T15:27:43", 2022),
        ("0", None),
        ("-5", None),
        ("1e300", None),
        ("9" * 30, None),
        ("", None),
        (None, None),
    ],
)
def test_timestamps_in_seconds_or_milliseconds(text: str | None, year: int | None) -> None:
    read = stamp(text)
    assert (read and read.year) == year


def test_counts_however_they_are_written() -> None:
    texts = ["3", "-1", "2874063630", "1e+10", "3.0", "9" * 40, "x", "", "nan", "1e400", None]
    assert [number(text) for text in texts] == [3, -1, 2874063630, 10**10, 3, None, None, None, None, None, None]


def test_cobertura_without_conditions_or_numbers() -> None:
    lines = '<line number="1" hits="1" branch="true"/><line hits="x" number="2" condition-coverage="50% (9/2)"/>'
    content = f'<coverage line-rate="0.5"><class filename="a"><lines>{lines}</lines></class></coverage>'
    found = examined(content)
    assert facts(found)["coverage.line_share"] == 0.5
    assert "coverage.branch_share" not in facts(found)
    assert not found.warnings


def test_coverage_of_nothing_is_no_coverage() -> None:
    for content in (
        '<coverage line-rate="1" lines-covered="0" lines-valid="0"/>',
        "<CoverageSession/>",
        '<coverage generated="1" clover="3"><project/></coverage>',
        '<report name="a"><sessioninfo/></report>',
        "mode: set\n",
        "TN:\nSF:a\nend_of_record\n",
    ):
        found = examined(content)
        assert not [fact for fact in found.facts if fact.name.startswith("coverage.")]
        assert found.warnings == ("The report lists nothing that could be covered.",)


def test_jacoco_without_line_numbers() -> None:
    counter = '<counter type="INSTRUCTION" missed="1" covered="3"/>'
    found = examined(f'<report name="a"><package name="p">{counter}</package>{counter}</report>')
    assert "coverage.line_share" not in facts(found)
    assert any("javac -g" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "end",
    ["SF:b\nDA:1,1\n", "SF:b\nDA:1", "TN:x\n", "T", "end_of_recor"],
)
def test_a_tracefile_must_end_its_last_record(end: str) -> None:
    assert isinstance(outcome("SF:a\nDA:1,1\nend_of_record\n" + end), Rejected)


def test_a_tracefile_may_carry_more() -> None:
    found = examined("# made by lcov 2\nTN:x\nVER:1\nSF:a\nFNL:0,1,2\nMCDC:1,2,t,1,0,x\nDA:1,1\nend_of_record\nEOF\n")
    assert facts(found)["coverage.line_share"] == 1.0


@pytest.mark.parametrize("line", ["DA:x,1", "DA:1", "BRDA:1,2", "LF:x"])
def test_a_broken_tracefile_names_the_line(line: str) -> None:
    found = outcome(f"SF:a\n{line}\nend_of_record\n")
    assert isinstance(found, Rejected)
    assert "Line 2" in found.reason


def test_a_cover_profile_that_is_cut_off() -> None:
    head = "mode: set\nexample.com/a/b.go:1.1,2.2 3 1\n"
    assert isinstance(outcome(head + "example.com/a/b.go:3.1,4.2 1 "), Rejected)
    assert isinstance(outcome(head + "what is this\n"), Rejected)
    found = examined(head + "example.com/a/b.go:3.1,4.2 1 0")
    assert facts(found)["coverage.line_share"] == 0.75
    assert len(found.warnings) == 1
