"""Roadmap: the waves as columns, replanned at once from whatever moves, stored when the user says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import recent, theme
from app.desktop.destination import Destination
from app.desktop.follower import Follower
from app.desktop.icons import IconButton
from app.desktop.models.plan_words import plan_words
from app.desktop.models.tiers import ALL, tier_names
from app.desktop.pages.page import Page
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.board import Board
from app.desktop.widgets.capacity import Capacity
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.idle_decisions import IdleDecisions
from app.desktop.widgets.item_detail import ItemDetail, Word
from app.desktop.widgets.plan_table import PlanTable
from app.desktop.widgets.solving import Solving
from app.desktop.widgets.tables_export import TablesExport
from app.desktop.widgets.text import OneLine, button, column, label, row, rule, set_flag
from app.engagement import actions
from app.engagement.journal import Change
from scoring.roadmap import Initiative, Plan
from scoring.waves import provisional

BOARD, TABLE = "board", "table"
"""The two views of the plan."""
FOLDED = "folded"
"""Remembered while the details are folded away."""


class RoadmapPage(Page):
    """Shows the plan that follows from the answers as they are; keeping it is a step of its own."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._plan: Plan | None = session.plan if session.plan_current else None
        self._once_settled: Callable[[], None] | None = None
        """What was asked of a plan before it followed from the answers."""
        self.follower = Follower(self, "plan", self._to_plan, self._take_provisional, 60)
        self.follower.failed.connect(session.failed)
        self._tier = ALL
        self._chosen: str | None = None
        """The item in hand, or one that a link leads to."""
        self._sought = False
        """A link leads to it, and it has not been shown yet."""
        self._folded = FOLDED in recent.remembered_words("roadmap")
        self._title = label(self.tr("Roadmap"), Role.TITLE)
        self._said = OneLine(Role.SMALL, muted=True)
        self.capacity = Capacity(session)
        self._views = Choices(self.tr("View of the roadmap"))
        self._views.chosen.connect(self.show_view)
        self.tables = TablesExport(session, self._keep_first)
        self._best = button(self.tr("Find the best plan"))
        self.solving = Solving(session, self._best, lambda: self.isVisible() and self.settled)
        self.solving.found.connect(self._take_plan)
        self.solving.changed.connect(self._show_state)
        self._keep = button(self.tr("Keep this plan"), "primary")
        self._keep.clicked.connect(self.keep)
        self._tiers = Choices(self.tr("Tier in view"))
        self._tiers.chosen.connect(self.show_tier)
        self.board = Board(session)
        self.board.chosen.connect(self.choose)
        self.board.moved.connect(self.propose)
        self._fold = IconButton("details", self.tr("Show or hide the details"), keys="F4")
        self._fold.clicked.connect(self.fold_details)
        self.idle = IdleDecisions(session)
        self.idle.released.connect(self._on_idle_released)
        self.table = PlanTable(session)
        self.table.chosen.connect(self.choose)
        self.detail = ItemDetail(session, session.content.tiers.waves)
        self.detail.decided.connect(self._on_detail_decided)
        self.detail.left.connect(self._take_focus)
        self._add_keys()
        self._lay_out()
        self.show_view(TABLE if TABLE in recent.remembered_words("roadmap") else BOARD)
        session.evaluated.connect(self._on_session_evaluated)
        session.planned.connect(self._show_state)
        self._show()

    def _add_keys(self) -> None:
        for keys, slot in (
            ("Alt+Right", partial(self.move_by, 1)),
            ("Alt+Left", partial(self.move_by, -1)),
            ("F4", self.fold_details),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        first = row(column(self._title, self._said), 16, self.tables, 8, self._best, 8, self._keep, 8, self._fold)
        first.setStretch(0, 1)
        second = row(
            self._views, 24, self._tiers, -1,
            self.capacity, 8, label(self.tr("days a wave"), Role.SMALL, muted=True),
        )  # fmt: skip
        head = column(first, 8, second, margins=(32, 24, 32, 0))
        self.detail.setFixedWidth(theme.px(312))
        self._edge = rule(vertical=True)
        self._edge.hide()
        self.detail.hide()
        listed = QWidget()
        listed.setLayout(column(self.table, margins=(32, 16, 16, 12)))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.board)
        self._stack.addWidget(listed)
        body = row(self._stack, self._edge, self.detail)
        body.setStretchFactor(self._stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        for entry in (self.solving, self.tables.working, self.tables.told, self.idle):
            whole.addLayout(row(entry, margins=(32, 0, 32, 0)))
        whole.addLayout(body, 1)

    # ---- doing

    def show_tier(self, tier: str) -> None:
        """One tier's view of the joint plan."""
        self._tier = tier
        self._show()

    def show_view(self, view: str) -> None:
        """BOARD or TABLE."""
        self._view = view
        self._views.show_options([(BOARD, self.tr("Board")), (TABLE, self.tr("Table"))], view)
        self._stack.setCurrentIndex(1 if view == TABLE else 0)

    def propose(self, key: str, wave: int | None) -> None:
        """Take an item in hand and ask why it should stand in that wave; None is for in none."""
        found = self._place(key)
        if found is None:
            return
        self._chosen = key
        asks = wave != found[1] and self._session.may_change()
        self._folded = self._folded and not asks
        self._show_chosen()
        if asks:
            self.detail.propose(wave)
        else:
            self.detail.withdraw()
            self._take_focus()

    def move_by(self, by: int) -> None:
        """Propose the column before or after for the item in hand: dragging, by keyboard."""
        found = self._in_hand()
        if found is not None:
            rest = len(self.board.waves) + 1
            goal = min(max((self.detail.goal or rest) + by, 1), rest)
            self.propose(found[0].id, None if goal == rest else goal)

    def fold_details(self) -> None:
        """Fold the details of the item in hand away, or bring them back."""
        self._folded = not self._folded
        if self._folded and self.detail.isAncestorOf(self.focusWidget()):
            self._take_focus()
        self._show_chosen()

    def keep(self) -> None:
        """Store the plan that is shown, once it follows from the answers; reports print the stored one."""
        if not self.settled:
            self._once_settled = self.keep
        elif self._plan is not None and not self._stored:
            self._session.store(self._plan)

    def _keep_first(self, then: Callable[[str], None]) -> None:
        """Keep the plan in view, once it follows from the answers, and say with what words an export of it ends."""
        if not self.tables.running:
            return  # it was cancelled meanwhile
        if not self.settled:
            self._once_settled = partial(self._keep_first, then)
        elif self._stored or not self._session.assessment.applications:
            then(self.tr("The tables are in {0}"))
        elif self._session.writable:
            self.keep()
            then(self.tr("The plan was kept. The tables are in {0}"))
        else:
            then(
                self.tr("The plan in view cannot be kept here. The tables are in {0}, with the plan that reports print")
            )

    def _on_detail_decided(self, word: Word) -> None:
        if self._plan is None or self._chosen is None:
            return
        session, key, items = self._session, self._chosen, [item.id for item in _items(self._plan)]

        def action() -> list[Change]:
            if word.lane is None:
                return actions.undecide(session.assessment, key)
            by = actions.day(word.by) if word.by else None
            waves = session.content.tiers.waves
            return actions.decide(
                session.assessment, items, key, word.lane, wave=word.wave, by=by, reason=word.reason, waves=waves
            )

        if session.ask(self.tr("decision"), "plan", action):
            self.detail.settle()
            self._take_focus()  # from the field, which would keep Ctrl+Z to itself
        elif word.by:
            self.detail.ask_day()

    def _on_idle_released(self, key: str) -> None:
        session = self._session
        self._take_focus()
        if session.ask(self.tr("decision"), "plan", partial(actions.undecide, session.assessment, key)):
            self.idle.forget(key)  # before the plan follows: nothing is taken back twice

    # ---- planning

    def _on_session_evaluated(self) -> None:
        self.solving.stop()
        self.follower.wanted()

    def _to_plan(self) -> Callable[[], Plan] | None:
        session = self._session
        if not session.scored:
            return None  # the scores will follow, and say so
        if session.plan_current:  # as at first, or after the way back to what the stored plan follows from
            self._take_plan(session.plan)
            return None
        content, questionnaire, assessment = session.content, session.questionnaire, session.assessment
        claims = session.evaluation.claims
        return lambda: provisional(content, questionnaire, assessment, claims)

    def _take_provisional(self, plan: Plan) -> None:
        self._take_plan(plan)
        self.solving.later.start()

    def _take_plan(self, plan: Plan | None) -> None:
        self._plan = plan
        self._show()
        if self._once_settled is not None and self.settled:
            then, self._once_settled = self._once_settled, None
            then()

    # ---- showing

    @override
    def arrive(self) -> None:
        self._take_focus()

    def _take_focus(self) -> None:
        if self._stack.currentWidget() is self.board:
            self.board.take_focus()
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def fit(self, narrow: bool) -> None:
        self._show_chosen()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.detail.isVisible():
            self.fold_details()
        else:
            super().keyPressEvent(event)

    @override
    def show_destination(self, destination: Destination) -> None:
        if destination.subject is not None:
            self._chosen, self._sought, self._folded = destination.subject, True, False
            self._show_sought()

    def _show_sought(self) -> None:
        """What a link leads to: a card, or a decision without one."""
        found = self._place(self._chosen)
        if found is not None and self._tier not in (ALL, *found[0].tiers):
            self._tier = ALL
            self._show()
        if found is None:
            self.idle.reveal(self._chosen or "")
        self._sought = not self.settled
        self._show_chosen()

    @override
    def commit(self) -> None:
        self.capacity.commit()

    @override
    def end(self) -> None:
        recent.remember_words("roadmap", [self._view, *([FOLDED] if self._folded else [])])
        self.solving.stop()
        self.tables.cancel()
        self.follower.stop()

    @property
    def plan(self) -> Plan | None:
        """The one that is shown."""
        return self._plan

    @property
    def settled(self) -> bool:
        """The plan that is shown follows from the answers and decisions as they are."""
        return self._plan is not None and self.follower.settled and self._session.scored

    @property
    def _stored(self) -> bool:
        """The plan that is shown is the one that reports print."""
        return self._session.plan is not None and self._session.plan_current and self._session.plan == self._plan

    def _show(self) -> None:
        self.capacity.refresh()
        options = [(ALL, self.tr("All tiers")), *tier_names(self._session)]
        self._tiers.show_options(options, self._tier)
        plan = self._plan
        if plan is not None:
            waves = plan.waves if self._tier == ALL else plan.of_tier(self._tier)
            rest = tuple(item for item in plan.unplanned if self._tier in (ALL, *item.tiers))
            self.board.show_plan(waves, rest, self._tier)
            self.table.show_plan(waves, rest)
            decisions = self._session.assessment.decisions
            idle = actions.idle_decisions(self._session.assessment, plan)
            self.idle.show_decisions({key: decisions[key] for key in idle})
        if self._sought:
            self._show_sought()
        self._show_chosen()
        self._show_state()

    def _show_state(self) -> None:
        session = self._session
        stored = self._stored
        keepable = self._plan is not None and not stored and bool(session.assessment.applications)
        if not keepable and self._keep.hasFocus():
            self._take_focus()  # not to whatever button comes next
        self._keep.setEnabled(keepable and session.writable)
        self.tables.setEnabled(bool(session.assessment.applications))
        text = plan_words(session, self._plan, self._tier, searching=self.solving.searching, stored=stored)
        self._said.say(text)
        set_flag(self._said, "attention", keepable)

    def _show_chosen(self) -> None:
        """The item in hand, wherever it stands now."""
        found = self._in_hand()
        self.board.choose(self._chosen or "")
        if found is not None:
            self.detail.show_item(*found)
        shown = found is not None and not self._folded
        self._fold.setEnabled(found is not None)
        self.detail.setVisible(shown)
        self._edge.setVisible(shown)
        self.table.show_less(shown and self.narrow)
        self.table.choose(self._chosen or "")

    def _in_hand(self) -> tuple[Initiative, int | None] | None:
        """The item and its wave, where the tier in view has it."""
        found = self._place(self._chosen)
        return found if found is not None and self._tier in (ALL, *found[0].tiers) else None

    def _place(self, key: str | None) -> tuple[Initiative, int | None] | None:
        """An item and its wave; None for the wave of what is not planned."""
        if self._plan is None or key is None:
            return None
        planned = [(item, wave.index) for wave in self._plan.waves for item in wave.items]
        rest = [(item, None) for item in self._plan.unplanned]
        return next((entry for entry in [*planned, *rest] if entry[0].id == key), None)

    def choose(self, item: Initiative) -> None:
        """Take a card in hand."""
        if item.id != self._chosen:
            self._chosen = item.id
            self._show_chosen()


def _items(plan: Plan) -> list[Initiative]:
    return [*(item for wave in plan.waves for item in wave.items), *plan.unplanned]
