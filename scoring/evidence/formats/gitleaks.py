"""Gitleaks: JSON and CSV of version 8, and of the versions up to 7 with other names for everything.

Secrets and their surroundings serve to tell findings apart while a file is read; nothing of them is kept. The same
secret is listed once per commit that holds it. A clean scan writes ``[]``, up to version 7 ``null``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence import csvtext
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Parts, rated
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import event, identity, label, repository
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_NEW = ("RuleID", "Secret", "File")
_OLD = ("rule", "offender", "commit")
_FOUND = rated("secret", "unverified")
"""Gitleaks tries no secret out and rates none."""


class _Leak(msgspec.Struct):
    """A finding; the second name of a field is that of the versions up to 7."""

    rule: Any = msgspec.field(name="RuleID", default=None)
    old_rule: Any = msgspec.field(name="rule", default=None)
    secret: Any = msgspec.field(name="Secret", default=None)
    old_secret: Any = msgspec.field(name="offender", default=None)
    file: Any = msgspec.field(name="File", default=None)
    old_file: Any = msgspec.field(name="file", default=None)
    line: Any = msgspec.field(name="StartLine", default=None)
    old_line: Any = msgspec.field(name="lineNumber", default=None)
    commit: Any = msgspec.field(name="Commit", default=None)
    old_commit: Any = msgspec.field(name="commit", default=None)
    date: Any = msgspec.field(name="Date", default=None)
    old_date: Any = msgspec.field(name="date", default=None)
    link: Any = msgspec.field(name="Link", default=None)
    repository: Any = msgspec.field(name="repo", default=None)
    address: Any = msgspec.field(name="repoURL", default=None)

    @property
    def subject(self) -> str:
        """The repository; a link leads to a file below it."""
        below, _, _ = repository(self.link).partition("/blob/")
        name = label(self.repository)
        return repository(self.address) or below or (name if name not in (".", "/") else "")


@dataclass(slots=True)
class Commits:
    """In which commits secrets were found."""

    named: bool = False
    newest: datetime | None = None
    found: bool = field(default=False)

    def add(self, commit: object, at: datetime | None) -> None:
        self.found = True
        self.named = self.named or bool(label(commit))
        self.newest = max((one for one in (self.newest, at) if one is not None), default=None)

    def facts(self) -> Iterator[tuple[str, bool | str]]:
        """Without findings nothing tells where the scan looked."""
        if self.found:
            yield "secrets.history", self.named
        if self.newest is not None:
            yield "secrets.newest_commit", self.newest.date().isoformat()


def _identify_json(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    new = shape.has("RuleID") and bool({"Secret", "Match", "Fingerprint"} & shape.keys.keys())
    # Trivy's secrets have a RuleID as well, but stand deep inside its report.
    return (new and shape.has("File")) or shape.has("rule", "offender")


def _identify_csv(shape: Shape) -> bool:
    return shape.kind is Kind.TEXT and any(csvtext.header(shape.lines, frozenset(names)) for names in (_NEW, _OLD))


def _parse_json(source: Source) -> Parsed | Rejected:
    leaks: Iterable[_Leak] = () if source.shape.kind is Kind.SCALAR else rows(source, _Leak)
    return _parsed("gitleaks-json", leaks)


def _parse_csv(source: Source) -> Parsed | Rejected:
    names = _NEW if csvtext.header(source.shape.lines, frozenset(_NEW)) else _OLD
    return _parsed("gitleaks-csv", map(_of_record, source.table(*names)))


def _of_record(record: Mapping[str, str]) -> _Leak:
    return msgspec.convert(dict(record), _Leak)


def _parsed(name: str, leaks: Iterable[_Leak]) -> Parsed:
    parts = Parts()
    part = parts.of(Category.SECRETS)
    commits = Commits()
    subjects: list[str] = []
    for leak in leaks:
        line = label(leak.line) or label(leak.old_line)
        secret = leak.secret or leak.old_secret
        part.add(_FOUND, identity(leak.rule or leak.old_rule, leak.file or leak.old_file, line, secret))
        commits.add(leak.commit or leak.old_commit, event(leak.date) or event(leak.old_date))
        subjects.append(leak.subject)
    part.facts.update(commits.facts())
    return parts.parsed(name, "Gitleaks", subject=only(subjects))


FORMATS = (
    Format(
        name="gitleaks-json",
        title="Gitleaks JSON",
        unit="finding",
        category=Category.SECRETS,
        identify=_identify_json,
        parse=_parse_json,
        clean=("[]", "null"),
    ),
    Format(
        name="gitleaks-csv",
        title="Gitleaks CSV",
        unit="finding",
        category=Category.SECRETS,
        identify=_identify_csv,
        parse=_parse_csv,
    ),
)
