"""Verbs that exchange answers with the OWASP DSOMM application: dsomm import, dsomm export, dsomm view."""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from app.cli import UNREADABLE
from app.cli.options import ApplicationId, As, Folder, Json, opened, print_json, who
from app.engagement import actions, dsomm
from app.engagement.dsomm import Effect, ImportPlan
from app.engagement.errors import UsageError
from app.engagement.files import write_atomically
from questionnaires.dsomm import DSOMM, activities_of
from questionnaires.dsomm_teams import (
    EVIDENCE_FILE,
    PROGRESS_FILE,
    check_states,
    evidence_text,
    progress_text,
    read_evidence,
    read_progress,
)
from questionnaires.load import Invalid, Loaded
from questionnaires.problems import Problem
from scoring.coverage import Derived, State, derived, derived_over
from scoring.scores import rounded

T = TypeVar("T")

MAX_LISTED = 20
"""Lowered and kept answers that are listed one by one."""

verbs = typer.Typer(
    help="Exchange answers with the OWASP DSOMM application, or see them as its activities.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(verbs, name="dsomm")


@verbs.command("import")
def import_progress(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="TEAM-PROGRESS.yaml", show_default=False)],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="TEAM=APPLICATION", help="Which application a team answers for; may be repeated."
        ),
    ] = None,
    evidence_file: Annotated[
        Path | None, typer.Option("--evidence", metavar="TEAM-EVIDENCE.yaml", help="Evidence of the same teams.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the table, change nothing.")] = False,
    as_: As = None,
) -> None:
    """Take over what teams said in the DSOMM application.

    A table of teams and applications comes first. A team answers for the application of its name, or for those that
    --map names. What a person answered here is kept and listed, never overwritten.
    """
    given = [_pair(text) for text in map_ or ()]
    progress = _read(read_progress, file)
    evidence = _read(read_evidence, evidence_file) if evidence_file else None
    with opened(folder, write=not dry_run) as engagement:
        questionnaire, assessment = engagement.questionnaire, engagement.assessment
        dsomm.require_activities(questionnaire)
        _refuse(check_states(progress, questionnaire, file.name))
        teams = dsomm.match_teams(assessment, progress.teams, given)
        plan = dsomm.plan_import(questionnaire, assessment, progress, evidence, teams)
        _print_plan(plan)
        if progress.teams and not any(teams.values()):
            remedy = "Name one with --map TEAM=APPLICATION; 'colonnade application add' adds one."
            raise UsageError("names no team that answers for an application", file.name, remedy)
        if not dry_run:
            engagement.apply("dsomm import", plan.changes, who(as_))
    done = "would be changed" if dry_run else "changed"
    print(f"{len(plan.changes)} answers {done}")


@verbs.command("export")
def export_progress(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to (default: reports/ of the engagement).")
    ] = None,
) -> None:
    """Write the answers as team-progress.yaml and, where some came from there, team-evidence.yaml.

    Teams of a file that exists already and that are not exported stay in it.
    """
    from rich.table import Table

    from app.cli.tables import console

    with opened(folder) as engagement:
        questionnaire = engagement.questionnaire
        result = dsomm.export(questionnaire, engagement.assessment)
        names = {uuid: questionnaire.criteria[key].activity for uuid, key in activities_of(questionnaire).items()}
    target = out or folder / "reports"
    progress, evidence = result.progress, result.evidence
    # Read before anything is written: an unreadable file must not be replaced.
    if (target / PROGRESS_FILE).exists():
        progress = dsomm.over(_read(read_progress, target / PROGRESS_FILE), progress)
    if (target / EVIDENCE_FILE).exists():
        evidence = dsomm.evidence_over(_read(read_evidence, target / EVIDENCE_FILE), evidence)
    table = Table(box=None, pad_edge=False)
    for column in ("Application", "Team", "Activities"):
        table.add_column(column, justify="right" if column == "Activities" else "left")
    for key, team in result.teams.items():
        table.add_row(key, team, str(sum(team in said for said in result.progress.progress.values())))
    console().print(table)
    if result.not_applicable:
        print(f"{result.not_applicable} answers are 'not applicable', which DSOMM has no state for; they are left out")
    comments = {uuid: activity.name for uuid, activity in names.items() if activity is not None}
    _write(target / PROGRESS_FILE, progress_text(progress, comments))
    if evidence.evidence:
        _write(target / EVIDENCE_FILE, evidence_text(evidence))


@verbs.command("view")
def view(folder: Folder, application: ApplicationId = None, json: Json = False) -> None:
    """The answers seen as OWASP DSOMM activities: derived through the criteria that together mean each.

    For one application, or the mean of them all. An activity that no criterion speaks to is not covered, never "no".
    """
    from rich.table import Table

    from app.cli.tables import console

    with opened(folder) as engagement:
        questionnaire, assessment = engagement.questionnaire, engagement.assessment
        model = engagement.content.questionnaires[DSOMM]
        if application is not None and application not in assessment.applications:
            raise actions.unknown("application", application, assessment.applications)
        keys: list[str | None] = [application] if application else [*sorted(assessment.applications)] or [None]
        found = derived_over([derived(questionnaire, model, assessment, key) for key in keys])
    if json:
        print_json(
            [
                {
                    "uuid": entry.uuid,
                    "criterion": entry.criterion,
                    "level": model.criteria[entry.criterion].level,
                    "state": entry.state.value,
                    "low": None if entry.low is None else f"{entry.low.numerator}/{entry.low.denominator}",
                    "high": None if entry.high is None else f"{entry.high.numerator}/{entry.high.denominator}",
                    "behind": list(entry.behind),
                }
                for entry in found.activities.values()
            ]
        )
        return
    levels = [level.number for level in model.level[1:]]
    table = Table(box=None, pad_edge=False)
    table.add_column("Sub-dimension")
    for level in levels:
        table.add_column(f"level {level}", justify="right")
    for practice in model.practices.values():
        entries = found.of_practice(model, practice.id)
        cells = [_cell([e for e in entries if model.criteria[e.criterion].level == level]) for level in levels]
        table.add_row(practice.name, *cells)
    console().print(table)
    print(", ".join(f"{number} {state}" for state, number in found.counts.items()))


def _cell(entries: list[Derived]) -> str:
    """The mean of what is known of some activities in percent, with how many are not covered."""
    values = [entry.low for entry in entries if entry.low is not None]
    missing = sum(entry.state is State.NOT_COVERED for entry in entries)
    shown = f"{rounded(100 * sum(values, Fraction(0)) / len(values)):.0f} %" if values else "–"
    return shown + (f" ({missing} not covered)" if missing else "") if entries else ""


def _pair(text: str) -> tuple[str, str]:
    team, sign, application = text.rpartition("=")
    if not sign or not team.strip() or not application.strip():
        raise UsageError("is no pair", f"'{text}'", "Write --map 'Team A=payments'.")
    return team.strip(), application.strip()


def _read(reader: Callable[[Path], Loaded[T] | Invalid], path: Path) -> T:
    found = reader(path)
    if isinstance(found, Invalid):
        _refuse(list(found.problems))
        raise typer.Exit(UNREADABLE)
    return found.value


def _refuse(problems: list[Problem]) -> None:
    for problem in problems:
        print(f"colonnade: {problem}", file=sys.stderr)
    if problems:
        raise typer.Exit(UNREADABLE)


def _write(path: Path, text: str) -> None:
    write_atomically(path, text.encode())
    print(path)


def _print_plan(plan: ImportPlan) -> None:
    from rich.table import Table

    from app.cli.tables import console

    table = Table(box=None, pad_edge=False)
    for column in ("Team", "Application", "Activities", *(str(effect) for effect in Effect)):
        table.add_column(column, justify="left" if column in ("Team", "Application") else "right")
    for team in plan.teams:
        counts = [str(team.count(effect)) for effect in Effect] if team.application else [""] * len(Effect)
        table.add_row(team.team, team.application or "not imported", str(team.activities), *counts)
    console().print(table)
    for effect in (Effect.LOWERED, Effect.KEPT):
        listed = [(team, row) for team in plan.teams for row in team.rows if row.effect is effect]
        for team, row in listed[:MAX_LISTED]:
            print(f"{effect}: {team.application} {row.criterion}: answered {row.now}, {team.team} says {row.said}")
        if len(listed) > MAX_LISTED:
            print(f"… and {len(listed) - MAX_LISTED} more {effect}")
    if plan.unknown:
        shown = ", ".join(plan.unknown[:5]) + (" …" if len(plan.unknown) > 5 else "")
        print(f"{len(plan.unknown)} activities are not in this questionnaire and are left out: {shown}")
    if plan.loose_evidence:
        print(f"{plan.loose_evidence} entries of evidence belong to no imported answer and are left out")
