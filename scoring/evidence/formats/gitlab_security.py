"""GitLab security reports of every kind, schema 1 to 15: what the analysers of a pipeline hand over.

Specification: gitlab-org/security-products/security-report-schemas. The kind is what ``scan.type`` says; reports from
before it was there are told by their ``category``, else by what their locations name. A finding is known by its
``id``, in old reports by ``cve``, which despite its name is a key for comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Tally, finding_facts, last_run
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.jsontext import decode
from scoring.evidence.limits import Refused
from scoring.evidence.parts import rated
from scoring.evidence.rows import only
from scoring.evidence.scalars import label, moment, repository, zoneless
from scoring.evidence.shape import Keys, Kind, Shape
from scoring.evidence.source import Source


@dataclass(frozen=True, slots=True)
class _Report:
    """One kind of report."""

    format: str
    title: str
    category: Category
    types: tuple[str, ...]
    """What ``scan.type`` or ``category`` calls it."""


_SAST = _Report("gitlab-sast", "GitLab SAST report", Category.SAST, ("sast",))
_DEPENDENCY = _Report("gitlab-dependency", "GitLab dependency scanning report", Category.SCA, ("dependency_scanning",))
_CONTAINER = _Report(
    "gitlab-container", "GitLab container scanning report", Category.CONTAINER, ("container_scanning",)
)
_CLUSTER = _Report(
    "gitlab-cluster-image", "GitLab cluster image scanning report", Category.CONTAINER, ("cluster_image_scanning",)
)
_SECRET = _Report("gitlab-secret", "GitLab secret detection report", Category.SECRETS, ("secret_detection",))
_DAST = _Report("gitlab-dast", "GitLab DAST report", Category.DAST, ("dast",))
_API = _Report("gitlab-api-fuzzing", "GitLab API fuzzing report", Category.DAST, ("api_fuzzing",))
_COVERAGE = _Report(
    "gitlab-coverage-fuzzing", "GitLab coverage fuzzing report", Category.DAST, ("coverage_fuzzing", "fuzzing")
)
_REPORTS = (_SAST, _DEPENDENCY, _CONTAINER, _CLUSTER, _SECRET, _DAST, _API, _COVERAGE)
_TARGETS = (_CONTAINER, _CLUSTER, _DAST, _API)
"""Reports whose findings name the image or host that was scanned."""
_BY_TYPE = {type_: report for report in _REPORTS for type_ in report.types}
_BY_LOCATION = (
    (_CLUSTER, {"kubernetes_resource"}),
    (_CONTAINER, {"image", "operating_system", "default_branch_image"}),
    (_COVERAGE, {"crash_type", "crash_state", "crash_address", "stacktrace_snippet"}),
    (_DAST, {"hostname", "param"}),
    (_SECRET, {"commit"}),
)
"""What the place of a finding gives away; the rest lies in a file or in a package that a file names."""

_FRAME = frozenset({"version", "scan", "remediations", "dependency_files"})
"""What a report has beside its findings."""


class _Named(msgspec.Struct):
    id: Any = None
    name: Any = None
    version: Any = None


class _Scan(msgspec.Struct):
    type: Any = None
    status: Any = None
    start_time: Any = None
    end_time: Any = None
    scanner: _Named | None = None
    analyzer: _Named | None = None
    rules: list[Any] | None = msgspec.field(name="primary_identifiers", default=None)


class _Place(msgspec.Struct):
    image: Any = None
    hostname: Any = None


class _Identifier(msgspec.Struct):
    type: Any = None
    value: Any = None


class _Vulnerability(msgspec.Struct):
    """The place stays undecoded but for what names the target: it only tells findings apart."""

    id: Any = None
    cve: Any = None
    severity: Any = None
    scanner: _Named | None = None
    identifiers: list[_Identifier] | None = None
    location: msgspec.Raw = msgspec.Raw()
    discovered_at: Any = None


class _Document(msgspec.Struct):
    vulnerabilities: list[_Vulnerability] | None = None
    scan: _Scan | None = None


def _kind(shape: Shape) -> _Report | None:
    """The kind of report that a content is; None where it is no report, or an empty one that could be any."""
    # Analysers written in Go have null for an empty list.
    if shape.kind is Kind.OBJECT and shape.has("vulnerabilities"):
        told = _BY_TYPE.get(_text(shape.within("scan"), "type"))
        if told is not None:
            return told
    first = _first_finding(shape)
    if not first:
        return _DEPENDENCY if first is not None and shape.is_list("dependency_files") else None
    return _BY_TYPE.get(_text(first, "category")) or _by_place(first)


def _first_finding(shape: Shape) -> Keys | None:
    """The keys of the first finding; empty where there is none, None where the content is no report."""
    if shape.kind is Kind.ARRAY:
        # Before schema 2 the findings stood alone.
        old = shape.has("identifiers", "location", "severity") and ("cve" in shape.keys or "scanner" in shape.keys)
        return shape.keys if old and not shape.has("report_type") else None
    # The list of findings is only walked where the rest looks right: other formats have one as well, and a long one.
    framed = shape.is_list("vulnerabilities") and bool(_FRAME & shape.keys.keys()) and not shape.has("bomFormat")
    if shape.kind is not Kind.OBJECT or not framed:
        return None
    first = shape.within("vulnerabilities")
    told = shape.has("version") and bool({"scanner", "analyzer"} & shape.within("scan").keys())
    found = "location" in first and ("identifiers" in first or "scanner" in first)
    return first if told or found or (not first and shape.has("version", "remediations")) else None


def _by_place(first: Keys) -> _Report:
    inside = Shape(Kind.OBJECT, keys=first)
    place = inside.within("location")
    for report, keys in _BY_LOCATION:
        if keys & place.keys():
            return report
    if "path" in place and "file" not in place:
        return _DAST
    # An empty package stands in reports of every kind that one old analyser wrote.
    if "name" in inside.within("location", "dependency", "package"):
        return _DEPENDENCY
    return _SECRET if "raw_source_code_extract" in first and "class" not in place else _SAST


def _text(keys: Keys, key: str) -> str:
    try:
        return label(decode(keys[key], object), 40).lower() if key in keys else ""
    except Refused:
        return ""


def _identifies(report: _Report) -> Callable[[Shape], bool]:
    def identify(shape: Shape) -> bool:
        kind = _kind(shape)
        if kind is not None:
            return kind is report
        # An empty report that does not say what ran could be of any kind.
        return _first_finding(shape) == {} and _text(shape.within("scan"), "type") in ("", *report.types)

    return identify


def _parses(report: _Report) -> Callable[[Source], Parsed | Rejected]:
    return lambda source: _parse(source, report)


def _parse(source: Source, report: _Report) -> Parsed:
    if source.shape.kind is Kind.ARRAY:
        document = _Document(vulnerabilities=source.decode(list[_Vulnerability]))
    else:
        document = source.decode(_Document)
    scan = document.scan or _Scan()
    tally = Tally()
    listed = document.vulnerabilities or []
    for place, one in enumerate(listed):
        tally.add(rated("words", one.severity), _identity(one, place))
    at = _captured(scan, listed)
    facts = [
        Fact(name="scan.present", value=True, note=_versions(scan)),
        *_scan_facts(scan),
        *finding_facts(tally, at),
        *last_run(at),
    ]
    return Parsed(
        format=report.format,
        tool=_tools(scan, listed),
        records=tally.records("finding"),
        category=_category(scan, report),
        captured_at=at,
        subject=_subject(listed) if report in _TARGETS else "",
        findings=tally.findings(),
        facts=tuple(facts),
        warnings=(*tally.warnings(), *_warnings(document, at)),
    )


def _category(scan: _Scan, report: _Report) -> Category:
    """Infrastructure code is scanned by a SAST job; only the scanner tells."""
    names = {label(named.id).lower() for named in (scan.scanner, scan.analyzer) if named is not None}
    return Category.IAC if report is _SAST and "kics" in names else report.category


def _identity(one: _Vulnerability, place: int) -> Hashable:
    """The report's own key; without one, the first identifier at a place."""
    key = label(one.id, 1000) or label(one.cve, 1000)
    if key:
        return key
    named = (one.identifiers or [_Identifier()])[0]
    where = bytes(one.location)
    return (label(named.type), label(named.value, 500), where) if where else place


def _captured(scan: _Scan, listed: list[_Vulnerability]) -> datetime | None:
    told = moment(scan.end_time) or moment(scan.start_time)
    if told is not None:
        return told
    return max((at for one in listed if (at := moment(one.discovered_at)) is not None), default=None)


def _tools(scan: _Scan, listed: list[_Vulnerability]) -> str:
    """Names of the scanners; old reports name them with each finding, trimmed ones not at all."""
    named = [scan.scanner] if scan.scanner else [one.scanner for one in listed]
    names = (label(one.name, 80) or label(one.id, 80) for one in named if one is not None)
    return ", ".join(dict.fromkeys(filter(None, names))) or "GitLab"


def _versions(scan: _Scan) -> str:
    named = [
        " ".join(filter(None, (label(one.name, 80), label(one.version, 40))))
        for one in (scan.scanner, scan.analyzer)
        if one is not None
    ]
    return ", ".join(dict.fromkeys(filter(None, named)))


def _scan_facts(scan: _Scan) -> Iterator[Fact]:
    if label(scan.status):
        yield Fact(name="scan.completed", value=label(scan.status).lower() == "success")
    if scan.rules:
        yield Fact(name="scan.rules", value=len(scan.rules))


def _subject(listed: list[_Vulnerability]) -> str:
    """The image or host, where all findings share it."""
    places = (_place(one.location) for one in listed)
    return only(repository(place.image) or repository(place.hostname) for place in places)


def _place(location: msgspec.Raw) -> _Place:
    if bytes(memoryview(location)[:1]) != b"{":
        return _Place()
    return decode(location, _Place)


def _warnings(document: _Document, at: datetime | None) -> Iterator[str]:
    scan = document.scan or _Scan()
    if document.scan is None:
        yield "The report says nothing about the scan: not by which tool, when, or whether it succeeded."
    elif label(scan.status).lower() == "failure":
        yield "The scan failed: what it lists may be incomplete."
    if at and zoneless(label(scan.end_time) or label(scan.start_time)):
        yield "Its times name no time zone and are read as UTC."


FORMATS = tuple(
    Format(
        name=report.format,
        title=report.title,
        unit="finding",
        category=report.category,
        identify=_identifies(report),
        parse=_parses(report),
    )
    for report in _REPORTS
)
