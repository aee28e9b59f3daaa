"""Loosely typed values of exports, read without surprises: moments, labels, repository addresses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_CREDENTIALS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)?[^/@\s]*@")
_QUERY = re.compile(r"[?#].*$", re.DOTALL)
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_TOLD = (str, int, float)
_FRACTION = re.compile(r"(\.\d{6})\d+")


def label(value: object, limit: int = 200) -> str:
    """A name for a person: text or a whole number, on one line, without control characters, cut to ``limit``."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    # Python refuses to write numbers of thousands of digits, and no id has them.
    text = value[: 4 * limit] if isinstance(value, str) else str(value) if value.bit_length() <= 256 else ""
    if text.isprintable():
        return text.strip()[:limit]
    return _UNSEEN.sub(" ", text).strip()[:limit]


def moment(value: object) -> datetime | None:
    """A moment in UTC from ISO 8601 text; None where it is none. Without a zone it is taken as UTC."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    text = _OFFSET.sub(r"\1:\2", _FRACTION.sub(r"\1", value.strip()))
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def event(value: object) -> datetime | None:
    """As ``moment``, but None for the zero that Go and protobuf write where a moment is not known."""
    read = moment(value)
    return None if read is None or read.year < 1990 else read


def zoneless(value: str) -> bool:
    """Whether a moment's text names no time zone."""
    try:
        return datetime.fromisoformat(value.strip()).tzinfo is None
    except ValueError:
        return False


def quantity(value: object) -> float | None:
    """A number that is not negative, from a number or its text; None where there is none or it is absurdly large."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 1e15 else None


def whole(value: object) -> int | None:
    """A whole number that is not negative, from a number or its text; None where there is none."""
    number = quantity(value)
    return int(number) if number is not None and number.is_integer() else None


def repository(value: object) -> str:
    """The address of a repository without user name, password, query and fragment."""
    text = _QUERY.sub("", label(value, 500))
    return _CREDENTIALS.sub(lambda found: found[1] or "", text)[:200]


def identity(*values: object) -> tuple[str | int | float | None, ...]:
    """Values by which two things are told apart; what is neither text nor a number counts as absent."""
    return tuple([value if isinstance(value, _TOLD) else None for value in values])


def days(span: timedelta) -> float:
    """A span of time in days."""
    return span.total_seconds() / 86_400
