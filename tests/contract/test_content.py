"""Everything that ships passes both gates, and every single mistake is found as the one that it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from questionnaires.check import MAX_QUESTION_WORDS
from questionnaires.counts import counts
from questionnaires.load import (
    CONTENT,
    MAX_BYTES,
    Invalid,
    Loaded,
    frozen_questionnaire,
    load_content,
    load_questionnaire,
    shipped,
)
from questionnaires.model import Questionnaire, Scope
from questionnaires.problems import Problem
from questionnaires.reference import FOLDER, generated

DATA = Path(__file__).parents[1] / "data" / "content"
GOOD = CONTENT.parent / "example.toml"
"""The documented example of a firm's own questionnaire; each defect is one change to it."""
DEFECTS = sorted((DATA / "defects").glob("*.toml"))
FINANCIAL = "financial-devsecops"


def problems_of(path: Path) -> tuple[Problem, ...]:
    content = shipped()
    found = load_questionnaire(path, content.facts, content.tiers)
    return found.problems if isinstance(found, Invalid) else ()


def test_what_ships_has_no_problem() -> None:
    found = load_content()
    assert isinstance(found, Loaded), "\n".join(map(str, found.problems))


@pytest.mark.parametrize("path", DEFECTS, ids=lambda path: path.stem)
def test_each_defect_is_the_one_problem_reported(path: Path) -> None:
    expected_key, _, expected_message = path.read_text().splitlines()[0].removeprefix("# expect: ").partition(" | ")
    found = problems_of(path)
    assert len(found) == 1, "\n".join(map(str, found))
    (problem,) = found
    assert problem.file == path.name
    assert problem.key == expected_key
    assert expected_message in problem.message
    assert problem.hint, "every problem says what to do"


def test_a_folder_of_files_reports_each_with_its_own_problem() -> None:
    found = load_content(DATA / "defects")
    assert isinstance(found, Invalid)
    assert [problem.file for problem in found.problems] == [path.name for path in DEFECTS]


def test_two_questionnaires_of_one_id_are_a_problem(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD.read_text())
    found = load_content(tmp_path)
    assert isinstance(found, Invalid)
    assert [(problem.file, problem.key) for problem in found.problems] == [("b.toml", "id")]


def test_a_folder_may_hold_nothing_but_a_regime_for_what_ships(tmp_path: Path) -> None:
    (tmp_path / "regimes").mkdir()
    text = (CONTENT / "regimes" / "pci-dss.toml").read_text()
    (tmp_path / "regimes" / "own.toml").write_text(text.replace('id = "pci-dss"', 'id = "own"', 1))
    found = load_content(tmp_path)
    assert isinstance(found, Loaded), found
    assert list(found.value.regimes) == ["own"]


def test_there_are_enough_defects_and_the_base_has_none() -> None:
    assert len(DEFECTS) >= 40
    assert problems_of(GOOD) == ()


def test_twenty_mistakes_are_reported_together(tmp_path: Path) -> None:
    text = GOOD.read_text()
    for index in range(20):
        text += (
            f'\n[[pillar.practice.criterion]]\nid = "build.rules.more-{index}"\nlevel = 2\nwhy = "w"\ngood = "g"\n'
            f'question = "Is there a rule number {index}"\n'
        )
    path = tmp_path / "many.toml"
    path.write_text(text)
    assert [problem.key.rpartition("[")[2] for problem in problems_of(path)] == [
        f"build.rules.more-{index}].question" for index in range(20)
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"\xff\xfe\x00", "is not UTF-8", id="not UTF-8"),
        pytest.param(b"a = [" + b"[" * 5000, "is", id="nested"),
        pytest.param(b"x" * (MAX_BYTES + 1), "more than", id="too large"),
        pytest.param(b"", "is missing", id="empty"),
        pytest.param(b"pillar = 5", "list of tables", id="pillar is a number"),
        pytest.param(b"pillar = [5]", "", id="pillar is a list of numbers"),
        pytest.param(b"\x00\x01\x02", "is not TOML", id="binary"),
        pytest.param(b"schema_version = " + b"1" * 5000, "is not TOML", id="more digits than Python reads"),
        pytest.param(
            b"schema_version = 0x" + b"f" * 9000, "exceeded maximum size", id="more digits than Python writes"
        ),
        pytest.param(b'pillar = [{weight = "1e999999999"}]', "should be a number", id="for ever to compute"),
    ],
)
def test_bad_files_are_values_and_never_a_traceback(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(data)
    found = problems_of(path)
    assert any(message in problem.message for problem in found)
    assert all(problem.file == "bad.toml" for problem in found)


def test_missing_and_empty_folders_say_what_a_questionnaire_is(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        found = load_content(path)
        assert isinstance(found, Invalid)
        assert "no questionnaire" in found.problems[0].message


def test_problems_of_every_file_of_a_folder_are_collected(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    head, _, pillar = GOOD.read_text().partition("\n[[pillar]]\n")
    (tmp_path / "own" / "questionnaire.toml").write_text(head.replace('title = "A firm', 'titel = "A firm'))
    body = pillar.replace("[[pillar.practice", "[[practice").replace("[pillar.practice", "[practice")
    (tmp_path / "own" / "1-build.toml").write_text(body.replace('scope = "application"', 'scope = "app"'))
    found = load_content(tmp_path)
    assert isinstance(found, Invalid)
    assert {(problem.file, problem.key) for problem in found.problems} == {
        ("own/questionnaire.toml", "titel"),
        ("own/questionnaire.toml", "title"),
        ("own/1-build.toml", "practice[build.tests].scope"),
    }


# ---- what ships


@pytest.fixture(scope="module", params=sorted(shipped().questionnaires))
def questionnaire(request: pytest.FixtureRequest) -> Questionnaire:
    return shipped().questionnaires[request.param]


def test_questions_are_short_and_asked_once(questionnaire: Questionnaire) -> None:
    asked = [re.sub(r"\W+", " ", c.question).casefold() for c in questionnaire.criteria.values()]
    assert len(set(asked)) == len(asked)
    assert max(len(question.split()) for question in asked) <= MAX_QUESTION_WORDS


def test_a_frozen_copy_is_the_same_questionnaire(questionnaire: Questionnaire) -> None:
    found = frozen_questionnaire(questionnaire.model_dump(mode="json", exclude_defaults=True), "copy")
    assert isinstance(found, Loaded)
    assert found.value == questionnaire
    assert found.value.digests == questionnaire.digests


def test_digests_follow_what_is_asked_and_nothing_else() -> None:
    base = GOOD.read_text()

    def digest(text: str) -> str:
        found = frozen_questionnaire(tomllib.loads(text), "good.toml")
        assert isinstance(found, Loaded)
        return found.value.digests["build.tests.block"]

    same = digest(base)
    assert digest(base.replace("A warning is read by nobody.", "Other words.")) == same
    assert digest(base.replace("failing test stop", "failing  test\\n stop")) == same
    assert digest(base.replace("failing test stop", "broken test stop")) != same
    assert digest(base.replace('value = "1/2"', 'value = "1/3"')) != same


@pytest.fixture(scope="module")
def financial() -> Questionnaire:
    return shipped().questionnaires[FINANCIAL]


def test_the_model_has_its_five_pillars_and_26_practices(financial: Questionnaire) -> None:
    assert [pillar.id for pillar in financial.pillar] == ["integrate", "comply", "risk", "monitor", "learn"]
    assert [len(pillar.practice) for pillar in financial.pillar] == [6, 5, 5, 5, 5]
    assert [level.name for level in financial.level] == ["Initial", "Managed", "Defined", "Optimized"]
    assert [(step.id, str(step.value)) for step in financial.scale] == [
        ("no", "0"),
        ("partly", "1/3"),
        ("largely", "2/3"),
        ("fully", "1"),
    ]
    organisation = {practice.id for practice in financial.practices.values() if practice.scope is Scope.ORGANISATION}
    assert organisation == {
        "integrate.policy",
        "comply.mapping",
        "comply.cross-border",
        "monitor.response",
        "learn.metrics",
        "learn.feedback",
        "learn.prediction",
        "learn.ai-governance",
        "learn.people",
    }


def test_every_practice_is_whole(financial: Questionnaire) -> None:
    for practice in financial.practices.values():
        assert set(practice.by_level) == {2, 3, 4}, practice.id
        assert min(len(criteria) for criteria in practice.by_level.values()) >= 2, practice.id
        assert len(practice.descriptors) == 4, practice.id
        assert practice.topics, practice.id
        for criterion in practice.criterion:
            assert criterion.ask_for, criterion.id
            assert criterion.setup_days > 0, criterion.id


def test_a_quarter_of_the_application_criteria_hears_evidence(financial: Questionnaire) -> None:
    number = counts(financial)
    assert number.criteria >= 156
    assert number.application_criteria_with_rules / number.application_criteria >= 0.25


def test_content_lies_where_it_is_looked_for() -> None:
    assert {path.parent.name for path in CONTENT.glob("*/questionnaire.toml")} == set(shipped().questionnaires)


# ---- what is generated from it


@pytest.mark.parametrize("name", sorted(generated()))
def test_the_reference_is_current(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == generated()[name], "run 'make reference'"


def test_no_other_file_lies_in_the_reference() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(generated())


def test_every_practice_is_tied_to_a_regime_or_says_why_not(financial: Questionnaire) -> None:
    regimes = shipped().regimes.values()
    linked = {criterion.rpartition(".")[0] for regime in regimes for criterion in regime.obligations_of}
    explained = {practice for regime in regimes for practice in regime.unlinked}
    assert set(financial.practices) == linked | explained


TOPICS = {
    "integrate.gates": {"pipeline-gates", "risk-assessment", "controls-first"},
    "integrate.policy": {"sensitivity", "trading-protection", "lighter-controls"},
    "integrate.design": {"threat-modelling", "secure-design", "shift-left"},
    "integrate.testing": {"sast", "sca", "secrets", "dast", "basic-scanning", "ai-scanning", "false-positives"},
    "integrate.supply-chain": {"version-control", "sbom", "provenance", "signing"},
    "integrate.cloud-native": {"kubernetes", "containers", "service-mesh", "api-gateways", "infrastructure-as-code"},
    "comply.mapping": {
        "requirement-to-control",
        "several-jurisdictions",
        "regulatory-change",
        "impact-assessment",
        "language-analysis",
    },
    "comply.policy-as-code": {"executable-policy", "every-change"},
    "comply.audit-trail": {"traceable-actions", "tamper-evidence", "review-ready"},
    "comply.monitoring": {"real-time", "production-stop", "early-warning"},
    "comply.cross-border": {
        "rule-conflicts",
        "data-localisation",
        "data-classification",
        "international-frameworks",
    },
    "risk.change-risk": {"change-scoring"},
    "risk.routing": {"enhanced-review", "fast-track", "segregation"},
    "risk.remediation": {"most-critical-first", "time-limits"},
    "risk.tailoring": {"application-needs", "exceptions"},
    "risk.release": {"hours-not-weeks", "cadence", "progressive-delivery", "rollback"},
    "monitor.telemetry": {"applications", "infrastructure", "real-time", "complete"},
    "monitor.behaviour": {
        "application-behaviour",
        "user-behaviour",
        "trading-algorithms",
        "client-data",
        "exfiltration",
    },
    "monitor.response": {"automated-response", "containment", "notification"},
    "monitor.integration": {
        "trading-systems",
        "risk-systems",
        "compliance-systems",
        "event-driven",
        "alternative-data",
        "unit-isolation",
    },
    "monitor.resilience": {"runtime-controls", "recovery", "operational-resilience"},
    "learn.metrics": {"what-works", "model-risk-incidents", "deployment-time"},
    "learn.feedback": {"lessons", "stronger-at-once"},
    "learn.prediction": {
        "commit-patterns",
        "infrastructure-changes",
        "deployment-frequency",
        "forecasts",
        "threat-intelligence",
    },
    "learn.ai-governance": {
        "transparency",
        "control",
        "edge-and-federated-learning",
        "training-on-financial-data",
    },
    "learn.people": {"skills", "collaboration", "standard-tools"},
}
"""What the guide behind the model asks of each practice."""


def test_every_line_of_the_guide_is_asked(financial: Questionnaire) -> None:
    covered = {
        practice.id: {topic for criterion in practice.criterion for topic in criterion.covers}
        for practice in financial.practices.values()
    }
    assert covered == TOPICS
