"""What an experienced assessor would look at again before anybody else reads the numbers.

Pure functions over an assessment and what follows from it. A check changes nothing: it says where, what and how to
mend it. Each rule points at something that exists in the engagement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from questionnaires.model import NOT_APPLICABLE, Content, Questionnaire, Scope
from scoring.assessment import Answer, Application, Assessment, Basis
from scoring.claims import Claim, current
from scoring.claims import Standing as Freshness
from scoring.coverage import Standing, regimes
from scoring.evaluation import Evaluation
from scoring.progress import AnswerMove, Comparison, Kind
from scoring.roadmap import initiatives
from scoring.scores import Result
from scoring.written import file_name

UNANSWERED = "unanswered"
NAMED = 5
"""Numbers that one sentence lists; the rest are counted."""


_CHANGED = frozenset({Kind.IMPROVED, Kind.FELL, Kind.WITHDRAWN, Kind.NOT_APPLICABLE, Kind.APPLICABLE})
"""An answer to what nobody had answered is no change of mind."""


class Severity(StrEnum):
    """How much a check matters."""

    ERROR = "error"
    """An auditor would reject the answer."""
    WARNING = "warning"
    """The numbers may say more, or other things, than is known."""
    HINT = "hint"


class CheckRule(StrEnum):
    """What a check looks for; the value is its name in files and on screens."""

    CHALLENGED = "challenged"
    """Evidence contradicts an answer, and nobody wrote down why it stands."""
    NO_REASON = "no-reason"
    """Not applicable without a reason."""
    NO_BASIS = "no-basis"
    """The best answer, and nothing says how that is known."""
    NO_EVIDENCE = "no-evidence"
    """The best answer without a document, and no export speaks although a rule would hear one."""
    STALE = "stale"
    """Everything that speaks to a criterion is too old."""
    LATER = "later"
    """An export from after the day of the assessment."""
    NOT_APPLICABLE_SHARE = "not-applicable-share"
    """Too much of a pillar is said not to apply."""
    NO_NOTE = "no-note"
    """Another answer than in the baseline, and no note on why."""
    NOT_ASSESSED = "not-assessed"
    """A regime in scope with obligations that no answer assesses."""
    NO_EXPORT = "no-export"
    """Exports were read for other applications, none for this one."""
    MARKED = "marked"
    """Marked for review."""
    IDLE_DECISION = "idle-decision"
    """A decision on a roadmap item that does not exist."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at."""

    rule: CheckRule
    severity: Severity
    application: str | None
    """None where it is about the organisation or a common answer."""
    subject: str
    """The id of what it is about: a criterion, a pillar, a regime, an application, an export's SHA-256 or an item."""
    says: str
    """One sentence."""
    remedy: str
    """What to do about it, as one sentence."""


@dataclass(frozen=True)
class _Inputs:
    content: Content
    questionnaire: Questionnaire
    assessment: Assessment
    evaluation: Evaluation
    comparison: Comparison | None

    @cached_property
    def answers(self) -> tuple[tuple[str | None, str, Answer], ...]:
        """(application or None, criterion, answer): every answer that enters a score or could."""
        scope_of, applications = self.questionnaire.scope_of, self.assessment.applications
        own = [
            (key, criterion, answer)
            for key, application in applications.items()
            for criterion, answer in application.answers.items()
            if criterion in self.questionnaire.criteria and scope_of(criterion) is Scope.APPLICATION
        ]
        overridden = Counter(criterion for _, criterion, answer in own if answer.value is not None)
        common = [
            (None, criterion, answer)
            for criterion, answer in self.assessment.answers.items()
            if criterion in self.questionnaire.criteria
            and (not applications or overridden[criterion] < len(applications))
        ]
        return (*common, *own)

    @cached_property
    def best(self) -> str:
        """The highest step of the scale."""
        return max(self.questionnaire.scale, key=lambda step: step.value).id

    def step(self, value: str | None) -> str:
        """How an answer is called; empty where there is none."""
        if value == NOT_APPLICABLE:
            return "not applicable"
        return next((step.name for step in self.questionnaire.scale if step.id == value), value or "")

    def owners(self, application: str | None, criterion: str) -> tuple[str | None, ...]:
        """Whose claims an answer is: of a common answer every application without its own."""
        if application is not None or self.questionnaire.scope_of(criterion) is Scope.ORGANISATION:
            return (application,)
        return tuple(
            key
            for key, entry in self.assessment.applications.items()
            if (own := entry.answers.get(criterion)) is None or own.value is None
        )


def checks(
    content: Content,
    questionnaire: Questionnaire,
    assessment: Assessment,
    evaluation: Evaluation,
    comparison: Comparison | None = None,
) -> tuple[Check, ...]:
    """Everything to look at, the gravest first, then by application and in the questionnaire's order.

    ``comparison`` is the one with the latest baseline; without it nothing is said about changes.
    """
    inputs = _Inputs(content, questionnaire, assessment, evaluation, comparison)
    severities, rules = list(Severity), list(CheckRule)
    order = {key: place for place, key in enumerate(questionnaire.criteria)}

    def place(check: Check) -> tuple[int, str, int, int, str]:
        asked = order.get(check.subject, len(order))
        return severities.index(check.severity), check.application or "", asked, rules.index(check.rule), check.subject

    return tuple(sorted((check for rule in _RULES for check in rule(inputs)), key=place))


# ---- answers


def _no_reason(inputs: _Inputs) -> Iterator[Check]:
    for application, criterion, answer in inputs.answers:
        if answer.value == NOT_APPLICABLE and not answer.reason.strip():
            says = "It is said not to apply, without a reason: so it counts as unanswered."
            remedy = "Write down why it does not apply, or answer it."
            yield Check(CheckRule.NO_REASON, Severity.ERROR, application, criterion, says, remedy)


def _unfounded(inputs: _Inputs) -> Iterator[Check]:
    """The best answer with no basis, or with nothing to show for it where an export could speak."""
    for application, criterion, answer in inputs.answers:
        if answer.value != inputs.best:
            continue
        if answer.basis is None:
            says = f"It is answered {inputs.step(answer.value)}, and nothing says how that is known."
            remedy = "Say whether it rests on an interview, a document or evidence."
            yield Check(CheckRule.NO_BASIS, Severity.WARNING, application, criterion, says, remedy)
        elif answer.basis is not Basis.DOCUMENT:
            yield from _no_evidence(inputs, application, criterion, answer)


def _no_evidence(inputs: _Inputs, application: str | None, criterion: str, answer: Answer) -> Iterator[Check]:
    supports = next((rule for rule in inputs.questionnaire.criteria[criterion].rule if rule.supports), None)
    owners = inputs.owners(application, criterion)
    silent = [key for key in owners if inputs.evaluation.claims.of(key, criterion) is None]
    if supports is None or not silent:
        return
    claimed = answer.basis is Basis.EVIDENCE
    where = f" for {len(silent)} of {len(owners)} applications" if silent[0] != application else ""
    says = f"It is answered {inputs.step(answer.value)} on {answer.basis}, and no export speaks to it{where}."
    remedy = f"Import an export that gives {supports.fact}, or rest the answer on a document."
    severity = Severity.WARNING if claimed else Severity.HINT
    yield Check(CheckRule.NO_EVIDENCE, severity, application, criterion, says, remedy)


def _marked(inputs: _Inputs) -> Iterator[Check]:
    for application, criterion, answer in inputs.answers:
        if answer.marked:
            remedy = "Settle the answer and take the mark away."
            yield Check(CheckRule.MARKED, Severity.HINT, application, criterion, "It is marked for review.", remedy)


def _no_note(inputs: _Inputs) -> Iterator[Check]:
    """Another answer than the baseline's where neither note nor reason is new; a common answer once for all."""
    told: set[tuple[str | None, str]] = set()
    for move in () if inputs.comparison is None else inputs.comparison.answers:
        if move.kind not in _CHANGED or _explained(move):
            continue
        common = inputs.assessment.answers.get(move.criterion)
        place = (None if common is not None and common is move.now else move.application, move.criterion)
        if place not in told:
            told.add(place)
            before, now = (inputs.step(answer.value if answer else None) for answer in (move.before, move.now))
            says = (
                f"It was {before or UNANSWERED} in the baseline and is {now or UNANSWERED} now, and no note says why."
            )
            yield Check(CheckRule.NO_NOTE, Severity.WARNING, *place, says, "Write down what changed since.")


def _explained(move: AnswerMove) -> bool:
    """Whether somebody wrote something since: what was carried over from the baseline explains the answer of then."""
    now = move.now or Answer()
    before = move.before or Answer()
    return any(new.strip() and new != old for new, old in ((now.note, before.note), (now.reason, before.reason)))


# ---- answers against evidence


def _challenged(inputs: _Inputs) -> Iterator[Check]:
    for claim in inputs.evaluation.claims.challenged:
        if not claim.explained and claim.answer is not None:
            claimed, allowed = inputs.step(claim.answer.value), inputs.step(claim.challenge)
            says = f"It is answered {claimed}, and evidence allows at most {allowed}: {_against(claim)}"
            remedy = "Lower the answer, or write down why it stands."
            yield Check(CheckRule.CHALLENGED, Severity.ERROR, claim.application, claim.criterion, says, remedy)


def _against(claim: Claim) -> str:
    """What the gravest fresh challenge says, in the rule's words."""
    found = next(s for s in claim.statements if s.fresh and s.challenges and s.step == claim.challenge)
    says = " ".join(found.rule.says.split()).rstrip(".")
    return f"{says} ({found.fact.name} = {found.fact.value}, {file_name(found.evidence)})."


def _stale(inputs: _Inputs) -> Iterator[Check]:
    for claim in inputs.evaluation.claims.by_key.values():
        if claim.stale:
            stale = (statement for statement in claim.statements if statement.standing is Freshness.STALE)
            latest = min(stale, key=lambda statement: statement.age_days or 0)
            age = f"{latest.age_days} days old (at most {latest.rule.max_age_days} count)"
            says = f"All evidence on it is too old to count: {file_name(latest.evidence)} is {age}."
            remedy = "Export again and import it."
            yield Check(CheckRule.STALE, Severity.WARNING, claim.application, claim.criterion, says, remedy)


def _later(inputs: _Inputs) -> Iterator[Check]:
    as_of = inputs.assessment.as_of
    owners: list[tuple[str | None, Assessment | Application]] = [(None, inputs.assessment)]
    for key, owner in (*owners, *inputs.assessment.applications.items()):
        for sha256, item in owner.evidence.items():
            if item.captured_at is not None and not current([item], as_of):
                day = item.captured_at.date()
                says = f"{file_name(item)} is of {day}, after the day of the assessment ({as_of}): it does not count."
                remedy = "Move the day of the assessment, or take the export away."
                yield Check(CheckRule.LATER, Severity.WARNING, key, sha256, says, remedy)


def _no_export(inputs: _Inputs) -> Iterator[Check]:
    """Silent where no application has evidence: then nobody meant to read any."""
    applications = inputs.assessment.applications
    if any(application.evidence for application in applications.values()):
        for key, application in applications.items():
            if not application.evidence:
                says = "Exports were read for other applications, and none for this one."
                named = "Import the exports of its repositories."
                remedy = named if application.repositories else "Name its repositories, so that exports find it."
                yield Check(CheckRule.NO_EXPORT, Severity.HINT, key, key, says, remedy)


# ---- the whole


def _not_applicable_share(inputs: _Inputs) -> Iterator[Check]:
    limit, scores = inputs.content.tiers.not_applicable_limit, inputs.evaluation.scores
    results: list[tuple[str | None, Result]] = [*scores.applications.items()] or [(None, scores.organisation)]
    for application, result in results:
        for pillar, node in result.pillars.items():
            skipped = node.coverage.not_applicable
            asked = skipped + node.coverage.applicable
            if skipped > limit * asked:
                says = f"{skipped} of {asked} criteria are said not to apply, more than {limit} of the pillar."
                remedy = "Look at each of them again: what does not apply leaves the score."
                yield Check(CheckRule.NOT_APPLICABLE_SHARE, Severity.WARNING, application, pillar, says, remedy)


def _not_assessed(inputs: _Inputs) -> Iterator[Check]:
    content, rule = inputs.content, CheckRule.NOT_ASSESSED
    for key in dict.fromkeys(inputs.assessment.regimes):
        if key not in content.regimes:
            remedy = "Install the content that describes it, or take it out of scope."
            yield Check(rule, Severity.WARNING, None, key, "It is in scope, and no content describes it.", remedy)
    for coverage in regimes(content, inputs.questionnaire, inputs.assessment, inputs.evaluation.claims):
        regime = coverage.regime
        if not coverage.covered:
            says = f"{regime.name} is in scope, and no criterion of this questionnaire contributes to it."
            remedy = "Assess it elsewhere, or take it out of scope."
            yield Check(rule, Severity.HINT, None, regime.id, says, remedy)
            continue
        behind = [entry for entry in coverage.obligations if entry.behind]
        open_ = [entry.number for entry in behind if entry.standing is Standing.NOT_ASSESSED]
        if open_:
            says = f"{len(open_)} of {len(behind)} obligations of {regime.name} are not assessed: {_listed(open_)}."
            remedy = "Answer the criteria behind them."
            yield Check(rule, Severity.WARNING, None, regime.id, says, remedy)


def _listed(numbers: Sequence[str]) -> str:
    more = len(numbers) - NAMED
    return ", ".join(numbers[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _idle_decisions(inputs: _Inputs) -> Iterator[Check]:
    decisions = inputs.assessment.decisions
    if not decisions:
        return
    items = initiatives(inputs.content, inputs.questionnaire, inputs.assessment, inputs.evaluation.claims)
    known = {item.id for item in items}
    for item, decision in decisions.items():
        if item not in known:
            says = f"It was decided to {decision.lane} it, and the roadmap has no such item."
            remedy = "Decide anew: its gap is closed, or its target has moved."
            yield Check(CheckRule.IDLE_DECISION, Severity.HINT, None, item, says, remedy)


_RULES: tuple[Callable[[_Inputs], Iterator[Check]], ...] = (
    _challenged,
    _no_reason,
    _unfounded,
    _stale,
    _later,
    _not_applicable_share,
    _no_note,
    _not_assessed,
    _no_export,
    _marked,
    _idle_decisions,
)
