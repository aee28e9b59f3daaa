"""What is said to people, before it has a language: a message with named places, and what fills them.

Whoever shows a phrase words it. As text it is English; a report looks its message up in the catalogue of its language
and writes numbers, days and lists in that language's way. Messages are written as literals in calls of :func:`phrase`
and :func:`counted`, by whose names the catalogue finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from scoring.scores import rounded

_PLACE = re.compile(r"\{(\w+)\}")
_DEEPEST = 8
"""Values within values. Ours go to four; what a file holds must not exhaust the stack of whoever shows it."""


@dataclass(frozen=True, slots=True)
class Number:
    """Shown with one decimal, with none where that is 0."""

    exact: Fraction


@dataclass(frozen=True, slots=True)
class Day:
    day: date


@dataclass(frozen=True, slots=True)
class Several:
    """A list of which so many are named and the others counted."""

    names: tuple[str | Phrase, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message in English, with ``{places}`` for its values."""

    message: str
    values: tuple[tuple[str, Value], ...] = ()
    """A text is content or a name: it is shown as it is in every language."""
    many: str = ""
    """The message where the value ``n`` is not one; empty where no number matters."""

    def __post_init__(self) -> None:
        """Raises ValueError where phrases are nested too deeply."""
        if not _shallow(self, _DEEPEST):
            raise ValueError("is nested too deeply")

    def filled(self, template: str, shown: Callable[[Value], str]) -> str:
        """A translation of the message with its places filled; one that has no value stays as it is.

        Not ``str.format``: phrases are stored in files, and its fields reach into objects and blow up widths.
        """
        values = dict(self.values)
        return _PLACE.sub(lambda m: shown(values[m[1]]) if m[1] in values else m[0], template)

    @property
    def number(self) -> int | None:
        """What decides between the two messages; None where there is one."""
        n = dict(self.values).get("n")
        return n if self.many and isinstance(n, int) else None

    def __str__(self) -> str:
        return self.filled(self.message if self.number in (None, 1) else self.many, _english)


Value = str | int | Number | Day | Several | Phrase


def _shallow(value: Value, levels: int) -> bool:
    match value:
        case Phrase(_, values):
            return levels > 0 and all(_shallow(each, levels - 1) for _, each in values)
        case Several(names):
            return levels > 0 and all(_shallow(each, levels - 1) for each in names)
        case _:
            return True


def phrase(message: str, /, **values: Value) -> Phrase:
    return Phrase(message, tuple(values.items()))


def counted(one: str, many: str, number: int, /, **values: Value) -> Phrase:
    """A message that depends on a number, which is its value ``n``."""
    return Phrase(one, (("n", number), *values.items()), many)


def days(value: Fraction) -> str:
    """Person-days as a person reads them: one decimal, none where it is whole."""
    number = rounded(value)
    return str(int(number)) if number == int(number) else str(number)


def _english(value: Value) -> str:
    match value:
        case Number(exact):
            return days(exact)
        case Day(day):
            return day.isoformat()
        case Several(names, most):
            return listed([str(name) for name in names], most)
        case _:
            return str(value)


def listed(names: Sequence[str], most: int = 4) -> str:
    """The first names with a comma, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
