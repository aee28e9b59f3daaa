"""Three applications in two tiers, computed by hand: every figure of every node, with its arithmetic.

Levels 1 to 4, so a practice with criteria at 2, 3 and 4 scores 1 + f(2) + f(3) + f(4), one with a single level
1 + 3·f. An answer counts no 0, partly 1/3, largely 2/3, fully 1; from largely on it holds a level.

========  ==========  ======================================================================
pillar    practice    criteria with their levels
========  ==========  ======================================================================
build ×2  gates       a (2), b (2, weight 2), c (3), d (4)
build     testing     a (2), b (3), c (4); counts three times in tier 1
govern    policy      of the organisation: a (2), b (2), c (3), none at 4
govern    trail       a (2), b (3), c (4)
========  ==========  ======================================================================

Common answers, with the basis, and what each counts as evidenced (a document backs the value, an interview nothing):

* gates: a fully, document, 1; b partly, interview, 0; c largely, interview, 0; d no, 0
* testing: a fully, interview, 0; b largely, document, 2/3; c unanswered
* policy: a fully, interview, and the organisation's evidence supports largely, 2/3; b largely, document, 2/3; c not
  applicable, with a reason
* trail: a fully, document, 1; b partly, document, 1/3; c not applicable without a reason, which is unanswered

The targets: tier 1 build 3, govern 3; tier 2 build 2, govern 2, which the engagement raises to 3.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from questionnaires.load import shipped
from questionnaires.model import Questionnaire
from scoring.assessment import Assessment
from scoring.evaluation import Evaluation, evaluate
from scoring.scores import AtTarget, Coverage, GroupResult, Node, Result, Scorer, overall_target
from tests.scored_example import answer, application, assessment, evidence, node, questionnaire, rule


def _questionnaire() -> Questionnaire:
    critical = [
        rule("findings.critical.open", "==", supports="fully"),
        rule("findings.critical.open", ">", challenges="partly"),
    ]
    high = [rule("findings.high.open", ">", challenges="no")]
    medium = [rule("findings.medium.open", "==", supports="largely")]
    asked = questionnaire(
        {
            "build.gates": [{"level": 2}, {"level": 2, "weight": 2}, {"level": 3, "rule": critical}, {"level": 4}],
            "build.testing": [{"level": 2, "rule": high}, {"level": 3}, {"level": 4}],
            "govern.policy": [{"level": 2, "rule": medium}, {"level": 2}, {"level": 3}],
            "govern.trail": [{"level": 2}, {"level": 3}, {"level": 4}],
        },
        organisation=["govern.policy"],
        pillars={"build": 2},
        weights={("1", "build.testing"): 3},
    )
    two = {("2", "build"): 2, ("2", "govern"): 2}
    target = tuple(t.model_copy(update={"level": two.get((t.tier, t.pillar), t.level)}) for t in asked.target)
    return asked.model_copy(update={"target": target})


def _assessment() -> Assessment:
    common = {
        "build.gates.a": answer("fully", "document"),
        "build.gates.b": answer("partly", "interview"),
        "build.gates.c": answer("largely", "interview"),
        "build.gates.d": answer("no", "interview"),
        "build.testing.a": answer("fully", "interview"),
        "build.testing.b": answer("largely", "document"),
        "govern.policy.a": answer("fully", "interview"),
        "govern.policy.b": answer("largely", "document"),
        "govern.policy.c": answer("n/a"),
        "govern.trail.a": answer("fully", "document"),
        "govern.trail.b": answer("partly", "document"),
        "govern.trail.c": answer("n/a", reason=" "),
    }
    pay = {
        "build.gates.b": answer("fully", "interview"),
        "build.gates.c": answer("fully", "evidence"),
        "build.testing.c": answer("largely", "interview"),
    }
    trade = {
        "build.gates.c": answer("fully", "document"),
        "build.testing.a": answer("n/a"),
        "build.testing.b": answer("n/a"),
        "build.testing.c": answer("n/a"),
        "govern.trail.a": answer("no", "interview"),
    }
    wiki = {
        "build.gates.b": answer("fully", "interview"),
        "build.gates.c": answer("n/a"),
        "build.gates.d": answer("n/a"),
        "govern.trail.b": answer("fully", "document"),
        "govern.trail.c": answer("fully", "interview"),
    }
    return assessment(
        application("trade", "1", trade, evidence=evidence(3, age=5, critical=3)),
        application("wiki", "2", wiki),
        application("pay", "1", pay, evidence=evidence(1, age=10, critical=0) | evidence(2, age=31, high=2)),
        answers=common,
        evidence=evidence(4, age=30, medium=0),
        targets={"2": {"govern": 3}},
    )


@pytest.fixture
def found() -> Evaluation:
    return evaluate(shipped(), Scorer(_questionnaire()), _assessment())


# The organisation's own practice is the same node everywhere: f(2) = (1 + 2/3)/2 = 5/6, evidenced (2/3 + 2/3)/2 = 2/3;
# the only level present, so 1 + 3·5/6 = 7/2 and 1 + 3·2/3 = 3. Level 3 is not applicable and 4 was never written: it
# stops at 2, capped, held by nothing.
POLICY = node("7/2", "7/2", "3", 2, "", "2/2, 1", capped=True)

PAY = {
    # 2: (1·1 + 2·1)/3 = 1, evidenced (1·1 + 2·0)/3 = 1/3. 3: 1, and fresh evidence supports fully. 4: 0.
    # 1 + 1 + 1 + 0 = 3; evidenced 1 + 1/3 + 1 + 0 = 7/3.
    "build.gates": node("3", "3", "7/3", 3, "build.gates.d", "4/4, 0"),
    # 1 + 1 + 2/3 + 2/3 = 10/3. The evidence against the first is 31 days old, one too many: it says nothing, and the
    # interview backs nothing either. 1 + 0 + 2/3 + 0 = 5/3. Every level holds.
    "build.testing": node("10/3", "10/3", "5/3", 4, "", "3/3, 0"),
    # (1·3 + 3·10/3)/4 = 13/4; evidenced (1·7/3 + 3·5/3)/4 = (22/3)/4 = 11/6.
    "build": node("13/4", "13/4", "11/6", 3, "build.gates", "7/7, 0"),
    "govern.policy": POLICY,
    # 1 + 1 + 1/3 + [0, 1] = 7/3 to 10/3; evidenced 1 + 1 + 1/3 + 0.
    "govern.trail": node("7/3", "10/3", "7/3", 2, "govern.trail.b", "2/3, 0"),
    # (7/2 + 7/3)/2 = 35/12; up to (7/2 + 10/3)/2 = 41/12; evidenced (3 + 7/3)/2 = 8/3. Policy is capped: trail holds.
    "govern": node("35/12", "41/12", "8/3", 2, "govern.trail", "4/5, 1"),
    # (2·13/4 + 35/12)/3 = (78 + 35)/36; up to (78 + 41)/36; evidenced (2·11/6 + 8/3)/3 = (19/3)/3.
    "": node("113/36", "119/36", "19/9", 2, "govern", "11/12, 1"),
}
TRADE = {
    # 2: (1·1 + 2·1/3)/3 = 5/9, evidenced 1/3. 3: 1; the evidence allows partly at most, whatever the document says.
    # 1 + 5/9 + 1 + 0 = 23/9; evidenced 1 + 1/3 + 1/3 + 0 = 5/3.
    "build.gates": node("23/9", "23/9", "5/3", 1, "build.gates.b", "4/4, 0"),
    "build.testing": Node(Coverage(0, 0, 3), None),
    # Gates alone.
    "build": node("23/9", "23/9", "5/3", 1, "build.gates", "4/4, 3"),
    "govern.policy": POLICY,
    # 1 + 0 + 1/3 + [0, 1]; evidenced 1 + 0 + 1/3 + 0.
    "govern.trail": node("4/3", "7/3", "4/3", 1, "govern.trail.a", "2/3, 0"),
    # (7/2 + 4/3)/2 = 29/12; up to (7/2 + 7/3)/2 = 35/12; evidenced (3 + 4/3)/2 = 13/6.
    "govern": node("29/12", "35/12", "13/6", 1, "govern.trail", "4/5, 1"),
    # (2·23/9 + 29/12)/3 = (184 + 87)/108; up to (184 + 105)/108; evidenced (2·5/3 + 13/6)/3 = (33/6)/3.
    "": node("271/108", "289/108", "11/6", 1, "build govern", "8/9, 4"),
}
WIKI = {
    # Only level 2 is there: 1 + 3·(1 + 2)/3 = 4; evidenced 1 + 3·1/3 = 2.
    "build.gates": node("4", "4", "2", 2, "", "2/2, 2", capped=True),
    # 1 + 1 + 2/3 + [0, 1]; evidenced 1 + 0 + 2/3 + 0.
    "build.testing": node("8/3", "11/3", "5/3", 3, "build.testing.c", "2/3, 0"),
    # In tier 2 both count the same: (4 + 8/3)/2 = 10/3; up to (4 + 11/3)/2 = 23/6; evidenced (2 + 5/3)/2 = 11/6.
    "build": node("10/3", "23/6", "11/6", 3, "build.testing", "4/5, 2"),
    "govern.policy": POLICY,
    # 1 + 1 + 1 + 1; evidenced 1 + 1 + 1 + 0.
    "govern.trail": node("4", "4", "3", 4, "", "3/3, 0"),
    # (7/2 + 4)/2 = 15/4; evidenced (3 + 3)/2 = 3.
    "govern": node("15/4", "15/4", "3", 4, "govern.trail", "5/5, 1"),
    # (2·10/3 + 15/4)/3 = (80 + 45)/36; up to (2·23/6 + 15/4)/3 = (92 + 45)/36; evidenced (2·11/6 + 3)/3 = (20/3)/3.
    "": node("125/36", "137/36", "20/9", 3, "build", "9/10, 3"),
}
TIER_1 = {
    # (3 + 23/9)/2 = 25/9; evidenced (7/3 + 5/3)/2 = 2.
    "build.gates": node("25/9", "25/9", "2", 1, "build.gates.b", "8/8, 0"),
    # Only pay: trade is not in the mean.
    "build.testing": node("10/3", "10/3", "5/3", 4, "", "3/3, 3"),
    # The mean of the node, not a roll-up of the means: (13/4 + 23/9)/2 = (117 + 92)/72; evidenced (11/6 + 5/3)/2.
    "build": node("209/72", "209/72", "7/4", 1, "build.gates", "11/11, 3"),
    "govern.policy": node("7/2", "7/2", "3", 2, "", "4/4, 2", capped=True),
    # (7/3 + 4/3)/2 = 11/6; up to (10/3 + 7/3)/2 = 17/6; evidenced as low.
    "govern.trail": node("11/6", "17/6", "11/6", 1, "govern.trail.a", "4/6, 0"),
    # (35/12 + 29/12)/2 = 8/3; up to (41/12 + 35/12)/2 = 19/6; evidenced (8/3 + 13/6)/2 = 29/12.
    "govern": node("8/3", "19/6", "29/12", 1, "govern.trail", "8/10, 2"),
    # (339 + 271)/216 = 305/108; up to (357 + 289)/216 = 323/108; evidenced (38/18 + 33/18)/2 = 71/36.
    "": node("305/108", "323/108", "71/36", 1, "build govern", "19/21, 5"),
}
ORGANISATION = {
    # (3 + 23/9 + 4)/3 = (86/9)/3; evidenced (7/3 + 5/3 + 2)/3 = 2. Wiki is capped and holds nothing down.
    "build.gates": node("86/27", "86/27", "2", 1, "build.gates.b", "10/10, 2"),
    # Pay and wiki: (10/3 + 8/3)/2 = 3; up to (10/3 + 11/3)/2 = 7/2; evidenced 5/3 twice.
    "build.testing": node("3", "7/2", "5/3", 3, "build.testing.c", "5/6, 3"),
    # (117 + 92 + 120)/36/3 = 329/108; up to (117 + 92 + 138)/108; evidenced (11/6 + 10/6 + 11/6)/3 = (32/6)/3.
    "build": node("329/108", "347/108", "16/9", 1, "build.gates", "15/16, 5"),
    "govern.policy": node("7/2", "7/2", "3", 2, "", "6/6, 3", capped=True),
    # (7 + 4 + 12)/3/3 = 23/9; up to (10 + 7 + 12)/9; evidenced (7 + 4 + 9)/9.
    "govern.trail": node("23/9", "29/9", "20/9", 1, "govern.trail.a", "7/9, 0"),
    # (35 + 29 + 45)/12/3 = 109/36; up to (41 + 35 + 45)/36; evidenced (16/6 + 13/6 + 18/6)/3 = 47/18.
    "govern": node("109/36", "121/36", "47/18", 1, "govern.trail", "13/15, 3"),
    # (339 + 271 + 375)/108/3 = 985/324; up to (357 + 289 + 411)/324; evidenced (38 + 33 + 40)/18/3 = 37/18.
    "": node("985/324", "1057/324", "37/18", 1, "build govern", "28/31, 8"),
}


@pytest.mark.parametrize(("key", "wanted"), [("pay", PAY), ("trade", TRADE), ("wiki", WIKI)])
def test_every_node_of_an_application(found: Evaluation, key: str, wanted: dict[str, Node]) -> None:
    _same(found.scores.applications[key], wanted)


def test_every_node_of_the_tiers_and_of_the_organisation(found: Evaluation) -> None:
    scores = found.scores
    _same(scores.tiers["1"], TIER_1)
    _same(scores.tiers["2"], WIKI)
    _same(scores.organisation, ORGANISATION)
    assert {tier: result.members for tier, result in scores.tiers.items()} == {"1": ("pay", "trade"), "2": ("wiki",)}
    assert scores.tier_of == {"pay": "1", "trade": "1", "wiki": "2"}


def _same(result: Result, wanted: dict[str, Node]) -> None:
    assert {key: found for key, found in result.nodes.items() if found != wanted[key]} == {}
    assert result.nodes.keys() == wanted.keys()


def test_how_the_levels_are_distributed(found: Evaluation) -> None:
    organisation = found.scores.organisation
    assert isinstance(organisation, GroupResult)
    assert organisation.members == ("pay", "trade", "wiki")
    assert organisation.distribution == {
        "": {1: 1, 2: 1, 3: 1},
        "build": {1: 1, 3: 2},
        "govern": {1: 1, 2: 1, 4: 1},
        "build.gates": {1: 1, 2: 1, 3: 1},
        "build.testing": {3: 1, 4: 1},
        "govern.policy": {2: 3},
        "govern.trail": {1: 1, 2: 1, 4: 1},
    }
    assert found.scores.tiers["1"].distribution["build.testing"] == {4: 1}
    assert found.scores.tiers["1"].distribution[""] == {1: 1, 2: 1}


def test_the_headline_and_the_target(found: Evaluation) -> None:
    scores = found.scores
    # Pay: gates (held at 4, above the target 3), testing and policy are there, trail lacks level 3. Trade: testing
    # does not apply and is no pair; gates and trail lack level 2, policy is there. Wiki: testing lacks only level 4.
    assert scores.at_target == {"1": AtTarget(4, 7), "2": AtTarget(4, 4)}
    assert scores.targets["2", "govern"] == 3
    questionnaire = _questionnaire()
    assert overall_target(questionnaire, scores, "1") == 3
    # (2·2 + 1·3)/3
    assert overall_target(questionnaire, scores, "2") == overall_target(questionnaire, scores, "2", "wiki")
    assert overall_target(questionnaire, scores, "2") == Fraction(7, 3)


def test_what_evidence_challenges_and_the_assurance_gap(found: Evaluation) -> None:
    (challenged,) = found.claims.challenged
    assert (challenged.application, challenged.criterion, challenged.challenge) == ("trade", "build.gates.c", "partly")
    assert (challenged.explained, challenged.suggestion) == (False, "partly")
    old = found.claims.of("pay", "build.testing.a")
    assert old is not None
    assert (old.stale, old.challenge, old.challenged) == (True, None, False)
    overall = found.scores.tiers["1"].overall.score
    assert overall is not None
    # 305/108 - 213/108 = 92/108
    assert overall.low - overall.evidenced == Fraction(23, 27)
