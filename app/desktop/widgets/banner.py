"""A message across the page: what happened, what was kept, what to do. It waits until it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QWidget
from shiboken6 import isValid

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.text import button, column, label, set_flag
from app.engagement.errors import EngagementError, UsageError


class Banner(QFrame):
    """Hidden until it has something to say."""

    left = Signal()
    """It is closed, and what had the focus before is no longer in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._what = label("", Role.STRONG, wrap=True)
        self._next = label("", wrap=True)
        self._close = button(self.tr("Close"))
        self._close.setAccessibleName(self.tr("Close the message"))
        self._close.setToolTip(self.tr("Escape; F6 goes to the message and back"))
        self._close.clicked.connect(self.leave)
        self._passing = False
        """It tells of a refused input, which the next change makes old."""
        self._came_from: QWidget | None = None
        """What had the focus before the message."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(theme.px(8))
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(24), theme.px(12), theme.px(24), theme.px(12))
        line.setSpacing(theme.px(24))
        line.addLayout(column(self._what, self._next), 1)
        line.addLayout(self._choices)
        line.addWidget(self._close)
        self.hide()

    @property
    def message(self) -> str:
        """What it says; empty while hidden."""
        return "" if self.isHidden() else f"{self._what.text()}\n{self._next.text()}".strip()

    @property
    def choices(self) -> list[QPushButton]:
        """What can be decided, besides closing it."""
        items = (self._choices.itemAt(place) for place in range(self._choices.count()))
        return [widget for item in items if item is not None and isinstance(widget := item.widget(), QPushButton)]

    def tell(
        self,
        what: str,
        remedy: str = "",
        *,
        problem: bool = True,
        choices: Sequence[tuple[str, Callable[[], None]]] = (),
    ) -> None:
        """Show a message; a problem is set in the colour of attention. A choice closes it and is then called."""
        self._passing = False
        for known in self.choices:
            self._choices.removeWidget(known)
            known.deleteLater()
        for text, chosen in choices:
            choice = button(text)
            choice.clicked.connect(self.leave)
            choice.clicked.connect(chosen)
            self._choices.addWidget(choice)
        for before, after in pairwise([*self.choices, self._close]):
            self.setTabOrder(before, after)
        self._what.setText(what)
        self._next.setText(remedy)
        self._next.setVisible(bool(remedy))
        set_flag(self._what, "attention", problem)
        self.setAccessibleName(what)
        self.setAccessibleDescription(remedy)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def take_focus(self) -> None:
        """To the first thing that can be decided, and from there back to where it came from."""
        focus = QApplication.focusWidget()
        if self.isHidden():
            return
        if focus is None or not self.isAncestorOf(focus):
            [*self.choices, self._close][0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._give_back()

    def leave(self) -> None:
        """Close the message; the focus goes back to where it was before."""
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._give_back()
        self.hide()

    def _give_back(self) -> None:
        before = self._came_from
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.left.emit()

    def tell_refused(self, error: Exception, choices: Sequence[tuple[str, Callable[[], None]]] = ()) -> None:
        """An error of the open engagement. What was asked for and made no sense is told until something else did."""
        self.tell_error(error, choices=choices)
        self._passing = isinstance(error, UsageError) and not choices

    def pass_by(self) -> None:
        """Something was changed: a refused input is told no longer."""
        if self._passing and not self.isHidden():
            self.leave()

    def _on_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now) and old is not None and not self.isAncestorOf(old):
            self._came_from = old

    def tell_error(
        self, error: Exception, kept: str = "", *, choices: Sequence[tuple[str, Callable[[], None]]] = ()
    ) -> None:
        """An error in words; ``kept`` says what is safe."""
        if isinstance(error, EngagementError):
            what = ": ".join(part for part in (error.where, error.what) if part)
            self.tell(what.rstrip(".") + ".", " ".join(part for part in (kept, error.remedy) if part), choices=choices)
            return
        what = self.tr("Something unexpected happened ({0}: {1}).").format(type(error).__name__, error)
        remedy = self.tr("You can go on working. If it comes back, close the engagement and open it again.")
        self.tell(what, f"{kept} {remedy}".strip(), choices=choices)
