"""A zip as Colonnade writes one, and the strict reading of a zip from outside.

Only the plainest layout is read: members one behind the other without gaps or overlaps, then the directory, then the
end. Nothing can hide between them, and no byte is unpacked twice.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from app.engagement.errors import EngagementError

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the earliest that a zip can hold, so that bytes repeat."""
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY_BYTES = 46 + 400
"""Of the directory for one member, at most: its fixed part and its name."""
_HARMLESS_FLAGS = 0x0806
"""How hard it was compressed, and that its name is UTF-8. Neither encrypted nor of a size that follows later."""


def zipped(files: Mapping[str, bytes], first: str) -> bytes:
    """Files as a zip, ``first`` ahead of the others by name: the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda name: (name != first, name)):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system = 3  # says the same on every system
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(member, files[name], zipfile.ZIP_DEFLATED, 6)
    return buffer.getvalue()


def unzipped(data: bytes, place: str, *, may_hold: Callable[[str], bool], members: int, size: int) -> dict[str, bytes]:
    """The files of a zip by name: at most so many ``members``, together at most ``size`` bytes unpacked.

    Raises EngagementError for anything that is not plain, twice there, or of a name that it may not hold. What a zip
    announces may lie, so the bytes are counted as they come.
    """
    _check_end(data, place, members)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
            for member in found:
                _check_member(member, place, may_hold)
            names = {member.filename for member in found}
            if len(names) < len(found) or not _without_gaps(data, found, archive.start_dir):
                raise _damaged(place)
            return _read(archive, place, size)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise _damaged(place) from error


def _check_end(data: bytes, place: str, members: int) -> None:
    """The directory is as long as so many members need, before it is read: each of its entries becomes an object."""
    if len(data) < _END.size:
        raise _damaged(place)
    signature, disk, first_disk, here, total, length, start, comment = _END.unpack(data[-_END.size :])
    if signature != b"PK\5\6" or disk or first_disk or here != total or comment:
        raise _damaged(place)
    if total > members or length > members * _ENTRY_BYTES:
        raise EngagementError(f"holds more than {members:,} members", place, "This is no pack.")
    if start + length + _END.size != len(data):
        raise _damaged(place)


def _check_member(member: zipfile.ZipInfo, place: str, may_hold: Callable[[str], bool]) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if (
        not may_hold(member.orig_filename)
        or member.orig_filename != member.filename
        or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        or member.flag_bits & ~_HARMLESS_FLAGS
        or kind not in (0, stat.S_IFREG)
    ):
        where = f"{place}, {member.orig_filename!r}"
        raise EngagementError("holds what no pack holds", where, "Do not trust its sender.")


def _without_gaps(data: bytes, members: list[zipfile.ZipInfo], start_of_directory: int) -> bool:
    position = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset != position:
            return False
        *_, name, extra = _LOCAL.unpack_from(data, position)
        position += _LOCAL.size + name + extra + member.compress_size
    return position == start_of_directory


def _read(archive: zipfile.ZipFile, place: str, size: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    room = size
    for member in archive.infolist():
        if member.file_size > room:
            raise _too_large(place, size)
        with archive.open(member) as file:
            files[member.filename] = file.read(room + 1)
        room -= len(files[member.filename])
        if room < 0 or len(files[member.filename]) != member.file_size:
            raise _too_large(place, size) if room < 0 else _damaged(place)
    return files


def _damaged(place: str) -> EngagementError:
    return EngagementError("is no pack, or a damaged one", place, "Ask for the file again; it may be cut off.")


def _too_large(place: str, size: int) -> EngagementError:
    return EngagementError(f"unpacks to more than {size:,} bytes", place, "Do not trust its sender.")
