"""Older files of an engagement, brought to today's schema as raw tables, one version at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.engagement.errors import EngagementError
from scoring.assessment import SCHEMA_VERSION

Table = dict[str, Any]


class NewerVersion(EngagementError):
    """A file was written by a later version of Colonnade."""


def _name_line_in_table(table: Table) -> Table:
    """1 → 2: ``journal`` was the number of a line; it is a table that holds the line's hash too."""
    return {**table, "journal": {"line": table["journal"]}} if "journal" in table else table


MIGRATIONS: tuple[Callable[[Table], Table], ...] = (_name_line_in_table,)
"""The first leads from version 1 to 2, and so on; each gets a table of its version and changes nothing in it."""


def migrated(table: Table, place: str) -> Table:
    """A table of any known version as one of today's, without its ``schema_version``. Raises EngagementError."""
    version = table.get("schema_version")
    if type(version) is not int or not 0 < version < 10**6:
        raise EngagementError("names no schema_version", place, "Restore it from a copy.")
    if version > SCHEMA_VERSION:
        message = f"was written by a newer version (schema {version}; this one knows {SCHEMA_VERSION})"
        raise NewerVersion(message, place, "Open it with that version of Colonnade; nothing was changed.")
    table = {key: value for key, value in table.items() if key != "schema_version"}
    for migrate in MIGRATIONS[version - 1 :]:
        table = migrate(table)
    return table
