"""Evidence: exports are read in a child process, shown as a plan, and then applied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QFrame, QHeaderView, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.jobs import Ending, Job, Outcome, spoken
from app.desktop.models.intake import ADD, UNASSIGNED, UNDECIDABLE, IntakeModel, items_of
from app.desktop.models.register import RegisterModel
from app.desktop.pages.page import Destination, Page
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets.drop import DropZone
from app.desktop.widgets.export_detail import ExportDetail
from app.desktop.widgets.tables import Table
from app.desktop.widgets.text import button, column, label, row, set_flag
from app.desktop.widgets.two_line_cells import TwoLineCells
from app.desktop.widgets.working import Working
from reports import words

GUESS, ORGANISATION = "?guess", "?organisation"
"""In the place of an application's id, which cannot hold a question mark."""


class EvidencePage(Page):
    """Drop, plan, apply; below, what the engagement holds."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.job: Job | None = None
        self.drop = DropZone()
        self.drop.paths_given.connect(self.read)
        self._target = QComboBox()
        self._target.setAccessibleName(self.tr("What the exports are about"))
        self._target.setMinimumWidth(theme.px(220))
        self._working = Working(self.tr("Reading exports"))
        self._working.cancelled.connect(self.cancel)
        self._said = label("", wrap=True)
        self._said.hide()
        self._intake = IntakeModel(session, self)
        self._register = RegisterModel(session, self)
        self._build_plan()
        self._build_register()
        self._target_row = QWidget()
        self._target_row.setLayout(row(label(self.tr("About"), Role.SMALL, muted=True), 8, self._target))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.px(n) for n in (32, 24, 32, 16)))
        whole.setSpacing(theme.px(12))
        whole.addLayout(row(label(self.tr("Evidence"), Role.TITLE), -1, self._target_row))
        whole.addWidget(self.drop)
        whole.addWidget(self._working)
        whole.addWidget(self._said)
        whole.addWidget(self._plan, 1)
        whole.addWidget(self._registered, 1)
        session.changed.connect(self._on_session_changed)
        self.fit(self.narrow)
        self._fill_targets()
        self._show()

    def _build_plan(self) -> None:
        self._plan_heading = label("", Role.HEADING)
        self.table = Table(self.tr("Plan"), self._intake, row=48)
        self.table.setItemDelegate(TwoLineCells(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        _stretch(self.table, IntakeModel.FILE, IntakeModel.FOR)
        self.table.selectionModel().selectionChanged.connect(self._on_table_selection_changed)
        self._format = QComboBox()
        self._format.setAccessibleName(self.tr("Format of the selected files"))
        self._whom = QComboBox()
        self._whom.setAccessibleName(self.tr("What the selected files are about"))
        self._whom.setMinimumWidth(theme.px(220))
        self._again = button(self.tr("Read selected again"))
        self._again.clicked.connect(self.read_again)
        self._again.setToolTip(self.tr("Files that nobody can place, or of unclear format, with what you say of them"))
        self._discard = button(self.tr("Discard the plan"))
        self._discard.clicked.connect(self.discard)
        self._apply = button("", "primary")
        self._apply.clicked.connect(self.apply)
        self._plan = QWidget()
        self._plan.setLayout(
            column(
                self._plan_heading, 8, self.table, 12,
                row(self._whom, 8, self._format, 8, self._again, -1, self._discard, 8, self._apply),
            )
        )  # fmt: skip

    def _build_register(self) -> None:
        self._register_heading = label("", Role.HEADING)
        self._nothing = label(
            self.tr("Nothing yet. Exports of pipelines and scanners show how much of the answers can be proven."),
            muted=True, wrap=True,
        )  # fmt: skip
        self._register_table = Table(self.tr("Evidence of the engagement"), self._register, row=48)
        self._register_table.setItemDelegate(TwoLineCells(self._register_table))
        _stretch(self._register_table, RegisterModel.TOOL)
        self._register_table.selectionModel().currentRowChanged.connect(self._on_register_row_changed)
        self._detail = ExportDetail(self._session)
        split = QSplitter()
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self._register_table)
        split.addWidget(self._detail)
        split.setStretchFactor(0, 1)
        self._register_split = split
        self._remove = button(self.tr("Remove the export"))
        self._remove.setToolTip(self.tr("Its facts count no longer; Ctrl+Z brings it back"))
        self._remove.clicked.connect(self.remove)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self._register_table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.remove)
        self._registered = QFrame()
        whole = column(row(self._register_heading, -1, self._remove), 8, self._nothing, split)
        whole.setStretchFactor(split, 1)
        self._registered.setLayout(whole)

    @override
    def fit(self, narrow: bool) -> None:
        _widths(self.table, (110, 0, 120, 0, 130) if narrow else (170, 0, 170, 0, 190))
        _widths(self._register_table, (112, 0, 132, 100, 50) if narrow else (190, 0, 160, 190, 60))
        self._register_split.setSizes([theme.px(560), theme.px(240)] if narrow else [theme.px(800), theme.px(320)])

    # ---- doing

    def read(self, paths: Sequence[Path]) -> None:
        """Read exports into a plan; what was planned before stays."""
        self._start([str(path.absolute()) for path in paths], self._target.currentData(), None)

    def read_again(self) -> None:
        """Read the selected files once more, with the application and the format that the user names."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        paths = list(dict.fromkeys(self._intake.item(number).path for number in rows))
        self._start(paths, self._whom.currentData(), self._format.currentData())

    def _start(self, paths: list[str], target: str, format_name: str | None) -> None:
        if self.job is not None or not paths:
            return
        arguments = ["ingest", str(self._session.folder.absolute()), *paths, "--dry-run", "--progress"]
        if target == ORGANISATION:
            arguments.append("--organisation")
        elif target != GUESS:
            arguments += ["--application", target]
        if format_name:
            arguments += ["--format", format_name]
        self._say("")
        self.job = Job(arguments, self)
        self.job.progressed.connect(self._working.show_progress)
        self.job.ended.connect(self._on_job_ended)
        self._working.begin()
        self.drop.setEnabled(False)
        self._show()
        self.job.start()

    def cancel(self) -> None:
        """Stop reading; nothing was changed."""
        if self.job is not None:
            self.job.cancel()

    def discard(self) -> None:
        """Forget the plan."""
        self._intake.clear()
        self._show()

    def apply(self) -> None:
        """Register what the plan adds, as one step that can be undone."""
        count = self._intake.counts[ADD]
        if self._session.do(self.tr("evidence"), "ingest", self._intake.changes()):
            self._intake.clear()
            self._say(self.tr("{0} added.").format(words.count(count, self.tr("export"), self.tr("exports"))))
        self._show()

    def remove(self) -> None:
        """Take the chosen export out of the register; undo brings it back."""
        current = self._register_table.currentIndex()
        if not current.isValid():
            return
        name = self._register.evidence(current.row()).tool
        if self._session.do(self.tr("evidence"), "remove", self._register.removal(current.row())):
            self._say(self.tr("The export of {0} was removed; Ctrl+Z brings it back.").format(name))
            self._register_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_export(self, row: int) -> None:
        """Look at one export of the register."""
        self._register_table.selectRow(row)

    # ---- showing

    @override
    def arrive(self) -> None:
        goal = self._apply if self._apply.isEnabled() else self._discard
        (goal if self._intake.rowCount() else self.drop.files).setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def show_destination(self, destination: Destination) -> None:
        rows = range(self._register.rowCount())
        place = next((row for row in rows if self._register.evidence(row).sha256 == destination.subject), None)
        if place is not None:
            self.show_export(place)

    @property
    def intake(self) -> IntakeModel:
        return self._intake

    def _fill_targets(self) -> None:
        applications = sorted(self._session.assessment.applications.values(), key=lambda app: app.name.casefold())
        for box in (self._target, self._whom):
            chosen = box.currentData()
            box.clear()
            box.addItem(self.tr("Guess the application"), GUESS)
            box.addItem(self.tr("Organisation"), ORGANISATION)
            for application in applications:
                box.addItem(application.name, application.id)
            box.setCurrentIndex(max(0, box.findData(chosen)))

    def _show(self) -> None:
        counts = self._intake.counts
        planned = self._intake.rowCount() > 0
        self._plan.setVisible(planned)
        self._plan_heading.setText(
            words.parts([
                self.tr("Plan"),
                words.count(counts[ADD], self.tr("export to add"), self.tr("exports to add")),
                *(
                    words.count(counts[name], one, many)
                    for name, one, many in (
                        ("unassigned", self.tr("without an application"), self.tr("without an application")),
                        ("undecidable", self.tr("of unclear format"), self.tr("of unclear format")),
                        ("duplicate", self.tr("known already"), self.tr("known already")),
                        ("rejected", self.tr("left out"), self.tr("left out")),
                    )
                    if counts[name]
                ),
            ])
        )  # fmt: skip
        self._apply.setText(self.tr("Add {0}").format(words.count(counts[ADD], self.tr("export"), self.tr("exports"))))
        self._apply.setEnabled(counts[ADD] > 0 and self._session.writable and self.job is None)
        self._discard.setEnabled(self.job is None)
        self._on_table_selection_changed()
        registered = self._register.rowCount()
        self._register_heading.setText(
            self.tr("Ingested") if not registered else
            self.tr("Ingested · {0}").format(words.count(registered, self.tr("export"), self.tr("exports")))
        )  # fmt: skip
        # One thing at a time: while there is a plan, the register waits.
        self._registered.setVisible(not planned)
        self._nothing.setVisible(not registered)
        self._remove.setVisible(registered > 0)
        self._remove.setEnabled(self._register_table.currentIndex().isValid() and self._session.writable)
        self._register_split.setVisible(registered > 0)

    @property
    def said(self) -> str:
        """What the page last told."""
        return self._said.text()

    def _say(self, text: str, *, attention: bool = False) -> None:
        self._said.setText(text)
        self._said.setVisible(bool(text))
        set_flag(self._said, "attention", attention)

    @override
    def end(self) -> None:
        self.cancel()

    # ---- hearing

    def _on_job_ended(self, outcome: Outcome) -> None:
        if self.job is not None:
            self.job.deleteLater()
        self.job = None
        self._working.end()
        self.drop.setEnabled(True)
        items = items_of(outcome.result)
        if outcome.ending is Ending.CANCELLED:
            self._say(self.tr("Reading was cancelled; nothing was changed."))
        elif items:
            self._intake.show_items(items)
        else:
            why = spoken(outcome.message) or self.tr("nothing was found in them")
            self._say(
                self.tr("The exports could not be read: {0} Nothing was changed; mend it and drop them again.").format(
                    words.sentence(why)
                ),
                attention=True,
            )
        self._show()
        if items:
            self._apply.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_table_selection_changed(self, *_: QItemSelection) -> None:
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        chosen = [self._intake.item(number) for number in rows]
        wanted = any(self._intake.counts[name] for name in (UNASSIGNED, UNDECIDABLE))
        self._whom.setVisible(wanted)
        self._again.setVisible(wanted)
        self._again.setEnabled(bool(chosen) and all(item.wants_word for item in chosen) and self.job is None)
        candidates = sorted({name for item in chosen if item.outcome == UNDECIDABLE for name in item.candidates})
        self._format.clear()
        for name in candidates:
            self._format.addItem(name, name)
        self._format.setVisible(bool(candidates))

    def _on_register_row_changed(self) -> None:
        current = self._register_table.currentIndex()
        self._detail.show_evidence(self._register.evidence(current.row()) if current.isValid() else None)
        self._remove.setEnabled(current.isValid() and self._session.writable)

    def _on_session_changed(self, changed: Changed) -> None:
        if not changed.only_answers:
            self._fill_targets()
            self._detail.show_evidence(None)
            self._show()


def _widths(table: Table, widths: Sequence[int]) -> None:
    for section, width in enumerate(widths):
        table.setColumnWidth(section, theme.px(width))


def _stretch(table: Table, *sections: int) -> None:
    for section in sections:
        table.horizontalHeader().setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
