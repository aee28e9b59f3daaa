"""The reading layer: a file, or each member of an archive, opened safely, hashed, unpacked and decoded once.

Sources are lazy: content is decoded when a format asks for it, and what fits in memory is not copied. What is larger
than ``Limits.memory_bytes`` is read anew for each pass, at flat memory.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from scoring.evidence import csvtext, jsontext, streaming, xmltext
from scoring.evidence import shape as shapes
from scoring.evidence.compression import compressed, unpacked
from scoring.evidence.encoding import REPLACED, Utf8Reader, to_utf8
from scoring.evidence.limits import DEFAULT, Limits, Refused, size
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.stored import Stored, display, from_bytes, from_disk

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

T = TypeVar("T")
_STEP = 1 << 20
_ZIP = b"PK\x03\x04"
_ZIP_EMPTY = b"PK\x05\x06"
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or member that gives no source."""

    path: str
    member: str | None
    reason: str
    sha256: str | None = None
    length: int = 0


class Source:
    """One content to examine. Every method raises Refused where the content cannot be read as asked."""

    __slots__ = ("_content", "_limits", "_loaded", "_shape", "_stored", "_warnings")

    def __init__(self, stored: Stored, limits: Limits) -> None:
        self._stored = stored
        self._limits = limits
        self._content: bytes | memoryview | None = None
        self._loaded = False
        self._shape: Shape | None = None
        self._warnings: list[str] = []

    @property
    def path(self) -> str:
        """As given; for a person only."""
        return self._stored.path

    @property
    def member(self) -> str | None:
        """The name inside an archive."""
        return self._stored.member

    @property
    def sha256(self) -> str:
        """Of the file or member as it is stored, before decompression; 64 hexadecimal digits."""
        return self._stored.sha256

    @property
    def length(self) -> int:
        """Size as stored, in bytes."""
        return self._stored.length

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know about how the content was read so far."""
        return tuple(self._warnings)

    @property
    def shape(self) -> Shape:
        """What the content looks like."""
        if self._shape is None:
            self._shape = self._look()
            if self._shape.noise:
                self._warn(jsontext.NOISE)
        return self._shape

    def begun(self) -> Source | None:
        """The same content with a shape that tells only its first keys; None where its shape costs little."""
        content = self._held()
        beginning = shapes.of_beginning(content) if content is not None else None
        if beginning is None:
            return None
        begun = Source(self._stored, self._limits)
        begun._content, begun._loaded, begun._shape = content, True, beginning
        return begun

    @property
    def streamed(self) -> bool:
        """Whether the content is too large for memory, so that only ``stream`` and ``elements`` read it."""
        return self._held() is None

    def decode(self, kind: type[T]) -> T:
        """The one JSON value as a typed structure; fields that the type does not name are skipped, not built."""
        values = self.values(kind)
        first = next(values, None)
        if first is None or len(self.shape.values) != 1:
            raise Refused("It holds several JSON documents where the format has one.")
        return first

    def values(self, kind: type[T]) -> Iterator[T]:
        """Each JSON value of the content, in order: one, or several in a row or one per line."""
        return jsontext.decode_each(self.texts(), kind)

    def texts(self) -> tuple[jsontext.Text, ...]:
        """As ``values``, undecoded."""
        if self.streamed:
            raise Refused(f"It is larger than {size(self._limits.memory_bytes)}. Export a shorter period or in parts.")
        return self.shape.values

    def stream(self, wanted: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Values at wanted paths of JSON that is too large for memory; see ``streaming.stream``."""
        with self._text() as text:
            yield from streaming.stream(text, wanted, self._limits)

    def elements(self, *wanted: str, texts: bool = True, doctype: bool = False) -> Iterator[xmltext.Node]:
        """XML elements with the wanted local names; see ``xmltext.elements``."""
        with self._text() as text:
            yield from xmltext.elements(text, frozenset(wanted), self._limits, texts=texts, doctype=doctype)

    def text(self) -> BinaryIO:
        """The content as UTF-8 from its beginning; the caller closes it."""
        return self._text()

    def table(self, *wanted: str) -> Iterator[Mapping[str, str]]:
        """The records of a table below the header that names the wanted columns; see ``csvtext.records``."""
        with self._text() as text:
            yield from csvtext.records(text, frozenset(wanted), self._limits)

    def _look(self) -> Shape:
        content = self._held()
        if content is None:
            with self._text() as text:
                looked = _large(text, self._limits)
        else:
            looked = shapes.of(content, self._limits)
        if looked.kind is not Kind.XML or looked.what == shapes.PAGE:
            return looked
        with self._text() as text:
            return shapes.of_xml(looked, xmltext.root(text, self._limits))

    def _held(self) -> bytes | memoryview | None:
        """The content as UTF-8, or None where it is too large for memory."""
        if not self._loaded:
            self._loaded = True
            held = self._stored.held
            if held is not None and compressed(held[:4]) is not None:
                with unpacked(self._stored.open(), self._limits, self._most()) as packed:
                    held = packed.read(self._limits.memory_bytes + 1)
                held = held if len(held) <= self._limits.memory_bytes else None
            if held is not None:
                self._content, warnings = to_utf8(held)
                self._warnings.extend(warnings)
        return self._content

    def _text(self) -> BinaryIO:
        """The content as UTF-8 from its beginning."""
        if self._content is not None:
            return io.BytesIO(self._content)
        reader = Utf8Reader(unpacked(self._stored.open(), self._limits, self._most()))
        return cast(BinaryIO, _Watched(reader, self._warn))

    def _most(self) -> int:
        return self._limits.content_bytes if self.member is None else self._limits.member_bytes

    def _warn(self, warning: str) -> None:
        if warning not in self._warnings:
            self._warnings.append(warning)


class _Watched(io.BufferedReader):
    """A text that is read in passes; on closing it passes on whether bytes had to be replaced."""

    def __init__(self, text: Utf8Reader, warn: Callable[[str], None]) -> None:
        super().__init__(text, buffer_size=1 << 18)
        self._read_text = text
        self._warn = warn

    def close(self) -> None:
        if self._read_text.replaced:
            self._warn(REPLACED)
        super().close()


def read(path: str | os.PathLike[str], limits: Limits = DEFAULT) -> Iterator[Source | Unreadable]:
    """One source per file; of an archive, one per member, in the archive's order.

    Only regular files are opened, a link to one included. Nothing is raised for a file that cannot be read.
    """
    try:
        stored = from_disk(path, limits)
    except Refused as error:
        yield Unreadable(display(path), None, error.reason)
        return
    yield from _expanded(stored, limits, _Budget(limits), depth=0)


def read_bytes(data: bytes, name: str, limits: Limits = DEFAULT) -> Iterator[Source | Unreadable]:
    """As ``read``, of bytes that are at hand already; ``name`` is for a person."""
    yield from _expanded(from_bytes(data, name, limits), limits, _Budget(limits), depth=0)


@dataclass(slots=True)
class _Budget:
    """What the members of one archive may still use together."""

    limits: Limits
    members: int = 0
    bytes: int = 0

    def member(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise Refused(f"The archive has more than {self.limits.members} members. Give its exports one by one.")

    def take(self, count: int) -> None:
        self.bytes += count
        if self.bytes > self.limits.archive_bytes:
            raise Refused(f"The archive unpacks to more than {size(self.limits.archive_bytes)}.")


def _expanded(stored: Stored, limits: Limits, budget: _Budget, depth: int) -> Iterator[Source | Unreadable]:
    """The source of a content, or those of its members if it is a zip archive, compressed or not."""
    try:
        head = stored.held[:4] if stored.held is not None else b""
        if stored.held is None or compressed(head) is not None:
            with unpacked(stored.open(), limits, limits.content_bytes) as content:
                head = content.read(4)
        if head not in (_ZIP, _ZIP_EMPTY):
            yield Source(stored, limits)
            return
        if depth == limits.nesting:
            raise Refused(f"Archives lie more than {limits.nesting} deep inside one another. Unpack them.")
        yield from _members(stored, limits, budget, depth)
    except Refused as error:
        yield Unreadable(stored.path, stored.member, error.reason, stored.sha256, stored.length)


def _members(stored: Stored, limits: Limits, budget: _Budget, depth: int) -> Iterator[Source | Unreadable]:
    opened = _seekable(stored, limits)
    try:
        archive = zipfile.ZipFile(opened)
    except _BROKEN_ZIP:
        opened.close()
        raise Refused("The zip archive is damaged or cut off. Fetch it again.") from None
    with opened, archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _litter(entry.filename)]
        office = {"[Content_Types].xml", "META-INF/MANIFEST.MF"} & {entry.filename for entry in entries}
        if office or not entries:
            what = "an office document or a program, not an archive of exports" if office else "an empty zip archive"
            raise Refused(f"It is {what}. Give the exports themselves.")
        for entry in entries:
            budget.member()
            name = display(entry.filename)
            name = name if stored.member is None else f"{stored.member}/{name}"
            try:
                inner = _member(archive, entry, replace(stored, member=name), limits, budget)
            except Refused as error:
                yield Unreadable(stored.path, name, error.reason)
                if budget.bytes > limits.archive_bytes:
                    return
                continue
            yield from _expanded(inner, limits, budget, depth + 1)


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, at: Stored, limits: Limits, budget: _Budget) -> Stored:
    """One member, unpacked into memory, or only hashed where it is too large for that."""
    if entry.flag_bits & 1:
        raise Refused("It is encrypted. Unpack the archive with its password and give the files.")
    digest = hashlib.sha256()
    parts: list[bytes] | None = []
    count = 0
    try:
        with archive.open(entry) as packed:
            while data := packed.read(_STEP):
                count += len(data)
                budget.take(len(data))
                if count > limits.member_bytes:
                    raise Refused(f"It unpacks to more than {size(limits.member_bytes)}.")
                if count > limits.ratio_from_bytes and count > limits.ratio * max(entry.compress_size, 1):
                    raise Refused(f"It unpacks to more than {limits.ratio} times its size, as archive bombs do.")
                digest.update(data)
                if parts is not None:
                    parts.append(data)
                if count > limits.memory_bytes:
                    parts = None
    except _BROKEN_ZIP:
        raise Refused("It is damaged inside the archive, or packed in a way that cannot be read.") from None
    held = b"".join(parts) if parts is not None else None

    def reopen() -> BinaryIO:
        if held is not None:
            return io.BytesIO(held)
        again = zipfile.ZipFile(_seekable(at, limits))
        return cast(BinaryIO, io.BufferedReader(_Member(again, entry)))

    return Stored(at.path, at.member, digest.hexdigest, count, reopen, held)


class _Member(io.RawIOBase):
    """A member that is read again; closing it closes its archive too."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        super().__init__()
        self._archive = archive
        self._file = archive.fp
        self._packed = archive.open(entry)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer)
        try:
            data = self._packed.read(len(target))
        except _BROKEN_ZIP:
            raise Refused("It is damaged inside the archive. Fetch the archive again.") from None
        target[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._packed.close()
            self._archive.close()
            if self._file is not None:
                self._file.close()
        super().close()


def _seekable(stored: Stored, limits: Limits) -> BinaryIO:
    """An archive's own bytes, where its table of contents can be reached."""
    if stored.held is not None and compressed(stored.held[:4]) is None:
        return io.BytesIO(stored.held)
    content = unpacked(stored.open(), limits, limits.content_bytes)
    if stored.held is None and content.seekable():
        return content
    packed = content.read(limits.memory_bytes + 1)
    if len(packed) > limits.memory_bytes:
        raise Refused(f"The archive is larger than {size(limits.memory_bytes)} inside another. Unpack it.")
    return io.BytesIO(packed)


def _litter(name: str) -> bool:
    """What systems leave behind in archives."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db")


def _large(text: BinaryIO, limits: Limits) -> Shape:
    """The shape of a content that is too large for memory."""
    peek = cast(io.BufferedReader, text).peek(8192)[:8192]
    if peek.lstrip()[:1] in (b"{", b"["):
        return shapes.of_skeleton(streaming.skeleton(text, limits), limits.memory_bytes)
    try:
        return shapes.of(peek, limits)
    except Refused:
        # Its beginning alone is no whole JSON, and nothing streams past console output.
        most = size(limits.memory_bytes)
        raise Refused(f"It is larger than {most}, with console output ahead of the JSON. Remove that output.") from None
