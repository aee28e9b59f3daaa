"""Files and folders that a person chooses or drops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from app.desktop.widgets.files import Mode, ask, local_files

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("mode", [Mode.ExistingFile, Mode.ExistingFiles, Mode.Directory])
def test_what_is_chosen_is_handed_on(mode: Mode, qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen: list[tuple[Path, ...]] = []
    ask(parent, "Which?", mode, lambda *paths: chosen.append(paths), ["Tables (*.csv)"], str(tmp_path))
    dialog = parent.findChild(QFileDialog)
    assert dialog is not None
    assert (dialog.fileMode(), dialog.directory().path()) == (mode, str(tmp_path))
    assert dialog.testOption(QFileDialog.Option.ShowDirsOnly) is (mode is Mode.Directory)
    dialog.filesSelected.emit([str(tmp_path / "a"), str(tmp_path / "b")])
    assert chosen == [(tmp_path / "a", tmp_path / "b")]
    dialog.reject()
    qtbot.waitUntil(lambda: not isValid(dialog))


@pytest.mark.parametrize(("urls", "paths"), [(["https://x.example/a", "file:///tmp/a"], [Path("/tmp/a")]), ([], [])])
def test_only_what_lies_on_the_disk_is_taken(urls: list[str], paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(0, 0), Qt.DropAction.CopyAction, data, buttons, keys)
    event.ignore()
    assert local_files(event) == tuple(paths)
    assert event.isAccepted() is bool(paths)
