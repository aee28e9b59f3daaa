"""GitHub environments with their protection rules, deployments with or without their statuses, and workflow lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence import addresses
from scoring.evidence.delivery import Deployment, delivery_facts, is_production
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import only, page_warning, rows, sample
from scoring.evidence.scalars import label, moment, whole
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import SECURITY, categories

_DOCUMENTS = (Kind.OBJECT, Kind.ARRAY, Kind.STREAM)
_SUCCEEDED = frozenset({"success", "active"})
_FAILED = frozenset({"failure", "error"})
_REPLACED = frozenset({"inactive", "destroyed"})
_NO_OUTCOME = "the list names no outcomes, so all are counted"


class _Rule(msgspec.Struct):
    type: Any = None
    reviewers: list[Any] | None = None


class _Environment(msgspec.Struct):
    name: Any = None
    url: Any = None
    html_url: Any = None
    rules: list[_Rule] | None = msgspec.field(name="protection_rules", default=None)

    @property
    def reviewers(self) -> int:
        return sum(len(rule.reviewers or ()) for rule in self.rules or () if rule.type == "required_reviewers")


class _Environments(_Environment):
    """A page of environments, or one environment."""

    total: Any = msgspec.field(name="total_count", default=None)
    environments: list[_Environment] | None = None


class _Status(msgspec.Struct):
    state: Any = None
    created_at: Any = None
    created: Any = msgspec.field(name="createdAt", default=None)
    deployment_url: Any = None


class _Statuses(msgspec.Struct):
    nodes: list[_Status | None] | None = None


class _Commit(msgspec.Struct):
    committed: Any = msgspec.field(name="committedDate", default=None)


class _Deployment(_Status):
    """A deployment, or one of its statuses, which names the deployment; second names are GraphQL's."""

    id: Any = None
    url: Any = None
    environment: Any = None
    production: Any = msgspec.field(name="production_environment", default=None)
    updated_at: Any = None
    updated: Any = msgspec.field(name="updatedAt", default=None)
    repository_url: Any = None
    ref: Any = None
    commit: _Commit | None = None
    statuses: list[_Status | None] | _Statuses | None = None
    latest: _Status | None = msgspec.field(name="latestStatus", default=None)
    latest_status: _Status | None = None


class _Workflow(msgspec.Struct):
    id: Any = None
    name: Any = None
    path: Any = None
    state: Any = None
    url: Any = None
    html_url: Any = None


class _Workflows(msgspec.Struct):
    total: Any = msgspec.field(name="total_count", default=None)
    workflows: list[_Workflow] | None = None


def _identify_environments(shape: Shape) -> bool:
    if shape.kind not in _DOCUMENTS:
        return False
    first = shape.within("environments") if shape.has("environments") else shape.keys
    empty = not first and shape.has("total_count")
    return "protection_rules" in first or (shape.has("environments") and empty)


def _parse_environments(source: Source) -> Parsed | Rejected:
    pages = list(rows(source, _Environments))
    listed = [one for page in pages for one in (page.environments or ([page] if page.name is not None else []))]
    total = max((whole(page.total) or 0 for page in pages), default=0)
    page = sample(len(listed), total)
    production = [one for one in listed if is_production(label(one.name))]
    # The weakest way into production counts; where nothing is called so, the best guarded environment.
    guards = sorted(production or listed, key=lambda one: one.reviewers)
    chosen = (guards[0] if production else guards[-1]) if guards else None
    facts = (
        (Fact(name="environment.reviewers", value=chosen.reviewers, sample=page, note=label(chosen.name)),)
        if chosen is not None
        else ()
    )
    guarded = [label(one.name) for one in listed if one.rules]
    return Parsed(
        format="gh-environments",
        tool="GitHub environments",
        records=Records(unit="environment", raw=len(listed), open=len(guarded), distinct=len(set(guarded))),
        category=Category.REPOSITORY,
        subject=only(addresses.github(one.url, one.html_url) for one in listed),
        facts=facts,
        warnings=tuple(_environment_warnings(listed, production, page)),
    )


def _environment_warnings(
    listed: list[_Environment], production: list[_Environment], page: str | None
) -> Iterator[str]:
    if not listed:
        yield "It lists no environment: deployments are not protected by GitHub's environments."
    elif not production:
        yield "None of the environments is production by its name."
    if page:
        yield f"The file is one page: {page} environments."


def _identify_deployments(shape: Shape) -> bool:
    if shape.kind not in _DOCUMENTS:
        return False
    if shape.has("environment", "statuses_url") or shape.has("deployment_url", "state"):
        return True
    return shape.has("environment") and bool({"latestStatus", "latest_status"} & shape.keys.keys())


def _parse_deployments(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _Deployment))
    by_key: dict[str, list[_Deployment]] = {}
    for place, row in enumerate(listed):
        by_key.setdefault(label(row.deployment_url) or label(row.id) or label(row.url) or str(place), []).append(row)
    deployments = [_deployment(group) for group in by_key.values()]
    unknown = "" if any(one.succeeded is not None for one in deployments) else _NO_OUTCOME
    ended = [one for one in deployments if one.succeeded]
    moments = [at for row in listed for at in _moments(row)]
    return Parsed(
        format="gh-deployments",
        tool="GitHub deployments",
        records=Records(unit="deployment", raw=len(listed), open=len(ended), distinct=len(ended)),
        category=Category.PIPELINE,
        captured_at=max(moments, default=None),
        subject=only(addresses.github(row.repository_url, row.deployment_url, row.url) for row in listed),
        facts=tuple(delivery_facts(deployments, unknown)),
        warnings=tuple(_deployment_warnings(deployments, unknown)),
    )


def _deployment_warnings(deployments: list[Deployment], unknown: str) -> Iterator[str]:
    if deployments and not any(one.production for one in deployments):
        yield "None of the deployments went to production, by the name of its environment."
    if deployments and unknown:
        yield "GitHub lists deployments without their outcome. Give the statuses of each deployment as well."
    yield from page_warning(len(deployments))


def _deployment(group: list[_Deployment]) -> Deployment:
    """A deployment from its row, or from its statuses."""
    first = group[0]
    statuses = [one for row in group for one in _statuses(row)]
    settled = [one for one in statuses if label(one.state).lower() in _SUCCEEDED | _FAILED]
    ended = [at for one in settled if (at := moment(one.created_at) or moment(one.created)) is not None]
    name = label(first.environment)
    return Deployment(
        environment=name,
        production=first.production is True or is_production(name),
        at=max(ended, default=moment(first.created_at) or moment(first.created)),
        succeeded=_outcome({label(one.state).lower() for one in statuses}),
        committed=moment(first.commit.committed) if first.commit else None,
    )


def _outcome(states: set[str]) -> bool | None:
    """Whether it succeeded in the end. What a later one replaced had succeeded, unless it says that it failed."""
    for known, succeeded in ((_SUCCEEDED, True), (_FAILED, False), (_REPLACED, True)):
        if states & known:
            return succeeded
    return None


def _statuses(row: _Deployment) -> Iterator[_Status]:
    nested = row.statuses.nodes if isinstance(row.statuses, _Statuses) else row.statuses
    yield from (one for one in (*(nested or ()), row.latest, row.latest_status) if one is not None)
    if row.state is not None:
        yield row


def _moments(row: _Deployment) -> Iterator[datetime]:
    told = (row.created_at, row.created, row.updated_at, row.updated, *(one.created_at for one in _statuses(row)))
    return (at for value in told if (at := moment(value)) is not None)


def _identify_workflows(shape: Shape) -> bool:
    if not shape.is_list("workflows"):
        return False
    first = shape.within("workflows")
    return {"path", "state"} <= first.keys() or (not first and shape.has("total_count"))


def _parse_workflows(source: Source) -> Parsed | Rejected:
    pages = list(rows(source, _Workflows))
    listed = [one for page in pages for one in page.workflows or ()]
    page = sample(len(listed), max((whole(page.total) or 0 for page in pages), default=0))
    active = [one for one in listed if label(one.state).lower() in ("active", "")]
    named: dict[Category, list[str]] = {}
    for one in active:
        for kind in {kind for name in (one.name, one.path) for kind in categories(label(name))} & SECURITY:
            named.setdefault(kind, []).append(label(one.name, 80) or label(one.path, 80))
    return Parsed(
        format="gh-workflows",
        tool="GitHub Actions",
        records=Records(
            unit="workflow",
            raw=len(listed),
            open=len(active),
            distinct=len({label(one.id) or label(one.path) for one in active}),
        ),
        category=Category.PIPELINE,
        subject=only(addresses.github(one.url, one.html_url) for one in listed),
        facts=tuple(
            Fact(name="scan.present", value=True, category=kind, sample=page, note=", ".join(sorted(names)[:3]))
            for kind, names in sorted(named.items())
        ),
        warnings=("A list of workflows shows what is set up, not that it ran. Give the run list as well.",),
    )


FORMATS = (
    Format(
        name="gh-environments",
        title="GitHub environment list",
        unit="environment",
        category=Category.REPOSITORY,
        identify=_identify_environments,
        parse=_parse_environments,
    ),
    Format(
        name="gh-deployments",
        title="GitHub deployment list",
        unit="deployment",
        category=Category.PIPELINE,
        identify=_identify_deployments,
        parse=_parse_deployments,
        clean=("[]",),
    ),
    Format(
        name="gh-workflows",
        title="GitHub Actions workflow list",
        unit="workflow",
        category=Category.PIPELINE,
        identify=_identify_workflows,
        parse=_parse_workflows,
    ),
)
