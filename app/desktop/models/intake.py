"""Exports that were read and not yet applied: what each is, where it would go, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from app.desktop.language import tr
from app.desktop.models.table import TwoLineTable
from app.desktop.session import Changed, Session
from app.engagement import actions
from app.engagement.journal import Change
from questionnaires.model import Scope
from reports import words
from scoring.assessment import Assessment, Evidence, Findings
from scoring.evidence.about import Target
from scoring.evidence.ingest import AS_SAID, Planned, Taken, settle

_ORDER = (Planned.UNASSIGNED, Planned.UNDECIDABLE, Planned.ADD, Planned.DUPLICATE, Planned.REJECTED)
"""What needs a person first."""
_ICONS = {Planned.ADD: "plus", Planned.DUPLICATE: "check", Planned.REJECTED: "cross"}
Key = tuple[str, str | None]
"""Path and member."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file or archive member of the plan."""

    path: str
    member: str | None
    outcome: Planned
    target: Target
    why: str
    because: str
    """Why it is for whom it is, whatever becomes of it."""
    format: str
    tool: str
    findings: Findings | None
    candidates: tuple[str, ...]
    evidence: Evidence | None

    @property
    def key(self) -> Key:
        return self.path, self.member

    @property
    def name(self) -> str:
        return PurePath(self.member or self.path).name

    @property
    def whole(self) -> str:
        """Where it lies."""
        return self.path if self.member is None else f"{self.path} ▸ {self.member}"

    @property
    def wants_word(self) -> bool:
        """It is not added before a person says which application, or which format."""
        return self.outcome in (Planned.UNASSIGNED, Planned.UNDECIDABLE)

    @property
    def takes_word(self) -> bool:
        """A person can say whom it is about, or which format it has."""
        return self.evidence is not None or self.outcome is Planned.UNDECIDABLE


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
                    outcome=Planned(raw["outcome"]),
                    target=Scope.ORGANISATION if raw["organisation"] else raw["application"],
                    why=str(raw["why"]),
                    because=str(raw["because"]),
                    format=raw["format"] or "",
                    tool=raw["tool"] or "",
                    findings=Findings.model_validate(raw["findings"]) if raw["findings"] else None,
                    candidates=tuple(raw["candidates"]),
                    evidence=Evidence.model_validate(raw["evidence"]) if raw["evidence"] else None,
                )
            )
        except (KeyError, TypeError, ValueError):
            continue
    return found


def severities(findings: Findings | None) -> str:
    """``2 critical · 7 high · 31 medium``, only what there is; ``unrated`` is what the tool gave no severity."""
    if findings is None:
        return ""
    known = [
        (findings.critical, tr("{0} critical")), (findings.high, tr("{0} high")),
        (findings.medium, tr("{0} medium")), (findings.low, tr("{0} low")),
        (findings.info, tr("{0} info")),
    ]  # fmt: skip
    rest = findings.total - sum(count for count, _ in known)
    counted = [(count, text) for count, text in (*known, (rest, tr("{0} unrated"))) if count]
    return words.parts([text.format(f"{count:,}") for count, text in counted]) or tr("no finding")


def _settled(item: Item, assessment: Assessment, taken: Taken) -> Item:
    if item.evidence is None:
        return item
    outcome, why = settle(item.evidence.sha256, item.target, item.because, assessment, taken)
    return item if (outcome, why) == (item.outcome, item.why) else replace(item, outcome=outcome, why=why)


class IntakeModel(TwoLineTable):
    """The plan as a table. What becomes of a file follows the engagement; the order stays until more is read."""

    OUTCOME, FILE, TOOL, FOR, FINDINGS = range(5)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._items: list[Item] = []
        self._titles = (
            self.tr("What happens"), self.tr("File"), self.tr("Tool"), self.tr("For"), self.tr("Findings"),
        )  # fmt: skip
        session.changed.connect(self._on_session_changed)

    def show_items(self, items: Iterable[Item]) -> None:
        """More of a plan; an item that was read again takes the place of its former self."""
        by_place = {item.key: item for item in self._items} | {item.key: item for item in items}
        self.beginResetModel()
        self._items = list(by_place.values())
        self._settle()
        self._items.sort(key=lambda item: _ORDER.index(item.outcome))
        self.endResetModel()

    def assign(self, rows: Iterable[int], target: Target) -> None:
        """Say whom these files are about; no other row and no place in the order changes but what follows from it."""
        for row in rows:
            if self._items[row].evidence is not None:
                self._items[row] = replace(self._items[row], target=target, because=AS_SAID)
        self._follow()

    def _settle(self) -> None:
        taken: Taken = set()
        self._items = [_settled(item, self._session.assessment, taken) for item in self._items]

    def _follow(self) -> None:
        if self._items:
            self._settle()
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._items) - 1, len(self._titles) - 1))

    def _on_session_changed(self, changed: Changed) -> None:
        if not changed.only_answers:
            self._follow()

    def clear(self) -> None:
        self.beginResetModel()
        self._items = []
        self.endResetModel()

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(self._items)

    def item(self, row: int) -> Item:
        return self._items[row]

    @property
    def counts(self) -> Counter[Planned]:
        return Counter(item.outcome for item in self._items)

    def changes(self) -> list[Change]:
        """What applying the plan does to the engagement."""
        return actions.add_planned(self._items)

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
                return _ICONS.get(item.outcome, "challenge")
            case _:
                return None

    @override
    def _text(self, row: int, column: int) -> str:
        item = self._items[row]
        match column:
            case self.OUTCOME:
                return {
                    Planned.ADD: self.tr("Add"),
                    Planned.DUPLICATE: self.tr("Known already"),
                    Planned.REJECTED: self.tr("Left out"),
                    Planned.UNDECIDABLE: self.tr("Which format?"),
                    Planned.UNASSIGNED: self.tr("For whom?"),
                }[item.outcome]
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
                return item.whole
            case self.TOOL:
                return item.format
            case self.FOR:
                return self._items[row].why
            case self.OUTCOME if item.outcome is Planned.UNDECIDABLE:
                return words.listed(item.candidates, 2)
            case _:
                return ""

    def _owner(self, item: Item) -> str:
        if isinstance(item.target, Scope):
            return self.tr("Organisation")
        application = self._session.assessment.applications.get(item.target or "")
        return application.name if application else item.target or words.NONE
