"""Semgrep's command line, and Opengrep's: results of code rules, and of the supply-chain and secrets rules besides.

``errors`` name what could not be scanned. A result that a ``nosemgrep`` comment silences is listed and marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import State
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Parts, rated
from scoring.evidence.scalars import identity, label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_KEY_NAMES = """
engine_requested errors explanations interfile_languages_used mcp_scan_results paths profiling_results results
rules_by_engine skipped_rules subprojects time version"""
_KEYS = frozenset(_KEY_NAMES.split())
"""What a report holds at its top."""
_VALIDATED = frozenset({"CONFIRMED_VALID", "CONFIRMED_INVALID", "VALIDATION_ERROR"})


class _Place(msgspec.Struct, gc=False):
    line: Any = None
    column: Any = msgspec.field(name="col", default=None)


class _Metadata(msgspec.Struct):
    impact: Any = None


class _Supply(msgspec.Struct):
    reachable: Any = None


class _Extra(msgspec.Struct):
    """Without the lines of code, which may hold secrets."""

    severity: Any = None
    ignored: Any = msgspec.field(name="is_ignored", default=None)
    validation: Any = msgspec.field(name="validation_state", default=None)
    supply: _Supply | None = msgspec.field(name="sca_info", default=None)
    metadata: _Metadata | list[Any] | None = None


class _Result(msgspec.Struct):
    rule: Any = msgspec.field(name="check_id", default=None)
    path: Any = None
    start: _Place | None = None
    end: _Place | None = None
    extra: _Extra | None = None


class _Error(msgspec.Struct):
    level: Any = None


class _Paths(msgspec.Struct):
    scanned: list[Any] | None = None


class _Timing(msgspec.Struct):
    rules: list[Any] | None = None


class _Report(msgspec.Struct):
    version: Any = None
    results: list[_Result] | None = None
    errors: list[_Error | str] | None = None
    paths: _Paths | None = None
    time: _Timing | None = None


def _identify(shape: Shape) -> bool:
    if shape.kind is not Kind.OBJECT or not shape.is_list("results"):
        return False
    first = shape.within("results")
    if first:
        return {"check_id", "path"} <= first.keys() and bool({"extra", "start"} & first.keys())
    # Without a result its other keys tell; each release adds some that are not known here.
    return shape.has("errors") and len(_KEYS & shape.keys.keys()) > 2


def _parse(source: Source) -> Parsed | Rejected:
    report = source.decode(_Report)
    parts = Parts()
    for result in report.results or ():
        _count(result, parts)
    if not parts:
        parts.of(Category.SAST)
    return parts.parsed(
        "semgrep-json",
        "Semgrep",
        version=label(report.version, 40),
        facts=_facts(report),
        warnings=_warnings(report),
    )


def _count(result: _Result, parts: Parts) -> None:
    extra = result.extra or _Extra()
    state = State.SUPPRESSED if extra.ignored is True else State.OPEN
    validation = label(extra.validation).upper()
    part = parts.of(_category(extra, validation))
    severity = extra.severity
    if not label(severity) and isinstance(extra.metadata, _Metadata):
        severity = extra.metadata.impact
    start, end = result.start or _Place(), result.end or _Place()
    # Not the fingerprint: without a login it is the same sentence everywhere.
    place = identity(result.rule, result.path, start.line, start.column, end.line, end.column)
    part.add(rated("semgrep", severity, state), place)
    if extra.supply is not None and isinstance(extra.supply.reachable, bool):
        part.counted("findings.reachable", extra.supply.reachable and state is State.OPEN)
    if validation in _VALIDATED:
        part.counted("secrets.verified", validation == "CONFIRMED_VALID" and state is State.OPEN)


def _category(extra: _Extra, validation: str) -> Category:
    if extra.supply is not None:
        return Category.SCA
    return Category.SECRETS if validation in _VALIDATED else Category.SAST


def _facts(report: _Report) -> Iterator[Fact]:
    if report.errors is not None:
        yield Fact(name="scan.completed", value=not any(map(_stops, report.errors)))
    if report.time is not None and report.time.rules:
        yield Fact(name="scan.rules", value=len(report.time.rules))


def _stops(error: _Error | str) -> bool:
    """Whether an error left something unscanned; a file that was parsed in part is a warning."""
    return isinstance(error, str) or label(error.level).lower() not in ("warn", "warning", "info")


def _warnings(report: _Report) -> Iterator[str]:
    if report.errors:
        yield f"Semgrep did not scan everything; errors that it names: {len(report.errors)}."
    if report.paths is not None and report.paths.scanned == [] and not report.results:
        yield "Semgrep names no file that it scanned."


FORMATS = (
    Format(
        name="semgrep-json",
        title="Semgrep JSON",
        unit="finding",
        category=Category.SAST,
        identify=_identify,
        parse=_parse,
        clean=('{"results":[],"errors":[]}',),
    ),
)
