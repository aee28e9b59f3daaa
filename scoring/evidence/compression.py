"""Decompression within limits: gzip, bzip2 and Zstandard, told by their first bytes, streamed."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from scoring.evidence.limits import Limits, Refused, size

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd"))
_FEED = 1024
"""Zstandard is fed in crumbs: a block of four bytes may stand for 128 KB, and the output is not bounded otherwise."""


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def compressed(head: bytes) -> str | None:
    """The name of the compression that a content starts with."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def unpacked(stored: BinaryIO, limits: Limits, most: int) -> BinaryIO:
    """The content below all layers of compression, as a stream that gives at most ``most`` bytes.

    The stream raises Refused where a limit is passed or the compressed data are broken or cut off.
    """
    stream = stored if isinstance(stored, io.BufferedReader) else io.BufferedReader(cast(Any, stored))
    for _ in range(limits.nesting):
        name = compressed(stream.peek(4)[:4])
        if name is None:
            return cast(BinaryIO, stream)
        stream = io.BufferedReader(_Metered(stream, name, limits, most), buffer_size=1 << 18)
    if compressed(stream.peek(4)[:4]) is not None:
        raise Refused(f"It is compressed more than {limits.nesting} times over. Unpack it and give what is inside.")
    return cast(BinaryIO, stream)


class _Metered(io.RawIOBase):
    """One layer of decompression that watches how much comes out, and of how little."""

    def __init__(self, stored: io.BufferedReader, name: str, limits: Limits, most: int) -> None:
        super().__init__()
        self._counted = _Counted(stored)
        self._name = name
        self._limits = limits
        self._most = most
        self._given = 0
        self._inner: _Readable = _open(self._counted, name)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer)
        try:
            data = self._inner.read(len(target))
        except Refused:
            raise
        except EOFError:
            raise Refused(f"The {self._name} data are cut off. Fetch the file again.") from None
        except (OSError, zlib.error, ValueError):
            raise Refused(f"The {self._name} data are damaged. Fetch the file again.") from None
        self._given += len(data)
        if self._given > self._most:
            raise Refused(f"It unpacks to more than {size(self._most)}. Give the exports in it one by one.")
        if self._given > self._limits.ratio_from_bytes and self._given > self._limits.ratio * self._counted.taken:
            raise Refused(f"It unpacks to more than {self._limits.ratio} times its size, as archive bombs do.")
        target[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._counted.close()
        super().close()


class _Counted:
    """A stream that counts what was taken from it. The tail is left to gzip and bzip2, which may seek nowhere."""

    def __init__(self, stored: io.BufferedReader) -> None:
        self._stored = stored
        self.taken = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stored.read(size)
        self.taken += len(data)
        return data

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    @property
    def closed(self) -> bool:
        return self._stored.closed

    def close(self) -> None:
        self._stored.close()


class _Zstd:
    """A Zstandard stream of one or more frames that says when it is cut off."""

    def __init__(self, stored: _Readable) -> None:
        # Only a file that is compressed so pays for the import.
        import zstandard

        self._zstandard = zstandard
        self._stored = stored
        self._frame: Any = None
        self._ready = b""
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        while not self._ready:
            data = self._rest or self._stored.read(_FEED)
            self._rest = b""
            if not data:
                if self._frame is not None:
                    raise EOFError
                return b""
            if self._frame is None:
                self._frame = self._zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
            try:
                self._ready = self._frame.decompress(data)
            except self._zstandard.ZstdError:
                raise OSError from None
            if self._frame.eof:
                self._rest = self._frame.unused_data
                self._frame = None
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken


def _open(stored: _Counted, name: str) -> _Readable:
    match name:
        case "gzip":
            return gzip.GzipFile(fileobj=cast(BinaryIO, stored), mode="rb")
        case "bzip2":
            return bz2.BZ2File(cast(BinaryIO, stored), "rb")
        case _:
            return _Zstd(stored)
