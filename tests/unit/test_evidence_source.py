"""The reading layer: whatever lies on disk becomes sources or reasons, within limits."""

import bz2
import errno
import gzip
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
import zstandard

from scoring.evidence.encoding import REPLACED
from scoring.evidence.format import Parsed, Rejected, Undecidable
from scoring.evidence.jsontext import NOISE, beginning
from scoring.evidence.limits import MIB, Limits
from scoring.evidence.registry import examine
from scoring.evidence.source import Source, Unreadable, read, read_bytes
from scoring.evidence.stored import display

SARIF = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "CodeQL"}}, "results": [{"ruleId": "ä"}]}]}
TEXT = json.dumps(SARIF, ensure_ascii=False)
BYTES = TEXT.encode()
JUNIT = b'<testsuites><testsuite name="a"><testcase name="b"/></testsuite></testsuites>'


def outcome(data: bytes, limits: Limits | None = None) -> Parsed | Undecidable | Rejected:
    [source] = read_bytes(data, "given", limits or Limits())
    return examine(source) if isinstance(source, Source) else Rejected(source.reason)


def reason(data: bytes, limits: Limits | None = None) -> str:
    said = outcome(data, limits)
    assert isinstance(said, Rejected), said
    return said.reason


def results(data: bytes, limits: Limits | None = None) -> int:
    said = outcome(data, limits)
    assert isinstance(said, Parsed), said
    return said.records.raw


def gzipped(data: bytes) -> bytes:
    """Without the moment: it would name the tests, and two workers that collect them must agree."""
    return gzip.compress(data, mtime=0)


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return held.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        BYTES,
        b"\xef\xbb\xbf" + BYTES,
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("utf-32-be"),
        gzipped(BYTES),
        gzipped(BYTES[:20]) + gzipped(BYTES[20:]),
        bz2.compress(BYTES),
        zstandard.compress(BYTES),
        zstandard.compress(BYTES[:20]) + zstandard.compress(BYTES[20:]),
        gzipped(b"\xef\xbb\xbf" + BYTES),
        zipped({"inside.sarif": BYTES}),
        zipped({"inside.sarif": BYTES}, zipfile.ZIP_STORED),
        gzipped(zipped({"inside.sarif": BYTES})),
        zipped({"inside.sarif.gz": gzipped(BYTES)}),
        zipped({"more.zip": zipped({"inside.sarif": BYTES})}),
        b"  \r\n\t" + BYTES + b"\n\n",
        b"\x1e" + BYTES,
        json.dumps(SARIF, indent=2).encode(),
    ],
)
def test_every_wrapping_gives_the_same_result(data: bytes) -> None:
    assert results(data) == 1


@pytest.mark.parametrize(
    "noise",
    [
        b"Scanning 12 files ...\n",
        b"[INFO] started\n[2026-02-01 10:00:00] still going\n",
        b"100% {=====}\r",
        b"\x1b[32mdone\x1b[0m\n\x1b[0m",
    ],
)
def test_console_noise_ahead_of_json_is_skipped_with_a_warning(noise: bytes) -> None:
    [source] = read_bytes(noise + BYTES, "given")
    assert isinstance(source, Source)
    assert isinstance(examine(source), Parsed)
    assert source.warnings == (NOISE,)


def test_noise_beyond_the_limit_is_not_searched() -> None:
    assert "plain text" in reason(b"line\n" * 200 + BYTES, Limits(noise_bytes=100))


@pytest.mark.parametrize("end", [1, 10, len(BYTES) // 2])
@pytest.mark.parametrize("indent", [None, 1])
def test_truncated_json_is_never_an_empty_result(end: int, indent: int | None) -> None:
    whole = json.dumps(SARIF, indent=indent).encode()
    assert "cut off" in reason(whole[:-end])


def test_truncated_array_of_whole_lines_is_not_taken_for_noise_and_a_document() -> None:
    assert "cut off" in reason(b'[\n{"a": 1},\n{"b": 2}')


@pytest.mark.parametrize("data", [BYTES + b" trailing", BYTES[:-1] + b",}", b'{"a" 1}'])
def test_malformed_json_names_the_place(data: bytes) -> None:
    assert "malformed at byte" in reason(data)


def test_json_like_text_says_what_is_wrong() -> None:
    assert "double quotes" in reason(b"{'a': 1}")


def test_json_lines_and_concatenated_values_are_several_values() -> None:
    for separator in (b"\n", b"", b"\x1e", b" \r\n"):
        [source] = read_bytes(b'{"a": 1}' + separator + b'{"a": [2, "}{"]}', "given")
        assert isinstance(source, Source)
        assert [value["a"] for value in source.values(dict)] == [1, [2, "}{"]]


def test_number_of_values_is_limited() -> None:
    assert "more than 10 JSON values" in reason(b"{}\n" * 11, Limits(documents=10))


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"runs":[', b'[{"a":'])
def test_deep_json_is_refused(opening: bytes) -> None:
    assert "nested too deep" in reason(opening * 100_000)


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" * 5000, b"NaN"])
def test_monstrous_numbers_do_no_harm(number: bytes) -> None:
    data = BYTES[:-1] + b', "other": ' + number + b', "version": "2.1.0"}'
    assert isinstance(outcome(data), Parsed | Rejected)
    score = BYTES.replace(b'{"ruleId":', b'{"properties": {"security-severity": ' + number + b'}, "ruleId":')
    assert isinstance(outcome(score), Parsed | Rejected)


def test_duplicated_keys_give_one_result() -> None:
    assert results(b'{"version": "1", "runs": [], ' + BYTES[1:]) == 1


PADDED = json.dumps({"version": "2.1.0", "runs": SARIF["runs"], "padding": "x" * MIB}).encode()
LATE = json.dumps({"runs": SARIF["runs"], "padding": "x" * MIB, "version": "2.1.0"}).encode()
"""Its beginning does not tell what it is."""


@pytest.mark.parametrize("data", [PADDED, LATE, b"\xef\xbb\xbf" + PADDED, b"\n" + PADDED, gzipped(PADDED)])
def test_large_exports_are_recognised_wherever_they_say_what_they_are(data: bytes) -> None:
    assert results(data) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (PADDED[:-1], "cut off"),
        (PADDED + b"}", "malformed at byte"),
        (PADDED[:-1] + b", oh}", "malformed at byte"),
        (PADDED + PADDED, "several JSON values in a row"),
        (PADDED.replace(b'"results": [', b'"results": [1, '), "structure is not that of the format"),
    ],
)
def test_large_exports_that_begin_well_are_read_to_their_end(data: bytes, said: str) -> None:
    assert said in reason(data)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (b' { "a" : 1 , "b":[1,2,{"c', {"a": b"1 ", "b": b'[1,2,{"c'}),
        (b'{"a":{}, "b": tru', {"a": b"{}"}),
        (b'{"a":{"b":"cut', {"a": b'{"b":"cut'}),
        (b'{"a":"cut', {}),
        (b'{"a":1,,"b":2}', {"a": b"1"}),
        (b'{"x":1} {"y":2}', {"x": b"1"}),
        (b'{"\xff":1,"b":2}', {}),
        (b'{"a" 1}', {}),
        (b"[1]", {}),
        (b"{}", {}),
        (b"", {}),
    ],
)
def test_beginning_of_an_object_gives_its_first_keys(text: bytes, keys: dict[str, bytes]) -> None:
    assert {key: bytes(value) for key, value in beginning(text, 1000).items()} == keys


def test_digest_of_large_content_is_that_of_small() -> None:
    data = bytes(5 * MIB)
    [source] = read_bytes(data, "given")
    assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_invalid_utf8_is_replaced_with_a_warning() -> None:
    [source] = read_bytes(BYTES.replace("ä".encode(), b"\xc0"), "given")
    assert isinstance(source, Source)
    assert isinstance(examine(source), Parsed)
    assert source.warnings == (REPLACED,)


def test_declared_encodings_of_xml_are_followed() -> None:
    text = '<?xml version="1.0" encoding="windows-1252"?><testsuite><testcase name="Zürich €"/></testsuite>'
    [source] = read_bytes(text.encode("cp1252"), "given")
    assert isinstance(source, Source)
    [case] = source.elements("testcase")
    assert case.attributes["name"] == "Zürich €"
    assert source.warnings == ()


def test_utf16_xml_is_read_whatever_it_declares() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><testsuite><testcase/></testsuite>'
    assert results(text.encode("utf-16")) == 1


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<testsuite><testcase name="&b;"/></testsuite>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<testsuite><testcase name="x">&a;</testcase></testsuite>"""
REMOTE = b'<?xml version="1.0"?><!DOCTYPE t SYSTEM "http://example.com/a.dtd"><testsuite><testcase/></testsuite>'


@pytest.mark.parametrize("data", [LAUGHS, EXTERNAL])
def test_entities_are_refused(data: bytes) -> None:
    assert "as attacks do" in reason(data)


def test_document_types_are_refused_where_the_format_has_none() -> None:
    assert "document type" in reason(REMOTE)


def test_document_types_are_read_where_a_format_needs_them() -> None:
    [source] = read_bytes(REMOTE, "given")
    assert isinstance(source, Source)
    assert len(list(source.elements("testcase", doctype=True))) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (JUNIT[:-5], "cut off at line 1"),
        (JUNIT.replace(b'"b"', b"b"), "broken at line 1"),
        (b"<testsuite>&nosuch;</testsuite>", "broken at line 1"),
        (b"<testsuite>" * 100_000, "deeper than 500"),
        (b"<testsuite>" * 501 + b"</testsuite>" * 501, "deeper than 500"),
        (b"<!-- nothing -->", "cut off"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
        (b"<html></html>", "a web page"),
        (b"<other><a/></other>", "root element other"),
    ],
)
def test_bad_xml_is_refused_with_a_reason(data: bytes, said: str) -> None:
    assert said in reason(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty file"),
        (b" \n\t ", "empty file"),
        (b"\xef\xbb\xbf", "empty file"),
        (bytes(range(256)) * 20, "binary data"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x7fELF" + bytes(100), "a program"),
        (b"name" + bytes(253) + b"ustar\x0000", "a tar archive"),
        (b"42", "a single JSON value"),
        (b'"text"', "a single JSON value"),
        (b"a,b\n1,2\n", "plain text"),
        (b"{}", "a JSON object"),
        (b'{"a": 1, "b b": 2, "c": 3}', "with the keys a, c"),
        (b'[{"first": 1}]', "whose first object has the keys first"),
    ],
)
def test_unknown_content_says_what_it_is(data: bytes, said: str) -> None:
    assert said in reason(data)


@pytest.mark.parametrize("data", [b"null", b"[]", b" [ ] ", b'{"errors": [], "results": []}', b"\xff\xfen\0u\0l\0l\0"])
def test_empty_documents_are_undecidable_with_candidates(data: bytes) -> None:
    said = outcome(data)
    assert isinstance(said, Undecidable)
    assert said.candidates


def test_zip_gives_one_source_per_member_in_order() -> None:
    packed = zipped({"b/1.sarif": BYTES, "a/2.xml": JUNIT, "empty/": b"", "__MACOSX/x": b"?", "a/.DS_Store": b"?"})
    sources = list(read_bytes(packed, "given"))
    assert [(source.path, source.member) for source in sources] == [("given", "b/1.sarif"), ("given", "a/2.xml")]
    assert [source.sha256 for source in sources] == [
        hashlib.sha256(BYTES).hexdigest(),
        hashlib.sha256(JUNIT).hexdigest(),
    ]


def test_nested_zip_names_the_way_and_stops_at_the_limit() -> None:
    inner = zipped({"1.sarif": BYTES})
    [source] = read_bytes(zipped({"m.zip": inner}), "given")
    assert source.member == "m.zip/1.sarif"
    [refused] = read_bytes(zipped({"o.zip": zipped({"m.zip": inner})}), "given")
    assert isinstance(refused, Unreadable)
    assert "deep inside one another" in refused.reason


def test_layers_of_compression_stop_at_the_limit() -> None:
    assert results(gzipped(gzipped(BYTES))) == 1
    assert "more than 2 times over" in reason(gzipped(gzipped(gzipped(BYTES))))


BOMB = b"[" + b" " * (20 * MIB) + b"]"


@pytest.mark.parametrize(
    "packed",
    [gzipped(BOMB), bz2.compress(BOMB), zstandard.compress(BOMB), zipped({"bomb.json": BOMB})],
    ids=["gzip", "bzip2", "zstd", "zip"],
)
def test_bombs_are_refused_by_their_ratio(packed: bytes) -> None:
    [source] = read_bytes(packed, "given", Limits(ratio_from_bytes=MIB))
    said = Rejected(source.reason) if isinstance(source, Unreadable) else examine(source)
    assert isinstance(said, Rejected)
    assert "bombs" in said.reason


def test_size_limits_hold() -> None:
    assert "unpacks to more than" in reason(gzipped(BYTES), Limits(content_bytes=10))
    assert "unpacks to more than" in reason(zipped({"a": BYTES}), Limits(member_bytes=10))
    [first, second] = read_bytes(zipped({"a": BYTES, "b": BYTES}), "given", Limits(archive_bytes=len(BYTES) + 1))
    assert isinstance(first, Source)
    assert isinstance(second, Unreadable)
    sources = list(read_bytes(zipped({f"{n}.sarif": BYTES for n in range(5)}), "given", Limits(members=3)))
    assert [type(source) for source in sources] == [Source] * 3 + [Unreadable]


@pytest.mark.parametrize(
    "data",
    [
        gzipped(BYTES)[:-12],
        gzipped(BYTES)[:10] + b"garbage",
        bz2.compress(BYTES)[:-8],
        zstandard.compress(BYTES)[:-8],
        zipped({"a.sarif": BYTES})[:-10],
        b"PK\x03\x04 nothing",
    ],
)
def test_broken_packing_is_refused(data: bytes) -> None:
    said = reason(data)
    assert "damaged" in said or "cut off" in said


def test_damaged_and_encrypted_members_are_refused_and_the_others_read() -> None:
    packed = bytearray(zipped({"a.sarif": BYTES, "b.sarif": BYTES}, zipfile.ZIP_STORED))
    packed[packed.index(BYTES)] ^= 1
    [bad, good] = read_bytes(bytes(packed), "given")
    assert isinstance(bad, Unreadable)
    assert isinstance(good, Source)
    locked = bytearray(zipped({"a.sarif": BYTES}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    [refused] = read_bytes(bytes(locked), "given")
    assert isinstance(refused, Unreadable)
    assert "encrypted" in refused.reason


def test_documents_that_are_zip_archives_are_refused_whole() -> None:
    [refused] = read_bytes(zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "given")
    assert isinstance(refused, Unreadable)
    assert "office document" in refused.reason


def test_streamed_content_gives_the_same_result() -> None:
    tiny = Limits(memory_bytes=64)
    for data in (BYTES, b"\xef\xbb\xbf" + BYTES, TEXT.encode("utf-16"), gzipped(BYTES), JUNIT * 1):
        assert outcome(data, tiny) == outcome(data)


def test_streaming_refuses_what_is_broken() -> None:
    tiny = Limits(memory_bytes=64)
    assert "cut off" in reason(BYTES[:-3], tiny)
    assert "deeper than" in reason(b'{"runs":' + b"[" * 100_000, tiny)
    assert "cut off" in reason(gzipped(BYTES * 3)[:-12], tiny)


def test_paths_that_give_no_source(tmp_path: Path) -> None:
    def said(path: Path | str) -> str:
        [found] = read(path)
        assert isinstance(found, Unreadable)
        return found.reason

    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "no such file" in said(tmp_path / "missing")
    assert "circle" in said(loop)
    assert "not a regular file" in said(pipe)
    assert "not a regular file" in said(tmp_path)
    assert "not a regular file" in said("/dev/null")
    assert "character" in said("a\0b")


def test_unreadable_file_gives_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Permissions bind nobody who runs the tests as root.
    def denied(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    path = tmp_path / "a.sarif"
    path.write_bytes(BYTES)
    monkeypatch.setattr(os, "open", denied)
    [found] = read(path)
    assert isinstance(found, Unreadable)
    assert "may not be read" in found.reason


def test_link_to_a_file_and_odd_names_are_read(tmp_path: Path) -> None:
    odd = tmp_path / "two\nlines.sarif"
    odd.write_bytes(BYTES)
    link = tmp_path / "link"
    link.symlink_to(odd)
    for path in (odd, link):
        [source] = read(path)
        assert isinstance(source, Source)
        assert source.path == str(path)
        assert source.sha256 == hashlib.sha256(BYTES).hexdigest()
        assert source.length == len(BYTES)
    assert display(os.fsdecode(b"caf\xe9.json")) == "caf���.json"


def test_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sarif"
    path.write_bytes(BYTES)
    [found] = read(path, Limits(file_bytes=10))
    assert isinstance(found, Unreadable)
    assert "larger than 10 bytes" in found.reason


def test_file_that_changes_between_two_passes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sarif"
    path.write_bytes(BYTES)
    [source] = read(path, Limits(memory_bytes=64))
    assert isinstance(source, Source)
    assert source.streamed
    path.write_bytes(BYTES + b" ")
    said = examine(source)
    assert isinstance(said, Rejected)
    assert "changed while it was read" in said.reason


def test_a_disk_that_fails_between_two_passes_gives_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sarif"
    path.write_bytes(BYTES)
    [source] = read(path, Limits(memory_bytes=64))
    assert isinstance(source, Source)

    def failed(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Source, "stream", failed)
    said = examine(source)
    assert isinstance(said, Rejected)
    assert "Input/output error" in said.reason


def test_large_file_on_disk_is_streamed_to_the_same_result(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.sarif": BYTES, "b.xml": JUNIT}))
    tiny = Limits(memory_bytes=64)
    [sarif, junit] = read(path, tiny)
    assert isinstance(sarif, Source)
    assert isinstance(junit, Source)
    assert sarif.streamed
    assert examine(sarif) == outcome(BYTES)
    assert examine(junit) == outcome(JUNIT)
