"""Applications from a table: every way in which people write one, and every way in which it can be hostile."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli.verbs import app
from app.engagement import actions, state
from app.engagement.applications_csv import MOST_ROWS, Row, RowOutcome, Table, changes_of, plan, read_table
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from scoring.assessment import Assessment

NEW, CHANGED, UNCHANGED, REJECTED = RowOutcome
QUESTIONNAIRE = "financial-devsecops"


@pytest.fixture
def assessment() -> Assessment:
    content = shipped()
    found = actions.new_assessment(content, QUESTIONNAIRE, "Northgate Clearing", date(2026, 9, 30))
    for key, name, tier in (("payments", "Payments", "1"), ("wiki", "Wiki", "3"), ("wiki-2", "Wiki", "3")):
        added = actions.add_application(content, found, key, name, tier, attributes="client-data", repositories="b,a")
        found = state.changed(found, added[0])
    return found


def planned(assessment: Assessment, folder: Path, data: str | bytes) -> tuple[Row, ...]:
    path = folder / "table.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    content = shipped()
    return plan(read_table(path), content, content.questionnaires[QUESTIONNAIRE], assessment)


def applied(assessment: Assessment, rows: tuple[Row, ...]) -> Assessment:
    for change in changes_of(rows):
        assessment = state.changed(assessment, change)
    return assessment


TABLE = "Name{0}Tier{0}Attributes{0}Repositories{0}Owner\r\nZürich Desk{0}Tier 2{0}{1}{0}{2}{0}x\r\n"
LISTS = ('"Internet facing\nclient_data"', '"org/desk, org/desk-ui"')


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_delimiters_encodings_and_line_breaks_in_quotes(
    assessment: Assessment, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = planned(assessment, tmp_path, TABLE.format(delimiter, *LISTS).encode(encoding))
    assert [(row.outcome, row.id, row.name, row.tier) for row in rows] == [(NEW, "zurich-desk", "Zürich Desk", "2")]
    new = applied(assessment, rows).applications["zurich-desk"]
    assert new.attributes == ("client-data", "internet-facing")
    assert new.repositories == ("org/desk", "org/desk-ui")


def test_other_columns_and_odd_characters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TABLE.format(",", "", "").encode("cp1252"))
    table = read_table(path)
    assert table.left_out == ("Owner",)
    assert "Windows-1252" in table.warning


def test_rows_are_new_changed_unchanged_or_rejected_with_their_reason(assessment: Assessment, tmp_path: Path) -> None:
    rows = planned(
        assessment,
        tmp_path,
        "id,name,tier,attributes\n"
        "payments,Card Payments,Critical,internet-facing\n"
        "payments,Again,1,\n"
        ",payments,1,client-data\n"
        ",Wiki,3,\n"
        ",Desk,2,\n"
        ",Desk,2,\n"
        "Desk!,Desk,2,\n"
        "con,Con,2,\n"
        ",Ledger,,\n"
        ",Ledger,9,\n"
        ",Ledger,2,haunted\n"
        ",,1,\n"
        ",\x07,1,\n"
        f",{'x' * 300},1,\n",
    )
    told = [(row.outcome, row.why) for row in rows]
    assert told[0] == (CHANGED, "name: Payments → Card Payments; attributes: client-data → internet-facing")
    expected = (
        "line 2 already", "line 2 already", "name of several", "", "stands in line 6", "cannot be an application's id",
        "cannot be an application's id", "needs a tier", "no known tier", "no known attribute", "It names no",
        "no name can", "longer than",
    )  # fmt: skip
    for (outcome, why), part in zip(told[1:], expected, strict=True):
        assert outcome is (REJECTED if part else NEW)
        assert part in why
    assert [row.line for row in rows] == list(range(2, 16))


def test_a_column_that_is_not_there_leaves_what_stands_and_an_empty_list_empties(
    assessment: Assessment, tmp_path: Path
) -> None:
    kept = planned(assessment, tmp_path, "name,tier\nPayments,1\n")
    assert [row.outcome for row in kept] == [UNCHANGED]
    assert changes_of(kept) == []
    rows = planned(assessment, tmp_path, "name,tier,attributes,repositories\nPAYMENTS,,,b;a\n")
    assert [(row.outcome, row.why) for row in rows] == [
        (CHANGED, "name: Payments → PAYMENTS; attributes: client-data → none")
    ]
    after = applied(assessment, rows).applications["payments"]
    assert (after.tier, after.attributes, after.repositories) == ("1", (), ("a", "b"))


def test_applying_twice_changes_nothing_more(assessment: Assessment, tmp_path: Path) -> None:
    data = TABLE.format(";", *LISTS) + "Payments;2;client-data;\r\n"
    once = applied(assessment, planned(assessment, tmp_path, data))
    again = planned(once, tmp_path, data)
    assert [row.outcome for row in again] == [UNCHANGED, UNCHANGED]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no header"),
        (b"a,b\n1,2\n", "no header"),
        (b"name,Application\nx,y\n", "two columns"),
        (b'name,tier\n"open,1\n', "no table from there on"),
        (b"name,tier\n" + b"x" * 20_000 + b",1\n", "no table from there on"),
        (b"name,tier\n" + b"a,1\n" * (MOST_ROWS + 1), "more than 10,000 rows"),
        (b"\x00" * 100, "no header"),
    ],
)
def test_what_is_no_table_says_so(assessment: Assessment, tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(EngagementError, match=says) as refused:
        planned(assessment, tmp_path, data)
    assert refused.value.remedy


def test_neither_a_folder_a_device_nor_a_huge_file_is_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(2 << 30)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for path, said in (
        (tmp_path, "is not a regular file"),
        (huge, "is larger than 16 MB"),
        (pipe, "is not a regular file"),
        (loop, "is a link that leads round in a circle"),
        (Path("/dev/zero"), "is not a regular file"),
        (tmp_path / "absent.csv", "there is no such file"),
    ):
        with pytest.raises(EngagementError) as refused:
            read_table(path)
        assert str(refused.value) == f"{path}: {said}. Give a CSV file of at most 16 MB."


cells = st.text(max_size=20)


@given(rows=st.lists(st.fixed_dictionaries({"id": cells, "name": cells, "tier": cells, "attributes": cells,
                                            "repositories": cells}), max_size=6))  # fmt: skip
def test_any_text_in_any_cell_is_planned_or_rejected_and_what_is_planned_fits(rows: list[dict[str, str]]) -> None:
    content = shipped()
    questionnaire = content.questionnaires[QUESTIONNAIRE]
    start = actions.new_assessment(content, QUESTIONNAIRE, "Northgate Clearing", date(2026, 9, 30))
    table = Table(tuple((number, row) for number, row in enumerate(rows, 2)))
    found = plan(table, content, questionnaire, start)
    assert len(found) == len(rows)
    after = applied(start, found)
    assert len(after.applications) == sum(row.outcome is NEW for row in found)


@pytest.fixture
def folder(assessment: Assessment, tmp_path: Path) -> Path:
    path = tmp_path / "engagement"
    Engagement.create(path, assessment, shipped().questionnaires[QUESTIONNAIRE], "tester").close()
    return path


def test_the_verb_plans_first_and_applies_when_told(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("name;tier\nDesk;2\nPayments;2\nWiki;1\n", encoding="utf-8")
    before = (folder / "journal.jsonl").read_bytes()
    arguments = ["application", "import", str(folder), str(table)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 1, "a row was rejected"
    assert "Nothing was changed" in shown.stdout
    assert (folder / "journal.jsonl").read_bytes() == before
    done = CliRunner().invoke(app, [*arguments, "--apply", "--json"])
    document = json.loads(done.stdout)
    assert document["counts"] == {"new": 1, "changed": 1, "unchanged": 0, "rejected": 1}
    assert document["applied"] is True
    assert [row["outcome"] for row in document["rows"]] == ["new", "changed", "rejected"]
    applications = Engagement.open(folder).assessment.applications
    assert (applications["desk"].tier, applications["payments"].tier, applications["wiki"].tier) == ("2", "2", "3")
    assert len((folder / "journal.jsonl").read_bytes().splitlines()) == len(before.splitlines()) + 1
