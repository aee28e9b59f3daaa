"""Verbs that compute: score, roadmap, plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

import typer

from app.cli.options import As, Folder, Json, Progress, TierId, opened, print_json, tell, who
from app.engagement import actions
from app.engagement.checkpoint import plan_as_data
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from scoring.assessment import Lane
from scoring.effect import Effect, Stand, effect
from scoring.evaluation import Evaluation, evaluate
from scoring.roadmap import Initiative, Plan, Wave
from scoring.scores import RULES, Node, Result, Scorer, overall_target, rounded


def add_to(app: typer.Typer) -> None:
    app.command("score")(score)
    app.command("roadmap")(roadmap)
    app.command("plan")(plan)


def evaluated(engagement: Engagement) -> Evaluation:
    """Claims and scores of an engagement as it stands."""
    return evaluate(engagement.content, Scorer(engagement.questionnaire), engagement.assessment)


# ---- score


def score(folder: Folder, json: Json = False) -> None:
    """Compute every score: per practice, pillar and overall; per application, tier and the organisation."""
    with opened(folder) as engagement:
        evaluation = evaluated(engagement)
        if json:
            as_of = engagement.assessment.as_of.isoformat()
            reached = {tier: asdict(count) for tier, count in evaluation.scores.at_target.items()}
            rows = list(_rows(engagement, evaluation))
            print_json({"rules": RULES, "as_of": as_of, "at_target": reached, "results": rows})
        else:
            from app.cli.tables import print_scores

            print_scores(engagement, evaluation)


def _rows(engagement: Engagement, evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    scores = evaluation.scores
    for application, result in scores.applications.items():
        yield from _nodes(engagement, evaluation, result, scores.tier_of[application], application)
    for tier, group in scores.tiers.items():
        yield from _nodes(engagement, evaluation, group, tier, None)
    yield from _nodes(engagement, evaluation, scores.organisation, None, None)


def _nodes(
    engagement: Engagement, evaluation: Evaluation, result: Result, tier: str | None, application: str | None
) -> Iterator[dict[str, Any]]:
    """Every node of one application, a tier (no application) or the organisation (neither)."""
    questionnaire, targets = engagement.questionnaire, evaluation.scores.targets
    whole = rounded(overall_target(questionnaire, evaluation.scores, tier, application)) if tier else None
    yield _row(tier, application, None, None, result.overall, whole)
    for pillar in questionnaire.pillar:
        target = targets[tier, pillar.id] if tier else None
        yield _row(tier, application, pillar.id, None, result.pillars[pillar.id], target)
        for practice in pillar.practice:
            if practice.id in result.practices:
                yield _row(tier, application, pillar.id, practice.id, result.practices[practice.id], target)


def _row(
    tier: str | None,
    application: str | None,
    pillar: str | None,
    practice: str | None,
    node: Node,
    target: float | None,
) -> dict[str, Any]:
    found = node.score
    return {
        "tier": tier,
        "application": application,
        "pillar": pillar,
        "practice": practice,
        "score": rounded(found.low) if found else None,
        "up_to": rounded(found.high) if found else None,
        "evidenced": rounded(found.evidenced) if found else None,
        "exact": f"{found.low.numerator}/{found.low.denominator}" if found else None,
        "level": found.level if found else None,
        "target": target,
        "answered": node.coverage.answered,
        "applicable": node.coverage.applicable,
        "not_applicable": node.coverage.not_applicable,
        "held_down_by": list(found.held_down_by) if found else [],
    }


# ---- roadmap and decisions


def roadmap(
    folder: Folder,
    tier: TierId = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan, store nothing.")] = False,
    json: Json = False,
    progress: Progress = False,
    as_: As = None,
) -> None:
    """Compute the roadmap over all tiers and store it; --tier shows one tier's view of it."""
    from scoring.schedule import plan as compute

    with opened(folder, write=not dry_run) as engagement:
        check_tier(engagement, tier)
        evaluation = evaluated(engagement)
        found = compute(engagement.content, engagement.questionnaire, engagement.assessment, evaluation.claims)
        if not dry_run:
            engagement.store_plan(found, who(as_))
        if progress:
            tell({"plan": plan_as_data(found)})
            return
        reached = effect(engagement.questionnaire, engagement.assessment, evaluation, found)
        if json:
            idle = actions.idle_decisions(engagement.assessment, found)
            print_json(plan_as_json(found, tier) | {"projection": _projection(reached, tier), "idle_decisions": idle})
        else:
            from app.cli.tables import print_idle_decisions, print_plan, print_projection

            print_plan(engagement, found, tier)
            print_projection(engagement, found, reached, tier)
            print_idle_decisions(actions.idle_decisions(engagement.assessment, found))


def check_tier(engagement: Engagement, tier: str | None) -> None:
    known = engagement.content.tiers.by_id
    if tier is not None and tier not in known:
        raise actions.unknown("tier", tier, known)


def plan_as_json(plan: Plan, tier: str | None) -> dict[str, Any]:
    """The contract of ``roadmap --json``; with a tier only what serves it."""
    waves = plan.waves if tier is None else plan.of_tier(tier)
    rest = [item for item in plan.unplanned if tier is None or tier in item.tiers]
    return {
        "solver": plan.solver,
        "objective": float(plan.objective),
        "bound": _number(plan.bound),
        "gap": _number(plan.gap),
        "waves": [_wave_as_json(wave) for wave in waves],
        "unplanned": [_item_as_json(item) for item in rest],
    }


def _projection(found: Effect, tier: str | None) -> dict[str, Any]:
    """Tier → where it stands after each wave; wave 0 is today."""
    return {
        key: [
            {
                "wave": wave,
                "overall": _stand(stands[""]),
                "pillars": {pillar: _stand(stand) for pillar, stand in stands.items() if pillar},
            }
            for wave, stands in enumerate(steps)
        ]
        for key, steps in found.tiers.items()
        if tier in (None, key)
    }


def _stand(stand: Stand | None) -> dict[str, Any] | None:
    if stand is None:
        return None
    exact = f"{stand.score.numerator}/{stand.score.denominator}"
    return {"score": rounded(stand.score), "exact": exact, "level": stand.level}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _wave_as_json(wave: Wave) -> dict[str, Any]:
    return {
        "index": wave.index,
        "start": wave.start.isoformat(),
        "capacity": float(wave.capacity),
        "used": float(wave.used),
        "items": [_item_as_json(item) for item in wave.items],
    }


def _item_as_json(item: Initiative) -> dict[str, Any]:
    return {
        "id": item.id,
        "practice": item.practice,
        "level": item.level,
        "scope": item.scope,
        "tiers": list(item.tiers),
        "applications": list(item.applications),
        "effort": float(item.effort),
        "value": float(item.value),
        "reasons": [{"kind": reason.kind, "text": reason.text} for reason in item.reasons],
    }


class Word(StrEnum):
    """What a person says of a roadmap item; all but the last are lanes."""

    PIN = Lane.PIN
    DUE = Lane.DUE
    DEFER = Lane.DEFER
    DROP = Lane.DROP
    RELEASE = "release"


def plan(
    folder: Folder,
    word: Annotated[Word, typer.Argument(metavar="pin|due|defer|drop|release", show_default=False)],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id, as 'roadmap' shows it.", show_default=False)],
    reason: Annotated[str, typer.Option(metavar="T", help="Why; it is printed with the item.")] = "",
    wave: Annotated[
        int | None,
        typer.Option(metavar="N", help="Pin: stand in this wave (default: the first). Defer: not before this wave."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="DATE", help="Due: the day, as 2027-03-31.")] = None,
    as_: As = None,
) -> None:
    """Say where a roadmap item stands; the next 'roadmap' obeys and shows it as your word.

    What is due runs ahead of the ranking, with what must precede it, and is done by the wave that holds its day if
    capacity lets. A deferral without --wave leaves the item out of this plan, as does a drop. 'release' takes your word
    back and lets the plan decide.
    """
    with opened(folder, write=True) as engagement:
        changes = _word(engagement, word, item, reason, wave, by)
        engagement.apply("plan", changes, who(as_))
        stands = changes[0].to or {}
    where = f" (wave {stands['wave']})" if "wave" in stands else f" by {stands['by']}" if "by" in stands else ""
    print(f"{item}: {word}{where}. Run 'colonnade roadmap {folder}' to plan again.")


def _word(engagement: Engagement, word: Word, item: str, reason: str, wave: int | None, by: str | None) -> list[Change]:
    from scoring.roadmap import initiatives

    content, assessment = engagement.content, engagement.assessment
    if word is Word.RELEASE:
        if wave is not None or by is not None:
            raise UsageError("takes no wave and no day", "'release'", "Name the item alone.")
        return actions.undecide(assessment, item)
    claims = evaluated(engagement).claims
    known = [entry.id for entry in initiatives(content, engagement.questionnaire, assessment, claims)]
    due = None if by is None else actions.day(by)
    waves = content.tiers.waves
    return actions.decide(assessment, known, item, Lane(word), wave=wave, by=due, reason=reason, waves=waves)
