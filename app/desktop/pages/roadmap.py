"""Roadmap: the waves as columns, replanned at once from whatever moves, stored when the user says so."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.background import Background, Done, Failed
from app.desktop.jobs import Ending, Job, Outcome, spoken
from app.desktop.models.overview import ALL
from app.desktop.pages.overview import session_tiers
from app.desktop.pages.page import Page
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.item_detail import ItemDetail
from app.desktop.widgets.number import Number
from app.desktop.widgets.text import button, column, label, row, rule, set_flag
from app.desktop.widgets.wave import WaveColumn
from app.desktop.widgets.working import Working
from app.engagement import actions
from app.engagement.errors import EngagementError
from app.engagement.folder import plan_from_data
from app.engagement.journal import Change
from reports import words
from scoring.assessment import Assessment, Lane
from scoring.roadmap import Initiative, Plan
from scoring.waves import provisional


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
        self._best = button(self.tr("Find the best plan"))
        self._best.clicked.connect(self.find_best)
        self._keep = button(self.tr("Keep this plan"), "primary")
        self._keep.clicked.connect(self.keep)
        self._tiers = Choices(self.tr("Tier in view"))
        self._tiers.chosen.connect(self.show_tier)
        tiers = session.content.tiers
        self._waves = [WaveColumn(session, self.tr("Wave {0}").format(n + 1)) for n in range(tiers.waves)]
        self._rest = WaveColumn(session, self.tr("Not planned"))
        self.detail = ItemDetail(session, tiers.waves)
        self.detail.decided.connect(self._on_detail_decided)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(60)
        self._soon.timeout.connect(self._replan)
        self._working = Working(self.tr("Looking for the best plan"))
        self._working.cancelled.connect(self.cancel)
        self.job: Job | None = None
        self._lay_out()
        session.evaluated.connect(self._on_session_evaluated)
        session.planned.connect(self._show_state)
        self._show()

    def _lay_out(self) -> None:
        head = row(
            column(self._title, self._said), -1, self._tiers, 24,
            self.capacity, 8, label(self.tr("days a wave"), Role.SMALL, muted=True), 16, self._best, 8, self._keep,
            margins=(32, 24, 32, 0),
        )  # fmt: skip
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
        body = row(scroll, self._edge, self.detail)
        body.setStretchFactor(scroll, 1)
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

    def keep(self) -> None:
        """Store the plan that is shown; reports print the stored one."""
        if self._plan is not None and not self._outdated:
            self._session.store(self._plan)

    def find_best(self) -> None:
        """Let the solver look in a child process; the greedy plan stays in view meanwhile."""
        if self.job is None:
            self._working.begin()
            self._best.setEnabled(False)
            self._session.when_written(self._solve)

    def cancel(self) -> None:
        """Stop looking; the plan in view stays."""
        if self.job is not None:
            self.job.cancel()

    def _solve(self) -> None:
        assessment = self._session.assessment

        def ended(outcome: Outcome) -> None:
            self._on_job_ended(outcome, assessment)

        folder = str(self._session.folder.absolute())
        self.job = Job(["roadmap", folder, "--dry-run", "--progress"], self)
        self.job.ended.connect(ended)
        self.job.start()

    def _on_job_ended(self, outcome: Outcome, assessment: Assessment) -> None:
        if self.job is not None:
            self.job.deleteLater()
        self.job = None
        self._working.end()
        self._best.setEnabled(True)
        if outcome.ending is Ending.CANCELLED:
            return
        plan = plan_from_data((outcome.result or {}).get("plan"))
        if plan is None:
            remedy = self.tr("The plan in view stays. Try again.")
            self._session.failed.emit(EngagementError(spoken(outcome.message), self.tr("The solver"), remedy))
        elif assessment is self._session.assessment:
            self._plan, self._outdated = plan, False
            self._show()

    def _on_capacity_given(self, value: int) -> None:
        session = self._session
        changes = actions.set_value(session.content, session.questionnaire, session.assessment, "capacity", str(value))
        session.do(self.tr("capacity"), "set", changes)

    def _on_detail_decided(self, lane: Lane | None, wave: int | None, reason: str) -> None:
        if self._plan is None or self._chosen is None:
            return
        session = self._session
        try:
            if lane is None:
                changes = [Change(("decisions", self._chosen), None)]
            else:
                known = [item.id for item in _items(self._plan)]
                waves = session.content.tiers.waves
                changes = actions.decide(
                    session.assessment, known, self._chosen, lane, wave=wave, reason=reason, waves=waves
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

        self._planner.submit(lambda: provisional(content, questionnaire, assessment, claims), arrived)

    # ---- showing

    @override
    def arrive(self) -> None:
        self._waves[0].list.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def end(self) -> None:
        self.cancel()
        self._planner.stop()

    @property
    def plan(self) -> Plan | None:
        """The one that is shown."""
        return self._plan

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
                self._solver_words(self._plan),
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
        found: tuple[Initiative, int | None] | None = None
        if self._plan is not None:
            for wave in self._plan.waves:
                found = next(((item, wave.index) for item in wave.items if item.id == self._chosen), found)
            found = next(((item, None) for item in self._plan.unplanned if item.id == self._chosen), found)
        for entry in (*self._waves, self._rest):
            entry.choose(self._chosen or "")
        self.detail.setVisible(found is not None)
        self._edge.setVisible(found is not None)
        if found is not None:
            self.detail.show_item(*found)

    def choose(self, item: Initiative) -> None:
        """Take a card in hand."""
        if item.id != self._chosen:
            self._chosen = item.id
            self._show_chosen()


def _items(plan: Plan) -> list[Initiative]:
    return [*(item for wave in plan.waves for item in wave.items), *plan.unplanned]
