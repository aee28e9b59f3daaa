"""Processes that answer, ingest, plan and add applications while they are killed: is everything there that was told?

``python tests/torture/torture.py KILLS [SEED]``: each round forks a child that works on one engagement and tells every
change that has been acknowledged; at a random instant it is killed with SIGKILL. The folder is then opened again, and
has to hold all that was told, and to verify.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.content import available
from app.engagement import actions
from app.engagement.folder import Engagement
from app.engagement.journal import Change
from app.engagement.verify import verify
from questionnaires.model import Scope
from scoring.assessment import Evidence, Records
from scoring.evaluation import evaluate
from scoring.scores import Scorer
from scoring.waves import provisional

CONTENT = available().content
ASKED = CONTENT.questionnaires["financial-devsecops"]
OTHER = ASKED.model_copy(update={"version": "999"})
CRITERIA = [key for key in ASKED.criteria if ASKED.scope_of(key) is Scope.APPLICATION][:12]
STEPS = [step.id for step in ASKED.scale]
BY = "torture"


@dataclass
class Told:
    """What the killed processes said was done; ``number`` counts every change ever begun."""

    answers: dict[tuple[str, str], int] = field(default_factory=dict)
    evidence: set[tuple[str, str]] = field(default_factory=set)
    plan: int = 0
    number: int = 0


class Child:
    """What runs until it is killed."""

    def __init__(self, folder: Path, pipe: int, seed: int, first: int) -> None:
        self.folder, self.pipe, self.random, self.number = folder, pipe, random.Random(seed), first

    def tell(self, *what: object) -> None:
        os.write(self.pipe, json.dumps(what).encode() + b"\n")

    def run(self) -> None:
        while True:
            with Engagement.open(self.folder, write=True, content=CONTENT) as engagement:
                self.tell("open")
                for _ in range(self.random.randint(1, 12)):
                    self.number += 1
                    self.random.choice((self.answer, self.answer, self.answer, self.ingest, self.plan, self.more))(
                        engagement
                    )
                    if self.random.random() < 0.3:
                        engagement.checkpoint()

    def answer(self, engagement: Engagement) -> None:
        key, criterion = self.random.choice(sorted(engagement.assessment.applications)), self.random.choice(CRITERIA)
        note = str(self.number)
        engagement.apply(
            "answer",
            actions.answer(
                engagement.questionnaire, engagement.assessment, criterion, self.random.choice(STEPS),
                application=key, note=note,
            ),
            BY,
        )  # fmt: skip
        self.tell("answer", key, criterion, self.number)

    def ingest(self, engagement: Engagement) -> None:
        key = self.random.choice(sorted(engagement.assessment.applications))
        digest = f"{self.number:064x}"
        records = Records(unit="finding", raw=1, open=1, distinct=1)
        item = Evidence(sha256=digest, path="scan.json", bytes=1, format="sarif", tool="scanner", records=records)
        engagement.apply("ingest", actions.add_evidence(key, item), BY)
        self.tell("evidence", key, digest)

    def plan(self, engagement: Engagement) -> None:
        if self.random.random() < 0.2:
            asked = OTHER if engagement.questionnaire.version == ASKED.version else ASKED
            engagement.ask(asked, "upgrade", [], BY)
            return
        claims = evaluate(CONTENT, Scorer(ASKED), engagement.assessment).claims
        engagement.store_plan(provisional(CONTENT, ASKED, engagement.assessment, claims), BY)
        self.tell("plan", self.number)

    def more(self, engagement: Engagement) -> None:
        if len(engagement.assessment.applications) < 20:
            change = actions.add_application(CONTENT, engagement.assessment, f"app-{self.number}", "App", "1")
            engagement.apply("application", change, BY)
        else:
            engagement.apply("remove", [Change(("applications", f"none-{self.number}"), None)], BY)


def make(folder: Path) -> None:
    assessment = actions.new_assessment(CONTENT, ASKED.id, "Torture & Sons", date(2026, 9, 30))
    with Engagement.create(folder, assessment, ASKED, BY, CONTENT) as engagement:
        for key in ("one", "two"):
            change = actions.add_application(CONTENT, engagement.assessment, key, key, "2")
            engagement.apply("application", change, BY)


def kill_once(folder: Path, told: Told, seed: int) -> None:
    """One child from its fork to its end; ``told`` learns what it acknowledged."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            Child(folder, write, seed, told.number).run()
        finally:
            os._exit(1)
    os.close(write)
    chance = random.Random(-seed - 1)
    said = os.read(read, 65536)  # until it works: opened
    select.select([], [], [], chance.random() * 0.12)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while more := os.read(read, 65536):
        said += more
    os.close(read)
    if not os.WIFSIGNALED(status):
        raise AssertionError("the child ended before it was killed")
    for line in said.splitlines():
        match json.loads(line):
            case ["answer", key, criterion, number]:
                told.answers[key, criterion] = number
            case ["evidence", key, digest]:
                told.evidence.add((key, digest))
            case ["plan", number]:
                told.plan = number
    told.number += 10_000


def check(folder: Path, told: Told) -> None:
    """Open the folder again, as a person would, and look for all that was told."""
    with Engagement.open(folder, write=True, content=CONTENT) as engagement:
        if engagement.refusal is not None:
            raise AssertionError(engagement.refusal)
        applications = engagement.assessment.applications
        for (key, criterion), number in told.answers.items():
            note = applications[key].answers[criterion].note
            if int(note) < number:
                raise AssertionError(f"{key} {criterion}: told {number}, found {note}")
        lost = {(key, digest) for key, digest in told.evidence if digest not in applications[key].evidence}
        if lost:
            raise AssertionError(f"evidence told and lost: {lost}")
        if told.plan and engagement.plan is None:
            raise AssertionError("a plan was told and lost")
    found = verify(folder)
    if found.findings:
        raise AssertionError("; ".join(map(str, found.findings)))


def torture(kills: int, seed: int) -> Told:
    """Kill ``kills`` processes. Raises AssertionError for the first change that was told and is not there."""
    told = Told()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "engagement"
        make(folder)
        for number in range(kills):
            kill_once(folder, told, seed * 1_000_003 + number)
            check(folder, told)
    return told


if __name__ == "__main__":
    wanted = int(sys.argv[1])
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    result = torture(wanted, start)
    print(
        f"{wanted} processes killed (seed {start}); nothing that was told is missing: {len(result.answers)} answers, "
        f"{len(result.evidence)} exports"
    )
