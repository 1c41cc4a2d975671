"""Walking a JSON value along the JSON Schema that pydantic writes for a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JsonSchema = Mapping[str, Any]


def resolve(schema: JsonSchema, root: JsonSchema, value: Any) -> JsonSchema:
    """The schema that describes `value`: references followed, and the member of a union chosen.

    A discriminated `oneOf` gives the member that the value names, or an empty schema where it names none; an
    `anyOf` of one schema and null gives that schema.
    """
    if "$ref" in schema:
        return resolve(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, value)
    if "oneOf" in schema and "discriminator" in schema:
        discriminator = schema["discriminator"]
        chosen = value.get(discriminator["propertyName"]) if isinstance(value, Mapping) else None
        reference = discriminator["mapping"].get(chosen) if isinstance(chosen, str) else None
        return resolve({"$ref": reference}, root, value) if reference else {}
    if "anyOf" in schema:
        members = [member for member in schema["anyOf"] if member.get("type") != "null"]
        if len(members) == 1:
            return resolve(members[0], root, value)
    return schema


def with_defaults(value: Any, schema: JsonSchema, root: JsonSchema) -> Any:
    """The value with absent properties filled in from the schema's defaults, at every depth."""
    schema = resolve(schema, root, value)
    if isinstance(value, Mapping) and "properties" in schema:
        properties: Mapping[str, Any] = schema["properties"]
        filled = dict(value)
        for key, field in properties.items():
            if key in value or "default" in field:
                filled[key] = with_defaults(value.get(key, field.get("default")), field, root)
        return filled
    if isinstance(value, list) and "items" in schema:
        return [with_defaults(item, schema["items"], root) for item in value]
    return value


_types = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_bounds = {"minimum": ">= {}", "exclusiveMinimum": "> {}", "maximum": "<= {}", "exclusiveMaximum": "< {}"}


def describe(schema: JsonSchema, root: JsonSchema) -> str:
    """What a schema asks for, in words: `an integer > 0`, `an array of 3 numbers, or null`."""
    if "$ref" in schema:
        return describe(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "const" in schema:
        return _quoted(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(_quoted(choice) for choice in schema["enum"])
    if "oneOf" in schema and "discriminator" in schema:
        key, names = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
        return f"an object with {_quoted(key)}: one of {', '.join(_quoted(name) for name in names)}"
    if "anyOf" in schema:
        return ", or ".join(describe(member, root) for member in schema["anyOf"])
    text = _types.get(schema.get("type", ""), "a value")
    bounds = [form.format(schema[key]) for key, form in _bounds.items() if key in schema]
    if bounds:
        text += " " + " and ".join(bounds)
    if "pattern" in schema:
        text += f" that matches {schema['pattern']}"
    if schema.get("type") == "string" and schema.get("minLength") == 1:
        text += " that is not empty"
    if "items" in schema:
        text += _elements(schema, root)
    return text


def _elements(schema: JsonSchema, root: JsonSchema) -> str:
    low, high = schema.get("minItems"), schema.get("maxItems")
    count = f" of {low} elements" if low == high and low is not None else f" of {low} or more" if low else ""
    item = schema["items"]
    return f"{count}, each {describe(item, root)}" if "$ref" not in item else count


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
