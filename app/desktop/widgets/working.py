"""Long work on the page: what is being done, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.desktop import theme
from app.desktop.jobs import Progress
from app.desktop.theme import Role
from app.desktop.widgets.text import button, column, label, row


class Working(QWidget):
    """Hidden until work begins."""

    cancelled = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._name = name
        self._step = label("", Role.SMALL, muted=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(name)
        self._bar.setFixedHeight(theme.px(6))
        self.cancel = button(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        line = row(column(-1, label(name, Role.STRONG), 6, self._bar, 4, self._step, -1), 24, self.cancel)
        line.setStretch(0, 1)
        self.setLayout(line)
        self._starter: QWidget | None = None
        self.hide()

    def begin(self, starter: QWidget | None = None) -> None:
        """``starter`` is the button that began it: disabled meanwhile, and its focus is on Cancel."""
        self._starter = starter
        self._bar.setRange(0, 0)
        self._step.setText(" ")
        self.show()
        if starter is not None:
            if starter.hasFocus():
                self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)  # before Qt hands it to whatever comes next
            starter.setEnabled(False)

    def show_progress(self, progress: Progress) -> None:
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(progress.share * 1000))
        room = max(theme.px(200), self._step.width())
        self._step.setText(self._step.fontMetrics().elidedText(progress.step, Qt.TextElideMode.ElideMiddle, room))
        self._bar.setAccessibleDescription(progress.step)

    def end(self) -> None:
        starter, self._starter = self._starter, None
        if starter is not None:
            starter.setEnabled(True)
            if self.cancel.hasFocus():
                starter.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
