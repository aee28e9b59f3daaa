"""What the reading layer allows, and how it says no."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read from one file. Sizes are in bytes; every bound is inclusive."""

    file_bytes: int = 4096 * MIB
    """Of a file as it lies on disk."""
    memory_bytes: int = 256 * MIB
    """Decoded content up to here is held in memory; beyond it formats stream, at flat memory, or refuse."""
    content_bytes: int = 8192 * MIB
    """Of one decompressed content outside an archive."""
    member_bytes: int = 512 * MIB
    """Of one member of an archive."""
    archive_bytes: int = 1024 * MIB
    """Of all members of an archive together, nested archives included."""
    members: int = 1000
    """Members of an archive, nested archives included."""
    ratio: int = 100
    """Decompressed ÷ compressed size ..."""
    ratio_from_bytes: int = 16 * MIB
    """... which counts only above this size, because small texts of one repeated line are genuine."""
    nesting: int = 2
    """Archives inside archives, and compressions of one content."""
    depth: int = 500
    """Nesting of JSON objects or XML elements."""
    documents: int = 2_000_000
    """JSON values in one file."""
    noise_bytes: int = 64 * 1024
    """Console output ahead of a JSON document."""


DEFAULT = Limits()


class Refused(Exception):
    """Content that cannot be read. Carries the reason for a person; the registry turns it into ``Rejected``.

    The reason never quotes content, only positions, key names and sizes.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unsuitable(Refused):
    """What is no regular file, or one beyond ``file_bytes``. What to give instead depends on what it is for."""


def size(count: int) -> str:
    """A number of bytes for a person, such as ``256 MB`` (binary units, rounded down)."""
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= step:
            return f"{count // step} {unit}"
    return f"{count} bytes"
