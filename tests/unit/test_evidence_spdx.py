"""Traps of SPDX in its many notations."""

import json
from typing import Any

import pytest

from questionnaires.model import Category
from scoring.evidence.format import Outcome, Parsed, Rejected
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, read_bytes

HEAD = """SPDXID: SPDXRef-DOCUMENT
spdxVersion: SPDX-2.3
name: app
creationInfo: {created: '2026-01-01T00:00:00Z', creators: ['Tool: syft-1.0']}
documentDescribes: [SPDXRef-a]
"""
TAGS = """SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
DocumentName: app
PackageName: a
SPDXID: SPDXRef-a
"""
SPDX3 = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"


def outcome(content: str | dict[str, Any]) -> Outcome:
    data = content if isinstance(content, str) else json.dumps(content)
    [source] = read_bytes(data.encode(), "given")
    assert isinstance(source, Source)
    return examine(source)


def examined(content: str | dict[str, Any]) -> Parsed:
    found = outcome(content)
    assert isinstance(found, Parsed), found
    return found


def facts(parsed: Parsed, category: Category | None = None) -> dict[str, object]:
    return {fact.name: fact.value for fact in parsed.facts if fact.category is category}


def document(**parts: Any) -> dict[str, Any]:
    return {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "app", **parts}


def graph(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"@context": SPDX3, "@graph": list(elements)}


@pytest.mark.parametrize(
    ("creator", "tool"),
    [
        ("Tool: syft-1.18.1", "syft"),
        ("Tool: bom-v0.6.0", "bom"),
        ("Tool: log4j-2-scanner-1.0", "log4j-2-scanner"),
        ("Tool: protobom-v0.0.0-20241105", "protobom"),
        ("Tool: sbom-tool/2.2.9", "sbom-tool"),
        ("Tool: GitHub.com-Dependency-Graph", "GitHub.com-Dependency-Graph"),
        ("Person: A Name (a@example.com)", "SPDX"),
        ("Organization: Example", "SPDX"),
        ("Tool:", "SPDX"),
        (7, "SPDX"),
    ],
)
def test_tools_are_named_without_version_and_people_never(creator: object, tool: str) -> None:
    made = {"created": "2026-01-01T00:00:00Z", "creators": [creator]}
    assert examined(document(creationInfo=made)).tool == tool


@pytest.mark.parametrize(
    ("package", "share", "value"),
    [
        ({"licenseConcluded": "NOASSERTION", "licenseDeclared": "NONE"}, "licensed", 0.0),
        ({"licenseConcluded": "NOASSERTION", "licenseDeclared": "MIT"}, "licensed", 1.0),
        ({"licenseConcluded": "(MIT OR LicenseRef-1)"}, "licensed", 1.0),
        ({"versionInfo": "NOASSERTION"}, "versioned", 0.0),
        ({"versionInfo": "5.10"}, "versioned", 1.0),
        ({"externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}]}, "identified", 1.0),
        ({"externalRefs": [{"referenceType": "cpe22Type", "referenceLocator": "cpe:/a:b"}]}, "identified", 1.0),
        ({"externalRefs": [{"referenceType": "purl"}, None]}, "identified", 0.0),
        ({"externalRefs": [{"referenceType": "advisory", "referenceLocator": "https://x"}]}, "identified", 0.0),
        (
            {"externalRefs": [{"referenceType": "http://spdx.org/rdf/references/purl", "referenceLocator": "pkg:a/b"}]},
            "identified",
            1.0,
        ),
    ],
)
def test_what_counts_as_stated(package: dict[str, Any], share: str, value: float) -> None:
    found = examined(document(packages=[{"name": "a", **package}, None]))
    assert facts(found)[f"sbom.{share}_share"] == value


@pytest.mark.parametrize(
    ("start", "kind", "end", "graph"),
    [
        ("SPDXRef-a", "DEPENDS_ON", "SPDXRef-b", True),
        ("SPDXRef-a", "DEV_DEPENDENCY_OF", "SPDXRef-b", True),
        ("SPDXRef-a", "STATIC_LINK", "SPDXRef-b", True),
        ("SPDXRef-a", "CONTAINS", "SPDXRef-b", False),
        ("SPDXRef-a", "DEPENDS_ON", "NONE", False),
        ("SPDXRef-a", "DEPENDS_ON", None, False),
        ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-a", False),
    ],
)
def test_only_dependencies_make_a_graph(start: str, kind: str, end: str | None, graph: bool) -> None:
    relation = {"spdxElementId": start, "relationshipType": kind, "relatedSpdxElement": end}
    found = examined(document(packages=[{"name": "a"}], relationships=[relation]))
    assert facts(found)["sbom.dependency_graph"] is graph


def test_a_document_without_packages_proves_nothing() -> None:
    found = examined(document(packages=None))
    assert found.warnings == ("The document lists neither packages nor files.",)
    assert not found.facts


def test_zero_findings_are_no_finding_facts() -> None:
    found = examined(document(packages=[{"name": "a"}]))
    assert found.findings is not None
    assert found.findings.total == 0
    assert not any(name.startswith("findings.") for name in facts(found))


def test_yaml_keeps_versions_as_they_are_written() -> None:
    packages = "packages:\n- {SPDXID: SPDXRef-a, name: a, versionInfo: 5.10, downloadLocation: NONE}\n"
    two = packages + "- {SPDXID: SPDXRef-b, name: a, versionInfo: 5.1, downloadLocation: NONE}\n"
    assert examined(HEAD + two).records.distinct == 2


@pytest.mark.parametrize(
    "attack",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "a: !!python/object/apply:os.system [x]\n",
        "a: " + "[" * 5000 + "]" * 5000 + "\n",
        'a: "\\U00110000"\n',
        "name: twice\n",
        "a: [\n",
    ],
)
def test_yaml_builds_nothing_and_repeats_nothing(attack: str) -> None:
    found = outcome(HEAD + attack)
    assert isinstance(found, Rejected)
    assert "YAML document is broken" in found.reason
    assert "os.system" not in found.reason


@pytest.mark.parametrize(
    ("end", "whole"),
    [
        ("files:\n- SPDXID: SPDXRef-f\n  fileName: ./a", True),
        ("files:\n- SPDXID: SPDXRef-f", False),
        ("packages:\n- SPDXID: SPDXRef-a\n  name: a", False),
        ("packages:\n- SPDXID: SPDXRef-a\n  name: a\n  downloadLocation: NOASSERTION", True),
        ("packages:", False),
        ("packages:\n-", False),
    ],
)
def test_yaml_that_ends_without_a_line_break(end: str, whole: bool) -> None:
    assert isinstance(outcome(HEAD + end), Parsed) is whole
    assert isinstance(outcome(HEAD + "dataLicense: CC0-1.0\n"), Parsed)


@pytest.mark.parametrize(
    ("end", "whole"),
    [
        ("Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a", True),
        ("Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-", False),
        ("Relationship: SPDXRef-DOCUMENT", False),
        ("PackageCopyrightText: NOASSERTION", True),
        ("PackageCopyrightText: NOASSE", False),
        ("PackageCopyrightText: <text>a\nb</text>", True),
        ("PackageCopyrightText: <text>a\nb\n", False),
        ("SPDXID: SPDXRef-b", False),
        ("PackageVersion: 1.0", False),
        ("PackageVersion: 1.0\n", True),
    ],
)
def test_tag_value_that_may_be_cut_off(end: str, whole: bool) -> None:
    assert isinstance(outcome(TAGS + end), Parsed) is whole


def test_tag_value_fields_inside_a_text_are_none() -> None:
    found = examined(TAGS + "PackageComment: <text>\nPackageName: b\n[{}]\n</text>\nno field\n")
    assert found.records.raw == 1
    assert found.warnings == ("Lines that are no field of the format and were passed over: 1.",)


def test_rdf_merges_what_it_says_in_several_places() -> None:
    about = 'rdf:about="https://example.com/x#SPDXRef-a"'
    content = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://spdx.org/rdf/terms#"><Package {about}><name>a</name></Package>
      <SpdxDocument rdf:about="https://example.com/x#SPDXRef-DOCUMENT"><hasFile/><describesPackage>
      <Package {about}><versionInfo>1</versionInfo></Package></describesPackage></SpdxDocument></rdf:RDF>"""
    found = examined(content)
    assert found.records.raw == 1
    assert found.subject == "a"
    assert facts(found)["sbom.versioned_share"] == 1.0


@pytest.mark.parametrize("root", ["Document", "SpdxDocument", "rdf"])
def test_other_xml_is_not_taken_for_spdx(root: str) -> None:
    assert isinstance(outcome(f"<{root}><name>x</name><comment/></{root}>"), Rejected)


def test_version_3_without_security_profile_has_no_findings() -> None:
    found = examined(graph({"type": "software_Package", "spdxId": "urn:a", "name": "a"}))
    assert facts(found)["sbom.components"] == 1
    assert not facts(found, Category.SCA)


def test_version_3_takes_the_moment_of_its_document() -> None:
    found = examined(
        graph(
            {"type": "CreationInfo", "@id": "_:a", "created": "2026-01-01T00:00:00Z"},
            {"type": "CreationInfo", "@id": "_:b", "created": "2026-09-01T00:00:00Z"},
            {"type": "SpdxDocument", "spdxId": "urn:d", "creationInfo": "_:a"},
            {"type": "https://spdx.org/rdf/3.0.1/terms/Software/Package", "spdxId": "urn:a", "creationInfo": "_:b"},
        )
    )
    assert found.captured_at is not None
    assert found.captured_at.month == 1
    assert found.records.raw == 1


@pytest.mark.parametrize(
    ("statements", "states"),
    [
        ([], (1, 1)),
        (["NotAffected"], (1, 0)),
        (["Fixed"], (1, 0)),
        (["UnderInvestigation"], (1, 1)),
        (["NotAffected", "Affected"], (1, 1)),
    ],
)
def test_version_3_what_any_product_has_to_deal_with_is_open(statements: list[str], states: tuple[int, int]) -> None:
    said = [
        {
            "type": f"security_Vex{one}VulnAssessmentRelationship",
            "spdxId": f"urn:{one}",
            "from": "urn:v",
            "to": ["urn:a"],
        }
        for one in statements
    ]
    package = {"type": "software_Package", "spdxId": "urn:a", "name": "a"}
    vulnerability = {"type": "security_Vulnerability", "spdxId": "urn:v", "name": "CVE-2026-1"}
    found = facts(examined(graph(package, vulnerability, *said)), Category.SCA)
    assert (found["findings.total"], found["findings.open"]) == states
