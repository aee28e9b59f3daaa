"""TOML → frozen models, through two gates: shape (pydantic) and meaning (:mod:`questionnaires.check`).

Every problem of every file is collected and returned as a value; nothing here raises for bad content.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from questionnaires.check import Files, check_facts, check_mapping, check_questionnaire, check_regime, check_tiers
from questionnaires.model import Content, FactKind, Pillar, Questionnaire, Regime, Tiers, Unmapped
from questionnaires.problems import Problem

CONTENT = Path(__file__).parent / "content"
"""What ships."""

MAX_BYTES = 4_000_000
"""A content file larger than this is refused unread; the largest that ships is a twentieth of it."""

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

HEADER = "questionnaire.toml"
TARGETS = "targets.toml"
FACTS = "facts.toml"
TIERS = "tiers.toml"
UNMAPPED = "unmapped.toml"
CORRECTIONS = "corrections.toml"
ASIDE = frozenset({UNMAPPED, CORRECTIONS})
"""Tables beside a questionnaire that are no pillars of it."""


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """Content that passed both gates."""

    value: T


@dataclass(frozen=True, slots=True)
class Invalid:
    """Everything that is wrong, in the order of the files."""

    problems: tuple[Problem, ...]


def read_toml(path: Path, name: str) -> dict[str, Any] | Problem:
    """A TOML document as raw data, or the one reason why it cannot be read. ``name`` is how problems call the file."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return Problem(
                name, "", f"has {size:,} bytes, more than {MAX_BYTES:,}", "Split it; content is text written by people."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(name, "", f"is not UTF-8 (byte {error.start:,})", "Save it as UTF-8 without a conversion.")
    except OSError as error:
        return Problem(name, "", f"cannot be read: {error.strerror}", "Check the path and its permissions.")
    try:
        return tomllib.loads(text)
    except ValueError as error:  # as well as what is no TOML: a number of more digits than Python reads
        return Problem(name, "", f"is not TOML: {error}", "Mend the line that the message names.")
    except RecursionError:
        return Problem(name, "", "is nested too deeply", "Content needs four levels at the most.")


def validate(model: type[M], raw: Mapping[str, Any], file: str, where: str = "") -> M | list[Problem]:
    """The shape gate: a model, or one problem for each key that does not fit."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # A list whose entries all failed is also "too short"; that is no problem of its own.
        inner = {detail["loc"][:depth] for detail in details for depth in range(len(detail["loc"]))}
        told = [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner]
        return [_problem(model, raw, file, where, detail) for detail in told]


def _problem(model: type[BaseModel], raw: Mapping[str, Any], file: str, where: str, detail: Any) -> Problem:
    loc: tuple[str | int, ...] = detail["loc"]
    key = where + ("." if where and loc else "") + _readable(raw, loc)
    match detail["type"]:
        case "extra_forbidden":
            owner = _model_at(model, loc[:-1])
            names = sorted(owner.model_fields) if owner else []
            near = difflib.get_close_matches(str(loc[-1]), names, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(names)}."
            return Problem(file, key, "is not a known key", hint)
        case "missing":
            return Problem(file, key, "is missing", "Add it.")
        case _:
            message = str(detail["msg"]).removeprefix("Value error, ")
            given = detail.get("input")
            hint = "" if isinstance(given, dict | list | tuple) else f"Found {_short(given)}."
            return Problem(file, key, message[:1].lower() + message[1:], hint)


def _short(value: object) -> str:
    text = "a very large number" if isinstance(value, int) and value.bit_length() > 200 else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _readable(raw: Any, loc: tuple[str | int, ...]) -> str:
    """``practice[risk.release].criterion[2].level``: list entries by id where they have one."""
    parts: list[str] = []
    for step in loc:
        if isinstance(step, int) or (step == "[key]" and parts):
            child = raw[step] if isinstance(raw, list) and isinstance(step, int) and step < len(raw) else None
            label = child.get("id") if isinstance(child, dict) else None
            text = f"[{label if isinstance(label, str) else step}]"
            parts[-1:] = [parts[-1] + text] if parts else [text]
            raw = child
        else:
            parts.append(str(step))
            raw = raw.get(step) if isinstance(raw, dict) else None
    return ".".join(parts)


def _model_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that describes the table at ``loc``, for suggestions."""
    for step in loc:
        if isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        if field is None:
            return None
        inner = [field.annotation, *get_args(field.annotation)]
        found = next((t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)), None)
        if found is None:
            return None
        model = found
    return model


@dataclass(frozen=True, slots=True)
class _Part:
    """One pillar as it was read: its file, its place in the file, and the raw table."""

    file: str
    where: str
    raw: Any


def _read_questionnaire(path: Path) -> tuple[dict[str, Any] | None, list[_Part], list[Problem]]:
    """The head of a questionnaire (None where it cannot be read), its pillars, and what could not be read.

    In a folder, ``questionnaire.toml`` is the head, ``targets.toml`` adds targets and weights, and every other
    TOML file is one pillar, in the order of their names. A single file holds the pillars itself.
    """
    head_file = path / HEADER if path.is_dir() else path
    head = read_toml(head_file, head_file.name)
    if isinstance(head, Problem):
        return None, [], [head]
    parts, problems = _inside(head, head_file.name)
    for file in sorted(path.glob("*.toml")) if path.is_dir() else ():
        if file == head_file or file.name in ASIDE:
            continue
        raw = read_toml(file, file.name)
        if isinstance(raw, Problem):
            problems.append(raw)
        elif file.name == TARGETS:
            unknown = sorted(set(raw) - {"target", "weight"})
            problems += [Problem(TARGETS, key, "is not a known key", "Known here: target, weight.") for key in unknown]
            head.update({key: raw[key] for key in ("target", "weight") if key in raw})
        else:
            parts.append(_Part(file.name, "", raw))
    return head, parts, problems


def _inside(head: dict[str, Any], file: str) -> tuple[list[_Part], list[Problem]]:
    """The pillars that a head file holds itself, taken out of it."""
    inside = head.pop("pillar", [])
    if not isinstance(inside, list):
        return [], [Problem(file, "pillar", "should be a list of tables", "Write [[pillar]].")]
    return [_Part(file, f"pillar[{_label(raw, index)}]", raw) for index, raw in enumerate(inside)], []


def _label(raw: Any, index: int) -> str:
    return str(raw.get("id", index)) if isinstance(raw, dict) else str(index)


def load_questionnaire(path: Path, facts: Mapping[str, FactKind], tiers: Tiers) -> Loaded[Questionnaire] | Invalid:
    """A questionnaire from a folder (as it ships) or from one file (as a firm may write it)."""
    head, parts, problems = _read_questionnaire(path)
    if head is None:
        return Invalid(tuple(problems))
    head_name = HEADER if path.is_dir() else path.name
    shaped = _shaped(head, parts, problems, head_name)
    if isinstance(shaped, Invalid):
        return shaped
    names = {pillar.id: part.file for pillar, part in zip(shaped.value.pillar, parts, strict=True)}
    targets = TARGETS if path.is_dir() and (path / TARGETS).exists() else head_name
    found = check_questionnaire(shaped.value, facts, tiers, Files(head_name, names, targets))
    return Invalid(tuple(found)) if found else shaped


def frozen_questionnaire(raw: dict[str, Any], file: str) -> Loaded[Questionnaire] | Invalid:
    """A questionnaire as an engagement keeps it: one document that passed both gates when it was frozen.

    Only its shape is checked again: the fact catalogue and the tiers may have moved on since.
    """
    head = dict(raw)
    parts, problems = _inside(head, file)
    return _shaped(head, parts, problems, file)


def _shaped(
    head: Mapping[str, Any], parts: Sequence[_Part], problems: list[Problem], head_name: str
) -> Loaded[Questionnaire] | Invalid:
    """The shape gate over a head and its pillars; each pillar alone, so that its problems name its file."""
    pillars: list[Pillar] = []
    for part in parts:
        pillar = validate(Pillar, part.raw, part.file, part.where)
        if isinstance(pillar, Pillar):
            pillars.append(pillar)
        else:
            problems += pillar
    whole = validate(Questionnaire, {**head, "pillar": pillars}, head_name)
    if not isinstance(whole, Questionnaire):
        return Invalid((*(problem for problem in whole if pillars or problem.key != "pillar"), *problems))
    return Invalid(tuple(problems)) if problems else Loaded(whole)


def load_facts(path: Path) -> Loaded[dict[str, FactKind]] | Invalid:
    """The fact catalogue, by name."""
    raw = read_toml(path, path.name)
    if isinstance(raw, Problem):
        return Invalid((raw,))
    problems: list[Problem] = []
    kinds: list[FactKind] = []
    entries = raw.get("fact", [])
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        name = entry.get("name") if isinstance(entry, dict) else None
        shaped = validate(FactKind, entry, path.name, f"fact[{name or index}]")
        if isinstance(shaped, FactKind):
            kinds.append(shaped)
        else:
            problems += shaped
    problems += check_facts(kinds, path.name)
    return Invalid(tuple(problems)) if problems else Loaded({kind.name: kind for kind in kinds})


def load_tiers(path: Path, facts: Mapping[str, FactKind]) -> Loaded[Tiers] | Invalid:
    """The tiers and the named numbers of the roadmap."""
    raw = read_toml(path, path.name)
    if isinstance(raw, Problem):
        return Invalid((raw,))
    shaped = validate(Tiers, raw, path.name)
    if not isinstance(shaped, Tiers):
        return Invalid(tuple(shaped))
    problems = list(check_tiers(shaped, facts, path.name))
    return Invalid(tuple(problems)) if problems else Loaded(shaped)


def load_regime(path: Path, questionnaires: Mapping[str, Questionnaire]) -> Loaded[Regime] | Invalid:
    """One regime, with its links held against the questionnaire that it names."""
    raw = read_toml(path, path.name)
    if isinstance(raw, Problem):
        return Invalid((raw,))
    shaped = validate(Regime, raw, path.name)
    if not isinstance(shaped, Regime):
        return Invalid(tuple(shaped))
    problems = list(check_regime(shaped, questionnaires, path.name))
    return Invalid(tuple(problems)) if problems else Loaded(shaped)


def load_unmapped(
    path: Path, activities: Questionnaire, others: Mapping[str, Questionnaire]
) -> Loaded[Unmapped] | Invalid:
    """The table of activities that no criterion speaks to, held against both questionnaires."""
    raw = read_toml(path, path.name)
    if isinstance(raw, Problem):
        return Invalid((raw,))
    shaped = validate(Unmapped, raw, path.name)
    if not isinstance(shaped, Unmapped):
        return Invalid(tuple(shaped))
    problems = tuple(check_mapping(shaped, activities, others.get(shaped.questionnaire), path.name))
    return Invalid(problems) if problems else Loaded(shaped)


def load_content(folder: Path = CONTENT) -> Loaded[Content] | Invalid:
    """One questionnaire, or all content of a folder laid out like the shipped one.

    A folder holds questionnaires (folders with a ``questionnaire.toml``, or one TOML file each) and ``regimes/``. What
    it lacks (``facts.toml``, ``tiers.toml``) is taken from what ships. A file that cannot be loaded does not hide the
    problems of the others.
    """
    if (folder / HEADER).exists() or folder.suffix == ".toml":
        paths, regime_paths = [folder], []
    else:
        paths = sorted(path.parent for path in folder.glob(f"*/{HEADER}"))
        paths += sorted(path for path in folder.glob("*.toml") if path.name not in (FACTS, TIERS))
        regime_paths = sorted((folder / "regimes").glob("*.toml"))
    if not paths and not regime_paths:
        hint = f"A questionnaire is a folder that holds {HEADER}, or one TOML file."
        return Invalid((Problem(str(folder), "", "holds no questionnaire", hint),))
    problems: list[Problem] = []

    def keep(found: Loaded[T] | Invalid, prefix: str = "") -> T | None:
        if isinstance(found, Loaded):
            return found.value
        problems.extend(problem.below(prefix) for problem in found.problems)
        return None

    def own(name: str) -> Path:
        return folder / name if folder.is_dir() and (folder / name).exists() else CONTENT / name

    facts = keep(load_facts(own(FACTS)))
    tiers = keep(load_tiers(own(TIERS), facts or {}))
    if facts is None or tiers is None:
        return Invalid(tuple(problems))
    questionnaires: dict[str, Questionnaire] = {}
    tables: dict[Path, Questionnaire] = {}
    for path in paths:
        inside = path != folder and path.is_dir()
        questionnaire = keep(load_questionnaire(path, facts, tiers), path.name if inside else "")
        if questionnaire is not None:
            problems += _twice(path.name, questionnaire.id, questionnaires)
            questionnaires[questionnaire.id] = questionnaire
            if (path / UNMAPPED).exists():
                tables[path / UNMAPPED] = questionnaire
    unmapped: dict[str, str] = {}
    for path, questionnaire in tables.items():
        table = keep(load_unmapped(path, questionnaire, questionnaires), path.parent.name)
        unmapped |= table.reason if table is not None else {}
    regimes: dict[str, Regime] = {}
    # A firm's own regime may speak of what ships.
    known = questionnaires if folder == CONTENT or not regime_paths else {**shipped().questionnaires, **questionnaires}
    for path in regime_paths:
        regime = keep(load_regime(path, known), "regimes")
        if regime is not None:
            problems += _twice(f"regimes/{path.name}", regime.id, regimes)
            regimes[regime.id] = regime
    if problems:
        return Invalid(tuple(problems))
    return Loaded(Content(questionnaires=questionnaires, tiers=tiers, regimes=regimes, facts=facts, unmapped=unmapped))


def _twice(file: str, key: str, taken: Container[str]) -> Iterator[Problem]:
    if key in taken:
        yield Problem(file, "id", f"is '{key}', as in another file", "Give each an id of its own.")


@cache
def shipped() -> Content:
    """The content that ships. Raises RuntimeError if it is broken, which the test suite rules out."""
    match load_content():
        case Loaded(content):
            return content
        case Invalid(problems):
            raise RuntimeError("the shipped content is broken: " + "; ".join(map(str, problems[:5])))
