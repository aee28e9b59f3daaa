"""Where the tier stands: overall, then pillar by pillar."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.model import NOT_APPLICABLE, Criterion, Pillar, Scope
from reports import words
from reports.gauge import Gauge, furthest, gauge, lowest
from reports.progress import Progress, progress
from reports.view import View
from scoring.claims import Claim
from scoring.scores import Node


@dataclass(frozen=True, slots=True)
class Cell:
    """One level in a heat map."""

    level: int | None
    """None where nothing is applicable."""
    score: str
    below: bool
    """Below the target."""


@dataclass(frozen=True, slots=True)
class Heat:
    """Applications × practices or pillars. It is printed as a table whose cells are coloured and numbered."""

    columns: tuple[tuple[str, str, int], ...]
    """(number, name, target)"""
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    finding: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A criterion that holds a level down."""

    code: str
    question: str
    lacking: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A practice that holds its pillar down, and what would lift it."""

    number: str
    name: str
    level: int
    target: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Challenge:
    """A claim above what evidence allows."""

    code: str
    where: str
    question: str
    claimed: str
    allowed: str
    says: str
    source: str
    explained: str


@dataclass(frozen=True, slots=True)
class PillarPart:
    gauge: Gauge
    purpose: str
    practices: tuple[Gauge, ...]
    finding: str
    heat: Heat | None
    """None where every practice is answered once for the organisation."""
    holding: tuple[Holding, ...]
    challenged: int


@dataclass(frozen=True, slots=True)
class Standing:
    headline: str
    rows: tuple[Gauge, ...]
    """The pillars, then overall."""
    heat: Heat
    progress: Progress | None
    pillars: tuple[PillarPart, ...]
    challenges: tuple[Challenge, ...]


def standing(view: View) -> Standing:
    overall = gauge(view, view.result.overall, "Overall", view.overall_target)
    parts = tuple(_pillar(view, pillar) for pillar in view.questionnaire.pillar)
    return Standing(
        headline=_headline(view, tuple(part.gauge for part in parts)),
        rows=(*(part.gauge for part in parts), overall),
        heat=_pillar_heat(view),
        progress=progress(view),
        pillars=parts,
        challenges=tuple(_challenge(view, claim) for claim in _challenged(view)),
    )


def _headline(view: View, pillars: tuple[Gauge, ...]) -> str:
    short = [entry for entry in pillars if entry.level is not None and entry.level < entry.target and not entry.capped]
    if not short:
        return "Every pillar is at its target level"
    verb, whose = ("is", "its") if len(short) == 1 else ("are", "their")
    return f"{words.share_of(len(short), len(pillars), 'pillar')} {verb} below {whose} target level"


def _pillar(view: View, pillar: Pillar) -> PillarPart:
    target = view.scores.targets[view.tier.id, pillar.id]
    practices = tuple(gauge(view, view.result.practices[p.id], p.name, target, p.id) for p in pillar.practice)
    return PillarPart(
        gauge=gauge(view, view.result.pillars[pillar.id], pillar.name, target, pillar.id),
        purpose=words.sentence(pillar.purpose),
        practices=practices,
        finding=furthest(practices, "practice"),
        heat=_practice_heat(view, pillar, target),
        holding=_holding(view, pillar, target),
        challenged=sum(
            view.pillar_of(view.questionnaire.criteria[claim.criterion].practice_id) is pillar
            for claim in _challenged(view)
        ),
    )


def _cell(node: Node, target: int) -> Cell:
    if node.score is None:
        return Cell(None, words.NONE, False)
    return Cell(node.score.level, words.score(node.score.low), node.score.level < target and not node.score.capped)


def _pillar_heat(view: View) -> Heat:
    targets = {p.id: view.scores.targets[view.tier.id, p.id] for p in view.questionnaire.pillar}
    rows = tuple(
        (app.name, tuple(_cell(view.scores.applications[app.id].pillars[p], targets[p]) for p in targets))
        for app in view.applications
    )
    columns = tuple((view.numbers[p.id], p.name, targets[p.id]) for p in view.questionnaire.pillar)
    below = sum(any(cell.below for cell in cells) for _, cells in rows)
    verb = "is" if below == 1 else "are"
    finding = f"{words.share_of(below, len(rows), 'application')} {verb} below target in at least one pillar"
    return Heat(columns, rows, finding if below else "Every application is at target in every pillar")


def _practice_heat(view: View, pillar: Pillar, target: int) -> Heat | None:
    practices = [practice for practice in pillar.practice if practice.scope is Scope.APPLICATION]
    if not practices:
        return None
    rows = tuple(
        (app.name, tuple(_cell(view.scores.applications[app.id].practices[p.id], target) for p in practices))
        for app in view.applications
    )
    columns = tuple((view.numbers[p.id], p.name, target) for p in practices)
    return Heat(columns, rows, _heat_finding(columns, rows))


def _heat_finding(columns: tuple[tuple[str, str, int], ...], rows: tuple[tuple[str, tuple[Cell, ...]], ...]) -> str:
    """Who lacks what: the lowest level below target, in the practice where most applications stand at it."""
    low = min((c.level for _, cells in rows for c in cells if c.below and c.level is not None), default=None)
    if low is None:
        return "Every application is at target in these practices"
    lacking = {
        name: [app for app, cells in rows if cells[i].below and cells[i].level == low]
        for i, (_, name, _) in enumerate(columns)
    }
    name = max(lacking, key=lambda key: len(lacking[key]))
    who = lacking[name]
    if len(who) == 1 or len(rows) == 1:
        return f"{who[0]} lacks {name} at level {low + 1}"
    return f"{words.share_of(len(who), len(rows), 'application')} lack {name} at level {low + 1}"


def _holding(view: View, pillar: Pillar, target: int) -> tuple[Holding, ...]:
    score = view.result.pillars[pillar.id].score
    if score is None or score.level >= target or score.capped:
        return ()
    found = []
    for key in lowest(view, pillar.id):
        node = view.result.practices[key]
        assert node.score is not None  # lowest() names only practices with a score
        criteria = [c for c in view.practice(key).criterion if c.id in node.score.held_down_by]
        missing = tuple(Missing(view.numbers[c.id], words.sentence(c.question), _lacking(view, c)) for c in criteria)
        found.append(Holding(view.numbers[key], view.practice(key).name, node.score.level, target, missing))
    return tuple(found)


def _lacking(view: View, criterion: Criterion) -> str:
    if view.owner(view.applications[0], criterion) is None:
        return "organisation"
    return view.named([app.id for app in view.applications if view.unmet(app, criterion)], 4)


def _challenged(view: View) -> list[Claim]:
    """Challenged claims of the tier's applications and of the organisation, by criterion and application."""
    order = {key: place for place, key in enumerate(view.questionnaire.criteria)}
    own = (None, *view.result.members)
    claims = [claim for claim in view.claims.challenged if claim.application in own]
    return sorted(claims, key=lambda claim: (order[claim.criterion], view.name(claim.application).casefold()))


def _challenge(view: View, claim: Claim) -> Challenge:
    lowest_step = next(
        statement
        for statement in claim.statements
        if statement.fresh and statement.challenges and statement.step == claim.challenge
    )
    evidence = lowest_step.evidence
    when = words.day(evidence.captured_at.date()) if evidence.captured_at else "undated"
    return Challenge(
        code=view.numbers[claim.criterion],
        where=view.name(claim.application),
        question=words.sentence(view.questionnaire.criteria[claim.criterion].question),
        claimed=step_name(view, claim.answer.value if claim.answer else None),
        allowed=step_name(view, claim.challenge),
        says=words.sentence(lowest_step.rule.says),
        source=words.parts([evidence.tool, when, evidence.sha256[:12]]),
        explained=claim.answer.reason.strip() if claim.answer else "",
    )


def step_name(view: View, value: str | None) -> str:
    """How an answer is called; a step that the scale does not know is shown as it is."""
    if value is None or not value:
        return "Unanswered"
    if value == NOT_APPLICABLE:
        return "Not applicable"
    return next((step.name for step in view.questionnaire.scale if step.id == value), value)
