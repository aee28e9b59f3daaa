"""The tiers as the pages offer them."""

from __future__ import annotations

from app.desktop.language import tr
from app.desktop.session import Session

ALL = ""
"""In the place of a tier's id: every application."""


def in_view(session: Session, tier: str) -> str:
    """A tier that has applications, or all: the one asked for, else the most critical."""
    scored = session.evaluation.scores.tiers
    return tier if tier in (ALL, *scored) else next(iter(scored), ALL)


def tier_names(session: Session) -> list[tuple[str, str]]:
    """(id, what a person calls it) of every tier, most critical first."""
    return [(tier.id, tr("Tier {0} {1}").format(tier.id, tier.name)) for tier in session.content.tiers.tier]
