"""The command line as a contract: exit codes, what is printed where, and what is never printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import Command

CRITERION = "integrate.gates.pipeline-checks"


@pytest.fixture
def folder(run: Command, tmp_path: Path) -> Path:
    path = tmp_path / "acme"
    assert run("new", path, "--organisation", "Acme", "--date", "2026-09-30").code == 0
    assert run("application", "add", path, "pay", "--name", "Payments", "--tier", "1").code == 0
    assert run("application", "add", path, "crm", "--name", "CRM", "--tier", "2").code == 0
    return path


def test_help_names_every_verb(run: Command) -> None:
    found = run("--help")
    assert found.code == 0
    verbs = ("demo", "new", "application", "set", "answer", "inspect", "ingest", "score", "explain", "checks",
             "regimes", "roadmap", "plan", "report", "baseline", "compare", "pack", "unpack", "merge", "verify",
             "recover", "upgrade")  # fmt: skip
    assert all(verb in found.out for verb in (*verbs, "check-content"))
    for verb in verbs:
        assert run(verb, "--help").code == 0


@pytest.mark.parametrize("arguments", [("nonsense",), ("new",), ("answer",), ("score", "a", "b", "--nope")])
def test_wrong_usage_is_2(run: Command, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


def test_score_rows_follow_the_contract(run: Command, folder: Path) -> None:
    assert run("answer", folder, CRITERION, "fully", "--basis", "document").code == 0
    found = run("score", folder, "--json")
    assert found.code == 0
    assert found.json["as_of"] == "2026-09-30"
    assert found.json["rules"] == "1"
    assert found.json["at_target"]["1"] == {"reached": 0, "pairs": 26}
    rows = found.json["results"]
    assert all(
        list(row)
        == [
            "tier",
            "application",
            "pillar",
            "practice",
            "score",
            "up_to",
            "evidenced",
            "exact",
            "level",
            "target",
            "answered",
            "applicable",
            "not_applicable",
            "held_down_by",
        ]
        for row in rows
    )

    def row(**wanted: Any) -> dict[str, Any]:
        keys = {"tier": None, "application": None, "pillar": None, "practice": None} | wanted
        (match,) = [row for row in rows if all(row[key] == value for key, value in keys.items())]
        return dict(match)

    practice = row(tier="1", application="pay", pillar="integrate", practice="integrate.gates")
    # One of two criteria of level 2 fully: 1 + 1/2.
    assert (practice["exact"], practice["score"], practice["evidenced"], practice["level"]) == ("3/2", 1.5, 1.5, 1)
    assert (practice["answered"], practice["applicable"], practice["target"]) == (1, 8, 4)
    assert practice["up_to"] == 4.0
    assert row(tier="2", pillar="integrate")["held_down_by"]
    assert row()["score"] is not None
    assert row(tier="1")["target"] == 3.6


def test_answers_clear_and_common_answers_are_overridden(run: Command, folder: Path) -> None:
    run("answer", folder, CRITERION, "fully")
    run("answer", folder, CRITERION, "no", "--application", "crm")

    def score(application: str) -> str:
        rows = run("score", folder, "--json").json["results"]
        return next(
            str(r["exact"]) for r in rows if r["application"] == application and r["practice"] == "integrate.gates"
        )

    assert (score("pay"), score("crm")) == ("3/2", "1/1")
    assert run("answer", folder, CRITERION, "clear", "--application", "crm").code == 0
    assert score("crm") == "3/2"


def test_not_applicable_without_reason_is_said_to_count_as_unanswered(run: Command, folder: Path) -> None:
    found = run("answer", folder, CRITERION, "not-applicable")
    assert found.code == 0
    assert "counts as unanswered" in found.err
    assert "counts as" not in run("answer", folder, CRITERION, "not-applicable", "--reason", "none").err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("answer", "{folder}", "integrate.gates.pipeline-check", "no"), 2, "Did you mean"),
        (("answer", "{folder}", CRITERION, "maybe"), 2, "Known: clear, fully"),
        (("answer", "{folder}", CRITERION, "no", "--basis", "hearsay"), 2, ""),
        (("application", "add", "{folder}", "../x", "--name", "X", "--tier", "1"), 2, "cannot be an application's id"),
        (("application", "add", "{folder}", "pay", "--name", "X", "--tier", "1"), 2, "exists already"),
        (("application", "add", "{folder}", "x", "--name", "X", "--tier", "4"), 2, "is no known tier"),
        (("set", "{folder}", "capacity", "a few"), 2, "person-days"),
        (("set", "{folder}", "--tier", "1", "capacity", "5"), 2, "setting of a tier"),
        (("set", "{folder}", "regimes", "no-such-law"), 2, "is no known regime"),
        (("set", "{folder}", "--tier", "1", "target.risk", "9"), 2, "is no known level"),
        (("set", "{folder}", "--application", "pay", "attributes", "shiny"), 2, "is no known attribute"),
        (("plan", "{folder}", "pin", "nothing/2", "--reason", "r"), 2, "is no known roadmap item"),
        (("new", "{folder}", "--organisation", "Other"), 2, "not an empty folder"),
        (("new", "{tmp}/x", "--organisation", "X", "--date", "yesterday"), 2, "is no date"),
        (("new", "{tmp}/x", "--organisation", "X", "--questionnaire", "other"), 2, "is no known questionnaire"),
        (("score", "{tmp}/nowhere"), 3, "is not an engagement"),
        (("plan", "{folder}", "due", "integrate.gates/2/tier-1", "--reason", "r"), 2, "needs a day"),
        (("plan", "{folder}", "due", "integrate.gates/2/tier-1", "--reason", "r", "--by", "soon"), 2, "is no date"),
        (("plan", "{folder}", "pin", "integrate.gates/2/tier-1"), 2, "needs a reason"),
        (("plan", "{folder}", "release", "integrate.gates/2/tier-1"), 2, "is no known decision"),
        (("plan", "{folder}", "release", "a/2", "--wave", "2"), 2, "takes no wave and no day"),
        (("roadmap", "{folder}", "--tier", "9"), 2, "is no known tier"),
        (("new", "{tmp}/x", "--organisation", "X", "--date", "9999-12-31"), 2, "cannot be the day of an assessment"),
        (("new", "{tmp}/x", "--organisation", "A\x1b[31m"), 2, "which no name can"),
        (("new", "{tmp}/x", "--organisation", " "), 2, "needs a name"),
        (("set", "{folder}", "as-of", "0001-01-01"), 2, "cannot be the day of an assessment"),
        (("set", "{folder}", "organisation", " "), 2, "needs a name"),
        (("set", "{folder}", "--application", "pay", "name", ""), 2, "Application 'Payments': needs a name"),
        (("set", "{folder}", "--tier", "1", "target.", "2"), 2, "is no known pillar"),
        (("set", "{folder}", "capacity", "1e999999999"), 2, "person-days"),
        (("set", "{folder}", "capacity", "1/0"), 2, "is no number of person-days"),
        (("set", "{folder}", "capacity", "9999999"), 2, "lies outside 0 to 10000 person-days"),
        (("answer", "{folder}", CRITERION, "no", "--note", "half \udcff"), 2, "no character of a text"),
        (("answer", "{folder}", CRITERION, "no", "--as", "half \udcff"), 2, "which no name can"),
        (("answer", "{folder}", "zzz", "no"), 2, "Known: comply."),
        (("score", "{tmp}/" + "x" * 300), 3, "File name too long"),
        (("new", "{tmp}/" + "x" * 300, "--organisation", "X"), 3, "File name too long"),
    ],
)
def test_errors_say_what_and_what_next(
    run: Command, folder: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = run(*(argument.format(folder=folder, tmp=tmp_path) for argument in arguments))
    assert found.code == code, found
    assert message in found.err
    assert "Traceback" not in found.err
    assert found.out == ""
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_roadmap_is_stored_repeatable_and_obeys(run: Command, folder: Path) -> None:
    # Room for everything within the first waves: what is tested here is the contract, not the solver.
    run("set", folder, "capacity", "5000")
    first = run("roadmap", folder, "--json").json
    assert list(first) == [
        "solver",
        "objective",
        "bound",
        "gap",
        "waves",
        "unplanned",
        "projection",
        "idle_decisions",
    ]
    assert list(first["projection"]) == ["1", "2"]
    steps = first["projection"]["1"]
    assert [step["wave"] for step in steps] == list(range(9))
    assert steps[0]["overall"] == {"score": 1.0, "exact": "1/1", "level": 1}
    assert steps[-1]["overall"]["score"] > 3
    assert list(steps[0]["pillars"]) == ["integrate", "comply", "risk", "monitor", "learn"]
    assert list(first["waves"][0]) == ["index", "start", "capacity", "used", "items"]
    item = first["waves"][0]["items"][0]
    assert list(item) == [
        "id",
        "practice",
        "level",
        "scope",
        "tiers",
        "applications",
        "effort",
        "value",
        "reasons",
    ]
    assert first["waves"][0]["start"] == "2026-09-30"
    assert run("roadmap", folder, "--json").json == first
    assert run("plan", folder, "defer", item["id"], "--wave", "3", "--reason", "later").code == 0
    again = run("roadmap", folder, "--json").json
    where = {entry["id"]: wave["index"] for wave in again["waves"] for entry in wave["items"]}
    assert where.get(item["id"], 9) >= 3
    kinds = [r["kind"] for wave in again["waves"] for e in wave["items"] if e["id"] == item["id"] for r in e["reasons"]]
    assert "decision" in kinds or item["id"] not in where
    view = run("roadmap", folder, "--tier", "2", "--json").json
    assert all("2" in entry["tiers"] for wave in view["waves"] for entry in wave["items"])
    assert list(view["projection"]) == ["2"]


def test_what_is_due_is_shown_with_its_day_and_is_released_even_when_its_gap_is_closed(
    run: Command, folder: Path
) -> None:
    run("set", folder, "capacity", "600")
    item = "integrate.gates/2/tier-1"
    given = run("plan", folder, "due", item, "--by", "2027-03-31", "--reason", "the audit")
    assert given.out.startswith(f"{item}: due by 2027-03-31. ")
    shown = run("roadmap", folder, "--dry-run")
    assert "Due by 2027-03-31, and stands in wave 1" in " ".join(shown.out.split())
    assert "Tier 1 Critical: score and lowest level if the plan is done" in shown.out
    run("set", folder, "target.integrate", "1", "--tier", "1")
    assert run("roadmap", folder, "--dry-run", "--json").json["idle_decisions"] == [item]
    assert f"A decision is about '{item}'" in run("roadmap", folder, "--dry-run").out
    assert run("plan", folder, "release", item).code == 0
    assert run("roadmap", folder, "--dry-run", "--json").json["idle_decisions"] == []
    assert "decisions" not in (folder / "roadmap.toml").read_text()


def test_who_acted_is_journaled(run: Command, folder: Path) -> None:
    run("answer", folder, CRITERION, "no", "--as", "The auditor")
    last = json.loads((folder / "journal.jsonl").read_text().splitlines()[-1])
    assert last["by"] == "The auditor"


def test_inspect_prints_one_json_document_whatever_the_files_are(run: Command, tmp_path: Path) -> None:
    (tmp_path / "a.sarif").write_text('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[]}]}')
    (tmp_path / "null.json").write_text("null")
    (tmp_path / "cut.json").write_text('{"version":"2.1.0","runs":[{"tool"')
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    found = run("inspect", tmp_path, tmp_path / "missing.json", "--json")
    assert found.code == 3
    outcomes = {Path(entry["path"]).name: entry["outcome"] for entry in found.json}
    assert outcomes == {
        "a.sarif": "parsed",
        "null.json": "undecidable",
        "cut.json": "rejected",
        "photo.png": "rejected",
        "missing.json": "rejected",
    }
    keys = (
        "path member sha256 outcome candidates reason format tool category captured_at records findings facts warnings"
    )
    assert all(list(entry) == keys.split() for entry in found.json)
    assert run("inspect", tmp_path / "a.sarif", "--json").code == 0


def test_ingest_registers_once_and_touches_no_answer(run: Command, folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "exports" / "a.sarif"
    export.parent.mkdir()
    export.write_text('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[]}]}')
    run("answer", folder, CRITERION, "no")
    before = (folder / "journal.jsonl").read_bytes()
    assert run("ingest", folder, export, "--application", "pay", "--dry-run").code == 0
    assert (folder / "journal.jsonl").read_bytes() == before
    unassigned = run("ingest", folder, export, "--json")
    assert (unassigned.code, unassigned.json["counts"]) == (3, {"unassigned": 1})
    added = run("ingest", folder, export, "--application", "pay", "--json")
    assert (added.code, added.json["counts"]) == (0, {"add": 1})
    again = run("ingest", folder, export, "--application", "pay", "--json")
    assert (again.code, again.json["counts"]) == (0, {"duplicate": 1})
    assert "a.sarif" in (folder / "applications" / "pay.toml").read_text()
    assert run("ingest", folder, export, "--organisation").code == 0
    assert run("ingest", folder, export, "--application", "nobody").code == 2


def test_check_content_is_1_with_problems(run: Command, tmp_path: Path) -> None:
    good = run("check-content", "--json")
    assert good.code == 0
    assert good.json["problems"] == []
    assert good.json["questionnaires"]["financial-devsecops"]["practices"] == 26
    (tmp_path / "questionnaire.toml").write_text("titel = 'x'\n")
    bad = run("check-content", tmp_path)
    assert bad.code == 1
    assert "titel is not a known key. Did you mean 'title'?" in bad.out
    assert run("check-content", tmp_path / "nowhere").code == 1


def test_an_unknown_item_says_so_even_where_there_is_none(run: Command, tmp_path: Path) -> None:
    run("new", tmp_path / "e", "--organisation", "X")
    assert "Known: none yet." in run("plan", tmp_path / "e", "pin", "x/2", "--reason", "r").err


def test_a_reason_of_blanks_is_no_reason(run: Command, folder: Path) -> None:
    found = run("answer", folder, CRITERION, "not-applicable", "--reason", " ")
    assert "counts as unanswered" in found.err


def test_json_is_ascii_and_says_what_was_said(run: Command, tmp_path: Path) -> None:
    export = tmp_path / "Zürich.sarif"
    export.write_text('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[]}]}')
    found = run("inspect", export, "--json")
    assert found.out.isascii()
    assert found.json[0]["path"] == str(export)


def test_no_control_of_a_taken_over_file_reaches_the_terminal(run: Command, folder: Path) -> None:
    path = folder / "applications" / "pay.toml"
    path.write_text(path.read_text().replace('"Payments"', '"Pay\\u001b[31m\\u202e"'))
    every = (["score", folder], ["verify", folder], ["recover", folder, "--from", "files"], ["score", folder])
    for found in (said := [run(*words) for words in every]):
        assert "\x1b" not in found.out + found.err
        assert "\u202e" not in found.out + found.err
    assert "PayU+001B[31mU+202E" in said[-1].out
