"""The solver's search for the best plan: a child process that can be given up at any time."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.desktop.jobs import Job, Outcome, spoken
from app.desktop.session import Session
from app.engagement.checkpoint import plan_from_data
from scoring.assessment import Assessment
from scoring.roadmap import Plan


@dataclass(frozen=True, slots=True)
class Found:
    """How a search ended. Neither a plan nor a problem: it was given up."""

    assessment: Assessment
    """What the plan follows from."""
    plan: Plan | None = None
    problem: str = ""


class Search(QObject):
    """One search at a time, over what the journal holds once everything so far is written."""

    ended = Signal(object)
    """Found"""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._wanted = False
        self.job: Job | None = None

    @property
    def running(self) -> bool:
        return self._wanted or self.job is not None

    def start(self) -> None:
        """Search, unless that is being done; ``ended`` follows."""
        if not self.running:
            self._wanted = True
            self._session.when_written(self._begin)

    def cancel(self) -> None:
        """Give up at once; ``ended`` follows where something was being done."""
        if self.running:
            job, self.job, self._wanted = self.job, None, False
            if job is not None:
                job.cancel()
            self.ended.emit(Found(self._session.assessment))

    def _begin(self) -> None:
        if not self._wanted:
            return
        self._wanted = False
        assessment = self._session.assessment
        self.job = job = Job(["roadmap", str(self._session.folder.absolute()), "--dry-run", "--progress"], self)
        job.ended.connect(lambda outcome: self._on_job_ended(job, outcome, assessment))
        job.start()

    def _on_job_ended(self, job: Job, outcome: Outcome, assessment: Assessment) -> None:
        job.deleteLater()
        if job is not self.job:  # it was given up
            return
        self.job = None
        plan = plan_from_data((outcome.result or {}).get("plan"))
        self.ended.emit(Found(assessment, plan, "" if plan else spoken(outcome.message)))
