"""Progress of teams into an engagement and out again: the table, what is kept, what survives the round trip."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engagement.dsomm import join_note, split_note
from app.engagement.folder import Engagement
from scoring.assessment import Answer
from tests.command import Command, Outcome

BUILD = "build-and-deployment.build.defined-build-process"
PINNING = "build-and-deployment.build.pinning-of-artifacts"
PROGRESS = """progress:
  f6f7737f-25a9-4317-8de2-09bf59f29b5b:  # Defined build process
    'Team A':
      'Started': 2025-01-10
      'Partly implemented': 2025-02-10
      'Fully implemented': 2025-03-10
    'Team B':
      'Started': 2025-04-01
  f3c4971e-9f4d-4e59-8ed0-f0bdb6262477:  # Pinning of artifacts
    'Team A':
      'Partly implemented': 2025-02-11
"""
EVIDENCE = """evidence:
  f6f7737f-25a9-4317-8de2-09bf59f29b5b:
  - id: 9d7c1b0e
    teams:
    - Team A
    - Team B
    title: Pipeline walkthrough
    evidenceRecorded: 2026-01-15
    attachment:
    - type: link
      externalLink: https://example.com/e1
"""


@pytest.fixture
def folder(run: Command, tmp_path: Path) -> Path:
    path = tmp_path / "acme"
    run("new", path, "--organisation", "Acme", "--questionnaire", "owasp-dsomm", "--date", "2026-09-30")
    assert run("application", "add", path, "pay", "--name", "Payments", "--tier", "1").code == 0
    assert run("application", "add", path, "crm", "--name", "team b", "--tier", "2").code == 0
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "team-progress.yaml"
    path.write_text(PROGRESS, encoding="utf-8")
    return path


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    path = tmp_path / "team-evidence.yaml"
    path.write_text(EVIDENCE, encoding="utf-8")
    return path


MAP = ("--map", "Team A=pay")


def _answers(folder: Path, application: str) -> dict[str, Answer]:
    with Engagement.open(folder) as engagement:
        return engagement.assessment.applications[application].answers


def _values(folder: Path, application: str = "pay") -> dict[str, str | None]:
    return {key: answer.value for key, answer in _answers(folder, application).items()}


def _row(outcome: Outcome, team: str) -> list[str]:
    return next(line for line in outcome.out.splitlines() if line.startswith(team)).removeprefix(team).split()


def test_the_table_comes_first_and_a_dry_run_changes_nothing(run: Command, folder: Path, file: Path) -> None:
    found = run("dsomm", "import", folder, file, "--dry-run", *MAP)
    assert found.code == 0, found.err
    head = found.out.splitlines()[0].split()
    assert head == ["Team", "Application", "Activities", "new", "changed", "lowered", "same", "kept"]
    assert _row(found, "Team A") == ["pay", "2", "2", "0", "0", "0", "0"]
    # A team answers for the application of its name, however that is written.
    assert _row(found, "Team B") == ["crm", "1", "1", "0", "0", "0", "0"]
    assert "3 answers would be changed" in found.out
    assert _values(folder) == {}


def test_a_team_without_application_is_left_out(run: Command, folder: Path, file: Path) -> None:
    found = run("dsomm", "import", folder, file)
    assert _row(found, "Team A") == ["not", "imported", "2"]
    assert (_values(folder), _values(folder, "crm")) == ({}, {BUILD: "started"})


def test_the_round_trip_is_the_identity(run: Command, folder: Path, file: Path, evidence: Path, tmp_path: Path) -> None:
    found = run("dsomm", "import", folder, file, "--evidence", evidence, *MAP)
    assert found.code == 0, found.err
    assert _values(folder) == {BUILD: "fully-implemented", PINNING: "partly-implemented"}
    out = tmp_path / "out"
    found = run("dsomm", "export", folder, "--out", out)
    assert found.code == 0, found.err
    assert (out / "team-progress.yaml").read_text(encoding="utf-8") == PROGRESS
    assert (out / "team-evidence.yaml").read_text(encoding="utf-8") == EVIDENCE
    # What came out goes in without a change, and needs no table any more.
    again = run("dsomm", "import", folder, out / "team-progress.yaml", "--evidence", out / "team-evidence.yaml")
    assert "0 answers changed" in again.out
    assert _row(again, "Team A") == ["pay", "2", "0", "0", "0", "2", "0"]


def test_evidence_that_was_imported_stays_without_a_new_file(
    run: Command, folder: Path, file: Path, evidence: Path
) -> None:
    run("dsomm", "import", folder, file, "--evidence", evidence, *MAP)
    assert "0 answers changed" in run("dsomm", "import", folder, file).out
    assert "9d7c1b0e" in _answers(folder, "pay")[BUILD].note


def test_lowering_here_survives_the_round_trip(run: Command, folder: Path, file: Path, tmp_path: Path) -> None:
    run("dsomm", "import", folder, file, *MAP)
    run("answer", folder, BUILD, "started", "--application", "pay")
    run("answer", folder, PINNING, "not-implemented", "--application", "pay")
    run("dsomm", "export", folder, "--out", tmp_path)
    text = file.read_text(encoding="utf-8")
    assert "'Team A':\n      'Started': 2025-01-10\n    'Team B'" in text
    assert "'Team A':\n      'Not implemented': 2026-09-30\n" in text
    assert "0 answers changed" in run("dsomm", "import", folder, file).out
    assert _values(folder) == {BUILD: "started", PINNING: "not-implemented"}


def test_lowering_there_comes_in_and_is_listed(run: Command, folder: Path, file: Path) -> None:
    run("dsomm", "import", folder, file, *MAP)
    text = PROGRESS.replace("      'Fully implemented': 2025-03-10\n", "").partition("  f3c4971e")[0]
    file.write_text(text, encoding="utf-8")
    found = run("dsomm", "import", folder, file)
    assert _row(found, "Team A") == ["pay", "1", "0", "0", "2", "0", "0"]
    assert f"lowered: pay {PINNING}: answered partly-implemented, Team A says not-implemented" in found.out
    assert _values(folder) == {BUILD: "partly-implemented", PINNING: "not-implemented"}


def test_raising_here_keeps_the_days_that_are_known(run: Command, folder: Path, file: Path, tmp_path: Path) -> None:
    run("dsomm", "import", folder, file, *MAP)
    run("answer", folder, BUILD, "fully-implemented", "--application", "crm")
    run("dsomm", "export", folder, "--out", tmp_path)
    expected = "'Started': 2025-04-01\n      'Partly implemented': 2026-09-30\n      'Fully implemented': 2026-09-30\n"
    assert f"'Team B':\n      {expected}" in file.read_text(encoding="utf-8")


def test_what_a_person_answered_is_kept_and_listed(run: Command, folder: Path, file: Path) -> None:
    run("answer", folder, BUILD, "started", "--application", "pay", "--note", "seen it")
    run("answer", folder, PINNING, "not-applicable", "--reason", "no artefacts")
    found = run("dsomm", "import", folder, file, *MAP)
    assert _row(found, "Team A") == ["pay", "2", "0", "0", "0", "0", "2"]
    assert f"kept: pay {BUILD}: answered started, Team A says fully-implemented" in found.out
    assert f"kept: pay {PINNING}: answered not-applicable" in found.out
    assert _answers(folder, "pay")[BUILD].note == "seen it"


@pytest.mark.parametrize("option", [("--basis", "document"), ("--reason", "I stand by it")])
def test_an_imported_answer_that_a_person_vouched_for_is_theirs(
    run: Command, folder: Path, file: Path, option: tuple[str, str]
) -> None:
    run("dsomm", "import", folder, file, *MAP)
    run("answer", folder, BUILD, "fully-implemented", "--application", "pay", *option)
    file.write_text(PROGRESS.replace("      'Fully implemented': 2025-03-10\n", ""), encoding="utf-8")
    found = run("dsomm", "import", folder, file)
    assert _row(found, "Team A")[-1] == "1"
    assert _values(folder)[BUILD] == "fully-implemented"


def test_a_note_of_a_person_stays_above_the_record(run: Command, folder: Path, file: Path) -> None:
    run("answer", folder, BUILD, "started", "--application", "pay", "--note", "ask Ann\nDSOMM: later")
    run("answer", folder, BUILD, "clear", "--application", "pay")
    run("dsomm", "import", folder, file, *MAP)
    note = _answers(folder, "pay")[BUILD].note
    record = split_note(note)[1]
    assert record is not None
    own = "ask Ann\nDSOMM: later"
    assert split_note(join_note(own, record)) == (own, record)
    for text in ("", own, "DSOMM:\nno: record", "DSOMM:\n- x", "DSOMM:\n", "a\nDSOMM:\n[", "DSOMM:\nteam: T\nx: y"):
        assert split_note(text) == (text, None)


def test_other_teams_of_the_file_stay_in_it(run: Command, folder: Path, file: Path, tmp_path: Path) -> None:
    run("dsomm", "import", folder, file)
    run("dsomm", "export", folder, "--out", tmp_path)
    assert file.read_text(encoding="utf-8") == PROGRESS.replace("    'Team A'", "    'Team A'")
    file.write_text("no progress", encoding="utf-8")
    assert run("dsomm", "export", folder, "--out", tmp_path).code == 3
    assert file.read_text(encoding="utf-8") == "no progress"


def test_what_dsomm_cannot_say_is_told(run: Command, folder: Path) -> None:
    run("answer", folder, BUILD, "not-applicable", "--reason", "bought", "--application", "pay")
    found = run("dsomm", "export", folder)
    assert "1 answers are 'not applicable'" in found.out
    assert (folder / "reports" / "team-progress.yaml").read_text() == "progress:\n"


def test_applications_of_one_team_are_told_apart(run: Command, folder: Path, file: Path) -> None:
    assert run("dsomm", "import", folder, file, *MAP, "--map", "Team A=crm").code == 0
    assert _values(folder) == _values(folder, "crm")
    run("set", folder, "name", "Payments", "--application", "crm")
    run("dsomm", "export", folder)
    text = (folder / "reports" / "team-progress.yaml").read_text()
    assert "'Payments (pay)'" in text
    assert "'Payments (crm)'" in text


def test_what_is_not_known_is_left_out_and_told(run: Command, folder: Path, file: Path, evidence: Path) -> None:
    file.write_text(PROGRESS + "  99999999-9999:\n    'Team A': {'Started': 2025-01-01}\n", encoding="utf-8")
    evidence.write_text(EVIDENCE + "  - {id: other, teams: [Nobody]}\n", encoding="utf-8")
    found = run("dsomm", "import", folder, file, "--evidence", evidence, *MAP)
    assert "1 activities are not in this questionnaire and are left out: 99999999-9999" in found.out
    assert "1 entries of evidence belong to no imported answer" in found.out


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--map", "Team A"), 2, "is no pair"),
        (("--map", "Team C=pay"), 2, "is no team of the file"),
        (("--map", "Team A=nope"), 2, "is no known application"),
        (("--map", "Team A=pay", "--map", "Team B=pay"), 2, "would be answered by two teams"),
        (("--evidence", "/nowhere"), 3, "cannot be read"),
    ],
)
def test_wrong_usage(run: Command, folder: Path, file: Path, options: tuple[str, ...], code: int, message: str) -> None:
    found = run("dsomm", "import", folder, file, *options)
    assert (found.code, message in found.err, "Traceback" in found.err) == (code, True, False)
    assert _values(folder, "crm") == {}


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", 3, "is missing"),
        (PROGRESS.replace("'Started'", "'Begun'"), 3, "is a state that the answer scale does not have"),
        (PROGRESS.replace("2025-01-10", "soon"), 3, "should be a day"),
        ("progress: {a: {Nobody: {Started: 2025-01-01}}}", 2, "names no team that answers for an application"),
        ("progress:", 0, ""),
    ],
)
def test_files_that_say_nothing_usable(
    run: Command, folder: Path, file: Path, text: str, code: int, message: str
) -> None:
    file.write_text(text, encoding="utf-8")
    found = run("dsomm", "import", folder, file)
    assert (found.code, message in found.err) == (code, True), found.err


def test_only_engagements_about_dsomm(run: Command, file: Path, tmp_path: Path) -> None:
    path = tmp_path / "other"
    run("new", path, "--organisation", "Acme", "--date", "2026-09-30")
    for command in (("import", path, file), ("export", path)):
        found = run("dsomm", *command)
        assert (found.code, "asks no DSOMM activities" in found.err) == (2, True)
