"""OWASP DSOMM's own ``model.yaml``, of any version, as a questionnaire.

Activities share their criterion ids with the shipped questionnaire by uuid, so answers carry over; the texts of the
user's file are shown in place of ours. Joins go by uuid and never by name. Ids of other standards stay text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasPath, BeforeValidator, ConfigDict, Field, StringConstraints

from questionnaires.check import Files, check_questionnaire
from questionnaires.dsomm_files import Entry, read_activities, read_states
from questionnaires.load import CONTENT, CORRECTIONS, Invalid, Loaded, read_toml, validate
from questionnaires.model import (
    Activity,
    Content,
    Criterion,
    Frozen,
    Pillar,
    Practice,
    Questionnaire,
    Rating,
    Scope,
    Step,
    Target,
    Text,
)
from questionnaires.problems import Problem

DSOMM = "owasp-dsomm"
"""Id of the shipped questionnaire, and of every one that is loaded in its place."""

# Effort in person-days by DSOMM's ratings 1 to 5. Knowledge (from one discipline to three and more) and resources
# (systems and licences to be procured) are spent once; time is what each application needs. The steps roughly double,
# because a rating is a rough class and not a measure. An activity without a rating counts as 3, the middle.
KNOWLEDGE_DAYS = (1, 2, 4, 7, 10)
RESOURCES_DAYS = (1, 2, 4, 8, 15)
TIME_DAYS = (Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4), Fraction(8))
UNRATED = 3

MAX_SLUG = 50
"""Of a pillar's or a practice's own part of an id."""
MAX_NAME = 88
"""Of a criterion's own part: with a distinguishing suffix the whole id stays within two hundred characters."""


def effort(knowledge: int | None, time: int | None, resources: int | None) -> tuple[Fraction, Fraction]:
    """(setup days, days per application) from the ratings of an activity's difficulty."""
    setup = KNOWLEDGE_DAYS[(knowledge or UNRATED) - 1] + RESOURCES_DAYS[(resources or UNRATED) - 1]
    return Fraction(setup), TIME_DAYS[(time or UNRATED) - 1]


class Correction(Frozen):
    """One reference that the published file has wrong, and what its source says."""

    uuid: Text
    activity: Text
    reference: Text
    published: tuple[Text, ...]
    source: tuple[Text, ...] = Field(min_length=1)


class _Corrections(Frozen):
    schema_version: Literal[1]
    correction: tuple[Correction, ...]


@cache
def corrections() -> Mapping[tuple[str, str], Correction]:
    """(uuid, standard) → what the published file has wrong. Raises RuntimeError if the shipped table is broken."""
    raw = read_toml(CONTENT / DSOMM / CORRECTIONS, CORRECTIONS)
    shaped = raw if isinstance(raw, Problem) else validate(_Corrections, raw, CORRECTIONS)
    if not isinstance(shaped, _Corrections):
        raise RuntimeError(f"the shipped table of corrections is broken: {shaped}")
    return {(entry.uuid, entry.reference): entry for entry in shaped.correction}


def _listed(value: Any) -> Any:
    """Nothing, one text or a list with gaps, as a list of texts."""
    if value is None:
        return ()
    return (
        [value] if isinstance(value, str) else [e for e in value if e is not None] if isinstance(value, list) else value
    )


def _table(value: Any) -> Any:
    return {} if value is None or value == [] else value


_List = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Shape(Frozen):
    """What is used of one activity; a newer version may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    uuid: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z][0-9a-zA-Z-]{5,79}$", to_lower=True)]
    level: int
    description: str | None = None
    risk: str | None = None
    measure: str | None = None
    assessment: str | None = None
    knowledge: Rating | None = Field(
        default=None, validation_alias=AliasPath("difficultyOfImplementation", "knowledge")
    )
    time: Rating | None = Field(default=None, validation_alias=AliasPath("difficultyOfImplementation", "time"))
    resources: Rating | None = Field(
        default=None, validation_alias=AliasPath("difficultyOfImplementation", "resources")
    )
    usefulness: Rating | None = None
    depends: _List = Field(default=(), validation_alias="dependsOn")
    references: Annotated[dict[str, _List], BeforeValidator(_table)] = {}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A dependency of the model that could not become a prerequisite."""

    activity: str
    wanted: str
    reason: str


@dataclass(frozen=True, slots=True)
class Model:
    """An official model as a questionnaire, with what had to be changed on the way."""

    questionnaire: Questionnaire
    dropped: tuple[Dropped, ...]
    corrected: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """One activity with its place in the questionnaire."""

    entry: Entry
    shape: _Shape
    id: str


def load_model(paths: Sequence[Path], content: Content, meta: Path | None = None) -> Loaded[Model] | Invalid:
    """An official ``model.yaml``, then files of custom activities that add, change or ignore some.

    ``meta`` is the team's ``meta.yaml``, whose states become the answer scale. Every problem of every file is told.
    """
    base = content.questionnaires[DSOMM]
    activities = read_activities(paths)
    scale: Loaded[tuple[Step, ...]] | Invalid = read_states(meta) if meta else Loaded(base.scale)
    problems = [problem for found in (activities, scale) if isinstance(found, Invalid) for problem in found.problems]
    if isinstance(activities, Invalid) or isinstance(scale, Invalid):
        return Invalid(tuple(problems))
    shapes: list[tuple[Entry, _Shape]] = []
    for entry in activities.value.entries:
        shape = validate(_Shape, entry.raw, entry.file, entry.place)
        if not isinstance(shape, _Shape):
            problems += shape
        elif not base.base < shape.level <= base.top:
            hint = f"Levels are {base.base + 1} to {base.top}."
            problems.append(Problem(entry.file, f"{entry.place}.level", f"is {shape.level}", hint))
        else:
            shapes.append((entry, shape))
    if problems or not shapes:
        nothing = Problem(paths[0].name if paths else "", "", "holds no activity", "Name an official model.yaml.")
        return Invalid(tuple(problems) or (nothing,))
    built = _Builder(base, activities.value.version, scale.value, shapes)
    model = built.model()
    names = {pillar.id: paths[0].name for pillar in model.questionnaire.pillar}
    files = Files(paths[0].name, names, paths[0].name)
    # A firm may ignore every activity of a level; such a level is left out of the scores and does no harm.
    checked = check_questionnaire(model.questionnaire, content.facts, content.tiers, files)
    found = [problem for problem in checked if not problem.key.startswith("level[")]
    return Invalid(tuple(found)) if found else Loaded(model)


def activities_of(questionnaire: Questionnaire) -> dict[str, str]:
    """Uuid → criterion id, of the criteria that stand for one activity each; empty for every other questionnaire."""
    return {c.dsomm[0]: c.id for c in questionnaire.criteria.values() if c.activity is not None and c.dsomm}


def prerequisites(
    activities: Iterable[tuple[str, str, int, Sequence[str]]],
) -> tuple[dict[str, tuple[str, ...]], tuple[Dropped, ...]]:
    """Dependencies as prerequisites: (uuid, name, level, wanted uuids or names) → uuid → uuids, and what was dropped.

    Our rules: a prerequisite is known, of the same or a lower level, and never leads back to where it started. Of a
    circle the dependency that closes it, in the order of the file, is dropped.
    """
    listed = list(activities)
    level = {uuid: level for uuid, _, level, _ in listed}
    by_name = {name: uuid for uuid, name, _, _ in listed}
    kept: dict[str, tuple[str, ...]] = {}
    dropped: list[Dropped] = []
    for uuid, name, own, wanted in listed:
        for each in wanted:
            other = each.lower() if each.lower() in level else by_name.get(each)
            if other is None:
                dropped.append(Dropped(name, each, "is not in the model"))
            elif level[other] > own:
                dropped.append(Dropped(name, each, f"is of the higher level {level[other]}"))
            elif _reaches(kept, other, uuid):
                dropped.append(Dropped(name, each, "would close a circle"))
            elif other not in kept.get(uuid, ()):
                kept[uuid] = (*kept.get(uuid, ()), other)
    return kept, tuple(dropped)


def _reaches(kept: Mapping[str, tuple[str, ...]], start: str, goal: str) -> bool:
    seen, stack = set[str](), [start]
    while stack:
        node = stack.pop()
        if node == goal:
            return True
        if node not in seen:
            seen.add(node)
            stack += kept.get(node, ())
    return False


def references_of(
    uuid: str, references: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], tuple[Correction, ...]]:
    """References with the shipped corrections applied where the list is the one that is wrong.

    Remarks in place of a number ("… mapping is missing", "TODO") are left out: a number holds no blank.
    """
    table = dict(references)
    applied: list[Correction] = []
    for (owner, standard), correction in corrections().items():
        if owner == uuid and tuple(table.get(standard, ())) == correction.published:
            table[standard] = correction.source
            applied.append(correction)
    clean = {
        key: tuple(dict.fromkeys(v.strip() for v in values if v.strip() and " " not in v.strip() and v != "TODO"))
        for key, values in table.items()
    }
    return {key: values for key, values in clean.items() if values}, tuple(applied)


def slug(text: str, otherwise: str = "other", limit: int = MAX_SLUG) -> str:
    """Lower-case words joined by hyphens, cut to ``limit``; ``otherwise`` where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].strip("-") or otherwise


class _Builder:
    """Puts activities where the shipped questionnaire has them, as far as it knows them."""

    def __init__(
        self, base: Questionnaire, version: str, scale: tuple[Step, ...], shapes: Sequence[tuple[Entry, _Shape]]
    ) -> None:
        self.base, self.version, self.scale = base, version, scale
        self.known = {c.dsomm[0]: c for c in base.criteria.values() if c.dsomm}
        self.pillar_of_name = {pillar.name.casefold(): pillar for pillar in base.pillar}
        self.used: set[str] = set()
        self.practice_ids: dict[tuple[str, str], str] = {}
        self.pillar_ids: dict[str, str] = {}
        self.placed = [_Placed(entry, shape, self._id(entry, shape)) for entry, shape in shapes]

    def _id(self, entry: Entry, shape: _Shape) -> str:
        """The shipped id where the activity still stands in the same sub-dimension; else a new one."""
        practice = self._practice_id(entry)
        known = self.known.get(shape.uuid)
        name = known.id.rpartition(".")[2] if known else slug(entry.name, f"activity-{slug(shape.uuid)[:8]}", MAX_NAME)
        wanted = f"{practice}.{name}"
        if wanted in self.used or (known is None and wanted in self.base.criteria):
            wanted = f"{wanted}-{slug(shape.uuid)[:8]}"
        self.used.add(wanted)
        return wanted

    def _practice_id(self, entry: Entry) -> str:
        pillar = self.pillar_of_name.get(entry.dimension.casefold())
        key = pillar.id if pillar else self._new(self.pillar_ids, entry.dimension, entry.dimension, "")
        practice = pillar and next((p for p in pillar.practice if p.name.casefold() == entry.part.casefold()), None)
        if practice:
            return practice.id
        return self._new(self.practice_ids, (entry.dimension, entry.part), entry.part, f"{key}.")

    def _new(self, ids: dict[Any, str], key: Any, name: str, prefix: str) -> str:
        """An id for a name that the shipped questionnaire does not have; names that look alike are numbered."""
        if key not in ids:
            taken = {*ids.values(), *(p.id for p in self.base.pillar), *self.base.practices}
            first = prefix + slug(name)
            ids[key] = next(
                each for n in range(1, len(taken) + 2) if (each := first if n == 1 else f"{first}-{n}") not in taken
            )
        return ids[key]

    def model(self) -> Model:
        kept, dropped = prerequisites((p.shape.uuid, p.entry.name, p.shape.level, p.shape.depends) for p in self.placed)
        ids = {placed.shape.uuid: placed.id for placed in self.placed}
        corrected: list[Correction] = []
        practices: dict[str, dict[str, list[Criterion]]] = {}
        names: dict[str, str] = {}
        for placed in self.placed:
            references, applied = references_of(placed.shape.uuid, placed.shape.references)
            corrected += applied
            wanted = tuple(ids[uuid] for uuid in kept.get(placed.shape.uuid, ()))
            practice = placed.id.rpartition(".")[0]
            pillar = practice.partition(".")[0]
            names |= {practice: placed.entry.part, pillar: placed.entry.dimension}
            practices.setdefault(pillar, {}).setdefault(practice, []).append(
                self._criterion(placed, references, wanted)
            )
        pillars = tuple(self._pillar(key, names, parts) for key, parts in practices.items())
        return Model(self._questionnaire(pillars, ids), dropped, tuple(corrected))

    def _criterion(
        self, placed: _Placed, references: Mapping[str, tuple[str, ...]], wanted: tuple[str, ...]
    ) -> Criterion:
        shape, name, known = placed.shape, placed.entry.name, self.known.get(placed.shape.uuid)
        setup, each = effort(shape.knowledge, shape.time, shape.resources)
        silent = f"DSOMM {self.version} says nothing about it."
        good = "\n\n".join(text for text in (_text(shape.measure), _text(shape.description)) if text)
        asked = [re.sub(r"^[-*]\s+", "", line.strip()) for line in (shape.assessment or "").splitlines()]
        return Criterion(
            id=placed.id,
            level=shape.level,
            question=known.question if known else f"Is the activity “{name}” in place for this application?",
            why=_text(shape.risk) or (known.why if known else silent),
            good=good or (known.good if known else silent),
            ask_for=tuple(line for line in asked if line) or (known.ask_for if known else ()),
            setup_days=setup,
            per_application_days=each,
            prerequisites=wanted,
            dsomm=(shape.uuid,),
            activity=Activity(
                name=name,
                knowledge=shape.knowledge,
                time=shape.time,
                resources=shape.resources,
                usefulness=shape.usefulness,
                references=dict(references),
            ),
        )

    def _pillar(self, key: str, names: Mapping[str, str], parts: Mapping[str, list[Criterion]]) -> Pillar:
        known = next((pillar for pillar in self.base.pillar if pillar.id == key), None)
        practices = []
        for practice, criteria in parts.items():
            shipped = self.base.practices.get(practice)
            purpose = shipped.purpose if shipped else f"The sub-dimension {names[practice]} of DSOMM {self.version}."
            ordered = tuple(sorted(criteria, key=lambda criterion: criterion.level))
            practices.append(
                Practice(id=practice, name=names[practice], scope=Scope.APPLICATION, purpose=purpose, criterion=ordered)
            )
        purpose = known.purpose if known else f"The dimension {names[key]} of DSOMM {self.version}."
        return Pillar(id=key, name=names[key], purpose=purpose, practice=tuple(practices))

    def _questionnaire(self, pillars: tuple[Pillar, ...], ids: Mapping[str, str]) -> Questionnaire:
        base, now = self.base, set(ids.values())
        practices = {practice.id for pillar in pillars for practice in pillar.practice}
        gone = {c.id: uuid for uuid, c in self.known.items() if c.id not in now}
        return Questionnaire(
            schema_version=1,
            id=base.id,
            version=self.version,
            title=f"{base.title.partition(' (')[0]} ({self.version}, from your own file)",
            description=base.description,
            licence="The texts come from the file that you loaded; its own licence applies to them.",
            attribution=base.attribution,
            met=self.scale[-1].id,
            presence=base.presence if self.scale == base.scale else self.scale[1].id,
            level=base.level,
            scale=self.scale,
            pillar=pillars,
            target=tuple(_targets(base, pillars)),
            weight=tuple(weight for weight in base.weight if weight.practice in practices),
            renamed={old: ids[uuid] for old, uuid in gone.items() if uuid in ids},
            removed={old: f"Not in DSOMM {self.version}." for old, uuid in gone.items() if uuid not in ids},
        )


def _text(value: str | None) -> str:
    """What the model says; a placeholder says nothing."""
    text = (value or "").strip()
    return "" if text.rstrip(".").upper() == "TODO" else text


def _targets(base: Questionnaire, pillars: Sequence[Pillar]) -> Iterable[Target]:
    """The shipped targets; a dimension that they do not know takes the lowest of its tier."""
    tiers = dict.fromkeys(target.tier for target in base.target)
    of = {(target.tier, target.pillar): target for target in base.target}
    for tier in tiers:
        lowest = min(target.level for target in base.target if target.tier == tier)
        for pillar in pillars:
            known = of.get((tier, pillar.id))
            reason = "Unknown to the shipped targets: as low as the lowest of this tier until the firm decides."
            yield Target(
                tier=tier,
                pillar=pillar.id,
                level=known.level if known else lowest,
                reason=known.reason if known else reason,
            )
