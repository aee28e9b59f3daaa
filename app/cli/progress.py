"""Verbs that look back: baseline takes up an earlier engagement, compare says what moved since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.cli.comparison import print_baseline_plan, print_comparison
from app.cli.comparison_json import as_json, plan_as_json
from app.cli.options import As, Folder, Json, earlier, opened, print_json, who
from app.cli.packs import PassphraseFd, passphrase_for
from app.cli.results import evaluated
from app.cli.tables import console
from app.engagement import actions, history
from app.engagement import baseline as taking
from app.engagement.carry import Choice, Group
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from app.engagement.pack import SUFFIX
from app.engagement.sources import DOCUMENT, Source, read_source
from scoring.progress import Baseline, compare
from scoring.trend import trend_of_tier
from scoring.waves import provisional


def add_to(app: typer.Typer) -> None:
    app.command("baseline")(baseline)
    app.command("compare")(compare_with)


# ---- baseline


def baseline(
    folder: Folder,
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="An earlier engagement: its folder, a .colonnade pack, a report's PDF, or a team-progress.yaml.",
            show_default=False,
        ),
    ],
    apply: Annotated[bool, typer.Option("--apply", help="Keep it in history/; else only the plan is shown.")] = False,
    carry_: Annotated[
        list[str] | None,
        typer.Option(
            "--carry",
            metavar="GROUP=CHOICE",
            help="Groups: matched, renamed, question-changed. Choices: keep mine, fill what is unanswered with theirs, "
            "review (theirs, marked for review). May be repeated; what is not named is kept.",
        ),
    ] = None,
    pillar: Annotated[
        list[str] | None, typer.Option("--pillar", metavar="ID", help="Carry answers of this pillar only.")
    ] = None,
    application: Annotated[
        list[str] | None, typer.Option("--application", metavar="ID", help="Carry answers of this application only.")
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="An application (or a DSOMM team) as it is known today."),
    ] = None,
    date_: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Of a DSOMM file (default: the last day it names).")
    ] = None,
    passphrase_fd: PassphraseFd = None,
    json: Json = False,
    as_: As = None,
) -> None:
    """Take up an earlier engagement as a baseline, to show progress against.

    The plan comes first: which questions are the same, changed, new, removed or renamed, and which applications are
    the same. Without --carry no answer moves.
    """
    pairs = [_pair(text, "--map", "payments=card-payments") for text in map_ or ()]
    choices = dict(_choice(text) for text in carry_ or ())
    with opened(folder, write=apply) as engagement:
        found = _read(engagement, source, passphrase_fd, pairs, date_)
        plan = taking.plan(
            engagement,
            found,
            ids=() if found.teams else pairs,
            choices=choices,
            pillars=pillar or (),
            applications=application or (),
        )
        if apply:
            plan = taking.apply(engagement, plan, who(as_))
        if json:
            print_json(plan_as_json(engagement, plan))
        else:
            print_baseline_plan(engagement, plan)


def _read(
    engagement: Engagement,
    path: Path,
    passphrase_fd: int | None,
    teams: Sequence[tuple[str, str]] = (),
    date_: str | None = None,
) -> Source:
    as_of = actions.day(date_) if date_ else None
    passphrase = passphrase_for(path, passphrase_fd) if path.is_file() else None
    return read_source(engagement, path, passphrase, teams=teams, as_of=as_of)


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    left, sign, right = text.rpartition("=")
    if not sign or not left.strip() or not right.strip():
        raise UsageError("is no pair", f"'{text}'", f"Write {option} '{example}'.")
    return left.strip(), right.strip()


def _choice(text: str) -> tuple[Group, Choice]:
    group, choice = _pair(text, "--carry", "matched=fill")
    if group not in list(Group):
        raise actions.unknown("group", group, list(Group))
    if choice not in list(Choice):
        raise actions.unknown("choice", choice, list(Choice))
    return Group(group), Choice(choice)


# ---- compare


def compare_with(
    folder: Folder,
    baseline: Annotated[
        str | None,
        typer.Argument(
            metavar="BASELINE",
            help="A name in history/ such as 2026-03-31, or a folder, pack or PDF (default: the latest in history/).",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every answer that moved, not only the first.")] = False,
    passphrase_fd: PassphraseFd = None,
    json: Json = False,
) -> None:
    """Say what moved since an earlier engagement: answers, scores, targets, applications, roadmap items, the trend."""
    with opened(folder) as engagement:
        kept = earlier(engagement)
        against = _against(engagement, kept, baseline, passphrase_fd)
        questionnaire, assessment = engagement.questionnaire, engagement.assessment
        evaluation = evaluated(engagement)
        content = engagement.content
        plan = engagement.plan or provisional(content, questionnaire, assessment, evaluation.claims)
        days = history.last_changes(folder)
        found = compare(questionnaire, assessment, evaluation, plan, against, changed_on=days)
        known = kept if against in kept else (*kept, against)
        trends = [
            trend_of_tier(questionnaire, assessment, evaluation, known, tier, plan)
            for tier in evaluation.scores.tiers
            if found.tier in (None, tier)
        ]
        if json:
            print_json(as_json(found, trends))
        else:
            print_comparison(console(), engagement, found, trends, every=every)


def _against(
    engagement: Engagement, kept: Sequence[Baseline], given: str | None, passphrase_fd: int | None
) -> Baseline:
    if given is None:
        if not kept:
            remedy = "Take one up with 'colonnade baseline FOLDER SOURCE --apply', or name one."
            raise UsageError("has no baseline", str(engagement.folder), remedy)
        return kept[-1]
    stem = re.sub(rf"^{history.HISTORY}[/\\]", "", given).removesuffix(SUFFIX).removesuffix(DOCUMENT)
    named = next((entry for entry in kept if entry.label == stem), None)
    if named is not None:
        return named
    if not Path(given).exists():
        raise actions.unknown("baseline", given, [entry.label for entry in kept])
    return _read(engagement, Path(given), passphrase_fd).baseline
