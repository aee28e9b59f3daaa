"""How answers to an older questionnaire live on in a newer one.

Ids are for ever; the newer questionnaire says in ``renamed`` and ``removed`` what became of those it no longer asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from questionnaires.model import Questionnaire


class Fate(StrEnum):
    """What became of a criterion."""

    SAME = "same"
    """Asked as before."""
    CHANGED = "changed"
    """Its question, level or scale changed: an old answer has to be looked at."""
    REMOVED = "removed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Move:
    """One criterion on its way from the older to the newer questionnaire."""

    fate: Fate
    old: str | None
    """None where it is new."""
    new: str | None
    """None where it is removed."""
    why: str = ""
    """Of a removal: the questionnaire's own word, or that it says none."""

    @property
    def renamed(self) -> bool:
        return self.old is not None and self.new is not None and self.old != self.new


def moves(old: Mapping[str, str], newer: Questionnaire) -> tuple[Move, ...]:
    """Every criterion of both sides, in the newer one's order, removed ones last.

    ``old`` maps the criterion ids of the older questionnaire to their digests. A chain of renames is followed to its
    end; where two old criteria lead to one new, the first in the order of ids carries its answer on.
    """
    origin: dict[str, str] = {}
    removed: list[Move] = []
    for key in sorted(old, key=lambda key: (key not in newer.criteria, key)):
        target = _followed(key, newer)
        if target is None:
            why = newer.removed.get(key, "The newer questionnaire does not say why.")
            removed.append(Move(Fate.REMOVED, key, None, why))
        elif target in origin:
            removed.append(Move(Fate.REMOVED, key, None, f"'{origin[target]}' carries on as '{target}'."))
        else:
            origin[target] = key
    kept = tuple(_kept(key, origin.get(key), old, newer) for key in newer.criteria)
    return (*kept, *removed)


def _followed(key: str, newer: Questionnaire) -> str | None:
    seen: set[str] = set()
    while key not in newer.criteria:
        if key in seen or key not in newer.renamed:
            return None
        seen.add(key)
        key = newer.renamed[key]
    return key


def _kept(key: str, origin: str | None, old: Mapping[str, str], newer: Questionnaire) -> Move:
    if origin is None:
        return Move(Fate.NEW, None, key)
    return Move(Fate.SAME if old[origin] == newer.digests[key] else Fate.CHANGED, origin, key)
