"""Everything in full, as typed tables: what workbooks and CSV files hold, while the pages show what matters.

A table is plain data, so that each format writes it in its own way. Whatever people or exports wrote stands in cells of
type ``str`` exactly as it was; making it safe is the format's task.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from questionnaires.model import Criterion, Scope
from reports import words
from reports.language import _
from reports.regimes import standing_name
from reports.standing import basis_name, step_name
from reports.view import Planned, View
from scoring.assessment import Application, Evidence, answer_of
from scoring.coverage import ObligationCoverage, regimes
from scoring.roadmap import Reason, ReasonKind
from scoring.scores import Node, rounded

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: int = 12
    """In letters."""
    wrapped: bool = False
    """Long text, in several lines."""


@dataclass(frozen=True, slots=True)
class Table:
    id: str
    """For file names, in every language the same."""
    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(view: View) -> tuple[Table, ...]:
    """Of one tier: summary, answers, roadmap, obligations, evidence."""
    return (_summary(view), answers(view), roadmap(view), _obligations(view), _evidence(view))


def table(key: str, name: str, columns: Sequence[Column], rows: Iterator[tuple[Cell, ...]]) -> Table:
    return Table(key, name, tuple(columns), tuple(rows))


# ---- results


def _summary(view: View) -> Table:
    columns = (
        Column(_("Number")), Column(_("Scope"), 30), Column(_("Pillar or practice"), 40), Column(_("Claimed score")),
        Column(_("Up to")), Column(_("Evidenced score")), Column(_("Target")), Column(_("Level")),
        Column(_("Answered")), Column(_("Applicable")), Column(_("Not applicable")),
    )  # fmt: skip
    return table("summary", _("Summary"), columns, _nodes(view))


def _nodes(view: View) -> Iterator[tuple[Cell, ...]]:
    """The tier, then its applications: overall, pillars, practices."""
    scores = view.scores
    whole = view.overall_target
    for name, result in (
        (view.tier_name, view.result),
        *((app.name, scores.applications[app.id]) for app in view.applications),
    ):
        yield _node("", name, _("Overall"), result.overall, whole)
        for pillar in view.questionnaire.pillar:
            target = Fraction(scores.targets[view.tier.id, pillar.id])
            yield _node(view.numbers[pillar.id], name, pillar.name, result.pillars[pillar.id], target)
            for practice in pillar.practice:
                yield _node(view.numbers[practice.id], name, practice.name, result.practices[practice.id], target)


def _node(number: str, scope: str, name: str, node: Node, target: Fraction) -> tuple[Cell, ...]:
    score, coverage = node.score, node.coverage
    return (
        number, scope, name,
        rounded(score.low) if score else None,
        rounded(score.high) if score else None,
        rounded(score.evidenced) if score else None,
        rounded(target),
        score.level if score else None,
        coverage.answered, coverage.applicable, coverage.not_applicable,
    )  # fmt: skip


# ---- answers


def answers(view: View) -> Table:
    """Every criterion of the organisation once, and every other one for each application of the tier."""
    columns = (
        Column(_("Application"), 24), Column(_("Code"), 9), Column(_("Criterion"), 34), Column(_("Practice"), 32),
        Column(_("Level"), 7), Column(_("Target"), 7), Column(_("Question"), 70, wrapped=True), Column(_("Answer"), 16),
        Column(_("Value"), 8), Column(_("Given"), 14), Column(_("Basis"), 11), Column(_("Note"), 50, wrapped=True),
        Column(_("Reason"), 40, wrapped=True), Column(_("Evidence says"), 50, wrapped=True),
        Column(_("Challenged"), 16), Column(_("Allowed at most"), 16),
    )  # fmt: skip
    return table("answers", _("Answers"), columns, _answered(view))


def _answered(view: View) -> Iterator[tuple[Cell, ...]]:
    for app in (None, *view.applications):
        for criterion in view.questionnaire.criteria.values():
            shared = view.practice(criterion.practice_id).scope is Scope.ORGANISATION
            if shared == (app is None):
                yield _answer(view, app, criterion)


def _answer(view: View, app: Application | None, criterion: Criterion) -> tuple[Cell, ...]:
    own = app.answers.get(criterion.id) if app else None
    answer = answer_of(view.assessment.answers, app, criterion.id)
    claim = view.claims.of(app.id if app else None, criterion.id)
    values = view.questionnaire.values
    value = values.get(answer.value) if answer and answer.value else None
    given = _("organisation") if app is None else _("own") if answer is own else _("common")
    challenged = ""
    if claim is not None and claim.challenged:
        challenged = _("yes, explained") if claim.explained else _("yes")
    return (
        view.name(app.id if app else None),
        view.numbers[criterion.id],
        criterion.id,
        view.practice(criterion.practice_id).name,
        criterion.level,
        view.target(criterion.practice_id),
        words.sentence(criterion.question),
        step_name(view, answer.value if answer else None),
        round(float(value), 4) if value is not None else None,
        given if answer is not None and answer.value else "",
        basis_name(answer.basis) if answer and answer.basis and answer.value else "",
        next((said.note.strip() for said in (own, answer) if said and said.note.strip()), ""),
        answer.reason.strip() if answer else "",
        "\n".join(dict.fromkeys(words.sentence(each.rule.says) for each in claim.statements if each.fresh))
        if claim
        else "",
        challenged,
        step_name(view, claim.challenge) if claim and claim.challenge else "",
    )


# ---- roadmap


def roadmap(view: View) -> Table:
    """Every item of the tier's view of the plan, with the ones that are not planned last."""
    columns = (
        Column(_("Code"), 7), Column(_("Item"), 34), Column(_("Wave"), 7), Column(_("Starts"), 12),
        Column(_("Practice number"), 10), Column(_("Practice"), 34), Column(_("Level"), 7), Column(_("Scope"), 14),
        Column(_("Applications"), 40, wrapped=True), Column(_("Person-days"), 12), Column(_("Value"), 10),
        Column(_("Effect on the score"), 12), Column(_("After"), 16), Column(_("Decision"), 40, wrapped=True),
        Column(_("Reasons"), 70, wrapped=True), Column(_("Criteria"), 40, wrapped=True),
        Column(_("Obligations"), 40, wrapped=True), Column(_("DSOMM activities"), 40, wrapped=True),
    )  # fmt: skip
    return table("roadmap", _("Roadmap"), columns, (_item(view, planned) for planned in view.planned))


def _item(view: View, planned: Planned) -> tuple[Cell, ...]:
    item, wave = planned.item, planned.wave
    criteria = [view.questionnaire.criteria[key] for key in item.criteria]
    ties = (
        f"{regime.name} {obligation.number}"
        for regime in view.regimes
        for key in item.criteria
        for obligation in regime.obligations_of.get(key, ())
    )
    return (
        planned.code,
        item.id,
        wave.index if wave else None,
        wave.start if wave else None,
        view.numbers[item.practice],
        view.practice(item.practice).name,
        item.level,
        words.scope(item.scope),
        "; ".join(app.name for app in view.applications if app.id in item.applications),
        rounded(item.effort),
        round(float(item.value), 2),
        round(float(planned.effect), 4),
        ", ".join(sorted(view.codes.get(key, key) for key in item.after)),
        _said(reason for reason in item.reasons if reason.kind is ReasonKind.DECISION),
        _said(reason for reason in item.reasons if reason.kind is not ReasonKind.DECISION),
        ", ".join(view.numbers[criterion.id] for criterion in criteria),
        "; ".join(dict.fromkeys(ties)),
        ", ".join(dict.fromkeys(uuid for criterion in criteria for uuid in criterion.dsomm)),
    )


def _said(reasons: Iterable[Reason]) -> str:
    return "\n".join(words.sentence(words.phrase(reason.says)) for reason in reasons)


# ---- obligations


def _obligations(view: View) -> Table:
    columns = (
        Column(_("Regime"), 30), Column(_("Number"), 16), Column(_("Obligation"), 60, wrapped=True),
        Column(_("Standing"), 16), Column(_("Criteria"), 40, wrapped=True),
        Column(_("Open criteria"), 40, wrapped=True), Column(_("Challenged criteria"), 40, wrapped=True),
    )  # fmt: skip
    own = [app.id for app in view.applications]
    found = regimes(view.content, view.questionnaire, view.assessment, view.claims, own)
    rows = (_obligation(view, each.regime.name, entry) for each in found for entry in each.obligations)
    return table("obligations", _("Obligations"), columns, rows)


def _obligation(view: View, regime: str, entry: ObligationCoverage) -> tuple[Cell, ...]:
    def codes(criteria: Sequence[str]) -> str:
        return ", ".join(view.numbers[key] for key in criteria)

    return (
        regime,
        entry.number,
        words.sentence(entry.obligation.title),
        standing_name(entry.standing) if entry.behind else _("not covered"),
        codes([behind.criterion for behind in entry.behind]),
        codes(entry.open),
        codes(entry.challenged),
    )


# ---- evidence


def _evidence(view: View) -> Table:
    columns = (
        Column(_("Owner"), 24), Column(_("File"), 40), Column(_("Member"), 30), Column(_("Tool"), 24),
        Column(_("Format"), 20), Column(_("Category"), 14), Column(_("Captured"), 12), Column(_("Subject"), 30),
        Column(_("Branch"), 16), Column(_("Unit"), 12), Column(_("Raw"), 9), Column(_("Open"), 9),
        Column(_("Distinct"), 9), Column(_("Facts"), 60, wrapped=True), Column(_("Notes"), 50, wrapped=True),
        Column(_("SHA-256"), 68),
    )  # fmt: skip
    return table("evidence", _("Evidence register"), columns, _exhibits(view))


def _exhibits(view: View) -> Iterator[tuple[Cell, ...]]:
    for item in view.assessment.evidence.values():
        yield _exhibit(view.name(None), item)
    for app in view.applications:
        for item in app.evidence.values():
            yield _exhibit(app.name, item)


def _exhibit(owner: str, item: Evidence) -> tuple[Cell, ...]:
    records = item.records
    return (
        owner,
        item.path.replace("\\", "/").rpartition("/")[2] or item.path,
        item.member or "",
        item.tool,
        item.format,
        words.category(item.category),
        item.captured_at.date() if item.captured_at else None,
        item.subject,
        item.branch,
        records.unit,
        records.raw,
        records.open,
        records.distinct,
        "\n".join(f"{fact.name} = {fact.value}" + (f" ({fact.sample})" if fact.sample else "") for fact in item.facts),
        "\n".join(item.warnings),
        item.sha256,
    )
