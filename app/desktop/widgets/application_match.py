"""Applications of an earlier engagement that have another id today."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop import theme
from app.desktop.theme import Role
from app.desktop.widgets.fields import Select
from app.desktop.widgets.text import column, empty, label, row
from app.engagement.baseline import BaselinePlan
from scoring.assessment import Assessment


class ApplicationMatch(QWidget):
    """One line for each application that is not known today under its old id; the rest match by themselves."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, Select] = {}
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.px(4))
        heading = label(self.tr("Applications of then, and what they are called today"), Role.LABEL, muted=True)
        self.setLayout(column(heading, 4, self._lines, 12))

    @property
    def wanted(self) -> bool:
        """There is something to match."""
        return bool(self._boxes)

    @property
    def ids(self) -> dict[str, str]:
        """Id then → id today, of those that were matched."""
        return {old: box.currentData() for old, box in self._boxes.items() if box.currentData()}

    def show_plan(self, plan: BaselinePlan, today: Assessment) -> None:
        """Ask about another baseline; nothing is matched yet."""
        empty(self._lines)
        self._boxes = {}
        then = plan.source.baseline.assessment.applications
        free = [app for key, app in sorted(today.applications.items()) if key not in then]
        if plan.source.teams or not free:
            return
        for key, application in sorted(then.items()):
            if key in today.applications:
                continue
            box = self._boxes[key] = Select(self.tr("What {0} is today").format(application.name))
            box.addItem(self.tr("No longer assessed"), "")
            for known in free:
                box.addItem(known.name, known.id)
            box.setFixedWidth(theme.px(280))
            box.activated.connect(lambda _: self.changed.emit())
            line = QWidget()
            line.setLayout(row(box, 12, label(f"{application.name} · {key}"), -1))
            self._lines.addWidget(line)
