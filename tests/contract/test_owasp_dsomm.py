"""The shipped DSOMM questionnaire against figures that were taken from the official model 4.3.1 once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from questionnaires.counts import activity_counts
from questionnaires.dsomm import DSOMM, corrections, effort, prerequisites, references_of
from questionnaires.load import CONTENT, Invalid, Loaded, load_unmapped, shipped
from questionnaires.model import Questionnaire, Scope

# Activities per level, 1 to 5.
LEVELS = {
    "build-and-deployment.build": (1, 3, 1, 0, 1),
    "build-and-deployment.deployment": (3, 4, 3, 3, 1),
    "build-and-deployment.patch-management": (2, 4, 1, 1, 0),
    "culture-and-organization.design": (1, 1, 3, 1, 1),
    "culture-and-organization.education-and-guidance": (2, 5, 5, 4, 1),
    "culture-and-organization.process": (1, 1, 2, 0, 0),
    "implementation.application-hardening": (3, 2, 2, 1, 1),
    "implementation.development-and-source-control": (1, 1, 3, 1, 1),
    "implementation.infrastructure-hardening": (3, 9, 8, 4, 1),
    "information-gathering.logging": (1, 2, 2, 0, 2),
    "information-gathering.monitoring": (3, 3, 5, 4, 1),
    "information-gathering.test-kpi": (0, 3, 3, 1, 0),
    "test-and-verification.application-tests": (0, 1, 1, 1, 1),
    "test-and-verification.consolidation": (2, 2, 7, 2, 1),
    "test-and-verification.dynamic-depth-for-applications": (0, 3, 3, 1, 2),
    "test-and-verification.dynamic-depth-for-infrastructure": (0, 3, 2, 1, 1),
    "test-and-verification.static-depth-for-applications": (0, 4, 6, 2, 4),
    "test-and-verification.static-depth-for-infrastructure": (2, 5, 2, 3, 0),
    "test-and-verification.test-intensity": (1, 1, 2, 1, 0),
}
# How often the authors gave each rating, 1 to 5.
RATINGS = {
    "knowledge": (32, 89, 50, 18, 5),
    "time": (45, 75, 42, 16, 16),
    "resources": (92, 69, 17, 5, 11),
    "usefulness": (13, 27, 81, 54, 19),
}
# The activities whose ISO 27001:2022 list the published file has wrong, with a number that it lost.
WRONG = {
    "08f27c26-2c6a-47fe-9458-5e88f188085d": "8.8",
    "0c10a7f7-f78f-49f2-943d-19fdef248fed": "5.10",
    "0ec92899-a5cb-4649-984b-2fb1d6c784ad": "5.10",
    "27337442-e4b1-4e87-8dc9-ce86fbb79a39": "5.10",
    "2b7cc923-bdaf-43e3-8fb4-a995b7783969": "5.10",
    "51f3fce5-b5c8-4683-8c41-e785fe4f3b5f": "5.10",
    "55f4c916-3a34-474d-ad96-9a9f7a4f6a83": "5.10",
    "72737130-472c-4984-80f8-9ab2f1c2ed5d": "5.10",
    "7a82020c-94d1-471c-bbd3-5f7fe7df4876": "5.10",
    "86d490b9-d798-4a5b-a011-ab9688014c46": "5.10",
    "aaffa73f-59f6-4267-b0ab-732f3d13e90d": "5.10",
    "bc548cba-cb82-4f76-bd4b-325d9d256279": "5.10",
    "c922981b-65ed-40f3-a947-96fee9a0125f": "5.10",
    "cf0d600e-114d-4887-9059-d81c53805f0d": "5.10",
    "e808028c-351c-42f1-bcd9-fba738d1fc55": "8.20",
}
ISO = "iso27001-2022"


@pytest.fixture(scope="module")
def dsomm() -> Questionnaire:
    return shipped().questionnaires[DSOMM]


def test_every_activity_stands_where_the_model_has_it(dsomm: Questionnaire) -> None:
    found = {
        key: tuple(sum(c.level == level for c in practice.criterion) for level in range(1, 6))
        for key, practice in dsomm.practices.items()
    }
    assert found == LEVELS
    assert len(dsomm.criteria) == 194
    assert {practice.scope for practice in dsomm.practices.values()} == {Scope.APPLICATION}
    assert (dsomm.base, dsomm.top, dsomm.version) == (0, 5, "4.3.1")


def test_each_criterion_stands_for_one_activity(dsomm: Questionnaire) -> None:
    uuids = [uuid for criterion in dsomm.criteria.values() for uuid in criterion.dsomm]
    assert len(uuids) == len(set(uuids)) == 194
    assert all(len(c.dsomm) == 1 and c.activity is not None for c in dsomm.criteria.values())
    names = [c.activity.name for c in dsomm.criteria.values() if c.activity]
    assert len(set(names)) == 194
    assert {"Defined build process", ".gitignore", "WAF Advanced", "Simple Scan"} <= set(names)


@pytest.mark.parametrize("rating", RATINGS)
def test_ratings_are_the_authors(dsomm: Questionnaire, rating: str) -> None:
    found = Counter(getattr(criterion.activity, rating) for criterion in dsomm.criteria.values())
    assert tuple(found[value] for value in range(1, 6)) == RATINGS[rating]


def test_effort_follows_from_the_ratings(dsomm: Questionnaire) -> None:
    for criterion in dsomm.criteria.values():
        activity = criterion.activity
        assert activity is not None
        expected = effort(activity.knowledge, activity.time, activity.resources)
        assert (criterion.setup_days, criterion.per_application_days) == expected, criterion.id


def test_all_123_dependencies_became_prerequisites(dsomm: Questionnaire) -> None:
    assert sum(len(criterion.prerequisites) for criterion in dsomm.criteria.values()) == 123
    listed = [(c.id, c.id, c.level, c.prerequisites) for c in dsomm.criteria.values()]
    assert prerequisites(listed)[1] == ()
    build = "build-and-deployment.build."
    assert dsomm.criteria[build + "signing-of-artifacts"].prerequisites == (
        build + "defined-build-process",
        build + "pinning-of-artifacts",
    )


def test_references_are_numbers_as_text_and_corrected(dsomm: Questionnaire) -> None:
    by_uuid = {c.dsomm[0]: c.activity for c in dsomm.criteria.values()}
    for uuid, number in WRONG.items():
        activity = by_uuid[uuid]
        assert activity is not None
        assert number in activity.references[ISO], activity.name
    every = [n for a in by_uuid.values() if a for numbers in a.references.values() for n in numbers]
    assert not [number for number in every if " " in number or number == "TODO"]
    assert {key for a in by_uuid.values() if a for key in a.references} == {"samm2", "iso27001-2017", ISO}


def test_corrections_change_exactly_the_lists_that_are_wrong() -> None:
    table = corrections()
    assert len(table) == 17
    assert {uuid for uuid, standard in table if standard == ISO} == set(WRONG)
    assert len([c for c in table.values() if c.published]) == 14
    for (uuid, standard), correction in table.items():
        assert references_of(uuid, {standard: correction.published})[0][standard] == correction.source
        # A later version that has it right, or says something else, is left alone.
        for other in (correction.source, ("9.9",)):
            references, applied = references_of(uuid, {standard: other})
            assert references[standard] == other
            assert correction not in applied


def test_the_scale_is_dsomms_own_and_the_last_state_counts(dsomm: Questionnaire) -> None:
    assert [(step.name, str(step.value)) for step in dsomm.scale] == [
        ("Not implemented", "0"),
        ("Started", "1/5"),
        ("Partly implemented", "1/2"),
        ("Fully implemented", "1"),
    ]
    assert dsomm.met == dsomm.scale[-1].id


def test_licence_and_attribution_are_stated(dsomm: Questionnaire) -> None:
    assert "Attribution-ShareAlike" in dsomm.licence
    assert "This work is based on the OWASP DevSecOps Maturity Model" in dsomm.attribution
    assert "judgement of its authors" in dsomm.attribution


def test_targets_rise_with_the_tier(dsomm: Questionnaire) -> None:
    for pillar in dsomm.pillar:
        first, second, third = (dsomm.targets[tier, pillar.id] for tier in "123")
        assert first >= second >= third >= 1


def test_every_activity_is_mapped_or_listed_with_a_reason() -> None:
    content = shipped()
    assert activity_counts(content) == {"mapped": 159, "unmapped": 35}
    assert all(len(reason) > 40 for reason in content.unmapped.values())


@pytest.mark.parametrize(
    ("uuid", "criterion"),
    [
        ("ea6f69f7-54a5-4922-ac15-a77ff0c16162", "risk.routing.approval-void"),
        ("72737130-472c-4984-80f8-9ab2f1c2ed5d", "risk.tailoring.protection-need"),
    ],
)
def test_activities_that_one_criterion_means_alone(uuid: str, criterion: str) -> None:
    financial = shipped().questionnaires["financial-devsecops"]
    assert [c.id for c in financial.criteria.values() if uuid in c.dsomm] == [criterion]


def test_the_table_of_unmapped_activities_is_checked(tmp_path: Path) -> None:
    content = shipped()
    text = (CONTENT / DSOMM / "unmapped.toml").read_text(encoding="utf-8")
    path = tmp_path / "unmapped.toml"
    signing, mapped = "9f107927-61e9-4574-85ad-3f2b4bca8665", "f6f7737f-25a9-4317-8de2-09bf59f29b5b"
    path.write_text(text.replace(signing, mapped) + '11111111-0000 = "no such activity"\n', encoding="utf-8")
    found = load_unmapped(path, content.questionnaires[DSOMM], content.questionnaires)
    assert isinstance(found, Invalid)
    assert {(problem.key, problem.message.partition(" '")[0]) for problem in found.problems} == {
        (f"reason.{signing}", "is missing for"),
        (f"reason.{mapped}", "is mapped to"),
        ("reason.11111111-0000", "is no known activity"),
    }


def test_a_uuid_that_no_activity_has_is_found() -> None:
    content = shipped()
    whole = content.questionnaires[DSOMM]
    path = CONTENT / DSOMM / "unmapped.toml"
    without = Questionnaire.model_validate({**whole.model_dump(), "pillar": whole.pillar[1:]})
    found = load_unmapped(path, without, content.questionnaires)
    assert isinstance(found, Invalid)
    assert any("does not list the activity 'f6f7737f" in problem.message for problem in found.problems)
    assert isinstance(load_unmapped(path, whole, content.questionnaires), Loaded)
