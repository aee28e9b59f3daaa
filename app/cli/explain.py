"""The verb that says how a number came about: explain."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from app.cli.options import ApplicationId, Folder, Json, TierId, opened, print_json
from app.cli.results import evaluated
from app.cli.tables import console, shown
from app.engagement import actions
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from questionnaires.model import Questionnaire, Scope
from scoring.explain import Explanation, Figure, Kind
from scoring.explain import explain as explained
from scoring.scores import Coverage, rounded
from scoring.written import amount, answer_lines, arithmetic, statement_line


def add_to(app: typer.Typer) -> None:
    app.command("explain")(explain)


def over(engagement: Engagement, application: str | None, tier: str | None) -> tuple[str, ...]:
    """The applications that are meant: one, those of a tier, or all. Raises UsageError."""
    applications = engagement.assessment.applications
    if application is not None and tier is not None:
        raise UsageError("cannot go together", "--application and --tier", "Name one of them.")
    if application is not None and application not in applications:
        raise actions.unknown("application", application, applications)
    if application is not None:
        return (application,)
    if tier is None:
        return tuple(sorted(applications))
    known = engagement.content.tiers.by_id
    if tier not in known:
        raise actions.unknown("tier", tier, known)
    if not (found := engagement.assessment.in_tier(tier)):
        remedy = "Add one with 'colonnade application add', or leave --tier away."
        raise UsageError("has no application", f"Tier {tier}", remedy)
    return tuple(entry.id for entry in found)


def whom_of(engagement: Engagement, application: str | None, tier: str | None) -> str:
    """What a person calls it."""
    if application is not None:
        return engagement.assessment.applications[application].name
    return f"Tier {tier}" if tier is not None else engagement.assessment.organisation


# ---- explain


def explain(
    folder: Folder,
    subject: Annotated[
        str,
        typer.Argument(metavar="[PILLAR|PRACTICE|CRITERION]", help="Its id (default: overall).", show_default=False),
    ] = "",
    application: ApplicationId = None,
    tier: TierId = None,
    json: Json = False,
) -> None:
    """Say how a number came about, term by term; without --application or --tier that of the organisation."""
    with opened(folder) as engagement:
        over(engagement, application, tier)
        _check_subject(engagement, subject)
        found = explained(
            engagement.questionnaire,
            engagement.assessment,
            evaluated(engagement),
            subject,
            application=application,
            tier=tier,
        )
        if json:
            print_json(_as_json(engagement.questionnaire, found))
        else:
            _print_explanation(engagement, found, whom_of(engagement, application, tier))


def _check_subject(engagement: Engagement, subject: str) -> None:
    questionnaire = engagement.questionnaire
    practices = questionnaire.practices
    known = [*(pillar.id for pillar in questionnaire.pillar), *practices, *questionnaire.criteria]
    if subject and subject not in known:
        raise actions.unknown("pillar, practice or criterion", subject, known)
    alone = subject in practices and practices[subject].scope is Scope.APPLICATION
    if alone and not engagement.assessment.applications:
        remedy = "Add one with 'colonnade application add'."
        raise UsageError("is scored for applications, and there is none", f"'{subject}'", remedy)


def _exact(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _as_json(questionnaire: Questionnaire, node: Explanation) -> dict[str, Any]:
    """The contract of ``explain --json``: one node with its parts; exact numbers as ``"5/2"``."""
    figures, coverage, said = node.figures, node.coverage, node.said
    found: dict[str, Any] = {
        "kind": node.kind,
        "id": node.id,
        "label": node.label,
        "application": node.application,
        "weight": _exact(node.weight),
        "level": node.level,
        "held_down_by": list(node.held_down_by),
        "figures": None
        if figures is None
        else {
            figure.replace(" ", "_"): {
                "exact": _exact(figures.of(figure)),
                "rounded": rounded(figures.of(figure)),
                "sum": arithmetic(node, figure),
            }
            for figure in Figure
        },
        "coverage": None if coverage is None else asdict(coverage),
        "parts": [_as_json(questionnaire, part) for part in node.parts],
    }
    if node.distribution:
        found["distribution"] = {str(level): count for level, count in node.distribution.items()}
    if said is not None:
        found["answer"] = {
            "source": said.source,
            "value": said.answer.value if said.answer is not None else None,
            "claimed": said.claimed,
            "basis": said.answer.basis if said.answer is not None else None,
            "evidenced": said.evidenced,
            "cap": said.cap,
            "statements": [
                {
                    "fact": entry.fact.name,
                    "value": entry.fact.value,
                    "path": entry.evidence.path,
                    "sha256": entry.evidence.sha256,
                    "age_days": entry.age_days,
                    "fresh": entry.fresh,
                    "challenges": entry.challenges,
                    "step": entry.step,
                    "says": entry.rule.says,
                }
                for entry in said.statements
            ],
        }
    return found


def _print_explanation(engagement: Engagement, node: Explanation, whom: str) -> None:
    out = console()
    out.print(shown(f"{whom}: {node.label}" + (f" ({node.id})" if node.id else ""), style="bold"))
    _print_lines(engagement.questionnaire, node, "  ")
    if node.kind in (Kind.OVERALL, Kind.PILLAR) or (node.kind is Kind.PRACTICE and node.distribution):
        if node.parts:
            out.print()
            out.print(_parts_table(node))
        return
    for part in node.parts:
        out.print()
        _print_part(engagement.questionnaire, part, node, "  ")


def indented(text: str, indent: str) -> Text:
    """A text that may come from a file, wrapped to the terminal below its own beginning."""
    wide = textwrap.wrap(
        shown(text).plain,
        console().width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return Text("\n".join(wide))


def _print_part(questionnaire: Questionnaire, node: Explanation, whole: Explanation, indent: str) -> None:
    """A level with its criteria, or a criterion (of one application of several) with what stands behind it."""
    name = node.label if node.said is None or node.id == whole.id else f"{node.id}: {node.label}"
    weight = f" (weight {node.weight})" if node.weight != 1 else ""
    console().print(indented(f"{name}{weight}", indent))
    _print_lines(questionnaire, node, indent + "  ")
    for part in node.parts:
        _print_part(questionnaire, part, node, indent + "  ")


def _print_lines(questionnaire: Questionnaire, node: Explanation, indent: str) -> None:
    for line in _lines(questionnaire, node):
        console().print(indented(line, indent))


def _lines(questionnaire: Questionnaire, node: Explanation) -> Iterator[str]:
    """Everything on one node besides its parts."""
    figures, coverage = node.figures, node.coverage
    if node.said is not None:
        yield from answer_lines(questionnaire, node.said)
        yield from (statement_line(questionnaire, entry) for entry in node.said.statements)
        return
    if figures is None:
        if coverage == Coverage():
            yield "Asked for applications only, and there is none: 'colonnade application add' adds one."
        elif node.kind is not Kind.CRITERION:
            yield "Nothing here is applicable: it has no score and enters no sum."
    else:
        for figure in Figure:
            if figure is not Figure.UP_TO or figures.high != figures.low:
                yield f"{figure:<10}{arithmetic(node, figure) or amount(figures.of(figure))}"
    if coverage is None or figures is None:
        return
    if figures.assurance_gap:
        yield f"{'gap':<10}{amount(figures.assurance_gap)} of it is not backed (the assurance gap)"
    yield _level(questionnaire, node)
    if node.distribution:
        spread = ", ".join(f"{count} at level {level}" for level, count in node.distribution.items())
        yield f"Applications: {spread}"
    skipped = f", {coverage.not_applicable} not applicable" if coverage.not_applicable else ""
    yield f"Answered {coverage.answered} of {coverage.applicable}{skipped}"


def _level(questionnaire: Questionnaire, node: Explanation) -> str:
    assert node.level is not None  # whoever has figures has a level
    level = f"{'Lowest level' if node.distribution else 'Level'} {node.level} {questionnaire.level_name(node.level)}"
    if node.capped:
        return f"{level}: nothing above it is applicable"
    if node.distribution and min(node.distribution) < node.level:
        level += " (of those below it nothing further is applicable)"
    held = node.held_down_by if node.level < questionnaire.top else ()
    return level + (f", held by {', '.join(held)}" if held else "")


def _parts_table(node: Explanation) -> Table:
    """Practices of a pillar, pillars overall, or the applications of a tier."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Made of")
    table.add_column("Id", no_wrap=True)
    for name in ("weight", "claimed", "up to", "evidenced", "level"):
        table.add_column(name, justify="right", no_wrap=True)
    for part in node.parts:
        key = (part.application or "") if node.application is None and part.id == node.id else part.id
        cells = [part.label, key, str(part.weight)]
        if part.figures is None:
            cells += ["not asked" if part.coverage == Coverage() else "not applicable", "", "", ""]
        else:
            cells += [amount(part.figures.of(figure)) for figure in Figure] + [str(part.level)]
        table.add_row(*(shown(cell) for cell in cells))
    return table
