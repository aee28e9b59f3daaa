"""The one undo command: changes that were applied, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand
from typing_extensions import override

from app.engagement.journal import Change


class Apply(QUndoCommand):
    """Changes that stand when it is pushed. Undoing puts back what stood before, redoing applies them again."""

    def __init__(
        self,
        text: str,
        what: str,
        changes: Sequence[Change],
        apply: Callable[[str, Sequence[Change]], None],
    ) -> None:
        """``changes`` know what stood ``before``; ``what`` is the journal's verb, ``text`` what a person reads."""
        super().__init__(text)
        self._what = what
        self._changes = tuple(changes)
        self._apply = apply
        self._pushed = False

    @override
    def redo(self) -> None:
        if self._pushed:
            self._apply(self._what, self._changes)
        self._pushed = True  # Qt redoes what is pushed

    @override
    def undo(self) -> None:
        back = [Change(change.path, change.before, change.to) for change in reversed(self._changes)]
        self._apply("undo", back)
