"""From files to a plan: what is walked, what belongs where, what is a duplicate."""

import json
import multiprocessing
import zipfile
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest

from questionnaires.model import Scope
from scoring.assessment import Application, Assessment
from scoring.evidence import ingest, side_by_side
from scoring.evidence.about import Target
from scoring.evidence.format import Parsed, Rejected
from scoring.evidence.ingest import Inspection, Planned, PlannedItem, inspect, plan, settle
from scoring.evidence.registry import formats


def sarif(repository: str = "", rule: str = "r") -> bytes:
    run: dict[str, object] = {"tool": {"driver": {"name": "CodeQL"}}, "results": [{"ruleId": rule}]}
    if repository:
        run["versionControlProvenance"] = [{"repositoryUri": repository, "branch": "main"}]
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


@pytest.fixture
def assessment() -> Assessment:
    return Assessment(
        organisation="Harbour Bank",
        questionnaire="financial-devsecops",
        as_of=date(2026, 3, 1),
        capacity=Fraction(100),
        applications={
            "payments-api": Application(
                id="payments-api", name="Payments Gateway", tier="tier-1", repositories=("harbour/pay-core",)
            ),
            "api": Application(id="api", name="Public API", tier="tier-2"),
            "rates": Application(id="rates", name="Rate Feed", tier="tier-3"),
        },
    )


def one(folder: Path, path: str, assessment: Assessment, content: bytes) -> PlannedItem:
    """What is planned for the one file below the first part of a path, which is what the user gives."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    [item] = plan(inspect([folder / Path(path).parts[0]]), assessment)
    return item


def test_folders_and_archives_are_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.sarif").write_bytes(sarif())
    (tmp_path / "b" / "2.sarif").write_bytes(sarif(rule="2"))
    (tmp_path / "1.sarif").write_bytes(sarif(rule="1"))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("in/3.sarif", sarif(rule="3"))
        archive.writestr("in/4.txt", "nothing")
    steps: list[tuple[int, int]] = []
    found = inspect([tmp_path, tmp_path / "missing"], lambda done, total, _: steps.append((done, total)))
    assert [(Path(entry.path).name, entry.member, type(entry.outcome).__name__) for entry in found] == [
        ("1.sarif", None, "Parsed"),
        ("c.zip", "in/3.sarif", "Parsed"),
        ("c.zip", "in/4.txt", "Rejected"),
        ("2.sarif", None, "Parsed"),
        ("missing", None, "Rejected"),
    ]
    assert steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_progress_can_end_the_work(tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: int, _total: int, _path: str) -> None:
        if done == 1:
            raise Cancelled

    for name in "ab":
        (tmp_path / name).write_bytes(sarif())
    with pytest.raises(Cancelled):
        inspect([tmp_path], cancel)


LITTER = {
    ".DS_Store": b"\x00\x00\x00\x01Bud1" + bytes(100),
    "._scan.sarif": b"\x00\x05\x16\x07" + bytes(100),
    "Thumbs.db": b"\xd0\xcf\x11\xe0" + bytes(100),
    "desktop.ini": b"[.ShellClassInfo]\r\n",
    ".gitkeep": b"",
    ".idea/workspace.xml": b"<project/>",
    "~$report.xlsx": bytes(165),
    "scan.sarif.part": b'{"version": "2.1.0", "runs": [{"tool"',
    "Unconfirmed 1.crdownload": b'{"version"',
    "notes.txt~": b"notes",
}


def test_litter_in_a_folder_is_left_out(tmp_path: Path) -> None:
    for name, content in LITTER.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a.sarif").write_bytes(sarif())
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("c.sarif", sarif())
        archive.writestr(".gitkeep", b"")
    assert [(Path(entry.path).name, entry.member) for entry in inspect([tmp_path])] == [
        ("a.sarif", None),
        ("b.zip", "c.sarif"),
    ]


def test_an_export_is_read_whatever_its_name_and_so_is_what_is_named(tmp_path: Path) -> None:
    """A hidden or temporary name is no reason to miss an export, nor to keep silent about a file that was given."""
    exports = (".gitleaks.sarif", ".reports/a.sarif", "b.sarif.part", "c.tmp", ".empty.json")
    for name in exports:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"[]" if name == ".empty.json" else sarif())
    assert len(inspect([tmp_path])) == len(exports)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "cut.json").write_bytes(b"{")
    for given in (tmp_path / ".hidden" / "cut.json", tmp_path / ".hidden"):
        [entry] = inspect([given])
        assert isinstance(entry.outcome, Rejected)


def test_side_by_side_gives_the_same_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.sarif").write_bytes(sarif(rule=str(number)) * (number % 3))
    with zipfile.ZipFile(tmp_path / "99.zip", "w") as archive:
        archive.writestr("a.sarif", sarif())
        archive.writestr("b.sarif", sarif(rule="b" * 10_000))
    alone = inspect([tmp_path, tmp_path / "missing"])
    together(monkeypatch)
    steps: list[tuple[int, int]] = []
    assert inspect([tmp_path, tmp_path / "missing"], lambda done, total, _: steps.append((done, total))) == alone
    assert steps == [(done, 42) for done in range(43)]


def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets even a few small files be worth another process, which has to be there first."""
    monkeypatch.setattr(ingest, "_WORTH", 1)
    monkeypatch.setattr(ingest, "_cores", lambda: 2)
    first = [True]
    monkeypatch.setattr(
        side_by_side, "wait", lambda pipes, timeout: wait(pipes, None if first and first.pop() else timeout)
    )


def test_a_file_that_ends_its_process_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(sarif(rule=name))
    (tmp_path / "d").write_bytes(sarif(rule="d" * 1000))
    together(monkeypatch)
    give = side_by_side._give

    def given_and_killed(worker: Any, tasks: Sequence[Any], batch: list[int]) -> None:
        worker.process.kill()
        worker.process.join()
        give(worker, tasks, batch)

    monkeypatch.setattr(side_by_side, "_give", given_and_killed)
    *others, last = inspect([tmp_path])
    assert all(isinstance(entry.outcome, Parsed) for entry in others)
    assert isinstance(last.outcome, Rejected)
    assert "ended the process" in last.outcome.reason
    assert multiprocessing.active_children() == []


def test_progress_ends_work_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        (tmp_path / str(number)).write_bytes(sarif(rule=str(number)))
    together(monkeypatch)

    def cancel(done: int, _total: int, _path: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inspect([tmp_path], cancel)
    assert multiprocessing.active_children() == []


def test_little_work_stays_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "_cores", lambda: 4)
    assert ingest._processes([]) == 0
    assert ingest._processes([10**9]) == 0
    assert ingest._processes([5_000] * 20) == 0
    assert ingest._processes([5_000] * 1000) == 2
    assert ingest._processes([50_000_000, 50_000_000]) == 1
    assert ingest._processes([200_000] * 1000) == 3
    monkeypatch.setattr(ingest, "_cores", lambda: 1)
    assert ingest._processes([200_000] * 1000) == 0


def test_links_are_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.sarif").write_bytes(sarif())
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "own.sarif").write_bytes(sarif())
    (folder / "out.sarif").symlink_to(outside / "a.sarif")
    (folder / "away").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    (folder / "same.sarif").symlink_to(folder / "own.sarif")
    found = {Path(entry.path).name: entry for entry in inspect([folder])}
    assert set(found) == {"away", "out.sarif", "own.sarif", "same.sarif"}
    assert {name for name, entry in found.items() if isinstance(entry.outcome, Parsed)} == {"own.sarif", "same.sarif"}
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    assert len(inspect([linked])) == 4


@pytest.mark.parametrize(
    ("path", "repository", "application", "why"),
    [
        ("x/scan.sarif", "https://git.example.com/harbour/pay-core.git", "payments-api", "The file says"),
        ("x/scan.sarif", "https://git.example.com/harbour/rates", "rates", "The file says"),
        ("Payments-API/scan.sarif", "", "payments-api", "folder"),
        ("rate_feed/scan.sarif", "", "rates", "folder"),
        ("pay-core/scan.sarif", "", "payments-api", "folder"),
        ("x/payments-api-codeql.sarif", "", "payments-api", "name"),
        ("x/codeql.rates.sarif", "", "rates", "name"),
        ("rates/rates.sarif", "https://git.example.com/harbour/rates", "rates", "The file says"),
        ("x/rates/y/scan.sarif", "", "rates", "folder"),
        ("rates.sarif", "", "rates", "name"),
    ],
)
def test_application_is_guessed_with_the_reason(
    tmp_path: Path, assessment: Assessment, path: str, repository: str, application: str, why: str
) -> None:
    item = one(tmp_path / "api", path, assessment, sarif(repository))
    assert (item.outcome, item.target) == (Planned.ADD, application)
    assert why in item.why
    assert item.evidence is not None
    assert item.evidence.sha256 == item.inspection.sha256


@pytest.mark.parametrize(
    ("path", "repository"),
    [
        ("x/scan.sarif", ""),
        ("ratesheet/scan.sarif", ""),
        ("rates/payments-api.sarif", ""),
        ("rates/scan.sarif", "https://git.example.com/harbour/pay-core"),
        ("rates/payments-api/scan.sarif", ""),
        ("organisation/rates/scan.sarif", ""),
        ("x/organisation.sarif", ""),
    ],
)
def test_what_is_not_clear_stays_unassigned(tmp_path: Path, assessment: Assessment, path: str, repository: str) -> None:
    item = one(tmp_path / "api", path, assessment, sarif(repository))
    assert (item.outcome, item.target) == (Planned.UNASSIGNED, None)
    assert item.evidence is not None, "a word of a person is all that it needs"


@pytest.mark.parametrize(
    ("path", "repository"),
    [
        ("organisation/scan.sarif", ""),
        ("exports/Organization/2026/scan.sarif", ""),
        ("exports/organisation/rates.sarif", "https://git.example.com/harbour/rates"),
    ],
)
def test_a_folder_of_the_organisation_decides(
    tmp_path: Path, assessment: Assessment, path: str, repository: str
) -> None:
    item = one(tmp_path / "api", path, assessment, sarif(repository))
    assert (item.outcome, item.target) == (Planned.ADD, Scope.ORGANISATION)


@pytest.mark.parametrize("above", ["rates", "organisation"])
def test_folders_above_the_given_one_say_nothing(
    tmp_path: Path, assessment: Assessment, above: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert one(tmp_path / above, "scan.sarif", assessment, sarif()).outcome is Planned.UNASSIGNED
    assert one(tmp_path / above, "exports/scan.sarif", assessment, sarif()).outcome is Planned.UNASSIGNED
    monkeypatch.chdir(tmp_path / above / "exports")
    for given in (".", "scan.sarif", f"../../{above}/exports"):
        [item] = plan(inspect([given]), assessment)
        assert item.outcome is Planned.UNASSIGNED
    monkeypatch.chdir(tmp_path / above)
    [item, _] = plan(inspect(["."]), assessment)
    assert item.outcome is Planned.ADD


def test_archives_and_their_folders_name_applications(tmp_path: Path, assessment: Assessment) -> None:
    with zipfile.ZipFile(tmp_path / "exports.zip", "w") as archive:
        archive.writestr("rates/scan.sarif", sarif())
    with zipfile.ZipFile(tmp_path / "payments-api.zip", "w") as archive:
        archive.writestr("scan.sarif", sarif())
    assert [item.target for item in plan(inspect([tmp_path]), assessment)] == ["rates", "payments-api"]


def test_the_same_file_is_added_once_per_scope(tmp_path: Path, assessment: Assessment) -> None:
    for name in ("a.sarif", "b.sarif"):
        (tmp_path / name).write_bytes(sarif())
    inspections = inspect([tmp_path])
    first = plan(inspections, assessment, "rates")
    assert [item.outcome for item in first] == [Planned.ADD, Planned.DUPLICATE]
    evidence = first[0].evidence
    assert evidence is not None
    application = assessment.applications["rates"].model_copy(update={"evidence": {evidence.sha256: evidence}})
    later = assessment.model_copy(update={"applications": {**assessment.applications, "rates": application}})
    assert [item.outcome for item in plan(inspections, later, "rates")] == [Planned.DUPLICATE] * 2
    everybody = plan(inspections, later, Scope.ORGANISATION)
    assert [item.outcome for item in everybody] == [Planned.ADD, Planned.DUPLICATE]
    assert everybody[0].target is Scope.ORGANISATION


def test_a_plan_follows_a_word_and_an_assessment_without_its_files(tmp_path: Path, assessment: Assessment) -> None:
    same = assessment.applications["rates"].model_copy(update={"id": "organisation"})
    both = assessment.model_copy(update={"applications": {**assessment.applications, "organisation": same}})
    taken: set[tuple[bool, Target, str]] = set()

    def settled(target: Target) -> tuple[Planned, str]:
        return settle("a" * 64, target, "As you said.", both, taken)

    assert settled(None) == (Planned.UNASSIGNED, "As you said.")
    assert settled("rates") == (Planned.ADD, "As you said.")
    assert settled("rates")[0] is Planned.DUPLICATE
    assert settled(Scope.ORGANISATION)[0] is Planned.ADD
    assert settled("organisation")[0] is Planned.ADD, "an application of that name is not the organisation"
    outcome, why = settled("removed")
    assert outcome is Planned.UNASSIGNED
    assert "'removed' is gone" in why


def test_bad_files_keep_their_reasons(tmp_path: Path, assessment: Assessment) -> None:
    (tmp_path / "a.json").write_text("null", encoding="utf-8")
    (tmp_path / "b.json").write_text("", encoding="utf-8")
    items = plan(inspect([tmp_path]), assessment, "rates")
    assert [item.outcome for item in items] == [Planned.UNDECIDABLE, Planned.REJECTED]
    assert all(item.why and item.evidence is None for item in items)


def test_the_user_can_say_what_an_empty_file_is(tmp_path: Path, assessment: Assessment) -> None:
    (tmp_path / "a.json").write_text("[]", encoding="utf-8")
    [item] = plan(inspect([tmp_path], format_name="gh-workflow-runs"), assessment, "rates")
    assert item.outcome is Planned.ADD
    [wrong] = inspect([tmp_path], format_name="sarif")
    [unknown] = inspect([tmp_path], format_name="nonsense")
    for entry in (wrong, unknown):
        assert not isinstance(entry.outcome, Parsed)


def test_an_unknown_target_is_a_broken_promise(assessment: Assessment) -> None:
    with pytest.raises(KeyError):
        plan((), assessment, "nobody")


def test_no_secret_leaves_the_room(tmp_path: Path, assessment: Assessment) -> None:
    """Neither what a scanner found nor credentials in addresses stand anywhere in the outcome."""
    secret = "AKIA-NOT-A-REAL-KEY"
    result = {
        "message": {"text": f"found {secret}"},
        "locations": [{"physicalLocation": {"region": {"snippet": {"text": secret}}}}],
        "properties": {"offender": secret},
    }
    run = {
        "tool": {"driver": {"name": "gitleaks"}},
        "results": [result],
        "versionControlProvenance": [{"repositoryUri": f"https://{secret}@git.example.com/harbour/rates"}],
    }
    (tmp_path / "a.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [run]}), encoding="utf-8")
    (tmp_path / "b.xml").write_text(
        f'<testsuite name="gitleaks"><testcase name="{secret}"><failure>{secret}</failure></testcase></testsuite>',
        encoding="utf-8",
    )
    (tmp_path / "c.json").write_text(json.dumps({"sécret " + secret: 1, "runs": secret}), encoding="utf-8")
    inspections: tuple[Inspection, ...] = inspect([tmp_path])
    assert len(inspections) == 3
    assert secret not in repr(inspections)
    assert secret not in repr(plan(inspections, assessment, "rates"))


def test_a_content_of_no_format_is_not_answered_with_the_names_of_all(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('{"shopping": ["milk"]}', encoding="utf-8")
    [item] = inspect([tmp_path])
    assert isinstance(item.outcome, Rejected)
    assert f"none of the {len(formats())} known formats" in item.outcome.reason
    assert len(item.outcome.reason) < 250
