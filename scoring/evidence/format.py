"""What an export format is, and the three ways an examination ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from questionnaires.model import Category
from scoring.assessment import Fact, Findings, Records
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one export says."""

    format: str
    tool: str
    """Names of the tools that wrote it, joined by ``", "``; never a version."""
    records: Records
    category: Category | None = None
    """None where its tools are of several kinds, or of one that is not known."""
    captured_at: datetime | None = None
    """When the tool ran, in UTC; None where the file does not say."""
    subject: str = ""
    """Repository, image or target, without credentials."""
    branch: str = ""
    findings: Findings | None = None
    """None where the format has none."""
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecidable:
    """Several formats could claim the content, or none can be told from it; the user says which it is."""

    candidates: tuple[str, ...]
    """Names of formats."""
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """No format claims the content, or the one that does cannot read it."""

    reason: str
    """What is wrong, where, and what to do; never a quotation from the content."""


Outcome = Parsed | Undecidable | Rejected


@dataclass(frozen=True, slots=True)
class Format:
    """One export format. The registry collects these from the modules in ``formats``."""

    name: str
    title: str
    """For a person."""
    unit: str
    """What its records are: finding, component, run, test ..."""
    category: Category | None
    """Of its exports, unless the content says better."""
    identify: Callable[[Shape], bool]
    """Whether a content is of this format, from its shape alone; cheap and total."""
    parse: Callable[[Source], Parsed | Rejected]
    """Reads a content that ``identify`` accepts, or that a user named, or an empty document of ``clean``.

    Total, but for Refused from the reading layer, which the registry turns into Rejected.
    """
    by_beginning: bool = False
    """Its first keys leave no doubt, whatever may follow: a large export need not be walked to recognise it."""
    clean: tuple[str, ...] = ()
    """Documents that its tool writes when there is nothing to tell and that name no tool: ``null``, ``[]``."""
