"""Whatever the bytes, an examination ends as Parsed, Undecidable or Rejected, and says nothing it should not."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scoring.evidence import shape
from scoring.evidence.format import Outcome, Parsed, Rejected, Undecidable
from scoring.evidence.limits import MIB, Limits
from scoring.evidence.registry import examine, formats
from scoring.evidence.scalars import label, moment, repository
from scoring.evidence.source import Source, read_bytes

DATA = Path(__file__).parents[1] / "data" / "evidence"
SAMPLES = [path.read_bytes() for path in sorted(DATA.glob("*/*")) if not path.name.endswith(".expected.json")]
LIMITS = Limits(memory_bytes=4 * MIB, content_bytes=8 * MIB, member_bytes=4 * MIB, archive_bytes=8 * MIB)
STREAMED = Limits(memory_bytes=16, content_bytes=8 * MIB)
WORDS = """version runs tool driver name rules results ruleId ruleIndex level kind suppressions properties bomFormat
components metadata vulnerabilities ratings severity score total_count workflow_runs jobs conclusion steps id created_at
$schema databaseId workflowName headSha errors"""
KEYS = st.sampled_from(WORDS.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["2.1.0", "1.0.0", "sarif", "CycloneDX", "CodeQL", "error", "success", "2026-01-01T00:00:00Z"])
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


def outcomes(data: bytes, limits: Limits = LIMITS, name: str | None = None) -> list[Outcome]:
    return [
        examine(source, name) if isinstance(source, Source) else Rejected(source.reason)
        for source in read_bytes(data, "given", limits)
    ]


def check(found: list[Outcome]) -> None:
    for outcome in found:
        match outcome:
            case Parsed():
                assert outcome.records.distinct <= outcome.records.open <= outcome.records.raw
            case Rejected(reason):
                assert reason
            case Undecidable(candidates, reason):
                assert candidates
                assert reason


@given(st.binary(max_size=2000))
@example(b"")
@example(b"PK\x03\x04")
@example(b"\x1f\x8b\x08")
@example(b"\x28\xb5\x2f\xfd")
@example(b"BZh9")
@example(b"\xff\xfe\x00\x00{")
@example(b"<?xml version='1.0' encoding='utf-7'?><a/>")
def test_any_bytes(data: bytes) -> None:
    check(outcomes(data))
    check(outcomes(data, STREAMED))


@given(VALUES)
def test_any_json(value: Any) -> None:
    check(outcomes(json.dumps(value).encode()))
    check(outcomes(json.dumps(value).encode(), STREAMED))


@pytest.mark.parametrize("name", formats())
@given(value=st.dictionaries(KEYS, VALUES, max_size=8) | VALUES)
def test_any_json_for_a_named_format(name: str, value: Any) -> None:
    check(outcomes(json.dumps(value).encode(), name=name))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample with a few pieces cut, doubled, swapped or overwritten."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        if not data:
            break
        start = draw(st.integers(0, len(data) - 1))
        end = min(len(data), start + draw(st.integers(1, 200)))
        match draw(st.integers(0, 4)):
            case 0:
                del data[start:end]
            case 1:
                data[start:start] = data[start:end]
            case 2:
                data[start : start + 8] = draw(st.binary(max_size=8))
            case 3:
                del data[start:]
            case _:
                data[start:start] = draw(
                    st.sampled_from(
                        [b"null", b"[]", b"{}", b"-1", b"1e400", b'"\\ud800"', b"<!DOCTYPE a>", b"]]>", b"&a;"]
                    )
                )
    return bytes(data)


@given(mutated())
def test_mutated_samples(data: bytes) -> None:
    check(outcomes(data))
    check(outcomes(data, STREAMED))


@given(st.sampled_from(SAMPLES), st.integers(0, 300), st.binary(min_size=1, max_size=4))
def test_mutated_archives(sample: bytes, place: int, change: bytes) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.json", sample)
        archive.writestr("c.gz", gzip.compress(sample))
    for packed in (held.getvalue(), gzip.compress(sample)):
        data = bytearray(packed)
        at = place * len(data) // 301
        data[at : at + len(change)] = change
        check(outcomes(bytes(data)))
        check(outcomes(bytes(data[: at + 1])))


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encoding_changes_nothing(sample: bytes, codec: str) -> None:
    assert outcomes(sample.decode().encode(codec)) == outcomes(sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_streaming_changes_nothing(sample: bytes) -> None:
    """Formats that do not stream say that the file is too large; no other result may differ."""
    for streamed, held in zip(outcomes(sample, STREAMED), outcomes(sample), strict=True):
        assert streamed == held or (isinstance(streamed, Rejected) and "larger than" in streamed.reason)


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_recognition_by_the_beginning_changes_nothing(sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Formats that know a large export by its first keys say the same as if all of it had been looked at."""
    whole, half = outcomes(sample), outcomes(sample[: len(sample) // 2])
    twice = outcomes(sample + b"\n" + sample)
    monkeypatch.setattr(shape, "_LARGE", 0)
    assert outcomes(sample) == whole
    assert outcomes(sample[: len(sample) // 2]) == half
    assert outcomes(sample + b"\n" + sample) == twice
    for length in (16, 100, 1000):
        monkeypatch.setattr(shape, "_BEGINNING", length)
        assert outcomes(sample) == whole


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_a_cut_sample_is_never_parsed(sample: bytes) -> None:
    """What a broken download leaves must not count as a clean report."""
    whole = sample.rstrip()
    for end in (1, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        assert all(isinstance(outcome, Rejected) for outcome in outcomes(whole[:end]))


@given(st.text(max_size=80) | st.integers() | st.none())
def test_scalars_are_total(value: object) -> None:
    assert "\n" not in label(value)
    assert len(repository(value)) <= 200
    read = moment(value)
    assert read is None or read.utcoffset() is not None
