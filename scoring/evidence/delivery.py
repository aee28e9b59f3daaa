"""How often and how well software reaches production, from any platform's list of deployments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from scoring.assessment import Fact
from scoring.evidence.facts import share
from scoring.evidence.scalars import days

_PRODUCTION = re.compile(r"(?:^|[^a-z])(?:prod|production|prd|live)(?:[^a-z]|$)")
_LEAST_DAYS = 7.0
"""A list of two busy hours is no week: a rate counts over a week at least."""
_MOST_NAMES = 3


def is_production(name: str) -> bool:
    """Whether an environment is production by its name; ``non-prod`` and ``pre-production`` are not."""
    plain = re.sub(r"(?:non|pre|not)[^a-z]*(?=prod|prd|live)", "un", name.lower())
    return bool(_PRODUCTION.search(plain))


def per_week(number: int, times: Iterable[datetime]) -> float | None:
    """A rate over the time from the first to the last moment of a list, a week at least; None without moments."""
    moments = list(times)
    if not moments:
        return None
    return round(number / (max(days(max(moments) - min(moments)), _LEAST_DAYS) / 7), 2)


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment."""

    environment: str
    production: bool
    at: datetime | None
    """When it ended, else when it began."""
    succeeded: bool | None
    """None where it has not ended or the list does not say."""
    committed: datetime | None = None


def delivery_facts(deployments: Iterable[Deployment], unknown: str = "") -> Iterator[Fact]:
    """The facts about deployments to production; none where none of them went there.

    ``unknown`` is the note for a list that names no outcome at all, whose deployments all count as done.
    """
    listed = [one for one in deployments if one.production]
    names = ", ".join(sorted({one.environment for one in listed})[:_MOST_NAMES])
    done = [one for one in listed if one.succeeded or unknown]
    rate = per_week(len(done), (one.at for one in listed if one.at))
    if rate is not None:
        yield Fact(name="pipeline.deploys_per_week", value=rate, note="; ".join(filter(None, (names, unknown))))
    ended = [one for one in listed if one.succeeded is not None]
    if ended:
        failed = sum(not one.succeeded for one in ended)
        yield Fact(name="pipeline.change_failure_share", value=share(failed, len(ended)), note=names)
    waits = [days(one.at - one.committed) * 24 for one in done if one.at and one.committed and one.at >= one.committed]
    if waits:
        yield Fact(name="pipeline.lead_time_hours", value=round(median(waits), 2), note=names)
