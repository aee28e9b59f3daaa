"""Verbs that compute: score, roadmap, plan, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import As, Folder, Json, Progress, TierId, opened, print_json, tell, who
from app.engagement import actions
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement, plan_as_data
from scoring.assessment import Lane
from scoring.evaluation import Evaluation, evaluate
from scoring.roadmap import Initiative, Plan, Wave
from scoring.scores import RULES, Node, Result, Scorer, overall_target, rounded


def add_to(app: typer.Typer) -> None:
    app.command("score")(score)
    app.command("roadmap")(roadmap)
    app.command("plan")(plan)
    app.command("report")(report)


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
            print_json({"rules": RULES, "as_of": as_of, "results": list(_rows(engagement, evaluation))})
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
    whole = rounded(overall_target(questionnaire, targets, tier)) if tier else None
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
        _check_tier(engagement, tier)
        evaluation = evaluated(engagement)
        found = compute(engagement.content, engagement.questionnaire, engagement.assessment, evaluation.claims)
        if not dry_run:
            engagement.store_plan(found, who(as_))
        if progress:
            tell({"plan": plan_as_data(found)})
        elif json:
            print_json(plan_as_json(found, tier))
        else:
            from app.cli.tables import print_plan

            print_plan(engagement, found, tier)


def _check_tier(engagement: Engagement, tier: str | None) -> None:
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


def plan(
    folder: Folder,
    lane: Annotated[Lane, typer.Argument(metavar="pin|defer|drop", show_default=False)],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its id, as 'roadmap' shows it.", show_default=False)],
    reason: Annotated[str, typer.Option(metavar="T", help="Why; it is printed with the item.")],
    wave: Annotated[
        int | None,
        typer.Option(metavar="N", help="Pin: stand in this wave (default: the first). Defer: not before this wave."),
    ] = None,
    as_: As = None,
) -> None:
    """Say where a roadmap item stands; the next 'roadmap' obeys and shows it as your word.

    A deferral without --wave leaves the item out of this plan, as does a drop.
    """
    from scoring.roadmap import initiatives

    with opened(folder, write=True) as engagement:
        content, assessment = engagement.content, engagement.assessment
        claims = evaluated(engagement).claims
        known = [entry.id for entry in initiatives(content, engagement.questionnaire, assessment, claims)]
        changes = actions.decide(assessment, known, item, lane, wave=wave, reason=reason, waves=content.tiers.waves)
        engagement.apply("plan", changes, who(as_))
        stands = changes[0].to
    where = f" (wave {stands['wave']})" if "wave" in stands else ""
    print(f"{item}: {lane}{where}. Run 'colonnade roadmap {folder}' to plan again.")


# ---- report


def report(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the PDFs go.")],
    tier: TierId = None,
    progress: Progress = False,
) -> None:
    """Write the report as PDF: one for each tier that has applications, or for one tier."""

    def step(name: str, share: float) -> None:
        if progress:
            tell({"step": name, "share": round(share, 4)})

    with opened(folder) as engagement:
        written = write_reports(engagement, out, tier, step)
    if progress:
        tell({"written": [str(path) for path in written]})
    else:
        for path in written:
            print(path)


def write_reports(
    engagement: Engagement, out: Path, tier: str | None, step: Callable[[str, float], None]
) -> tuple[Path, ...]:
    """The PDFs of one tier or of all that have applications; ``step`` hears what is done and the share (0 to 1)."""
    from app.cli.reporting import write_report

    _check_tier(engagement, tier)
    present = [entry.id for entry in engagement.content.tiers.tier if engagement.assessment.in_tier(entry.id)]
    wanted = present if tier is None else [entry for entry in present if entry == tier]
    if not wanted:
        where = f"tier {tier}" if tier else "this engagement"
        remedy = "Add one with 'colonnade application add'."
        raise UsageError(f"There is no application in {where}", str(engagement.folder), remedy)
    evaluation = evaluated(engagement)
    written: list[Path] = []
    for index, key in enumerate(wanted):

        def inside(name: str, share: float, index: int = index, key: str = key) -> None:
            step(f"Tier {key}: {name}", (index + share) / len(wanted))

        written.append(write_report(engagement, evaluation, key, out, inside))
    step("done", 1.0)
    return tuple(written)
