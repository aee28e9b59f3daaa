"""The PDF read back: structure, fonts, links, alternatives, bytes."""

from __future__ import annotations

import errno
import gc
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from reports import html, pdf
from reports.files import CannotWrite
from reports.options import Options, Paper, accent, logo
from reports.render import render
from reports.snapshot import Snapshot
from scoring.assessment import Application
from tests.report_example import Example, assessment, earlier, example


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return example().snapshot([earlier()])


@pytest.fixture(scope="module")
def printed(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    return PdfReader(render(snapshot, tmp_path_factory.mktemp("report") / "report.pdf"))


def elements(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every element of the structure tree, in reading order."""
    root = cast(DictionaryObject, reader.trailer["/Root"])
    stack: list[Any] = [cast(DictionaryObject, root["/StructTreeRoot"])["/K"]]
    while stack:
        node = stack.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, DictionaryObject) and "/S" in node:
            yield node
            stack.append(node.get("/K", []))


def outline(entries: Any) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry)
        else:
            yield entry.title


def test_it_is_a_tagged_document_with_language_title_and_outline(printed: PdfReader, snapshot: Snapshot) -> None:
    root = cast(DictionaryObject, printed.trailer["/Root"])
    assert len(printed.pages) >= 6
    assert str(root["/Lang"]) == "en"
    assert str(cast(DictionaryObject, root["/MarkInfo"])["/Marked"]).casefold() == "true"
    assert str(cast(DictionaryObject, root["/ViewerPreferences"])["/DisplayDocTitle"]).casefold() == "true"
    assert printed.metadata is not None
    assert (
        printed.metadata.title == snapshot.title == "Meridian Bridge: DevSecOps maturity and roadmap, Tier 1 Critical"
    )
    assert printed.metadata.creation_date_raw == "D:20260930"
    titles = list(outline(printed.outline))
    parts = {"Where we stand", "Roadmap", "Progress", "Regimes", "A Common answers", "E Glossary"}
    assert {*parts, "1 Build well"} <= set(titles)
    assert b"pdfuaid:part" in cast(Any, root["/Metadata"]).get_data()


def test_charts_have_alternatives_and_tables_have_headers(printed: PdfReader) -> None:
    found = list(elements(printed))
    kinds = Counter(str(element["/S"]) for element in found)
    figures = [element for element in found if str(element["/S"]) == "/Figure"]
    starts = ("Columns under", "Pillars against", "Practices against", "Roadmap", "Score over time", "Obligations by")
    assert all(any(str(figure["/Alt"]).startswith(start) for figure in figures) for start in starts)
    assert all(len(str(figure["/Alt"])) > 30 for figure in figures)
    assert kinds["/Table"] >= 10
    assert kinds["/TH"] > kinds["/Table"]
    tables = [element for element in found if str(element["/S"]) == "/Table"]
    for table in tables:
        assert "/TH" in {str(below["/S"]) for below in _below(table)}
    cells = [element for element in found if str(element["/S"]) == "/TD"]
    assert all(cast(DictionaryObject, cell["/A"])["/Headers"] for cell in cells)


def _below(element: DictionaryObject) -> Iterator[DictionaryObject]:
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        node = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(node, DictionaryObject) and "/S" in node:
            yield node
            yield from _below(node)


def test_headings_never_skip_a_level(printed: PdfReader) -> None:
    levels = [int(str(e["/S"])[2]) for e in elements(printed) if str(e["/S"]) in {"/H1", "/H2", "/H3", "/H4"}]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_only_bundled_fonts_are_embedded(printed: PdfReader) -> None:
    assert fonts(printed) == {"Colonnade-Text", "Colonnade-Text-Light", "Colonnade-Text-Semi-Bold"}


def test_letters_that_the_text_family_lacks_come_from_the_bundled_fallback(tmp_path: Path) -> None:
    given = assessment(applications={"a": Application(id="a", name="سلام خدمة 東", tier="1")})
    reader = PdfReader(render(example(given).snapshot(), tmp_path / "report.pdf"))
    assert {name.split("-")[1] for name in fonts(reader)} == {"Text", "Fallback"}
    assert "U+6771" in "".join(page.extract_text() for page in reader.pages)


def fonts(reader: PdfReader) -> set[str]:
    """Names of the embedded fonts, without the prefix of their subset."""
    found: set[str] = set()
    for page in reader.pages:
        resources = cast(DictionaryObject, page["/Resources"])
        for font in cast(DictionaryObject, resources.get("/Font", {})).values():
            found.add(str(font.get_object()["/BaseFont"]).rpartition("+")[2].lstrip("/"))
    return found


def test_no_letter_is_missing_from_its_font(printed: PdfReader) -> None:
    shown = 0
    for page in printed.pages:
        contents = page.get_contents()
        assert contents is not None
        for text in re.findall(rb"<([0-9a-fA-F]+)>", contents.get_data()):
            glyphs = re.findall(rb"....", text)
            shown += len(glyphs)
            assert b"0000" not in glyphs
    assert shown > 5_000


def test_every_page_but_the_cover_says_whose_it_is_and_where_one_is(printed: PdfReader) -> None:
    total = len(printed.pages)
    for number, page in enumerate(printed.pages[1:], 2):
        text = page.extract_text()
        assert "Meridian Bridge" in text
        assert "Confidential" in text
        assert f"Page {number} of {total}" in text


def test_the_table_of_contents_leads_to_pages(printed: PdfReader) -> None:
    annotations = [a.get_object() for a in printed.pages[2].annotations or ()]
    assert len(annotations) >= 10
    assert {str(a["/Dest"]) for a in annotations} <= set(printed.named_destinations)


def test_the_collector_of_rubbish_is_left_as_it_was(tmp_path: Path) -> None:
    before = gc.get_threshold()
    pdf.write("<p>Text", tmp_path / "a.pdf")
    assert gc.get_threshold() == before
    with pytest.raises(CannotWrite):
        pdf.write("<p>Text", tmp_path / "missing" / "a.pdf")
    assert gc.get_threshold() == before


def test_same_snapshot_same_bytes(snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attached = {"baseline.toml": b"schema_version = 1\n"}
    first = render(snapshot, tmp_path / "a.pdf", attachments=attached).read_bytes()
    monkeypatch.chdir(tmp_path)
    second = render(snapshot, Path("b.pdf"), attachments=attached).read_bytes()
    assert first == second
    assert PdfReader(tmp_path / "a.pdf").attachments["baseline.toml"] == [attached["baseline.toml"]]


def test_progress_is_told_in_rising_shares(snapshot: Snapshot, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    render(snapshot, tmp_path / "report.pdf", lambda text, share: told.append((text, share)))
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1] == ("Done", 1.0)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.pdf"
    target.write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CannotWrite, match="No space left on device") as caught:
        pdf.write("<html lang=en><title>t</title><p>x", target)
    assert caught.value.target == target
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_an_unwritable_target(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        pdf.write("<html lang=en><title>t</title><p>x", tmp_path / "no" / "report.pdf")


def _one_application() -> Example:
    return example(assessment(applications={"a": Application(id="a", name="Alone", tier="1")}))


def _nothing_answered() -> Example:
    return example(assessment(answers={}, applications={"a": Application(id="a", name="Alone", tier="1")}))


def _no_plan() -> Example:
    return example().unplanned()


def _long_names() -> Example:
    names = {f"a{i}": Application(id=f"a{i}", name=f"{i}" + "Überlang" * 9 + " name it", tier="1") for i in range(5)}
    return example(assessment(organisation="W" * 80, applications=names))


@pytest.mark.parametrize("make", [_one_application, _nothing_answered, _no_plan, _long_names])
def test_odd_assessments_give_whole_reports(make: Any, tmp_path: Path) -> None:
    reader = PdfReader(render(make().snapshot(), tmp_path / "report.pdf"))
    assert len(reader.pages) >= 6
    for page in reader.pages:
        assert len(page.extract_text()) > 120  # no page carries its head and foot only
    board = reader.pages[1].extract_text()
    assert "stands at" in board
    assert "stands at" not in reader.pages[2].extract_text()  # the board page is one page


def test_the_document_can_name_fonts_by_file_for_other_renderers(snapshot: Snapshot) -> None:
    assert "colonnade:fonts/" in html.document(snapshot)
    assert "colonnade:fonts/" not in html.document(snapshot, html.Medium.PEER)


def test_a_logo_stands_on_the_cover_with_an_alternative_and_its_proportions(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGBA", (300, 100), "#8a153880").save(picture, "PNG")
    options = Options(logo=logo(picture.getvalue()), house=accent("#8a1538"), paper=Paper.LETTER)
    given = example().snapshot(options=options)
    first = render(given, tmp_path / "a.pdf").read_bytes()
    assert render(given, tmp_path / "b.pdf").read_bytes() == first
    reader = PdfReader(tmp_path / "a.pdf")
    assert {tuple(map(float, page.mediabox[2:])) for page in reader.pages} == {(612, 792)}
    alternatives = [str(each["/Alt"]) for each in elements(reader) if str(each["/S"]) == "/Figure"]
    assert "Logo of Meridian Bridge" in alternatives
    assert len(reader.pages[0].images) == 1
    assert "#0f4c6e" not in html.document(given)  # nothing keeps the accent of the house


def test_the_page_for_a_browser_stands_alone_and_is_the_same_each_time(snapshot: Snapshot) -> None:
    document = html.document(snapshot, html.Medium.SCREEN)
    assert document == html.document(snapshot, html.Medium.SCREEN)
    assert document.count("data:font/woff2") == 3
    assert "@media screen" in document
    assert "see page" not in document
    assert "see page" in html.document(snapshot)
    # What is read is the same as on paper.
    body = re.compile(r"<body>.*</body>", re.DOTALL)
    paper, screen = (body.findall(each)[0] for each in (html.document(snapshot), document))
    assert screen == paper.replace(", see page</a>", "</a>")
