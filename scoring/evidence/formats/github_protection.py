"""GitHub branch protection: the classic rules of a branch, a branch or list of branches, and the same from GraphQL.

``Branch not protected`` is a 404 and evidence of absence; other refusals (403, not found) say nothing about the branch
and are refused with the reason. A key that is missing is a rule that is off. Rulesets add to all this: rules that are
not here may stand there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Records
from scoring.evidence import addresses
from scoring.evidence.branches import Protection, approvals, branch_facts, main_branch
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_RULESETS = "Rulesets add to this: a rule that is missing here may stand there. Give the repository's rulesets too."
_NOT_PROTECTED = ("branch not protected", "upgrade to github")
"""Beginnings of messages that say no: there is no rule, or the plan of a private repository offers none."""
_BRANCH_KEYS = {"can_push", "developers_can_push", "merged", "default"}
"""What GitLab says of a branch and GitHub does not."""


class _Switch(msgspec.Struct):
    enabled: Any = None


_On = _Switch | bool | None


class _Check(msgspec.Struct):
    context: Any = None


class _Checks(msgspec.Struct):
    contexts: list[Any] | None = None
    checks: list[_Check] | None = None


class _Reviews(msgspec.Struct):
    number: Any = msgspec.field(name="required_approving_review_count", default=None)
    code_owner: Any = msgspec.field(name="require_code_owner_reviews", default=None)
    stale: Any = msgspec.field(name="dismiss_stale_reviews", default=None)


class _Rules(msgspec.Struct):
    """The rules of one branch, or a branch with a summary of them."""

    url: Any = None
    name: Any = None
    message: Any = None
    protected: Any = None
    protection: _Rules | None = None
    protection_url: Any = None
    checks: _Checks | None = msgspec.field(name="required_status_checks", default=None)
    reviews: _Reviews | None = msgspec.field(name="required_pull_request_reviews", default=None)
    signatures: _On = msgspec.field(name="required_signatures", default=None)
    admins: _On = msgspec.field(name="enforce_admins", default=None)
    force_pushes: _On = msgspec.field(name="allow_force_pushes", default=None)
    data: _Data | None = None


class _GraphRule(msgspec.Struct, rename="camel"):
    pattern: Any = None
    requires_approving_reviews: Any = None
    required_approving_review_count: Any = None
    requires_code_owner_reviews: Any = None
    dismisses_stale_reviews: Any = None
    requires_status_checks: Any = None
    required_status_check_contexts: list[Any] | None = None
    is_admin_enforced: Any = None
    allows_force_pushes: Any = None
    requires_commit_signatures: Any = None


class _GraphRules(msgspec.Struct):
    nodes: list[_GraphRule | None] | None = None


class _GraphBranch(msgspec.Struct):
    name: Any = None
    rule: _GraphRule | None = msgspec.field(name="branchProtectionRule", default=None)


class _Repository(msgspec.Struct, rename="camel"):
    name_with_owner: Any = None
    name: Any = None
    branch_protection_rules: _GraphRules | None = None
    default_branch_ref: _GraphBranch | None = None


class _Data(msgspec.Struct):
    repository: _Repository | None = None


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.text("url").endswith("/protection") or shape.text("protection_url").endswith("/protection"):
        return True
    if shape.has("required_status_checks") and "enabled" in shape.within("enforce_admins"):
        return True
    graph = shape.within("data", "repository").keys()
    if "branchProtectionRules" in graph or "branchProtectionRule" in shape.within(
        "data", "repository", "defaultBranchRef"
    ):
        return True
    if shape.has("name", "commit", "protected"):
        return not _BRANCH_KEYS & shape.keys.keys()
    return _is_message(shape)


def _is_message(shape: Shape) -> bool:
    """GitHub's answer where it gives nothing else, unless it is about a scanner that is off."""
    documentation = shape.text("documentation_url")
    absent = shape.text("message").lower().startswith(_NOT_PROTECTED[0])
    about = absent or "protect" in documentation or "branches" in documentation
    return shape.kind is Kind.OBJECT and shape.has("message", "documentation_url") and about


def _parse(source: Source) -> Parsed | Rejected:
    found = [pair for row in rows(source, _Rules) for pair in _branches(row)]
    refusals = [label(row.message).lower() for row in rows(source, _Rules) if label(row.message)]
    if refusals and not found:
        return Rejected(_refused(refusals[0]))
    names = [name for name, _, _ in found]
    main = main_branch(names)
    chosen = next((rules for name, _, rules in found if name == main), None)
    subject = only(repository for _, repository, _ in found)
    protected = [name for name, _, rules in found if rules.protected]
    return Parsed(
        format="gh-branch-protection",
        tool="GitHub",
        records=Records(unit="branch", raw=len(found), open=len(protected), distinct=len(set(protected))),
        category=Category.REPOSITORY,
        subject=subject,
        branch=main if main and len(set(names)) == 1 else "",
        facts=tuple(branch_facts(chosen, main or "")) if chosen else (),
        warnings=tuple(_warnings(found, chosen)),
    )


def _warnings(found: list[tuple[str, str, Protection]], chosen: Protection | None) -> Iterator[str]:
    yield _RULESETS
    if found and chosen is None:
        yield "None of its branches has the name of a main branch, so it gives no facts."


def _refused(message: str) -> str:
    if "not found" in message:
        return "GitHub answered 'not found': the branch or repository is not there, or may not be seen. Ask an admin."
    return "GitHub refused to tell: that is not an unprotected branch. Fetch it again with administration rights."


def _branches(row: _Rules) -> Iterator[tuple[str, str, Protection]]:
    """The name of each branch with its repository and rules."""
    if row.data is not None:
        yield from _from_graph(row.data)
    elif row.message is not None:
        if label(row.message).lower().startswith(_NOT_PROTECTED):
            yield "", "", Protection(protected=False)
    elif row.protected is not None or row.protection is not None:
        yield _from_branch(row)
    else:
        name = addresses.between(row.url, "/branches/", "/protection")
        yield name, addresses.github(row.url), _from_rules(row)


def _from_rules(row: _Rules) -> Protection:
    reviews = row.reviews
    return Protection(
        protected=True,
        reviews=(approvals(reviews.number) or 0) if reviews else 0,
        code_owner=bool(reviews and reviews.code_owner is True),
        stale_dismissed=bool(reviews and reviews.stale is True),
        checks=_contexts(row.checks),
        admins_bound=_is_on(row.admins),
        force_push_blocked=not _is_on(row.force_pushes),
        direct_push_blocked=reviews is not None,
        signed=_is_on(row.signatures),
    )


def _from_branch(row: _Rules) -> tuple[str, str, Protection]:
    """A branch says whether it is protected and by which checks; the other rules need administration rights."""
    address = row.protection_url or row.url
    checks = _contexts(row.protection.checks) if row.protection and row.protection.checks else None
    return label(row.name), addresses.github(address), Protection(protected=row.protected is True, checks=checks)


def _from_graph(data: _Data) -> Iterator[tuple[str, str, Protection]]:
    repository = data.repository or _Repository()
    name = label(repository.name_with_owner) or label(repository.name)
    head = repository.default_branch_ref
    if head is not None and (head.rule is not None or repository.branch_protection_rules is None):
        yield label(head.name), name, _from_graph_rule(head.rule) if head.rule else Protection(protected=False)
        return
    for rule in (repository.branch_protection_rules or _GraphRules()).nodes or ():
        if rule is not None:
            yield label(rule.pattern), name, _from_graph_rule(rule)


def _from_graph_rule(rule: _GraphRule) -> Protection:
    reviewed = rule.requires_approving_reviews is True or bool(approvals(rule.required_approving_review_count))
    checked = rule.requires_status_checks is not False
    contexts = filter(None, map(label, (checked and rule.required_status_check_contexts) or ()))
    return Protection(
        protected=True,
        reviews=(approvals(rule.required_approving_review_count) or 0) if reviewed else 0,
        code_owner=rule.requires_code_owner_reviews is True,
        stale_dismissed=rule.dismisses_stale_reviews is True,
        checks=frozenset(contexts),
        admins_bound=rule.is_admin_enforced is True,
        force_push_blocked=rule.allows_force_pushes is not True,
        direct_push_blocked=reviewed,
        signed=rule.requires_commit_signatures is True,
    )


def _contexts(checks: _Checks | None) -> frozenset[str]:
    """Names of the required checks; the API gives them twice."""
    if checks is None:
        return frozenset()
    named = (*(checks.contexts or ()), *(check.context for check in checks.checks or ()))
    return frozenset(filter(None, map(label, named)))


def _is_on(switch: _On) -> bool:
    return switch is True or (isinstance(switch, _Switch) and switch.enabled is True)


FORMATS = (
    Format(
        name="gh-branch-protection",
        title="GitHub branch protection",
        unit="branch",
        category=Category.REPOSITORY,
        identify=_identify,
        parse=_parse,
    ),
)
