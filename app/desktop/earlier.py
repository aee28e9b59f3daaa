"""Earlier engagements beside the open one: read and taken up on the writer's thread, shown when they are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.background import Done, Failed
from app.engagement import baseline as taking
from app.engagement import carry, history, state
from app.engagement.baseline import BaselinePlan
from app.engagement.carry import Choice, Group
from app.engagement.folder import Engagement
from app.engagement.history import History
from app.engagement.journal import Change
from app.engagement.sources import Source, read_source
from questionnaires.migrate import Fate, moves
from scoring.assessment import Answer, answer_of
from scoring.progress import Baseline

if TYPE_CHECKING:
    from app.desktop.session import Changed, Session


@dataclass(frozen=True, slots=True)
class Then:
    """What was said of a criterion last time."""

    baseline: Baseline
    answer: Answer
    question_changed: bool


class Earlier(QObject):
    """The baselines of the open engagement, oldest first."""

    changed = Signal()
    """They were read, or read again."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.baselines: tuple[Baseline, ...] = ()
        self.left_out: tuple[str, ...] = ()
        self._matched: dict[str, tuple[str, Fate]] = {}
        session.changed.connect(self._on_session_changed)
        self.read()

    @property
    def latest(self) -> Baseline | None:
        return self.baselines[-1] if self.baselines else None

    def read(self) -> None:
        """Read what the engagement keeps; ``changed`` follows."""
        self._session.with_disk(history.read, self._on_read)

    def then(self, criterion: str, application: str | None) -> Then | None:
        """The answer of the latest baseline; None where there was none, or the question is new."""
        baseline, place = self.latest, self._matched.get(criterion)
        if baseline is None or place is None:
            return None
        source = baseline.assessment.applications.get(application) if application else None
        answer = answer_of(baseline.assessment.answers, source, place[0])
        if answer is None or answer.value is None:
            return None
        return Then(baseline, answer, place[1] is Fate.CHANGED)

    # ---- taking one up

    def look(self, path: Path, passphrase: str | None, then: Callable[[Done[BaselinePlan] | Failed], None]) -> None:
        """What taking up an earlier engagement would mean; nothing changes."""

        def task(engagement: Engagement) -> BaselinePlan:
            return taking.plan(engagement, read_source(engagement, path, passphrase))

        self._session.with_disk(task, then)

    def match(
        self, source: Source, ids: Mapping[str, str], then: Callable[[Done[BaselinePlan] | Failed], None]
    ) -> None:
        """The same with applications (id then → id today) that have another id by now."""

        def task(engagement: Engagement) -> BaselinePlan:
            return taking.plan(engagement, source, ids=tuple(ids.items()))

        self._session.with_disk(task, then)

    def take(
        self,
        source: Source,
        ids: Mapping[str, str],
        choices: Mapping[Group, Choice],
        then: Callable[[Done[BaselinePlan] | Failed], None],
    ) -> None:
        """Keep it and carry over what was chosen, as one step that can be undone."""
        by = self._session.by

        def task(engagement: Engagement) -> tuple[BaselinePlan, tuple[Change, ...]]:
            wanted = taking.plan(engagement, source, ids=tuple(ids.items()), choices=choices)
            before = engagement.assessment
            done = taking.apply(engagement, wanted, by)
            after = engagement.assessment
            paths = [("baselines", name) for name in after.baselines.keys() - before.baselines.keys()]
            more = carry.changes(wanted.carried, wanted.choices, wanted.baseline)
            changes = [
                Change(path, state.current(after, path), state.current(before, path))
                for path in (*paths, *(change.path for change in more))
            ]
            return done, tuple(changes)

        def arrived(outcome: Done[tuple[BaselinePlan, tuple[Change, ...]]] | Failed) -> None:
            if isinstance(outcome, Failed):
                then(outcome)
                return
            done, changes = outcome.value
            self._session.adopt(self.tr("baseline"), "baseline", changes)
            then(Done(done))

        self._session.with_disk(task, arrived)

    # ---- hearing

    def _on_read(self, outcome: Done[History] | Failed) -> None:
        if isinstance(outcome, Failed):
            self._session.failed.emit(outcome.error)
            return
        self.baselines, self.left_out = outcome.value.baselines, outcome.value.left_out
        found = moves(self.latest.digests, self._session.questionnaire) if self.latest else ()
        self._matched = {move.new: (move.old, move.fate) for move in found if move.new and move.old}
        self.changed.emit()

    def _on_session_changed(self, changed: Changed) -> None:
        if any(path[:1] in ((), ("baselines",)) for path in changed.paths):
            # Once the write that belongs to this change is on its way: the reading comes after it.
            QTimer.singleShot(0, self, self.read)
