"""The one undo command: changes that were applied, and the way back; and what changes make of an assessment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand
from typing_extensions import override

from app.engagement import state
from app.engagement.journal import Change
from scoring.assessment import Application, Assessment


class Apply(QUndoCommand):
    """Applies changes when it is pushed or redone, and puts back what stood before when it is undone."""

    def __init__(
        self,
        text: str,
        what: str,
        changes: Sequence[Change],
        apply: Callable[[str, Sequence[Change]], None],
        *,
        done: bool = False,
    ) -> None:
        """``changes`` know what stood ``before``; ``what`` is the journal's verb, ``text`` what a person reads.

        ``done`` says that they stand already: being pushed then does nothing.
        """
        super().__init__(text)
        self._what = what
        self._changes = tuple(changes)
        self._apply = apply
        self._done = done

    @override
    def redo(self) -> None:
        if self._done:
            self._done = False
            return
        self._apply(self._what, self._changes)

    @override
    def undo(self) -> None:
        back = [Change(change.path, change.before, change.to) for change in reversed(self._changes)]
        self._apply("undo", back)


def after(assessment: Assessment, changes: Sequence[Change]) -> Assessment:
    """What changes make of an assessment. Raises EngagementError where one does not fit."""
    several = len(changes) > 1 and all(_inside(assessment, change.path) for change in changes)
    if not several:
        for change in changes:
            assessment = state.changed(assessment, change)
        return assessment
    # One application at a time, alone: what surrounds it is not copied for each of a thousand changes.
    moved: dict[str, Application] = {}
    bare = assessment.model_copy(update={"applications": {}})
    for change in changes:
        key = change.path[1]
        alone = bare.model_copy(update={"applications": {key: moved.get(key, assessment.applications[key])}})
        moved[key] = state.changed(alone, change).applications[key]
    return assessment.model_copy(update={"applications": {**assessment.applications, **moved}})


def _inside(assessment: Assessment, path: tuple[str, ...]) -> bool:
    """Whether a path leads into an application that is there."""
    return len(path) > 2 and path[0] == "applications" and path[1] in assessment.applications
