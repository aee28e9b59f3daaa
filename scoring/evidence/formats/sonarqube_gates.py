"""SonarQube's measures, quality gate and project analyses, from its web API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence.delivery import per_week
from scoring.evidence.facts import last_run, share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import only, rows, sample
from scoring.evidence.scalars import label, moment, quantity, whole
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_DOCUMENTS = (Kind.OBJECT, Kind.ARRAY, Kind.STREAM)
_PASSED = {"OK": True, "WARN": True, "ERROR": False}
"""WARN was a gate of old that warned and let pass; NONE says that no gate was computed."""
_LINES = ("line_coverage", "coverage")
"""The second weighs lines and branches together; it stands in where the first was not asked for."""


class _Point(msgspec.Struct):
    date: Any = None
    value: Any = None


class _Measure(msgspec.Struct):
    metric: Any = None
    value: Any = None
    history: list[_Point] | None = None


class _Component(msgspec.Struct):
    key: Any = None
    project: Any = None
    branch: Any = None
    measures: list[_Measure] | None = None


class _Measures(msgspec.Struct):
    """One component, a tree of them, or the history of one."""

    component: _Component | None = None
    base: _Component | None = msgspec.field(name="baseComponent", default=None)
    components: list[_Component] | None = None
    measures: list[_Measure] | None = None


class _Condition(msgspec.Struct):
    status: Any = None
    metric: Any = msgspec.field(name="metricKey", default=None)
    actual: Any = msgspec.field(name="actualValue", default=None)


class Gate(msgspec.Struct):
    """The outcome of a quality gate."""

    status: Any = None
    conditions: list[_Condition] | None = None


class _GateDocument(msgspec.Struct):
    gate: Gate | None = msgspec.field(name="projectStatus", default=None)


class _EventGate(msgspec.Struct):
    status: Any = None


class _Event(msgspec.Struct):
    category: Any = None
    name: Any = None
    gate: _EventGate | None = msgspec.field(name="qualityGate", default=None)


class _Analysis(msgspec.Struct):
    key: Any = None
    date: Any = None
    events: list[_Event] | None = None


class _Paging(msgspec.Struct):
    total: Any = None


class _Analyses(msgspec.Struct):
    analyses: list[_Analysis] | None = None
    paging: _Paging | None = None


def _identify_measures(shape: Shape) -> bool:
    if shape.kind not in _DOCUMENTS:
        return False
    if "metric" in shape.within("measures"):
        return shape.is_list("measures")
    owners = [owner for owner in ("component", "baseComponent") if "measures" in shape.within(owner)]
    return any("metric" in shape.within(owner, "measures") or "key" in shape.within(owner) for owner in owners)


def _parse_measures(source: Source) -> Parsed | Rejected:
    documents = list(rows(source, _Measures))
    values: dict[str, str] = {}
    moments: list[datetime] = []
    number = 0
    components: list[_Component] = []
    for document in documents:
        main = [one for one in (document.component, document.base) if one is not None]
        components.extend(main)
        for one in (*main, *(document.components or ())):
            number += len(one.measures or ())
        number += len(document.measures or ())
        own = [measure for one in main for measure in one.measures or ()]
        for measure in (*own, *(document.measures or ())):
            points = [(at, point.value) for point in measure.history or () if (at := moment(point.date))]
            moments.extend(at for at, _ in points)
            latest = max(points, key=lambda point: point[0])[1] if points else measure.value
            values.setdefault(label(measure.metric), label(latest, 40))
    at = max(moments, default=None)
    return Parsed(
        format="sonarqube-measures",
        tool="SonarQube",
        records=Records(unit="measure", raw=number, open=number, distinct=number),
        category=Category.SAST,
        captured_at=at,
        subject=only(label(one.project) or label(one.key) for one in components),
        branch=only(label(one.branch) for one in components),
        facts=(
            Fact(name="scan.present", value=True),
            *measured(values),
            *_gate_fact(values.get("alert_status", "")),
            *last_run(at),
        ),
    )


def measured(values: Mapping[str, str]) -> Iterator[Fact]:
    """Facts of SonarQube's metrics: coverage in percent, tests in numbers and milliseconds."""
    for name, metrics in (("coverage.line_share", _LINES), ("coverage.branch_share", ("branch_coverage",))):
        known = [(metric, value) for metric in metrics if (value := quantity(values.get(metric, ""))) is not None]
        if known and 0 <= known[0][1] <= 100:
            yield Fact(name=name, value=round(known[0][1] / 100, 4), category=Category.COVERAGE, note=known[0][0])
    open_ones = quantity(values.get("vulnerabilities", ""))
    if open_ones is not None:
        yield Fact(name="findings.open", value=int(open_ones), note="vulnerabilities")
    yield from _tests({metric: number for metric, value in values.items() if (number := quantity(value)) is not None})


def _tests(numbers: Mapping[str, float]) -> Iterator[Fact]:
    """``tests`` counts what ran: skipped tests come on top."""
    if "tests" not in numbers:
        return
    ran, skipped = int(numbers["tests"]), int(numbers.get("skipped_tests", 0))
    failed = min(int(numbers.get("test_failures", 0) + numbers.get("test_errors", 0)), ran)
    yield Fact(name="tests.total", value=ran + skipped, category=Category.TEST)
    if {"test_failures", "test_errors"} & numbers.keys():
        yield Fact(name="tests.failed", value=failed, category=Category.TEST)
        if ran:
            yield Fact(name="tests.passed_share", value=share(ran - failed, ran), category=Category.TEST)
    if "skipped_tests" in numbers and ran + skipped:
        yield Fact(name="tests.skipped_share", value=share(skipped, ran + skipped), category=Category.TEST)
    if "test_execution_time" in numbers:
        minutes = round(numbers["test_execution_time"] / 60_000, 2)
        yield Fact(name="tests.duration_minutes", value=minutes, category=Category.TEST)


def _identify_gate(shape: Shape) -> bool:
    gate = shape.within("projectStatus")
    return shape.kind in _DOCUMENTS and "status" in gate and not shape.has("sonarBaseURL")


def _parse_gate(source: Source) -> Parsed | Rejected:
    gates = [document.gate for document in rows(source, _GateDocument) if document.gate is not None]
    conditions = [condition for gate in gates for condition in gate.conditions or ()]
    failed = [label(one.metric) for one in conditions if label(one.status).upper() == "ERROR"]
    facts: list[Fact] = []
    if len(gates) == 1:
        facts += gate_facts(gates[0])
        facts += measured({label(one.metric): label(one.actual, 40) for one in conditions})
    return Parsed(
        format="sonarqube-qualitygate",
        tool="SonarQube",
        records=Records(unit="condition", raw=len(conditions), open=len(failed), distinct=len(set(failed))),
        category=Category.SAST,
        facts=(Fact(name="scan.present", value=True), *facts),
        warnings=tuple(_gate_warnings(gates)),
    )


def _gate_warnings(gates: list[Gate]) -> Iterator[str]:
    yield "The gate's outcome names neither the project nor when it was computed. Give the project's analyses as well."
    if any(label(gate.status).upper() not in _PASSED for gate in gates):
        yield "SonarQube has computed no quality gate for this project."
    if len(gates) > 1:
        yield f"It holds {len(gates)} gates of which it cannot be told whose they are, so it gives no outcome."


def gate_facts(gate: Gate) -> Iterator[Fact]:
    """Whether the gate passed, and by which conditions it did not."""
    failed = [label(one.metric, 60) for one in gate.conditions or () if label(one.status).upper() == "ERROR"]
    yield from _gate_fact(label(gate.status), ", ".join(failed[:5]))


def _gate_fact(status: str, note: str = "") -> Iterator[Fact]:
    passed = _PASSED.get(status.upper())
    if passed is not None:
        yield Fact(name="gate.passed", value=passed, note=note)


def _identify_analyses(shape: Shape) -> bool:
    if shape.kind not in _DOCUMENTS or not shape.is_list("analyses"):
        return False
    first = shape.within("analyses")
    return {"key", "date"} <= first.keys() or (not first and "total" in shape.within("paging"))


def _parse_analyses(source: Source) -> Parsed | Rejected:
    pages = list(rows(source, _Analyses))
    listed = [one for page in pages for one in page.analyses or ()]
    known = {label(one.key) or str(place): one for place, one in enumerate(listed)}
    totals = (whole(page.paging.total) or 0 for page in pages if page.paging)
    page = sample(len(listed), max(totals, default=0))
    times = [at for one in known.values() if (at := moment(one.date)) is not None]
    at = max(times, default=None)
    facts = [Fact(name="scan.runs", value=len(known))]
    rate = per_week(len(times), times)
    if rate is not None:
        facts.append(Fact(name="scan.runs_per_week", value=rate))
    facts += [*last_run(at), *_latest_gate(known.values())]
    return Parsed(
        format="sonarqube-analyses",
        tool="SonarQube",
        records=Records(unit="analysis", raw=len(listed), open=len(listed), distinct=len(known)),
        category=Category.SAST,
        captured_at=at,
        facts=tuple(fact.model_copy(update={"sample": page}) for fact in facts),
        warnings=(f"The file is one page: {page} analyses.",) if page else (),
    )


def _latest_gate(analyses: Iterable[_Analysis]) -> Iterator[Fact]:
    """The latest word on the gate: analyses only tell when its outcome changes."""
    dated = sorted(((at, one) for one in analyses if (at := moment(one.date)) is not None), key=lambda pair: pair[0])
    for at, one in reversed(dated):
        for event in one.events or ():
            passed = _event_outcome(event)
            if passed is not None:
                yield Fact(name="gate.passed", value=passed, note=f"since {at.date().isoformat()}")
                return


def _event_outcome(event: _Event) -> bool | None:
    if label(event.category) != "QUALITY_GATE":
        return None
    if event.gate is not None and label(event.gate.status).upper() in _PASSED:
        return _PASSED[label(event.gate.status).upper()]
    # "Failed", "Passed", and of old "Red (was Green)", "Quality Gate is Orange".
    words = label(event.name).lower().partition("(")[0].split()
    if {"failed", "red", "error"} & set(words):
        return False
    return True if {"passed", "green", "orange", "ok", "warn"} & set(words) else None


FORMATS = (
    Format(
        name="sonarqube-measures",
        title="SonarQube measures",
        unit="measure",
        category=Category.SAST,
        identify=_identify_measures,
        parse=_parse_measures,
    ),
    Format(
        name="sonarqube-qualitygate",
        title="SonarQube quality gate",
        unit="condition",
        category=Category.SAST,
        identify=_identify_gate,
        parse=_parse_gate,
    ),
    Format(
        name="sonarqube-analyses",
        title="SonarQube project analyses",
        unit="analysis",
        category=Category.SAST,
        identify=_identify_analyses,
        parse=_parse_analyses,
    ),
)
