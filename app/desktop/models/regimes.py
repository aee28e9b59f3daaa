"""Regimes with the standing of their obligations, and the criteria behind each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.desktop.destination import Destination
from app.desktop.language import tr
from app.desktop.models.table import TwoLineTable
from app.desktop.models.targets import Target
from app.desktop.session import Session
from questionnaires.model import Content, Obligation, ObligationKind, Regime, Scope
from reports import words
from scoring.assessment import Assessment
from scoring.coverage import Behind, ObligationCoverage, RegimeCoverage, Standing, first_open, in_scope

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
ICONS = {
    Standing.MET: "check",
    Standing.PARTLY: "partly",
    Standing.NOT_MET: "cross",
    Standing.NOT_ASSESSED: "open",
    Standing.NOT_APPLICABLE: "skipped",
}


def ordered(content: Content, assessment: Assessment) -> list[Regime]:
    """Every regime that the content knows: those in scope first, in the order of the report, then by name."""
    chosen = in_scope(content, assessment)
    return [*chosen, *sorted((entry for entry in content.regimes.values() if entry not in chosen), key=_name)]


def _name(regime: Regime) -> str:
    return regime.name


def standing_name(standing: Standing) -> str:
    """A standing in words."""
    return {
        Standing.MET: tr("Met"),
        Standing.PARTLY: tr("Partly met"),
        Standing.NOT_MET: tr("Not met"),
        Standing.NOT_ASSESSED: tr("Not assessed"),
        Standing.NOT_APPLICABLE: tr("Not applicable"),
    }[standing]


def behind_words(behind: Behind) -> str:
    """``4 met · 1 partly · 2 unanswered``: how the answers to one criterion are spread."""
    counts = (
        (behind.met, tr("met")),
        (behind.some, tr("partly")),
        (behind.none, tr("no")),
        (behind.unanswered, tr("unanswered")),
        (behind.not_applicable, tr("not applicable")),
        (behind.challenged, tr("challenged")),
    )
    return words.parts([f"{count:,} {name}" for count, name in counts if count])


def kind_words(obligation: Obligation) -> str:
    """What kind of requirement it is, with its figure; empty for a control."""
    match obligation.kind:
        case ObligationKind.TIME_LIMIT if obligation.hours is not None:
            return tr("within {0}").format(words.count(obligation.hours, tr("hour")))
        case ObligationKind.RETENTION if obligation.years is not None:
            return tr("kept for {0}").format(words.count(obligation.years, tr("year")))
        case ObligationKind.LOCALISATION if obligation.place:
            return tr("in {0}").format(obligation.place)
        case _:
            return ""


def criteria_of(session: Session, coverage: ObligationCoverage, applications: Sequence[str]) -> list[Target]:
    """The criteria behind an obligation; each leads to the first application that keeps it from being met, else to the
    one in view, else to the common answers."""
    found = []
    questionnaire = session.questionnaire
    for entry in coverage.behind:
        criterion = questionnaire.criteria[entry.criterion]
        owner = first_open(questionnaire, session.assessment, entry.criterion, applications)
        if len(applications) == 1 and questionnaire.scope_of(entry.criterion) is Scope.APPLICATION:
            owner = applications[0]
        goal = Destination("assess", criterion.practice_id, criterion.id, application=owner, takes=True)
        found.append(Target(criterion.question, behind_words(entry), goal))
    return found


class RegimesModel(QAbstractListModel):
    """``UserRole`` gives the line below a regime's name."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: tuple[RegimeCoverage, ...] = ()

    def show_coverages(self, rows: Sequence[RegimeCoverage]) -> None:
        same = [row.regime.id for row in rows] == [row.regime.id for row in self._rows]
        if same and rows:
            self._rows = tuple(rows)
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        else:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def coverage(self, row: int) -> RegimeCoverage:
        return self._rows[row]

    def row(self, regime: str) -> int:
        """Where a regime stands; -1 where it does not."""
        return next((row for row, entry in enumerate(self._rows) if entry.regime.id == regime), -1)

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        coverage = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return coverage.regime.name
            case Qt.ItemDataRole.UserRole:
                return self._summary(coverage)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{coverage.regime.name}, {self._summary(coverage)}"
            case _:
                return None

    def _summary(self, coverage: RegimeCoverage) -> str:
        if not coverage.covered:
            return self.tr("no criterion of this questionnaire")
        counts: Mapping[Standing, int] = coverage.counts
        total = sum(counts.values())
        return words.parts([
            self.tr("in scope") if coverage.regime.id in self._session.assessment.regimes else "",
            self.tr("{0} of {1} met").format(counts[Standing.MET], total),
        ])  # fmt: skip


class ObligationsModel(TwoLineTable):
    """One regime's obligations in its own order; ``wanted`` leaves only those with one of these standings."""

    NUMBER, TITLE, STANDING, CRITERIA = range(4)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._regime: Regime | None = None
        self._rows: tuple[ObligationCoverage, ...] = ()
        self._titles = (self.tr("Number"), self.tr("Obligation"), self.tr("Standing"), self.tr("Criteria"))

    def show_obligations(self, coverage: RegimeCoverage | None, wanted: Iterable[Standing] = Standing) -> None:
        kept = frozenset(wanted)
        rows = tuple(entry for entry in coverage.obligations if entry.standing in kept) if coverage else ()
        if [row.number for row in rows] == [row.number for row in self._rows] and rows and coverage is not None and (
            coverage.regime == self._regime
        ):  # fmt: skip
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._titles) - 1))
            return
        self.beginResetModel()
        self._regime = coverage.regime if coverage else None
        self._rows = rows
        self.endResetModel()

    def obligation(self, row: int) -> ObligationCoverage:
        return self._rows[row]

    @override
    def _size(self) -> int:
        return len(self._rows)

    @override
    def _more(self, row: int, column: int, role: int) -> Any:
        entry = self._rows[row]
        match role:
            case Qt.ItemDataRole.ToolTipRole if column == self.TITLE:
                return entry.obligation.title
            case Qt.ItemDataRole.DecorationRole if column == self.STANDING:
                return "challenge" if entry.challenged else ICONS[entry.standing]
            case _:
                return None

    @override
    def _text(self, row: int, column: int) -> str:
        entry = self._rows[row]
        match column:
            case self.NUMBER:
                return entry.number
            case self.TITLE:
                return words.sentence(entry.obligation.title).removesuffix(".")
            case self.STANDING:
                return standing_name(entry.standing)
            case _:
                every = len(entry.behind)
                return self.tr("{0} of {1}").format(every - len(entry.open), every) if every else words.NONE

    @override
    def _second(self, row: int, column: int) -> str:
        entry = self._rows[row]
        match column:
            case self.TITLE:
                return kind_words(entry.obligation)
            case self.STANDING if entry.challenged:
                return self.tr("{0} challenged").format(len(entry.challenged))
            case self.STANDING if not entry.behind:
                return self.tr("no criterion speaks to it")
            case _:
                return ""
