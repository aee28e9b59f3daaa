"""Workbooks and CSV: everything in full, typed, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.palette import HOUSE
from reports import sheets
from reports.snapshot import Snapshot
from reports.tables import Cell, Column, Table
from scoring.assessment import Answer, Decision, Lane
from tests.report_example import SHA, assessment, example

DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    given = assessment(decisions={"learn.people/3": Decision(lane=Lane.DROP, reason="Not now.")})
    return example(given).snapshot()


def table(snapshot: Snapshot, key: str) -> Table:
    return next(each for each in snapshot.tables if each.id == key)


def rows(found: Table) -> list[dict[str, Cell]]:
    titles = [column.title for column in found.columns]
    assert len(set(titles)) == len(titles)
    return [dict(zip(titles, row, strict=True)) for row in found.rows]


def test_every_answer_stands_there_once(snapshot: Snapshot) -> None:
    found = rows(table(snapshot, "answers"))
    keys = [(row["Application"], row["Criterion"]) for row in found]
    assert len(keys) == len(set(keys)) == 2 + 2 * 4  # organisation's criteria once, the others for both applications
    by_key = dict(zip(keys, found, strict=True))
    own = by_key["Payments Hub", "build.tests.some"]
    assert (own["Answer"], own["Value"], own["Given"], own["Basis"]) == ("Fully", 1.0, "own", "document")
    assert own["Note"] == "Seen."
    common = by_key["Trading Desk", "build.tests.some"]
    assert (common["Answer"], common["Value"], common["Given"]) == ("Partly", 0.3333, "common")
    challenged = by_key["Payments Hub", "build.gates.run"]
    assert challenged["Challenged"] == "yes"
    assert challenged["Allowed at most"] == "Partly"
    assert challenged["Evidence says"] == "Critical findings are open."
    unanswered = by_key["Trading Desk", "build.tests.all"]
    assert (unanswered["Answer"], unanswered["Value"], unanswered["Given"]) == ("Unanswered", None, "")
    organisation = by_key["Organisation", "learn.people.trained"]
    assert (organisation["Given"], organisation["Target"], organisation["Level"]) == ("organisation", 3, 2)


def test_an_explained_claim_and_one_that_does_not_apply_say_so() -> None:
    answers = {
        "build.gates.run": Answer(value="fully", reason="Another tool."),
        "build.tests.some": Answer(value="not-applicable", reason="Nothing to test."),
    }
    found = rows(table(example(assessment(answers=answers)).snapshot(), "answers"))
    (explained,) = [row for row in found if row["Challenged"]]
    assert (explained["Challenged"], explained["Reason"]) == ("yes, explained", "Another tool.")
    beside = next(row for row in found if (row["Application"], row["Code"]) == ("Trading Desk", "1.2.2a"))
    assert (beside["Answer"], beside["Value"]) == ("Not applicable", None)


def test_a_note_beside_a_common_answer_is_the_application_s_own() -> None:
    noted = dict(assessment().applications)
    noted["desk"] = noted["desk"].model_copy(update={"answers": {"build.tests.some": Answer(note="Not there.")}})
    found = rows(table(example(assessment(applications=noted)).snapshot(), "answers"))
    beside = next(row for row in found if (row["Application"], row["Code"]) == ("Trading Desk", "1.2.2a"))
    assert (beside["Answer"], beside["Given"], beside["Note"]) == ("Partly", "common", "Not there.")


def test_the_roadmap_has_every_item_with_numbers(snapshot: Snapshot) -> None:
    found = rows(table(snapshot, "roadmap"))
    blocks = [block for lane in snapshot.roadmap.lanes for block in lane.blocks]
    blocks += [block for block, _ in snapshot.roadmap.unplanned]
    assert [row["Code"] for row in found] == [block.code for block in blocks]
    for row in found:
        assert isinstance(row["Person-days"], float)
        assert isinstance(row["Effect on the score"], float)
        assert (row["Wave"] is None) == (row["Starts"] is None)
        assert row["Reasons"]
    assert {type(row["Starts"]) for row in found} == {date, type(None)}
    assert ["Not now." in str(row["Decision"]) for row in found].count(True) == 1


def test_an_item_names_the_obligations_that_it_serves() -> None:
    given = assessment(answers={"build.gates.run": Answer(value="no")})
    found = rows(table(example(given).snapshot(), "roadmap"))
    assert {row["Practice number"] for row in found if row["Obligations"] == "Rulebook 4.2"} == {"1.1"}


def test_summary_obligations_and_evidence(snapshot: Snapshot) -> None:
    summary = rows(table(snapshot, "summary"))
    assert len(summary) == 3 * (1 + 2 + 3)  # tier and two applications × overall, pillars, practices
    assert summary[0]["Claimed score"] == snapshot.standing.rows[-1].low
    (obligation,) = rows(table(snapshot, "obligations"))
    assert (obligation["Number"], obligation["Standing"], obligation["Challenged criteria"]) == ("4.2", "met", "1.1.2a")
    (exhibit,) = rows(table(snapshot, "evidence"))
    assert (exhibit["File"], exhibit["SHA-256"]) == ("scan.sarif", SHA)
    assert exhibit["Captured"] == date(2026, 9, 1)
    assert exhibit["Facts"] == "findings.critical.open = 2"


# ---- workbook


def opened(*tables: Table) -> Any:
    return load_workbook(io.BytesIO(sheets.workbook(tables, "Title", DAY, HOUSE)))


def of(*cells: Cell) -> Table:
    return Table("t", "T", tuple(Column(f"c{place}") for place in range(len(cells))), (cells,))


def test_a_workbook_has_typed_cells_a_frozen_header_and_a_filter(snapshot: Snapshot) -> None:
    book = load_workbook(io.BytesIO(sheets.workbook(snapshot.tables, snapshot.title, DAY, HOUSE)))
    assert book.sheetnames == ["Summary", "Answers", "Roadmap", "Obligations", "Evidence register"]
    assert book.properties.title == snapshot.title
    assert book.properties.created == datetime(2026, 9, 30)
    for sheet, found in zip(book.worksheets, snapshot.tables, strict=True):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert [cell.value for cell in sheet[1]] == [column.title for column in found.columns]
        assert sheet.max_row == 1 + len(found.rows)
        for line, row in zip(sheet.iter_rows(min_row=2), found.rows, strict=True):
            for cell, given in zip(line, row, strict=True):
                shown = cell.value.date() if isinstance(cell.value, datetime) else cell.value
                assert shown == (given if given != "" else None)
                assert cell.data_type in ("s" if isinstance(given, str) and given else "nd")


def test_the_same_tables_give_the_same_bytes_and_no_date_of_today(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sheets.workbook(snapshot.tables, snapshot.title, DAY, HOUSE)
    monkeypatch.chdir(tmp_path)
    assert sheets.workbook(snapshot.tables, snapshot.title, DAY, HOUSE) == first
    with zipfile.ZipFile(io.BytesIO(first)) as inside:
        assert {each.date_time for each in inside.infolist()} == {(1980, 1, 1, 0, 0, 0)}


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "=cmd|' /C calc'!A0", "\t=1", "＝1+1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_a_workbook_and_quoted_in_csv(text: str) -> None:
    (cell,) = next(opened(of(text))["T"].iter_rows(min_row=2))
    assert (cell.data_type, cell.value) == ("s", sheets.clean(text))
    assert cell.quotePrefix == (not text.startswith("\t"))
    (field,) = list(csv.reader(io.StringIO(sheets.csv_file(of(text)).decode("utf-8-sig"))))[1]
    assert field == f"'{text.strip()}"


@pytest.mark.parametrize(
    "text", ["http://evil.example/", "mailto:x@evil.example", "internal:Sheet!A1", "1.5", "_x0041_"]
)
def test_links_and_numbers_in_words_stay_text(text: str) -> None:
    (cell,) = next(opened(of(text))["T"].iter_rows(min_row=2))
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    if text != "_x0041_":  # which openpyxl, unlike spreadsheets, gives back escaped
        assert cell.value == text


def test_what_cannot_be_seen_is_spelled_out() -> None:
    text = "a\x00b\x1b[2J\u202eevil\u2066\ufffe\ud800\ufeff c\u200bd\x85"
    shown = "a\\x00b\\x1b[2JU+202EevilU+2066U+FFFEU+D800U+FEFF cU+200Bd\\x85"
    assert sheets.clean(text) == sheets.clean(shown) == shown
    (cell,) = next(opened(of(text))["T"].iter_rows(min_row=2))
    assert cell.value == shown
    assert shown in sheets.csv_file(of(text)).decode("utf-8-sig")


def test_lines_stay_lines_in_a_workbook_and_become_one_in_csv() -> None:
    found = of("first\r\n\nsecond\tpart\rthird", 'say "no", then', None)
    assert next(opened(found)["T"].iter_rows(min_row=2))[0].value == "first\n\nsecond partthird"
    written = sheets.csv_file(found)
    assert written.startswith(b"\xef\xbb\xbfc0,c1,c2\r\n")
    assert written.count(b"\r\n") == 2
    assert written.count(b"\n") == 2
    assert written.decode("utf-8-sig").splitlines()[1] == 'first / second partthird,"say ""no"", then",'


def test_numbers_and_days_in_csv_are_the_same_everywhere() -> None:
    assert sheets.csv_file(of(-1.5, 2, DAY)).decode("utf-8-sig").splitlines()[1] == "-1.5,2,2026-09-30"


@pytest.mark.parametrize("letter", ["x", "𝔸"])
def test_a_long_text_is_cut_to_what_a_cell_holds(letter: str) -> None:
    (cell,) = next(opened(of(letter * 40_000))["T"].iter_rows(min_row=2))
    assert cell.value.endswith(f"{letter}…")
    assert len(cell.value.encode("utf-16-le")) // 2 in (sheets.MOST_LETTERS, sheets.MOST_LETTERS - 1)
    whole = "x" * sheets.MOST_LETTERS
    assert next(opened(of(whole))["T"].iter_rows(min_row=2))[0].value == whole


def test_a_table_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    with pytest.raises(sheets.TooLong, match="T: 1 rows"):
        opened(of("x"))
