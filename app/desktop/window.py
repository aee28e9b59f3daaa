"""The main window: the start page, or the workspace of one open engagement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget
from shiboken6 import isValid
from typing_extensions import override

from app.desktop import pace, recent, theme
from app.desktop.background import Background, Done, Failed
from app.desktop.pages.start import StartPage
from app.desktop.widgets import files
from app.desktop.widgets.banner import Banner
from app.desktop.widgets.mark import window_icon
from app.desktop.widgets.text import column

if TYPE_CHECKING:
    from app.about import About
    from app.desktop.opening import Draft, Opened
    from app.desktop.session import Session
    from app.desktop.unsaved import Unsaved
    from app.desktop.widgets.folder_dialog import FolderDialog
    from app.desktop.widgets.open_pack import Unpacking
    from app.desktop.workspace import Workspace
    from app.engagement.errors import EngagementError
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
        self.unsaved: Unsaved | None = None
        self._left: Unsaved | None = None
        """Of the engagement that was closed last: its last writes may still fail."""
        self.is_opening = False
        """One at a time, whoever asks for it."""
        self._folder = folder
        self._warm = False
        self._wanted: Callable[[], None] | None = None
        """What was asked for before everything it needs was loaded."""
        self.banner = Banner()
        self.banner.left.connect(self._arrive)
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
            (QKeySequence("F6"), self.banner.take_focus),
        ):
            QShortcut(keys, self).activated.connect(slot)
        self.resize(theme.px(1280), theme.px(720))
        if (geometry := recent.remembered_layout("window")) is not None:
            self.restoreGeometry(geometry)

    # ---- opening and closing

    def new_engagement(self) -> None:
        """Ask what a new engagement starts from; in the first moment once the questionnaires are loaded."""
        if self.is_opening or self._held():
            return
        if not self._warm:
            self.start.show_busy(self.tr("Loading the questionnaires …"))
            self._wanted = self.new_engagement
            return
        from app.desktop.widgets.new_engagement import NewEngagement

        dialog = NewEngagement(self)
        dialog.drafted.connect(partial(self._create, asked=dialog))
        dialog.open()

    def choose_folder(self) -> None:
        """Ask for the folder of an engagement."""
        if self.is_opening:
            return
        files.ask(self, self.tr("Open an engagement"), files.Mode.Directory, self.open_folder)

    def choose_pack(self) -> None:
        """Ask for a pack."""
        if self.is_opening:
            return
        filters = [self.tr("Packs (*.colonnade)"), self.tr("All files (*)")]
        files.ask(self, self.tr("Open a pack"), files.Mode.ExistingFile, self.open_path, filters)

    def open_path(self, path: Path) -> None:
        """Open what was dropped: a folder, or a pack after asking where its folder goes."""
        if self.is_opening:
            return
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
            dialog.wanted.connect(partial(self._unpack, asked=dialog))
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
        """Open an engagement beside the window; the one that is open is closed once that has succeeded."""

        def task() -> Opened:
            from app.desktop import opening

            return opening.open_folder(folder)

        self._open(folder, task, self.tr("Opening {0} …").format(folder.name))

    def open_sample(self) -> None:
        """Open the fictional firm that comes with Colonnade, as a copy that may be changed."""
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "sample"

        def task() -> Opened:
            from app.desktop import opening

            return opening.open_sample(folder)

        self._open(folder, task, self.tr("Opening the sample …"))

    def close_engagement(self) -> None:
        """Back to the start page. Nothing is asked, unless the disk did not take what was changed."""
        if self.workspace is not None and not self.is_opening and not self._held():
            self._leave()
            self._arrive()

    def _held(self) -> bool:
        """Take over what is being typed; whether the engagement has to stay open, which is then said."""
        if self.workspace is not None:
            self.workspace.commit()
        return self.unsaved is not None and self.unsaved.hold()

    def _leave(self) -> None:
        """Close the engagement that is open, if there is one."""
        if self.session is None or self.workspace is None:
            return
        self.banner.leave()  # it spoke of this engagement
        self.workspace.end()
        self.session.closed.connect(self.session.deleteLater)
        self.session.destroyed.connect(pace.tidy)
        self.session.close()
        self._stack.removeWidget(self.workspace)
        self.workspace.deleteLater()
        if self.unsaved is not None:
            self.unsaved.leave()
        self._left, self.unsaved = self.unsaved, None
        self.workspace = self.session = None
        self.setWindowTitle("Colonnade")
        self.start.refresh()

    def _arrive(self) -> None:
        """Give the focus to what is in view."""
        if self._stack.currentWidget() is self.start:
            self.start.arrive()
        elif self.workspace is not None:
            self.workspace.page.arrive()

    def _create(self, draft: Draft, asked: FolderDialog | None = None) -> None:
        def task() -> Opened:
            from app.desktop import opening

            return opening.create(draft)

        self._open(draft.folder, task, self.tr("Making {0} …").format(draft.folder.name), asked, "applications")

    def _unpack(self, wanted: Unpacking, asked: FolderDialog) -> None:
        def task() -> Opened:
            from app.desktop import opening

            return opening.unpack(wanted.pack, wanted.folder, wanted.passphrase)

        self._open(wanted.folder, task, self.tr("Unpacking {0} …").format(wanted.pack.name), asked)

    def _open(
        self, folder: Path, task: Callable[[], Opened], busy: str, asked: FolderDialog | None = None, page: str = ""
    ) -> None:
        """Open an engagement with ``task``, one at a time. The dialog that asked for it stays until it succeeded."""
        if self.is_opening or self._held():
            if asked is not None:
                asked.reject()
            return
        self.banner.leave()
        self._show_opening(busy, asked)
        if asked is not None:
            asked.wait(busy)
        writes = self.session is not None and self.session.writable and asked is None  # what is asked for is new
        open_now = self.session.folder if self.session is not None and writes else None

        def is_open() -> bool:
            return open_now is not None and folder.exists() and folder.samefile(open_now)

        def looked(outcome: Done[bool] | Failed) -> None:
            if isinstance(outcome, Done) and outcome.value:
                self._leave()  # its lock would be in the way of the one that follows
            self.writer.submit(task, ended)

        def ended(outcome: Done[Opened] | Failed) -> None:
            self._show_opening("", asked)
            if isinstance(outcome, Failed):
                self._on_opening_failed(outcome.error, asked)
                return
            if self._held():  # the disk failed meanwhile
                self.writer.submit(outcome.value.engagement.close)
                if asked is not None:
                    asked.reject()
                return
            if asked is not None:
                asked.accept()
            self._leave()
            self._enter(outcome.value, page)

        self.writer.submit(is_open, looked)

    def _show_opening(self, busy: str, asked: FolderDialog | None) -> None:
        """Where a dialog asked, it says so itself, and what is behind it stays."""
        self.is_opening = bool(busy)
        self.start.show_busy(busy)
        if asked is None:
            self._stack.setCurrentWidget(self.start if busy or self.workspace is None else self.workspace)

    def _on_opening_failed(self, error: Exception, asked: FolderDialog | None) -> None:
        if asked is not None:
            asked.refuse(error)
            return
        self._arrive()
        self.banner.tell_error(error, self.tr("Nothing was changed."))

    def _enter(self, opened: Opened, page: str) -> None:
        from app.desktop import notices
        from app.desktop.session import Session
        from app.desktop.unsaved import Unsaved
        from app.desktop.workspace import Workspace

        self.session = Session(opened, self.writer, self)
        self.session.failed.connect(self._on_session_failed)
        for passes in (self.session.accepted, self.session.changed):
            passes.connect(self.banner.pass_by)
        self.session.taken_back.connect(self._on_session_taken_back)
        self.unsaved = Unsaved(self.session, self.banner, self.writer, self)
        self.unsaved.close_wanted.connect(self._on_unsaved_close_wanted)
        self.workspace = Workspace(self.session)
        self.workspace.page_changed.connect(self.banner.pass_by)
        self.workspace.close_wanted.connect(self.close_engagement)
        self.workspace.about_wanted.connect(self.show_about)
        self._stack.addWidget(self.workspace)
        self._stack.setCurrentWidget(self.workspace)
        if page:
            self.workspace.show_page(page)
        self._arrive()
        assessment = self.session.assessment
        self.setWindowTitle(f"{assessment.organisation} – Colonnade")
        recent.remember(
            recent.Recent(self.session.folder.absolute(), assessment.organisation, assessment.as_of.isoformat())
        )
        tell = partial(notices.tell_of, opened, self.banner, self.recover)
        self.session.locked.connect(tell)
        tell()
        self.opened.emit()

    def recover(self, folder: Path, source: Source) -> None:
        """Decide about what was changed outside, and open the engagement again, now for writing."""

        def task() -> Opened:
            from app.desktop import opening

            return opening.recover(folder, source)

        self._open(folder, task, self.tr("Putting {0} in order …").format(folder.name))

    def _on_session_failed(self, error: Exception) -> None:
        self.banner.tell_refused(error, self.unsaved.ways() if self.unsaved is not None else ())

    def _on_unsaved_close_wanted(self) -> None:
        if self.unsaved is not None:
            self.unsaved.deleteLater()
            self.unsaved = None
        self._leave()
        self._arrive()

    def _on_session_taken_back(self, error: Exception) -> None:
        self.banner.tell_error(error, self.tr("The window shows what the journal holds; nothing before it was lost."))

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
        self.writer.submit(recent.damage, self._on_settings_looked_at)
        if self._folder is not None:
            self.open_folder(self._folder)

    def _on_warm(self, outcome: Done[None] | Failed) -> None:
        if isinstance(outcome, Failed):
            self.banner.tell_error(outcome.error)
        self._warm = True
        pace.settle()
        self.ready.emit()
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            if not self.is_opening:
                self.start.show_busy("")
                wanted()

    def _on_settings_looked_at(self, outcome: Done[EngagementError | None] | Failed) -> None:
        error = outcome.error if isinstance(outcome, Failed) else outcome.value
        if error is not None:
            self.banner.tell_error(error, self.tr("No engagement is touched."))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape that nothing else wants closes the message."""
        if event.key() == Qt.Key.Key_Escape and self.banner.isVisible():
            self.banner.leave()
            return
        super().keyPressEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        recent.remember_layout("window", self.saveGeometry())
        if self.workspace is not None:
            self.workspace.commit()  # while the field that is typed in has the focus
        self.hide()
        self.writer.finish()
        left, self._left = self._left, None
        if self._held() or (left is not None and isValid(left) and left.at_risk):
            self.show()
            event.ignore()
            return
        self._leave()
        self.writer.stop()
        self.start.end()
        super().closeEvent(event)


def _warm() -> None:
    """Load the content and the pages, so that the first engagement opens at once."""
    import app.desktop.workspace
    from questionnaires.load import shipped

    del app
    shipped()
