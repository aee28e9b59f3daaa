"""team-progress.yaml and team-evidence.yaml: read, moved, written, refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from questionnaires.dsomm_teams import (
    Entry,
    Evidence,
    Progress,
    check_states,
    evidence_text,
    joined,
    moved,
    progress_text,
    read_evidence,
    read_progress,
    standing,
)
from questionnaires.load import Invalid, Loaded, shipped

BUILD = "f6f7737f-25a9-4317-8de2-09bf59f29b5b"
ORDER = ["Not implemented", "Started", "Partly implemented", "Fully implemented"]
TODAY = date(2026, 9, 30)

# As the DSOMM application writes it.
PROGRESS = f"""progress:
  {BUILD}:  # Defined build process
    'Team A':
      'Started': 2025-01-10
      'Partly implemented': 2025-02-10
      'Fully implemented': 2025-03-10
    'Team B':
      'Started': 2025-04-01
"""
EVIDENCE = f"""evidence:
  {BUILD}:
  - id: 9d7c1b0e-5a0d-4c13-a8e6-2b9e0d8a7c11
    teams:
    - Team A
    - Team B
    title: Pipeline walkthrough
    evidenceRecorded: 2026-01-15
    reviewer: J. Doe
    description: Jenkinsfile reviewed
    attachment:
    - type: link
      externalLink: https://example.com/e1
"""


def _put(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _progress(tmp_path: Path, text: str) -> Progress:
    found = read_progress(_put(tmp_path, text))
    assert isinstance(found, Loaded), found
    return found.value


def _evidence(tmp_path: Path, text: str) -> Evidence:
    found = read_evidence(_put(tmp_path, text))
    assert isinstance(found, Loaded), found
    return found.value


def test_progress_comes_back_byte_by_byte(tmp_path: Path) -> None:
    found = _progress(tmp_path, PROGRESS)
    assert found.teams == ("Team A", "Team B")
    assert found.progress[BUILD]["Team B"] == {"Started": date(2025, 4, 1)}
    assert progress_text(found, {BUILD: "Defined build process"}) == PROGRESS


def test_evidence_comes_back_byte_by_byte(tmp_path: Path) -> None:
    found = _evidence(tmp_path, EVIDENCE)
    entry = found.evidence[BUILD][0]
    assert (entry.teams, entry.recorded, entry.reviewer) == (("Team A", "Team B"), date(2026, 1, 15), "J. Doe")
    assert entry.attachment[0].external_link == "https://example.com/e1"
    assert evidence_text(found) == EVIDENCE


@pytest.mark.parametrize(
    "team",
    [
        "O'Neill",
        "a: b # c",
        "Ünïcode ☂ 😀",
        "two\nlines\ttab",
        '"quoted" \\',
        "- x",
        "null",
        "5.10",
        "\u2028",
        "\U000e0001",
    ],
)
def test_any_name_comes_back(tmp_path: Path, team: str) -> None:
    states = {"Started": TODAY, team: TODAY}
    progress = Progress(progress={BUILD: {team: states}, team.lower().strip() or "x": {"T": states}})
    names = {BUILD: "two\nlines # and a comment"}
    assert _progress(tmp_path, progress_text(progress, names)).progress == progress.progress
    evidence = Evidence(evidence={BUILD: (Entry(id="1", teams=(team,), title=team, description=team),)})
    assert _evidence(tmp_path, evidence_text(evidence)) == evidence


@pytest.mark.parametrize(
    "text", ["progress:", "progress: {}", f"# x\nprogress:\n  {BUILD}:\n", "---\nprogress: null\n"]
)
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert _progress(tmp_path, text).teams == ()


def test_days_and_ids_as_others_write_them(tmp_path: Path) -> None:
    text = f"progress: {{{BUILD.upper()}: {{A: {{Started: '2025-01-10T23:59:00.000Z', Done: 2025-01-11 10:00:00}}}}}}"
    assert _progress(tmp_path, text).progress == {
        BUILD: {"A": {"Started": date(2025, 1, 10), "Done": date(2025, 1, 11)}}
    }
    sparse = f"evidence: {{{BUILD}: [{{id: 1, teams: , more: x}}], other: }}"
    assert _evidence(tmp_path, sparse).evidence == {BUILD: (Entry(id="1"),), "other": ()}


@pytest.mark.parametrize(
    ("read", "text", "keys"),
    [
        (read_progress, "", ["progress"]),
        (read_progress, "text", ["progress"]),
        (read_progress, "evidence:", ["progress"]),
        (read_progress, "progress:\n---\nprogress:\n", ["progress"]),
        (read_progress, "progress: [a]", ["progress"]),
        (
            read_progress,
            "progress: {a: {T: {S: soon, R: 2025-02-30, Q: }, U: [x]}, b: c}",
            ["a.T.S", "a.T.R", "a.T.Q", "a.U", "b"],
        ),
        (read_progress, "progress: {a: {'': {S: 2025-01-01}}}", ["progress.a"]),
        (read_progress, "progress: {a: {T: {S: 2025-01-01, S: 2025-01-02}}}", ["line 1"]),
        (read_progress, "progress: &p {a: }\nb: *p", ["line 2"]),
        (read_progress, "progress: !!python/name:os.system {}", ["line 1"]),
        (read_evidence, "evidence: {a: [x], b: [{title: t}], c: {}}", ["a[0]", "b[0].id", "c"]),
        (
            read_evidence,
            "evidence: {a: [{id: 1, evidenceRecorded: never, attachment: [y], teams: {}}]}",
            ["teams", "evidenceRecorded", "attachment[0]"],
        ),
    ],
)
def test_bad_files_are_told_all_at_once(
    tmp_path: Path, read: Callable[[Path], Any], text: str, keys: list[str]
) -> None:
    found = read(_put(tmp_path, text))
    assert isinstance(found, Invalid)
    assert len(found.problems) == len(keys), found.problems
    assert all(key in problem.key for key, problem in zip(keys, found.problems, strict=True)), found.problems


def test_big_and_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "team-progress.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert isinstance(read_progress(path), Invalid)
    path.write_bytes("progress: {é: }".encode("utf-16"))
    assert isinstance(read_evidence(path), Invalid)


def test_states_that_the_scale_lacks_are_told_once(tmp_path: Path) -> None:
    found = _progress(tmp_path, "progress: {a: {T: {Begun: 2025-01-01, Started: 2025-01-01}, U: {Begun: 2025-01-01}}}")
    problems = check_states(found, shipped().questionnaires["owasp-dsomm"], "f")
    assert [problem.key for problem in problems] == ["progress.a.T.Begun"]
    assert "Partly implemented" in problems[0].hint


def test_a_team_stands_in_its_highest_state() -> None:
    assert standing({}, ORDER) is None
    assert standing({"Started": TODAY, "Fully implemented": TODAY}, ORDER) == "Fully implemented"


D1, D2, D3 = date(2025, 1, 1), date(2025, 2, 2), date(2025, 3, 3)
FULL = {"Started": D1, "Partly implemented": D2, "Fully implemented": D3}


@pytest.mark.parametrize(
    ("states", "to", "expected"),
    [
        ({}, "Not implemented", {"Not implemented": TODAY}),
        ({}, "Partly implemented", {"Started": TODAY, "Partly implemented": TODAY}),
        (FULL, "Fully implemented", FULL),
        ({"Fully implemented": D3}, "Fully implemented", {"Fully implemented": D3}),
        (FULL, "Partly implemented", {"Started": D1, "Partly implemented": D2}),
        (FULL, "Not implemented", {"Not implemented": TODAY}),
        ({"Fully implemented": D3}, "Started", {"Started": TODAY}),
        (
            {"Started": D1},
            "Fully implemented",
            {"Started": D1, "Partly implemented": TODAY, "Fully implemented": TODAY},
        ),
        ({"Not implemented": D1}, "Started", {"Not implemented": D1, "Started": TODAY}),
    ],
)
def test_moving_to_another_state(states: dict[str, date], to: str, expected: dict[str, date]) -> None:
    found = moved(states, ORDER, to, TODAY)
    assert found == expected
    assert standing(found, ORDER) == to


def test_entries_join_by_id() -> None:
    first = Entry(id="1", teams=("A",), title="old")
    found = joined([first, Entry(id="2")], [Entry(id="1", teams=("B", "A"), title="new")])
    assert [(entry.id, entry.teams, entry.title) for entry in found] == [("1", ("A", "B"), "new"), ("2", (), "")]
