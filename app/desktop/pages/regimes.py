"""Regimes: which are in scope, how their obligations stand, and the criteria behind each of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QHeaderView, QListView, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.destination import Destination
from app.desktop.follower import Follower
from app.desktop.models.regimes import (
    ObligationsModel,
    RegimesModel,
    criteria_of,
    kind_words,
    ordered,
    standing_name,
)
from app.desktop.models.targets import TargetsModel
from app.desktop.models.tiers import tier_names
from app.desktop.pages.page import Page
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.chooser import Chooser
from app.desktop.widgets.lines import TwoLines
from app.desktop.widgets.tables import Table, WholeList
from app.desktop.widgets.text import column, label, row, rule, scrolled
from app.desktop.widgets.two_line_cells import TwoLineCells
from app.engagement import actions
from reports import words
from scoring.coverage import RegimeCoverage, Standing, regimes

EVERYTHING, NOT_MET = "all", "open"
TIER = "?tier "
"""Before a tier's id in the chooser, where an application's id holds neither mark nor space."""
_OPEN = (Standing.PARTLY, Standing.NOT_MET, Standing.NOT_ASSESSED)


Found = tuple[tuple[str, ...], tuple[RegimeCoverage, ...]]
"""The applications that were looked at, and how regimes stand over them."""


class RegimesPage(Page):
    """Left the regimes, in the middle the obligations of one, right the criteria behind one of them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.follower = Follower(self, "regimes", self._ask, self._take, 60)
        self.follower.failed.connect(session.failed)
        self._over: tuple[str, ...] = ()
        self._wanted = EVERYTHING
        self._wanted_regime = ""
        self.regimes = RegimesModel(session, self)
        self.obligations = ObligationsModel(session, self)
        self._criteria = TargetsModel((), self)
        self.scope = Chooser(self.tr("Over which applications"))
        self.scope.currentIndexChanged.connect(self.follower.at_once)
        self.list = QListView()
        self.list.setModel(self.regimes)
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setAccessibleName(self.tr("Regimes"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.selectionModel().currentChanged.connect(self._show_regime)
        self._name = label("", Role.HEADING, wrap=True)
        self._about = label("", Role.SMALL, muted=True, wrap=True)
        self.in_scope = QCheckBox(self.tr("In scope"))
        self.in_scope.clicked.connect(self._on_in_scope_clicked)
        self._counts = label("", Role.BODY, wrap=True)
        self._filter = Choices(self.tr("Which obligations to list"))
        self._filter.chosen.connect(self._on_filter_chosen)
        # Before the table: Tab goes by the order in which widgets come into the window.
        self._show_filter()
        self.table = Table(self.tr("Obligations"), self.obligations, row=50)
        self.table.setItemDelegate(TwoLineCells(self.table))
        self.table.horizontalHeader().setSectionResizeMode(ObligationsModel.TITLE, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().currentRowChanged.connect(self._show_obligation)
        self.criteria = WholeList(self.tr("Criteria behind the obligation"), self._criteria, TwoLines(lines=3), 92)
        self.criteria.activated.connect(self._on_criteria_activated)
        self.criteria.clicked.connect(self._on_criteria_activated)
        self._build_detail()
        self._lay_out()
        session.changed.connect(self._on_session_changed)
        session.evaluated.connect(self.follower.wanted)
        self._fill_scope()
        self._show_regime()

    def _build_detail(self) -> None:
        self._number = label("", Role.SMALL, muted=True)
        self._title = label("", Role.HEADING, wrap=True)
        self._standing = label("", wrap=True)
        self._behind = label("", Role.LABEL, muted=True)
        body = QWidget()
        body.setLayout(
            column(
                self._number, 2, self._title, 8, self._standing, 16, self._behind, 4, self.criteria, -1,
                margins=(20, 24, 16, 16),
            )
        )  # fmt: skip
        self._detail = scrolled(body)

    def _lay_out(self) -> None:
        self._left = QWidget()
        self._left.setLayout(column(label(self.tr("Regimes"), Role.TITLE), 16, self.list, margins=(32, 24, 8, 16)))
        head = row(column(self._name, 2, self._about), 16, self.scope)
        head.setStretch(0, 1)
        head.setAlignment(self.scope, Qt.AlignmentFlag.AlignTop)
        middle = column(
            head, 8, row(self.in_scope, -1, self._filter), 8, self._counts, 8, self.table, margins=(24, 24, 16, 16)
        )
        middle.setStretchFactor(self.table, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._left)
        line.addWidget(rule(vertical=True))
        line.addLayout(middle, 1)
        line.addWidget(rule(vertical=True))
        line.addWidget(self._detail)
        self.fit(self.narrow)

    @override
    def fit(self, narrow: bool) -> None:
        self._left.setFixedWidth(theme.px(200 if narrow else 248))
        self._detail.setFixedWidth(theme.px(216 if narrow else 312))
        self.scope.setFixedWidth(theme.px(180 if narrow else 220))
        for section, width in enumerate((84, 0, 112, 68) if narrow else (112, 0, 150, 76)):
            self.table.setColumnWidth(section, theme.px(width))

    # ---- computing

    def _fill_scope(self) -> None:
        """All applications, a tier's, or one."""
        assessment = self._session.assessment
        applications = sorted(assessment.applications.values(), key=lambda app: app.name.casefold())
        self.scope.show_entries([
            ("", self.tr("All applications")),
            *((f"{TIER}{tier}", name) for tier, name in tier_names(self._session) if assessment.in_tier(tier)),
            *((application.id, application.name) for application in applications),
        ])  # fmt: skip

    def _chosen(self) -> tuple[str, ...]:
        """The applications to look at."""
        assessment, key = self._session.assessment, self.scope.key
        if key.startswith(TIER):
            return tuple(entry.id for entry in assessment.in_tier(key.removeprefix(TIER)))
        return (key,) if key in assessment.applications else tuple(sorted(assessment.applications))

    def _ask(self) -> Callable[[], Found]:
        session = self._session
        content, questionnaire, assessment = session.content, session.questionnaire, session.assessment
        claims = session.evaluation.claims
        over, order = self._chosen(), ordered(content, assessment)
        return lambda: (over, regimes(content, questionnaire, assessment, claims, over, order))

    # ---- showing

    @override
    def show_destination(self, destination: Destination) -> None:
        if destination.subject is not None:
            self._wanted_regime = destination.subject
            if self.regimes.row(destination.subject) >= 0:
                self.show_regime(destination.subject)

    @override
    def arrive(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, answer: Found) -> None:
        self._over, found = answer
        current = self._coverage()
        self.regimes.show_coverages(found)
        if not self.list.currentIndex().isValid() and found:
            place = self.regimes.row(current.regime.id if current else self._wanted_regime)
            self.list.setCurrentIndex(self.regimes.index(max(0, place)))
        self._show_regime()

    def show_regime(self, regime: str) -> None:
        """Look at one regime."""
        self.list.setCurrentIndex(self.regimes.index(self.regimes.row(regime)))

    def _coverage(self) -> RegimeCoverage | None:
        current = self.list.currentIndex()
        return self.regimes.coverage(current.row()) if current.isValid() else None

    def _show_filter(self) -> None:
        options = [(EVERYTHING, self.tr("All obligations")), (NOT_MET, self.tr("Not met yet"))]
        self._filter.show_options(options, self._wanted)

    def _show_regime(self) -> None:
        coverage = self._coverage()
        self._show_filter()
        self.in_scope.setEnabled(coverage is not None and self._session.writable)
        self.obligations.show_obligations(coverage, _OPEN if self._wanted == NOT_MET else Standing)
        if coverage is not None:
            regime = coverage.regime
            self._name.setText(regime.name)
            self._about.setText(regime.version)
            told = (regime.authority, regime.jurisdiction, words.sentence(regime.binds))
            self._about.setToolTip("\n".join(told))
            self.in_scope.setChecked(regime.id in self._session.assessment.regimes)
            counts = coverage.counts
            parts = [f"{counts[entry]} {standing_name(entry).casefold()}" for entry in Standing
                     if counts[entry]]  # fmt: skip
            self._counts.setText(words.parts(parts))
        if not self.table.currentIndex().isValid() and self.obligations.rowCount():
            self.table.selectRow(0)
        self._show_obligation()

    def _show_obligation(self) -> None:
        current = self.table.currentIndex()
        self._detail.setVisible(current.isValid())
        if not current.isValid():
            return
        entry = self.obligations.obligation(current.row())
        self._number.setText(words.parts([entry.number, kind_words(entry.obligation)]))
        self._title.setText(words.sentence(entry.obligation.title))
        self._standing.setText(standing_name(entry.standing))
        # One that is gone is counted still until the next answer comes.
        over = [key for key in self._over if key in self._session.assessment.applications]
        self._criteria.show_targets(criteria_of(self._session, entry, over))
        behind = bool(entry.behind)
        self._behind.setText(
            self.tr("Criteria behind it") if behind else self.tr("No criterion of the questionnaire speaks to it.")
        )
        self.criteria.setVisible(behind)

    @override
    def end(self) -> None:
        self.follower.stop()

    # ---- hearing

    def _on_in_scope_clicked(self) -> None:
        coverage, session = self._coverage(), self._session
        if coverage is None:
            return
        wanted = ",".join(sorted(set(session.assessment.regimes) ^ {coverage.regime.id}))
        session.ask(
            self.tr("regimes"),
            "set",
            lambda: actions.set_value(session.content, session.questionnaire, session.assessment, "regimes", wanted),
        )

    def _on_filter_chosen(self, wanted: str) -> None:
        self._wanted = wanted
        self._show_regime()

    def _on_criteria_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.go_wanted.emit(self._criteria.target(index.row()).destination)

    def _on_session_changed(self, changed: Changed) -> None:
        if not changed.only_answers:
            self._fill_scope()
