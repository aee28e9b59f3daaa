"""What a new engagement starts from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.desktop.opening import Draft
from app.desktop.theme import Role
from app.desktop.widgets.fields import Select
from app.desktop.widgets.folder_dialog import FolderDialog
from app.desktop.widgets.text import column, label
from app.engagement import actions
from app.engagement.errors import EngagementError
from questionnaires.load import shipped


class NewEngagement(FolderDialog):
    """Organisation, day, questionnaire, folder; the folder follows the name until it is chosen."""

    drafted = Signal(object)
    """Draft"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("New engagement"), self.tr("Create"), parent)
        self._parent_folder = Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home()
        )
        self._organisation = QLineEdit()
        self._organisation.setAccessibleName(self.tr("Organisation"))
        self._organisation.textChanged.connect(self._on_organisation_changed)
        self._day = QLineEdit(date.today().isoformat())
        self._day.setAccessibleName(self.tr("As-of day"))
        self._day.textChanged.connect(self._check)
        self._questionnaire = Select(self.tr("Questionnaire"))
        for questionnaire in shipped().questionnaires.values():
            self._questionnaire.addItem(questionnaire.title, questionnaire.id)
        self._questionnaire.setCurrentIndex(max(0, self._questionnaire.findData("financial-devsecops")))
        self._folder_given = False
        self.folder.textEdited.connect(self._on_folder_edited)
        small = Role.LABEL
        asked = QWidget()
        asked.setLayout(
            column(
                label(self.tr("Organisation"), small, muted=True), 4, self._organisation, 16,
                label(self.tr("As-of day: every age counts from it"), small, muted=True), 4, self._day, 16,
                label(self.tr("Questionnaire"), small, muted=True), 4, self._questionnaire, 16,
            )
        )  # fmt: skip
        self._lay_out(asked)
        self.folder.setText(str(self._parent_folder))

    def _on_organisation_changed(self, text: str) -> None:
        if not self._folder_given:
            name = "".join(char if char.isalnum() or char in " -_" else "" for char in text).strip()
            self.folder.setText(str(self._parent_folder / name))
        self._check()

    def _on_folder_edited(self) -> None:
        self._folder_given = True

    @override
    def _missing(self) -> str | None:
        if not self._organisation.text().strip():
            return ""
        return self.tr("Write the day as 2026-09-30.") if self._chosen_day() is None else None

    @override
    def _holder(self) -> Path:
        return self._parent_folder

    @override
    def _on_holder_chosen(self, holder: Path) -> None:
        self._parent_folder = holder
        self._folder_given = False
        self._on_organisation_changed(self._organisation.text())

    def _chosen_day(self) -> date | None:
        try:
            return actions.day(self._day.text().strip())
        except EngagementError:
            return None

    @override
    def _go(self) -> None:
        day, folder = self._chosen_day(), self.chosen_folder()
        if day is not None and folder is not None:
            organisation = self._organisation.text().strip()
            self.drafted.emit(Draft(folder, organisation, self._questionnaire.currentData(), day))
