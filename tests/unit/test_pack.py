"""Packs: what they hold, that they repeat and come back, and everything that is refused with nothing written."""

from __future__ import annotations

import io
import os
import shutil
import stat
import struct
import tomllib
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from app.engagement import history, pack, sealing
from app.engagement.checkpoint import ENGAGEMENT, JOURNAL, QUESTIONNAIRE, ROADMAP
from app.engagement.errors import EngagementError, UsageError
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from app.engagement.sealing import Sealed
from app.engagement.state import dump
from app.engagement.verify import verify
from app.engagement.zipped import zipped
from scoring.evaluation import evaluate
from scoring.results import from_data, results
from scoring.roadmap import Plan
from scoring.scores import RULES, Scorer
from tests.engagement_example import BY, answer, create, files
from tests.sealed_example import cheaply_sealed

PASSPHRASE = "four plain words here"
SHA = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return create(tmp_path / "acme")


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def packed(members: dict[str, bytes], **manifest: Any) -> bytes:
    """A pack with a manifest that fits."""
    digests = {name: sha256(data).hexdigest() for name, data in members.items()}
    said = tomli_w.dumps({"schema_version": 1, "sha256": digests, **manifest}).encode()
    return zipped({pack.MANIFEST: said, **members}, pack.MANIFEST)


@contextmanager
def nothing_written(place: Path) -> Iterator[None]:
    before = sorted(place.rglob("*"))
    yield
    assert sorted(place.rglob("*")) == before


# ---- what a pack holds


def test_a_plan_that_was_lost_here_is_not_called_changed_there(folder: Path, tmp_path: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        engagement.store_plan(Plan(solver="x", objective=Fraction(0), waves=(), unplanned=()), BY)
    (folder / ROADMAP).unlink()
    pack.unpack(written(tmp_path / "a.colonnade", pack.freeze(folder)), tmp_path / "b")
    assert [finding.kind.value for finding in verify(tmp_path / "b").findings] == ["missing"]


def test_what_cannot_be_scored_is_said(folder: Path, tmp_path: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        key = next(iter(engagement.assessment.applications))
        engagement.apply("set", [Change(("applications", key, "tier"), "9")], BY)
    with pytest.raises(EngagementError, match="unknown tier"):
        pack.freeze(folder)


def test_a_pack_holds_the_folder_and_its_scores(folder: Path, tmp_path: Path) -> None:
    found = pack.thaw(written(tmp_path / "a.colonnade", pack.freeze(folder)))
    kept = from_data(tomllib.loads(found.pop(pack.RESULTS).decode()))
    assert found == files(folder)
    assert found.keys() >= {ENGAGEMENT, QUESTIONNAIRE, ROADMAP, JOURNAL, "applications/pay.toml"}
    with Engagement.open(folder) as engagement:
        scores = evaluate(engagement.content, Scorer(engagement.questionnaire), engagement.assessment).scores
    assert kept == results(scores)


def test_the_manifest_names_the_head_of_the_journal(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path / "a.colonnade", pack.freeze(folder))) as archive:
        manifest = tomllib.loads(archive.read(pack.MANIFEST).decode())
        assert archive.namelist()[0] == pack.MANIFEST
        assert set(manifest["sha256"]) == set(archive.namelist()[1:])
    assert str(manifest["as_of"]) == "2026-09-30"
    assert manifest["rules"] == RULES
    assert verify(folder, manifest["journal"]["hash"]).line == manifest["journal"]["line"] == 4


def test_the_same_engagement_gives_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pack.freeze(folder)
    moved = tmp_path / "elsewhere"
    shutil.copytree(folder, moved)
    for path in moved.rglob("*"):
        os.utime(path, (0, 10**9))
        path.chmod(0o700)
    monkeypatch.chdir(moved)
    assert pack.freeze(Path()) == data


def test_folder_to_pack_to_folder_is_the_identity(folder: Path, tmp_path: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        made = Plan("none", Fraction(5, 3), (), ())
        engagement.store_plan(made, BY)
    pack.unpack(written(tmp_path / "a.colonnade", pack.freeze(folder)), tmp_path / "new" / "back")
    assert files(tmp_path / "new" / "back") == files(folder)
    assert verify(tmp_path / "new" / "back").findings == ()
    with Engagement.open(tmp_path / "new" / "back", write=True) as engagement:
        assert engagement.plan == made
        answer(engagement, "fully", application="crm")


def test_history_and_evidence_travel_only_when_asked(folder: Path, tmp_path: Path) -> None:
    earlier = create(tmp_path / "earlier")
    with Engagement.open(earlier, write=True) as engagement:
        answer(engagement, "no", application="crm")
    with Engagement.open(folder, write=True) as engagement:
        kept = history.keep(engagement, earlier, BY)
    for name in ("reports/tier-1.pdf", f"evidence/{SHA}.json", "history/stray.colonnade", "notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    place = tmp_path / "a.colonnade"
    inner = f"history/{kept.name}"
    plain = pack.thaw(written(place, pack.freeze(folder)))
    assert not [name for name in plain if name.startswith(("history", "evidence", "reports", "notes"))]
    whole = pack.thaw(written(place, pack.freeze(folder, with_history=True, with_evidence=True)))
    assert whole.keys() - plain.keys() == {inner, f"evidence/{SHA}.json"}
    assert whole[inner] == kept.read_bytes()
    pack.unpack(place, tmp_path / "back")
    with Engagement.open(tmp_path / "back") as engagement:
        assert [baseline.label for baseline in history.baselines(engagement)] == [kept.name.removesuffix(pack.SUFFIX)]


def test_an_engagement_that_is_open_elsewhere_is_packed_as_saved(folder: Path, tmp_path: Path) -> None:
    with Engagement.open(folder, write=True) as engagement:
        answer(engagement, "fully", application="crm")  # in the journal, not yet in the files
        change = engagement.assessment.applications["crm"].model_copy(update={"id": "new"})
        engagement.apply("application", [Change(("applications", "new"), dump(change))], BY)
        data = pack.freeze(folder)
        engagement._dirty.clear()  # as if the process had been killed here
    with open(folder / JOURNAL, "ab") as journal:
        journal.write(b'{"half a li')
    assert pack.freeze(folder) == data
    pack.unpack(written(tmp_path / "a.colonnade", data), tmp_path / "back")
    assert verify(tmp_path / "back").findings == ()
    with Engagement.open(tmp_path / "back") as engagement:
        assert engagement.assessment.applications["crm"].answers
        assert "new" in engagement.assessment.applications


def test_what_was_changed_by_hand_is_not_packed(folder: Path) -> None:
    path = folder / "applications" / "pay.toml"
    path.write_text(path.read_text().replace("largely", "fully"))
    with pytest.raises(EngagementError, match="outside Colonnade"):
        pack.freeze(folder)


def test_what_is_too_large_is_not_packed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MAX_BYTES", 10_000)
    with pytest.raises(EngagementError, match="too large"):
        pack.freeze(folder)


# ---- reading what came from outside


@pytest.mark.parametrize(
    "name",
    [
        "../x.toml",
        "/etc/passwd",
        "C:/x.toml",
        "applications/../x.toml",
        "applications/.toml",
        "applications\\a.toml",
        "a\\b.toml",
        "extra.txt",
        "applications/con.toml",
        "applications/lpt1.toml",
        "applications/PAY.toml",
        "applications/pa\u0301y.toml",
        "applications/pay.toml/x",
        "applications/",
        "Engagement.toml",
        "evidence/notes.txt",
        "evidence/../../x",
        "history/nul.colonnade",
        "history/2026-09-30.exe",
        "reports/a.pdf",
        ".lock",
        "x" * 300,
    ],
)
def test_a_foreign_name_is_refused(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "a.colonnade", packed({ENGAGEMENT: b"", name: b"x"}))
    with nothing_written(tmp_path), pytest.raises(EngagementError, match="what no pack holds"):
        pack.unpack(path, tmp_path / "back")


def hostile(edit: Any = None, **fields: Any) -> bytes:
    """A pack whose second member says something odd of itself."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(pack.MANIFEST, b"schema_version = 1")
        member = zipfile.ZipInfo(ENGAGEMENT)
        for key, value in fields.items():
            setattr(member, key, value)
        archive.writestr(member, b"x = 1\n" * 1000)
    data = bytearray(buffer.getvalue())
    if edit is not None:
        edit(data)
    return bytes(data)


def _flag(bit: int) -> Any:
    def edit(data: bytearray) -> None:
        for signature, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
            place = data.rindex(signature) + offset
            data[place : place + 2] = struct.pack("<H", bit)

    return edit


def _nul_name() -> bytes:
    """A name that ends, for whoever stops at the NUL, as one that a pack may hold."""
    return zipped({pack.MANIFEST: b"", f"{ENGAGEMENT}@x": b""}, pack.MANIFEST).replace(b"@x", b"\0x")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(hostile(external_attr=(stat.S_IFLNK | 0o777) << 16), id="link"),
        pytest.param(hostile(external_attr=(stat.S_IFCHR | 0o777) << 16), id="device"),
        pytest.param(hostile(external_attr=(stat.S_IFIFO | 0o777) << 16), id="pipe"),
        pytest.param(hostile(external_attr=(stat.S_IFDIR | 0o777) << 16), id="folder"),
        pytest.param(hostile(compress_type=zipfile.ZIP_LZMA), id="lzma"),
        pytest.param(hostile(compress_type=zipfile.ZIP_BZIP2), id="bzip2"),
        pytest.param(hostile(_flag(0x1)), id="encrypted"),
        pytest.param(hostile(_flag(0x8)), id="size follows"),
        pytest.param(_nul_name(), id="NUL in a name"),
    ],
)
def test_a_special_member_is_refused(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path / "a.colonnade", data)
    with nothing_written(tmp_path), pytest.raises(EngagementError, match="what no pack holds"):
        pack.unpack(path, tmp_path / "back")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.colonnade", packed({ENGAGEMENT: b"a"}))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(ENGAGEMENT, b"b")
    with nothing_written(tmp_path), pytest.raises(EngagementError, match="damaged"):
        pack.unpack(path, tmp_path / "back")


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    data = bytearray(packed({ENGAGEMENT: b"a" * 50, ROADMAP: b"a" * 50}))
    third = data.rindex(b"PK\1\2")
    second = data.rindex(b"PK\1\2", 0, third)
    data[third + 42 : third + 46] = data[second + 42 : second + 46]
    path = written(tmp_path / "a.colonnade", bytes(data))
    with nothing_written(tmp_path), pytest.raises(EngagementError, match="damaged"):
        pack.unpack(path, tmp_path / "back")


@pytest.mark.parametrize("where", ["before", "between", "behind"])
def test_bytes_that_no_member_owns_are_refused(tmp_path: Path, where: str) -> None:
    data = packed({ENGAGEMENT: b"a"})
    match where:
        case "before":
            data = b"#!/bin/sh\n" + data
        case "between":
            directory = data.index(b"PK\1\2")
            end = bytearray(data[-22:])
            end[16:20] = struct.pack("<L", directory + 7)
            data = data[:directory] + b"between" + data[directory:-22] + bytes(end)
        case _:
            data += b"behind"
    with pytest.raises(EngagementError, match="damaged"):
        pack.thaw(written(tmp_path / "a.colonnade", data))


def bomb(declared: int) -> bytes:
    """100 MB of zeros in 100 kB, that says it is of another size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed_ = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    data = bytearray(zipped({pack.MANIFEST: b"", ENGAGEMENT: b""}, pack.MANIFEST))
    start, directory = data.rindex(b"PK\3\4"), data.index(b"PK\1\2")
    second = data.rindex(b"PK\1\2")
    size = struct.pack("<2L", len(packed_), declared)
    data[second + 20 : second + 28] = size
    data[start + 18 : start + 26] = size
    name = start + 30 + len(ENGAGEMENT)
    end = bytearray(data[-22:])
    end[16:20] = struct.pack("<L", directory - (directory - name) + len(packed_))
    return bytes(data[:name] + packed_ + data[directory:-22] + end)


@pytest.mark.parametrize("declared", [10, 100_000_000, 10_000_000_000 % 2**32, 2**32 - 1])
def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: int) -> None:
    monkeypatch.setattr(pack, "MAX_BYTES", 1_000_000)
    path = written(tmp_path / "a.colonnade", bomb(declared))
    with nothing_written(tmp_path), pytest.raises(EngagementError, match=r"more than 1,000,000 bytes|damaged"):
        pack.unpack(path, tmp_path / "back")


def test_what_says_that_it_is_too_large_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(packed({ENGAGEMENT: b"x"}))
    for signature, offset in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        place = data.rindex(signature) + offset
        data[place : place + 4] = struct.pack("<L", 2_000_000)
    monkeypatch.setattr(pack, "MAX_BYTES", 1_000_000)
    with pytest.raises(EngagementError, match="more than 1,000,000 bytes"):
        pack.thaw(written(tmp_path / "a.colonnade", bytes(data)))


def test_many_members_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed({f"applications/a{number}.toml": b"" for number in range(50)})
    monkeypatch.setattr(pack, "MAX_MEMBERS", 20)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(EngagementError, match="more than 20 members"):
        pack.thaw(written(tmp_path / "a.colonnade", data))
    end = bytearray(data)
    end[-14:-10] = struct.pack("<2H", 1, 1)  # a lie about how many there are
    monkeypatch.setattr(pack, "MAX_MEMBERS", 2)
    with pytest.raises(EngagementError, match="more than 2 members"):
        pack.thaw(written(tmp_path / "a.colonnade", bytes(end)))


def test_a_large_file_is_refused_before_it_is_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MAX_BYTES", 1000)
    with pytest.raises(EngagementError, match="more than 1,000 bytes"):
        pack.thaw(written(tmp_path / "a.colonnade", bytes(2000)))


def test_what_the_manifest_does_not_say_is_refused(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.colonnade", pack.freeze(folder))
    members = pack.thaw(path)
    digests = {name: sha256(data).hexdigest() for name, data in members.items()}
    said: dict[str, dict[str, str]] = {
        "wrong digest": {**digests, ROADMAP: SHA},
        "missing member": {**digests, "applications/gone.toml": SHA},
        "extra member": {name: digest for name, digest in digests.items() if name != ROADMAP},
    }
    for wrong in said.values():
        path.write_bytes(packed(members, sha256=wrong))
        with nothing_written(tmp_path), pytest.raises(EngagementError, match="manifest says"):
            pack.unpack(path, tmp_path / "back")
    path.write_bytes(packed(members, journal={"line": 4, "hash": SHA}))
    with pytest.raises(EngagementError, match="another journal"):
        pack.thaw(path)


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (b"", "no manifest"),
        (b"\xff", "no manifest"),
        (b"a = " + b"[" * 5000, "no manifest"),
        (b"schema_version = 'x'\nsha256 = {}", "no manifest"),
        (b"schema_version = 1\nsha256 = 1", "no manifest"),
        (b"schema_version = 99\n", "newer version"),
    ],
)
def test_broken_manifests_are_refused(tmp_path: Path, manifest: bytes, says: str) -> None:
    path = written(tmp_path / "a.colonnade", zipped({pack.MANIFEST: manifest}, pack.MANIFEST))
    with pytest.raises(EngagementError, match=says):
        pack.thaw(path)


def test_what_is_cut_off_or_no_file_is_refused(folder: Path, tmp_path: Path) -> None:
    data = pack.freeze(folder)
    path = tmp_path / "a.colonnade"
    for broken in (b"", b"PK", data[:-1], data[:-40], data[: len(data) // 2], data[1:]):
        path.write_bytes(broken)
        with nothing_written(tmp_path), pytest.raises(EngagementError, match="damaged"):
            pack.unpack(path, tmp_path / "back")
    with pytest.raises(EngagementError, match="cannot be read"):
        pack.thaw(tmp_path / "nowhere")
    for no_file in (folder, tmp_path / "a\0b"):
        with pytest.raises(EngagementError):
            pack.thaw(no_file)


def test_files_that_do_not_agree_with_their_journal_are_not_unpacked(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.colonnade", pack.freeze(folder))
    members = pack.thaw(path)
    del members[pack.RESULTS]
    edited = members["applications/pay.toml"].replace(b"largely", b"fully")
    nameless = {name: data for name, data in members.items() if name != ENGAGEMENT}
    silent = {name: data for name, data in members.items() if name != JOURNAL}
    for wrong in ({**members, "applications/pay.toml": edited}, silent, {ROADMAP: b""}, nameless | {JOURNAL: b"x\n"}):
        path.write_bytes(packed(wrong))
        with nothing_written(tmp_path), pytest.raises(EngagementError, match=r"its own journal|no engagement"):
            pack.unpack(path, tmp_path / "deep" / "er" / "back")


def test_a_folder_with_something_in_it_is_left_alone(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.colonnade", pack.freeze(folder))
    for taken in (folder, path):
        with nothing_written(tmp_path), pytest.raises(UsageError, match="not an empty folder"):
            pack.unpack(path, taken)
    (tmp_path / "empty").mkdir()
    pack.unpack(path, tmp_path / "empty")
    assert files(tmp_path / "empty") == files(folder)


def test_a_write_that_fails_leaves_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.colonnade", pack.freeze(folder))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("rename", "mkdir"):
        with monkeypatch.context() as patch, nothing_written(tmp_path):
            patch.setattr(Path, step, full)
            with pytest.raises(EngagementError, match="No space left"):
                pack.unpack(path, tmp_path / "deep" / "back")


# ---- behind a passphrase


def test_a_sealed_pack_opens_with_its_passphrase_only(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.colonnade", pack.freeze(folder, passphrase=PASSPHRASE))
    assert pack.needs_passphrase(path)
    with nothing_written(tmp_path), pytest.raises(Sealed):
        pack.unpack(path, tmp_path / "back")
    assert pack.plain(path, PASSPHRASE) == pack.freeze(folder)
    sealed = cheaply_sealed(b"a pack", PASSPHRASE)
    for content, passphrase, says in ((sealed, PASSPHRASE + " ", "is wrong"), (sealed[:-10], PASSPHRASE, "damaged")):
        path.write_bytes(content)
        with nothing_written(tmp_path), pytest.raises(EngagementError, match=says):
            pack.unpack(path, tmp_path / "back", passphrase)


@pytest.mark.parametrize("size", [0, 1, 64, 65535, 65536, 65537])
def test_what_others_seal_opens(size: int) -> None:
    """The tests elsewhere rest on it; a chunk of the format holds 65,536 bytes."""
    data = bytes(range(256)) * 257
    assert sealing.unsealed(cheaply_sealed(data[:size], PASSPHRASE), PASSPHRASE, "a") == data[:size]


def test_no_empty_passphrase_seals(folder: Path) -> None:
    with pytest.raises(UsageError, match="is empty"):
        pack.freeze(folder, passphrase="")


FROM_AGE_TOOL = b"""-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCA0T0thWjJMYjY4dmFzM0lG
emFMQ0pBIDE4CmtXWGRJUk1mZDNlS3llS25seGwwNXppSnJoWCtCT3R5M1JSdUNo
TXZIdFUKLS0tIG9rM3dTZGJTRHVWNmtHeTh0dFp4UTJleE1NUTBsVDR2RTRmVVNr
NEhKNkEKA9Sg+JZhK4TKpSX6o93SXhwUxIebqTgS5smRxkSnmmZ1Y3fQDmpHgF6C
EWs3k6V+sc7a3QJQXm0=
-----END AGE ENCRYPTED FILE-----
"""
"""Made by the reference implementation (age 1.3.2, ``age -a -p``) with PASSPHRASE."""


def test_files_of_the_age_tool_are_read() -> None:
    assert sealing.is_sealed(FROM_AGE_TOOL)
    assert sealing.unsealed(FROM_AGE_TOOL, PASSPHRASE, "a") == b"written by the age tool\n"
    binary = b64decode(b"".join(FROM_AGE_TOOL.split(b"\n")[1:-2]))
    assert sealing.unsealed(binary, PASSPHRASE, "a") == b"written by the age tool\n"


def test_what_we_seal_has_the_form_of_the_standard() -> None:
    data = sealing.sealed(b"x", PASSPHRASE)
    version, stanza, body, mac, *_ = data.split(b"\n")
    assert version == b"age-encryption.org/v1"
    assert stanza.split(b" ")[:2] == [b"->", b"scrypt"]
    assert (len(b64decode(stanza.split(b" ")[2] + b"==")), len(b64decode(body + b"="))) == (16, 32)
    assert mac.startswith(b"--- ")


@pytest.mark.parametrize("work", [23, 30, 64, 10**18])
def test_a_costly_header_is_refused_before_any_work(work: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "age", None)
    data = f"age-encryption.org/v1\n-> scrypt {'A' * 22} {work}\n{'A' * 43}\n--- {'A' * 43}\n".encode()
    with pytest.raises(EngagementError, match="rounds"):
        sealing.unsealed(data, PASSPHRASE, "a")


@pytest.mark.parametrize(
    "data",
    [
        b"age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\n",
        b"age-encryption.org/v1\n",
        b"age-encryption.org/v1\n-> scrypt " + b"A" * 22 + b" 018\n",
        b"-----BEGIN AGE ENCRYPTED FILE-----",
        b"-----BEGIN AGE ENCRYPTED FILE-----\n????\n-----END AGE ENCRYPTED FILE-----",
        b"-----BEGIN AGE ENCRYPTED FILE-----\nQUJD\n-----END AGE ENCRYPTED FILE-----",
    ],
)
def test_other_age_files_are_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "age", None)
    with pytest.raises(EngagementError, match="not with a passphrase"):
        sealing.unsealed(data, PASSPHRASE, "a")
