"""Child processes: progress, result, failure, cancel; one ending each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.desktop.jobs import Ending, Job, Outcome, Progress, spoken
from app.desktop.pages.evidence import EvidencePage
from app.desktop.pages.report import ReportPage
from app.desktop.pages.roadmap import RoadmapPage
from app.desktop.session import Session
from app.desktop.window import MainWindow
from app.desktop.workspace import Workspace

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def run(qtbot: QtBot, code: str) -> tuple[Outcome, list[Progress]]:
    job = Job([code], command=(sys.executable, "-c"))
    heard: list[Progress] = []
    job.progressed.connect(heard.append)
    with qtbot.waitSignal(job.ended, timeout=20_000) as ended:
        job.start()
    return ended.args[0], heard


def test_progress_arrives_line_by_line_and_the_result_last(qtbot: QtBot) -> None:
    code = 'print(\'{"step": "laying out", "share": 0.5}\\n{"step": "writing", "share": 7}\\n{"written": ["a"]}\')'
    outcome, heard = run(qtbot, code)
    assert outcome == Outcome(Ending.DONE, {"written": ["a"]})
    assert heard == [Progress("laying out", 0.5), Progress("writing", 1.0)]


def test_a_document_over_many_lines_is_one_result(qtbot: QtBot) -> None:
    outcome, _ = run(qtbot, "print('[1,')\nprint('2]', end='')")
    assert outcome.result == [1, 2]


def test_a_failure_keeps_the_result_and_what_was_said(qtbot: QtBot) -> None:
    outcome, _ = run(qtbot, "import sys; print('{}'); print('colonnade: no space left', file=sys.stderr); sys.exit(3)")
    assert (outcome.ending, outcome.result, outcome.code) == (Ending.FAILED, {}, 3)
    assert spoken(outcome.message) == "no space left"


@pytest.mark.parametrize(
    "code", ["import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "print('{\"step\": 1'); 1/0"]
)
def test_a_crash_is_a_failure(qtbot: QtBot, code: str) -> None:
    outcome, heard = run(qtbot, code)
    assert outcome.ending is Ending.FAILED
    assert outcome.result is None
    assert heard == []


def test_what_cannot_start_fails(qtbot: QtBot) -> None:
    job = Job([], command=("/nonexistent/program",))
    with qtbot.waitSignal(job.ended, timeout=5_000) as ended:
        job.start()
    assert ended.args[0].ending is Ending.FAILED
    assert ended.args[0].message


def test_closing_waits_for_children_that_are_stopped(
    workspace: Workspace, window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    """Qt warns of a child that is still there when nobody is left to hear it, and a warning fails the test."""
    report, evidence, roadmap = (workspace.show_page(name) for name in ("report", "evidence", "roadmap"))
    assert isinstance(report, ReportPage)
    assert isinstance(evidence, EvidencePage)
    assert isinstance(roadmap, RoadmapPage)
    report.render_reports()
    evidence.read([tmp_path])
    roadmap.solving.search()
    qtbot.waitUntil(lambda: len(jobs(workspace, session)) == 3)
    begun = jobs(workspace, session)
    window.close_engagement()
    assert not any(job.running for job in begun)
    qtbot.waitUntil(lambda: window.session is None)


def jobs(workspace: Workspace, session: Session) -> list[Job]:
    return [*workspace.findChildren(Job), *session.findChildren(Job)]


def test_a_cancelled_job_ends_once(qtbot: QtBot) -> None:
    job = Job(["print('{\"step\": \"x\", \"share\": 0}', flush=True); input()"],
              command=(sys.executable, "-c"))  # fmt: skip
    endings: list[Outcome] = []
    job.ended.connect(endings.append)
    with qtbot.waitSignal(job.progressed, timeout=10_000):
        job.start()
    with qtbot.waitSignal(job.ended, timeout=5_000):
        job.cancel()
    qtbot.waitUntil(lambda: not job.running)
    assert endings == [Outcome(Ending.CANCELLED)]


def test_nobody_hears_of_a_job_that_was_stopped() -> None:
    job = Job(["input()"], command=(sys.executable, "-c"))
    endings: list[Outcome] = []
    job.ended.connect(endings.append)
    job.start()
    job.stop()
    assert not job.running
    assert endings == []
