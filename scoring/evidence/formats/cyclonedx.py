"""CycloneDX 1.0 to 1.7 in JSON and XML: bills of materials, with vulnerabilities (VDR) or statements on them (VEX).

Both notations are read into the same small structures. Before 1.4 an XML file held vulnerabilities in an extension
namespace inside its components; they are read from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence.facts import Finding, State, Tally, finding_facts, last_run, share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.scalars import identity, label, moment
from scoring.evidence.severity import NOT_RATED, Rating, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.xmltext import Node

_NAMESPACE = "http://cyclonedx.org/schema/bom/"
_METHODS = ("cvssv4", "cvssv31", "cvssv3", "cvssv2")
"""Which of several ratings counts: the newest scoring method, then whatever else there is."""
_STATES = {
    "not_affected": State.SUPPRESSED,
    "false_positive": State.SUPPRESSED,
    "resolved": State.FIXED,
    "resolved_with_pedigree": State.FIXED,
}


class _Component(msgspec.Struct):
    type: Any = None
    group: Any = None
    name: Any = None
    version: Any = None
    purl: Any = None
    cpe: Any = None
    swid: Any = None
    omnibor: Any = msgspec.field(name="omniborId", default=None)
    swhid: Any = None
    licenses: msgspec.Raw = msgspec.Raw()
    components: list[_Component] | None = None


class _Rating(msgspec.Struct):
    severity: Any = None
    score: Any = None
    method: Any = None


class _Analysis(msgspec.Struct):
    state: Any = None


class _Affected(msgspec.Struct):
    ref: Any = None


class _Vulnerability(msgspec.Struct):
    id: Any = None
    ratings: list[_Rating] | None = None
    analysis: _Analysis | None = None
    affects: list[_Affected] | None = None


class _Dependency(msgspec.Struct):
    on: msgspec.Raw = msgspec.field(name="dependsOn", default=msgspec.Raw())


class _ToolList(msgspec.Struct):
    components: list[_Component] | None = None
    services: list[_Component] | None = None


class _Metadata(msgspec.Struct):
    timestamp: Any = None
    tools: list[_Component] | _ToolList | None = None
    component: _Component | None = None


class _Bom(msgspec.Struct):
    metadata: _Metadata | None = None
    components: list[_Component] | None = None
    vulnerabilities: list[_Vulnerability] | None = None
    dependencies: list[_Dependency] | None = None


@dataclass(slots=True)
class _Count:
    """What a bill of materials comes to, counted as it is read."""

    metadata: _Metadata = field(default_factory=_Metadata)
    components: int = 0
    identified: int = 0
    versioned: int = 0
    licensed: int = 0
    same: set[int] = field(default_factory=set)
    graph: bool = False
    findings: Tally = field(default_factory=Tally)
    listed: bool = False
    """Vulnerabilities are spoken of at all, were there only none."""
    statements: int = 0

    @property
    def scanned(self) -> bool:
        """Whether it reports what a scan found; a VEX only judges what others found, so it proves no absence."""
        return self.listed and (self.components > 0 or self.statements < self.findings.findings().total)

    def component(self, component: _Component) -> None:
        """Counts a component and those inside it."""
        waiting = [component]
        while waiting:
            one = waiting.pop()
            waiting.extend(one.components or ())
            self.components += 1
            self.identified += bool(one.purl or one.cpe or one.swid or one.omnibor or one.swhid)
            self.versioned += bool(one.version)
            self.licensed += _lists(one.licenses)
            self.same.add(hash(identity(one.purl) if one.purl else identity(one.group, one.name, one.version)))

    def vulnerability(self, one: _Vulnerability) -> None:
        self.listed = True
        said = label(one.analysis.state).lower() if one.analysis else ""
        self.statements += bool(said)
        affected = frozenset([target.ref for target in one.affects or () if isinstance(target.ref, str)])
        same = (*identity(one.id), affected)
        self.findings.add(_finding(_rating(one.ratings or ()), _STATES.get(said, State.OPEN)), same)


def _rating(ratings: Iterable[_Rating]) -> Rating:
    """The rating that counts: one that states a word, else one with a score; of several, the newest method's."""
    weighed: list[tuple[bool, int, Rating]] = []
    for one in ratings:
        score = None if isinstance(one.score, bool) else one.score
        told = _weighed(*identity(one.severity, score, one.method))
        if told is not None:
            weighed.append(told)
    return min(weighed, key=lambda told: told[:2])[2] if weighed else NOT_RATED


@lru_cache(maxsize=4096)
def _weighed(said: object, score: str | float | None, by: object) -> tuple[bool, int, Rating] | None:
    """Whether a rating rests on its score alone, the rank of its method, and what it says; None if it says nothing."""
    severity, method = label(said, 20).lower(), label(by, 20).lower()
    rank = _METHODS.index(method) if method in _METHODS else len(_METHODS)
    word = rate("words", severity) if severity else None
    if word is not None and (not word.unrated or severity == "none"):
        return False, rank, Rating(word.severity, word.word, word.scheme)
    banded = rate("cvss2" if method == "cvssv2" else "cvss", score) if method in (*_METHODS, "") else None
    # "Unknown" with a score of 0 is unknown, not harmless.
    if banded is None or (word is not None and banded.severity is word.severity):
        return None
    return True, rank, banded


@lru_cache(maxsize=64)
def _finding(rating: Rating, state: State) -> Finding:
    """One object for all findings that count alike, so that a tally stays small."""
    return Finding(rating, state)


def _lists(array: msgspec.Raw) -> bool:
    """Whether there is an array that is not empty; its elements are not built."""
    return bytes(array).strip(b"[] \t\r\n") not in (b"", b"null")


def _identify_json(shape: Shape) -> bool:
    return shape.kind is Kind.OBJECT and shape.text("bomFormat") == "CycloneDX"


def _identify_xml(shape: Shape) -> bool:
    root = shape.root
    return root is not None and root.name == "bom" and root.namespace.startswith(_NAMESPACE)


def _parse_json(source: Source) -> Parsed | Rejected:
    count = _Count()
    for path, value in _parts(source):
        match path:
            case "metadata":
                count.metadata = value or _Metadata()
            case "components.item":
                count.component(value)
            case "vulnerabilities.item":
                count.vulnerability(value)
            case "vulnerabilities":
                count.listed = True
            case _:
                count.graph = count.graph or _lists(value.on)
    return _parsed("cyclonedx-json", count)


def _parts(source: Source) -> Iterator[tuple[str, Any]]:
    """The parts of a JSON document, from memory or streamed."""
    if source.streamed:
        yield from source.stream(
            {
                "metadata": _Metadata | None,
                "components.item": _Component,
                "vulnerabilities.item": _Vulnerability,
                "vulnerabilities": None,
                "dependencies.item": _Dependency,
            }
        )
        return
    bom = source.decode(_Bom)
    if bom.metadata is not None:
        yield "metadata", bom.metadata
    yield from (("components.item", one) for one in bom.components or ())
    yield from (("vulnerabilities.item", one) for one in bom.vulnerabilities or ())
    yield from (("dependencies.item", one) for one in bom.dependencies or ())
    if bom.vulnerabilities is not None:
        yield "vulnerabilities", None


def _parse_xml(source: Source) -> Parsed | Rejected:
    count = _Count()
    tools: list[_Component] = []
    wanted = ("timestamp", "tool", "component", "service", "vulnerability", "vulnerabilities", "dependency")
    for node in source.elements(*wanted):
        match node.name, node.path:
            case "vulnerability", _:
                count.vulnerability(_vulnerability(node))
            case "vulnerabilities", _:
                count.listed = True
            case "dependency", (*_, "dependency"):
                count.graph = True
            case "timestamp", ("bom", "metadata"):
                count.metadata.timestamp = node.text
            case "component", ("bom", "metadata"):
                count.metadata.component = _component(node)
            case _, ("bom", "metadata", "tools", *_):
                tools.append(_component(node))
            case "component", ("bom", *inside) if set(inside) <= {"components", "component"}:
                count.component(_component(node))
    count.metadata.tools = tools
    return _parsed("cyclonedx-xml", count)


def _component(node: Node) -> _Component:
    """Without the components inside it, which stand on their own."""
    licences = node.child("licenses")
    return _Component(
        group=node.text_at("group"),
        name=node.text_at("name"),
        version=node.text_at("version"),
        purl=node.text_at("purl"),
        cpe=node.text_at("cpe"),
        swid=node.child("swid") is not None,
        omnibor=node.text_at("omniborId"),
        swhid=node.text_at("swhid"),
        licenses=msgspec.Raw(b"[{}]" if licences is not None and licences.children else b""),
    )


def _vulnerability(node: Node) -> _Vulnerability:
    ratings = node.child("ratings")
    affects = node.child("affects")
    targets = [_Affected(target.text_at("ref")) for target in affects.children] if affects else []
    # In the old extension the vulnerability itself names what it affects.
    targets += [_Affected(node.attributes["ref"])] if "ref" in node.attributes else []
    return _Vulnerability(
        id=node.text_at("id"),
        ratings=[_rating_of(one) for one in ratings.children] if ratings else [],
        analysis=_Analysis(node.text_at("analysis", "state")),
        affects=targets,
    )


def _rating_of(node: Node) -> _Rating:
    # The extension before 1.4 put the score one element deeper.
    score = node.text_at("score") or node.text_at("score", "base")
    return _Rating(node.text_at("severity"), score, node.text_at("method"))


def _parsed(name: str, count: _Count) -> Parsed:
    at = moment(count.metadata.timestamp)
    tools = _tools(count.metadata)
    is_list = count.components > 0
    found = count.findings.findings()
    category = Category.SBOM if is_list else Category.SCA if found.total else None
    about = Category.SCA if is_list else None
    facts: list[Fact] = []
    if is_list:
        facts.append(Fact(name="scan.present", value=True, note=_versions(count.metadata)))
        facts.extend(_list_facts(count))
        facts.extend(last_run(at))
    if count.scanned:
        facts.append(Fact(name="scan.present", value=True, category=about, note=_versions(count.metadata)))
        facts.extend(finding_facts(count.findings, at, about))
        facts.extend(last_run(at, about))
    if count.statements:
        facts.append(Fact(name="vex.statements", value=count.statements))
    nothing = () if is_list or count.listed else ("The file lists neither components nor vulnerabilities.",)
    return Parsed(
        format=name,
        tool=", ".join(tools) or "CycloneDX",
        records=Records(unit="component", raw=count.components, open=count.components, distinct=len(count.same)),
        category=category,
        captured_at=at,
        subject=_subject(count.metadata.component),
        findings=found,
        facts=tuple(facts),
        warnings=(*count.findings.warnings(), *nothing),
    )


def _list_facts(count: _Count) -> Iterator[Fact]:
    yield Fact(name="sbom.components", value=count.components)
    yield Fact(name="sbom.identified_share", value=share(count.identified, count.components))
    yield Fact(name="sbom.versioned_share", value=share(count.versioned, count.components))
    yield Fact(name="sbom.licensed_share", value=share(count.licensed, count.components))
    yield Fact(name="sbom.dependency_graph", value=count.graph)


def _tool_components(metadata: _Metadata) -> list[_Component]:
    if isinstance(metadata.tools, _ToolList):
        return [*(metadata.tools.components or ()), *(metadata.tools.services or ())]
    return metadata.tools or []


def _tools(metadata: _Metadata) -> tuple[str, ...]:
    names = (label(tool.name, 80) for tool in _tool_components(metadata))
    return tuple(dict.fromkeys(name for name in names if name))


def _versions(metadata: _Metadata) -> str:
    named = (f"{label(tool.name, 80)} {label(tool.version, 40)}".strip() for tool in _tool_components(metadata))
    return ", ".join(dict.fromkeys(name for name in named if name))


def _subject(component: _Component | None) -> str:
    """What the list is about, without its version: the same application next month has another."""
    if component is None:
        return ""
    name, group = label(component.name), label(component.group)
    return f"{group}/{name}" if group and name else name


FORMATS = (
    Format(
        name="cyclonedx-json",
        title="CycloneDX JSON",
        unit="component",
        category=Category.SBOM,
        identify=_identify_json,
        parse=_parse_json,
        by_beginning=True,
    ),
    Format(
        name="cyclonedx-xml",
        title="CycloneDX XML",
        unit="component",
        category=Category.SBOM,
        identify=_identify_xml,
        parse=_parse_xml,
    ),
)
