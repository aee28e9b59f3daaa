"""What is kept of scores."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.claims import judge
from scoring.results import Owner, as_data, from_data, results
from scoring.scores import Scorer, Scores, score
from tests.report_example import assessment, content, questionnaire


@pytest.fixture(scope="module")
def scores() -> Scores:
    asked = questionnaire()
    known = assessment()
    return score(Scorer(asked), known, judge(asked, content(asked).facts, known))


def test_every_node_of_everybody_is_kept(scores: Scores) -> None:
    found = results(scores)
    assert found.rules == scores.rules
    assert found.targets == scores.targets
    members = {Owner(tier, key) for tier, group in scores.tiers.items() for key in group.members}
    assert found.nodes.keys() == {Owner(None, None), *(Owner(tier, None) for tier in scores.tiers), *members}
    owner = next(iter(members))
    result = scores.applications[str(owner.application)]
    assert found.nodes[owner].keys() == {"", *result.pillars, *result.practices}
    kept, node = found.nodes[owner][""], result.overall
    assert kept is not None
    assert node.score is not None
    assert (kept.low, kept.high, kept.evidenced, kept.level) == (
        node.score.low, node.score.high, node.score.evidenced, node.score.level,
    )  # fmt: skip
    coverage = node.coverage
    assert (kept.answered, kept.applicable, kept.not_applicable) == (
        coverage.answered, coverage.applicable, coverage.not_applicable,
    )  # fmt: skip


def test_of_one_tier_only_its_own_is_kept(scores: Scores) -> None:
    tier = min(scores.tiers)
    found = results(scores, tier)
    assert {owner.tier for owner in found.nodes} == {tier}
    assert {pair[0] for pair in found.targets} <= {tier}
    assert results(scores, "nowhere").nodes == {}


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"rules": 1},
        {"extra": 1},
        {"owner": [{"application": "x", "node": []}]},
        {"owner": [{"node": [{"id": "", "low": "1"}]}]},
        {"owner": [{"node": [{"id": "", "low": "2", "high": "1", "evidenced": "1"}]}]},
        {"owner": [{"node": [{"id": "", "low": "1", "high": "1", "evidenced": "1", "level": -1}]}]},
        {"owner": [{"node": [{"id": "", "low": "1/0", "high": "1", "evidenced": "1"}]}]},
        {"owner": [{"node": [{"id": "", "low": "1e9999", "high": "1", "evidenced": "1"}]}]},
        {"owner": [{"node": [{"id": "", "low": 1.5, "high": "2", "evidenced": "1"}]}]},
        {"targets": {"1": {"a": "x"}}},
    ],
)
def test_what_holds_no_results_is_none(scores: Scores, change: dict[str, Any]) -> None:
    data = as_data(results(scores))
    assert from_data(data) is not None
    assert from_data({**data, **change}) is None
