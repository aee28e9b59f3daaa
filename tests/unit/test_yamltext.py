"""YAML as text: no number is made of a reference, and nothing hostile is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from questionnaires import yamltext
from questionnaires.load import Invalid, Loaded
from questionnaires.yamltext import parse_yaml, read_yaml

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


def _value(text: str) -> Any:
    found = parse_yaml(text, "f")
    assert isinstance(found, Loaded), found
    return found.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 5.10", {"a": "5.10"}),
        ("a: 2026-01-02\nb: yes\nc: 012\nd: 1e3", {"a": "2026-01-02", "b": "yes", "c": "012", "d": "1e3"}),
        ("a:\nb: ~\nc: null\nd: 'null'\ne: \"\"", {"a": None, "b": None, "c": None, "d": "null", "e": ""}),
        ("a: []\nb: {}\nc: [1, {d: 2}]", {"a": [], "b": {}, "c": ["1", {"d": "2"}]}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("a: &t same\nb: *t", {"a": "same", "b": "same"}),
        ("<<: x", {"<<": "x"}),
        ("a: !!str 5", {"a": "5"}),
    ],
)
def test_scalars_stay_text(text: str, value: Any) -> None:
    assert _value(text) == (value,)


def test_documents() -> None:
    assert _value("") == ()
    assert _value("---\na: 1\n---\n- b\n---\n") == ({"a": "1"}, ["b"], None)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BOMB, "line 2", "uses the alias *a"),
        ("a: *nothing", "line 1", ""),
        ("a: &a {b: *a}", "line 1", "uses the alias *a"),
        ("x: 1\na: !!python/object/apply:os.system [ls]", "line 2", "carries the tag"),
        ("a: !!int 5", "line 1", "carries the tag"),
        ("? [a]\n: b", "line 1", "uses a list or table as a key"),
        ("[" * 50_000, "line 1", "is nested deeper than"),
        ("a: b: c", "line 1", "is not YAML"),
        ("a: [1", "", "is not YAML"),
        ("a: \x00", "line 1", "is not YAML"),
        ("\t- a", "line 1", "is not YAML"),
    ],
)
def test_what_is_refused(text: str, line: str, message: str) -> None:
    found = parse_yaml(text, "f")
    assert isinstance(found, Invalid)
    assert len(found.problems) == 1
    assert found.problems[0].key.startswith(line)
    assert message in found.problems[0].message


def test_every_repeated_key_is_told() -> None:
    found = parse_yaml("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "f")
    assert isinstance(found, Invalid)
    assert [(problem.key, problem.message) for problem in found.problems] == [
        ("line 2", "names 'a' twice"),
        ("line 5", "names 'c' twice"),
    ]
    many = parse_yaml("a: 1\n" * 5_000, "f")
    assert isinstance(many, Invalid)
    assert len(many.problems) == yamltext.MAX_REPEATED_KEYS + 1


def test_repetition_by_aliases_is_limited() -> None:
    text = "a: &t " + "x" * 2_000 + "\nb:\n" + "- *t\n" * 600
    found = parse_yaml(text, "f")
    assert isinstance(found, Invalid)
    assert "repeats more than" in found.problems[0].message


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "MAX_NODES", 100)
    found = parse_yaml("- a\n" * 101, "f")
    assert isinstance(found, Invalid)
    assert "more than 100 values" in found.problems[0].message


def test_the_slow_parser_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: 5.10\nb: [x, null, 'null']\n"
    fast = _value(text)
    monkeypatch.setattr(yamltext, "_PARSER", yaml.SafeLoader)
    assert _value(text) == fast
    assert isinstance(parse_yaml(BOMB, "f"), Invalid)
    assert isinstance(parse_yaml("[" * 50_000, "f"), Invalid)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("a: é".encode("latin-1"))
    for each, message in ((path, "50,000,000 bytes"), (latin, "is not UTF-8"), (tmp_path, ""), (tmp_path / "no", "")):
        found = read_yaml(each)
        assert isinstance(found, Invalid)
        assert message in found.problems[0].message
    marked = tmp_path / "marked.yaml"
    marked.write_bytes("a: é".encode("utf-8-sig"))
    assert read_yaml(marked) == Loaded(({"a": "é"},))
