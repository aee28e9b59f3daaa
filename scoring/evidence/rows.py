"""Lists as APIs give them: an array, arrays in a row, an array of pages, or one object per line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from scoring.evidence.jsontext import Text, decode
from scoring.evidence.scalars import whole
from scoring.evidence.source import Source

UNDATED = "The list does not say when it was fetched: its latest event stands for that, so ages are at least these."

T = TypeVar("T")
_PAGES = 2
"""Arrays around a row: a page, and the list of pages that ``gh api --slurp`` writes."""
_MOST = 10**12
_PAGE_LENGTHS = (20, 30, 100)
"""What GitLab and GitHub give by default, and at most."""


def rows(source: Source, kind: type[T]) -> Iterator[T]:
    """Every object of a list, whichever way its pages were put into the file; what is no object is left out.

    Raises Refused where an object has another shape than the format's.
    """
    for value in source.texts():
        yield from _rows(value, kind, _PAGES)


def _rows(value: Text, kind: type[T], pages: int) -> Iterator[T]:
    match bytes(memoryview(value)[:1]):
        case b"{":
            yield decode(value, kind)
        case b"[" if pages:
            for element in decode(value, list[msgspec.Raw]):
                yield from _rows(element, kind, pages - 1)


def sample(listed: int, total: object) -> str | None:
    """``"30 of 593"`` where a list says that it has more than it gives."""
    number = whole(total)
    return f"{listed} of {number}" if number is not None and listed < number < _MOST else None


def only(values: Iterable[str]) -> str:
    """The one name that all rows share, empty where they differ; rows that name none do not count."""
    names = {value for value in values if value}
    return names.pop() if len(names) == 1 else ""


def page_warning(listed: int) -> Iterator[str]:
    """What to say of a list without a total that is exactly as long as a page."""
    if listed in _PAGE_LENGTHS:
        yield f"It lists exactly {listed}, as many as one page holds: there may be more. Fetch all pages."
