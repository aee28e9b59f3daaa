"""Pictures of every page, light and dark, in three sizes: ``python tests/gui/screenshots.py FOLDER``.

Shows the sample engagement with settings of its own. Runs in a real window (under Xvfb) and offscreen.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from app.desktop import theme  # noqa: E402 - this tree, not one that happens to be installed
from app.desktop.destination import Destination  # noqa: E402
from app.desktop.pages.assess import AssessPage  # noqa: E402
from app.desktop.pages.evidence import EvidencePage  # noqa: E402
from app.desktop.pages.overview import OverviewPage  # noqa: E402
from app.desktop.pages.page import Page  # noqa: E402
from app.desktop.pages.progress import ProgressPage  # noqa: E402
from app.desktop.pages.regimes import RegimesPage  # noqa: E402
from app.desktop.pages.report import ReportPage  # noqa: E402
from app.desktop.pages.roadmap import BOARD, TABLE, RoadmapPage  # noqa: E402
from app.desktop.session import Session  # noqa: E402
from app.desktop.widgets.practice_head import CARDS, MATRIX  # noqa: E402
from app.desktop.window import MainWindow  # noqa: E402
from app.desktop.workspace import Workspace  # noqa: E402
from app.engagement.journal import Change  # noqa: E402
from assets import SAMPLE  # noqa: E402

SCHEMES = (("light", Qt.ColorScheme.Light), ("dark", Qt.ColorScheme.Dark))
SIZES = ((1280, 720), (1920, 1080), (960, 500))
SECONDS = 120


def wait(condition: Callable[[], bool]) -> None:
    """Let the window work until something is so."""
    for _ in range(SECONDS * 50):
        if condition():
            return
        # Not qWait: it keeps the interpreter to itself, and the window's own threads would starve.
        QApplication.processEvents()
        time.sleep(0.02)
    raise SystemExit("a page did not become ready")


def is_settled(page: Page) -> bool:
    """What the page computes beside the window is there."""
    match page:
        case OverviewPage():
            return page.checks.follower.settled
        case ProgressPage():
            return page.looked is not None
        case RegimesPage():
            return page.regimes.rowCount() > 0
        case _:
            return True


class Photographer:
    """Walks through the window and keeps what it sees."""

    def __init__(self, application: QApplication, target: Path) -> None:
        self.application = application
        self.target = target
        self.window = MainWindow()
        self.window.show()
        self.window.open_sample()
        wait(lambda: self.window.workspace is not None)

    @property
    def workspace(self) -> Workspace:
        assert self.window.workspace is not None
        return self.window.workspace

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    def looks(self, sizes: tuple[tuple[int, int], ...] = SIZES) -> Iterator[str]:
        """Every scheme and size in turn; gives the end of the pictures' names."""
        for scheme, colours in SCHEMES:
            theme.apply(self.application, colours)
            for width, height in sizes:
                self.window.resize(width, height)
                yield f"{scheme}-{width}"

    def keep(self, name: str) -> None:
        QTest.qWait(120)  # layouts and pictures that follow a turn later
        path = self.target / f"{name}.png"
        (self.window.findChild(QDialog) or self.window).grab().save(str(path))
        print(path)

    def prepare(self) -> EvidencePage:
        """Bring the pages into the state that shows most of them."""
        evidence = self.workspace.show_page("evidence")
        assert isinstance(evidence, EvidencePage)
        # Half of the exports are taken out, so that the plan has something to add.
        applications = self.session.assessment.applications.values()
        places = [("applications", app.id, "evidence", key) for app in applications for key in app.evidence]
        self.session.do("evidence", "ingest", [Change(place, None) for place in places[::2]])
        evidence.read([SAMPLE / "exports", ROOT / "LICENSE"])
        wait(lambda: evidence.job is None)
        roadmap = self.workspace.show_page("roadmap")
        assert isinstance(roadmap, RoadmapPage)
        wait(lambda: roadmap.plan is not None)
        roadmap.keep()
        wait(lambda: self.session.plan_current)
        report = self.workspace.show_page("report")
        assert isinstance(report, ReportPage)
        report.render_reports()
        wait(lambda: report.job is None and len(report.written) == 3 and report.pages.complete)
        return evidence

    def explain(self) -> None:
        page = self.workspace.show_page("assess")
        assert isinstance(page, AssessPage)
        page.explain()

    def walk(self) -> None:
        evidence = self.prepare()
        session = self.session
        claim = next(claim for claim in session.evaluation.claims.challenged if claim.application is not None)
        practice = session.questionnaire.criteria[claim.criterion].practice_id
        challenged = Destination("assess", practice, claim.criterion, application=claim.application, takes=True)
        for look in self.looks():
            for name in ("overview", "applications", "roadmap", "progress", "regimes", "report", "evidence"):
                page = self.workspace.show_page(name)
                wait(partial(is_settled, page))
                self.keep(f"{'evidence-plan' if name == 'evidence' else name}-{look}")
            self.workspace.go(Destination("assess", session.questionnaire.pillar[1].practice[0].id, takes=True))
            self.keep(f"assess-common-{look}")
            self.workspace.go(challenged)
            self.keep(f"assess-{look}")
            assess = self.workspace.page
            assert isinstance(assess, AssessPage)
            assess.show_view(MATRIX)
            self.keep(f"matrix-{look}")
            assess.show_view(CARDS)
            roadmap = self.workspace.show_page("roadmap")
            assert isinstance(roadmap, RoadmapPage)
            roadmap.show_view(TABLE)
            self.keep(f"roadmap-table-{look}")
            roadmap.show_view(BOARD)
        evidence.apply()
        for look in self.looks(SIZES[:1]):
            self.workspace.show_page("evidence")
            evidence.show_export(0)
            self.keep(f"evidence-{look}")
            for name, opens in (
                ("goto", self.workspace.open_goto),
                ("new", self.window.new_engagement),
                ("about", self.window.show_about),
                ("explained", self.explain),
            ):
                opens()
                wait(lambda: bool(self.window.findChildren(QDialog)))
                self.keep(f"{name}-{look}")
                for dialog in self.window.findChildren(QDialog):
                    dialog.reject()
                wait(lambda: not self.window.findChildren(QDialog))
        self.window.close_engagement()
        for look in self.looks():
            self.keep(f"start-{look}")
        self.window.close()


def main(target: Path) -> int:
    with tempfile.TemporaryDirectory() as home:
        for kind in ("CONFIG", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = home
        target.mkdir(parents=True, exist_ok=True)
        application = QApplication(sys.argv[:1])
        application.setApplicationName("Colonnade")
        theme.install(application)
        Photographer(application, target).walk()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: screenshots.py FOLDER")
    sys.exit(main(Path(sys.argv[1])))
