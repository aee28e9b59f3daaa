"""The first thing to see: recent engagements, a new one, one from a folder.

It is painted before anything heavy is imported; see the figure of ``make bench``.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QProgressBar,
    QSizePolicy,
    QSpacerItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.desktop import theme
from app.desktop.background import Background, Done, Failed
from app.desktop.models.recents import RecentsModel
from app.desktop.recent import Recent, recents, still_there
from app.desktop.theme import Role
from app.desktop.widgets.files import local_files
from app.desktop.widgets.mark import Mark
from app.desktop.widgets.text import button, column, label, row, rule

Index = QModelIndex | QPersistentModelIndex


class StartPage(QWidget):
    """Says what the user wants to open; opens nothing itself."""

    new_wanted = Signal()
    open_wanted = Signal()
    sample_wanted = Signal()
    pack_wanted = Signal()
    about_wanted = Signal()
    path_dropped = Signal(object)
    """Path: a folder or a pack."""
    folder_chosen = Signal(object)
    """Path"""
    painted = Signal()
    """Once, after the first paint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._was_painted = False
        self._new = button(self.tr("New engagement"), "primary")
        self._new.setToolTip("Ctrl+N")
        self._new.clicked.connect(self.new_wanted)
        self._open = button(self.tr("Open a folder…"))
        self._open.setToolTip("Ctrl+O")
        self._open.clicked.connect(self.open_wanted)
        self._pack = button(self.tr("Open a pack…"))
        self._pack.clicked.connect(self.pack_wanted)
        self._about = button(self.tr("About Colonnade"), "quiet")
        self._about.setToolTip("F1")
        self._about.clicked.connect(self.about_wanted)
        self.setAcceptDrops(True)
        self._sample = button(self.tr("Open the sample"))
        self._sample.clicked.connect(self.sample_wanted)
        for entry in (self._new, self._open, self._pack, self._sample):
            entry.setFixedWidth(theme.px(220))
        self._recents = RecentsModel(self)
        self._looker = Background("recents", self)
        self._list = QListView()
        self._list.setModel(self._recents)
        self._list.setItemDelegate(_RecentDelegate(self._list))
        self._list.setAccessibleName(self.tr("Recent engagements"))
        self._list.setMouseTracking(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.activated.connect(self._on_list_activated)
        self._list.clicked.connect(self._on_list_activated)
        self._none = label(
            self.tr("Engagements that you open are listed here. An engagement is a folder on this computer."),
            muted=True,
            wrap=True,
        )
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(theme.px(220))
        self._busy.setAccessibleName(self.tr("Opening"))
        self._busy_text = label("", Role.SMALL, muted=True)
        self._busy.hide()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        tagline = label(
            self.tr("Where DevSecOps stands, what holds it down, and what comes next."), muted=True, wrap=True
        )
        tagline.setMaximumWidth(theme.px(300))
        left = column(
            Mark(88), 16, label("Colonnade", Role.DISPLAY), 4, tagline, 24,
            self._new, 8, self._open, 8, self._pack, 8, self._sample, 24, self._busy, 8, self._busy_text, -1,
        )  # fmt: skip
        offline = label(self.tr("Works offline. Nothing leaves this computer."), Role.SMALL, muted=True)
        left.addLayout(row(offline, 8, self._about, -1))
        left.insertSpacerItem(5, _at_most(16))
        left.insertSpacerItem(0, _at_most(56))
        heading = label(self.tr("Recent engagements"), Role.HEADING)
        right = column(heading, 12, rule(), 12, self._none, self._list, -1, margins=(56, 56, 0, 0))
        right.setStretchFactor(self._list, 1000)
        line = QHBoxLayout()
        line.setContentsMargins(theme.px(96), 0, theme.px(96), 0)
        line.setSpacing(0)
        line.addLayout(left, 2)
        line.addWidget(rule(vertical=True))
        line.addLayout(row(right), 3)
        whole = QVBoxLayout(self)
        whole.setSpacing(0)
        whole.setContentsMargins(0, theme.px(24), 0, theme.px(24))
        whole.addSpacerItem(_at_most(48))
        whole.addLayout(line, 1)
        whole.addSpacerItem(_at_most(24))

    def refresh(self) -> None:
        """Read the recent engagements again; those that are gone leave the list once that is known."""
        entries = recents()
        self._show(entries)
        self._looker.submit(lambda: still_there(entries), self._on_looked)

    def end(self) -> None:
        """The window is closed: leave no thread behind."""
        self._looker.abandon()

    def arrive(self) -> None:
        """The page has come into view."""
        self._new.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_looked(self, outcome: Done[list[Recent]] | Failed) -> None:
        if isinstance(outcome, Done):
            self._show(outcome.value)

    def _show(self, entries: list[Recent]) -> None:
        self._recents.show_recents(entries)
        empty = self._recents.rowCount() == 0
        self._none.setVisible(empty)
        self._list.setVisible(not empty)

    def show_busy(self, what: str) -> None:
        """Say what is being opened; an empty text ends it."""
        self._busy.setVisible(bool(what))
        self._busy_text.setText(what)
        self.setAcceptDrops(not what)
        for entry in (self._new, self._open, self._pack, self._sample, self._list):
            entry.setEnabled(not what)

    def _on_list_activated(self, index: QModelIndex) -> None:
        recent = self._recents.recent(index.row())
        self.folder_chosen.emit(Path(recent.folder))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        local_files(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        if paths := local_files(event):
            self.path_dropped.emit(paths[0])

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()


def _at_most(height: int) -> QSpacerItem:
    """A distance that gives way in a low window."""
    return QSpacerItem(0, theme.px(height), QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Maximum)


class _RecentDelegate(QStyledItemDelegate):
    """Two lines: the organisation with its day, and the folder."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(200), theme.px(60))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        recent: Recent = index.data(Qt.ItemDataRole.UserRole)
        colours = theme.colours()
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = bool(state & QStyle.StateFlag.State_HasFocus)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        if over or focus:
            painter.setPen(QColor(colours.accent) if focus else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(area.adjusted(1, 2, -2, -2), theme.px(4), theme.px(4))
        inner = area.adjusted(theme.px(12), theme.px(8), -theme.px(12), -theme.px(8))
        half = inner.height() // 2
        align = Qt.AlignmentFlag
        painter.setPen(QColor(colours.muted))
        painter.setFont(theme.font(Role.SMALL))
        day = painter.fontMetrics().horizontalAdvance(recent.as_of)
        painter.drawText(inner.adjusted(0, 0, 0, -half), align.AlignRight | align.AlignVCenter, recent.as_of)
        folder = painter.fontMetrics().elidedText(str(recent.folder), Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner.adjusted(0, half, 0, 0), align.AlignLeft | align.AlignVCenter, folder)
        painter.setPen(QColor(colours.text))
        painter.setFont(theme.font(Role.STRONG))
        room = inner.width() - day - theme.px(16)
        name = painter.fontMetrics().elidedText(recent.organisation, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inner.adjusted(0, 0, 0, -half), align.AlignLeft | align.AlignVCenter, name)
        painter.restore()
