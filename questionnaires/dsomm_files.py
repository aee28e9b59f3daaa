"""The raw side of OWASP DSOMM's files: activities out of ``model.yaml`` and custom files, states out of ``meta.yaml``.

Several files are put together as the DSOMM application does it: each later file may ignore activities of the earlier
ones (by uuid, by name, or whole dimensions), change some of their keys, or add new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from questionnaires.load import Invalid, Loaded
from questionnaires.model import Step
from questionnaires.problems import Problem
from questionnaires.yamltext import Value, read_yaml

UNKNOWN_VERSION = "of unknown version"


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity as the files together have it: its raw keys, not yet checked."""

    dimension: str
    part: str
    """The sub-dimension."""
    name: str
    raw: dict[str, Value]
    file: str
    """Where it stood last."""

    @property
    def place(self) -> str:
        return f"{self.dimension}.{self.part}.{self.name}"

    @property
    def uuid(self) -> str:
        value = self.raw.get("uuid")
        return value.strip().lower() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Activities:
    """All activities of several files, in their order."""

    version: str
    entries: tuple[Entry, ...]


@dataclass
class _File:
    """What one file says."""

    name: str
    version: str = ""
    entries: list[Entry] = field(default_factory=list)
    ignored: set[tuple[str, str]] = field(default_factory=set)
    """(uuid, name, dimension or part) → which one."""
    problems: list[Problem] = field(default_factory=list)

    def tell(self, key: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self.name, key, message, hint))

    def ignores(self, entry: Entry) -> bool:
        own = {("uuid", entry.uuid), ("name", entry.name), ("dimension", entry.dimension), ("part", entry.part)}
        return bool(self.ignored & own)


def read_activities(paths: Sequence[Path]) -> Loaded[Activities] | Invalid:
    """The activities of several files put together; every problem of every file is told."""
    problems: list[Problem] = []
    entries: list[Entry] = []
    version = ""
    for path in paths:
        file = _read(path)
        problems += file.problems
        version = version or file.version
        entries = _merged([entry for entry in entries if not file.ignores(entry)], file.entries, problems)
    return Invalid(tuple(problems)) if problems else Loaded(Activities(version or UNKNOWN_VERSION, tuple(entries)))


def _read(path: Path) -> _File:
    file = _File(path.name)
    documents = read_yaml(path)
    if isinstance(documents, Invalid):
        file.problems += documents.problems
        return file
    for document in documents.value:
        if document is None:
            continue
        if not isinstance(document, dict):
            file.tell("", "is no table of dimensions", "Name an official model.yaml or a file of custom activities.")
            continue
        meta = document.get("meta")
        if isinstance(meta, dict) and isinstance(meta.get("version"), str | None):
            file.version = file.version or str(meta.get("version") or "").strip()
        for dimension, parts in document.items():
            if not dimension.strip():
                file.tell("", "holds something without a name", "Name it.")
            elif dimension != "meta" and not dimension.startswith("_"):
                _walk(file, dimension, parts)
    return file


def _walk(file: _File, dimension: str, parts: Value) -> None:
    for part, activities in _tables(file, dimension, parts):
        if part == "ignore":
            if _true(activities):
                file.ignored.add(("dimension", dimension))
            continue
        for name, raw in _tables(file, f"{dimension}.{part}", activities):
            place = f"{dimension}.{part}.{name}"
            if name == "ignore":
                if _true(raw):
                    file.ignored.add(("part", part))
            elif not isinstance(raw, dict):
                file.tell(place, "is no table", "An activity is a table with uuid and level.")
            elif _true(raw.get("ignore")):
                uuid = raw.get("uuid")
                file.ignored.add(("uuid", uuid.strip().lower()) if isinstance(uuid, str) else ("name", name))
            else:
                file.entries.append(Entry(dimension, part, name, raw, file.name))


def _tables(file: _File, place: str, value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for name, below in value.items():
            if name.strip():
                yield name, below
            else:
                file.tell(place, "holds something without a name", "Name it.")
    elif value is not None:
        file.tell(place, "is no table", "Dimensions hold sub-dimensions, and those hold activities.")


def _true(value: Value) -> bool:
    return isinstance(value, str) and value.casefold() == "true"


def _merged(old: list[Entry], new: list[Entry], problems: list[Problem]) -> list[Entry]:
    """The old entries changed and extended by the new ones, joined on uuid, or on the name where a new one has none."""
    result = list(old)
    at_uuid = {entry.uuid: index for index, entry in enumerate(result)}
    at_name = {entry.name: index for index, entry in enumerate(result)}
    fresh: set[str] = set()
    for entry in new:
        index = at_uuid.get(entry.uuid) if entry.uuid else at_name.get(entry.name)
        if entry.uuid and entry.uuid in fresh:
            problems.append(Problem(entry.file, entry.place, f"repeats the uuid {entry.uuid}", "A uuid is used once."))
            continue
        if entry.uuid:
            fresh.add(entry.uuid)
        if index is not None:
            raw = {**result[index].raw, **entry.raw}
            result[index] = Entry(entry.dimension, entry.part, entry.name, raw, entry.file)
            continue
        if entry.name in at_name:
            other = result[at_name[entry.name]]
            message = f"has the name of the activity {other.uuid or other.place}"
            problems.append(Problem(entry.file, entry.place, message, "Rename one, or give both the same uuid."))
            continue
        at_uuid[entry.uuid] = at_name[entry.name] = len(result)
        result.append(entry)
    return result


def read_states(path: Path) -> Loaded[tuple[Step, ...]] | Invalid:
    """The answer scale that a team has set in its ``meta.yaml``: states with percentages, the last one *achieved*."""
    documents = read_yaml(path)
    if isinstance(documents, Invalid):
        return documents
    meta = next((document for document in documents.value if isinstance(document, dict)), {})
    table = meta.get("progressDefinition")
    if not isinstance(table, dict):
        hint = "Name the meta.yaml of the DSOMM application."
        return Invalid((Problem(path.name, "progressDefinition", "is missing", hint),))
    problems: list[Problem] = []
    steps: list[Step] = []
    for name, raw in table.items():
        place = f"progressDefinition.{name}"
        score = _share(raw.get("score") if isinstance(raw, dict) else raw)
        meaning = raw.get("definition") if isinstance(raw, dict) else None
        key = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        if score is None:
            problems.append(Problem(path.name, f"{place}.score", "is no share", "Write a percentage such as 20%."))
        elif not key or key in {step.id for step in steps} or len(key) > 80:
            problems.append(Problem(path.name, place, "cannot be told from the other states", "Use letters or digits."))
        else:
            text = meaning.strip() if isinstance(meaning, str) else ""
            steps.append(Step(id=key, name=name.strip(), value=score, meaning=text or name.strip()))
    steps.sort(key=lambda step: step.value)
    values = [step.value for step in steps]
    if not problems and (len(set(values)) < max(len(values), 2) or values[0] != 0 or values[-1] != 1):
        hint = "Two states at least, each with a percentage of its own, the lowest 0% and the highest 100%."
        problems.append(Problem(path.name, "progressDefinition", "does not rise from 0% to 100%", hint))
    return Invalid(tuple(problems)) if problems else Loaded(tuple(steps))


def _share(value: Value) -> Fraction | None:
    """0 to 1 from ``20%``, ``20 %`` or ``0.2``."""
    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(%?)\s*", value) if isinstance(value, str) else None
    if found is None:
        return None
    share = Fraction(found[1]) / (100 if found[2] else 1)
    return share if share <= 1 else None
