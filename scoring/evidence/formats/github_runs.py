"""GitHub Actions: lists of workflow runs and of jobs, from the API, ``gh api --paginate`` and ``gh run list --json``.

What a run checked is told by the name and path of its workflow, a job's also by its steps; a run that was cancelled
or skipped checked nothing. Lists are pages: where GitHub counts more than is listed, every fact says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence.facts import share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import page
from scoring.evidence.rows import rows
from scoring.evidence.scalars import days, label, moment, repository, whole
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import SECURITY, categories

_FAILED = frozenset({"failure", "timed_out", "startup_failure"})
_RAN = frozenset({"success", "failure", "neutral"})
"""Conclusions after which a check has run to its end, whatever it found."""
_CHANGES = frozenset({"push", "pull_request", "pull_request_target", "merge_group"})
_LEAST_DAYS = 7.0
"""A list of two busy hours is no week: a rate counts over a week at least."""
_RUN_KEYS = frozenset({"workflow_id", "head_branch", "head_sha", "databaseId", "workflowName", "headBranch", "headSha"})
"""What a run has beside its conclusion; who asks for single fields (``--jq``, ``gh run list --json``) gets some."""
_OTHER_KEYS = frozenset({"jobs", "run_id", "app"})
"""Of what concludes as well: a run with its jobs, a job, a check of another application."""


class _Repository(msgspec.Struct):
    full_name: Any = None


class _Step(msgspec.Struct):
    name: Any = None
    conclusion: Any = None


class _Row(msgspec.Struct):
    """A run or a job; the second name of a field is that of the ``gh`` command."""

    id: Any = None
    cli_id: Any = msgspec.field(name="databaseId", default=None)
    run_id: Any = None
    name: Any = None
    workflow_name: Any = None
    cli_workflow: Any = msgspec.field(name="workflowName", default=None)
    path: Any = None
    head_branch: Any = None
    cli_branch: Any = msgspec.field(name="headBranch", default=None)
    head_sha: Any = None
    cli_sha: Any = msgspec.field(name="headSha", default=None)
    event: Any = None
    conclusion: Any = None
    created_at: Any = None
    cli_created: Any = msgspec.field(name="createdAt", default=None)
    run_started_at: Any = None
    started_at: Any = None
    cli_started: Any = msgspec.field(name="startedAt", default=None)
    updated_at: Any = None
    cli_updated: Any = msgspec.field(name="updatedAt", default=None)
    completed_at: Any = None
    cli_completed: Any = msgspec.field(name="completedAt", default=None)
    run_attempt: Any = None
    attempt: Any = None
    html_url: Any = None
    url: Any = None
    repository: _Repository | None = None
    steps: list[_Step] | None = None


class _Page(_Row):
    """A page of runs or jobs, or one of them alone."""

    total_count: Any = None
    workflow_runs: list[_Row] | None = None
    jobs: list[_Row] | None = None

    @property
    def alone(self) -> bool:
        return self.workflow_runs is None and self.jobs is None and self.total_count is None


@dataclass(frozen=True, slots=True)
class _Run:
    """A run or job in one vocabulary."""

    key: tuple[str, str]
    """Id and attempt: a re-run shares its id."""
    run: str
    name: str
    kinds: frozenset[Category]
    sha: str
    event: str
    conclusion: str
    created: datetime | None
    minutes: float | None
    latest: datetime | None
    branch: str
    repository: str
    stopped_by_check: bool


@dataclass(frozen=True, slots=True)
class _List:
    """What a file lists, without repetitions of pages that overlap."""

    rows: int
    runs: tuple[_Run, ...]
    sample: str | None


def _first(*values: object) -> str:
    """The first value that is a name."""
    return next((text for value in values if (text := label(value))), "")


def _run(row: _Row, *, jobs: bool) -> _Run:
    conclusion = label(row.conclusion).lower()
    created = moment(_first(row.created_at, row.cli_created, row.started_at, row.cli_started))
    started = moment(_first(row.run_started_at, row.started_at, row.cli_started)) or created
    ended = moment(_first(row.completed_at, row.cli_completed, row.updated_at, row.cli_updated))
    steps = [(label(step.name), label(step.conclusion).lower()) for step in row.steps or ()] if jobs else []
    names = [_first(row.workflow_name, row.cli_workflow) if not jobs else "", label(row.name), label(row.path)]
    own = {kind for name in names for kind in categories(name)}
    by_step = {kind for name, end in steps if end in _RAN for kind in categories(name)}
    failed_steps = {kind for name, end in steps if end in _FAILED for kind in categories(name)}
    minutes = days(ended - started) * 1440 if started and ended and conclusion in _FAILED | {"success"} else None
    return _Run(
        key=(_first(row.id, row.cli_id), _first(row.run_attempt, row.attempt)),
        run=_first(row.run_id),
        name=next(filter(None, names), ""),
        kinds=frozenset(own | by_step) if conclusion in _RAN else frozenset(),
        sha=_first(row.head_sha, row.cli_sha),
        event=label(row.event).lower(),
        conclusion=conclusion,
        created=created,
        minutes=minutes if minutes is not None and minutes >= 0 else None,
        latest=max((at for at in (created, started, ended) if at is not None), default=None),
        branch=_first(row.head_branch, row.cli_branch),
        repository=_first(row.repository.full_name if row.repository else None) or _owner(row),
        stopped_by_check=conclusion in _FAILED and bool(SECURITY & (failed_steps or (own if not steps else set()))),
    )


def _owner(row: _Row) -> str:
    """``owner/name`` from the address of a run or job."""
    parts = repository(_first(row.html_url, row.url)).split("/")
    at = parts.index("actions") if "actions" in parts else 0
    return "/".join(parts[at - 2 : at]) if at >= 2 else ""


def _listed(source: Source, *, jobs: bool) -> _List:
    listed: list[_Row] = []
    total = 0
    pages = list(rows(source, _Page))
    for one in pages:
        listed.extend([one] if one.alone else (one.jobs if jobs else one.workflow_runs) or ())
        total = max(total, whole(one.total_count) or 0)
    runs: dict[object, _Run] = {}
    for row in listed:
        run = _run(row, jobs=jobs)
        runs[run.key if run.key[0] else len(runs)] = run
    # What was fetched by itself shows nothing of how often there is one.
    by_itself = source.shape.kind is Kind.OBJECT and pages[0].alone
    return _List(len(listed), tuple(runs.values()), page(len(listed), by_itself, total))


def _identify_runs(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.has("workflow_runs"):
        return True
    told = shape.has("conclusion") and bool(_RUN_KEYS & shape.keys.keys())
    return told and not _OTHER_KEYS & shape.keys.keys()


def _identify_jobs(shape: Shape) -> bool:
    """GitHub's jobs name the run they belong to; GitLab and CircleCI list jobs as well, otherwise."""
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.has("jobs"):
        first = shape.within("jobs")
        if "conclusion" in first and bool({"steps", "run_id"} & first.keys()):
            return True
        return not first and (shape.has("total_count") or shape.has("databaseId"))
    return shape.has("run_id", "conclusion")


def _parse_runs(source: Source) -> Parsed | Rejected:
    listed = _listed(source, jobs=False)
    failed = [run for run in listed.runs if run.conclusion in _FAILED]
    facts = [*_pipeline_facts(listed.runs), *_scan_facts(listed.runs)]
    return _parsed("gh-workflow-runs", "run", listed, failed, facts)


def _parse_jobs(source: Source) -> Parsed | Rejected:
    listed = _listed(source, jobs=True)
    failed = [run for run in listed.runs if run.conclusion in _FAILED]
    stopped = {run.run or run.key[0] for run in listed.runs if run.stopped_by_check}
    facts = [*_last_run(listed.runs), *_scan_facts(listed.runs, by_run=True)]
    if stopped or any(run.kinds & SECURITY for run in listed.runs):
        facts.append(Fact(name="gate.failed_runs", value=len(stopped)))
    return _parsed("gh-jobs", "job", listed, failed, facts)


def _parsed(name: str, unit: str, listed: _List, failed: list[_Run], facts: list[Fact]) -> Parsed:
    repositories = {run.repository for run in listed.runs}
    branches = {run.branch for run in listed.runs}
    sampled = [fact.model_copy(update={"sample": listed.sample}) for fact in facts]
    return Parsed(
        format=name,
        tool="GitHub Actions",
        records=Records(unit=unit, raw=listed.rows, open=len(failed), distinct=len({run.key for run in failed})),
        category=Category.PIPELINE,
        captured_at=max((run.latest for run in listed.runs if run.latest), default=None),
        subject=repositories.pop() if len(repositories) == 1 else "",
        branch=branches.pop() if len(branches) == 1 else "",
        facts=tuple(sampled),
        warnings=tuple(_warnings(listed, unit)),
    )


def _warnings(listed: _List, unit: str) -> Iterator[str]:
    if not listed.runs:
        yield f"The file lists no {unit}."
    if listed.sample:
        yield f"The file is one page: {listed.sample} {unit}s. Fetch all pages (gh api --paginate) for firm figures."
    if listed.rows > len(listed.runs):
        repeated = listed.rows - len(listed.runs)
        yield f"{repeated} of {listed.rows} entries repeat a {unit} listed before; the facts count it once."


def _pipeline_facts(runs: tuple[_Run, ...]) -> Iterator[Fact]:
    yield Fact(name="pipeline.runs", value=len(runs))
    yield from _rate("pipeline.runs_per_week", runs, runs)
    succeeded = sum(run.conclusion == "success" for run in runs)
    ended = succeeded + sum(run.conclusion in _FAILED for run in runs)
    if ended:
        yield Fact(name="pipeline.success_share", value=share(succeeded, ended))
    durations = [run.minutes for run in runs if run.minutes is not None]
    if durations:
        yield Fact(name="pipeline.median_minutes", value=round(median(durations), 2))
    started = [run for run in runs if run.event]
    if started:
        changes = sum(run.event in _CHANGES for run in started)
        yield Fact(name="pipeline.change_share", value=share(changes, len(started)))
    yield from _last_run(runs)


def _last_run(runs: Iterable[_Run]) -> Iterator[Fact]:
    last = max((run.created for run in runs if run.created), default=None)
    if last is not None:
        yield Fact(name="pipeline.last_run", value=last.date().isoformat())


def _scan_facts(runs: tuple[_Run, ...], *, by_run: bool = False) -> Iterator[Fact]:
    """Per kind of check, what the list shows of it. ``by_run`` counts the runs that jobs belong to."""
    # The list of one workflow does not show the changes that it never saw.
    several = len({run.name for run in runs}) > 1
    changed = {run.sha for run in runs if run.sha and run.event in _CHANGES}
    for kind in sorted({kind for run in runs for kind in run.kinds}):
        scans = [run for run in runs if kind in run.kinds]
        names = ", ".join(sorted({run.name for run in scans if run.name})[:3])
        number = len({run.run for run in scans}) if by_run else len(scans)
        yield Fact(name="scan.runs", value=number, category=kind, note=names)
        if not by_run:
            yield from _rate("scan.runs_per_week", scans, runs, kind)
        last = max((run.created for run in scans if run.created), default=None)
        if last is not None:
            yield Fact(name="scan.last_run", value=last.date().isoformat(), category=kind)
        if changed and several and not by_run:
            covered = changed & {run.sha for run in scans}
            yield Fact(name="scan.change_share", value=share(len(covered), len(changed)), category=kind)


def _rate(name: str, counted: Iterable[_Run], runs: Iterable[_Run], kind: Category | None = None) -> Iterator[Fact]:
    """Runs per week over the days from the first to the last run of the list, a week at least."""
    times = [run.created for run in runs if run.created]
    number = sum(1 for run in counted if run.created)
    if times and number:
        span: timedelta = max(times) - min(times)
        weeks = max(days(span), _LEAST_DAYS) / 7
        yield Fact(name=name, value=round(number / weeks, 2), category=kind)


FORMATS = (
    Format(
        name="gh-workflow-runs",
        title="GitHub Actions run list",
        unit="run",
        category=Category.PIPELINE,
        identify=_identify_runs,
        parse=_parse_runs,
        clean=("[]",),
    ),
    Format(
        name="gh-jobs",
        title="GitHub Actions job list",
        unit="job",
        category=Category.PIPELINE,
        identify=_identify_jobs,
        parse=_parse_jobs,
    ),
)
