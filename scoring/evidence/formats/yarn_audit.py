"""Yarn's audits as JSON lines: ``yarn audit`` of version 1, and ``yarn npm audit`` of the versions since.

Version 1 writes a line per path to a vulnerable package and a summary at the end. Versions 2 and 3 write npm's older
document and, where there is nothing, a remark below it; version 4 writes a line per advisory, deprecations included.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence import jsontext
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.formats import npm_audit
from scoring.evidence.limits import Refused
from scoring.evidence.parts import Parts, rated
from scoring.evidence.rows import rows
from scoring.evidence.scalars import identity, label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_AUDIT_LINES = frozenset({"auditAdvisory", "auditSummary", "auditAction"})
_NOTHING = "No audit suggestions"
_LOOK = 50
"""Lines in which the first one of the audit itself must come; warnings stand ahead of it."""


class _Children(msgspec.Struct):
    """Of an advisory in version 4."""

    id: Any = msgspec.field(name="ID", default=None)
    issue: Any = msgspec.field(name="Issue", default=None)
    severity: Any = msgspec.field(name="Severity", default=None)


class _Data(msgspec.Struct):
    advisory: npm_audit.OldAdvisory | None = None
    vulnerabilities: dict[str, Any] | None = None


class _Line(msgspec.Struct):
    type: Any = None
    data: _Data | str | list[Any] | None = None
    value: Any = None
    children: _Children | None = None
    advisories: dict[str, npm_audit.OldAdvisory] | list[npm_audit.OldAdvisory] | None = None
    metadata: npm_audit.Counts | None = None


class _Peek(msgspec.Struct):
    type: Any = None
    data: msgspec.Raw = msgspec.Raw()
    value: Any = None
    children: dict[str, msgspec.Raw] | None = None
    advisories: msgspec.Raw = msgspec.Raw()


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.has("value", "children"):
        return bool({"Severity", "Issue"} & shape.within("children").keys())
    if not shape.has("type", "data"):
        return shape.kind is Kind.STREAM and npm_audit.is_old(shape)
    if not shape.values:
        # Too large for memory, and so for this format.
        return shape.keys.keys() == {"type", "data"}
    return any(_speaks(line) for line in _first_lines(shape))


def _first_lines(shape: Shape) -> Iterator[_Peek]:
    for value in islice(shape.values, _LOOK):
        try:
            yield jsontext.decode(value, _Peek)
        except Refused:
            return


def _speaks(line: _Peek) -> bool:
    """Whether a line is one of an audit, or says that there is nothing to tell, or that an audit failed."""
    if isinstance(line.type, str) and line.type in _AUDIT_LINES:
        return True
    data = bytes(line.data)
    return data == f'"{_NOTHING}"'.encode() or (line.type == "error" and b"security/audits" in data)


def _parse(source: Source) -> Parsed | Rejected:
    parts = Parts()
    part = parts.of(Category.SCA)
    warnings: list[str] = []
    summed = ended = False
    listed = 0
    for line in rows(source, _Line):
        if line.advisories is not None:
            report = npm_audit.OldReport(line.advisories, line.metadata)
            npm_audit.count_old(report, part)
            warnings.extend(npm_audit.miscounted(report.metadata, len(report.listed), by_path=True))
            ended = True
        elif isinstance(line.children, _Children):
            child = line.children
            part.add(rated("advisory", _text(child.severity)), identity(line.value, _text(child.id)))
            ended = True
        elif isinstance(line.data, _Data) and line.data.advisory is not None:
            one = line.data.advisory
            listed += 1
            part.add(rated("advisory", one.severity), identity(one.id, one.module), fixable=one.fixable)
        elif isinstance(line.data, _Data) and line.type == "auditSummary":
            warnings.extend(npm_audit.miscounted(npm_audit.Counts(line.data.vulnerabilities), listed))
            summed = True
        elif line.data == _NOTHING:
            ended = True
    if not (summed or ended or listed):
        return Rejected(npm_audit.ERROR.format("Yarn"))
    if listed and not summed:
        warnings.append("The summary at the end is missing: the list may be cut off.")
    return parts.parsed("yarn-audit-jsonl", "Yarn audit", warnings=warnings)


def _text(value: object) -> str:
    """A value, which some releases wrap in an object of its own."""
    return label(value.get("value") if isinstance(value, dict) else value)


FORMATS = (
    Format(
        name="yarn-audit-jsonl",
        title="Yarn audit",
        unit="finding",
        category=Category.SCA,
        identify=_identify,
        parse=_parse,
    ),
)
