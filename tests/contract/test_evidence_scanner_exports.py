"""What scanners' exports look like beside their samples: errors, empty reports, several in one file, nulls."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from scoring.evidence.format import Outcome, Parsed, Rejected, Undecidable
from scoring.evidence.ingest import as_json, inspect
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, read_bytes

DATA = Path(__file__).parents[1] / "data" / "evidence"
SECRETS = ("gitleaks-json", "gitleaks-csv", "trufflehog-jsonl", "detect-secrets-json", "trivy-json")


def outcome(text: str) -> Outcome:
    [source] = read_bytes(text.encode(), "given")
    assert isinstance(source, Source)
    return examine(source)


def parsed(*values: Any) -> Parsed:
    found = outcome("\n".join(map(json.dumps, values)))
    assert isinstance(found, Parsed), found
    return found


@pytest.mark.parametrize(
    "document",
    [
        {"error": {"code": "ENOAUDIT", "summary": "Your configured registry does not support audits", "detail": ""}},
        {"error": {"code": "ENOLOCK", "summary": "This command requires an existing lockfile.", "detail": "Try"}},
        {"message": "request to https://registry.example failed", "error": {"summary": "", "detail": ""}},
        {"error": {"code": "ERR_PNPM_AUDIT_NO_LOCKFILE", "message": "No pnpm-lock.yaml found"}},
        {"type": "error", "data": "An unexpected error occurred: https://registry/-/npm/v1/security/audits: refused"},
        {"ok": False, "error": "Could not detect supported target files", "path": "/build"},
    ],
)
def test_an_error_is_no_audit_without_findings(document: dict[str, Any]) -> None:
    found = outcome(json.dumps(document))
    assert isinstance(found, Rejected)
    assert "error instead of" in found.reason


def test_a_clean_audit_of_npm_6_or_pnpm_is_asked_about() -> None:
    counts = dict.fromkeys(("info", "low", "moderate", "high", "critical"), 0)
    document = {"actions": [], "advisories": {}, "muted": [], "metadata": {"vulnerabilities": counts}}
    found = outcome(json.dumps(document))
    assert isinstance(found, Undecidable)
    assert found.candidates == ("npm-audit-v1", "pnpm-audit")


def test_a_package_that_is_vulnerable_only_through_another_repeats_it() -> None:
    advisory = {"source": 1, "name": "ms", "title": "sample"}
    found = parsed(
        {
            "auditReportVersion": 2,
            "vulnerabilities": {
                "ms": {"severity": "high", "via": [advisory, {**advisory, "source": 2}, {**advisory, "source": 3}]},
                "debug": {"severity": "high", "via": ["ms"]},
            },
            "metadata": {"vulnerabilities": {"high": 2, "total": 2}},
        }
    )
    assert (found.records.raw, found.records.open, found.records.distinct) == (2, 2, 1)
    assert any("3 advisories" in warning for warning in found.warnings)


def test_a_table_is_cut_off_where_its_last_record_is_short() -> None:
    header = "RuleID,Commit,File,Secret,Tags\n"
    whole = header + "rule,,a.py,sample,\nrule,,b.py,sample,\n"
    assert isinstance(outcome(whole), Parsed)
    assert isinstance(outcome(header), Parsed)
    for cut in (header.strip(), whole[:-4], whole + 'rule,,"c.py'):
        assert isinstance(outcome(cut), Rejected)


def shown(path: Path) -> str:
    return "".join(json.dumps(as_json(one)) for one in inspect([path]))


@pytest.mark.parametrize("name", SECRETS)
def test_neither_a_secret_nor_its_digest_is_shown(name: str) -> None:
    samples = [path for path in (DATA / name).iterdir() if not path.name.endswith(".expected.json")]
    secrets = [f"sample-not-a-secret-{number}" for number in range(1, 9)]
    given = "".join(path.read_text(encoding="utf-8") for path in samples)
    held = [secret for secret in secrets if secret in given]
    assert held or name in ("detect-secrets-json", "trivy-json")
    for path in samples:
        text = shown(path)
        for secret in held:
            data = secret.encode()
            for form in (secret, base64.b64encode(data).decode(), *(_digests(data))):
                assert form not in text
        # The digests that detect-secrets itself writes, and what Trivy masks.
        assert not any(digest * 40 in text for digest in "012")
        assert "****" not in text


def _digests(data: bytes) -> list[str]:
    return [hashlib.new(kind, data).hexdigest() for kind in ("md5", "sha1", "sha256")]


TRIVY = {"SchemaVersion": 2, "ArtifactName": "a", "ArtifactType": "container_image"}


def test_several_trivy_reports_are_read_as_one() -> None:
    vulnerable = {"VulnerabilityID": "CVE-1", "PkgName": "p", "InstalledVersion": "1", "Severity": "HIGH"}
    first = {**TRIVY, "Results": [{"Target": "a", "Class": "os-pkgs", "Vulnerabilities": [vulnerable]}]}
    assert parsed(first, TRIVY).records.raw == 1
    assert parsed([first, {**first, "CreatedAt": "2026-01-01T00:00:00Z"}]).records.raw == 2
    assert parsed([first, first]).records.distinct == 1


def test_a_fix_that_exists_is_no_fixed_finding() -> None:
    vulnerable = {"VulnerabilityID": "CVE-1", "FixedVersion": "2", "Status": "fixed", "Severity": "HIGH"}
    found = parsed({**TRIVY, "Results": [{"Target": "a", "Class": "os-pkgs", "Vulnerabilities": [vulnerable]}]})
    assert found.records.open == 1


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({**TRIVY, "Results": None}, "trivy-json"),
        ({**TRIVY, "Results": [{"Target": "a", "Class": None, "Vulnerabilities": None, "More": 1}]}, "trivy-json"),
        ({"ClusterName": "c"}, "trivy-json"),
        ([{"Target": "a", "Vulnerabilities": None}], "trivy-json"),
        ({"apiVersion": "aquasecurity.github.io/v1alpha1", "kind": "VulnerabilityReport"}, "trivy-operator-json"),
        ({"matches": [], "descriptor": {"name": "grype", "version": "1"}, "source": None}, "grype-json"),
        ({"results": [], "errors": [], "paths": {"scanned": None}, "version": None}, "semgrep-json"),
        ({"vulns": [], "hasMore": False}, "semgrep-app-json"),
        ([{"RuleID": "r", "Secret": None, "File": None}], "gitleaks-json"),
        ({"SourceMetadata": None, "DetectorName": None, "Verified": None}, "trufflehog-jsonl"),
        ({"plugins_used": None, "results": {}}, "detect-secrets-json"),
        ({"vulnerabilities": [], "ok": True, "dependencyCount": None}, "snyk-json"),
        ({"infrastructureAsCodeIssues": [], "ok": None}, "snyk-json"),
        ({"jsonapi": {}, "data": [], "links": {"self": "/rest/orgs/o/issues?x=1"}}, "snyk-issues-json"),
        ({"auditReportVersion": 2, "vulnerabilities": None, "metadata": None}, "npm-audit-v2"),
        ({"advisories": {}, "metadata": None, "runId": "r"}, "npm-audit-v1"),
        ({"type": "auditSummary", "data": {}}, "yarn-audit-jsonl"),
    ],
)
def test_what_is_optional_may_be_empty_or_missing(document: Any, name: str) -> None:
    found = outcome(json.dumps(document))
    assert isinstance(found, Parsed), found
    assert found.format == name
    assert all(warning for warning in found.warnings)
