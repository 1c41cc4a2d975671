"""A run's identity: what of its config changes what is trained, and the hash of that.

The TypeScript side computes the same; `tests/data/identities.json` holds both to one answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from mixlab.config import RunConfig, run_config_schema
from mixlab.core.json_schema import JsonSchema, resolve


def identity(config: Mapping[str, Any], schema: JsonSchema) -> dict[str, Any]:
    """What identifies a config, as plain JSON values.

    Left out is every property that the schema marks with `x-identity: false`, and every one that equals its
    default, so that a field added later changes no existing hash. Constants (a discriminator, the format's
    version) stay. So that a new version of the format changes no hash either, a field goes by its first name
    (`x-identity-name`) and is compared with its first default (`x-identity-default`), and the version is the
    first (`x-identity-const`). Objects are gone through rather than compared, and left out where nothing of
    them is left, unless required. Of an array of objects each element is gone through and none removed; any
    other array is compared whole.

    Args:
        config: a valid config with its defaults filled in and JSON's names.
        schema: its JSON Schema.
    """
    return _strip(config, schema, schema)


def run_hash(config: RunConfig) -> str:
    """SHA-256 of a run's identity as canonical JSON (RFC 8785), 64 hex digits. 1 and 1.0 are one number."""
    values = identity(config.model_dump(mode="json", by_alias=True), run_config_schema())
    return hashlib.sha256(rfc8785.dumps(values)).hexdigest()


def _strip(value: Mapping[str, Any], schema: JsonSchema, root: JsonSchema) -> dict[str, Any]:
    schema = resolve(schema, root, value)
    properties, required = schema.get("properties", {}), schema.get("required", ())
    kept: dict[str, Any] = {}
    for key, item in value.items():
        field = properties.get(key, {})
        if field.get("x-identity") is False:
            continue
        inner = resolve(field, root, item)
        name = field.get("x-identity-name", key)
        default = field.get("x-identity-default", field.get("default", _nothing))
        if isinstance(item, Mapping) and "properties" in inner:
            stripped = _strip(item, inner, root)
            if stripped or key in required:
                kept[name] = stripped
        elif isinstance(item, list) and _of_objects(inner, root, item):
            kept[name] = [_strip(element, inner["items"], root) for element in item]
        elif "const" in inner:
            kept[name] = inner.get("x-identity-const", item)
        elif default is _nothing or not _same(item, default):
            kept[name] = item
    return kept


_nothing = object()


def _of_objects(schema: JsonSchema, root: JsonSchema, items: list[Any]) -> bool:
    return "items" in schema and all("properties" in resolve(schema["items"], root, item) for item in items)


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 is 1.0, but true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
