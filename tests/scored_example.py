"""Small questionnaires, answers and exports for tests of claims and scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from questionnaires.load import Loaded, frozen_questionnaire
from questionnaires.model import NOT_APPLICABLE, Questionnaire
from scoring.assessment import Answer, Application, Assessment, Basis, Evidence, Fact, Records
from scoring.scores import Coverage, Node, Score

AS_OF = date(2026, 9, 30)
STEPS: Mapping[str, int | str] = {"no": 0, "partly": "1/3", "largely": "2/3", "fully": 1}
TIERS = ("1", "2", "3")


def questionnaire(
    practices: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    organisation: Collection[str] = (),
    levels: Collection[int] = range(1, 5),
    pillars: Mapping[str, int] | None = None,
    weights: Mapping[tuple[str, str], int | str] | None = None,
    target: int = 3,
    scale: Mapping[str, int | str] = STEPS,
) -> Questionnaire:
    """Practice id → its criteria, lettered a, b, c …; each a table with its ``level`` and whatever else it has.

    ``pillars`` are their weights, 1 where none is given; ``weights`` (tier, practice) → weight; ``target`` is that of
    every tier and pillar.
    """
    text = {"name": "n", "purpose": "p"}
    keys = dict.fromkeys(key.partition(".")[0] for key in practices)
    raw = {
        "schema_version": 1,
        "id": "small",
        "version": "1",
        "title": "t",
        "description": "d",
        "licence": "l",
        "met": list(scale)[-2],
        "presence": list(scale)[1],
        "level": [{"number": n, "name": str(n), "meaning": "m"} for n in levels],
        "scale": [{"id": key, "name": key, "value": value, "meaning": "m"} for key, value in scale.items()],
        "pillar": [
            {
                "id": pillar,
                "weight": (pillars or {}).get(pillar, 1),
                **text,
                "practice": [
                    {
                        "id": key,
                        "scope": "organisation" if key in organisation else "application",
                        **text,
                        "criterion": [
                            {"id": f"{key}.{letter}", "question": "q?", "why": "w", "good": "g", **criterion}
                            for letter, criterion in zip("abcdefgh", criteria, strict=False)
                        ],
                    }
                    for key, criteria in practices.items()
                    if key.partition(".")[0] == pillar
                ],
            }
            for pillar in keys
        ],
        "target": [{"tier": t, "pillar": p, "level": target, "reason": "r"} for t in TIERS for p in keys],
        "weight": [
            {"tier": tier, "practice": practice, "weight": weight, "reason": "r"}
            for (tier, practice), weight in (weights or {}).items()
        ],
    }
    found = frozen_questionnaire(raw, "small.toml")
    assert isinstance(found, Loaded), found
    return found.value


def rule(fact: str, op: str, value: int = 0, **says: Any) -> dict[str, Any]:
    """A rule of a criterion, with an age limit of 30 days."""
    return {"fact": fact, "op": op, "value": value, "max_age_days": 30, "says": "s", **says}


def answer(value: str, basis: str | None = None, reason: str = "") -> Answer:
    """``n/a`` is *not applicable* with a reason, an empty value an answer without one."""
    if value == "n/a":
        return Answer(value=NOT_APPLICABLE, reason=reason or "it has none")
    return Answer(value=value or None, basis=Basis(basis) if basis else None, reason=reason)


def evidence(number: int, age: int | None, **facts: int) -> dict[str, Evidence]:
    """One export of a tool of its own, ``age`` days old: open findings by severity."""
    item = Evidence(
        sha256=f"{number:064x}",
        path="scan.json",
        bytes=1,
        format="f",
        tool=f"tool {number}",
        captured_at=None if age is None else datetime.combine(AS_OF, datetime.min.time(), UTC) - timedelta(days=age),
        records=Records(unit="finding", raw=0, open=0, distinct=0),
        facts=tuple(Fact(name=f"findings.{severity}.open", value=value) for severity, value in facts.items()),
    )
    return {item.sha256: item}


def application(key: str, tier: str = "1", answers: Mapping[str, Answer] | None = None, **more: Any) -> Application:
    return Application(id=key, name=key.title(), tier=tier, answers=dict(answers or {}), **more)


def assessment(*applications: Application, answers: Mapping[str, Answer] | None = None, **more: Any) -> Assessment:
    return Assessment(
        organisation="o",
        questionnaire="small",
        as_of=AS_OF,
        capacity=Fraction(60),
        answers=dict(answers or {}),
        applications={application.id: application for application in applications},
        **more,
    )


def node(low: str, high: str, evidenced: str, level: int, held: str, answered: str, *, capped: bool = False) -> Node:
    """``held`` are ids with blanks between; ``answered`` reads "answered/applicable, not applicable"."""
    count, of, skipped = (int(part) for part in answered.replace("/", " ").replace(",", " ").split())
    score = Score(Fraction(low), Fraction(high), Fraction(evidenced), level, capped, tuple(held.split()))
    return Node(Coverage(count, of, skipped), score)
