"""JaCoCo XML, also as Kover, Pester and others write it: counters at every level, of which the highest counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.linehits import NOTHING, Reached, number, parsed, reached, stamp
from scoring.evidence.scalars import label
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source

_INSIDE = frozenset({"sessioninfo", "group", "package", "counter"})
_LEVELS = ("report", "package", "sourcefile", "class")
"""Where counters are read, the first level that has any; groups are left out because they lie inside one another."""


def _identify(shape: Shape) -> bool:
    """There are other files whose root is a report; none holds only these elements."""
    root = shape.root
    return root is not None and root.name == "report" and bool(root.inside) and _INSIDE.issuperset(root.inside)


def _parse(source: Source) -> Parsed | Rejected:
    counted: dict[tuple[str, str], Reached] = defaultdict(lambda: NOTHING)
    at: datetime | None = None
    for node in source.elements("counter", "sessioninfo", texts=False, doctype=True):
        told = node.attributes
        if node.name == "sessioninfo":
            dumped = stamp(told.get("dump"))
            at = max((moment for moment in (at, dumped) if moment is not None), default=None)
            continue
        level = node.path[-1] if node.path else ""
        counter = _reached(told)
        if counter is not None and level in _LEVELS:
            kind = told.get("type", "")[:20]
            counted[level, kind] = counted[level, kind].plus(counter)
    lines, branches = _highest(counted, "LINE"), _highest(counted, "BRANCH")
    statements = _highest(counted, "INSTRUCTION")
    no_lines = statements.total > 0 and not lines.total
    warnings = ("It counts no lines: the classes were compiled without line numbers (javac -g).",) if no_lines else ()
    root = source.shape.root
    return parsed(
        "jacoco-xml",
        "JaCoCo",
        "line",
        lines,
        branches=branches,
        at=at,
        subject=label(root.attributes.get("name")) if root else "",
        warnings=warnings,
    )


def _reached(told: Mapping[str, str]) -> Reached | None:
    covered, missed = number(told.get("covered")), number(told.get("missed"))
    return None if covered is None or missed is None else reached(covered, covered + missed)


def _highest(counted: Mapping[tuple[str, str], Reached], kind: str) -> Reached:
    return next((counted[level, kind] for level in _LEVELS if (level, kind) in counted), NOTHING)


FORMATS = (
    Format(
        name="jacoco-xml",
        title="JaCoCo XML",
        unit="line",
        category=Category.COVERAGE,
        identify=_identify,
        parse=_parse,
    ),
)
