"""Opening a pack: where its folder goes, and the passphrase where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.desktop.theme import Role
from app.desktop.widgets.folder_dialog import FolderDialog
from app.desktop.widgets.text import column, label


@dataclass(frozen=True, slots=True)
class Unpacking:
    """A pack, and the folder that becomes of it."""

    pack: Path
    folder: Path
    passphrase: str | None


class OpenPack(FolderDialog):
    """The folder is made beside the pack unless another is named."""

    wanted = Signal(object)
    """Unpacking"""

    def __init__(self, pack: Path, sealed: bool, parent: QWidget) -> None:
        super().__init__(self.tr("Open a pack"), self.tr("Unpack and open"), parent)
        self._pack, self._sealed = pack, sealed
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.passphrase.textChanged.connect(self._check)
        secret = QWidget()
        secret.setLayout(column(label(self.tr("Passphrase"), Role.LABEL, muted=True), 4, self.passphrase, 16))
        secret.setVisible(sealed)
        asked = QWidget()
        asked.setLayout(column(label(str(pack), Role.SMALL, muted=True, wrap=True), 16, secret))
        self._lay_out(asked)
        self.folder.setText(str(pack.parent / pack.stem))
        (self.passphrase if sealed else self.folder).setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def _missing(self) -> str | None:
        return "" if self._sealed and not self.passphrase.text() else None

    @override
    def _holder(self) -> Path:
        return self._pack.parent

    @override
    def _on_holder_chosen(self, holder: Path) -> None:
        self.folder.setText(str(holder / self._pack.stem))

    @override
    def _go(self) -> None:
        folder = self.chosen_folder()
        if folder is not None:
            self.wanted.emit(Unpacking(self._pack, folder, self.passphrase.text() if self._sealed else None))
