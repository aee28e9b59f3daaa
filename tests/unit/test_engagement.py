"""The folder on disk: what is written, replayed, refused and kept when the disk fails."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.engagement import actions, files, history, journal
from app.engagement.checkpoint import ENGAGEMENT, JOURNAL, QUESTIONNAIRE, ROADMAP
from app.engagement.errors import EngagementError, UsageError
from app.engagement.folder import PLAN, Engagement
from app.engagement.journal import Change
from app.engagement.lock import Lock
from questionnaires.load import shipped
from questionnaires.model import Content
from scoring.assessment import SCHEMA_VERSION, Answer, Basis, Lane
from scoring.evaluation import evaluate
from scoring.roadmap import Plan
from scoring.schedule import plan
from scoring.scores import Scorer
from tests.engagement_example import short

QUESTIONNAIRE_ID = "financial-devsecops"
CRITERION = "integrate.gates.pipeline-checks"
BY = "assessor"


def made(path: Path, content: Content) -> Path:
    """An engagement with two applications and an answer, closed."""
    assessment = actions.new_assessment(content, QUESTIONNAIRE_ID, "Acme", date(2026, 9, 30))
    with Engagement.create(path, assessment, content.questionnaires[QUESTIONNAIRE_ID], BY) as engagement:
        for key, tier in (("pay", "1"), ("crm", "2")):
            change = actions.add_application(content, engagement.assessment, key, key.upper(), tier)
            engagement.apply("application", change, BY)
        answer(engagement, "largely", application="pay", basis=Basis.DOCUMENT, note="seen")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path / "acme", shipped())


def answer(engagement: Engagement, value: str, **more: Any) -> None:
    changes = actions.answer(engagement.questionnaire, engagement.assessment, CRITERION, value, **more)
    engagement.apply("answer", changes, BY)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_there_again(folder: Path) -> None:
    with Engagement.open(folder) as engagement:
        assert sorted(engagement.assessment.applications) == ["crm", "pay"]
        found = engagement.assessment.applications["pay"].answers[CRITERION]
        assert (found.value, found.basis, found.note) == ("largely", Basis.DOCUMENT, "seen")
        assert engagement.questionnaire == shipped().questionnaires[QUESTIONNAIRE_ID]
        assert engagement.notices == ()


def test_files_are_for_people(folder: Path) -> None:
    raw = tomllib.loads((folder / "applications" / "pay.toml").read_text())
    assert raw["schema_version"] == SCHEMA_VERSION
    assert raw["journal"] == {"line": 4, "hash": json.loads((folder / JOURNAL).read_text().splitlines()[3])["hash"]}
    assert raw["answers"][CRITERION] == {"value": "largely", "basis": "document", "note": "seen"}
    lines = [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()]
    assert [line["what"] for line in lines] == ["new", "application", "application", "answer"]
    assert lines[3]["by"] == BY
    assert lines[3]["set"][0]["from"] is None
    assert lines[3]["prev"] == lines[2]["hash"]


def test_an_answer_survives_a_process_that_never_wrote_its_checkpoint(folder: Path) -> None:
    engagement = Engagement.open(folder, write=True)
    answer(engagement, "fully", application="pay")
    answer(engagement, "no", application="crm")
    assert engagement._lock is not None
    engagement._lock.release()  # as the operating system does for a killed process
    assert b"fully" not in (folder / "applications" / "pay.toml").read_bytes()
    with Engagement.open(folder, write=True) as again:
        assert again.assessment.applications["pay"].answers[CRITERION].value == "fully"
        assert again.assessment.applications["crm"].answers[CRITERION].value == "no"


def test_a_torn_last_line_is_left_out_and_said(folder: Path) -> None:
    whole = (folder / JOURNAL).read_bytes()
    (folder / JOURNAL).write_bytes(whole + b'{"n":5,"at":"2026')
    with Engagement.open(folder, write=True) as engagement:
        assert "cut off" in engagement.notices[0]
        answer(engagement, "fully", application="pay")
    entries, torn = journal.read(folder / JOURNAL)
    assert (len(entries), torn) == (5, 0)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        pytest.param(ENGAGEMENT, b"schema_version = 99\n", "newer version", id="newer version"),
        pytest.param("applications/pay.toml", b"schema_version = 3\n", "newer version", id="newer application"),
        pytest.param(QUESTIONNAIRE, b"schema_version = 1\n", "no questionnaire", id="no questionnaire"),
        pytest.param(QUESTIONNAIRE, b"\xff\xfe", "cannot be read", id="not UTF-8"),
    ],
)
def test_what_nothing_can_be_shown_of_says_what_and_where_and_stays(
    folder: Path, name: str, data: bytes, message: str
) -> None:
    (folder / name).write_bytes(data)
    before = snapshot(folder)
    with pytest.raises(EngagementError, match=message) as error:
        Engagement.open(folder, write=True)
    assert name.rpartition("/")[2].removesuffix(".toml") in error.value.where
    assert error.value.remedy
    after = snapshot(folder)
    assert {k: v for k, v in after.items() if "lock" not in k} == {k: v for k, v in before.items() if "lock" not in k}
    Lock(folder).release()  # the failed open has let go of the lock


@pytest.mark.parametrize(
    "names",
    [
        ("applications/pay.toml",),
        (ENGAGEMENT,),
        (ROADMAP, "applications/crm.toml"),
        (ENGAGEMENT, ROADMAP, "applications/pay.toml", "applications/crm.toml"),
    ],
    ids=", ".join,
)
def test_a_missing_file_comes_back_from_the_journal(folder: Path, names: tuple[str, ...]) -> None:
    before = snapshot(folder)
    with Engagement.open(folder) as engagement:
        whole = engagement.assessment
    for name in names:
        (folder / name).unlink()
    with Engagement.open(folder) as engagement:
        assert engagement.assessment == whole
        assert [notice.partition(":")[0] for notice in engagement.notices] == sorted(names)
    assert snapshot(folder).keys() == before.keys() - set(names), "a reader writes nothing"
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="crm")
    assert snapshot(folder).keys() == before.keys()
    with Engagement.open(folder) as engagement:
        assert engagement.notices == ()
        assert engagement.assessment.applications["pay"] == whole.applications["pay"]
        assert engagement.assessment.applications["crm"].answers[CRITERION].value == "fully"


def test_a_file_left_behind_by_an_application_that_was_taken_out_is_cleared_away(folder: Path) -> None:
    path = folder / "applications" / "crm.toml"
    data = path.read_bytes()
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "no", application="crm")
        engagement.apply("undo", [Change(("applications", "crm"), None)], BY)
    path.write_bytes(data)  # as a process leaves it that was killed before its checkpoint
    with Engagement.open(folder, write=True) as engagement:
        assert sorted(engagement.assessment.applications) == ["pay"]
    assert not path.exists()


def test_no_application_can_be_put_in_the_place_of_another(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        change = Change(("applications", "../x"), {"id": "pay", "name": "x", "tier": "1"})
        with pytest.raises(EngagementError, match="says that it is 'pay'"):
            engagement.apply("application", [change], BY)


def test_half_a_character_is_refused_before_anything_is_written(folder: Path) -> None:
    before = snapshot(folder)
    with Engagement.open(folder, write=True) as engagement:
        with pytest.raises(UsageError, match="no character of a text"):
            answer(engagement, "fully", note="a\udcffb")
        assert CRITERION not in engagement.assessment.answers
    assert snapshot(folder) == before


@pytest.mark.parametrize("key", ["organisation", "assessors"])
@pytest.mark.parametrize("name", ["a\x1b[31m", "two\nlines", "\x00", "half\udcff", "line\u2028"])
def test_a_name_is_one_line_of_text(folder: Path, key: str, name: str) -> None:
    with Engagement.open(folder) as engagement:
        content, questionnaire, assessment = engagement.content, engagement.questionnaire, engagement.assessment
    with pytest.raises(UsageError, match="which no name can"):
        actions.set_value(content, questionnaire, assessment, key, name)
    with pytest.raises(UsageError, match="which no name can"):
        actions.add_application(content, assessment, "new", name, "1")
    with pytest.raises(UsageError, match="which no name can"):
        actions.new_assessment(content, QUESTIONNAIRE_ID, name, date(2026, 1, 1))


def test_not_an_engagement(tmp_path: Path) -> None:
    with pytest.raises(EngagementError, match="is not an engagement"):
        Engagement.open(tmp_path)
    with pytest.raises(EngagementError, match="is not an engagement"):
        Engagement.open(tmp_path / "nowhere")


def test_one_writer_many_readers(folder: Path) -> None:
    with Engagement.open(folder, write=True):
        with pytest.raises(EngagementError, match="is being changed by"):
            Engagement.open(folder, write=True)
        with Engagement.open(folder) as reader, pytest.raises(EngagementError, match="reading only"):
            answer(reader, "no")
    with Engagement.open(folder, write=True):
        pass


def test_create_refuses_what_is_there(folder: Path) -> None:
    assessment = actions.new_assessment(shipped(), QUESTIONNAIRE_ID, "Other", date(2026, 1, 1))
    before = snapshot(folder)
    with pytest.raises(UsageError, match="not an empty folder"):
        Engagement.create(folder, assessment, shipped().questionnaires[QUESTIONNAIRE_ID], BY)
    assert snapshot(folder) == before


def test_several_changes_are_all_or_nothing(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        before = engagement.assessment
        changes = [Change(("capacity",), 10), Change(("applications", "nobody", "name"), "x")]
        with pytest.raises(EngagementError):
            engagement.apply("set", changes, BY)
        assert engagement.assessment == before
    entries, _ = journal.read(folder / JOURNAL)
    assert len(entries) == 4


def test_what_changes_nothing_is_not_journaled(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "largely", application="pay")
    assert len(journal.read(folder / JOURNAL)[0]) == 4


def test_clear_takes_the_answer_back_and_leaves_what_was_noted(folder: Path) -> None:
    def clear(**given: Any) -> Answer | None:
        with Engagement.open(folder, write=True) as engagement:
            answer(engagement, "clear", application="pay", **given)
        with Engagement.open(folder) as engagement:
            return engagement.assessment.applications["pay"].answers.get(CRITERION)

    assert clear() == Answer(note="seen")
    assert clear(note="") is None


def test_an_application_that_is_taken_out_again_leaves_no_file(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        engagement.apply("undo", [Change(("applications", "crm"), None)], BY)
    assert [path.name for path in (folder / "applications").iterdir()] == ["pay.toml"]
    with Engagement.open(folder) as engagement:
        assert sorted(engagement.assessment.applications) == ["pay"]


def test_settings_survive(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        for key, value, more in (
            ("capacity", "45/2", {}),
            ("target.risk", "Optimized", {"tier": "2"}),
            ("target", "2", {"tier": "3"}),
            ("attributes", "client-data, internet-facing", {"application": "pay"}),
            ("tier", "3", {"application": "crm"}),
        ):
            changes = actions.set_value(
                engagement.content, engagement.questionnaire, engagement.assessment, key, value, **more
            )
            engagement.apply("set", changes, BY)
    with Engagement.open(folder) as engagement:
        found = engagement.assessment
        assert found.capacity * 2 == 45
        assert found.targets["2"] == {"risk": 4}
        assert set(found.targets["3"].values()) == {2}
        assert found.applications["pay"].attributes == ("client-data", "internet-facing")
        assert found.applications["crm"].tier == "3"


def test_a_stored_plan_is_read_back_and_knows_when_it_is_old(tmp_path: Path) -> None:
    folder = made(tmp_path / "acme", short())  # the solver is at work for seconds where all is asked
    with Engagement.open(folder, write=True) as engagement:
        claims = evaluate(engagement.content, Scorer(engagement.questionnaire), engagement.assessment).claims
        found = plan(engagement.content, engagement.questionnaire, engagement.assessment, claims)
        engagement.store_plan(found, BY)
    with Engagement.open(folder, write=True) as engagement:
        assert engagement.plan == found
        current = [engagement.plan_is_current]
        answer(engagement, "no", application="pay")
        assert [*current, engagement.plan_is_current] == [True, False]
        known = [item.id for wave in found.waves for item in wave.items]
        change = actions.decide(engagement.assessment, known, known[0], Lane.PIN, wave=None, reason="now", waves=8)
        engagement.apply("plan", change, BY)


def test_an_earlier_plan_stands_again_and_one_that_a_crash_lost_is_told_of(folder: Path, tmp_path: Path) -> None:
    first, second = (Plan(solver=name, objective=Fraction(0), waves=(), unplanned=()) for name in ("first", "second"))
    with Engagement.open(folder, write=True) as engagement:
        engagement.store_plan(first, BY)
        back = engagement.assessment.plan_sha256
        engagement.store_plan(second, BY)
        engagement.apply("undo", [Change(PLAN, back)], BY)
        assert engagement.plan == first
        stopped = Path(shutil.copytree(folder, tmp_path / "stopped"))
    read = Engagement.open(folder)
    assert (read.plan, read.notices) == (first, ())
    with Engagement.open(stopped, write=True) as mended:
        assert mended.plan == second, "the one that is in the file"
        assert "compute the roadmap again" in mended.notices[0]
    assert Engagement.open(stopped).notices == ()


@pytest.mark.parametrize("fail_at", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch, fail_at: str) -> None:
    path = folder / ENGAGEMENT
    before = path.read_bytes()

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, {"write": "fdopen"}.get(fail_at, fail_at), full)
    with pytest.raises(EngagementError, match="No space left"):
        files.write_atomically(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [entry.name for entry in folder.iterdir() if entry.name.endswith(".part")] == []


def test_a_full_disk_keeps_the_journal_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / JOURNAL).read_bytes()
    with Engagement.open(folder, write=True) as engagement:
        old = engagement.assessment
        fsync: Callable[[int], None] = os.fsync

        def full(handle: int) -> None:
            monkeypatch.setattr(os, "fsync", fsync)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(EngagementError, match="No space left"):
            answer(engagement, "fully", application="pay")
        assert engagement.assessment == old
        assert (folder / JOURNAL).read_bytes() == before
        answer(engagement, "partly", application="pay")
    with Engagement.open(folder) as engagement:
        assert engagement.assessment.applications["pay"].answers[CRITERION].value == "partly"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        with pytest.raises(EngagementError, match="cannot be written"):
            Engagement.open(folder, write=True)
        with Engagement.open(folder) as engagement:
            assert engagement.assessment.organisation == "Acme"
    finally:
        folder.chmod(0o700)


def test_a_folder_that_takes_no_lock_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "write_text", refuse)
    before = snapshot(folder)
    with pytest.raises(EngagementError, match="cannot be written"):
        Engagement.open(folder, write=True)
    assert {k: v for k, v in snapshot(folder).items() if k != ".lock"} == {
        k: v for k, v in before.items() if k != ".lock"
    }


@pytest.mark.parametrize("key", ["../x", "CON", "con", "a b", "", "a/b", "A", "x" * 81, "a--b", "nul", "ä"])
def test_an_application_id_is_always_a_safe_file_name(folder: Path, key: str) -> None:
    with Engagement.open(folder) as engagement, pytest.raises(UsageError):
        actions.add_application(engagement.content, engagement.assessment, key, "n", "1")


@pytest.mark.parametrize(
    ("criterion", "value", "application", "message"),
    [
        ("integrate.gates.pipeline-check", "no", None, "Did you mean 'integrate.gates.pipeline-checks'"),
        (CRITERION, "mostly", None, "is no known answer"),
        (CRITERION, "no", "nobody", "is no known application"),
        ("learn.metrics.deployment-time", "no", "pay", "once for the organisation"),
    ],
)
def test_a_wrong_answer_says_what_is_known(
    folder: Path, criterion: str, value: str, application: str | None, message: str
) -> None:
    with Engagement.open(folder) as engagement, pytest.raises(UsageError, match=message):
        actions.answer(engagement.questionnaire, engagement.assessment, criterion, value, application=application)


# ---- baselines


def test_a_baseline_is_kept_and_scored(folder: Path, tmp_path: Path) -> None:
    content = shipped()
    later = actions.new_assessment(content, QUESTIONNAIRE_ID, "Acme", date(2026, 12, 31))
    with Engagement.create(tmp_path / "later", later, content.questionnaires[QUESTIONNAIRE_ID], BY) as engagement:
        kept = history.keep(engagement, folder, BY)
        assert kept.name == "2026-09-30.colonnade"
        (baseline,) = history.baselines(engagement)
    assert baseline.as_of == date(2026, 9, 30)
    assert {owner.application for owner in baseline.results.nodes} == {None, "crm", "pay"}
