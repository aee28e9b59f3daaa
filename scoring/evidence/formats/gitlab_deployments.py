"""GitLab deployments from the REST API: how often, how well and how soon after the commit software is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Records
from scoring.evidence import addresses
from scoring.evidence.delivery import Deployment, delivery_facts, is_production
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import only, page_warning, rows
from scoring.evidence.scalars import label, moment
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_OUTCOMES = {"success": True, "failed": False}
"""The others are created, running, blocked, canceled and skipped."""


class _Environment(msgspec.Struct):
    name: Any = None
    slug: Any = None
    tier: Any = None


class _Commit(msgspec.Struct):
    created_at: Any = None


class _Job(msgspec.Struct):
    finished_at: Any = None
    status: Any = None
    commit: _Commit | None = None
    web_url: Any = None


class _Deployment(msgspec.Struct):
    id: Any = None
    ref: Any = None
    status: Any = None
    created_at: Any = None
    updated_at: Any = None
    finished_at: Any = None
    environment: _Environment | str | None = None
    deployable: _Job | None = None


def _identify(shape: Shape) -> bool:
    listed = shape.kind in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM) and shape.has("environment", "sha", "ref")
    return listed and (shape.has("deployable") or shape.has("iid", "status"))


def _parse(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _Deployment))
    known = list({label(one.id) or str(place): one for place, one in enumerate(listed)}.values())
    deployments = [_deployment(one) for one in known]
    succeeded = sum(_deployment(one).succeeded is True for one in listed)
    return Parsed(
        format="gitlab-deployments",
        tool="GitLab deployments",
        records=Records(
            unit="deployment",
            raw=len(listed),
            open=succeeded,
            distinct=sum(one.succeeded is True for one in deployments),
        ),
        category=Category.PIPELINE,
        captured_at=max((at for one in known for at in _moments(one)), default=None),
        subject=only(addresses.gitlab(one.deployable.web_url) for one in known if one.deployable),
        branch=only(addresses.branch(one.ref) for one in known),
        facts=tuple(delivery_facts(deployments)),
        warnings=tuple(_warnings(listed, deployments)),
    )


def _deployment(one: _Deployment) -> Deployment:
    job = one.deployable or _Job()
    place = one.environment if isinstance(one.environment, _Environment) else _Environment(name=one.environment)
    name = label(place.name)
    status = label(one.status).lower() or label(job.status).lower()
    times = (one.finished_at, job.finished_at, one.updated_at, one.created_at)
    return Deployment(
        environment=name,
        production=label(place.tier).lower() == "production" or (not label(place.tier) and is_production(name)),
        at=next((at for value in times if (at := moment(value)) is not None), None),
        succeeded=_OUTCOMES.get(status),
        committed=moment(job.commit.created_at) if job.commit else None,
    )


def _moments(one: _Deployment) -> Iterator[datetime]:
    told = (one.created_at, one.updated_at, one.finished_at)
    return (at for value in told if (at := moment(value)) is not None)


def _warnings(listed: list[_Deployment], deployments: list[Deployment]) -> Iterator[str]:
    if not listed:
        yield "The file lists no deployment."
    elif not any(one.production for one in deployments):
        yield "None of the deployments went to production, by the tier or name of its environment."
    yield from page_warning(len(listed))


FORMATS = (
    Format(
        name="gitlab-deployments",
        title="GitLab deployment list",
        unit="deployment",
        category=Category.PIPELINE,
        identify=_identify,
        parse=_parse,
        clean=("[]",),
    ),
)
