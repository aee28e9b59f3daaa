"""What every test can rely on: no window on the screen, nobody's settings, no network, any order.

The random order comes from pytest-randomly, which prints the seed of each run.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.command import Command

# Before anything imports Qt. A developer who wants to watch says QT_QPA_PLATFORM=xcb.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Time limits for single examples fail on a busy machine and say nothing about the code.
settings.register_profile("colonnade", deadline=None)
settings.load_profile("colonnade")


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Fails whatever looks up a name or connects, except over a local socket file.

    An audit hook also sees what C code does through the socket module, and the failure is a BaseException, so that
    no ``except Exception`` in the code under test hides it. Child processes are not covered.
    """
    if not event.startswith("socket."):
        return
    lookup = event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
    # The address of a local socket file is a string, any other a tuple.
    if lookup or (event in {"socket.connect", "socket.sendto"} and isinstance(args[1], tuple)):
        pytest.fail(f"Colonnade is offline, but something wanted the network: {event} {args}")


sys.addaudithook(_refuse_network)


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings and data folders of the person who runs the tests are neither read nor written."""
    home: Path = tmp_path_factory.mktemp("xdg")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line, run in this process."""
    return Command(monkeypatch, capsys)
