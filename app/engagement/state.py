"""The assessment as the journal changes it, and as its files hold it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from app.engagement.errors import EngagementError
from app.engagement.journal import Change
from scoring.assessment import Answer, Application, Assessment, Decision, Evidence

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
    node: Any = dump(assessment) if len(path) < 2 else assessment
    for step in path:
        node = node.get(step) if isinstance(node, dict) else getattr(node, step, None)
        if node is None:
            return None
    return dump(node)


def changed(assessment: Assessment, change: Change) -> Assessment:
    """The assessment after one change. Raises EngagementError where the value does not fit the place."""
    place = ".".join(change.path)
    try:
        found = _put(assessment, change.path, change.to)
    except (ValidationError, KeyError, TypeError) as error:
        detail = error.errors()[0]["msg"] if isinstance(error, ValidationError) else f"no place {error}"
        raise EngagementError(f"does not fit: {detail}", place) from error
    match change.path:
        case ("applications", key, *_) if key in found.applications and found.applications[key].id != key:
            raise EngagementError(f"does not fit: it says that it is '{found.applications[key].id}'", place)
    return found


def whole(to: Any) -> Assessment:
    """The assessment that the first line of a journal holds. Raises EngagementError."""
    try:
        return Assessment.model_validate(to)
    except ValidationError as error:
        raise EngagementError("begins with no assessment", "The journal", "Restore it from a copy.") from error


def _put(assessment: Assessment, path: tuple[str, ...], to: Any) -> Assessment:
    match path:
        case ():
            return Assessment.model_validate(to)
        case ("applications", key, table, entry) if table in ("answers", "evidence"):
            application = assessment.applications[key]
            entries = _with(getattr(application, table), table, entry, to)
            return _replaced(assessment, key, application.model_copy(update={table: entries}))
        case ("applications", key, field):
            application = assessment.applications[key]
            values = {name: getattr(application, name) for name in Application.model_fields if name != field}
            return _replaced(
                assessment, key, Application.model_validate(values if to is None else {**values, field: to})
            )
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


def _replaced(assessment: Assessment, key: str, application: Application) -> Assessment:
    return assessment.model_copy(update={"applications": {**assessment.applications, key: application}})


def _field(assessment: Assessment, field: str, to: Any) -> Assessment:
    values = {name: getattr(assessment, name) for name in Assessment.model_fields if name != field}
    return Assessment.model_validate(values if to is None else {**values, field: to})
