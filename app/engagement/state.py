"""The assessment as the journal changes it, and as its files hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.engagement.errors import EngagementError
from app.engagement.journal import Change, Entry
from scoring.assessment import Answer, Application, Assessment, Decision, Evidence

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
_ENTRIES: dict[str, type[BaseModel]] = {
    "answers": Answer,
    "evidence": Evidence,
    "decisions": Decision,
    "applications": Application,
}
"""The tables whose entries are models of their own."""


def dump(value: Any) -> Any:
    """A value as plain data; what equals its default is left out."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_defaults=True)
    return value


def current(assessment: Assessment, path: tuple[str, ...]) -> Any:
    """What stands at a path, as plain data; None where nothing does."""
    if len(path) == 1:
        return assessment.model_dump(mode="json", exclude_defaults=True, include={path[0]}).get(path[0])
    return _at(assessment, path)


def changed(assessment: Assessment, change: Change) -> Assessment:
    """The assessment after one change. Raises EngagementError where the value does not fit the place."""
    return applied(assessment, (change,))[0]


def applied(assessment: Assessment, changes: Iterable[Change]) -> tuple[Assessment, tuple[Change, ...]]:
    """The assessment after several changes, and those of them that changed something.

    These say what stood before, and what was put in as it is read back, so that the journal holds the normal form and
    a replay gives the same. Raises EngagementError where a value does not fit its place.
    """
    known: list[Change] = []
    # Kept aside, so that what surrounds an application is copied once and not for each of a thousand changes.
    moved: dict[str, Application] = {}
    for change in changes:
        path = change.path
        if len(path) > 2 and path[0] == "applications" and path[1] in assessment.applications:
            key, rest = path[1], path[2:]
            application = moved.get(key) or assessment.applications[key]
            before = _at(application, rest)
            if before != change.to:
                moved[key] = _fitting(_in_application, application, change, rest)
                known.append(Change(path, _at(moved[key], rest), before))
        else:
            assessment, moved = _with_applications(assessment, moved), {}
            before = current(assessment, path)
            if before != change.to:
                assessment = _fitting(_in_assessment, assessment, change, path)
                known.append(Change(path, current(assessment, path), before))
    return _with_applications(assessment, moved), tuple(known)


def _at(node: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        node = node.get(step) if isinstance(node, dict) else getattr(node, step, None)
        if node is None:
            return None
    return dump(node)


class Replay:
    """The assessment as the journal's lines make it, in plain data, one line after the other."""

    def __init__(self) -> None:
        self.raw: dict[str, Any] = {}

    def take(self, entry: Entry) -> None:
        """What one line changed. Raises EngagementError where the line fits nowhere."""
        for change in entry.changes:
            try:
                self._put(change.path, change.to)
            except (KeyError, TypeError, AttributeError, RecursionError) as error:
                place = f"line {entry.number} of the journal, {'.'.join(change.path)}"
                raise EngagementError("does not fit", place, "Restore the journal from a copy.") from error

    def _put(self, path: tuple[str, ...], to: Any) -> None:
        if not path:
            if not isinstance(to, dict) or not isinstance(to.get("applications", {}), dict):
                raise TypeError
            self.raw = deepcopy(to)
            return
        if path == ("applications",):
            raise KeyError  # they come and go one by one
        node = self.raw
        for depth, step in enumerate(path[:-1]):
            # An application has to be there before anything of it is; every other table comes with its first entry.
            node = node[step] if depth == 1 and path[0] == "applications" else node.setdefault(step, {})
        if to is None:
            node.pop(path[-1], None)
            if path[0] == "targets" and len(path) == 3 and not node:
                del self.raw["targets"][path[1]]
        else:
            # What later lines reach into is copied, so that the entries stay as they were read.
            table = len(path) == 1 or (path[0] == "applications" and len(path) < 4)
            node[path[-1]] = deepcopy(to) if table else to

    def assessment(self) -> Assessment:
        """Raises EngagementError."""
        return valid(self.raw)


def valid(raw: Mapping[str, Any]) -> Assessment:
    """An assessment that the journal's lines made as plain data. Raises EngagementError."""
    try:
        return Assessment.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(("The journal", *map(str, first["loc"])))
        raise EngagementError(f"holds no assessment: {first['msg']}", place, "Restore it from a copy.") from error


def replayed(entries: Iterable[Entry]) -> Assessment:
    """The assessment after some journal lines, from the first on. Raises EngagementError."""
    replay = Replay()
    for entry in entries:
        replay.take(entry)
    return replay.assessment()


def difference(old: Assessment, new: Assessment) -> list[Change]:
    """The changes that lead from one assessment to another, as small as the journal can write them."""
    changes: list[Change] = []
    for field in Assessment.model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        if field == "applications":
            for key in sorted({*before, *after}):
                changes += _of_application(old, new, key)
        elif field in _ENTRIES or field == "baselines":
            changes += [_between(old, new, field, key) for key in _unequal(before, after)]
        else:
            changes.append(_between(old, new, field))
    return changes


def _of_application(old: Assessment, new: Assessment, key: str) -> Iterable[Change]:
    then, now = old.applications.get(key), new.applications.get(key)
    if then is None or now is None:
        yield _between(old, new, "applications", key)
        return
    for field in Application.model_fields:
        before, after = getattr(then, field), getattr(now, field)
        if field in ("answers", "evidence"):
            for entry in _unequal(before, after):
                yield _between(old, new, "applications", key, field, entry)
        elif before != after:
            yield _between(old, new, "applications", key, field)


def _unequal(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


def _between(old: Assessment, new: Assessment, *path: str) -> Change:
    return Change(path, current(new, path), current(old, path))


def _fitting(put: Callable[[T, tuple[str, ...], Any], T], into: T, change: Change, path: tuple[str, ...]) -> T:
    place = ".".join(change.path)
    try:
        return put(into, path, change.to)
    except ValidationError as error:
        raise EngagementError(f"does not fit: {error.errors()[0]['msg']}", place) from error
    except (KeyError, TypeError) as error:
        detail = f"no place {error}" if isinstance(error, KeyError) else str(error)
        raise EngagementError(f"does not fit: {detail}", place) from error


def _in_application(application: Application, path: tuple[str, ...], to: Any) -> Application:
    match path:
        case (table, entry) if table in ("answers", "evidence"):
            return application.model_copy(update={table: _with(getattr(application, table), table, entry, to)})
        case (field,):
            return _named(application.id, _field(application, field, to))
        case _:
            raise KeyError(".".join(path))


def _named(key: str, application: Application) -> Application:
    """An application under its own id."""
    if application.id != key:
        raise TypeError(f"it says that it is '{application.id}'")
    return application


def _in_assessment(assessment: Assessment, path: tuple[str, ...], to: Any) -> Assessment:
    match path:
        case ():
            return Assessment.model_validate(to)
        case ("applications", key) if to is not None:
            application = _named(key, Application.model_validate(to))
            return _with_applications(assessment, {key: application})
        case (table, entry) if table in _ENTRIES:
            return assessment.model_copy(update={table: _with(getattr(assessment, table), table, entry, to)})
        case ("baselines", name):
            kept = {key: digest for key, digest in assessment.baselines.items() if key != name}
            return _field(assessment, "baselines", kept if to is None else {**kept, name: to})
        case ("targets", tier, pillar):
            levels = {key: value for key, value in assessment.targets.get(tier, {}).items() if key != pillar}
            levels |= {} if to is None else {pillar: to}
            rest = {key: value for key, value in assessment.targets.items() if key != tier}
            return _field(assessment, "targets", {**rest, tier: levels} if levels else rest)
        case (field,):
            return _field(assessment, field, to)
        case _:
            raise KeyError(".".join(path))


def _with(entries: dict[str, Any], table: str, key: str, to: Any) -> dict[str, Any]:
    kept = dict(entries)
    if to is None:
        kept.pop(key, None)
    else:
        kept[key] = _ENTRIES[table].model_validate(to)
    return kept


def _with_applications(assessment: Assessment, moved: Mapping[str, Application]) -> Assessment:
    return assessment.model_copy(update={"applications": {**assessment.applications, **moved}}) if moved else assessment


def _field(model: M, field: str, to: Any) -> M:
    values = {name: getattr(model, name) for name in type(model).model_fields if name != field}
    return model.model_validate(values if to is None else {**values, field: to})
