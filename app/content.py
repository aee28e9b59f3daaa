"""The content that this installation knows: what ships, and the firm's own folder.

The firm's folder is laid out like the shipped content (folders with a ``questionnaire.toml``, and ``regimes/``); tiers
and facts are the shipped ones. ``COLONNADE_CONTENT`` names another folder than the user's data folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from platformdirs import user_data_path

from questionnaires.load import Invalid, load_content, shipped
from questionnaires.model import Content
from questionnaires.problems import Problem

VARIABLE = "COLONNADE_CONTENT"


@dataclass(frozen=True, slots=True)
class Available:
    """All content that can be used, and what is wrong with the firm's own."""

    content: Content
    problems: tuple[Problem, ...] = ()


def own_folder() -> Path:
    """Where a firm keeps its own questionnaires and regimes."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else user_data_path("colonnade", appauthor=False) / "content"


def available() -> Available:
    """What ships together with the firm's own; own content with a problem is left out whole and said."""
    return _available(own_folder())


@cache
def _available(folder: Path) -> Available:
    content = shipped()
    if not folder.is_dir() or not any(folder.iterdir()):
        return Available(content)
    fixed = [path for name in ("tiers.toml", "facts.toml") if (path := folder / name).exists()]
    if fixed:
        hint = "Tiers and facts are those that ship; move it out of the folder."
        return Available(content, tuple(Problem(str(path), "", "is not read", hint) for path in fixed))
    own = load_content(folder)
    if isinstance(own, Invalid):
        return Available(content, own.problems)
    taken = [key for key in own.value.questionnaires if key in content.questionnaires]
    taken += [f"regimes/{key}" for key in own.value.regimes if key in content.regimes]
    if taken:
        hint = "Give it an id of its own."
        return Available(content, tuple(Problem(str(folder / key), "id", "ships already", hint) for key in taken))
    merged = content.model_copy(
        update={
            "questionnaires": {**content.questionnaires, **own.value.questionnaires},
            "regimes": {**content.regimes, **own.value.regimes},
        }
    )
    return Available(merged)
