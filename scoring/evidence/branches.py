"""What protects a branch, in one vocabulary for every platform, and the facts it gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scoring.assessment import Fact
from scoring.evidence.tools import SECURITY, categories

MAIN = ("main", "master", "trunk", "default", "production", "develop")
"""Names of main branches, the likelier ones first."""
_MOST_CHECKS = 5


@dataclass(frozen=True, slots=True)
class Protection:
    """The rules of one branch. None where the source does not say; that gives no fact."""

    protected: bool | None = None
    reviews: int | None = None
    """Approvals that a change needs."""
    code_owner: bool | None = None
    stale_dismissed: bool | None = None
    checks: frozenset[str] | None = None
    """Names of the checks that must pass."""
    admins_bound: bool | None = None
    force_push_blocked: bool | None = None
    direct_push_blocked: bool | None = None
    signed: bool | None = None


def approvals(value: object) -> int | None:
    """A number of approvals; None where it is no number that anybody could ask for."""
    return value if type(value) is int and 0 <= value <= 1000 else None


def main_branch(names: Iterable[str]) -> str | None:
    """The name or pattern that stands for the main branch; None where it cannot be told."""
    listed = list(dict.fromkeys(names))
    known = next((name for main in MAIN for name in listed if name in (main, "*", "**")), None)
    return known if known is not None else listed[0] if len(listed) == 1 else None


def branch_facts(rules: Protection, note: str = "") -> Iterator[Fact]:
    """The facts of what is known about a branch. ``note`` says which one it is."""
    known: dict[str, bool | int | None] = {
        "branch.protected": rules.protected,
        "branch.required_reviews": rules.reviews,
        "branch.code_owner_review": rules.code_owner,
        "branch.stale_reviews_dismissed": rules.stale_dismissed,
        "branch.admins_bound": rules.admins_bound,
        "branch.force_push_blocked": rules.force_push_blocked,
        "branch.direct_push_blocked": rules.direct_push_blocked,
        "branch.signed_commits": rules.signed,
    }
    for name, value in known.items():
        if value is not None:
            yield Fact(name=name, value=value, note=note)
    if rules.checks is not None:
        names = ", ".join(sorted(rules.checks)[:_MOST_CHECKS])
        yield Fact(name="branch.status_checks", value=len(rules.checks), note=names)
        scanners = sorted(check for check in rules.checks if SECURITY.intersection(categories(check)))
        yield Fact(name="branch.security_check", value=bool(scanners), note=", ".join(scanners[:_MOST_CHECKS]))
