"""JSON as files hold it: one value, several in a row, one per line, or one behind console output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from scoring.evidence.limits import Limits, Refused

T = TypeVar("T")
Text = bytes | memoryview | msgspec.Raw
NOISE = "Console output ahead of the JSON document was skipped."
CUT_OFF = "The JSON document is cut off: it ends in the middle of a value. Fetch the file again."

_SPACE = re.compile(rb"[ \t\r\n\x1e]*")
"""White space, and the record separator that JSON text sequences put before each value."""
_START = re.compile(
    rb"(?:\A|(?<=[\r\n]))(?:[ \t\x1e]|\x1b\[[0-9;]*[A-Za-z])*(?=\{\s*(?:[\"}]|\Z)|\[\s*(?:[\[{\"\]]|\Z))"
)
"""A line that begins as JSON does; ``[INFO]`` does not."""
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_BYTE = re.compile(r" \(byte (\d+)\)$")


def begins(text: bytes | memoryview, limits: Limits) -> tuple[int, bool] | None:
    """Where the first JSON object or array begins, and whether anything but white space stands ahead of it."""
    first = _SPACE.match(text)
    assert first is not None
    found = _START.search(text, 0, min(len(text), first.end() + limits.noise_bytes))
    if found is None:
        return None
    return found.end(), found.end() > first.end()


def split(text: bytes | memoryview, start: int, limits: Limits) -> tuple[memoryview, ...]:
    """The JSON values that stand one after the other from ``start`` on, without copying them.

    Raises Refused with the place where the text stops being JSON.
    """
    view = memoryview(text)
    found: list[memoryview] = []
    while True:
        space = _SPACE.match(view, start)
        assert space is not None
        start = space.end()
        if start == len(view):
            return tuple(found)
        if len(found) == limits.documents:
            raise Refused(f"It holds more than {limits.documents} JSON values. Split it.")
        rest = view[start:]
        try:
            msgspec.json.decode(rest, type=msgspec.Raw)
        except msgspec.DecodeError as error:
            # The decoder says where the first value ended (one byte past it), so the text is walked exactly once.
            trailing = _TRAILING.search(str(error))
            if trailing is None:
                raise Refused(broken(error, start)) from None
            length = int(trailing[1]) - 1
            found.append(rest[:length])
            start += length
        except RecursionError:
            raise Refused(_TOO_DEEP) from None
        else:
            found.append(rest)
            return tuple(found)


def decode(text: Text, shape: type[T]) -> T:
    """One JSON value as a typed structure that skips what it does not name.

    Raises Refused where the text is not JSON, is too deep, or has another shape.
    """
    try:
        return msgspec.json.decode(text, type=shape)
    except msgspec.ValidationError as error:
        raise Refused(f"Its structure is not that of the format: {error}.") from None
    except msgspec.DecodeError as error:
        raise Refused(broken(error, 0)) from None
    except UnicodeDecodeError:
        raise Refused("The JSON document holds invalid text.") from None
    except RecursionError:
        raise Refused(_TOO_DEEP) from None


def decode_each(texts: tuple[Text, ...], shape: type[T]) -> Iterator[T]:
    """Each of several JSON values, decoded as ``decode`` does."""
    return (decode(text, shape) for text in texts)


_TOO_DEEP = "The JSON document is nested too deep to be a genuine export."


def broken(error: msgspec.DecodeError, start: int) -> str:
    """What a decoding error says about a text that began at byte ``start``."""
    message = str(error)
    if "truncated" in message:
        return CUT_OFF
    place = _BYTE.search(message)
    if place is None:
        return "The JSON document is malformed. Export it again."
    return f"The JSON document is malformed at byte {start + int(place[1])}. Export it again."
