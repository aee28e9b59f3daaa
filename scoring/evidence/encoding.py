"""Text encodings: whatever a tool wrote becomes UTF-8 without a byte order mark, once, ahead of all parsers."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

REPLACED = "Some bytes are not valid text in the file's encoding and were read as U+FFFD."

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HONOURED = ("iso8859", "cp125", "ascii", "shift_jis", "gb", "big5", "euc", "koi8", "cp437", "cp850", "mac")
"""Declared encodings that are followed; anything else that is not Unicode is read as UTF-8."""
_STEP = 1 << 20


def sniff(head: bytes) -> tuple[str, int]:
    """The codec of a text and the length of its byte order mark, told from its first bytes."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec, len(mark)
    match [byte == 0 for byte in head[:4]]:
        case [False, True, True, True]:
            return "utf-32-le", 0
        case [True, True, True, False]:
            return "utf-32-be", 0
        case [False, True, False, True]:
            return "utf-16-le", 0
        case [True, False, True, False]:
            return "utf-16-be", 0
    declared = _DECLARED.match(head)
    if declared is not None:
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            return "utf-8", 0
        if name.startswith(_HONOURED):
            return name, 0
    return "utf-8", 0


def to_utf8(data: bytes) -> tuple[bytes | memoryview, tuple[str, ...]]:
    """The same text as UTF-8 without a mark, and warnings. Valid UTF-8 is not copied."""
    codec, mark = sniff(data[:512])
    if codec != "utf-8":
        text = data[mark:].decode(codec, "replace")
        return text.encode("utf-8", "replace"), (REPLACED,) if "\ufffd" in text else ()
    view: bytes | memoryview = memoryview(data)[mark:] if mark else data
    if _valid(data):
        return view, ()
    return bytes(view).decode("utf-8", "replace").encode(), (REPLACED,)


def _valid(data: bytes) -> bool:
    """Whether the bytes are UTF-8, at flat memory."""
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _STEP):
            decoder.decode(view[start : start + _STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class Utf8Reader(io.RawIOBase):
    """A stream of any encoding, read as UTF-8 at flat memory; ``replaced`` tells whether bytes were not valid."""

    def __init__(self, stored: BinaryIO) -> None:
        super().__init__()
        self._stored = stored
        head = stored.read(512)
        codec, mark = sniff(head)
        self._decoder = codecs.getincrementaldecoder(codec)("replace")
        self._ready = b""
        self._ended = False
        self.replaced = False
        self._accept(head[mark:])

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer)
        while not self._ready and not self._ended:
            self._accept(self._stored.read(_STEP))
        taken = min(len(target), len(self._ready))
        target[:taken] = self._ready[:taken]
        self._ready = self._ready[taken:]
        return taken

    def close(self) -> None:
        if not self.closed:
            self._stored.close()
        super().close()

    def _accept(self, stored: bytes) -> None:
        self._ended = not stored
        text = self._decoder.decode(stored, final=self._ended)
        self.replaced = self.replaced or ("\ufffd" in text and b"\xef\xbf\xbd" not in stored)
        self._ready += text.encode("utf-8", "replace")
