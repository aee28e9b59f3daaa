"""SonarQube's issues and security hotspots, from the search of its web API (``api/issues/search``, ``api/hotspots``).

The multi-quality rating (``impacts``) is preferred; it and the older severity cannot be converted into one another.
The records are everything that is listed. The facts speak about security only: bugs and code smells, which outnumber
vulnerabilities by far, would otherwise pass for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Finding, State, Tally, finding_facts, share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import UNDATED, only, rows, sample
from scoring.evidence.scalars import label, moment, whole
from scoring.evidence.severity import NOT_RATED, Rating, Severity, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_SECURITY = frozenset({"VULNERABILITY", "SECURITY_HOTSPOT"})
_MOST_LISTED = 10_000
"""The search gives no more, whatever the total is."""
_ORDER = list(Severity)
_STATES = {
    # issueStatus, since 10.4, and the statuses of old.
    "FIXED": State.FIXED,
    "ACCEPTED": State.SUPPRESSED,
    "FALSE_POSITIVE": State.SUPPRESSED,
    "IN_SANDBOX": State.SUPPRESSED,
    "CLOSED": State.FIXED,
    "RESOLVED": State.FIXED,
    "REVIEWED": State.SUPPRESSED,
}
_RESOLUTIONS = {
    "FIXED": State.FIXED,
    "REMOVED": State.FIXED,
    "FALSE-POSITIVE": State.SUPPRESSED,
    "WONTFIX": State.SUPPRESSED,
    "SAFE": State.SUPPRESSED,
    "ACKNOWLEDGED": State.SUPPRESSED,
    "EXCEPTION": State.SUPPRESSED,
}


class _Impact(msgspec.Struct):
    quality: Any = msgspec.field(name="softwareQuality", default=None)
    severity: Any = None


class _Issue(msgspec.Struct):
    """An issue or a hotspot."""

    key: Any = None
    rule: Any = None
    rule_key: Any = msgspec.field(name="ruleKey", default=None)
    type: Any = None
    severity: Any = None
    probability: Any = msgspec.field(name="vulnerabilityProbability", default=None)
    impacts: list[_Impact] | None = None
    status: Any = None
    issue_status: Any = msgspec.field(name="issueStatus", default=None)
    resolution: Any = None
    component: Any = None
    project: Any = None
    branch: Any = None
    line: Any = None
    created: Any = msgspec.field(name="creationDate", default=None)
    updated: Any = msgspec.field(name="updateDate", default=None)
    closed: Any = msgspec.field(name="closeDate", default=None)


class _Paging(msgspec.Struct):
    total: Any = None


class _Page(msgspec.Struct):
    issues: list[_Issue] | None = None
    hotspots: list[_Issue] | None = None
    total: Any = None
    paging: _Paging | None = None


def _identify(shape: Shape) -> bool:
    """A page of a search. Reports that were made of such pages name their server instead of a page."""
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM) or shape.has("sonarBaseURL"):
        return False
    paged = "total" in shape.within("paging") or shape.has("total", "ps")
    for name in ("issues", "hotspots"):
        first = shape.within(name)
        if shape.is_list(name) and paged and (not first or {"key", "component"} <= first.keys()):
            return True
    return False


def _parse(source: Source) -> Parsed | Rejected:
    pages = list(rows(source, _Page))
    hotspots = [one for page in pages for one in page.hotspots or ()]
    listed = [one for page in pages for one in page.issues or ()] + hotspots
    everything, security = Tally(), Tally()
    for place, one in enumerate(listed):
        finding = Finding(_rating(one), _state(one), moment(one.created), moment(one.closed))
        key = label(one.key) or place
        everything.add(finding, key)
        if _is_security(one):
            security.add(finding, key)
    only_hotspots = bool(pages) and all(page.issues is None for page in pages)
    at = max((at for one in listed for at in _moments(one)), default=None)
    page = sample(len(listed), max((total for one in pages for total in _totals(one)), default=0))
    facts = [Fact(name="scan.present", value=True), *finding_facts(security, at), *_dismissed(security)]
    return Parsed(
        format="sonarqube-issues",
        # Two lists of one project, neither of which replaces the other.
        tool="SonarQube security hotspots" if only_hotspots else "SonarQube",
        records=everything.records("issue"),
        category=Category.SAST,
        captured_at=at,
        subject=only(label(one.project) for one in listed),
        branch=only(label(one.branch) for one in listed),
        findings=everything.findings(),
        facts=tuple(fact.model_copy(update={"sample": page}) for fact in facts),
        warnings=(*everything.warnings(), *_warnings(listed, page)),
    )


def _is_security(one: _Issue) -> bool:
    """Whether an issue is about security; a hotspot always is, and so is what has no type at all."""
    qualities = {label(impact.quality) for impact in one.impacts or ()}
    told = label(one.type)
    return told in _SECURITY or "SECURITY" in qualities or not (told or qualities)


def _rating(one: _Issue) -> Rating:
    """The impact on security, else the worst impact, else the severity of old."""
    impacts = [impact for impact in one.impacts or () if label(impact.quality) == "SECURITY"] or one.impacts or []
    rated = [known for impact in impacts if (known := rate("sonarqube-impact", label(impact.severity, 40)))]
    if rated:
        return min(rated, key=lambda known: _ORDER.index(known.severity))
    words = (one.severity, one.probability)
    return next((known for word in words if (known := rate("sonarqube", label(word, 40)))), NOT_RATED)


def _state(one: _Issue) -> State:
    resolution = _RESOLUTIONS.get(label(one.resolution).upper())
    if resolution is not None:
        return resolution
    return _STATES.get((label(one.issue_status) or label(one.status)).upper(), State.OPEN)


def _moments(one: _Issue) -> Iterator[datetime]:
    return (at for value in (one.created, one.updated, one.closed) if (at := moment(value)) is not None)


def _totals(page: _Page) -> Iterator[int]:
    told = (page.total, page.paging.total if page.paging else None)
    return (number for value in told if (number := whole(value)) is not None)


def _dismissed(tally: Tally) -> Iterator[Fact]:
    total = tally.findings().total
    if total:
        yield Fact(name="findings.dismissed.share", value=share(tally.number(State.SUPPRESSED), total))


def _warnings(listed: list[_Issue], page: str | None) -> Iterator[str]:
    others = sum(not _is_security(one) for one in listed)
    if others:
        yield f"{others} of {len(listed)} are bugs or code smells: they are in the counts, not in the facts."
    if page and len(listed) >= _MOST_LISTED:
        yield f"The search gives no more than {_MOST_LISTED}: {page}. Search in parts, by severity or directory."
    elif page:
        yield f"The file is one page: {page} issues. Fetch all pages (p=1, 2, ...) for firm figures."
    if listed:
        yield UNDATED


FORMATS = (
    Format(
        name="sonarqube-issues",
        title="SonarQube issue or hotspot list",
        unit="issue",
        category=Category.SAST,
        identify=_identify,
        parse=_parse,
    ),
)
