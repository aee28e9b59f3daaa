"""A whole engagement by keyboard alone; a drop stands for the one thing that needs a mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QWidget

from app.desktop.models.card import CardState
from app.desktop.pages.assess import AssessPage
from app.desktop.pages.evidence import EvidencePage
from app.desktop.pages.report import ReportPage
from app.desktop.pages.roadmap import RoadmapPage
from app.desktop.widgets.card import Card
from app.desktop.widgets.goto import GoTo
from app.desktop.widgets.new_engagement import NewEngagement
from app.desktop.window import MainWindow
from app.desktop.writes import Saving
from app.engagement.folder import Engagement
from assets import SAMPLE
from scoring.assessment import Basis, Lane

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ALT, CONTROL, NONE = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)
SHORT, LONG = 10_000, 120_000
P = TypeVar("P", bound=QWidget)


class Walker:
    """Presses keys where the focus is, and looks."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot

    def wait(self, condition: Callable[[], bool], timeout: int = SHORT) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout)

    def back(self) -> None:
        """A dialog has gone. A window system hands the focus back; the offscreen one wants to be asked."""
        self.window.activateWindow()
        with self.qtbot.waitActive(self.window):
            pass

    @property
    def focus(self) -> QWidget:
        found = QApplication.focusWidget()
        assert found is not None
        return found

    def press(self, *keys: Qt.Key | str, modifier: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            QTest.keyClick(self.focus, Qt.Key(ord(key)) if isinstance(key, str) else key, modifier)

    def write(self, text: str) -> None:
        QTest.keyClicks(self.focus, text)

    def named(self) -> str:
        text = self.focus.property("text")
        return self.focus.accessibleName() or (text if isinstance(text, str) else "")

    def tab_to(self, name: str, key: Qt.Key = Qt.Key.Key_Tab) -> None:
        """Tab until something of this name has the focus."""
        for _ in range(120):
            if self.named().startswith(name):
                return
            self.press(key)
        raise AssertionError(f"Tab does not reach {name!r}")

    def page(self, number: int, kind: type[P]) -> P:
        self.press(str(number), modifier=ALT)
        workspace = self.window.workspace
        assert workspace is not None
        assert isinstance(workspace.page, kind)
        self.wait(lambda: kind is not AssessPage or isinstance(self.focus, Card))
        return workspace.page

    def saved(self) -> None:
        session = self.window.session
        assert session is not None
        self.wait(lambda: session.saving is Saving.SAVED)


def begin(walker: Walker, folder: Path) -> None:
    """A new engagement with one application in each tier."""
    walker.press("N", modifier=CONTROL)
    walker.wait(lambda: isinstance(QApplication.activeWindow(), NewEngagement))
    walker.write("Ledger and Loom")
    walker.tab_to("Folder")
    walker.press("A", modifier=CONTROL)
    walker.write(str(folder))
    with walker.qtbot.waitSignal(walker.window.opened, timeout=SHORT):
        walker.press(Qt.Key.Key_Return)
    walker.back()
    for name in ("Algo Engine", "Order Router", "Desk Reports"):
        walker.wait(lambda: isinstance(walker.focus, QLineEdit))
        walker.write(name)
        walker.press(Qt.Key.Key_Return)
        walker.press(Qt.Key.Key_Tab)
        assert isinstance(walker.focus, QComboBox)
        walker.press(Qt.Key.Key_Down)
        walker.tab_to("Name of a new", Qt.Key.Key_Backtab)


def answer_a_pillar(walker: Walker) -> None:
    """Every criterion of the first pillar: the first is the one in hand on arrival."""
    page = walker.page(2, AssessPage)
    session = walker.window.session
    assert session is not None
    pillar = session.questionnaire.pillar[0].id
    for _ in range(len(session.questionnaire.criteria)):
        if not page.criterion.startswith(pillar):
            return
        walker.press("4", "J")
    raise AssertionError("the walk never leaves the pillar")


def take_in_exports(walker: Walker) -> None:
    """Drop a folder, look at the plan, apply it."""
    page = walker.page(3, EvidencePage)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(SAMPLE / "exports" / name)) for name in ("algo-engine", "order-router")])
    page.drop.dropEvent(
        QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE),
    )
    walker.wait(lambda: page.job is None, LONG)
    assert walker.named().startswith("Add ")
    walker.press(Qt.Key.Key_Space)
    assert page.intake.rowCount() == 0


def take_in_hand(walker: Walker, name: str) -> None:
    walker.press("K", modifier=CONTROL)
    walker.wait(lambda: isinstance(QApplication.activeWindow(), GoTo))
    walker.write(name)
    walker.press(Qt.Key.Key_Return)
    walker.back()
    walker.wait(lambda: isinstance(walker.focus, Card))


def walk_to(walker: Walker, key: str, wanted: Callable[[CardState], bool]) -> None:
    """Next, next, next, or back, until a card is so."""
    for _ in range(300):
        card = walker.focus
        assert isinstance(card, Card)
        assert card.state is not None
        if wanted(card.state):
            return
        walker.press(key)
    raise AssertionError("no criterion is so")


def explain_and_accept(walker: Walker) -> tuple[str, str]:
    """A challenge of one application explained, a suggestion for another accepted; their criteria."""
    page = walker.page(2, AssessPage)
    take_in_hand(walker, "algo engine")
    walk_to(walker, "K", lambda state: state.challenged)
    explained = page.criterion
    walker.press("R")
    assert walker.named() == "Reason"
    walker.write("The scanner of the next generation is being tried.")
    walker.press(Qt.Key.Key_Return)
    take_in_hand(walker, "order router")
    walk_to(walker, "J", lambda state: state.suggestion is not None and not state.challenged)
    accepted = page.criterion
    walker.press("E")
    return explained, accepted


def plan_again(walker: Walker) -> None:
    """The second item of the first wave pinned to the next one, and the plan kept."""
    session = walker.window.session
    assert session is not None
    roadmap = walker.page(5, RoadmapPage)
    walker.wait(lambda: roadmap.plan is not None, LONG)
    walker.press(Qt.Key.Key_Down)
    walker.press(Qt.Key.Key_Right, modifier=ALT)
    walker.write("After the audit")
    walker.press(Qt.Key.Key_Return)
    walker.wait(lambda: bool(session.assessment.decisions))
    walker.wait(lambda: roadmap.plan is not None and roadmap.settled, LONG)
    walker.press("5", modifier=ALT)
    walker.tab_to("Keep this plan", Qt.Key.Key_Backtab)
    walker.press(Qt.Key.Key_Space)
    walker.wait(lambda: session.plan_current)


def render(walker: Walker) -> None:
    """The report of the tier with the least in it."""
    report = walker.page(8, ReportPage)
    for tier in ("Tier 1", "Tier 2"):
        walker.tab_to(tier)
        assert isinstance(walker.focus, QCheckBox)
        walker.press(Qt.Key.Key_Space)
    walker.tab_to("Render")
    walker.press(Qt.Key.Key_Space)
    walker.wait(lambda: report.job is None and bool(report.written), LONG)
    (written,) = report.written
    assert written.read_bytes().startswith(b"%PDF")


def test_a_whole_engagement_by_keyboard(
    make_window: Callable[[Path | None], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window(None)
    walker = Walker(window, qtbot)
    walker.back()
    folder = tmp_path / "ledger"
    begin(walker, folder)
    session = window.session
    assert session is not None
    assert [app.tier for app in session.assessment.applications.values()] == ["1", "2", "3"]
    answer_a_pillar(walker)
    take_in_exports(walker)

    explained, accepted = explain_and_accept(walker)
    plan_again(walker)
    render(walker)

    walker.saved()
    shown = session.assessment
    walker.press("W", modifier=CONTROL)
    walker.wait(window.start.isVisible)
    walker.tab_to("Recent engagements")
    with qtbot.waitSignal(window.opened, timeout=SHORT):
        walker.press(Qt.Key.Key_Return)
    assert window.session is not None
    assert window.session.assessment == shown == Engagement.open(folder).assessment
    asked = window.session.questionnaire
    router = shown.applications["order-router"]
    assert all(shown.answers[entry.id].value for practice in asked.pillar[0].practice for entry in practice.criterion)
    assert router.answers[accepted].basis is Basis.EVIDENCE
    claim = window.session.evaluation.claims.of("algo-engine", explained)
    assert claim is not None
    assert claim.explained
    [decision] = shown.decisions.values()
    assert (decision.lane, decision.reason) == (Lane.PIN, "After the audit")
    assert window.session.plan_current
    assert window.session.plan is not None
