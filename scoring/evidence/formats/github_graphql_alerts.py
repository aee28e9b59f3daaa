"""GitHub's vulnerability alerts from GraphQL, wherever a query put them: a repository, a search, an organisation."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Finding, State, Tally, finding_facts, share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.limits import Refused
from scoring.evidence.rows import UNDATED, only, rows, sample
from scoring.evidence.scalars import label, moment, whole
from scoring.evidence.severity import NOT_RATED, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_ALERTS = "vulnerabilityAlerts"
_DEPTH = 12
"""Of connections and nodes around the alerts; a query cannot nest them much deeper."""


class _Package(msgspec.Struct):
    name: Any = None
    ecosystem: Any = None


class _Identifier(msgspec.Struct):
    value: Any = None


class _Advisory(msgspec.Struct):
    ghsa: Any = msgspec.field(name="ghsaId", default=None)
    severity: Any = None
    identifiers: list[_Identifier] | None = None


class _Vulnerability(msgspec.Struct):
    severity: Any = None
    package: _Package | None = None
    advisory: _Advisory | None = None


class _Alert(msgspec.Struct):
    id: Any = None
    number: Any = None
    state: Any = None
    created: Any = msgspec.field(name="createdAt", default=None)
    fixed: Any = msgspec.field(name="fixedAt", default=None)
    dismissed: Any = msgspec.field(name="dismissedAt", default=None)
    auto_dismissed: Any = msgspec.field(name="autoDismissedAt", default=None)
    vulnerability: _Vulnerability | None = msgspec.field(name="securityVulnerability", default=None)
    advisory: _Advisory | None = msgspec.field(name="securityAdvisory", default=None)
    manifest: Any = msgspec.field(name="vulnerableManifestPath", default=None)
    manifest_name: Any = msgspec.field(name="vulnerableManifestFilename", default=None)


class _Edge(msgspec.Struct):
    node: _Alert | None = None


class _Connection(msgspec.Struct):
    nodes: list[_Alert | None] | None = None
    edges: list[_Edge | None] | None = None
    total: Any = msgspec.field(name="totalCount", default=None)


class _Document(msgspec.Struct):
    data: Any = None


def _identify(shape: Shape) -> bool:
    """A query names its results as it likes, so the connection is looked for in all of them."""
    data = shape.keys.get("data")
    listed = shape.kind in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM)
    return listed and data is not None and f'"{_ALERTS}"'.encode() in bytes(memoryview(data))


def _parse(source: Source) -> Parsed | Rejected:
    tally = Tally()
    repositories: set[str] = set()
    moments: list[datetime] = []
    listed = total = 0
    found = [pair for document in rows(source, _Document) for pair in _connections(document.data, "", 0)]
    for name, connection in found:
        alerts = _alerts(connection)
        repositories.add(name)
        listed += len(alerts)
        told = whole(connection.total)
        total += len(alerts) if told is None else told
        for place, alert in enumerate(alerts):
            tally.add(_finding(alert), _identity(alert, name, place))
            moments.extend(_moments(alert))
    if not found:
        return Rejected("The query was answered without vulnerability alerts. Ask for them with read access.")
    at = max(moments, default=None)
    facts = [Fact(name="scan.present", value=True), *finding_facts(tally, at)]
    if listed:
        facts.append(Fact(name="findings.dismissed.share", value=share(tally.number(State.SUPPRESSED), listed)))
    page = sample(listed, total)
    return Parsed(
        format="gh-vuln-graphql",
        tool="Dependabot",
        records=tally.records("alert"),
        category=Category.SCA,
        captured_at=at,
        subject=only(repositories),
        findings=tally.findings(),
        facts=tuple(fact.model_copy(update={"sample": page}) for fact in facts),
        warnings=(*tally.warnings(), *_warnings(page, at)),
    )


def _warnings(page: str | None, at: datetime | None) -> Iterator[str]:
    if page:
        yield f"The query gave {page} alerts. Fetch all pages for firm figures."
    if at:
        yield UNDATED


def _connections(value: object, name: str, depth: int) -> Iterator[tuple[str, _Connection]]:
    """Every connection of alerts with the name of its repository; each object is visited once."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for element in value:
            yield from _connections(element, name, depth + 1)
    elif isinstance(value, dict):
        own = label(value.get("nameWithOwner")) or label(value.get("name")) or name
        for key, inner in value.items():
            if key == _ALERTS and isinstance(inner, dict):
                yield own, _connection(inner)
            elif isinstance(inner, list | dict):
                yield from _connections(inner, own, depth + 1)


def _connection(value: dict[str, Any]) -> _Connection:
    try:
        return msgspec.convert(value, _Connection)
    except msgspec.ValidationError as error:
        raise Refused(f"Its structure is not that of the format: {error}.") from None


def _alerts(connection: _Connection) -> list[_Alert]:
    edges = [edge.node for edge in connection.edges or () if edge is not None]
    return [alert for alert in (*(connection.nodes or ()), *edges) if alert is not None]


def _finding(alert: _Alert) -> Finding:
    vulnerability = alert.vulnerability or _Vulnerability()
    advisories = (vulnerability.advisory or _Advisory(), alert.advisory or _Advisory())
    words = (vulnerability.severity, *(one.severity for one in advisories))
    rating = next((rated for word in words if (rated := rate("advisory", label(word, 40))) is not None), NOT_RATED)
    state = {"fixed": State.FIXED, "open": State.OPEN}.get(label(alert.state).lower())
    if state is None and (alert.state or alert.dismissed or alert.auto_dismissed):
        state = State.SUPPRESSED
    if state is None:
        state = State.FIXED if alert.fixed else State.OPEN
    return Finding(rating, state, moment(alert.created), moment(alert.fixed))


def _identity(alert: _Alert, name: str, place: int) -> Hashable:
    """The alert's own id or number; a query that asks for neither is told apart by package, advisory and manifest."""
    if label(alert.id):
        return label(alert.id)
    if label(alert.number):
        return name, label(alert.number)
    vulnerability = alert.vulnerability or _Vulnerability()
    advisory = vulnerability.advisory or alert.advisory or _Advisory()
    package = vulnerability.package or _Package()
    known = (label(advisory.ghsa), *(label(one.value) for one in advisory.identifiers or ()))
    manifest = label(alert.manifest) or label(alert.manifest_name)
    return (name, label(package.name), known, manifest) if any(known) else (name, place)


def _moments(alert: _Alert) -> Iterator[datetime]:
    told = (alert.created, alert.fixed, alert.dismissed, alert.auto_dismissed)
    return (at for value in told if (at := moment(value)) is not None)


FORMATS = (
    Format(
        name="gh-vuln-graphql",
        title="GitHub vulnerability alerts from GraphQL",
        unit="alert",
        category=Category.SCA,
        identify=_identify,
        parse=_parse,
    ),
)
