"""Whatever a field of an engagement holds, the report shows it as text and asks for nothing."""

from __future__ import annotations

import csv
import html as stdlib_html
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader
from typing_extensions import override

from assets import faces
from questionnaires.model import Questionnaire
from reports import html, pdf, sheets
from reports.options import Options, logo
from scoring.assessment import Answer, Application, Decision, Fact, Lane
from tests.report_example import SHA, assessment, evidence, example, questionnaire

HOSTILE = {
    "markup": "<script>alert(1)</script><b onclick=x>bold</b>",
    "image": '"><img src="http://evil.example/a.png"><img src=file:///etc/passwd>',
    "vector": '</title><svg><image href="http://evil.example/b.svg"/></svg>',
    "style": "</style><style>body{background:url(http://evil.example/c)}</style>",
    "import": "@import url('file:///etc/hostname');",
    "link": '<a rel=attachment href="file:///etc/passwd">x</a><link rel=stylesheet href=http://evil.example/d.css>',
    "template": "{{ 7 * 6 }}{% for x in (1,) %}LOOP{% endfor %}{# gone #}",
    "control": "\x00\x07\x1b[2J\x85end",
    "bidi": "\u202eevil\u2066txt\u200f",
    "unprintable": "東京🔥\ue000\ufffe",
    "entity": "&lt;i&gt; &#x41; &amp;",
    "math": "$\\frac{1}{2}$ % \\input{/etc/passwd}",
}


class Recorder(pdf.Bundle):
    """Notes every address that is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> Any:
        self.asked.append(url)
        return super().fetch(url, headers)


def poisoned(text: str) -> tuple[Any, Questionnaire]:
    """The example with ``text`` in every field that a file or a person can fill."""
    shown = "".join(char for char in text if char.isprintable()) or "x"
    answer = Answer(value="largely", note=text, reason=text)
    item = evidence(
        path=f"exports/{text}.sarif",
        member=text,
        format=text,
        tool=text,
        subject=text,
        branch=text,
        facts=(Fact(name="findings.critical.open", value=2, sample=text, note=text), Fact(name=text, value=text)),
        warnings=(text,),
    )
    asked = questionnaire()
    raw = asked.model_dump(mode="json")
    for pillar in raw["pillar"]:
        pillar["name"] = pillar["purpose"] = text
        for practice in pillar["practice"]:
            practice["name"] = practice["purpose"] = text
            practice["descriptors"] = [text] * 3 if practice["descriptors"] else []
            for criterion in practice["criterion"]:
                criterion["question"] = text
                for rule in criterion["rule"]:
                    rule["says"] = text
    raw["title"] = raw["version"] = text
    for step in (*raw["level"], *raw["scale"]):
        step["name"] = step["meaning"] = text
    raw["target"] = [entry | {"reason": text} for entry in raw["target"]]
    raw["weight"] = [{"tier": "1", "practice": "build.gates", "weight": 2, "reason": text}]
    given = assessment(
        organisation=shown,
        assessors=(text,),
        answers={"build.gates.run": answer, "learn.people.trained": Answer(value="unknown-step", note=text)},
        decisions={"build.tests/2/tier-1": Decision(lane=Lane.DROP, reason=text)},
        applications={
            "hub": Application(
                id="hub", name=text, tier="1", answers={"build.gates.run": answer},
                evidence={SHA: item},
            )
        },
    )  # fmt: skip
    return given, Questionnaire.model_validate(raw)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_as_text_and_nothing_is_fetched(kind: str, tmp_path: Path) -> None:
    text = HOSTILE[kind]
    given, asked = poisoned(text)
    document = html.document(example(given, asked).snapshot(options=Options(classification=text)))
    for tag in ("script", "img", "image", "link", "a rel", "b onclick", "iframe"):
        assert f"<{tag}" not in document
    assert document.count("<style>") == 1
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", document)
    fetcher = Recorder()
    target = pdf.write(document, tmp_path / "report.pdf", fetcher=fetcher)
    assert fetcher.asked
    assert set(fetcher.asked) <= {face.url for face in faces()}
    reader = PdfReader(target)
    assert not reader.attachments
    assert not any(
        "/URI" in str(annotation.get_object()) for page in reader.pages for annotation in page.annotations or ()
    )


def test_templates_are_not_run_and_entities_stay_as_written() -> None:
    given, asked = poisoned(HOSTILE["template"] + HOSTILE["entity"])
    document = html.document(example(given, asked).snapshot())
    assert HOSTILE["template"] in stdlib_html.unescape(document)
    assert "&amp;lt;i&amp;gt;" in document


def test_the_fetcher_refuses_everything_outside_the_bundle() -> None:
    bundle = pdf.Bundle()
    for url in ("file:///etc/passwd", "http://evil.example/", "colonnade:fonts/../../../etc/passwd", "data:,x", ""):
        with pytest.raises(pdf.Refused):
            bundle.fetch(url)


def test_the_page_for_a_browser_asks_for_nothing_outside_itself() -> None:
    text = " ".join(HOSTILE.values())
    given, asked = poisoned(text)
    picture = io.BytesIO()
    Image.new("RGB", (3, 2)).save(picture, "PNG")
    options = Options(classification=text, logo=logo(picture.getvalue()))
    document = html.document(example(given, asked).snapshot(options=options), html.Medium.SCREEN)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:" in document
    tags = Tags()
    tags.feed(document)
    assert not tags.names & {"script", "link", "iframe", "image", "object", "embed", "base", "form"}
    assert not any(name.startswith("on") for name in tags.attributes)
    assert tags.names >= {"img", "svg", "table"}
    assert tags.addresses
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in tags.addresses)
    (style,) = re.findall(r"<style>(.*?)</style>", document, re.DOTALL)
    assert all(address.startswith("data:font/woff2;base64,") for address in re.findall(r"url\('?(.*?)'?\)", style))
    assert "@import" not in style


class Tags(HTMLParser):
    """What a browser would see: elements, attributes, and every address."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {
            value or "" for name, value in attrs if name in {"src", "href", "srcset", "data", "xlink:href"}
        }


@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), "=1+1", "@SUM(A1)", "+x", "-x", '=HYPERLINK("http://evil.example")']
)
def test_no_cell_of_a_workbook_or_csv_is_anything_but_text(text: str) -> None:
    given, asked = poisoned(text)
    snapshot = example(given, asked).snapshot()
    written = sheets.workbook(snapshot.tables, snapshot.title, snapshot.as_of, snapshot.options.house)
    book = load_workbook(io.BytesIO(written))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    assert sum(sheets.clean(text).strip() in str(cell.value) for cell in cells) > 5
    with zipfile.ZipFile(io.BytesIO(written)) as inside:
        assert not [name for name in inside.namelist() if "external" in name or "vba" in name]
        assert not any(b"<f>" in inside.read(name) for name in inside.namelist())
    for table in snapshot.tables:
        lines = sheets.csv_file(table).decode("utf-8-sig")
        records = list(csv.reader(io.StringIO(lines, newline=""), strict=True))
        assert len(records) == lines.count("\r\n") == 1 + len(table.rows)
        for record, row in zip(records[1:], table.rows, strict=True):
            texts = [field for field, cell in zip(record, row, strict=True) if isinstance(cell, str)]
            assert not any(field.startswith(("=", "+", "-", "@", "\t")) for field in texts)
