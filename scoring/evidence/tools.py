"""Which kind of check a name speaks of: one table for tools in reports, workflows, jobs and steps.

Only names that leave no doubt stand here: a linter is no security scan, and "security" alone says nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from questionnaires.model import Category

SECURITY = frozenset(
    {Category.SAST, Category.SCA, Category.SECRETS, Category.DAST, Category.IAC, Category.CONTAINER, Category.CLOUD}
)
"""The kinds whose checks look for weaknesses."""

_TABLE: tuple[tuple[Category, str], ...] = (
    # The more specific ones first: "Snyk Code" before "Snyk".
    (
        Category.SECRETS,
        r"gitleaks|truffle ?hog|detect secrets|ggshield|git ?guardian|whispers|secretlint|nosey ?parker"
        r"|secrets? (scan\w*|detection)|talisman",
    ),
    (
        Category.IAC,
        r"checkov|tfsec|terrascan|kics|cfn lint|cfn nag|cloudformation lint|conftest|kubesec|kube ?linter|kube score"
        r"|kubescape|snyk iac|iac( scan\w*)?|infrastructure as code scan\w*",
    ),
    (
        Category.CONTAINER,
        r"grype|trivy|clair|anchore|dockle|docker scout|snyk container|twistlock|container scan\w*|image scan\w*",
    ),
    (
        Category.DAST,
        r"zap|zaproxy|nuclei|burp|nikto|dastardly|dast|arachni|stackhawk|wapiti|acunetix|invicti|netsparker",
    ),
    (
        Category.SAST,
        r"codeql|semgrep|opengrep|sonar(qube|cloud|scanner)?|bandit|gosec|brakeman|flawfinder|find ?sec ?bugs|spotbugs"
        r"|devskim|snyk ?code|horusec|njsscan|security code scan|checkmarx( sast)?|cxsast|fortify|veracode|coverity"
        r"|sast|static application security( testing)?|bearer|mobsfscan|sobelow|psalm|microsoft security devops"
        r"|insider|pt ai|klocwork|zizmor",
    ),
    (
        Category.SCA,
        r"dependency check|dependency review|dependency scan\w*|snyk( open source)?|osv( scanner)?|npm audit"
        r"|pnpm audit|yarn audit|pip audit|govulncheck|retire( ?js)?|cargo audit|bundler? audit|nancy|whitesource"
        r"|mend|black ?duck|sca|xray|dependency track|safety (check|scan)",
    ),
    (Category.SBOM, r"sbom|cyclonedx|syft"),
    (Category.CLOUD, r"prowler|scout ?suite|cloudsploit|steampipe"),
    (Category.PROVENANCE, r"slsa|cosign|provenance|sigstore"),
    (Category.TEST, r"(unit |integration |e2e |end to end )?tests?|pytest|junit"),
)
_RULES = tuple((category, re.compile(rf"\b(?:{pattern})\b")) for category, pattern in _TABLE)
_BREAKS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def categories(name: str) -> tuple[Category, ...]:
    """Every kind of check that a name speaks of, the most specific first."""
    plain = _BREAKS.sub(" ", name[:300].lower())
    found: list[Category] = []
    for category, pattern in _RULES:
        plain, hits = pattern.subn(" ", plain)
        if hits:
            found.append(category)
    return tuple(found)


def category(name: str) -> Category | None:
    """The kind of check that a tool's name speaks of; None where it is not known or not one."""
    return next(iter(categories(name)), None)


def named(name: str) -> Category | None:
    """The kind of check of a name that is a tool's and nothing more, so that ``TrivyParserTest`` is none."""
    plain = _BREAKS.sub(" ", name[:300].lower()).strip()
    return next((category for category, pattern in _RULES if pattern.fullmatch(plain)), None)
