"""Who may change what in GitLab: protected branches, branches, approval rules and merge requests of the REST API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact, Records
from scoring.evidence import addresses
from scoring.evidence.branches import Protection, approvals, branch_facts, main_branch
from scoring.evidence.facts import share
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import UNDATED, only, page_warning, rows
from scoring.evidence.scalars import label, moment
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_LISTS = (Kind.OBJECT, Kind.ARRAY, Kind.STREAM)
_NO_ONE = 0
"""GitLab's number of the access level *No one*."""


class _Level(msgspec.Struct):
    access_level: Any = None
    user_id: Any = None
    group_id: Any = None
    deploy_key_id: Any = None


class _Branch(msgspec.Struct):
    """A protected branch, or a branch that says whether it is one."""

    id: Any = None
    name: Any = None
    push: list[_Level] | None = msgspec.field(name="push_access_levels", default=None)
    merge: list[_Level] | None = msgspec.field(name="merge_access_levels", default=None)
    allow_force_push: Any = None
    code_owner: Any = msgspec.field(name="code_owner_approval_required", default=None)
    protected: Any = None
    default: Any = None
    developers_can_push: Any = None
    web_url: Any = None


class _Approval(msgspec.Struct):
    """An approval rule, or the approval settings of a project or merge request."""

    id: Any = None
    name: Any = None
    rule_type: Any = None
    approvals_required: Any = None
    branches: list[_Branch] | None = msgspec.field(name="protected_branches", default=None)
    applies_to_all: Any = msgspec.field(name="applies_to_all_protected_branches", default=None)
    before_merge: Any = msgspec.field(name="approvals_before_merge", default=None)
    reset_on_push: Any = msgspec.field(name="reset_approvals_on_push", default=None)
    rules: list[_Approval] | None = None


class _User(msgspec.Struct):
    id: Any = None
    username: Any = None

    @property
    def key(self) -> str:
        return label(self.id) or label(self.username)


class _MergeRequest(msgspec.Struct):
    id: Any = None
    iid: Any = None
    state: Any = None
    target_branch: Any = None
    created_at: Any = None
    updated_at: Any = None
    merged_at: Any = None
    closed_at: Any = None
    web_url: Any = None
    author: _User | None = None
    merged_by: _User | None = None
    merge_user: _User | None = None
    before_merge: Any = msgspec.field(name="approvals_before_merge", default=None)


def _identify_branches(shape: Shape) -> bool:
    if shape.kind not in _LISTS:
        return False
    if shape.has("name", "push_access_levels", "merge_access_levels"):
        return True
    return shape.has("name", "commit", "protected") and bool({"developers_can_push", "can_push"} & shape.keys.keys())


def _parse_branches(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _Branch))
    protected = [one for one in listed if one.protected is not False]
    main = next((label(one.name) for one in listed if one.default is True), None)
    main = main or main_branch(label(one.name) for one in listed)
    chosen = next((one for one in listed if label(one.name) == main), None)
    return Parsed(
        format="gitlab-protected-branches",
        tool="GitLab",
        records=Records(
            unit="branch", raw=len(listed), open=len(protected), distinct=len({label(one.name) for one in protected})
        ),
        category=Category.REPOSITORY,
        subject=only(addresses.gitlab(one.web_url) for one in listed),
        facts=tuple(branch_facts(_protection(chosen), main or "")) if chosen else (),
        warnings=tuple(_branch_warnings(listed, chosen)),
    )


def _branch_warnings(listed: list[_Branch], chosen: _Branch | None) -> Iterator[str]:
    if not listed:
        yield "It lists no protected branch: the main branch is not protected by the project's own rules."
    elif chosen is None:
        yield "None of its branches has the name of a main branch, so it gives no facts."


def _protection(branch: _Branch) -> Protection:
    """What GitLab says; a branch's own page says less than its protection."""
    if branch.push is None:
        protected = branch.protected is True
        return Protection(protected=protected, force_push_blocked=None if protected else False)
    # A deploy key is no person; it pushes what a pipeline made.
    pushers = [level for level in branch.push if level.deploy_key_id is None]
    return Protection(
        protected=True,
        code_owner=branch.code_owner if isinstance(branch.code_owner, bool) else None,
        force_push_blocked=branch.allow_force_push is not True,
        direct_push_blocked=not any(_lets_in(level) for level in pushers),
    )


def _lets_in(level: _Level) -> bool:
    return level.access_level != _NO_ONE or level.user_id is not None or level.group_id is not None


def _identify_approvals(shape: Shape) -> bool:
    if shape.kind not in _LISTS:
        return False
    if shape.has("approvals_required") and bool({"rule_type", "eligible_approvers"} & shape.keys.keys()):
        return True
    return shape.has("approvals_before_merge", "reset_approvals_on_push") or shape.has(
        "approval_rules_overwritten", "rules"
    )


def _parse_approvals(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _Approval))
    rules = [rule for one in listed for rule in (one.rules or [one])]
    demands = [rule for rule in rules if _required(rule)]
    number = _main_demand(demands)
    stale = next((one.reset_on_push for one in listed if isinstance(one.reset_on_push, bool)), None)
    return Parsed(
        format="gitlab-approvals",
        tool="GitLab",
        records=Records(unit="rule", raw=len(rules), open=len(demands), distinct=len({_key(one) for one in demands})),
        category=Category.REPOSITORY,
        facts=tuple(branch_facts(Protection(reviews=number, stale_dismissed=stale))),
        warnings=() if listed else ("It lists no approval rule.",),
    )


def _key(rule: _Approval) -> str:
    return label(rule.id) or label(rule.name)


def _required(rule: _Approval) -> int:
    return approvals(rule.approvals_required) or approvals(rule.before_merge) or 0


def _main_demand(rules: Iterable[_Approval]) -> int:
    """Approvals that the main branch needs: every rule must be met, and one person may count for several of them."""
    numbers = [0]
    for rule in rules:
        names = {label(one.name) for one in rule.branches or ()}
        if not names or rule.applies_to_all is True or main_branch(names) is not None:
            numbers.append(_required(rule))
    return max(numbers)


def _identify_merge_requests(shape: Shape) -> bool:
    return shape.kind in _LISTS and shape.has("source_branch", "target_branch", "iid")


def _parse_merge_requests(source: Source) -> Parsed | Rejected:
    listed = list(rows(source, _MergeRequest))
    known = list({label(one.id) or f"{one.web_url} {one.iid}": one for one in listed}.values())
    opened = [one for one in listed if label(one.state).lower() in ("opened", "open", "locked")]
    return Parsed(
        format="gitlab-merge-requests",
        tool="GitLab",
        records=Records(
            unit="merge request",
            raw=len(listed),
            open=len(opened),
            distinct=len({label(one.id) or label(one.iid) for one in opened}),
        ),
        category=Category.REPOSITORY,
        captured_at=max((at for one in known for at in _moments(one)), default=None),
        subject=only(addresses.gitlab(one.web_url) for one in known),
        branch=only(label(one.target_branch) for one in known),
        facts=tuple(_merge_facts(known)),
        warnings=(UNDATED, *page_warning(len(listed))) if listed else ("It lists no merge request.",),
    )


def _merge_facts(known: list[_MergeRequest]) -> Iterator[Fact]:
    merged = [one for one in known if label(one.state).lower() == "merged"]
    told = [(one.author.key, by.key) for one in merged if one.author and (by := one.merge_user or one.merged_by)]
    if told:
        own = sum(author == by for author, by in told)
        yield Fact(name="branch.self_merged_share", value=share(own, len(told)))
    needed = [number for one in merged if (number := approvals(one.before_merge)) is not None]
    if needed:
        yield Fact(name="branch.required_reviews", value=min(needed), note="least of the merged changes")


def _moments(one: _MergeRequest) -> Iterator[datetime]:
    told = (one.created_at, one.updated_at, one.merged_at, one.closed_at)
    return (at for value in told if (at := moment(value)) is not None)


FORMATS = (
    Format(
        name="gitlab-protected-branches",
        title="GitLab protected branch list",
        unit="branch",
        category=Category.REPOSITORY,
        identify=_identify_branches,
        parse=_parse_branches,
        clean=("[]",),
    ),
    Format(
        name="gitlab-approvals",
        title="GitLab merge request approval rules",
        unit="rule",
        category=Category.REPOSITORY,
        identify=_identify_approvals,
        parse=_parse_approvals,
        clean=("[]",),
    ),
    Format(
        name="gitlab-merge-requests",
        title="GitLab merge request list",
        unit="merge request",
        category=Category.REPOSITORY,
        identify=_identify_merge_requests,
        parse=_parse_merge_requests,
        clean=("[]",),
    ),
)
