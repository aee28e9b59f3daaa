"""The command line as the tests run it: in their own process, with what it printed and its exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from app.cli import main


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """``colonnade``, called with its words."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: object) -> Outcome:
        self._monkeypatch.setattr(sys, "argv", ["colonnade", *map(str, arguments)])
        self._monkeypatch.setenv("COLUMNS", "160")
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        printed = self._capsys.readouterr()
        code = exit_.value.code
        return Outcome(code if isinstance(code, int) else int(code is not None), printed.out, printed.err)
