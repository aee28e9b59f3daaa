"""``colonnade demo``: the whole way once, on a fictional firm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.evidence import apply_plan
from app.cli.report import write_reports
from app.cli.results import evaluated
from app.engagement import sample
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from scoring.schedule import plan

BY = "demo"
MARK = ".colonnade-demo"
"""Says that a folder was made by this command and may be made anew."""


def add_to(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Argument(metavar="[OUT]", help="Where everything goes.")] = Path("out"),
    window: Annotated[bool, typer.Option(help="Open the desktop application if there is a display.")] = True,
) -> None:
    """Assess a fictional firm: sample → evidence → scores → plan → PDFs."""
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    from app.cli.tables import console, print_plan, print_scores

    screen = console()
    folder = out / "engagement"
    columns = (
        TextColumn("{task.description}", table_column=Column(min_width=17)),
        BarColumn(bar_width=12),
        TextColumn("{task.fields[result]}", markup=False, table_column=Column(overflow="fold")),
    )
    with Progress(*columns, console=screen) as progress:
        task = progress.add_task("Sample engagement", total=1, result="")
        with made(folder) as engagement:
            count = len(engagement.assessment.applications)
            firm = f"{engagement.assessment.organisation}: {count} applications"
            progress.update(task, completed=1, result=f"{firm}, {len(sample.names()) - 1} earlier engagements")

            task = progress.add_task("Evidence", total=None, result="")
            items = sample.exports(
                engagement, lambda done, total, _: progress.update(task, completed=done, total=total)
            )
            added = apply_plan(engagement, items, BY)
            evaluation = evaluated(engagement)
            claims = evaluation.claims
            speaks = f"speaks to {len(claims.by_key)} answers, challenges {len(claims.challenged)}"
            progress.update(task, result=f"{added} of {len(items)} exports read; {speaks}")

            task = progress.add_task("Roadmap", total=1, result="")
            roadmap = plan(engagement.content, engagement.questionnaire, engagement.assessment, claims)
            engagement.store_plan(roadmap, BY)
            planned = sum(len(wave.items) for wave in roadmap.waves)
            progress.update(task, completed=1, result=f"{planned} initiatives over {len(roadmap.waves)} quarters")

            task = progress.add_task("Reports", total=1.0, result="")

            def step(name: str, share: float) -> None:
                progress.update(task, completed=share, result=name)

            written = write_reports(engagement, out, (), step)
            progress.update(task, completed=1.0, result=f"{len(written)} PDFs")
    screen.print()
    print_scores(engagement, evaluation)
    print_plan(engagement, roadmap, None, waves=1)
    screen.print()
    for path in (*written, folder):
        screen.print(str(path), soft_wrap=True)
    if window and _has_display():
        _open_window(folder)
        screen.print("The desktop application opens on this engagement.")


def made(folder: Path) -> Engagement:
    """The sample as a new engagement; one that an earlier demo made is replaced, anything else is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise UsageError("holds something that no demo made", str(folder), "Choose another OUT.")
        shutil.rmtree(folder)
    engagement = sample.make(folder, BY)
    (folder / MARK).touch()
    return engagement


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_window(folder: Path) -> None:
    """The desktop application in a process of its own, so that the command ends."""
    command = [sys.executable, "-c", "import sys; from app.desktop import run; sys.exit(run(folder=sys.argv[1]))"]
    subprocess.Popen(
        [*command, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
