"""Cobertura XML, as Cobertura, coverage.py, gcovr, Coverlet, PHPUnit, gocover-cobertura and many others write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.linehits import (
    NOTHING,
    Branches,
    Places,
    Reached,
    contradiction,
    fraction,
    number,
    parsed,
    reached,
    stamp,
)
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.xmltext import Node

_OWN = frozenset({"line-rate", "branch-rate", "lines-valid"})
_CONDITIONS = re.compile(r"\(\s*(\d{1,9})\s*/\s*(\d{1,9})\s*\)")


def _identify(shape: Shape) -> bool:
    root = shape.root
    return root is not None and root.name == "coverage" and bool(_OWN & root.attributes.keys())


def _parse(source: Source) -> Parsed | Rejected:
    root = source.shape.root
    attributes: Mapping[str, str] = root.attributes if root else {}
    places, branches = Places(), Branches()
    partly: set[tuple[str, str]] = set()
    for node in source.elements("class", texts=False, doctype=True):
        file = node.attributes.get("filename") or node.attributes.get("name", "")
        for line in _lines(node):
            where = line.attributes.get("number", "")
            hit = (number(line.attributes.get("hits")) or 0) > 0
            places.add(file, where, hit)
            taken = _branches(line)
            if taken is not None:
                branches.add(file, where, taken)
                if hit and taken.missed:
                    partly.add((file, where))
    at = stamp(attributes.get("timestamp"))
    return _parsed(attributes, places, branches.merged(), len(partly), at)


def _parsed(
    attributes: Mapping[str, str], places: Places, branches: Reached, partly: int, at: datetime | None
) -> Parsed:
    lines = places.merged()
    listed = Reached(places.listed - places.missed, places.listed)
    stated = reached(number(attributes.get("lines-covered")), number(attributes.get("lines-valid")))
    if not lines.total and stated:
        # Some tools write the totals alone.
        lines = listed = stated
        branches = (
            reached(number(attributes.get("branches-covered")), number(attributes.get("branches-valid"))) or NOTHING
        )
    counted = (
        "lines" if not partly else f"lines ({lines.covered - partly} if lines with branches must take all of them)"
    )
    return parsed(
        "cobertura-xml",
        "Cobertura",
        "line",
        lines,
        listed=listed,
        branches=branches,
        counted=counted,
        at=at,
        warnings=contradiction(lines, fraction(attributes.get("line-rate"))),
    )


def _lines(node: Node) -> Iterator[Node]:
    """Each line of a class once: those of its methods are the same lines, unless the class lists none of its own."""
    own = node.child("lines")
    methods = node.child("methods")
    if own is not None and own.children:
        yield from (line for line in own.children if line.name == "line")
    elif methods is not None:
        for method in methods.children:
            lines = method.child("lines")
            yield from lines.children if lines else ()


def _branches(line: Node) -> Reached | None:
    """The branches of a line, which only ``50% (1/2)`` counts."""
    if line.attributes.get("branch", "").lower() != "true":
        return None
    counts = _CONDITIONS.search(line.attributes.get("condition-coverage", "")[:100])
    return reached(int(counts[1]), int(counts[2])) if counts else None


FORMATS = (
    Format(
        name="cobertura-xml",
        title="Cobertura XML",
        unit="line",
        category=Category.COVERAGE,
        identify=_identify,
        parse=_parse,
    ),
)
