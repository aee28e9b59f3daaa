"""What differs between applications: by application where they are few, by criterion where they are many."""

from __future__ import annotations

from reports import html
from reports.appendices import MANY
from scoring.assessment import Answer, Application
from tests.report_example import SHA, assessment, evidence, example


def applications(count: int) -> dict[str, Application]:
    """Each with a scan that challenges the common answer; every third answers a question in its own way."""
    own = {"build.tests.some": Answer(value="fully", note="Seen.")}
    return {
        f"a{n:02}": Application(
            id=f"a{n:02}", name=f"App {n:02}", tier="1", answers=own if n % 3 == 0 else {}, evidence={SHA: evidence()}
        )
        for n in range(count)
    }


def test_few_applications_list_what_differs_themselves() -> None:
    found = example(assessment(applications=applications(MANY))).snapshot().appendices
    assert not found.grouped
    assert [len(own.differing) for own in found.own] == [2 if n % 3 == 0 else 1 for n in range(MANY)]


def test_with_many_applications_every_answer_that_differs_stands_once_under_its_criterion() -> None:
    snapshot = example(assessment(applications=applications(MANY + 1))).snapshot()
    found = snapshot.appendices
    assert not any(own.differing for own in found.own)
    assert "2 answers that differ" in found.own[0].summary
    assert "1 answer that differs" in found.own[1].summary
    assert [(each.code, each.common) for each in found.grouped] == [("1.1.2a", "Largely"), ("1.2.2a", "Partly")]
    ((names, answer, remark, note),) = found.grouped[1].answers
    assert names == "App 00, App 03, App 06, App 09, App 12"
    assert (answer, remark, note) == ("Fully", "", "Seen.")
    ((names, _, remark, _),) = found.grouped[0].answers
    assert names == ", ".join(own.name for own in found.own)
    assert remark == "challenged: at most “Partly”"
    document = html.document(snapshot)
    assert "Gives the common answers throughout" not in document
    assert 'id="differing"' in document


def test_challenges_of_the_same_answer_by_the_same_evidence_stand_together() -> None:
    (one,) = example(assessment(applications=applications(1))).snapshot().standing.challenges
    assert (one.claims, one.where, one.names) == (1, "App 00", "")
    snapshot = example(assessment(applications=applications(7))).snapshot()
    (seven,) = snapshot.standing.challenges
    assert (seven.claims, seven.where) == (7, "7 applications")
    assert seven.names.startswith("App 00, App 01, ")
    assert seven.names.endswith("App 06")
    assert "7 claims are challenged by evidence" in " ".join(html.document(snapshot).split())


def test_another_answer_or_another_explanation_stands_apart() -> None:
    given = applications(3)
    explained = Answer(value="largely", reason="Another tool looks there.")
    given["a01"] = given["a01"].model_copy(update={"answers": {"build.gates.run": explained}})
    given["a02"] = given["a02"].model_copy(update={"answers": {"build.gates.run": Answer(value="fully")}})
    found = example(assessment(applications=given)).snapshot().standing.challenges
    assert [(each.where, each.claimed, each.explained) for each in found] == [
        ("App 00", "Largely", ""),
        ("App 01", "Largely", "Another tool looks there."),
        ("App 02", "Fully", ""),
    ]


def test_a_note_beside_a_challenged_common_answer_stands_with_the_application() -> None:
    given = applications(2)
    given["a01"] = given["a01"].model_copy(update={"answers": {"build.gates.run": Answer(note="Off in May.")}})
    found = example(assessment(applications=given)).snapshot().appendices.own[1].differing
    assert [(entry.answer, entry.note) for entry in found] == [("Largely", "Off in May.")]
