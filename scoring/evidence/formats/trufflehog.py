"""TruffleHog: one finding per line in version 3, and in version 2 under other names, as ``--json-legacy`` still has it.

The raw secret serves to tell findings apart while a file is read; nothing of it is kept. Where the log was written
into the same file, its lines say when the scan ran and whether it came to its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.addresses import branch
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.formats.gitleaks import Commits
from scoring.evidence.parts import Part, Parts, rated
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import event, identity, label, repository
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_GIT_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: ([+-]\d\d)(\d\d))?(?: .*)?")
"""As Go prints it, ``2022-06-16 10:17:40 -0700 -0700``; version 2 leaves the zone out."""
_END = "finished scanning"


class _Origin(msgspec.Struct):
    repository: Any = None
    commit: Any = None
    timestamp: Any = None


class _Metadata(msgspec.Struct):
    data: dict[str, _Origin | None] | None = msgspec.field(name="Data", default=None)


class _Line(msgspec.Struct):
    # Version 3.
    metadata: _Metadata | None = msgspec.field(name="SourceMetadata", default=None)
    detector: Any = msgspec.field(name="DetectorName", default=None)
    verified: Any = msgspec.field(name="Verified", default=None)
    raw: Any = msgspec.field(name="Raw", default=None)
    # Version 2.
    reason: Any = None
    commit: Any = msgspec.field(name="commitHash", default=None)
    path: Any = None
    date: Any = None
    branch: Any = None
    # The log.
    level: Any = None
    message: Any = msgspec.field(name="msg", default=None)
    logged: Any = msgspec.field(name="ts", default=None)
    chunks: Any = None
    version: Any = msgspec.field(name="trufflehog_version", default=None)

    @property
    def origin(self) -> _Origin:
        data = self.metadata.data if self.metadata else None
        return next((origin for origin in (data or {}).values() if origin is not None), _Origin())


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.has("SourceMetadata", "DetectorName") or shape.has("reason", "commitHash", "path"):
        return True
    return shape.has("level", "msg") and (shape.text("logger") == "trufflehog" or shape.has("verified_secrets"))


def _parse(source: Source) -> Parsed | Rejected:
    parts = Parts()
    part = parts.of(Category.SECRETS)
    commits = Commits()
    log: list[_Line] = []
    repositories: list[str] = []
    branches: list[str] = []
    told = False
    for line in rows(source, _Line):
        if line.detector is not None or line.metadata is not None:
            _new(line, part, commits)
            told = True
            repositories.append(repository(line.origin.repository))
        elif line.reason is not None:
            part.add(rated("secret", "unverified"), identity(line.path, line.reason))
            commits.add(line.commit, _time(line.date))
            branches.append(branch(line.branch).removeprefix("origin/"))
        else:
            log.append(line)
    if told or log:
        part.counted("secrets.verified", 0)
    part.facts.update(commits.facts())
    return parts.parsed(
        "trufflehog-jsonl",
        "TruffleHog",
        version=next((version for line in log if (version := label(line.version, 40))), ""),
        at=max((at for line in log if (at := event(line.logged)) is not None), default=None),
        subject=only(repositories),
        branch=only(branches),
        facts=_log_facts(log),
        warnings=_warnings(log),
    )


def _new(line: _Line, part: Part, commits: Commits) -> None:
    verified = line.verified is True
    part.add(rated("secret", "verified" if verified else "unverified"), identity(line.detector, line.raw))
    part.counted("secrets.verified", verified)
    commits.add(line.origin.commit, _time(line.origin.timestamp))


def _time(value: object) -> datetime | None:
    found = _GIT_TIME.fullmatch(value) if isinstance(value, str) and len(value) <= 64 else None
    if found is None:
        return event(value)
    day, time, hours, minutes = found.groups()
    return event(f"{day}T{time}{hours}:{minutes}" if hours else f"{day}T{time}")


def _log_facts(log: list[_Line]) -> Iterator[Fact]:
    if log:
        broken = any(label(line.level).lower() in ("error", "fatal", "panic") for line in log)
        yield Fact(name="scan.completed", value=any(line.message == _END for line in log) and not broken)


def _warnings(log: list[_Line]) -> Iterator[str]:
    if any(line.message == _END and line.chunks == 0 for line in log):
        yield "TruffleHog says that it scanned nothing at all."


FORMATS = (
    Format(
        name="trufflehog-jsonl",
        title="TruffleHog JSON",
        unit="finding",
        category=Category.SECRETS,
        identify=_identify,
        parse=_parse,
    ),
)
