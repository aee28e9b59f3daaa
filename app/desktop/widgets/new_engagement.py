"""What a new engagement starts from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit, QWidget

from app.desktop import theme
from app.desktop.opening import Draft
from app.desktop.theme import Role
from app.desktop.widgets.text import button, column, label, row
from app.engagement import actions
from app.engagement.errors import EngagementError
from questionnaires.load import shipped


class NewEngagement(QDialog):
    """Organisation, day, questionnaire, folder; the folder follows the name until it is chosen."""

    drafted = Signal(object)
    """Draft"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New engagement"))
        self._parent_folder = Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home()
        )
        self._organisation = QLineEdit()
        self._organisation.setAccessibleName(self.tr("Organisation"))
        self._organisation.textChanged.connect(self._on_organisation_changed)
        self._day = QLineEdit(date.today().isoformat())
        self._day.setAccessibleName(self.tr("As-of day"))
        self._day.textChanged.connect(self._check)
        self._questionnaire = QComboBox()
        self._questionnaire.setAccessibleName(self.tr("Questionnaire"))
        for questionnaire in shipped().questionnaires.values():
            self._questionnaire.addItem(questionnaire.title, questionnaire.id)
        self._questionnaire.setCurrentIndex(max(0, self._questionnaire.findData("financial-devsecops")))
        self._folder = QLineEdit(str(self._parent_folder))
        self._folder.setAccessibleName(self.tr("Folder"))
        self._folder.textEdited.connect(self._on_folder_edited)
        self._folder.textChanged.connect(self._check)
        self._folder_given = False
        choose = button(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the folder that holds it"))
        choose.clicked.connect(self._choose)
        self._problem = label("", Role.SMALL, wrap=True)
        self._problem.setProperty("attention", True)
        self._create = button(self.tr("Create"), "primary")
        self._create.setDefault(True)
        self._create.clicked.connect(self._on_create_clicked)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        folder = row(self._folder, 8, choose)
        folder.setStretchFactor(self._folder, 1)
        small = Role.LABEL
        self.setLayout(
            column(
                label(self.tr("New engagement"), Role.TITLE), 20,
                label(self.tr("Organisation"), small, muted=True), 4, self._organisation, 16,
                label(self.tr("As-of day: every age counts from it"), small, muted=True), 4, self._day, 16,
                label(self.tr("Questionnaire"), small, muted=True), 4, self._questionnaire, 16,
                label(self.tr("Folder, which is made or empty"), small, muted=True), 4, folder, 8,
                self._problem, 24, -1,
                row(-1, cancel, 8, self._create),
                margins=(32, 24, 32, 24),
            )
        )  # fmt: skip
        self.setMinimumWidth(theme.px(520))
        self._check()

    def _on_organisation_changed(self, text: str) -> None:
        if not self._folder_given:
            name = "".join(char if char.isalnum() or char in " -_" else "" for char in text).strip()
            self._folder.setText(str(self._parent_folder / name))
        self._check()

    def _on_folder_edited(self) -> None:
        self._folder_given = True

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder that holds the engagement"), str(self._parent_folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    def _on_dialog_file_selected(self, name: str) -> None:
        self._parent_folder = Path(name)
        self._folder_given = False
        self._on_organisation_changed(self._organisation.text())

    def _check(self) -> None:
        """Say what is missing, once there is a name to say it about."""
        folder = Path(self._folder.text())
        problem = ""
        if not self._organisation.text().strip():
            problem = " "
        elif self._chosen_day() is None:
            problem = self.tr("Write the day as 2026-09-30.")
        elif not folder.is_absolute():
            problem = self.tr("Name the folder with its whole path.")
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            problem = self.tr("The folder is not empty; choose another one.")
        self._problem.setText(problem)
        self._create.setEnabled(not problem)

    def _chosen_day(self) -> date | None:
        try:
            return actions.day(self._day.text().strip())
        except EngagementError:
            return None

    def _on_create_clicked(self) -> None:
        day = self._chosen_day()
        if day is None:
            return
        organisation = self._organisation.text().strip()
        draft = Draft(Path(self._folder.text()), organisation, self._questionnaire.currentData(), day)
        self.accept()
        self.drafted.emit(draft)
