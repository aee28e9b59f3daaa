"""SPDX 2 tag-value: a line per field, and texts over several lines between ``<text>`` and ``</text>``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.spdxbill import CUT_OFF, UNENDED, UNSURE, Bill, Package, whole
from scoring.evidence.textlines import Line, lines

_VERSION = re.compile(r"\s*SPDXVersion\s*:\s*SPDX-\d")
_FIELD = re.compile(r"\s*([A-Za-z]\w*)\s*:\s*(.*)", re.DOTALL)
_OPEN, _CLOSE = "<text>", "</text>"
_LEAVES_PACKAGE = frozenset({"FileName", "SnippetSPDXID", "LicenseID", "Annotator", "Reviewer"})
"""Fields that begin something else; those of a package stand ahead of them."""


def _identify(shape: Shape) -> bool:
    return shape.kind is Kind.TEXT and any(_VERSION.match(line) for line in shape.lines)


@dataclass(slots=True)
class _Document:
    bill: Bill = field(default_factory=Bill)
    package: Package | None = None
    inside: str = ""
    """Which kind of element the next id belongs to."""
    ids: set[str] = field(default_factory=set)
    in_text: bool = False
    strange: int = 0
    """Lines that are no field."""
    ends_whole: bool = True
    """The latest line is certainly not the beginning of a longer one."""

    def read(self, line: Line) -> None:
        if self.in_text:
            self.in_text = _CLOSE not in line.text
            self.ends_whole = line.ended or whole(line.text)
            return
        plain = line.text.strip()
        if not plain or plain.startswith("#"):
            self.ends_whole = line.ended
            return
        found = _FIELD.fullmatch(line.text)
        if found is None:
            self.strange += 1
            self.ends_whole = line.ended
            return
        tag, value = found[1], found[2].strip()
        self.ends_whole = line.ended or whole(value) or self._refers(tag, value)
        if value.startswith(_OPEN):
            self.in_text = _CLOSE not in value
            value = value.removeprefix(_OPEN).partition(_CLOSE)[0].strip()
        self._field(tag, value)

    def _refers(self, tag: str, value: str) -> bool:
        """Whether a value ends with the name of an element that the document holds."""
        parts = value.split()
        return len(parts) == {"Relationship": 3, "SPDXREF": 1}.get(tag) and parts[-1] in self.ids

    def _field(self, tag: str, value: str) -> None:
        match tag:
            case "DocumentName":
                self.bill.name = value
            case "Created":
                self.bill.created(value)
            case "Creator":
                self.bill.creator(value)
            case "PackageName":
                self.end_package()
                self.package = Package(name=value[:1000])
                self.inside = "package"
            case "FileName":
                self.bill.files += 1
                self.inside = "file"
            case _ if tag in _LEAVES_PACKAGE:
                self.inside = "other"
            case "SPDXID":
                self._id(value)
            case "Relationship":
                parts = value.split()
                if len(parts) >= 3:
                    self.bill.relationship(*parts[:3])
            case _ if self.package is not None:
                self._of_package(self.package, tag, value)
            case _:
                pass

    def _id(self, value: str) -> None:
        self.ids.add(value)
        if self.inside == "package" and self.package is not None:
            self.package.id = value
        elif not self.inside:
            self.bill.id = value

    def _of_package(self, package: Package, tag: str, value: str) -> None:
        match tag:
            case "PackageVersion":
                package.version = value[:1000]
            case "PackageLicenseConcluded" | "PackageLicenseDeclared":
                package.licence(value)
            case "ExternalRef":
                parts = value.split(maxsplit=2)
                if len(parts) == 3:
                    package.reference(parts[1], parts[2])
            case _:
                pass

    def end_package(self) -> None:
        if self.package is not None:
            self.bill.package(self.package)
        self.package = None


def _parse(source: Source) -> Parsed | Rejected:
    document = _Document()
    ended = True
    for line in lines(source):
        ended = line.ended
        document.read(line)
    document.end_package()
    if document.in_text:
        return Rejected(CUT_OFF)
    if not document.ends_whole:
        return Rejected(UNSURE)
    warnings = [] if ended else [UNENDED]
    if document.strange:
        warnings.append(f"Lines that are no field of the format and were passed over: {document.strange}.")
    return document.bill.parsed("spdx-tv", warnings=warnings)


FORMATS = (
    Format(
        name="spdx-tv",
        title="SPDX 2 tag-value",
        unit="component",
        category=Category.SBOM,
        identify=_identify,
        parse=_parse,
    ),
)
