"""SPDX 2 in JSON and YAML, also inside the envelope of GitHub's dependency graph (``{"sbom": ...}``).

Moments with fractions of a second break the letter of the standard and are common all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from questionnaires.load import Invalid
from questionnaires.model import Category
from questionnaires.yamltext import Value, parse_yaml
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.limits import MIB, Refused, size
from scoring.evidence.scalars import label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.spdxbill import CUT_OFF, DOCUMENT, UNENDED, UNSURE, Bill, Package, stated, whole

_ENVELOPES = ((), ("sbom",), ("Document",))
"""Where the document may lie: bare, from GitHub, from early tools."""
_BESIDE = frozenset({"SPDXID", "creationInfo", "packages", "documentNamespace", "dataLicense"})
_YAML_BYTES = 32 * MIB
_YAML_VERSION = re.compile(r"\s{0,4}[\"']?spdxVersion[\"']?\s*:\s*[\"']?SPDX-\d")
_WHOLE_VERSION = re.compile(r"SPDX-\d+\.\d+")
_YAML_DOCUMENT = re.compile(r"[\"']?SPDXID[\"']?\s*:\s*[\"']?SPDXRef-DOCUMENT\b")
_TAG = re.compile(r"(?:SPDXVersion|DataLicense|DocumentName|DocumentNamespace|Creator|Created)\s*:")
_LAST = re.compile(r"\s*(?:-(?:\s+|$))*(?:[\"']?[A-Za-z]+[\"']?\s*:(?:\s+|$))?(.*)", re.DOTALL)


class _Reference(msgspec.Struct):
    kind: Any = msgspec.field(name="referenceType", default=None)
    locator: Any = msgspec.field(name="referenceLocator", default=None)


class _Package(msgspec.Struct):
    id: Any = msgspec.field(name="SPDXID", default=None)
    name: Any = None
    version: Any = msgspec.field(name="versionInfo", default=None)
    location: Any = msgspec.field(name="downloadLocation", default=None)
    concluded: Any = msgspec.field(name="licenseConcluded", default=None)
    declared: Any = msgspec.field(name="licenseDeclared", default=None)
    references: list[_Reference | None] | None = msgspec.field(name="externalRefs", default=None)


class _File(msgspec.Struct):
    id: Any = msgspec.field(name="SPDXID", default=None)
    name: Any = msgspec.field(name="fileName", default=None)


class _Relationship(msgspec.Struct):
    start: Any = msgspec.field(name="spdxElementId", default=None)
    kind: Any = msgspec.field(name="relationshipType", default=None)
    end: Any = msgspec.field(name="relatedSpdxElement", default=None)


class _Creation(msgspec.Struct):
    created: Any = None
    creators: Any = None


class _Document(msgspec.Struct):
    id: Any = msgspec.field(name="SPDXID", default=None)
    name: Any = None
    creation: _Creation | None = msgspec.field(name="creationInfo", default=None)
    described: Any = msgspec.field(name="documentDescribes", default=None)
    packages: list[_Package | None] | None = None
    files: list[_File | None] | None = None
    relationships: list[_Relationship | None] | None = None


class _Envelope(msgspec.Struct):
    sbom: _Document | None = None
    document: _Document | None = msgspec.field(name="Document", default=None)


_PARTS: Mapping[str, Any] = {
    "SPDXID": Any,
    "name": Any,
    "creationInfo": _Creation | None,
    "documentDescribes": Any,
    "packages.item": _Package | None,
    "files.item": _File | None,
    "relationships.item": _Relationship | None,
}


def _envelope(shape: Shape) -> tuple[str, ...] | None:
    """The keys around the document; None where there is no document."""
    for path in _ENVELOPES:
        keys = shape.within(*path)
        version = keys.get("spdxVersion")
        if version is not None and bytes(memoryview(version)[:6]) == b'"SPDX-' and _BESIDE & keys.keys():
            return path
    return None


def _identify_json(shape: Shape) -> bool:
    return shape.kind is Kind.OBJECT and _envelope(shape) is not None


def _identify_yaml(shape: Shape) -> bool:
    """By the version, or by the document's id where the version stands further below, as in sorted files."""
    if shape.kind is not Kind.TEXT or any(_TAG.match(line) for line in shape.lines):
        return False
    return any(_YAML_VERSION.match(line) or _YAML_DOCUMENT.match(line) for line in shape.lines)


def _parse_json(source: Source) -> Parsed | Rejected:
    around = _envelope(source.shape) or ()
    bill = Bill()
    if source.streamed:
        start = ".".join((*around, ""))
        wanted = {start + path: kind for path, kind in _PARTS.items()}
        for path, value in source.stream(wanted):
            if value is not None:
                _read(bill, path.removeprefix(start), value)
    else:
        if around:
            envelope = source.decode(_Envelope)
            document = envelope.sbom or envelope.document or _Document()
        else:
            document = source.decode(_Document)
        for path, value in _parts(document):
            _read(bill, path, value)
    return bill.parsed("spdx-json")


def _parts(document: _Document) -> Iterator[tuple[str, Any]]:
    yield "SPDXID", document.id
    yield "name", document.name
    if document.creation is not None:
        yield "creationInfo", document.creation
    yield "documentDescribes", document.described
    yield from (("packages.item", one) for one in document.packages or () if one is not None)
    yield from (("files.item", one) for one in document.files or () if one is not None)
    yield from (("relationships.item", one) for one in document.relationships or () if one is not None)


def _read(bill: Bill, path: str, value: Any) -> None:
    match path:
        case "SPDXID":
            bill.id = label(value) or bill.id
        case "name":
            bill.name = label(value)
        case "creationInfo":
            bill.created(value.created)
            for creator in value.creators if isinstance(value.creators, list) else [value.creators]:
                bill.creator(creator)
        case "documentDescribes":
            for one in value if isinstance(value, list) else [value]:
                bill.described[label(one, 1000)] = None
        case "packages.item":
            bill.package(_package(value))
        case "files.item":
            bill.files += 1
        case _:
            bill.relationship(value.start, value.kind, value.end)


def _package(one: _Package) -> Package:
    package = Package(label(one.id, 1000), label(one.name, 1000), label(one.version, 1000))
    package.licence(one.concluded, one.declared)
    for reference in one.references or ():
        if reference is not None:
            package.reference(reference.kind, reference.locator)
    return package


def _parse_yaml(source: Source) -> Parsed | Rejected:
    text = _text(source)
    document = _converted(_loaded(text))
    ended = text.endswith("\n")
    if not ended and not _last_is_whole(text, document):
        return Rejected(UNSURE)
    bill = Bill()
    for path, value in _parts(document):
        _read(bill, path, value)
    return bill.parsed("spdx-yaml", warnings=() if ended else (UNENDED,))


def _text(source: Source) -> str:
    # YAML is read as a whole, and slowly.
    most = f"It is larger than {size(_YAML_BYTES)} in YAML. Export it as SPDX JSON."
    if source.streamed:
        raise Refused(most)
    with source.text() as content:
        data = content.read(_YAML_BYTES + 1)
    if len(data) > _YAML_BYTES:
        raise Refused(most)
    return data.decode("utf-8", "replace")


def _loaded(text: str) -> Mapping[str, Value]:
    """The document as plain values; every scalar stays text, and aliases repeat nothing but single texts."""
    try:
        loaded = parse_yaml(text, "")
    except (ValueError, OverflowError, RecursionError):
        raise Refused("The YAML document is broken. Export it again.") from None
    if isinstance(loaded, Invalid):
        place = next((problem.key for problem in loaded.problems), "")
        where = f" at {place}" if re.fullmatch(r"line [\d,]+", place) else ""
        raise Refused(f"The YAML document is broken{where}, or uses what no export needs. Export it again.")
    tables = [one for one in loaded.value if isinstance(one, dict)]
    for table in tables:
        inner = table.get("Document")
        document = inner if isinstance(inner, dict) else table
        version = document.get("spdxVersion")
        if isinstance(version, str) and _WHOLE_VERSION.fullmatch(version.strip()):
            return document
    # Every writer states the version; where it is missing, the part that held it is.
    raise Refused(CUT_OFF)


def _converted(table: Mapping[str, Value]) -> _Document:
    try:
        return msgspec.convert(table, _Document)
    except msgspec.ValidationError as error:
        raise Refused(f"Its structure is not that of the format: {error}.") from None


def _last_is_whole(text: str, document: _Document) -> bool:
    """Whether a text without a final line break ends where a document may end."""
    last = _LAST.fullmatch(text[text.rfind("\n") + 1 :])
    if last is None or not last[1].strip():
        return False
    told = document.creation is not None and document.creation.created and document.name and document.id
    if not told or not (document.relationships is not None or document.described or whole(last[1])):
        return False
    # Where a list ends the text, its last element must have all that the standard demands of it.
    names = {label(one.id) for one in (*(document.packages or ()), *(document.files or ())) if one is not None}
    packages, files, relations = document.packages or (), document.files or (), document.relationships or ()
    return (
        all(one is None or (one.id and one.name and one.location) for one in packages[-1:])
        and all(one is None or (one.id and one.name) for one in files[-1:])
        and all(
            one is None or (one.start and one.kind and one.end and _known(one.end, names)) for one in relations[-1:]
        )
    )


def _known(value: object, names: set[str]) -> bool:
    name = label(value)
    return name in names or not stated(name) or name == DOCUMENT or ":" in name


FORMATS = (
    Format(
        name="spdx-json",
        title="SPDX 2 JSON",
        unit="component",
        category=Category.SBOM,
        identify=_identify_json,
        parse=_parse_json,
    ),
    Format(
        name="spdx-yaml",
        title="SPDX 2 YAML",
        unit="component",
        category=Category.SBOM,
        identify=_identify_yaml,
        parse=_parse_yaml,
    ),
)
