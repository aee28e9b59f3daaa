"""Exports of any size in the shape in which their tools write them, with invented content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN")
TEXT = (
    "A flaw was found in the way in which the library reads lengths from an untrusted header. A remote attacker could"
    " use it to read memory beyond the end of a buffer, or to end the process, by sending a message that was made so."
)


def sarif(count: int) -> bytes:
    """CodeQL's, indented, with locations and messages of usual length."""
    rules = [
        {
            "id": f"rule-{n}",
            "shortDescription": {"text": f"Rule {n}"},
            "properties": {"security-severity": str(n % 100 / 10)},
        }
        for n in range(min(200, count))
    ]
    results = [
        {
            "ruleId": f"rule-{n % 200}",
            "ruleIndex": n % 200,
            "level": ("error", "warning", "note")[n % 3],
            "message": {"text": f"Value {n} flows from an input into a query without being checked on the way."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": f"src/module_{n % 97}/file_{n % 1013}.py",
                            "uriBaseId": "%SRCROOT%",
                        },
                        "region": {"startLine": n % 900 + 1, "startColumn": 5, "endLine": n % 900 + 1, "endColumn": 40},
                    }
                }
            ],
            "partialFingerprints": {"primaryLocationLineHash": f"{n * 2654435761 % 2**64:016x}:1"},
        }
        for n in range(count)
    ]
    run = {
        "tool": {"driver": {"name": "CodeQL", "semanticVersion": "2.19.0", "rules": rules}},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-09-28T04:00:00Z"}],
        "results": results,
    }
    return _json({"version": "2.1.0", "runs": [run]})


def trivy(count: int) -> bytes:
    """An image's packages and their vulnerabilities, as since 0.50."""
    return _json(
        {
            "SchemaVersion": 2,
            "CreatedAt": "2026-09-28T04:00:00.123456789Z",
            "ArtifactName": "registry.example.com/harbour/payments:1.4",
            "ArtifactType": "container_image",
            "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
            "Results": [
                {
                    "Target": "registry.example.com/harbour/payments:1.4 (debian 12.5)",
                    "Class": "os-pkgs",
                    "Type": "debian",
                    "Vulnerabilities": [
                        {
                            "VulnerabilityID": f"CVE-2026-{n % 4000:05d}",
                            "PkgID": f"library-{n % 300}@1.{n % 7}.0",
                            "PkgName": f"library-{n % 300}",
                            "PkgIdentifier": {
                                "PURL": f"pkg:deb/debian/library-{n % 300}@1.{n % 7}.0?arch=amd64&distro=debian-12.5",
                                "UID": _digest(n)[:16],
                            },
                            "InstalledVersion": f"1.{n % 7}.0",
                            **({"FixedVersion": f"1.{n % 7}.1"} if n % 3 else {}),
                            "Status": "fixed" if n % 3 else "affected",
                            "Layer": {"Digest": f"sha256:{_digest(n % 9)}", "DiffID": f"sha256:{_digest(n % 9 + 9)}"},
                            "SeveritySource": "debian",
                            "PrimaryURL": f"https://avd.example.com/nvd/cve-2026-{n % 4000:05d}",
                            "DataSource": {
                                "ID": "debian",
                                "Name": "Debian Tracker",
                                "URL": "https://example.com/track",
                            },
                            "Title": f"library-{n % 300}: reads beyond the end of a buffer",
                            "Description": TEXT,
                            "Severity": SEVERITIES[n % 5],
                            "CweIDs": ["CWE-125"],
                            "CVSS": {
                                "nvd": {
                                    "V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
                                    "V3Score": 7.5,
                                }
                            },
                            "References": [f"https://example.com/advisories/{n}/{k}" for k in range(5)],
                            "PublishedDate": "2026-02-01T15:15:00Z",
                            "LastModifiedDate": "2026-03-01T15:15:00Z",
                        }
                        for n in range(count)
                    ],
                }
            ],
        }
    )


def grype(count: int) -> bytes:
    """An image's matches, as since 0.88."""
    return _json(
        {
            "matches": [
                {
                    "vulnerability": {
                        "id": f"CVE-2026-{n % 4000:05d}",
                        "dataSource": f"https://security-tracker.example.com/tracker/CVE-2026-{n % 4000:05d}",
                        "namespace": "debian:distro:debian:12",
                        "severity": SEVERITIES[n % 5].capitalize(),
                        "urls": [],
                        "description": TEXT,
                        "cvss": [],
                        "epss": [{"cve": f"CVE-2026-{n % 4000:05d}", "epss": 0.00123, "percentile": 0.31}],
                        "fix": {"versions": [f"1.{n % 7}.1"], "state": "fixed" if n % 3 else "not-fixed"},
                        "advisories": [],
                        "risk": 0.05,
                    },
                    "relatedVulnerabilities": [
                        {
                            "id": f"CVE-2026-{n % 4000:05d}",
                            "dataSource": f"https://nvd.example.com/vuln/detail/CVE-2026-{n % 4000:05d}",
                            "namespace": "nvd:cpe",
                            "severity": "High",
                            "urls": [f"https://example.com/advisories/{n}/{k}" for k in range(4)],
                            "description": TEXT,
                        }
                    ],
                    "matchDetails": [
                        {
                            "type": "exact-indirect-match",
                            "matcher": "dpkg-matcher",
                            "searchedBy": {"distro": {"type": "debian", "version": "12"}},
                            "found": {"versionConstraint": "none (deb)"},
                        }
                    ],
                    "artifact": {
                        "id": _digest(n)[:16],
                        "name": f"library-{n % 300}",
                        "version": f"1.{n % 7}.0",
                        "type": "deb",
                        "locations": [{"path": "/var/lib/dpkg/status", "layerID": f"sha256:{_digest(n % 9)}"}],
                        "language": "",
                        "licenses": ["GPL-2.0-only"],
                        "cpes": [f"cpe:2.3:a:library-{n % 300}:library-{n % 300}:1.{n % 7}.0:*:*:*:*:*:*:*"],
                        "purl": f"pkg:deb/debian/library-{n % 300}@1.{n % 7}.0?arch=amd64&distro=debian-12",
                        "upstreams": [{"name": f"source-{n % 300}"}],
                    },
                }
                for n in range(count)
            ],
            "source": {"type": "image", "target": {"userInput": "registry.example.com/harbour/payments:1.4"}},
            "distro": {"name": "debian", "version": "12"},
            "descriptor": {"name": "grype", "version": "0.92.0", "timestamp": "2026-09-28T04:00:00.123456789Z"},
        },
        indent=1,
    )


def cyclonedx(count: int) -> bytes:
    """A bill of materials 1.6 with the vulnerabilities of a tenth of its components and the graph of all."""
    purls = [f"pkg:maven/com.example.group{n % 90}/library-{n}@2.{n % 11}.{n % 5}?type=jar" for n in range(count)]
    components = [
        {
            "type": "library",
            "bom-ref": purl,
            "publisher": "Example Foundation",
            "group": f"com.example.group{n % 90}",
            "name": f"library-{n}",
            "version": f"2.{n % 11}.{n % 5}",
            "description": TEXT[:80],
            "scope": "required",
            "hashes": [{"alg": "SHA-1", "content": _digest(n)[:40]}, {"alg": "SHA-256", "content": _digest(n)}],
            "licenses": [{"license": {"id": "Apache-2.0", "url": "https://www.example.com/licenses/LICENSE-2.0"}}],
            "purl": purl,
            "externalReferences": [{"type": "vcs", "url": f"https://git.example.com/group{n % 90}/library-{n}"}],
            "properties": [{"name": "example:package:foundBy", "value": "java-archive-cataloger"}],
        }
        for n, purl in enumerate(purls)
    ]
    vulnerabilities = [
        {
            "bom-ref": f"vulnerability-{n}",
            "id": f"CVE-2026-{n:05d}",
            "source": {"name": "NVD", "url": f"https://nvd.example.com/vuln/detail/CVE-2026-{n:05d}"},
            "ratings": [
                {
                    "source": {"name": source},
                    "score": 7.5,
                    "severity": SEVERITIES[n % 4].lower(),
                    "method": "CVSSv31",
                    "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
                }
                for source in ("NVD", "GITHUB")
            ],
            "cwes": [125],
            "description": TEXT,
            "published": "2026-02-01T15:15:00Z",
            "affects": [{"ref": purls[n * 10]}],
        }
        for n in range(count // 10)
    ]
    return _json(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
            "version": 1,
            "metadata": {
                "timestamp": "2026-09-28T04:00:00Z",
                "tools": {"components": [{"type": "application", "name": "cdxgen", "version": "11.0.0"}]},
                "component": {"type": "application", "name": "payments", "version": "1.4"},
            },
            "components": components,
            "dependencies": [{"ref": purl, "dependsOn": purls[n + 1 : n + 4]} for n, purl in enumerate(purls)],
            "vulnerabilities": vulnerabilities,
        }
    )


def junit(count: int) -> bytes:
    """One suite as pytest writes it, a fiftieth of its tests failed."""
    cases = "".join(
        f'<testcase classname="tests.unit.test_module_{n % 40}" name="test_case_{n}" time="0.{n % 1000:03d}">'
        + (
            '<failure message="AssertionError">assert 1 == 2\ntests/unit/test_module.py:12</failure>'
            if not n % 50
            else ""
        )
        + "</testcase>"
        for n in range(count)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="0"'
        f' failures="{-(-count // 50)}" skipped="0" tests="{count}" time="12.5" timestamp="2026-09-28T04:00:00+00:00">'
        f"{cases}</testsuite></testsuites>"
    ).encode()


def runs(count: int) -> bytes:
    """A page of workflow runs, as GitHub's API gives it to ``gh api``."""
    listed: list[dict[str, Any]] = [
        {
            "id": 9_000_000_000 + n,
            "name": ("CI", "CodeQL", "Deploy")[n % 3],
            "path": f".github/workflows/{('ci', 'codeql', 'deploy')[n % 3]}.yml",
            "head_branch": "main",
            "head_sha": _digest(n)[:40],
            "run_number": n,
            "event": "push",
            "status": "completed",
            "conclusion": "failure" if n % 9 == 0 else "success",
            "workflow_id": 7_000 + n % 3,
            "url": f"https://api.github.com/repos/harbour/payments/actions/runs/{n}",
            "html_url": f"https://github.com/harbour/payments/actions/runs/{n}",
            "created_at": f"2026-09-{n % 28 + 1:02d}T04:00:00Z",
            "updated_at": f"2026-09-{n % 28 + 1:02d}T04:{n % 50 + 5:02d}:00Z",
            "run_started_at": f"2026-09-{n % 28 + 1:02d}T04:00:00Z",
            "run_attempt": 1,
            "head_commit": {"id": _digest(n)[:40], "message": TEXT[:60], "timestamp": "2026-09-01T03:00:00Z"},
            "repository": {"id": 1, "full_name": "harbour/payments", "private": True},
        }
        for n in range(count)
    ]
    return json.dumps({"total_count": count, "workflow_runs": listed}).encode()


MAKERS: Mapping[str, Callable[[int], bytes]] = {
    "SARIF": sarif,
    "Trivy": trivy,
    "Grype": grype,
    "CycloneDX": cyclonedx,
    "JUnit": junit,
    "workflow runs": runs,
}


def of_size(kind: str, size: int) -> bytes:
    """An export of about so many bytes, of at least one record."""
    make = MAKERS[kind]
    least, most = len(make(1)), len(make(401))
    return make(max(1, 1 + (size - least) * 400 // (most - least)))


def folder(path: Path, count: int) -> None:
    """So many files of mixed kinds, their sizes spread evenly from 2 to 200 kB."""
    kinds = list(MAKERS)
    path.mkdir()
    for number in range(count):
        size = 2_000 + 198_000 * (number * 0.618034 % 1)
        (path / f"{number:04d}.export").write_bytes(of_size(kinds[number % len(kinds)], int(size)))


def _json(value: object, indent: int = 2) -> bytes:
    return json.dumps(value, indent=indent).encode()


def _digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()
