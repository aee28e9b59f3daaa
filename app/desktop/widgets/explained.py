"""How a number came about, down to the answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.desktop import theme
from app.desktop.models.explanation import Line
from app.desktop.theme import Role
from app.desktop.widgets.text import button, column, label, row, scrolled


class Explained(QDialog):
    """Lines to read; they scroll."""

    def __init__(self, title: str, lines: Sequence[Line], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("How it came about"))
        self.lines = tuple(lines)
        said = column(margins=(32, 0, 24, 16))
        for line in lines:
            entry = label(line.text, Role.STRONG if line.heading else Role.BODY, wrap=True)
            above = 10 if line.heading else 2
            entry.setContentsMargins(theme.px(20) * line.depth, theme.px(above), 0, 0)
            said.addWidget(entry)
        said.addStretch(1)
        body = QWidget()
        body.setLayout(said)
        scroll = scrolled(body)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(title)
        scroll.setAccessibleDescription("\n".join(line.text for line in lines))
        close = button(self.tr("Close"))
        close.clicked.connect(self.reject)
        whole = column(
            row(label(title, Role.TITLE, wrap=True), margins=(32, 24, 32, 12)), scroll,
            row(-1, close, margins=(32, 12, 32, 24)),
        )  # fmt: skip
        whole.setStretchFactor(scroll, 1)
        self.setLayout(whole)
        self.resize(theme.px(760), theme.px(560))
        scroll.setFocus(Qt.FocusReason.OtherFocusReason)
