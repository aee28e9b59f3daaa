"""Traps of the lists that GitHub, GitLab and SonarQube give, which a whole sample does not show well."""

import json
from typing import Any

import pytest

from questionnaires.model import Category
from scoring.evidence import addresses
from scoring.evidence.branches import main_branch
from scoring.evidence.delivery import is_production
from scoring.evidence.format import Outcome, Parsed, Rejected, Undecidable
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, read_bytes


def outcome(value: object, name: str | None = None) -> Outcome:
    data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    [source] = read_bytes(data, "given")
    assert isinstance(source, Source)
    return examine(source, name)


def examined(value: object, name: str | None = None) -> Parsed:
    found = outcome(value, name)
    assert isinstance(found, Parsed), found
    return found


def facts(parsed: Parsed, category: Category | None = None) -> dict[str, object]:
    return {fact.name: fact.value for fact in parsed.facts if fact.category is category}


def severities(parsed: Parsed) -> dict[str, int]:
    assert parsed.findings is not None
    return {name: count for name, count in parsed.findings.model_dump().items() if count and name != "total"}


def code_alert(number: int = 1, **more: Any) -> dict[str, Any]:
    base = {"number": number, "state": "open", "url": "https://api.github.com/repos/bank/pay/code-scanning/alerts/1"}
    return {**base, "rule": {}, "tool": {"name": "CodeQL"}, "most_recent_instance": {}, **more}


def secret_alert(**more: Any) -> dict[str, Any]:
    address = "https://github.com/bank/pay/security/secret-scanning/1"
    return {"number": 1, "html_url": address, "state": "open", "secret_type": "example_token", **more}


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ({"security_severity_level": "critical", "severity": "note"}, "critical"),
        ({"security_severity_level": None, "severity": "error"}, "high"),
        ({"security_severity_level": "None", "severity": "warning"}, "info"),
        ({"severity": "note"}, "low"),
        ({"severity": None}, "info"),
        ({}, "info"),
    ],
)
def test_code_scanning_severity(rule: dict[str, Any], severity: str) -> None:
    assert severities(examined([code_alert(rule=rule)])) == {severity: 1}


def test_code_scanning_texts_instead_of_nulls() -> None:
    parsed = examined([code_alert(fixed_at="None", dismissed_at="None", repository="None", created_at="yesterday")])
    assert (parsed.captured_at, parsed.subject, parsed.records.open) == (None, "bank/pay", 1)


def test_alerts_that_overlapping_pages_repeat_are_one() -> None:
    parsed = examined([code_alert(1), code_alert(2), code_alert(2)])
    assert (parsed.records.raw, parsed.records.distinct) == (3, 2)


def test_code_scanning_by_the_tools_that_upload() -> None:
    parsed = examined([code_alert(1), code_alert(2, tool={"name": "Gitleaks"}), code_alert(3, tool=None)])
    assert parsed.tool == "CodeQL, Gitleaks"
    assert parsed.category is None
    assert facts(parsed, Category.SECRETS)["findings.open"] == 1
    assert facts(parsed, Category.SAST)["findings.open"] == 2


@pytest.mark.parametrize(
    ("alert", "severity", "opened"),
    [
        ({"validity": "active"}, "critical", 1),
        ({"validity": "unknown"}, "high", 1),
        ({"state": "resolved", "resolution": "revoked"}, "high", 0),
        ({"state": "resolved", "resolution": "used_in_tests"}, "medium", 0),
        ({"state": "resolved", "resolution": "false_positive", "validity": "active"}, "info", 0),
    ],
)
def test_secret_severity(alert: dict[str, Any], severity: str, opened: int) -> None:
    parsed = examined([secret_alert(**alert)])
    assert (severities(parsed), parsed.records.open) == ({severity: 1}, opened)


def test_no_secret_is_shown() -> None:
    secret = "xq-not-a-real-secret-0815"
    alerts = examined([secret_alert(secret=secret, resolution_comment=secret)])
    finding = {"severity": "Critical", "identifiers": [], "location": {"commit": {}, "file": "a"}, "id": "1"}
    report = examined({"version": "15", "vulnerabilities": [{**finding, "raw_source_code_extract": secret}]})
    assert report.format == "gitlab-secret"
    assert secret not in repr(alerts) + repr(report)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("no analysis found", "gh-code-scanning-alerts"),
        ("Code Security must be enabled for this repository to use code scanning.", "gh-code-scanning-alerts"),
        ("Dependabot alerts are disabled for this repository.", "gh-dependabot-alerts"),
        ("Secret scanning is disabled on this repository.", "gh-secret-scanning-alerts"),
    ],
)
def test_a_feature_that_is_off_is_evidence_of_absence(message: str, name: str) -> None:
    parsed = examined({"message": message, "documentation_url": "https://docs.github.com/rest", "status": "403"})
    assert (parsed.format, parsed.records.raw, facts(parsed)) == (name, 0, {"scan.present": False})


PROTECTION = "https://docs.github.com/rest/branches/branch-protection#get-branch-protection"


@pytest.mark.parametrize(
    ("message", "protected"),
    [
        ("Branch not protected", False),
        ("Upgrade to GitHub Pro or make this repository public to enable this feature.", False),
        ("Not Found", None),
        ("Must have admin rights to Repository.", None),
        ("Resource not accessible by integration", None),
    ],
)
def test_only_a_plain_no_says_that_a_branch_is_not_protected(message: str, protected: bool | None) -> None:
    found = outcome({"message": message, "documentation_url": PROTECTION})
    if protected is None:
        assert isinstance(found, Rejected)
        assert "GitHub" in found.reason
    else:
        assert isinstance(found, Parsed)
        assert facts(found) == {"branch.protected": protected}


def test_what_protection_does_not_mention_is_off() -> None:
    url = "https://api.github.com/repos/bank/pay/branches/release%2F1/protection"
    parsed = examined({"url": url, "enforce_admins": {"enabled": False}})
    assert (parsed.subject, parsed.branch) == ("bank/pay", "release/1")
    assert facts(parsed) == {
        "branch.protected": True,
        "branch.required_reviews": 0,
        "branch.code_owner_review": False,
        "branch.stale_reviews_dismissed": False,
        "branch.admins_bound": False,
        "branch.force_push_blocked": True,
        "branch.direct_push_blocked": False,
        "branch.signed_commits": False,
        "branch.status_checks": 0,
        "branch.security_check": False,
    }


def test_protection_of_the_default_branch_from_graphql() -> None:
    def ask(rule: object) -> Parsed:
        head = {"name": "mainline", "branchProtectionRule": rule}
        return examined({"data": {"repository": {"nameWithOwner": "bank/pay", "defaultBranchRef": head}}})

    assert facts(ask({"requiredApprovingReviewCount": 2}))["branch.required_reviews"] == 2
    assert facts(ask(None)) == {"branch.protected": False}


def ruleset(**more: Any) -> dict[str, Any]:
    rules = [{"type": "pull_request", "parameters": {"required_approving_review_count": 2}}]
    return {
        "id": 1,
        "name": "x",
        "target": "branch",
        "source": "bank/pay",
        "enforcement": "active",
        "rules": rules,
    } | more


@pytest.mark.parametrize(
    ("more", "reviews"),
    [
        ({}, 2),
        ({"conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}}, 2),
        ({"conditions": {"ref_name": {"include": ["~ALL"], "exclude": ["refs/heads/main"]}}}, None),
        ({"conditions": {"ref_name": {"include": ["refs/heads/release/*"], "exclude": []}}}, None),
        ({"target": "tag"}, None),
        ({"enforcement": "evaluate"}, None),
        ({"enforcement": "disabled"}, None),
        ({"rules": None}, None),
        ({"rules": []}, None),
    ],
)
def test_only_active_rules_about_the_main_branch_count(more: dict[str, Any], reviews: int | None) -> None:
    assert facts(examined([ruleset(**more)])).get("branch.required_reviews") == reviews


@pytest.mark.parametrize(
    ("actor", "bound"),
    [
        ({"actor_id": 5, "actor_type": "RepositoryRole"}, False),
        ({"actor_id": 1, "actor_type": "OrganizationAdmin"}, False),
        ({"actor_id": 5, "actor_type": "Team"}, True),
    ],
)
def test_administrators_that_pass_by_the_rules(actor: dict[str, Any], bound: bool) -> None:
    assert facts(examined([ruleset(bypass_actors=[actor])]))["branch.admins_bound"] is bound
    assert "branch.admins_bound" not in facts(examined([ruleset()]))


def test_rulesets_prove_nothing_by_what_they_leave_out() -> None:
    given = facts(examined([ruleset(rules=[{"type": "deletion"}])]))
    assert given == {"branch.protected": True}


def alert(**more: Any) -> dict[str, Any]:
    advisory = {"ghsaId": "GHSA-0", "identifiers": [{"type": "CVE", "value": "CVE-1"}]}
    vulnerability = {"severity": "HIGH", "package": {"name": "x"}, "advisory": advisory}
    return {"securityVulnerability": vulnerability, **more}


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        ({"repository": {"vulnerabilityAlerts": {"nodes": [alert(id="1"), alert(id="2"), None]}}}, (2, 2)),
        ({"search": {"nodes": [{"name": "a", "vulnerabilityAlerts": {"nodes": [alert(), alert()]}}]}}, (2, 1)),
        (
            {
                "organization": {
                    "repositories": {
                        "edges": [
                            {"node": {"name": name, "vulnerabilityAlerts": {"edges": [{"node": alert()}]}}}
                            for name in ("ledger", "cards")
                        ]
                    }
                }
            },
            (2, 2),
        ),
        ({"search": {"nodes": [{"name": "a", "vulnerabilityAlerts": {"nodes": []}}]}}, (0, 0)),
    ],
)
def test_alerts_wherever_a_query_put_them(data: dict[str, Any], counts: tuple[int, int]) -> None:
    parsed = examined({"data": data})
    assert (parsed.records.raw, parsed.records.distinct) == counts
    assert examined([{"data": data}]).records == parsed.records


def test_alerts_that_a_query_was_denied() -> None:
    denied = {"data": {"repository": {"vulnerabilityAlerts": None}}, "errors": [{"type": "FORBIDDEN"}]}
    assert isinstance(outcome(denied), Rejected)


def finding(**more: Any) -> dict[str, Any]:
    return {"severity": "High", "identifiers": [{"type": "cwe", "value": 89}], "location": {}, **more}


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ({"location": {"file": "a", "start_line": 1, "dependency": {"package": {}}}}, "gitlab-sast"),
        ({"location": {"file": "a", "dependency": {"package": {"name": "x"}}}}, "gitlab-dependency"),
        ({"location": {"image": "a:1", "dependency": {"package": {"name": "x"}}}}, "gitlab-container"),
        ({"location": {"image": "a:1", "kubernetes_resource": {}}}, "gitlab-cluster-image"),
        ({"location": {"file": "a", "commit": {"sha": "1"}}}, "gitlab-secret"),
        ({"location": {"hostname": "https://a", "path": "/"}}, "gitlab-dast"),
        ({"location": {"path": "/", "method": "GET"}}, "gitlab-dast"),
        ({"location": {"crash_type": "x"}}, "gitlab-coverage-fuzzing"),
        ({"location": {"path": "/"}, "category": "api_fuzzing"}, "gitlab-api-fuzzing"),
        ({"location": {"file": "a"}, "category": "secret_detection"}, "gitlab-secret"),
    ],
)
def test_kind_of_a_report_without_a_scan(first: dict[str, Any], name: str) -> None:
    assert examined({"version": "14.0.0", "vulnerabilities": [finding(**first)]}).format == name
    if "image" not in first["location"]:
        assert examined([finding(**first, cve="k")]).format == name


def test_an_empty_report_that_could_be_of_any_kind() -> None:
    found = outcome({"version": "15.0.0", "vulnerabilities": [], "remediations": []})
    assert isinstance(found, Undecidable)
    assert "gitlab-sast" in found.candidates
    said = examined({"version": "15.0.0", "vulnerabilities": [], "remediations": []}, "gitlab-dast")
    assert (said.format, said.records.raw) == ("gitlab-dast", 0)


def test_infrastructure_code_in_a_sast_report() -> None:
    scan = {"type": "sast", "scanner": {"id": "kics", "name": "KICS"}}
    assert examined({"version": "15", "scan": scan, "vulnerabilities": []}).category is Category.IAC


def job(**more: Any) -> dict[str, Any]:
    pipeline = {"id": 1, "status": "success", "created_at": "2026-03-01T10:00:00Z"}
    times = {"created_at": "2026-03-01T10:00:00Z", "started_at": "2026-03-01T10:00:05Z"}
    return {"id": 1, "name": "sast", "stage": "test", "status": "success", "pipeline": pipeline, **times, **more}


@pytest.mark.parametrize(
    ("more", "blocks", "stopped"),
    [
        ({"allow_failure": True}, False, 0),
        ({"allow_failure": False}, True, 0),
        ({"allow_failure": False, "status": "failed"}, True, 1),
        ({"allow_failure": True, "status": "failed"}, False, 0),
        ({"status": "failed", "started_at": None}, None, None),
        ({"status": "manual"}, None, None),
        ({"status": "canceled"}, None, None),
        ({"name": "lint", "stage": "sast"}, None, None),
    ],
)
def test_gate_of_a_security_job(more: dict[str, Any], blocks: bool | None, stopped: int | None) -> None:
    parsed = examined([job(**more)])
    assert facts(parsed, Category.SAST).get("gate.blocks") is blocks
    assert facts(parsed).get("gate.failed_runs") == stopped


def test_the_latest_run_of_a_job_tells_how_the_gate_is_set() -> None:
    later = job(id=2, allow_failure=True, created_at="2026-03-09T10:00:00Z")
    assert facts(examined([later, job(allow_failure=False)]), Category.SAST)["gate.blocks"] is False


@pytest.mark.parametrize(
    ("levels", "blocked"),
    [
        ([{"access_level": 0}], True),
        ([], True),
        ([{"access_level": 0}, {"access_level": 40, "deploy_key_id": 3}], True),
        ([{"access_level": 40}], False),
        ([{"access_level": None, "user_id": 7}], False),
    ],
)
def test_who_may_push_to_a_protected_branch(levels: list[dict[str, Any]], blocked: bool) -> None:
    given = examined([{"name": "main", "push_access_levels": levels, "merge_access_levels": []}])
    assert facts(given)["branch.direct_push_blocked"] is blocked


def test_protected_branches_without_a_main_one_give_no_facts() -> None:
    listed: list[dict[str, Any]] = [
        {"name": name, "push_access_levels": [], "merge_access_levels": []} for name in ("a", "b")
    ]
    parsed = examined(listed)
    assert (parsed.records.raw, parsed.facts) == (2, ())
    assert parsed.warnings


def sonar_issue(**more: Any) -> dict[str, Any]:
    return {"key": "k", "component": "c", "project": "p", "status": "OPEN", "type": "VULNERABILITY", **more}


def sonar(*issues: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"paging": {"pageIndex": 1, "pageSize": 100, "total": len(issues)}, "issues": list(issues), **more}


@pytest.mark.parametrize(
    ("issue", "severity"),
    [
        ({"severity": "BLOCKER"}, "critical"),
        ({"severity": "CRITICAL"}, "high"),
        ({"severity": "MAJOR", "impacts": [{"softwareQuality": "SECURITY", "severity": "BLOCKER"}]}, "critical"),
        (
            {
                "impacts": [
                    {"softwareQuality": "MAINTAINABILITY", "severity": "HIGH"},
                    {"softwareQuality": "SECURITY", "severity": "LOW"},
                ]
            },
            "low",
        ),
        ({"severity": "MINOR", "impacts": []}, "low"),
        ({}, "info"),
    ],
)
def test_sonarqube_severity(issue: dict[str, Any], severity: str) -> None:
    assert severities(examined(sonar(sonar_issue(**issue)))) == {severity: 1}


@pytest.mark.parametrize(
    ("issue", "opened", "suppressed"),
    [
        ({"status": "CONFIRMED"}, 1, 0),
        ({"status": "REOPENED"}, 1, 0),
        ({"status": "RESOLVED", "resolution": "FALSE-POSITIVE"}, 0, 1),
        ({"status": "RESOLVED", "resolution": "FIXED"}, 0, 0),
        ({"status": "OPEN", "issueStatus": "ACCEPTED"}, 0, 1),
        ({"status": "TO_REVIEW"}, 1, 0),
        ({"status": "REVIEWED", "resolution": "ACKNOWLEDGED"}, 0, 1),
    ],
)
def test_sonarqube_state(issue: dict[str, Any], opened: int, suppressed: int) -> None:
    given = facts(examined(sonar(sonar_issue(**issue))))
    assert (given["findings.open"], given["findings.suppressed"]) == (opened, suppressed)


def test_sonarqube_code_smells_do_not_pass_for_vulnerabilities() -> None:
    parsed = examined(sonar(sonar_issue(key="1", type="CODE_SMELL", severity="BLOCKER"), sonar_issue(key="2")))
    assert (parsed.records.raw, facts(parsed)["findings.total"]) == (2, 1)
    assert facts(parsed)["findings.critical.open"] == 0


def test_sonarqube_pages_in_a_row() -> None:
    page = sonar(sonar_issue(), total=3)
    parsed = examined(json.dumps(page) + json.dumps(page))
    assert parsed.records.raw == 2
    assert {fact.sample for fact in parsed.facts} == {"2 of 3"}


@pytest.mark.parametrize(
    ("name", "passed"),
    [
        ("Passed", True),
        ("Failed", False),
        ("Red (was Green)", False),
        ("Green (was Red)", True),
        ("Quality Gate is Red (was Orange)", False),
        ("Something else", None),
    ],
)
def test_outcome_of_a_gate_among_the_events(name: str, passed: bool | None) -> None:
    event = {"category": "QUALITY_GATE", "name": name}
    analysis = {"key": "a", "date": "2026-03-01T10:00:00+0100", "events": [event]}
    assert facts(examined({"paging": {"total": 1}, "analyses": [analysis]})).get("gate.passed") is passed


@pytest.mark.parametrize(("status", "passed"), [("OK", True), ("WARN", True), ("ERROR", False), ("NONE", None)])
def test_outcome_of_a_gate(status: str, passed: bool | None) -> None:
    assert facts(examined({"projectStatus": {"status": status}})).get("gate.passed") is passed


@pytest.mark.parametrize("day", ["Thursday, Jan 18, 2024", "Thu Jan 18 2024", "2024-01-18"])
def test_day_of_a_sonar_report(day: str) -> None:
    parsed = examined({"date": day, "sonarBaseURL": "https://a", "sonarComponent": "c", "issues": []})
    assert parsed.captured_at is not None
    assert parsed.captured_at.date().isoformat() == "2024-01-18"


def test_a_web_page_that_is_no_report() -> None:
    found = outcome("<!doctype html><html><head><title>Welcome</title></head><body><p>x<br></body></html>")
    assert isinstance(found, Rejected)
    assert "web page" in found.reason


@pytest.mark.parametrize(
    ("name", "production"),
    [
        ("production", True),
        ("prod-eu", True),
        ("eu/live", True),
        ("PRD", True),
        ("pre-production", False),
        ("preprod", False),
        ("non-prod", False),
        ("product-demo", False),
        ("staging", False),
        ("delivery", False),
    ],
)
def test_production_by_name(name: str, production: bool) -> None:
    assert is_production(name) is production


@pytest.mark.parametrize(
    ("names", "main"),
    [
        (["release/*", "main"], "main"),
        (["master", "main"], "main"),
        (["*"], "*"),
        (["stable"], "stable"),
        (["a", "b"], None),
        ([], None),
    ],
)
def test_main_branch_among_several(names: list[str], main: str | None) -> None:
    assert main_branch(names) == main


def test_addresses() -> None:
    assert addresses.github("https://api.github.com/repos/bank/pay/branches/main") == "bank/pay"
    assert addresses.github(None, "https://ghe.example.org/bank/pay/security/1") == "bank/pay"
    assert addresses.github("https://api.github.com/orgs/bank") == ""
    assert addresses.gitlab("https://user:word@gitlab.example.org/a/b/c/-/jobs/1") == "a/b/c"
    assert addresses.branch("refs/heads/a/b") == "a/b"
    assert addresses.branch("refs/pull/1/merge") == ""
