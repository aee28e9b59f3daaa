"""NUnit 3 (``test-run``) and NUnit 2 (``test-results``), the latter also as other .NET tools write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.testcases import Cases, Outcome, seconds

_CASE = "test-case"
_FAILED = frozenset({"failed", "failure", "error", "notrunnable", "invalid", "cancelled"})
_SKIPPED = frozenset({"skipped", "ignored", "inconclusive", "explicit", "notrun"})
"""An inconclusive test has said nothing."""


def _identify_3(shape: Shape) -> bool:
    return shape.root is not None and shape.root.name == "test-run"


def _identify_2(shape: Shape) -> bool:
    return shape.root is not None and shape.root.name == "test-results"


def _parse_3(source: Source) -> Parsed | Rejected:
    cases = Cases()
    root = source.shape.root
    attributes: Mapping[str, str] = root.attributes if root else {}
    for key in ("start-time", "end-time"):
        cases.stamp(attributes.get(key))
    warned = _count(source, cases)
    return cases.parsed("nunit3-xml", "NUnit", warnings=_warnings(warned))


def _parse_2(source: Source) -> Parsed | Rejected:
    cases = Cases()
    root = source.shape.root
    attributes: Mapping[str, str] = root.attributes if root else {}
    cases.stamp(f"{attributes.get('date', '')}T{attributes.get('time', '')}")
    _count(source, cases)
    return cases.parsed("nunit2-xml", "NUnit")


def _count(source: Source, cases: Cases) -> int:
    """Counts every case, and returns how many passed with a warning."""
    warned = 0
    for case in source.elements(_CASE, texts=False):
        told = case.attributes
        name = told.get("fullname") or told.get("name") or told.get("id") or cases.total
        outcome = _outcome(told)
        cases.add(outcome, name, seconds(told.get("duration") or told.get("time")))
        # Suites that were skipped or cut short name no time, their cases do.
        cases.stamp(told.get("end-time"))
        warned += outcome is Outcome.PASSED and told.get("result", "").lower() == "warning"
    return warned


def _outcome(told: Mapping[str, str]) -> Outcome:
    result = told.get("result", "").lower()
    if result in _FAILED:
        return Outcome.FAILED
    if result in _SKIPPED:
        return Outcome.SKIPPED
    if result:
        return Outcome.PASSED
    # Before 2.5 there were two truth values.
    if told.get("success", "").lower() == "false":
        return Outcome.FAILED
    return Outcome.SKIPPED if told.get("executed", "").lower() == "false" else Outcome.PASSED


def _warnings(warned: int) -> Iterator[str]:
    if warned:
        yield f"Tests that passed with a warning: {warned}."


FORMATS = (
    Format(
        name="nunit3-xml",
        title="NUnit 3 XML",
        unit="test",
        category=Category.TEST,
        identify=_identify_3,
        parse=_parse_3,
    ),
    Format(
        name="nunit2-xml",
        title="NUnit 2 XML",
        unit="test",
        category=Category.TEST,
        identify=_identify_2,
        parse=_parse_2,
    ),
)
