"""How values read: the one place where numbers, dates and lists become words, in the language that is spoken.

Scores are rounded by :func:`scoring.scores.rounded`; everything else here only formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import assert_never

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from questionnaires.model import Category, Scope
from reports.language import _, language, ngettext, spoken
from scoring.phrase import Day, Number, Phrase, Several, Value
from scoring.scores import rounded

NONE = "–"
"""Stands where there is no value, such as the score of a practice with nothing applicable."""


@cache
def _number(value: float, digits: int, tag: str) -> str:
    return str(format_decimal(value, "#,##0" + "." * bool(digits) + "0" * digits, language(tag).formats))


def number(value: float | None, digits: int = 1) -> str:
    """``2.4``, or ``2,4``; a dash for none. Rounding is the caller's."""
    return NONE if value is None else _number(value, digits, spoken().tag)


def whole(value: int) -> str:
    """``1,250``."""
    return _number(value, 0, spoken().tag)


def significant(value: float) -> str:
    """Four significant digits: ``11.5``, ``0.004312``."""
    return str(format_decimal(float(f"{value:.4g}"), "#,##0.##########", spoken().formats))


def score(value: Fraction | None) -> str:
    """``2.4``; a dash for none."""
    return NONE if value is None else number(rounded(value))


def difference(high: Fraction, low: Fraction) -> float:
    """Of two scores as they are printed, so that it agrees with what stands beside it."""
    return round(rounded(high) - rounded(low), 1)


def change(before: Fraction, now: Fraction) -> str:
    """An arrow with the difference of two scores."""
    moved = difference(now, before)
    if moved == 0:
        return f"= {number(0.0)}"
    return f"{'▲ +' if moved > 0 else '▼ −'}{number(abs(moved))}"


def gain(value: Fraction) -> str:
    """A small difference of scores with two decimals, rounded half-up: ``+0.08``; ``< 0.01`` for less than it shows."""
    if 0 < value < Fraction(1, 200):
        return f"< {number(0.01, 2)}"
    return f"+{number(int(value * 100 + Fraction(1, 2)) / 100, 2)}"


def percent(share: Fraction | None) -> str:
    """``87%``, rounded down, so that only a complete hundred reads as one; a dash for none."""
    return NONE if share is None else str(format_percent(int(share * 100) / 100, "#,##0%", spoken().formats))


def days(value: Fraction) -> str:
    """Person-days: one decimal, none where it is whole."""
    shown = rounded(value)
    return whole(int(shown)) if shown == int(shown) else number(shown)


def day(value: date) -> str:
    """``3 September 2026``."""
    return str(format_date(value, "long", spoken().formats))


def month(value: date) -> str:
    """``Feb 2026``."""
    return str(format_skeleton("yMMM", value, locale=spoken().formats))


def months_on(value: date, months: int) -> str:
    """``Feb 2028``: the month so many months later."""
    years, place = divmod(value.month - 1 + months, 12)
    return month(date(value.year + years, place + 1, 1))


def listed(names: Iterable[str], most: int = 3) -> str:
    """``A, B and C``, or ``A, B, C and 4 more``; empty for none.

    ``A and B; C``, or ``A and B; C; 4 more``, where a name itself holds what stands between names.
    """
    names = list(names)
    more = len(names) - most if len(names) > most + 1 else 0  # "and 1 more" says less than the name would
    named = names[:most] if more else names
    between = (", ", " and ", format_list(["", ""], locale=spoken().formats))
    if any(each in name for name in named for each in between):
        joined = "; ".join(named)
        return _("{names}; {n} more", names=joined, n=whole(more)) if more else joined
    if more:
        return _("{names} and {n} more", names=", ".join(named), n=whole(more))
    return str(format_list(named, locale=spoken().formats))


def applications(number: int) -> str:
    """``4 applications``."""
    return ngettext("{n} application", "{n} applications", number)


def initiatives(number: int) -> str:
    """``12 initiatives``."""
    return ngettext("{n} initiative", "{n} initiatives", number)


def count(number: int, one: str, many: str = "") -> str:
    """``1 application``, ``4 applications``: English only, for the window. A report says whole messages."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share_of(some: int, total: int, one: str) -> str:
    """``All 4 applications``, ``3 of 4 applications``, ``The application``: English only, for the window."""
    if some == total:
        return f"The {one}" if total == 1 else f"All {total:,} {one}s"
    return f"{some:,} of {count(total, one)}"


def records(number: int, unit: str) -> str:
    """``3 findings``: what an export lists, in its own unit; one that no catalogue knows stays as it is."""
    known = {
        "alert": lambda: ngettext("{n} alert", "{n} alerts", number),
        "analysis": lambda: ngettext("{n} analysis", "{n} analyses", number),
        "branch": lambda: ngettext("{n} branch", "{n} branches", number),
        "component": lambda: ngettext("{n} component", "{n} components", number),
        "condition": lambda: ngettext("{n} condition", "{n} conditions", number),
        "control": lambda: ngettext("{n} control", "{n} controls", number),
        "deployment": lambda: ngettext("{n} deployment", "{n} deployments", number),
        "environment": lambda: ngettext("{n} environment", "{n} environments", number),
        "finding": lambda: ngettext("{n} finding", "{n} findings", number),
        "issue": lambda: ngettext("{n} issue", "{n} issues", number),
        "job": lambda: ngettext("{n} job", "{n} jobs", number),
        "line": lambda: ngettext("{n} line", "{n} lines", number),
        "measure": lambda: ngettext("{n} measure", "{n} measures", number),
        "merge request": lambda: ngettext("{n} merge request", "{n} merge requests", number),
        "pipeline": lambda: ngettext("{n} pipeline", "{n} pipelines", number),
        "rule": lambda: ngettext("{n} rule", "{n} rules", number),
        "run": lambda: ngettext("{n} run", "{n} runs", number),
        "sequence point": lambda: ngettext("{n} sequence point", "{n} sequence points", number),
        "statement": lambda: ngettext("{n} statement", "{n} statements", number),
        "test": lambda: ngettext("{n} test", "{n} tests", number),
        "workflow": lambda: ngettext("{n} workflow", "{n} workflows", number),
    }
    return known[unit]() if unit in known else f"{whole(number)} {unit}"


def phrase(said: Phrase) -> str:
    """What scoring says, in the spoken language."""
    messages, n = spoken().messages, said.number
    template = messages.gettext(said.message) if n is None else messages.ngettext(said.message, said.many, n)
    return said.filled(template, _value)


def _value(value: Value) -> str:
    match value:
        case str():
            return value
        case int():
            return whole(value)
        case Number(exact):
            return days(exact)
        case Day(date_):
            return day(date_)
        case Several(names, most):
            return listed(map(_value, names), most)
        case Phrase():
            return phrase(value)
        case _:
            assert_never(value)


def attribute(key: str) -> str:
    """``faces the internet``: of an application; one that no catalogue knows stays as it is."""
    known = {
        "internet-facing": lambda: _("faces the internet"),
        "client-data": lambda: _("client data"),
        "cardholder-data": lambda: _("cardholder data"),
        "trading-algorithms": lambda: _("trading algorithms"),
        "third-party-operated": lambda: _("run by a third party"),
    }
    return known[key]() if key in known else key


def category(value: Category | None) -> str:
    """What kind of check an export comes from; empty for none."""
    if value is None:
        return ""
    return {
        Category.SAST: _("static analysis"),
        Category.SCA: _("dependencies"),
        Category.SECRETS: _("secrets"),
        Category.DAST: _("dynamic testing"),
        Category.IAC: _("infrastructure as code"),
        Category.CONTAINER: _("containers"),
        Category.CLOUD: _("cloud"),
        Category.SBOM: _("bill of materials"),
        Category.TEST: _("tests"),
        Category.COVERAGE: _("test coverage"),
        Category.PIPELINE: _("pipeline"),
        Category.REPOSITORY: _("repository"),
        Category.PROVENANCE: _("provenance"),
        Category.RUNTIME: _("runtime"),
    }[value]


def scope(value: Scope) -> str:
    return {Scope.ORGANISATION: _("organisation"), Scope.APPLICATION: _("application")}[value]


def sentence(text: str) -> str:
    """White space folded, first letter large, a full stop at the end unless it closes by itself."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ")")) else ".")


def parts(values: Sequence[str]) -> str:
    """Several short statements in one line."""
    return " · ".join(value for value in values if value)
