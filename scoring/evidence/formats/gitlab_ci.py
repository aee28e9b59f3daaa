"""GitLab CI from the REST API: lists of pipelines and of jobs.

What a job checked is told by its name; one that was cancelled, skipped or never started checked nothing. A security
job that may fail (``allow_failure``, the default of GitLab's own templates) is no gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence import addresses
from scoring.evidence.delivery import per_week
from scoring.evidence.facts import share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import only, page_warning, rows
from scoring.evidence.scalars import days, label, moment, quantity
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import SECURITY, categories

_LISTS = (Kind.OBJECT, Kind.ARRAY, Kind.STREAM)
_CHANGES = frozenset({"push", "merge_request_event", "external_pull_request_event"})
_FOLLOWERS = frozenset({"pipeline", "parent_pipeline", "external", "unknown", ""})
"""Sources that follow another run or another system: they do not say who or what began it."""
_RAN = frozenset({"success", "failed"})
"""Statuses after which a job or pipeline has run to its end. The others are: created, waiting_for_resource, preparing,
pending, running, waiting_for_callback, canceling, canceled, skipped, manual, scheduled."""


class _Pipeline(msgspec.Struct):
    id: Any = None
    project_id: Any = None
    sha: Any = None
    ref: Any = None
    status: Any = None
    source: Any = None
    created_at: Any = None
    started_at: Any = None
    updated_at: Any = None
    finished_at: Any = None
    duration: Any = None
    coverage: Any = None
    web_url: Any = None


class _Job(msgspec.Struct):
    id: Any = None
    name: Any = None
    stage: Any = None
    status: Any = None
    ref: Any = None
    coverage: Any = None
    allow_failure: Any = None
    created_at: Any = None
    started_at: Any = None
    finished_at: Any = None
    web_url: Any = None
    pipeline: _Pipeline | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """A job in one vocabulary."""

    key: str
    pipeline: str
    name: str
    kinds: frozenset[Category]
    status: str
    may_fail: bool
    at: datetime | None


def _identify_pipelines(shape: Shape) -> bool:
    """A pipeline names a commit; a job does so within its pipeline, and a deployment has an environment."""
    listed = shape.kind in _LISTS and shape.has("sha", "ref", "status")
    other = {"environment", "environment_url", "stage", "pipeline", "source_branch", "deployable"}
    own = "/pipelines/" in shape.text("web_url") or shape.has("source", "iid")
    return listed and own and not other & shape.keys.keys()


def _identify_jobs(shape: Shape) -> bool:
    return shape.kind in _LISTS and shape.has("pipeline", "stage", "status", "name")


def _parse_pipelines(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _Pipeline))
    pipelines = list({label(one.id) or str(place): one for place, one in enumerate(listed)}.values())
    failed = [one for one in pipelines if _word(one.status) == "failed"]
    facts = [*_pipeline_facts(pipelines), *_coverage(pipelines)]
    return Parsed(
        format="gitlab-pipelines",
        tool="GitLab CI",
        records=Records(unit="pipeline", raw=len(listed), open=len(failed), distinct=len(failed)),
        category=Category.PIPELINE,
        captured_at=max((at for one in pipelines for at in _moments(one)), default=None),
        subject=only(addresses.gitlab(one.web_url) for one in pipelines),
        branch=only(addresses.branch(one.ref) for one in pipelines),
        facts=tuple(facts),
        warnings=tuple(_warnings(len(listed), len(pipelines), "pipeline")),
    )


def _parse_jobs(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _Job))
    jobs = list({label(one.id) or str(place): one for place, one in enumerate(listed)}.values())
    runs = [_run(one) for one in jobs]
    failed = [run for run in runs if run.status == "failed"]
    pipelines = {label(one.pipeline.id): one.pipeline for one in jobs if one.pipeline and label(one.pipeline.id)}
    facts = [*_pipeline_facts(list(pipelines.values())), *_scan_facts(runs), *_coverage(jobs)]
    return Parsed(
        format="gitlab-jobs",
        tool="GitLab CI",
        records=Records(unit="job", raw=len(listed), open=len(failed), distinct=len(failed)),
        category=Category.PIPELINE,
        captured_at=max((at for one in jobs for at in _moments(one)), default=None),
        subject=only(addresses.gitlab(one.web_url) for one in jobs),
        branch=only(addresses.branch(one.ref) for one in jobs),
        facts=tuple(facts),
        warnings=tuple(_warnings(len(listed), len(jobs), "job")),
    )


def _word(value: object) -> str:
    return label(value, 60).lower()


def _moments(row: _Pipeline | _Job) -> Iterator[datetime]:
    told = [row.created_at, row.started_at, row.finished_at]
    told.append(row.updated_at if isinstance(row, _Pipeline) else row.pipeline.updated_at if row.pipeline else None)
    return (at for value in told if (at := moment(value)) is not None)


def _run(job: _Job) -> _Run:
    status = _word(job.status)
    # A job that no runner took fails without having begun.
    ran = status == "success" or (status == "failed" and job.started_at is not None)
    # The name alone: a stage called "security" or "test" holds jobs of all kinds.
    kinds = categories(label(job.name)) if ran else ()
    return _Run(
        key=label(job.id),
        pipeline=label(job.pipeline.id) if job.pipeline else "",
        name=label(job.name, 80),
        kinds=frozenset(kinds),
        status=status,
        may_fail=job.allow_failure is True,
        at=moment(job.created_at) or moment(job.started_at) or moment(job.finished_at),
    )


def _warnings(listed: int, told: int, unit: str) -> Iterator[str]:
    if not listed:
        yield f"The file lists no {unit}."
    if listed > told:
        yield f"{listed - told} {unit}s are listed more than once and were counted once in the facts."
    yield from page_warning(listed)


def _pipeline_facts(pipelines: list[_Pipeline]) -> Iterator[Fact]:
    times = [at for one in pipelines if (at := moment(one.created_at)) is not None]
    yield Fact(name="pipeline.runs", value=len(pipelines))
    rate = per_week(len(times), times)
    if rate is not None:
        yield Fact(name="pipeline.runs_per_week", value=rate)
        yield Fact(name="pipeline.last_run", value=max(times).date().isoformat())
    ended = [one for one in pipelines if _word(one.status) in _RAN]
    if ended:
        succeeded = sum(_word(one.status) == "success" for one in ended)
        yield Fact(name="pipeline.success_share", value=share(succeeded, len(ended)))
    minutes = [length for one in ended if (length := _minutes(one)) is not None]
    if minutes:
        yield Fact(name="pipeline.median_minutes", value=round(median(minutes), 2))
    started = [source for one in pipelines if (source := _word(one.source)) not in _FOLLOWERS]
    if started:
        changes = sum(source in _CHANGES for source in started)
        yield Fact(name="pipeline.change_share", value=share(changes, len(started)))


def _minutes(one: _Pipeline) -> float | None:
    """How long a pipeline took; lists do not say, so there it is the time to its last change."""
    seconds = quantity(one.duration)
    if seconds is not None:
        return seconds / 60
    begun = moment(one.started_at) or moment(one.created_at)
    ended = moment(one.finished_at) or moment(one.updated_at)
    return days(ended - begun) * 1440 if begun and ended and ended >= begun else None


def _scan_facts(runs: list[_Run]) -> Iterator[Fact]:
    """Per kind of check, how often its jobs ran and whether they can stop a change."""
    times = [run.at for run in runs if run.at]
    for kind in sorted({kind for run in runs for kind in run.kinds}):
        scans = [run for run in runs if kind in run.kinds]
        names = ", ".join(sorted({run.name for run in scans})[:3])
        yield Fact(name="scan.runs", value=len({run.pipeline or run.key for run in scans}), category=kind, note=names)
        dated = [run for run in scans if run.at]
        rate = per_week(len({run.pipeline or run.key for run in dated}), times) if dated else None
        if rate is not None:
            yield Fact(name="scan.runs_per_week", value=rate, category=kind)
            last = max(run.at for run in dated if run.at)
            yield Fact(name="scan.last_run", value=last.date().isoformat(), category=kind)
        if kind in SECURITY:
            latest = _latest(scans)
            soft = sorted(run.name for run in latest if run.may_fail)
            yield Fact(name="gate.blocks", value=not soft, category=kind, note=", ".join(soft[:3]) or names)
    gates = [run for run in runs if SECURITY & run.kinds]
    if gates:
        stopped = {run.pipeline or run.key for run in gates if run.status == "failed" and not run.may_fail}
        yield Fact(name="gate.failed_runs", value=len(stopped))


def _latest(scans: Iterable[_Run]) -> list[_Run]:
    """The latest run of each job: what was configured before does not count."""
    newest: dict[str, _Run] = {}
    for run in scans:
        seen = newest.get(run.name)
        if seen is None or (run.at is not None and (seen.at is None or run.at > seen.at)):
            newest[run.name] = run
    return list(newest.values())


def _coverage(listed: Iterable[_Pipeline | _Job]) -> Iterator[Fact]:
    """The test coverage that the latest job or pipeline printed, in percent."""
    newest: tuple[str, float] | None = None
    for row in listed:
        percent = quantity(row.coverage)
        at = str(moment(row.finished_at) or moment(row.created_at) or "")
        if percent is not None and percent <= 100 and (newest is None or at > newest[0]):
            newest = (at, percent)
    if newest is not None:
        note = "as the job printed it"
        yield Fact(name="coverage.line_share", value=round(newest[1] / 100, 4), category=Category.COVERAGE, note=note)


FORMATS = (
    Format(
        name="gitlab-pipelines",
        title="GitLab pipeline list",
        unit="pipeline",
        category=Category.PIPELINE,
        identify=_identify_pipelines,
        parse=_parse_pipelines,
        clean=("[]",),
    ),
    Format(
        name="gitlab-jobs",
        title="GitLab job list",
        unit="job",
        category=Category.PIPELINE,
        identify=_identify_jobs,
        parse=_parse_jobs,
        clean=("[]",),
    ),
)
