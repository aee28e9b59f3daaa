"""SARIF 2.1.0 with its forerunners 2.0.0 and 1.0.0: findings of static analysers and many other scanners.

Rules of severity, suppression and baseline: SARIF 2.1.0 §3.27 (result), §3.49 (reportingDescriptor), §3.35
(suppression). A file may hold the runs of several tools; they are read as one export of them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, get_type_hints

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Finding, State, Tally, finding_facts, last_run, merged
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.sariflog import HEAD, Image, Invocation, Log, Properties, Result, Rule, Rules, Run, Tool
from scoring.evidence.scalars import label, moment, repository
from scoring.evidence.severity import NOT_RATED, Rating, rate
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import category

_UNNAMED = "unnamed tool"
_NO_FINDING = frozenset({"pass", "notApplicable", "open", "review", "informational"})
_TRIVY_KINDS = {
    "ospackagevulnerability": Category.CONTAINER,
    "languagespecificpackagevulnerability": Category.SCA,
    "misconfiguration": Category.IAC,
    "secret": Category.SECRETS,
}
"""Trivy scans many things under one name; the names of its rules say what."""
_STATED = frozenset({"accepted", ""})
"""What the status of a suppression must be for it to count."""


def _identify(shape: Shape) -> bool:
    if shape.kind is not Kind.OBJECT or not shape.is_list("runs"):
        return False
    if shape.text("version").startswith(("2.1.0", "2.0.0")) or "sarif" in shape.text("$schema").lower():
        return True
    return shape.text("version") == "1.0.0" and "name" in shape.within("runs", "tool")


def _parse(source: Source) -> Parsed | Rejected:
    if source.streamed:
        return _read(_streamed_heads(source), _streamed_results(source))
    log = source.decode(Log)
    return _read(log.runs, (run.results for run in log.runs))


def _streamed_heads(source: Source) -> list[Run]:
    """Every run without its results, at flat memory."""
    at = {f"runs.item.{key}": name for key, name in HEAD.items()}
    kinds = get_type_hints(Run)
    wanted = {path: kinds[name] for path, name in at.items()} | {"runs.item": None, "runs.item.results": None}
    runs: list[Run] = []
    run = Run()
    for path, value in source.stream(wanted):
        match path:
            case "runs.item":
                runs.append(run)
                run = Run()
            case "runs.item.results":
                run.results = []
            case _:
                setattr(run, at[path], value)
    return runs


def _streamed_results(source: Source) -> Iterator[Iterator[Result]]:
    """The results of each run, one run after the other; each run is read to its end before the next."""
    values = source.stream({"runs.item.results.item": Result, "runs.item": None})

    def of_one_run(first: tuple[str, Any]) -> Iterator[Result]:
        path, value = first
        while path != "runs.item":
            yield value
            path, value = next(values)

    for first in values:
        yield of_one_run(first)


@dataclass(slots=True)
class _Part:
    """The runs of one category."""

    tally: Tally = field(default_factory=Tally)
    tools: list[str] = field(default_factory=list)
    """With their versions."""
    told: bool = False
    """At least one run lists its results, were there none."""


def _read(runs: list[Run], results: Iterable[Iterable[Result] | None]) -> Parsed:
    parts: dict[Category | None, _Part] = {}
    rules = 0
    for run, listed in zip(runs, results, strict=True):
        catalogue = Rules(run)
        rules += catalogue.number
        part = parts.setdefault(_category(run, catalogue), _Part())
        part.tools.append(_version(run))
        part.told = part.told or run.results is not None
        _count(part.tally, catalogue, listed or (), _tool(run))
    whole = merged(part.tally for part in parts.values())
    at = _captured(runs)
    facts = [*_scan_facts(runs, rules)]
    for category_, part in parts.items():
        if part.told:
            facts.extend(_part_facts(part, at, category_ if len(parts) > 1 else None))
    return Parsed(
        format="sarif",
        tool=", ".join(dict.fromkeys(map(_tool, runs))) or _UNNAMED,
        records=whole.records("finding"),
        category=next(iter(parts)) if len(parts) == 1 else None,
        captured_at=at,
        subject=_subject(runs),
        branch=next((name for run in runs for c in run.checkouts or () if (name := label(c.branch))), ""),
        findings=whole.findings(),
        facts=tuple(facts),
        warnings=(*whole.warnings(), *_warnings(runs)),
    )


def _part_facts(part: _Part, at: datetime | None, about: Category | None) -> Iterator[Fact]:
    tools = ", ".join(dict.fromkeys(part.tools))
    yield Fact(name="scan.present", value=True, category=about, note=tools)
    yield from finding_facts(part.tally, at, about)
    yield from last_run(at, about)


def _count(tally: Tally, rules: Rules, results: Iterable[Result], tool: str) -> None:
    """Counts the results of one run. Most differ only in place and message, so ratings are remembered."""
    remembered: dict[tuple[Any, ...], Finding] = {}
    counts: dict[Finding, int] = {}
    identities: set[int] = set()
    opened = State.OPEN
    for result in results:
        if result.suppressions or result.properties or result.rule or result.provenance or result.suppression_states:
            finding = _finding(result, rules)
        else:
            key = (result.rule_id, result.rule_index, result.level, result.kind, result.baseline)
            known = remembered.get(key)
            finding = remembered.setdefault(key, _finding(result, rules)) if known is None else known
        counts[finding] = counts.get(finding, 0) + 1
        if finding.state is opened:
            rule = result.rule_id or result.rule_index
            identities.add(hash((tool, rule, bytes(result.locations), bytes(result.message))))
    tally.add_all(counts, identities)


def _finding(result: Result, rules: Rules) -> Finding:
    seen = moment(result.provenance.first) if result.provenance else None
    return _shared(_rating(result, rules.find(result)), _state(result), seen)


@lru_cache(maxsize=1024)
def _shared(rating: Rating, state: State, seen: datetime | None) -> Finding:
    """One object for all results that count alike, so that a tally stays small."""
    return Finding(rating, state, seen)


def _state(result: Result) -> State:
    if result.kind in _NO_FINDING or result.level in ("pass", "notApplicable"):
        return State.PASSED
    if result.baseline == "absent":
        return State.FIXED
    said = [one.status or one.state or "" for one in result.suppressions or ()]
    if result.suppression_states or (said and _STATED.issuperset(said)):
        return State.SUPPRESSED
    return State.OPEN


def _rating(result: Result, rule: Rule | None) -> Rating:
    """The first that says something: scores of result and rule, the tool's own words, then the level."""
    bags = [bag for bag in (result.properties, rule.properties if rule else None) if isinstance(bag, Properties)]
    for bag in bags:
        if isinstance(bag.score, str | int | float) and not isinstance(bag.score, bool):
            rated = rate("cvss", bag.score) or rate("words", str(bag.score)[:40])
            if rated is not None:
                return rated
    for bag in bags:
        words = [bag.severity, *(bag.tags if isinstance(bag.tags, list) else ())]
        for word in words:
            rated = rate("words", word) if isinstance(word, str) and len(word) <= 20 else None
            if rated is not None and not rated.unrated:
                return rated
    default = rule and ((rule.configuration and rule.configuration.level) or rule.default_level)
    level = result.level if result.level not in (None, "default") else default or "warning"
    return rate("sarif-level", level) or NOT_RATED


def _tool(run: Run) -> str:
    tool = run.tool or Tool()
    return label((tool.driver or tool).name, 80) or _UNNAMED


def _version(run: Run) -> str:
    tool = run.tool or Tool()
    driver = tool.driver or tool
    return " ".join(part for part in (_tool(run), label(driver.semantic, 40) or label(driver.version, 40)) if part)


def _category(run: Run, rules: Rules) -> Category | None:
    told = category(_tool(run))
    if "trivy" not in _tool(run).lower() or _image(run):
        return told
    kinds = {_TRIVY_KINDS.get(name) for name in rules.names}
    return next(iter(kinds)) if len(kinds) == 1 and None not in kinds else told


def _image(run: Run) -> str:
    return label(run.properties.image) if isinstance(run.properties, Image) else ""


def _subject(runs: list[Run]) -> str:
    checkouts = [checkout for run in runs for checkout in run.checkouts or ()]
    addresses = (repository(checkout.uri or checkout.old_uri) for checkout in checkouts)
    return next((address for address in addresses if address), "") or next(filter(None, map(_image, runs)), "")


def _invocations(runs: list[Run]) -> list[Invocation]:
    return [one for run in runs for one in (*(run.invocations or ()), *([run.invocation] if run.invocation else ()))]


def _captured(runs: list[Run]) -> datetime | None:
    stated = [moment(i.end or i.old_end or i.start or i.old_start) for i in _invocations(runs)]
    return max((at for at in stated if at is not None), default=None)


def _scan_facts(runs: list[Run], rules: int) -> Iterator[Fact]:
    said = [one.successful for one in _invocations(runs) if isinstance(one.successful, bool)]
    if said:
        yield Fact(name="scan.completed", value=all(said))
    if rules:
        yield Fact(name="scan.rules", value=rules)


def _warnings(runs: list[Run]) -> Iterator[str]:
    silent = sum(run.results is None for run in runs)
    if silent:
        yield f"{silent} of {len(runs)} runs list no results at all: the tool may not have run to its end."
    if not runs:
        yield "The file holds no run of any tool."


FORMATS = (
    Format(
        name="sarif",
        title="SARIF",
        unit="finding",
        category=None,
        identify=_identify,
        parse=_parse,
        by_beginning=True,
    ),
)
