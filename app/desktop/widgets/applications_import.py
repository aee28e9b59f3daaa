"""Applications from a CSV file: read beside the window, shown as a plan, then applied as one step."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QWidget

from app.desktop import theme
from app.desktop.background import Background, Done, Failed
from app.desktop.models.applications_import import ImportModel
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets.files import Mode, ask
from app.desktop.widgets.tables import Table
from app.desktop.widgets.text import button, column, label, row
from app.desktop.widgets.two_line_cells import TwoLineCells
from app.engagement import applications_csv as csv
from app.engagement.applications_csv import RowOutcome
from reports import words


class ApplicationsImport(QWidget):
    """Hidden until a table was read. The plan follows the engagement, which may change meanwhile."""

    begun = Signal()
    """There is a plan to look at."""
    ended = Signal(str)
    """The plan was applied or discarded; what to tell."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reader = Background("table", self)
        self._table: csv.Table | None = None
        self._rows: tuple[csv.Row, ...] = ()
        self.model = ImportModel(self)
        self._heading = label("", Role.HEADING)
        self._beside = label("", Role.SMALL, muted=True, wrap=True)
        self.view = Table(self.tr("Plan of the import"), self.model, row=48)
        self.view.setItemDelegate(TwoLineCells(self.view))
        for section, width in enumerate((130, 260, 80, 0, 60)):
            self.view.setColumnWidth(section, theme.px(width))
        self.view.horizontalHeader().setSectionResizeMode(ImportModel.WHY, QHeaderView.ResizeMode.Stretch)
        self._discard = button(self.tr("Discard the plan"))
        self._discard.clicked.connect(lambda: self._end(""))
        self.apply_button = button("", "primary")
        self.apply_button.clicked.connect(self.apply)
        whole = column(self._heading, 4, self._beside, 8, self.view, 12, row(-1, self._discard, 8, self.apply_button))
        whole.setStretchFactor(self.view, 1)
        self.setLayout(whole)
        session.changed.connect(self._on_session_changed)
        self.hide()

    # ---- doing

    def choose_file(self) -> None:
        kinds = (self.tr("Tables (*.csv *.tsv *.txt)"), self.tr("All files (*)"))
        ask(self, self.tr("Choose a table of applications"), Mode.ExistingFile, self.read, kinds)

    def read(self, path: Path) -> None:
        """Read a table and plan what it does; nothing changes yet."""
        self._reader.submit(lambda: csv.read_table(path), self._on_read)

    def apply(self) -> None:
        """Do what the plan says, as one step that can be undone."""
        if self._table is None:
            return
        counts, table = self.model.counts, self._table
        self._table = None  # what it does itself is not planned anew
        if self._session.do(self.tr("applications"), "application", csv.changes_of(self._rows)):
            self._end(self.tr("{0} added, {1} changed.").format(counts[RowOutcome.NEW], counts[RowOutcome.CHANGED]))
        else:
            self._table = table

    def stop(self) -> None:
        """The engagement closes."""
        self._reader.abandon()

    def _plan(self, table: csv.Table) -> None:
        """What the table would do to the engagement as it is now."""
        session = self._session
        self._rows = csv.plan(table, session.content, session.questionnaire, session.assessment)
        self.model.show_rows(self._rows)
        counts = self.model.counts
        self._heading.setText(
            words.parts([
                self.tr("Plan"),
                self.tr("{0} to add").format(counts[RowOutcome.NEW]),
                self.tr("{0} to change").format(counts[RowOutcome.CHANGED]),
                self.tr("{0} as they are").format(counts[RowOutcome.UNCHANGED]) if counts[RowOutcome.UNCHANGED] else "",
                self.tr("{0} left out").format(counts[RowOutcome.REJECTED]) if counts[RowOutcome.REJECTED] else "",
            ])
        )  # fmt: skip
        count = counts[RowOutcome.NEW] + counts[RowOutcome.CHANGED]
        self.apply_button.setText(
            self.tr("Apply to {0}").format(words.count(count, self.tr("application"), self.tr("applications")))
        )
        self.apply_button.setEnabled(count > 0 and session.writable)

    def _end(self, told: str) -> None:
        self._table, self._rows = None, ()
        self.model.show_rows(())
        self.hide()
        self.ended.emit(told)

    # ---- hearing

    def _on_session_changed(self, changed: Changed) -> None:
        if self._table is not None and not changed.only_answers:
            self._plan(self._table)

    def _on_read(self, outcome: Done[csv.Table] | Failed) -> None:
        if isinstance(outcome, Failed):
            self._session.failed.emit(outcome.error)
            return
        self._table = outcome.value
        self._plan(outcome.value)
        ignored = words.listed(outcome.value.left_out, 5)
        said = [outcome.value.warning, self.tr("Columns left out: {0}.").format(ignored) if ignored else ""]
        self._beside.setText(" ".join(part for part in said if part))
        self._beside.setVisible(bool(self._beside.text()))
        self.show()
        self.begun.emit()
