"""Explanations as a person reads them: sums written out, and what stands behind an answer. One wording for every place.

Fractions are exact; beside them stands the number as it is shown, rounded once.
"""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from questionnaires.model import NOT_APPLICABLE, Questionnaire
from scoring.assessment import Evidence
from scoring.claims import Standing, Statement
from scoring.explain import Cap, Explanation, Figure, Said, Source
from scoring.scores import rounded

SHOWN = 8
"""Terms of one sum that are written out; a tier may have a thousand."""

_SOURCES = {
    Source.OWN: "the application's own answer",
    Source.COMMON: "the common answer",
    Source.ORGANISATION: "the organisation's answer",
}


def amount(value: Fraction) -> str:
    """A number exactly and as it is shown: ``5/2 = 2.5``, ``2/3 ≈ 0.7``, ``3``."""
    if value.denominator == 1:
        return str(value)
    short = rounded(value)
    return f"{value} {'=' if Fraction(str(short)) == value else '≈'} {short}"


def arithmetic(explanation: Explanation, figure: Figure) -> str:
    """The sum behind a figure: ``1 + 3 · (1 + 1/2 + 0) / 3 = 5/2 = 2.5``. Empty where there is none."""
    parts = [(part.weight, part.figures.of(figure)) for part in explanation.parts if part.figures is not None]
    if explanation.figures is None or not parts:
        return ""
    even = len({weight for weight, _ in parts}) == 1
    terms = [str(value) if even else f"{_factor(weight)} · {value}" for weight, value in parts]
    divisor = Fraction(len(parts)) if even else sum((weight for weight, _ in parts), Fraction(0))
    more = f" + … {len(terms) - SHOWN:,} more" if len(terms) > SHOWN else ""
    if len(terms) == 1 and explanation.factor == 1 and not explanation.offset:
        return amount(explanation.figures.of(figure))
    found = f"({' + '.join(terms[:SHOWN])}{more}) / {_factor(divisor)}" if len(terms) > 1 else str(parts[0][1])
    if explanation.factor != 1:
        found = f"{explanation.factor} · {found}"
    if explanation.offset:
        found = f"{explanation.offset} + {found}"
    return f"{found} = {amount(explanation.figures.of(figure))}"


def _factor(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"({value})"


def answer_lines(questionnaire: Questionnaire, said: Said) -> tuple[str, ...]:
    """What was answered by whom and how it is known; then what the evidenced score takes of it, and why."""
    answer = said.answer
    if answer is None or answer.value is None:
        return ("Unanswered: 0 in the score, 1 in what it may rise to.",)
    source = _SOURCES[said.source]
    if said.claimed == NOT_APPLICABLE:
        return (f"Not applicable, {source}: {answer.reason.strip()}",)
    if answer.value == NOT_APPLICABLE:
        return (f"Not applicable without a reason, {source}: it counts as unanswered.",)
    if said.cap is None:
        return (f"'{answer.value}', {source}: the scale does not know it, so it counts as unanswered.",)
    basis = f"known by {answer.basis}" if answer.basis is not None else "no basis"
    lowest = questionnaire.scale[0].id
    step = said.step or lowest
    match said.cap:
        case Cap.CHALLENGE:
            why = f"evidence allows at most {_step(questionnaire, step)}"
        case Cap.DOCUMENT:
            why = "a document backs it"
        case Cap.SUPPORT:
            why = f"fresh evidence supports {_step(questionnaire, step)}"
        case Cap.NOTHING:
            why = "neither a document nor fresh evidence backs it"
        case _:
            assert_never(said.cap)
    found = [f"{_valued(questionnaire, said.claimed)}, {source}, {basis}."]
    if questionnaire.values[said.claimed] > 0:
        found.append(f"Evidenced: {_valued(questionnaire, said.evidenced)}; {why}.")
    if said.cap is Cap.CHALLENGE and answer.reason.strip():
        found.append(f"It stands because: {answer.reason.strip()}")
    return tuple(found)


def statement_line(questionnaire: Questionnaire, statement: Statement) -> str:
    """What one fact of one export says, how old it is, and whether that still counts."""
    evidence, fact, rule = statement.evidence, statement.fact, statement.rule
    category = fact.category or evidence.category
    of = f" ({category})" if category is not None else ""
    sample = f", a sample of {fact.sample}" if fact.sample is not None else ""
    verb = "challenges more than" if statement.challenges else "supports"
    age = "undated"
    if statement.age_days is not None:
        age = f"{statement.age_days} days old (at most {rule.max_age_days} count)"
    match statement.standing:
        case Standing.FRESH:
            pass
        case Standing.STALE:
            age += ", too old"
        case Standing.LATER:
            age = "from after the day of the assessment, not counted"
        case _:
            assert_never(statement.standing)
    step = _step(questionnaire, statement.step)
    value = str(fact.value).lower() if isinstance(fact.value, bool) else fact.value
    return f"{fact.name}{of} = {value}{sample} {verb} {step}: {file_name(evidence)}, {age}."


def file_name(evidence: Evidence) -> str:
    """The export, and what was read inside it, without the folders that it came from."""
    name = evidence.path.replace("\\", "/").rstrip("/").rpartition("/")[2] or evidence.path
    return name + (f" › {evidence.member}" if evidence.member else "")


def _step(questionnaire: Questionnaire, value: str) -> str:
    return next((step.name for step in questionnaire.scale if step.id == value), value)


def _valued(questionnaire: Questionnaire, value: str) -> str:
    return f"{_step(questionnaire, value)} = {questionnaire.values[value]}"
