"""YAML → plain values, for files that somebody else's tool wrote.

Every scalar stays the text that it is in the file, so that a reference such as 5.10 never becomes the number 5.1.
Nothing is constructed, no tag is obeyed, and what an alias repeats counts against a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from questionnaires.load import Invalid, Loaded
from questionnaires.problems import Problem

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"

MAX_BYTES = 10_000_000
"""The largest official file has a sixteenth of it."""
MAX_NODES = 400_000
MAX_DEPTH = 24
"""An official file needs nine."""
MAX_REPEATED = 1_000_000
"""Characters that aliases may repeat in one file."""

MAX_REPEATED_KEYS = 100
"""Told one by one; then the file is refused."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
# The C parser is ten times as fast; not every platform has it.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Refused(Exception):
    """The file cannot be read any further."""

    def __init__(self, line: int, message: str, hint: str) -> None:
        self.line, self.message, self.hint = line, message, hint


def read_yaml(path: Path) -> Loaded[tuple[Value, ...]] | Invalid:
    """The documents of a file. Problems name the file without its folder."""
    name = path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"has {size:,} bytes, more than {MAX_BYTES:,}"
            return Invalid((Problem(name, "", message, "Is it the right file? Official ones are far smaller."),))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 (byte {error.start:,})"
        return Invalid((Problem(name, "", message, "Save it as UTF-8 without a conversion."),))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Invalid((Problem(name, "", f"cannot be read: {reason}", "Check the path and its permissions."),))
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> Loaded[tuple[Value, ...]] | Invalid:
    """The documents of a text; ``name`` is how problems call it. Every key that stands twice is told."""
    builder = _Builder(name)
    try:
        documents = tuple(builder.documents(yaml.parse(text, Loader=_PARSER)))
    except _Refused as refused:
        builder.tell(refused.line, refused.message, refused.hint)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
        builder.tell(mark.line if mark else 0, f"is not YAML: {reason}", "Mend the line, or export the file again.")
    else:
        if not builder.problems:
            return Loaded(documents)
    return Invalid(tuple(builder.problems))


@dataclass
class _Builder:
    """Builds values from parser events without recursion, so that no nesting can exhaust the stack."""

    name: str
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, str | None] = field(default_factory=dict)
    nodes: int = 0
    repeated: int = 0

    def tell(self, line: int, message: str, hint: str) -> None:
        self.problems.append(Problem(self.name, f"line {line + 1:,}", message, hint))

    def repeated_key(self, line: int, key: str) -> None:
        if len(self.problems) >= MAX_REPEATED_KEYS:
            raise _Refused(line, "names still more keys twice", "Is it the right file?")
        self.tell(line, f"names '{key}' twice", "Keep one of the two.")

    def documents(self, events: Iterator[Any]) -> Iterator[Value]:
        # Each open collection with its line; a mapping also holds the key that waits for its value.
        open_: list[tuple[dict[str, Value] | list[Value], list[str]]] = []
        root: list[Value] = []
        for event in events:
            line = event.start_mark.line
            match event:
                case yaml.DocumentStartEvent():
                    root, self.anchors = [], {}
                case yaml.DocumentEndEvent():
                    yield root[0] if root else None
                case yaml.ScalarEvent() | yaml.AliasEvent():
                    value = self._scalar(event, line)
                    self._put(open_, root, value, line)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._count(line)
                    if event.tag is not None and not event.implicit:
                        raise _Refused(line, f"carries the tag {event.tag}", "Remove it; lists and tables need none.")
                    if open_ and isinstance(open_[-1][0], dict) and not open_[-1][1]:
                        raise _Refused(line, "uses a list or table as a key", "A key is a text.")
                    if len(open_) >= MAX_DEPTH:
                        raise _Refused(line, f"is nested deeper than {MAX_DEPTH} levels", "Is it the right file?")
                    child: dict[str, Value] | list[Value] = {} if isinstance(event, yaml.MappingStartEvent) else []
                    self._put(open_, root, child, line)
                    open_.append((child, []))
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    open_.pop()
                case _:
                    pass

    def _count(self, line: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _Refused(line, f"has more than {MAX_NODES:,} values", "Is it the right file?")

    def _scalar(self, event: Any, line: int) -> str | None:
        self._count(line)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                hint = "Write the list or table out; only single texts may be repeated by an alias."
                raise _Refused(line, f"uses the alias *{event.anchor}", hint)
            text = self.anchors[event.anchor]
            self.repeated += len(text or "")
            if self.repeated > MAX_REPEATED:
                raise _Refused(line, f"repeats more than {MAX_REPEATED:,} characters by aliases", "Write them out.")
            return text
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            raise _Refused(line, f"carries the tag {event.tag}", "Remove it; every value is read as text.")
        plain = event.implicit[0] and event.value in _NULL
        value: str | None = None if plain else event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        return value

    def _put(
        self, open_: list[tuple[dict[str, Value] | list[Value], list[str]]], root: list[Value], value: Value, line: int
    ) -> None:
        if not open_:
            root.append(value)
            return
        owner, waiting = open_[-1]
        if isinstance(owner, list):
            owner.append(value)
        elif not waiting:
            key = value if isinstance(value, str) else ""
            if key in owner:
                self.repeated_key(line, key)
            waiting.append(key)
        else:
            owner[waiting.pop()] = value
