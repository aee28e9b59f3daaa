"""An official model.yaml of any version, custom activities and states, as a questionnaire."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from questionnaires.dsomm import DSOMM, Model, effort, load_model, prerequisites, slug
from questionnaires.dsomm_files import read_states
from questionnaires.load import Invalid, Loaded, frozen_questionnaire, shipped

BUILD = "f6f7737f-25a9-4317-8de2-09bf59f29b5b"
PINNING = "f3c4971e-9f4d-4e59-8ed0-f0bdb6262477"
NUMBERS = "bc548cba-cb82-4f76-bd4b-325d9d256279"
MERGED = "08f27c26-2c6a-47fe-9458-5e88f188085d"
POLICY = "a511a9a9-1b75-4dfd-8a4f-e516e8096150"
LEAKS = "dc62d384-0b9c-47d9-b7a5-9d82e53642ba"

# A model as small as the rules allow, one activity per level, in the shape of the generated file.
MODEL = f"""
---
meta:
  version: 5.0.1
  released: "2026-08-21"
---
Agentic AI:
  Data Protection:
    Basic data leak prevention:
      uuid: {LEAKS}
      risk: Something leaks.
      measure: Say what may be shared.
      dependsOn:
      - {POLICY} # AI usage policy
      - Defined build process
      assessment: |
        - Show the rules.
        - Show the settings.
      difficultyOfImplementation:
        knowledge: 2
        time: 1
        resources: 5
      usefulness: 4
      level: 2
      references:
        iso27001-2022:
        - 5.10
        - 8.20
        - "ISO 27001:2022 mapping is missing"
        openCRE:
        - https://www.opencre.org/x
      comments: ""
Build and Deployment:
  Build:
    Defined build process:
      uuid: {BUILD}
      description: The model's own words.
      risk: The model's own risk.
      measure: TODO
      level: 1
      difficultyOfImplementation: {{knowledge: 2, time: 3, resources: 2}}
      usefulness: 4
      references: {{samm2: [I-SB-A-1], iso27001-2017: null, iso27001-2022: []}}
Information Gathering:
  Test KPI:
    Number of vulnerabilities/severity:
      uuid: {NUMBERS}
      level: 3
      references:
        iso27001-2022: [5.25, 5.12, 5.13, 5.1]
Culture and Organization:
  Patching:
    Automated deployment of automated PRs:
      uuid: {MERGED}
      level: 4
      references: {{samm2: [], iso27001-2017: [], iso27001-2022: []}}
    Pinning of artifacts:
      uuid: {PINNING}
      level: 5
      dependsOn: [{BUILD}]
"""
CUSTOM = f"""
Build and Deployment:
  Build:
    Defined OUR build process:
      uuid: {BUILD}
      description: Changed by us.
    New CUSTOM activity:
      uuid: 11111111-1111-1111-1111-111111111111
      level: 1
      risk: Ours.
  Deployment:
    ignore: true
"""


def _load(tmp_path: Path, *texts: str, meta: str | None = None) -> Loaded[Model] | Invalid:
    paths = []
    for index, text in enumerate(texts):
        path = tmp_path / f"{index}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    states = None
    if meta is not None:
        states = tmp_path / "meta.yaml"
        states.write_text(meta, encoding="utf-8")
    return load_model(paths, shipped(), states)


def _model(tmp_path: Path, *texts: str, meta: str | None = None) -> Model:
    found = _load(tmp_path, *texts, meta=meta)
    assert isinstance(found, Loaded), found
    return found.value


def _problems(tmp_path: Path, *texts: str, meta: str | None = None) -> list[str]:
    found = _load(tmp_path, *texts, meta=meta)
    assert isinstance(found, Invalid)
    return [str(problem) for problem in found.problems]


def test_a_sixth_dimension_and_the_models_own_texts(tmp_path: Path) -> None:
    model = _model(tmp_path, MODEL)
    found = model.questionnaire
    assert found.version == "5.0.1"
    assert [pillar.id for pillar in found.pillar] == [
        "agentic-ai",
        "build-and-deployment",
        "information-gathering",
        "culture-and-organization",
    ]
    leaks = found.criteria["agentic-ai.data-protection.basic-data-leak-prevention"]
    assert (leaks.why, leaks.good) == ("Something leaks.", "Say what may be shared.")
    assert leaks.ask_for == ("Show the rules.", "Show the settings.")
    assert leaks.question == "Is the activity “Basic data leak prevention” in place for this application?"
    assert (leaks.setup_days, leaks.per_application_days) == (Fraction(17), Fraction(1, 2))
    build = found.criteria["build-and-deployment.build.defined-build-process"]
    ours = shipped().questionnaires[DSOMM].criteria[build.id]
    assert build.question == ours.question
    assert build.why == "The model's own risk."
    assert build.good == "The model's own words."
    assert build.ask_for == ours.ask_for
    assert {(t.tier, t.level) for t in found.target if t.pillar == "agentic-ai"} == {("1", 3), ("2", 3), ("3", 2)}


def test_ids_of_other_standards_stay_text_and_are_corrected(tmp_path: Path) -> None:
    model = _model(tmp_path, MODEL)
    by_uuid = {c.dsomm[0]: c.activity for c in model.questionnaire.criteria.values()}
    leaks, numbers, merged, build = (by_uuid[uuid] for uuid in (LEAKS, NUMBERS, MERGED, BUILD))
    assert leaks is not None
    assert numbers is not None
    assert merged is not None
    assert build is not None
    assert leaks.references == {
        "iso27001-2022": ("5.10", "8.20"),
        "openCRE": ("https://www.opencre.org/x",),
    }
    assert numbers.references == {"iso27001-2022": ("5.25", "5.12", "5.13", "5.10")}
    assert merged.references["iso27001-2022"] == ("8.8",)
    assert build.references == {"samm2": ("I-SB-A-1",)}
    assert len(model.corrected) == 4


def test_dependencies_that_break_our_rules_are_dropped_and_named(tmp_path: Path) -> None:
    model = _model(tmp_path, MODEL)
    assert [(d.activity, d.wanted, d.reason) for d in model.dropped] == [
        ("Basic data leak prevention", POLICY, "is not in the model")
    ]
    leaks = model.questionnaire.criteria["agentic-ai.data-protection.basic-data-leak-prevention"]
    assert leaks.prerequisites == ("build-and-deployment.build.defined-build-process",)


def test_moved_and_missing_activities_are_renamed_and_removed(tmp_path: Path) -> None:
    found = _model(tmp_path, MODEL).questionnaire
    assert found.renamed["build-and-deployment.build.pinning-of-artifacts"] == (
        "culture-and-organization.patching.pinning-of-artifacts"
    )
    assert found.removed["build-and-deployment.build.signing-of-code"] == "Not in DSOMM 5.0.1."
    assert len(found.renamed) + len(found.removed) + 2 == 194


def test_a_loaded_model_can_be_frozen_into_an_engagement(tmp_path: Path) -> None:
    found = _model(tmp_path, MODEL).questionnaire
    again = frozen_questionnaire(found.model_dump(mode="json", exclude_defaults=True), "frozen")
    assert again == Loaded(found)


def test_custom_activities_change_add_and_ignore(tmp_path: Path) -> None:
    more = (
        MODEL
        + """  Process:
    Gone:
      uuid: 22222222-2222
      level: 2
    Also gone:
      level: 2
      uuid: 33333333-3333
"""
    )
    ignore = """
Culture and Organization:
  Process:
    Whatever it is called: {uuid: 22222222-2222, ignore: true}
    Also gone: {ignore: true}
Nothing here:
  ignore: true
"""
    found = _model(tmp_path, more, CUSTOM, ignore).questionnaire
    build = found.criteria["build-and-deployment.build.defined-build-process"]
    assert build.activity is not None
    assert (build.activity.name, build.good, build.why) == (
        "Defined OUR build process",
        "Changed by us.",
        "The model's own risk.",
    )
    assert found.criteria["build-and-deployment.build.new-custom-activity"].why == "Ours."
    assert not [key for key in found.criteria if "gone" in key]


def test_a_whole_dimension_is_ignored(tmp_path: Path) -> None:
    found = _model(
        tmp_path, MODEL, "Agentic AI:\n  ignore: true\n", "Information Gathering:\n  Logging: {ignore: false}\n"
    )
    ids = [pillar.id for pillar in found.questionnaire.pillar]
    assert "agentic-ai" not in ids
    assert "information-gathering" in ids
    # Level 2 has lost its only activity; the scale from 0 to 5 stays.
    assert (found.questionnaire.base, found.questionnaire.top) == (0, 5)


def test_names_of_any_script_get_ids(tmp_path: Path) -> None:
    extra = """
维度:
  子:
    活动: {uuid: 44444444-4444, level: 1}
  其他:
    活动二: {uuid: 55555555-5555, level: 1}
"""
    found = _model(tmp_path, MODEL, extra).questionnaire
    assert [key for key in found.criteria if "activity" in key] == [
        "other.other.activity-44444444",
        "other.other-2.activity-55555555",
    ]
    assert slug("Über α & β!") == "uber"


META = """
progressDefinition:
  Done: {score: 100%, definition: Everywhere}
  Not there: {score: 0%}
  Half way: 0.5
"""


def test_states_of_a_team_become_the_scale(tmp_path: Path) -> None:
    found = _model(tmp_path, MODEL, meta=META).questionnaire
    assert [(step.id, step.value, step.meaning) for step in found.scale] == [
        ("not-there", 0, "Not there"),
        ("half-way", Fraction(1, 2), "Half way"),
        ("done", 1, "Everywhere"),
    ]
    assert (found.met, found.presence) == ("done", "half-way")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("a: 1", ["is missing"]),
        ("progressDefinition:", ["is missing"]),
        ("progressDefinition: {a: 0%}", ["does not rise"]),
        ("progressDefinition: {a: 10%, b: 100%}", ["does not rise"]),
        ("progressDefinition: {a: 0%, b: 0%, c: 100%}", ["does not rise"]),
        ("progressDefinition: {a: -1, b: 120%, c: x, d: {score: }}", ["is no share"] * 4),
        ("progressDefinition: {a b: 0%, A-B: 50%, '!': 100%}", ["cannot be told"] * 2),
        ("- a", ["is missing"]),
        ("progressDefinition: {a: [", ["is not YAML"]),
    ],
)
def test_states_that_make_no_scale(tmp_path: Path, text: str, messages: list[str]) -> None:
    path = tmp_path / "meta.yaml"
    path.write_text(text)
    found = read_states(path)
    assert isinstance(found, Invalid)
    assert len(found.problems) == len(messages)
    assert all(message in problem.message for message, problem in zip(messages, found.problems, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["holds no activity"]),
        ("meta: {version: 1}", ["holds no activity"]),
        ("- a\n- b", ["is no table of dimensions"]),
        ("just text", ["is no table of dimensions"]),
        ("A: text", ["A is no table"]),
        ("A: {B: [x]}", ["A.B is no table"]),
        ("A: {B: {C: text}}", ["A.B.C is no table"]),
        ("A: {B: {C: null}}", ["A.B.C is no table"]),
        ("A: {B: {C: {level: 1}}}", ["A.B.C.uuid is missing"]),
        ("A: {B: {C: {uuid: aaaaaaaa}}}", ["A.B.C.level is missing"]),
        ("A: {B: {C: {uuid: 'no uuid', level: x}}}", ["C.uuid", "C.level"]),
        ("A: {B: {C: {uuid: aaaaaaaa, level: 9}, D: {uuid: bbbbbbbb, level: 0}}}", ["C.level is 9", "D.level is 0"]),
        ("A: {B: {C: {uuid: aaaaaaaa, level: 1, usefulness: 7, dependsOn: {a: b}}}}", ["usefulness", "dependsOn"]),
        (
            "A: {B: {C: {uuid: aaaaaaaa, level: 1, references: [x], difficultyOfImplementation: {time: lots}}}}",
            ["difficultyOfImplementation.time", "references"],
        ),
        ("A: {B: {C: {uuid: aaaaaaaa, level: 1}, D: {uuid: AAAAAAAA, level: 1}}}", ["repeats the uuid"]),
        ("A: {B: {C: {uuid: aaaaaaaa, level: 1}}, E: {C: {uuid: bbbbbbbb, level: 1}}}", ["has the name of"]),
        ("A: {B: {C: {uuid: aaaaaaaa, level: 1}, C: {uuid: bbbbbbbb, level: 1}}}", ["names 'C' twice"]),
        ("A: &a {B: {C: {uuid: aaaaaaaa, level: 1}}}\nD: *a", ["uses the alias"]),
        (f"A: {{B: {{{'word ' * 40}: {{uuid: aaaaaaaa, level: 1}}}}}}", ["has 48 words"]),
    ],
)
def test_bad_models_are_told_and_never_raise(tmp_path: Path, text: str, expected: list[str]) -> None:
    problems = _problems(tmp_path, text)
    assert len(problems) == len(expected), problems
    for problem, part in zip(problems, expected, strict=True):
        assert part in problem


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    problems = _problems(tmp_path, MODEL + "X: 1\n", "A: {B: {C: 1}}", meta="progressDefinition: {a: x}")
    assert [problem.partition(" ")[0] for problem in problems] == ["0.yaml:", "1.yaml:", "meta.yaml:"]


def test_prerequisites_drop_circles_in_the_order_of_the_file() -> None:
    kept, dropped = prerequisites(
        [
            ("a", "A", 1, ["b"]),
            ("b", "B", 1, ["c", "c"]),
            ("c", "C", 1, ["a", "c"]),
            ("d", "D", 2, ["A"]),
            ("e", "E", 1, ["d"]),
        ]
    )
    assert kept == {"a": ("b",), "b": ("c",), "d": ("a",)}
    assert [(d.activity, d.wanted, d.reason) for d in dropped] == [
        ("C", "a", "would close a circle"),
        ("C", "c", "would close a circle"),
        ("E", "d", "is of the higher level 2"),
    ]


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ((1, 1, 1), (Fraction(2), Fraction(1, 2))),
        ((3, 2, 4), (Fraction(12), Fraction(1))),
        ((5, 5, 5), (Fraction(25), Fraction(8))),
        ((None, None, None), (Fraction(8), Fraction(2))),
    ],
)
def test_effort(ratings: tuple[int | None, int | None, int | None], expected: tuple[Fraction, Fraction]) -> None:
    assert effort(*ratings) == expected
