"""Reports of sonar-report (https://github.com/soprasteria/sonar-report), made from SonarQube: JSON and HTML.

It lists open vulnerabilities and hotspots; other issues only if it was told to. Its date is that of the report: the
analysis before it may be older. Its HTML is written by a template that
has hardly changed: a list of terms about the project and one table whose columns are named Rule, Severity and so on.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Finding, State, Tally, finding_facts
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.formats.sonarqube_gates import Gate, gate_facts
from scoring.evidence.limits import MIB, Refused, size
from scoring.evidence.scalars import label, moment
from scoring.evidence.severity import NOT_RATED, rate
from scoring.evidence.shape import PAGE, Kind, Shape
from scoring.evidence.source import Source

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})", re.I)
_TITLE = re.compile(r"<title>\s*SonarQube [^<]{1,80}Report\s*</title>", re.I)
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")
_COLUMNS = {"rule", "severity", "component"}
_MOST = 64 * MIB
"""Of a page; the findings stand ahead of the descriptions of all rules."""
_CLOSED = {"RESOLVED": State.FIXED, "CLOSED": State.FIXED, "REVIEWED": State.SUPPRESSED}
_NO_DAY = "The report's date cannot be read."


class _Issue(msgspec.Struct):
    key: Any = None
    rule: Any = None
    severity: Any = None
    status: Any = None
    component: Any = None
    line: Any = None
    message: Any = None


class _Gate(msgspec.Struct):
    gate: Gate | None = msgspec.field(name="projectStatus", default=None)


class _Report(msgspec.Struct, rename="camel"):
    date: Any = None
    project_name: Any = None
    application_name: Any = None
    sonar_component: Any = None
    branch: Any = None
    all_bugs: Any = None
    in_new_code_period: Any = None
    since_leak_period: Any = None
    issues: list[_Issue] | None = None
    quality_gate_status: _Gate | None = None


def _identify_json(shape: Shape) -> bool:
    named = {"sonarComponent", "vulnerabilityPhrase", "deltaAnalysis"} & shape.keys.keys()
    return shape.kind is Kind.OBJECT and shape.is_list("issues") and shape.has("sonarBaseURL") and bool(named)


def _identify_html(shape: Shape) -> bool:
    return shape.what == PAGE and bool(_TITLE.search("\n".join(shape.lines)))


def _parse_json(source: Source) -> Parsed | Rejected:
    report = source.decode(_Report)
    gate = report.quality_gate_status.gate if report.quality_gate_status else None
    return _parsed("sonarqube-report-json", report, tuple(gate_facts(gate)) if gate else ())


def _parse_html(source: Source) -> Parsed | Rejected:
    with source.text() as stream:
        page = stream.read(_MOST + 1).decode("utf-8", "replace")
    if len(page) > _MOST:
        raise Refused(f"The page is larger than {size(_MOST)}. Write the report without the rules (noRulesInReport).")
    if not page.rstrip().endswith("</html>"):
        return Rejected("The page is cut off: it does not end as a page does. Write the report again.")
    terms = _terms(page)
    report = _Report(
        date=terms.get("report generated on"),
        project_name=terms.get("project name") or terms.get("project name/url"),
        application_name=terms.get("application"),
        branch=terms.get("branch"),
        since_leak_period=terms.get("delta analysis", "").lower() == "yes",
        issues=list(_issues(page)),
    )
    if "report generated on" not in terms:
        return Rejected("The page lacks the head of a sonar-report. Write it again, best as JSON.")
    return _parsed("sonarqube-report-html", report, ())


def _parsed(name: str, report: _Report, gate: tuple[Fact, ...]) -> Parsed:
    tally = Tally()
    for place, one in enumerate(report.issues or ()):
        rating = rate("sonarqube", label(one.severity, 40)) or NOT_RATED
        where = (label(one.rule), label(one.component), label(one.line), label(one.message))
        identity = label(one.key) or (where if any(where) else place)
        tally.add(Finding(rating, _CLOSED.get(label(one.status).upper(), State.OPEN)), identity)
    at = _day(report.date)
    return Parsed(
        format=name,
        tool="SonarQube",
        records=tally.records("issue"),
        category=Category.SAST,
        captured_at=at,
        subject=label(report.sonar_component) or label(report.application_name) or label(report.project_name),
        branch=label(report.branch),
        findings=tally.findings(),
        facts=(Fact(name="scan.present", value=True), *gate, *finding_facts(tally, at)),
        warnings=(*tally.warnings(), *_warnings(report, at)),
    )


def _warnings(report: _Report, at: datetime | None) -> Iterator[str]:
    if at is None:
        yield _NO_DAY
    if report.all_bugs is True:
        yield "It was made with all bugs: not every issue is about security."
    if True in (report.in_new_code_period, report.since_leak_period):
        yield "It is about new code only: older issues are not in it."


def _day(value: object) -> datetime | None:
    """The day of ``Thursday, Jan 18, 2024`` or ``Thu Aug 01 2019``, in no matter which language the system speaks."""
    found = _DAY.search(label(value, 60))
    if found is None:
        return moment(value)
    try:
        return datetime(int(found[3]), _MONTHS.index(found[1].lower()) + 1, int(found[2]), tzinfo=UTC)
    except ValueError:
        return None


def _plain(markup: str) -> str:
    """What a reader sees of a piece of HTML."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub("", markup))).strip()


def _terms(page: str) -> dict[str, str]:
    """The list of terms at the head of the page."""
    head = page.partition("<dl>")[2].partition("</dl>")[0]
    terms: dict[str, str] = {}
    for part in head.split("<dt>")[1:]:
        term, _, rest = part.partition("</dt>")
        terms[_plain(term).lower()] = _plain(rest.partition("<dd>")[2].partition("</dd>")[0])
    return terms


def _issues(page: str) -> Iterator[_Issue]:
    """The rows of the one table that lists findings."""
    for table in page.split("<table")[1:]:
        rows = table.partition("</table>")[0].split("<tr")
        columns = [name.lower() for name in _cells(rows[1], "<th", "</th")] if len(rows) > 1 else []
        if set(columns) >= _COLUMNS:
            for row in rows[2:]:
                cells = dict(zip(columns, _cells(row, "<td", "</td"), strict=False))
                if cells:
                    yield _Issue(**{key: cells[key] for key in _Issue.__struct_fields__ if key in cells})
            return


def _cells(row: str, start: str, end: str) -> list[str]:
    return [_plain(cell.partition(end)[0].partition(">")[2]) for cell in row.split(start)[1:]]


FORMATS = (
    Format(
        name="sonarqube-report-json",
        title="sonar-report as JSON",
        unit="issue",
        category=Category.SAST,
        identify=_identify_json,
        parse=_parse_json,
    ),
    Format(
        name="sonarqube-report-html",
        title="sonar-report as HTML",
        unit="issue",
        category=Category.SAST,
        identify=_identify_html,
        parse=_parse_html,
    ),
)
