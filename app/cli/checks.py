"""Verbs that say what to look at again, and what the answers mean to regimes: checks, regimes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli import FOUND
from app.cli.explain import indented, over, whom_of
from app.cli.options import ApplicationId, Folder, Json, TierId, earlier, opened, print_json
from app.cli.results import evaluated
from app.cli.tables import console, shown
from app.engagement import actions
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from questionnaires.model import Obligation
from scoring import checks as rules
from scoring.coverage import ObligationCoverage, RegimeCoverage, Standing
from scoring.coverage import regimes as covered
from scoring.progress import compare

_NONE = "this questionnaire covers none of its obligations."


def add_to(app: typer.Typer) -> None:
    app.command("checks")(checks)
    app.command("regimes")(regimes)


# ---- checks


def checks(folder: Folder, json: Json = False) -> None:
    """List what to look at again before anybody reads the numbers; exit 1 if any of it is an error."""
    with opened(folder) as engagement:
        content, questionnaire, assessment = engagement.content, engagement.questionnaire, engagement.assessment
        evaluation, before = evaluated(engagement), earlier(engagement)
        comparison = compare(questionnaire, assessment, evaluation, engagement.plan, before[-1]) if before else None
        found = rules.checks(content, questionnaire, assessment, evaluation, comparison)
        counts = Counter(check.severity for check in found)
        if json:
            print_json(
                {
                    "counts": {severity: counts[severity] for severity in rules.Severity},
                    "checks": [asdict(check) for check in found],
                }
            )
        else:
            _print_checks(engagement, found)
            named = ((counts[severity], severity) for severity in rules.Severity)
            print(", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in named))
    if counts[rules.Severity.ERROR]:
        raise typer.Exit(FOUND)


def _print_checks(engagement: Engagement, found: tuple[rules.Check, ...]) -> None:
    out = console()
    for check in found:
        where = f"{engagement.assessment.applications[check.application].name}, " if check.application else ""
        subject = check.subject[:12] if check.rule is rules.CheckRule.LATER else check.subject
        out.print(shown(f"{check.severity}: {where}{subject}", style="bold"))
        out.print(indented(f"{check.says} {check.remedy}", "  "))


# ---- regimes


def regimes(
    folder: Folder,
    regime: Annotated[
        str | None,
        typer.Argument(metavar="[REGIME]", help="Every obligation of this one in scope.", show_default=False),
    ] = None,
    application: ApplicationId = None,
    tier: TierId = None,
    json: Json = False,
) -> None:
    """Say how far the regimes in scope are covered, or every obligation of one with the criteria behind it."""
    with opened(folder) as engagement:
        chosen = over(engagement, application, tier)
        scope = engagement.assessment.regimes
        if regime is not None and regime not in scope and regime in engagement.content.regimes:
            remedy = f"Add it with 'colonnade set {folder} regimes {','.join((*scope, regime))}'."
            raise UsageError("is not in scope", f"'{regime}'", remedy)
        if regime is not None and regime not in scope:
            raise actions.unknown("regime in scope", regime, scope)
        claims = evaluated(engagement).claims
        every = covered(engagement.content, engagement.questionnaire, engagement.assessment, claims, chosen)
        found = [entry for entry in every if regime in (None, entry.regime.id)]
        if json:
            print_json({"regimes": [_regime_as_json(entry, detailed=regime is not None) for entry in found]})
        elif regime is not None:
            for entry in found:
                _print_obligations(entry, whom_of(engagement, application, tier))
        else:
            _print_regimes(found, whom_of(engagement, application, tier))


def _regime_as_json(found: RegimeCoverage, *, detailed: bool) -> dict[str, Any]:
    """The contract of ``regimes --json``; the obligations only where one regime was asked for."""
    said: dict[str, Any] = {
        "id": found.regime.id,
        "name": found.regime.name,
        "version": found.regime.version,
        "covered": found.covered,
        "obligations": len(found.obligations),
        "counts": dict(found.counts),
        "without_criteria": len(found.uncovered),
        "challenged": sum(bool(entry.challenged) for entry in found.obligations),
    }
    if detailed:
        said["each"] = [
            {
                "number": entry.number,
                "title": entry.obligation.title,
                "kind": entry.obligation.kind,
                "hours": entry.obligation.hours,
                "years": entry.obligation.years,
                "place": entry.obligation.place,
                "standing": entry.standing if entry.behind else None,
                "challenged": list(entry.challenged),
                "behind": [
                    {**asdict(behind), "rationale": rationale}
                    for behind, rationale in zip(entry.behind, _rationales(entry), strict=True)
                ],
            }
            for entry in found.obligations
        ]
    return said


def _rationales(entry: ObligationCoverage) -> list[str]:
    """Why each criterion behind an obligation contributes to it."""
    of = {link.criterion: link.rationale for link in entry.obligation.link}
    return [of[behind.criterion] for behind in entry.behind]


def _print_regimes(found: list[RegimeCoverage], whom: str) -> None:
    out = console()
    if not found:
        out.print("No regime is in scope: 'colonnade set FOLDER regimes ID,ID' names them.")
        return
    table = Table(title=shown(whom), title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("Regime")
    table.add_column("Id", no_wrap=True)
    for name in (*(standing.replace("-", " ") for standing in Standing), "no criterion", "challenged"):
        table.add_column(name, justify="right")
    for entry in found:
        counts = [str(count) for count in entry.counts.values()]
        challenged = str(sum(bool(each.challenged) for each in entry.obligations))
        cells = [entry.regime.name, entry.regime.id, *counts, str(len(entry.uncovered)), challenged]
        table.add_row(*(shown(cell) for cell in cells))
    out.print(table)
    for entry in found:
        if not entry.covered:
            out.print(shown(f"{entry.regime.name}: {_NONE}"))


def _print_obligations(found: RegimeCoverage, whom: str) -> None:
    out, regime = console(), found.regime
    out.print(shown(f"{whom}: {regime.name}, {regime.version} ({regime.authority}, {regime.jurisdiction})", "bold"))
    if not found.covered:
        out.print(_NONE)
    for entry in found.obligations:
        stands = entry.standing.replace("-", " ") if entry.behind else "no criterion"
        marked = ", challenged by evidence" if entry.challenged else ""
        limit = _limit(entry.obligation)
        out.print(shown(f"{entry.number} {entry.obligation.title}{limit}: {stands}{marked}", "bold"))
        for behind, rationale in zip(entry.behind, _rationales(entry), strict=True):
            named = {
                "met": behind.met,
                "partly": behind.some,
                "not met": behind.none,
                "unanswered": behind.unanswered,
                "not applicable": behind.not_applicable,
                "challenged": behind.challenged,
            }
            counts = ", ".join(f"{count} {name}" for name, count in named.items() if count)
            out.print(indented(f"{behind.criterion}: {counts}. {rationale}", "  "))


def _limit(obligation: Obligation) -> str:
    """The parameter of a time limit, a retention or a place."""
    if obligation.hours is not None:
        return f" (within {obligation.hours} hours)"
    if obligation.years is not None:
        return f" (for {obligation.years} years)"
    return f" (in {obligation.place})" if obligation.place is not None else ""
