"""An engagement of any size, grown from one that exists: the same every time."""

from __future__ import annotations

import hashlib
import sys
from itertools import cycle, islice
from pathlib import Path

from app.engagement.folder import Engagement
from scoring.assessment import Application, Assessment

_WORDS = ("Settlement", "Ledger", "Custody", "Pricing", "Clearing", "Statements", "Limits", "Alerts", "Margin", "Cash")


def grown(given: Assessment, count: int, tier: str) -> Assessment:
    """So many applications in one tier, each with the answers and the evidence of one of those given, in turn."""
    sources = [given.applications[key] for key in sorted(given.applications)]
    made = [_like(source, place, tier) for place, source in enumerate(islice(cycle(sources), count), 1)]
    applications = {each.id: each for each in made}
    return given.model_copy(update={"applications": applications, "plan_sha256": None, "baselines": {}})


def _like(source: Application, place: int, tier: str) -> Application:
    name = f"{_WORDS[place % len(_WORDS)]} {source.name} {place}"
    # A file is known by its digest, and two applications do not share one.
    evidence = {}
    for item in source.evidence.values():
        sha256 = hashlib.sha256(f"{item.sha256}{place}".encode()).hexdigest()
        evidence[sha256] = item.model_copy(update={"sha256": sha256})
    # People do not write the same note twice.
    answers = {
        key: answer.model_copy(update={"note": f"{answer.note} Seen for {name}."}) if answer.note else answer
        for key, answer in source.answers.items()
    }
    own = {"id": f"application-{place}", "name": name, "tier": tier, "repositories": ()}
    return source.model_copy(update={**own, "answers": answers, "evidence": evidence})


def make(source: Path, folder: Path, count: int) -> None:
    """A new engagement in ``folder``, grown from the one in ``source``."""
    with Engagement.open(source) as engagement:
        assessment = grown(engagement.assessment, count, "1")
        Engagement.create(folder, assessment, engagement.questionnaire, "bench", engagement.content).close()


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
