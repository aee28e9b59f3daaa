"""npm audit in both its forms, and pnpm audit, which has the older one.

Version 2 (npm 7 and later) lists vulnerable packages; those that are so only through another listed one repeat it.
One package may have several advisories. Version 1 lists advisories. pnpm's paths begin with the workspace that
depends, npm's with the package. An error document is no audit without findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence import jsontext
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.limits import Refused
from scoring.evidence.parts import Part, Parts, rated
from scoring.evidence.scalars import identity, label, whole
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

ERROR = "{} reports an error instead of an audit. Run it again where it has a lock file and reaches the registry."
_NO_FIX = frozenset({"<0.0.0", ""})
"""What stands for "no version is fixed"."""


class _Advisory(msgspec.Struct):
    """Of version 2, as an element of ``via``."""

    source: Any = None
    url: Any = None
    title: Any = None
    name: Any = None


class _Package(msgspec.Struct):
    severity: Any = None
    via: list[_Advisory | str] | None = None
    fix: Any = msgspec.field(name="fixAvailable", default=None)


class Counts(msgspec.Struct):
    """What the tool itself sums up."""

    vulnerabilities: dict[str, Any] | None = None


class OldAdvisory(msgspec.Struct):
    """An advisory of version 1."""

    id: Any = None
    module: Any = msgspec.field(name="module_name", default=None)
    severity: Any = None
    patched: Any = msgspec.field(name="patched_versions", default=None)

    @property
    def fixable(self) -> bool | None:
        return None if self.patched is None else label(self.patched) not in _NO_FIX


class _New(msgspec.Struct):
    vulnerabilities: dict[str, _Package] | None = None
    metadata: Counts | None = None


class OldReport(msgspec.Struct):
    """An audit of version 1; some registries list the advisories without their numbers."""

    advisories: dict[str, OldAdvisory] | list[OldAdvisory] | None = None
    metadata: Counts | None = None

    @property
    def listed(self) -> tuple[OldAdvisory, ...]:
        if isinstance(self.advisories, dict):
            return tuple(self.advisories.values())
        return tuple(self.advisories or ())


def _identify_new(shape: Shape) -> bool:
    return shape.kind is Kind.OBJECT and (shape.has("auditReportVersion") or _npm_error(shape))


def is_old(shape: Shape) -> bool:
    """Whether an object is an audit of version 1, of whichever package manager."""
    return shape.has("advisories", "metadata") or shape.has("advisories", "actions")


def _identify_old(shape: Shape) -> bool:
    return shape.kind is Kind.OBJECT and is_old(shape) and _workspaces(shape) is not True


def _identify_pnpm(shape: Shape) -> bool:
    if shape.kind is not Kind.OBJECT:
        return False
    if is_old(shape):
        return _workspaces(shape) is not False
    return _code(shape).startswith(b'"ERR_PNPM_')


def _npm_error(shape: Shape) -> bool:
    """Whether it is the document that npm writes where it cannot work."""
    keys = shape.within("error").keys()
    return "summary" in keys and ("detail" in keys or _code(shape).startswith(b'"E'))


def _code(shape: Shape) -> bytes:
    return bytes(shape.within("error").get("code", msgspec.Raw()))


def _workspaces(shape: Shape) -> bool | None:
    """Whether its paths begin with workspaces; None where nothing tells."""
    if not shape.values:
        # Too large for memory, and so for this format.
        return False
    advisories = shape.within("advisories")
    for name in list(advisories)[:20]:
        raw = shape.within("advisories", name, "findings").get("paths")
        for path in _texts(raw)[:1]:
            first = path.partition(">")[0].strip()
            # Workspace "packages/web" is written packages__web; scopes of packages begin with @.
            return first in (".", "") or first.startswith("..") or ("__" in first and not first.startswith("@"))
    # npm 6 numbers its runs.
    return False if shape.has("runId") or (advisories and shape.has("muted")) else None


def _texts(raw: msgspec.Raw | None) -> list[str]:
    try:
        return [] if raw is None else [text for text in jsontext.decode(raw, list[Any]) if isinstance(text, str)]
    except Refused:
        return []


def _parse_new(source: Source) -> Parsed | Rejected:
    if not source.shape.has("auditReportVersion"):
        return Rejected(ERROR.format("npm"))
    report = source.decode(_New)
    packages = report.vulnerabilities or {}
    parts = Parts()
    part = parts.of(Category.SCA)
    advisories: set[tuple[object, ...]] = set()
    for name, package in packages.items():
        found = rated("advisory", package.severity)
        own = [cause for cause in package.via or () if isinstance(cause, _Advisory)]
        advisories.update(identity(one.source or one.url, one.title, one.name) for one in own)
        explained = any(isinstance(cause, str) and cause in packages and cause != name for cause in package.via or ())
        part.tally.add_all({found: 1}, set() if explained and not own else {hash(name)})
        part.told(found, None if package.fix is None else bool(package.fix))
    return parts.parsed(
        "npm-audit-v2",
        "npm audit",
        warnings=(*_more(len(packages), len(advisories)), *miscounted(report.metadata, len(packages))),
    )


def _more(packages: int, advisories: int) -> Iterator[str]:
    if advisories > packages:
        yield f"The {packages} findings are packages; behind them are {advisories} advisories."


def miscounted(counts: Counts | None, listed: int, *, by_path: bool = False) -> Iterator[str]:
    """What to say where the tool's own sum differs from what it lists; by path it may be more."""
    stated = _sum((counts and counts.vulnerabilities) or {})
    if stated is not None and (stated < listed or (stated > listed and not by_path)):
        yield f"Its own summary counts {stated} vulnerabilities, but it lists {listed}: the list may be incomplete."


def _sum(counts: Mapping[str, Any]) -> int | None:
    total = whole(counts.get("total"))
    if total is not None:
        return total
    by_severity = [whole(counts.get(word)) for word in ("info", "low", "moderate", "high", "critical")]
    stated = [count for count in by_severity if count is not None]
    return sum(stated) if stated else None


def _parse_old(source: Source) -> Parsed | Rejected:
    return old_audit(source.decode(OldReport), "npm-audit-v1", "npm audit")


def _parse_pnpm(source: Source) -> Parsed | Rejected:
    if not is_old(source.shape):
        return Rejected(ERROR.format("pnpm"))
    return old_audit(source.decode(OldReport), "pnpm-audit", "pnpm audit")


def old_audit(report: OldReport, name: str, tool: str) -> Parsed:
    """What an audit of version 1 says."""
    parts = Parts()
    count_old(report, parts.of(Category.SCA))
    return parts.parsed(name, tool, warnings=miscounted(report.metadata, len(report.listed), by_path=True))


def count_old(report: OldReport, part: Part) -> None:
    """Counts the advisories of an audit of version 1."""
    for advisory in report.listed:
        found = rated("advisory", advisory.severity)
        part.add(found, identity(advisory.id, advisory.module), fixable=advisory.fixable)


FORMATS = (
    Format(
        name="npm-audit-v1",
        title="npm audit (npm 6)",
        unit="finding",
        category=Category.SCA,
        identify=_identify_old,
        parse=_parse_old,
    ),
    Format(
        name="npm-audit-v2",
        title="npm audit (npm 7 and later)",
        unit="finding",
        category=Category.SCA,
        identify=_identify_new,
        parse=_parse_new,
    ),
    Format(
        name="pnpm-audit",
        title="pnpm audit",
        unit="finding",
        category=Category.SCA,
        identify=_identify_pnpm,
        parse=_parse_pnpm,
    ),
)
