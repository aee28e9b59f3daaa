"""JUnit XML: test runs, and the gates of scanners and linters that report in the same form.

There is no specification; what is read is what Surefire, pytest, Gradle, Jest, PHPUnit, GoogleTest, Bazel and Eclipse
write. Attributes that count (``tests="3"``) are often absent or wrong, so cases are counted one by one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import Finding, State, Tally, finding_facts, last_run
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.scalars import label
from scoring.evidence.severity import NO_SEVERITY, Rating, rate
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.testcases import ZONELESS, Cases, Outcome, seconds
from scoring.evidence.tools import SECURITY, named
from scoring.evidence.xmltext import Node

_NAME = "junit-xml"
_ROOTS = ("testsuites", "testsuite", "testrun")
_CASE = "testcase"
_SCHEMES = ("words", "sarif-level", "semgrep")
"""Whose words a failure may carry for its severity."""

_LINTER = re.compile(
    r"(?:eslint|tslint|jshint|stylelint|htmlhint|oxlint|biome|flake8|pylint|pycodestyle|pyflakes|mypy|ruff"
    r"|rubocop|golangci lint|golint|staticcheck|ansible lint|yamllint|markdownlint(?: cli2?)?|hadolint|shellcheck"
    r"|tflint|phpstan|phpcs|phpmd|php codesniffer|ktlint|detekt|checkstyle|pmd|codenarc|swiftlint|clippy|spectral"
    r"|vale|sqlfluff|commitlint|actionlint|kubeconform|kubeval|helm lint)"
)
"""Tools whose cases are rules of style or form: neither tests nor a search for weaknesses, but a gate."""
_AFTER_NAME = re.compile(r" (?:hawkscan|scan\w*|results?|reports?|issues|findings|policy suite|v?\d.*)\b.*$")
"""What tools add to their name: ``semgrep results``, ``KICS v1.5.1``."""
_BREAKS = re.compile(r"[^a-z0-9]+")
_BRACKETS = re.compile(r"\[([^\[\]]{1,60})\]\s*")
_CVSS = re.compile(r"\bcvss ?v?\d(?:\.\d)?: ?([a-z]{3,8})\b", re.IGNORECASE)
_BY_CASE = (
    (re.compile(r"\[\w+\]\[CKV2?_"), "Checkov", Category.IAC),
    (re.compile(r"\[(?:CRITICAL|HIGH|MEDIUM|LOW|UNKNOWN)\] (?:CVE|GHSA|[A-Z]{2,8})-\d"), "Trivy", Category.CONTAINER),
)
"""Scanners whose suites do not name them, told by how all of their failures are called."""
_GOSEC = "Found 1 vulnerability. See stacktrace for details."


@dataclass(frozen=True, slots=True)
class _Tool:
    """A scanner or linter that a name tells."""

    name: str
    kind: Category | None
    """None for a linter."""


@dataclass(slots=True)
class _Report:
    """What a file holds, read as tests and as a scan at the same time, because its tool may be named at its end."""

    cases: Cases = field(default_factory=Cases)
    root: _Tool | None = None
    """Whom the outermost element names."""
    suites: set[_Tool | None] = field(default_factory=set)
    """Whom the suites name; None where one names nobody."""
    failing: set[_Tool | None] = field(default_factory=set)
    """Whom the failures give away."""
    words: Counter[str] = field(default_factory=Counter)
    """How the failures are rated, in the words of their tool."""
    skipped: Counter[str] = field(default_factory=Counter)
    """The same of cases that were skipped although they are rated, as suppressed findings are."""

    def add(self, case: Node) -> None:
        outcome = _outcome(case)
        name = case.attributes.get("name", "")
        # Cases without any name are different ones all the same.
        identity = (case.attributes.get("classname", ""), name or self.cases.total, case.attributes.get("file", ""))
        self.cases.add(outcome, identity, seconds(case.attributes.get("time")))
        word = _word(name, case)
        if outcome is Outcome.FAILED:
            self.words[word] += 1
            self.failing.add(_by_case(name, case))
        elif outcome is Outcome.SKIPPED and word:
            self.skipped[word] += 1

    def tool(self) -> _Tool | None:
        """The scanner or linter that wrote the file; None for a test run."""
        if self.root is not None:
            return self.root
        for named_by in (self.suites, self.failing):
            kinds = {tool.kind for tool in named_by if tool is not None}
            if kinds and len(kinds) == 1 and None not in named_by:
                return min((tool for tool in named_by if tool is not None), key=lambda tool: tool.name)
        return None


def _identify(shape: Shape) -> bool:
    return shape.root is not None and shape.root.name in _ROOTS


def _parse(source: Source) -> Parsed | Rejected:
    report = _Report()
    root = source.shape.root
    if root is not None:
        report.cases.stamp(root.attributes.get("timestamp"))
        report.root = _by_name(root.attributes)
    for node in source.elements(_CASE, "testsuite", texts=False):
        if node.name == _CASE:
            report.add(node)
            continue
        report.cases.stamp(node.attributes.get("timestamp"))
        if node.attributes.get("name"):
            report.suites.add(_by_name(node.attributes))
    tool = report.tool()
    return report.cases.parsed(_NAME, "JUnit") if tool is None else _as_scan(report, tool)


def _as_scan(report: _Report, tool: _Tool) -> Parsed:
    """A scanner that reports failures as test cases. Its passed cases say nothing about the tests of the software."""
    cases = report.cases
    tally = _tally(report, tool)
    facts = [
        *(() if tool.kind is None else (Fact(name="scan.present", value=True, note=tool.name),)),
        Fact(name="gate.passed", value=not cases.failed, note=tool.name),
        *finding_facts(tally, cases.at),
        *(() if tool.kind is None else last_run(cases.at)),
    ]
    return Parsed(
        format=_NAME,
        tool=tool.name,
        records=cases.records(),
        category=tool.kind,
        captured_at=cases.at,
        findings=tally.findings(),
        facts=tuple(facts),
        warnings=(*((ZONELESS,) if cases.zoneless else ()), *tally.warnings()),
    )


def _tally(report: _Report, tool: _Tool) -> Tally:
    counts: dict[Finding, int] = {}
    for words, state in ((report.words, State.OPEN), (report.skipped, State.SUPPRESSED)):
        for word, count in words.items():
            counts[Finding(_rating(word, tool), state)] = count
    tally = Tally()
    tally.add_all(counts, report.cases.failed)
    return tally


def _rating(word: str, tool: _Tool) -> Rating:
    if tool.kind is Category.SECRETS:
        return rate("secret", "unverified") or NO_SEVERITY
    schemes = ("semgrep",) if tool.name.lower().startswith(("semgrep", "opengrep")) else _SCHEMES
    return next((rated for scheme in schemes if (rated := rate(scheme, word)) is not None), NO_SEVERITY)


def _word(name: str, case: Node) -> str:
    """The tool's own word for the severity of a case: in brackets ahead of its name, or on its failure."""
    place = 0
    while found := _BRACKETS.match(name, place):
        place = found.end()
        if found[1].lower() != "none" and rate("words", found[1]) is not None:
            return found[1].lower()
    for child in case.children:
        cvss = _CVSS.search(child.attributes.get("message", "")[:300])
        for word in (child.attributes.get("type", "")[:20], cvss[1] if cvss else ""):
            if word.strip() and any(rate(scheme, word) is not None for scheme in _SCHEMES):
                return word.strip().lower()
    return ""


def _by_name(attributes: Mapping[str, str]) -> _Tool | None:
    """The scanner or linter that a suite's name or package is, perhaps with its version or a word such as "results"."""
    for key in ("name", "package"):
        name = label(attributes.get(key), 80)
        plain = _BREAKS.sub(" ", name.lower()).strip().removeprefix("org ")
        for words in (plain, _AFTER_NAME.sub("", plain)):
            kind = named(words)
            if kind in SECURITY:
                return _Tool(_cased(words, name), kind)
            if _LINTER.fullmatch(words):
                return _Tool(_cased(words, name), None)
    return None


def _cased(words: str, name: str) -> str:
    """The words of a tool as the name spells them."""
    found = re.search(words.replace(" ", "[^a-z0-9]+"), name, re.IGNORECASE)
    return found[0] if found else words


def _by_case(name: str, case: Node) -> _Tool | None:
    for pattern, tool, kind in _BY_CASE:
        if pattern.match(name):
            return _Tool(tool, kind)
    if any(child.attributes.get("message") == _GOSEC for child in case.children):
        return _Tool("gosec", Category.SAST)
    return None


def _outcome(case: Node) -> Outcome:
    """One outcome per case, the worst of several. A test that a retry saved has passed."""
    inside = {child.name for child in case.children}
    if inside & {"failure", "error"}:
        return Outcome.FAILED
    status = set(_statuses(case.attributes))
    if inside & {"skipped", "disabled"} or status & {"notrun", "disabled", "skipped", "suppressed", "ignored"}:
        return Outcome.SKIPPED
    return Outcome.FAILED if status & {"failed", "failure", "error"} else Outcome.PASSED


def _statuses(attributes: Mapping[str, str]) -> Iterator[str]:
    yield attributes.get("status", "").lower()
    yield attributes.get("result", "").lower()
    # Of Eclipse.
    if attributes.get("ignored", "").lower() == "true":
        yield "ignored"


FORMATS = (
    Format(
        name=_NAME,
        title="JUnit XML",
        unit="test",
        category=Category.TEST,
        identify=_identify,
        parse=_parse,
    ),
)
