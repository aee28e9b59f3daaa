"""Small engagements that follow each other, for the tests of progress: two pillars, three practices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from questionnaires.load import Loaded, frozen_questionnaire, shipped
from questionnaires.model import Questionnaire, Scope
from scoring.assessment import Answer, Application, Assessment
from scoring.evaluation import Evaluation, evaluate
from scoring.progress import Baseline
from scoring.results import results
from scoring.roadmap import Initiative, Plan, Wave
from scoring.scores import Scorer

THEN, NOW = date(2026, 3, 31), date(2026, 9, 30)
STEPS = {"no": "0", "partly": "1/3", "largely": "2/3", "fully": "1"}
ASKED: Mapping[str, int] = {
    "a.app.two": 2,
    "a.app.three": 3,
    "a.more.two": 2,
    "b.org.two": 2,
    "b.org.three": 3,
}
"""Criterion → level; practices named ``org`` are the organisation's."""


def questionnaire(
    asked: Mapping[str, int] = ASKED, texts: Mapping[str, str] | None = None, **more: Any
) -> Questionnaire:
    """The criteria of ``asked``; ``texts`` words a question otherwise than by its last name."""
    pillars: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for key, level in asked.items():
        pillar, _, rest = key.partition(".")
        practice = f"{pillar}.{rest.partition('.')[0]}"
        question = (texts or {}).get(key, f"{key.rpartition('.')[2]}?")
        criterion = {"id": key, "level": level, "question": question, "why": "w", "good": "g", "setup_days": 4}
        pillars.setdefault(pillar, {}).setdefault(practice, []).append(criterion)
    text = {"purpose": "p"}
    found = frozen_questionnaire(
        {
            "schema_version": 1,
            "id": "test",
            "version": "1",
            "title": "t",
            "description": "d",
            "licence": "l",
            "met": "largely",
            "presence": "partly",
            "level": [{"number": n, "name": f"L{n}", "meaning": "m"} for n in range(1, 5)],
            "scale": [{"id": key, "name": key, "value": value, "meaning": "m"} for key, value in STEPS.items()],
            "target": [
                {"tier": tier, "pillar": pillar, "level": 3, "reason": "r"} for tier in "123" for pillar in pillars
            ],
            "pillar": [
                {
                    "id": pillar,
                    "name": pillar.upper(),
                    **text,
                    "practice": [
                        {
                            "id": practice,
                            "name": practice,
                            **text,
                            "scope": "organisation" if practice.endswith(".org") else "application",
                            "criterion": criteria,
                        }
                        for practice, criteria in practices.items()
                    ],
                }
                for pillar, practices in pillars.items()
            ],
            **more,
        },
        "test.toml",
    )
    assert isinstance(found, Loaded), found
    return found.value


def answer(value: str | None, note: str = "") -> Answer:
    """``not-applicable`` comes with a reason."""
    return Answer(value=value, note=note, reason="It has none." if value == "not-applicable" else "")


def assessment(
    applications: Mapping[str, str] | None = None,
    common: Mapping[str, str] | None = None,
    own: Mapping[str, Mapping[str, str]] | None = None,
    **more: Any,
) -> Assessment:
    """``applications``: id → tier; ``common`` and ``own``: criterion → step."""
    given = {"pay": "1"} if applications is None else applications
    return Assessment(
        organisation="Acme",
        questionnaire="test",
        as_of=more.pop("as_of", NOW),
        capacity=Fraction(60),
        answers={key: answer(value) for key, value in (common or {}).items()},
        applications={
            key: Application(
                id=key, name=key.title(), tier=tier, answers={c: answer(v) for c, v in (own or {}).get(key, {}).items()}
            )
            for key, tier in given.items()
        },
        **more,
    )


def evaluation(asked: Questionnaire, given: Assessment) -> Evaluation:
    return evaluate(shipped(), Scorer(asked), given)


def baseline(
    asked: Questionnaire, given: Assessment, plan: Plan | None = None, tier: str | None = None, label: str = ""
) -> Baseline:
    """The engagement as a baseline; with ``tier`` as a report of that tier would give it."""
    kept = results(evaluation(asked, given).scores, tier)
    if tier is not None:
        given = given.model_copy(
            update={"applications": {key: app for key, app in given.applications.items() if app.tier == tier}}
        )
    known = None if tier is not None else asked
    return Baseline(label or str(given.as_of), given.as_of, given, asked.digests, known, kept, plan, tier)


def plan(starts: Sequence[date], placed: Mapping[str, int | None], shared: tuple[str, ...] = ("1",)) -> Plan:
    """Item → wave (from 0), None for unplanned; ``shared`` are the tiers of an item that names none."""
    waves = tuple(
        Wave(n + 1, start, Fraction(9), Fraction(1), tuple(_item(key, shared) for key, at in placed.items() if at == n))
        for n, start in enumerate(starts)
    )
    rest = tuple(_item(key, shared) for key, at in placed.items() if at is None)
    return Plan("greedy", Fraction(1), waves, rest)


def _item(key: str, shared: tuple[str, ...]) -> Initiative:
    practice, level, *tier = key.split("/")
    scope = Scope.APPLICATION if tier else Scope.ORGANISATION
    tiers = tuple(each.removeprefix("tier-") for each in tier) or shared
    return Initiative(
        key, practice, int(level), scope, tiers, (), (), Fraction(1), Fraction(1), after=(), must=False, reasons=()
    )


def pairs(applications: Sequence[str]) -> int:
    """How many answers an engagement of ``ASKED`` has: application criteria for each, the organisation's once."""
    own = sum(".org." not in key for key in ASKED)
    return own * len(applications) + len(ASKED) - own
