"""GitHub's alerts: code scanning, Dependabot and secret scanning, from the REST API of a repository or organisation.

Alerts keep their history, so they tell ages. The API does not say when it was asked: the latest event of the list
stands for that, and ages are at least what is given. Where a feature is off, the API answers with a message, which is
evidence of its absence. The clear text of a secret is never decoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Findings, Records
from scoring.evidence import addresses
from scoring.evidence.facts import Finding, State, Tally, finding_facts, merged, share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import UNDATED, only, page_warning, rows
from scoring.evidence.scalars import label, moment
from scoring.evidence.severity import NOT_RATED, Rating, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import category

_LISTS = (Kind.OBJECT, Kind.ARRAY, Kind.STREAM)
_STATES = {
    "open": State.OPEN,
    "fixed": State.FIXED,
    "closed": State.FIXED,
    "dismissed": State.SUPPRESSED,
    "auto_dismissed": State.SUPPRESSED,
}


class _Repository(msgspec.Struct):
    full_name: Any = None


class _Rule(msgspec.Struct):
    id: Any = None
    level: Any = msgspec.field(name="security_severity_level", default=None)
    severity: Any = None


class _Tool(msgspec.Struct):
    name: Any = None
    version: Any = None


class _Instance(msgspec.Struct):
    ref: Any = None


class _Advisory(msgspec.Struct):
    ghsa_id: Any = None
    severity: Any = None


class _Alert(msgspec.Struct):
    """An alert of any of the three kinds. ``secret`` is left out on purpose."""

    number: Any = None
    url: Any = None
    html_url: Any = None
    state: Any = None
    repository: _Repository | str | None = None
    created_at: Any = None
    updated_at: Any = None
    fixed_at: Any = None
    closed_at: Any = None
    dismissed_at: Any = None
    auto_dismissed_at: Any = None
    resolved_at: Any = None
    rule: _Rule | None = None
    tool: _Tool | None = None
    most_recent_instance: _Instance | None = None
    security_advisory: _Advisory | None = None
    security_vulnerability: _Advisory | None = None
    secret_type: Any = None
    resolution: Any = None
    validity: Any = None
    push_protection_bypassed: Any = None

    @property
    def subject(self) -> str:
        named = label(self.repository.full_name) if isinstance(self.repository, _Repository) else ""
        return named or addresses.github(self.html_url, self.url)

    @property
    def moments(self) -> Iterator[datetime]:
        """Every moment that the alert tells of."""
        told = (self.created_at, self.updated_at, self.fixed_at, self.closed_at, self.dismissed_at, self.resolved_at)
        return (at for value in (*told, self.auto_dismissed_at) if (at := moment(value)) is not None)


def _word(value: object) -> str:
    return label(value, 40).lower()


def _rated(scheme: str, *words: object) -> Rating | None:
    """The rating of the first word that the scheme knows."""
    return next((rated for word in words if (rated := rate(scheme, _word(word))) is not None), None)


def _code_rating(alert: _Alert) -> Rating:
    """Security rules have a security severity; rules of quality only have the severity of a linter."""
    rule = alert.rule or _Rule()
    return _rated("words", rule.level) or _rated("sarif-level", rule.severity) or NOT_RATED


def _dependency_rating(alert: _Alert) -> Rating:
    advisories = (alert.security_advisory or _Advisory(), alert.security_vulnerability or _Advisory())
    return _rated("advisory", *(one.severity for one in advisories)) or NOT_RATED


_RESOLVED_AS = {"false_positive": "false-positive", "used_in_tests": "test"}


def _secret_rating(alert: _Alert) -> Rating:
    """What became of a secret says more than whether it still works."""
    validity = "active" if _word(alert.validity) == "active" else "unverified"
    return rate("secret", _RESOLVED_AS.get(_word(alert.resolution), validity)) or NOT_RATED


def _state(alert: _Alert) -> State:
    return _STATES.get(_word(alert.state), State.OPEN)


def _secret_state(alert: _Alert) -> State:
    """A revoked secret is dealt with; every other resolution accepts it or denies that it is one."""
    if _word(alert.state) != "resolved":
        return State.OPEN
    return State.FIXED if _word(alert.resolution) in ("revoked", "") else State.SUPPRESSED


@dataclass(frozen=True, slots=True)
class _Alerts:
    """One kind of alerts."""

    format: str
    category: Category
    tool: str
    rating: Callable[[_Alert], Rating]
    state: Callable[[_Alert], State]
    off: re.Pattern[str]
    """What GitHub says where the feature is off."""


_CODE = _Alerts(
    format="gh-code-scanning-alerts",
    category=Category.SAST,
    tool="GitHub code scanning",
    rating=_code_rating,
    state=_state,
    off=re.compile(r"no analysis found|code scanning is not enabled|must be enabled .{1,40} use code scanning", re.I),
)
_DEPENDENCIES = _Alerts(
    format="gh-dependabot-alerts",
    category=Category.SCA,
    tool="Dependabot",
    rating=_dependency_rating,
    state=_state,
    off=re.compile(r"(dependabot|vulnerability) alerts are (disabled|not enabled)", re.I),
)
_SECRETS = _Alerts(
    format="gh-secret-scanning-alerts",
    category=Category.SECRETS,
    tool="GitHub secret scanning",
    rating=_secret_rating,
    state=_secret_state,
    off=re.compile(r"secret scanning is (disabled|not enabled)", re.I),
)


def _finding(alert: _Alert, kind: _Alerts) -> Finding:
    closed = moment(alert.fixed_at) or moment(alert.resolved_at) or moment(alert.closed_at)
    return Finding(kind.rating(alert), kind.state(alert), moment(alert.created_at), closed)


def _identity(alert: _Alert, place: int) -> Hashable:
    """An alert's number within its repository; overlapping pages repeat it."""
    number = label(alert.number)
    return (alert.subject, number) if number else label(alert.html_url or alert.url) or place


def _parse(source: Source, kind: _Alerts) -> Parsed:
    if _off(source.shape, kind):
        return _absent(kind)
    alerts = list(rows(source, _Alert))
    tallies: dict[Category | None, Tally] = {}
    for place, alert in enumerate(alerts):
        tallies.setdefault(_category(alert, kind), Tally()).add(_finding(alert, kind), _identity(alert, place))
    tallies = tallies or {kind.category: Tally()}
    whole = merged(tallies.values())
    at = max((at for alert in alerts for at in alert.moments), default=None)
    one = next(iter(tallies)) if len(tallies) == 1 else None
    facts: list[Fact] = []
    for category_, tally in tallies.items():
        part = category_ if len(tallies) > 1 else None
        facts.append(Fact(name="scan.present", value=True, category=part, note=_tools(alerts, kind, category_)))
        facts.extend(finding_facts(tally, at, part))
        facts.extend(_dismissed(tally, part))
    return Parsed(
        format=kind.format,
        tool=_tools(alerts, kind, None) or kind.tool,
        records=whole.records("alert"),
        category=one,
        captured_at=at,
        subject=only(alert.subject for alert in alerts),
        branch=only(addresses.branch(i.ref) for alert in alerts if (i := alert.most_recent_instance)),
        findings=whole.findings(),
        facts=(*facts, *_secret_facts(alerts, kind)),
        warnings=(*whole.warnings(), *_warnings(alerts)),
    )


def _category(alert: _Alert, kind: _Alerts) -> Category | None:
    """Code scanning shows the results of any tool that uploads SARIF."""
    name = label(alert.tool.name) if alert.tool else ""
    return category(name) if kind is _CODE and name else kind.category


def _tools(alerts: Iterable[_Alert], kind: _Alerts, of: Category | None) -> str:
    named = (alert for alert in alerts if of is None or _category(alert, kind) is of)
    return ", ".join(dict.fromkeys(name for one in named if one.tool and (name := label(one.tool.name, 80))))


def _dismissed(tally: Tally, part: Category | None) -> Iterator[Fact]:
    total = tally.findings().total
    if total:
        value = share(tally.number(State.SUPPRESSED), total)
        yield Fact(name="findings.dismissed.share", value=value, category=part)


def _secret_facts(alerts: list[_Alert], kind: _Alerts) -> Iterator[Fact]:
    if kind is _SECRETS:
        working = [one for one in alerts if _secret_state(one) is State.OPEN and _word(one.validity) == "active"]
        yield Fact(name="secrets.verified", value=len(working))
        yield Fact(name="secrets.push_bypasses", value=sum(one.push_protection_bypassed is True for one in alerts))


def _warnings(alerts: list[_Alert]) -> Iterator[str]:
    if not alerts:
        yield "The list is empty: it names no alert, and not whether any analysis ran."
    else:
        yield UNDATED
    yield from page_warning(len(alerts))


def _off(shape: Shape, kind: _Alerts) -> bool:
    """Whether it is GitHub's message that the feature is off."""
    return shape.has("message", "documentation_url") and bool(kind.off.search(shape.text("message")[:400]))


def _absent(kind: _Alerts) -> Parsed:
    return Parsed(
        format=kind.format,
        tool=kind.tool,
        records=Records(unit="alert", raw=0, open=0, distinct=0),
        category=kind.category,
        findings=Findings(),
        facts=(Fact(name="scan.present", value=False, note="GitHub answers that it is off or has no analysis"),),
        warnings=("It is GitHub's answer that the feature is off; it does not name the repository.",),
    )


def _identify_code(shape: Shape) -> bool:
    return shape.kind in _LISTS and (shape.has("rule", "tool", "most_recent_instance") or _off(shape, _CODE))


def _identify_dependencies(shape: Shape) -> bool:
    listed = shape.has("security_advisory", "security_vulnerability")
    return shape.kind in _LISTS and (listed or _off(shape, _DEPENDENCIES))


def _identify_secrets(shape: Shape) -> bool:
    """Whether it has GitHub's number and address beside the type; the secret itself may have been cut out."""
    listed = shape.has("secret_type", "number") and bool({"url", "html_url"} & shape.keys.keys())
    return shape.kind in _LISTS and (listed or _off(shape, _SECRETS))


def _parser(kind: _Alerts) -> Callable[[Source], Parsed | Rejected]:
    return lambda source: _parse(source, kind)


FORMATS = tuple(
    Format(
        name=kind.format,
        title=title,
        unit="alert",
        category=kind.category,
        identify=identify,
        parse=_parser(kind),
        clean=("[]",),
    )
    for kind, title, identify in (
        (_CODE, "GitHub code scanning alert list", _identify_code),
        (_DEPENDENCIES, "GitHub Dependabot alert list", _identify_dependencies),
        (_SECRETS, "GitHub secret scanning alert list", _identify_secrets),
    )
)
