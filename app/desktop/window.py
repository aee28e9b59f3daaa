"""The main window: the start page, or the workspace of one open engagement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QWidget
from typing_extensions import override

from app.desktop import pace, recent, theme
from app.desktop.background import Background, Done, Failed
from app.desktop.pages.start import StartPage
from app.desktop.widgets.banner import Banner
from app.desktop.widgets.mark import window_icon
from app.desktop.widgets.text import column

if TYPE_CHECKING:
    from app.about import About
    from app.desktop.opening import Draft, Opened
    from app.desktop.session import Session
    from app.desktop.widgets.open_pack import Unpacking
    from app.desktop.workspace import Workspace
    from app.engagement.recover import Source


class MainWindow(QMainWindow):
    """Opens and closes engagements. What one does inside an engagement is the workspace's."""

    first_painted = Signal()
    """Once: the start page stands on the screen."""
    opened = Signal()
    """An engagement is open and its workspace is in view."""
    ready = Signal()
    """What the pages need is loaded; an engagement opens at once from now on."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        pace.keep()
        self.setWindowTitle("Colonnade")
        self.setWindowIcon(window_icon())
        self.setMinimumSize(theme.px(960), theme.px(500))
        self.writer = Background("disk", self)
        self.session: Session | None = None
        self.workspace: Workspace | None = None
        self._folder = folder
        self._warm = False
        self._wanted: Callable[[], None] | None = None
        """What was asked for before everything it needs was loaded."""
        self.banner = Banner()
        self.start = StartPage()
        self.start.painted.connect(self._on_start_painted)
        self.start.new_wanted.connect(self.new_engagement)
        self.start.open_wanted.connect(self.choose_folder)
        self.start.sample_wanted.connect(self.open_sample)
        self.start.folder_chosen.connect(self.open_folder)
        self.start.pack_wanted.connect(self.choose_pack)
        self.start.path_dropped.connect(self.open_path)
        self.start.about_wanted.connect(self.show_about)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start)
        whole = QWidget()
        whole.setLayout(column(self.banner, self._stack))
        self.setCentralWidget(whole)
        for keys, slot in (
            (QKeySequence.StandardKey.New, self.new_engagement),
            (QKeySequence.StandardKey.Open, self.choose_folder),
            (QKeySequence.StandardKey.Close, self.close_engagement),
            (QKeySequence.StandardKey.HelpContents, self.show_about),
        ):
            QShortcut(keys, self).activated.connect(slot)
        self.resize(theme.px(1280), theme.px(720))
        if (geometry := recent.remembered_layout("window")) is not None:
            self.restoreGeometry(geometry)

    # ---- opening and closing

    def new_engagement(self) -> None:
        """Ask what a new engagement starts from; in the first moment once the questionnaires are loaded."""
        if not self._warm:
            self.start.show_busy(self.tr("Loading the questionnaires …"))
            self._wanted = self.new_engagement
            return
        from app.desktop.widgets.new_engagement import NewEngagement

        dialog = NewEngagement(self)
        dialog.drafted.connect(self._on_dialog_drafted)
        dialog.open()

    def choose_folder(self) -> None:
        """Ask for the folder of an engagement."""
        dialog = QFileDialog(self, self.tr("Open an engagement"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    def choose_pack(self) -> None:
        """Ask for a pack."""
        dialog = QFileDialog(self, self.tr("Open a pack"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Packs (*.colonnade)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self._on_pack_selected)
        dialog.open()

    def open_path(self, path: Path) -> None:
        """Open what was dropped: a folder, or a pack after asking where its folder goes."""
        if path.is_dir():
            self.open_folder(path)
            return

        def task() -> bool:
            from app.desktop import opening

            return opening.is_sealed(path)

        def looked(outcome: Done[bool] | Failed) -> None:
            if isinstance(outcome, Failed):
                self.banner.tell_error(outcome.error, self.tr("Nothing was changed."))
                return
            from app.desktop.widgets.open_pack import OpenPack

            dialog = OpenPack(path, outcome.value, self)
            dialog.wanted.connect(self._on_dialog_unpacking_wanted)
            dialog.open()

        self.writer.submit(task, looked)

    def show_about(self) -> None:
        """Versions, licences, and what Colonnade never does."""

        def task() -> About:
            from app.about import about

            return about()

        def read(outcome: Done[About] | Failed) -> None:
            if isinstance(outcome, Failed):
                self.banner.tell_error(outcome.error)
                return
            from app.desktop.widgets.about import AboutDialog

            AboutDialog(outcome.value, self).open()

        self.writer.submit(task, read)

    def open_folder(self, folder: Path) -> None:
        """Open an engagement beside the window; the one that was open is closed first."""

        def task() -> Opened:
            from app.desktop import opening

            return opening.open_folder(folder)

        self._open(task, self.tr("Opening {0} …").format(folder.name), self._on_opening_ended)

    def open_sample(self) -> None:
        """Open the fictional firm that comes with Colonnade, as a copy that may be changed."""
        data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)

        def task() -> Opened:
            from app.desktop import opening

            return opening.open_sample(Path(data) / "sample")

        self._open(task, self.tr("Opening the sample …"), self._on_opening_ended)

    def close_engagement(self) -> None:
        """Back to the start page. Nothing is asked: everything is in the journal."""
        if self.session is None or self.workspace is None:
            return
        self.workspace.end()
        self.session.closed.connect(self.session.deleteLater)
        self.session.destroyed.connect(pace.tidy)
        self.session.close()
        self._stack.removeWidget(self.workspace)
        self.workspace.deleteLater()
        self.workspace = self.session = None
        self.setWindowTitle("Colonnade")
        self.start.refresh()

    def _create(self, draft: Draft) -> None:
        def task() -> Opened:
            from app.desktop import opening

            return opening.create(draft)

        self._open(task, self.tr("Making {0} …").format(draft.folder.name), self._on_creating_ended)

    def _open(self, task: Callable[[], Opened], busy: str, then: Callable[[Done[Opened] | Failed], None]) -> None:
        self.close_engagement()
        self.banner.hide()
        self.start.show_busy(busy)
        self.writer.submit(task, then)

    def _on_creating_ended(self, outcome: Done[Opened] | Failed) -> None:
        self._on_opening_ended(outcome)
        if self.workspace is not None:
            self.workspace.show_page("applications")

    def _on_opening_ended(self, outcome: Done[Opened] | Failed) -> None:
        self.start.show_busy("")
        if isinstance(outcome, Failed):
            self.banner.tell_error(outcome.error, self.tr("Nothing was changed."))
            return
        from app.desktop.session import Session
        from app.desktop.workspace import Workspace

        opened = outcome.value
        self.session = Session(opened, self.writer, self)
        self.session.failed.connect(self._on_session_failed)
        self.workspace = Workspace(self.session)
        self.workspace.close_wanted.connect(self.close_engagement)
        self.workspace.about_wanted.connect(self.show_about)
        self._stack.addWidget(self.workspace)
        self._stack.setCurrentWidget(self.workspace)
        assessment = self.session.assessment
        self.setWindowTitle(f"{assessment.organisation} – Colonnade")
        recent.remember(
            recent.Recent(self.session.folder.absolute(), assessment.organisation, assessment.as_of.isoformat())
        )
        self._tell_of(opened)
        self.opened.emit()

    def _tell_of(self, opened: Opened) -> None:
        """What somebody should know of the engagement that was opened."""
        notices = list(opened.engagement.notices)
        if opened.kept is not None:
            notices.insert(0, self.tr("The files as they were found are kept in {0}.").format(opened.kept))
        if opened.refusal is None:
            if notices:
                self.banner.tell(self.tr("Opened, with something to know."), " ".join(notices))
            return
        what = self.tr("Open for reading only: {0}.").format(opened.refusal.what)
        if not opened.changed_outside:
            self.banner.tell(what, " ".join([opened.refusal.remedy, *notices]))
            return
        from app.engagement.recover import Source

        also = " ".join(notices[1:4])
        folder = opened.engagement.folder
        self.banner.tell(
            f"{opened.refusal.where}: {what}",
            (self.tr("Also: {0} ").format(also) if notices[1:] else "")
            + self.tr(
                "Decide whose word counts. The journal: every file is written anew from it, as Colonnade left it. "
                "The files: what they say now is taken over, as a change of its own in your name. Either way the files "
                "as they were found are kept in the folder 'set-aside'. Until then nothing can be changed."
            ),
            choices=[
                (self.tr("The journal counts"), lambda: self.recover(folder, Source.JOURNAL)),
                (self.tr("The files count"), lambda: self.recover(folder, Source.FILES)),
            ],
        )

    def recover(self, folder: Path, source: Source) -> None:
        """Decide about what was changed outside, and open the engagement again, now for writing."""

        def task() -> Opened:
            from app.desktop import opening

            return opening.recover(folder, source)

        self._open(task, self.tr("Putting {0} in order …").format(folder.name), self._on_opening_ended)

    def _on_session_failed(self, error: Exception) -> None:
        self.banner.tell_error(error, self.tr("The window shows what the journal holds; nothing before it was lost."))

    def _on_dialog_drafted(self, draft: Draft) -> None:
        self._create(draft)

    def _on_pack_selected(self, name: str) -> None:
        self.open_path(Path(name))

    def _on_dialog_unpacking_wanted(self, wanted: Unpacking) -> None:
        def task() -> Opened:
            from app.desktop import opening

            return opening.unpack(wanted.pack, wanted.folder, wanted.passphrase)

        self._open(task, self.tr("Unpacking {0} …").format(wanted.pack.name), self._on_opening_ended)

    def _on_dialog_file_selected(self, name: str) -> None:
        self.open_folder(Path(name))

    # ---- first paint and last

    def _on_start_painted(self) -> None:
        # After this paint event has reached the screen.
        QTimer.singleShot(0, self, self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.first_painted.emit()
        # In a turn of its own: whoever quits at the first paint does not wait for the rest.
        QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        self.writer.submit(_warm, self._on_warm)
        if self._folder is not None:
            self.open_folder(self._folder)

    def _on_warm(self, outcome: Done[None] | Failed) -> None:
        if isinstance(outcome, Failed):
            self.banner.tell_error(outcome.error)
        self._warm = True
        self.ready.emit()
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.start.show_busy("")
            wanted()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        recent.remember_layout("window", self.saveGeometry())
        if self.workspace is not None:
            self.workspace.commit()  # while the field that is typed in has the focus
        self.hide()
        self.close_engagement()
        self.writer.stop()
        super().closeEvent(event)


def _warm() -> None:
    from app.desktop import opening

    opening.warm()
