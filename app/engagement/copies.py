"""Copies of exports, kept in ``evidence/`` only where the user asks for them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.engagement.files import remove, sync_folder, unwritable
from app.engagement.verify import EVIDENCE
from questionnaires.model import Category
from scoring.assessment import Evidence
from scoring.evidence.ingest import Planned, PlannedItem

_BLOCK = 1 << 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,12}")
"""What a pack can carry as well."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of one export that was asked to be kept."""

    path: str
    place: Path | None
    """None where it was not kept."""
    why_not: str = ""


def keep(folder: Path, items: Iterable[PlannedItem]) -> tuple[Copied, ...]:
    """Copy what a plan registered into the folder, each under its SHA-256. Raises EngagementError for a full disk.

    What was registered before is copied too: the disk may have been full the first time. What a secret scanner wrote
    is never kept, nor is the inside of an archive, nor a file that changed meanwhile.
    """
    registered = (item.evidence for item in items if item.outcome in (Planned.ADD, Planned.DUPLICATE))
    return tuple(_kept(folder, evidence) for evidence in registered if evidence is not None)


def _kept(folder: Path, evidence: Evidence) -> Copied:
    if evidence.category is Category.SECRETS or any(fact.category is Category.SECRETS for fact in evidence.facts):
        return Copied(evidence.path, None, "a scan for secrets may hold some")
    if evidence.member is not None:
        return Copied(evidence.path, None, "it lies inside an archive")
    source = Path(evidence.path)
    suffix = source.suffix.lower() if _SUFFIX.fullmatch(source.suffix) else ""
    target = folder / EVIDENCE / f"{evidence.sha256}{suffix}"
    part = target.with_name(f".{evidence.sha256}.part")
    try:
        target.parent.mkdir(exist_ok=True)
        digest = sha256()
        with open(source, "rb") as original, open(part, "wb") as copy:
            while block := original.read(_BLOCK):
                digest.update(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
        if digest.hexdigest() != evidence.sha256:
            remove(part)
            return Copied(evidence.path, None, "it changed since it was read")
        os.replace(part, target)
        sync_folder(target.parent)
    except FileNotFoundError:
        return Copied(evidence.path, None, "it is gone")
    except OSError as error:
        remove(part)
        raise unwritable(target, error) from error
    return Copied(evidence.path, target)
