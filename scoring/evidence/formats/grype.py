"""Grype's JSON since 0.7: matches of vulnerabilities with packages of an image, a directory or a bill of materials.

Ignored matches stand in a list of their own. Later releases name the vulnerability database, since 0.88 elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence.facts import Finding
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Part, Parts, rated
from scoring.evidence.rows import rows
from scoring.evidence.scalars import event, label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_RUNNING = frozenset({"image", "snap", ""})
"""Kinds of source that are run as they are; the others are places where dependencies are declared."""


_Scalar = str | int | float | None


class _Unread(msgspec.Struct):
    """Only counted."""


class _Fix(msgspec.Struct, gc=False):
    state: _Scalar = None


class _Vulnerability(msgspec.Struct, gc=False):
    id: _Scalar = None
    severity: _Scalar = None
    fix: _Fix | None = None
    fixed: _Scalar = msgspec.field(name="fixedInVersion", default=None)
    epss: list[_Unread] | None = None
    exploited: list[_Unread] | None = msgspec.field(name="knownExploited", default=None)


class _Artifact(msgspec.Struct, gc=False):
    name: _Scalar = None
    version: _Scalar = None


class _Match(msgspec.Struct, gc=False):
    vulnerability: _Vulnerability | None = None
    artifact: _Artifact | None = None


_NONE = _Vulnerability()
_NOTHING = _Artifact()


class _Image(msgspec.Struct):
    input: Any = msgspec.field(name="userInput", default=None)


class _Source(msgspec.Struct):
    type: Any = None
    target: _Image | str | None = None


class _Status(msgspec.Struct):
    built: Any = None


class _Database(msgspec.Struct):
    built: Any = None
    status: _Status | None = None


class _Descriptor(msgspec.Struct):
    name: Any = None
    version: Any = None
    timestamp: Any = None
    database: _Database | None = msgspec.field(name="db", default=None)


class _Document(msgspec.Struct):
    matches: list[_Match] | None = None
    ignored: list[_Unread] | None = msgspec.field(name="ignoredMatches", default=None)
    source: _Source | None = None
    descriptor: _Descriptor | None = None


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM) or not shape.has("matches"):
        return False
    if {"vulnerability", "artifact"} <= shape.within("matches").keys():
        return True
    return shape.has("descriptor") and {"name", "version"} <= shape.within("descriptor").keys()


def _parse(source: Source) -> Parsed | Rejected:
    parts = Parts()
    documents: list[_Document] = []
    if source.streamed and source.shape.kind is Kind.OBJECT:
        head = _streamed_head(source)
        matches = (value for path, value in source.stream({"matches.item": _Match}) if path)
        _count(head, matches, parts.of(_category(head)))
        documents.append(head)
    else:
        for document in rows(source, _Document):
            _count(document, document.matches or (), parts.of(_category(document)))
            documents.append(document)
    versions = (label(one.descriptor.version, 40) for one in documents if one.descriptor)
    return parts.parsed(
        "grype-json",
        "Grype",
        version=next(filter(None, versions), ""),
        at=max((at for one in documents if (at := _captured(one)) is not None), default=None),
        subject=next(filter(None, map(_subject, documents)), ""),
    )


def _streamed_head(source: Source) -> _Document:
    """Everything but the matches, at flat memory."""
    document = _Document(ignored=[])
    wanted = {"source": _Source, "descriptor": _Descriptor, "ignoredMatches.item": _Unread}
    for _, value in source.stream(dict(wanted)):
        match value:
            case _Source():
                document.source = value
            case _Descriptor():
                document.descriptor = value
            case _ if document.ignored is not None:
                document.ignored.append(value)
    return document


def _count(document: _Document, matches: Iterable[_Match], part: Part) -> None:
    counts: dict[Finding, int] = {}
    identities: set[int] = set()
    fixable: int | None = None
    exploited: int | None = None
    for match in matches:
        vulnerability = match.vulnerability or _NONE
        artifact = match.artifact or _NOTHING
        found = rated("words", vulnerability.severity)
        counts[found] = counts.get(found, 0) + 1
        # The same package lies in several places of an image, and several matchers find the same.
        identities.add(hash((vulnerability.id, artifact.name, artifact.version)))
        if vulnerability.fix is not None:
            fixable = (fixable or 0) + (vulnerability.fix.state == "fixed")
        elif vulnerability.fixed:
            fixable = (fixable or 0) + 1
        if vulnerability.exploited is not None or vulnerability.epss is not None:
            exploited = (exploited or 0) + bool(vulnerability.exploited)
    part.add_all(counts, identities, fixable)
    part.apart += len(document.ignored or ())
    if exploited is not None:
        part.counted("findings.exploited", exploited)
    at, built = _captured(document), _built(document)
    if at is not None and built is not None:
        part.facts["scan.database_days"] = max((at - built).days, int(part.facts.get("scan.database_days", 0)))


def _category(document: _Document) -> Category:
    kind = label(document.source.type).lower() if document.source else ""
    return Category.CONTAINER if kind in _RUNNING else Category.SCA


def _captured(document: _Document) -> datetime | None:
    return event(document.descriptor.timestamp) if document.descriptor else None


def _built(document: _Document) -> datetime | None:
    database = document.descriptor.database if document.descriptor else None
    if database is None:
        return None
    return event(database.built) or (event(database.status.built) if database.status else None)


def _subject(document: _Document) -> str:
    """An image without its digest, or a path."""
    target = document.source.target if document.source else None
    return label(target.input if isinstance(target, _Image) else target).partition("@sha256:")[0]


FORMATS = (
    Format(
        name="grype-json",
        title="Grype JSON",
        unit="finding",
        category=Category.CONTAINER,
        identify=_identify,
        parse=_parse,
        by_beginning=True,
    ),
)
