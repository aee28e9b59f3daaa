"""Progress: earlier engagements, where the scores are heading, and every answer that moved."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.follower import Follower
from app.desktop.models.progress import (
    MOVED,
    ChangesModel,
    Looked,
    PillarMovesModel,
    course_of,
    delivered_words,
    kind_name,
    look,
    moves,
)
from app.desktop.models.tiers import ALL, in_view, tier_names
from app.desktop.pages.page import Page
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.baseline_plan import BaselineIntake
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.fields import Select
from app.desktop.widgets.files import Mode, ask, local_files
from app.desktop.widgets.tables import WholeTable
from app.desktop.widgets.text import Told, button, column, label, row, scrolled
from app.desktop.widgets.trend_chart import TrendChart
from app.desktop.widgets.two_line_cells import TwoLineCells
from reports import words
from reports.trend import heading
from scoring.progress import Kind, counted
from scoring.trend import Measure

ANY = ""
"""In the place of a kind: all that moved."""
MOST = 200
"""Answers that are listed at first, and with each wish for more."""


class ProgressPage(Page):
    """The baseline in view and the tier above, then the trend, the pillars, and what changed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.follower = Follower(self, "progress", self._ask, self._take, 150)
        self.follower.failed.connect(session.failed)
        self._tier = next(iter(session.evaluation.scores.tiers), ALL)
        self.looked: Looked | None = None
        self._baselines = Select(self.tr("Baseline"))
        self._baselines.setMinimumWidth(theme.px(220))
        self._baselines.currentIndexChanged.connect(self.follower.at_once)
        self._tiers = Choices(self.tr("Tier in view"))
        self._tiers.chosen.connect(self.show_tier)
        self._add_file = button(self.tr("Add a pack or report…"))
        self._add_file.clicked.connect(self.choose_file)
        self._add_folder = button(self.tr("Add a folder…"))
        self._add_folder.clicked.connect(self.choose_folder)
        self.intake = BaselineIntake(session)
        self.intake.begun.connect(self._show)
        self.intake.ended.connect(self._on_intake_ended)
        self.told = Told()
        self._left_out = label("", Role.SMALL, muted=True, wrap=True)
        self._none = label(
            self.tr("There is no baseline yet. Add an earlier engagement of this organisation: its folder, a pack, or "
                    "a report's PDF. A plan comes first; nothing changes until you take it up."),
            muted=True, wrap=True,
        )  # fmt: skip
        self._build_compared()
        self.setAcceptDrops(True)
        self._lay_out()
        session.earlier.changed.connect(self._on_earlier_changed)
        session.evaluated.connect(self.follower.wanted)
        session.planned.connect(self.follower.wanted)
        self._fill()
        self._show()

    def _build_compared(self) -> None:
        session = self._session
        questionnaire = session.questionnaire
        self._heading = label("", Role.STRONG, wrap=True)
        self.chart = TrendChart(self.tr("Trend"), questionnaire.base, questionnaire.top)
        self._trend_words = label("", Role.SMALL, muted=True, wrap=True)
        self.pillars = PillarMovesModel(session, self)
        self._pillar_table = WholeTable(self.tr("Change per pillar"), self.pillars, row=34)
        self._pillar_table.setItemDelegate(TwoLineCells(self._pillar_table))
        for section, width in enumerate((0, 70, 70, 90, 100, 190)):
            self._pillar_table.setColumnWidth(section, theme.px(width))
        header = self._pillar_table.horizontalHeader()
        header.setSectionResizeMode(PillarMovesModel.NAME, QHeaderView.ResizeMode.Stretch)
        self._pillar_table.selectionModel().currentRowChanged.connect(self._show_trend)
        self.changes = ChangesModel(session, self)
        self._kind = Select(self.tr("Which changes to list"))
        self._kind.addItem(self.tr("All changes"), ANY)
        for kind in MOVED:
            self._kind.addItem(kind_name(kind), kind)
        self._kind.currentIndexChanged.connect(self._on_kind_changed)
        self._counts = label("", Role.SMALL, muted=True, wrap=True)
        self._nothing = label(self.tr("No answer changed in this way."), muted=True, wrap=True)
        self._roadmap = label("", wrap=True)
        self.table = WholeTable(self.tr("What changed"), self.changes, row=50)
        self.table.setItemDelegate(TwoLineCells(self.table))
        for section, width in enumerate((170, 0, 110, 130, 240)):
            self.table.setColumnWidth(section, theme.px(width))
        changed = self.table.horizontalHeader()
        changed.setSectionResizeMode(ChangesModel.CRITERION, QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(self._on_table_activated)
        self.table.clicked.connect(self._on_table_activated)
        self._listed = MOST
        self._more = button("", "line")
        self._more.clicked.connect(self._on_more_clicked)

    def _lay_out(self) -> None:
        title = row(label(self.tr("Progress"), Role.TITLE), -1, self._add_file, 8, self._add_folder)
        self._chooser = QWidget()
        self._chooser.setLayout(row(label(self.tr("Since"), Role.SMALL, muted=True), 8, self._baselines, -1,
                                    self._tiers))  # fmt: skip
        self._compared = QWidget()
        self._compared.setLayout(
            column(
                self._heading, 4, self.chart, 4, self._trend_words, 16, self._pillar_table, 16, self._roadmap, 24,
                row(label(self.tr("What changed"), Role.HEADING), -1, self._kind), 4, self._counts, 8, self.table,
                self._nothing, 4, self._more,
            )
        )  # fmt: skip
        content = QWidget()
        content.setLayout(
            column(
                title, 12, self.told, self.intake, self._none, self._chooser, 4, self._left_out, 12, self._compared,
                -1, margins=(32, 24, 32, 24),
            )
        )  # fmt: skip
        scroll = scrolled(content)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(scroll)

    # ---- doing

    def choose_file(self) -> None:
        kinds = (self.tr("Packs and reports (*.colonnade *.pdf *.yaml)"), self.tr("All files (*)"))
        ask(self, self.tr("Choose an earlier engagement"), Mode.ExistingFile, self.intake.read, kinds)

    def choose_folder(self) -> None:
        title = self.tr("Choose the folder of an earlier engagement")
        ask(self, title, Mode.Directory, self.intake.read)

    def show_tier(self, tier: str) -> None:
        """Look at one tier, or at all of them."""
        self._tier = tier
        self.follower.at_once()

    def _ask(self) -> Callable[[], Looked] | None:
        session = self._session
        self._tier = in_view(session, self._tier)
        chosen = self._baselines.currentData()
        baselines = session.earlier.baselines
        if chosen not in [entry.label for entry in baselines]:
            self.looked = None
            self._show()
            return None
        evaluation, tier, folder = session.evaluation, self._tier, session.folder
        asked = (session.questionnaire, evaluation.assessment, evaluation, session.plan)
        return lambda: look(asked, baselines, chosen, tier, folder)

    def _take(self, looked: Looked) -> None:
        self.looked = looked
        self._show()

    # ---- showing

    @override
    def arrive(self) -> None:
        goal: QWidget = self.intake.apply_button if self.intake.isVisible() else self._add_file
        (goal if goal.isEnabled() else self._baselines).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        """The baselines, the latest chosen."""
        earlier = self._session.earlier
        chosen = self._baselines.currentData()
        self._baselines.blockSignals(True)
        self._baselines.clear()
        for baseline in reversed(earlier.baselines):
            tier = self.tr(" · tier {0} only").format(baseline.tier) if baseline.tier else ""
            self._baselines.addItem(words.day(baseline.as_of) + tier, baseline.label)
        self._baselines.setCurrentIndex(max(0, self._baselines.findData(chosen)))
        self._baselines.blockSignals(False)
        self._left_out.setText("\n".join(earlier.left_out))
        self._left_out.setVisible(bool(earlier.left_out))

    def _show(self) -> None:
        planned = not self.intake.isHidden()
        some = bool(self._session.earlier.baselines)
        for entry in (self._add_file, self._add_folder):
            entry.setEnabled(self._session.writable and not planned)
        self._none.setVisible(not some and not planned)
        self._chooser.setVisible(some and not planned)
        self._compared.setVisible(self.looked is not None and not planned)
        wanted = [tier for tier in tier_names(self._session) if tier[0] in self._session.evaluation.scores.tiers]
        self._tiers.show_options([*wanted, (ALL, self.tr("All tiers"))], self._tier)
        order = [self._baselines, *self._tiers.buttons, self._pillar_table, self._kind, self.table, self._more]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        if self.looked is None or planned:
            return
        current = max(0, self._pillar_table.currentIndex().row())
        self.pillars.show_looked(self.looked, self._tier)
        self._pillar_table.selectRow(current)
        self._show_changes()
        self._show_trend()
        self._roadmap.setText(delivered_words(self._session, self.looked.comparison, self._tier))

    def _show_trend(self) -> None:
        trend = self.looked.trend if self.looked else None
        node = self.pillars.node(max(0, self._pillar_table.currentIndex().row()))
        claimed = course_of(trend, node) if trend else None
        some = claimed is not None and len(claimed.days) > 1
        self.chart.setVisible(some)
        self._heading.setVisible(some)
        if trend is None or claimed is None:
            self._trend_words.setText(self.tr("A trend is of one tier: choose one above."))
            return
        whose = self.tr("{0}: ").format(self.pillars.name(node)) if node else ""
        self._heading.setText(f"{whose}{heading(claimed)}.")
        self.chart.show_courses(claimed, course_of(trend, node, Measure.EVIDENCED))
        parts = [self.tr("Filled: claimed. Hollow: evidenced. Dashed: the target.")]
        if claimed.line is None:
            parts.append(self.tr("A forecast needs three engagements of different days."))
        elif not claimed.forecasts:
            parts.append(self.tr("A forecast follows the waves of a stored roadmap: keep one on the Roadmap page."))
        else:
            parts.append(
                self.tr("The band holds the next score in four of five cases, if the pace stays; the roadmap is not "
                        "in it.")
            )  # fmt: skip
        parts += [self.tr("{0} is left out of the trend.").format(words.day(entry.as_of)) for entry in trend.omitted]
        self._trend_words.setText(" ".join(parts))

    def _show_changes(self) -> None:
        if self.looked is None:
            return
        kind = self._kind.currentData()
        found = moves(self.looked.comparison, self._tier, MOVED if kind == ANY else (Kind(kind),))
        self.changes.show_moves(found[: self._listed])
        self.table.setVisible(bool(found))
        self._nothing.setVisible(not found)
        counts = counted(moves(self.looked.comparison, self._tier, tuple(Kind)))
        parts = [f"{counts[entry]:,} {kind_name(entry).casefold()}" for entry in Kind if counts[entry]]
        self._counts.setText(words.parts(parts))
        rest = len(found) - self._listed
        self._more.setText(self.tr("{0} more of {1}").format(min(rest, MOST), words.whole(rest)))
        self._more.setVisible(rest > 0)

    @override
    def end(self) -> None:
        self.follower.stop()

    # ---- hearing

    def _on_intake_ended(self, told: str) -> None:
        self.told.say(told)
        self._show()
        self._add_file.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_more_clicked(self) -> None:
        row, self._listed = self._listed, self._listed + MOST
        self._show_changes()
        self.table.selectRow(row)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_kind_changed(self) -> None:
        self._listed = MOST
        self._show_changes()

    def _on_earlier_changed(self) -> None:
        if self._baselines.count() > len(self._session.earlier.baselines):  # what was told of it holds no longer
            self.told.say("")
        self._fill()
        self.follower.wanted()
        self._show()

    def _on_table_activated(self, index: QModelIndex) -> None:
        if index.isValid() and (goal := self.changes.destination(index.row())) is not None:
            self.go_wanted.emit(goal)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._session.writable:
            local_files(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        if paths := local_files(event):
            if len(paths) > 1:
                self.told.say(self.tr("One after the other: {0} is read first.").format(paths[0].name))
            self.intake.read(paths[0])
