"""What a user can do, as changes: several answers at once, notes before answers, taking things out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from app.engagement import actions, state
from app.engagement.errors import EngagementError, UsageError
from app.engagement.journal import Change
from questionnaires.load import shipped
from questionnaires.model import Questionnaire, Scope
from scoring.assessment import Answer, Assessment, Basis, Evidence, Records, answer_of

QUESTIONNAIRE = shipped().questionnaires["financial-devsecops"]
COMMON = next(key for key in QUESTIONNAIRE.criteria if QUESTIONNAIRE.scope_of(key) is Scope.APPLICATION)
ONCE = next(key for key in QUESTIONNAIRE.criteria if QUESTIONNAIRE.scope_of(key) is Scope.ORGANISATION)


@pytest.fixture
def questionnaire() -> Questionnaire:
    return QUESTIONNAIRE


def after(assessment: Assessment, changes: Sequence[Change]) -> Assessment:
    for change in changes:
        assessment = state.changed(assessment, change)
    return assessment


@pytest.fixture
def assessment() -> Assessment:
    content = shipped()
    found = actions.new_assessment(content, QUESTIONNAIRE.id, "Northgate Clearing", date(2026, 9, 30))
    for key in ("payments", "wiki"):
        found = after(found, actions.add_application(content, found, key, key.title(), "1"))
    return found


def test_several_answers_are_one_step_or_none(questionnaire: Questionnaire, assessment: Assessment) -> None:
    wanted = [(None, COMMON, "fully"), ("payments", COMMON, "no"), ("wiki", COMMON, "not-applicable")]
    found = after(assessment, actions.answer_each(questionnaire, assessment, wanted, reason="Static pages"))
    assert found.answers[COMMON].value == "fully"
    assert found.applications["payments"].answers[COMMON].value == "no"
    assert found.applications["wiki"].answers[COMMON].reason == "Static pages"
    with pytest.raises(UsageError, match="once for the organisation"):
        actions.answer_each(questionnaire, assessment, [*wanted, ("wiki", ONCE, "no")])


def test_a_note_and_a_mark_come_before_the_answer_and_go_without_a_trace(
    questionnaire: Questionnaire, assessment: Assessment
) -> None:
    noted = after(assessment, actions.amend(questionnaire, assessment, COMMON, note="Ask Monday", application="wiki"))
    assert noted.applications["wiki"].answers[COMMON] == Answer(note="Ask Monday")
    marked = after(noted, actions.amend(questionnaire, noted, COMMON, marked=True, application="wiki"))
    assert marked.applications["wiki"].answers[COMMON] == Answer(note="Ask Monday", marked=True)
    bare = after(marked, actions.amend(questionnaire, marked, COMMON, note="", marked=False, application="wiki"))
    assert COMMON not in bare.applications["wiki"].answers


def test_a_note_and_a_mark_beside_a_common_answer_leave_it_the_common_one(
    questionnaire: Questionnaire, assessment: Assessment
) -> None:
    common = after(assessment, actions.answer(questionnaire, assessment, COMMON, "fully", basis=Basis.DOCUMENT))
    places = [("wiki", COMMON), ("payments", COMMON)]
    found = after(common, actions.amend_each(questionnaire, common, places, note="Here too", marked=True))
    wiki = found.applications["wiki"]
    assert (
        wiki.answers[COMMON] == found.applications["payments"].answers[COMMON] == Answer(note="Here too", marked=True)
    )
    assert answer_of(found.answers, wiki, COMMON) is found.answers[COMMON]
    bare = after(found, actions.amend(questionnaire, found, COMMON, note="", marked=False, application="wiki"))
    assert COMMON not in bare.applications["wiki"].answers


@pytest.mark.parametrize("given", [{"basis": Basis.INTERVIEW}, {"reason": "Theirs"}])
def test_a_basis_or_a_reason_takes_the_common_answer_over(
    questionnaire: Questionnaire, assessment: Assessment, given: dict[str, Any]
) -> None:
    answered = actions.answer(questionnaire, assessment, COMMON, "fully", basis=Basis.DOCUMENT, reason="Seen", note="x")
    common = after(assessment, answered)
    noted = after(common, actions.amend(questionnaire, common, COMMON, note="Here too", application="wiki"))
    found = after(noted, actions.amend(questionnaire, noted, COMMON, application="wiki", **given))
    own = Answer(value="fully", basis=Basis.DOCUMENT, reason="Seen", note="Here too").model_copy(update=given)
    assert found.applications["wiki"].answers[COMMON] == own


def test_an_application_and_an_export_are_taken_out(assessment: Assessment) -> None:
    export = Evidence(
        sha256="a" * 64, path="x", bytes=1, format="f", tool="t", records=Records(unit="run", raw=0, open=0, distinct=0)
    )
    for owner in (None, "wiki"):
        held = after(assessment, actions.add_evidence(owner, export))
        assert after(held, actions.remove_evidence(held, owner, export.sha256)) == assessment
        with pytest.raises(UsageError, match="no known export"):
            actions.remove_evidence(assessment, owner, export.sha256)
    assert "wiki" not in after(assessment, actions.remove_application(assessment, "wiki")).applications
    with pytest.raises(UsageError, match="Did you mean 'wiki'"):
        actions.remove_application(assessment, "wikii")
    with pytest.raises(UsageError, match="Did you mean 'wiki'"):
        actions.remove_evidence(assessment, "wikii", export.sha256)


def test_changes_in_a_row_see_each_other_and_say_what_stood_before(assessment: Assessment) -> None:
    def own(key: str, value: str) -> Change:
        return Change(("applications", key, "answers", COMMON), {"value": value})

    common = Change(("answers", COMMON), {"value": "no"})
    row = [own("wiki", "no"), own("wiki", "no"), common, own("wiki", "fully"), own("payments", "partly")]
    found, known = state.applied(assessment, row)
    assert found.applications["wiki"].answers[COMMON].value == "fully"
    assert found.applications["payments"].answers[COMMON].value == "partly"
    assert [change.before for change in known] == [None, None, {"value": "no"}, None]
    back = [Change(change.path, change.before, change.to) for change in reversed(known)]
    assert state.applied(found, back)[0] == assessment

    gone = Change(("applications", "wiki"), None)
    with pytest.raises(EngagementError, match=r"does not fit: no place"):
        state.applied(assessment, [own("wiki", "no"), gone, own("wiki", "no")])
    assert "wiki" not in state.applied(assessment, [own("wiki", "no"), gone])[0].applications
