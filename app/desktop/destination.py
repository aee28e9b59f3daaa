"""Where one can go within the window."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Destination:
    """Somewhere to go: a page, and what to show there."""

    page: str
    practice: str | None = None
    criterion: str | None = None
    filter: str | None = None
    application: str | None = None
    takes: bool = False
    """Whether ``application`` is to be taken in hand; None then means the common answers."""
    subject: str | None = None
    """What else it is about: a regime, a roadmap item, the SHA-256 of an export."""
