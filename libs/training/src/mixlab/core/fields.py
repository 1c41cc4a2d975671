"""Bases of everything that stands in a run config: strict, frozen, camelCase in JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class ConfigModel(BaseModel):
    """A part of a run config. Unknown keys are errors; attribute docstrings become the schema's descriptions."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        strict=False,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        ser_json_inf_nan="constants",
    )


def outside_identity(default: Any, **constraints: Any) -> Any:
    """A field that does not change what is trained: left out of the run's hash."""
    return Field(default, json_schema_extra={"x-identity": False}, **constraints)
