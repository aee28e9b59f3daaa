"""Two copies of one engagement: what is taken over, what is asked, what is refused."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.engagement import actions, history, journal, merge, pack
from app.engagement.checkpoint import JOURNAL
from app.engagement.errors import EngagementError, UsageError
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from app.engagement.merge import Merge, Relation, Take, Where
from app.engagement.verify import verify
from scoring.assessment import Evidence, Records
from scoring.roadmap import Plan
from tests.engagement_example import BY, GATES, PEOPLE, create
from tests.sealed_example import cheaply_sealed

SHA = "ab" * 32
STOP = "integrate.gates.critical-stop"


class Copies:
    """Two folders of one engagement."""

    def __init__(self, mine: Path, theirs: Path) -> None:
        self.mine, self.theirs = mine, theirs

    def here(self, *changes: Change) -> None:
        _apply(self.mine, changes, "mia")

    def there(self, *changes: Change) -> None:
        _apply(self.theirs, changes, "theo")

    def merge(self) -> Merge:
        with Engagement.open(self.mine) as engagement:
            return merge.merge(engagement, merge.copy_of(self.theirs))

    def apply(self, **takes: Take) -> int:
        return _merged(self.mine, self.theirs, takes)

    def current(self, *path: str) -> Any:
        with Engagement.open(self.mine) as engagement:
            node: Any = engagement.assessment.model_dump(mode="json", exclude_defaults=True)
        for step in path:
            node = node.get(step) if node is not None else None
        return node


def _apply(folder: Path, changes: Sequence[Change], by: str) -> None:
    with Engagement.open(folder, write=True) as engagement:
        engagement.apply("change", changes, by)


def _merged(mine: Path, theirs: Path, takes: dict[str, Take] | None = None, every: Take | None = None) -> int:
    with Engagement.open(mine, write=True) as engagement:
        found = merge.merge(engagement, merge.copy_of(theirs))
        choices = merge.decided(found, list((takes or {}).items()))
        if every is not None:
            choices = {place.path: every for place in found.conflicts}
        return merge.apply(engagement, found, choices, BY)


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    mine = create(tmp_path / "mine")
    shutil.copytree(mine, tmp_path / "theirs")
    return Copies(mine, tmp_path / "theirs")


def said(value: str, criterion: str = GATES, application: str | None = "pay", **more: Any) -> Change:
    path: Where = ("answers", criterion) if application is None else ("applications", application, "answers", criterion)
    return Change(path, {"value": value, **more})


def names(places: Sequence[merge.Place]) -> list[str]:
    return [place.name for place in places]


# ---- how the copies stand to each other


def test_how_two_copies_stand_to_each_other(copies: Copies, tmp_path: Path) -> None:
    assert copies.merge().relation is Relation.IDENTICAL
    copies.there(said("fully"))
    assert copies.merge().relation is Relation.AHEAD
    assert Copies(copies.theirs, copies.mine).merge().relation is Relation.BEHIND
    copies.here(said("no", STOP))
    found = copies.merge()
    assert found.relation is Relation.DIVERGED
    assert (found.base.number, found.mine.number, found.theirs.number) == (4, 5, 5)


def test_other_engagements_are_refused(copies: Copies, tmp_path: Path) -> None:
    other = create(tmp_path / "other")
    with pytest.raises(UsageError, match="no copy of this engagement"):
        Copies(copies.mine, other).merge()
    lines = (copies.theirs / JOURNAL).read_bytes().split(b"\n")
    (copies.theirs / JOURNAL).write_bytes(b"\n".join([*lines[:2], *lines[3:]]))
    with pytest.raises(EngagementError, match="changed outside"):
        copies.merge()
    (copies.theirs / JOURNAL).write_bytes(b"")
    with pytest.raises(EngagementError, match="no whole line"):
        copies.merge()
    (copies.theirs / JOURNAL).unlink()
    with pytest.raises(EngagementError, match="missing"):
        copies.merge()


# ---- what is taken over


def test_what_only_they_changed_is_taken_in_one_entry(copies: Copies) -> None:
    copies.here(said("fully", STOP))
    copies.there(said("fully", note="done"), said("no", PEOPLE, None), Change(("capacity",), 90))
    head = copies.merge().theirs.hash
    assert copies.apply() == 3
    assert copies.current("applications", "pay", "answers", GATES) == {"value": "fully", "note": "done"}
    assert copies.current("applications", "pay", "answers", STOP) == {"value": "fully"}
    assert copies.current("answers", PEOPLE) == {"value": "no"}
    assert copies.current("capacity") == 90
    entries, _ = journal.read(copies.mine / JOURNAL)
    assert (len(entries), entries[-1].what, entries[-1].by) == (6, f"merge {head}", BY)
    assert verify(copies.mine).findings == ()


def test_the_same_on_both_sides_is_nothing(copies: Copies) -> None:
    for side in (copies.here, copies.there):
        side(said("fully"), Change(("applications", "new"), {"id": "new", "name": "New", "tier": "1"}))
        side(Change(("applications", "crm"), None))
    found = copies.merge()
    assert (found.relation, found.taken, found.conflicts) == (Relation.DIVERGED, (), ())
    assert copies.apply() == 0
    assert len(journal.read(copies.mine / JOURNAL)[0]) == 6


def test_what_they_took_back_is_taken_back(copies: Copies) -> None:
    copies.there(Change(("applications", "pay", "answers", GATES), None), Change(("applications", "crm"), None))
    copies.apply()
    assert copies.current("applications") == {"pay": {"id": "pay", "name": "PAY", "tier": "1"}}


def test_each_entry_of_a_list_is_a_place_of_its_own(copies: Copies) -> None:
    attributes = ("applications", "pay", "attributes")
    copies.here(Change(("assessors",), ["A", "B"]), Change(attributes, ["internet-facing", "pci"]))
    copies.there(Change(("assessors",), ["A", "C"]), Change(attributes, ["client-data"]))
    _merged(copies.mine, copies.theirs)
    assert copies.current("assessors") == ["A", "B", "C"]
    assert copies.current(*attributes) == ["client-data", "internet-facing", "pci"]
    copies.here(Change(("assessors",), ["B", "C"]))
    copies.there(Change(("assessors",), ["A", "C", "D"]))
    copies.apply()
    assert copies.current("assessors") == ["B", "C", "D"]


def test_the_same_export_from_two_folders_is_one(copies: Copies) -> None:
    def export(path: str, sha: str = SHA) -> Change:
        found = Evidence(
            sha256=sha,
            path=path,
            bytes=1,
            format="sarif",
            tool="x",
            records=Records(unit="run", raw=1, open=1, distinct=1),
        )
        return actions.add_evidence("pay", found)[0]

    copies.here(export("here/a.json"))
    copies.there(export("there/a.json"), export("b.json", "cd" * 32))
    found = copies.merge()
    assert names(found.taken) == [f"applications/pay/evidence/{'cd' * 32}"]
    assert found.conflicts == ()
    copies.apply()
    assert copies.current("applications", "pay", "evidence", SHA)["path"] == "here/a.json"


def test_the_plan_is_never_merged(copies: Copies) -> None:
    with Engagement.open(copies.theirs, write=True) as engagement:
        engagement.apply("plan", [Change(("decisions", "a/2/tier-1"), {"lane": "drop", "reason": "r"})], BY)
        engagement.store_plan(Plan("none", engagement.assessment.capacity, (), ()), BY)
    assert names(copies.merge().taken) == ["decisions/a/2/tier-1"]
    copies.apply()
    assert copies.current("plan_sha256") is None


def test_a_baseline_comes_with_its_file_or_not_at_all(copies: Copies, tmp_path: Path) -> None:
    earlier = create(tmp_path / "earlier")
    with Engagement.open(earlier, write=True) as engagement:
        engagement.apply("set", [Change(("as_of",), "2026-03-31")], BY)
    with Engagement.open(copies.theirs, write=True) as engagement:
        kept = history.keep(engagement, earlier, BY)
    for with_history in (False, True):
        path = tmp_path / "theirs.colonnade"
        path.write_bytes(pack.freeze(copies.theirs, with_history=with_history))
        copies.there(said("fully" if with_history else "no"))
        path.write_bytes(pack.freeze(copies.theirs, with_history=with_history))
        with Engagement.open(copies.mine, write=True) as engagement:
            found = merge.merge(engagement, merge.copy_of(path))
            merge.apply(engagement, found, {}, BY)
        assert ("file does not come along" in "".join(found.left_out)) is not with_history
        assert (copies.mine / "history" / kept.name).exists() is with_history
        assert verify(copies.mine).findings == ()
    assert copies.current("baselines") is not None


# ---- conflicts


def test_a_conflict_shows_both_sides_with_who_and_when(copies: Copies) -> None:
    copies.here(said("no", note="n"))
    copies.there(said("fully"))
    found = copies.merge()
    (place,) = found.conflicts
    assert place.path == ("applications", "pay", "answers", GATES)
    assert place.base == {"value": "largely", "basis": "document", "note": "seen"}
    assert (place.mine.value, place.mine.by) == ({"value": "no", "note": "n"}, "mia")
    assert (place.theirs.value, place.theirs.by) == ({"value": "fully"}, "theo")
    assert (place.mine.at, place.theirs.at) == (found.mine.at, found.theirs.at)
    assert found.taken == ()


def test_nothing_happens_before_every_conflict_is_decided(copies: Copies) -> None:
    copies.here(said("no"), said("no", PEOPLE, None))
    copies.there(said("fully"), said("fully", PEOPLE, None), said("fully", STOP))
    before = (copies.mine / JOURNAL).read_bytes()
    with pytest.raises(UsageError, match=r"conflicts without a decision \(2\)"):
        copies.apply()
    with pytest.raises(UsageError, match=r"conflicts without a decision \(1\)"):
        _merged(copies.mine, copies.theirs, {f"answers/{PEOPLE}": Take.MINE})
    assert (copies.mine / JOURNAL).read_bytes() == before
    takes = {"applications/pay": Take.THEIRS, f"answers/{PEOPLE}": Take.MINE}
    assert _merged(copies.mine, copies.theirs, takes) == 2
    assert copies.current("applications", "pay", "answers") == {GATES: {"value": "fully"}, STOP: {"value": "fully"}}
    assert copies.current("answers", PEOPLE) == {"value": "no"}


def test_the_longest_place_decides_and_an_unknown_one_is_told(copies: Copies) -> None:
    copies.here(said("no"), said("no", STOP))
    copies.there(said("fully"), said("fully", STOP))
    path = f"applications/pay/answers/{GATES}"
    choices = merge.decided(copies.merge(), [(path, Take.THEIRS), ("applications/pay/", Take.MINE)])
    assert choices[*path.split("/")] is Take.THEIRS
    assert sorted(choices.values()) == [Take.MINE, Take.THEIRS]
    for wrong in ("applications/pa", "answers", ""):
        with pytest.raises(UsageError, match="no conflict"):
            merge.decided(copies.merge(), [(wrong, Take.MINE)])


@pytest.mark.parametrize(("take", "name"), [(Take.MINE, "Mine"), (Take.THEIRS, "Theirs")])
def test_an_application_that_both_added(copies: Copies, take: Take, name: str) -> None:
    def added(name: str, criterion: str) -> Change:
        raw = {"id": "new", "name": name, "tier": "1", "answers": {criterion: {"value": "fully"}}}
        return Change(("applications", "new"), raw)

    copies.here(added("Mine", GATES))
    copies.there(added("Theirs", STOP))
    found = copies.merge()
    assert names(found.conflicts) == ["applications/new/name"]
    assert names(found.taken) == [f"applications/new/answers/{STOP}"]
    _merged(copies.mine, copies.theirs, every=take)
    assert copies.current("applications", "new", "name") == name
    assert copies.current("applications", "new", "answers").keys() == {GATES, STOP}


@pytest.mark.parametrize("take", list(Take))
@pytest.mark.parametrize("removed_here", [True, False])
def test_an_application_removed_on_one_side_and_changed_on_the_other(
    copies: Copies, take: Take, removed_here: bool
) -> None:
    remove, change = (copies.here, copies.there) if removed_here else (copies.there, copies.here)
    remove(Change(("applications", "pay"), None))
    change(said("fully", STOP))
    found = copies.merge()
    assert names(found.conflicts) == ["applications/pay"]
    assert (found.conflicts[0].mine.value is None) is removed_here
    assert (found.conflicts[0].theirs.value is None) is not removed_here
    _merged(copies.mine, copies.theirs, every=take)
    stays = (take is Take.MINE) is not removed_here
    assert (copies.current("applications", "pay") is not None) is stays
    if stays:
        assert copies.current("applications", "pay", "answers").keys() == {GATES, STOP}


def test_ids_that_look_like_fields_are_no_fields(copies: Copies) -> None:
    keys = ("assessors", "attributes", "evidence")
    for key in keys:
        copies.here(Change(("applications", key), {"id": key, "name": "A", "tier": "1"}))
        copies.there(Change(("applications", key), {"id": key, "name": "B", "tier": "1"}))
    assert names(copies.merge().conflicts) == [f"applications/{key}/name" for key in keys]
    _merged(copies.mine, copies.theirs, every=Take.THEIRS)
    for key in keys:
        copies.here(Change(("applications", key), None))
        copies.there(said("fully", application=key))
    assert names(copies.merge().conflicts) == [f"applications/{key}" for key in keys]


def test_another_questionnaire_on_one_side_is_refused(copies: Copies) -> None:
    with Engagement.open(copies.theirs, write=True) as engagement:
        newer = engagement.questionnaire.model_copy(update={"version": "99.0"})
        engagement.ask(newer, "upgrade", [], BY)
    for pair in (copies, Copies(copies.theirs, copies.mine)):
        with pytest.raises(UsageError, match="another version of the questionnaire"):
            pair.merge()


@pytest.mark.parametrize(
    "change",
    [
        Change(("applications", "x"), {"id": "x", "name": "X", "tier": "nine"}),
        Change(("targets", "1", "integrate"), 77),
        Change(("applications", "con"), {"id": "con", "name": "X", "tier": "1"}),
    ],
)
def test_what_this_engagement_could_not_open_is_not_taken(copies: Copies, change: Change) -> None:
    copies.there(change)
    with pytest.raises(EngagementError, match=r"names|asks for"):
        copies.merge()


def test_a_journal_that_holds_but_makes_no_sense_is_named(copies: Copies) -> None:
    entries, _ = journal.read(copies.theirs / JOURNAL)
    _, line = journal.make(entries[-1], "x", "set", [Change((), {"applications": 5})])
    with open(copies.theirs / JOURNAL, "ab") as file:
        file.write(line)
    with pytest.raises(EngagementError) as error:
        copies.merge()
    assert str(copies.theirs) in error.value.where


# ---- again and again


def test_a_decision_is_not_asked_for_twice(copies: Copies) -> None:
    copies.here(said("no"))
    copies.there(said("fully"), said("no", PEOPLE, None))
    _merged(copies.mine, copies.theirs, every=Take.MINE)
    assert copies.merge().relation is Relation.BEHIND
    assert copies.merge().conflicts == copies.merge().taken == ()
    copies.there(said("partly", PEOPLE, None))
    found = copies.merge()
    assert (names(found.taken), found.conflicts) == ([f"answers/{PEOPLE}"], ())
    copies.there(said("partly"))
    assert names(copies.merge().conflicts) == [f"applications/pay/answers/{GATES}"]


def test_a_decision_for_what_stands_here_is_kept_too(copies: Copies) -> None:
    """It changes nothing, and still nobody is asked again."""
    copies.here(said("no"))
    copies.there(said("fully"))
    assert _merged(copies.mine, copies.theirs, every=Take.MINE) == 0
    assert copies.merge().conflicts == ()
    assert verify(copies.mine).findings == ()


def test_both_merge_in_turn_and_become_the_same(copies: Copies) -> None:
    copies.here(said("no"), Change(("capacity",), 10))
    copies.there(said("fully"), said("no", PEOPLE, None))
    _merged(copies.mine, copies.theirs, every=Take.MINE)
    back = Copies(copies.theirs, copies.mine)
    assert back.merge().conflicts == ()
    back.apply()
    with Engagement.open(copies.mine) as mine, Engagement.open(copies.theirs) as theirs:
        assert mine.assessment == theirs.assessment
    assert copies.merge().taken == copies.merge().conflicts == ()
    copies.there(said("partly"))
    assert names(copies.merge().taken) == [f"applications/pay/answers/{GATES}"]


def test_who_decided_differently_without_the_others_merge_is_asked(copies: Copies, tmp_path: Path) -> None:
    copies.here(said("no"), said("no", STOP))
    copies.there(said("fully"), said("no", PEOPLE, None))
    old = tmp_path / "old"
    shutil.copytree(copies.mine, old)
    _merged(copies.mine, copies.theirs, every=Take.MINE)
    _merged(copies.theirs, old, every=Take.MINE)
    assert names(copies.merge().conflicts) == [f"applications/pay/answers/{GATES}"]


# ---- the verb


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["colonnade", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        main()
    printed = capsys.readouterr()
    return int(exit_.value.code or 0), printed.out, printed.err


def test_the_verb_shows_then_does(
    copies: Copies, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copies.here(said("no"))
    copies.there(said("fully"), said("no", PEOPLE, None, note="\x1b[2J"))
    place = f"applications/pay/answers/{GATES}"
    code, out, _ = run(monkeypatch, capsys, "merge", copies.mine, copies.theirs)
    assert code == 1
    assert "1 to take over, 1 to decide" in out
    assert "mia" in out
    assert "theo" in out
    assert "\x1b" not in out
    code, out, _ = run(monkeypatch, capsys, "merge", copies.mine, copies.theirs, "--json")
    found = json.loads(out)
    assert (code, found["relation"], found["applied"]) == (1, "diverged", False)
    assert found["conflicts"][0]["place"] == place
    assert found["conflicts"][0]["theirs"] == {
        "value": {"value": "fully"},
        "by": "theo",
        "at": found["conflicts"][0]["theirs"]["at"],
    }
    code, _, err = run(monkeypatch, capsys, "merge", copies.mine, copies.theirs, "--apply")
    assert code == 2
    assert "--take" in err
    code, _, err = run(monkeypatch, capsys, "merge", copies.mine, copies.theirs, "--take", "x")
    assert (code, "is no decision" in err) == (2, True)
    code, out, _ = run(
        monkeypatch, capsys, "merge", copies.mine, copies.theirs, "--apply", "--take", f"{place}=theirs", "--as", "Kim"
    )
    assert code == 0
    assert "2 places changed" in out
    assert copies.current("applications", "pay", "answers", GATES) == {"value": "fully"}


def test_a_pack_is_a_copy_too(copies: Copies, tmp_path: Path) -> None:
    copies.there(said("fully"))
    path = tmp_path / "a.colonnade"
    path.write_bytes(cheaply_sealed(pack.freeze(copies.theirs), "words"))
    with Engagement.open(copies.mine, write=True) as engagement:
        found = merge.merge(engagement, merge.copy_of(path, "words"))
        assert merge.apply(engagement, found, {}, BY) == 1
    assert copies.current("applications", "pay", "answers", GATES) == {"value": "fully"}


def test_a_merge_that_cannot_be_written_changes_nothing(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> None:
    copies.there(Change(("as_of",), date(2026, 10, 1).isoformat()))

    def full(*_: object) -> None:
        raise EngagementError("cannot be written")

    monkeypatch.setattr(journal, "append", full)
    with pytest.raises(EngagementError, match="cannot be written"):
        copies.apply()
    assert copies.current("as_of") == "2026-09-30"
