"""The meaning gate: what no shape can say about content that already has the right shape.

Each check yields every problem it sees; none stops at the first.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.model import (
    Criterion,
    FactKind,
    FactType,
    ObligationKind,
    Operator,
    Practice,
    Questionnaire,
    Regime,
    Rule,
    Scope,
    Tiers,
    Unmapped,
)
from questionnaires.problems import Problem

MAX_QUESTION_WORDS = 35

_ORDERED = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE})
_NUMERIC = frozenset({FactType.COUNT, FactType.NUMBER, FactType.SHARE})


@dataclass(frozen=True, slots=True)
class Files:
    """Which file a part of a questionnaire came from."""

    head: str
    pillars: Mapping[str, str]
    """Pillar id → file."""
    targets: str


def _near(word: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(word, list(known), 1)
    return f"Did you mean '{found[0]}'?" if found else ""


def _repeated(ids: Iterable[str]) -> Iterator[str]:
    """Every id that stands more than once, once."""
    seen: set[str] = set()
    told: set[str] = set()
    for entry in ids:
        if entry in seen and entry not in told:
            told.add(entry)
            yield entry
        seen.add(entry)


def check_questionnaire(
    questionnaire: Questionnaire, facts: Mapping[str, FactKind], tiers: Tiers, files: Files
) -> list[Problem]:
    """Everything that is wrong with the meaning of a questionnaire."""
    problems = list(_check_head(questionnaire, files.head))
    asked: dict[str, str] = {}
    for pillar in questionnaire.pillar:
        file = files.pillars[pillar.id]
        for practice in pillar.practice:
            place = f"practice[{practice.id}]"
            if not practice.id.startswith(pillar.id + "."):
                problems.append(Problem(file, place, f"is not below the pillar '{pillar.id}'", "Begin its id with it."))
            problems += _check_practice(questionnaire, practice, file, place)
            for criterion in practice.criterion:
                where = f"{place}.criterion[{criterion.id}]"
                problems += _check_criterion(questionnaire, practice, criterion, file, where)
                for index, rule in enumerate(criterion.rule):
                    problems += _check_rule(questionnaire, facts, rule, file, f"{where}.rule[{index}]")
                text = re.sub(r"\W+", " ", criterion.question).casefold().strip()
                if asked.setdefault(text, criterion.id) != criterion.id:
                    hint = "Ask it once, or say what differs."
                    problems.append(Problem(file, where, f"asks the same as '{asked[text]}'", hint))
    problems += _check_cycles(questionnaire, files)
    problems += _check_targets(questionnaire, tiers, files.targets)
    problems += _check_history(questionnaire, files.head)
    return problems


def _check_head(questionnaire: Questionnaire, file: str) -> Iterator[Problem]:
    numbers = [level.number for level in questionnaire.level]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        yield Problem(file, "level", f"has the numbers {numbers}", "Number the levels upwards without a gap.")
    values = [step.value for step in questionnaire.scale]
    if values != sorted(set(values)) or values[0] != 0 or values[-1] != 1:
        yield Problem(file, "scale", "does not rise from 0 to 1", "Order the steps by value, the first 0, the last 1.")
    for step in _repeated(step.id for step in questionnaire.scale):
        yield Problem(file, f"scale[{step}]", "stands twice", "Each step has an id of its own.")
    steps = questionnaire.values
    if "not-applicable" in steps:
        yield Problem(file, "scale", "names 'not-applicable'", "Every scale has it already; leave it out.")
    for key, step in (("met", questionnaire.met), ("presence", questionnaire.presence)):
        if step not in steps:
            yield Problem(
                file, key, f"names the unknown step '{step}'", _near(step, steps) or f"Steps: {', '.join(steps)}."
            )
        elif steps[step] == 0:
            yield Problem(file, key, "names a step without value", "Name a step above the lowest.")
    for kind, ids in (
        ("pillar", [pillar.id for pillar in questionnaire.pillar]),
        ("practice", [practice.id for pillar in questionnaire.pillar for practice in pillar.practice]),
        ("criterion", [c.id for pillar in questionnaire.pillar for p in pillar.practice for c in p.criterion]),
    ):
        for entry in _repeated(ids):
            yield Problem(file, f"{kind}[{entry}]", "stands twice", "Ids are unique in a questionnaire; rename one.")
    used = {criterion.level for criterion in questionnaire.criteria.values()}
    for number in range(numbers[0] + 1, numbers[0] + len(numbers)):
        if number in numbers and number not in used:
            yield Problem(file, f"level[{number}]", "has no criterion", "Write one, or remove the level.")


def _check_practice(questionnaire: Questionnaire, practice: Practice, file: str, place: str) -> Iterator[Problem]:
    wanted = len(questionnaire.level)
    if practice.descriptors and len(practice.descriptors) != wanted:
        message = f"has {len(practice.descriptors)} entries for {wanted} levels"
        yield Problem(file, f"{place}.descriptors", message, "Describe each level once, lowest first.")
    covered = {topic for criterion in practice.criterion for topic in criterion.covers}
    for topic in practice.topics:
        if topic not in covered:
            hint = "Add it to `covers` of the criterion that asks for it."
            yield Problem(file, f"{place}.topics.{topic}", "is covered by no criterion", hint)


def _check_criterion(
    questionnaire: Questionnaire, practice: Practice, criterion: Criterion, file: str, where: str
) -> Iterator[Problem]:
    if criterion.practice_id != practice.id:
        yield Problem(file, where, f"is not below the practice '{practice.id}'", "Begin its id with it.")
    if not questionnaire.base < criterion.level <= questionnaire.top:
        message = f"is {criterion.level}, outside {questionnaire.base + 1} to {questionnaire.top}"
        yield Problem(file, f"{where}.level", message, "The lowest level is where everyone starts and has no criteria.")
    words = len(criterion.question.split())
    if words > MAX_QUESTION_WORDS:
        hint = f"Ask in at most {MAX_QUESTION_WORDS}; move the rest to `good`."
        yield Problem(file, f"{where}.question", f"has {words} words", hint)
    if not criterion.question.endswith("?"):
        yield Problem(file, f"{where}.question", "does not end with a question mark", "Ask a question.")
    for topic in criterion.covers:
        if topic not in practice.topics:
            hint = _near(topic, practice.topics) or "Define it under [practice.topics]."
            yield Problem(file, f"{where}.covers", f"names the unknown topic '{topic}'", hint)
    if practice.scope is Scope.ORGANISATION and criterion.per_application_days:
        hint = "An organisation-scope criterion is met once; put the effort into setup_days."
        yield Problem(file, f"{where}.per_application_days", "has no meaning here", hint)
    for wanted in criterion.prerequisites:
        other = questionnaire.criteria.get(wanted)
        place = f"{where}.prerequisites"
        if other is None:
            hint = _near(wanted, questionnaire.criteria) or "Name the full id of a criterion."
            yield Problem(file, place, f"names the unknown criterion '{wanted}'", hint)
        elif other.level > criterion.level:
            message = f"names '{wanted}' of the higher level {other.level}"
            yield Problem(file, place, message, "A prerequisite is of the same or a lower level.")


def _check_rule(
    questionnaire: Questionnaire, facts: Mapping[str, FactKind], rule: Rule, file: str, where: str
) -> Iterator[Problem]:
    if bool(rule.supports) == bool(rule.challenges):
        yield Problem(
            file, where, "needs exactly one of supports and challenges", "Split it into two rules, or choose."
        )
    steps = questionnaire.values
    if rule.step and rule.step not in steps:
        hint = _near(rule.step, steps) or f"Steps: {', '.join(steps)}."
        yield Problem(file, where, f"names the unknown step '{rule.step}'", hint)
    elif rule.supports and steps[rule.supports] == 0:
        yield Problem(file, f"{where}.supports", "supports nothing", "Name a step above the lowest.")
    elif rule.challenges and steps[rule.challenges] == 1:
        yield Problem(file, f"{where}.challenges", "can never challenge", "Name a step below the highest.")
    kind = facts.get(rule.fact)
    if kind is None:
        hint = _near(rule.fact, facts) or "The fact catalogue lists what evidence can give."
        yield Problem(file, f"{where}.fact", f"is the unknown fact '{rule.fact}'", hint)
        return
    if kind.presence and rule.supports in steps and steps[rule.supports] > steps.get(questionnaire.presence, 0):
        hint = f"A report that merely exists supports at most '{questionnaire.presence}'."
        yield Problem(file, f"{where}.supports", f"claims too much from '{rule.fact}'", hint)
    if rule.op in _ORDERED and kind.type not in _NUMERIC:
        yield Problem(file, f"{where}.op", f"does not fit a {kind.type} fact", "Use == or !=.")
    if not _fits(rule.value, kind.type):
        yield Problem(file, f"{where}.value", f"is no {kind.type}", f"'{rule.fact}' is a {kind.type}.")
    elif kind.type is FactType.SHARE and not 0 <= float(rule.value) <= 1:
        yield Problem(file, f"{where}.value", "is outside 0 to 1", "A share of nine tenths is 0.9.")


def _fits(value: object, kind: FactType) -> bool:
    match kind:
        case FactType.BOOLEAN:
            return isinstance(value, bool)
        case FactType.COUNT:
            return isinstance(value, int) and not isinstance(value, bool)
        case FactType.NUMBER | FactType.SHARE:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case FactType.TEXT | FactType.DATE:
            return isinstance(value, str)


def _check_cycles(questionnaire: Questionnaire, files: Files) -> Iterator[Problem]:
    """One problem for each circle of prerequisites, named at its smallest id."""
    criteria = questionnaire.criteria
    done: set[str] = set()
    told: set[frozenset[str]] = set()
    for start in criteria:
        path: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            node, step = stack.pop()
            if step == 0:
                if node in path:
                    circle = path[path.index(node) :]
                    if frozenset(circle) not in told:
                        told.add(frozenset(circle))
                        least = min(circle)
                        file = files.pillars[questionnaire.pillar_of[criteria[least].practice_id].id]
                        where = f"criterion[{least}].prerequisites"
                        yield Problem(file, where, f"form a circle: {' → '.join([*circle, node])}", "Break it.")
                    continue
                if node in done:
                    continue
                path.append(node)
            following = [entry for entry in criteria[node].prerequisites if entry in criteria]
            if step < len(following):
                stack.append((node, step + 1))
                stack.append((following[step], 0))
            else:
                done.add(path.pop())


def _check_targets(questionnaire: Questionnaire, tiers: Tiers, file: str) -> Iterator[Problem]:
    pillars = {pillar.id for pillar in questionnaire.pillar}
    practices = {practice.id for pillar in questionnaire.pillar for practice in pillar.practice}
    for target in questionnaire.target:
        where = f"target[{target.tier}, {target.pillar}]"
        if target.tier not in tiers.by_id:
            yield Problem(file, where, f"names the unknown tier '{target.tier}'", f"Tiers: {', '.join(tiers.by_id)}.")
        if target.pillar not in pillars:
            yield Problem(file, where, f"names the unknown pillar '{target.pillar}'", _near(target.pillar, pillars))
        if not questionnaire.base <= target.level <= questionnaire.top:
            hint = f"Levels: {questionnaire.base} to {questionnaire.top}."
            yield Problem(file, where, f"asks for the level {target.level}", hint)
    for pair in _repeated(f"{target.tier}, {target.pillar}" for target in questionnaire.target):
        yield Problem(file, f"target[{pair}]", "stands twice", "One target for each tier and pillar.")
    for tier in tiers.tier:
        for pillar in questionnaire.pillar:
            if (tier.id, pillar.id) not in questionnaire.targets:
                yield Problem(file, f"target[{tier.id}, {pillar.id}]", "is missing", "Every tier needs a target.")
    for weight in questionnaire.weight:
        where = f"weight[{weight.tier}, {weight.practice}]"
        if weight.tier not in tiers.by_id:
            yield Problem(file, where, f"names the unknown tier '{weight.tier}'", f"Tiers: {', '.join(tiers.by_id)}.")
        if weight.practice not in practices:
            hint = _near(weight.practice, practices)
            yield Problem(file, where, f"names the unknown practice '{weight.practice}'", hint)
    for pair in _repeated(f"{weight.tier}, {weight.practice}" for weight in questionnaire.weight):
        yield Problem(file, f"weight[{pair}]", "stands twice", "One weight for each tier and practice.")


def _check_history(questionnaire: Questionnaire, file: str) -> Iterator[Problem]:
    criteria = questionnaire.criteria
    for old, new in questionnaire.renamed.items():
        if old in criteria:
            yield Problem(file, f"renamed.{old}", "still exists", "Only an id that is asked no more can be renamed.")
        if new not in criteria:
            yield Problem(file, f"renamed.{old}", f"points to the unknown criterion '{new}'", _near(new, criteria))
    for old in questionnaire.removed:
        if old in criteria:
            yield Problem(file, f"removed.{old}", "still exists", "Remove the criterion, or this line.")
        if old in questionnaire.renamed:
            yield Problem(file, f"removed.{old}", "is renamed as well", "Keep one of the two lines.")


def check_facts(kinds: Sequence[FactKind], file: str) -> Iterator[Problem]:
    """Everything that is wrong with the meaning of the fact catalogue."""
    for name in _repeated(kind.name for kind in kinds):
        yield Problem(file, f"fact[{name}]", "stands twice", "A fact has one meaning.")


def check_tiers(tiers: Tiers, facts: Mapping[str, FactKind], file: str) -> Iterator[Problem]:
    """Everything that is wrong with the meaning of the tiers."""
    for tier in _repeated(tier.id for tier in tiers.tier):
        yield Problem(file, f"tier[{tier}]", "stands twice", "Each tier has an id of its own.")
    for term in _repeated(term.id for term in tiers.exposure):
        yield Problem(file, f"exposure[{term}]", "stands twice", "Each term has an id of its own.")
    for entry in tiers.exposure:
        where = f"exposure[{entry.id}]"
        if (entry.attribute is not None) + (entry.fact is not None) + entry.regime != 1:
            yield Problem(file, where, "needs exactly one of attribute, fact and regime", "Split it, or choose.")
        if entry.attribute is not None and entry.attribute not in tiers.attribute:
            hint = _near(entry.attribute, tiers.attribute)
            yield Problem(file, where, f"names the unknown attribute '{entry.attribute}'", hint)
        if entry.fact is not None and entry.fact not in facts:
            yield Problem(file, where, f"names the unknown fact '{entry.fact}'", _near(entry.fact, facts))
        elif entry.fact is not None and facts[entry.fact].type not in _NUMERIC:
            yield Problem(
                file, where, f"needs a number, and '{entry.fact}' is none", "Name a counted or measured fact."
            )


def check_regime(regime: Regime, questionnaires: Mapping[str, Questionnaire], file: str) -> Iterator[Problem]:
    """Everything that is wrong with the meaning of a regime."""
    for number in _repeated(obligation.number for obligation in regime.obligation):
        yield Problem(file, f"obligation[{number}]", "stands twice", "An obligation has one entry.")
    needed = {
        ObligationKind.TIME_LIMIT: "hours",
        ObligationKind.RETENTION: "years",
        ObligationKind.LOCALISATION: "place",
        ObligationKind.CONTROL: "",
    }
    questionnaire = questionnaires.get(regime.questionnaire)
    if questionnaire is None:
        hint = _near(regime.questionnaire, questionnaires)
        yield Problem(file, "questionnaire", f"is the unknown '{regime.questionnaire}'", hint)
        return
    for obligation in regime.obligation:
        where = f"obligation[{obligation.number}]"
        for key in ("hours", "years", "place"):
            given = getattr(obligation, key) is not None
            if given != (key == needed[obligation.kind]):
                message = "does not belong to" if given else "is missing in"
                hint = "hours: time-limit, years: retention, place: localisation."
                yield Problem(file, f"{where}.{key}", f"{message} a {obligation.kind} obligation", hint)
        for link in obligation.link:
            if link.criterion not in questionnaire.criteria:
                hint = _near(link.criterion, questionnaire.criteria)
                yield Problem(file, f"{where}.link", f"names the unknown criterion '{link.criterion}'", hint)
        for criterion in _repeated(link.criterion for link in obligation.link):
            yield Problem(file, f"{where}.link", f"names '{criterion}' twice", "One link with one rationale.")
    for practice in regime.unlinked:
        if practice not in questionnaire.practices:
            hint = _near(practice, questionnaire.practices)
            yield Problem(file, f"unlinked.{practice}", "is an unknown practice", hint)


def check_mapping(
    unmapped: Unmapped, activities: Questionnaire, other: Questionnaire | None, file: str
) -> Iterator[Problem]:
    """Every activity is either named by a criterion of the other questionnaire or listed with a reason, never both."""
    if other is None:
        return
    named: dict[str, str] = {}
    for criterion in other.criteria.values():
        for uuid in criterion.dsomm:
            named.setdefault(uuid, criterion.id)
    known = {uuid: c for c in activities.criteria.values() for uuid in c.dsomm if c.activity is not None}
    for uuid, criterion in known.items():
        where = f"reason.{uuid}"
        if uuid not in named and uuid not in unmapped.reason:
            yield Problem(file, where, f"is missing for '{criterion.id}'", "Map it to a criterion, or say why not.")
        if uuid in named and uuid in unmapped.reason:
            yield Problem(file, where, f"is mapped to '{named[uuid]}' as well", "Remove one of the two.")
    for uuid in unmapped.reason:
        if uuid not in known:
            yield Problem(file, f"reason.{uuid}", "is no known activity", _near(uuid, known))
    for uuid, criterion_id in named.items():
        if uuid not in known:
            message = f"does not list the activity '{uuid}' that '{criterion_id}' names"
            yield Problem(file, "", message, _near(uuid, known) or "Correct the uuid at the criterion.")
