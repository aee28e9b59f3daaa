"""What an earlier engagement may come from: its folder, a pack, a report, or what teams said in the DSOMM application.

Everything is read as hostile; nothing is changed. What is kept of a source is one file: a pack for a whole
engagement, the attached document of a report for one tier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.engagement import checkpoint, dsomm, journal, state
from app.engagement.attachment import MAX_BYTES, attached, parse_baseline
from app.engagement.checkpoint import JOURNAL, QUESTIONNAIRE, ROADMAP, parse_assessment, parse_questionnaire
from app.engagement.errors import EngagementError, UsageError, unread
from app.engagement.folder import Engagement
from app.engagement.lock import actor
from app.engagement.pack import RESULTS, SUFFIX, contents, freeze, plain
from app.engagement.sealing import is_sealed
from questionnaires.check import Files, check_questionnaire
from questionnaires.dsomm_teams import Progress, check_states, read_progress
from questionnaires.load import Invalid
from questionnaires.model import Content, Questionnaire
from scoring.assessment import Application, Assessment
from scoring.evaluation import evaluate
from scoring.evidence.limits import Refused
from scoring.evidence.stored import open_regular
from scoring.progress import Baseline
from scoring.results import Results, from_data, results
from scoring.roadmap import Plan
from scoring.scores import Scorer

DOCUMENT = ".toml"
MAX_LEVEL = 20
"""The highest level that a questionnaire can have."""
_AGAIN = "Ask for the file again."
_ZIP, _PDF = b"PK\x03\x04", b"%PDF-"


@dataclass(frozen=True, slots=True)
class Source:
    """An earlier engagement as it was found, before it is kept."""

    path: Path
    baseline: Baseline
    data: bytes
    """What to keep of it."""
    suffix: str
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a DSOMM file: team → the applications it answers for."""
    unknown: tuple[str, ...] = ()
    """Of a DSOMM file: activities that the questionnaire does not have."""


def read_source(
    engagement: Engagement,
    path: Path,
    passphrase: str | None = None,
    *,
    teams: Sequence[tuple[str, str]] = (),
    as_of: date | None = None,
) -> Source:
    """An earlier engagement from whatever ``path`` is, told by its content.

    ``teams`` (team, application) and ``as_of`` are for a DSOMM file, which knows neither. Raises EngagementError, also
    for one that cannot be a baseline here: of another questionnaire, of a later day, or the engagement itself.
    """
    source = _found(engagement, path, passphrase, teams, as_of)
    baseline, today = source.baseline, engagement.assessment
    if baseline.assessment.questionnaire != today.questionnaire:
        message = f"asks '{baseline.assessment.questionnaire}', and this engagement '{today.questionnaire}'"
        raise UsageError(message, str(path), "Scores and answers compare within one questionnaire only.")
    if baseline.as_of > today.as_of:
        remedy = "Set this engagement's own day with 'colonnade set FOLDER as-of DAY', or compare the other way round."
        raise UsageError(f"is of {baseline.as_of}, after this engagement's {today.as_of}", str(path), remedy)
    return source


def _found(
    engagement: Engagement,
    path: Path,
    passphrase: str | None,
    teams: Sequence[tuple[str, str]],
    as_of: date | None,
) -> Source:
    if path.is_dir():
        if path.resolve() == engagement.folder.resolve():
            raise UsageError("is this engagement itself", str(path), "Name an earlier one.")
        return frozen(path, engagement.content)
    head = _beginning(path, 1024)
    if head.startswith(_ZIP) or is_sealed(head):
        data = plain(path, passphrase)  # kept as plain as the folder that it goes to
        return Source(path, of_pack(contents(data, str(path)), path.name, engagement.content), data, SUFFIX)
    if _PDF in head:
        data = attached(path)
        return Source(path, _checked(parse_baseline(data, path.name)), data, DOCUMENT)
    if path.suffix.casefold() == DOCUMENT:
        data = read_at_most(path, MAX_BYTES)
        return Source(path, _checked(parse_baseline(data, path.name)), data, DOCUMENT)
    if path.suffix.casefold() in (".yaml", ".yml"):
        return of_teams(engagement, path, teams, as_of)
    remedy = "Name a folder, a .colonnade pack, a report's PDF or a team-progress.yaml."
    raise UsageError("is nothing that a baseline can come from", str(path), remedy)


def read_at_most(path: Path, most: int) -> bytes:
    """A whole file of at most so many bytes. Raises EngagementError."""
    data = _beginning(path, most + 1)
    if len(data) > most:
        raise EngagementError(f"holds more than {most:,} bytes", str(path), "This is no earlier engagement.")
    return data


def _beginning(path: Path, most: int) -> bytes:
    try:
        file, _ = open_regular(str(path))
        with file:
            return file.read(most)
    except Refused as error:
        raise unread(error.reason, str(path), "Check the path.") from error
    except OSError as error:
        raise EngagementError(f"cannot be read ({error.strerror})", str(path), "Check its permissions.") from error


def parse(data: bytes, name: str, content: Content) -> Baseline:
    """The baseline in a file of ``history/``: a pack, or the document of a report. Raises EngagementError."""
    if name.endswith(DOCUMENT):
        return _checked(parse_baseline(data, name))
    return of_pack(contents(data, name), name, content)


def frozen(folder: Path, content: Content) -> Source:
    """The engagement in a folder. Raises EngagementError, also where it was changed outside Colonnade."""
    Engagement.open(folder, content=content).close()  # says what is wrong with a folder that is none
    data = freeze(folder, content)
    return Source(folder, of_pack(contents(data, str(folder)), folder.name, content), data, SUFFIX)


def of_pack(files: Mapping[str, bytes], name: str, content: Content) -> Baseline:
    """A whole earlier engagement. Its journal is the truth where it has one. Raises EngagementError."""
    questionnaire = parse_questionnaire(files.get(QUESTIONNAIRE, b""), f"{name}/{QUESTIONNAIRE}")
    chain = journal.scan(files[JOURNAL]) if JOURNAL in files else journal.Chain((), 0)
    if chain.broken is not None:
        raise EngagementError("was changed outside Colonnade", f"{name}/{JOURNAL}, line {chain.broken}", _AGAIN)
    assessment = state.replayed(chain.entries) if chain.entries else parse_assessment(files, name)[0]
    unknown = {app.tier for app in assessment.applications.values()} - content.tiers.by_id.keys()
    if unknown:
        raise EngagementError(f"names the unknown tier '{min(unknown)}'", name, _AGAIN)
    if not all(criterion.practice_id in questionnaire.practices for criterion in questionnaire.criteria.values()):
        raise EngagementError("asks what belongs to no practice", f"{name}/{QUESTIONNAIRE}", _AGAIN)
    if RESULTS in files:
        kept = from_data(checkpoint.parse_toml(files[RESULTS], f"{name}/{RESULTS}"))
    else:
        kept = _scored(content, questionnaire, assessment)
    if kept is None:
        raise EngagementError("holds no results that can be read", f"{name}/{RESULTS}", _AGAIN)
    found = Baseline(
        label=name,
        as_of=assessment.as_of,
        assessment=assessment,
        digests=questionnaire.digests,
        questionnaire=questionnaire,
        results=kept,
        plan=_plan(files.get(ROADMAP), assessment, name),
    )
    return _checked(found)


def _scored(content: Content, questionnaire: Questionnaire, assessment: Assessment) -> Results | None:
    """What follows from the answers, for a pack of a version that kept no results; None where nothing can."""
    files = Files(QUESTIONNAIRE, {pillar.id: QUESTIONNAIRE for pillar in questionnaire.pillar}, QUESTIONNAIRE)
    if check_questionnaire(questionnaire, content.facts, content.tiers, files):
        return None
    return results(evaluate(content, Scorer(questionnaire), assessment).scores)


def _checked(found: Baseline) -> Baseline:
    """Raises EngagementError for scores that no scale has, which nothing could draw."""
    nodes = (node for nodes in found.results.nodes.values() for node in nodes.values() if node is not None)
    if any(node.high > MAX_LEVEL for node in nodes):
        raise EngagementError("holds scores beyond every scale", found.label, _AGAIN)
    return found


def _plan(data: bytes | None, assessment: Assessment, name: str) -> Plan | None:
    raw: Any = checkpoint.parse_toml(data, f"{name}/{ROADMAP}").get("plan") if data is not None else None
    if not isinstance(raw, dict) or checkpoint.digest(raw) != assessment.plan_sha256:
        return None
    return checkpoint.plan_from_data({key: value for key, value in raw.items() if key != "inputs"})


# ---- what teams said in the DSOMM application


def of_teams(
    engagement: Engagement, path: Path, teams: Sequence[tuple[str, str]] = (), as_of: date | None = None
) -> Source:
    """A ``team-progress.yaml`` as the engagement that would have had these answers, on the last day that it names.

    Its teams answer for the applications that :func:`dsomm.match_teams` finds. Raises EngagementError.
    """
    dsomm.require_activities(engagement.questionnaire)
    progress = read_progress(path)
    if isinstance(progress, Invalid):
        raise _refused(progress.problems)
    problems = check_states(progress.value, engagement.questionnaire, path.name)
    if problems:
        raise _refused(problems)
    mapped = dsomm.match_teams(engagement.assessment, progress.value.teams, teams)
    if not any(mapped.values()):
        remedy = "Name one with --map TEAM=APPLICATION; 'colonnade application add' adds one."
        raise UsageError("names no team that answers for an application", path.name, remedy)
    day = as_of or _last_day(progress.value, path)
    assessment, unknown = _answered(engagement, progress.value, mapped, day)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "engagement"
        Engagement.create(folder, assessment, engagement.questionnaire, actor(), engagement.content).close()
        made = frozen(folder, engagement.content)
    return Source(path, made.baseline, made.data, SUFFIX, mapped, unknown)


def _refused(problems: Sequence[object]) -> EngagementError:
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return EngagementError("; ".join(map(str, problems[:3])) + more)


def _last_day(progress: Progress, path: Path) -> date:
    days = [day for teams in progress.progress.values() for states in teams.values() for day in states.values()]
    if not days:
        raise UsageError("names no day", path.name, "Say of which day it is with --date.")
    return max(days)


def _answered(
    engagement: Engagement, progress: Progress, teams: Mapping[str, tuple[str, ...]], as_of: date
) -> tuple[Assessment, tuple[str, ...]]:
    """The engagement with these answers and no others, and the activities that it does not know."""
    today = engagement.assessment
    keys = {key for keys in teams.values() for key in keys}
    applications = {
        key: Application(id=key, name=app.name, tier=app.tier) for key, app in today.applications.items() if key in keys
    }
    assessment = Assessment(
        organisation=today.organisation,
        questionnaire=today.questionnaire,
        as_of=as_of,
        capacity=today.capacity,
        targets=today.targets,
        applications=applications,
    )
    plan = dsomm.plan_import(engagement.questionnaire, assessment, progress, None, teams)
    return state.applied(assessment, plan.changes)[0], plan.unknown
