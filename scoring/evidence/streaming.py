"""JSON that is too large for memory: the same typed values, read event by event at flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

import ijson
import msgspec

from scoring.evidence.jsontext import decode
from scoring.evidence.limits import Limits, Refused

_OPENING = ("start_map", "start_array")
_CLOSING = ("end_map", "end_array")
_SKELETON_DEPTH = 4
_SKELETON_TEXT = 200


def stream(source: BinaryIO, wanted: Mapping[str, Any], limits: Limits) -> Iterator[tuple[str, Any]]:
    """Each value at a wanted path, decoded as its type, in the order of the file.

    A path joins keys with dots; ``item`` stands for any element of an array: ``runs.item.results.item``. Types are
    those that msgspec decodes. A path whose type is None gives ``(path, None)`` where its object or array ends,
    without building it. Raises Refused where the text is not JSON or has another shape.
    """
    path: list[str] = []
    builder: Any = None
    depth = 0
    for event, value in _events(source, limits):
        if builder is not None:
            builder.event(event, value)
            depth += (event in _OPENING) - (event in _CLOSING)
            if depth == 0:
                here = ".".join(path)
                yield here, _typed(builder.value, wanted[here])
                builder = None
            continue
        if event == "map_key":
            path[-1] = value
            continue
        if event in _CLOSING:
            path.pop()
            here = ".".join(path)
            if here in wanted:
                yield here, None
            continue
        here = ".".join(path)
        kind = wanted.get(here)
        if event in _OPENING and kind is None:
            path.append("" if event == "start_map" else "item")
        elif kind is not None:
            builder = ijson.ObjectBuilder()
            builder.event(event, value)
            depth = int(event in _OPENING)
            if depth == 0:
                yield here, _typed(builder.value, kind)
                builder = None


def skeleton(source: BinaryIO, limits: Limits) -> Any:
    """The first value of a file with arrays cut to their first element, deep parts and long texts cut away.

    Enough to recognise a format by. Raises Refused where the text is not JSON.
    """
    builder = ijson.ObjectBuilder()
    skipped = 0
    inside: list[int | None] = []
    done = False
    for event, value in _events(source, limits):
        if done:
            continue
        if skipped:
            skipped += (event in _OPENING) - (event in _CLOSING)
            continue
        if event in _CLOSING:
            inside.pop()
        elif event != "map_key":
            if inside and inside[-1] == 1:
                skipped = int(event in _OPENING)
                continue
            if inside and inside[-1] == 0:
                inside[-1] = 1
            if event in _OPENING and len(inside) == _SKELETON_DEPTH:
                builder.event("null", None)
                skipped = 1
                continue
            if event in _OPENING:
                # Of an array, the number of elements taken so far: it gets one; of an object, all.
                inside.append(0 if event == "start_array" else None)
        builder.event(event, value[:_SKELETON_TEXT] if event == "string" else value)
        done = not inside
    return builder.value


def _events(source: BinaryIO, limits: Limits) -> Iterator[tuple[str, Any]]:
    depth = 0
    try:
        for event, value in ijson.basic_parse(source, multiple_values=True):
            depth += (event in _OPENING) - (event in _CLOSING)
            if depth > limits.depth:
                raise Refused(f"The JSON document is nested deeper than {limits.depth} levels.")
            yield event, float(value) if isinstance(value, Decimal) else value
    except ijson.IncompleteJSONError:
        raise Refused("The JSON document is malformed or cut off. Fetch the file again.") from None
    except ijson.JSONError:
        raise Refused("The JSON document is malformed. Export it again.") from None


def _typed(value: Any, kind: Any) -> Any:
    return decode(msgspec.json.encode(value), kind)
