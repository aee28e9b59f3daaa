"""Earlier engagements taken up from every source, kept in ``history/``, and read back or left out by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter

from app.engagement import actions, attachment, dsomm, history, pack
from app.engagement import baseline as taking
from app.engagement.carry import Choice, Group
from app.engagement.checkpoint import ENGAGEMENT, JOURNAL, QUESTIONNAIRE, ROADMAP
from app.engagement.errors import EngagementError, UsageError
from app.engagement.folder import Engagement
from app.engagement.sources import of_pack, read_source
from questionnaires.dsomm_teams import progress_text
from scoring.assessment import Basis
from scoring.claims import judge
from scoring.evaluation import Evaluation, evaluate
from scoring.progress import Comparison, Kind, compare
from scoring.scores import Scorer
from scoring.waves import provisional
from tests.engagement_example import short

CONTENT = short()
FINANCIAL, DSOMM = "financial-devsecops", "owasp-dsomm"
CRITERION = "integrate.gates.pipeline-checks"
SHARED = "learn.people.training"
BY = "assessor"


def made(folder: Path, day: str = "2026-03-31", questionnaire: str = FINANCIAL) -> Engagement:
    """Two applications of two tiers."""
    assessment = actions.new_assessment(CONTENT, questionnaire, "Acme", date.fromisoformat(day))
    engagement = Engagement.create(folder, assessment, CONTENT.questionnaires[questionnaire], BY, CONTENT)
    for key, tier in (("pay", "1"), ("crm", "2")):
        engagement.apply(
            "application", actions.add_application(CONTENT, engagement.assessment, key, key.upper(), tier), BY
        )
    return engagement


def say(engagement: Engagement, criterion: str, value: str, **more: Any) -> None:
    changes = actions.answer(engagement.questionnaire, engagement.assessment, criterion, value, **more)
    engagement.apply("answer", changes, BY)


def evaluated(engagement: Engagement) -> Evaluation:
    return evaluate(engagement.content, Scorer(engagement.questionnaire), engagement.assessment)


def planned(engagement: Engagement) -> None:
    claims = judge(engagement.questionnaire, CONTENT.facts, engagement.assessment)
    engagement.store_plan(provisional(CONTENT, engagement.questionnaire, engagement.assessment, claims), BY)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """An engagement of March with answers and a plan, closed."""
    with made(tmp_path / "march") as engagement:
        say(engagement, CRITERION, "partly", note="Two teams.")
        say(engagement, CRITERION, "fully", application="pay", basis=Basis.EVIDENCE)
        say(engagement, SHARED, "no")
        planned(engagement)
    return tmp_path / "march"


@pytest.fixture
def today(tmp_path: Path) -> Path:
    with made(tmp_path / "september", "2026-09-30") as engagement:
        say(engagement, CRITERION, "largely", application="crm")
    return tmp_path / "september"


def take_up(engagement: Engagement, path: Path, **more: Any) -> taking.BaselinePlan:
    wanted = taking.plan(engagement, read_source(engagement, path), **more)
    return taking.apply(engagement, wanted, BY)


def names(engagement: Engagement) -> list[str]:
    return sorted(path.name for path in (engagement.folder / history.HISTORY).iterdir())


def packed(earlier: Path, tmp_path: Path) -> Path:
    path = tmp_path / "march.colonnade"
    path.write_bytes(pack.freeze(earlier, CONTENT))
    return path


def report(earlier: Path, tmp_path: Path, tier: str = "1") -> Path:
    """A PDF with what a report of the tier carries."""
    with Engagement.open(earlier, content=CONTENT) as engagement:
        data = attachment.baseline_toml(engagement, evaluated(engagement), tier)
    path = tmp_path / f"tier-{tier}.pdf"
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment(attachment.NAME, data)
    writer.write(path)
    return path


# ---- sources


def test_folder_and_pack_give_the_same_baseline(earlier: Path, today: Path, tmp_path: Path) -> None:
    with Engagement.open(today, content=CONTENT) as engagement, Engagement.open(earlier, content=CONTENT) as then:
        folder = read_source(engagement, earlier).baseline
        file = read_source(engagement, packed(earlier, tmp_path)).baseline
        assert folder.assessment == then.assessment
        assert folder.digests == then.questionnaire.digests
        assert folder.plan == then.plan is not None
        assert replace(file, label="") == replace(folder, label="")


def test_a_report_gives_its_tier_back_as_it_was(earlier: Path, today: Path, tmp_path: Path) -> None:
    with Engagement.open(today, content=CONTENT) as engagement, Engagement.open(earlier, content=CONTENT) as then:
        found = read_source(engagement, report(earlier, tmp_path)).baseline
        whole = read_source(engagement, earlier).baseline
        assert (found.tier, found.questionnaire, found.as_of) == ("1", None, date(2026, 3, 31))
        assert set(found.assessment.applications) == {"pay"}
        # Against the engagement that it is a report of, nothing has moved.
        same = compared(then, found)
        assert {entry.kind for entry in same.answers} == {Kind.UNCHANGED}
        assert {move.change for move in same.scores} == {0}
        assert same.items is not None
        assert {move.kind for move in same.items} == {"unchanged"}
        # Against today it says of its tier what the whole engagement says.
        part, all_of_it = compared(engagement, found), compared(engagement, whole)
        assert {(e.application, e.criterion, e.kind) for e in part.answers} == {
            (e.application, e.criterion, e.kind) for e in all_of_it.answers if e.application != "crm"
        }
        assert set(part.scores) == {move for move in all_of_it.scores if move.owner.tier == "1"}


def compared(engagement: Engagement, against: Any) -> Comparison:
    evaluation = evaluated(engagement)
    plan = engagement.plan or provisional(CONTENT, engagement.questionnaire, engagement.assessment, evaluation.claims)
    return compare(engagement.questionnaire, engagement.assessment, evaluation, plan, against)


def test_what_teams_said_comes_back_as_it_went_out(tmp_path: Path) -> None:
    with made(tmp_path / "teams", "2026-09-30", DSOMM) as engagement:
        first, second, *_ = engagement.questionnaire.criteria
        top = engagement.questionnaire.scale[-1].id
        say(engagement, first, top)
        say(engagement, second, engagement.questionnaire.scale[1].id, application="pay")
        out = dsomm.export(engagement.questionnaire, engagement.assessment)
        file = tmp_path / "team-progress.yaml"
        file.write_text(progress_text(out.progress, {}))
        source = read_source(engagement, file)
        assert source.teams == {"CRM": ("crm",), "PAY": ("pay",)}
        found = compared(engagement, source.baseline)
        assert {entry.kind for entry in found.answers} == {Kind.UNCHANGED}
        assert sum(entry.before is not None for entry in found.answers) == 3
        # The same file twice changes nothing, although the pack that is made of it names another moment.
        taken = taking.apply(engagement, taking.plan(engagement, source), BY)
        assert taken.kept == "2026-09-30.colonnade"
        head = engagement.head
        assert take_up(engagement, file).kept == taken.kept
        assert engagement.head == head


def test_a_team_is_mapped_or_not_imported_and_the_day_can_be_said(tmp_path: Path) -> None:
    with made(tmp_path / "teams", "2026-09-30", DSOMM) as engagement:
        uuid, criterion = next(iter(dsomm.require_activities(engagement.questionnaire).items()))
        state = engagement.questionnaire.scale[-1].name
        file = tmp_path / "team-progress.yaml"
        file.write_text(json.dumps({"progress": {uuid: {"Red": {state: "2026-01-31"}, "Blue": {state: "2026-02-28"}}}}))
        with pytest.raises(UsageError, match="no team"):
            read_source(engagement, file)
        source = read_source(engagement, file, teams=[("Red", "pay")])
        assert source.baseline.as_of == date(2026, 2, 28)
        assert source.teams == {"Red": ("pay",), "Blue": ()}
        assert set(source.baseline.assessment.applications) == {"pay"}
        assert criterion in source.baseline.assessment.applications["pay"].answers
        later = read_source(engagement, file, teams=[("Red", "pay")], as_of=date(2026, 6, 30))
        assert later.baseline.as_of == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path / "nothing.colonnade", "there is no such file"),
        (lambda path: path, "itself"),
        (lambda path: path.parent, "is not an engagement"),
        (lambda path: _written(path / "a.txt", b"hello"), "nothing that a baseline"),
        (lambda path: _written(path / "a.colonnade", b"PK\x03\x04 and no more"), "pack"),
        (lambda path: _written(path / "a.pdf", b"%PDF-1.7 and no more"), "no PDF"),
        (lambda path: _written(path / "a.toml", b"schema_version = 1\n"), "no baseline"),
        (lambda path: _written(path / "a.toml", b"\xff"), "no baseline"),
        (lambda path: _written(path / "team-progress.yaml", b"progress: {}"), "no DSOMM activities"),
    ],
)
def test_what_is_no_earlier_engagement_is_refused(today: Path, spoil: Callable[[Path], Path], message: str) -> None:
    path = spoil(today)
    with Engagement.open(today, content=CONTENT) as engagement, pytest.raises(EngagementError, match=message) as error:
        read_source(engagement, path)
    assert error.value.remedy


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_another_questionnaire_or_a_later_day_is_no_baseline(earlier: Path, today: Path, tmp_path: Path) -> None:
    made(tmp_path / "dsomm", questionnaire=DSOMM).close()
    with Engagement.open(today, content=CONTENT) as engagement, Engagement.open(earlier, content=CONTENT) as then:
        with pytest.raises(UsageError, match="asks 'owasp-dsomm'"):
            read_source(engagement, tmp_path / "dsomm")
        with pytest.raises(UsageError, match="after this engagement"):
            read_source(then, today)


def test_a_folder_that_was_changed_by_hand_is_refused(earlier: Path, today: Path) -> None:
    file = earlier / ENGAGEMENT
    file.write_text(file.read_text().replace('"partly"', '"fully"'))
    with Engagement.open(today, content=CONTENT) as engagement, pytest.raises(EngagementError, match="outside Colon"):
        read_source(engagement, earlier)


# ---- keeping


def test_a_source_is_kept_once_and_recorded(earlier: Path, today: Path, tmp_path: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        plan = taking.plan(engagement, read_source(engagement, earlier))
        assert (plan.kept, plan.done) == (None, False)
        assert not (engagement.folder / history.HISTORY).exists()
        assert take_up(engagement, earlier).kept == "2026-03-31.colonnade"
        head = engagement.head
        for again in (earlier, packed(earlier, tmp_path)):
            assert take_up(engagement, again).kept == "2026-03-31.colonnade"
        assert engagement.head == head
        assert names(engagement) == ["2026-03-31.colonnade"]
        data = (engagement.folder / history.HISTORY / "2026-03-31.colonnade").read_bytes()
        assert data == packed(earlier, tmp_path).read_bytes()
    with Engagement.open(today, content=CONTENT) as engagement:
        assert engagement.notices == ()
        (found,) = history.baselines(engagement)
        assert (found.label, found.as_of) == ("2026-03-31", date(2026, 3, 31))


def test_several_of_one_day_stand_beside_each_other(earlier: Path, today: Path, tmp_path: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        for source in (earlier, report(earlier, tmp_path), report(earlier, tmp_path, "2")):
            take_up(engagement, source)
        assert names(engagement) == ["2026-03-31-2.toml", "2026-03-31-3.toml", "2026-03-31.colonnade"]
        assert [(b.label, b.tier) for b in history.baselines(engagement)] == [
            ("2026-03-31", None),
            ("2026-03-31-2", "1"),
            ("2026-03-31-3", "2"),
        ]
        head = engagement.head
        take_up(engagement, report(earlier, tmp_path, "2"))
        assert engagement.head == head


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(path.read_bytes() + b" "), "not the file that was kept"),
        (lambda path: path.write_bytes(b""), "not the file that was kept"),
        (lambda path: (path.unlink(), path.mkdir()), "missing"),
    ],
)
def test_a_spoilt_baseline_is_left_out_by_name(
    earlier: Path, today: Path, tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        take_up(engagement, earlier)
        take_up(engagement, report(earlier, tmp_path))
        spoil(engagement.folder / history.HISTORY / "2026-03-31.colonnade")
        found = history.read(engagement)
        assert [entry.label for entry in found.baselines] == ["2026-03-31-2"]
        (line,) = found.left_out
        assert "2026-03-31.colonnade" in line
        assert says in line


def test_a_baseline_that_does_not_fit_any_more_is_left_out_by_name(earlier: Path, today: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        take_up(engagement, earlier)
        engagement.apply("set", actions.set_value(CONTENT, engagement.questionnaire, engagement.assessment,
                                                  "as-of", "2026-01-31"), BY)  # fmt: skip
        found = history.read(engagement)
        assert found.baselines == ()
        assert "after this engagement" in found.left_out[0]


@pytest.mark.parametrize(
    ("name", "kept"), [("2026-03-31-7.colonnade", "2026-03-31-7"), ("spring.colonnade", "2026-03-31")]
)
def test_an_unknown_file_is_named_and_can_be_taken_up(earlier: Path, today: Path, name: str, kept: str) -> None:
    """Where it lies, if it is called as a baseline is; else under such a name."""
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        path = engagement.folder / history.HISTORY / name
        path.parent.mkdir()
        path.write_bytes(pack.freeze(earlier, CONTENT))
        found = history.read(engagement)
        assert found.baselines == ()
        assert name in found.left_out[0]
        assert take_up(engagement, path).kept == f"{kept}.colonnade"
        assert names(engagement) == sorted({name, f"{kept}.colonnade"})
        assert [entry.label for entry in history.read(engagement).baselines] == [kept]


def test_a_disk_that_refuses_leaves_nothing_behind(earlier: Path, today: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        before = engagement.assessment

        def refuse(*_: object) -> None:
            raise EngagementError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(engagement, "_record", refuse)
            with pytest.raises(EngagementError, match="full"):
                take_up(engagement, earlier, choices={Group.MATCHED: Choice.FILL})
        assert engagement.assessment == before
        assert names(engagement) == []
        assert take_up(engagement, earlier).kept == "2026-03-31.colonnade"


def test_applications_under_other_ids_stay_matched(earlier: Path, today: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        engagement.apply("application", actions.remove_application(engagement.assessment, "pay"), BY)
        added = actions.add_application(CONTENT, engagement.assessment, "cards", "Cards", "1")
        engagement.apply("application", added, BY)
        plain = taking.plan(engagement, read_source(engagement, earlier))
        assert list(plain.applications) == [("crm", "2", "crm"), ("pay", "1", "pay")]
        taken = take_up(engagement, earlier, ids=[("pay", "cards")])
        assert list(taken.applications) == [("crm", "2", "crm"), ("pay", "1", "cards")]
        assert names(engagement) == ["2026-03-31.colonnade", "2026-03-31.ids.toml"]
        (found,) = history.baselines(engagement)
        assert set(found.assessment.applications) == {"crm", "cards"}
        head = engagement.head
        take_up(engagement, earlier, ids=[("pay", "cards")])
        assert engagement.head == head
        (engagement.folder / history.HISTORY / "2026-03-31.ids.toml").unlink()
        assert history.read(engagement).baselines == ()


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([("nobody", "pay")], "no known application of the baseline"),
        ([("pay", "nobody")], "no known application"),
        ([("pay", "crm")], "two applications"),
    ],
)
def test_ids_that_make_no_sense_are_refused(
    earlier: Path, today: Path, ids: list[tuple[str, str]], message: str
) -> None:
    with Engagement.open(today, content=CONTENT) as engagement, pytest.raises(UsageError, match=message):
        taking.plan(engagement, read_source(engagement, earlier), ids=ids)


def test_the_journal_says_when_answers_were_given(today: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        say(engagement, CRITERION, "no")
        entry = json.loads((today / JOURNAL).read_text().splitlines()[-1])
    days = history.last_changes(today)
    assert days[None, CRITERION].isoformat() == entry["at"][:10]
    assert set(days) == {(None, CRITERION), ("crm", CRITERION)}


# ---- carrying answers over


def test_answers_are_carried_over_as_chosen_in_one_step(earlier: Path, today: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        lines = (today / JOURNAL).read_bytes().count(b"\n")
        take_up(engagement, earlier, choices={Group.MATCHED: Choice.FILL})
        assert (today / JOURNAL).read_bytes().count(b"\n") == lines + 1
        assessment = engagement.assessment
    common, own = assessment.answers, assessment.applications
    origin = "Carried over from the assessment of 2026-03-31."
    assert (common[CRITERION].value, common[CRITERION].note) == ("partly", f"Two teams.\n\n{origin}")
    assert (common[SHARED].value, common[SHARED].note, common[SHARED].marked) == ("no", origin, False)
    # What evidence proved then is not proven today.
    carried = own["pay"].answers[CRITERION]
    assert (carried.value, carried.basis, carried.marked) == ("fully", None, True)
    assert "It rested on evidence of that time." in carried.note
    assert own["crm"].answers[CRITERION].value == "largely"


def test_without_a_choice_no_answer_moves(earlier: Path, today: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        before = engagement.assessment
        take_up(engagement, earlier)
        assert engagement.assessment.model_copy(update={"baselines": {}}) == before


def test_review_marks_and_the_journal_keeps_what_stood_there(earlier: Path, today: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        say(engagement, SHARED, "fully", note="Mine.")
        take_up(engagement, earlier, choices={Group.MATCHED: Choice.REVIEW}, pillars=["learn"])
        answer = engagement.assessment.answers[SHARED]
        assert (answer.value, answer.marked) == ("no", True)
        assert CRITERION not in engagement.assessment.answers  # of another pillar
    last = json.loads((today / JOURNAL).read_text().splitlines()[-1])
    (change,) = [entry for entry in last["set"] if entry["path"] == ["answers", SHARED]]
    assert change["from"] == {"value": "fully", "note": "Mine."}
    assert last["what"] == "baseline"


def test_one_application_takes_over_what_counted_for_it(earlier: Path, today: Path) -> None:
    with Engagement.open(today, write=True, content=CONTENT) as engagement:
        take_up(engagement, earlier, choices={Group.MATCHED: Choice.REVIEW}, applications=["crm"])
        assert engagement.assessment.answers == {}
        assert engagement.assessment.applications["crm"].answers[CRITERION].value == "partly"
        assert "pay" not in [key for key, app in engagement.assessment.applications.items() if app.answers]
        with pytest.raises(UsageError, match="no known pillar"):
            take_up(engagement, earlier, pillars=["nothing"])


def test_a_record_of_the_dsomm_application_survives_being_carried(tmp_path: Path) -> None:
    with made(tmp_path / "teams", "2026-09-30", DSOMM) as engagement:
        uuid, criterion = next(iter(dsomm.require_activities(engagement.questionnaire).items()))
        state = engagement.questionnaire.scale[-1].name
        file = tmp_path / "team-progress.yaml"
        file.write_text(json.dumps({"progress": {uuid: {"pay": {state: "2026-01-31"}}}}))
        take_up(engagement, file, choices={Group.MATCHED: Choice.FILL})
        text, record = dsomm.split_note(engagement.assessment.applications["pay"].answers[criterion].note)
        assert text == "Carried over from the assessment of 2026-01-31."
        assert record is not None
        assert record.team == "pay"


# ---- hostile or older packs


def files_of(earlier: Path) -> dict[str, bytes]:
    return pack.contents(pack.freeze(earlier, CONTENT), "march")


def test_a_pack_without_results_is_scored_from_its_answers(earlier: Path) -> None:
    files = files_of(earlier)
    kept = of_pack(files, "march", CONTENT).results
    del files[pack.RESULTS]
    assert of_pack(files, "march", CONTENT).results == kept


def test_the_journal_of_a_pack_counts_before_its_checkpoint(earlier: Path) -> None:
    files = files_of(earlier)
    files[ENGAGEMENT] = files[ENGAGEMENT].replace(b'"partly"', b'"fully"')
    assert of_pack(files, "march", CONTENT).assessment.answers[CRITERION].value == "partly"
    del files[JOURNAL]
    assert of_pack(files, "march", CONTENT).assessment.answers[CRITERION].value == "fully"


def test_a_plan_that_is_not_the_recorded_one_is_none(earlier: Path) -> None:
    files = files_of(earlier)
    assert of_pack(files, "march", CONTENT).plan is not None
    files[ROADMAP] = files[ROADMAP].replace(b'solver = "greedy"', b'solver = "guess"')
    assert of_pack(files, "march", CONTENT).plan is None


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (pack.RESULTS, b'high = "4"', b'high = "' + b"9" * 900 + b'"', "beyond every scale"),
        (pack.RESULTS, b'rules = "1"', b"rules = 1", "no results"),
        (QUESTIONNAIRE, b'id = "integrate.gates.', b'id = "other.gates.', "no practice"),
        (QUESTIONNAIRE, b"schema_version", b"schema", "no questionnaire"),
        (JOURNAL, b'"tier":"2"', b'"tier":"9"', "outside Colonnade"),
    ],
)
def test_a_pack_that_says_what_cannot_be_is_refused(
    earlier: Path, name: str, old: bytes, new: bytes, message: str
) -> None:
    files = files_of(earlier)
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    with pytest.raises(EngagementError, match=message) as error:
        of_pack(files, "march", CONTENT)
    assert error.value.remedy


def test_a_file_without_end_is_not_read_to_its_end(today: Path, tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with open(path, "wb") as file:
        file.truncate(attachment.MAX_BYTES + 1)
    with Engagement.open(today, content=CONTENT) as engagement, pytest.raises(EngagementError, match="more than"):
        read_source(engagement, path)
