"""Taking up an earlier engagement: first what it would mean, then one journaled step that does it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.engagement import carry, history
from app.engagement.actions import unknown
from app.engagement.carry import Candidate, Choice, Group
from app.engagement.errors import UsageError
from app.engagement.folder import Engagement
from app.engagement.sources import Source
from questionnaires.migrate import Move, moves
from scoring.progress import Baseline, with_ids


@dataclass(frozen=True, slots=True)
class BaselinePlan:
    """What taking up a baseline means, before and after it is done."""

    source: Source
    baseline: Baseline
    """With its applications as they are known today."""
    questions: tuple[Move, ...]
    ids: Mapping[str, str]
    """Application of the source → its id today, where that is another one."""
    candidates: tuple[Candidate, ...]
    choices: Mapping[Group, Choice]
    kept: str | None
    """Its name in ``history/``; None where it is not kept yet."""
    done: bool = False

    @property
    def carried(self) -> tuple[Candidate, ...]:
        """The answers that the choices carry over."""
        return carry.chosen(self.candidates, self.choices)

    @property
    def renamed(self) -> tuple[Move, ...]:
        return tuple(move for move in self.questions if move.renamed)

    @property
    def applications(self) -> Iterator[tuple[str, str | None, str | None]]:
        """Each application or team of the source, its tier, and its id today; None for a team without one."""
        if self.source.teams:
            for team, keys in self.source.teams.items():
                for key in keys or (None,):
                    found = self.baseline.assessment.applications.get(key or "")
                    yield team, found.tier if found else None, key
            return
        for key, application in sorted(self.source.baseline.assessment.applications.items()):
            yield key, application.tier, self.ids.get(key, key)


def plan(
    engagement: Engagement,
    source: Source,
    *,
    ids: Sequence[tuple[str, str]] = (),
    choices: Mapping[Group, Choice] | None = None,
    pillars: Collection[str] = (),
    applications: Collection[str] = (),
) -> BaselinePlan:
    """What taking up a source would mean; nothing is changed.

    ``ids`` are applications (then, today), ``pillars`` and ``applications`` hold the carrying of answers to some of
    them. Raises UsageError for an id that nothing has, and where two applications would become one.
    """
    questionnaire, assessment = engagement.questionnaire, engagement.assessment
    _known("pillar", pillars, [pillar.id for pillar in questionnaire.pillar])
    _known("application", applications, assessment.applications)
    renamed = _renamed(engagement, source.baseline, ids)
    baseline = with_ids(source.baseline, renamed)
    return BaselinePlan(
        source=source,
        baseline=baseline,
        questions=moves(baseline.digests, questionnaire),
        ids=renamed,
        candidates=carry.candidates(questionnaire, assessment, baseline, pillars=pillars, applications=applications),
        choices=dict(choices or {}),
        kept=history.kept_as(engagement, source, renamed),
    )


def apply(engagement: Engagement, wanted: BaselinePlan, by: str) -> BaselinePlan:
    """Keep the source and carry over what was chosen, as one step. Raises EngagementError, with nothing changed."""
    more = carry.changes(wanted.carried, wanted.choices, wanted.baseline)
    name = history.add(engagement, wanted.source, by, ids=wanted.ids, more=more)
    return replace(wanted, kept=name, done=True)


def _known(kind: str, given: Collection[str], known: Collection[str]) -> None:
    for key in given:
        if key not in known:
            raise unknown(kind, key, known)


def _renamed(engagement: Engagement, found: Baseline, ids: Sequence[tuple[str, str]]) -> dict[str, str]:
    then, now = found.assessment.applications, engagement.assessment.applications
    _known("application of the baseline", [old for old, _ in ids], then)
    _known("application", [new for _, new in ids], now)
    wanted = dict(ids)
    after = [wanted.get(key, key) for key in then]
    twice = next((key for key in after if after.count(key) > 1), None)
    if twice is not None:
        raise UsageError("would stand for two applications of the baseline", f"'{twice}'", "Map one to it.")
    return {old: new for old, new in wanted.items() if old != new}
