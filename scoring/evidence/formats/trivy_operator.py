"""Reports of the Trivy operator: custom resources of a cluster, as ``kubectl get ... -o json`` gives them.

One resource, a list object with ``items``, a plain array, several in a row, or an object of lists by the plural names
of the resources. Bills of materials among them are left to their own formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Part, Parts, rated
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import event, identity, label, whole
from scoring.evidence.shape import Keys, Kind, Shape
from scoring.evidence.source import Source

_GROUP = "aquasecurity.github.io"


class _Vulnerability(msgspec.Struct):
    id: Any = msgspec.field(name="vulnerabilityID", default=None)
    package: Any = msgspec.field(name="resource", default=None)
    installed: Any = msgspec.field(name="installedVersion", default=None)
    fixed: Any = msgspec.field(name="fixedVersion", default=None)
    severity: Any = None


class _Check(msgspec.Struct):
    id: Any = msgspec.field(name="checkID", default=None)
    plain_id: Any = msgspec.field(name="id", default=None)
    name: Any = None
    severity: Any = None
    title: Any = None
    target: Any = None
    success: Any = None
    status: Any = None
    failures: Any = msgspec.field(name="totalFail", default=None)


class _Secret(msgspec.Struct):
    """Without the match: the secret itself is never read."""

    rule: Any = msgspec.field(name="ruleID", default=None)
    target: Any = None
    severity: Any = None
    category: Any = None
    title: Any = None


class _Artifact(msgspec.Struct):
    repository: Any = None


class _Scanner(msgspec.Struct):
    version: Any = None


class _Body(msgspec.Struct):
    artifact: _Artifact | None = None
    scanner: _Scanner | None = None
    updated: Any = msgspec.field(name="updateTimestamp", default=None)
    vulnerabilities: list[_Vulnerability] | None = None
    checks: list[_Check] | None = None
    secrets: list[_Secret] | None = None


class _Control(_Check):
    checks: list[_Check] | None = None


class _Controls(msgspec.Struct):
    listed: list[_Control] | None = msgspec.field(name="controlCheck", default=None)
    results: list[_Control] | None = None


class _Status(msgspec.Struct):
    short: _Controls | None = msgspec.field(name="summaryReport", default=None)
    long: _Controls | None = msgspec.field(name="detailReport", default=None)
    updated: Any = msgspec.field(name="updateTimestamp", default=None)


class _Owner(msgspec.Struct):
    name: Any = None
    namespace: Any = None


class _Resource(msgspec.Struct):
    version: Any = msgspec.field(name="apiVersion", default=None)
    kind: Any = None
    metadata: _Owner | None = None
    report: _Body | None = None
    status: _Status | None = None
    items: list[_Resource] | None = None


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.text("apiVersion").startswith(f"{_GROUP}/"):
        return True
    if shape.is_list("items"):
        return _starts(shape.within("items"))
    return shape.kind is Kind.OBJECT and any(key.endswith(f".{_GROUP}") for key in shape.keys)


def _starts(keys: Keys) -> bool:
    raw = keys.get("apiVersion")
    return raw is not None and bytes(raw).startswith(f'"{_GROUP}/'.encode())


def _parse(source: Source) -> Parsed | Rejected:
    resources = list(_resources(source))
    parts = Parts()
    skipped = 0
    for resource in resources:
        kind = label(resource.kind)
        body = resource.report or _Body()
        if kind.endswith("SbomReport"):
            skipped += 1
        if kind.endswith("VulnerabilityReport") or body.vulnerabilities:
            _vulnerabilities(body, parts.of(Category.CONTAINER))
        if kind.endswith(("AuditReport", "AssessmentReport")) or body.checks:
            _checks(resource, body, parts.of(Category.IAC))
        if kind.endswith("SecretReport") or body.secrets:
            secrets = parts.of(Category.SECRETS)
            for one in body.secrets or ():
                image = body.artifact.repository if body.artifact else None
                secrets.add(rated("words", one.severity), identity(image, one.rule, one.target, one.title))
        if resource.status is not None and kind.endswith("ComplianceReport"):
            _compliance(resource.status, parts.of(Category.IAC))
    images = [r.report.artifact for r in resources if r.report and r.report.artifact]
    versions = (label(r.report.scanner.version, 40) for r in resources if r.report and r.report.scanner)
    return parts.parsed(
        "trivy-operator-json",
        "Trivy",
        version=next(filter(None, versions), ""),
        at=max((at for resource in resources for at in _times(resource)), default=None),
        subject=only(label(image.repository) for image in images),
        warnings=_warnings(parts, skipped),
    )


def _resources(source: Source) -> Iterator[_Resource]:
    """Every report, however they were put into the file."""
    if any(key.endswith(f".{_GROUP}") for key in source.shape.keys):
        by_name = source.decode(dict[str, list[_Resource] | None])
        found = [resource for listed in by_name.values() for resource in listed or ()]
    else:
        found = list(rows(source, _Resource))
    for resource in found:
        yield from resource.items if resource.items is not None else (resource,)


def _times(resource: _Resource) -> Iterator[datetime]:
    stated = (resource.report and resource.report.updated, resource.status and resource.status.updated)
    return (at for value in stated if (at := event(value)) is not None)


def _vulnerabilities(body: _Body, part: Part) -> None:
    for one in body.vulnerabilities or ():
        # Workloads share images, so that one vulnerability of one package is reported many times.
        part.add(rated("words", one.severity), identity(one.id, one.package, one.installed), fixable=bool(one.fixed))


def _checks(resource: _Resource, body: _Body, part: Part) -> None:
    """Checks that passed are no findings; they are listed only where the operator was told to."""
    where = resource.metadata or _Owner()
    passed = failed = 0
    for one in body.checks or ():
        if one.success is True:
            passed += 1
        else:
            failed += 1
            place = identity(one.id or one.plain_id, one.title, where.namespace, where.name)
            part.add(rated("words", one.severity), place)
    part.checks(passed, failed)


def _compliance(status: _Status, part: Part) -> None:
    """The controls of a benchmark. A short report counts failures per control, a long one lists the checks."""
    short = (status.short and status.short.listed) or ()
    long = (status.long and (status.long.results or status.long.listed)) or ()
    passed = failed = 0
    for control in (*short, *long):
        failing = [check for check in control.checks or () if _fails(check)]
        if not failing and whole(control.failures):
            failing = [_Check()]
        for check in failing:
            place = identity(control.plain_id, control.name, check.id, check.target)
            part.add(rated("words", control.severity or check.severity), place)
        failed += bool(failing)
        passed += not failing
    part.checks(passed, failed)


def _fails(check: _Check) -> bool:
    return check.success is False or label(check.status).upper() == "FAIL"


def _warnings(parts: Parts, skipped: int) -> Iterator[str]:
    if skipped:
        yield f"Bills of materials among the reports were left out: {skipped}."
    if not parts:
        yield "The file holds no report of vulnerabilities, checks or secrets."


FORMATS = (
    Format(
        name="trivy-operator-json",
        title="Trivy operator reports",
        unit="finding",
        category=Category.CONTAINER,
        identify=_identify,
        parse=_parse,
    ),
)
