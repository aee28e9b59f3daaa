"""What verbs print for a person: tables with bars, on any width of terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.engagement.folder import Engagement
from scoring.evaluation import Evaluation
from scoring.evidence.format import Parsed, Undecidable
from scoring.evidence.ingest import Inspection, Planned, PlannedItem
from scoring.roadmap import Plan, days
from scoring.scores import Node, overall_target, rounded

FILE_WIDTH = 120
"""Columns where the output goes into a file or a pipe, which has no width of its own."""
BAR = 10
"""Characters of a full bar."""
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
    """One table per tier: pillars with score, range, what evidence shows of it, target, lowest level, coverage."""
    out, scores, questionnaire = console(), evaluation.scores, engagement.questionnaire
    if not scores.tiers:
        out.print("No application yet: 'colonnade application add' adds one.")
    for tier, result in scores.tiers.items():
        head = scores.at_target[tier]
        names = ", ".join(engagement.assessment.applications[key].name for key in result.members)
        title = f"Tier {tier} {engagement.content.tiers.by_id[tier].name}: {names}"
        table = _score_table(title)
        for pillar in questionnaire.pillar:
            target = scores.targets[tier, pillar.id]
            table.add_row(*_cells(engagement, pillar.name, result.pillars[pillar.id], str(target)))
        whole = str(rounded(overall_target(questionnaire, scores.targets, tier)))
        table.add_section()
        table.add_row(*_cells(engagement, "Overall", result.overall, whole), style="bold")
        out.print(table)
        out.print(f"{head.reached} of {head.pairs} practice–application pairs at target\n")


def _score_table(title: str) -> Table:
    table = Table(title=shown(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("Pillar", ratio=1)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=BAR)
    for name in ("up to", "evidenced", "target", "lowest", "answered"):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _cells(engagement: Engagement, name: str, node: Node, target: str) -> list[Text]:
    base, top = engagement.questionnaire.base, engagement.questionnaire.top
    score = node.score
    answered = f"{node.coverage.answered}/{node.coverage.applicable}"
    if score is None:
        return [shown(cell) for cell in (name, "not applicable", "", "", "", target, "", answered)]
    share = float((score.low - base) / (top - base))
    level = f"{score.level} {engagement.questionnaire.level_name(score.level)}"
    cells = [name, f"{rounded(score.low)}", bar(share), f"{rounded(score.high)}", f"{rounded(score.evidenced)}"]
    return [shown(cell) for cell in (*cells, target, level, answered)]


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
            cells = (item.id, name, days(item.effort), item.reasons[0].text)
            table.add_row(*(shown(cell) for cell in cells))
        if wave.items or wave.used:
            out.print(table)
            out.print()
    rest = [item for item in plan.unplanned if tier is None or tier in item.tiers]
    total = sum((item.effort for item in rest), Fraction(0))
    if rest:
        out.print(f"Not in these waves: {len(rest)} items with {days(total)} person-days.")
    out.print(f"Solver {plan.solver}, objective {float(plan.objective):.2f}")


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
