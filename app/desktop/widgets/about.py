"""About Colonnade: versions, the licences of everything in it, and what it never does."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QDialog, QListView, QPlainTextEdit, QWidget

from app.about import About
from app.desktop import theme
from app.desktop.destination import Destination
from app.desktop.models.targets import Target, TargetsModel
from app.desktop.theme import Role
from app.desktop.widgets.lines import TwoLines
from app.desktop.widgets.mark import Mark
from app.desktop.widgets.text import button, column, label, row


class AboutDialog(QDialog):
    """Components on the left, the licence of the one in hand on the right."""

    def __init__(self, found: About, parent: QWidget) -> None:
        super().__init__(parent)
        self._found = found
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Colonnade"))
        said = self.tr("Version {0} · scoring rules {1} · Python {2}").format(found.version, found.rules, found.python)
        never = self.tr(
            "Works offline: it opens no connection, sends nothing, and looks for no updates. Everything that you enter "
            "stays in the folders that you choose."
        )
        model = TargetsModel(
            [Target(f"{part.name} {part.version}", part.licence, Destination("")) for part in found.components], self
        )
        self.list = QListView()
        self.list.setModel(model)
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setAccessibleName(self.tr("Components"))
        self.list.setFixedWidth(theme.px(260))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.selectionModel().currentChanged.connect(self._on_list_current_changed)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Licence"))
        self.text.setTabChangesFocus(True)
        close = button(self.tr("Close"), "primary")
        close.clicked.connect(self.accept)
        head = row(Mark(48), 16, column(label("Colonnade", Role.TITLE), 2, label(said, Role.SMALL, muted=True)), -1)
        body = row(self.list, 16, self.text)
        body.setStretchFactor(self.text, 1)
        whole = column(
            head, 12, label(never, wrap=True), 16, label(self.tr("Made with"), Role.HEADING), 8, body, 16,
            row(-1, close), margins=(32, 24, 32, 24),
        )  # fmt: skip
        whole.setStretchFactor(body, 1)
        self.setLayout(whole)
        self.resize(theme.px(820), theme.px(600))
        self.list.setCurrentIndex(model.index(0, 0))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_list_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            part = self._found.components[current.row()]
            self.text.setPlainText(part.text or self.tr("{0} came without a text of its licence.").format(part.name))
