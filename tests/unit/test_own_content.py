"""A firm's own questionnaire is picked up; a broken one is said and hides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app import content
from app.engagement import actions
from app.engagement.folder import Engagement
from questionnaires.load import CONTENT

GOOD = CONTENT.parent / "example.toml"
"""The documented example of a firm's own questionnaire."""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "content"
    (folder / "firm-own").mkdir(parents=True)
    monkeypatch.setenv(content.VARIABLE, str(folder))
    yield folder
    content._available.cache_clear()


def test_own_questionnaires_stand_beside_what_ships(own: Path, tmp_path: Path) -> None:
    (own / "firm-own" / "questionnaire.toml").write_text(GOOD.read_text())
    found = content.available()
    assert found.problems == ()
    assert {"firm-own", "financial-devsecops"} <= set(found.content.questionnaires)
    assessment = actions.new_assessment(found.content, "firm-own", "Acme", date(2026, 1, 1))
    Engagement.create(tmp_path / "e", assessment, found.content.questionnaires["firm-own"], "me").close()
    with Engagement.open(tmp_path / "e") as engagement:
        assert engagement.questionnaire.title == "A firm's own questions"


def test_a_broken_one_is_said_and_what_ships_stays(own: Path) -> None:
    (own / "firm-own" / "questionnaire.toml").write_text("titel = 1\n")
    found = content.available()
    assert any("titel" in problem.key for problem in found.problems)
    assert "financial-devsecops" in found.content.questionnaires


def test_an_id_that_ships_cannot_be_taken(own: Path) -> None:
    text = GOOD.read_text().replace('id = "firm-own"', 'id = "financial-devsecops"')
    (own / "firm-own" / "questionnaire.toml").write_text(text)
    assert "ships already" in content.available().problems[0].message


def test_an_engagement_opens_without_the_content_it_was_made_with(own: Path, tmp_path: Path) -> None:
    (own / "firm-own" / "questionnaire.toml").write_text(GOOD.read_text())
    found = content.available().content
    assessment = actions.new_assessment(found, "firm-own", "Acme", date(2026, 1, 1))
    Engagement.create(tmp_path / "e", assessment, found.questionnaires["firm-own"], "me").close()
    (own / "firm-own" / "questionnaire.toml").unlink()
    content._available.cache_clear()
    with Engagement.open(tmp_path / "e") as engagement:
        assert "build.tests.exist" in engagement.questionnaire.criteria


@pytest.mark.parametrize("name", ["tiers.toml", "facts.toml"])
def test_own_tiers_and_facts_are_refused_and_not_half_used(own: Path, name: str) -> None:
    """The questionnaire would be held against them, and scored against those that ship."""
    (own / "firm-own" / "questionnaire.toml").write_text(GOOD.read_text())
    (own / name).write_bytes((CONTENT / name).read_bytes())
    found = content.available()
    assert "firm-own" not in found.content.questionnaires
    assert [(Path(problem.file).name, problem.message) for problem in found.problems] == [(name, "is not read")]


def test_a_regime_that_ships_cannot_be_replaced_unsaid(own: Path) -> None:
    (own / "regimes").mkdir()
    (own / "regimes" / "mine.toml").write_bytes((CONTENT / "regimes" / "dora.toml").read_bytes())
    (problem,) = content.available().problems
    assert "ships already" in problem.message
    (own / "regimes" / "again.toml").write_bytes((CONTENT / "regimes" / "dora.toml").read_bytes())
    content._available.cache_clear()
    (problem,) = content.available().problems
    assert "as in another file" in problem.message
