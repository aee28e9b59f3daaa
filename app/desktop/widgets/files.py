"""Files and folders that a person chooses or drops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

Mode = QFileDialog.FileMode


def ask(
    parent: QWidget,
    title: str,
    mode: Mode,
    then: Callable[..., None],
    filters: Sequence[str] = (),
    start: str = "",
) -> None:
    """Open a dialog; what was chosen goes to ``then``, each path an argument. ``start`` is the folder to begin in."""
    dialog = QFileDialog(parent, title, start)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(mode)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, mode is Mode.Directory)
    if filters:
        dialog.setNameFilters(filters)
    dialog.filesSelected.connect(lambda names: then(*map(Path, names)))
    dialog.open()


def local_files(event: QDropEvent) -> tuple[Path, ...]:
    """What is dragged or dropped of the disk; where there is any, the event is accepted."""
    found = tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
    if found:
        event.acceptProposedAction()
    return found
