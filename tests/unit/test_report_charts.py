"""Charts are text, deterministic, and carry their alternative."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from reports import charts
from reports.canvas import Canvas
from tests.report_example import assessment, earlier, example

SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> dict[str, str]:
    snapshot = example().snapshot([earlier()])
    standing, scale = snapshot.standing, snapshot.scale
    progress = snapshot.progress
    assert progress is not None
    assert progress.trend is not None
    assert snapshot.regimes is not None
    return {
        "pillars": charts.pillars(snapshot.board.pillars, scale),
        "ladder": charts.ladder(standing.pillars[0].practices, scale),
        "timeline": charts.timeline(snapshot.roadmap),
        "trend": charts.trend(progress.trend, scale),
        "regimes": charts.regimes(snapshot.regimes),
        "cover": charts.colonnade(snapshot.board.pillars, scale),
    }


@pytest.mark.parametrize("name", ["pillars", "ladder", "timeline", "trend", "regimes", "cover"])
def test_every_chart_is_plain_svg_with_an_alternative_text(name: str) -> None:
    root = ElementTree.fromstring(drawn()[name])
    assert root.tag == f"{SVG}svg"
    assert root[0].tag == f"{SVG}title"
    assert len(root[0].text or "") > 30
    assert {element.tag for element in root.iter()} <= {f"{SVG}{tag}" for tag in ("svg", "title", "g", "path", "text")}
    for text in root.iter(f"{SVG}text"):
        assert "Colonnade Text" in text.attrib["style"]


def test_the_same_values_draw_the_same_characters() -> None:
    assert drawn() == drawn()


def test_numbers_are_text_and_colour_never_stands_alone() -> None:
    root = ElementTree.fromstring(drawn()["pillars"])
    shown = [text.text for text in root.iter(f"{SVG}text")]
    assert {"1.7", "2.0", "evidenced", "claimed", "target"} <= set(shown)


def test_nothing_applicable_is_drawn_as_such() -> None:
    reason = {"value": "not-applicable", "reason": "No such thing."}
    keys = ("build.gates.run", "build.gates.block", "build.tests.some", "build.tests.all")
    given = example(
        assessment(answers=dict.fromkeys(keys, reason), applications={"a": {"id": "a", "name": "A", "tier": "1"}})
    )
    ladder = charts.ladder(given.snapshot().standing.pillars[0].practices, given.snapshot().scale)
    assert ladder.count("not applicable</text>") == 2


def test_text_is_escaped_and_wrapped_inside_its_width() -> None:
    canvas = Canvas(200, 50, "An <alternative> & more")
    rows = canvas.wrap("<script>alert(1)</script> and words " + "x" * 200, 80, most=3)
    assert len(rows) == 3
    assert rows[-1].endswith("…")
    assert all(canvas.measure(row, 7.5, 400) <= 80 for row in rows)
    canvas.lines(0, 10, rows)
    root = ElementTree.fromstring(canvas.svg())
    assert root[0].text == "An <alternative> & more"
