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
    first = _skipped(memoryview(text), 0)
    found = _START.search(text, 0, min(len(text), first + limits.noise_bytes))
    return None if found is None else (found.end(), found.end() > first)


def split(text: bytes | memoryview, start: int, limits: Limits) -> tuple[memoryview, ...]:
    """The JSON values that stand one after the other from ``start`` on, without copying them.

    Raises Refused with the place where the text stops being JSON.
    """
    view = memoryview(text)
    found: list[memoryview] = []
    while True:
        start = _skipped(view, start)
        if start == len(view):
            return tuple(found)
        if len(found) == limits.documents:
            raise Refused(f"It holds more than {limits.documents} JSON values. Split it.")
        try:
            found.append(_leading(view[start:]))
        except msgspec.DecodeError as error:
            raise Refused(broken(error, start)) from None
        except RecursionError:
            raise Refused(_TOO_DEEP) from None
        start += len(found[-1])


def first(array: Text) -> Text | None:
    """The first element of a JSON array, without a look at what follows; None where there is none."""
    view = memoryview(array)
    try:
        return _leading(view[_skipped(view, 1) :])
    except (msgspec.DecodeError, RecursionError):
        return None


def beginning(text: bytes | memoryview, most: int) -> dict[str, msgspec.Raw]:
    """The members of a JSON object as far as ``most`` bytes reach; empty where the text is no object.

    The array or object that the last one holds may be cut off. Whether the text is JSON at all is not told.
    """
    view = memoryview(text)[:most]
    found: dict[str, msgspec.Raw] = {}
    at = _skipped(view, 0)
    opening = b"{"
    try:
        while view[at : at + 1] == opening:
            opening = b","
            name = _leading(view[at + 1 :])
            key = msgspec.json.decode(name, type=str)
            at = _skipped(view, at + 1 + len(name) + 1)
            if bytes(view[at : at + 1]) in (b"[", b"{"):
                # Until its end is seen.
                found[key] = msgspec.Raw(view[at:])
            value = _leading(view[at:])
            found[key] = msgspec.Raw(value)
            at += len(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return found
    return found


def _skipped(view: memoryview, start: int) -> int:
    space = _SPACE.match(view, start)
    assert space is not None
    return space.end()


def _leading(text: memoryview) -> memoryview:
    """The JSON value that a text begins with, whatever follows. Raises what the decoder raises where it is broken."""
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        # The decoder says where the value ended (one byte past it), so the text is walked no further than that.
        trailing = _TRAILING.search(str(error))
        if trailing is None:
            raise
        return text[: int(trailing[1]) - 1]
    return text


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
