"""From files to a plan: what is walked, what belongs where, what is a duplicate."""

import json
import zipfile
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from questionnaires.model import Scope
from scoring.assessment import Application, Assessment
from scoring.evidence.format import Parsed
from scoring.evidence.ingest import Inspection, Planned, PlannedItem, inspect, plan


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


def one(path: Path, assessment: Assessment, content: bytes) -> PlannedItem:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    [item] = plan(inspect([path]), assessment)
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
        ("x/scan.sarif", "https://git.example.com/harbour/pay-core.git", "payments-api", "the file says"),
        ("x/scan.sarif", "https://git.example.com/harbour/rates", "rates", "the file says"),
        ("Payments-API/scan.sarif", "", "payments-api", "folder"),
        ("rate_feed/scan.sarif", "", "rates", "folder"),
        ("pay-core/scan.sarif", "", "payments-api", "folder"),
        ("x/payments-api-codeql.sarif", "", "payments-api", "name"),
        ("x/codeql.rates.sarif", "", "rates", "name"),
        ("rates/rates.sarif", "https://git.example.com/harbour/rates", "rates", "the file says"),
    ],
)
def test_application_is_guessed_with_the_reason(
    tmp_path: Path, assessment: Assessment, path: str, repository: str, application: str, why: str
) -> None:
    item = one(tmp_path / path, assessment, sarif(repository))
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
    ],
)
def test_what_is_not_clear_stays_unassigned(tmp_path: Path, assessment: Assessment, path: str, repository: str) -> None:
    item = one(tmp_path / path, assessment, sarif(repository))
    assert (item.outcome, item.target, item.evidence) == (Planned.UNASSIGNED, None, None)


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
