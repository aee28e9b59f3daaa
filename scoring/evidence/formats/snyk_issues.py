"""Lists of issues from Snyk's API: the REST endpoint, and the two of version 1 that it replaces.

Issues know when Snyk first saw them and when they were gone, but not when they were fetched: ages count to the latest
moment that the list names. Lists come in pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence.facts import Finding, State
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Parts, list_warnings, page, rated
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import event, identity, label, whole
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_TYPES = {"code": Category.SAST, "cloud": Category.CLOUD, "config": Category.IAC, "configuration": Category.IAC}
"""Every other type is about packages and their licences."""
_REACHABLE = frozenset({"reachable", "function"})
_FIXES = ("is_fixable_manually", "is_fixable_snyk", "is_fixable_upstream", "is_patchable", "is_pinnable")
_FIX_KEYS = frozenset({*_FIXES, "is_upgradeable", "isUpgradable", "isPatchable", "isPinnable", "isFixable", "isFixed"})


class _Resolution(msgspec.Struct):
    at: Any = msgspec.field(name="resolved_at", default=None)


class _Attributes(msgspec.Struct):
    key: Any = None
    type: Any = None
    status: Any = None
    ignored: Any = None
    severity: Any = msgspec.field(name="effective_severity_level", default=None)
    created: Any = msgspec.field(name="created_at", default=None)
    updated: Any = msgspec.field(name="updated_at", default=None)
    resolution: _Resolution | None = None
    coordinates: list[dict[str, Any]] | None = None


class _Item(msgspec.Struct):
    id: Any = None


class _Related(msgspec.Struct):
    data: _Item | None = None


class _Relations(msgspec.Struct):
    scanned: _Related | None = msgspec.field(name="scan_item", default=None)


class _Rest(msgspec.Struct):
    attributes: _Attributes | None = None
    relations: _Relations | None = msgspec.field(name="relationships", default=None)


class _Data(msgspec.Struct):
    severity: Any = None


class _Aggregated(msgspec.Struct):
    """Of version 1, one project at a time."""

    id: Any = None
    type: Any = msgspec.field(name="issueType", default=None)
    package: Any = msgspec.field(name="pkgName", default=None)
    data: _Data | None = msgspec.field(name="issueData", default=None)
    ignored: Any = msgspec.field(name="isIgnored", default=None)
    fix: dict[str, Any] | None = msgspec.field(name="fixInfo", default=None)


class _Plain(msgspec.Struct):
    id: Any = None
    type: Any = None
    package: Any = None
    severity: Any = None
    ignored: Any = msgspec.field(name="isIgnored", default=None)
    upgradable: Any = msgspec.field(name="isUpgradable", default=None)


class _Project(msgspec.Struct):
    id: Any = None
    name: Any = None


class _Reported(msgspec.Struct):
    """Of version 1, across projects."""

    issue: _Plain | None = None
    project: _Project | None = None
    projects: list[_Project] | None = None
    fixed: Any = msgspec.field(name="isFixed", default=None)
    introduced: Any = msgspec.field(name="introducedDate", default=None)
    fixed_at: Any = msgspec.field(name="fixedDate", default=None)
    ignored: Any = msgspec.field(name="isIgnored", default=None)


class _Page(msgspec.Struct):
    data: list[_Rest] | None = None
    issues: list[_Aggregated] | None = None
    results: list[_Reported] | None = None
    links: dict[str, Any] | None = None
    total: Any = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """An issue of any list in one vocabulary."""

    category: Category
    severity: object
    state: State
    identity: tuple[str | int | float | None, ...]
    opened: datetime | None = None
    changed: datetime | None = None
    project: str = ""
    fixable: bool | None = None
    reachable: bool | None = None


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.is_list("data"):
        if "effective_severity_level" in shape.within("data", "attributes"):
            return True
        link = bytes(shape.within("links").get("self", msgspec.Raw()))
        return shape.has("jsonapi") and not shape.within("data") and b"/rest/" in link and b"/issues" in link
    if shape.is_list("issues"):
        return {"issueType", "issueData"} <= shape.within("issues").keys()
    return shape.is_list("results") and {"issue", "isFixed"} <= shape.within("results").keys()


def _parse(source: Source) -> Parsed | Rejected:
    pages = list(rows(source, _Page))
    seen = [one for part in pages for one in _all(part)]
    at = max((at for one in seen for at in (one.opened, one.changed) if at is not None), default=None)
    parts = Parts()
    for one in seen:
        part = parts.of(one.category)
        part.dismissals = True
        found = rated("words", one.severity, one.state)
        if one.opened is not None:
            closed = one.changed if one.state is State.FIXED else None
            found = Finding(found.rating, one.state, one.opened, closed)
        part.add(found, one.identity, fixable=one.fixable)
        if one.reachable is not None:
            part.counted("findings.reachable", one.reachable and one.state is State.OPEN)
    if not parts:
        parts.of(Category.SCA)
    more = bool(pages) and bool((pages[-1].links or {}).get("next"))
    total = max((whole(part.total) or 0 for part in pages), default=None)
    sample = page(len(seen), more, total)
    return parts.parsed(
        "snyk-issues-json",
        "Snyk",
        at=at,
        ran=False,
        subject=only(one.project for one in seen),
        sample=sample,
        warnings=list_warnings(at, sample),
    )


def _all(part: _Page) -> Iterator[_Seen]:
    yield from map(_rest, part.data or ())
    yield from map(_aggregated, part.issues or ())
    yield from map(_reported, part.results or ())


def _rest(issue: _Rest) -> _Seen:
    said = issue.attributes or _Attributes()
    scanned = issue.relations.scanned if issue.relations else None
    resolved = label(said.status).lower() == "resolved"
    gone = event(said.resolution.at) if said.resolution else None
    places = said.coordinates or []
    told = [value for place in places for key, value in place.items() if key in _FIX_KEYS]
    reach = [label(place.get("reachability")).lower() for place in places if place.get("reachability")]
    return _Seen(
        category=_TYPES.get(label(said.type).lower(), Category.SCA),
        severity=said.severity,
        state=State.FIXED if resolved else State.SUPPRESSED if said.ignored is True else State.OPEN,
        identity=identity(said.key, scanned.data.id if scanned and scanned.data else None),
        opened=event(said.created),
        changed=gone or event(said.updated),
        fixable=any(value is True for value in told) if told else None,
        reachable=any(word in _REACHABLE for word in reach) if reach else None,
    )


def _aggregated(issue: _Aggregated) -> _Seen:
    told = [value for key, value in (issue.fix or {}).items() if key in _FIX_KEYS]
    return _Seen(
        category=_TYPES.get(label(issue.type).lower(), Category.SCA),
        severity=issue.data.severity if issue.data else None,
        state=State.SUPPRESSED if issue.ignored is True else State.OPEN,
        identity=identity(issue.id, issue.package),
        fixable=any(value is True for value in told) if told else None,
    )


def _reported(row: _Reported) -> _Seen:
    issue = row.issue or _Plain()
    project = row.project or next(iter(row.projects or ()), _Project())
    ignored = row.ignored is True or issue.ignored is True
    return _Seen(
        category=_TYPES.get(label(issue.type).lower(), Category.SCA),
        severity=issue.severity,
        state=State.FIXED if row.fixed is True else State.SUPPRESSED if ignored else State.OPEN,
        identity=identity(issue.id, issue.package, project.id),
        opened=event(row.introduced),
        changed=event(row.fixed_at),
        project=label(project.name),
        fixable=issue.upgradable if isinstance(issue.upgradable, bool) else None,
    )


FORMATS = (
    Format(
        name="snyk-issues-json",
        title="Snyk issue list",
        unit="finding",
        category=None,
        identify=_identify,
        parse=_parse,
    ),
)
