"""The language of a report: its messages, and how it writes numbers, dates and lists.

Every string of ours that a report prints is looked up here by its English text, which is also what stands in the code;
content (questions, names of regimes) and what people wrote stay in their own language. Catalogues are ``locale/*.po``.
The language is set for a stretch of work by :func:`speaking`; outside of one it is English.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale
from babel.numbers import format_decimal
from markupsafe import Markup

from reports.printable import printable

ENGLISH = "en"
PSEUDO = "en-XA"
"""Lengthens every message by two fifths and puts it into brackets, with Greek numbers and dates: what is not looked up
stays plain, what has no room is cut. For tests and for looking at."""

FOLDER = Path(__file__).parent / "locale"

_FORMATS = {ENGLISH: "en_GB", "en-US": "en_US", PSEUDO: "el"}
"""Tags whose numbers and dates are not simply those of the same name."""


class UnknownLanguage(ValueError):
    """No catalogue has this tag."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


@dataclass(frozen=True, slots=True)
class Language:
    tag: str
    """BCP 47, as documents name it."""
    formats: Locale
    messages: NullTranslations


def tags() -> tuple[str, ...]:
    """Every language that a report can be printed in, without the pseudo-language."""
    return tuple(sorted({ENGLISH, "en-US", *(path.stem for path in FOLDER.glob("*.po"))}))


@cache
def language(tag: str) -> Language:
    """The language of a tag, whatever its case. Raises UnknownLanguage."""
    known = {each.casefold(): each for each in (*tags(), PSEUDO)}
    found = known.get(tag.replace("_", "-").casefold())
    if found is None:
        raise UnknownLanguage(tag)
    return Language(found, Locale.parse(_FORMATS.get(found, found), sep="_"), _messages(found))


def _messages(tag: str) -> NullTranslations:
    if tag == PSEUDO:
        return _Stretched()
    path = FOLDER / f"{tag}.po"
    if not path.exists():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag))
    compiled.seek(0)
    return GNUTranslations(compiled)


class _Stretched(NullTranslations):
    """Vowels doubled and accented, which makes words longer as well as lines; placeholders and tags stay."""

    _KEPT = re.compile(r"(\{[^}]*\}|<[^>]*>|&\w+;)")
    _LETTERS = str.maketrans({"a": "åå", "e": "éé", "i": "îî", "o": "öö", "u": "ûû", "A": "ÅÅ", "E": "ÉÉ", "I": "ÎÎ",
                              "O": "ÖÖ", "U": "ÛÛ", "n": "ñ", "c": "ç", "y": "ýý", "s": "š"})  # fmt: skip

    def gettext(self, message: str) -> str:
        pieces = self._KEPT.split(message)
        return f"⟦{''.join(p if i % 2 else p.translate(self._LETTERS) for i, p in enumerate(pieces))}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)


def spoken() -> Language:
    """The language of the work at hand."""
    return _spoken.get() or language(ENGLISH)


@contextmanager
def speaking(tag: str) -> Iterator[Language]:
    """Work in a language. Raises UnknownLanguage."""
    chosen = language(tag)
    token = _spoken.set(chosen)
    try:
        yield chosen
    finally:
        _spoken.reset(token)


def _(message: str, /, **values: object) -> str:
    """A message in the spoken language, with its named places filled."""
    return spoken().messages.gettext(message).format(**values)


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The form of a message for a number of things. ``{n}`` is that number, as the language writes it."""
    chosen = spoken()
    return chosen.messages.ngettext(one, many, number).format(n=format_decimal(number, locale=chosen.formats), **values)


def marked(message: str, /, **values: object) -> Markup:
    """A message that carries tags; what fills its places is escaped, and made printable first."""
    shown = {key: printable(value) if isinstance(value, str) else value for key, value in values.items()}
    return Markup(spoken().messages.gettext(message)).format(**shown)
