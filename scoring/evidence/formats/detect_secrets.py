"""The baseline of detect-secrets: what a scan found, with the verdicts of whoever audited it.

It holds digests of the secrets. They serve to tell findings apart while the file is read; nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence.facts import State, share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Part, Parts, rated
from scoring.evidence.scalars import event, identity, label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source


class _Secret(msgspec.Struct):
    type: Any = None
    digest: Any = msgspec.field(name="hashed_secret", default=None)
    verified: Any = msgspec.field(name="is_verified", default=None)
    real: Any = msgspec.field(name="is_secret", default=None)


class _Baseline(msgspec.Struct):
    version: Any = None
    results: dict[str, list[_Secret] | None] | None = None
    generated: Any = msgspec.field(name="generated_at", default=None)


def _identify(shape: Shape) -> bool:
    return shape.kind is Kind.OBJECT and shape.has("plugins_used", "results") and not shape.is_list("results")


def _parse(source: Source) -> Parsed | Rejected:
    baseline = source.decode(_Baseline)
    parts = Parts()
    part = parts.of(Category.SECRETS)
    part.counted("secrets.verified", 0)
    listed = reviewed = 0
    for file, secrets in (baseline.results or {}).items():
        for secret in secrets or ():
            _count(file, secret, part)
            listed += 1
            reviewed += isinstance(secret.real, bool)
    if listed:
        part.facts["secrets.reviewed_share"] = share(reviewed, listed)
    return parts.parsed(
        "detect-secrets-json",
        "detect-secrets",
        version=label(baseline.version, 40),
        at=event(baseline.generated),
        warnings=_warnings(listed, reviewed),
    )


def _count(file: str, secret: _Secret, part: Part) -> None:
    place = identity(file, secret.type, secret.digest)
    if secret.real is False:
        part.add(rated("secret", "false-positive", State.SUPPRESSED), place)
        return
    verified = secret.verified is True
    part.add(rated("secret", "verified" if verified else "unverified"), place)
    part.counted("secrets.verified", verified)


def _warnings(listed: int, reviewed: int) -> Iterator[str]:
    if 0 < reviewed < listed:
        yield f"{listed - reviewed} of {listed} secrets of the baseline were never audited."


FORMATS = (
    Format(
        name="detect-secrets-json",
        title="detect-secrets baseline",
        unit="finding",
        category=Category.SECRETS,
        identify=_identify,
        parse=_parse,
    ),
)
