"""Whatever changes, in whatever order: what an evaluation takes over from the one before changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.engagement.journal import Change
from app.engagement.state import changed
from questionnaires.load import shipped
from scoring.assessment import Assessment
from scoring.evaluation import Evaluation, evaluate
from scoring.scores import Scorer
from tests.scored_example import AS_OF, STEPS, application, assessment, evidence, questionnaire, rule

RULES = [
    rule("findings.critical.open", "==", supports="fully"),
    rule("findings.critical.open", ">", challenges="partly"),
    rule("findings.high.open", ">", 4, challenges="no"),
]
PRACTICES: dict[str, list[dict[str, Any]]] = {
    "build.gates": [{"level": 2, "rule": RULES}, {"level": 3, "weight": 2}, {"level": 4}],
    "build.tests": [{"level": 2}, {"level": 4, "rule": RULES[:1]}],
    "govern.policy": [{"level": 2, "rule": RULES[:2]}, {"level": 3}],
    "govern.trail": [{"level": 2}, {"level": 3}],
}
ASKED = questionnaire(
    PRACTICES,
    organisation=["govern.policy"],
    pillars={"build": 3},
    weights={("1", "build.tests"): "7/2", ("2", "govern.trail"): 5},
)
UNWEIGHTED = questionnaire(PRACTICES, organisation=["govern.policy"])
CRITERIA = tuple(ASKED.criteria)
KEYS = ("crm", "pay", "trade", "wiki")


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json", exclude_defaults=True)


answers = st.one_of(
    st.none(),
    st.builds(
        lambda value, basis, reason: {"value": value, "reason": reason} | ({"basis": basis} if basis else {}),
        st.sampled_from((*STEPS, "not-applicable", "unknown")),
        st.sampled_from((None, "interview", "document", "evidence")),
        st.sampled_from(("", " ", "it has none")),
    ),
    st.just({"note": "only a note"}),
)
exports = st.builds(
    lambda number, age, critical, high, tool: _plain(
        next(iter(evidence(number, age, critical=critical, high=high).values())).model_copy(update={"tool": tool})
    ),
    st.integers(0, 5),
    st.sampled_from((None, -3, -1, 0, 30, 31)),
    st.integers(0, 1),
    st.sampled_from((0, 9)),
    st.sampled_from(("one", "other")),
)
owners = st.sampled_from(((), *(("applications", key) for key in KEYS)))
changes = st.one_of(
    st.builds(lambda owner, key, to: Change((*owner, "answers", key), to), owners, st.sampled_from(CRITERIA), answers),
    st.builds(lambda owner, to: Change((*owner, "evidence", to["sha256"]), to), owners, exports),
    st.builds(lambda owner, n: Change((*owner, "evidence", f"{n:064x}"), None), owners, st.integers(0, 5)),
    st.builds(
        lambda key, tier: Change(("applications", key, "tier"), tier), st.sampled_from(KEYS), st.sampled_from("123")
    ),
    st.builds(
        lambda key, tier: Change(("applications", key), _plain(application(key, tier)) if tier else None),
        st.sampled_from(KEYS),
        st.sampled_from((None, "1", "2")),
    ),
    st.builds(
        lambda key, attributes: Change(("applications", key, "attributes"), attributes),
        st.sampled_from(KEYS),
        st.sampled_from(([], ["internet-facing"])),
    ),
    st.builds(
        lambda tier, pillar, level: Change(("targets", tier, pillar), level),
        st.sampled_from("123"),
        st.sampled_from(("build", "govern")),
        st.sampled_from((None, 2, 4)),
    ),
    st.builds(lambda days: Change(("as_of",), (AS_OF + timedelta(days=days)).isoformat()), st.integers(-2, 2)),
    st.builds(lambda regimes: Change(("regimes",), regimes), st.sampled_from(([], ["dora"]))),
)


def _fits(given_assessment: Assessment, change: Change) -> bool:
    """What lies in an application fits only where there is that application."""
    match change.path:
        case ("applications", key, _, *_):
            return key in given_assessment.applications
        case _:
            return True


def _same(found: Evaluation, fresh: Evaluation) -> None:
    """Equal in everything, and in the same order wherever one reads in order."""
    assert found == fresh
    assert found.claims.challenged == fresh.claims.challenged
    assert list(found.claims.by_key.items()) == list(fresh.claims.by_key.items())
    assert list(found.scores.applications) == list(fresh.scores.applications)
    for one, other in (
        *zip(found.scores.applications.values(), fresh.scores.applications.values(), strict=True),
        *zip(found.scores.tiers.values(), fresh.scores.tiers.values(), strict=True),
        (found.scores.organisation, fresh.scores.organisation),
    ):
        assert list(one.nodes.items()) == list(other.nodes.items())


@given(st.lists(st.lists(changes, min_size=1, max_size=3), min_size=1, max_size=8))
def test_the_steps_do_not_matter(steps: list[list[Change]]) -> None:
    scorer, content = Scorer(ASKED), shipped()
    now = assessment(application("pay", "1"), application("crm", "2"))
    found = evaluate(content, scorer, now)
    for step in steps:
        for change in step:
            now = changed(now, change) if _fits(now, change) else now
        found = evaluate(content, scorer, now, found)
        assert found.assessment is now
        _same(found, evaluate(content, Scorer(ASKED), now))


@given(st.lists(changes, max_size=6))
def test_an_evaluation_by_other_rules_is_left_aside(steps: list[Change]) -> None:
    content, now = shipped(), assessment(application("pay", "1"), application("trade", "2"))
    for step in steps:
        now = changed(now, step) if _fits(now, step) else now
    before = evaluate(content, Scorer(ASKED), now)
    _same(evaluate(content, Scorer(UNWEIGHTED), now, before), evaluate(content, Scorer(UNWEIGHTED), now))
    unknown = content.model_copy(update={"facts": {}})
    _same(evaluate(unknown, before.scorer, now, before), evaluate(unknown, Scorer(ASKED), now))
