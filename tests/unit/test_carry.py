"""Which carried answers are marked for review, and what their notes say."""

from __future__ import annotations

import pytest

from app.engagement import carry
from app.engagement.attachment import UNSAID
from app.engagement.carry import Choice, Group
from scoring.assessment import Answer, Basis
from tests.progress_example import THEN, assessment, baseline, questionnaire

OLDER = questionnaire()
NEWER = questionnaire(
    {"a.app.two": 2, "a.more.renamed": 2, "b.org.two": 2},
    {"a.app.two": "Asked otherwise?", "a.more.renamed": "two?"},
    renamed={"a.more.two": "a.more.renamed"},
)
ORIGIN = "Carried over from the assessment of 2026-03-31."


def carried(criterion: str, theirs: Answer, choice: Choice = Choice.FILL) -> tuple[Group, dict[str, object]]:
    """The group and the new answer, where only this one was answered then and nothing is today."""
    earlier = baseline(OLDER, assessment(as_of=THEN).model_copy(update={"answers": {criterion: theirs}}))
    (found,) = carry.candidates(NEWER, assessment(), earlier)
    choices = {found.group: choice}
    (change,) = carry.changes(carry.chosen([found], choices), choices, earlier)
    return found.group, change.to


@pytest.mark.parametrize(
    ("criterion", "theirs", "group", "expected"),
    [
        pytest.param(
            "b.org.two",
            Answer(value="fully", basis=Basis.DOCUMENT, note="Seen."),
            Group.MATCHED,
            {"value": "fully", "basis": "document", "note": f"Seen.\n\n{ORIGIN}"},
            id="as it was",
        ),
        pytest.param(
            "b.org.two",
            Answer(value="fully", marked=True),
            Group.MATCHED,
            {"value": "fully", "note": ORIGIN, "marked": True},
            id="marked then",
        ),
        pytest.param(
            "b.org.two",
            Answer(value="fully", basis=Basis.EVIDENCE),
            Group.MATCHED,
            {"value": "fully", "note": f"{ORIGIN} It rested on evidence of that time.", "marked": True},
            id="proven then",
        ),
        pytest.param(
            "b.org.two",
            Answer(value="not-applicable", reason="It has none."),
            Group.MATCHED,
            {"value": "not-applicable", "reason": "It has none.", "note": ORIGIN},
            id="not applicable",
        ),
        pytest.param(
            "b.org.two",
            Answer(value="not-applicable", reason=UNSAID),
            Group.MATCHED,
            {"value": "not-applicable", "reason": UNSAID, "note": ORIGIN, "marked": True},
            id="not applicable, for a reason that a report does not tell",
        ),
        pytest.param(
            "a.more.two", Answer(value="no"), Group.RENAMED, {"value": "no", "note": ORIGIN}, id="a renamed question"
        ),
        pytest.param(
            "a.app.two",
            Answer(value="no"),
            Group.QUESTION_CHANGED,
            {"value": "no", "note": f"{ORIGIN} The question has changed since.", "marked": True},
            id="a changed question",
        ),
    ],
)
def test_what_an_answer_becomes(criterion: str, theirs: Answer, group: Group, expected: dict[str, object]) -> None:
    assert carried(criterion, theirs) == (group, expected)


def test_review_marks_every_answer() -> None:
    _, answer = carried("b.org.two", Answer(value="no"), Choice.REVIEW)
    assert answer["marked"] is True


@pytest.mark.parametrize("theirs", [Answer(note="Only a note."), Answer(value="not-applicable"), Answer(value="gone")])
def test_what_counted_as_unanswered_is_not_carried(theirs: Answer) -> None:
    earlier = baseline(OLDER, assessment(as_of=THEN).model_copy(update={"answers": {"b.org.two": theirs}}))
    assert carry.candidates(NEWER, assessment(), earlier) == ()
