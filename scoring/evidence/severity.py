"""Every tool's severity words and numbers, in one table, brought to one scale of five.

The table is that of the evidence formats' description. A word stands in lower case; a score is rated by the band
it reaches. What a tool calls unknown, or does not rate at all, is marked *unrated*.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one family of tools rates its findings."""

    words: Mapping[str, Severity] = field(default_factory=dict)
    bands: tuple[tuple[float, Severity], ...] = ()
    """Lowest score of each severity, highest first."""
    unrated: frozenset[str] = frozenset()
    """Words that say the tool does not know."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A severity and where it comes from."""

    severity: Severity
    word: str
    """The original word or the band's scheme; safe to show."""
    scheme: str
    unrated: bool = False


C, H, M, L, N = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO
_UNKNOWN = frozenset({"unknown", "undefined", "unassigned", "none", ""})


def _words(critical: str = "", high: str = "", medium: str = "", low: str = "", info: str = "") -> dict[str, Severity]:
    columns = ((C, critical), (H, high), (M, medium), (L, low), (N, info))
    return {word: severity for severity, words in columns for word in words.split()}


_FIVE = _words("critical", "high important", "medium moderate", "low negligible", "info informational information")

SCHEMES: Mapping[str, Scheme] = {
    "words": Scheme(_FIVE | dict.fromkeys(_UNKNOWN - {""}, N), unrated=_UNKNOWN),
    "advisory": Scheme(_words("critical", "high", "moderate medium", "low", "info")),
    "cvss": Scheme(bands=((9.0, C), (7.0, H), (4.0, M), (0.1, L), (0.0, N))),
    "cvss2": Scheme(bands=((7.0, H), (4.0, M), (0.1, L), (0.0, N))),
    "sarif-level": Scheme(_words(high="error", medium="warning", low="note", info="none")),
    "semgrep": Scheme(_words("critical", "error high", "warning medium", "info low", "inventory experiment")),
    "bandit": Scheme(
        _words(high="high", medium="medium", low="low", info="undefined"), unrated=frozenset({"undefined"})
    ),
    "brakeman": Scheme(_words(high="high", medium="medium", low="weak")),
    "spotbugs": Scheme(_words(high="1", medium="2", low="3", info="4 5")),
    "eslint-security": Scheme(_words(high="2", low="1")),
    "eslint": Scheme(_words(medium="2", low="1")),
    "hadolint": Scheme(_words(high="error", medium="warning", low="info style")),
    "dockle": Scheme(_words("fatal", medium="warn", low="info", info="skip pass")),
    "sonarqube-impact": Scheme(_words("blocker", "high", "medium", "low", "info")),
    "sonarqube": Scheme(_words("blocker", "critical high", "major medium", "minor low", "info")),
    "zap": Scheme(_words(high="3", medium="2", low="1", info="0")),
    "burp": Scheme(_words(high="high", medium="medium", low="low", info="information info")),
    "nessus": Scheme(_words("4 critical", "3 high", "2 medium", "1 low", "0 none")),
    "qualys": Scheme(_words("5", "4", "3", "2", "1")),
    "veracode": Scheme(_words("5 critical", "4 high", "3 medium", "1 2 low", "0")),
    "checkmarx": Scheme(_words(high="high", medium="medium", low="low", info="information info")),
    "code-quality": Scheme(_words("blocker", "critical", "major", "minor", "info")),
    "secret": Scheme(_words("verified active", "unverified", medium="test", info="false-positive")),
    "kube-bench": Scheme(_words(medium="fail", info="warn")),
    "kubescape": Scheme(bands=((9.0, C), (7.0, H), (4.0, M), (0.0, L))),
    "falco": Scheme(_words("emergency alert critical", "error", "warning", "notice", "informational debug")),
    "xccdf": Scheme(
        _words(high="high", medium="medium", low="low", info="info unknown"), unrated=frozenset({"unknown"})
    ),
    "inspec": Scheme(bands=((0.9, C), (0.7, H), (0.4, M), (0.1, L), (0.0, N))),
}


@lru_cache(maxsize=4096)
def rate(scheme: str, original: str | float | None) -> Rating | None:
    """The rating of a tool's word or number; None where the scheme does not know it.

    A number in text form is rated by the scheme's bands where it has them. Raises KeyError for an unknown scheme.
    """
    table = SCHEMES[scheme]
    if isinstance(original, str):
        word = original.strip().lower()
        if word in table.words:
            return Rating(table.words[word], word, scheme, word in table.unrated)
    if not table.bands or original is None:
        return None
    try:
        score = float(original)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(score):
        return None
    severity = next((severity for lowest, severity in table.bands if score >= lowest), None)
    return None if severity is None else Rating(severity, "score", scheme)


NOT_RATED = Rating(N, "unrated", "words", unrated=True)
"""Of a finding that its tool could have rated and did not."""
NO_SEVERITY = Rating(M, "no severity", "none", unrated=True)
"""Of a finding from a tool that rates none."""
