"""Report: which tiers, where to; rendered in a child process, shown page by page, opened when done."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.background import Background
from app.desktop.jobs import Ending, Job, Outcome, Progress, spoken
from app.desktop.models.pdf_pages import PagesModel
from app.desktop.models.tiers import tier_names
from app.desktop.pages.page import Page
from app.desktop.recent import remember_choices, remembered_choices
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets import files
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.fields import Line, typed_path
from app.desktop.widgets.report_options import ReportOptions
from app.desktop.widgets.text import Told, button, column, label, row, rule, scrolled, set_flag
from app.desktop.widgets.working import Working
from reports import words

Index = QModelIndex | QPersistentModelIndex

PICTURE = 190
"""Width of a page's picture."""


class ReportPage(Page):
    """One PDF for each tier that is chosen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.job: Job | None = None
        self._asked = False
        """A child starts as soon as the disk holds every answer."""
        self._shown_state: tuple[object, object] | None = None
        """What the files were made from."""
        self._written_words = ""
        """How many there are, said as long as nothing moved."""
        remembered = remembered_choices(session.folder)
        self._began = 0.0
        self.written: list[Path] = []
        self._artist = Background("pages", self)
        self._pages = PagesModel(self._artist, theme.px(PICTURE), self.devicePixelRatioF(), self)
        self._checks: dict[str, QCheckBox] = {}
        self._check_column = QVBoxLayout()
        self._check_column.setSpacing(theme.px(2))
        for tier, _ in tier_names(session):
            check = self._checks[tier] = QCheckBox()
            check.setChecked(tier not in remembered.get("without", "").split(","))
            self._check_column.addWidget(check)
        self._build_folder(remembered.get("folder") or str((session.folder / "reports").absolute()))
        self.options = ReportOptions(session.folder)
        self.options.show_choices(remembered)
        self._render = button(self.tr("Render the reports"), "primary")
        self._render.clicked.connect(self.render_reports)
        self._before = label("", Role.SMALL, muted=True, wrap=True)
        """What to know, or to do, before rendering."""
        self._working = Working(self.tr("Rendering"))
        self._working.cancelled.connect(self.cancel)
        self.told = Told()
        self._files = Choices(self.tr("Report in view"))
        self._files.chosen.connect(self._on_file_chosen)
        self._file = ""
        self._open = button(self.tr("Open the PDF"))
        self._open.clicked.connect(self.open_file)
        self._open_folder = button(self.tr("Open the folder"))
        self._open_folder.clicked.connect(self.open_folder)
        self._build_list()
        self._empty = label("", muted=True, wrap=True)
        self._lay_out()
        session.changed.connect(self._on_session_changed)
        session.planned.connect(self._on_session_planned)
        for check in self._checks.values():
            check.toggled.connect(lambda _: self._show())
        self.options.changed.connect(self._show)
        self._show()
        self._show_files()

    def _build_folder(self, folder: str) -> None:
        self._folder = Line(folder)
        self._folder.setCursorPosition(0)
        self._folder.textChanged.connect(self._show)
        self._folder.setAccessibleName(self.tr("Folder for the reports"))
        self._choose = button(self.tr("Choose…"))
        self._choose.setAccessibleName(self.tr("Choose the folder for the reports"))
        self._choose.clicked.connect(self.choose_folder)

    def _build_list(self) -> None:
        self._list = QListView()
        self._list.setModel(self._pages)
        self._list.setAccessibleName(self.tr("Pages"))
        self._list.setViewMode(QListView.ViewMode.IconMode)
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._list.setMovement(QListView.Movement.Static)
        self._list.setUniformItemSizes(True)
        self._list.setItemDelegate(_SheetDelegate(self._list))
        self._list.activated.connect(self._on_list_activated)

    def _lay_out(self) -> None:
        folder = row(self._folder, 8, self._choose)
        folder.setStretchFactor(self._folder, 1)
        body = QWidget()
        body.setLayout(
            column(
                label(self.tr("Tiers"), Role.LABEL, muted=True), 4, self._check_column, 12, self.options, 12,
                label(self.tr("Folder"), Role.LABEL, muted=True), 4, folder, 16, -1,
                margins=(32, 0, 24, 0),
            )
        )  # fmt: skip
        scroll = scrolled(body)
        left = self._left = QWidget()
        whole = column(
            row(label(self.tr("Report"), Role.TITLE), margins=(32, 24, 24, 12)), scroll, rule(),
            column(self._before, 12, self._render, margins=(32, 12, 24, 16)),
        )  # fmt: skip
        whole.setStretchFactor(scroll, 1)
        left.setLayout(whole)
        head = row(self.told, 16, self._open_folder, 8, self._open)
        head.setStretchFactor(self.told, 1)
        right = column(
            self._working, head, 8, row(self._files, -1), 8, self._empty, self._list, margins=(24, 24, 24, 0)
        )
        right.setStretchFactor(self._list, 1000)
        right.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(left)
        line.addWidget(rule(vertical=True))
        line.addLayout(right, 1)
        self.fit(self.narrow)

    @override
    def fit(self, narrow: bool) -> None:
        self._left.setFixedWidth(theme.px(328 if narrow else 360))

    # ---- doing

    def choose_folder(self) -> None:
        title = self.tr("Folder for the reports")
        files.ask(self, title, files.Mode.Directory, lambda path: self._folder.setText(str(path)))

    def render_reports(self) -> None:
        """Render the chosen tiers, side by side in a child."""
        target = self._target
        if self._busy or target is None:
            return
        self._folder.setText(str(target))
        self._asked = True
        # Those left out, not those chosen: a tier that comes to its first application is wanted.
        without = ",".join(tier for tier, check in self._checks.items() if check.isEnabled() and not check.isChecked())
        choices = {**self.options.choices(), "folder": str(target), "without": without}
        remember_choices(self._session.folder, choices)
        self.written = []
        self._file = ""
        self._began = perf_counter()
        self.told.say("")
        self._pages.show_file(None)
        self._show_files()
        self._working.begin()
        self._working.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show()
        self._session.when_written(self._start)

    def cancel(self) -> None:
        """Stop rendering; reports that are whole stay."""
        asked, self._asked = self._asked, False
        if self.job is not None:
            self.job.cancel()
        elif asked:
            self._on_cancelled()

    def open_file(self) -> None:
        """Hand the report in view to the system's own viewer."""
        if self._file and not QDesktopServices.openUrl(QUrl.fromLocalFile(self._file)):
            self.told.say(
                self.tr("No program opens PDF files here. The report is {0}").format(self._file), attention=True
            )

    def open_folder(self) -> None:
        """Hand the folder of the reports to the system."""
        folder = self.written[0].parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.told.say(self.tr("No program opens folders here. The files are in {0}").format(folder), attention=True)

    def _start(self) -> None:
        if not self._asked or self.job is not None:
            return  # cancelled meanwhile, and perhaps asked for again
        self._asked = False
        self._shown_state = self._state
        tiers = [f"--tier={tier}" for tier, check in self._checks.items() if check.isChecked()]
        arguments = ["report", str(self._session.folder.absolute()), "--out", self._folder.text(), "--progress",
                     *tiers, *self.options.arguments()]  # fmt: skip
        self.job = Job(arguments, self)
        self.job.progressed.connect(self._on_job_progressed)
        self.job.ended.connect(self._on_job_ended)
        self.job.start()

    @property
    def _state(self) -> tuple[object, object]:
        return self._session.assessment, self._session.plan

    @property
    def _outdated(self) -> bool:
        return self._shown_state is not None and any(
            then is not now and then != now for then, now in zip(self._shown_state, self._state, strict=True)
        )

    @property
    def _busy(self) -> bool:
        return self._asked or self.job is not None

    @property
    def _target(self) -> Path | None:
        """Where the files go; None where nothing says so."""
        typed = self._folder.text()
        return typed_path(typed, self._session.folder) if typed.strip() else None

    def _finish(self) -> None:
        self._working.end()
        self._show()
        seconds = perf_counter() - self._began
        count = words.count(len(self.written), self.tr("file"), self.tr("files"))
        self._written_words = self.tr("{0} written in {1} s.").format(count, f"{seconds:.0f}")
        self._tell_written()
        (self._list if self._pdfs else self._open_folder if self.written else self._render).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    # ---- showing

    @override
    def arrive(self) -> None:
        self._render.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def pages(self) -> PagesModel:
        return self._pages

    def _show(self) -> None:
        session = self._session
        for tier, name in tier_names(session):
            count = len(session.assessment.in_tier(tier))
            check = self._checks[tier]
            check.setText(f"{name} · {words.count(count, self.tr('application'), self.tr('applications'))}")
            if check.isEnabled() != (count > 0):  # a tier that comes to applications is wanted
                check.setEnabled(count > 0)
                check.setChecked(count > 0)
        missing = self._missing
        self._render.setEnabled(not self._busy and not missing)
        self._before.setText(missing or self._plan_words)
        set_flag(self._before, "attention", bool(missing) or (session.plan is not None and not session.plan_current))

    @property
    def _missing(self) -> str:
        """What keeps a report from being rendered, and what to do; empty where nothing does."""
        if not self._session.assessment.applications:
            return self.tr("There is no application yet: add the first on the Applications page.")
        if not any(check.isChecked() for check in self._checks.values()):
            return self.tr("No tier is chosen: tick one.")
        return self.options.missing or ("" if self._target else self.tr("Give the folder that the reports go to."))

    @property
    def _plan_words(self) -> str:
        session = self._session
        if session.plan is None:
            return self.tr("No roadmap is stored; the reports show the plan as it follows from the answers today.")
        if session.plan_current:
            return self.tr("The stored roadmap follows from the answers and decisions as they are.")
        return self.tr(
            "Something moved since the roadmap was stored, and the reports print the stored one. To print today's, "
            "keep the plan on the Roadmap page first."
        )

    def _show_files(self) -> None:
        names = {f"tier-{tier}-": name for tier, name in tier_names(self._session)}
        options = [
            (str(path), next((name for start, name in names.items() if path.stem.startswith(start)), path.stem))
            for path in self._pdfs
        ]
        self._files.show_options(options, self._file)
        self._open.setVisible(bool(options))
        self._open_folder.setVisible(bool(self.written))
        self._list.setVisible(bool(options))
        self._empty.setVisible(not options)
        self._empty.setText(
            self.tr("Pages are shown of PDF files; these are for other programs.")
            if self.written
            else self.tr("The pages appear here once a report is rendered.")
        )

    @property
    def _pdfs(self) -> list[Path]:
        """Those of the written files that have pages to show."""
        return [path for path in self.written if path.suffix.casefold() == ".pdf"]

    # ---- hearing

    def _on_job_progressed(self, progress: Progress) -> None:
        self._working.show_progress(progress)

    def _on_job_ended(self, outcome: Outcome) -> None:
        if self.job is not None:
            self.job.deleteLater()
        self.job = None
        match outcome.ending:
            case Ending.DONE:
                written = outcome.result.get("written", []) if isinstance(outcome.result, dict) else []
                self.written += [Path(name) for name in written]
                if not self._file and self._pdfs:
                    self._on_file_chosen(str(self._pdfs[0]))
                self._show_files()
                self._finish()
            case Ending.CANCELLED:
                self._on_cancelled()
            case Ending.FAILED:
                self._finish()
                why = spoken(outcome.message) or self.tr("the child process ended without saying why")
                self.told.say(self.tr("The report was not written. {0}").format(words.sentence(why)), attention=True)

    def _on_cancelled(self) -> None:
        self._finish()
        self.told.say(self.tr("Rendering was cancelled. Reports that were whole by then are in the folder."))

    def _on_file_chosen(self, name: str) -> None:
        self._file = name
        self._pages.show_file(Path(name))
        self._show_files()

    def _on_list_activated(self, index: QModelIndex) -> None:
        self.open_file()

    def _tell_written(self) -> None:
        if self.written and not self._busy:
            moved = self.tr("Something moved since these reports were written.")
            self.told.say(moved if self._outdated else self._written_words, attention=self._outdated)

    def _on_session_planned(self) -> None:
        self._tell_written()
        self._show()

    def _on_session_changed(self, changed: Changed) -> None:
        self._tell_written()
        if not changed.only_answers:
            self._show()

    @override
    def end(self) -> None:
        self.cancel()
        self._artist.abandon()


class _SheetDelegate(QStyledItemDelegate):
    """A page with its shadow line and number."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.colours()
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        size = picture.size() / picture.devicePixelRatio()
        area = QRectF(option.rect)
        left = area.left() + (area.width() - size.width()) / 2
        painter.save()
        sheet = QRectF(left, area.top() + 6, size.width(), size.height())
        painter.drawPixmap(sheet.topLeft(), picture)
        focus = bool(option.state & QStyle.StateFlag.State_Selected) and option.widget.hasFocus()
        painter.setPen(QColor(colours.accent if focus else colours.line))
        painter.drawRect(sheet.adjusted(-0.5, -0.5, 0.5, 0.5))
        if focus:
            painter.drawRect(sheet.adjusted(-1.5, -1.5, 1.5, 1.5))
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(QColor(colours.muted))
        below = QRectF(area.left(), sheet.bottom() + 4, area.width(), theme.px(20))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        painter.restore()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size: QSize = index.data(Qt.ItemDataRole.SizeHintRole)
        return size
