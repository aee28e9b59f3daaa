"""What was changed outside Colonnade is found, told apart from what a stopped process leaves, and never lost."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engagement import actions, copies, journal
from app.engagement.audit import Kind
from app.engagement.checkpoint import ENGAGEMENT, JOURNAL, QUESTIONNAIRE, ROADMAP
from app.engagement.errors import EngagementError
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from app.engagement.pack import freeze
from app.engagement.recover import Source, recover
from app.engagement.upgrade import upgrade
from app.engagement.verify import verify
from questionnaires.load import shipped
from questionnaires.model import Category, Content, Questionnaire
from scoring.assessment import Answer, Evidence, Fact, Lane, Records
from scoring.evaluation import evaluate
from scoring.evidence.format import Rejected
from scoring.evidence.ingest import Inspection, Planned, PlannedItem
from scoring.scores import Scorer
from scoring.waves import provisional
from tests.engagement_example import short

ASKED = "financial-devsecops"
CRITERION = "integrate.gates.pipeline-checks"
OTHER = "integrate.gates.critical-stop"
BY = "assessor"


def evidence(digest: str) -> Evidence:
    records = Records(unit="finding", raw=1, open=1, distinct=1)
    return Evidence(sha256=digest, path="scan.json", bytes=1, format="sarif", tool="scanner", records=records)


def answer(engagement: Engagement, value: str, criterion: str = CRITERION, **more: Any) -> None:
    changes = actions.answer(engagement.questionnaire, engagement.assessment, criterion, value, **more)
    engagement.apply("answer", changes, BY)


def make(folder: Path, content: Content | None = None) -> Path:
    """An engagement in which every kind of thing has been done, closed."""
    content = content or shipped()
    assessment = actions.new_assessment(content, ASKED, "Acme", date(2026, 9, 30))
    with Engagement.create(folder, assessment, content.questionnaires[ASKED], BY, content) as engagement:
        for key, tier in (("pay", "1"), ("crm", "2"), ("old", "3")):
            change = actions.add_application(content, engagement.assessment, key, key.upper(), tier)
            engagement.apply("application", change, BY)
        answer(engagement, "largely", application="pay", note="seen")
        answer(engagement, "no", application="pay")
        answer(engagement, "largely", application="pay", note="seen")
        answer(engagement, "partly", OTHER, note="common")
        engagement.apply("ingest", actions.add_evidence("pay", evidence("a" * 64)), BY)
        engagement.apply("set", [Change(("targets", "2", "risk"), 4), Change(("regimes",), ["dora"])], BY)
        engagement.apply("remove", [Change(("applications", "old"), None)], BY)
        claims = evaluate(content, Scorer(engagement.questionnaire), engagement.assessment).claims
        plan = provisional(content, engagement.questionnaire, engagement.assessment, claims)
        known = [item.id for wave in plan.waves for item in wave.items]
        decision = actions.decide(engagement.assessment, known, known[0], Lane.PIN, wave=1, reason="now", waves=8)
        engagement.apply("plan", decision, BY)
        engagement.store_plan(plan, BY)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One in which few questions are asked: its files are all there, and read in a tenth of the time."""
    return laid_out(tmp_path / "acme", template())


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """One that asks what ships."""
    return make(tmp_path / "acme")


@cache
def template() -> dict[str, bytes]:
    """The files of :func:`make`, made once."""
    with tempfile.TemporaryDirectory() as scratch:
        return files(make(Path(scratch) / "acme", short()))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def laid_out(folder: Path, content: dict[str, bytes]) -> Path:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def kinds(folder: Path) -> list[tuple[str, str]]:
    return [(finding.kind.value, finding.where) for finding in verify(folder).findings]


def test_what_was_left_as_it_is_verifies(folder: Path) -> None:
    found = verify(folder)
    assert found.findings == ()
    assert found.last is not None
    assert found.last.number == len((folder / JOURNAL).read_bytes().splitlines())


# ---- any change is found


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_changed_byte_of_the_journal_is_found(data: st.DataObject) -> None:
    content = dict(template())
    line = bytearray(content[JOURNAL])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as scratch:
        folder = laid_out(Path(scratch), {**content, JOURNAL: bytes(line)})
        findings = verify(folder).findings
        assert [finding for finding in findings if finding.where.startswith(JOURNAL)]
        engagement = Engagement.open(folder, write=True)
        assert engagement.refusal is not None, "no change of what the files hold is a torn write"
        engagement.close()


def values(table: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every single value of a table."""
    entries = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in entries:
        if isinstance(value, dict | list):
            yield from values(value, (*path, key))
        else:
            yield (*path, key)


def other(value: Any) -> list[Any]:
    match value:
        case bool():
            return [not value, int(value)]
        case int():
            return [value + 1, str(value), 0 if value else 7, float(value), *([bool(value)] if value in (0, 1) else [])]
        case date():
            return [date(2001, 1, 1)]
        case str():
            return [value + "x", 5, *([""] if value else [])]
        case _:
            return ["another"]


TOML = (ENGAGEMENT, ROADMAP, "applications/pay.toml", "applications/crm.toml")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_changed_value_of_a_file_is_found(data: st.DataObject) -> None:
    content = dict(template())
    name = data.draw(st.sampled_from(TOML))
    table = tomllib.loads(content[name].decode())
    path = data.draw(st.sampled_from(list(values(table))))
    node: Any = table
    for step in path[:-1]:
        node = node[step]
    if isinstance(node, dict) and data.draw(st.booleans()):
        del node[path[-1]]
    else:
        node[path[-1]] = data.draw(st.sampled_from(other(node[path[-1]])))
    with tempfile.TemporaryDirectory() as scratch:
        folder = laid_out(Path(scratch), {**content, name: tomli_w.dumps(table).encode()})
        found = [finding for finding in verify(folder).findings if finding.kind is Kind.CHANGED]
        assert found, path
        assert any(finding.where.startswith(name) for finding in found)


def test_an_added_value_is_found(folder: Path) -> None:
    path = folder / "applications" / "crm.toml"
    path.write_text(path.read_text() + f'\n[answers."{CRITERION}"]\nvalue = "fully"\n')
    (finding,) = verify(folder).findings
    assert (finding.kind, finding.where) == (Kind.CHANGED, "applications/crm.toml")
    assert "answers" in finding.says
    assert "fully" in finding.says


def test_a_file_of_an_earlier_moment_put_back_is_no_finding_but_comes_up_to_date(folder: Path) -> None:
    """As a process leaves it that was killed between the journal and its checkpoint."""
    old = (folder / "applications" / "pay.toml").read_bytes()
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="pay")
    (folder / "applications" / "pay.toml").write_bytes(old)
    assert kinds(folder) == []
    with Engagement.open(folder, write=True) as engagement:
        assert engagement.assessment.applications["pay"].answers[CRITERION].value == "fully"
    assert b"fully" in (folder / "applications" / "pay.toml").read_bytes()


def test_an_application_that_no_checkpoint_has_come_to_is_no_finding(folder: Path) -> None:
    writer = Engagement.open(folder, write=True)
    writer.apply("application", actions.add_application(shipped(), writer.assessment, "new", "New", "1"), BY)
    with Engagement.open(folder) as reader:
        assert reader.notices == ()
        assert "new" in reader.assessment.applications
    assert kinds(folder) == []
    writer.close()
    (folder / "applications" / "new.toml").unlink()
    assert kinds(folder) == [("missing", "applications/new.toml")]


def test_a_file_of_an_earlier_moment_that_was_edited_is_found(folder: Path) -> None:
    old = (folder / "applications" / "pay.toml").read_text()
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="pay")
    (folder / "applications" / "pay.toml").write_text(old.replace("largely", "partly"))
    assert kinds(folder) == [("changed", "applications/pay.toml")]


def test_a_torn_last_line_is_told_apart_from_tampering(folder: Path) -> None:
    whole = (folder / JOURNAL).read_bytes()
    for torn in (b"{", b'{"at":"2026', b"\0\0\0\0", whole.splitlines()[-1]):
        (folder / JOURNAL).write_bytes(whole + torn)
        assert [kind for kind, _ in kinds(folder)] == ["torn"]
        with Engagement.open(folder, write=True) as engagement:
            assert engagement.refusal is None
            assert "cut off" in engagement.notices[0]
        assert (folder / JOURNAL).read_bytes() == whole
        assert kinds(folder) == []
    (folder / JOURNAL).write_bytes(whole[:-3])  # the files hold that line: it was written once
    assert [kind for kind, _ in kinds(folder)] == ["changed"]
    (folder / JOURNAL).write_bytes(whole + b"{}\n")
    assert [kind for kind, _ in kinds(folder)] == ["changed"]


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("applications/pay.toml", 'tier = "1"', 'tier = "9"', "tier (there '9', journal '1')"),
        ("applications/pay.toml", 'id = "pay"', 'id = "crm"', "id (there 'crm'"),
        ("applications/pay.toml", "schema_version = 2", "schema_version = true", "names no schema_version"),
        ("applications/pay.toml", "schema_version = 2", "schema_version = 1", "names no line of the journal"),
        ("applications/pay.toml", "line = ", "line = -", "names no line of the journal"),
        ("applications/pay.toml", "[journal]", "[jornal]", "names no line of the journal"),
        (ENGAGEMENT, "[targets.2]", "[targets.1]\nrisk = 9\n[targets.2]", "targets.1"),
        (ENGAGEMENT, "capacity = 60", f"capacity = {'9' * 5000}", "cannot be read"),
        (ENGAGEMENT, "capacity = 60", "capacity = 60.0", "capacity (there 60.0, journal 60)"),
        (ENGAGEMENT, "capacity = 60", f"capacity = 0x{'9' * 5000}", "a number is too long"),
        (ENGAGEMENT, "[targets.2]", f"[{'a.' * 5000}a]\n[targets.2]", "nested too deeply"),
        (ROADMAP, "[plan]", f"[plan.{'a.' * 5000}a]\n[plan]", "nested too deeply"),
        ("applications/pay.toml", "raw = 1", "raw = true", "raw (there True, journal 1)"),
        ("applications/pay.toml", "[journal]", "[journal]\nnote = 1", "names no line of the journal"),
        (ENGAGEMENT, "capacity = 60", "capacity = ", "cannot be read"),
        (ENGAGEMENT, "capacity = 60", "capacity = '1e999999999'", "capacity"),
        (QUESTIONNAIRE, "DevSecOps maturity", "Our maturity", "is not what was asked"),
    ],
)  # fmt: skip
def test_an_edit_is_named_and_opens_for_reading_only(folder: Path, name: str, old: str, new: str, says: str) -> None:
    with Engagement.open(folder) as engagement:
        before = engagement.assessment
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    (finding,) = verify(folder).findings
    assert finding.where == name
    assert says in finding.says
    with Engagement.open(folder, write=True) as engagement:
        assert not engagement.writable
        assert engagement.assessment == before, "the journal's word is shown"
        with pytest.raises(EngagementError, match="reading only"):
            answer(engagement, "fully")
    with Engagement.open(folder, write=True):
        pass  # the lock was not kept


def test_a_questionnaire_that_does_not_hold_together_is_refused(folder: Path) -> None:
    text = (folder / QUESTIONNAIRE).read_text()
    (folder / QUESTIONNAIRE).write_text(text.replace('met = "largely"', 'met = "larger"', 1))
    with pytest.raises(EngagementError, match="does not hold together"):
        Engagement.open(folder)
    asked = (folder / QUESTIONNAIRE).read_bytes()
    journal_ = forged((folder / JOURNAL).read_bytes(), (["questionnaire_sha256"], sha256(asked).hexdigest()))
    (folder / JOURNAL).write_bytes(journal_)
    assert kinds(folder) == [], "as in a pack by somebody who knows how its hashes are made"
    with pytest.raises(EngagementError, match="does not hold together"):
        Engagement.open(folder)
    with pytest.raises(EngagementError, match="does not hold together"):
        freeze(folder)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda lines: lines[:1] + lines[2:], "does not follow"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "does not follow"),
        (lambda lines: lines[:-1], "but engagement.toml holds line"),
        (lambda _: [], "ends at line 0"),
    ],
    ids=["removed", "swapped", "cut", "empty"],
)
def test_a_broken_journal_opens_with_what_the_files_say(
    folder: Path, spoil: Callable[[list[bytes]], list[bytes]], says: str
) -> None:
    with Engagement.open(folder) as engagement:
        before = engagement.assessment
    (folder / JOURNAL).write_bytes(b"".join(spoil((folder / JOURNAL).read_bytes().splitlines(keepends=True))))
    assert says in verify(folder).findings[0].says
    with Engagement.open(folder, write=True) as engagement:
        assert engagement.assessment == before
        assert engagement.plan is not None
        assert not engagement.writable


def test_a_missing_journal_opens_with_what_the_files_say(folder: Path) -> None:
    (folder / JOURNAL).unlink()
    assert kinds(folder)[0] == ("changed", JOURNAL)
    with Engagement.open(folder, write=True) as engagement:
        assert sorted(engagement.assessment.applications) == ["crm", "pay"]
        assert not engagement.writable


def test_a_copy_that_a_file_manager_made_counts_for_nothing(folder: Path) -> None:
    """Counted, it would be an application twice; and a program that synchronises leaves such copies."""
    copy = folder / "applications" / "pay (conflicted copy).toml"
    copy.write_bytes((folder / "applications" / "pay.toml").read_bytes())
    assert kinds(folder) == [("foreign", "applications/pay (conflicted copy).toml")]
    with Engagement.open(folder, write=True) as engagement:
        assert engagement.writable
        assert "nothing in it counts" in engagement.notices[0]
        assert sorted(engagement.assessment.applications) == ["crm", "pay"]
    assert copy.exists()


def forged(data: bytes, *changes: tuple[list[str], Any], at: str = "2026-10-01") -> bytes:
    """A journal with one line more, by somebody who knows how its hashes are made."""
    lines = data.splitlines()
    last = json.loads(lines[-1])
    body = {"n": last["n"] + 1, "at": at, "by": BY, "what": "set", "prev": last["hash"],
            "set": [{"path": path, "from": None, "to": to} for path, to in changes]}  # fmt: skip
    canonical = partial(json.dumps, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    whole = {**body, "hash": sha256(canonical(body).encode()).hexdigest()}
    return data + canonical(whole).encode() + b"\n"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ([], None),
        ([], []),
        ([], {"applications": 5}),
        ([""], 1),
        (["__class__"], {}),
        (["applications"], {}),
        (["applications", "none", "answers", CRITERION], {"value": "no"}),
        (["applications", "pay", "id"], "crm"),
        (["answers", CRITERION], {"value": 5}),
        (["answers", *"a" * 3000], 1),
        (["answers", CRITERION], json.loads("[" * 900 + "]" * 900)),
        (["targets", "2", "risk", "x"], 1),
        (["capacity"], 10**30),
    ],
)
def test_lines_that_hold_but_make_no_sense_are_tampering(tmp_path: Path, path: list[str], to: Any) -> None:
    """The files are whole: what they say is shown, and can be taken over."""
    content = template()
    folder = laid_out(tmp_path / "acme", {**content, JOURNAL: forged(content[JOURNAL], (path, to))})
    assert kinds(folder) == [("changed", JOURNAL)]
    with Engagement.open(folder, write=True) as engagement:
        assert not engagement.writable
        assert sorted(engagement.assessment.applications) == ["crm", "pay"]
    with pytest.raises(EngagementError):
        recover(folder, Source.JOURNAL, BY, shipped())
    recover(folder, Source.FILES, BY, shipped())
    assert kinds(folder) == []


def test_a_file_at_a_line_that_makes_no_sense_is_no_way_around(tmp_path: Path) -> None:
    """The last line puts right what the line before broke, and a file names that one."""
    content = dict(template())
    broken = forged(content[JOURNAL], (["answers", CRITERION], {"value": 5}))
    last = json.loads(broken.splitlines()[-1])
    table = tomllib.loads(content[ENGAGEMENT].decode())
    content[ENGAGEMENT] = tomli_w.dumps({**table, "journal": {"line": last["n"], "hash": last["hash"]}}).encode()
    content[JOURNAL] = forged(broken, (["answers", CRITERION], {"value": "no"}))
    folder = laid_out(tmp_path / "acme", content)
    assert kinds(folder) == [("changed", JOURNAL)]


def test_a_moment_without_a_zone_opens(tmp_path: Path) -> None:
    content = template()
    folder = laid_out(tmp_path / "acme", {**content, JOURNAL: forged(content[JOURNAL], (["capacity"], 7))})
    with Engagement.open(folder) as engagement:
        assert engagement.assessment.capacity == 7


@pytest.mark.skipif(os.name != "posix", reason="these are no files of other systems")
def test_what_is_no_file_is_not_waited_for(folder: Path) -> None:
    for name in ("applications/pay.toml", "applications/pipe.toml"):
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
    (folder / "applications" / "endless.toml").symlink_to("/dev/zero")
    assert kinds(folder) == [("missing", "applications/pay.toml")]
    (folder / JOURNAL).unlink()
    os.mkfifo(folder / JOURNAL)
    assert [str(finding) for finding in verify(folder).findings] == [f"{JOURNAL}: is no file"]
    with pytest.raises(EngagementError, match="is no file"):
        journal.read(folder / JOURNAL)


def test_a_file_too_large_to_read_is_said(folder: Path) -> None:
    os.truncate(folder / JOURNAL, 1 << 34)
    assert "holds more than" in verify(folder).findings[0].says


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_in_the_folder_has_no_other_file_written_over(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    for name in (".lock", ".lock-holder"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(mine)
        with contextlib.suppress(EngagementError):
            Engagement.open(folder, write=True).close()
        assert mine.read_text() == "mine"
        (folder / name).unlink(missing_ok=True)


def test_an_edited_file_of_an_application_that_was_taken_out_is_not_cleared_away_unsaid(folder: Path) -> None:
    old = (folder / "applications" / "crm.toml").read_text()
    with Engagement.open(folder, write=True) as engagement:
        engagement.apply("remove", actions.remove_application(engagement.assessment, "crm"), BY)
    (folder / "applications" / "crm.toml").write_text(old)
    assert kinds(folder) == [], "it is as it was left before it was taken out"
    (folder / "applications" / "crm.toml").write_text(old.replace("CRM", "Mine"))
    assert kinds(folder) == [("changed", "applications/crm.toml")]


# ---- a person decides


def test_the_journal_s_word_is_restored(whole: Path) -> None:
    before = files(whole)
    with Engagement.open(whole) as engagement:
        stood = engagement.assessment
    (whole / "applications" / "pay.toml").write_text("nonsense")
    (whole / QUESTIONNAIRE).write_text((whole / QUESTIONNAIRE).read_text().replace("DevSecOps", "Own", 1))
    kept = recover(whole, Source.JOURNAL, BY, shipped()).kept
    assert kept is not None
    assert (kept / "applications" / "pay.toml").read_text() == "nonsense"
    assert (whole / QUESTIONNAIRE).read_bytes() == before[QUESTIONNAIRE]
    assert kinds(whole) == []
    with Engagement.open(whole, write=True) as engagement:
        assert engagement.writable
        assert engagement.assessment == stood
        assert engagement.plan is not None
    assert journal.read(whole / JOURNAL)[0][-1].what == "recover"


def test_what_the_files_say_is_taken_over_as_a_change(folder: Path) -> None:
    path = folder / "applications" / "pay.toml"
    path.write_text(path.read_text().replace("largely", "fully"))
    recover(folder, Source.FILES, BY, shipped())
    assert kinds(folder) == []
    last = journal.read(folder / JOURNAL)[0][-1]
    (change,) = last.changes
    assert change.path == ("applications", "pay", "answers", CRITERION)
    assert (change.before["value"], change.to["value"]) == ("largely", "fully")


@pytest.mark.parametrize("source", list(Source))
def test_a_broken_journal_is_recovered_either_way(folder: Path, source: Source) -> None:
    with Engagement.open(folder) as engagement:
        stood = engagement.assessment
    lines = (folder / JOURNAL).read_bytes().splitlines(keepends=True)
    broken = b"".join([*lines[:5], lines[5].replace(b"seen", b"heard"), *lines[6:]])
    (folder / JOURNAL).write_bytes(broken)
    kept = recover(folder, source, BY, shipped()).kept
    assert kept is not None
    assert (kept / JOURNAL).read_bytes() == broken
    assert kinds(folder) == []
    with Engagement.open(folder, write=True) as engagement:
        assert engagement.writable
        if source is Source.FILES:
            assert engagement.assessment.applications == stood.applications
        else:
            assert engagement.assessment.applications["pay"].answers[CRITERION].value == "largely"
            assert len(journal.read(folder / JOURNAL)[0]) == 6


def test_what_nobody_changed_keeps_the_journal_s_newer_word(folder: Path) -> None:
    """A process was killed before its checkpoint, then another file was edited."""
    old = files(folder)
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="crm")
    laid_out(folder, {name: data for name, data in old.items() if name.endswith(".toml")})
    path = folder / "applications" / "pay.toml"
    path.write_text(path.read_text().replace("largely", "partly"))
    recover(folder, Source.FILES, BY, shipped())
    with Engagement.open(folder) as engagement:
        applications = engagement.assessment.applications
        assert applications["crm"].answers[CRITERION].value == "fully"
        assert applications["pay"].answers[CRITERION].value == "partly"


def test_what_cannot_be_scored_is_not_taken_over(folder: Path) -> None:
    """Taken over, the engagement could never be opened again."""
    path = folder / "applications" / "pay.toml"
    path.write_text(path.read_text().replace('tier = "1"', 'tier = "9"'))
    before = files(folder)
    with pytest.raises(EngagementError, match="unknown tier"):
        recover(folder, Source.FILES, BY, shipped())
    assert {**files(folder), ".lock": b""} == {**before, ".lock": b""}


@pytest.mark.parametrize("source", list(Source))
@pytest.mark.parametrize("broken", [False, True])
def test_a_decision_stopped_at_any_step_can_be_made_again(
    monkeypatch: pytest.MonkeyPatch, source: Source, broken: bool
) -> None:
    content = dict(template())
    lines = content[JOURNAL].splitlines(keepends=True)
    content["applications/pay.toml"] = content["applications/pay.toml"].replace(b"largely", b"partly")
    if broken:
        content[JOURNAL] = b"".join([*lines[:6], b"{}\n", *lines[7:]])
    at, done = 0, False
    while not done:
        at += 1
        with tempfile.TemporaryDirectory() as scratch:
            folder = laid_out(Path(scratch), content)
            with monkeypatch.context() as patch:
                count = failing(patch, at)
                with contextlib.suppress(EngagementError):
                    recover(folder, source, BY, short())
                done = count[0] < at
            recover(folder, source, BY, short())
            assert kinds(folder) == [], f"step {at}"
            kept = lines[:6] if broken else lines
            assert (folder / JOURNAL).read_bytes().startswith(b"".join(kept)), f"step {at}"
            with Engagement.open(folder) as engagement:
                value = engagement.assessment.applications["pay"].answers[CRITERION].value
                assert value == ("partly" if source is Source.FILES else "largely" if not broken else "no")
    assert at > 5


def test_there_is_nothing_to_recover(folder: Path) -> None:
    before = files(folder)
    assert recover(folder, Source.FILES, BY, shipped()).kept is None
    after = files(folder)
    assert {key: data for key, data in after.items() if key != ".lock"} == {
        key: data for key, data in before.items() if key != ".lock"
    }


# ---- head, baselines, copies


def test_the_head_of_a_report_is_found_in_the_journal(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        head, number = engagement.head, engagement.last.number if engagement.last else 0
        answer(engagement, "fully")
    found = verify(folder, head)
    assert (found.findings, found.line) == ((), number)
    for wrong in ("0" * 64, ""):  # as a script hands over whose variable was never set
        assert [finding.where for finding in verify(folder, wrong).findings] == [JOURNAL]


def test_baselines_and_copies_are_held_against_their_digests(folder: Path) -> None:
    data = b"earlier"
    with Engagement.open(folder, write=True) as engagement:
        engagement.apply("baseline", [Change(("baselines", "x.toml"), sha256(data).hexdigest())], BY)
        export = sha256(b"export").hexdigest()
        engagement.apply("ingest", actions.add_evidence("crm", evidence(export)), BY)
    assert kinds(folder) == []
    assert "not here" in verify(folder).notes[0], "as a pack without its history leaves it"
    (folder / "history").mkdir()
    assert kinds(folder) == [("changed", "history/x.toml")]
    laid_out(folder, {"history/x.toml": data, f"evidence/{export}.json": b"export"})
    assert kinds(folder) == []
    laid_out(folder, {"history/x.toml": b"later", "history/y.toml": data, f"evidence/{export}.json": b"changed",
                      f"evidence/{'b' * 64}.json": b""})  # fmt: skip
    assert kinds(folder) == [
        ("changed", "history/x.toml"),
        ("foreign", "history/y.toml"),
        ("foreign", f"evidence/{'b' * 64}.json"),
        ("changed", f"evidence/{export}.json"),
    ]


def test_a_copy_is_kept_where_it_is_asked_for_and_never_of_a_scan_for_secrets(folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "Scan.JSON"
    export.write_bytes(b"export")
    digest = sha256(b"export").hexdigest()
    item = evidence(digest).model_copy(update={"path": str(export)})
    secret = item.model_copy(update={"category": Category.SECRETS})
    by_fact = item.model_copy(update={"facts": (Fact(name="findings.open", value=1, category=Category.SECRETS),)})
    inside = item.model_copy(update={"member": "scan.json"})
    stale = item.model_copy(update={"sha256": "c" * 64})
    gone = item.model_copy(update={"path": str(tmp_path / "gone.json")})
    inspection = Inspection(str(export), None, digest, 6, Rejected("no outcome is looked at"))
    plan = [PlannedItem(inspection, Planned.ADD, "pay", "", entry)
            for entry in (secret, by_fact, inside, stale, gone, item)]  # fmt: skip
    undecided = PlannedItem(inspection, Planned.UNASSIGNED, None, "", item)
    with Engagement.open(folder, write=True) as engagement:
        assert copies.keep(folder, [undecided]) == ()
        found = copies.keep(folder, plan)
        assert [entry.place is None for entry in found] == [True] * 5 + [False]
        assert [path.name for path in (folder / "evidence").iterdir()] == [f"{digest}.json"]
        engagement.apply("ingest", actions.add_evidence("pay", item), BY)
        assert kinds(folder) == []
        (folder / "evidence" / f"{digest}.json").unlink()
        again = PlannedItem(inspection, Planned.DUPLICATE, "pay", "", item)
        assert [entry.place for entry in copies.keep(folder, [again])] == [folder / "evidence" / f"{digest}.json"], (
            "it may not have been kept the first time"
        )
    assert kinds(folder) == []


# ---- writes that fail, clocks that run back, other programs


def failing(monkeypatch: pytest.MonkeyPatch, at: int) -> list[int]:
    """The disk refuses the ``at``-th time that something is to be synced, renamed or made."""
    count = [0]
    for name in ("fsync", "replace", "fdopen"):
        real = getattr(os, name)

        def perhaps(*given: Any, real: Callable[..., Any] = real) -> Any:
            count[0] += 1
            if count[0] == at:
                raise OSError(28, "No space left on device")
            return real(*given)

        monkeypatch.setattr(os, name, perhaps)
    return count


def work(folder: Path, told: list[str]) -> None:
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="crm")
        told.append("answer")
        engagement.apply("remove", [Change(("applications", "pay"), None)], BY)
        told.append("remove")
        engagement.checkpoint()
        other_version = engagement.questionnaire.model_copy(update={"version": "999"})
        engagement.ask(other_version, "upgrade", [Change(("answers", OTHER), None)], BY)
        told.append("ask")
        assert engagement.plan is not None
        engagement.store_plan(engagement.plan, BY)
        told.append("plan")


def test_a_write_that_fails_at_any_step_leaves_what_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    at, done = 0, False
    while not done:
        at += 1
        told: list[str] = []
        with tempfile.TemporaryDirectory() as scratch:
            folder = laid_out(Path(scratch), template())
            with monkeypatch.context() as patch:
                count = failing(patch, at)
                with contextlib.suppress(EngagementError):
                    work(folder, told)
                done = count[0] < at
            with Engagement.open(folder, write=True) as engagement:
                assert engagement.refusal is None, f"step {at}: {engagement.refusal}"
                found = engagement.assessment
                assert "answer" not in told or found.applications["crm"].answers[CRITERION].value == "fully"
                assert "remove" not in told or "pay" not in found.applications
                assert "ask" not in told or (engagement.questionnaire.version, OTHER in found.answers) == ("999", False)
                assert engagement.plan is not None
            assert verify(folder).findings == (), f"step {at}"
    assert at > 12


def test_time_never_runs_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = journal.read(folder / JOURNAL)[0][-1].at
    monkeypatch.setattr(journal, "now", lambda: "2001-01-01T00:00:00.000+00:00")
    with Engagement.open(folder, write=True) as engagement:
        assert "clock" in engagement.notices[0]
        answer(engagement, "fully")
    assert journal.read(folder / JOURNAL)[0][-1].at == before
    assert kinds(folder) == []


def test_a_journal_replaced_while_open_is_not_written_over(folder: Path) -> None:
    """As a program does that synchronises folders: what was saved here since opening must not be lost."""
    old = (folder / JOURNAL).read_bytes()
    engagement = Engagement.open(folder, write=True)
    answer(engagement, "fully", application="pay", note="kept")
    theirs = old[:-1]
    (folder / JOURNAL).write_bytes(theirs)
    with pytest.raises(EngagementError, match="changed by another program") as error:
        answer(engagement, "no", application="crm")
    engagement.close()
    assert (folder / JOURNAL).read_bytes() == theirs
    assert "set-aside" in str(error.value)
    assert b"kept" in (folder / "set-aside" / "1" / JOURNAL).read_bytes()


def test_a_file_replaced_while_open_is_set_aside(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="pay")
        (folder / "applications" / "pay.toml").write_text("theirs")
    assert (folder / "set-aside" / "1" / "applications" / "pay.toml").read_text() == "theirs"
    assert "kept in" in engagement.notices[-1]
    assert kinds(folder) == []


def test_a_file_removed_while_open_is_written_anew(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="pay")
        (folder / "applications" / "pay.toml").unlink()
    assert kinds(folder) == []


def test_a_file_that_the_journal_never_knew_is_set_aside_before_its_name_is_used(folder: Path) -> None:
    (folder / "applications" / "new.toml").write_text("theirs")
    assert kinds(folder) == [("changed", "applications/new.toml"), ("foreign", "applications/new.toml")]
    (folder / "applications" / "new.toml").write_bytes((folder / "applications" / "pay.toml").read_bytes())
    with Engagement.open(folder, write=True) as engagement:
        assert engagement.writable
        engagement.apply("application", actions.add_application(shipped(), engagement.assessment, "new", "N", "1"), BY)
    assert b"largely" in (folder / "set-aside" / "1" / "applications" / "new.toml").read_bytes()
    assert kinds(folder) == []


def test_a_plan_that_this_version_cannot_read_is_given_up_not_called_tampering(tmp_path: Path) -> None:
    content = dict(template())
    plan = {"inputs": "x", "of": "another version"}
    digest = sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()
    content[JOURNAL] = forged(content[JOURNAL], (["plan_sha256"], digest))
    table = tomllib.loads(content[ROADMAP].decode())
    last = json.loads(content[JOURNAL].splitlines()[-1])
    table |= {"plan": plan, "plan_sha256": digest, "journal": {"line": last["n"], "hash": last["hash"]}}
    folder = laid_out(tmp_path / "acme", {**content, ROADMAP: tomli_w.dumps(table).encode()})
    assert kinds(folder) == []
    with Engagement.open(folder, write=True) as engagement:
        assert "compute the roadmap again" in engagement.notices[0]
        engagement.apply("plan", [Change(("decisions", "x"), {"lane": "drop", "reason": "now"})], BY)
    assert kinds(folder) == []


def test_a_folder_that_is_taken_away_while_open_is_said(folder: Path) -> None:
    engagement = Engagement.open(folder, write=True)
    folder.rename(folder.with_name("moved"))
    with pytest.raises(EngagementError, match="is not there any more"):
        answer(engagement, "fully")
    engagement.close()
    assert not folder.exists()


def test_a_folder_that_comes_back_is_written_again_and_never_made_anew(folder: Path) -> None:
    engagement = Engagement.open(folder, write=True)
    answer(engagement, "partly")
    folder.rename(folder.with_name("moved"))
    with pytest.raises(EngagementError, match="is not there any more"):
        engagement.checkpoint()
    assert not folder.exists()
    folder.with_name("moved").rename(folder)
    answer(engagement, "fully")
    engagement.close()
    assert not verify(folder).findings


def test_what_a_stopped_process_left_is_cleared_away(folder: Path) -> None:
    (folder / ".engagement.toml.abc.part").write_bytes(b"half")
    (folder / "applications" / ".pay.toml.abc.part").write_bytes(b"half")
    (folder / "evidence").mkdir()
    (folder / "evidence" / f".{'a' * 64}.part").write_bytes(b"half")
    Engagement.open(folder, write=True).close()
    assert not list(folder.rglob("*.part"))


def test_a_creation_that_was_stopped_can_be_done_again(tmp_path: Path) -> None:
    (tmp_path / QUESTIONNAIRE).write_bytes(b"x")
    (tmp_path / ".engagement.toml.abc.part").write_bytes(b"half")
    (tmp_path / JOURNAL).write_bytes(b'{"at":"20')
    make(tmp_path)
    assert kinds(tmp_path) == []


def test_nothing_told_is_lost_to_a_kill() -> None:
    """Bounded; ``make torture`` does it 300 times and more."""
    script = Path(__file__).parents[1] / "torture" / "torture.py"
    found = subprocess.run(
        [sys.executable, script, "16"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert "16 processes killed" in found.stdout


# ---- older versions, other questionnaires


def test_files_of_schema_1_open_and_are_written_anew(folder: Path) -> None:
    """They named the line of the journal as a bare number."""
    for name in TOML:
        table = tomllib.loads((folder / name).read_text())
        table |= {"schema_version": 1, "journal": table["journal"]["line"]}
        (folder / name).write_text(tomli_w.dumps(table))
    assert kinds(folder) == []
    with Engagement.open(folder, write=True) as engagement:
        assert engagement.writable
        answer(engagement, "fully", application="pay")
    assert tomllib.loads((folder / "applications" / "pay.toml").read_text())["schema_version"] == 2
    assert kinds(folder) == []


def newer(questionnaire: Questionnaire) -> Questionnaire:
    """One criterion renamed, one taken out, one asked in other words."""
    pillar = questionnaire.pillar[0]
    practice = pillar.practice[0]
    first, second, third, *rest = practice.criterion
    fresh = [first.model_copy(update={"id": f"{first.id}-now"}), third.model_copy(update={"question": "Another?"})]
    practice = practice.model_copy(update={"criterion": (*fresh, *rest)})
    pillar = pillar.model_copy(update={"practice": (practice, *pillar.practice[1:])})
    return Questionnaire.model_validate(
        questionnaire.model_dump()
        | {
            "version": "999",
            "pillar": [pillar.model_dump(), *(entry.model_dump() for entry in questionnaire.pillar[1:])],
            "renamed": {**questionnaire.renamed, first.id: f"{first.id}-now"},
            "removed": {**questionnaire.removed, second.id: "Nobody needs it."},
        }
    )


def test_an_upgrade_is_explicit_journaled_and_carries_answers(whole: Path) -> None:
    content = shipped()
    old = content.questionnaires[ASKED]
    first, second, third = (entry.id for entry in old.pillar[0].practice[0].criterion[:3])
    following = newer(old)
    with Engagement.open(whole, write=True) as engagement:
        for criterion in (first, second, third):
            answer(engagement, "partly", criterion, application="crm")
        assert upgrade(engagement) is None
        before = journal.read(whole / JOURNAL)[0]
    later = content.model_copy(update={"questionnaires": {**content.questionnaires, ASKED: following}})
    with Engagement.open(whole, write=True, content=later) as engagement:
        assert engagement.questionnaire == old, "what was asked stays until somebody says otherwise"
        found = upgrade(engagement)
        assert found is not None
        engagement.ask(found.questionnaire, "upgrade", found.changes, BY)
    assert len(journal.read(whole / JOURNAL)[0]) == len(before) + 1
    assert kinds(whole) == []
    with Engagement.open(whole, content=later) as engagement:
        assert engagement.questionnaire == following
        answers = engagement.assessment.applications["crm"].answers
        assert answers == {f"{first}-now": Answer(value="partly"), third: Answer(value="partly", marked=True)}


def test_an_upgrade_after_which_nothing_would_open_is_refused(folder: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        plain = engagement.questionnaire.model_dump()
        fewer = Questionnaire.model_validate({**plain, "level": plain["level"][:2]})
        with pytest.raises(EngagementError, match="does not hold together"):
            engagement.ask(fewer, "upgrade", [], BY)
    with Engagement.open(folder) as engagement:
        assert engagement.questionnaire.top == 4


def test_an_upgrade_stopped_after_its_line_is_finished_on_opening(folder: Path) -> None:
    before = (folder / QUESTIONNAIRE).read_bytes()
    with Engagement.open(folder, write=True) as engagement:
        engagement.ask(engagement.questionnaire.model_copy(update={"version": "999"}), "upgrade", [], BY)
    after = (folder / QUESTIONNAIRE).read_bytes()
    (folder / QUESTIONNAIRE).write_bytes(before)
    (folder / ".questionnaire.next.toml").write_bytes(after)
    with Engagement.open(folder) as engagement:
        assert engagement.questionnaire.version == "999"
    Engagement.open(folder, write=True).close()
    assert (folder / QUESTIONNAIRE).read_bytes() == after
    assert kinds(folder) == []


def test_the_verbs_say_what_they_found(folder: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("verify", str(folder)).returncode == 0
    path = folder / "applications" / "pay.toml"
    path.write_text(path.read_text().replace("largely", "fully"))
    found = run("verify", str(folder), "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["findings"][0]["where"] == "applications/pay.toml"
    refused = run("answer", str(folder), CRITERION, "no")
    assert refused.returncode == 3
    assert "colonnade recover" in refused.stderr
    assert run("recover", str(folder), "--from", "journal").returncode == 0
    assert run("verify", str(folder)).returncode == 0
