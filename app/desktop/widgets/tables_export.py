"""The button that writes every table of the report as CSV, in a child process."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.desktop.jobs import Ending, Job, Outcome, spoken
from app.desktop.session import Session
from app.desktop.widgets.text import button, row
from app.engagement.errors import EngagementError


class TablesExport(QWidget):
    """Asks where to; the command line writes."""

    said = Signal(str)
    """Where the tables are."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._export = button(self.tr("Export…"))
        self._export.setToolTip(self.tr("The stored plan as CSV, with all other tables of the report"))
        self._export.clicked.connect(self.choose_folder)
        self.setLayout(row(self._export))

    def choose_folder(self) -> None:
        """Ask for the folder of the exported tables."""
        dialog = QFileDialog(self, self.tr("Folder for the exported tables"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.open()

    def export(self, target: Path) -> None:
        """Write the tables there, once everything so far is in the journal."""
        if self._job is None:
            self._export.setEnabled(False)
            self._session.when_written(lambda: self._begin(target))

    def cancel(self) -> None:
        """Stop; tables that were whole stay."""
        if self._job is not None:
            self._job.cancel()

    def _begin(self, target: Path) -> None:
        folder = str(self._session.folder.absolute())
        self._job = Job(["report", folder, "--format", "csv", "--out", str(target), "--progress"], self)
        self._job.ended.connect(lambda outcome: self._on_job_ended(outcome, target))
        self._job.start()

    def _on_job_ended(self, outcome: Outcome, target: Path) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._job = None
        self._export.setEnabled(True)
        if outcome.ending is Ending.FAILED:
            remedy = self.tr("Choose another folder, or export again.")
            self._session.failed.emit(EngagementError(spoken(outcome.message), self.tr("The export"), remedy))
        elif outcome.ending is Ending.DONE:
            self.said.emit(self.tr("The tables are in {0}").format(target))
