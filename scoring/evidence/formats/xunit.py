"""xUnit.net 1, 2 and 3: ``assemblies``, or one ``assembly`` alone as version 1 wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.testcases import Cases, Outcome, seconds

_FAILED = frozenset({"fail", "failed", "error"})
_SKIPPED = frozenset({"skip", "skipped", "notrun"})
_FAMILY = frozenset({"run-date", "run-time", "test-framework", "start-rtf", "environment"})
"""What an assembly that was tested says of its run; there are other files whose root is an assembly."""


def _identify(shape: Shape) -> bool:
    root = shape.root
    if root is None:
        return False
    if root.name == "assemblies":
        return "assembly" in root.inside or not root.inside
    return root.name == "assembly" and len(_FAMILY & root.attributes.keys()) > 1


def _parse(source: Source) -> Parsed | Rejected:
    cases = Cases()
    root = source.shape.root
    outside = 0
    for node in source.elements("test", "assembly", "error", texts=False):
        told = node.attributes
        match node.name:
            case "assembly":
                _stamp(cases, told)
            case "error":
                outside += node.path[-1:] == ("errors",)
            case _:
                identity = (told.get("type", ""), told.get("name") or told.get("id") or cases.total)
                cases.add(_outcome(told), identity, seconds(told.get("time")))
    if cases.at is None and root is not None:
        _stamp(cases, root.attributes)
    return cases.parsed("xunit-xml", "xUnit.net", warnings=_warnings(outside))


def _outcome(told: Mapping[str, str]) -> Outcome:
    result = told.get("result", "").lower()
    if result in _FAILED:
        return Outcome.FAILED
    return Outcome.SKIPPED if result in _SKIPPED else Outcome.PASSED


def _stamp(cases: Cases, told: Mapping[str, str]) -> None:
    """When an assembly was tested; version 3 names the moment with its zone, the older ones in local time."""
    exact = told.get("finish-rtf") or told.get("start-rtf")
    if exact:
        cases.stamp(exact)
    elif "run-date" in told:
        cases.stamp(f"{told['run-date']}T{told.get('run-time', '00:00:00')}")
    else:
        cases.stamp(_american(told.get("timestamp", "")))


def _american(text: str) -> str:
    """As ISO 8601 the root's ``01/26/2024 13:49:51``, which .NET writes month first whatever the machine's language."""
    try:
        return datetime.strptime(text, "%m/%d/%Y %H:%M:%S").isoformat()
    except ValueError:
        return text


def _warnings(outside: int) -> Iterator[str]:
    if outside:
        yield f"Errors outside of the tests, in set-up or clean-up, that no test counts: {outside}."


FORMATS = (
    Format(
        name="xunit-xml",
        title="xUnit.net XML",
        unit="test",
        category=Category.TEST,
        identify=_identify,
        parse=_parse,
    ),
)
