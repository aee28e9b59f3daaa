"""Visual Studio test results (TRX): MSTest, vstest (``dotnet test --logger trx``) and Microsoft.Testing.Platform."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.testcases import Cases, Outcome, seconds
from scoring.evidence.xmltext import Node

_NAMESPACE = "http://microsoft.com/schemas/VisualStudio/TeamTest/"
_PARTS = frozenset({"Times", "Results", "TestDefinitions", "TestEntries", "TestLists", "ResultSummary", "TestSettings"})
_RESULTS = ("UnitTestResult", "GenericTestResult", "ManualTestResult", "WebTestResult", "LoadTestResult")
_PASSED = frozenset({"passed", "completed", "warning"})
_SKIPPED = frozenset({"notexecuted", "inconclusive", "pending", "skipped", "ignored"})


def _identify(shape: Shape) -> bool:
    root = shape.root
    if root is None or root.name != "TestRun":
        return False
    return root.namespace.startswith(_NAMESPACE) or len(_PARTS.intersection(root.inside)) > 1


def _parse(source: Source) -> Parsed | Rejected:
    cases = Cases()
    unfinished = ""
    for node in source.elements(*_RESULTS, "Times", "ResultSummary", texts=False):
        match node.name:
            case "Times":
                for key in ("creation", "start", "finish"):
                    cases.stamp(node.attributes.get(key))
            case "ResultSummary":
                unfinished = node.attributes.get("outcome", "")
            case _:
                _count(cases, node)
    aborted = unfinished.lower() in ("aborted", "error", "timeout", "disconnected")
    warnings = ("The run was stopped before its end: tests may be missing.",) if aborted else ()
    return cases.parsed("trx", "Visual Studio Test", warnings=warnings)


def _count(cases: Cases, node: Node) -> None:
    outcome = _outcome(node.attributes)
    inner = node.child("InnerResults")
    if inner is not None:
        # A data-driven test sums up the rows inside it, which are listed on their own.
        cases.add_summary(outcome)
        return
    told = node.attributes
    identity = (told.get("testId", ""), told.get("testName") or cases.total)
    cases.add(outcome, identity, seconds(told.get("duration")))
    cases.stamp(told.get("endTime"))


def _outcome(told: Mapping[str, str]) -> Outcome:
    """Without an outcome a test has failed: the file leaves out the first value of the list, which is an error."""
    outcome = told.get("outcome", "").lower()
    if outcome in _PASSED:
        return Outcome.PASSED
    return Outcome.SKIPPED if outcome in _SKIPPED else Outcome.FAILED


FORMATS = (
    Format(
        name="trx",
        title="Visual Studio test results (TRX)",
        unit="test",
        category=Category.TEST,
        identify=_identify,
        parse=_parse,
    ),
)
