"""A small assessment made by hand, for the tests of reports: two pillars, three practices, two applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction

from questionnaires.model import (
    Category,
    Content,
    Criterion,
    FactKind,
    FactType,
    Level,
    Link,
    Obligation,
    Operator,
    Pillar,
    Practice,
    Questionnaire,
    Regime,
    Rule,
    Scope,
    Step,
    Target,
    Term,
    Tier,
    Tiers,
)
from reports.options import Options
from reports.snapshot import Snapshot, build
from scoring.assessment import Answer, Application, Assessment, Basis, Evidence, Fact, Records
from scoring.claims import Claims, judge
from scoring.progress import Baseline
from scoring.results import results
from scoring.roadmap import Plan
from scoring.schedule import plan
from scoring.scores import Scorer, Scores, score

UUID = "0ec92899-a5cb-4649-984b-2fb1d6c784ad"
SHA = "ab" * 32


def criterion(key: str, level: int, **more: object) -> Criterion:
    fields: dict[str, object] = {
        "id": key,
        "level": level,
        "question": f"Is {key} done?",
        "why": "It matters.",
        "good": "It is done.",
        "setup_days": 2,
        "per_application_days": 1,
    }
    return Criterion.model_validate(fields | more)


def questionnaire() -> Questionnaire:
    rule = Rule(
        fact="findings.critical.open",
        op=Operator.GT,
        value=0,
        max_age_days=90,
        challenges="partly",
        says="Critical findings are open.",
    )
    gates = Practice(
        id="build.gates",
        name="Gates",
        scope=Scope.APPLICATION,
        purpose="Stops what is not safe.",
        descriptors=("None.", "Gates run on every merge.", "Gates block."),
        criterion=(
            criterion("build.gates.run", 2, rule=(rule,), dsomm=(UUID,)),
            criterion("build.gates.block", 3, prerequisites=("build.gates.run",)),
        ),
    )
    tests = Practice(
        id="build.tests",
        name="Tests",
        scope=Scope.APPLICATION,
        purpose="Finds what is wrong.",
        criterion=(criterion("build.tests.some", 2), criterion("build.tests.all", 3)),
    )
    people = Practice(
        id="learn.people",
        name="People",
        scope=Scope.ORGANISATION,
        purpose="Knows how.",
        criterion=(criterion("learn.people.trained", 2), criterion("learn.people.champions", 3)),
    )
    return Questionnaire(
        schema_version=1,
        id="small",
        version="1",
        title="Small questionnaire",
        description="For tests.",
        licence="Apache-2.0",
        met="largely",
        presence="partly",
        level=tuple(
            Level(number=n, name=name, meaning="As named.") for n, name in ((1, "Low"), (2, "Mid"), (3, "High"))
        ),
        scale=(
            Step(id="no", name="No", value=Fraction(0), meaning="Not."),
            Step(id="partly", name="Partly", value=Fraction(1, 3), meaning="Less than half."),
            Step(id="largely", name="Largely", value=Fraction(2, 3), meaning="Most."),
            Step(id="fully", name="Fully", value=Fraction(1), meaning="All."),
        ),
        pillar=(
            Pillar(id="build", name="Build well", purpose="Building.", practice=(gates, tests)),
            Pillar(id="learn", name="Keep learning", purpose="Learning.", practice=(people,)),
        ),
        target=tuple(Target(tier="1", pillar=p, level=3, reason="It is critical.") for p in ("build", "learn")),
    )


def content(asked: Questionnaire) -> Content:
    tier = Tier(id="1", name="Critical", meaning="Payments.", weight=Fraction(4), reason="Markets.", critical_days=7)
    tiers = Tiers(
        schema_version=1,
        tier=(tier,),
        attribute={"internet-facing": "Reachable."},
        exposure=(
            Term(
                id="internet",
                name="internet-facing",
                adds=Fraction(1, 5),
                attribute="internet-facing",
                reason="Anyone.",
            ),
        ),
        exposure_limit=Fraction(2),
        exposure_days=180,
        discount=Fraction(9, 10),
        discount_reason="Later is worth less.",
        wave_months=3,
        waves=4,
        capacity=Fraction(6),
        not_applicable_limit=Fraction(1, 3),
        not_applicable_reason="What is left stands for too little.",
    )
    link = Link(criterion="build.gates.run", rationale="It is the same.")
    regime = Regime(
        schema_version=1,
        id="rule",
        name="Rulebook",
        authority="Authority",
        jurisdiction="Here",
        version="1",
        date="2026",
        binds="Everyone.",
        questionnaire="small",
        obligation=(Obligation(number="4.2", title="Gates", link=(link,)),),
    )
    fact = FactKind(
        name="findings.critical.open", type=FactType.COUNT, unit="findings", meaning="Open critical findings."
    )
    return Content(questionnaires={"small": asked}, tiers=tiers, regimes={"rule": regime}, facts={fact.name: fact})


def evidence(**more: object) -> Evidence:
    fields: dict[str, object] = {
        "sha256": SHA,
        "path": "exports/scan.sarif",
        "bytes": 10,
        "format": "sarif",
        "tool": "Scanner 1.2",
        "category": Category.SAST,
        "captured_at": datetime(2026, 9, 1, tzinfo=UTC),
        "subject": "hub",
        "records": Records(unit="finding", raw=3, open=2, distinct=2),
        "facts": (Fact(name="findings.critical.open", value=2),),
    }
    return Evidence.model_validate(fields | more)


def assessment(**more: object) -> Assessment:
    hub = Application(
        id="hub",
        name="Payments Hub",
        tier="1",
        attributes=("internet-facing",),
        answers={"build.tests.some": Answer(value="fully", basis=Basis.DOCUMENT, note="Seen.")},
        evidence={SHA: evidence()},
    )
    fields: dict[str, object] = {
        "organisation": "Meridian Bridge",
        "questionnaire": "small",
        "as_of": date(2026, 9, 30),
        "assessors": ("R. Halloran",),
        "capacity": 6,
        "regimes": ("rule",),
        "answers": {
            "build.gates.run": Answer(value="largely", basis=Basis.INTERVIEW),
            "build.gates.block": Answer(value="no"),
            "build.tests.some": Answer(value="partly"),
            "learn.people.trained": Answer(value="fully", basis=Basis.DOCUMENT),
        },
        "applications": {"hub": hub, "desk": Application(id="desk", name="Trading Desk", tier="1")},
    }
    return Assessment.model_validate(fields | more)


@dataclass(frozen=True)
class Example:
    """Everything that a report is built from."""

    content: Content
    questionnaire: Questionnaire
    assessment: Assessment
    claims: Claims
    scores: Scores
    plan: Plan

    def snapshot(self, baselines: Sequence[Baseline] = (), options: Options | None = None) -> Snapshot:
        return build(
            self.content,
            self.questionnaire,
            self.assessment,
            self.claims,
            self.scores,
            self.plan,
            "1",
            baselines=baselines,
            head="cd" * 32,
            version="0.1",
            options=options,
        )

    def unplanned(self) -> Example:
        """The same with an empty plan."""
        return replace(self, plan=replace(self.plan, waves=(), unplanned=()))


def example(given: Assessment | None = None, asked: Questionnaire | None = None) -> Example:
    asked = asked or questionnaire()
    given = given or assessment()
    known = content(asked)
    claims = judge(asked, known.facts, given)
    scores = score(Scorer(asked), given, claims)
    return Example(known, asked, given, claims, scores, plan(known, asked, given, claims))


def earlier() -> Baseline:
    """Half a year before: less was done."""
    before = example(assessment(as_of=date(2026, 3, 31), answers={"build.gates.run": Answer(value="partly")}))
    asked = before.questionnaire
    day = date(2026, 3, 31)
    return Baseline(str(day), day, before.assessment, asked.digests, asked, results(before.scores), before.plan)
