"""Applications: what is assessed, how critical it is, and what raises its exposure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QHeaderView, QLineEdit, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.destination import Destination
from app.desktop.models.applications import ApplicationsModel
from app.desktop.models.tiers import tier_names
from app.desktop.pages.page import Page
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets.applications_import import ApplicationsImport
from app.desktop.widgets.fields import Line, Select
from app.desktop.widgets.files import local_files
from app.desktop.widgets.tables import Table
from app.desktop.widgets.text import Told, button, column, label, row, rule, scrolled
from app.desktop.widgets.two_line_cells import TwoLineCells
from app.engagement import actions
from app.engagement.journal import Change


class ApplicationsPage(Page):
    """A line to add one, a table of all, and a form for the one that is selected; a CSV file brings many at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: str | None = None
        self._model = ApplicationsModel(session, self)
        self._row = 0
        """Where the selected one stands, or stood when it was taken out."""
        self._new_name = Line()
        self._new_name.setPlaceholderText(self.tr("Name of a new application"))
        self._new_name.setAccessibleName(self.tr("Name of a new application"))
        self._new_name.returnPressed.connect(self.add)
        self._new_name.textChanged.connect(self._on_new_name_changed)
        self._new_tier = self._tier_box(self.tr("Tier of the new application"))
        self._add = button(self.tr("Add"), "primary")
        self._add.clicked.connect(self.add)
        self._add.setEnabled(False)
        self._import = button(self.tr("Import a table…"))
        self.imported = ApplicationsImport(session)
        self._import.clicked.connect(self.imported.choose_file)
        self.imported.begun.connect(self._on_import_begun)
        self.imported.ended.connect(self._on_import_ended)
        self.setAcceptDrops(True)
        self.told = Told()
        self._none = label(
            self.tr("Name the applications to assess. Tier 1 is the most critical: trading, payments, market data."),
            muted=True, wrap=True,
        )  # fmt: skip
        self._table = Table(self.tr("Applications"), self._model, row=48)
        self._table.setItemDelegate(TwoLineCells(self._table))
        self._table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._table.selectionModel().currentRowChanged.connect(self._on_table_row_changed)
        self._table.activated.connect(lambda _: self.assess())
        self._build_form()
        self._lay_out()
        session.changed.connect(self._on_session_changed)
        self._show()

    def _tier_box(self, name: str) -> Select:
        box = Select(name)
        for key, text in tier_names(self._session):
            box.addItem(text, key)
        return box

    def _build_form(self) -> None:
        session = self._session
        self._name = Line()
        self._name.setAccessibleName(self.tr("Name"))
        self._name.editingFinished.connect(self.commit)
        self._tier = self._tier_box(self.tr("Tier"))
        self._tier.activated.connect(lambda _: self._set("tier", self._tier.currentData()))
        self._repositories = Line()
        self._repositories.setAccessibleName(self.tr("Repositories"))
        self._repositories.setPlaceholderText(self.tr("Names in exports, with commas"))
        self._repositories.editingFinished.connect(self.commit)
        self._attributes: dict[str, QCheckBox] = {}
        for key, meaning in session.content.tiers.attribute.items():
            check = self._attributes[key] = QCheckBox(key.replace("-", " ").capitalize())
            check.setToolTip(meaning)
            check.clicked.connect(self._on_attribute_clicked)
        self._assess = button(self.tr("Assess it"))
        self._assess.clicked.connect(self.assess)
        self._remove = button(self.tr("Remove it"))
        self._remove.setToolTip(self.tr("With its own answers and evidence; Ctrl+Z brings it back"))
        self._remove.clicked.connect(self.remove)
        small = Role.LABEL
        body = QWidget()
        body.setLayout(
            column(
                label(self.tr("Name"), small, muted=True), 4, self._name, 16,
                label(self.tr("Tier"), small, muted=True), 4, self._tier, 16,
                label(self.tr("Attributes"), small, muted=True), 4, *self._attributes.values(), 16,
                label(self.tr("Repositories"), small, muted=True), 4, self._repositories, 24, self._assess, 8,
                self._remove, -1,
                margins=(24, 24, 32, 24),
            )
        )  # fmt: skip
        self._form = scrolled(body)

    def _lay_out(self) -> None:
        adding = row(self._new_name, 8, self._new_tier, 8, self._add, 24, self._import)
        adding.setStretchFactor(self._new_name, 1)
        self._adding = QWidget()
        self._adding.setLayout(adding)
        left = column(
            label(self.tr("Applications"), Role.TITLE), 16, self._adding, 16, self.told, self._none, self._table,
            self.imported, margins=(32, 24, 24, 16),
        )  # fmt: skip
        left.setStretchFactor(self._table, 1000)
        left.setStretchFactor(self.imported, 1000)
        left.addStretch(1)
        self._edge = rule(vertical=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addLayout(left, 1)
        line.addWidget(self._edge)
        line.addWidget(self._form)

        self.fit(self.narrow)

    @override
    def fit(self, narrow: bool) -> None:
        self._form.setFixedWidth(theme.px(264 if narrow else 320))
        for section, width in enumerate((0, 110, 64, 104, 76) if narrow else (0, 130, 70, 110, 80)):
            self._table.setColumnWidth(section, theme.px(width))

    # ---- doing

    def add(self) -> None:
        """Add what is typed, under an id made from its name."""
        name = self._new_name.text().strip()
        if not name:
            return
        session = self._session
        key = actions.free_id(name, session.assessment.applications)
        tier = self._new_tier.currentData()
        if self._do(lambda: actions.add_application(session.content, session.assessment, key, name, tier)):
            self._new_name.setText("")  # not clear(), after which its own undo would bring the text back
            self._table.selectRow(self._model.row(key))
            self._new_name.setFocus(Qt.FocusReason.OtherFocusReason)

    def remove(self) -> None:
        """Take the selected application out; undo brings it back with its answers and evidence."""
        if self._shown is None:
            return
        name = self._session.assessment.applications[self._shown].name
        if self._do(partial(actions.remove_application, self._session.assessment, self._shown)):
            self.told.say(self.tr("{0} was removed; Ctrl+Z brings it back.").format(name))
            (self._table if self._model.rowCount() else self._new_name).setFocus(Qt.FocusReason.OtherFocusReason)

    def assess(self) -> None:
        """Take the selected application in hand and go to its answers."""
        if self._shown is not None:
            self.go_wanted.emit(Destination("assess", application=self._shown, takes=True))

    def _set(self, key: str, value: str) -> None:
        session = self._session
        if self._shown is None or self._shown not in session.assessment.applications:
            return
        change = partial(actions.set_value, session.content, session.questionnaire, session.assessment, key, value)
        if not self._do(partial(change, application=self._shown)):
            self._show_form()

    def _do(self, action: Callable[[], list[Change]]) -> bool:
        return self._session.ask(self.tr("application"), "application", action)

    def _on_attribute_clicked(self) -> None:
        self._set("attributes", ",".join(key for key, check in self._attributes.items() if check.isChecked()))

    # ---- showing

    @override
    def arrive(self) -> None:
        self.told.say("")
        goal = self.imported.apply_button if self.imported.isVisible() else self._new_name
        goal.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def end(self) -> None:
        self.imported.stop()

    @override
    def show_destination(self, destination: Destination) -> None:
        if destination.application is not None:
            self._table.selectRow(self._model.row(destination.application))

    @override
    def commit(self) -> None:
        for key, field in (("name", self._name), ("repositories", self._repositories)):
            if field.isModified():
                field.setModified(False)
                self._set(key, field.text())

    def _show(self) -> None:
        empty = self._model.rowCount() == 0
        planned = not self.imported.isHidden()
        self._adding.setVisible(not planned)
        self._none.setVisible(empty and not planned)
        self._table.setVisible(not empty and not planned)
        if not empty and not self._table.currentIndex().isValid():
            row = self._model.row(self._shown or "")
            self._table.selectRow(min(self._row, self._model.rowCount() - 1) if row < 0 else row)
        self._show_form()

    def _show_form(self) -> None:
        application = self._session.assessment.applications.get(self._shown or "")
        shown = application is not None and self.imported.isHidden()
        self._form.setVisible(shown)
        self._edge.setVisible(shown)
        if application is None:
            return
        for field, text in ((self._name, application.name), (self._repositories, ", ".join(application.repositories))):
            if not field.isModified():  # what is half typed is kept
                field.setText(text)
                field.setCursorPosition(0)
        self._tier.setCurrentIndex(self._tier.findData(application.tier))
        for key, check in self._attributes.items():
            check.setChecked(key in application.attributes)
        for widget in (self._name, self._tier, self._repositories, self._remove, *self._attributes.values()):
            widget.setEnabled(self._session.writable)

    # ---- hearing

    def _on_new_name_changed(self, text: str) -> None:
        self._add.setEnabled(bool(text.strip()) and self._session.writable)

    def _on_table_row_changed(self) -> None:
        current = self._table.currentIndex()
        shown = self._model.application(current.row()).id if current.isValid() else None
        if current.isValid():
            self._row = current.row()
        if shown != self._shown:
            self._shown = shown
            for field in (self._name, self._repositories):
                field.setModified(False)  # it was of another one, which took it over or is gone
        self._show_form()

    def _on_session_changed(self, changed: Changed) -> None:
        self.told.say("")
        if not changed.only_answers:
            self._show()

    def _on_import_begun(self) -> None:
        self.told.say("")
        focus = QApplication.focusWidget()
        typing = isinstance(focus, QLineEdit) and focus.isModified()
        self._show()
        # The next key of who is typing a name does not apply anything.
        goal = self.imported.view if typing else self.imported.apply_button
        goal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_import_ended(self, told: str) -> None:
        self.told.say(told)
        self._show()
        self._new_name.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        local_files(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        if paths := local_files(event):
            self.imported.read(paths[0])
