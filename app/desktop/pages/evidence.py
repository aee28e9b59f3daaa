"""Evidence: exports are read in a child process, shown as a plan, and then applied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.background import Background, Done, Failed
from app.desktop.destination import Destination
from app.desktop.jobs import Ending, Job, Outcome, spoken
from app.desktop.models.intake import IntakeModel, Item, Key, items_of
from app.desktop.pages.page import Page
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.chooser import Chooser
from app.desktop.widgets.drop import DropZone
from app.desktop.widgets.intake_view import GUESS, ORGANISATION, IntakeView
from app.desktop.widgets.register_view import RegisterView
from app.desktop.widgets.text import Told, label, row
from app.desktop.widgets.working import Working
from reports import words

PLAN, REGISTER = "plan", "register"


class EvidencePage(Page):
    """Drop, plan, apply; while there is a plan, what the engagement holds is a choice away."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.job: Job | None = None
        self._awaited: frozenset[Key] | None = None
        """What of the files that are read is wanted; None for all."""
        self._understanding = Background("exports", self)
        self.drop = DropZone()
        self.drop.paths_given.connect(self.read)
        self._target = Chooser(self.tr("What the exports are about"))
        self._target.setMinimumWidth(theme.px(220))
        self._working = Working(self.tr("Reading exports"))
        self._working.cancelled.connect(self.cancel)
        self.told = Told()
        self._view = REGISTER
        self._views = Choices(self.tr("What to look at"))
        self._views.show_options([(PLAN, self.tr("Plan")), (REGISTER, self.tr("Ingested"))], PLAN)
        self._views.chosen.connect(self.show_view)
        self.plan = IntakeView(session)
        self.plan.format_said.connect(self._on_plan_format_said)
        self.plan.discarded.connect(self.discard)
        self.plan.applied.connect(self.apply)
        self.register = RegisterView(session)
        self.register.go_wanted.connect(self.go_wanted)
        self.register.removed.connect(self._on_register_removed)
        target = QWidget()
        target.setLayout(row(label(self.tr("About"), Role.SMALL, muted=True), 8, self._target))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.px(n) for n in (32, 24, 32, 16)))
        whole.setSpacing(theme.px(12))
        whole.addLayout(row(label(self.tr("Evidence"), Role.TITLE), 24, self._views, -1, target))
        for part in (self.drop, self._working, self.told):
            whole.addWidget(part)
        whole.addWidget(self.plan, 1)
        whole.addWidget(self.register, 1)
        session.changed.connect(self._on_session_changed)
        self.fit(self.narrow)
        self._fill_targets()
        self.show_view(REGISTER)

    @override
    def fit(self, narrow: bool) -> None:
        self.plan.fit(narrow)
        self.register.fit(narrow)

    # ---- doing

    def read(self, paths: Sequence[Path]) -> None:
        """Read exports into a plan; what was planned before stays."""
        self._start([str(path.absolute()) for path in paths], self._target.key)

    def _start(
        self, paths: list[str], target: str, format_name: str = "", awaited: frozenset[Key] | None = None
    ) -> None:
        if self.job is not None or not paths:
            return
        arguments = ["ingest", str(self._session.folder.absolute()), *paths, "--dry-run", "--progress"]
        if target == ORGANISATION:
            arguments.append("--organisation")
        elif target != GUESS:
            arguments += ["--application", target]
        if format_name:
            arguments += ["--format", format_name]
        self.told.say("")
        self._awaited = awaited
        self.job = Job(arguments, self)
        self.job.progressed.connect(self._working.show_progress)
        self.job.ended.connect(self._on_job_ended)
        self._working.begin()
        self._take_focus()
        self.drop.setEnabled(False)
        self.plan.show_reading(True)
        self.job.start()

    def cancel(self) -> None:
        """Stop reading; nothing was changed."""
        if self.job is not None:
            self.job.cancel()

    def discard(self) -> None:
        """Forget the plan."""
        self.intake.clear()
        self.show_view(REGISTER)
        self._take_focus()

    def apply(self) -> None:
        """Register what the plan adds, as one step that can be undone; what wants a word stays."""
        changes, planned = self.intake.changes(), self.intake.items
        # Before the engagement moves: every row of a plan follows it.
        self.intake.clear()
        if self._session.do(self.tr("evidence"), "ingest", changes):
            self.intake.show_items([item for item in planned if item.wants_word])
            self.told.say(
                self.tr("{0} added.").format(words.count(len(changes), self.tr("export"), self.tr("exports")))
            )
        else:
            self.intake.show_items(planned)
        self.show_view(PLAN)
        self._take_focus()

    # ---- showing

    @property
    def intake(self) -> IntakeModel:
        return self.plan.model

    def show_view(self, name: str) -> None:
        """The plan, where there is one, or what the engagement holds."""
        planned = self.intake.rowCount() > 0
        self._view = name if planned else REGISTER
        self._views.setVisible(planned)
        self._views.show_options([(PLAN, self.tr("Plan")), (REGISTER, self.tr("Ingested"))], self._view)
        self.plan.setVisible(self._view == PLAN)
        self.register.setVisible(self._view == REGISTER)

    def show_export(self, place: int) -> None:
        """Look at one export of the register."""
        self.show_view(REGISTER)
        self.register.show_export(place)

    @override
    def arrive(self) -> None:
        self._take_focus()

    @override
    def show_destination(self, destination: Destination) -> None:
        if destination.subject is not None:
            place = self.register.model.find(destination.subject)
            if place >= 0:
                self.show_export(place)
                self.register.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_focus(self) -> None:
        """To what comes next; a page that is not in view leaves it where it is."""
        goal = (
            self._working.cancel if self.job is not None
            else self.plan.goal if self._view == PLAN
            else self.drop.files
        )  # fmt: skip
        if self.isVisible():
            goal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_targets(self) -> None:
        applications = sorted(self._session.assessment.applications.values(), key=lambda app: app.name.casefold())
        entries = [
            (GUESS, self.tr("Guess the application")),
            (ORGANISATION, self.tr("Organisation")),
            *((application.id, application.name) for application in applications),
        ]
        self._target.show_entries(entries)
        self.plan.show_targets(entries)

    @override
    def end(self) -> None:
        self.cancel()
        self._understanding.abandon()

    # ---- hearing

    def _on_plan_format_said(self, items: Sequence[Item], format_name: str, target: str) -> None:
        paths = list(dict.fromkeys(item.path for item in items))
        self._start(paths, target, format_name, frozenset(item.key for item in items))

    def _on_job_ended(self, outcome: Outcome) -> None:
        # Beside the window: five thousand exports are checked one by one.
        self._understanding.submit(lambda: items_of(outcome.result), lambda found: self._on_understood(outcome, found))

    def _on_understood(self, outcome: Outcome, found: Done[list[Item]] | Failed) -> None:
        if self.job is not None:
            self.job.deleteLater()
        self.job = None
        focus = QApplication.focusWidget()
        waited = focus is None or focus is self._working.cancel
        """The focus is where the page put it: a field in use keeps it, and no key in it adds anything."""
        self._working.end()
        self.drop.setEnabled(True)
        self.plan.show_reading(False)
        if isinstance(found, Failed):
            self._session.failed.emit(found.error)
            return
        items = [item for item in found.value if self._awaited is None or item.key in self._awaited]
        if outcome.ending is Ending.CANCELLED:
            self.told.say(self.tr("Reading was cancelled; nothing was changed."))
        elif items:
            self.intake.show_items(items)
            self.show_view(PLAN)
        else:
            why = spoken(outcome.message) or self.tr("nothing was found in them")
            self.told.say(
                self.tr("The exports could not be read: {0} Nothing was changed; mend it and drop them again.").format(
                    words.sentence(why)
                ),
                attention=True,
            )
        if waited:
            self._take_focus()

    def _on_register_removed(self, tool: str) -> None:
        self.told.say(self.tr("The export of {0} was removed; Ctrl+Z brings it back.").format(tool))

    def _on_session_changed(self, changed: Changed) -> None:
        if not changed.only_answers:
            # What was told of the step before holds no longer: it may be this one that takes it back.
            self.told.say("")
            self._fill_targets()
