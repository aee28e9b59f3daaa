"""Packs, results and attachments from anywhere: no bytes give anything but a clear refusal, and nothing is written."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engagement import pack
from app.engagement.attachment import parse_baseline
from app.engagement.errors import EngagementError
from app.engagement.sealing import unsealed
from app.engagement.zipped import unzipped, zipped
from scoring.results import Owner, Results, Stored, as_data, from_data
from tests.engagement_example import create


@cache
def example() -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        return pack.freeze(create(Path(scratch) / "acme"))


@settings(max_examples=100)
@given(st.data())
def test_no_damage_to_a_pack_goes_unnoticed(data: st.DataObject) -> None:
    damaged = bytearray(example())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.sampled_from([len(damaged), len(damaged) - 1, len(damaged) // 2]))]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "a.colonnade"
        path.write_bytes(damaged)
        try:
            found = pack.thaw(path)
        except EngagementError:
            return
        path.write_bytes(example())
        assert found == pack.thaw(path)  # only what no file holds was touched, such as a date


names = st.text("ab/.\\:é", min_size=1, max_size=12)


@given(st.dictionaries(names, st.binary(max_size=20), max_size=4))
def test_a_zip_comes_back_or_is_refused(files: dict[str, bytes]) -> None:
    try:
        found = unzipped(zipped(files, ""), "a", may_hold=lambda name: "a" in name, members=3, size=40)
    except EngagementError:
        assert len(files) > 3 or sum(map(len, files.values())) > 40 or any("a" not in name for name in files)
    else:
        assert found == files


@given(st.text(max_size=60) | st.sampled_from(["applications/", "history/", "evidence/"]).flatmap(
    lambda folder: st.text("abcn0./-\\ \0AÉ", max_size=20).map(lambda rest: folder + rest)))  # fmt: skip
def test_a_name_that_a_pack_may_hold_is_safe_everywhere(name: str) -> None:
    if pack.may_hold(name):
        assert name.isascii()
        assert name == name.lower()
        assert not set(name) & set('\\:*?"<>| \0')
        parts = name.split("/")
        assert len(parts) <= 2
        assert all(part and not part.startswith(".") and not part.endswith(".") for part in parts)
        assert parts[-1].split(".")[0] not in ("con", "prn", "aux", "nul")


@given(st.binary(max_size=200).map(lambda rest: b"age-encryption.org/v1\n-> scrypt " + rest))
def test_no_header_of_an_encrypted_file_is_a_traceback(data: bytes) -> None:
    try:
        unsealed(data, "x", "a")
    except EngagementError:
        return
    raise AssertionError("nothing here was encrypted")


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["1/0", "1e9", "5/2", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["schema_version", "rules", "owner", "node", "id", "low", "tier"]), inner)
    ),
    max_leaves=8,
)


@given(json)
def test_no_data_for_results_is_a_traceback(data: object) -> None:
    found = from_data(data)
    assert found is None or from_data(as_data(found)) == found


points = st.fractions(min_value=0, max_value=5)
stored = st.tuples(points, points, points, st.integers(0, 5)).map(
    lambda v: Stored(sorted(v[:3])[1], sorted(v[:3])[2], sorted(v[:3])[0], v[3], 1, 2, 3)
)
keys = st.text(max_size=8)


@given(
    st.dictionaries(
        st.sampled_from([Owner(None, None), Owner("1", None), Owner("1", "pay")]),
        st.dictionaries(keys, st.none() | stored, max_size=3),
    ),
    st.dictionaries(st.tuples(keys, keys), st.integers(0, 5), max_size=3),
)
def test_results_come_back_exactly(
    nodes: dict[Owner, dict[str, Stored | None]], targets: dict[tuple[str, str], int]
) -> None:
    found = Results("1", nodes, targets)
    assert from_data(as_data(found)) == found


def test_a_long_fraction_comes_back() -> None:
    long = Fraction(10**300 + 1, 10**300)
    found = Results("1", {Owner("1", None): {"": Stored(long, long, long, 1, 1, 1, 0)}}, {})
    assert from_data(as_data(found)) == found


@given(st.binary(max_size=100))
def test_no_attachment_is_a_traceback(data: bytes) -> None:
    try:
        parse_baseline(data, "a.pdf")
    except EngagementError:
        return
    raise AssertionError("nothing here was a baseline")
