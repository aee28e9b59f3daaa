"""What the disk did not take, and the ways out: try again, keep a copy elsewhere, close without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.desktop import opening
from app.desktop.background import Background, Done, Failed
from app.desktop.session import Session
from app.desktop.widgets.banner import Banner
from app.desktop.writes import Saving
from scoring.assessment import Assessment


class Unsaved(QObject):
    """Tells of it for one session."""

    close_wanted = Signal()
    """It was decided to do without what is not saved."""

    def __init__(self, session: Session, banner: Banner, writer: Background, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._banner = banner
        self._writer = writer
        self._window = window
        self._copied: Assessment | None = None
        self._error: Exception | None = None
        self._said = ""
        session.unsaved.connect(self._on_session_unsaved)
        session.saving_changed.connect(self._on_session_saving_changed)
        session.closed.connect(self._on_session_closed)

    @property
    def at_risk(self) -> bool:
        """Whether something is in this window alone."""
        return self._session.at_risk and self._copied is not self._session.assessment

    def hold(self) -> bool:
        """Whether closing now would lose something; then the window says so instead of closing."""
        if self.at_risk:
            self._tell(
                self.tr("This stays open: what was changed last is not saved in {0}.").format(self._session.folder),
                self.tr("A copy is a pack, which 'Open a pack…' on the start page opens."),
                [*self.ways(), (self.tr("Close without it"), self.close_wanted.emit)],
            )
        return self.at_risk

    def ways(self) -> list[tuple[str, Callable[[], None]]]:
        """What can be done about it; nothing where nothing is at risk."""
        if not self.at_risk:
            return []
        copy = (self.tr("Save a copy…"), self.choose_file)
        return [(self.tr("Try again"), self._session.save), copy] if self._session.can_save else [copy]

    def leave(self) -> None:
        """Say once more what is at risk: after the engagement was closed only a copy can still be made of it."""
        if self.at_risk and self._error is not None:
            self._on_session_unsaved(self._error)

    def _tell(self, what: str, remedy: str, choices: list[tuple[str, Callable[[], None]]]) -> None:
        self._banner.tell(what, remedy, choices=choices)
        self._said = self._banner.message

    def _on_session_unsaved(self, error: Exception) -> None:
        self._error = error
        kept = self.tr("What was changed last is not saved; this window keeps it as long as the engagement is open.")
        if not self._session.writable:
            kept = self.tr("What was changed last is not saved; a copy of it can be.")
        self._banner.tell_error(error, kept, choices=self.ways())
        self._said = self._banner.message

    def _on_session_saving_changed(self, saving: Saving) -> None:
        if saving is Saving.SAVED and self._said and self._banner.message == self._said:
            self._banner.leave()

    def _on_session_closed(self) -> None:
        if not self.at_risk:  # else a copy can still be asked for
            self.deleteLater()

    # ---- a copy

    def choose_file(self) -> None:
        """Ask where a copy goes."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._window, self.tr("Save a copy"), documents or str(Path.home()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Packs (*.colonnade)")])
        dialog.setDefaultSuffix("colonnade")
        dialog.selectFile(f"{self._session.folder.name}.colonnade")
        dialog.fileSelected.connect(self.save_copy)
        dialog.rejected.connect(self.leave)  # what can be done is offered again
        dialog.open()

    def save_copy(self, name: str) -> None:
        """Write the state that the window shows as a pack."""
        assessment, questionnaire = self._session.assessment, self._session.questionnaire

        def written(outcome: Done[None] | Failed) -> None:
            if isinstance(outcome, Failed):
                self._banner.tell_error(outcome.error, choices=self.ways())
                return
            self._copied = assessment
            self._banner.tell(
                self.tr("A copy is in {0}.").format(name),
                self.tr("It holds answers, applications and evidence as this window shows them, no plan or baselines."),
                problem=False,
            )
            if not self._session.writable:  # closed already, and now nothing is left to do
                self.deleteLater()

        self._writer.submit(lambda: opening.save_copy(Path(name), assessment, questionnaire), written)
