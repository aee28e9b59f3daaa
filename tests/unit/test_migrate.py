"""What becomes of answers when a questionnaire moves on."""

from __future__ import annotations

import tomllib

import pytest

from questionnaires.load import CONTENT, Loaded, frozen_questionnaire
from questionnaires.migrate import Fate, Move, moves
from questionnaires.model import Questionnaire

EXAMPLE = (CONTENT.parent / "example.toml").read_text()


def questionnaire(text: str = EXAMPLE) -> Questionnaire:
    found = frozen_questionnaire(tomllib.loads(text), "example.toml")
    assert isinstance(found, Loaded), found
    return found.value


@pytest.fixture
def old() -> dict[str, str]:
    return questionnaire().digests


def test_the_same_questionnaire_changes_nothing(old: dict[str, str]) -> None:
    assert {move.fate for move in moves(old, questionnaire())} == {Fate.SAME}


def test_a_changed_question_is_told_apart(old: dict[str, str]) -> None:
    newer = questionnaire(EXAMPLE.replace("stop the change?", "stop the merge?"))
    assert {move.new: move.fate for move in moves(old, newer)} == {
        "build.tests.exist": Fate.SAME,
        "build.tests.block": Fate.CHANGED,
        "build.rules.written": Fate.SAME,
    }


def test_renames_are_followed_to_their_end(old: dict[str, str]) -> None:
    newer = questionnaire().model_copy(
        update={"renamed": {"build.tests.oldest": "build.tests.older", "build.tests.older": "build.tests.exist"}}
    )
    digests = {key: value for key, value in old.items() if key != "build.tests.exist"}
    digests["build.tests.oldest"] = old["build.tests.exist"]
    (move,) = [move for move in moves(digests, newer) if move.renamed]
    assert move == Move(Fate.SAME, "build.tests.oldest", "build.tests.exist")


def test_removed_and_new_are_said_with_reasons(old: dict[str, str]) -> None:
    newer = questionnaire().model_copy(update={"removed": {"build.tests.by-hand": "Nobody does."}})
    digests = {**old, "build.tests.by-hand": "0", "build.tests.forgotten": "0"}
    del digests["build.rules.written"]
    found = {(move.old, move.new): move for move in moves(digests, newer)}
    assert found["build.tests.by-hand", None].why == "Nobody does."
    assert "does not say" in found["build.tests.forgotten", None].why
    assert found[None, "build.rules.written"].fate is Fate.NEW


def test_circles_and_collisions_lose_nothing_silently(old: dict[str, str]) -> None:
    renamed = {"a.b.c": "a.b.d", "a.b.d": "a.b.c", "a.b.e": "build.tests.exist"}
    newer = questionnaire().model_copy(update={"renamed": renamed})
    found = moves({**old, "a.b.c": "0", "a.b.e": "0"}, newer)
    assert [move.old for move in found if move.fate is Fate.REMOVED] == ["a.b.c", "a.b.e"]
    assert next(move for move in found if move.new == "build.tests.exist").old == "build.tests.exist"
