"""Versions of the run config's format: what one renames or gives another default, as data.

Older ones are read by it, here and in TypeScript (`mixlab.schema` exports it).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from .json_schema import JsonSchema


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a version does to one field."""

    kind: ClassVar[str]

    path: str
    """Dotted JSON path: of the run config, or of the parameters of `method` wherever that stands."""

    method: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The change as `mixlab.schema` exports it."""
        fields = {
            name: value for name, value in asdict(self).items() if name != "method" or value is not None
        }
        return {"kind": self.kind, **fields}


@dataclass(frozen=True, kw_only=True)
class Renamed(Change):
    """The field at `path` is at `to` from now on. One that is part of the identity stays in its object."""

    kind = "renamed"

    to: str


@dataclass(frozen=True, kw_only=True)
class NewDefault(Change):
    """The field at `path` had the default `before`, and has another one from now on."""

    kind = "default"

    before: Any


@dataclass(frozen=True, kw_only=True)
class Migration:
    """What makes version `version` of the one before it."""

    version: int
    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """The migration as `mixlab.schema` exports it."""
        return {"version": self.version, "changes": [change.to_json() for change in self.changes]}


def upgraded(config: Any, migrations: Sequence[Migration]) -> Any:
    """A run config of an older version as one of the newest, a copy; anything else as it is.

    A config that names no version is of the newest.
    """
    newest = len(migrations) + 1
    version = version_of(config)
    if version is None or not 1 <= version < newest:
        return config
    config = copy.deepcopy(config)
    for migration in migrations[version - 1 :]:
        for change in migration.changes:
            for part in _parts(config, change.method):
                _apply(change, part)
    return {**config, "schemaVersion": newest}


def version_of(config: Any) -> int | None:
    """The version that a run config says it is of, if it says one."""
    version = config.get("schemaVersion") if isinstance(config, dict) else None
    return version if isinstance(version, int) and not isinstance(version, bool) else None


@dataclass(frozen=True)
class Renaming:
    """What became of a field's name."""

    to: str
    """Its path by now."""

    version: int
    """The version since when it is called so."""


def renaming_of(path: str, method: str | None, migrations: Sequence[Migration]) -> Renaming | None:
    """What the field that was once at a path is called now, of `method`'s parameters or of the run config."""
    found: Renaming | None = None
    for migration in migrations:
        for change in migration.changes:
            known = path if found is None else found.to
            if isinstance(change, Renamed) and (change.method, change.path) == (method, known):
                found = Renaming(change.to, migration.version)
    return found


def with_first_names(schema: JsonSchema, migrations: Sequence[Migration]) -> dict[str, Any]:
    """The run config's JSON Schema with what keeps a run its hash: the first name of a field that was renamed
    (`x-identity-name`), and the first default of one that has another by now (`x-identity-default`).
    """
    annotated = copy.deepcopy(dict(schema))
    for method, firsts in _firsts(migrations).items():
        top = annotated if method is None else annotated["$defs"][_definition_of(method, annotated)]
        for path, first in firsts.items():
            node = top
            for key in path.split("."):
                node = _referenced(node, annotated)["properties"][key]
            if first.path != path and node.get("x-identity") is not False:
                node["x-identity-name"] = first.path.rpartition(".")[2]
            if first.defaults and first.defaults[0] != node.get("default"):
                node["x-identity-default"] = first.defaults[0]
    return annotated


@dataclass
class _First:
    """What version 1, or the one that brought a field, called it, and the defaults that it had."""

    path: str
    defaults: list[Any] = field(default_factory=list)


def _firsts(migrations: Sequence[Migration]) -> dict[str | None, dict[str, _First]]:
    """By method and by today's path."""
    found: dict[str | None, dict[str, _First]] = {}
    for change in (change for migration in migrations for change in migration.changes):
        firsts = found.setdefault(change.method, {})
        if isinstance(change, NewDefault):
            firsts.setdefault(change.path, _First(change.path)).defaults.append(change.before)
        elif isinstance(change, Renamed):
            firsts.setdefault(change.path, _First(change.path))
            for path in [path for path in firsts if _is_in(path, change.path)]:
                firsts[change.to + path.removeprefix(change.path)] = firsts.pop(path)
    return found


def _is_in(path: str, outer: str) -> bool:
    return path == outer or path.startswith(f"{outer}.")


def _definition_of(method: str, schema: JsonSchema) -> str:
    reference: str = schema["properties"]["mixMode"]["discriminator"]["mapping"][method]
    return reference.removeprefix("#/$defs/")


def _referenced(schema: Any, root: JsonSchema) -> Any:
    return root["$defs"][schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema


def _parts(config: dict[str, Any], method: str | None) -> Iterator[dict[str, Any]]:
    """The config itself, or the parameters of each `method` in it: alone, and in a mixture."""
    if method is None:
        yield config
        return
    mode = config.get("mixMode")
    choices = mode.get("choices") if isinstance(mode, Mapping) else None
    members = [
        choice.get("method")
        for choice in (choices if isinstance(choices, list) else [])
        if isinstance(choice, Mapping)
    ]
    yield from (each for each in (mode, *members) if isinstance(each, dict) and each.get("name") == method)


def _apply(change: Change, part: dict[str, Any]) -> None:
    if isinstance(change, NewDefault):
        holder, key = _holder(part, change.path, make=True)
        if holder is not None:
            holder.setdefault(key, copy.deepcopy(change.before))
    elif isinstance(change, Renamed):
        holder, key = _holder(part, change.path)
        if holder is None or key not in holder:
            return
        target, name = _holder(part, change.to, make=True)
        # What has both names is no config of the older version: the one that is unknown now is told.
        if target is not None and name not in target:
            target[name] = holder.pop(key)


def _holder(part: dict[str, Any], path: str, *, make: bool = False) -> tuple[dict[str, Any] | None, str]:
    """The object that the last part of a path is a key of; None where there is none."""
    *outer, key = path.split(".")
    for name in outer:
        inner = part.setdefault(name, {}) if make else part.get(name)
        if not isinstance(inner, dict):
            return None, key
        part = inner
    return part, key
