"""Whatever a YAML file holds, it is read or refused, never raised; and progress comes back as it was."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires.dsomm import load_model
from questionnaires.dsomm_files import read_states
from questionnaires.dsomm_teams import Progress, moved, progress_text, read_evidence, read_progress, standing
from questionnaires.load import Invalid, Loaded, shipped

ORDER = ["Not implemented", "Started", "Partly implemented", "Fully implemented"]
ACTIVITY_KEYS = ["uuid", "level", "ignore", "risk", "references", "dependsOn", "difficultyOfImplementation", "time"]
FILE_KEYS = ["meta", "version", "progress", "evidence", "id", "teams", "progressDefinition", "score", "", " ", "a"]
KEYS = st.sampled_from([*ACTIVITY_KEYS, *FILE_KEYS])
SCALARS = st.one_of(
    st.none(), st.sampled_from(["aaaaaaaa", "1", "2025-01-01", "true", "50%", " ", "TODO"]), st.text(max_size=8)
)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=4), max_leaves=20)
ACTIVITY = st.fixed_dictionaries(
    {"uuid": st.uuids().map(str), "level": st.integers(0, 6)}, optional={"x": VALUES}
).flatmap(
    lambda fixed: st.dictionaries(KEYS.filter(lambda k: k not in fixed), VALUES, max_size=4).map(
        lambda more: {**more, **fixed}
    )
)
MODELS = st.dictionaries(
    st.text(max_size=6), st.dictionaries(st.text(max_size=6), st.dictionaries(st.text(max_size=9), ACTIVITY))
)
SETTINGS = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dsomm") / "file.yaml"


@SETTINGS
@given(value=VALUES | MODELS)
def test_any_structure_is_read_or_refused(place: Path, value: Any) -> None:
    place.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    for found in (load_model([place], shipped(), place), load_model([place], shipped()), read_progress(place)):
        assert isinstance(found, Loaded | Invalid)
    for other in (read_evidence(place), read_states(place)):
        assert isinstance(other, Loaded | Invalid)


@SETTINGS
@given(data=st.binary(max_size=60) | st.text(alphabet="{}[]:,&*!-?|>'\"# \n\tab1", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(place: Path, data: bytes) -> None:
    place.write_bytes(data)
    assert isinstance(load_model([place], shipped()), Loaded | Invalid)
    assert isinstance(read_progress(place), Loaded | Invalid)


DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
STATES = st.dictionaries(st.sampled_from(ORDER), DAYS, min_size=1)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@SETTINGS
@given(
    progress=st.dictionaries(st.uuids().map(str), st.dictionaries(NAMES, STATES, min_size=1, max_size=3), max_size=4)
)
def test_progress_comes_back(place: Path, progress: dict[str, dict[str, dict[str, date]]]) -> None:
    given_ = Progress(progress=progress)
    place.write_text(progress_text(given_, dict.fromkeys(progress, "Some: name # x")), encoding="utf-8")
    assert read_progress(place) == Loaded(given_)


@given(states=STATES | st.just({}), to=st.sampled_from(ORDER), today=DAYS)
def test_a_move_ends_where_it_should_and_knows_no_later_state(states: dict[str, date], to: str, today: date) -> None:
    found = moved(states, ORDER, to, today)
    assert standing(found, ORDER) == to
    assert all(day in (states.get(state), today) for state, day in found.items())
    assert moved(found, ORDER, to, today) == found
