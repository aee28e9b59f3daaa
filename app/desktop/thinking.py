"""The scores of the open engagement: at once where that is quick, else beside the window."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, Signal

from app.desktop.background import Background, Done, Failed
from questionnaires.model import Content
from scoring.assessment import Assessment
from scoring.evaluation import Evaluation, evaluate

AT_ONCE = 0.03
"""Where the scores once took longer than this many seconds, what concerns several applications is computed beside the
window."""


def _small(before: Assessment, now: Assessment) -> bool:
    """Whether one application at most moved: its scores come in no time, however many others there are."""
    same = before.as_of == now.as_of and before.answers is now.answers and before.evidence is now.evidence
    moved = sum(before.applications.get(key) is not app for key, app in now.applications.items())
    return same and moved + len(before.applications.keys() - now.applications.keys()) <= 1


class Thinking(QObject):
    """Follows the assessment. Whatever moves meanwhile, it ends with the scores of the latest one."""

    followed = Signal()
    """The scores that were computed beside the window are there."""
    failed = Signal(object)
    """Exception"""

    def __init__(self, content: Content, first: Evaluation, seconds: float, parent: QObject) -> None:
        """``first`` is the evaluation to start from, ``seconds`` what it took."""
        super().__init__(parent)
        self._content = content
        self._seconds = seconds
        self._wanted = first.assessment
        self._thinker: Background | None = None
        self.evaluation = first
        self.busy = False
        """An evaluation is being computed; the one that stands is of an earlier state."""

    def follow(self, assessment: Assessment) -> None:
        """Evaluate an assessment; where it is not ``busy`` afterwards, that is done."""
        self._wanted = assessment
        small = _small(self.evaluation.assessment, assessment)
        if small or self._seconds <= AT_ONCE:
            self._take(self._timed(assessment))
        elif not self.busy:
            if self._thinker is None:
                self._thinker = Background("scores", self)
            self.busy = True
            self._thinker.submit(lambda: self._timed(assessment), self._on_thought)

    def stop(self) -> None:
        """Compute nothing more; what is being computed is waited for by nobody."""
        if self._thinker is not None:
            self._thinker.abandon()

    def _take(self, found: tuple[Evaluation, float]) -> None:
        # The longest time counts: how much has to be computed again hangs on what moved.
        self.evaluation, seconds = found
        self._seconds = max(self._seconds, seconds)

    def _timed(self, assessment: Assessment) -> tuple[Evaluation, float]:
        start = perf_counter()
        found = evaluate(self._content, self.evaluation.scorer, assessment, self.evaluation)
        return found, perf_counter() - start

    def _on_thought(self, outcome: Done[tuple[Evaluation, float]] | Failed) -> None:
        self.busy = False
        if isinstance(outcome, Failed):
            self.failed.emit(outcome.error)
            return
        self._take(outcome.value)
        if self.evaluation.assessment is not self._wanted:
            self.follow(self._wanted)
        if not self.busy:
            self.followed.emit()
