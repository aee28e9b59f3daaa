"""Code Climate issues, which are also GitLab's code quality reports: how well code is written, not how safe it is.

Specification: codeclimate/platform, SPEC.md. They are recorded and give no facts: no question is about style alone.
"""

from __future__ import annotations

from typing import Any

import msgspec

from scoring.evidence.facts import Finding, Tally
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import rows
from scoring.evidence.scalars import label
from scoring.evidence.severity import NOT_RATED, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source


class _Issue(msgspec.Struct):
    """The place stays undecoded: it only tells issues apart."""

    type: Any = None
    check: Any = msgspec.field(name="check_name", default=None)
    severity: Any = None
    fingerprint: Any = None
    engine: Any = msgspec.field(name="engine_name", default=None)
    location: msgspec.Raw = msgspec.Raw()


def _identify(shape: Shape) -> bool:
    """GitLab demands a fingerprint, Code Climate the kind; both name a path in the location."""
    place = shape.within("location")
    listed = shape.kind in (Kind.ARRAY, Kind.STREAM) and shape.has("description", "location") and "path" in place
    return listed and (shape.has("fingerprint") or shape.has("check_name", "categories"))


def _parse(source: Source) -> Parsed | Rejected:
    # Engines tell measurements in the same stream.
    listed = [one for one in rows(source, _Issue) if label(one.type).lower() in ("issue", "")]
    tally = Tally()
    for one in listed:
        rating = rate("code-quality", label(one.severity, 40)) or NOT_RATED
        tally.add(Finding(rating), label(one.fingerprint) or (label(one.check), bytes(one.location)))
    engines = dict.fromkeys(name for one in listed if (name := label(one.engine, 80)))
    return Parsed(
        format="gitlab-codequality",
        tool=", ".join(engines) or "Code Climate",
        records=tally.records("issue"),
        findings=tally.findings(),
        warnings=(*tally.warnings(), "Code quality is not security: the report gives no facts."),
    )


FORMATS = (
    Format(
        name="gitlab-codequality",
        title="Code quality report",
        unit="issue",
        category=None,
        identify=_identify,
        parse=_parse,
        clean=("[]",),
    ),
)
