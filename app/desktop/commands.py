"""The one undo command: changes that were applied, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand
from typing_extensions import override

from app.engagement.journal import Change


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
