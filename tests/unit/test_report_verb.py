"""The verb ``report``: its options, what it writes, and what is left when it cannot."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from app.cli.verbs import app
from app.engagement.errors import EngagementError, UsageError

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def engagement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verb") / "acme"
    new = ["new", str(folder), "--organisation", "Acme Brokerage", "--date", "2026-09-30"]
    add = ["application", "add", str(folder), "pay", "--name", "Payments", "--tier", "1"]
    for arguments in (new, add):
        assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
    return folder


@pytest.fixture
def report(engagement: Path, tmp_path: Path) -> Run:
    def run(*arguments: object) -> Result:
        command = ["report", str(engagement), "--out", str(tmp_path / "out"), *map(str, arguments)]
        return CliRunner().invoke(app, command, catch_exceptions=False)

    return run


def test_every_format_under_its_name(report: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".report-of-a-killed-process.tmp").write_bytes(b"half")
    formats = ("csv", "xlsx", "html", "pdf", "csv")
    found = report("--audience", "board", "--progress", *(f"--format={each}" for each in formats))
    *steps, last = [json.loads(line) for line in found.stdout.splitlines()]
    names = [Path(path).name for path in last["written"]]
    stem = "tier-1-critical"
    assert names == [f"{stem}{end}" for end in ("-answers.csv", "-roadmap.csv", ".xlsx", ".html", ".pdf")]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    shares = [step["share"] for step in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert {step["step"] for step in steps} >= {"Tier 1: Writing the workbook", "Tier 1: Laying out the pages", "done"}
    attached = PdfReader(tmp_path / "out" / f"{stem}.pdf").attachments
    assert list(attached) == ["baseline.toml"]
    assert tomllib.loads(attached["baseline.toml"][0].decode())["tier"] == "1"
    assert load_workbook(tmp_path / "out" / f"{stem}.xlsx")["Answers"].max_row > 100


def test_what_belongs_to_the_client_is_on_the_pages(report: Run, tmp_path: Path) -> None:
    Image.new("RGB", (30, 10), "#8a1538").save(tmp_path / "logo.png")
    options = ("--paper", "letter", "--logo", tmp_path / "logo.png", "--accent", "#8a1538", "--audience", "board")
    assert report(*options, "--classification", "For the board").exit_code == 0
    reader = PdfReader(tmp_path / "out" / "tier-1-critical.pdf")
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == [612, 792]
    assert len(reader.pages[0].images) == 1
    assert all("For the board" in page.extract_text() for page in reader.pages)
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Contents" in text
    assert "Glossary" not in text


def test_only_the_sections_that_are_asked_for(report: Run, tmp_path: Path) -> None:
    assert report("--sections", "method, glossary", "--format", "html").exit_code == 0
    text = (tmp_path / "out" / "tier-1-critical.html").read_text(encoding="utf-8")
    assert 'id="method"' in text
    assert 'id="glossary"' in text
    assert not any(f'id="{other}"' in text for other in ("board", "standing", "roadmap", "common", "evidence"))
    assert text.count('href="#') == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--locale", "xx"), "'xx': is no known locale. Known: de, en, en-US"),
        (("--accent", "#ffff00"), "--accent #ffff00: reads on white at 1.0 : 1 only"),
        (("--accent", "red"), "--accent red: is no colour of the form #rrggbb. Write it such as #0f4c6e."),
        (("--sections", "boards"), "'boards': is no known section. Did you mean 'board'?"),
        (("--classification", "a\nb"), "The classification: holds '\\n'"),
        (("--tier", "9"), "'9': is no known tier"),
        (("--tier", "3"), "There is no application in tier 3"),
        (("--tier", "1", "--tier", "3"), "There is no application in tier 3"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_written(
    report: Run, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        report(*options)
    assert says in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [(None, "is no file"), (b"no picture", "is no PNG or JPEG picture that can be read"), (b"<svg/>", "is an SVG")],
)
def test_a_broken_logo_is_said_before_anything_is_written(
    report: Run, tmp_path: Path, data: bytes | None, says: str
) -> None:
    logo = tmp_path / "logo.png"
    if data is not None:
        logo.write_bytes(data)
    with pytest.raises(EngagementError, match=says) as caught:
        report("--logo", logo)
    assert str(logo) in str(caught.value)
    assert "PNG or JPEG file of up to 5 MB" in caught.value.remedy
    assert not (tmp_path / "out").exists()


def test_a_target_that_cannot_be_written_is_said(report: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(EngagementError, match="a file stands where a folder has to be"):
        report()
    assert (tmp_path / "out").read_text(encoding="utf-8") == "a file"


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from app.cli import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
@pytest.mark.parametrize("kind", ["pdf", "html", "xlsx", "csv"])
def test_a_file_that_does_not_fit_leaves_the_old_ones(kind: str, engagement: Path, tmp_path: Path) -> None:
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    out.mkdir()
    names = ("tier-1-critical.pdf", "tier-1-critical.html", "tier-1-critical.xlsx", "tier-1-critical-answers.csv")
    for name in names:
        (out / name).write_bytes(b"old")
    command = [sys.executable, "-c", LIMITED, "report", str(engagement), "--out", str(out), "--format", kind]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 3
    # Layout of a PDF keeps fonts in the system's folder for temporary files, which is full first.
    place = scratch if kind == "pdf" else out
    assert done.stderr.startswith(f"colonnade: {place}")
    assert "cannot be written (File too large). What stood there is untouched." in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert {path.read_bytes() for path in out.iterdir()} == {b"old"}
    assert not list(scratch.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_report_that_is_stopped_leaves_the_old_one(number: signal.Signals, engagement: Path, tmp_path: Path) -> None:
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    out.mkdir()
    (out / "tier-1-critical.pdf").write_bytes(b"old")
    command = [sys.executable, "-m", "app", "report", str(engagement), "--out", str(out), "--progress"]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        assert any("Laying out" in line for line in iter(process.stdout.readline, ""))
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode in {signal.SIGTERM: (143,), signal.SIGINT: (1, 130), signal.SIGKILL: (-9,)}[number]
    assert [(path.name, path.read_bytes()) for path in out.iterdir()] == [("tier-1-critical.pdf", b"old")]
    if number is not signal.SIGKILL:  # which leaves the fonts of layout to the system
        assert not list(scratch.iterdir())
