"""A pack (``.colonnade``): an engagement as the one file to mail.

A zip with a manifest of SHA-256s and the scores as they were. Packing the same engagement twice gives the same bytes,
from wherever and whenever it is done; behind a passphrase it is an age file, which never repeats. Reading one trusts
nothing: only the names that a pack may hold, each once, within the limits, as its digest says.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import Field

from app.content import available
from app.engagement import checkpoint, journal, state
from app.engagement.actions import RESERVED
from app.engagement.audit import NEXT_QUESTIONNAIRE, audit
from app.engagement.checkpoint import APPLICATIONS, ENGAGEMENT, JOURNAL, QUESTIONNAIRE, ROADMAP
from app.engagement.errors import EngagementError, UsageError
from app.engagement.files import read_bytes, sync_folder, unwritable
from app.engagement.folder import check
from app.engagement.sealing import is_sealed, sealed, unsealed
from app.engagement.zipped import unzipped, zipped
from questionnaires.load import validate
from questionnaires.model import Content, Frozen
from scoring.assessment import SCHEMA_VERSION, Assessment, Sha256
from scoring.evaluation import evaluate
from scoring.results import as_data, results
from scoring.scores import RULES, Scorer

SUFFIX = ".colonnade"
MANIFEST = "manifest.toml"
RESULTS = "results.toml"
MAX_MEMBERS = 10_000
MAX_BYTES = 512_000_000
"""Of all members together, unpacked; and of the file."""
_OWN = (MANIFEST, RESULTS)
"""What only a pack holds, not the folder."""
_FIXED = (*_OWN, ENGAGEMENT, QUESTIONNAIRE, ROADMAP, JOURNAL)
_HISTORY, _EVIDENCE = "history", "evidence"
_NAMES = {
    APPLICATIONS: re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.toml"),
    _HISTORY: re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[0-9]{1,4})?)(?:\.colonnade|\.toml|\.ids\.toml)"),
    _EVIDENCE: re.compile(r"([0-9a-f]{64})(?:\.[a-z0-9]{1,12}){0,2}"),
}
"""Folder → what a file in it may be called: plain names in lower case, which are distinct on every system."""
_TRIES = 5


class _Line(Frozen):
    line: Annotated[int, Field(ge=1)]
    hash: Sha256


class _Manifest(Frozen):
    """What a pack says of itself."""

    schema_version: int
    colonnade: str = ""
    """The version that packed it."""
    rules: str = ""
    """Of the scores in it."""
    as_of: date | None = None
    journal: _Line | None = None
    """The head of the journal: what ``verify --head`` takes."""
    sha256: dict[str, Sha256]


# ---- packing


def freeze(
    folder: Path,
    content: Content | None = None,
    *,
    with_history: bool = False,
    with_evidence: bool = False,
    passphrase: str | None = None,
) -> bytes:
    """The files of an engagement as a pack. Raises EngagementError, also where it was changed outside Colonnade.

    It may be open elsewhere: its files are read before its journal, so that the journal holds everything that they
    hold and what was saved since. A line that is just being written is left out.
    """
    found = audit(folder)
    if found.changed:
        remedy = "Decide with 'colonnade recover', then pack it."
        raise EngagementError(f"was changed outside Colonnade: {found.changed[0]}", str(folder), remedy)
    files, chain, assessment = _consistent(folder)
    content = content or available().content
    check(folder, content, checkpoint.parse_questionnaire(files[QUESTIONNAIRE], QUESTIONNAIRE), assessment)
    files |= _of_folder(folder, _HISTORY, set(assessment.baselines)) if with_history else {}
    files |= _of_folder(folder, _EVIDENCE, None) if with_evidence else {}
    files[RESULTS] = _results(content, files[QUESTIONNAIRE], assessment)
    last = chain.entries[-1]
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "colonnade": version("colonnade"),
        "rules": RULES,
        "as_of": assessment.as_of,
        "journal": {"line": last.number, "hash": last.hash},
        "sha256": {name: sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    files[MANIFEST] = tomli_w.dumps(manifest).encode()
    if len(files) > MAX_MEMBERS or sum(map(len, files.values())) > MAX_BYTES:
        message = f"is too large for a pack ({MAX_MEMBERS:,} files, {MAX_BYTES:,} bytes)"
        raise EngagementError(message, str(folder), "Pack it without copies of evidence, or without history.")
    data = zipped(files, MANIFEST)
    return data if passphrase is None else sealed(data, passphrase)


def _consistent(folder: Path) -> tuple[dict[str, bytes], journal.Chain, Assessment]:
    """Files, journal and questionnaire that belong together, whatever is written meanwhile."""
    for _ in range(_TRIES):
        files = checkpoint.toml_files(folder)
        data = read_bytes(folder / JOURNAL)
        chain = journal.scan(data)
        assessment = state.replayed(chain.entries)
        asked = _asked(folder, assessment)
        if asked is None:
            continue  # another one is asked since
        wanted = checkpoint.all_files(assessment)
        if assessment.plan_sha256 is not None and ROADMAP not in files:
            wanted.discard(ROADMAP)  # a plan that is lost here comes from no journal
        for name in wanted:
            if name not in files:  # its first checkpoint is still to come
                files[name] = checkpoint.written(name, assessment, None, chain.entries[-1]) or b""
        kept = {name: files[name] for name in sorted(wanted)}
        return {**kept, QUESTIONNAIRE: asked, JOURNAL: data[: chain.size]}, chain, assessment
    raise EngagementError("is being changed by another program", str(folder), "Pack it again when that is done.")


def _asked(folder: Path, assessment: Assessment) -> bytes | None:
    """The frozen questionnaire that the journal names; an upgrade has two for a moment."""
    for name in (QUESTIONNAIRE, NEXT_QUESTIONNAIRE):
        if (folder / name).is_file():
            data = read_bytes(folder / name)
            if assessment.questionnaire_sha256 in (None, sha256(data).hexdigest()):
                return data
    return None


def _of_folder(folder: Path, name: str, known: set[str] | None) -> dict[str, bytes]:
    """The files of ``history`` or ``evidence`` that a pack can carry."""
    return {
        f"{name}/{path.name}": read_bytes(path)
        for path in sorted((folder / name).glob("*"))
        if path.is_file() and may_hold(f"{name}/{path.name}") and (known is None or path.name in known)
    }


def _results(content: Content, asked: bytes, assessment: Assessment) -> bytes:
    questionnaire = checkpoint.parse_questionnaire(asked, QUESTIONNAIRE)
    return tomli_w.dumps(as_data(results(evaluate(content, Scorer(questionnaire), assessment).scores))).encode()


# ---- reading


def needs_passphrase(path: Path) -> bool:
    """Whether a pack is encrypted. Raises EngagementError where it cannot be read."""
    return is_sealed(_read(path, 100))


def plain(path: Path, passphrase: str | None = None) -> bytes:
    """The bytes of a pack without its encryption; not looked into. Raises as :func:`thaw`."""
    data = _read(path, MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise EngagementError(f"holds more than {MAX_BYTES:,} bytes", str(path), "This is no pack.")
    return unsealed(data, passphrase, str(path)) if is_sealed(data) else data


def thaw(path: Path, passphrase: str | None = None) -> dict[str, bytes]:
    """The files of a pack by name, every one held against its digest; writes nothing.

    Raises EngagementError; Sealed where it is encrypted and no passphrase is given.
    """
    return contents(plain(path, passphrase), str(path))


def contents(data: bytes, place: str) -> dict[str, bytes]:
    """The files in the bytes of a plain pack, as :func:`thaw` gives them; ``place`` is where they come from."""
    files = unzipped(data, place, may_hold=may_hold, members=MAX_MEMBERS, size=MAX_BYTES)
    manifest = _manifest(place, files.pop(MANIFEST, b""))
    if manifest.sha256 != {name: sha256(data).hexdigest() for name, data in files.items()}:
        raise EngagementError("does not hold what its manifest says", place, "Ask for the file again.")
    if manifest.journal is not None:
        entries = journal.scan(files.get(JOURNAL, b"")).entries
        if not entries or (entries[-1].number, entries[-1].hash) != (manifest.journal.line, manifest.journal.hash):
            message = "holds another journal than its manifest says"
            raise EngagementError(message, place, "Do not trust its sender.")
    return files


def unpack(path: Path, folder: Path, passphrase: str | None = None) -> None:
    """Make the folder of an engagement from a pack. It must not be there yet, or be empty.

    All is written beside it, held against its journal, and moved into place at the end: on any EngagementError
    nothing is left behind.
    """
    folder = folder.resolve()
    files = thaw(path, passphrase)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("exists already and is not an empty folder", str(folder), "Choose another folder.")
    missing = [parent for parent in folder.parents if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".colonnade-", dir=folder.parent) as scratch:
            place = Path(scratch) / "unpacked"
            place.mkdir()
            _write(place, {name: data for name, data in files.items() if name not in _OWN})
            _verify(place, str(path))
            if folder.exists():
                folder.rmdir()  # not every system renames onto an empty folder
            place.rename(folder)
        sync_folder(folder.parent)
    except BaseException as error:
        if missing:
            shutil.rmtree(missing[-1], ignore_errors=True)
        if isinstance(error, OSError):
            raise unwritable(folder, error) from error
        raise


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    """Files into a folder that nobody knows yet: what is on the disk at the end is all that counts."""
    folders = {(place / name).parent for name in files}
    for folder in folders:
        folder.mkdir(exist_ok=True)
    for name, data in files.items():
        with open(place / name, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for folder in folders:
        sync_folder(folder)


def _verify(place: Path, pack: str) -> None:
    """Raises EngagementError for files that do not agree with the journal they came with."""
    try:
        changed = audit(place).changed
    except EngagementError as error:
        raise EngagementError(f"holds no engagement: {error.what}", pack, "Ask for the file again.") from error
    if changed:
        raise EngagementError(f"does not agree with its own journal: {changed[0]}", pack, "Ask for the file again.")


def _read(path: Path, limit: int) -> bytes:
    if path.exists() and not path.is_file():
        raise EngagementError("is no file", str(path), "Name a pack.")
    try:
        with open(path, "rb") as file:
            return file.read(limit)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EngagementError(f"cannot be read ({reason})", str(path), "Check the path.") from error


def _manifest(place: str, data: bytes) -> _Manifest:
    try:
        raw: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EngagementError("has no manifest that can be read", place, "Ask for the file again.") from error
    stated = raw.get("schema_version")
    if type(stated) is int and stated > SCHEMA_VERSION:
        raise EngagementError("was written by a newer version", place, "Open it with that version of Colonnade.")
    found = validate(_Manifest, raw, place)
    if not isinstance(found, _Manifest):
        raise EngagementError("has no manifest that can be read", place, "Ask for the file again.")
    return found


def may_hold(name: str) -> bool:
    """Whether a pack may hold a member of this name."""
    folder, slash, file = name.rpartition("/")
    if not slash:
        return name in _FIXED
    found = _NAMES[folder].fullmatch(file) if folder in _NAMES else None
    return found is not None and len(file) <= 120 and RESERVED.fullmatch(found[1]) is None
