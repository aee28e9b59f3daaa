"""Overview: where each tier stands, what holds it down, and what should be looked at."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QHeaderView,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.destination import Destination
from app.desktop.models.explanation import explained
from app.desktop.models.overview import (
    HeatModel,
    PillarsModel,
    held_by,
    members,
    result_of,
    target_of,
    to_held_by,
)
from app.desktop.models.practices import Filter
from app.desktop.models.tiers import ALL, in_view, tier_names
from app.desktop.pages.page import Page
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.checks_panel import ChecksPanel
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.explained import Explained
from app.desktop.widgets.figure import Figure
from app.desktop.widgets.score_cells import HeatDelegate, Legend, LevelLegend, PillarDelegate
from app.desktop.widgets.tables import WholeTable, WrappedTable
from app.desktop.widgets.text import column, label, row, scrolled
from reports import words
from scoring.lacking import furthest
from scoring.scores import AtTarget, Coverage, rounded


class OverviewPage(Page):
    """Figures, pillars, checks and the heat map of one tier or of all; each thing leads to its cause."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._outdated = False
        self._tier = next(iter(session.evaluation.scores.tiers), ALL)
        questionnaire = session.questionnaire
        self._pillars = PillarsModel(session, self)
        self._heat = HeatModel(session, self)
        self._tiers = Choices(self.tr("Tier in view"))
        self._tiers.chosen.connect(self.show_tier)
        self._figures = {
            name: Figure(title, leads)
            for name, title, leads in (
                ("score", self.tr("Score"), self.tr("How it came about (W)")),
                ("evidenced", self.tr("Evidenced"), self.tr("How it came about (W)")),
                ("at-target", self.tr("At target"), self.tr("The practices below target")),
                ("coverage", self.tr("Answered"), self.tr("The unanswered criteria")),
                ("level", self.tr("Lowest level"), self.tr("The practice that holds it down")),
            )
        }
        for name in ("score", "evidenced"):
            self._figures[name].chosen.connect(lambda: self.explain(""))
        self._figures["at-target"].chosen.connect(self._on_at_target_chosen)
        self._figures["level"].chosen.connect(lambda: self.go_wanted.emit(to_held_by(self._session, self._tier)))
        self._pillar_table = WholeTable(self.tr("Pillars against target"), self._pillars, row=60)
        self._pillar_table.setItemDelegate(PillarDelegate(questionnaire.base, questionnaire.top, self._pillar_table))
        self._pillar_table.activated.connect(self._on_pillar_activated)
        self._pillar_table.clicked.connect(self._on_pillar_clicked)
        why = QShortcut(QKeySequence("W"), self)
        why.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        why.activated.connect(self._on_why)
        self._heat_table = WrappedTable(self.tr("Applications and pillars"), self._heat, row=34)
        self._heat_table.setItemDelegate(HeatDelegate(self._heat_table))
        self._heat_table.activated.connect(self._on_heat_activated)
        self._heat_table.clicked.connect(self._on_heat_activated)
        self._heat_heading = label(self.tr("Applications and pillars"), Role.HEADING)
        self._levels = LevelLegend([(level.number, level.name) for level in questionnaire.level])
        self.checks = ChecksPanel(session)
        self.checks.go_wanted.connect(self.go_wanted)
        self._no_applications = label(
            self.tr("There is no application yet. Add the first on the Applications page; scores of tiers follow."),
            muted=True, wrap=True,
        )  # fmt: skip
        self._lay_out()
        self._figures["coverage"].chosen.connect(self.checks.go_unanswered)
        session.evaluated.connect(self._on_session_evaluated)
        self._show()

    def _lay_out(self) -> None:
        questionnaire = self._session.questionnaire
        title = row(label(self.tr("Overview"), Role.TITLE), -1, self._tiers)
        figures = QHBoxLayout()
        figures.setSpacing(theme.px(24))
        for figure in self._figures.values():
            figures.addWidget(figure, 1)
        left = column(
            label(self.tr("Pillars against target"), Role.HEADING), 8, self._pillar_table, 4,
            Legend(questionnaire.base, questionnaire.top), -1,
        )  # fmt: skip
        right = column(label(self.tr("To look at"), Role.HEADING), 8, self.checks, -1)
        middle = self._middle = QHBoxLayout()
        middle.setSpacing(theme.px(40))
        middle.addLayout(left, 3)
        middle.addLayout(right, 1)
        content = QWidget()
        content.setLayout(
            column(
                title, 4, self._no_applications, 16, figures, 28, middle, 28, self._heat_heading, 8, self._heat_table,
                8, self._levels, -1, margins=(32, 24, 32, 24),
            )
        )  # fmt: skip
        scroll = scrolled(content)
        self.setLayout(column(scroll))
        held = self._pillar_table.horizontalHeader()
        for section, width in enumerate((180, 0, 56, 80, 62, 52, 200)):
            self._pillar_table.setColumnWidth(section, theme.px(width))
        held.setSectionResizeMode(PillarsModel.BAR, QHeaderView.ResizeMode.Stretch)
        header = self._heat_table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self._heat_table.setColumnWidth(0, theme.px(240))

    @override
    def fit(self, narrow: bool) -> None:
        self._middle.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    # ---- showing

    @override
    def arrive(self) -> None:
        self._pillar_table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        if self._outdated:
            self._outdated = False
            self._show()
        super().showEvent(event)

    def show_tier(self, tier: str) -> None:
        """Look at one tier, or at all of them."""
        self._tier = tier
        self._show()

    def _show(self) -> None:
        session = self._session
        self._tier = in_view(session, self._tier)
        self._show_tiers()
        self._pillars.show_tier(self._tier)
        self._heat.show_tier(self._tier)
        empty = not session.assessment.applications
        self._no_applications.setVisible(empty)
        for widget in (self._heat_table, self._heat_heading, self._levels):
            widget.setVisible(not empty)
        self._show_figures()
        self.checks.show_tier(self._tier)

    def _show_tiers(self) -> None:
        wanted = [tier for tier in tier_names(self._session) if tier[0] in self._session.evaluation.scores.tiers]
        wanted.append((ALL, self.tr("All tiers")))
        self._tiers.show_options(wanted, self._tier)
        figures = [figure.number for figure in self._figures.values()]
        order = [*self._tiers.buttons, *figures, self._pillar_table, *self.checks.controls, self._heat_table]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _show_figures(self) -> None:
        session = self._session
        overall = result_of(session, self._tier).overall
        score, coverage = overall.score, overall.coverage
        target = target_of(session, self._tier)
        beside = [self.tr("target {0}").format(words.score(target))] if target is not None else []
        if score is not None and rounded(score.high) != rounded(score.low):
            beside.append(self.tr("up to {0}").format(words.score(score.high)))
        self._figures["score"].show_figure(words.score(score.low if score else None), words.parts(beside))
        gap = words.difference(score.low, score.evidenced) if score else None
        self._figures["evidenced"].show_figure(
            words.score(score.evidenced if score else None),
            self.tr("assurance gap {0}").format(words.number(gap)) if gap is not None else "",
        )
        counts = session.evaluation.scores.at_target
        tiers = [counts[self._tier]] if self._tier in counts else list(counts.values())
        reached = AtTarget(sum(entry.reached for entry in tiers), sum(entry.pairs for entry in tiers))
        self._figures["at-target"].show_figure(
            words.whole(reached.reached) if reached.pairs else words.NONE,
            self.tr("of {0} practice–application pairs").format(words.whole(reached.pairs)),
        )
        self._figures["coverage"].show_figure(
            words.percent(coverage.share),
            words.parts([
                self._counted(coverage),
                self.tr("{0} not applicable").format(words.whole(coverage.not_applicable))
                if coverage.not_applicable else "",
            ]),
        )  # fmt: skip
        names = [session.questionnaire.practices[key].name for key in held_by(session, self._tier)]
        held = self.tr("held by {0}").format(words.listed(names, 2))
        if score is not None and score.level == session.questionnaire.top:
            held = self.tr("the highest there is")
        self._figures["level"].show_figure(
            words.NONE if score is None else str(score.level),
            words.parts([session.questionnaire.level_name(score.level), held]) if score else "",
        )

    def _counted(self, coverage: Coverage) -> str:
        """The organisation's answers count in each application here, and once among what is to be looked at."""
        number = words.applications(len(members(self._session, self._tier)))
        answered, applicable = words.whole(coverage.answered), words.whole(coverage.applicable)
        return self.tr("{0} of {1} answers over {2}").format(answered, applicable, number)

    @override
    def end(self) -> None:
        self.checks.follower.stop()

    # ---- hearing

    def _on_session_evaluated(self) -> None:
        """Out of sight it waits: nobody looks, and every key would pay for it."""
        self._outdated = not self.isVisible()
        if not self._outdated:
            self._show()

    def _on_at_target_chosen(self) -> None:
        session = self._session
        application = furthest(session.questionnaire, session.evaluation.scores, members(session, self._tier))
        wanted = Destination("assess", filter=Filter.BELOW_TARGET, application=application, takes=True)
        self.go_wanted.emit(wanted)

    def _on_pillar_activated(self, index: QModelIndex) -> None:
        self.go_wanted.emit(self._pillars.destination(index.row()))

    def _on_pillar_clicked(self, index: QModelIndex) -> None:
        if index.column() in (PillarsModel.BAR, PillarsModel.SCORE, PillarsModel.EVIDENCED):
            self.explain(self._session.questionnaire.pillar[index.row()].id)
        else:
            self._on_pillar_activated(index)

    def _on_why(self) -> None:
        """The pillar in hand, or everything."""
        index = self._pillar_table.currentIndex()
        pillars = self._session.questionnaire.pillar
        self.explain(pillars[index.row()].id if self._pillar_table.hasFocus() and index.isValid() else "")

    def explain(self, subject: str) -> None:
        """How a pillar's score came about for the tier in view, or (an empty subject) the overall one."""
        found = explained(self._session, subject, tier=self._tier or None)
        if found is not None:
            Explained(*found, self).open()

    def _on_heat_activated(self, index: QModelIndex) -> None:
        self.go_wanted.emit(self._heat.destination(index.row(), index.column()))
