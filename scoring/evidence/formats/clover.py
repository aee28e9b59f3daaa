"""Clover XML, as OpenClover and Atlassian Clover, PHPUnit and Istanbul write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.linehits import NOTHING, Places, Reached, number, parsed, reached, stamp
from scoring.evidence.scalars import label
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.xmltext import Node

_TEST_CODE = "testproject"
_EXECUTABLE = frozenset({"stmt", "cond"})
"""Lines of methods only repeat where a method begins."""


@dataclass(slots=True)
class _Count:
    places: Places = field(default_factory=Places)
    statements: Reached = NOTHING
    conditions: Reached = NOTHING
    """Both as the projects state them."""
    names: list[str] = field(default_factory=list)
    at: datetime | None = None

    def project(self, node: Node) -> None:
        name = label(node.attributes.get("name"))
        if name:
            self.names.append(name)
        self.when(node.attributes.get("timestamp"))

    def when(self, text: str | None) -> None:
        self.at = max((at for at in (self.at, stamp(text)) if at is not None), default=None)

    def metrics(self, told: Mapping[str, str]) -> None:
        statements = reached(number(told.get("coveredstatements")), number(told.get("statements")))
        conditions = reached(number(told.get("coveredconditionals")), number(told.get("conditionals")))
        self.statements = self.statements.plus(statements or NOTHING)
        self.conditions = self.conditions.plus(conditions or NOTHING)

    def file(self, node: Node) -> None:
        name = node.attributes.get("path") or node.attributes.get("name", "")
        waiting = [node]
        while waiting:
            one = waiting.pop()
            for child in one.children:
                if child.name == "line" and child.attributes.get("type") in _EXECUTABLE:
                    self.places.add(name, child.attributes.get("num", ""), _hit(child.attributes))
                elif child.name != "line":
                    waiting.append(child)


def _hit(told: Mapping[str, str]) -> bool:
    """Conditions of Java name only how often they were true and false."""
    counts = ("count",) if "count" in told else ("truecount", "falsecount")
    return any((number(told.get(key)) or 0) > 0 for key in counts)


def _identify(shape: Shape) -> bool:
    """PHPUnit leaves out the version, but all say when they were generated."""
    root = shape.root
    if root is None or root.name != "coverage" or "line-rate" in root.attributes:
        return False
    return "clover" in root.attributes or ("generated" in root.attributes and "project" in root.inside)


def _parse(source: Source) -> Parsed | Rejected:
    count = _Count()
    root = source.shape.root
    if root is not None:
        count.when(root.attributes.get("generated"))
    for node in source.elements("file", "metrics", "project", texts=False):
        if _TEST_CODE in node.path:
            continue
        match node.name:
            case "file":
                count.file(node)
            case "project":
                count.project(node)
            case _ if node.path[-1:] == ("project",):
                count.metrics(node.attributes)
            case _:
                pass
    places = count.places
    lines = places.merged()
    listed = Reached(places.listed - places.missed, places.listed)
    summary = not lines.total
    return parsed(
        "clover-xml",
        "Clover",
        "line",
        count.statements if summary else lines,
        listed=count.statements if summary else listed,
        branches=count.conditions,
        counted="statements" if summary else "lines",
        at=count.at,
        subject=count.names[0] if len(count.names) == 1 and count.names[0] != "All files" else "",
    )


FORMATS = (
    Format(
        name="clover-xml",
        title="Clover XML",
        unit="line",
        category=Category.COVERAGE,
        identify=_identify,
        parse=_parse,
    ),
)
