"""The one place that knows all formats: it finds their modules, and decides which format a content is of."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from scoring.evidence import formats as modules
from scoring.evidence.format import Format, Outcome, Parsed, Rejected, Undecidable
from scoring.evidence.jsontext import decode
from scoring.evidence.limits import Refused
from scoring.evidence.scalars import repository
from scoring.evidence.shape import Kind
from scoring.evidence.source import Source

_EMPTY: Mapping[str, object] = {"null": None, "[]": [], '{"results":[],"errors":[]}': {"results": [], "errors": []}}
"""Documents that say "nothing" without saying who says it. Written by more than one tool each."""
_UNREAD: Mapping[str, tuple[str, ...]] = {
    "null": ("gitleaks-json", "trivy-json"),
    "[]": ("gh-code-scanning-alerts", "gitleaks-json", "tfsec-json"),
    '{"results":[],"errors":[]}': ("semgrep-json", "bandit-json"),
}
"""Formats that are known to write them whether or not their module is here."""
_EMPTY_BYTES = 256


@lru_cache(maxsize=1)
def formats() -> Mapping[str, Format]:
    """Every format by name, found by looking through the modules of ``formats``."""
    found: dict[str, Format] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(modules.__path__)):
        declared: tuple[Format, ...] = importlib.import_module(f"{modules.__name__}.{module}").FORMATS
        for format_ in declared:
            if found.setdefault(format_.name, format_) is not format_:
                raise ValueError(f"two formats are called {format_.name}")
    return dict(sorted(found.items()))


def examine(source: Source, name: str | None = None) -> Outcome:
    """What a content is and says. ``name`` is a format that the user named; without it, the content alone decides."""
    try:
        outcome = _named(source, name) if name is not None else _recognised(source)
    except Refused as refused:
        return Rejected(refused.reason)
    except OSError as error:
        # A disk or a network share that fails between two passes over a large file.
        return Rejected(f"It cannot be read: {error.strerror or 'the system gives no reason'}. Copy it and try again.")
    if isinstance(outcome, Parsed) and "://" in outcome.subject:
        # Tools name a repository by the address that they were given, password included.
        return replace(outcome, subject=repository(outcome.subject))
    return outcome


def _named(source: Source, name: str) -> Outcome:
    chosen = formats().get(name)
    if chosen is None:
        return Rejected(f"There is no format called {name} here. Known are: {', '.join(formats())}.")
    if chosen.identify(source.shape) or _empty(source) in chosen.clean:
        return chosen.parse(source)
    return Rejected(f"It is {source.shape.described()}, which is no {chosen.title}.")


def _recognised(source: Source) -> Outcome:
    begun = _begun(source)
    if begun is not None:
        return begun
    shape = source.shape
    empty = _empty(source)
    if empty:
        writers = {format_.name for format_ in formats().values() if empty in format_.clean}
        candidates = tuple(sorted(writers | set(_UNREAD[empty])))
        return Undecidable(candidates, f"It holds only {empty}, which several tools write. Say which one it was.")
    claims = [format_ for format_ in formats().values() if format_.identify(shape)]
    match claims:
        case [one]:
            return one.parse(source)
        case []:
            return Rejected(_unknown(shape.kind, shape.described()))
        case _:
            names = tuple(format_.name for format_ in claims)
            return Undecidable(names, "Its content fits several formats. Say which one it is.")


def _begun(source: Source) -> Parsed | None:
    """What a large content says that one format knows by its first keys; None where the whole has to be seen."""
    begun = source.begun()
    if begun is None:
        return None
    claims = [format_ for format_ in formats().values() if format_.by_beginning and format_.identify(begun.shape)]
    if len(claims) != 1:
        return None
    try:
        parsed = claims[0].parse(begun)
    except Refused:
        # Its shape may say more precisely what is wrong.
        return None
    return parsed if isinstance(parsed, Parsed) else None


def _empty(source: Source) -> str:
    """The name of the empty document that a content is, if it is one."""
    values = source.shape.values
    if len(values) != 1 or memoryview(values[0]).nbytes > _EMPTY_BYTES:
        return ""
    try:
        value = decode(values[0], object)
    except Refused:
        return ""
    return next((name for name, empty in _EMPTY.items() if value == empty and type(value) is type(empty)), "")


def _unknown(kind: Kind, described: str) -> str:
    match kind:
        case Kind.EMPTY:
            return "It is an empty file: the tool wrote nothing. Export it again."
        case Kind.BINARY:
            return f"It is {described}, not an export. Give the tool's own report (JSON, SARIF or XML)."
        case _:
            count = len(formats())
            return (
                f"It is {described}, which none of the {count} known formats has. "
                "Export it as SARIF, CycloneDX, SPDX or JUnit, or as the tool's own report."
            )
