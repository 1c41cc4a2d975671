"""Everything that keeps a JSON value from being a config, in the words of the config's author."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .fields import BROKEN_RULES, ConfigModel, rules_of
from .issues import ConfigIssue, shown
from .json_schema import JsonSchema, describe, resolve, with_defaults
from .migrations import known_renaming
from .rules import broken


def mismatches(model: type[ConfigModel], value: Any, schema: JsonSchema) -> list[ConfigIssue]:
    """The problems that a JSON value has as a `model`: field by field, then the rules between fields.

    Args:
        model: a config model.
        value: plain JSON values; keys are the JSON names alone.
        schema: the model's JSON Schema, by alias.
    """
    if not isinstance(value, dict):
        return [_issue("invalid-value", (), expected="an object", got=value)]
    try:
        model.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    else:
        return []
    fields = [_field_issue(problem, value, schema) for problem in problems if problem["type"] != BROKEN_RULES]
    nested = [issue for problem in problems for issue in _rule_issues(problem, value, schema)]
    # A model with a bad field never gets to its rules; those that read no bad field are evaluated here.
    bad = {issue.path for issue in fields if issue}
    rules = (rule for rule in rules_of(model) if bad.isdisjoint(rule.reads()))
    plain = broken(rules, with_defaults(value, schema, schema))
    found: dict[tuple[str, str | None], ConfigIssue] = {}
    for issue in [*fields, *plain, *nested]:
        if issue:
            found.setdefault((issue.code, issue.path), issue)
    return list(found.values())


@dataclass
class _Place:
    """Where a problem stands."""

    path: tuple[str, ...]
    value: Any
    """None where there is none."""
    schema: JsonSchema
    parent: JsonSchema
    """The schema of what `value` is in."""


def _locate(location: Sequence[int | str], value: Any, root: JsonSchema) -> _Place:
    """Follow pydantic's location, which names the chosen member of a union as if it were a key."""
    place = _Place((), value, root, root)
    for key in location:
        if "discriminator" in place.schema:
            place.schema = resolve(place.schema, root, place.value)
            continue
        parent = resolve(place.schema, root, place.value)
        if isinstance(key, int):
            schema = parent.get("items", {})
            inner = place.value[key]
        else:
            schema = parent.get("properties", {}).get(key, {})
            inner = place.value.get(key)
        place = _Place((*place.path, str(key)), inner, schema, parent)
    return place


def _field_issue(problem: ErrorDetails, value: Any, root: JsonSchema) -> ConfigIssue | None:
    place = _locate(problem["loc"], value, root)
    kind = problem["type"]
    if kind == "too_short" and len(place.value) >= place.schema.get("minItems", 0):
        return None  # pydantic counts the elements that are valid; the others have issues of their own
    if kind == "extra_forbidden":
        return _unknown_field(place)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        discriminator = place.schema["discriminator"]
        key, names = discriminator["propertyName"], list(discriminator["mapping"])
        place = _Place((*place.path, key), place.value.get(key), {"enum": names}, place.schema)
        if kind == "union_tag_not_found" and place.value is None:
            kind = "missing"
    if kind == "missing":
        expected = describe(place.schema, root)
        return _issue("missing-value", place.path, message="a value is missing", expected=expected)
    return _issue(
        "invalid-value",
        place.path,
        expected=describe(place.schema, root),
        got=place.value,
        nearest=_nearest(place.value, _choices(place.schema)),
    )


def _unknown_field(place: _Place) -> ConfigIssue:
    properties: JsonSchema = place.parent.get("properties", {})
    method = properties.get("name", {}).get("const")  # only a method's parameters name what they are of
    message = f"unknown field {shown(place.path[-1])}"
    renaming = known_renaming(place.path[-1], method) if method else known_renaming(".".join(place.path))
    if renaming:
        told = f"{message}: renamed to {shown(renaming.to)} in version {renaming.version} of the run config"
        return _issue("unknown-path", place.path, message=told, got=place.value)
    nearest = _nearest(place.path[-1], properties)
    return _issue("unknown-path", place.path, message=message, got=place.value, nearest=nearest)


def _rule_issues(problem: ErrorDetails, value: Any, root: JsonSchema) -> list[ConfigIssue]:
    """The issues that a model's own validator found, with paths from the whole config's start."""
    if problem["type"] != BROKEN_RULES:
        return []
    lead = _locate(problem["loc"], value, root).path
    issues: list[ConfigIssue] = problem["ctx"]["issues"]
    return [replace(issue, path=".".join((*lead, issue.path or ""))) for issue in issues]


_nothing = object()


def _issue(
    code: str,
    path: Iterable[str],
    *,
    message: str = "the value is not allowed here",
    expected: str | None = None,
    got: Any = _nothing,
    nearest: str | None = None,
) -> ConfigIssue:
    text = None if got is _nothing else shown(got)
    return ConfigIssue(
        code=code, message=message, path=".".join(path) or None, expected=expected, got=text, nearest=nearest
    )


def _choices(schema: JsonSchema) -> list[str]:
    """The strings that a schema allows by name."""
    if "discriminator" in schema:
        return list(schema["discriminator"]["mapping"])
    allowed = [*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])]
    return [choice for choice in allowed if isinstance(choice, str)]


def _nearest(got: Any, candidates: Iterable[str] | Mapping[str, Any]) -> str | None:
    """The candidate that may have been meant, whatever its case and its `_` and `-`."""
    if not isinstance(got, str):
        return None
    by_plain = {_plain(candidate): candidate for candidate in candidates}
    close = difflib.get_close_matches(_plain(got), by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
