"""Each file whole or not at all, and nothing left behind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.files import PREFIX, SUFFIX, CannotWrite, in_place, sweep

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks and limits of POSIX")


def test_a_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    assert in_place(target, lambda file: file.write(b"new")) == target
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), ValueError()])
def test_whatever_happens_the_old_file_stays(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")

    def broken(file: object) -> None:
        raise error

    with pytest.raises(CannotWrite if isinstance(error, OSError) else type(error)):
        in_place(target, broken)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from reports.files import in_place\n"
        "def write(file):\n"
        "    file.write(b'half'); file.flush(); print('writing', flush=True); sys.stdin.read()\n"
        "in_place(Path(sys.argv[1]) / 'a.pdf', write)"
    )
    (tmp_path / "a.pdf").write_bytes(b"old")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        (half,) = tmp_path.glob(f"{PREFIX}*{SUFFIX}")
        sweep(tmp_path)
        assert half.exists()
        process.kill()
    assert half.exists()
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "a.pdf"]
    assert (tmp_path / "a.pdf").read_bytes() == b"old"


def test_sweeping_leaves_everything_else(tmp_path: Path) -> None:
    for name in ("report.tmp", ".report-x", "notes.txt", ".tier-1.pdf.part"):
        (tmp_path / name).touch()
    (tmp_path / f"{PREFIX}folder{SUFFIX}").mkdir()
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 5
    sweep(tmp_path / "missing")
