"""What an auditor turns to: answers, evidence, method, glossary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from questionnaires.model import NOT_APPLICABLE, Criterion, FactType, Scope
from reports import words
from reports.glossary import TERMS
from reports.standing import step_name
from reports.view import View
from scoring.assessment import Answer, Application, Evidence, Fact, answer_of
from scoring.scores import rounded


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
class Exhibit:
    """One file of the evidence register."""

    file: str
    owner: str
    tool: str
    captured: str
    subject: str
    records: str
    sha256: str
    short: str
    """The first twelve digits of it."""
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
    evidence: tuple[Exhibit, ...]
    method: Method
    glossary: tuple[tuple[str, str], ...]


def appendices(view: View, head: str) -> Appendices:
    return Appendices(
        common=_common(view),
        own=tuple(_own(view, app) for app in view.applications),
        evidence=_evidence(view),
        method=_method(view, head),
        glossary=TERMS,
    )


def _common(view: View) -> tuple[Sheet, ...]:
    return tuple(
        Sheet(
            view.numbers[practice.id],
            practice.name,
            "organisation" if practice.scope is Scope.ORGANISATION else "common to all applications",
            tuple(_asked(view, c, view.assessment.answers.get(c.id)) for c in practice.criterion),
        )
        for practice in view.questionnaire.practices.values()
    )


def _asked(view: View, criterion: Criterion, answer: Answer | None) -> Asked:
    return Asked(
        code=view.numbers[criterion.id],
        question=words.sentence(criterion.question),
        answer=_answered(view, answer),
        basis=str(answer.basis) if answer and answer.basis and answer.value else "",
        note=_noted(answer),
    )


def _answered(view: View, answer: Answer | None) -> str:
    if answer is not None and answer.value == NOT_APPLICABLE and not answer.reason.strip():
        return "Unanswered (not applicable without a reason)"
    return step_name(view, answer.value if answer else None)


def _noted(answer: Answer | None) -> str:
    return words.parts([answer.reason.strip(), answer.note.strip()]) if answer else ""


def _own(view: View, app: Application) -> Own:
    result = view.scores.applications[app.id].overall
    attributes = sorted(app.attributes)
    score = result.score
    differing = []
    below: dict[str, list[str]] = {}
    for criterion in view.questionnaire.criteria.values():
        practice = view.practice(criterion.practice_id)
        if practice.scope is Scope.ORGANISATION:
            continue
        if criterion.level <= view.target(practice.id) and view.unmet(app, criterion):
            number = view.numbers[practice.id]
            below.setdefault(number, []).append(view.numbers[criterion.id].removeprefix(f"{number}."))
        differing += _differing(view, app, criterion)
    return Own(
        name=app.name,
        summary=words.parts(
            [
                f"score {words.score(score.low if score else None)}",
                f"evidenced {words.score(score.evidenced if score else None)}",
                f"level {score.level}" if score else "no level",
                f"{words.percent(result.coverage.share)} answered",
                ", ".join(attributes),
            ]
        ),
        differing=tuple(differing),
        below=tuple((practice, " ".join(codes)) for practice, codes in below.items()),
    )


def _differing(view: View, app: Application, criterion: Criterion) -> list[Differing]:
    common = view.assessment.answers.get(criterion.id)
    answer = answer_of(view.assessment.answers, app, criterion.id)
    claim = view.claims.of(app.id, criterion.id)
    challenged = claim is not None and claim.challenged
    if not challenged and (answer is None or answer.value == (common.value if common else None)):
        return []
    remark = ""
    if claim is not None and claim.challenged:
        remark = f"challenged: at most {step_name(view, claim.challenge).casefold()}"
        remark += ", explained" if claim.explained else ""
    elif claim is not None and claim.stale:
        remark = "evidence is stale"
    return [
        Differing(
            view.numbers[criterion.id],
            words.sentence(criterion.question),
            _answered(view, answer),
            _answered(view, common),
            remark,
            _noted(answer) if answer is not common else "",
        )
    ]


def _evidence(view: View) -> tuple[Exhibit, ...]:
    found: list[tuple[str, Evidence]] = [("Organisation", item) for item in view.assessment.evidence.values()]
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
        tool=words.parts([item.tool, str(item.category or ""), item.format]),
        captured=words.day(item.captured_at.date()) if item.captured_at else "undated",
        subject=words.parts([item.subject, item.branch]),
        records=f"{words.count(records.raw, records.unit)}, {records.open:,} open, {records.distinct:,} distinct"
        + (f"; only {sample} read" if sample else ""),
        sha256=item.sha256,
        short=item.sha256[:12],
        facts=tuple((_fact_name(fact), _fact(view, fact, sample)) for fact in item.facts),
        warnings=item.warnings,
    )


def _fact_name(fact: Fact) -> str:
    """With its category where one file speaks about several."""
    return f"{fact.name} ({fact.category})" if fact.category else fact.name


def _fact(view: View, fact: Fact, said: str | None) -> str:
    """The value in words, with the sample it rests on unless that has been said."""
    kind = view.content.facts.get(fact.name)
    value = fact.value
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, float) and kind is not None and kind.type is FactType.SHARE:
        text = f"{value * 100:.1f}\u00a0%"
    elif isinstance(value, float):
        text = f"{value:,.4g}"
    elif isinstance(value, int):
        text = f"{value:,}"
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
            "Set for this engagement."
            if p.id in own
            else words.sentence(reasons.get((view.tier.id, p.id), "As shipped")),
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
        ("Weight of the tier", f"{tiers.by_id[view.tier.id].weight}: {words.sentence(view.tier.reason)}"),
        ("Discount for each wave", f"× {tiers.discount}: {words.sentence(tiers.discount_reason)}"),
        ("Limit of exposure", f"× {tiers.exposure_limit}"),
        *(
            (f"Exposure: {term.name}", f"+{rounded(term.adds):.1f}: {words.sentence(term.reason)}")
            for term in tiers.exposure
        ),
    ]
    return Method(
        rules=view.scores.rules,
        questionnaire=f"{questionnaire.title}, version {questionnaire.version} ({questionnaire.id})",
        levels=tuple((str(level.number), level.name, words.sentence(level.meaning)) for level in questionnaire.level),
        steps=tuple((step.name, str(step.value), words.sentence(step.meaning)) for step in questionnaire.scale),
        met=step_name(view, questionnaire.met),
        base=questionnaire.base,
        top=questionnaire.top,
        targets=targets,
        weights=weights,
        plan=tuple(plan),
        head=head,
    )
