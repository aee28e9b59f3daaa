"""GitHub's list of code scanning analyses: each upload of results, by which tool, when, and for which commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence import addresses
from scoring.evidence.delivery import per_week
from scoring.evidence.facts import last_run
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import only, page_warning, rows
from scoring.evidence.scalars import label, moment
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import category


class _Tool(msgspec.Struct):
    name: Any = None


class _Analysis(msgspec.Struct):
    id: Any = None
    ref: Any = None
    commit_sha: Any = None
    created_at: Any = None
    error: Any = None
    rules_count: Any = None
    url: Any = None
    tool: _Tool | None = None

    @property
    def tool_name(self) -> str:
        return label(self.tool.name, 80) if self.tool else ""


def _identify(shape: Shape) -> bool:
    listed = shape.kind in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM)
    return listed and shape.has("analysis_key", "commit_sha", "tool") and not shape.has("rule")


def _parse(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _Analysis))
    known = list({label(one.id) or str(place): one for place, one in enumerate(listed)}.values())
    times = [at for one in known if (at := moment(one.created_at)) is not None]
    by_kind: dict[Category | None, list[_Analysis]] = {}
    for one in known:
        by_kind.setdefault(category(one.tool_name), []).append(one)
    facts = [fact for kind, analyses in by_kind.items() for fact in _facts(kind, analyses)]
    failed = sum(bool(label(one.error)) for one in listed)
    return Parsed(
        format="gh-code-scanning-analyses",
        tool=", ".join(dict.fromkeys(one.tool_name for one in known if one.tool_name)) or "GitHub code scanning",
        records=Records(
            unit="analysis",
            raw=len(listed),
            open=len(listed) - failed,
            distinct=sum(not label(one.error) for one in known),
        ),
        category=next(iter(by_kind)) if len(by_kind) == 1 else None,
        captured_at=max(times, default=None),
        subject=only(addresses.github(one.url) for one in known),
        branch=only(addresses.branch(one.ref) for one in known),
        facts=tuple(facts),
        warnings=tuple(_warnings(len(listed), failed)),
    )


def _facts(kind: Category | None, analyses: list[_Analysis]) -> Iterator[Fact]:
    """One run uploads an analysis per language, so runs are told apart by commit."""
    names = ", ".join(sorted({one.tool_name for one in analyses if one.tool_name})[:3])
    runs = {label(one.commit_sha): one for one in analyses}
    yield Fact(name="scan.runs", value=len(runs), category=kind, note=names)
    times = [at for one in runs.values() if (at := moment(one.created_at)) is not None]
    rate = per_week(len(times), times)
    if rate is not None:
        yield Fact(name="scan.runs_per_week", value=rate, category=kind)
    newest = max(analyses, key=lambda one: str(moment(one.created_at) or ""))
    if type(newest.rules_count) is int and 0 <= newest.rules_count < 10**6:
        yield Fact(name="scan.rules", value=newest.rules_count, category=kind)
    yield Fact(name="scan.completed", value=not label(newest.error), category=kind)
    yield from last_run(moment(newest.created_at), kind)


def _warnings(listed: int, failed: int) -> Iterator[str]:
    if not listed:
        yield "The file lists no analysis."
    if failed:
        yield f"{failed} of {listed} analyses could not be processed by GitHub."
    yield from page_warning(listed)


FORMATS = (
    Format(
        name="gh-code-scanning-analyses",
        title="GitHub code scanning analysis list",
        unit="analysis",
        category=Category.SAST,
        identify=_identify,
        parse=_parse,
        clean=("[]",),
    ),
)
