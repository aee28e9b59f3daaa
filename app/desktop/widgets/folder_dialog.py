"""What the dialogs share that make the folder of an engagement: where it goes, and what is in the way."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.files import Mode, ask
from app.desktop.widgets.text import button, column, label, row
from app.engagement.errors import EngagementError


class FolderDialog(QDialog):
    """Stays, with all that was typed, until what it asked for has been done. It does not look at the disk itself: a
    network drive that does not answer would hold the window up."""

    def __init__(self, title: str, go: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._waits = False
        self._asked_in: QWidget | None = None
        self.folder = QLineEdit()
        self.folder.setAccessibleName(self.tr("Folder"))
        self.folder.textChanged.connect(self._check)
        self._choose = button(self.tr("Choose…"))
        self._choose.setAccessibleName(self.tr("Choose the folder that holds it"))
        self._choose.clicked.connect(self._on_choose_clicked)
        self._problem = label(" ", Role.SMALL, wrap=True)
        self._problem.setProperty("attention", True)
        self.go_button = button(go, "primary")
        self.go_button.setDefault(True)
        self.go_button.clicked.connect(self._go)
        self._cancel = button(self.tr("Cancel"))
        self._cancel.clicked.connect(self.reject)
        self.setMinimumWidth(theme.px(520))

    def _lay_out(self, asked: QWidget) -> None:
        """What else is asked, then the folder and the buttons."""
        folder = row(self.folder, 8, self._choose)
        folder.setStretchFactor(self.folder, 1)
        self._fields = QWidget()
        self._fields.setLayout(
            column(asked, label(self.tr("Folder, which is made or empty"), Role.LABEL, muted=True), 4, folder)
        )
        buttons = row(-1, self._cancel, 8, self.go_button)
        self.setLayout(
            column(
                label(self.windowTitle(), Role.TITLE), 12, self._fields, 8, self._problem, 24, -1, buttons,
                margins=(32, 24, 32, 24),
            )
        )  # fmt: skip

    # ---- what a dialog of this kind says itself

    def _go(self) -> None:
        """Ask for what was typed."""
        raise NotImplementedError

    def _missing(self) -> str | None:
        """What is missing besides the folder: None where nothing is, empty where that need not be said."""
        raise NotImplementedError

    def _holder(self) -> Path:
        """The folder that choosing starts in."""
        raise NotImplementedError

    def _on_holder_chosen(self, holder: Path) -> None:
        raise NotImplementedError

    # ---- asking

    @property
    def said(self) -> str:
        """What it says is in the way."""
        return self._problem.text().strip()

    def chosen_folder(self) -> Path | None:
        """The folder with its whole path; None while there is none."""
        try:
            found = Path(self.folder.text().strip()).expanduser()
        except RuntimeError:  # the home of a user who has none
            return None
        return found if found.is_absolute() else None

    def wait(self, what: str) -> None:
        """It is being done; nothing can be typed or closed meanwhile."""
        self._show_waiting(True, what)

    def refuse(self, error: Exception) -> None:
        """It could not be done; what was typed is still there to be mended."""
        said = [str(error)] if isinstance(error, EngagementError) else [f"{type(error).__name__}: {error}."]
        self._show_waiting(False, " ".join([*said, self.tr("Nothing was changed.")]))

    def _show_waiting(self, waits: bool, said: str) -> None:
        if waits:
            self._asked_in = self.focusWidget()  # what is disabled loses the focus
        self._waits = waits
        for widget in (self._fields, self.go_button, self._cancel):
            widget.setEnabled(not waits)
        self._problem.setText(said)
        if not waits:
            (self._asked_in or self.folder).setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def reject(self) -> None:
        if not self._waits:
            super().reject()

    def _check(self) -> None:
        """Say what is in the way."""
        missing = self._missing()
        problem = missing or ""
        if missing is None and self.chosen_folder() is None:
            missing = problem = self.tr("Name the folder with its whole path.")
        self._problem.setText(problem or " ")
        self.go_button.setEnabled(missing is None)

    def _on_choose_clicked(self) -> None:
        title, start = self.tr("Folder that holds the engagement"), str(self._holder())
        ask(self, title, Mode.Directory, self._on_holder_chosen, start=start)
