"""Every export format keeps the same promises: its samples give the expected result, and nobody else claims them.

Samples lie in ``tests/data/evidence/<format>/``, each beside its ``.expected.json``. After a deliberate change, run
with COLONNADE_UPDATE_EXPECTED=1 and read the difference.
"""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from questionnaires.model import FactType
from scoring.evidence.facts import catalogue
from scoring.evidence.format import Parsed, Undecidable
from scoring.evidence.ingest import as_json, inspect
from scoring.evidence.registry import examine, formats
from scoring.evidence.source import Source, read

DATA = Path(__file__).parents[1] / "data" / "evidence"
SAMPLES = sorted(path for path in DATA.glob("*/*") if not path.name.endswith(".expected.json"))
KEYS = [
    "path",
    "member",
    "sha256",
    "outcome",
    "candidates",
    "reason",
    "format",
    "tool",
    "category",
    "captured_at",
    "records",
    "findings",
    "facts",
    "warnings",
]


def sample_id(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def parsed(path: Path) -> Parsed:
    [inspection] = inspect([path])
    assert isinstance(inspection.outcome, Parsed), inspection.outcome
    return inspection.outcome


@pytest.mark.parametrize("path", SAMPLES, ids=sample_id)
def test_sample_gives_the_expected_result(path: Path) -> None:
    [inspection] = inspect([path])
    found = as_json(inspection)
    assert list(found) == KEYS
    del found["path"]
    expected = path.with_name(path.name + ".expected.json")
    if os.environ.get("COLONNADE_UPDATE_EXPECTED"):
        expected.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))
    assert found["format"] == path.parent.name


@pytest.mark.parametrize("path", SAMPLES, ids=sample_id)
def test_no_other_format_claims_a_sample(path: Path) -> None:
    [source] = read(path)
    assert isinstance(source, Source)
    assert [one.name for one in formats().values() if one.identify(source.shape)] == [path.parent.name]


@pytest.mark.parametrize("path", SAMPLES, ids=sample_id)
def test_facts_are_those_of_the_catalogue(path: Path) -> None:
    accepts: dict[FactType, type] = {
        FactType.COUNT: int,
        FactType.NUMBER: float,
        FactType.SHARE: float,
        FactType.BOOLEAN: bool,
        FactType.TEXT: str,
        FactType.DATE: str,
    }
    for fact in parsed(path).facts:
        kind = catalogue()[fact.name]
        assert path.parent.name in kind.formats, fact.name
        assert type(fact.value) is accepts[kind.type], fact.name
        if kind.type is FactType.SHARE:
            assert 0 <= float(fact.value) <= 1
        if kind.type is FactType.DATE:
            date.fromisoformat(str(fact.value))


@pytest.mark.parametrize("path", SAMPLES, ids=sample_id)
def test_no_fact_is_given_twice_for_one_category(path: Path) -> None:
    named = [(fact.name, fact.category) for fact in parsed(path).facts]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("path", SAMPLES, ids=sample_id)
def test_counts_agree(path: Path) -> None:
    result = parsed(path)
    assert result.records.distinct <= result.records.open <= result.records.raw
    assert result.records.unit == formats()[result.format].unit
    if result.findings is not None:
        by_severity = result.findings.model_dump()
        assert by_severity.pop("total") == sum(by_severity.values())


@pytest.mark.parametrize("name", formats())
def test_format_has_samples_that_show_all_its_facts(name: str) -> None:
    samples = [path for path in SAMPLES if path.parent.name == name]
    assert samples
    shown = {fact.name for path in samples for fact in parsed(path).facts}
    assert shown == {fact for fact, kind in catalogue().items() if name in kind.formats}


@pytest.mark.parametrize("name", formats())
def test_format_says_what_it_is(name: str) -> None:
    one = formats()[name]
    assert one.title
    assert one.unit
    assert one.name == name


def test_catalogue_names_only_formats_that_exist() -> None:
    named = {name for kind in catalogue().values() for name in kind.formats}
    assert named <= set(formats())
    # Style and complexity: read so that nobody wonders, but it proves nothing that is asked.
    assert set(formats()) - named == {"gitlab-codequality"}


def test_a_clean_document_is_read_once_its_format_is_said(tmp_path: Path) -> None:
    for one in formats().values():
        for document in one.clean:
            path = tmp_path / "clean.json"
            path.write_text(document, encoding="utf-8")
            [source] = read(path)
            assert isinstance(source, Source)
            undecided = examine(source)
            assert isinstance(undecided, Undecidable)
            assert one.name in undecided.candidates
            said = examine(source, one.name)
            assert isinstance(said, Parsed)
            assert said.records.raw == 0
