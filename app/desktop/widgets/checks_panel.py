"""What to look at again: rules by severity with their counts, and what the one in hand has found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop import theme
from app.desktop.destination import Destination
from app.desktop.follower import Follower
from app.desktop.models.checks import GROUPS, Group, found, group_words, of_tier, target
from app.desktop.models.overview import members
from app.desktop.models.practices import Filter
from app.desktop.models.targets import TargetsModel
from app.desktop.models.tiers import ALL
from app.desktop.session import Session
from app.desktop.widgets.lines import TwoLines
from app.desktop.widgets.tables import WholeList
from app.desktop.widgets.text import button, column, label
from reports import words
from scoring.checks import Check
from scoring.lacking import unanswered

MOST, MORE = 6, 50
"""Checks of one rule that are listed at first, and with each wish for more."""
SOON = 150
"""Milliseconds after the last change: nobody reads checks while answers move."""


class ChecksPanel(QWidget):
    """Computed beside the window; each check leads to where it is mended."""

    go_wanted = Signal(object)
    """Destination"""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tier = ALL
        self._chosen: Group | None = None
        self._every: tuple[Check, ...] | None = None
        self.follower = Follower(self, "checks", self._ask, self._take, SOON)
        self.follower.failed.connect(session.failed)
        self._open = button("", "line")
        self._open.clicked.connect(self.go_unanswered)
        self._rules = QVBoxLayout()
        self._rules.setSpacing(theme.px(2))
        self.buttons: dict[Group, QPushButton] = {}
        for group in GROUPS:
            entry = self.buttons[group] = button("", "line")
            entry.setCheckable(True)
            entry.clicked.connect(lambda _=False, group=group: self.show_group(group))
            self._rules.addWidget(entry)
        self._none = label("", muted=True, wrap=True)
        self._model = TargetsModel((), self)
        self.list = WholeList(self.tr("What the check has found"), self._model, TwoLines(lines=3), 92)
        self.list.activated.connect(self._on_list_activated)
        self.list.clicked.connect(self._on_list_activated)
        self._listed = MOST
        self._more = button("", "line")
        self._more.clicked.connect(self._on_more_clicked)
        self.setLayout(column(self._open, 2, self._rules, self._none, 12, self.list, 4, self._more))
        for moved in (session.evaluated, session.planned, session.earlier.changed):
            moved.connect(self.follower.wanted)

    @property
    def controls(self) -> list[QWidget]:
        """In the order of Tab."""
        return [self._open, *self.buttons.values(), self.list, self._more]

    def show_tier(self, tier: str) -> None:
        """Another tier, or other answers."""
        self._tier = tier
        open_ = self._unanswered()
        count, once = open_.total(), open_[None]
        said = words.count(count, self.tr("unanswered criterion"), self.tr("unanswered criteria"))
        # The organisation's count here once, and for every application in its coverage.
        self._open.setText(
            words.parts([said, self.tr("{0} of the organisation").format(words.whole(once)) if once else ""])
        )
        self._open.setEnabled(count > 0)
        self._show()

    def _unanswered(self) -> Counter[str | None]:
        session = self._session
        return unanswered(session.questionnaire, session.evaluation.scores, members(session, self._tier))

    def show_group(self, group: Group) -> None:
        """List what one rule has found of one severity."""
        self._chosen = group
        self._listed = MOST
        self._show()

    def _ask(self) -> Callable[[], tuple[Check, ...]]:
        session = self._session
        content, questionnaire, evaluation = session.content, session.questionnaire, session.evaluation
        earlier = (session.earlier.latest, session.plan)
        return lambda: found(content, questionnaire, evaluation.assessment, evaluation, earlier)

    def _take(self, every: tuple[Check, ...]) -> None:
        self._every = every
        self._show()

    def _show(self) -> None:
        every = of_tier(self._session, self._every or (), self._tier)
        known = Counter(map(Group.of, every))
        # Only a person's choice outlives what it was made from: a graver one that comes later is not passed over.
        shown = self._chosen if self._chosen in known else next((group for group in GROUPS if known[group]), None)
        for group, entry in self.buttons.items():
            entry.setVisible(known[group] > 0)
            entry.setChecked(group == shown)
            entry.setText(group_words(group, known[group]))
        self._none.setText(self.tr("Looking …") if self._every is None else self.tr("Nothing else to look at."))
        self._none.setVisible(not known)
        mine = [check for check in every if Group.of(check) == shown]
        self._model.show_targets([target(self._session, check) for check in mine[: self._listed]])
        self.list.setVisible(bool(mine))
        rest = len(mine) - self._listed
        self._more.setText(self.tr("{0} more of {1}").format(min(rest, MORE), words.whole(rest)))
        self._more.setVisible(rest > 0)

    def _on_more_clicked(self) -> None:
        row, self._listed = self._listed, self._listed + MORE
        self._show()
        self.list.setCurrentIndex(self._model.index(row))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_unanswered(self) -> None:
        """To where most is unanswered."""
        places = self._unanswered().most_common(1)
        owner = places[0][0] if places else None
        self.go_wanted.emit(Destination("assess", filter=Filter.UNANSWERED, application=owner, takes=True))

    def _on_list_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.go_wanted.emit(self._model.target(index.row()).destination)
