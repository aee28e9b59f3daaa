"""A pack (``.colonnade``): an engagement as one file, with a manifest of SHA-256s.

Packing the same engagement twice gives the same bytes. Reading one trusts nothing: only the names that a pack may
hold, each once, each within its limit, each as its digest says.
"""

from __future__ import annotations

import io
import tomllib
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomli_w

from app.engagement.errors import EngagementError
from app.engagement.folder import APPLICATIONS, ENGAGEMENT, JOURNAL, QUESTIONNAIRE, ROADMAP
from scoring.assessment import SCHEMA_VERSION

SUFFIX = ".colonnade"
MANIFEST = "manifest.toml"
MAX_MEMBERS = 10_000
MAX_BYTES = 256_000_000
"""Of all members together, unpacked."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the earliest that a zip can hold, so that bytes repeat."""


def freeze(folder: Path) -> bytes:
    """The files of an engagement that has been closed, as a pack. Raises EngagementError."""
    names = [name for name in (ENGAGEMENT, QUESTIONNAIRE, ROADMAP, JOURNAL) if (folder / name).is_file()]
    names += [f"{APPLICATIONS}/{path.name}" for path in sorted((folder / APPLICATIONS).glob("*.toml"))]
    try:
        files = {name: (folder / name).read_bytes() for name in sorted(names)}
    except OSError as error:
        raise EngagementError(f"cannot be read ({error.strerror})", str(folder), "Check its permissions.") from error
    digests = {name: sha256(data).hexdigest() for name, data in files.items()}
    manifest = tomli_w.dumps({"schema_version": SCHEMA_VERSION, "sha256": digests}).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {MANIFEST: manifest, **files}.items():
            member = zipfile.ZipInfo(name, _EPOCH)
            member.external_attr = 0o644 << 16
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def thaw(path: Path) -> dict[str, bytes]:
    """The files of a pack by name, every one held against its digest. Raises EngagementError; writes nothing."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = _members(path, archive)
    except OSError as error:
        raise EngagementError(f"cannot be read ({error.strerror})", str(path), "Check the path.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise EngagementError("is no pack", str(path), "Ask for the file again; it may be cut off.") from error
    manifest = _manifest(path, files.pop(MANIFEST, b""))
    if manifest.get("schema_version") != SCHEMA_VERSION:
        remedy = "Open it with the version of Colonnade that wrote it."
        raise EngagementError("was written by another version", str(path), remedy)
    if manifest.get("sha256") != {name: sha256(data).hexdigest() for name, data in files.items()}:
        raise EngagementError("does not hold what its manifest says", str(path), "Ask for the file again.")
    return files


def _manifest(path: Path, data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EngagementError("has no manifest that can be read", str(path), "Ask for the file again.") from error


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Every member within the limits. The sizes that a zip announces may lie, so the bytes are counted."""
    if len(archive.infolist()) > MAX_MEMBERS:
        raise EngagementError(f"holds more than {MAX_MEMBERS:,} members", str(path), "This is no pack.")
    files: dict[str, bytes] = {}
    room = MAX_BYTES
    for member in archive.infolist():
        packed = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not packed or member.filename in files or not _may_hold(member.filename):
            raise EngagementError(
                "holds what no pack holds", f"{path}, {member.filename!r}", "Do not trust its sender."
            )
        with archive.open(member) as file:
            data = file.read(room + 1)
        room -= len(data)
        if room < 0:
            raise EngagementError(f"unpacks to more than {MAX_BYTES:,} bytes", str(path), "Do not trust its sender.")
        files[member.filename] = data
    return files


def _may_hold(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    if not folder:
        return name in (MANIFEST, ENGAGEMENT, QUESTIONNAIRE, ROADMAP, JOURNAL)
    stem = file.removesuffix(".toml")
    return folder == APPLICATIONS and file.endswith(".toml") and stem.replace("-", "").isalnum() and stem.isascii()
