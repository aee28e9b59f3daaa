"""Applications from a table: what each row would do first, then all of it as one step.

The table has a header that names its columns: ``name`` or ``id``, and any of ``tier``, ``attributes`` and
``repositories``; other columns are left out and named. A row that names a known application (by id, or without one by
name) changes it: a column that is there counts, so an empty cell empties a list; an empty name or tier leaves what
stands. Every other row is a new application, whose id comes from its name where the table gives none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.engagement import actions, state
from app.engagement.errors import EngagementError, UsageError, unread
from app.engagement.journal import Change
from questionnaires.model import Content, Questionnaire
from scoring.assessment import Application, Assessment
from scoring.evidence.encoding import REPLACED, to_utf8
from scoring.evidence.limits import MIB, Limits, Refused, Unsuitable, size
from scoring.evidence.stored import from_disk

COLUMNS = ("id", "name", "tier", "attributes", "repositories")
_LIMITS = Limits(file_bytes=16 * MIB, memory_bytes=16 * MIB)
MOST_ROWS = 10_000
LONGEST = 200
"""Characters of an id or a name."""
_WIDEST = 10_000
"""Characters of a cell."""
_DELIMITERS = (",", ";", "\t", "|")
_LISTS = ("attributes", "repositories")
_TITLES = {
    "application": "name", "application id": "id", "application name": "name", "attribute": "attributes",
    "key": "id", "repos": "repositories", "repository": "repositories", "criticality": "tier",
}  # fmt: skip
"""Other words that people write over these columns."""


class RowOutcome(StrEnum):
    """What a row does."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Table:
    """The records of a file, not yet held against an engagement."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    """(line of the file where the record ends, cell by column). Only known columns."""
    left_out: tuple[str, ...] = ()
    """Titles of columns that mean nothing here."""
    warning: str = ""
    """What was odd about its characters."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: what it does, and why."""

    line: int
    outcome: RowOutcome
    id: str
    name: str
    tier: str
    why: str
    """What changes, or why it is rejected; empty for a new application."""
    changes: tuple[Change, ...] = ()


def changes_of(rows: Sequence[Row]) -> list[Change]:
    """What applying a plan does; rejected rows do nothing."""
    return [change for row in rows for change in row.changes]


# ---- reading


def read_table(path: Path) -> Table:
    """The applications' table in a file: CSV with any delimiter, in UTF-8, UTF-16 or Windows-1252.

    Raises EngagementError for what is no such table, with the place and what to do.
    """
    try:
        held = from_disk(path, _LIMITS).held
    except Refused as error:
        remedy = f"Give a CSV file of at most {size(_LIMITS.file_bytes)}."
        found = unread(error.reason, str(path), remedy)
        raise EngagementError(
            found.what, found.where, remedy if isinstance(error, Unsuitable) else found.remedy
        ) from error
    text, warning = _decoded(held or b"")
    header, delimiter = _header(text, str(path))
    rows: list[tuple[int, Mapping[str, str]]] = []
    known = [_column(title) for title in header]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(_WIDEST)
    try:
        for number, cells in enumerate(reader):
            if number == 0 or not any(cell.strip() for cell in cells):
                continue
            if len(rows) == MOST_ROWS:
                raise EngagementError(f"holds more than {MOST_ROWS:,} rows", str(path), "Split it.")
            record = {column: cell for column, cell in zip(known, cells, strict=False) if column is not None}
            rows.append((reader.line_num, record))
    except csv.Error as error:
        remedy = "Close the quotes there, or export the table again."
        raise EngagementError(
            f"is no table from there on ({error})", f"{path}, line {reader.line_num}", remedy
        ) from None
    left_out = tuple(title for title, column in zip(header, known, strict=True) if column is None and title)
    return Table(tuple(rows), left_out, warning)


def _decoded(data: bytes) -> tuple[str, str]:
    content, warnings = to_utf8(data)
    if REPLACED in warnings:
        # Spreadsheets on Windows save CSV in the code page of the machine.
        return data.decode("cp1252", "replace"), "Its characters were read as Windows-1252; look at the accents."
    return bytes(content).decode("utf-8", "replace"), ""


def _header(text: str, place: str) -> tuple[list[str], str]:
    """The titles in the first line, and the delimiter that makes most of them known."""
    first = text[:_WIDEST].split("\n", 1)[0].rstrip("\r")
    best: tuple[int, list[str], str] = (0, [], ",")
    for delimiter in _DELIMITERS:
        try:
            titles = [title.strip() for title in next(csv.reader([first], delimiter=delimiter), [])]
        except csv.Error:
            continue
        columns = [column for column in map(_column, titles) if column is not None]
        if len(set(columns)) > best[0]:
            best = (len(set(columns)), titles, delimiter)
    columns = [column for column in map(_column, best[1]) if column is not None]
    remedy = (
        f"Name the columns in the first line: {', '.join(COLUMNS)}. Only the name is needed, and a tier for new ones."
    )
    if not {"id", "name"} & set(columns):
        raise EngagementError("has no header with a column 'name' or 'id'", place, remedy)
    if twice := next((column for column in columns if columns.count(column) > 1), None):
        raise EngagementError(f"has two columns for '{twice}'", place, "Leave one of them out.")
    return best[1], best[2]


def _column(title: str) -> str | None:
    name = " ".join(title.replace("_", " ").casefold().split())
    name = _TITLES.get(name, name)
    return name if name in COLUMNS else None


# ---- planning


def plan(table: Table, content: Content, questionnaire: Questionnaire, assessment: Assessment) -> tuple[Row, ...]:
    """What each row would do to an assessment, in the table's order. Nothing is raised: a bad row is rejected."""
    planning = _Planning(content, questionnaire, assessment)
    return tuple(planning.row(line, _tidied(content, cells)) for line, cells in table.rows)


def _tidied(content: Content, cells: Mapping[str, str]) -> dict[str, str]:
    """Cells as the actions take them: one line, a tier by its id, lists with commas."""
    tidy = {column: " ".join(cell.split()) for column, cell in cells.items()}
    if "tier" in tidy:
        tidy["tier"] = _tier(content, tidy["tier"])
    for column in _LISTS:
        if column in cells:
            words = [" ".join(word.split()) for word in re.split(r"[,;|\n]", cells[column])]
            if column == "attributes":
                words = [re.sub(r"[\s_]+", "-", word.casefold()) for word in words]
            tidy[column] = ",".join(word for word in words if word)
    return tidy


def _tier(content: Content, given: str) -> str:
    """``1``, ``Tier 1``, ``Critical`` and ``Tier 1 Critical`` are the same tier; an unknown one stays as it is."""
    plain = given.casefold().removeprefix("tier").strip()
    for tier in content.tiers.tier:
        if plain in (tier.id, tier.name.casefold(), f"{tier.id} {tier.name.casefold()}"):
            return tier.id
    return given


class _Planning:
    """Row after row; an application stands in one of them only."""

    def __init__(self, content: Content, questionnaire: Questionnaire, assessment: Assessment) -> None:
        self._content, self._questionnaire, self._assessment = content, questionnaire, assessment
        self._by_name: dict[str, list[str]] = {}
        for application in assessment.applications.values():
            self._by_name.setdefault(application.name.casefold(), []).append(application.id)
        self._seen: dict[str, int] = {}
        """Id → the line where it stands."""

    def row(self, line: int, cells: Mapping[str, str]) -> Row:
        """The outcome of one record."""
        key, name, tier = (cells.get(column, "")[: LONGEST + 1] for column in ("id", "name", "tier"))
        try:
            found = self._planned(line, key, name, cells)
        except EngagementError as error:
            said = " ".join(part for part in (error.where, error.what) if part)
            why = f"{said[:1].upper()}{said[1:]}. {error.remedy}".strip()
            return Row(line, RowOutcome.REJECTED, key, name, tier, why)
        if found.outcome is not RowOutcome.REJECTED:
            self._seen[found.id] = line
            if found.outcome is RowOutcome.NEW:
                self._by_name.setdefault(found.name.casefold(), []).append(found.id)
        return found

    def _planned(self, line: int, key: str, name: str, cells: Mapping[str, str]) -> Row:
        if not key and not name:
            raise UsageError("It names no application")
        if len(key) > LONGEST or len(name) > LONGEST:
            raise UsageError(f"is longer than {LONGEST} characters", "The name")
        if not key:
            namesakes = self._by_name.get(name.casefold(), ())
            if len(namesakes) > 1:
                raise UsageError("is the name of several", f"'{name}'", "Give the id.")
            taken = self._assessment.applications.keys() | self._seen.keys()
            key = namesakes[0] if namesakes else actions.free_id(name, taken)
        if key in self._seen:
            raise UsageError(f"stands in line {self._seen[key]} already", f"'{key}'", "Leave one of the lines out.")
        known = self._assessment.applications.get(key)
        return self._new(line, key, cells) if known is None else self._changed(line, known, cells)

    def _new(self, line: int, key: str, cells: Mapping[str, str]) -> Row:
        name, tier = cells.get("name") or key, cells.get("tier", "")
        if not tier:
            raise UsageError("needs a tier", "A new application", "Fill in the column 'tier'.")
        lists = {column: cells.get(column, "") for column in _LISTS}
        changes = actions.add_application(self._content, self._assessment, key, name, tier, **lists)
        return Row(line, RowOutcome.NEW, key, name, tier, "", tuple(changes))

    def _changed(self, line: int, known: Application, cells: Mapping[str, str]) -> Row:
        changes, said = [], []
        for column in ("name", "tier", "attributes", "repositories"):
            value = cells.get(column)
            if value is None or (not value and column in ("name", "tier")):
                continue
            for change in actions.set_value(
                self._content, self._questionnaire, self._assessment, column, value, application=known.id
            ):
                before = state.current(self._assessment, change.path)
                if (list(before or ()) if column in _LISTS else before) != (change.to or []):
                    changes.append(change)
                    said.append(f"{column}: {_worded(before)} → {_worded(change.to)}")
        outcome = RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
        name, tier = cells.get("name") or known.name, cells.get("tier") or known.tier
        return Row(line, outcome, known.id, name, tier, "; ".join(said), tuple(changes))


def _worded(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
