"""What verbs print for a person: tables with bars, on any width of terminal."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.engagement import applications_csv
from app.engagement.folder import Engagement
from questionnaires.model import Questionnaire
from reports import words
from scoring.effect import Effect
from scoring.evaluation import Evaluation
from scoring.evidence.format import Parsed, Undecidable
from scoring.evidence.ingest import Inspection, Planned, PlannedItem
from scoring.lacking import held_by
from scoring.phrase import days
from scoring.roadmap import Plan, ReasonKind
from scoring.scores import Node, Scores, overall_target, rounded

FILE_WIDTH = 120
"""Columns where the output goes into a file or a pipe, which has no width of its own."""
BAR = 10
"""Characters of a full bar."""
_PLACED = frozenset({ReasonKind.MUST, ReasonKind.DECISION, ReasonKind.PLACE})
"""The reasons that say why an item stands in its wave."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def console() -> Console:
    """Standard output; no markup, because every shown text may come from a file."""
    out = Console(markup=False, highlight=False, emoji=False)
    return out if out.is_terminal else Console(markup=False, highlight=False, emoji=False, width=FILE_WIDTH)


def shown(text: str, style: str = "") -> Text:
    """A text that may come from a file: controls and direction marks are spelled out, so that none acts."""
    spelled = (f"U+{ord(c):04X}" if unicodedata.category(c) in _HIDDEN else c for c in " ".join(text.splitlines()))
    return Text("".join(spelled), style)


def bar(share: float, width: int = BAR) -> str:
    """A bar of block characters; ``share`` is between 0 and 1."""
    filled = round(max(0.0, min(1.0, share)) * width)
    return "█" * filled + "░" * (width - filled)


def print_scores(engagement: Engagement, evaluation: Evaluation) -> None:
    """One table per tier: pillars with score, range, what evidence shows of it, target, lowest level, coverage.

    Below it stand how many practices reach the target, and what holds the lowest level down.
    """
    out, scores, questionnaire = console(), evaluation.scores, engagement.questionnaire
    if not scores.tiers:
        out.print("No application yet: 'colonnade application add' adds one; 'colonnade explain' shows what the")
        out.print("organisation's own answers give.")
    for tier, result in scores.tiers.items():
        head = scores.at_target[tier]
        names = ", ".join(engagement.assessment.applications[key].name for key in result.members)
        title = f"Tier {tier} {engagement.content.tiers.by_id[tier].name}: {names}"
        table = _score_table(title)
        for pillar in questionnaire.pillar:
            target = scores.targets[tier, pillar.id]
            table.add_row(*_cells(engagement, pillar.name, result.pillars[pillar.id], str(target)))
        whole = str(rounded(overall_target(questionnaire, scores, tier)))
        table.add_section()
        table.add_row(*_cells(engagement, "Overall", result.overall, whole), style="bold")
        out.print(table)
        out.print(f"{head.reached} of {head.pairs} practice–application pairs at target")
        if said := _lowest(questionnaire, scores, tier):
            out.print(shown(said))
        out.print()


def _lowest(questionnaire: Questionnaire, scores: Scores, tier: str) -> str:
    """The lowest level never stands alone: with it comes what holds it there, as far as it could rise."""
    score = scores.tiers[tier].overall.score
    if score is None:
        return ""
    level = f"Lowest level {score.level} {questionnaire.level_name(score.level)}"
    names = [questionnaire.practices[key].name for key in held_by(questionnaire, scores, tier)]
    if score.capped:
        return f"{level}: nothing above it is applicable"
    return level if score.level == questionnaire.top else f"{level}, held by {words.listed(names, 2)}"


def _score_table(title: str) -> Table:
    table = Table(title=shown(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("Pillar", ratio=1)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=BAR)
    for name in ("up to", "evidenced", "target", "lowest", "answered", "n/a"):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _cells(engagement: Engagement, name: str, node: Node, target: str) -> list[Text]:
    base, top = engagement.questionnaire.base, engagement.questionnaire.top
    score = node.score
    covered = (f"{node.coverage.answered}/{node.coverage.applicable}", str(node.coverage.not_applicable))
    if score is None:
        return [shown(cell) for cell in (name, "not applicable", "", "", "", target, "", *covered)]
    share = float((score.low - base) / (top - base))
    level = f"{score.level} {engagement.questionnaire.level_name(score.level)}"
    cells = [name, f"{rounded(score.low)}", bar(share), f"{rounded(score.high)}", f"{rounded(score.evidenced)}"]
    return [shown(cell) for cell in (*cells, target, level, *covered)]


def print_plan(engagement: Engagement, plan: Plan, tier: str | None, waves: int | None = None) -> None:
    """The (first) waves with their items; a tier shows its own and the organisation's."""
    out = console()
    for wave in (plan.waves if tier is None else plan.of_tier(tier))[:waves]:
        used = f"{days(wave.used)} of {days(wave.capacity)} person-days"
        table = Table(title=shown(f"Wave {wave.index} from {wave.start}: {used}"), title_justify="left", box=None)
        table.title_style = "bold"
        table.add_column("Item", no_wrap=True)
        table.add_column("What")
        table.add_column("Days", justify="right")
        table.add_column("Why")
        for item in wave.items:
            name = f"{engagement.questionnaire.practices[item.practice].name}: level {item.level}"
            why = ". ".join(reason.text for reason in item.reasons if reason.kind in _PLACED)
            cells = (item.id, name, days(item.effort), why or item.reasons[0].text)
            table.add_row(*(shown(cell) for cell in cells))
        if wave.items or wave.used:
            out.print(table)
            out.print()
    rest = [item for item in plan.unplanned if tier is None or tier in item.tiers]
    total = sum((item.effort for item in rest), Fraction(0))
    if rest:
        items = "1 item" if len(rest) == 1 else f"{len(rest)} items"
        out.print(f"Not in these waves: {items} with {days(total)} person-days.")
    if said := _nothing_planned(engagement, plan, tier):
        out.print(said)
    gap = "" if plan.gap is None else f", proven to {float(plan.gap) * 100:.2f} % of the best"
    out.print(f"Solver {plan.solver}, objective {float(plan.objective):.2f}{gap}\n")


def _nothing_planned(engagement: Engagement, plan: Plan, tier: str | None) -> str:
    """Why a plan, or a tier's view of it, is empty, and what to do about it; empty where it is not."""
    items = [*(item for wave in plan.waves for item in wave.items), *plan.unplanned]
    assessment = engagement.assessment
    if not (assessment.applications if tier is None else assessment.in_tier(tier)):
        whom = "No application yet" if tier is None else f"Tier {tier} has no application"
        return f"{whom}, so there is no target to plan for: 'colonnade application add' adds one."
    if not any(tier is None or tier in item.tiers for item in items):
        return "Nothing to plan: no applicable criterion is below its target."
    if not assessment.capacity:
        return "A wave holds 0 person-days: 'colonnade set FOLDER capacity DAYS' gives it more."
    return ""


def print_projection(engagement: Engagement, plan: Plan, found: Effect, tier: str | None) -> None:
    """One table per tier: the claimed score and the lowest level of each pillar, today and after each wave."""
    out = console()
    last = max((wave.index for wave in plan.waves if wave.items), default=0)
    for key, steps in found.tiers.items():
        if tier not in (None, key) or not last:
            continue
        name = f"Tier {key} {engagement.content.tiers.by_id[key].name}: score and lowest level if the plan is done"
        table = Table(title=shown(name), title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("Pillar", ratio=1)
        for wave in range(last + 1):
            table.add_column(f"wave {wave}" if wave else "today", justify="right", no_wrap=True)
        pillars = [*((pillar.id, pillar.name) for pillar in engagement.questionnaire.pillar), ("", "Overall")]
        for node, label in pillars:
            stands = [step[node] for step in steps[: last + 1]]
            cells = [f"{rounded(stand.score)} L{stand.level}" if stand else "–" for stand in stands]
            table.add_row(shown(label), *cells, style="" if node else "bold")
        out.print(table)
        out.print()


def print_idle_decisions(items: Sequence[str]) -> None:
    """Decisions about what is no item of the roadmap any more."""
    for item in items:
        remedy = "'colonnade plan FOLDER release' takes it back"
        console().print(shown(f"A decision is about '{item}', which is no item of the roadmap now; {remedy}."))


def _name(inspection: Inspection) -> str:
    return inspection.path + (f" › {inspection.member}" if inspection.member else "")


def _findings(outcome: Parsed) -> str:
    found = outcome.findings
    if found is None:
        return ""
    parts = [f"{getattr(found, name)} {name}" for name in ("critical", "high", "medium", "low", "info")]
    return ", ".join(part for part in parts if not part.startswith("0 ")) or "none"


def print_inspections(found: Sequence[Inspection]) -> None:
    """Each file: what it is, its records, findings and facts; or why it could not be read."""
    out = console()
    for inspection in found:
        outcome = inspection.outcome
        out.print(shown(_name(inspection), style="bold"))
        if not isinstance(outcome, Parsed):
            label = "undecidable" if isinstance(outcome, Undecidable) else "rejected"
            out.print(shown(f"  {label}: {outcome.reason}"))
            if isinstance(outcome, Undecidable):
                out.print(shown(f"  it could be: {', '.join(outcome.candidates)}"))
            continue
        when = outcome.captured_at.date().isoformat() if outcome.captured_at else "undated"
        records = outcome.records
        counted = f"{records.raw} {records.unit}s, {records.open} open, {records.distinct} distinct"
        out.print(shown(f"  {outcome.format} by {outcome.tool or 'an unnamed tool'}, {when}: {counted}"))
        if outcome.findings is not None and outcome.findings.total:
            out.print(shown(f"  findings: {_findings(outcome)}"))
        for fact in outcome.facts:
            of = f" ({fact.category})" if fact.category else ""
            sample = f", sample of {fact.sample}" if fact.sample else ""
            out.print(shown(f"    {fact.name}{of} = {fact.value}{sample}"))
        for warning in (*inspection.warnings, *outcome.warnings):
            out.print(shown(f"  note: {warning}"))


def print_ingest(items: Sequence[PlannedItem], dry_run: bool) -> None:
    """The plan: each file, where it goes and why, or why it was left out."""
    out = console()
    table = Table(box=None, pad_edge=False)
    for name in ("File", "Is", "Findings", "Goes to", "Why"):
        table.add_column(name, overflow="fold")
    for item in items:
        outcome = item.inspection.outcome
        parsed = outcome if isinstance(outcome, Parsed) else None
        goes = str(item.target) if item.outcome is Planned.ADD else item.outcome.value
        cells = (
            _name(item.inspection),
            parsed.format if parsed else "",
            _findings(parsed) if parsed else "",
            goes,
            item.why,
        )
        table.add_row(*(shown(cell) for cell in cells))
    out.print(table)
    added = sum(item.outcome is Planned.ADD for item in items)
    out.print(f"{added} of {len(items)} {'to be registered' if dry_run else 'registered'}")


def print_applications(imported: applications_csv.Table, rows: Sequence[applications_csv.Row], applied: bool) -> None:
    """What each row of a table does, and whether it was done."""
    out = console()
    table = Table(box=None, pad_edge=False)
    for title in ("Line", "", "Application", "Tier", "Why"):
        table.add_column(title, justify="right" if title == "Line" else "left")
    for row in rows:
        name = f"{row.name} ({row.id})" if row.id else row.name
        table.add_row(str(row.line), row.outcome, shown(name), shown(row.tier), shown(row.why))
    out.print(table)
    for said in (imported.warning, f"Left out: {', '.join(imported.left_out)}" if imported.left_out else ""):
        if said:
            out.print(shown(said))
    found = Counter(row.outcome for row in rows)
    out.print(", ".join(f"{found[outcome]} {outcome}" for outcome in applications_csv.RowOutcome) + ".")
    if not applied:
        out.print("Nothing was changed; --apply does it.")


def applications_as_json(
    imported: applications_csv.Table, rows: Sequence[applications_csv.Row], applied: bool
) -> dict[str, Any]:
    """What ``application import --json`` prints."""
    found = Counter(row.outcome for row in rows)
    return {
        "applied": applied,
        "counts": {outcome.value: found[outcome] for outcome in applications_csv.RowOutcome},
        "left_out": list(imported.left_out),
        "warning": imported.warning,
        "rows": [
            {"line": row.line, "outcome": row.outcome.value, "id": row.id, "name": row.name, "tier": row.tier,
             "why": row.why}
            for row in rows
        ],
    }  # fmt: skip
