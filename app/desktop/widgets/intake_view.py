"""What was read and is not yet added: the plan, the whole reason of one row, and a word on the chosen ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QWidget

from app.desktop import theme
from app.desktop.models.intake import IntakeModel, Item
from app.desktop.session import Session
from app.desktop.theme import Role
from app.desktop.widgets.chooser import Chooser, Entry
from app.desktop.widgets.fields import Select
from app.desktop.widgets.tables import Table
from app.desktop.widgets.text import button, column, label, row
from app.desktop.widgets.two_line_cells import TwoLineCells
from questionnaires.model import Scope
from reports import words
from scoring.evidence.about import Target
from scoring.evidence.ingest import Planned

GUESS, ORGANISATION = "?guess", "?organisation"
"""In the place of an application's id, which cannot hold a question mark."""


class IntakeView(QWidget):
    """A word on whom files are about changes the chosen rows; only one on their format reads anything again."""

    format_said = Signal(object, str, str)
    """list[Item], the format, and whom they are about: GUESS, ORGANISATION or an application's id."""
    discarded = Signal()
    applied = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reading = False
        self.model = IntakeModel(session, self)
        self._heading = label("", Role.HEADING)
        self.table = Table(self.tr("Plan"), self.model, row=48)
        self.table.setItemDelegate(TwoLineCells(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        for section in (IntakeModel.FILE, IntakeModel.FOR):
            self.table.horizontalHeader().setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        self.reason = label("", wrap=True)
        # A long name has no place to break, and must not widen the window.
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.whom = Chooser(self.tr("What the selected files are about"))
        self.whom.setMinimumWidth(theme.px(180))
        self.whom.currentIndexChanged.connect(self._show_words)
        self._format = Select(self.tr("Format of the selected files"))
        self.assign_button = button("")
        self.assign_button.clicked.connect(self.assign)
        self.discard_button = button(self.tr("Discard the plan"))
        self.discard_button.clicked.connect(self.discarded)
        self.apply_button = button("", "primary")
        self.apply_button.clicked.connect(self.applied)
        said = row(self.whom, 8, self._format, 8, self.assign_button, -1, self.discard_button, 8, self.apply_button)
        whole = column(self._heading, 8, self.table, 8, self.reason, 8, said)
        whole.setStretchFactor(self.table, 1)
        self.setLayout(whole)
        self.table.selectionModel().selectionChanged.connect(self._show_words)
        self.table.selectionModel().currentRowChanged.connect(self._show_reason)
        self.model.modelReset.connect(self._on_model_reset)
        self.model.dataChanged.connect(self._show)
        self._show()

    def fit(self, narrow: bool) -> None:
        """Lay out for a narrow page, or again for a wide one."""
        for section, width in enumerate((110, 0, 112, 0, 140) if narrow else (160, 0, 160, 0, 220)):
            self.table.setColumnWidth(section, theme.px(width))

    def show_targets(self, entries: Sequence[Entry]) -> None:
        """Whom files can be about."""
        self.whom.show_entries(entries)
        self._show_words()

    def show_reading(self, reading: bool) -> None:
        """While files are read the plan waits."""
        self._reading = reading
        self._show()

    @property
    def goal(self) -> QWidget:
        """Where the focus belongs when the plan comes into view."""
        if any(self.model.counts[name] for name in (Planned.UNASSIGNED, Planned.UNDECIDABLE)):
            return self.table
        return self.apply_button if self.apply_button.isEnabled() else self.discard_button

    def assign(self) -> None:
        """Take the word on the chosen rows; the focus stays with them, so that the next key adds nothing."""
        chosen = self._chosen()
        key = self.whom.key
        if key != GUESS:
            target: Target = Scope.ORGANISATION if key == ORGANISATION else key
            self.model.assign(chosen, target)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        unclear = [item for place in chosen if (item := self.model.item(place)).outcome is Planned.UNDECIDABLE]
        if unclear and self._format.currentData():
            self.format_said.emit(unclear, self._format.currentData(), key)

    def _chosen(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectionModel().selectedRows()})

    def _on_model_reset(self) -> None:
        if self.model.rowCount():
            # The first is what needs a person first; what follows from it stands below the table at once.
            self.table.selectRow(0)
        self._show()

    # ---- showing

    def _show(self) -> None:
        counts = self.model.counts
        named = (
            (Planned.UNASSIGNED, self.tr("without an application")),
            (Planned.UNDECIDABLE, self.tr("of unclear format")),
            (Planned.DUPLICATE, self.tr("known already")),
            (Planned.REJECTED, self.tr("left out")),
        )
        self._heading.setText(
            words.parts([
                self.tr("Plan"),
                words.count(counts[Planned.ADD], self.tr("export to add"), self.tr("exports to add")),
                *(words.count(counts[outcome], name, name) for outcome, name in named if counts[outcome]),
            ])
        )  # fmt: skip
        self.apply_button.setText(
            self.tr("Add {0}").format(words.count(counts[Planned.ADD], self.tr("export"), self.tr("exports")))
        )
        self.apply_button.setEnabled(counts[Planned.ADD] > 0 and self._session.writable and not self._reading)
        self.discard_button.setEnabled(not self._reading)
        self._show_words()
        self._show_reason()

    def _show_words(self) -> None:
        """What can be said of the chosen rows."""
        items: list[Item] = [self.model.item(place) for place in self._chosen()]
        candidates = sorted({name for item in items if item.outcome is Planned.UNDECIDABLE for name in item.candidates})
        if [self._format.itemData(place) for place in range(self._format.count())] != candidates:
            self._format.clear()
            for name in candidates:
                self._format.addItem(name, name)
        self._format.setVisible(bool(candidates))
        self.assign_button.setText(self.tr("Read selected again") if candidates else self.tr("Assign selected"))
        said = bool(candidates) or self.whom.key != GUESS
        able = bool(items) and all(item.takes_word for item in items)
        self.assign_button.setEnabled(said and able and not self._reading)

    def _show_reason(self) -> None:
        place = self.table.currentIndex().row()
        item = self.model.item(place) if place >= 0 else None
        self.reason.setText(f"{item.whole}\n{item.why}" if item else "")
