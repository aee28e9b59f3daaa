"""Snyk's command line: open source, container and infrastructure tests, of one project or of all in one array.

A vulnerability is listed once per path that leads to it. An image carries the dependencies of its applications in
``applications``; what a policy ignores stands apart in ``filtered``. Snyk Code writes SARIF.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from questionnaires.model import Category
from scoring.assessment import Fact
from scoring.evidence.facts import State
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.parts import Part, Parts, rated
from scoring.evidence.rows import only, rows
from scoring.evidence.scalars import identity, label
from scoring.evidence.shape import Kind, Shape
from scoring.evidence.source import Source

_PROJECT = frozenset({"packageManager", "projectName", "displayTargetFile", "dependencyCount", "uniqueCount"})
_ROW = frozenset({"from", "upgradePath", "isUpgradable", "isPatchable", "severityWithCritical", "fixedIn"})
_SYSTEMS = ("deb", "apk", "rpm", "linux", "dockerfile")
"""Package managers of operating systems, which only images have; some carry a release: ``debian:11``."""


class _Vulnerability(msgspec.Struct):
    id: Any = None
    severity: Any = None
    package: Any = msgspec.field(name="packageName", default=None)
    module: Any = msgspec.field(name="moduleName", default=None)
    version: Any = None
    package_version: Any = msgspec.field(name="packageVersion", default=None)
    upgradable: Any = msgspec.field(name="isUpgradable", default=None)
    patchable: Any = msgspec.field(name="isPatchable", default=None)
    pinnable: Any = msgspec.field(name="isPinnable", default=None)
    fixed: Any = msgspec.field(name="fixedIn", default=None)
    ignored: Any = msgspec.field(name="isIgnored", default=None)


class _Issue(msgspec.Struct):
    """A misconfiguration."""

    id: Any = None
    severity: Any = None
    message: Any = msgspec.field(name="msg", default=None)
    line: Any = msgspec.field(name="lineNumber", default=None)
    ignored: Any = msgspec.field(name="isIgnored", default=None)


class _Success(msgspec.Struct):
    """Only counted."""


class _Filtered(msgspec.Struct):
    ignore: list[_Success] | None = None
    patch: list[_Success] | None = None


class _Project(msgspec.Struct):
    vulnerabilities: list[_Vulnerability] | None = None
    issues: list[_Issue] | None = msgspec.field(name="infrastructureAsCodeIssues", default=None)
    successes: list[_Success] | None = msgspec.field(name="infrastructureAsCodeSuccesses", default=None)
    applications: list[_Project] | None = None
    filtered: _Filtered | None = None
    docker: dict[str, msgspec.Raw] | None = None
    ok: Any = None
    manager: Any = msgspec.field(name="packageManager", default=None)
    name: Any = msgspec.field(name="projectName", default=None)
    file: Any = msgspec.field(name="targetFile", default=None)
    error: Any = None


def _identify(shape: Shape) -> bool:
    if shape.kind not in (Kind.OBJECT, Kind.ARRAY, Kind.STREAM):
        return False
    if shape.is_list("infrastructureAsCodeIssues"):
        return True
    keys = frozenset(shape.keys)
    if not shape.is_list("vulnerabilities"):
        # A project that could not be tested, alone or ahead of others.
        return {"ok", "error", "path"} <= keys and len(keys) <= 8
    first = shape.within("vulnerabilities").keys()
    if first:
        named = "id" in first and bool({"packageName", "moduleName"} & first)
        return named and bool(keys & _PROJECT or first & _ROW)
    return "ok" in keys and bool(keys & _PROJECT)


def _parse(source: Source) -> Parsed | Rejected:
    projects = list(rows(source, _Project))
    tested = [project for project in projects if project.error is None or project.vulnerabilities is not None]
    if projects and not tested:
        return Rejected("Snyk reports an error instead of a test. Run it again and see what it says on the console.")
    parts = Parts()
    for project in tested:
        _count(project, parts)
    said = [project.ok for project in tested if isinstance(project.ok, bool)]
    # Nobody knows what the projects would have shown that could not be tested.
    gate = said and (not all(said) or len(tested) == len(projects))
    return parts.parsed(
        "snyk-json",
        "Snyk",
        subject=only(label(project.name).removeprefix("docker-image|") for project in tested),
        facts=[Fact(name="gate.passed", value=all(said))] if gate else (),
        warnings=_warnings(len(projects) - len(tested), len(projects)),
    )


def _count(project: _Project, parts: Parts) -> None:
    if project.issues is not None:
        _misconfigurations(project, parts.of(Category.IAC))
    else:
        part = parts.of(Category.CONTAINER if _image(project) else Category.SCA)
        for one in (project, *(project.applications or ())):
            _vulnerabilities(one, part)


def _image(project: _Project) -> bool:
    manager = label(project.manager).lower()
    in_image = project.docker is not None or project.applications is not None
    return in_image or manager.partition(":")[0] in (*_SYSTEMS, "debian", "alpine", "ubuntu", "rhel", "centos")


def _vulnerabilities(project: _Project, part: Part) -> None:
    for one in project.vulnerabilities or ():
        state = State.SUPPRESSED if one.ignored is True else State.OPEN
        fixable = one.upgradable is True or one.patchable is True or one.pinnable is True or bool(one.fixed)
        package = identity(one.id, one.package or one.module, one.version or one.package_version)
        part.add(rated("words", one.severity, state), package, fixable=fixable)
    if project.filtered is not None:
        part.apart += len(project.filtered.ignore or ()) + len(project.filtered.patch or ())


def _misconfigurations(project: _Project, part: Part) -> None:
    failed = 0
    for one in project.issues or ():
        state = State.SUPPRESSED if one.ignored is True else State.OPEN
        failed += state is State.OPEN
        part.add(rated("words", one.severity, state), identity(one.id, project.file, one.message, one.line))
    part.checks(len(project.successes or ()), failed)


def _warnings(failed: int, projects: int) -> Iterator[str]:
    if failed:
        yield f"Snyk could not test {failed} of {projects} projects."


FORMATS = (
    Format(
        name="snyk-json",
        title="Snyk test JSON",
        unit="finding",
        category=Category.SCA,
        identify=_identify,
        parse=_parse,
    ),
)
