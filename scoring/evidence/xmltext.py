"""XML through defusedxml: no entities, nothing external, flat memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import BinaryIO
from xml.parsers.expat import errors

from scoring.evidence.limits import Limits, Refused

_STEP = 1 << 16
_MOST_INSIDE = 12
_FORBIDDEN = bytes({*range(32)} - {*b"\t\n\r"})
_PRINTABLE = bytes.maketrans(_FORBIDDEN, b" " * len(_FORBIDDEN))
"""Colours of a terminal stand in the output of tests, and XML cannot hold them: they are read as blanks."""
_NAME = re.compile(r"(?:\{(?P<namespace>[^}]*)\})?(?P<local>.*)", re.DOTALL)


@dataclass(slots=True)
class Node:
    """An element with its local name; names of attributes lose their namespace too."""

    name: str
    attributes: Mapping[str, str]
    path: tuple[str, ...]
    """Local names of the elements around it, outermost first."""
    children: list[Node] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, stripped; not that of its children."""
        return "".join(self.parts).strip()

    def child(self, *names: str) -> Node | None:
        """The first element at a path of local names below this one."""
        node: Node | None = self
        for name in names:
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def text_at(self, *names: str) -> str:
        """The text of the element at a path, empty where there is none."""
        node = self.child(*names)
        return "" if node is None else node.text


@dataclass(frozen=True, slots=True)
class Root:
    """The outermost element."""

    name: str
    namespace: str
    attributes: Mapping[str, str]
    inside: tuple[str, ...] = ()
    """The different local names right below it, as far as they stand near the beginning of the document."""
    namespaces: frozenset[str] = frozenset()
    """Those of the elements near the beginning of the document."""


class _Found(Exception):
    """Enough has been seen."""


class _RootTarget:
    """Looks at the outermost element and the first kinds of elements right below it."""

    def __init__(self) -> None:
        self._root: Root | None = None
        self._depth = 0
        self._inside: dict[str, None] = {}
        self._namespaces: set[str] = set()

    @property
    def root(self) -> Root | None:
        """What has been seen so far; None before the first element."""
        found = self._root
        return found and replace(found, inside=tuple(self._inside), namespaces=frozenset(self._namespaces))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, name = _split(tag)
        self._namespaces.add(namespace)
        if self._root is None:
            self._root = Root(name, namespace, {_split(key)[1]: value for key, value in attributes.items()})
        elif self._depth == 1:
            self._inside[name] = None
        self._depth += 1

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._depth == 0 or len(self._inside) == _MOST_INSIDE:
            raise _Found


class _Collector:
    """Builds the wanted elements and nothing else; a wanted element inside another stands on its own."""

    def __init__(self, wanted: frozenset[str], depth: int, texts: bool) -> None:
        self._wanted = wanted
        self._texts = texts
        self._depth = depth
        self._path: list[str] = []
        self._open: list[Node] = []
        self.ready: list[Node] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if self._open or name in self._wanted:
            plain = {key.rpartition("}")[2]: value for key, value in attributes.items()} if attributes else {}
            self._open.append(Node(name, plain, tuple(self._path) if name in self._wanted else ()))
        self._path.append(name)
        if len(self._path) > self._depth:
            raise Refused(f"The XML document is nested deeper than {self._depth} elements.")

    def end(self, tag: str) -> None:
        self._path.pop()
        if not self._open:
            return
        node = self._open.pop()
        if node.name in self._wanted:
            self.ready.append(node)
        else:
            self._open[-1].children.append(node)

    def data(self, text: str) -> None:
        if self._texts and self._open:
            self._open[-1].parts.append(text)


def root(stream: BinaryIO, limits: Limits) -> Root:
    """The outermost element of an XML document. Raises Refused where there is none."""
    target = _RootTarget()
    with suppress(_Found):
        for _ in _feed(stream, target, doctype=True):
            if target.root is not None:
                break
    if target.root is None:
        raise Refused("The XML document has no element.")
    return target.root


def elements(
    stream: BinaryIO, wanted: frozenset[str], limits: Limits, *, texts: bool = True, doctype: bool = False
) -> Iterator[Node]:
    """Each element with a wanted local name, complete, in the order in which they end.

    A wanted element inside another is given on its own and is not among the other's children. ``texts`` keeps what
    stands between the tags. ``doctype`` accepts a document type declaration, as the few formats that write one need;
    entities are refused all the same.
    Raises Refused where the document is malformed, cut off, or tries what no export needs.
    """
    collector = _Collector(wanted, limits.depth, texts)
    for _ in _feed(stream, collector, doctype=doctype):
        yield from collector.ready
        collector.ready.clear()
    yield from collector.ready


def _feed(stream: BinaryIO, target: object, *, doctype: bool) -> Iterator[None]:
    # Only XML pays for the import.
    from defusedxml import DefusedXmlException, DTDForbidden
    from defusedxml.ElementTree import ParseError, XMLParser

    parser = XMLParser(target=target, encoding="utf-8", forbid_dtd=not doctype)
    try:
        while data := stream.read(_STEP):
            parser.feed(data.translate(_PRINTABLE))
            yield
        parser.close()
    except DTDForbidden:
        raise Refused("The XML document declares a document type, which this format never does.") from None
    except DefusedXmlException:
        raise Refused("The XML document declares entities or refers to outside files, as attacks do.") from None
    except ParseError as error:
        line, column = error.position
        said = errors.messages.get(error.code, "malformed")
        if said in (errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN):
            raise Refused(f"The XML document is cut off at line {line}. Fetch the file again.") from None
        raise Refused(f"The XML document is broken at line {line}, column {column}: {said}.") from None


def _split(tag: str) -> tuple[str, str]:
    parts = _NAME.fullmatch(tag)
    assert parts is not None
    return parts["namespace"] or "", parts["local"]
