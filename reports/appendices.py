"""What an auditor turns to: answers, evidence, method, glossary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from questionnaires.model import NOT_APPLICABLE, Criterion, FactType, Scope
from reports import words
from reports.formulas import formulas
from reports.glossary import terms
from reports.language import _, ngettext
from reports.standing import basis_name, step_name
from reports.view import View
from scoring.assessment import Answer, Application, Evidence, Fact, Records, answer_of
from scoring.claims import Claim


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion with an answer."""

    code: str
    question: str
    answer: str
    basis: str
    note: str
    """What was noted, why it does not apply, or why the claim stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one practice."""

    number: str
    name: str
    scope: str
    answers: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """An answer of one application that differs from the common one, or is challenged."""

    code: str
    question: str
    answer: str
    common: str
    remark: str
    note: str


@dataclass(frozen=True, slots=True)
class Own:
    """One application: only what differs, is challenged or is below target."""

    name: str
    summary: str
    differing: tuple[Differing, ...]
    below: tuple[tuple[str, str], ...]
    """(number of the practice, its unmet criteria up to the target as ``2a 3b``)"""


@dataclass(frozen=True, slots=True)
class Grouped:
    """One criterion with every answer that differs from the common one, for a tier of many applications."""

    code: str
    question: str
    common: str
    answers: tuple[tuple[str, str, str, str], ...]
    """(applications, answer, remark, note)"""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file of the evidence register."""

    file: str
    owner: str
    tool: str
    captured: str
    subject: str
    records: str
    sha256: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetRow:
    pillar: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class Method:
    rules: str
    questionnaire: str
    levels: tuple[tuple[str, str, str], ...]
    """(number, name, meaning)"""
    steps: tuple[tuple[str, str, str], ...]
    """(name, value, meaning)"""
    formulas: tuple[Markup, ...]
    met: str
    base: int
    top: int
    targets: tuple[TargetRow, ...]
    weights: tuple[tuple[str, str, str], ...]
    """(practice, weight, reason), only where it is not 1"""
    plan: tuple[tuple[str, str], ...]
    head: str
    """Head of the journal; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Appendices:
    common: tuple[Sheet, ...]
    own: tuple[Own, ...]
    grouped: tuple[Grouped, ...]
    """What differs, by criterion; only where applications are too many to list it for each, and then not there."""
    evidence: tuple[Exhibit, ...]
    method: Method
    glossary: tuple[tuple[str, str], ...]


MANY = 12
"""Applications with which what differs is listed by application; with more of them by criterion, which repeats less."""


def appendices(view: View, head: str) -> Appendices:
    differing = {app.id: tuple(_differing(view, app)) for app in view.applications}
    many = len(view.applications) > MANY
    return Appendices(
        common=_common(view),
        own=tuple(_own(view, app, differing[app.id], many) for app in view.applications),
        grouped=_grouped(view, differing) if many else (),
        evidence=_evidence(view),
        method=_method(view, head),
        glossary=terms(),
    )


def _common(view: View) -> tuple[Sheet, ...]:
    return tuple(
        Sheet(
            view.numbers[practice.id],
            practice.name,
            _("organisation") if practice.scope is Scope.ORGANISATION else _("common to all applications"),
            tuple(_asked(view, c, view.assessment.answers.get(c.id)) for c in practice.criterion),
        )
        for practice in view.questionnaire.practices.values()
    )


def _asked(view: View, criterion: Criterion, answer: Answer | None) -> Asked:
    return Asked(
        code=view.numbers[criterion.id],
        question=words.sentence(criterion.question),
        answer=_answered(view, answer),
        basis=basis_name(answer.basis) if answer and answer.basis and answer.value else "",
        note=_noted(answer),
    )


def _answered(view: View, answer: Answer | None) -> str:
    if answer is not None and answer.value == NOT_APPLICABLE and not answer.reason.strip():
        return _("Unanswered (not applicable without a reason)")
    return step_name(view, answer.value if answer else None)


def _noted(answer: Answer | None) -> str:
    return words.parts([answer.reason.strip(), answer.note.strip()]) if answer else ""


def _own(view: View, app: Application, differing: tuple[Differing, ...], many: bool) -> Own:
    result = view.scores.applications[app.id].overall
    attributes = sorted(map(words.attribute, app.attributes))
    score = result.score
    below: dict[str, list[str]] = {}
    for criterion in view.questionnaire.criteria.values():
        practice = view.practice(criterion.practice_id)
        if practice.scope is Scope.ORGANISATION:
            continue
        if criterion.level <= view.target(practice.id) and view.unmet(app, criterion):
            number = view.numbers[practice.id]
            below.setdefault(number, []).append(view.numbers[criterion.id].removeprefix(f"{number}."))
    return Own(
        name=app.name,
        summary=words.parts(
            [
                _("score {score}", score=words.score(score.low if score else None)),
                _("evidenced {score}", score=words.score(score.evidenced if score else None)),
                _("level {level}", level=score.level) if score else _("no level"),
                _("{share} answered", share=words.percent(result.coverage.share)),
                ngettext("{n} answer that differs", "{n} answers that differ", len(differing)) if many else "",
                ", ".join(attributes),
            ]
        ),
        differing=() if many else differing,
        below=tuple((practice, " ".join(codes)) for practice, codes in below.items()),
    )


def _differing(view: View, app: Application) -> Iterator[Differing]:
    for criterion in view.questionnaire.criteria.values():
        if view.practice(criterion.practice_id).scope is Scope.ORGANISATION:
            continue
        common = view.assessment.answers.get(criterion.id)
        answer = answer_of(view.assessment.answers, app, criterion.id)
        claim = view.claims.of(app.id, criterion.id)
        challenged = claim is not None and claim.challenged
        if not challenged and (answer is None or answer.value == (common.value if common else None)):
            continue
        yield Differing(
            view.numbers[criterion.id],
            words.sentence(criterion.question),
            _answered(view, answer),
            _answered(view, common),
            _remark(view, claim),
            _noted(app.answers.get(criterion.id)),
        )


def _remark(view: View, claim: Claim | None) -> str:
    if claim is not None and claim.challenged:
        allowed = step_name(view, claim.challenge)
        if claim.explained:
            return _("challenged: at most “{answer}”, explained", answer=allowed)
        return _("challenged: at most “{answer}”", answer=allowed)
    return _("evidence is stale") if claim is not None and claim.stale else ""


def _grouped(view: View, differing: Mapping[str, Sequence[Differing]]) -> tuple[Grouped, ...]:
    """By criterion; applications that gave the same answer with the same words stand together."""
    found: dict[str, tuple[Differing, dict[tuple[str, str, str], list[str]]]] = {}
    for app in view.applications:
        for entry in differing[app.id]:
            _, same = found.setdefault(entry.code, (entry, {}))
            same.setdefault((entry.answer, entry.remark, entry.note), []).append(app.name)
    order = [view.numbers[key] for key in view.questionnaire.criteria]
    return tuple(
        Grouped(
            code,
            found[code][0].question,
            found[code][0].common,
            tuple((", ".join(names), *key) for key, names in found[code][1].items()),
        )
        for code in order
        if code in found
    )


def _evidence(view: View) -> tuple[Exhibit, ...]:
    found: list[tuple[str, Evidence]] = [(_("Organisation"), item) for item in view.assessment.evidence.values()]
    found += [(app.name, item) for app in view.applications for item in app.evidence.values()]
    return tuple(_exhibit(view, owner, item) for owner, item in found)


def _exhibit(view: View, owner: str, item: Evidence) -> Exhibit:
    name = PurePosixPath(item.path.replace("\\", "/")).name or item.path
    records = item.records
    samples = {fact.sample for fact in item.facts}
    sample = next(iter(samples)) if len(samples) == 1 else None
    return Exhibit(
        file=f"{name} › {item.member}" if item.member else name,
        owner=owner,
        tool=words.parts([item.tool, words.category(item.category), item.format]),
        captured=words.day(item.captured_at.date()) if item.captured_at else _("undated"),
        subject=words.parts([item.subject, item.branch]),
        records=_records(records, sample),
        sha256=item.sha256,
        facts=tuple((_fact_name(fact), _fact(view, fact, sample)) for fact in item.facts),
        warnings=item.warnings,
    )


def _records(records: Records, sample: str | None) -> str:
    counts = _(
        "{records}, {open} open, {distinct} distinct",
        records=words.records(records.raw, records.unit),
        open=words.whole(records.open),
        distinct=words.whole(records.distinct),
    )
    return _("{records}; only {sample} read", records=counts, sample=sample) if sample else counts


def _fact_name(fact: Fact) -> str:
    """With its category where one file speaks about several."""
    return f"{fact.name} ({words.category(fact.category)})" if fact.category else fact.name


def _fact(view: View, fact: Fact, said: str | None) -> str:
    """The value in words, with the sample it rests on unless that has been said."""
    kind = view.content.facts.get(fact.name)
    value = fact.value
    if isinstance(value, bool):
        text = _("yes") if value else _("no")
    elif isinstance(value, float) and kind is not None and kind.type is FactType.SHARE:
        text = f"{words.number(round(value * 100, 1))}\u00a0%"
    elif isinstance(value, float):
        text = words.significant(value)
    elif isinstance(value, int):
        text = words.whole(value)
    else:
        text = value
    return f"{text} ({fact.sample})" if fact.sample and fact.sample != said else text


def _method(view: View, head: str) -> Method:
    questionnaire, tiers = view.questionnaire, view.content.tiers
    reasons = {(t.tier, t.pillar): t.reason for t in questionnaire.target}
    own = view.assessment.targets.get(view.tier.id, {})
    targets = tuple(
        TargetRow(
            f"{view.numbers[p.id]} {p.name}",
            f"{level} {questionnaire.level_name(level)}",
            _("Set for this engagement.")
            if p.id in own
            else words.sentence(reasons.get((view.tier.id, p.id), _("As shipped"))),
        )
        for p in questionnaire.pillar
        for level in (view.scores.targets[view.tier.id, p.id],)
    )
    weights = tuple(
        (f"{view.numbers[w.practice]} {view.practice(w.practice).name}", str(w.weight), words.sentence(w.reason))
        for w in questionnaire.weight
        if w.tier == view.tier.id
    )
    plan = [
        (_("Weight of the tier"), f"{tiers.by_id[view.tier.id].weight}: {words.sentence(view.tier.reason)}"),
        (_("Discount for each wave"), f"× {tiers.discount}: {words.sentence(tiers.discount_reason)}"),
        (_("Limit of exposure"), f"× {tiers.exposure_limit}"),
        *(
            (_("Exposure: {term}", term=term.name), f"+{words.score(term.adds)}: {words.sentence(term.reason)}")
            for term in tiers.exposure
        ),
    ]
    return Method(
        rules=view.scores.rules,
        questionnaire=_(
            "{title}, version {version} ({id})",
            title=questionnaire.title,
            version=questionnaire.version,
            id=questionnaire.id,
        ),
        levels=tuple((str(level.number), level.name, words.sentence(level.meaning)) for level in questionnaire.level),
        steps=tuple((step.name, str(step.value), words.sentence(step.meaning)) for step in questionnaire.scale),
        formulas=formulas(questionnaire, step_name(view, questionnaire.met)),
        met=step_name(view, questionnaire.met),
        base=questionnaire.base,
        top=questionnaire.top,
        targets=targets,
        weights=weights,
        plan=tuple(plan),
        head=head,
    )
