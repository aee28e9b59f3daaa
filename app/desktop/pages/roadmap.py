"""Roadmap: the waves as columns, replanned at once from whatever moves, stored when the user says so."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.background import Background, Done, Failed
from app.desktop.models.overview import ALL
from app.desktop.models.roadmap_table import RoadmapTableModel, SortedRoadmap
from app.desktop.pages.overview import session_tiers
from app.desktop.pages.page import Destination, Page
from app.desktop.search import Found, Search
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.item_detail import ItemDetail, Word
from app.desktop.widgets.number import Number
from app.desktop.widgets.tables import SortableTable
from app.desktop.widgets.tables_export import TablesExport
from app.desktop.widgets.text import button, column, label, row, rule, set_flag
from app.desktop.widgets.two_line_cells import TwoLineCells
from app.desktop.widgets.wave import WaveColumn
from app.desktop.widgets.working import Working
from app.engagement import actions
from app.engagement.errors import EngagementError
from reports import words
from scoring.roadmap import Initiative, Plan
from scoring.waves import provisional

BOARD, TABLE = "board", "table"
"""The two views of the plan."""
REFINE = 1500
"""Milliseconds after a what-if until the solver looks for something better."""


class RoadmapPage(Page):
    """Shows the plan that follows from the answers as they are; keeping it is a step of its own."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._planner = Background("plan", self)
        self._plan: Plan | None = session.plan if session.plan_current else None
        self._outdated = self._plan is None
        self._tier = ALL
        self._chosen: str | None = None
        self._title = label(self.tr("Roadmap"), Role.TITLE)
        self._said = label("", Role.SMALL, muted=True)
        self.capacity = Number(self.tr("Capacity of a wave in person-days"), 0, 10_000, 5)
        self.capacity.setFixedWidth(theme.px(72))
        self.capacity.given.connect(self._on_capacity_given)
        self._views = Choices(self.tr("View of the roadmap"))
        self._views.chosen.connect(self.show_view)
        self.tables = TablesExport(session)
        self.tables.said.connect(self._said.setText)
        self._best = button(self.tr("Find the best plan"))
        self._best.clicked.connect(self.find_best)
        self._keep = button(self.tr("Keep this plan"), "primary")
        self._keep.clicked.connect(self.keep)
        self._tiers = Choices(self.tr("Tier in view"))
        self._tiers.chosen.connect(self.show_tier)
        tiers = session.content.tiers
        self._waves = [WaveColumn(session, self.tr("Wave {0}").format(n + 1)) for n in range(tiers.waves)]
        self._rest = WaveColumn(session, self.tr("Not planned"))
        for number, entry in enumerate([*self._waves, self._rest], 1):
            wave = None if entry is self._rest else number
            entry.dropped.connect(lambda key, wave=wave: self.propose(key, wave))
        self._build_table()
        self._build_search()
        self.detail = ItemDetail(session, tiers.waves)
        self.detail.decided.connect(self._on_detail_decided)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(60)
        self._soon.timeout.connect(self._replan)
        for keys, by in (("Alt+Right", 1), ("Alt+Left", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.move_by, by))
        self._lay_out()
        self.show_view(BOARD)
        session.evaluated.connect(self._on_session_evaluated)
        session.planned.connect(self._show_state)
        self._show()

    def _build_table(self) -> None:
        self._rows = RoadmapTableModel(self._session, self)
        self.table = SortableTable(self.tr("Roadmap"), SortedRoadmap(self._rows, self), row=50)
        self.table.setItemDelegate(TwoLineCells(self.table))
        for section, width in enumerate((110, 0, 90, 80, 80, 240)):
            self.table.setColumnWidth(section, theme.px(width))
        self.table.horizontalHeader().setSectionResizeMode(RoadmapTableModel.ITEM, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().currentRowChanged.connect(self._on_table_row_changed)

    def _build_search(self) -> None:
        self._working = Working(self.tr("Looking for the best plan"))
        self._working.cancelled.connect(self.cancel)
        self._search = Search(self._session)
        self._search.ended.connect(self._on_search_ended)
        self._asked = False
        """Whether the user asked for the search, or it came by itself."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFINE)
        self._later.timeout.connect(self._refine)

    def _lay_out(self) -> None:
        first = row(column(self._title, self._said), -1, self.tables, 8, self._best, 8, self._keep)
        second = row(
            self._views, 24, self._tiers, -1,
            self.capacity, 8, label(self.tr("days a wave"), Role.SMALL, muted=True),
        )  # fmt: skip
        head = column(first, 8, second, margins=(32, 24, 32, 0))
        columns = QHBoxLayout()
        columns.setContentsMargins(theme.px(32), theme.px(16), theme.px(32), theme.px(12))
        columns.setSpacing(theme.px(20))
        for entry in (*self._waves, self._rest):
            entry.chosen.connect(self.choose)
            columns.addWidget(entry)
        columns.addStretch(1)
        board = QWidget()
        board.setLayout(columns)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(board)
        self._scroll = scroll
        self.detail.setFixedWidth(theme.px(312))
        self._edge = rule(vertical=True)
        self._edge.hide()
        self.detail.hide()
        listed = QWidget()
        listed.setLayout(column(self.table, margins=(32, 16, 16, 12)))
        self._stack = QStackedWidget()
        self._stack.addWidget(scroll)
        self._stack.addWidget(listed)
        body = row(self._stack, self._edge, self.detail)
        body.setStretchFactor(self._stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addLayout(row(self._working, margins=(32, 0, 32, 0)))
        whole.addLayout(body, 1)

    # ---- doing

    def show_tier(self, tier: str) -> None:
        """One tier's view of the joint plan."""
        self._tier = tier
        self._show()

    def show_view(self, view: str) -> None:
        """BOARD or TABLE."""
        self._views.show_options([(BOARD, self.tr("Board")), (TABLE, self.tr("Table"))], view)
        self._stack.setCurrentIndex(1 if view == TABLE else 0)

    def propose(self, key: str, wave: int | None) -> None:
        """Take an item in hand and ask why it should stand in that wave; None is for in none."""
        self._chosen = key
        self._show_chosen()
        if not self.detail.isHidden() and self._session.writable:
            self.detail.propose(wave)

    def move_by(self, by: int) -> None:
        """Propose the wave before or after for the item in hand: dragging, by keyboard."""
        found = self._place(self._chosen)
        if found is not None:
            wave = len(self._waves) + 1 if found[1] is None else found[1]
            self.propose(found[0].id, min(max(wave + by, 1), len(self._waves)))

    def keep(self) -> None:
        """Store the plan that is shown; reports print the stored one."""
        if self._plan is not None and not self._outdated:
            self._session.store(self._plan)

    def find_best(self) -> None:
        """Let the solver look in a child process; the greedy plan stays in view meanwhile."""
        self._asked = True
        self._later.stop()
        self._search.start()
        self._show_search()

    def cancel(self) -> None:
        """Stop looking; the plan in view stays."""
        self._later.stop()
        self._search.cancel()
        self._show_search()

    @property
    def searching(self) -> bool:
        """Whether the solver looks for a better plan."""
        return self._search.running

    def _refine(self) -> None:
        """After a while without a change the solver looks by itself, without a word where it finds nothing."""
        if self.isVisible() and not self._outdated:
            self._search.start()
            self._show_search()

    def _show_search(self) -> None:
        shown = self._asked and self._search.running
        if shown and self._working.isHidden():
            self._working.begin()
        elif not shown:
            self._working.end()
        self._best.setEnabled(not shown)
        self._show_state()

    def _on_search_ended(self, found: Found) -> None:
        asked, self._asked = self._asked, False
        self._show_search()
        if found.problem and asked:
            remedy = self.tr("The plan in view stays. Try again.")
            self._session.failed.emit(EngagementError(found.problem, self.tr("The solver"), remedy))
        elif found.plan is not None and found.assessment is self._session.assessment:
            self._plan, self._outdated = found.plan, False
            self._show()

    def _on_capacity_given(self, value: int) -> None:
        session = self._session
        changes = actions.set_value(session.content, session.questionnaire, session.assessment, "capacity", str(value))
        session.do(self.tr("capacity"), "set", changes)

    def _on_detail_decided(self, word: Word) -> None:
        if self._plan is None or self._chosen is None:
            return
        session = self._session
        try:
            if word.lane is None:
                changes = actions.undecide(session.assessment, self._chosen)
            else:
                changes = actions.decide(
                    session.assessment,
                    [item.id for item in _items(self._plan)],
                    self._chosen,
                    word.lane,
                    wave=word.wave,
                    by=actions.day(word.by) if word.by else None,
                    reason=word.reason,
                    waves=session.content.tiers.waves,
                )
        except EngagementError as error:
            session.failed.emit(error)
            return
        session.do(self.tr("decision"), "plan", changes)

    # ---- planning

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._outdated:
            self._soon.start()

    def _on_session_evaluated(self) -> None:
        self._outdated = True
        self.cancel()
        if self.isVisible():
            self._soon.start()

    def _replan(self) -> None:
        session = self._session
        content, questionnaire, assessment = session.content, session.questionnaire, session.assessment
        claims = session.evaluation.claims

        def arrived(outcome: Done[Plan] | Failed) -> None:
            if isinstance(outcome, Failed):
                session.failed.emit(outcome.error)
            elif assessment is session.assessment:
                self._plan, self._outdated = outcome.value, False
                self._show()
                self._later.start()

        self._planner.submit(lambda: provisional(content, questionnaire, assessment, claims), arrived)

    # ---- showing

    @override
    def arrive(self) -> None:
        self._waves[0].list.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def show_destination(self, destination: Destination) -> None:
        if destination.subject is not None:
            self._chosen = destination.subject
            self._show_chosen()

    @override
    def end(self) -> None:
        self.cancel()
        self.tables.cancel()
        self._planner.stop()

    @property
    def plan(self) -> Plan | None:
        """The one that is shown."""
        return self._plan

    @property
    def settled(self) -> bool:
        """The plan that is shown follows from the answers and decisions as they are."""
        return self._plan is not None and not self._outdated

    def _show(self) -> None:
        self.capacity.show_number(round(self._session.assessment.capacity))
        options = [(ALL, self.tr("All tiers")), *session_tiers(self._session)]
        self._tiers.show_options(options, self._tier)
        plan = self._plan
        if plan is not None:
            waves = plan.waves if self._tier == ALL else plan.of_tier(self._tier)
            for entry, wave in zip(self._waves, waves, strict=True):
                load = self.tr("{0} of {1} days").format(words.days(wave.used), words.days(wave.capacity))
                entry.show_wave(f"{words.month(wave.start)} · {load}", wave.items, wave.used, wave.capacity)
            rest = tuple(item for item in plan.unplanned if self._tier in (ALL, *item.tiers))
            self._rest.show_wave(words.count(len(rest), self.tr("item")), rest, Fraction(0), Fraction(0))
            self._rest.setVisible(bool(rest))
            self._rows.show_rows(
                [*((wave.index, item) for wave in waves for item in wave.items), *((None, item) for item in rest)]
            )
        self._show_chosen()
        self._show_state()

    def _show_state(self) -> None:
        session = self._session
        stored = session.plan is not None and session.plan_current and session.plan == self._plan
        self._keep.setEnabled(self._plan is not None and not stored and session.writable)
        if self._plan is None:
            text = self.tr("Planning …")
        else:
            count = sum(len(wave.items) for wave in self._plan.waves)
            text = words.parts([
                words.count(count, self.tr("initiative"), self.tr("initiatives")),
                self.tr("looking for a better one …") if self.searching else self._solver_words(self._plan),
                self.tr("stored") if stored else self.tr("not stored yet"),
            ])  # fmt: skip
        self._said.setText(text)
        set_flag(self._said, "attention", self._plan is not None and not stored)

    def _solver_words(self, plan: Plan) -> str:
        if plan.gap is None:
            return self.tr("planned at once")
        share = f"{float(plan.gap) * 100:.1f}"
        return self.tr("best plan, proven to {0} %").format(share) if plan.gap else self.tr("best plan, proven")

    def _show_chosen(self) -> None:
        """The card in hand, wherever it stands now."""
        found = self._place(self._chosen)
        for entry in (*self._waves, self._rest):
            entry.choose(self._chosen or "")
        self.detail.setVisible(found is not None)
        self._edge.setVisible(found is not None)
        if found is not None:
            self.detail.show_item(*found)

    def _place(self, key: str | None) -> tuple[Initiative, int | None] | None:
        """An item and its wave; None for the wave of what is not planned."""
        if self._plan is None or key is None:
            return None
        planned = [(item, wave.index) for wave in self._plan.waves for item in wave.items]
        rest = [(item, None) for item in self._plan.unplanned]
        return next((entry for entry in [*planned, *rest] if entry[0].id == key), None)

    def _on_table_row_changed(self) -> None:
        current = self.table.currentIndex()
        if current.isValid():
            self.choose(self._rows.item(self.table.source_row(current)))

    def choose(self, item: Initiative) -> None:
        """Take a card in hand."""
        if item.id != self._chosen:
            self._chosen = item.id
            self._show_chosen()


def _items(plan: Plan) -> list[Initiative]:
    return [*(item for wave in plan.waves for item in wave.items), *plan.unplanned]
