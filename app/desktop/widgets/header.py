"""Always in view: whose engagement, which application is in hand, and whether everything is saved."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.icons import IconButton, pixmap
from app.desktop.models.practices import only_practice
from app.desktop.session import Changed, Session
from app.desktop.theme import Role
from app.desktop.widgets.fields import Select
from app.desktop.widgets.text import OneLine, button, column, label, row, set_flag
from app.desktop.writes import Saving
from reports import words


class Header(QWidget):
    """Across the top of the workspace."""

    goto_wanted = Signal()
    close_wanted = Signal()
    undo_wanted = Signal()
    redo_wanted = Signal()
    application_wanted = Signal(object)
    """The id of an application, or None for the common answers."""
    left = Signal()
    """What was wanted here is done; the focus belongs to the page again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedHeight(theme.px(56))
        self._name = OneLine(Role.HEADING)
        self._day = label("", Role.SMALL, muted=True)
        self._applications = Select(self.tr("Application in hand"))
        self._applications.setMinimumWidth(theme.px(160))
        self._applications.setMaximumWidth(theme.px(240))
        self._applications.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._applications.setMaxVisibleItems(24)
        self._applications.currentIndexChanged.connect(self._on_applications_index_changed)
        self._applications.chosen.connect(self.left)
        caption = label(self.tr("Answers of"), Role.SMALL, muted=True)
        self._goto = button(self.tr("Go to…   Ctrl+K"))
        self._goto.setAccessibleName(self.tr("Go to anything"))
        self._goto.clicked.connect(self.goto_wanted)
        self._undo = IconButton("undo", self.tr("Undo"), keys="Ctrl+Z")
        self._redo = IconButton("redo", self.tr("Redo"), keys="Ctrl+Shift+Z")
        for step, wanted in ((self._undo, self.undo_wanted), (self._redo, self.redo_wanted)):
            step.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click takes nothing from what is being typed
            step.clicked.connect(wanted)
        session.undo_stack.indexChanged.connect(self._show_steps)
        self._saved_icon = QLabel()
        self._saved = OneLine(Role.SMALL, muted=True)
        self._saved.setMinimumWidth(theme.px(112))
        self._told = ""
        self._moved = Changed(())
        """The last change."""
        self._close = IconButton("cross", self.tr("Close the engagement"), keys="Ctrl+W")
        self._close.clicked.connect(self.close_wanted)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(24), 0, theme.px(16), 0)
        line.setSpacing(0)
        line.addLayout(column(-1, self._name, self._day, -1), 2)
        box = row(-1, caption, 8, self._applications, 16)
        box.setStretchFactor(self._applications, 100)  # all of it up to its greatest width
        line.addLayout(box, 3)
        line.addLayout(row(self._goto, 12, self._undo, 4, self._redo, 12))
        saved = row(self._saved_icon, 6, self._saved, 8)
        saved.setStretchFactor(self._saved, 1)
        line.addLayout(saved, 2)
        line.addWidget(self._close)
        session.changed.connect(self._on_session_changed)
        session.application_changed.connect(self._choose)
        session.saving_changed.connect(self._show_saving)
        self._fill()
        self._show_steps()
        self._show_saving()

    def _fill(self) -> None:
        """The engagement's own words, and the applications under their tiers."""
        assessment = self._session.assessment
        self._name.say(assessment.organisation)
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
                    box.setItemData(box.count() - 1, application.name, Qt.ItemDataRole.ToolTipRole)
        box.blockSignals(False)
        self._choose()

    def _choose(self) -> None:
        box = self._applications
        box.blockSignals(True)
        wanted = self._session.application
        box.setCurrentIndex(next((row for row in range(box.count()) if box.itemData(row) == wanted), 0))
        box.setToolTip(box.currentText())
        box.blockSignals(False)

    def _show_steps(self) -> None:
        """What can be undone and redone, by its name; the focus does not fall off a button that can no longer."""
        stack = self._session.undo_stack
        undo, redo = stack.canUndo(), stack.canRedo()
        focused = self._undo.hasFocus() or self._redo.hasFocus()
        # What can goes first, so that the focus has somewhere to go to before the other one is disabled.
        for step, can in sorted(((self._undo, undo), (self._redo, redo)), key=lambda pair: not pair[1]):
            if not can and step.hasFocus():
                (self._redo if step is self._undo else self._undo).setFocus(Qt.FocusReason.OtherFocusReason)
            step.setEnabled(can)
        if focused and not undo and not redo:
            self.left.emit()
        self._undo.rename(self.tr("Undo: {0}").format(stack.undoText()) if undo else self.tr("Undo"))
        self._redo.rename(self.tr("Redo: {0}").format(stack.redoText()) if redo else self.tr("Redo"))

    def end(self) -> None:
        """The engagement closes: its undo stack still tells of its own end, when it can no longer be asked."""
        self._session.undo_stack.indexChanged.disconnect(self._show_steps)

    def tell(self, text: str) -> None:
        """Say what was just done, until the next change; of which application, and of which practice several answers,
        where it is one.
        """
        paths = self._moved.paths
        touched = {path[1] for path in paths if path[:1] == ("applications",) and len(path) > 1}
        application = self._session.assessment.applications.get(touched.pop()) if len(touched) == 1 else None
        practice = only_practice(self._session.questionnaire, self._moved.criteria) if len(paths) > 1 else None
        self._told = words.parts([text, *(about.name for about in (application, practice) if about is not None)])
        self._show_saving()

    def _on_applications_index_changed(self, index: int) -> None:
        self._applications.setToolTip(self._applications.currentText())
        self.application_wanted.emit(self._applications.itemData(index))

    def _on_session_changed(self, changed: Changed) -> None:
        self._told, self._moved = "", changed
        self._show_saving()
        if not changed.only_answers:
            self._fill()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._show_saving()

    def _show_saving(self) -> None:
        text, icon = {
            Saving.SAVED: (self._told or self.tr("Saved"), "check"),
            Saving.WRITING: (self._told or self.tr("Saving…"), "stale"),
            Saving.UNSAVED: (self.tr("Not saved"), "challenge"),
            Saving.READ_ONLY: (self.tr("Read-only"), "cross"),
        }[self._session.saving]
        self._saved.say(text)
        set_flag(self._saved, "attention", self._session.saving is Saving.UNSAVED)
        self._saved_icon.setToolTip(str(self._session.folder))
        self._saved_icon.setPixmap(pixmap(icon, theme.colours().muted, theme.px(16), self.devicePixelRatioF()))


_HEADING = ""
"""What a heading among the applications carries: no application's id."""
