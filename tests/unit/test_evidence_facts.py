"""Severities, names, moments and the counting of findings."""

from datetime import UTC, datetime

import pytest

from questionnaires.model import Category
from scoring.evidence.facts import Finding, State, Tally, catalogue, finding_facts, merged
from scoring.evidence.scalars import label, moment, repository, zoneless
from scoring.evidence.severity import NO_SEVERITY, SCHEMES, Severity, rate
from scoring.evidence.tools import categories, category, named


@pytest.mark.parametrize(
    ("scheme", "original", "severity"),
    [
        ("cvss", 9.0, "critical"),
        ("cvss", "8.9", "high"),
        ("cvss", 7, "high"),
        ("cvss", 6.9, "medium"),
        ("cvss", "4.0", "medium"),
        ("cvss", 3.9, "low"),
        ("cvss", 0.1, "low"),
        ("cvss", 0, "info"),
        ("cvss2", 10.0, "high"),
        ("words", "IMPORTANT", "high"),
        ("words", "moderate", "medium"),
        ("words", "Negligible", "low"),
        ("words", " Unknown ", "info"),
        ("sarif-level", "note", "low"),
        ("semgrep", "ERROR", "high"),
        ("semgrep", "EXPERIMENT", "info"),
        ("brakeman", "Weak", "low"),
        ("spotbugs", "1", "high"),
        ("sonarqube-impact", "BLOCKER", "critical"),
        ("sonarqube", "CRITICAL", "high"),
        ("zap", "3", "high"),
        ("nessus", "4", "critical"),
        ("qualys", "1", "info"),
        ("veracode", "2", "low"),
        ("kubescape", 9, "critical"),
        ("falco", "Notice", "low"),
        ("inspec", 0.39, "low"),
    ],
)
def test_severities_are_those_of_the_table(scheme: str, original: str | float, severity: str) -> None:
    rated = rate(scheme, original)
    assert rated is not None
    assert rated.severity == severity


@pytest.mark.parametrize("original", [None, "odd", "nan", "inf", "-1", "1e400", float("nan")])
def test_what_a_scheme_does_not_know_has_no_rating(original: str | float | None) -> None:
    assert rate("cvss", original) is None


def test_numbers_of_thousands_of_digits_do_no_harm() -> None:
    assert rate("cvss", 10**5000) is None
    assert label(10**5000) == ""


def test_unknown_words_are_marked_as_unrated() -> None:
    for word in ("UNKNOWN", "undefined", "none", "unassigned"):
        rated = rate("words", word)
        assert rated is not None
        assert rated.unrated
    assert NO_SEVERITY.severity is Severity.MEDIUM


def test_table_is_in_lower_case_and_its_bands_fall() -> None:
    for scheme in SCHEMES.values():
        assert all(word == word.lower() for word in scheme.words)
        assert [low for low, _ in scheme.bands] == sorted((low for low, _ in scheme.bands), reverse=True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("CodeQL", Category.SAST),
        ("Semgrep OSS", Category.SAST),
        ("SnykCode", Category.SAST),
        ("Snyk Open Source", Category.SCA),
        ("Snyk Container", Category.CONTAINER),
        ("dependency-check", Category.SCA),
        ("gitleaks", Category.SECRETS),
        ("Trivy", Category.CONTAINER),
        ("OWASP ZAP", Category.DAST),
        ("Checkov", Category.IAC),
        ("ESLint", None),
        ("Zapier sync", None),
        ("security", None),
        ("", None),
    ],
)
def test_tools_tell_their_category(name: str, kind: Category | None) -> None:
    assert category(name) is kind


def test_a_workflow_may_check_several_things() -> None:
    assert set(categories(".github/workflows/codeql_and-gitleaks.yml")) == {Category.SAST, Category.SECRETS}
    assert categories("Unit tests") == (Category.TEST,)


def test_a_test_suite_is_not_the_tool_that_it_tests() -> None:
    assert named("trivy") is Category.CONTAINER
    assert named("Trivy parser tests") is None
    assert named("com.harbour.ZapClientTest") is None


@pytest.mark.parametrize(
    ("text", "moment_"),
    [
        ("2026-02-11T04:02:10Z", datetime(2026, 2, 11, 4, 2, 10, tzinfo=UTC)),
        ("2026-02-11T04:02:10.123456789Z", datetime(2026, 2, 11, 4, 2, 10, 123456, tzinfo=UTC)),
        ("2026-02-11T04:02:10+0200", datetime(2026, 2, 11, 2, 2, 10, tzinfo=UTC)),
        ("2026-02-11", datetime(2026, 2, 11, tzinfo=UTC)),
        ("2026-02-11 04:02:10", datetime(2026, 2, 11, 4, 2, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:00", None),
        ("yesterday", None),
        ("9" * 100, None),
        (20260211, None),
        (None, None),
    ],
)
def test_moments_are_in_utc(text: object, moment_: datetime | None) -> None:
    assert moment(text) == moment_


def test_moments_without_a_zone_are_noticed() -> None:
    assert zoneless("2026-02-11T04:02:10")
    assert not zoneless("2026-02-11T04:02:10Z")
    assert not zoneless("no moment")


def test_labels_are_one_clean_line() -> None:
    assert label("a\n\x1b[31mb\u202e c") == "a [31mb c"
    assert label(7) == "7"
    assert label("x" * 999) == "x" * 200
    assert label(True) == label(None) == label(["x"]) == label(1.5) == ""


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://user:token@git.example.com/a/b.git?x=1#y", "https://git.example.com/a/b.git"),
        ("https://token@git.example.com/a/b", "https://git.example.com/a/b"),
        ("git@git.example.com:a/b", "git.example.com:a/b"),
        ("https://git.example.com/a/b", "https://git.example.com/a/b"),
        (None, ""),
    ],
)
def test_addresses_of_repositories_carry_no_credentials(given: object, shown: str) -> None:
    assert repository(given) == shown


def rated(severity: str) -> Finding:
    rating = rate("words", severity)
    assert rating is not None
    return Finding(rating)


def test_the_three_counts_are_kept_apart() -> None:
    tally = Tally()
    high = rated("high")
    for identity in ("a", "a", "b"):
        tally.add(high, identity)
    tally.add(Finding(high.rating, State.SUPPRESSED), "c")
    tally.add(Finding(high.rating, State.FIXED), "d")
    tally.add(Finding(high.rating, State.PASSED), "e")
    records = tally.records("finding")
    assert (records.raw, records.open, records.distinct) == (6, 3, 2)
    assert tally.findings().total == tally.findings().high == 5


def test_merging_adds_up() -> None:
    first, second = Tally(), Tally()
    first.add(rated("low"), "a")
    second.add(rated("low"), "b")
    whole = merged([first, second])
    assert whole.records("finding").distinct == 2
    assert whole.findings().low == 2


def test_ages_count_to_the_export() -> None:
    rating = rated("critical").rating
    tally = Tally()
    for day, state, closed in (
        (1, State.OPEN, None),
        (11, State.OPEN, None),
        (2, State.FIXED, 6),
        (1, State.FIXED, 21),
    ):
        seen = datetime(2026, 1, day, tzinfo=UTC)
        tally.add(Finding(rating, state, seen, datetime(2026, 1, closed, tzinfo=UTC) if closed else None), day)
    facts = {fact.name: fact.value for fact in finding_facts(tally, datetime(2026, 1, 31, tzinfo=UTC))}
    assert facts["findings.critical.oldest_days"] == 30
    assert facts["findings.critical.median_days"] == 25.0
    assert facts["findings.fixed.median_days"] == 12.0
    undated = {fact.name for fact in finding_facts(tally)}
    assert "findings.critical.oldest_days" not in undated


def test_original_words_stand_beside_what_they_became() -> None:
    tally = Tally()
    tally.add(rated("IMPORTANT"), 1)
    tally.add(rated("unknown"), 2)
    [total] = [fact for fact in finding_facts(tally) if fact.name == "findings.total"]
    assert total.note == "words: important = high 1, unknown = info 1"
    assert tally.warnings() == ("The tool gives no severity for 1 of 2 findings.",)


def test_catalogue_is_at_hand() -> None:
    assert catalogue()["scan.present"].presence
