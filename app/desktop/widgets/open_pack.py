"""Opening a pack: where its folder goes, and the passphrase where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QWidget

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.text import button, column, label, row


@dataclass(frozen=True, slots=True)
class Unpacking:
    """A pack, and the folder that becomes of it."""

    pack: Path
    folder: Path
    passphrase: str | None


class OpenPack(QDialog):
    """The folder is made beside the pack unless another is named."""

    wanted = Signal(object)
    """Unpacking"""

    def __init__(self, pack: Path, sealed: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._pack, self._sealed = pack, sealed
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Open a pack"))
        self.folder = QLineEdit(str(pack.parent / pack.stem))
        self.folder.setAccessibleName(self.tr("Folder"))
        self.folder.textChanged.connect(self._check)
        choose = button(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the folder that holds it"))
        choose.clicked.connect(self._choose)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.passphrase.textChanged.connect(self._check)
        self._problem = label(" ", Role.SMALL, wrap=True)
        self._problem.setProperty("attention", True)
        self.open_button = button(self.tr("Unpack and open"), "primary")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self._on_open_clicked)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        folder = row(self.folder, 8, choose)
        folder.setStretchFactor(self.folder, 1)
        secret = QWidget()
        secret.setLayout(column(label(self.tr("Passphrase"), Role.LABEL, muted=True), 4, self.passphrase, 16))
        secret.setVisible(sealed)
        self.setLayout(
            column(
                label(self.tr("Open a pack"), Role.TITLE), 8, label(str(pack), Role.SMALL, muted=True, wrap=True), 20,
                secret, label(self.tr("Folder, which is made or empty"), Role.LABEL, muted=True), 4, folder, 8,
                self._problem, 24, -1, row(-1, cancel, 8, self.open_button), margins=(32, 24, 32, 24),
            )
        )  # fmt: skip
        self.setMinimumWidth(theme.px(520))
        (self.passphrase if sealed else self.folder).setFocus(Qt.FocusReason.OtherFocusReason)
        self._check()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder that holds the engagement"), str(self._pack.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.folder.setText(str(Path(name) / self._pack.stem)))
        dialog.open()

    def _check(self) -> None:
        folder = Path(self.folder.text())
        problem = ""
        if not folder.is_absolute():
            problem = self.tr("Name the folder with its whole path.")
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            problem = self.tr("The folder is not empty; choose another one.")
        self._problem.setText(problem or " ")
        self.open_button.setEnabled(not problem and (not self._sealed or bool(self.passphrase.text())))

    def _on_open_clicked(self) -> None:
        passphrase = self.passphrase.text() if self._sealed else None
        found = Unpacking(self._pack, Path(self.folder.text()), passphrase)
        self.accept()
        self.wanted.emit(found)
