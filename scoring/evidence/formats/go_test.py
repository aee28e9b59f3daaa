"""``go test -json``: one event per line, from the start of a package to the outcome of each test.

A package that failed without a failed test (it did not build, or broke outside of a test) counts as one failed case,
as JUnit converters write it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.evidence.addresses import go_module
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import rows
from scoring.evidence.scalars import label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.testcases import Cases, Outcome

_ACTION_NAMES = "start run pause cont pass bench fail output skip attr artifacts build-output build-fail"
_ACTIONS = frozenset(_ACTION_NAMES.split())
_ENDS = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}


class _Event(msgspec.Struct, gc=False):
    time: Any = msgspec.field(name="Time", default=None)
    action: Any = msgspec.field(name="Action", default=None)
    package: Any = msgspec.field(name="Package", default=None)
    test: Any = msgspec.field(name="Test", default=None)
    elapsed: Any = msgspec.field(name="Elapsed", default=None)


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM) or shape.text("Action") not in _ACTIONS:
        return False
    return shape.has("Package") or (shape.has("ImportPath") and shape.text("Action").startswith("build-"))


def _parse(source: Source) -> Parsed | Rejected:
    cases = Cases()
    running: Counter[tuple[str, str]] = Counter()
    failed: Counter[str] = Counter()
    """Failed tests of each package."""
    broken = 0
    packages: set[str] = set()
    last: Any = None
    for event in _events(source):
        last = event.time or last
        action, package = event.action, label(event.package, 1000)
        if action not in ("run", "bench", *_ENDS) or not package:
            continue
        packages.add(package)
        test = label(event.test, 2000)
        if action == "run":
            running[package, test] += bool(test)
        elif action == "bench":
            # A benchmark ends like this, and is no test.
            running[package, test] -= 1
        elif test:
            running[package, test] -= 1
            failed[package] += action == "fail"
            # A test's time includes that of its subtests.
            cases.add(_ENDS[action], (package, test), 0.0 if "/" in test else _elapsed(event.elapsed))
        elif action == "fail" and not failed[package]:
            broken += 1
            cases.add(Outcome.FAILED, (package, ""))
    unfinished = sum(count for count in running.values() if count > 0)
    for (package, test), count in running.items():
        for _ in range(count):
            cases.add(Outcome.FAILED, (package, test))
    cases.stamp(last if isinstance(last, str) else None)
    return cases.parsed("go-test-json", "go test", subject=go_module(packages), warnings=_warnings(broken, unfinished))


def _events(source: Source) -> Iterator[_Event]:
    if not source.streamed:
        yield from rows(source, _Event)
        return
    path = "item" if source.shape.kind is Kind.ARRAY else ""
    for _, event in source.stream({path: Any}):
        if isinstance(event, dict):
            yield msgspec.convert(event, _Event)


def _elapsed(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 0.0


def _warnings(broken: int, unfinished: int) -> Iterator[str]:
    if broken:
        yield f"Packages that did not build, or broke outside of their tests: {broken}. Each counts as one failed case."
    if unfinished:
        yield f"Tests that began and never ended: {unfinished}. They count as failed."


FORMATS = (
    Format(
        name="go-test-json",
        title="go test -json",
        unit="test",
        category=Category.TEST,
        identify=_identify,
        parse=_parse,
    ),
)
