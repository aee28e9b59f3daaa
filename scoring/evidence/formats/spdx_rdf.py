"""SPDX 2 in RDF/XML: a graph, whose nodes may lie inside one another or refer to each other by name.

Only what a bill of materials comes to is kept: packages, their references and relationships, and who made the
document. Licences, which such files repeat at full length, are passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.limits import Refused
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.spdxbill import Bill, Package
from scoring.evidence.xmltext import Node

_TERMS = "http://spdx.org/rdf/terms"
_CLASSES = frozenset({"SpdxDocument", "CreationInfo", "Package", "ExternalRef", "Relationship", "File"})
_UNTYPED = "Description"
"""How RDF/XML writes a node whose class is one of its properties."""
_DESCRIBES = ("describesPackage", "hasDocumentDescribes")
_MOST_TEXT = 1000


@dataclass(slots=True)
class _Element:
    """A node of the graph, merged from all places where the file speaks about it."""

    kind: str = ""
    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: list[tuple[str, str]] = field(default_factory=list)
    """Property and the node or address that it points to."""

    def text(self, name: str) -> str:
        return next(iter(self.texts.get(name, ())), "")

    def targets(self, *names: str) -> list[str]:
        return [target for name, target in self.links if name in names]


def _identify(shape: Shape) -> bool:
    root = shape.root
    return root is not None and root.name == "RDF" and any(one.startswith(_TERMS) for one in root.namespaces)


def _parse(source: Source) -> Parsed | Rejected:
    if source.streamed:
        raise Refused("It is larger than a graph that is held as a whole may be. Export it as SPDX JSON.")
    return _bill(_graph(source)).parsed("spdx-rdf")


def _graph(source: Source) -> Mapping[str, _Element]:
    graph: dict[str, _Element] = defaultdict(_Element)
    # Elements end before those around them: each waits, with its depth and property, for the one that it lies in.
    waiting: list[tuple[int, str, str]] = []
    unnamed = 0
    for node in source.elements(*_CLASSES, _UNTYPED):
        name = _name(node.attributes)
        if not name:
            unnamed += 1
            name = f"_:{unnamed} unnamed"
        element = graph[name]
        element.kind = _class(node) or element.kind
        depth = len(node.path)
        while waiting and waiting[-1][0] > depth:
            inner, through, target = waiting.pop()
            if inner == depth + 2:
                element.links.append((through, target))
        for child in node.children:
            _property(element, child)
        if depth > 1:
            waiting.append((depth, node.path[-1], name))
    return graph


def _name(attributes: Mapping[str, str]) -> str:
    """How other nodes refer to one: its address, or a name that holds inside the file."""
    if "about" in attributes:
        return attributes["about"][:_MOST_TEXT]
    if "nodeID" in attributes:
        return f"_:{attributes['nodeID'][:_MOST_TEXT]}"
    return f"#{attributes['ID'][:_MOST_TEXT]}" if "ID" in attributes else ""


def _class(node: Node) -> str:
    if node.name != _UNTYPED:
        return node.name
    classes = (child.attributes.get("resource", "") for child in node.children if child.name == "type")
    return next((local for one in classes if (local := one.rpartition("#")[2]) in _CLASSES), "")


def _property(element: _Element, child: Node) -> None:
    attributes = child.attributes
    if "resource" in attributes:
        element.links.append((child.name, attributes["resource"][:_MOST_TEXT]))
    elif "nodeID" in attributes:
        element.links.append((child.name, f"_:{attributes['nodeID'][:_MOST_TEXT]}"))
    elif child.children:
        # A node of a class that is not kept, such as a licence: that it is there is all that counts.
        element.links.append((child.name, _name(child.children[0].attributes) or child.children[0].name))
    elif child.text:
        element.texts[child.name].append(child.text[:_MOST_TEXT])


def _bill(graph: Mapping[str, _Element]) -> Bill:
    bill = Bill()
    for name, element in graph.items():
        match element.kind:
            case "SpdxDocument":
                bill.id = name
                bill.name = element.text("name")
                bill.described.update(dict.fromkeys(element.targets(*_DESCRIBES)))
            case "CreationInfo":
                bill.created(element.text("created"))
                for creator in element.texts.get("creator", ()):
                    bill.creator(creator)
            case "Package":
                bill.package(_package(name, element, graph))
            case "File":
                bill.files += 1
            case _:
                pass
    for name, element in graph.items():
        for target in element.targets("relationship"):
            relation = graph.get(target)
            if relation is not None:
                kinds, ends = relation.targets("relationshipType"), relation.targets("relatedSpdxElement")
                bill.relationship(name, kinds[0] if kinds else "", ends[0] if ends else "")
    return bill


def _package(name: str, element: _Element, graph: Mapping[str, _Element]) -> Package:
    package = Package(name, element.text("name"), element.text("versionInfo"))
    for field_ in ("licenseConcluded", "licenseDeclared"):
        package.licence(element.text(field_), *element.targets(field_))
    for target in element.targets("externalRef"):
        reference = graph.get(target)
        if reference is not None:
            kinds = reference.targets("referenceType") or [reference.text("referenceType")]
            package.reference(kinds[0], reference.text("referenceLocator"))
    return package


FORMATS = (
    Format(
        name="spdx-rdf",
        title="SPDX 2 RDF/XML",
        unit="component",
        category=Category.SBOM,
        identify=_identify,
        parse=_parse,
    ),
)
