"""The main job, end to end: one command, and a report for each tier that says what it has to say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.cli import demo
from app.engagement import history
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from scoring.evaluation import evaluate
from scoring.scores import Scorer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `colonnade demo` filled, in a process of its own."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    command = [sys.executable, "-m", "app", "demo", str(folder), "--no-window"]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return folder


@pytest.mark.parametrize("tier", ["1", "2", "3"])
def test_each_tier_has_a_report_that_says_what_it_must(out: Path, tier: str) -> None:
    (path,) = out.glob(f"tier-{tier}-*.pdf")
    reader = PdfReader(path)
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]
    text = " ".join(pages)
    assert len(pages) >= 6
    with Engagement.open(out / "engagement") as engagement:
        assert shipped().tiers.by_id[tier].name in text
        for application in engagement.assessment.in_tier(tier):
            assert application.name in text
        for pillar in engagement.questionnaire.pillar:
            assert pillar.name in text
        for level in engagement.questionnaire.level:
            assert level.name in text
        assert engagement.plan is not None
        first = engagement.plan.of_tier(tier)[0]
        assert first.items
        for item in first.items:
            assert engagement.questionnaire.practices[item.practice].name in text
        targets = evaluate(engagement.content, Scorer(engagement.questionnaire), engagement.assessment).scores.targets
        board = pages[1]
        assert all(f"{targets[tier, pillar.id]}.0" in board for pillar in engagement.questionnaire.pillar)
        assert engagement.head in text


def test_the_sample_shows_what_it_is_for(out: Path) -> None:
    with Engagement.open(out / "engagement") as engagement:
        assessment = engagement.assessment
        assert len(assessment.applications) == 12
        assert {application.tier for application in assessment.applications.values()} == {"1", "2", "3"}
        assert [baseline.as_of.isoformat() for baseline in history.baselines(engagement)] == [
            "2025-09-30",
            "2026-03-31",
        ]
        claims = evaluate(engagement.content, Scorer(engagement.questionnaire), assessment).claims
        statements = [statement for claim in claims.by_key.values() for statement in claim.statements]
        assert any(statement.challenges for statement in statements)
        assert any(not statement.challenges for statement in statements)
        assert any(not statement.fresh for statement in statements)
        assert claims.challenged
        found = {item.format for a in assessment.applications.values() for item in a.evidence.values()}
        assert {"sarif", "cyclonedx-json", "junit-xml", "gh-workflow-runs"} <= found


def test_the_demo_may_be_repeated_but_overwrites_nothing_of_anybody(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("kept")
    with pytest.raises(UsageError, match="no demo made"):
        demo.made(mine)
    assert [path.name for path in mine.iterdir()] == ["notes.txt"]
    demo.made(tmp_path / "engagement").close()
    with demo.made(tmp_path / "engagement") as again:
        assert len(again.assessment.applications) == 12
