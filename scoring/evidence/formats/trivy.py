"""Trivy's own JSON: images, file systems, repositories and clusters, in every shape since its first release.

Until 0.19 the report was the bare list of results, ``null`` where there was nothing to tell. ``trivy k8s`` puts the
results below resources, whose list has had four names. One report holds vulnerabilities, misconfigurations, secrets
and licences; each is a kind of check of its own. That a fix exists is Trivy's ``Status: fixed``, not a closed finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence.facts import Finding, State
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Part, Parts, rated
from scoring.evidence.rows import rows
from scoring.evidence.scalars import event, identity, label, repository, whole
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_SYSTEM_NAMES = """
alma alpine amazon azurelinux bottlerocket cbl-mariner centos chainguard coreos debian echo fedora minimos
openeuler opensuse opensuse-leap opensuse-tumbleweed opensuse.leap opensuse.tumbleweed oracle photon redhat rhel
rocky seal slem sles suse wolfi ubuntu"""
_SYSTEMS = frozenset(_SYSTEM_NAMES.split())
"""Operating systems that the type of a result names; every other type is a language's package manager."""
_IMAGES = frozenset({"container_image", "vm"})
_LISTS = ("Vulnerabilities", "Misconfigurations", "Secrets", "Licenses")
_RESULT_KEYS = frozenset({"Target", "Class", "Type", "Packages", "MisconfSummary", "CustomResources", *_LISTS})
_CLUSTER_LISTS = ("Resources", "Findings", "Vulnerabilities", "Misconfigurations")


_Scalar = str | int | float | None


class _Vulnerability(msgspec.Struct, gc=False):
    id: _Scalar = msgspec.field(name="VulnerabilityID", default=None)
    package: _Scalar = msgspec.field(name="PkgName", default=None)
    installed: _Scalar = msgspec.field(name="InstalledVersion", default=None)
    fixed: _Scalar = msgspec.field(name="FixedVersion", default=None)
    severity: _Scalar = msgspec.field(name="Severity", default=None)
    status: _Scalar = msgspec.field(name="Status", default=None)


class _Cause(msgspec.Struct, gc=False):
    resource: Any = msgspec.field(name="Resource", default=None)
    start: Any = msgspec.field(name="StartLine", default=None)


class _Misconfiguration(msgspec.Struct, gc=False):
    id: Any = msgspec.field(name="ID", default=None)
    old_id: Any = msgspec.field(name="AVDID", default=None)
    message: Any = msgspec.field(name="Message", default=None)
    status: Any = msgspec.field(name="Status", default=None)
    severity: Any = msgspec.field(name="Severity", default=None)
    cause: _Cause | None = msgspec.field(name="CauseMetadata", default=None)


class _Secret(msgspec.Struct, gc=False):
    """Without the match: the secret itself is never read."""

    rule: Any = msgspec.field(name="RuleID", default=None)
    severity: Any = msgspec.field(name="Severity", default=None)
    start: Any = msgspec.field(name="StartLine", default=None)
    end: Any = msgspec.field(name="EndLine", default=None)


class _Licence(msgspec.Struct, gc=False):
    name: Any = msgspec.field(name="Name", default=None)
    package: Any = msgspec.field(name="PkgName", default=None)
    file: Any = msgspec.field(name="FilePath", default=None)
    severity: Any = msgspec.field(name="Severity", default=None)


class _Modified(msgspec.Struct):
    type: Any = msgspec.field(name="Type", default=None)


class _Summary(msgspec.Struct):
    passed: Any = msgspec.field(name="Successes", default=None)
    failed: Any = msgspec.field(name="Failures", default=None)


class _Result(msgspec.Struct):
    target: Any = msgspec.field(name="Target", default=None)
    class_: Any = msgspec.field(name="Class", default=None)
    type: Any = msgspec.field(name="Type", default=None)
    vulnerabilities: list[_Vulnerability] | None = msgspec.field(name="Vulnerabilities", default=None)
    summary: _Summary | None = msgspec.field(name="MisconfSummary", default=None)
    misconfigurations: list[_Misconfiguration] | None = msgspec.field(name="Misconfigurations", default=None)
    secrets: list[_Secret] | None = msgspec.field(name="Secrets", default=None)
    licences: list[_Licence] | None = msgspec.field(name="Licenses", default=None)
    modified: list[_Modified] | None = msgspec.field(name="ExperimentalModifiedFindings", default=None)


class _Resource(msgspec.Struct):
    results: list[_Result] | None = msgspec.field(name="Results", default=None)
    error: Any = msgspec.field(name="Error", default=None)


class _System(msgspec.Struct):
    ended: Any = msgspec.field(name="EOSL", default=None)


class _Metadata(msgspec.Struct):
    system: _System | None = msgspec.field(name="OS", default=None)
    repository: Any = msgspec.field(name="RepoURL", default=None)
    branch: Any = msgspec.field(name="Branch", default=None)


class _Version(msgspec.Struct):
    version: Any = msgspec.field(name="Version", default=None)


class _Report(msgspec.Struct):
    tool: _Version | None = msgspec.field(name="Trivy", default=None)
    created: Any = msgspec.field(name="CreatedAt", default=None)
    name: Any = msgspec.field(name="ArtifactName", default=None)
    type: Any = msgspec.field(name="ArtifactType", default=None)
    metadata: _Metadata | None = msgspec.field(name="Metadata", default=None)
    results: list[_Result] | None = msgspec.field(name="Results", default=None)
    cluster: Any = msgspec.field(name="ClusterName", default=None)
    resources: list[_Resource] | None = msgspec.field(name="Resources", default=None)
    findings: list[_Resource] | None = msgspec.field(name="Findings", default=None)
    vulnerable: list[_Resource] | None = msgspec.field(name="Vulnerabilities", default=None)
    misconfigured: list[_Resource] | None = msgspec.field(name="Misconfigurations", default=None)

    def below(self) -> Iterator[_Resource]:
        """The resources of a cluster, whatever their list is called."""
        for listed in (self.resources, self.findings, self.vulnerable, self.misconfigured):
            yield from listed or ()

    def all_results(self) -> Iterator[_Result]:
        yield from self.results or ()
        for resource in self.below():
            yield from resource.results or ()


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.has("SchemaVersion", "ArtifactName") or (shape.has("SchemaVersion") and shape.is_list("Results")):
        return not shape.has("ProductArn")
    keys = frozenset(shape.keys)
    if "ClusterName" in keys:
        return bool(keys & set(_CLUSTER_LISTS)) or keys <= {"ClusterName", "SchemaVersion"}
    if shape.kind is not Kind.ARRAY or "Target" not in keys:
        return False
    return "Vulnerabilities" in keys or (bool(keys & {"Class", "Type", *_LISTS}) and keys <= _RESULT_KEYS)


def _parse(source: Source) -> Parsed | Rejected:
    alone = source.shape.kind is Kind.OBJECT or source.shape.has("Target")
    reports = [_streamed(source)] if source.streamed and alone else list(_reports(source))
    parts = Parts()
    for report in reports:
        _count(report, parts)
    warnings = list(_warnings(reports, parts))
    if not parts:
        about_image = any(label(report.type) in _IMAGES or not report.type for report in reports)
        parts.of(Category.CONTAINER if about_image else None)
    return parts.parsed(
        "trivy-json",
        "Trivy",
        version=next((text for report in reports if report.tool and (text := label(report.tool.version, 40))), ""),
        at=_captured(reports),
        subject=next((name for report in reports if (name := _subject(report))), ""),
        branch=next((name for r in reports if r.metadata and (name := label(r.metadata.branch))), ""),
        warnings=warnings,
    )


def _reports(source: Source) -> Iterator[_Report]:
    """One report, several in a row or in a list, or the bare results of old."""
    match source.shape.kind:
        case Kind.SCALAR:
            yield _Report()
        case Kind.ARRAY if not source.shape.has("SchemaVersion") and not source.shape.has("ClusterName"):
            yield _Report(results=[result for result in source.decode(list[_Result | None]) if result is not None])
        case _:
            yield from rows(source, _Report)


def _streamed(source: Source) -> _Report:
    """A report that is too large for memory, finding by finding."""
    report = _Report(results=[])
    result = _empty()
    heads = {"ArtifactName": "name", "ArtifactType": "type", "CreatedAt": "created", "ClusterName": "cluster"}
    places = ("item", "Results.item", *(f"{name}.item.Results.item" for name in _CLUSTER_LISTS))
    own = {"Target": object, "Class": object, "Type": object, "MisconfSummary": _Summary}
    kinds = {"Vulnerabilities": _Vulnerability, "Misconfigurations": _Misconfiguration, "Secrets": _Secret}
    kinds |= {"Licenses": _Licence, "ExperimentalModifiedFindings": _Modified}
    below = {**own, **{f"{name}.item": kind for name, kind in kinds.items()}}
    wanted: dict[str, type | None] = {**dict.fromkeys(heads, object), "Metadata": _Metadata, "Trivy": _Version}
    wanted |= {f"{place}.{name}": kind for place in places for name, kind in below.items()}
    wanted |= {**dict.fromkeys(places), **{f"{name}.item.Error": object for name in _CLUSTER_LISTS}}
    for path, value in source.stream(wanted):
        if path in places:
            assert report.results is not None
            report.results.append(result)
            result = _empty()
        elif path in heads:
            setattr(report, heads[path], value)
        else:
            _place(report, result, value, path.rpartition(".")[2])
    return report


def _empty() -> _Result:
    return _Result(vulnerabilities=[], misconfigurations=[], secrets=[], licences=[], modified=[])


def _place(report: _Report, result: _Result, value: object, key: str) -> None:
    """Puts a streamed value where it belongs."""
    match value:
        case _Metadata():
            report.metadata = value
        case _Version():
            report.tool = value
        case _Summary():
            result.summary = value
        case _Vulnerability() if result.vulnerabilities is not None:
            result.vulnerabilities.append(value)
        case _Misconfiguration() if result.misconfigurations is not None:
            result.misconfigurations.append(value)
        case _Secret() if result.secrets is not None:
            result.secrets.append(value)
        case _Licence() if result.licences is not None:
            result.licences.append(value)
        case _Modified() if result.modified is not None:
            result.modified.append(value)
        case _ if key == "Error":
            report.resources = [*(report.resources or ()), _Resource(error=value)]
        case _:
            setattr(result, {"Target": "target", "Class": "class_"}.get(key, "type"), value)


def _count(report: _Report, parts: Parts) -> None:
    about_image = _image(report)
    cloud = label(report.type) == "aws_account"
    for result in report.all_results():
        class_ = label(result.class_)
        if result.vulnerabilities or class_ in ("os-pkgs", "lang-pkgs") or not (class_ or _other(result)):
            kind = Category.CONTAINER if about_image else Category.SCA
            _vulnerabilities(result.vulnerabilities or (), parts.of(kind))
        if class_ == "config" or result.misconfigurations or result.summary:
            _misconfigurations(result, parts.of(Category.CLOUD if cloud else Category.IAC))
        if class_ == "secret" or result.secrets:
            secrets = parts.of(Category.SECRETS)
            for secret in result.secrets or ():
                place = identity(secret.rule, result.target, secret.start, secret.end)
                secrets.add(rated("words", secret.severity), place)
        if class_.startswith("license") or result.licences:
            licences = parts.of(Category.SCA)
            for licence in result.licences or ():
                licences.add(rated("words", licence.severity), identity(licence.name, licence.package, licence.file))
        for ignored in result.modified or ():
            parts.of(_modified(label(ignored.type), about_image)).apart += 1
    if about_image and report.metadata and report.metadata.system and isinstance(report.metadata.system.ended, bool):
        parts.of(Category.CONTAINER).facts["image.end_of_life"] = report.metadata.system.ended


def _image(report: _Report) -> bool:
    """Whether what was scanned runs: an image, a machine or a cluster. Before 0.20 only the results tell."""
    if report.cluster or label(report.type) in _IMAGES:
        return True
    results = list(report.all_results())
    old = any(not result.class_ and not result.type and result.vulnerabilities for result in results)
    systems = any(label(r.class_) == "os-pkgs" or label(r.type).lower() in _SYSTEMS for r in results)
    return systems or (old and not report.type)


def _other(result: _Result) -> bool:
    return any((result.misconfigurations, result.summary, result.secrets, result.licences, result.modified))


def _modified(type_: str, about_image: bool) -> Category:
    match type_:
        case "misconfiguration":
            return Category.IAC
        case "secret":
            return Category.SECRETS
        case "license":
            return Category.SCA
        case _:
            return Category.CONTAINER if about_image else Category.SCA


def _vulnerabilities(listed: Iterable[_Vulnerability], part: Part) -> None:
    """The bulk of most reports, which is why this does no more than it must."""
    known: dict[tuple[_Scalar, _Scalar], Finding] = {}
    counts: dict[Finding, int] = {}
    identities: set[int] = set()
    fixable = 0
    for one in listed:
        said = (one.severity, one.status)
        found = known.get(said)
        if found is None:
            state = State.SUPPRESSED if one.status == "not_affected" else State.OPEN
            found = known[said] = rated("words", one.severity, state)
        counts[found] = counts.get(found, 0) + 1
        if found.state is State.OPEN:
            # One vulnerability of one package is found once per path that leads to it.
            identities.add(hash((one.id, one.package, one.installed)))
            fixable += bool(one.fixed)
    part.add_all(counts, identities, fixable)


def _misconfigurations(result: _Result, part: Part) -> None:
    """Checks that passed are no findings; their number is in the summary, or they are listed on demand."""
    passed = failed = 0
    for one in result.misconfigurations or ():
        match label(one.status).upper():
            case "PASS":
                passed += 1
            case "EXCEPTION":
                part.apart += 1
            case _:
                failed += 1
                cause = one.cause or _Cause()
                place = identity(one.id or one.old_id, result.target, cause.resource, cause.start, one.message)
                part.add(rated("words", one.severity), place)
    if result.summary is not None:
        passed = max(passed, whole(result.summary.passed) or 0)
        failed = max(failed, whole(result.summary.failed) or 0)
    part.checks(passed, failed)


def _captured(reports: list[_Report]) -> datetime | None:
    return max((at for report in reports if (at := event(report.created)) is not None), default=None)


def _subject(report: _Report) -> str:
    """What was scanned: an image without its digest, a repository without credentials, a cluster."""
    address = repository(report.metadata.repository) if report.metadata else ""
    if address:
        return address
    name = label(report.name) or label(report.cluster)
    if name:
        return repository(name) if "://" in name else name.partition("@sha256:")[0]
    target = next((label(result.target) for result in report.results or ()), "")
    return target.partition(" (")[0] if label(report.type) == "" and _image(report) else ""


def _warnings(reports: list[_Report], parts: Parts) -> Iterator[str]:
    failed = sum(bool(resource.error) for report in reports for resource in report.below())
    if failed:
        yield f"Resources of the cluster that Trivy could not scan: {failed}."
    if not parts and any(report.type for report in reports):
        yield "The file lists no result: Trivy found nothing to tell, or nothing that it knows how to scan."


FORMATS = (
    Format(
        name="trivy-json",
        title="Trivy JSON",
        unit="finding",
        category=Category.CONTAINER,
        identify=_identify,
        parse=_parse,
        by_beginning=True,
        clean=("null",),
    ),
)
