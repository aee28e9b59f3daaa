"""SPDX 3 in JSON-LD: one list of elements that refer to each other by address.

Packages of every profile (software, AI, data set, build) are components. The security profile adds vulnerabilities
with assessments: scores, and statements on whether they affect the product (VEX).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Finding, State, Tally, finding_facts, last_run
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.scalars import label
from scoring.evidence.severity import NOT_RATED, Rating, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.spdxbill import Bill, Package, stated

_CONTEXT = b"spdx.org/rdf/3"
_PACKAGES = frozenset({"Package", "AIPackage", "DatasetPackage"})
_LOCAL = re.compile(r".*[/#:_]", re.DOTALL)
_NO_LICENCE = frozenset(
    {"noassertion", "none", "noassertionlicense", "nonelicense", "noassertionelement", "noneelement"}
)
_LICENCES = frozenset({"hasconcludedlicense", "hasdeclaredlicense"})
_SCORES = {"cvssv4": 0, "cvssv3": 1, "cvssv2": 2}
"""Which of several scores counts: that of the newest method."""
_VEX = {
    "vexaffectedvulnassessmentrelationship": State.OPEN,
    "vexunderinvestigationvulnassessmentrelationship": State.OPEN,
    "vexfixedvulnassessmentrelationship": State.FIXED,
    "vexnotaffectedvulnassessmentrelationship": State.SUPPRESSED,
}
_WORST = (State.OPEN, State.SUPPRESSED, State.FIXED)
"""Of statements for several products: what one of them still has to deal with is open."""


class _Identifier(msgspec.Struct):
    kind: Any = msgspec.field(name="externalIdentifierType", default=None)
    value: Any = msgspec.field(name="identifier", default=None)


class _Element(msgspec.Struct):
    """Any element; the prefix of a field names its profile."""

    id: Any = msgspec.field(name="spdxId", default=None)
    node: Any = msgspec.field(name="@id", default=None)
    type: Any = None
    type_: Any = msgspec.field(name="@type", default=None)
    name: Any = None
    created: Any = None
    using: Any = msgspec.field(name="createdUsing", default=None)
    creation: Any = msgspec.field(name="creationInfo", default=None)
    roots: Any = msgspec.field(name="rootElement", default=None)
    version: Any = msgspec.field(name="software_packageVersion", default=None)
    purl: Any = msgspec.field(name="software_packageUrl", default=None)
    identifiers: list[_Identifier | str | None] | None = msgspec.field(name="externalIdentifier", default=None)
    start: Any = msgspec.field(name="from", default=None)
    ends: Any = msgspec.field(name="to", default=None)
    relation: Any = msgspec.field(name="relationshipType", default=None)
    licence: Any = msgspec.field(name="simplelicensing_licenseExpression", default=None)
    score: Any = msgspec.field(name="security_score", default=None)
    severity: Any = msgspec.field(name="security_severity", default=None)


class _Document(msgspec.Struct):
    graph: list[_Element | None] | None = msgspec.field(name="@graph", default=None)


@dataclass(slots=True)
class _Graph:
    """What is known of the elements; they refer to each other in any order, so the rest waits for the end."""

    bill: Bill = field(default_factory=Bill)
    packages: dict[str, Package] = field(default_factory=dict)
    tools: dict[str, str] = field(default_factory=dict)
    """Names of tools by address."""
    creations: dict[str, _Element] = field(default_factory=dict)
    document: _Element | None = None
    roots: dict[str, list[str]] = field(default_factory=dict)
    """What documents and bills are about."""
    unlicensed: set[str] = field(default_factory=set)
    """Addresses of licences that say nothing."""
    licences: list[tuple[str, str]] = field(default_factory=list)
    vulnerabilities: dict[str, str] = field(default_factory=dict)
    """Names by address."""
    ratings: dict[str, list[tuple[int, Rating]]] = field(default_factory=lambda: defaultdict(list))
    states: dict[str, set[State]] = field(default_factory=lambda: defaultdict(set))
    statements: int = 0

    def read(self, one: _Element) -> None:
        kind = _local(one.type or one.type_)
        address = _address(one.id or one.node) or f"_:{len(self.packages)} unnamed"
        if isinstance(one.creation, dict):
            creation = _Element(created=one.creation.get("created"), using=one.creation.get("createdUsing"))
            self.creations[_address(one.creation) or f"{address} inline"] = creation
        if kind in _PACKAGES:
            self.packages[address] = _package(address, one)
        elif kind == "File":
            self.bill.files += 1
        elif kind == "CreationInfo":
            self.creations[address] = one
        elif kind in ("Tool", "SoftwareAgent"):
            self.tools[address] = label(one.name)
        elif kind in ("SpdxDocument", "Sbom", "Bom"):
            self.roots[address] = _addresses(one.roots)
            self.document = one if kind == "SpdxDocument" else self.document
        elif kind == "Vulnerability":
            self.vulnerabilities[address] = _cve(one) or label(one.name) or address
        elif kind == "LicenseExpression" and not stated(one.licence):
            self.unlicensed.add(address)
        elif kind.endswith("Relationship"):
            self._relationship(kind.lower(), one)

    def _relationship(self, kind: str, one: _Element) -> None:
        start, relation = _address(one.start), _local(one.relation).lower()
        if kind in _VEX:
            self.statements += 1
            self.states[start].add(_VEX[kind])
        elif "cvss" in kind:
            rank = _SCORES.get(kind[:6], len(_SCORES))
            rating = _rating(kind, one)
            if rating is not None:
                self.ratings[start].append((rank, rating))
        elif relation in _LICENCES:
            self.licences.extend((start, end) for end in _addresses(one.ends))
        else:
            for end in _addresses(one.ends):
                if _local(end).lower() not in _NO_LICENCE:
                    self.bill.relationship(start, relation, end)

    def finish(self) -> Bill:
        bill = self.bill
        for start, end in self.licences:
            if start in self.packages and end not in self.unlicensed and _local(end).lower() not in _NO_LICENCE:
                self.packages[start].licensed = True
        for package in self.packages.values():
            bill.package(package)
        own = _address(self.document.creation) if self.document else ""
        for address, creation in self.creations.items():
            # Elements that were taken over from elsewhere keep their own moment; the document's is the one that counts.
            if own not in self.creations or address == own:
                bill.created(creation.created)
            for tool in _addresses(creation.using):
                bill.tool(self.tools.get(tool) or _local(tool))
        if self.document is not None:
            bill.name = label(self.document.name)
            self._describe(_address(self.document.id or self.document.node))
        return bill

    def _describe(self, document: str) -> None:
        """What the document is about, through a bill of materials if there is one in between."""
        for root in self.roots.get(document, ()):
            for one in self.roots.get(root) or [root]:
                self.bill.described[one] = None

    def tally(self) -> Tally:
        tally = Tally()
        for address, name in self.vulnerabilities.items():
            rated = self.ratings.get(address)
            rating = min(rated, key=lambda ranked: ranked[0])[1] if rated else NOT_RATED
            said = self.states.get(address, ())
            state = next((state for state in _WORST if state in said), State.OPEN)
            tally.add(Finding(rating, state), name)
        return tally


def _identify(shape: Shape) -> bool:
    context = shape.keys.get("@context")
    return (
        shape.kind is Kind.OBJECT
        and shape.is_list("@graph")
        and context is not None
        and _CONTEXT in bytes(memoryview(context)[:2000])
    )


def _parse(source: Source) -> Parsed | Rejected:
    graph = _Graph()
    for one in _elements(source):
        if one is not None:
            graph.read(one)
    bill = graph.finish()
    tally = graph.tally()
    return bill.parsed("spdx3-jsonld", findings=tally.findings(), facts=_facts(graph, tally), warnings=tally.warnings())


def _elements(source: Source) -> Iterator[_Element | None]:
    if not source.streamed:
        yield from source.decode(_Document).graph or ()
        return
    for _, one in source.stream({"@graph.item": _Element | None}):
        yield one


def _facts(graph: _Graph, tally: Tally) -> Iterator[Fact]:
    """Vulnerabilities, where the document speaks of any; with statements alone it proves no scan."""
    at = graph.bill.at
    if graph.vulnerabilities and (graph.packages or graph.vulnerabilities.keys() - graph.states.keys()):
        yield Fact(name="scan.present", value=True, category=Category.SCA, note=", ".join(graph.bill.tools)[:200])
        yield from finding_facts(tally, at, Category.SCA)
        yield from last_run(at, Category.SCA)
    if graph.statements:
        yield Fact(name="vex.statements", value=graph.statements)


def _package(address: str, one: _Element) -> Package:
    package = Package(address, label(one.name, 1000), label(one.version, 1000))
    package.reference("purl", one.purl)
    for identifier in one.identifiers or ():
        if isinstance(identifier, _Identifier):
            kind = _local(identifier.kind).lower()
            package.reference(
                {"packageurl": "purl", "cpe23": "cpe23type", "cpe22": "cpe22type"}.get(kind, kind), identifier.value
            )
    return package


def _cve(one: _Element) -> str:
    """The name that the world knows a vulnerability by."""
    kinds = {_local(i.kind).lower(): label(i.value) for i in one.identifiers or () if isinstance(i, _Identifier)}
    return kinds.get("cve", "")


def _rating(kind: str, one: _Element) -> Rating | None:
    """By the severity that the assessment states, else by the band of its score."""
    word = rate("words", _local(one.severity).lower()) if one.severity else None
    if word is not None:
        return Rating(word.severity, word.word, word.scheme) if word.word == "none" else word
    score = one.score if isinstance(one.score, str | int | float) and not isinstance(one.score, bool) else None
    return rate("cvss2" if kind.startswith("cvssv2") else "cvss", score)


def _local(value: object) -> str:
    """A name without its profile or address: ``software_Package`` → ``Package``."""
    return _LOCAL.sub("", label(value, 1000))


def _address(value: object) -> str:
    """How an element is referred to: by its address, or written out on the spot."""
    if isinstance(value, dict):
        value = value.get("spdxId") or value.get("@id")
    return label(value, 1000)


def _addresses(value: object) -> list[str]:
    found = [_address(one) for one in (value if isinstance(value, list) else [value])]
    return [address for address in found if address]


FORMATS = (
    Format(
        name="spdx3-jsonld",
        title="SPDX 3 JSON-LD",
        unit="component",
        category=Category.SBOM,
        identify=_identify,
        parse=_parse,
    ),
)
