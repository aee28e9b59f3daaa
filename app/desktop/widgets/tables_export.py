"""The button that writes every table of the report as CSV, in a child process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.desktop import theme
from app.desktop.jobs import Ending, Job, Outcome, spoken
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets import files
from app.desktop.widgets.text import OneLine, button, row
from app.desktop.widgets.working import Working
from app.engagement.errors import EngagementError


class TablesExport(QWidget):
    """Asks where to; the command line writes. The page finds a place for ``working`` and ``told``.

    The command line exports the stored plan: ``keep`` stores the one in view first, then calls back with the words for
    how it ended, with a place for the folder.
    """

    def __init__(
        self, session: Session, keep: Callable[[Callable[[str], None]], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._keep = keep
        self._words = ""
        self._target: Path | None = None
        """Where the tables are being written."""
        self._job: Job | None = None
        self._export = button(self.tr("Export…"))
        tip = self.tr("Every table of the report as CSV")
        if session.writable:
            tip = self.tr("Keeps the plan in view, then writes it as CSV with all other tables of the report")
        self._export.setToolTip(tip)
        self._export.clicked.connect(self.choose_folder)
        self.setLayout(row(self._export))
        self.working = Working(self.tr("Exporting the tables"))
        self.working.cancelled.connect(self.cancel)
        self.told = OneLine(Role.SMALL)
        """How the last export ended, until something changes."""
        session.changed.connect(self.told.hide)
        session.planned.connect(self.told.hide)
        self.told.setContentsMargins(0, theme.px(8), 0, 0)
        self.told.hide()

    def choose_folder(self) -> None:
        """Ask for the folder of the exported tables."""
        files.ask(self, self.tr("Folder for the exported tables"), files.Mode.Directory, self.export)

    def export(self, target: Path) -> None:
        """Write the tables there, once everything so far is in the journal."""
        if self._target is None:
            self._target = target
            self.told.hide()
            self.working.begin(self._export)
            self._keep(self._on_kept)

    @property
    def running(self) -> bool:
        return self._target is not None

    def cancel(self) -> None:
        """Stop; tables that were whole stay."""
        if self._job is not None:
            self._job.cancel()
        elif self._target is not None:
            self._end(Outcome(Ending.CANCELLED))

    def _on_kept(self, words: str) -> None:
        self._words = words
        self._session.when_written(self._begin)

    def _begin(self) -> None:
        if self._target is None or self._job is not None:
            return
        folder = str(self._session.folder.absolute())
        self._job = Job(["report", folder, "--format", "csv", "--out", str(self._target), "--progress"], self)
        self._job.progressed.connect(self.working.show_progress)
        self._job.ended.connect(self._end)
        self._job.start()

    def _end(self, outcome: Outcome) -> None:
        if self._job is not None:
            self._job.deleteLater()
        target, self._job, self._target = self._target, None, None
        self.working.end()
        match outcome.ending:
            case Ending.FAILED:
                remedy = self.tr("Choose another folder, or export again.")
                self._session.failed.emit(EngagementError(spoken(outcome.message), self.tr("The export"), remedy))
                return
            case Ending.CANCELLED:
                self.told.say(self.tr("The export was cancelled; no half table is left in {0}").format(target))
            case Ending.DONE:
                self.told.say(self._words.format(target))
        self.told.show()
