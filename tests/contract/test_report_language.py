"""Every string of the report passes through the catalogue, in every part and every odd state of an assessment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from questionnaires.model import Category, Content, Questionnaire
from reports import catalogue, html
from reports.language import FOLDER, PSEUDO, language
from reports.options import Options
from reports.snapshot import Snapshot, build
from scoring.assessment import Answer, Assessment, Basis, Decision, Fact, Lane
from scoring.progress import Baseline
from scoring.results import results
from scoring.scores import Scorer, score
from tests.report_example import Example, assessment, content, evidence, example, questionnaire

GREEK = str.maketrans(
    {chr(code): chr(0x3B1 + (code | 0x20) % 17) for code in (*range(ord("A"), ord("Z") + 1), *range(97, 123))}
)
"""Content is written with other letters, so that any plain one is a string of ours."""

PROSE = frozenset(
    {"name", "title", "question", "why", "good", "meaning", "purpose", "descriptors", "says", "reason", "description",
     "authority", "jurisdiction", "binds", "version", "date", "rationale", "discount_reason", "not_applicable_reason",
     "organisation", "assessors", "note"}
)  # fmt: skip
"""Fields that hold text for people; what other fields hold are ids."""

NAMES = {"Colonnade", "OWASP DSOMM"}
"""What no language changes."""


def greek(value: Any, key: str = "") -> Any:
    if isinstance(value, str):
        return value.translate(GREEK) if key in PROSE else value
    if isinstance(value, list):
        return [greek(each, key) for each in value]
    if isinstance(value, dict):
        return {name: greek(each, name) for name, each in value.items()}
    return value


def everything() -> Example:
    """The example in Greek, with something in every part of the report."""
    asked = Questionnaire.model_validate(greek(questionnaire().model_dump(mode="json")))
    model = _model()
    raw = greek(content(asked).model_dump(mode="json"))
    known = Content.model_validate(
        raw | {"questionnaires": {"small": asked, "owasp-dsomm": model}, "facts": content(asked).facts}
    )
    measured = Fact(name="1", value=2, category=Category.SAST)
    exhibit = evidence(sha256="12" * 32, path="1.2", tool="1.2", format="1", subject="", facts=(measured,))
    given = assessment(
        answers={
            "build.gates.run": Answer(value="largely", note="Two teams", basis=Basis.DOCUMENT),
            "build.gates.block": Answer(value="not-applicable", reason="None"),
            "build.tests.some": Answer(value="partly"),
        },
        decisions={"build.tests/2/tier-1": Decision(lane=Lane.DROP, reason="Replaced")},
        evidence={exhibit.sha256: exhibit},
    )
    hub = given.applications["hub"].model_copy(
        update={
            "evidence": {exhibit.sha256: exhibit},
            "answers": {"build.tests.some": Answer(value="fully")},
        }
    )
    return _made(asked, known, given.model_copy(update={"applications": {**given.applications, "hub": hub}}))


def _model() -> Questionnaire:
    """The small questionnaire as if it were the DSOMM; the other one's first criterion means its first activity."""
    raw = greek(questionnaire().model_dump(mode="json")) | {"id": "owasp-dsomm"}
    uuids = iter(
        ["0ec92899-a5cb-4649-984b-2fb1d6c784ad", *(f"00000000-0000-4000-8000-00000000000{n}" for n in range(9))]
    )
    for pillar in raw["pillar"]:
        for practice in pillar["practice"]:
            for each in practice["criterion"]:
                each |= {"dsomm": [next(uuids)], "activity": {"name": "1"}}
    return Questionnaire.model_validate(raw)


def _made(asked: Questionnaire, known: Content, given: Assessment) -> Example:
    plain = Assessment.model_validate(greek(given.model_dump(mode="json")))
    return replace(example(plain, asked), content=known)


def answered(answer: Answer | None) -> Example:
    """The same with one answer to everything, and without evidence and decisions."""
    made = everything()
    answers = dict.fromkeys(made.questionnaire.criteria, answer) if answer else {}
    bare: dict[str, object] = {"answers": {}, "evidence": {}}
    applications = {key: app.model_copy(update=bare) for key, app in made.assessment.applications.items()}
    changed = {"answers": answers, "evidence": {}, "applications": applications, "decisions": {}}
    return _made(made.questionnaire, made.content, made.assessment.model_copy(update=changed))


def earlier(made: Example, day: date, rules: str = "") -> Baseline:
    answers = {"build.gates.run": Answer(value="partly"), "build.tests.some": Answer(value="fully")}
    then = made.assessment.model_copy(update={"as_of": day, "answers": answers})
    scores = score(Scorer(made.questionnaire), then, made.claims)
    kept = results(scores)
    return Baseline(
        str(day), day, then, made.questionnaire.digests, made.questionnaire,
        replace(kept, rules=rules or kept.rules), made.plan,
    )  # fmt: skip


def snapshot(made: Example, locale: str, *baselines: Baseline) -> Snapshot:
    return build(
        made.content, made.questionnaire, made.assessment, made.claims, made.scores, made.plan, "1",
        baselines=baselines, head="12" * 32, version="1", options=Options(locale=locale, classification="1"),
    )  # fmt: skip


class Shown(HTMLParser):
    """What a person reads or hears of a document: text, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag == "style"
        for name, value in attrs:
            if name in ("alt", "title", "aria-label") or (name == "content" and value):
                self.texts.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def plain(document: str) -> Iterator[str]:
    """Words with plain letters outside of the brackets that every message carries."""
    reader = Shown()
    reader.feed(document)
    depth = 0
    # Tags may stand inside of a message, so brackets are followed through the whole document.
    for text in reader.texts:
        kept = ""
        for char in text:
            depth += (char == "⟦") - (char == "⟧")
            kept += char if depth == 0 and char != "⟧" else " "
        for name in NAMES:
            kept = kept.replace(name, "")
        yield from re.findall(r"[A-Za-z]{2,}", kept)


STATES: dict[str, Callable[[], tuple[Example, tuple[date, ...]]]] = {
    "everything": lambda: (everything(), ()),
    "earlier": lambda: (everything(), (date(2025, 9, 30), date(2026, 3, 31))),
    "nothing answered": lambda: (answered(None), (date(2026, 3, 31),)),
    "complete": lambda: (answered(Answer(value="fully")), (date(2025, 9, 30), date(2026, 3, 31))),
    "nothing applicable": lambda: (answered(Answer(value="not-applicable", reason="1")), ()),
    "no plan": lambda: (everything().unplanned(), ()),
}


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_printed_that_did_not_pass_through_the_catalogue(state: str) -> None:
    made, days = STATES[state]()
    shown = snapshot(made, PSEUDO, *(earlier(made, day) for day in days))
    document = html.document(shown)
    assert "⟦" in document
    assert sorted(set(plain(document))) == []
    assert f'lang="{PSEUDO}"' in document


def test_every_column_of_the_tables_has_a_translated_title() -> None:
    tables = snapshot(everything(), PSEUDO).tables
    titles = [table.name for table in tables] + [column.title for table in tables for column in table.columns]
    assert titles
    assert [title for title in titles if not title.startswith("⟦")] == []


WORDED = {"Basis", "Scope", "Decision", "Reasons", "Standing", "Category", "Given"}
"""Columns whose cells are words of ours, with content in them at most."""


def test_the_cells_of_the_tables_are_worded_in_the_language() -> None:
    made = everything()
    columns = [
        (column.title, {str(row[place]) for row in found.rows if row[place]} - {made.content.tiers.by_id["1"].name})
        for english, found in zip(snapshot(made, "en").tables, snapshot(made, PSEUDO).tables, strict=True)
        if english.id != "summary"  # its scopes are names
        for place, column in enumerate(english.columns)
        if column.title in WORDED
    ]
    assert {title for title, cells in columns if cells} == WORDED
    assert [cell for _, cells in columns for cell in cells if "".join(plain(cell)) or "⟦" not in cell] == []


def test_numbers_and_dates_are_those_of_the_language() -> None:
    made = everything()
    shown = snapshot(made, PSEUDO, earlier(made, date(2026, 3, 31)))
    document = html.document(shown)
    assert "Σεπτεμβρίου" in document
    scores = [gauge.low for gauge in shown.standing.rows if gauge.low is not None]
    for low in scores:
        assert f">{low:.1f}<" not in document  # neither in a cell nor in a chart
        assert f">{low:.1f}<".replace(".", ",") in document


def test_the_template_of_the_catalogue_is_up_to_date() -> None:
    assert catalogue.written(catalogue.extracted()) == catalogue.TEMPLATE.read_bytes(), (
        "run python -m reports.catalogue"
    )


def _catalogues() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.po"))


@pytest.mark.parametrize("tag", _catalogues())
def test_a_catalogue_holds_the_messages_that_there_are_and_no_others(tag: str) -> None:
    assert catalogue.updated(tag, catalogue.extracted()) == (FOLDER / f"{tag}.po").read_bytes()


def _places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _tags(text: str) -> list[str]:
    return sorted(re.findall(r"</?\w+>", text))


@pytest.mark.parametrize("tag", _catalogues())
def test_a_catalogue_is_complete_and_keeps_places_and_tags(tag: str) -> None:
    with (FOLDER / f"{tag}.po").open("rb") as file:
        translated: Catalog = read_po(file, locale=tag)
    for message in catalogue.extracted():
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        assert found is not None, message.id
        assert not found.fuzzy, message.id
        source, target = _forms(message.id), _forms(found.string)
        wanted = {place for text in source for place in _places(text)}
        for text in target:
            assert text, message.id
            assert _places(text) <= wanted, message.id
            assert _tags(text) == _tags(source[0]), message.id
        assert {place for text in target for place in _places(text)} == wanted, message.id


def _forms(value: object) -> tuple[str, ...]:
    """One text, or one for each plural form."""
    return tuple(map(str, value)) if isinstance(value, tuple | list) else (str(value or ""),)


@pytest.mark.parametrize("tag", [*_catalogues(), "en", "en-US"])
def test_a_report_is_written_in_every_language(tag: str) -> None:
    made = everything()
    document = html.document(snapshot(made, tag, earlier(made, date(2026, 3, 31))))
    assert f'lang="{language(tag).tag}"' in document
    assert "{" not in " ".join(_texts(document))


def _texts(document: str) -> list[str]:
    reader = Shown()
    reader.feed(document)
    return reader.texts
