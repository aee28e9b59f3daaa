"""The verbs baseline and compare: what they print, what they change, and with which code they end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.engagement import pack
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from scoring.progress import Kind
from tests.command import Command
from tests.sealed_example import cheaply_sealed

CRITERION = "integrate.gates.pipeline-checks"


@pytest.fixture
def make(run: Command, tmp_path: Path) -> Callable[[str, str], Path]:
    def engagement(day: str, value: str) -> Path:
        folder = tmp_path / day
        assert run("new", folder, "--organisation", "Acme", "--date", day).code == 0
        for key, tier in (("pay", "1"), ("crm", "2")):
            assert run("application", "add", folder, key, "--name", key.upper(), "--tier", tier).code == 0
        assert run("answer", folder, CRITERION, value, "--note", f"Said in {day[:4]}.").code == 0
        return folder

    return engagement


@pytest.fixture
def march(make: Callable[[str, str], Path]) -> Path:
    return make("2026-03-31", "no")


@pytest.fixture
def today(make: Callable[[str, str], Path]) -> Path:
    return make("2026-09-30", "fully")


def test_the_plan_comes_first_and_changes_nothing(run: Command, march: Path, today: Path) -> None:
    before = (today / "journal.jsonl").read_bytes()
    found = run("baseline", today, march, "--carry", "matched=review")
    assert found.code == 0
    assert "Acme, as of 2026-03-31" in found.out
    asked = len(shipped().questionnaires["financial-devsecops"].criteria)
    assert f"{asked} matched, 0 question changed, 0 new, 0 removed; 0 renamed" in found.out
    assert "Nothing was changed; --apply keeps it. Answers to carry over: 1" in found.out
    assert not (today / "history").exists()
    assert (today / "journal.jsonl").read_bytes() == before


def test_apply_keeps_it_and_carries_what_was_chosen(run: Command, march: Path, today: Path) -> None:
    found = run("baseline", today, march, "--apply", "--carry", "matched=review", "--json")
    assert found.code == 0
    assert (found.json["applied"], found.json["kept_as"]) == (True, "2026-03-31.colonnade")
    (answer,) = [entry for entry in found.json["answers"] if entry["carried"]]
    assert (answer["criterion"], answer["standing"], answer["group"]) == (CRITERION, "differs", "matched")
    with Engagement.open(today) as engagement:
        assert engagement.assessment.answers[CRITERION].value == "no"
        assert set(engagement.assessment.baselines) == {"2026-03-31.colonnade"}
    again = run("baseline", today, march)
    assert "Kept already as history/2026-03-31.colonnade. Answers to carry over: 0" in again.out
    assert run("verify", today).code == 0


def test_compare_says_what_moved_and_why(run: Command, march: Path, today: Path) -> None:
    assert run("baseline", today, march, "--apply").code == 0
    found = run("compare", today)
    assert found.code == 0
    assert "2026-09-30 against 2026-03-31 of 2026-03-31" in found.out
    lines = found.out.replace("\n", " ")
    assert f"crm, pay: {CRITERION}: no → fully" in lines
    assert "(Said in 2026. → " not in lines  # one note, said once
    assert "No forecast: it takes three engagements on different days." in found.out
    assert "The baseline holds no roadmap to compare." in found.out


def test_compare_as_json_is_complete(run: Command, march: Path, today: Path) -> None:
    run("set", march, "capacity", "5000")  # where everything fits, the solver is done at once
    assert run("roadmap", march).code == 0
    found = run("compare", today, march, "--json").json
    assert sum(found["counts"].values()) == len(found["answers"])
    assert set(found["counts"]) == set(Kind)
    moved = [entry for entry in found["answers"] if entry["kind"] != "unchanged"]
    assert {(entry["application"], entry["criterion"], entry["kind"]) for entry in moved} == {
        ("crm", CRITERION, "improved"),
        ("pay", CRITERION, "improved"),
    }
    assert moved[0]["before"] == {"value": "no", "note": "Said in 2026."}
    assert moved[0]["changed_on"] is not None
    (overall,) = [
        entry for entry in found["scores"] if (entry["tier"], entry["application"], entry["node"]) == ("1", None, "")
    ]
    assert overall["change"].count("/") == 1
    assert overall["change"] != "0/1"
    assert {item["kind"] for item in found["items"]} <= {"unchanged", "slipped", "sooner", "new", "done", "dropped"}
    assert [trend["tier"] for trend in found["trends"]] == ["1", "2"]


@pytest.mark.parametrize("name", ["2026-03-31", "2026-03-31.colonnade", "history/2026-03-31.colonnade"])
def test_a_baseline_is_named_in_any_way(run: Command, march: Path, today: Path, name: str) -> None:
    assert run("baseline", today, march, "--apply").code == 0
    assert run("compare", today, name, "--json").json["label"] == "2026-03-31"


def test_three_engagements_are_forecast(
    run: Command, make: Callable[[str, str], Path], march: Path, today: Path
) -> None:
    for folder in (make("2025-09-30", "no"), march):
        assert run("baseline", today, folder, "--apply").code == 0
    found = run("compare", today)
    assert "Trend of tier 1" in found.out
    assert "Ranges hold in four of five cases" in found.out
    trends = run("compare", today, "--json").json["trends"]
    assert [point["as_of"] for point in trends[0]["points"]] == ["2025-09-30", "2026-03-31", "2026-09-30"]
    forecasts = trends[0]["courses"][0]["forecasts"]
    assert len(forecasts) == 4
    assert all(entry["as_of"] > "2026-09-30" for entry in forecasts)
    assert all(entry["low"] <= entry["middle"] <= entry["high"] for entry in forecasts)


def test_what_is_left_out_is_told_on_standard_error(run: Command, march: Path, today: Path) -> None:
    assert run("baseline", today, march, "--apply").code == 0
    assert run("baseline", today, make_pack(march, today), "--apply").code == 0
    (today / "history" / "2026-03-31.colonnade").write_bytes(b"")
    found = run("compare", today)
    assert found.code == 2
    assert "history/2026-03-31.colonnade is left out" in found.err
    assert "has no baseline" in found.err


def make_pack(folder: Path, beside: Path) -> Path:
    path = beside.parent / "march.colonnade"
    path.write_bytes(pack.freeze(folder))
    return path


def test_an_encrypted_pack_takes_its_passphrase_from_a_descriptor(run: Command, march: Path, today: Path) -> None:
    path = today.parent / "march.colonnade"
    path.write_bytes(cheaply_sealed(pack.freeze(march), "three plain words"))
    found = run("compare", today, path)
    assert found.code == 2
    assert "--passphrase-fd" in found.err
    reader, writer = os.pipe()
    os.write(writer, b"three plain words\n")
    os.close(writer)
    try:
        assert run("baseline", today, path, "--passphrase-fd", reader, "--apply").code == 0
    finally:
        os.close(reader)
    # Kept as plain as the folder that it lies in, and so the same as the folder that it is of.
    assert (today / "history" / "2026-03-31.colonnade").read_bytes() == pack.freeze(march)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("baseline", "TODAY", "nowhere"), 3, "there is no such file. Check the path."),
        (("baseline", "TODAY", "TODAY"), 2, "itself"),
        (("baseline", "MARCH", "TODAY"), 2, "after this engagement"),
        (("baseline", "TODAY", "MARCH", "--carry", "everything=fill"), 2, "is no known group"),
        (("baseline", "TODAY", "MARCH", "--carry", "matched=take"), 2, "is no known choice"),
        (("baseline", "TODAY", "MARCH", "--carry", "matched"), 2, "is no pair"),
        (("baseline", "TODAY", "MARCH", "--map", "pay=nobody"), 2, "is no known application"),
        (("baseline", "TODAY", "MARCH", "--pillar", "nothing"), 2, "is no known pillar"),
        (("baseline", "TODAY", "MARCH", "--date", "yesterday"), 2, "is no date"),
        (("compare", "TODAY"), 2, "has no baseline"),
        (("compare", "TODAY", "2020-01-01"), 2, "is no known baseline"),
    ],
)
def test_what_makes_no_sense_says_what_is_known(
    run: Command, march: Path, today: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    folders = {"TODAY": today, "MARCH": march}
    found = run(*(folders.get(argument, argument) for argument in arguments))
    assert (found.code, found.out) == (code, "")
    assert says in found.err


@pytest.mark.skipif(os.name == "nt", reason="devices, pipes and links of POSIX")
def test_what_is_no_file_is_called_what_it_is(run: Command, today: Path, tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe.pdf", tmp_path / "loop.pdf"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path in (pipe, Path("/dev/zero")):
        assert f"{path}: is not a regular file. Give a file or a folder." in run("baseline", today, path).err
    assert f"{loop}: is a link that leads round in a circle. Check the path." in run("baseline", today, loop).err


def test_controls_in_a_note_are_spelled_out(run: Command, march: Path, today: Path) -> None:
    assert run("answer", today, CRITERION, "fully", "--note", "red \x1b[31m text").code == 0
    assert "\x1b" not in run("compare", today, march).out
