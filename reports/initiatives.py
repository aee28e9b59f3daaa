"""The roadmap: waves on a time line, then one block for each initiative."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from questionnaires.model import Scope
from reports import words
from reports.language import _, ngettext
from reports.standing import Cell
from reports.view import Planned, View
from scoring.effect import Stand, Stands
from scoring.roadmap import Initiative, Reason, ReasonKind, Wave
from scoring.scores import rounded

_URGENT = (ReasonKind.MUST, ReasonKind.DECISION, ReasonKind.EVIDENCE)
"""Reasons that say more about an initiative than what it is for, strongest first."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A criterion that an initiative closes."""

    code: str
    question: str
    lacking: str
    """Who lacks it; empty where that is everyone the initiative is for."""


@dataclass(frozen=True, slots=True)
class Block:
    """One initiative."""

    code: str
    title: str
    pillar: str
    """Its number."""
    shared: bool
    wave: str
    effort: str
    effect: str
    lift: str
    """``practice 2.4, level 2 → 3``"""
    applications: str
    reach: str
    """The same, short."""
    what: str
    """What it looks like once done."""
    sentence: str
    """The one thing to know about it."""
    reasons: tuple[tuple[str, str], ...]
    """(label, text), strongest first."""
    after: str
    criteria: tuple[Closed, ...]
    dsomm: str
    obligations: tuple[str, ...]
    """One line for each regime."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One wave: as a row of the table and a column of the time line."""

    label: str
    starts: str
    capacity: str
    used: str
    """By all tiers together."""
    own: str
    """Effort of this tier's items that are done in this wave, shared ones and work in earlier waves included."""
    after: str
    """The tier's score once the wave is done."""
    score: float
    load: float
    """Used ÷ capacity, at most 1."""
    chips: tuple[tuple[str, tuple[str, ...]], ...]
    """Pillar number → codes of the initiatives done in this wave."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """Where the tier stands after each wave, if all that is planned until then is done."""

    finding: str
    waves: tuple[str, ...]
    """Today, then the waves."""
    rows: tuple[tuple[str, str, str, tuple[Cell, ...]], ...]
    """(number, name, target, cells by wave) of each pillar; overall last, without a number."""


@dataclass(frozen=True, slots=True)
class Roadmap:
    headline: str
    finding: str
    start: float
    """Today's score."""
    target: float
    pillars: tuple[tuple[str, str], ...]
    """(number, name)"""
    lanes: tuple[Lane, ...]
    brought: Brought | None
    """None where nothing is planned."""
    unplanned: tuple[tuple[Block, str], ...]
    """With the decision behind it, if any."""
    solver: str


def roadmap(view: View) -> Roadmap:
    score = view.result.overall.score
    start = score.low if score else Fraction(view.questionnaire.base)
    lanes: list[Lane] = []
    reached = start
    for wave in view.plan.of_tier(view.tier.id):
        own = [planned for planned in view.planned if planned.wave is not None and planned.wave.index == wave.index]
        reached += sum((planned.effect for planned in own), Fraction(0))
        lanes.append(_lane(view, wave, own, reached))
    while lanes and not lanes[-1].blocks:
        lanes.pop()  # waves after the tier's last initiative say nothing about it
    planned = sum(len(lane.blocks) for lane in lanes)
    unplanned = tuple((block(view, entry), _decision(entry)) for entry in view.planned if entry.wave is None)
    if not view.planned:
        headline = _("No gap to a target: nothing to plan")
    elif not lanes:
        headline = ngettext(
            "Nothing is planned; {n} initiative stays open",
            "Nothing is planned; {n} initiatives stay open",
            len(unplanned),
        )
    else:
        waves = ngettext("{n} wave", "{n} waves", len(lanes))
        headline = _("{initiatives} in {waves}", initiatives=words.initiatives(planned), waves=waves)
        if unplanned:
            headline = ngettext(
                "{planned}; {n} more is not planned",
                "{planned}; {n} more are not planned",
                len(unplanned),
                planned=headline,
            )
    finding = _("The plan does not move the score")
    if lanes and rounded(reached) > rounded(start):
        finding = _(
            "By {month} the roadmap takes the score from {start} to {reached}, against a target of {target}",
            month=view.ends(view.plan.waves[len(lanes) - 1]),
            start=words.score(start),
            reached=words.score(reached),
            target=words.score(view.overall_target),
        )
    return Roadmap(
        headline=headline,
        finding=finding,
        start=rounded(start),
        target=rounded(view.overall_target),
        pillars=tuple((view.numbers[p.id], p.name) for p in view.questionnaire.pillar),
        lanes=tuple(lanes),
        brought=_brought(view, len(lanes)) if lanes else None,
        unplanned=unplanned,
        solver=_solver(view),
    )


def block(view: View, planned: Planned) -> Block:
    item = planned.item
    practice = view.practice(item.practice)
    questionnaire = view.questionnaire
    shared = item.scope is Scope.ORGANISATION
    place = item.level - questionnaire.base
    what = practice.descriptors[place] if len(practice.descriptors) > place else practice.purpose
    strongest = sorted(item.reasons, key=lambda reason: _rank(reason.kind))
    urgent = next((words.phrase(reason.says) for reason in strongest if reason.kind in _URGENT), "")
    after = [key for key in item.after if key in view.codes]
    elsewhere = len(item.after) - len(after)
    everyone = _("organisation, all tiers")
    return Block(
        code=planned.code,
        title=_(
            "{practice}: level {level} {name}",
            practice=practice.name,
            level=item.level,
            name=questionnaire.level_name(item.level),
        ),
        pillar=view.numbers[view.pillar_of(item.practice).id],
        shared=shared,
        wave=_wave(planned.wave) if planned.wave else _("not planned"),
        effort=words.days(item.effort),
        effect=words.gain(planned.effect),
        lift=_(
            "practice {number}, level {before} → {after}",
            number=view.numbers[item.practice],
            before=item.level - 1,
            after=item.level,
        ),
        applications=everyone if shared else view.named(item.applications, 12),
        reach=everyone if shared else view.counted(item.applications),
        what=words.sentence(what),
        sentence=words.sentence(urgent or what),
        reasons=tuple(
            (reason_name(reason.kind), words.sentence(words.phrase(reason.says)))
            for reason in strongest
            if not _repeats(reason, item)
        ),
        after=words.parts(
            [
                ", ".join(sorted(view.codes[key] for key in after)),
                ngettext("{n} initiative of another tier", "{n} initiatives of another tier", elsewhere)
                if elsewhere
                else "",
            ]
        ),
        criteria=tuple(_closed(view, planned, key) for key in item.criteria),
        dsomm=_dsomm(view, planned),
        obligations=_obligations(view, planned),
    )


def reason_name(kind: ReasonKind) -> str:
    return {
        ReasonKind.MUST: _("Must"),
        ReasonKind.DECISION: _("Decision"),
        ReasonKind.PLACE: _("Place"),
        ReasonKind.GAP: _("Gap"),
        ReasonKind.VALUE: _("Value"),
        ReasonKind.EFFORT: _("Effort"),
        ReasonKind.ORDER: _("Order"),
        ReasonKind.UNLOCKS: _("Unlocks"),
        ReasonKind.OBLIGATION: _("Obligations"),
        ReasonKind.EVIDENCE: _("Evidence"),
    }[kind]


def _repeats(reason: Reason, item: Initiative) -> bool:
    """Whether the block says it elsewhere: obligations by regime, plain effort among the facts, evidence in a must."""
    match reason.kind:
        case ReasonKind.OBLIGATION:
            return True
        case ReasonKind.EFFORT:
            return len(reason.says.values) == 1
        case ReasonKind.EVIDENCE:
            return any(reason.says in dict(other.says.values).values() for other in item.reasons)
        case _:
            return False


def _rank(kind: ReasonKind) -> int:
    return _URGENT.index(kind) if kind in _URGENT else len(_URGENT) + list(ReasonKind).index(kind)


def _wave(wave: Wave) -> str:
    return _("Wave {n}, from {month}", n=wave.index, month=words.month(wave.start))


def _lane(view: View, wave: Wave, own: list[Planned], reached: Fraction) -> Lane:
    effort = sum((planned.item.effort for planned in own), Fraction(0))
    capacity = wave.capacity or Fraction(1)
    blocks = tuple(block(view, planned) for planned in own)
    return Lane(
        label=_("Wave {n}", n=wave.index),
        starts=words.month(wave.start),
        capacity=words.days(wave.capacity),
        used=words.days(wave.used),
        own=words.days(effort),
        after=words.score(reached),
        score=rounded(reached),
        load=float(min(wave.used / capacity, Fraction(1))),
        chips=tuple(
            (view.numbers[p.id], tuple(b.code for b in blocks if b.pillar == view.numbers[p.id]))
            for p in view.questionnaire.pillar
        ),
        blocks=blocks,
    )


def _closed(view: View, planned: Planned, key: str) -> Closed:
    criterion = view.questionnaire.criteria[key]
    lacking = [app.id for app in view.applications if view.unmet(app, criterion)]
    partial = planned.item.scope is Scope.APPLICATION and len(lacking) < len(planned.item.applications)
    return Closed(view.numbers[key], words.sentence(criterion.question), view.named(lacking, 3) if partial else "")


def _dsomm(view: View, planned: Planned) -> str:
    """Activities of the OWASP model, by the first eight digits of their uuid and what some carry behind it."""
    found = list(dict.fromkeys(u for key in planned.item.criteria for u in view.questionnaire.criteria[key].dsomm))
    if not found:
        return ""
    return ngettext("{n} activity: {uuids}", "{n} activities: {uuids}", len(found),
                    uuids=", ".join(uuid[:8] + uuid[36:] for uuid in found))  # fmt: skip


def _obligations(view: View, planned: Planned) -> tuple[str, ...]:
    lines = []
    for regime in view.regimes:
        numbers = [o.number for key in planned.item.criteria for o in regime.obligations_of.get(key, ())]
        if numbers:
            lines.append(f"{regime.name}: {', '.join(dict.fromkeys(numbers))}")
    return tuple(lines)


def _decision(planned: Planned) -> str:
    decided: list[Reason] = [reason for reason in planned.item.reasons if reason.kind is ReasonKind.DECISION]
    return words.sentence(words.phrase(decided[0].says)) if decided else ""


def _brought(view: View, waves: int) -> Brought:
    stands = view.ahead[: waves + 1]
    targets = {p.id: view.scores.targets[view.tier.id, p.id] for p in view.questionnaire.pillar}
    rows = [
        (view.numbers[p.id], p.name, str(targets[p.id]), tuple(_cell(stand[p.id], targets[p.id]) for stand in stands))
        for p in view.questionnaire.pillar
    ]
    overall = tuple(_cell(stand[""], 0) for stand in stands)
    rows.append(("", _("Overall"), words.score(view.overall_target), overall))
    return Brought(
        _rise(view, stands[0], stands[-1]),
        (_("Today"), *(_("Wave {n}", n=wave.index) for wave in view.plan.waves[:waves])),
        tuple(rows),
    )


def _cell(stand: Stand | None, target: int) -> Cell:
    if stand is None:
        return Cell(None, words.NONE, False)
    return Cell(stand.level, words.score(stand.score), stand.level < target)


def _rise(view: View, today: Stands, then: Stands) -> str:
    """Which pillar gains most."""
    gains = [
        (after.score - before.score, p.name, before, after)
        for p in view.questionnaire.pillar
        if (before := today[p.id]) is not None and (after := then[p.id]) is not None
    ]
    gained, name, before, after = max(gains, key=lambda entry: entry[0])
    if gained <= 0:
        return _("No pillar rises")
    return _(
        "{pillar} rises most, from {before} to {after}",
        pillar=name,
        before=words.score(before.score),
        after=words.score(after.score),
    )


def _solver(view: View) -> str:
    plan = view.plan
    if plan.bound is None or plan.gap is None:
        return _(
            "Plan by the {solver} method over all tiers together; discounted value {value}, "
            "not proven against an upper bound.",
            solver=plan.solver,
            value=words.score(plan.objective),
        )
    return _(
        "Plan by {solver} over all tiers together; discounted value {value} of at most {bound}, gap {gap} %.",
        solver=plan.solver,
        value=words.score(plan.objective),
        bound=words.score(plan.bound),
        gap=words.number(round(float(plan.gap) * 100, 2), 2),
    )
