"""Engagements from and to the disk, on the writer's thread. This module imports what the start page must not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from app.engagement import actions
from app.engagement.checkpoint import ENGAGEMENT
from app.engagement.errors import EngagementError
from app.engagement.files import write_atomically
from app.engagement.folder import Engagement
from app.engagement.lock import actor
from questionnaires.load import shipped
from questionnaires.model import Questionnaire
from scoring.assessment import Assessment
from scoring.evaluation import Evaluation, evaluate
from scoring.scores import Scorer

if TYPE_CHECKING:
    from app.engagement.recover import Source


@dataclass(frozen=True, slots=True)
class Opened:
    """An engagement with its first scores, ready for a session."""

    engagement: Engagement
    evaluation: Evaluation
    seconds: float
    """What the scores took to compute."""
    plan_current: bool
    refusal: EngagementError | None = None
    """Why it is open for reading only."""
    kept: Path | None = None
    """Where the files as they were found are kept, after a decision about them."""

    @property
    def changed_outside(self) -> bool:
        """It is open for reading only until a person says whether the journal counts or the files."""
        return self.engagement.refusal is not None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new engagement starts from."""

    folder: Path
    organisation: str
    questionnaire: str
    as_of: date


def open_folder(folder: Path) -> Opened:
    """For writing where the folder and its other users let us, else for reading. Raises EngagementError."""
    try:
        engagement = Engagement.open(folder, write=True)
    except EngagementError as refusal:
        # What cannot be read either fails again, with the same words; else the refusal says why it is for reading.
        return _opened(Engagement.open(folder), refusal)
    return _opened(engagement, engagement.refusal)


def recover(folder: Path, source: Source) -> Opened:
    """Decide whose word counts in a folder that was changed outside, and open it. Raises EngagementError."""
    from app.content import available
    from app.engagement import recover as recovery

    found = recovery.recover(folder, source, actor(), available().content)
    return replace(open_folder(folder), kept=found.kept)


def unpack(pack: Path, folder: Path, passphrase: str | None) -> Opened:
    """Make a folder of a pack, and open it. Raises EngagementError, with nothing left behind."""
    from app.engagement import pack as packing

    packing.unpack(pack, folder, passphrase)
    return open_folder(folder)


def save_copy(path: Path, assessment: Assessment, questionnaire: Questionnaire) -> None:
    """A state as a pack, where its own folder cannot be reached: the journal begins anew, without what only the folder
    holds, which is the plan, the baselines and copies of exports. Raises EngagementError."""
    from app.engagement import pack as packing

    bare = assessment.model_copy(update={"plan_sha256": None, "baselines": {}})
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "copy"
        Engagement.create(folder, bare, questionnaire, actor()).close()
        write_atomically(path, packing.freeze(folder))


def is_sealed(pack: Path) -> bool:
    """Whether a pack needs a passphrase. Raises EngagementError for what cannot be read."""
    from app.engagement import pack as packing

    return packing.needs_passphrase(pack)


def create(draft: Draft) -> Opened:
    """A new engagement. Raises EngagementError."""
    content = shipped()
    assessment = actions.new_assessment(content, draft.questionnaire, draft.organisation, draft.as_of)
    questionnaire = content.questionnaires[draft.questionnaire]
    return _opened(Engagement.create(draft.folder, assessment, questionnaire, actor()))


def open_sample(folder: Path) -> Opened:
    """The fictional firm with its exports read, made in ``folder`` if it is not there. Raises EngagementError."""
    if (folder / ENGAGEMENT).is_file():
        return open_folder(folder)
    from app.engagement import sample

    engagement = sample.make(folder, actor())
    engagement.apply("ingest", actions.add_planned(sample.exports(engagement)), actor())
    return _opened(engagement)


def _opened(engagement: Engagement, refusal: EngagementError | None = None) -> Opened:
    scorer = Scorer(engagement.questionnaire)
    start = perf_counter()
    evaluation = evaluate(engagement.content, scorer, engagement.assessment)
    seconds = perf_counter() - start
    return Opened(engagement, evaluation, seconds, engagement.plan_is_current, refusal)
