"""JUnit XML: test runs, and the gates of scanners and linters that report in the same form.

There is no specification; what is read is what Surefire, pytest, Gradle, Jest, PHPUnit, GoogleTest and Bazel write.
Attributes that count (``tests="3"``) are often absent or wrong, so cases are counted one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence.facts import Finding, State, Tally, finding_facts, last_run, share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.scalars import label, moment, zoneless
from scoring.evidence.severity import NO_SEVERITY, rate
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import SECURITY, named
from scoring.evidence.xmltext import Node

_ROOTS = ("testsuites", "testsuite")
_CASE = "testcase"
_MOST_NAMES = 5


class _Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(slots=True)
class _Run:
    """What the cases of a file come to."""

    counts: dict[_Outcome, int] = field(default_factory=lambda: dict.fromkeys(_Outcome, 0))
    seconds: float = 0.0
    failed: set[int] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    as_scan: Tally = field(default_factory=Tally)
    """Each failure as a finding, in case the file turns out to be that of a scanner."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def add(self, case: Node) -> None:
        outcome = _outcome(case)
        self.counts[outcome] += 1
        self.seconds += _seconds(case.attributes.get("time", ""))
        name = case.attributes.get("name", "")
        identity = (case.attributes.get("classname", ""), name or self.total, case.attributes.get("file", ""))
        if outcome is _Outcome.FAILED:
            self.failed.add(hash(identity))
            severity = rate("words", name[1:].partition("]")[0][:20]) if name.startswith("[") else None
            self.as_scan.add(Finding(severity or NO_SEVERITY), identity)
        else:
            self.as_scan.add(_PASSED, identity)


_PASSED = Finding(NO_SEVERITY, State.PASSED)


def _identify(shape: Shape) -> bool:
    return shape.root is not None and shape.root.name in _ROOTS


def _parse(source: Source) -> Parsed | Rejected:
    run = _Run()
    root = source.shape.root
    if root is not None:
        _note(run, root.attributes)
    for node in source.elements(_CASE, "testsuite", texts=False):
        if node.name == _CASE:
            run.add(node)
        else:
            _note(run, node.attributes)
    kind = next((kind for name in run.names if (kind := named(name)) in SECURITY), None)
    return _as_tests(run) if kind is None else _as_scan(run, kind)


def _as_tests(run: _Run) -> Parsed:
    failed, skipped = run.counts[_Outcome.FAILED], run.counts[_Outcome.SKIPPED]
    return Parsed(
        format="junit-xml",
        tool=_tool(run),
        records=Records(unit="test", raw=run.total, open=failed, distinct=len(run.failed)),
        category=Category.TEST,
        captured_at=_captured(run),
        facts=tuple(_test_facts(run, failed, skipped)),
        warnings=tuple(_warnings(run)),
    )


def _as_scan(run: _Run, kind: Category) -> Parsed:
    """A scanner that reports failures as test cases. Its passed cases say nothing about the tests of the software."""
    at = _captured(run)
    facts = [
        Fact(name="scan.present", value=True, note=_tool(run)),
        Fact(name="gate.passed", value=not run.failed),
        *finding_facts(run.as_scan, at),
    ]
    return Parsed(
        format="junit-xml",
        tool=_tool(run),
        records=Records(unit="test", raw=run.total, open=run.as_scan.number(State.OPEN), distinct=run.as_scan.distinct),
        category=kind,
        captured_at=at,
        findings=run.as_scan.findings(),
        facts=(*facts, *last_run(at)),
        warnings=(*_warnings(run), *run.as_scan.warnings()),
    )


def _test_facts(run: _Run, failed: int, skipped: int) -> Iterator[Fact]:
    yield Fact(name="tests.total", value=run.total)
    yield Fact(name="tests.failed", value=failed)
    if run.total > skipped:
        yield Fact(name="tests.passed_share", value=share(run.counts[_Outcome.PASSED], run.total - skipped))
    if run.total:
        yield Fact(name="tests.skipped_share", value=share(skipped, run.total))
        yield Fact(name="scan.present", value=True)
    if run.seconds > 0:
        yield Fact(name="tests.duration_minutes", value=round(run.seconds / 60, 2))
    yield from last_run(_captured(run))


def _warnings(run: _Run) -> Iterator[str]:
    if not run.total:
        yield "The file lists no test case: it does not show that any test ran."
    if any(zoneless(stamp) for stamp in run.stamps):
        yield "Its times name no time zone and are read as UTC."


def _outcome(case: Node) -> _Outcome:
    """One outcome per case, the worst of several. A test that a retry saved has passed."""
    inside = {child.name for child in case.children}
    if inside & {"failure", "error"}:
        return _Outcome.FAILED
    status = {case.attributes.get("status", "").lower(), case.attributes.get("result", "").lower()}
    if inside & {"skipped", "disabled"} or status & {"notrun", "disabled", "skipped", "suppressed", "ignored"}:
        return _Outcome.SKIPPED
    return _Outcome.FAILED if status & {"failed", "failure", "error"} else _Outcome.PASSED


def _note(run: _Run, attributes: Mapping[str, str]) -> None:
    """Names and times of suites; a tool tells itself by the name of its suite."""
    name = label(attributes.get("name"), 80)
    if name and name not in run.names and len(run.names) < _MOST_NAMES:
        run.names.append(name)
    stamp = attributes.get("timestamp", "")
    if moment(stamp) is not None:
        run.stamps.append(stamp)


def _captured(run: _Run) -> datetime | None:
    return max((at for stamp in run.stamps if (at := moment(stamp)) is not None), default=None)


def _tool(run: _Run) -> str:
    """The scanner that a suite is named after, else the plain name of the form: suites are named after anything."""
    return next((name for name in run.names if named(name) in SECURITY), "JUnit")


def _seconds(text: str) -> float:
    try:
        seconds = float(text.replace(",", ""))
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < 1e9 else 0.0


FORMATS = (
    Format(
        name="junit-xml",
        title="JUnit XML",
        unit="test",
        category=Category.TEST,
        identify=_identify,
        parse=_parse,
    ),
)
