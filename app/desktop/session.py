"""The open engagement as the window sees it: answers now, scores at once, the disk a moment later.

A change is shown first and written by the writer's thread; *saved* is said once the journal holds it. What the disk
does not take stays in the window, unsaved, and is tried again; what no journal can hold is taken back. Nothing else
in the window changes an engagement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.desktop.background import Background, Done, Failed
from app.desktop.commands import Apply
from app.desktop.earlier import Earlier
from app.desktop.kept_plans import KeptPlans
from app.desktop.opening import Opened
from app.desktop.thinking import Thinking
from app.desktop.writes import Saving, Writes
from app.engagement import actions, state
from app.engagement.errors import EngagementError
from app.engagement.folder import PLAN, Engagement
from app.engagement.journal import Change
from app.engagement.lock import actor
from questionnaires.model import Practice, Scope
from scoring.assessment import Answer, Application, Assessment, Basis, answer_of
from scoring.claims import Claim
from scoring.evaluation import Evaluation
from scoring.roadmap import Plan
from scoring.scores import Node, readings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changed:
    """What moved, by its place in the assessment."""

    paths: tuple[tuple[str, ...], ...]

    @property
    def criteria(self) -> frozenset[str]:
        """The criteria whose answer moved."""
        return frozenset(path[-1] for path in self.paths if len(path) >= 2 and path[-2] == "answers")

    @property
    def only_answers(self) -> bool:
        return all(len(path) >= 2 and path[-2] == "answers" for path in self.paths)


class Session(QObject):
    """Owns the engagement, its undo stack and its scores."""

    changed = Signal(object)
    """Changed: answers, applications, settings or evidence moved."""
    evaluated = Signal()
    """The scores follow the assessment again."""
    application_changed = Signal()
    """Another application is in hand."""
    saving_changed = Signal(object)
    """Saving."""
    failed = Signal(object)
    """EngagementError: something asked for was not done."""
    accepted = Signal()
    """What was asked for makes sense, whether or not it changes anything."""
    locked = Signal()
    """A change was asked for, and it is open for reading only."""
    unsaved = Signal(object)
    """EngagementError: the disk does not take what was changed; it stays in the window."""
    taken_back = Signal(object)
    """Exception: a change cannot be written; the window goes back to what the journal holds."""
    closed = Signal()
    """The folder is released, and every outcome before that has been told."""
    planned = Signal()
    """Another plan is stored, or whether it follows from the answers has changed."""

    def __init__(self, opened: Opened, writer: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engagement = opened.engagement
        self._writer = writer
        self.content = opened.engagement.content
        self.questionnaire = opened.engagement.questionnaire
        self.folder = opened.engagement.folder
        self.writable = opened.engagement.writable
        self.assessment: Assessment = opened.engagement.assessment
        self.plan: Plan | None = opened.engagement.plan
        self.plan_current = opened.plan_current
        self._kept = KeptPlans(self.assessment, self.plan, self.plan_current)
        self.application: str | None = None
        """Whose answers are in hand; None is the common answers and the organisation's."""
        self.undo_stack = QUndoStack(self)
        self.by = actor()
        self._thinking = Thinking(self.content, opened.evaluation, opened.seconds, self)
        self._thinking.followed.connect(self.evaluated)
        self._thinking.failed.connect(self.failed)
        self._writes = Writes(self._engagement, writer, self)
        self._writes.saving_changed.connect(self.saving_changed)
        self._writes.unsaved.connect(self.unsaved)
        self._writes.failed.connect(self.failed)
        self._writes.impossible.connect(self._on_writes_impossible)
        self.earlier = Earlier(self)

    # ---- looking

    @property
    def evaluation(self) -> Evaluation:
        """The scores; they may lie behind the assessment until ``evaluated``."""
        return self._thinking.evaluation

    def in_hand(self) -> Application | None:
        return self.assessment.applications.get(self.application) if self.application else None

    def owner(self, criterion: str) -> str | None:
        """Who holds the answer that is in hand: the application, or None for common answers and the organisation."""
        organisation = self.questionnaire.scope_of(criterion) is Scope.ORGANISATION
        return None if organisation else self.application

    def answer_in_hand(self, criterion: str) -> Answer | None:
        """The answer that counts for the application in hand, its own or the common one."""
        owner = self.owner(criterion)
        return answer_of(self.assessment.answers, self.assessment.applications[owner] if owner else None, criterion)

    def own_answer(self, criterion: str) -> Answer | None:
        """What stands with the owner itself."""
        owner = self.owner(criterion)
        return (self.assessment.applications[owner] if owner else self.assessment).answers.get(criterion)

    def claim(self, criterion: str) -> Claim | None:
        """What evidence says about the answer in hand."""
        return self.evaluation.claims.of(self.owner(criterion), criterion)

    def node(self, practice: Practice) -> Node:
        """The result of one practice for the application in hand, current to the last key."""
        owner = None if practice.scope is Scope.ORGANISATION else self.application
        found = readings(self.questionnaire, self.assessment, self.evaluation.claims, practice, owner)
        return self.evaluation.scorer.practice(practice.id, found)

    def target(self, practice: str) -> int | None:
        """The target level for the application in hand; None where the common answers are."""
        application = self.in_hand()
        if application is None:
            return None
        pillar = self.questionnaire.pillar_of[practice].id
        return self.evaluation.scores.targets.get((application.tier, pillar))

    @property
    def saving(self) -> Saving:
        return self._writes.saving

    @property
    def at_risk(self) -> bool:
        """The disk does not take what was changed: it is in the window alone."""
        return self._writes.failing

    @property
    def can_save(self) -> bool:
        """Whether trying again can help."""
        return self.writable and self._engagement.refusal is None

    @property
    def scored(self) -> bool:
        """The scores follow from the answers as they are."""
        return not self._thinking.busy

    @property
    def settled(self) -> bool:
        """The scores follow from the answers as they are, and the journal holds those."""
        return self.scored and self._writes.settled

    # ---- doing

    def take(self, application: str | None) -> None:
        """Take another application in hand."""
        if application != self.application:
            self.application = application
            self.application_changed.emit()

    def answer(self, criterion: str, value: str, *, basis: Basis | None = None, reason: str | None = None) -> None:
        """Answer for the application in hand."""
        owner = self.owner(criterion)
        self.ask(
            self.tr("answer"),
            "answer",
            lambda: actions.answer(
                self.questionnaire, self.assessment, criterion, value, application=owner, basis=basis, reason=reason
            ),
        )

    def amend(
        self,
        criterion: str,
        *,
        basis: Basis | None = None,
        note: str | None = None,
        reason: str | None = None,
        marked: bool | None = None,
    ) -> None:
        """Change what stands beside an answer, or before it, for the application in hand; see ``actions.amend``."""
        self.amend_each([(self.owner(criterion), criterion)], basis=basis, note=note, reason=reason, marked=marked)

    def amend_each(
        self,
        places: Sequence[tuple[str | None, str]],
        *,
        basis: Basis | None = None,
        note: str | None = None,
        reason: str | None = None,
        marked: bool | None = None,
    ) -> None:
        """Change what stands beside several answers, (owner, criterion), as one step that can be undone."""
        text = (
            self.tr("basis") if basis is not None
            else self.tr("reason") if reason is not None
            else self.tr("mark") if marked is not None
            else self.tr("note")
        )  # fmt: skip
        self.ask(
            text,
            "answer",
            lambda: actions.amend_each(
                self.questionnaire, self.assessment, places, basis=basis, note=note, reason=reason, marked=marked
            ),
        )

    def answer_each(
        self, answers: Sequence[tuple[str | None, str, str]], *, basis: Basis | None = None, reason: str | None = None
    ) -> bool:
        """Several answers, (owner, criterion, value), as one step that can be undone."""
        return self.ask(
            self.tr("answers"),
            "answer",
            lambda: actions.answer_each(self.questionnaire, self.assessment, answers, basis=basis, reason=reason),
        )

    def ask(self, text: str, what: str, action: Callable[[], Sequence[Change]]) -> bool:
        """Do what an action makes of the assessment, as ``do`` does. False, with nothing changed, where it refuses."""
        try:
            changes = action()
        except EngagementError as error:
            self.failed.emit(error)
            return False
        return self.do(text, what, changes)

    def may_change(self) -> bool:
        """Whether anything can be changed; where not, whoever opened the engagement says why."""
        if not self.writable:
            self.locked.emit()
        return self.writable

    def do(self, text: str, what: str, changes: Sequence[Change]) -> bool:
        """Apply changes as one step that can be undone. False, with nothing changed, where they do not fit."""
        if not self.may_change():
            return False
        try:
            after, known = state.applied(self.assessment, changes)
        except EngagementError as error:
            self.failed.emit(error)
            return False
        self.accepted.emit()
        if known:
            self.undo_stack.push(Apply(text, what, known, self._apply))
            self._stand(after, tuple(change.path for change in known))
            self._write(what, known)
        return True

    def store(self, plan: Plan) -> None:
        """Keep a plan computed from what stands now: a step that can be undone once the journal holds it."""
        engagement, by, follows = self._engagement, self.by, self.assessment
        stood: list[str | None] = []  # the digests before and after; a write may be tried more than once

        def task() -> None:
            stood[:] = stood[:1] or [engagement.assessment.plan_sha256]
            engagement.store_plan(plan, by)
            stood.append(engagement.assessment.plan_sha256)

        def written() -> None:
            before, digest = stood
            assert digest is not None
            self._kept.add(digest, plan, follows)
            if before == digest:
                self._show([])
            else:
                self.adopt(self.tr("plan"), "roadmap", [Change(PLAN, digest, before)])

        self._writes.begin(task, written)

    def save(self) -> None:
        """Try once more to write what the disk did not take."""
        self._writes.again()

    def with_disk(self, task: Callable[[Engagement], T], then: Callable[[Done[T] | Failed], None]) -> None:
        """Run a task on the writer's thread with the engagement as the journal holds it, after all that was done."""
        engagement = self._engagement
        if self.at_risk:
            remedy = self.tr("Save them first, or close without them.")
            then(Failed(EngagementError(self.tr("holds changes that are not saved"), str(self.folder), remedy)))
            return
        self._writer.submit(lambda: task(engagement), then)

    def adopt(self, text: str, what: str, changes: Sequence[Change]) -> None:
        """Show changes that the journal holds already, as a step that can be undone; what moved since stays."""
        known = [change for change in changes if state.current(self.assessment, change.path) == change.before]
        if known:
            self.undo_stack.push(Apply(text, what, known, self._apply))
            self._show(known)

    def when_written(self, then: Callable[[], None]) -> None:
        """Call back once everything so far stands in the journal, so that a child process reads it."""
        if self.writable:
            self._writes.after(then)
        else:
            self._writer.submit(lambda: None, lambda _: then())

    def close(self) -> None:
        """Write what is left and release the folder; ``closed`` follows. Nothing can be changed any more."""
        self.writable = False
        self._thinking.stop()
        self._writes.close(self.closed.emit)

    # ---- the way of a change

    def _show(self, changes: Sequence[Change]) -> None:
        after, _ = state.applied(self.assessment, changes)
        self._stand(after, tuple(change.path for change in changes))

    def _stand(self, assessment: Assessment, paths: tuple[tuple[str, ...], ...]) -> None:
        """From now on this is the assessment; what moved stands at ``paths``."""
        self.assessment = assessment
        if self.application is not None and self.application not in assessment.applications:
            self.application = None
            self.application_changed.emit()
        stood = self.plan, self.plan_current
        self.plan, self.plan_current = self._kept.of(assessment)
        if any(path != PLAN for path in paths):
            self._thinking.follow(assessment)
            self.changed.emit(Changed(paths))
            if not self._thinking.busy:
                self.evaluated.emit()
        if (self.plan, self.plan_current) != stood:
            self.planned.emit()

    def _apply(self, what: str, changes: Sequence[Change]) -> None:
        """Undo and redo."""
        self._show(changes)
        self._write(what, changes)

    def _write(self, what: str, changes: Sequence[Change]) -> None:
        engagement, by = self._engagement, self.by

        def task() -> None:
            engagement.apply(what, changes, by)
            if any(change.path == PLAN for change in changes):
                engagement.checkpoint()  # the journal holds no plan, only which one stands

        self._writes.begin(task)

    def _on_writes_impossible(self, error: Exception) -> None:
        self.taken_back.emit(error)
        self._resynchronise()

    def _resynchronise(self) -> None:
        self._writer.submit(lambda: self._engagement.assessment, self._on_resynchronised)

    def _on_resynchronised(self, outcome: Done[Assessment] | Failed) -> None:
        """What the journal holds is what counts, and what came after it never happened."""
        if self._writes.pending:  # something was changed meanwhile, which is refused first
            self._resynchronise()
        elif isinstance(outcome, Done):
            self.undo_stack.clear()
            self._writes.go_on()
            self._stand(outcome.value, ((),))
