"""What an SPDX document comes to, whichever of its notations and versions it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from questionnaires.model import Category
from scoring.assessment import Fact, Findings, Records
from scoring.evidence.facts import last_run, share
from scoring.evidence.format import Parsed
from scoring.evidence.scalars import event, label

DOCUMENT = "SPDXRef-DOCUMENT"
CUT_OFF = "The document is cut off: it ends in the middle of a value. Fetch the file again."
UNSURE = (
    "The document ends without a line break in the middle of what may be a longer value, as a file does that was cut "
    "off. Fetch it again, or add the line break if it is whole."
)
UNENDED = "Its last line has no line break, as in a file that was cut off; the line itself is whole."
_NOT_STATED = frozenset({"", "NOASSERTION", "NONE"})
_IDENTITIES = frozenset({"purl", "cpe22type", "cpe23type", "swid", "swh", "gitoid"})
_DEPENDENCY_NAMES = """
dependson dependencyof builddependencyof devdependencyof optionaldependencyof provideddependencyof runtimedependencyof
testdependencyof dynamiclink staticlink hasprerequisite prerequisitefor hasdynamiclink hasstaticlink
hasoptionaldependency hasprovideddependency"""
_DEPENDENCIES = frozenset(_DEPENDENCY_NAMES.split())
"""Kinds of relationship that say what needs what, as versions 2 and 3 name them; containing is not depending."""
_NOT_LETTERS = re.compile(r"[^a-z]+")
_VERSIONED = re.compile(r"(?P<name>.+?)[-_/ @:]v?(?P<version>\d+(?:\.\d+)+\S*|\d+)")
_GITHUB = "com.github."
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_CLOSED = frozenset({"NOASSERTION", "NONE", "true", "false", "CC0-1.0"})


@dataclass(slots=True)
class Package:
    """One package as its document states it."""

    id: str = ""
    name: str = ""
    version: str = ""
    purl: str = ""
    identified: bool = False
    licensed: bool = False

    def reference(self, kind: object, locator: object) -> None:
        """Notes an external reference; only some kinds identify a package. ``kind`` may be an address that ends so."""
        plain = label(kind).lower().rpartition("/")[2].rpartition("#")[2]
        address = label(locator, 1000)
        if plain not in _IDENTITIES or not address:
            return
        self.identified = True
        if plain == "purl":
            self.purl = address

    def licence(self, *statements: object) -> None:
        """Notes licences, concluded or declared."""
        self.licensed = self.licensed or any(stated(statement) for statement in statements)


def stated(value: object) -> bool:
    """Whether a field says something; "no assertion" and "none" do not."""
    return label(value, 80).rpartition("#")[2].upper() not in _NOT_STATED


@dataclass(slots=True)
class Bill:
    """A document, counted as it is read."""

    name: str = ""
    id: str = DOCUMENT
    at: datetime | None = None
    tools: dict[str, str] = field(default_factory=dict)
    """Versions by name."""
    packages: int = 0
    files: int = 0
    identified: int = 0
    versioned: int = 0
    licensed: int = 0
    graph: bool = False
    described: dict[str, None] = field(default_factory=dict)
    same: set[int] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    """Of packages, by id."""

    def created(self, moment: object) -> None:
        """When it was made; of several moments the latest."""
        at = event(moment)
        self.at = max((one for one in (self.at, at) if one is not None), default=None)

    def creator(self, creator: object) -> None:
        """Notes a tool; people and organisations are of no interest here."""
        kind, _, name = label(creator).partition(":")
        if kind.strip().lower() == "tool" and name.strip():
            self.tool(name)

    def tool(self, text: str, version: str = "") -> None:
        parted = _VERSIONED.fullmatch(text.strip())
        name = parted["name"] if parted else text.strip()
        self.tools.setdefault(name[:80], (version or (parted["version"] if parted else ""))[:40])

    def package(self, package: Package) -> None:
        self.packages += 1
        self.identified += package.identified
        self.versioned += stated(package.version)
        self.licensed += package.licensed
        self.same.add(hash(package.purl or (package.name, package.version)))
        if package.id:
            self.names[package.id] = package.name

    def relationship(self, start: object, kind: object, end: object) -> None:
        """Notes that one element has to do with another."""
        one, other = label(start, 1000), label(end, 1000)
        if not stated(one) or not stated(other):
            return
        match _NOT_LETTERS.sub("", label(kind).lower().rpartition("#")[2].removeprefix("relationshiptype_")):
            case "describes" if one == self.id:
                self.described[other] = None
            case "describedby" if other == self.id:
                self.described[one] = None
            case plain:
                self.graph = self.graph or plain in _DEPENDENCIES

    def subject(self) -> str:
        """What it is about: the one package that it describes, else its own name. Without a version."""
        about = [self.names[one] for one in self.described if one in self.names]
        name = about[0] if len(about) == 1 else self.name
        return label(name.removeprefix(_GITHUB) if name.count("/") else name)

    def parsed(
        self,
        name: str,
        *,
        findings: Findings | None = None,
        facts: Iterable[Fact] = (),
        warnings: Iterable[str] = (),
    ) -> Parsed:
        """The document as evidence. ``findings``, ``facts`` and ``warnings`` are those beyond the list itself."""
        empty = not self.packages and not self.files
        nothing = ("The document lists neither packages nor files.",) if empty else ()
        return Parsed(
            format=name,
            tool=", ".join(self.tools) or "SPDX",
            records=Records(unit="component", raw=self.packages, open=self.packages, distinct=len(self.same)),
            category=Category.SBOM,
            captured_at=self.at,
            subject=self.subject(),
            findings=findings or Findings(),
            facts=(*self._facts(), *facts),
            warnings=(*nothing, *warnings),
        )

    def _facts(self) -> Iterator[Fact]:
        if not self.packages and not self.files:
            return
        versions = ", ".join(f"{name} {version}".strip() for name, version in self.tools.items())
        yield Fact(name="scan.present", value=True, note=versions[:200])
        files = f"and {self.files} files" if self.files else ""
        yield Fact(name="sbom.components", value=self.packages, note=files)
        if self.packages:
            yield Fact(name="sbom.identified_share", value=share(self.identified, self.packages))
            yield Fact(name="sbom.versioned_share", value=share(self.versioned, self.packages))
            yield Fact(name="sbom.licensed_share", value=share(self.licensed, self.packages))
            yield Fact(name="sbom.dependency_graph", value=self.graph)
        yield from last_run(self.at)


def whole(value: str) -> bool:
    """Whether a value at the end of a text is certainly not the beginning of a longer one."""
    value = value.strip()
    if value in _CLOSED or value.endswith("</text>") or _MOMENT.fullmatch(value):
        return True
    return len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
