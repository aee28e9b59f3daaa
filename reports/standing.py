"""Where the tier stands: overall, then pillar by pillar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from questionnaires.model import NOT_APPLICABLE, Criterion, Pillar, Scope
from reports import words
from reports.gauge import Gauge, furthest, gauge, lowest
from reports.language import _, ngettext
from reports.view import View
from scoring.assessment import Application, Basis, Evidence
from scoring.claims import Claim
from scoring.scores import Node, pillar_reaches

_MANY = 3
"""Names that fit beside a challenged claim."""


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
    """A claim above what evidence allows, with all of the same answer that the same evidence speaks against."""

    code: str
    claims: int
    """How many: one for each application."""
    where: str
    names: str
    """The applications where they are too many for ``where``; else empty."""
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
    pillars: tuple[PillarPart, ...]
    challenges: tuple[Challenge, ...]


def standing(view: View) -> Standing:
    overall = gauge(view, view.result.overall, _("Overall"), view.overall_target)
    parts = tuple(_pillar(view, pillar) for pillar in view.questionnaire.pillar)
    return Standing(
        headline=_headline(view, tuple(part.gauge for part in parts)),
        rows=(*(part.gauge for part in parts), overall),
        heat=_pillar_heat(view),
        pillars=parts,
        challenges=_challenges(view),
    )


def _headline(view: View, pillars: tuple[Gauge, ...]) -> str:
    short = [entry for entry in pillars if entry.below]
    if not short:
        return _("Every pillar is at its target level")
    if len(short) == len(pillars):
        return _("No pillar is at its target level")
    return ngettext(
        "{n} of {total} pillars is below its target level",
        "{n} of {total} pillars are below their target level",
        len(short),
        total=words.whole(len(pillars)),
    )


def _pillar(view: View, pillar: Pillar) -> PillarPart:
    target = view.scores.targets[view.tier.id, pillar.id]
    practices = tuple(gauge(view, view.result.practices[p.id], p.name, target, p.id) for p in pillar.practice)
    return PillarPart(
        gauge=gauge(view, view.result.pillars[pillar.id], pillar.name, target, pillar.id),
        purpose=words.sentence(pillar.purpose),
        practices=practices,
        finding=furthest(practices),
        heat=_practice_heat(view, pillar, target),
        holding=_holding(view, pillar, target),
        challenged=sum(
            view.pillar_of(view.questionnaire.criteria[claim.criterion].practice_id) is pillar
            for claim in _challenged(view)
        ),
    )


def _cell(node: Node, reached: bool) -> Cell:
    if node.score is None:
        return Cell(None, words.NONE, False)
    return Cell(node.score.level, words.score(node.score.low), not reached)


def _pillar_heat(view: View) -> Heat:
    targets = {p.id: view.scores.targets[view.tier.id, p.id] for p in view.questionnaire.pillar}
    rows = tuple(
        (app.name, tuple(_pillar_cell(view, app, pillar, targets[pillar.id]) for pillar in view.questionnaire.pillar))
        for app in view.applications
    )
    columns = tuple((view.numbers[p.id], p.name, targets[p.id]) for p in view.questionnaire.pillar)
    below = sum(any(cell.below for cell in cells) for _, cells in rows)
    return Heat(columns, rows, _pillar_finding(below, len(rows)))


def _pillar_finding(below: int, total: int) -> str:
    if not below:
        return _("Every application is at target in every pillar")
    if below == total:
        return _("No application is at target in every pillar")
    return ngettext(
        "{n} of {total} applications is below target in at least one pillar",
        "{n} of {total} applications are below target in at least one pillar",
        below,
        total=words.whole(total),
    )


def _pillar_cell(view: View, application: Application, pillar: Pillar, target: int) -> Cell:
    result = view.scores.applications[application.id]
    return _cell(result.pillars[pillar.id], pillar_reaches(view.questionnaire, result, pillar, target))


def _practice_cell(view: View, node: Node, practice: str) -> Cell:
    return _cell(node, node.score is not None and view.at_target(practice, node.score))


def _practice_heat(view: View, pillar: Pillar, target: int) -> Heat | None:
    practices = [practice for practice in pillar.practice if practice.scope is Scope.APPLICATION]
    if not practices:
        return None
    rows = tuple(
        (
            app.name,
            tuple(_practice_cell(view, view.scores.applications[app.id].practices[p.id], p.id) for p in practices),
        )
        for app in view.applications
    )
    columns = tuple((view.numbers[p.id], p.name, target) for p in practices)
    return Heat(columns, rows, _heat_finding(columns, rows))


def _heat_finding(columns: tuple[tuple[str, str, int], ...], rows: tuple[tuple[str, tuple[Cell, ...]], ...]) -> str:
    """Who lacks what: the lowest level below target, in the practice where most applications stand at it."""
    low = min((c.level for _, cells in rows for c in cells if c.below and c.level is not None), default=None)
    if low is None:
        return _("Every application is at target in these practices")
    lacking = {
        name: [app for app, cells in rows if cells[i].below and cells[i].level == low]
        for i, (_, name, _) in enumerate(columns)
    }
    name = max(lacking, key=lambda key: len(lacking[key]))
    who = lacking[name]
    if len(who) == 1 or len(rows) == 1:
        return _("{application} lacks {practice} at level {level}", application=who[0], practice=name, level=low + 1)
    if len(who) == len(rows):
        return _("Every application lacks {practice} at level {level}", practice=name, level=low + 1)
    return _(
        "{some} of {total} applications lack {practice} at level {level}",
        some=words.whole(len(who)),
        total=words.whole(len(rows)),
        practice=name,
        level=low + 1,
    )


def _holding(view: View, pillar: Pillar, target: int) -> tuple[Holding, ...]:
    """The practices with a gap to the target, those of the lowest level among them."""
    short = tuple(p.id for p in pillar.practice if _short(view, p.id))
    found = []
    for key in lowest(view, short):
        node = view.result.practices[key]
        assert node.score is not None  # lowest() names only practices with a score
        criteria = [c for c in view.practice(key).criterion if c.id in node.score.held_down_by]
        missing = tuple(Missing(view.numbers[c.id], words.sentence(c.question), _lacking(view, c)) for c in criteria)
        found.append(Holding(view.numbers[key], view.practice(key).name, node.score.level, target, missing))
    return tuple(found)


def _short(view: View, practice: str) -> bool:
    """Whether an application of the tier has a gap to the practice's target."""
    scores = (node.score for _, node in view.nodes(practice))
    return any(score is not None and not view.at_target(practice, score) for score in scores)


def _lacking(view: View, criterion: Criterion) -> str:
    if view.owner(view.applications[0], criterion) is None:
        return _("organisation")
    return view.named([app.id for app in view.applications if view.unmet(app, criterion)], 4)


def _challenged(view: View) -> list[Claim]:
    """Challenged claims of the tier's applications and of the organisation, by criterion and application."""
    order = {key: place for place, key in enumerate(view.questionnaire.criteria)}
    own = (None, *view.result.members)
    claims = [claim for claim in view.claims.challenged if claim.application in own]
    return sorted(claims, key=lambda claim: (order[claim.criterion], view.name(claim.application).casefold()))


class _Same(NamedTuple):
    """What claims have in common that are listed as one."""

    criterion: str
    claimed: str
    allowed: str
    says: str
    tool: str
    explained: str


def _challenges(view: View) -> tuple[Challenge, ...]:
    groups: dict[_Same, list[tuple[Claim, Evidence]]] = {}
    for claim in _challenged(view):
        said = next(
            statement
            for statement in claim.statements
            if statement.fresh and statement.challenges and statement.step == claim.challenge
        )
        answer = claim.answer
        claimed, explained = (answer.value or "", answer.reason.strip()) if answer else ("", "")
        same = _Same(claim.criterion, claimed, claim.challenge or "", said.rule.says, said.evidence.tool, explained)
        groups.setdefault(same, []).append((claim, said.evidence))
    return tuple(_challenge(view, same, found) for same, found in groups.items())


def _challenge(view: View, same: _Same, found: Sequence[tuple[Claim, Evidence]]) -> Challenge:
    own = [view.name(claim.application) for claim, _ in found]
    many = len(own) > _MANY
    days = sorted({evidence.captured_at.date() for _, evidence in found if evidence.captured_at})
    when = " – ".join(words.day(day) for day in dict.fromkeys((days[0], days[-1]))) if days else _("undated")
    digests = {evidence.sha256[:12] for _, evidence in found}
    return Challenge(
        code=view.numbers[same.criterion],
        claims=len(found),
        where=words.applications(len(own)) if many else words.listed(own, _MANY),
        names=words.listed(own, len(own)) if many else "",
        question=words.sentence(view.questionnaire.criteria[same.criterion].question),
        claimed=step_name(view, same.claimed),
        allowed=step_name(view, same.allowed),
        says=words.sentence(same.says),
        source=words.parts([same.tool, when, *digests] if len(digests) == 1 else [same.tool, when]),
        explained=same.explained,
    )


def basis_name(basis: Basis) -> str:
    return {
        Basis.INTERVIEW: _("interview"),
        Basis.DOCUMENT: _("document"),
        Basis.EVIDENCE: _("evidence"),
    }[basis]


def step_name(view: View, value: str | None) -> str:
    """How an answer is called; a step that the scale does not know is shown as it is."""
    if value is None or not value:
        return _("Unanswered")
    if value == NOT_APPLICABLE:
        return _("Not applicable")
    return next((step.name for step in view.questionnaire.scale if step.id == value), value)
