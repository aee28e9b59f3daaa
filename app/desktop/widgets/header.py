"""Always in view: whose engagement, which application is in hand, and whether everything is saved."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import IconButton, pixmap
from app.desktop.session import Saving, Session
from app.desktop.theme import Role
from app.desktop.widgets.text import button, column, label, row
from reports import words


class Header(QWidget):
    """Across the top of the workspace."""

    goto_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedHeight(theme.px(56))
        self._name = label("", Role.HEADING)
        self._day = label("", Role.SMALL, muted=True)
        self._applications = QComboBox()
        self._applications.setAccessibleName(self.tr("Application in hand"))
        self._applications.setMinimumWidth(theme.px(240))
        self._applications.setMaxVisibleItems(24)
        self._applications.currentIndexChanged.connect(self._on_applications_chosen)
        caption = label(self.tr("Answers of"), Role.SMALL, muted=True)
        self._goto = button(self.tr("Go to…   Ctrl+K"))
        self._goto.setAccessibleName(self.tr("Go to anything"))
        self._goto.clicked.connect(self.goto_wanted)
        self._undo = IconButton("undo", self.tr("Undo"), keys="Ctrl+Z")
        self._redo = IconButton("redo", self.tr("Redo"), keys="Ctrl+Shift+Z")
        stack = session.undo_stack
        self._undo.clicked.connect(stack.undo)
        self._redo.clicked.connect(stack.redo)
        stack.canUndoChanged.connect(self._undo.setEnabled)
        stack.canRedoChanged.connect(self._redo.setEnabled)
        self._undo.setEnabled(stack.canUndo())
        self._redo.setEnabled(stack.canRedo())
        self._saved_icon = QLabel()
        self._saved = label("", Role.SMALL, muted=True)
        self._saved.setMinimumWidth(theme.px(64))
        self._close = IconButton("cross", self.tr("Close the engagement"), keys="Ctrl+W")
        self._close.clicked.connect(self.close_wanted)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(24), 0, theme.px(16), 0)
        line.setSpacing(0)
        line.addLayout(column(-1, self._name, self._day, -1))
        line.addStretch(1)
        line.addLayout(row(caption, 8, self._applications, 24, self._goto, 16, self._undo, 4, self._redo, 16))
        line.addLayout(row(self._saved_icon, 6, self._saved, 8, self._close))
        session.changed.connect(self._on_session_changed)
        session.application_changed.connect(self._choose)
        session.saving_changed.connect(self._on_session_saving_changed)
        self._fill()
        self._on_session_saving_changed(session.saving)

    def _fill(self) -> None:
        """The engagement's own words, and the applications under their tiers."""
        assessment = self._session.assessment
        self._name.setText(
            self.fontMetrics().elidedText(assessment.organisation, Qt.TextElideMode.ElideRight, theme.px(320))
        )
        self._name.setToolTip(assessment.organisation)
        self._day.setText(self.tr("as of {0}").format(words.day(assessment.as_of)))
        box = self._applications
        box.blockSignals(True)
        box.clear()
        box.addItem(self.tr("Common answers"), None)
        for tier in self._session.content.tiers.tier:
            members = sorted(assessment.in_tier(tier.id), key=lambda app: app.name.casefold())
            if members:
                box.addItem(self.tr("Tier {0}  {1}").format(tier.id, tier.name), _HEADING)
                model = box.model()
                assert isinstance(model, QStandardItemModel)
                heading = model.item(box.count() - 1)
                heading.setEnabled(False)
                heading.setFont(theme.font(Role.LABEL))
                for application in members:
                    box.addItem(application.name, application.id)
        box.blockSignals(False)
        self._choose()

    def _choose(self) -> None:
        box = self._applications
        box.blockSignals(True)
        wanted = self._session.application
        box.setCurrentIndex(next((row for row in range(box.count()) if box.itemData(row) == wanted), 0))
        box.blockSignals(False)

    def _on_applications_chosen(self, index: int) -> None:
        self._session.take(self._applications.itemData(index))

    def _on_session_changed(self, changed: object) -> None:
        if not getattr(changed, "only_answers", False):
            self._fill()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._on_session_saving_changed(self._session.saving)

    def _on_session_saving_changed(self, saving: Saving) -> None:
        text, icon = {
            Saving.SAVED: (self.tr("Saved"), "check"),
            Saving.WRITING: (self.tr("Saving…"), "stale"),
            Saving.READ_ONLY: (self.tr("Read-only"), "cross"),
        }[saving]
        self._saved.setText(text)
        self._saved.setToolTip(str(self._session.folder))
        self._saved_icon.setPixmap(pixmap(icon, theme.colours().muted, theme.px(16), self.devicePixelRatioF()))


_HEADING = ""
"""What a heading among the applications carries: no application's id."""
