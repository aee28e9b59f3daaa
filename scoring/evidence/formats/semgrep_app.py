"""Lists of findings from the API of Semgrep's platform: code, supply chain (old and new) and secrets.

They know when a finding was opened and what was decided about it, but not when they were fetched: ages count to the
latest moment that the list names, so they are at least that. Lists come in pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence.facts import Finding, State
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Parts, list_warnings, page, rated
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import event, identity, label, repository
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_STATES = {
    "fixed": State.FIXED,
    "closed": State.FIXED,
    "removed": State.FIXED,
    "ignored": State.SUPPRESSED,
    "muted": State.SUPPRESSED,
    "dismissed": State.SUPPRESSED,
    "provisionally_ignored": State.SUPPRESSED,
}
"""Whatever else there is (new, open, reviewing, fixing) is open."""
_REACHABLE = frozenset({"reachable", "always_reachable", "conditionally_reachable", "always reachable"})
_CODE_KEYS = frozenset({"triage_state", "match_based_id", "syntactic_id", "relevant_since", "rule_name"})


class _Advisory(msgspec.Struct):
    rule: Any = msgspec.field(name="ruleId", default=None)
    severity: Any = None


class _Location(msgspec.Struct):
    path: Any = None
    file: Any = msgspec.field(name="file_path", default=None)
    line: Any = None
    start: Any = msgspec.field(name="startLine", default=None)


class _Triage(msgspec.Struct):
    status: Any = None


class _Repository(msgspec.Struct):
    name: Any = None


class _Dependency(msgspec.Struct):
    name: Any = None


class _Row(msgspec.Struct):
    """A finding of any of the four lists; each uses other fields."""

    repository: _Repository | None = None
    severity: Any = None
    status: Any = None
    state: Any = None
    # Code, and supply chain since 2024.
    match: Any = msgspec.field(name="match_based_id", default=None)
    rule: Any = msgspec.field(name="rule_name", default=None)
    location: _Location | None = None
    created: Any = msgspec.field(name="created_at", default=None)
    relevant: Any = msgspec.field(name="relevant_since", default=None)
    state_updated: Any = msgspec.field(name="state_updated_at", default=None)
    triaged: Any = msgspec.field(name="triaged_at", default=None)
    vulnerability: Any = msgspec.field(name="vulnerability_identifier", default=None)
    dependency: _Dependency | None = msgspec.field(name="found_dependency", default=None)
    reachability: Any = None
    # Supply chain before.
    advisory: _Advisory | None = None
    exposure: Any = msgspec.field(name="exposureType", default=None)
    repository_name: Any = msgspec.field(name="repositoryName", default=None)
    lock_file: _Location | None = msgspec.field(name="dependencyFileLocation", default=None)
    triage: _Triage | None = None
    opened: Any = msgspec.field(name="openedAt", default=None)
    first_triaged: Any = msgspec.field(name="firstTriagedAt", default=None)
    # Secrets.
    id: Any = None
    type: Any = None
    path: Any = msgspec.field(name="findingPath", default=None)
    validation: Any = msgspec.field(name="validationState", default=None)
    secret_created: Any = msgspec.field(name="createdAt", default=None)
    secret_updated: Any = msgspec.field(name="updatedAt", default=None)


class _Page(msgspec.Struct):
    vulns: list[_Row] | None = None
    findings: list[_Row] | None = None
    more: Any = msgspec.field(name="hasMore", default=None)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A finding of any list in one vocabulary."""

    category: Category
    severity: str
    state: State
    opened: datetime | None
    changed: datetime | None
    identity: tuple[str | int | float | None, ...]
    repository: str
    reachable: bool | None
    verified: bool | None


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.is_list("vulns"):
        first = shape.within("vulns")
        return {"advisory", "triage"} <= first.keys() or (not first and shape.has("hasMore"))
    if not shape.is_list("findings"):
        return False
    first = shape.within("findings")
    return len(_CODE_KEYS & first.keys()) >= 2 or {"findingPath", "validationState"} <= first.keys()


def _parse(source: Source) -> Parsed | Rejected:
    pages = list(rows(source, _Page))
    seen = [_seen(row) for part in pages for row in (*(part.vulns or ()), *(part.findings or ()))]
    at = max((at for one in seen for at in (one.opened, one.changed) if at is not None), default=None)
    parts = Parts()
    for one in seen:
        part = parts.of(one.category)
        part.dismissals = True
        found = rated("semgrep", one.severity, one.state)
        if one.opened is not None:
            closed = one.changed if one.state is State.FIXED else None
            found = Finding(found.rating, one.state, one.opened, closed)
        part.add(found, one.identity)
        if one.reachable is not None:
            part.counted("findings.reachable", one.reachable and one.state is State.OPEN)
        if one.verified is not None:
            part.counted("secrets.verified", one.verified and one.state is State.OPEN)
    if not parts:
        parts.of(Category.SCA)
    sample = page(len(seen), bool(pages) and pages[-1].more is True)
    return parts.parsed(
        "semgrep-app-json",
        "Semgrep",
        at=at,
        ran=False,
        subject=only(one.repository for one in seen),
        sample=sample,
        warnings=list_warnings(at, sample),
    )


def _seen(row: _Row) -> _Seen:
    if row.advisory is not None or row.exposure is not None:
        return _old_supply_chain(row)
    return _secret(row) if row.validation is not None or row.path is not None else _code(row)


def _old_supply_chain(row: _Row) -> _Seen:
    advisory = row.advisory or _Advisory()
    place = row.lock_file or _Location()
    return _Seen(
        category=Category.SCA,
        severity=label(advisory.severity, 20),
        state=_state(row.triage.status if row.triage else None),
        opened=event(row.opened),
        changed=event(row.first_triaged),
        identity=identity(label(row.repository_name), advisory.rule, place.path, place.start),
        repository=label(row.repository_name),
        reachable=label(row.exposure).lower() in _REACHABLE,
        verified=None,
    )


def _code(row: _Row) -> _Seen:
    supply = row.vulnerability is not None or row.dependency is not None or row.reachability is not None
    place = row.location or _Location()
    name = row.repository.name if row.repository else None
    return _Seen(
        category=Category.SCA if supply else Category.SAST,
        severity=label(row.severity, 20),
        state=_state(row.status or row.state),
        opened=event(row.created) or event(row.relevant),
        changed=event(row.state_updated) or event(row.triaged),
        identity=identity(name, row.match, row.rule, place.file or place.path, place.line or place.start),
        repository=repository(name),
        reachable=label(row.reachability).lower() in _REACHABLE if row.reachability is not None else None,
        verified=None,
    )


def _secret(row: _Row) -> _Seen:
    name = row.repository.name if row.repository else None
    return _Seen(
        category=Category.SECRETS,
        severity=label(row.severity, 30).upper().removeprefix("SEVERITY_"),
        state=_state(label(row.status).upper().removeprefix("FINDING_STATUS_")),
        opened=event(row.secret_created),
        changed=event(row.secret_updated),
        identity=identity(name, row.type, row.path),
        repository=repository(name),
        reachable=None,
        verified=label(row.validation).upper().endswith("CONFIRMED_VALID"),
    )


def _state(said: object) -> State:
    return _STATES.get(label(said).lower(), State.OPEN)


FORMATS = (
    Format(
        name="semgrep-app-json",
        title="Semgrep platform findings",
        unit="finding",
        category=None,
        identify=_identify,
        parse=_parse,
    ),
)
