"""What a content looks like: all that a format may use to recognise itself, gathered in one cheap pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from scoring.evidence import jsontext, xmltext
from scoring.evidence.limits import Limits, Refused, size

Keys = Mapping[str, msgspec.Raw]
_NOTHING: Keys = {}
_SAFE_KEY = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$@.:-]{0,39}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c\x1d\x1f]")
"""Control characters that text has no use for; the escape of terminals and the separator of JSON texts are not here."""
_PLAIN = re.compile(
    rb"(?:\s|#[^\n]*\n|---)*(?:(?:SPDXVersion|SPDXID|spdxVersion|TN|SF)[ \t]*:|mode:[ ]*(?:set|count|atomic)\s)"
)
"""How texts begin that may well hold a line which looks like JSON."""
_HEAD = 8192
_LINES = 50
_LARGE = 1 << 19
_BEGINNING = 1 << 16
PAGE = "a web page"
"""What an HTML document is; it need not be well-formed XML."""

_FILES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xfd7zXZ", "xz-compressed data"),
)


class Kind(StrEnum):
    """The outer form of a content, worded for a person."""

    OBJECT = "a JSON object"
    ARRAY = "a JSON array"
    STREAM = "several JSON values in a row"
    SCALAR = "a single JSON value"
    XML = "an XML document"
    TEXT = "plain text"
    EMPTY = "an empty file"
    BINARY = "binary data"


@dataclass(frozen=True, slots=True)
class Shape:
    """The outer form of a content and its first names, never its values in clear."""

    kind: Kind
    keys: Keys = field(default_factory=dict)
    """Of the JSON object, else of the first object in the array or stream, or in its first page."""
    root: xmltext.Root | None = None
    lines: tuple[str, ...] = ()
    """The first lines of a plain text or a web page."""
    values: tuple[jsontext.Text, ...] = ()
    """Each JSON value of the content, undecoded; empty where the content is too large for memory."""
    noise: bool = False
    """Console output stood ahead of the JSON document."""
    what: str = ""
    """More precisely, where known: ``a picture``."""

    def has(self, *keys: str) -> bool:
        """Whether every one of the keys is there."""
        return all(key in self.keys for key in keys)

    def text(self, key: str) -> str:
        """The string at a key; empty where there is none."""
        raw = self.keys.get(key)
        return jsontext.decode(raw, str) if raw is not None and _first(raw) == b'"' else ""

    def is_list(self, key: str) -> bool:
        raw = self.keys.get(key)
        return raw is not None and _first(raw) == b"["

    def within(self, *path: str) -> Keys:
        """The keys of the object at a path of keys; of a list, those of its first object. Empty where none is."""
        keys: Keys = self.keys
        for key in path:
            keys = _keys(keys[key])[1] if key in keys else _NOTHING
        return keys

    def described(self) -> str:
        """What it is, for a person: its form, and at most six safe names from it."""
        if self.what:
            return self.what
        if self.root is not None:
            named = f" with the root element {self.root.name}" if _SAFE_KEY.fullmatch(self.root.name) else ""
            return f"{self.kind}{named}"
        safe = [key for key in list(self.keys)[:50] if _SAFE_KEY.fullmatch(key)][:6]
        if not safe:
            return str(self.kind)
        owner = "" if self.kind is Kind.OBJECT else "whose first object has "
        return f"{self.kind} {owner or 'with '}the keys {', '.join(safe)}"


def of(text: bytes | memoryview, limits: Limits) -> Shape:
    """The shape of a content that is held in memory. Raises Refused where it is broken."""
    head = bytes(text[:_HEAD])
    plain = _of_head(head, len(text))
    if plain is not None:
        return plain
    if _PLAIN.match(head):
        return _of_text(head)
    place = jsontext.begins(text, limits)
    if place is not None:
        return _of_json(text, place[0], place[1], limits)
    if head.lstrip()[:1] == b"{":
        raise Refused("It begins like JSON but is none: names and texts need double quotes.")
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return _of_text(head)
    return Shape(Kind.SCALAR, values=(text if isinstance(text, bytes) else memoryview(text),))


def of_beginning(text: bytes | memoryview) -> Shape | None:
    """The shape of a large JSON object by its first keys alone, so that it need not be walked; None of all else.

    The value of the last key may be cut off, and what comes behind it has not been looked at.
    """
    keys = jsontext.beginning(text, _BEGINNING) if len(text) >= _LARGE else _NOTHING
    return Shape(Kind.OBJECT, keys=keys, values=(text,)) if keys else None


def of_xml(shape: Shape, root: xmltext.Root) -> Shape:
    """An XML shape once its outermost element is known; a web page is told apart."""
    what = PAGE if root.name.lower() == "html" else shape.what
    return Shape(Kind.XML, root=root, what=what)


def of_skeleton(value: object, count: int) -> Shape:
    """The shape of JSON too large for memory, from its skeleton."""
    raw = msgspec.Raw(msgspec.json.encode(value))
    kind, keys = _keys(raw)
    return Shape(kind, keys=keys, what="" if keys else f"{kind} of {size(count)}")


def _of_head(head: bytes, length: int) -> Shape | None:
    """The shapes that need no more than the first bytes; None where it looks like JSON or other text."""
    start = head.lstrip()
    if not start:
        return Shape(Kind.EMPTY) if length <= len(head) else Shape(Kind.TEXT, what="blank text")
    for magic, what in _FILES:
        if head.startswith(magic):
            return Shape(Kind.BINARY, what=what)
    if head[257:262] == b"ustar":
        return Shape(Kind.BINARY, what="a tar archive")
    if start.startswith(b"<"):
        page = start[:14].lower() == b"<!doctype html" or start[:5].lower() == b"<html"
        return Shape(Kind.XML, lines=_of_text(head).lines, what=PAGE) if page else Shape(Kind.XML)
    if len(_CONTROL.findall(head)) * 50 > len(head) or b"\x00" in head:
        return Shape(Kind.BINARY)
    return None


def _of_json(text: bytes | memoryview, start: int, noise: bool, limits: Limits) -> Shape:
    view = memoryview(text)[start:] if start else text
    try:
        kind, keys = _keys_strict(view)
    except msgspec.DecodeError as error:
        if "trailing characters" not in str(error):
            raise Refused(jsontext.broken(error, start)) from None
    except RecursionError:
        raise Refused("The JSON document is nested too deep to be a genuine export.") from None
    else:
        return Shape(kind, keys=keys, values=(view,), noise=noise)
    values = jsontext.split(text, start, limits)
    return Shape(Kind.STREAM, keys=_keys(values[0])[1], values=values, noise=noise)


def _keys_strict(text: jsontext.Text) -> tuple[Kind, Keys]:
    """The kind and keys of a whole JSON value. Raises what the decoder raises where any of it is broken."""
    if _first(text) == b"{":
        return Kind.OBJECT, msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    msgspec.json.decode(text, type=msgspec.Raw)
    return _keys(text)


def _first(text: jsontext.Text) -> bytes:
    return bytes(memoryview(text)[:1])


def _keys(text: jsontext.Text, arrays: int = 2) -> tuple[Kind, Keys]:
    """As the strict one, but what cannot be read has no keys, and no array is read beyond its first element.

    Of pages inside an array (gh api --slurp) the keys are those of the first page; deeper ones are none.
    """
    match _first(text):
        case b"{":
            try:
                return Kind.OBJECT, msgspec.json.decode(text, type=dict[str, msgspec.Raw])
            except (msgspec.DecodeError, RecursionError):
                return Kind.SCALAR, _NOTHING
        case b"[":
            element = jsontext.first(text) if arrays else None
            return Kind.ARRAY, _NOTHING if element is None else _keys(element, arrays - 1)[1]
        case _:
            return Kind.SCALAR, _NOTHING


def _of_text(head: bytes) -> Shape:
    lines = head.decode("utf-8", "replace").splitlines()[:_LINES]
    return Shape(Kind.TEXT, lines=tuple(lines))
