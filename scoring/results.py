"""Scores as they are kept: what a trend rests on when the rules, or what was asked, have changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, ValidationError, model_validator

from questionnaires.model import Frozen
from scoring.scores import Node, Result, Scores


class Owner(NamedTuple):
    """Whose result: an application's (with its tier), a tier's (no application), the organisation's (neither)."""

    tier: str | None
    application: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """One node, exactly, without what only matters while it is being worked on."""

    low: Fraction
    high: Fraction
    evidenced: Fraction
    level: int
    answered: int
    applicable: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class Results:
    """Every score that some engagement had at its own time."""

    rules: str
    """Version of the scoring rules that gave them."""
    nodes: Mapping[Owner, Mapping[str, Stored | None]]
    """Owner → practice id, pillar id or ``""`` (overall) → the node; None where nothing was applicable."""
    targets: Mapping[tuple[str, str], int]
    """(tier, pillar) → target level."""


def results(scores: Scores, tier: str | None = None) -> Results:
    """What is kept of some scores; with a tier only that tier's own, its applications' and its targets.

    The organisation's nodes speak of every tier, so they are left out where one tier is asked for.
    """
    nodes: dict[Owner, Mapping[str, Stored | None]] = {}
    if tier is None:
        nodes[Owner(None, None)] = _nodes(scores.organisation)
    for key, group in scores.tiers.items():
        if tier in (None, key):
            nodes[Owner(key, None)] = _nodes(group)
            nodes |= {Owner(key, member): _nodes(scores.applications[member]) for member in group.members}
    wanted = {pair: level for pair, level in scores.targets.items() if tier in (None, pair[0])}
    return Results(scores.rules, nodes, wanted)


def _nodes(result: Result) -> dict[str, Stored | None]:
    return {"": _stored(result.overall)} | {
        key: _stored(node) for part in (result.pillars, result.practices) for key, node in part.items()
    }


def _stored(node: Node) -> Stored | None:
    score, coverage = node.score, node.coverage
    if score is None:
        return None
    return Stored(
        score.low,
        score.high,
        score.evidenced,
        score.level,
        coverage.answered,
        coverage.applicable,
        coverage.not_applicable,
    )


# ---- as plain data

_FRACTION = re.compile(r"\d{1,2000}(/\d{1,2000})?", re.ASCII)


def _fraction(value: Any) -> Fraction:
    """A mean over many applications has a long denominator, but neither a sign nor an exponent."""
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str) or not _FRACTION.fullmatch(value):
        raise ValueError("should be a fraction such as '5/2'")
    try:
        return Fraction(value)
    except ZeroDivisionError:
        raise ValueError("should be a fraction such as '5/2'") from None


Ratio = Annotated[Fraction, BeforeValidator(_fraction), PlainSerializer(str)]
"""A number that is not negative, exactly, as text: ``"5/2"``."""
_Number = Annotated[int, Strict(), Field(ge=0, le=10**9)]
_Level = Annotated[int, Strict(), Field(ge=0, le=1000)]


class _Row(Frozen):
    """A node with a score. Without one only its id is kept."""

    id: str = ""
    low: Ratio | None = None
    high: Ratio | None = None
    evidenced: Ratio | None = None
    level: _Level = 0
    answered: _Number = 0
    applicable: _Number = 0
    not_applicable: _Number = 0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low is not None and (
            self.high is None or self.evidenced is None or not self.evidenced <= self.low <= self.high
        ):
            raise ValueError("evidenced, low and high should be there in this order")
        return self

    def stored(self) -> Stored | None:
        if self.low is None or self.high is None or self.evidenced is None:
            return None
        counts = (self.answered, self.applicable, self.not_applicable)
        return Stored(self.low, self.high, self.evidenced, self.level, *counts)


class _Owned(Frozen):
    tier: str | None = None
    application: str | None = None
    node: tuple[_Row, ...]

    @model_validator(mode="after")
    def _no_application_alone(self) -> Self:
        if self.application is not None and self.tier is None:
            raise ValueError("an application has a tier")
        return self


class _Kept(Frozen):
    schema_version: Literal[1]
    rules: str
    targets: dict[str, dict[str, _Level]] = {}
    owner: tuple[_Owned, ...] = ()


def as_data(found: Results) -> dict[str, Any]:
    """Plain data without nulls, for TOML; fractions as ``"5/2"``. :func:`from_data` reads it back."""
    targets: dict[str, dict[str, int]] = {}
    for (tier, pillar), level in sorted(found.targets.items()):
        targets.setdefault(tier, {})[pillar] = level
    return {
        "schema_version": 1,
        "rules": found.rules,
        "targets": targets,
        "owner": [
            {key: value for key, value in owner._asdict().items() if value is not None} | {"node": list(_rows(nodes))}
            for owner, nodes in found.nodes.items()
        ],
    }


def _rows(nodes: Mapping[str, Stored | None]) -> Iterator[dict[str, Any]]:
    for key, node in nodes.items():
        if node is None:
            yield {"id": key}
            continue
        yield {
            "id": key,
            "low": str(node.low),
            "high": str(node.high),
            "evidenced": str(node.evidenced),
            "level": node.level,
            "answered": node.answered,
            "applicable": node.applicable,
            "not_applicable": node.not_applicable,
        }


def from_data(data: Any) -> Results | None:
    """The results that some data hold; None where they hold none, whatever they are."""
    try:
        kept = _Kept.model_validate(data)
    except (ValidationError, RecursionError):
        return None
    return Results(
        kept.rules,
        {Owner(own.tier, own.application): {row.id: row.stored() for row in own.node} for own in kept.owner},
        {(tier, pillar): level for tier, levels in kept.targets.items() for pillar, level in levels.items()},
    )
