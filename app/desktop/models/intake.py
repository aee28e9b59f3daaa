"""Exports that were read and not yet applied: what each is, where it would go, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from app.desktop.models.table import TwoLineTable
from app.desktop.session import Session
from app.engagement import actions
from app.engagement.journal import Change
from reports import words
from scoring.assessment import Evidence, Findings

ADD, DUPLICATE, UNDECIDABLE, REJECTED, UNASSIGNED = "add", "duplicate", "undecidable", "rejected", "unassigned"
"""Outcomes, as ``colonnade ingest --json`` words them."""
_ORDER = (UNASSIGNED, UNDECIDABLE, ADD, DUPLICATE, REJECTED)
"""What needs a person first."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file or archive member of the plan."""

    path: str
    member: str | None
    outcome: str
    application: str | None
    organisation: bool
    why: str
    format: str
    tool: str
    findings: Findings | None
    candidates: tuple[str, ...]
    evidence: Evidence | None

    @property
    def name(self) -> str:
        return PurePath(self.member or self.path).name

    @property
    def wants_word(self) -> bool:
        """A person can settle it: which application, or which format."""
        return self.outcome in (UNASSIGNED, UNDECIDABLE)


def items_of(document: Any) -> list[Item]:
    """The items of what the child printed; a document of another shape has none."""
    raw_items = document.get("items", ()) if isinstance(document, Mapping) else ()
    found = []
    for raw in raw_items:
        try:
            found.append(
                Item(
                    path=str(raw["path"]),
                    member=raw["member"],
                    outcome=str(raw["outcome"]),
                    application=raw["application"],
                    organisation=bool(raw["organisation"]),
                    why=str(raw["why"]),
                    format=raw["format"] or "",
                    tool=raw["tool"] or "",
                    findings=Findings.model_validate(raw["findings"]) if raw["findings"] else None,
                    candidates=tuple(raw["candidates"]),
                    evidence=Evidence.model_validate(raw["evidence"]) if raw["evidence"] else None,
                )
            )
        except (KeyError, TypeError, ValidationError):
            continue
    return found


def severities(findings: Findings | None) -> str:
    """``2 critical · 7 high · 31 other``, only what there is."""
    if findings is None:
        return ""
    rest = findings.total - findings.critical - findings.high
    parts = ((findings.critical, "critical"), (findings.high, "high"), (rest, "other"))
    return words.parts([f"{count:,} {name}" for count, name in parts if count]) or "no finding"


class IntakeModel(TwoLineTable):
    """The plan as a table."""

    OUTCOME, FILE, TOOL, FOR, FINDINGS = range(5)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._items: list[Item] = []
        self._titles = (
            self.tr("What happens"), self.tr("File"), self.tr("Tool"), self.tr("For"), self.tr("Findings"),
        )  # fmt: skip

    def show_items(self, items: Iterable[Item]) -> None:
        """Another plan; an item that was read again takes the place of its former self."""
        by_place = {(item.path, item.member): item for item in self._items}
        by_place.update({(item.path, item.member): item for item in items})
        self.beginResetModel()
        self._items = sorted(
            by_place.values(), key=lambda item: _ORDER.index(item.outcome) if item.outcome in _ORDER else 9
        )
        self.endResetModel()

    def clear(self) -> None:
        self.beginResetModel()
        self._items = []
        self.endResetModel()

    def item(self, row: int) -> Item:
        return self._items[row]

    @property
    def counts(self) -> Counter[str]:
        return Counter(item.outcome for item in self._items)

    def changes(self) -> list[Change]:
        """What applying the plan does to the engagement."""
        return [
            change
            for item in self._items
            if item.outcome == ADD and item.evidence is not None
            for change in actions.add_evidence(None if item.organisation else item.application, item.evidence)
        ]

    @override
    def _size(self) -> int:
        return len(self._items)

    @override
    def _more(self, row: int, column: int, role: int) -> Any:
        item = self._items[row]
        match role:
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(part for part in (item.path, item.member, item.why) if part)
            case Qt.ItemDataRole.DecorationRole if column == self.OUTCOME:
                return {ADD: "plus", DUPLICATE: "check", REJECTED: "cross"}.get(item.outcome, "challenge")
            case _:
                return None

    @override
    def _text(self, row: int, column: int) -> str:
        item = self._items[row]
        match column:
            case self.OUTCOME:
                return {
                    ADD: self.tr("Add"),
                    DUPLICATE: self.tr("Known already"),
                    REJECTED: self.tr("Left out"),
                    UNDECIDABLE: self.tr("Which format?"),
                    UNASSIGNED: self.tr("For whom?"),
                }.get(item.outcome, item.outcome)
            case self.FILE:
                return item.name
            case self.TOOL:
                return item.tool or words.NONE
            case self.FOR:
                return self._owner(item)
            case _:
                return severities(item.findings)

    @override
    def _second(self, row: int, column: int) -> str:
        item = self._items[row]
        match column:
            case self.FILE:
                return item.path if item.member is None else f"{item.path} ▸ {item.member}"
            case self.TOOL:
                return item.format
            case self.FOR:
                # The application stands above; what counts here is why.
                why = item.why.removeprefix(f"Taken for {item.application}: ")
                return why[:1].upper() + why[1:]
            case self.OUTCOME if item.outcome == UNDECIDABLE:
                return words.listed(item.candidates, 2)
            case _:
                return ""

    def _owner(self, item: Item) -> str:
        if item.organisation:
            return self.tr("Organisation")
        application = self._session.assessment.applications.get(item.application or "")
        return application.name if application else item.application or words.NONE
