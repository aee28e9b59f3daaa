"""What is generated from the content: a readable reference, and JSON Schemas for editors.

``python -m questionnaires.reference`` writes them; a test holds the committed files against a fresh generation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from questionnaires.load import shipped
from questionnaires.model import (
    Content,
    Criterion,
    Pillar,
    Practice,
    Questionnaire,
    Regime,
    Rule,
    Tiers,
)

FOLDER = Path(__file__).parent / "reference"
SCHEMAS: dict[str, type[BaseModel]] = {"questionnaire": Questionnaire, "pillar": Pillar, "regime": Regime}
"""Editors that know JSON Schema complete and check the TOML of these documents."""


def generated() -> dict[str, str]:
    """File name → text of everything that is generated."""
    content = shipped()
    files = {f"{key}.md": "\n".join(questionnaire(content, key)) + "\n" for key in sorted(content.questionnaires)}
    files["facts.md"] = "\n".join(_facts(content)) + "\n"
    files["tiers.md"] = "\n".join(_tiers(content.tiers)) + "\n"
    files["regimes.md"] = "\n".join(_regimes(content)) + "\n"
    files["README.md"] = "\n".join(_index(content)) + "\n"
    for name, model in SCHEMAS.items():
        files[f"{name}.schema.json"] = json.dumps(model.model_json_schema(), indent=2, sort_keys=True) + "\n"
    return files


def _index(content: Content) -> Iterator[str]:
    yield "# Content reference\n"
    yield "Generated from the content by `make reference`; change the TOML files, not these pages.\n"
    for key, entry in sorted(content.questionnaires.items()):
        number = f"{len(entry.practices)} practices, {len(entry.criteria)} criteria"
        yield f"- [{_text(entry.title)}]({key}.md): `{key}`, {number}"
    yield "- [Tiers](tiers.md): weights, time limits, exposure and the numbers of the roadmap and the checks"
    yield "- [Regimes](regimes.md): obligations and the criteria that contribute to them"
    yield "- [Facts](facts.md): every measurement that evidence can give"
    names = ", ".join(f"[{name}]({name}.schema.json)" for name in SCHEMAS)
    yield f"- JSON Schemas for editors: {names}"


def _text(text: str) -> str:
    """Text of the content on one line, with what Markdown would take for itself escaped."""
    folded = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in folded)


def questionnaire(content: Content, key: str) -> Iterator[str]:
    """One questionnaire as Markdown, line by line."""
    entry = content.questionnaires[key]
    yield f"# {_text(entry.title)}\n"
    yield f"{_text(entry.description)}\n"
    yield f"`{entry.id}`, version {_text(entry.version)}. Licence: {_text(entry.licence)}.\n"
    if entry.attribution:
        yield f"{_text(entry.attribution)}\n"
    yield "| level | name | meaning |\n|---|---|---|"
    for level in entry.level:
        yield f"| {level.number} | {_text(level.name)} | {_text(level.meaning)} |"
    yield "\n| answer | value | meaning |\n|---|---|---|"
    for step in entry.scale:
        yield f"| {_text(step.name)} (`{step.id}`) | {step.value} | {_text(step.meaning)} |"
    tiers = [tier.id for tier in content.tiers.tier]
    yield (
        "\n| target level | " + " | ".join(f"tier {tier}" for tier in tiers) + " |\n" + "|---" * (len(tiers) + 1) + "|"
    )
    for pillar in entry.pillar:
        cells = " | ".join(str(entry.targets[tier, pillar.id]) for tier in tiers)
        yield f"| {_text(pillar.name)} | {cells} |"
    if entry.weight:
        yield "\n| practice weight | tier | weight | reason |\n|---|---|---|---|"
        for weight in entry.weight:
            yield f"| `{weight.practice}` | {weight.tier} | {weight.weight} | {_text(weight.reason)} |"
    obligations = _obligations(content, key)
    for pillar in entry.pillar:
        yield f"\n## {_text(pillar.name)}\n\n{_text(pillar.purpose)}"
        for practice in pillar.practice:
            yield from _practice(entry, practice, obligations)


def _practice(entry: Questionnaire, practice: Practice, obligations: dict[str, list[str]]) -> Iterator[str]:
    yield f"\n### {_text(practice.name)}\n\n`{practice.id}`, {practice.scope} scope. {_text(practice.purpose)}\n"
    for level, text in zip(entry.level, practice.descriptors, strict=False):
        yield f"- **{level.number} {_text(level.name)}**: {_text(text)}"
    for criterion in practice.criterion:
        yield from _criterion(entry, criterion, obligations.get(criterion.id, []))


def _criterion(entry: Questionnaire, criterion: Criterion, obligations: list[str]) -> Iterator[str]:
    level = f"level {criterion.level} {entry.level_name(criterion.level)}"
    yield f"\n#### {_text(criterion.question)}\n\n`{criterion.id}`, {level}\n"
    if criterion.activity is not None:
        yield f"- Activity: {_text(criterion.activity.name)}"
    yield f"- Why: {_text(criterion.why)}"
    yield f"- Good: {_text(criterion.good)}"
    if criterion.ask_for:
        yield f"- Ask for: {_text('; '.join(criterion.ask_for))}"
    effort = f"{criterion.setup_days} person-days once"
    if criterion.per_application_days:
        effort += f", {criterion.per_application_days} for each application"
    yield f"- Effort: {effort}"
    if criterion.prerequisites:
        yield "- Needs first: " + ", ".join(f"`{wanted}`" for wanted in criterion.prerequisites)
    for rule in criterion.rule:
        yield f"- Evidence: {_rule(rule)}"
    if obligations:
        yield f"- Contributes to: {_text('; '.join(obligations))}"
    if criterion.dsomm:
        yield "- OWASP DSOMM: " + ", ".join(f"`{uuid}`" for uuid in criterion.dsomm)


def _rule(rule: Rule) -> str:
    says = f"supports at least *{rule.supports}*" if rule.supports else f"challenges above *{rule.challenges}*"
    category = f" ({rule.category})" if rule.category else ""
    value = str(rule.value).lower() if isinstance(rule.value, bool) else str(rule.value)
    return f"`{rule.fact} {rule.op} {value}`{category} within {rule.max_age_days} days {says}. {_text(rule.says)}"


def _obligations(content: Content, key: str) -> dict[str, list[str]]:
    """Criterion → the obligations that it contributes to, in every regime that speaks of this questionnaire."""
    found: dict[str, list[str]] = {}
    for regime in content.regimes.values():
        if regime.questionnaire == key:
            for criterion, obligations in regime.obligations_of.items():
                found.setdefault(criterion, []).extend(f"{regime.name} {entry.number}" for entry in obligations)
    return found


def _facts(content: Content) -> Iterator[str]:
    yield "# Facts\n\nA share is between 0 and 1. Where formats are missing, no export gives the fact yet.\n"
    yield "| fact | type | unit | meaning | formats |\n|---|---|---|---|---|"
    for fact in content.facts.values():
        meaning = _text(fact.meaning) + (" Proves only that a report exists." if fact.presence else "")
        formats = ", ".join(f"`{name}`" for name in fact.formats)
        yield f"| `{fact.name}` | {fact.type} | {_text(fact.unit)} | {meaning} | {formats} |"


def _tiers(tiers: Tiers) -> Iterator[str]:
    yield "# Tiers\n"
    yield "| tier | name | meaning | weight | why | critical findings overdue after |\n|---|---|---|---|---|---|"
    for tier in tiers.tier:
        cells = (tier.id, _text(tier.name), _text(tier.meaning), str(tier.weight), _text(tier.reason))
        yield f"| {' | '.join(cells)} | {tier.critical_days} days |"
    yield "\n## Exposure\n"
    yield f"1 plus every term that applies, at most {tiers.exposure_limit}."
    yield f"Evidence counts for {tiers.exposure_days} days.\n"
    yield "| term | adds | why |\n|---|---|---|"
    for term in tiers.exposure:
        yield f"| {_text(term.name)} | {term.adds} | {_text(term.reason)} |"
    yield "\n## Roadmap\n"
    yield f"- A wave lasts {tiers.wave_months} months; a plan has {tiers.waves} waves."
    yield f"- Capacity: {tiers.capacity} person-days a wave until someone says otherwise."
    yield f"- Discount: a gain one wave later is worth {tiers.discount}. {_text(tiers.discount_reason)}"
    yield "\n## Checks\n"
    limit = f"- Not applicable: more than {tiers.not_applicable_limit} of a pillar of an application is pointed out."
    yield f"{limit} {_text(tiers.not_applicable_reason)}"
    yield "\n## Attributes\n"
    for name, meaning in tiers.attribute.items():
        yield f"- `{name}`: {_text(meaning)}"


def _regimes(content: Content) -> Iterator[str]:
    yield "# Regimes\n\nTitles are in our own words; the number leads to the official text."
    for key, regime in sorted(content.regimes.items()):
        yield f"\n## {_text(regime.name)}\n"
        source = (
            f"{_text(regime.authority)}, {_text(regime.jurisdiction)}, {_text(regime.version)}, {_text(regime.date)}"
        )
        yield f"`{key}`. {source}. Binds: {_text(regime.binds)}\n"
        yield "| number | obligation | kind | criteria |\n|---|---|---|---|"
        for entry in regime.obligation:
            criteria = "<br>".join(f"`{link.criterion}`: {_text(link.rationale)}" for link in entry.link)
            limit = f", {entry.hours} hours" if entry.hours else f", {entry.years} years" if entry.years else ""
            limit += f", {_text(entry.place)}" if entry.place else ""
            yield f"| {_text(entry.number)} | {_text(entry.title)} | {entry.kind}{limit} | {criteria} |"


def main() -> None:
    """Write every generated file."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in generated().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
