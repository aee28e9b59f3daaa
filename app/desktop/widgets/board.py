"""The roadmap as a board: a column of cards for each wave, and one for what no wave holds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget
from typing_extensions import override

from app.desktop import theme
from app.desktop.models.tiers import ALL
from app.desktop.session import Session
from app.desktop.widgets.wave import WaveColumn
from reports import words
from scoring.roadmap import Initiative, Wave


class Board(QScrollArea):
    """Cards to take in hand, and to drag from column to column."""

    chosen = Signal(object)
    """Initiative"""
    moved = Signal(str, object)
    """The id of an item whose card was dropped, and the wave: None for what is not planned."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = session.writable
        self.waves = [
            WaveColumn(session, self.tr("Wave {0}").format(n + 1)) for n in range(session.content.tiers.waves)
        ]
        self.rest = WaveColumn(session, self.tr("Not planned"))
        self._at: WaveColumn | None = None
        """Where the card in hand stands."""
        columns = QHBoxLayout()
        columns.setContentsMargins(theme.px(32), theme.px(16), theme.px(32), theme.px(12))
        columns.setSpacing(theme.px(20))
        for number, entry in enumerate(self._columns, 1):
            wave = None if entry is self.rest else number
            entry.dropped.connect(lambda key, wave=wave: self.moved.emit(key, wave))
            entry.chosen.connect(self.chosen)
            columns.addWidget(entry)
        columns.addStretch(1)
        inside = QWidget()
        inside.setLayout(columns)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)

    @property
    def _columns(self) -> tuple[WaveColumn, ...]:
        return (*self.waves, self.rest)

    def show_plan(self, waves: Sequence[Wave], rest: Sequence[Initiative], tier: str) -> None:
        """The waves as a tier sees them, or all tiers; their load is always that of all tiers."""
        for entry, wave in zip(self.waves, waves, strict=True):
            load = self.tr("{0} of {1} days") if tier == ALL else self.tr("all tiers {0} of {1} days")
            said = words.parts([words.month(wave.start), load.format(words.days(wave.used), words.days(wave.capacity))])
            entry.show_wave(said, wave.items, wave.used, wave.capacity, self._empty(wave, tier))
        nothing = self.tr("Nothing is left out.") if tier == ALL else self.tr("Nothing of this tier is left out.")
        drop = self.tr("A card that is dragged here is taken out of the plan.") if self._writable else ""
        said = words.count(len(rest), self.tr("item"))
        self.rest.show_wave(said, rest, Fraction(0), Fraction(0), f"{nothing} {drop}".strip())

    def _empty(self, wave: Wave, tier: str) -> str:
        """What is said of a wave without cards."""
        if not wave.capacity:
            return self.tr("Without capacity nothing can be done.")
        if tier != ALL:
            return self.tr("Nothing of this tier is done in this wave.")
        return self.tr("Work goes on here on items that are done in a later wave.") if wave.used else ""

    def choose(self, key: str) -> None:
        """Select an item's card, wherever it stands; the focus goes along with it."""
        focused = next((entry for entry in self._columns if entry.list.hasFocus()), None)
        found = [entry for entry in self._columns if entry.choose(key)]  # every other column selects nothing
        self._at = found[0] if found else None
        if focused is not None and self._at not in (None, focused):
            self.take_focus()

    def take_focus(self) -> None:
        """To the card in hand, else to the first there is."""
        goal = self._at or next((entry for entry in self._columns if entry.cards), self.waves[0])
        goal.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(goal, 0, 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._at is not None:
            self.ensureWidgetVisible(self._at, 0, 0)
