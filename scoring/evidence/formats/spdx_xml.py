"""SPDX 2 in plain XML: the fields of the JSON notation as elements, a list as the same element several times."""

from __future__ import annotations

from collections.abc import Iterator

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.spdxbill import Bill, Package
from scoring.evidence.xmltext import Node

_ROOTS = ("Document", "SpdxDocument")
"""The latter with the former inside, from early Python tools."""
_OWN = frozenset({"spdxVersion", "specVersion", "SPDXID", "documentNamespace", "dataLicense", "documentDescribes"})
_ELEMENTS = frozenset({"creationInfo", "packages", "files", "relationships", "hasExtractedLicensingInfos"})
_WANTED = (
    "Document",
    "creationInfo",
    "packages",
    "Package",
    "files",
    "File",
    "relationships",
    "snippets",
    "annotations",
    "hasExtractedLicensingInfos",
)
"""Everything that may be long, so that the document itself stays short."""


def _identify(shape: Shape) -> bool:
    root = shape.root
    if root is None or root.name not in _ROOTS:
        return False
    inside = frozenset(root.inside)
    if root.name == "SpdxDocument" and "Document" in inside:
        return True
    return bool(_OWN & inside) and len((_OWN | _ELEMENTS) & inside) > 1


def _parse(source: Source) -> Parsed | Rejected:
    bill = Bill()
    for node in source.elements(*_WANTED):
        match node.name:
            case "Document":
                bill.name = node.text_at("name")
                for child in node.children:
                    if child.name == "documentDescribes" and child.text:
                        bill.described[child.text] = None
            case "creationInfo":
                _creation(bill, node)
            case "packages" | "Package":
                for one in _each(node, "package"):
                    bill.package(_package(one))
            case "files" | "File":
                bill.files += sum(1 for _ in _each(node, "file"))
            case "relationships":
                for one in _each(node, "relationship"):
                    bill.relationship(
                        one.text_at("spdxElementId"),
                        one.text_at("relationshipType"),
                        one.text_at("relatedSpdxElement"),
                    )
            case _:
                pass
    return bill.parsed("spdx-xml")


def _creation(bill: Bill, node: Node) -> None:
    bill.created(node.text_at("created"))
    for child in node.children:
        if child.name in ("creators", "creator"):
            bill.creator(child.text)


def _each(node: Node, name: str) -> Iterator[Node]:
    """The elements of a list: the node itself, or those inside it where a writer wraps them."""
    inside = [child for child in node.children if child.name.lower() == name]
    if inside:
        yield from inside
    elif node.children:
        yield node


def _package(node: Node) -> Package:
    package = Package(node.text_at("SPDXID"), node.text_at("name"), node.text_at("versionInfo"))
    package.licence(node.text_at("licenseConcluded"), node.text_at("licenseDeclared"))
    for child in node.children:
        if child.name == "externalRefs":
            package.reference(child.text_at("referenceType"), child.text_at("referenceLocator"))
    return package


FORMATS = (
    Format(
        name="spdx-xml",
        title="SPDX 2 XML",
        unit="component",
        category=Category.SBOM,
        identify=_identify,
        parse=_parse,
    ),
)
