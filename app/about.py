"""What Colonnade is made of: its version, the rules of its scores, and every component with its licence.

Read from the metadata of what is installed, so that it is true of the machine it runs on. Nothing is fetched.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version

from questionnaires.load import shipped
from scoring.scores import RULES

NAME = "colonnade"
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?")
_LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors|ofl)[^/]*$", re.IGNORECASE)
_LONGEST = 80
"""Characters of a licence's name."""
_MOST = 200_000
"""Characters of one component's licence texts."""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that is part of what runs."""

    name: str
    version: str
    licence: str
    """Its name, as far as the component says it; never empty."""
    text: str
    """The texts that came with it; empty where none did."""


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say of this copy."""

    version: str
    rules: str
    """Version of the scoring rules."""
    python: str
    components: tuple[Component, ...]
    """Colonnade itself, then every dependency, direct or not, by name, then the content."""


def about() -> About:
    """What is installed here. Takes a moment: it reads licence texts from the disk."""
    found = sorted(_dependencies(), key=lambda entry: entry.metadata["Name"].casefold())
    own = _distribution(NAME)
    every = ([own] if own is not None else []) + found
    return About(
        version=version(NAME) if own is not None else "",
        rules=RULES,
        python=sys.version.split()[0],
        components=(*(_component(entry) for entry in every), *_asked()),
    )


def _dependencies() -> list[Distribution]:
    """Everything that Colonnade needs, directly or not, as far as it is installed."""
    seen: dict[tuple[str, str], Distribution] = {}
    waiting = [(NAME, "")]
    while waiting:
        name, extra = waiting.pop()
        entry = _distribution(name)
        for requirement in (entry.requires if entry is not None else None) or ():
            match = _REQUIREMENT.match(requirement)
            wanted = re.search(r"extra\s*==\s*['\"]([^'\"]+)", requirement)
            if match is None or (wanted is not None and wanted[1] != extra):
                continue
            # An extra of a component is looked at as a component of its own, besides the plain one.
            for key in ((_normal(match[1]), more.strip()) for more in ("", *(match[2] or "").split(","))):
                if key not in seen and (needed := _distribution(key[0])) is not None:
                    seen[key] = needed
                    waiting.append(key)
    return list({name: entry for (name, _), entry in seen.items()}.values())


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).casefold()


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _component(entry: Distribution) -> Component:
    metadata = entry.metadata
    said = [metadata[key] for key in ("License-Expression", "License") if key in metadata]
    classified = [
        line.rpartition("::")[2].strip()
        for line in metadata.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    # Some put the whole text where the name belongs.
    names = [name.strip() for name in said if name.strip() and "\n" not in name.strip() and len(name) < 80]
    licence = names[0] if names else ", ".join(classified) or "See its texts"
    return Component(name=metadata["Name"], version=entry.version, licence=licence, text=_texts(entry)[:_MOST])


def _asked() -> list[Component]:
    """The questionnaires that come with it: their content has licences of its own."""
    return [
        Component(entry.title, entry.version, " ".join(entry.licence.split())[:_LONGEST], entry.attribution)
        for entry in shipped().questionnaires.values()
    ]


def _texts(entry: Distribution) -> str:
    parts = []
    for path in sorted(entry.files or (), key=str):
        if _LICENCE_FILE.search(path.as_posix()):
            try:
                text = path.locate().read_text(encoding="utf-8", errors="replace")  # type: ignore[attr-defined]
            except OSError:
                continue
            if text.strip() and text not in parts:
                parts.append(text)
    return "\n\n".join(parts)
