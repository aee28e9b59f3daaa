"""The verbs pack and unpack: where files go, and where a passphrase comes from."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import packs
from app.engagement import pack, sealing
from tests.command import Command
from tests.engagement_example import create, files

PASSPHRASE = "vier einfache Wörter"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return create(tmp_path / "acme")


@pytest.fixture
def given() -> Iterator[Callable[[bytes], int]]:
    """A descriptor from which some bytes can be read."""
    opened: list[int] = []

    def make(data: bytes) -> int:
        reading, writing = os.pipe()
        os.write(writing, data)
        os.close(writing)
        opened.append(reading)
        return reading

    yield make
    for descriptor in opened:
        os.close(descriptor)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What a person at a terminal types."""

    def set_up(*words: str) -> None:
        waiting = list(words)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(getpass, "getpass", lambda *_, **__: waiting.pop(0))

    return set_up


@pytest.fixture(autouse=True)
def _cheap_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seal itself is tested elsewhere, and costs a second each time."""
    monkeypatch.setattr(pack, "sealed", lambda data, word: sealing._INTRO + word.encode() + b"\n" + data)

    def unsealed(data: bytes, word: str | None, place: str) -> bytes:
        _, found, content = data.split(b"\n", 2)
        assert found.decode() == word
        return content

    monkeypatch.setattr(pack, "unsealed", unsealed)


def test_a_pack_lies_beside_the_folder_and_is_never_replaced_unasked(
    run: Command, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert run("pack", ".").out.strip() == str(tmp_path / "acme.colonnade")
    (tmp_path / "acme.colonnade").write_bytes(b"mine")
    found = run("pack", folder)
    assert (found.code, "--force" in found.err) == (2, True)
    assert (tmp_path / "acme.colonnade").read_bytes() == b"mine"
    assert run("pack", folder, "--force").code == 0
    assert run("pack", folder, "--out", tmp_path / "b.colonnade").code == 0
    assert (tmp_path / "b.colonnade").read_bytes() == (tmp_path / "acme.colonnade").read_bytes() == pack.freeze(folder)


def test_pack_and_unpack_are_the_identity(run: Command, folder: Path, tmp_path: Path) -> None:
    assert run("pack", folder).code == 0
    assert run("unpack", tmp_path / "acme.colonnade", tmp_path / "back").code == 0
    assert files(tmp_path / "back") == files(folder)
    again = run("unpack", tmp_path / "acme.colonnade", tmp_path / "back")
    assert (again.code, "empty folder" in again.err) == (2, True)
    assert run("verify", tmp_path / "back").code == 0


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_passphrase_from_a_descriptor(
    run: Command, folder: Path, tmp_path: Path, given: Callable[[bytes], int], end: bytes
) -> None:
    word = PASSPHRASE.encode() + end
    assert run("pack", folder, "--passphrase-fd", given(word)).code == 0
    packed = (tmp_path / "acme.colonnade").read_bytes()
    assert packed.startswith(sealing._INTRO + PASSPHRASE.encode() + b"\n")
    assert run("unpack", tmp_path / "acme.colonnade", tmp_path / "back", "--passphrase-fd", given(word)).code == 0
    assert files(tmp_path / "back") == files(folder)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"a\nb\n", "more than one line"),
        (b"x" * (packs.MAX_PASSPHRASE + 1), "more than one line"),
        (b"\xff", "no text"),
    ],
)
def test_no_passphrase_from_a_descriptor(
    run: Command, folder: Path, tmp_path: Path, given: Callable[[bytes], int], data: bytes, says: str
) -> None:
    found = run("pack", folder, "--passphrase-fd", given(data))
    assert (found.code, says in found.err) == (2, True)
    assert not (tmp_path / "acme.colonnade").exists()


def test_a_descriptor_that_is_not_open(run: Command, folder: Path) -> None:
    found = run("pack", folder, "--passphrase-fd", 987)
    assert (found.code, "no text" in found.err) == (2, True)


def test_a_passphrase_is_typed_twice_to_pack_and_once_to_unpack(
    run: Command, folder: Path, tmp_path: Path, typed: Callable[..., None]
) -> None:
    typed(PASSPHRASE, PASSPHRASE + "x")
    found = run("pack", folder, "--encrypt")
    assert (found.code, "typed differently" in found.err) == (2, True)
    typed("")
    assert run("pack", folder, "--encrypt").code == 2
    assert not (tmp_path / "acme.colonnade").exists()
    typed(PASSPHRASE, PASSPHRASE)
    assert run("pack", folder, "--encrypt").code == 0
    typed(PASSPHRASE)
    assert run("unpack", tmp_path / "acme.colonnade", tmp_path / "back").code == 0


def test_nobody_is_asked_where_nobody_can_answer(
    run: Command, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    found = run("pack", folder, "--encrypt")
    assert (found.code, "--passphrase-fd" in found.err) == (2, True)


def test_a_passphrase_is_no_argument(run: Command, folder: Path) -> None:
    assert run("pack", folder, "--passphrase", "x").code == 2
    assert "--passphrase TEXT" not in run("pack", "--help").out
