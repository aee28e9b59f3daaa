"""Work in several processes: every task is answered once, a death costs one of them, and nobody stays behind."""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest

from scoring.evidence import side_by_side as module
from scoring.evidence.side_by_side import side_by_side

ROOT = Path(__file__).parents[2]
Task = tuple[str, Path]
PATIENCE = 30.0
"""Seconds after which a process that should do something counts as lost."""


@pytest.fixture
def _others_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process is there before this one begins to work; else this one might do all by itself."""
    first = [True]

    def waiting(pipes: Sequence[Connection], timeout: float | None) -> object:
        return wait(pipes, None if first and first.pop() else timeout)

    monkeypatch.setattr(module, "wait", waiting)


def wait_for(there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def work(task: Task) -> tuple[str, int]:
    """Where it is done says the process id. In the starting process all but the marking wait for the mark."""
    name, mark = task
    if multiprocessing.parent_process() is None:
        wait_for(mark.exists)
        return name, os.getpid()
    mark.write_text(str(os.getpid()), encoding="utf-8")
    match name:
        case "die":
            os._exit(3)
        case "raise":
            # Nobody needs to see the traceback.
            os.close(2)
            raise ValueError(name)
        case "hang":
            while True:
                time.sleep(1)
    return name, os.getpid()


def pid(mark: Path) -> int:
    wait_for(lambda: mark.exists() and mark.read_text(encoding="utf-8") != "")
    return int(mark.read_text(encoding="utf-8"))


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or " Z " not in stat.read_text(encoding="utf-8")


def answers(names: Iterable[str], mark: Path, workers: int = 1) -> list[tuple[str, int] | None]:
    """The answers by place; the first tasks are the largest, which go to the other processes."""
    tasks = [(name, mark) for name in names]
    found = dict(side_by_side(work, tasks, range(len(tasks), 0, -1), workers))
    assert sorted(found) == list(range(len(tasks)))
    return [found[place] for place in range(len(tasks))]


@pytest.mark.usefixtures("_others_first")
@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_answered_once_here_or_elsewhere(tmp_path: Path, workers: int) -> None:
    names = [str(number) for number in range(100)]
    found = answers(names, tmp_path / "mark", workers)
    assert [answer and answer[0] for answer in found] == names
    places = {answer[1] for answer in found if answer}
    assert os.getpid() in places
    assert len(places) > 1


@pytest.mark.usefixtures("_others_first")
@pytest.mark.parametrize("end", ["die", "raise"])
def test_a_death_costs_the_task_at_hand_and_no_other(tmp_path: Path, end: str) -> None:
    names = [end, *(str(number) for number in range(40))]
    found = answers(names, tmp_path / "mark")
    assert found[0] is None
    assert [answer and answer[0] for answer in found[1:]] == names[1:]


class Unreadable:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (4,)

    def __call__(self, task: int) -> int:
        return task * 2


def test_a_process_that_never_comes_up_is_blamed_on_no_task() -> None:
    found = dict(side_by_side(Unreadable(), [1, 2, 3], [1, 1, 1], 2))
    assert found == {0: 2, 1: 4, 2: 6}


def test_without_processes_all_is_done_here() -> None:
    assert dict(side_by_side(abs, [-1, -2], [1, 1], 0)) == {0: 1, 1: 2}


@pytest.mark.usefixtures("_others_first")
def test_a_cancelled_run_leaves_no_process_behind(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    tasks = [("hang", mark), ("here", mark), ("too", mark)]
    with closing(side_by_side(work, tasks, [3, 2, 1], 1)) as arriving:
        assert next(arriving) == (2, ("too", os.getpid()))
        hanging = pid(mark)
        assert lives(hanging)
    assert not lives(hanging)
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("_others_first")
def test_relative_paths_mean_the_same_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = answers(["0", "1", "2"], Path("mark"))
    assert pid(tmp_path / "mark") in {answer[1] for answer in found if answer}


ABANDONED = """
import sys
from pathlib import Path
from scoring.evidence import side_by_side as module
from tests.unit.test_evidence_side_by_side import work
if __name__ == "__main__":
    mark, wait = Path(sys.argv[1]), module.wait
    module.wait = lambda pipes, timeout: wait(pipes)
    list(module.side_by_side(work, [("hang", mark), ("here", mark)], [2, 1], 1))
"""


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = tmp_path / "script.py"
    script.write_text(ABANDONED, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(script), str(mark)], env=environment, cwd=ROOT) as started:
        hanging = pid(mark)
        started.kill()
    wait_for(lambda: not lives(hanging))
