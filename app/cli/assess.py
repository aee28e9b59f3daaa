"""Verbs that set up an engagement and answer its questions: new, application, set, answer, check-content."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from app.cli import FOUND, UNREADABLE
from app.cli.options import ApplicationId, As, Folder, Json, TierId, known_content, opened, print_json, who
from app.engagement import actions, applications_csv
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from questionnaires.counts import activity_counts, counts, regime_counts
from questionnaires.dsomm import DSOMM, load_model
from questionnaires.load import CONTENT, Invalid, load_content
from questionnaires.model import NOT_APPLICABLE, Content, Questionnaire
from scoring.assessment import Basis

application_verbs = typer.Typer(help="Applications of an engagement.", no_args_is_help=True, rich_markup_mode=None)


def add_to(app: typer.Typer) -> None:
    app.command("new")(new)
    app.add_typer(application_verbs, name="application")
    app.command("set")(set_value)
    app.command("answer")(answer)
    app.command("check-content")(check_content)


def new(
    folder: Folder,
    organisation: Annotated[str, typer.Option(metavar="NAME", help="Whom the assessment is about.")],
    questionnaire: Annotated[str, typer.Option(metavar="ID", help="What is asked.")] = "financial-devsecops",
    date_: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="As-of day: every age counts from it (default: today).")
    ] = None,
    model: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="With owasp-dsomm: an official model.yaml, then files of custom activities."),
    ] = None,
    meta: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --model: the team's meta.yaml, whose states are answers.")
    ] = None,
    as_: As = None,
) -> None:
    """Make a new engagement in an empty or new folder."""
    content = known_content()
    as_of = actions.day(date_) if date_ else date.today()
    assessment = actions.new_assessment(content, questionnaire, organisation, as_of)
    asked = content.questionnaires[questionnaire]
    if model:
        if questionnaire != DSOMM:
            raise UsageError("goes with another questionnaire", "--model", f"Add --questionnaire {DSOMM}.")
        asked = _official(model, meta, content)
    Engagement.create(folder, assessment, asked, who(as_)).close()
    print(f"{folder}: engagement for {organisation}, as of {as_of}, asks {questionnaire}")


def _official(model: list[Path], meta: Path | None, content: Content) -> Questionnaire:
    """The questionnaire of a user's own DSOMM files; what was left out or corrected is told on standard error."""
    found = load_model(model, content, meta)
    if isinstance(found, Invalid):
        for problem in found.problems:
            print(f"colonnade: {problem}", file=sys.stderr)
        raise typer.Exit(UNREADABLE)
    for dropped in found.value.dropped:
        print(f"colonnade: {dropped}", file=sys.stderr)
    if found.value.corrected:
        print(f"colonnade: {len(found.value.corrected)} references of the file were corrected", file=sys.stderr)
    return found.value.questionnaire


@application_verbs.command("add")
def add_application(
    folder: Folder,
    key: Annotated[str, typer.Argument(metavar="ID", help="Lower-case words joined by hyphens.", show_default=False)],
    name: Annotated[str, typer.Option(metavar="NAME", help="As people call it.")],
    tier: Annotated[str, typer.Option(metavar="1|2|3", help="How critical it is; 1 is the most critical.")],
    as_: As = None,
) -> None:
    """Add an application."""
    with opened(folder, write=True) as engagement:
        changes = actions.add_application(engagement.content, engagement.assessment, key, name, tier)
        engagement.apply("application", changes, who(as_))
    print(f"{key}: added to tier {tier}")


@application_verbs.command("import")
def import_applications(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file.", show_default=False)],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without, the plan is shown.")] = False,
    json: Json = False,
    as_: As = None,
) -> None:
    """Applications from a table with the columns name or id, and tier, attributes, repositories.

    Known ones are changed, others added. Exit 1 if any row was rejected; --apply leaves such rows out.
    """
    table = applications_csv.read_table(file)
    with opened(folder, write=apply) as engagement:
        rows = applications_csv.plan(table, engagement.content, engagement.questionnaire, engagement.assessment)
        if apply:
            engagement.apply("application", applications_csv.changes_of(rows), who(as_))
    if json:
        from app.cli.tables import applications_as_json

        print_json(applications_as_json(table, rows, apply))
    else:
        from app.cli.tables import print_applications

        print_applications(table, rows, apply)
    if any(row.outcome is applications_csv.RowOutcome.REJECTED for row in rows):
        raise typer.Exit(FOUND)


def set_value(
    folder: Folder,
    key: Annotated[str, typer.Argument(metavar="KEY", show_default=False)],
    value: Annotated[str, typer.Argument(metavar="VALUE", show_default=False)],
    tier: TierId = None,
    application: ApplicationId = None,
    as_: As = None,
) -> None:
    """Change a setting.

    Of the engagement: capacity (person-days per wave), regimes (ids, with commas), assessors (names, with commas),
    organisation, as-of (a day).

    Of a tier (--tier): target (a level, for every pillar), target.PILLAR (a level); 'clear' goes back to the
    questionnaire's.

    Of an application (--application): name, tier, attributes (ids, with commas), repositories (names, with commas).
    """
    with opened(folder, write=True) as engagement:
        changes = actions.set_value(
            engagement.content,
            engagement.questionnaire,
            engagement.assessment,
            key,
            value,
            tier=tier,
            application=application,
        )
        engagement.apply("set", changes, who(as_))
    owner = f"tier {tier}: " if tier else f"{application}: " if application else ""
    print(f"{owner}{key} = {value}")


def answer(
    folder: Folder,
    criterion: Annotated[str, typer.Argument(metavar="CRITERION", show_default=False)],
    value: Annotated[
        str,
        typer.Argument(
            metavar="VALUE",
            show_default=False,
            help="no, partly, largely, fully or not-applicable; clear takes the answer back and leaves its note.",
        ),
    ],
    application: ApplicationId = None,
    basis: Annotated[Basis | None, typer.Option(help="How you know.")] = None,
    note: Annotated[str | None, typer.Option(metavar="T", help="A note for the next assessor.")] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="T", help="Why it does not apply, or why the claim stands against evidence.")
    ] = None,
    as_: As = None,
) -> None:
    """Answer a criterion: for one application, or the common (organisation's) answer without --application."""
    with opened(folder, write=True) as engagement:
        changes = actions.answer(
            engagement.questionnaire,
            engagement.assessment,
            criterion,
            value,
            application=application,
            basis=basis,
            note=note,
            reason=reason,
        )
        engagement.apply("answer", changes, who(as_))
        stands = changes[0].to or {}
    print(f"{criterion}: {value}" + (f" ({application})" if application else ""))
    if value == NOT_APPLICABLE and not stands.get("reason", "").strip():
        print("colonnade: not applicable without a --reason counts as unanswered", file=sys.stderr)


def check_content(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="A questionnaire, or a folder like the shipped content.")
    ] = CONTENT,
    json: Json = False,
) -> None:
    """Report every problem of a questionnaire at once; exit 1 if there is any."""
    found = load_content(folder)
    problems = found.problems if isinstance(found, Invalid) else ()
    questionnaires = {} if isinstance(found, Invalid) else found.value.questionnaires
    if json:
        print_json(
            {
                "problems": [asdict(problem) for problem in problems],
                "questionnaires": {key: asdict(counts(entry)) for key, entry in sorted(questionnaires.items())},
                "dsomm": {} if isinstance(found, Invalid) else activity_counts(found.value),
                "regimes": {} if isinstance(found, Invalid) else regime_counts(found.value),
            }
        )
    else:
        for problem in problems:
            print(problem)
        for key, entry in sorted(questionnaires.items()):
            number = counts(entry)
            levels = ", ".join(f"{count} at level {level}" for level, count in number.criteria_per_level.items())
            print(f"{key}: no problem in {number.practices} practices with {number.criteria} criteria ({levels})")
    if problems:
        raise typer.Exit(FOUND)
