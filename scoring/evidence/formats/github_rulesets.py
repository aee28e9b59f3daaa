"""GitHub rulesets: the list, a ruleset with its rules, the rules that apply to a branch, and the same from GraphQL.

Rulesets add to classic branch protection, so they prove what they demand, and nothing by what they leave out. Only
active ones count; "evaluate" is a trial run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence.branches import Protection, approvals, branch_facts
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source
from scoring.evidence.tools import category

_DEFAULT = frozenset({"~ALL", "~DEFAULT_BRANCH"})
_MAIN_REFS = ("refs/heads/main", "refs/heads/master")
_ADMINS = frozenset({"OrganizationAdmin", "EnterpriseOwner"})
_ADMIN_ROLE = 5
"""GitHub's number of the repository role *admin*."""


class _Named(msgspec.Struct):
    """A required check, a code scanning tool or a required workflow."""

    context: Any = None
    tool: Any = None
    path: Any = None


_List = list[_Named | None] | None


class _Parameters(msgspec.Struct):
    """Parameters of a rule; the second name of each is GraphQL's."""

    reviews: Any = msgspec.field(name="required_approving_review_count", default=None)
    reviews_graph: Any = msgspec.field(name="requiredApprovingReviewCount", default=None)
    code_owner: Any = msgspec.field(name="require_code_owner_review", default=None)
    code_owner_graph: Any = msgspec.field(name="requireCodeOwnerReview", default=None)
    stale: Any = msgspec.field(name="dismiss_stale_reviews_on_push", default=None)
    stale_graph: Any = msgspec.field(name="dismissStaleReviewsOnPush", default=None)
    checks: _List = msgspec.field(name="required_status_checks", default=None)
    checks_graph: _List = msgspec.field(name="requiredStatusChecks", default=None)
    scanners: _List = msgspec.field(name="code_scanning_tools", default=None)
    scanners_graph: _List = msgspec.field(name="codeScanningTools", default=None)
    workflows: _List = None


class _Rule(msgspec.Struct):
    type: Any = None
    parameters: _Parameters | None = None
    source: Any = msgspec.field(name="ruleset_source", default=None)
    ruleset: Any = msgspec.field(name="ruleset_id", default=None)


class _Rules(msgspec.Struct):
    nodes: list[_Rule | None] | None = None


class _Actor(msgspec.Struct):
    id: Any = msgspec.field(name="actor_id", default=None)
    type: Any = msgspec.field(name="actor_type", default=None)
    organization_admin: Any = msgspec.field(name="organizationAdmin", default=None)
    enterprise_owner: Any = msgspec.field(name="enterpriseOwner", default=None)
    role: Any = msgspec.field(name="repositoryRoleDatabaseId", default=None)


class _Actors(msgspec.Struct):
    nodes: list[_Actor | None] | None = None


class _Refs(msgspec.Struct):
    include: list[Any] | None = None
    exclude: list[Any] | None = None


class _Conditions(msgspec.Struct):
    refs: _Refs | None = msgspec.field(name="ref_name", default=None)
    refs_graph: _Refs | None = msgspec.field(name="refName", default=None)


class _Row(_Rule):
    """A ruleset, a rule of a branch, or a GraphQL answer."""

    id: Any = None
    name: Any = None
    target: Any = None
    enforcement: Any = None
    owner: Any = msgspec.field(name="source", default=None)
    conditions: _Conditions | None = None
    rules: list[_Rule | None] | _Rules | None = None
    actors: list[_Actor | None] | None = msgspec.field(name="bypass_actors", default=None)
    actors_graph: _Actors | None = msgspec.field(name="bypassActors", default=None)
    data: _Data | None = None


class _Rulesets(msgspec.Struct):
    nodes: list[_Row | None] | None = None


class _Owner(msgspec.Struct):
    name: Any = None
    full: Any = msgspec.field(name="nameWithOwner", default=None)
    rulesets: _Rulesets | None = None


class _Data(msgspec.Struct):
    repository: _Owner | None = None
    organization: _Owner | None = None


@dataclass(frozen=True, slots=True)
class _Ruleset:
    """One ruleset; ``rules`` is None where the source lists it without them."""

    key: str
    owner: str
    active: bool
    on_main: bool
    rules: tuple[_Rule, ...] | None
    admins_bound: bool | None
    entries: int = 1
    """Elements of the list that it stands for."""


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.has("enforcement", "name") and bool({"source_type", "rules", "source"} & shape.keys.keys()):
        return True
    if shape.has("type", "ruleset_id"):
        return True
    return any("rulesets" in shape.within("data", owner) for owner in ("repository", "organization"))


def _parse(source: Source) -> Parsed | Rejected:
    found = list(_rulesets(rows(source, _Row)))
    active = [one for one in found if one.active]
    applied = [one for one in active if one.on_main and one.rules is not None]
    entries = sum(one.entries for one in active)
    return Parsed(
        format="gh-rulesets",
        tool="GitHub rulesets",
        records=Records(
            unit="rule",
            raw=sum(one.entries for one in found),
            open=entries,
            distinct=sum({one.key: one.entries for one in active}.values()),
        ),
        category=Category.REPOSITORY,
        subject=only(one.owner for one in found),
        facts=(*branch_facts(_combined(applied)), *_gate_facts(applied)) if applied else (),
        warnings=tuple(_warnings(found, applied)),
    )


def _warnings(found: list[_Ruleset], applied: list[_Ruleset]) -> Iterator[str]:
    if not found:
        yield "It lists no ruleset. Classic branch protection may exist all the same: give that too."
    elif any(one.rules is None for one in found):
        yield "It lists rulesets without their rules. Give the rules of the main branch (rules/branches/main) as well."
    elif not applied:
        yield "No active ruleset is about the main branch. Classic branch protection may exist: give that too."


def _rulesets(listed: Iterable[_Row]) -> Iterator[_Ruleset]:
    by_rule: dict[str, list[_Row]] = {}
    for row in listed:
        if row.data is not None:
            yield from _from_graph(row.data)
        elif row.ruleset is not None:
            by_rule.setdefault(label(row.ruleset), []).append(row)
        else:
            yield _ruleset(row, label(row.owner))
    for key, rules in by_rule.items():
        # Asked for one branch, GitHub gives the active rules that apply to it.
        owner = label(rules[0].source)
        yield _Ruleset(key, owner, True, True, rules=tuple(rules), admins_bound=None, entries=len(rules))


def _from_graph(data: _Data) -> Iterator[_Ruleset]:
    for owner in (data.repository, data.organization):
        if owner is not None:
            for row in (owner.rulesets or _Rulesets()).nodes or ():
                if row is not None:
                    yield _ruleset(row, label(owner.full) or label(owner.name))


def _ruleset(row: _Row, owner: str) -> _Ruleset:
    rules = row.rules.nodes if isinstance(row.rules, _Rules) else row.rules
    actors = row.actors_graph.nodes if row.actors_graph else row.actors
    return _Ruleset(
        key=label(row.id) or label(row.name),
        owner=owner,
        active=label(row.enforcement).lower() == "active",
        on_main=label(row.target).lower() in ("branch", "") and _covers_main(row.conditions),
        rules=None if rules is None else tuple(rule for rule in rules if rule is not None),
        admins_bound=None if actors is None else not any(_is_admin(actor) for actor in actors if actor is not None),
    )


def _covers_main(conditions: _Conditions | None) -> bool:
    """Whether the default branch is meant; a ruleset without conditions is about every branch."""
    refs = (conditions.refs or conditions.refs_graph) if conditions else None
    if refs is None:
        return True
    include = [label(ref) for ref in refs.include or ()]
    exclude = {label(ref) for ref in refs.exclude or ()}
    named = any(fnmatchcase(main, pattern) for main in _MAIN_REFS for pattern in include)
    return bool(_DEFAULT.intersection(include) or named) and not exclude & {*_DEFAULT, *_MAIN_REFS}


def _is_admin(actor: _Actor) -> bool:
    if label(actor.type) in _ADMINS or actor.organization_admin is True or actor.enterprise_owner is True:
        return True
    return _ADMIN_ROLE in (actor.role, actor.id if label(actor.type) == "RepositoryRole" else None)


def _combined(applied: list[_Ruleset]) -> Protection:
    """What the rulesets demand together; the strictest counts, and what none demands is unknown."""
    kinds = {_kind(rule) for one in applied for rule in one.rules or ()}
    parameters = [rule.parameters for one in applied for rule in one.rules or () if rule.parameters]
    told = (approvals(n) for p in parameters for n in (p.reviews, p.reviews_graph))
    reviews = [n for n in told if n is not None]
    checks = frozenset(_checks(parameters))
    bound = [one.admins_bound for one in applied if one.admins_bound is not None]
    return Protection(
        protected=True if kinds else None,
        reviews=max(reviews, default=None),
        code_owner=any(True in (p.code_owner, p.code_owner_graph) for p in parameters) or None,
        stale_dismissed=any(True in (p.stale, p.stale_graph) for p in parameters) or None,
        checks=checks or None,
        admins_bound=all(bound) if bound else None,
        force_push_blocked="non_fast_forward" in kinds or None,
        direct_push_blocked=bool({"pull_request", "merge_queue"} & kinds) or None,
        signed="required_signatures" in kinds or None,
    )


def _kind(rule: _Rule) -> str:
    return label(rule.type).lower()


def _checks(parameters: Iterable[_Parameters]) -> Iterator[str]:
    """Names of what must pass: status checks, required workflows, and scanners whose results are required."""
    for one in parameters:
        for named in (*(one.checks or ()), *(one.checks_graph or ()), *(one.workflows or ()), *_scanners(one)):
            if named is not None:
                yield from filter(None, (label(named.context), label(named.tool), label(named.path)))


def _scanners(parameters: _Parameters) -> Iterator[_Named | None]:
    yield from parameters.scanners or ()
    yield from parameters.scanners_graph or ()


def _gate_facts(applied: list[_Ruleset]) -> Iterator[Fact]:
    """A rule that requires a scanner's results stops changes with findings above its threshold."""
    parameters = (rule.parameters for one in applied for rule in one.rules or () if rule.parameters)
    tools = {label(named.tool, 80) for one in parameters for named in _scanners(one) if named is not None}
    kinds = {kind: name for name in sorted(tools) if name and (kind := category(name)) is not None}
    for kind in sorted(kinds):
        yield Fact(name="gate.blocks", value=True, category=kind, note=kinds[kind])


FORMATS = (
    Format(
        name="gh-rulesets",
        title="GitHub rulesets",
        unit="rule",
        category=Category.REPOSITORY,
        identify=_identify,
        parse=_parse,
        clean=("[]",),
    ),
)
