"""The structure of SARIF documents, 2.1.0 and its forerunners: what the format reads of them, and no more."""

from __future__ import annotations

from typing import Any

import msgspec

from scoring.evidence.scalars import label, whole


class Properties(msgspec.Struct):
    score: Any = msgspec.field(name="security-severity", default=None)
    severity: Any = None
    tags: Any = None


Bag = Properties | list[Any] | None
"""A property bag; tools written in PHP write an empty one as a list."""
_Number = int | str | None


class Configuration(msgspec.Struct):
    level: str | None = None


class Rule(msgspec.Struct):
    id: Any = None
    name: Any = None
    configuration: Configuration | None = msgspec.field(name="defaultConfiguration", default=None)
    default_level: str | None = msgspec.field(name="defaultLevel", default=None)
    properties: Bag = None


RuleList = list[Rule] | dict[str, Rule] | None
"""Before 2.1.0 an object by rule id."""


class Component(msgspec.Struct):
    name: Any = None
    version: Any = None
    semantic: Any = msgspec.field(name="semanticVersion", default=None)
    rules: RuleList = None


class Tool(Component):
    """Has a driver since 2.1.0; before, the tool itself was what the driver is."""

    driver: Component | None = None
    extensions: list[Component] | None = None


class Index(msgspec.Struct):
    index: _Number = None


class Reference(msgspec.Struct):
    id: Any = None
    index: _Number = None
    component: Index | None = msgspec.field(name="toolComponent", default=None)


class Suppression(msgspec.Struct):
    status: str | None = None
    state: str | None = None


class Seen(msgspec.Struct):
    first: Any = msgspec.field(name="firstDetectionTimeUtc", default=None)


class Result(msgspec.Struct, gc=False):
    """Location and message stay undecoded: they only tell whether two results are the same."""

    rule_id: str | None = msgspec.field(name="ruleId", default=None)
    rule_index: _Number = msgspec.field(name="ruleIndex", default=None)
    rule: Reference | None = None
    level: str | None = None
    kind: str | None = None
    baseline: str | None = msgspec.field(name="baselineState", default=None)
    message: msgspec.Raw = msgspec.Raw()
    locations: msgspec.Raw = msgspec.Raw()
    suppressions: list[Suppression] | None = None
    suppression_states: list[Any] | None = msgspec.field(name="suppressionStates", default=None)
    properties: Bag = None
    provenance: Seen | None = None


class Invocation(msgspec.Struct):
    successful: Any = msgspec.field(name="executionSuccessful", default=None)
    start: Any = msgspec.field(name="startTimeUtc", default=None)
    end: Any = msgspec.field(name="endTimeUtc", default=None)
    old_start: Any = msgspec.field(name="startTime", default=None)
    old_end: Any = msgspec.field(name="endTime", default=None)


class Checkout(msgspec.Struct):
    uri: Any = msgspec.field(name="repositoryUri", default=None)
    old_uri: Any = msgspec.field(name="uri", default=None)
    branch: Any = None


class Image(msgspec.Struct):
    image: Any = msgspec.field(name="imageName", default=None)


class Resources(msgspec.Struct):
    rules: RuleList = None


class Run(msgspec.Struct):
    tool: Tool | None = None
    results: list[Result] | None = None
    invocations: list[Invocation] | None = None
    invocation: Invocation | None = None
    checkouts: list[Checkout] | None = msgspec.field(name="versionControlProvenance", default=None)
    properties: Image | list[Any] | None = None
    rules: RuleList = None
    resources: Resources | None = None


HEAD = {field.encode_name: field.name for field in msgspec.structs.fields(Run) if field.name != "results"}
"""What a run holds beside its results: key in the file → field."""


class Log(msgspec.Struct):
    runs: list[Run]


class Rules:
    """The rules of one run, found by index or id."""

    def __init__(self, run: Run) -> None:
        tool = run.tool or Tool()
        driver = tool.driver or tool
        old = run.rules or (run.resources.rules if run.resources else None)
        self._components = [_listed(driver.rules or old), *(_listed(more.rules) for more in tool.extensions or ())]
        self._by_id = {key: rule for rules in reversed(self._components) for key, rule in rules if key}

    @property
    def number(self) -> int:
        return sum(len(rules) for rules in self._components)

    @property
    def names(self) -> set[str]:
        return {label(rule.name).lower() for rules in self._components for _, rule in rules}

    def find(self, result: Result) -> Rule | None:
        """The rule that a result names: by index, else by id, where ``A/b`` is a part of rule ``A``."""
        reference = result.rule or Reference()
        component = whole(reference.component.index) if reference.component else None
        rules = self._components[0]
        if component is not None and component + 1 < len(self._components):
            rules = self._components[component + 1]
        index = whole(reference.index if reference.index is not None else result.rule_index)
        known, rule = rules[index] if index is not None and index < len(rules) else ("", None)
        key = result.rule_id or label(reference.id, 1000)
        # An index into a component that is named otherwise, or that a merge has shifted, leads to another rule.
        if rule is not None and (not key or not known or f"{key}/".startswith(f"{known}/")):
            return rule
        while key and key not in self._by_id:
            key = key.rpartition("/")[0]
        return self._by_id.get(key, rule)


def _listed(rules: RuleList) -> list[tuple[str, Rule]]:
    if isinstance(rules, dict):
        return list(rules.items())
    return [(label(rule.id, 1000), rule) for rule in rules or ()]
