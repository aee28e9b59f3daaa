"""Keeps the message catalogues in step with the code: ``python -m reports.catalogue``.

Writes ``locale/report.pot`` anew from modules and templates, with the reasons that scoring gives, and brings every
``locale/*.po`` up to date with it: new messages without a translation, old ones that changed marked as fuzzy, which a
report does not use.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from reports.language import FOLDER

_ROOM = Path(__file__).parent
_METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
_KEYWORDS = {**DEFAULT_KEYWORDS, "marked": None}
_SAID = _ROOM.parent / "scoring"
_SAYING = {"phrase": None, "counted": (1, 2)}
"""What scoring says is marked by the functions of scoring.phrase, in the modules at its top."""
TEMPLATE = FOLDER / "report.pot"
_HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Language: {tag}\n"
"Plural-Forms: {plurals}\n"

"""


def extracted() -> Catalog:
    """Every message of modules and templates, with the files that it comes from."""
    catalog = Catalog(fuzzy=False)
    for folder, methods, keywords in ((_ROOM, _METHODS, _KEYWORDS), (_SAID, [("*.py", "python")], _SAYING)):
        for name, line, message, comments, context in sorted(
            extract_from_dir(folder, methods, keywords=keywords), key=lambda found: found[:2]
        ):
            place = name.replace("\\", "/") if folder is _ROOM else f"{folder.name}/{name}"
            catalog.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return catalog


def written(catalog: Catalog) -> bytes:
    """A template as it stands in the tree: the same catalogue, the same bytes."""
    file = io.BytesIO()
    write_po(file, catalog, width=120, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return file.getvalue()


def updated(tag: str, found: Catalog) -> bytes:
    """A language's catalogue with the messages that there are now, as it stands in the tree."""
    with (FOLDER / f"{tag}.po").open("rb") as file:
        catalog = read_po(file, locale=tag)
    catalog.update(found)
    # A header of our own, as the library's holds the time at which it was written.
    return _HEADER.format(tag=tag, plurals=catalog.plural_forms).encode() + written(catalog)


def main() -> None:
    found = extracted()
    TEMPLATE.write_bytes(written(found))
    for path in sorted(FOLDER.glob("*.po")):
        path.write_bytes(updated(path.stem, found))


if __name__ == "__main__":
    main()
