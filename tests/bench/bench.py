"""Benchmarks: one line per figure, ``name<TAB>ratio<TAB>target``; lower is better.

Every ratio comes from one run, with both sides measured in turn and their medians divided, so that a slow machine is
slow for both. The peers live in an environment of their own; nothing of them is in the product's.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import cycle, product
from pathlib import Path
from unittest import mock

import engagements
import exports
import recomputing
import roadmaps
from pypdf import PdfReader

from app.engagement import actions
from app.engagement.folder import Engagement
from questionnaires.load import shipped
from questionnaires.model import Scope
from scoring.assessment import Assessment
from scoring.evaluation import Evaluation, evaluate
from scoring.evidence.format import Parsed
from scoring.evidence.ingest import inspect
from scoring.schedule import solve
from scoring.scores import Scorer

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-peers" / "bin"
SARIF_BYTES = 20_000_000
ROUNDS = 5


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], peer: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median of ours ÷ median of the peer's, measured in turn after one warm-up of each."""
    ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)


def figure(name: str, value: float, target: float) -> None:
    print(f"{name}\t{value:.3f}\t{target}", flush=True)


def process(*command: str | Path) -> Callable[[], object]:
    """A command as a whole process, its output thrown away. A failure ends the benchmark."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return lambda: subprocess.run(
        [str(part) for part in command], check=True, cwd=ROOT, env=environment, capture_output=True
    )


def python(code: str, *arguments: str | Path) -> Callable[[], object]:
    return process(sys.executable, "-c", code, *arguments)


# ---- the report

DOCUMENT = """
import sys
from pathlib import Path
from app.cli.reporting import Source
from app.cli.results import evaluated
from app.engagement.folder import Engagement
from reports import html
with Engagement.open(Path(sys.argv[1])) as engagement:
    snapshot = Source(engagement, evaluated(engagement)).snapshot("1")
Path(sys.argv[2]).write_text(html.document(snapshot, html.Medium.PEER), encoding="utf-8")
"""


def report(scratch: Path) -> None:
    """The whole `report` process for one tier against WeasyPrint as a whole process on the same final HTML."""
    process(sys.executable, "-m", "app", "demo", scratch, "--no-window")()
    engagement, document = scratch / "engagement", scratch / "tier-1.html"
    python(DOCUMENT, engagement, document)()
    ours = process(sys.executable, "-m", "app", "report", engagement, "--out", scratch / "ours", "--tier", "1")
    peer = process(sys.executable, "-m", "weasyprint", "--pdf-variant", "pdf/ua-1", document, scratch / "peer.pdf")
    value = ratio(ours, peer)
    (written,) = (scratch / "ours").glob("*.pdf")
    pages = len(PdfReader(written).pages)
    if pages < 28:
        sys.exit(f"The benchmark's report has {pages} pages; it needs 28.")
    figure(f"report of {pages} pages, whole process / WeasyPrint whole process on the same HTML, PDF/UA", value, 1.25)


def tiers(scratch: Path) -> None:
    """The reports of three tiers, as a whole process: on two cores against one, where they come one after another."""
    _needs_two_cores()
    process(sys.executable, "-m", "app", "demo", scratch, "--no-window")()
    command = [sys.executable, "-m", "app", "report", str(scratch / "engagement"), "--out", str(scratch / "out")]
    two, one = (partial(_bound, sorted(os.sched_getaffinity(0))[:cores], command) for cores in (2, 1))
    figure("reports of three tiers, on two cores / in a row on one", ratio(two, one, rounds=3), 0.8)


def large_reports(scratch: Path) -> None:
    """A report of 60 applications: its length, and its time a page against a report of 6."""
    process(sys.executable, "-m", "app", "demo", scratch, "--no-window")()
    commands, pages = [], []
    for count in (60, 6):
        grown, out = scratch / f"of-{count}", scratch / f"out-{count}"
        process(sys.executable, ROOT / "tests" / "bench" / "large.py", scratch / "engagement", grown, str(count))()
        commands.append(process(sys.executable, "-m", "app", "report", grown, "--out", out))
        commands[-1]()
        (written,) = out.glob("*.pdf")
        pages.append(len(PdfReader(written).pages))
    value = ratio(commands[0], commands[1], rounds=3) * pages[1] / pages[0]
    figure(f"time a page at 60 applications / at 6, {pages[0]} and {pages[1]} pages, whole processes", value, 1.3)
    figure("pages at 60 applications / 120", pages[0] / 120, 1.0)


# ---- the window

WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, QApplication.quit)
application = QApplication(sys.argv)
window = Window()
window.setCentralWidget(QLabel("window"))
window.resize(1280, 720)
window.show()
sys.exit(application.exec())
"""
START = """
import sys
from app.desktop import run
def painted():
    from PySide6.QtWidgets import QApplication
    QApplication.quit()
sys.exit(run(first_painted=painted))
"""


def first_paint(_: Path) -> None:
    """Whole process to the first paint of the start page against a bare PySide6 window."""
    value = ratio(python(START), python(WINDOW), rounds=9)
    figure("first paint of the start page, whole process / a bare PySide6 window", value, 2.0)


def desktop(_: Path) -> None:
    """How long the event loop is ever held up, against 50 ms."""
    script = [sys.executable, str(ROOT / "tests" / "bench" / "desktop.py")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(script, check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    gaps: dict[str, float] = json.loads(done.stdout)
    apart = {name: gaps.pop(name) for name in ("ingesting", "rendering", "nothing")}
    longest = max(gaps, key=lambda name: gaps[name])
    figure(f"longest gap of the event loop, 1,000 applications ({longest}) / 50 ms", gaps[longest] / 0.05, 1.0)
    figure("longest gap of the event loop, 140 MB of SARIF ingested / 50 ms", apart["ingesting"] / 0.05, 1.0)
    figure("longest gap of the event loop, a report rendered / 50 ms", apart["rendering"] / 0.05, 1.0)


# ---- evidence


def evidence(scratch: Path) -> None:
    """Reading a SARIF file of 20 MB: bytes to facts, against the decoder of the standard library and a peer."""
    path = scratch / "large.sarif"
    path.write_bytes(exports.of_size("SARIF", SARIF_BYTES))
    figure("SARIF of 20 MB, bytes to facts / json.loads of the same bytes", _against_json(path), 0.5)
    if not (PEERS / "python").exists():
        sys.exit("The peers are missing: run 'make bench', which prepares them.")
    peer = process(PEERS / "sarif", "summary", path)
    value = ratio(lambda: inspect([path]), peer)
    figure("SARIF of 20 MB, bytes to facts / the sarif-tools summary as it is run, a whole process", value, 0.1)
    whole = ratio(process(sys.executable, "-m", "app", "inspect", path), peer)
    figure("SARIF of 20 MB, the inspect process / the sarif-tools summary process", whole, 1.0)


def formats(scratch: Path) -> None:
    """Exports of 4 MB of the kinds that grow large, against the decoder of the standard library."""
    for kind in ("Trivy", "Grype", "CycloneDX", "SARIF"):
        path = scratch / kind
        path.write_bytes(exports.of_size(kind, 4_000_000))
        figure(f"{kind} of 4 MB, bytes to facts / json.loads of the same bytes", _against_json(path, rounds=25), 1.0)


def side_by_side(scratch: Path) -> None:
    """A folder of 1,000 mixed files, as a whole process: on two cores against one."""
    _needs_two_cores()
    exports.folder(scratch / "exports", 1000)
    command = [sys.executable, "-m", "app", "inspect", str(scratch / "exports"), "--json"]
    two, one = (partial(_bound, sorted(os.sched_getaffinity(0))[:cores], command) for cores in (2, 1))
    figure("1,000 files of 2 to 200 kB, the inspect process on two cores / on one", ratio(two, one), 0.75)


def _needs_two_cores() -> None:
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        sys.exit("The benchmark needs two cores, and a system on which a process can be bound to one.")


def _bound(cores: Sequence[int], command: Sequence[str]) -> None:
    """Runs a command on some cores only."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        process(*command)()
    finally:
        os.sched_setaffinity(0, mine)


def _against_json(path: Path, rounds: int = ROUNDS) -> float:
    [found] = inspect([path])
    if not isinstance(found.outcome, Parsed):
        sys.exit(f"The benchmark's {path.name} was not read: {found}")
    data = path.read_bytes()
    return ratio(lambda: inspect([path]), lambda: json.loads(data), rounds)


# ---- content


def content(_: Path) -> None:
    """Loading both questionnaires through both gates against `tomllib` alone on the same files."""
    from questionnaires.load import CONTENT, load_questionnaire, shipped

    facts, tiers = shipped().facts, shipped().tiers
    folders = [path.parent for path in sorted(CONTENT.glob("*/questionnaire.toml"))]
    texts = [path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.glob("*.toml"))]
    value = ratio(
        lambda: [load_questionnaire(folder, facts, tiers) for folder in folders],
        lambda: [tomllib.loads(text) for text in texts],
    )
    figure("both questionnaires loaded and checked / tomllib on the same files", value, 3.0)


# ---- the engagement on disk


def engagement(scratch: Path) -> None:
    """Opening a large engagement against `tomllib` on its files, and saving one answer in a large and a small one."""
    # Twenty-one thousand lines, each synced for its own sake, would be the disk's benchmark and not ours.
    with mock.patch.object(os, "fsync"):
        large, small = engagements.make(scratch / "large", 1000, 20), engagements.make(scratch / "small", 10, 20)
    texts = [path.read_text(encoding="utf-8") for path in sorted(large.rglob("*.toml"))]
    value = ratio(lambda: Engagement.open(large).close(), lambda: [tomllib.loads(text) for text in texts])
    figure("opening 1,000 applications with 20,000 answers / tomllib on its files", value, 3.0)
    with Engagement.open(large, write=True) as many, Engagement.open(small, write=True) as few:
        value = ratio(partial(_answers, many), partial(_answers, few))
    figure("saving an answer among 1,000 applications / among 10", value, 1.5)


def _answers(engagement: Engagement) -> None:
    criterion = next(iter(engagement.assessment.applications["app-3"].answers))
    for value in ("no", "partly", "largely", "fully") * 5:
        changes = actions.answer(engagement.questionnaire, engagement.assessment, criterion, value, application="app-3")
        engagement.apply("answer", changes, "bench")


# ---- scores


def recomputation(_: Path) -> None:
    """Scoring again after one answer against scoring from nothing, and how that grows with the applications."""
    known = shipped()
    asked = known.questionnaires[engagements.QUESTIONNAIRE]
    criterion = next(key for key in asked.criteria if asked.scope_of(key) is Scope.APPLICATION)
    ten, hundred, thousand = (recomputing.assessment(asked, count) for count in (10, 100, 1000))

    def whole(given: Assessment) -> Evaluation:
        return evaluate(known, Scorer(asked), given)

    before = whole(thousand)
    for name, application, target in (("one application's answer", "app-3", 0.02), ("a common answer", None, 0.125)):
        moves = cycle(recomputing.answered(thousand, application, criterion, value) for value in ("no", "fully"))
        again = partial(_again, before, moves)
        figure(
            f"{name} among 1,000 applications, scored again / all from nothing",
            ratio(again, partial(whole, thousand)),
            target,
        )
    value = ratio(partial(whole, thousand), lambda: [whole(hundred) for _ in range(10)])
    figure("scores of 1,000 applications / ten times those of 100", value, 1.3)
    value = ratio(lambda: [whole(hundred) for _ in range(5)], lambda: [whole(ten) for _ in range(50)])
    figure("scores of 100 applications / ten times those of 10", value, 1.3)


def _again(before: Evaluation, moves: Iterator[Assessment]) -> Evaluation:
    return evaluate(before.content, before.scorer, next(moves), before)


# ---- the roadmap


def roadmap(_: Path) -> None:
    """234 initiatives over 8 quarters, tight: how close to the proven bound, and how long."""
    gaps, times = [], []
    for seed, (fits, large) in enumerate(product(("1/5", "3/10", "1/2", "4/5"), (0.02, 0.05, 0.1))):
        items, capacity = roadmaps.instance(seed, Fraction(fits), large)
        start = time.perf_counter()
        plan = solve(items, shipped().tiers, date(2026, 9, 30), capacity)
        times.append(time.perf_counter() - start)
        gaps.append(float("inf") if plan.gap is None else float(plan.gap) * 100)
    figure("roadmap of 234 initiatives over 8 quarters, worst gap to the proven bound in %", max(gaps), 1.0)
    figure("roadmap of 234 initiatives over 8 quarters, worst time / 15 seconds", max(times) / 15, 1.0)


FIGURES: tuple[Callable[[Path], None], ...] = (
    report,
    tiers,
    large_reports,
    first_paint,
    desktop,
    evidence,
    formats,
    side_by_side,
    content,
    engagement,
    recomputation,
    roadmap,
)


def main() -> None:
    """All figures, or those whose names are given."""
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        for measure in FIGURES:
            if not wanted or measure.__name__ in wanted:
                folder = Path(scratch) / measure.__name__
                folder.mkdir()
                measure(folder)


if __name__ == "__main__":
    main()
