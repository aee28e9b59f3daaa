"""Which repository an address belongs to, and which branch a ref names."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from scoring.evidence.scalars import label, repository

_HEADS = "refs/heads/"


def github(*addresses: object) -> str:
    """``owner/name`` from the first address of GitHub's API or site that has one."""
    for address in addresses:
        text = repository(address)
        _, api, rest = text.partition("/repos/")
        parts = rest.split("/") if api else text.split("/")[3:]
        if len(parts) >= 2 and parts[0] and parts[1] and (api or "://" in text) and parts[0] not in _NO_OWNERS:
            return "/".join(parts[:2])
    return ""


_NO_OWNERS = frozenset({"orgs", "organizations", "users", "enterprises", "api"})


def gitlab(*addresses: object) -> str:
    """The path of a project, groups included, from the first address inside GitLab that has one."""
    for address in addresses:
        before, dash, _ = repository(address).partition("/-/")
        _, scheme, rest = before.partition("://")
        path = rest.partition("/")[2] if scheme else before.lstrip("/")
        if dash and path:
            return path
    return ""


def branch(ref: object) -> str:
    """The name of a branch from a ref; empty for tags, pull and merge requests."""
    text = label(ref)
    if text.startswith(_HEADS):
        return text.removeprefix(_HEADS)
    return "" if text.startswith("refs/") else text


def between(address: object, start: str, end: str) -> str:
    """The decoded part of an address between two marks, empty where they are not there."""
    _, found, rest = repository(address).partition(start)
    part, ended, _ = rest.rpartition(end)
    return unquote(part) if found and ended else ""


def go_module(paths: Iterable[str]) -> str:
    """``host/owner/name`` as far as all import paths begin with it; empty where they share no host."""
    shared: list[str] | None = None
    for path in paths:
        parts = repository(path).split("/")[:3]
        kept = 0
        while shared is not None and kept < min(len(shared), len(parts)) and shared[kept] == parts[kept]:
            kept += 1
        shared = parts if shared is None else shared[:kept]
    return "/".join(shared) if shared and "." in shared[0] else ""
