"""What GitLab remembers of vulnerabilities over time: REST lists, GraphQL, and the CSV of the vulnerability report.

Unlike the reports of single pipelines these keep states and dates. GitLab Ultimate only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence import csvtext
from scoring.evidence.facts import Finding, State
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Parts
from scoring.evidence.rows import UNDATED, only, page_warning, rows
from scoring.evidence.scalars import label, moment
from scoring.evidence.severity import NOT_RATED, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_COLUMNS = frozenset({"Tool", "Scanner Name", "Status", "Vulnerability", "Severity"})
_TOLD_APART_BY = ("Full Path", "Project Name", "Tool", "Vulnerability", "CVE", "Other Identifiers", "Location")
_CATEGORIES = {
    "sast": Category.SAST,
    "dependency_scanning": Category.SCA,
    "container_scanning": Category.CONTAINER,
    "container_scanning_for_registry": Category.CONTAINER,
    "cluster_image_scanning": Category.CONTAINER,
    "secret_detection": Category.SECRETS,
    "dast": Category.DAST,
    "api_fuzzing": Category.DAST,
    "coverage_fuzzing": Category.DAST,
}
"""By type of report; ``generic`` was uploaded by some other tool."""
_STATES = {
    "detected": State.OPEN,
    "confirmed": State.OPEN,
    "opened": State.OPEN,
    "dismissed": State.SUPPRESSED,
    "resolved": State.FIXED,
    "closed": State.FIXED,
}


class _Project(msgspec.Struct):
    full_path: Any = None
    path: Any = msgspec.field(name="fullPath", default=None)


class _Scanner(msgspec.Struct):
    name: Any = None


class _Row(msgspec.Struct):
    """A vulnerability or a finding of the REST API, or one of GraphQL with the second names."""

    id: Any = None
    uuid: Any = None
    state: Any = None
    severity: Any = None
    report_type: Any = None
    report: Any = msgspec.field(name="reportType", default=None)
    created_at: Any = None
    updated_at: Any = None
    dismissed_at: Any = None
    resolved_at: Any = None
    detected: Any = msgspec.field(name="detectedAt", default=None)
    updated: Any = msgspec.field(name="updatedAt", default=None)
    dismissed: Any = msgspec.field(name="dismissedAt", default=None)
    resolved: Any = msgspec.field(name="resolvedAt", default=None)
    project: _Project | None = None
    scanner: _Scanner | None = None


class _Nodes(msgspec.Struct):
    nodes: list[_Row | None] | None = None


class _Owner(msgspec.Struct):
    path: Any = msgspec.field(name="fullPath", default=None)
    vulnerabilities: _Nodes | None = None


class _Data(msgspec.Struct):
    project: _Owner | None = None
    group: _Owner | None = None
    vulnerabilities: _Nodes | None = None


class _Document(_Row):
    """A row, or an answer of GraphQL."""

    data: _Data | None = None


@dataclass(frozen=True, slots=True)
class _Vulnerability:
    """One vulnerability in one vocabulary."""

    identity: str | tuple[str, ...]
    state: str
    severity: str
    kind: str
    scanner: str
    project: str
    found: datetime | None
    dismissed: datetime | None
    resolved: datetime | None
    updated: datetime | None = None


def _identify(shape: Shape) -> bool:
    if shape.kind is Kind.TEXT:
        return csvtext.header(shape.lines, _COLUMNS) is not None
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    answers = [path for path in (("project",), ("group",), ()) if "vulnerabilities" in shape.within("data", *path)]
    if any("nodes" in shape.within("data", *path, "vulnerabilities") for path in answers):
        return True
    return shape.has("report_type", "severity", "state") and bool({"project", "finding"} & shape.keys.keys())


def _parse(source: Source) -> Parsed | Rejected:
    table = source.shape.kind is Kind.TEXT
    found = list(_from_table(source.table(*_COLUMNS)) if table else _from_json(rows(source, _Document)))
    parts = Parts()
    for place, one in enumerate(found):
        rating = rate("words", one.severity) or NOT_RATED
        state = _STATES.get(one.state, State.OPEN)
        part = parts.of(_CATEGORIES.get(one.kind))
        part.dismissals = True
        part.add(Finding(rating, state, one.found, one.resolved), one.identity or place)
    moments = (at for one in found for at in (one.found, one.dismissed, one.resolved, one.updated) if at is not None)
    scanners = sorted({one.scanner for one in found if one.scanner})
    return parts.parsed(
        "gitlab-vulnerabilities",
        "GitLab",
        version=f"with {', '.join(scanners[:5])}" if scanners else "",
        at=max(moments, default=None),
        ran=False,
        subject=only(one.project for one in found),
        warnings=_warnings(found, table),
    )


def _warnings(found: list[_Vulnerability], table: bool) -> Iterator[str]:
    yield UNDATED if found else "It lists no vulnerability."
    if not table:
        yield from page_warning(len(found))


def _from_json(listed: Iterable[_Document]) -> Iterator[_Vulnerability]:
    for row in listed:
        if row.data is None:
            yield _vulnerability(row, "")
            continue
        whole = _Owner(vulnerabilities=row.data.vulnerabilities)
        for owner in (row.data.project, row.data.group, whole):
            if owner is not None and owner.vulnerabilities is not None:
                for node in owner.vulnerabilities.nodes or ():
                    if node is not None:
                        yield _vulnerability(node, label(owner.path))


def _vulnerability(row: _Row, owner: str) -> _Vulnerability:
    project = row.project or _Project()
    return _Vulnerability(
        identity=label(row.id) or label(row.uuid),
        state=label(row.state).lower(),
        severity=label(row.severity, 40),
        kind=(label(row.report_type) or label(row.report)).lower(),
        scanner=label(row.scanner.name, 80) if row.scanner else "",
        project=label(project.full_path) or label(project.path) or owner,
        found=moment(row.detected) or moment(row.created_at),
        dismissed=moment(row.dismissed_at) or moment(row.dismissed),
        resolved=moment(row.resolved_at) or moment(row.resolved),
        updated=moment(row.updated_at) or moment(row.updated),
    )


def _from_table(records: Iterable[Mapping[str, str]]) -> Iterator[_Vulnerability]:
    """Rows of the exported report, whose columns have grown over the versions."""
    for record in records:
        where = tuple(
            record.get(name, "") for name in ("Tool", "Vulnerability", "CVE", "Other Identifiers", "Location")
        )
        yield _Vulnerability(
            identity=record.get("Vulnerability ID") or where,
            state=record["Status"].strip().lower(),
            severity=record["Severity"].strip(),
            kind=record["Tool"].strip().lower().replace(" ", "_"),
            scanner=label(record["Scanner Name"], 80),
            project=label(record.get("Full Path")) or label(record.get("Project Name")),
            found=_at(record.get("Detected At")),
            dismissed=_at(record.get("Dismissed At")),
            resolved=_at(record.get("Resolved At")),
        )


def _at(text: str | None) -> datetime | None:
    """A moment as the report writes it: ISO 8601, or ``2024-03-12 13:25:01 UTC``."""
    return moment((text or "").removesuffix(" UTC"))


FORMATS = (
    Format(
        name="gitlab-vulnerabilities",
        title="GitLab vulnerability list",
        unit="finding",
        category=None,
        identify=_identify,
        parse=_parse,
        clean=("[]",),
    ),
)
