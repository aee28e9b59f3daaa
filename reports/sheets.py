"""Tables as a workbook or as CSV. Whatever a cell says is text or a number, and never a formula or a link.

The same tables give the same bytes: a workbook is dated by the engagement, and the files inside it are not dated.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.palette import House, on
from reports.tables import Cell, Column, Table

MOST_ROWS = 1_048_576
"""Of a sheet, with its header."""
MOST_LETTERS = 32_767
"""Of a cell, in units of UTF-16."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""Beginnings that a spreadsheet may take for a formula, full-width forms included."""
_SHOWN = {"\n": "\n", "\t": " ", "\r": ""}
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls, direction marks and what no XML file may hold."""


class TooLong(ValueError):
    """A table has more rows than a sheet can hold."""


def clean(text: str) -> str:
    """The text with everything spelled out that cannot be seen; line breaks stay. Idempotent."""
    return _UNSEEN.sub(_spelled, text.replace("\r\n", "\n"))


def _spelled(match: re.Match[str]) -> str:
    char = match.group()
    if char in _SHOWN:
        return _SHOWN[char]
    return f"\\x{ord(char):02x}" if ord(char) < 256 else f"U+{ord(char):04X}"


# ---- CSV


def csv_file(table: Table) -> bytes:
    """One table as CSV: UTF-8 with a byte order mark, commas, one line for each row, lines ended as RFC 4180 has it.

    The mark is there because spreadsheets read UTF-8 wrongly without it. Line breaks inside a cell become ``" / "``. A
    text that a spreadsheet could take for a formula begins with an apostrophe. Numbers have a decimal point and days
    are ISO 8601, in every language.
    """
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([_field(column.title) for column in table.columns])
    writer.writerows([_field(cell) for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + lines.getvalue().encode()


def _field(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case str():
            line = " / ".join(part.strip() for part in clean(cell).split("\n") if part.strip())
            return f"'{line}" if line.startswith(_FORMULA) else line
        case date():
            return cell.isoformat()
        case _:
            return cell


# ---- workbooks


def workbook(tables: Sequence[Table], title: str, as_of: date, house: House) -> bytes:
    """All tables as the sheets of one workbook, each with a filter over its frozen header.

    Raises :class:`TooLong`.
    """
    for table in tables:
        if len(table.rows) >= MOST_ROWS:
            raise TooLong(f"{table.name}: {len(table.rows):,} rows")
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True})
    book.set_properties({"title": clean(title)[:255], "created": datetime.combine(as_of, time())})
    styles = _Styles(book, house)
    for table in tables:
        _fill(book.add_worksheet(table.name[:31]), table, styles)
    book.close()
    return target.getvalue()


class _Styles:
    """The formats of one workbook."""

    def __init__(self, book: Workbook, house: House) -> None:
        ground = {"bold": True, "bg_color": house.accent, "font_color": on(house.accent)}
        self.head: Format = book.add_format({**ground, "text_wrap": True, "valign": "vcenter", "border": 0})
        self.plain: Format = book.add_format({"valign": "top"})
        self.wrapped: Format = book.add_format({"valign": "top", "text_wrap": True})
        # Shown as text even after somebody edits the cell.
        self.quoted: Format = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        self.day: Format = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})

    def of(self, cell: Cell, column: Column) -> Format:
        match cell:
            case str() if cell.startswith(_FORMULA):
                return self.quoted
            case date():
                return self.day
            case _:
                return self.wrapped if column.wrapped else self.plain


def _fill(sheet: Worksheet, table: Table, styles: _Styles) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, clean(column.title), styles.head)
    for line, row in enumerate(table.rows, 1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            match cell:
                case None | "":
                    continue
                case str():
                    text = _fitting(clean(cell))
                    sheet.write_string(line, place, text, styles.of(text, column))
                case date():
                    sheet.write_datetime(line, place, datetime.combine(cell, time()), styles.day)
                case _:
                    sheet.write_number(line, place, cell, styles.plain)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _fitting(text: str) -> str:
    """As much of a text as a cell can hold; what is cut ends with an ellipsis."""
    if len(text) * 2 <= MOST_LETTERS or len(text.encode("utf-16-le")) <= 2 * MOST_LETTERS:
        return text
    return text.encode("utf-16-le")[: 2 * (MOST_LETTERS - 1)].decode("utf-16-le", errors="ignore") + "…"
