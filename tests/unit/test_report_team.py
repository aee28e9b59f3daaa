"""Several reports side by side: the same files, one progress, and no process or half file left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reports.files import PREFIX, CannotWrite
from reports.options import Format, Options, Section
from reports.team import Ended, Team, Work
from tests.report_example import example

ROOT = Path(__file__).parents[2]


BRIEF = Options(sections=frozenset({Section.BOARD}))
"""A report of few pages, where what counts is how the work ends."""
SHORT = Options(sections=frozenset({Section.BOARD, Section.STANDING, Section.ROADMAP, Section.GLOSSARY}))
"""One with charts, tables and links, where what counts is each byte of it."""


def works(
    folder: Path, *names: str, formats: tuple[Format, ...] = (Format.PDF,), options: Options = BRIEF
) -> list[Work]:
    snapshot = example().snapshot(options=options)
    return [Work(name.upper(), snapshot, folder, name, formats, {"x.toml": name.encode()}) for name in names]


def left() -> list[object]:
    return [process for process in multiprocessing.active_children() if process.name == "report"]


def test_side_by_side_gives_the_files_that_one_after_the_other_gives(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    written: list[list[tuple[Path, ...]]] = []
    for most in (2, 1):
        folder = tmp_path / str(most)
        folder.mkdir()
        given = works(folder, "a", "b", "c", formats=(Format.PDF, Format.CSV), options=SHORT)
        with Team(3, most) as team:
            assert len(left()) == (2 if most == 2 else 0)
            written.append(team.write(iter(given), 3, lambda text, share: told.append((text, share))))
        assert not left()
    assert [[path.name for path in each] for each in written[0]] == [
        [f"{name}.pdf", f"{name}-answers.csv", f"{name}-roadmap.csv"] for name in "abc"
    ]
    for first, second in zip(*written, strict=True):
        assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    end = next(place for place, (_, share) in enumerate(told) if share == 1.0)
    for part in (told[: end + 1], told[end + 1 :]):
        shares = [share for _, share in part]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert {text.partition(":")[0] for text, _ in part} == {"A", "B", "C"}


def test_one_report_needs_no_process(tmp_path: Path) -> None:
    with Team(1) as team:
        assert not left()
        assert team.write(works(tmp_path, "a", formats=(Format.CSV,)), 1, lambda *_: None)


def test_what_cannot_be_written_ends_all_and_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(b"old")
    given = works(tmp_path, "a", "b")
    given[0] = Work("A", given[0].snapshot, tmp_path / "missing", "a")
    with pytest.raises(CannotWrite, match="No such file") as caught, Team(2, 2) as team:
        team.write(given, 2, lambda *_: None)
    assert caught.value.target == tmp_path / "missing" / "a.pdf"
    assert not left()
    assert not list(tmp_path.glob(f"{PREFIX}*"))
    assert (tmp_path / "b.pdf").read_bytes()[:3] in (b"old", b"%PD")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_killed_process_is_told_and_the_rest_ends(tmp_path: Path) -> None:
    def kill(text: str, _share: float) -> None:
        if "Laying out" in text:
            for process in multiprocessing.active_children():
                if process.name == "report":
                    process.kill()

    with pytest.raises(Ended, match="ended with -9"), Team(2, 2) as team:
        team.write(works(tmp_path, "a", "b"), 2, kill)
    assert not left()


SCRIPT = """
import multiprocessing, sys, time
from pathlib import Path
from reports.team import Team
from tests.unit.test_report_team import works
from app.cli.report import stoppable
def told(text, share):
    if "Laying out" in text:
        print("LAYING OUT", flush=True)
with stoppable(), Team(4, 2) as team:
    print(*[p.pid for p in multiprocessing.active_children() if p.name == "report"], flush=True)
    given = works(Path(sys.argv[1]), *"abcd")
    team.write(given * 50, 200, told)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_the_work_ends_no_process_and_no_half_file_stays(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        assert len(process.stdout.readline().split()) == 2
        for _ in range(5):
            assert process.stdout.readline() == "LAYING OUT\n"
        process.send_signal(number)
        # Ends when nobody holds the pipe any more, and every process of the team does.
        process.communicate(timeout=60)
    assert process.returncode == (128 + number if number is signal.SIGTERM else -number)
    assert not list(tmp_path.glob(f"{PREFIX}*"))
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in tmp_path.iterdir())
