"""What Colonnade says of itself is true of what is installed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from app.about import about
from scoring.scores import RULES

ROOT = Path(__file__).parents[2]


def test_every_declared_dependency_stands_there_with_a_licence() -> None:
    found = about()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    wanted = {re.sub(r"[-_.]+", "-", re.split(r"[ >=!<\[]", entry)[0]).casefold() for entry in declared}
    known = {re.sub(r"[-_.]+", "-", part.name).casefold() for part in found.components}
    assert wanted <= known
    assert all(part.licence and "\n" not in part.licence and len(part.licence) < 200 for part in found.components)
    assert found.rules == RULES
    assert found.components[0].name == "colonnade"


def test_fonts_and_content_bring_their_own_licences() -> None:
    by_name = {part.name: part for part in about().components}
    assert "SIL OPEN FONT LICENSE" in by_name["font-source-sans-pro"].text.upper()
    assert "DejaVu" in by_name["matplotlib"].text or "Bitstream" in by_name["matplotlib"].text
    assert any("OWASP" in part.text for part in by_name.values())
