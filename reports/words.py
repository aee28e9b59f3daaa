"""How values read: the one place where numbers, dates and lists become words.

Scores are rounded by :func:`scoring.scores.rounded`; everything else here only formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from scoring.scores import rounded

NONE = "–"
"""Stands where there is no value, such as the score of a practice with nothing applicable."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def score(value: Fraction | None) -> str:
    """``2.4``; a dash for none."""
    return NONE if value is None else f"{rounded(value):.1f}"


def change(before: Fraction, now: Fraction) -> str:
    """An arrow with the difference of the two rounded scores, so that it agrees with what stands beside it."""
    moved = round(rounded(now) - rounded(before), 1)
    if moved == 0:
        return "= 0.0"
    return f"{'▲ +' if moved > 0 else '▼ −'}{abs(moved):.1f}"


def gain(value: Fraction) -> str:
    """A small difference of scores with two decimals, rounded half-up: ``+0.08``; ``< 0.01`` for less than it shows."""
    if 0 < value < Fraction(1, 200):
        return "< 0.01"
    return f"+{int(value * 100 + Fraction(1, 2)) / 100:.2f}"


def percent(share: Fraction | None) -> str:
    """``87 %``, rounded down, so that only a complete hundred reads as one; a dash for none."""
    return NONE if share is None else f"{int(share * 100)} %"


def days(value: Fraction) -> str:
    """Person-days: one decimal, none where it is whole."""
    number = rounded(value)
    return f"{int(number):,}" if number == int(number) else f"{number:,.1f}"


def count(number: int, one: str, many: str = "") -> str:
    """``1 application``, ``4 applications``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share_of(some: int, total: int, one: str) -> str:
    """``All 4 applications``, ``3 of 4 applications``, ``The application`` where there is but one."""
    if some == total:
        return f"The {one}" if total == 1 else f"All {total:,} {one}s"
    return f"{some:,} of {count(total, one)}"


def day(value: date) -> str:
    """``3 September 2026``."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """``Sep 2026``."""
    return f"{_MONTHS[value.month - 1][:3]} {value.year}"


def months_on(value: date, months: int) -> str:
    """``Sep 2028``: the month so many months later."""
    years, place = divmod(value.month - 1 + months, 12)
    return f"{_MONTHS[place][:3]} {value.year + years}"


def listed(names: Iterable[str], most: int = 3) -> str:
    """``A, B and C``, or ``A, B, C and 4 more``; empty for none."""
    names = list(names)
    if len(names) > most + 1:  # "and 1 more" says less than the name would
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return "".join(names)


def sentence(text: str) -> str:
    """White space folded, first letter large, a full stop at the end unless it closes by itself."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ")")) else ".")


def parts(values: Sequence[str]) -> str:
    """Several short statements in one line."""
    return " · ".join(value for value in values if value)
