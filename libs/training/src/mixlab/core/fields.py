"""Bases of everything that stands in a run config: strict, frozen, camelCase in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from .rules import Rule, When, broken

LARGEST = 1e30
"""Of a number: what PyTorch computes in float32 overflows near 1e38."""

MOST = 1_000_000
"""Of whatever is counted."""

Positive = Annotated[float, Field(gt=0, le=LARGEST)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Count = Annotated[int, Field(gt=0, le=MOST)]
CountFromZero = Annotated[int, Field(ge=0, le=MOST)]
Pixels = Annotated[int, Field(gt=0, le=8192)]
"""Side of an image."""

BROKEN_RULES = "broken-rules"
"""Type of the validation error that carries broken rules, as `issues` of its context."""


class ConfigModel(BaseModel):
    """A part of a run config. Unknown keys are errors; attribute docstrings become the schema's descriptions.

    Nothing is converted: "32" and true are not numbers, though an integer may stand for a float. Sequences
    are tuples, so that an instance never changes and has a hash; give such a field `strict=False`, and lists
    are taken.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        ser_json_inf_nan="constants",
    )

    rules: ClassVar[tuple[Rule, ...]] = ()
    """Rules between fields of this model; their paths start here."""

    @model_validator(mode="after")
    def _keep_rules(self) -> Self:
        if not self.rules:
            return self
        issues = broken(self.rules, self.model_dump(mode="json", by_alias=True))
        if issues:
            text = "; ".join(str(issue) for issue in issues)
            raise PydanticCustomError(BROKEN_RULES, "{text}", {"text": text, "issues": issues})
        return self


def outside_identity(default: Any, **constraints: Any) -> Any:
    """A field that does not change what is trained: left out of the run's hash."""
    return Field(default, json_schema_extra={"x-identity": False}, **constraints)


def retype(model: type[ConfigModel], field: str, union: Any) -> None:
    """Let a field that holds one of several models hold others; what holds `model` has to be rebuilt then.

    Args:
        union: the members, as `Annotated[A | B, Field(discriminator=…)]`; the discriminator stays.
    """
    model.model_fields[field].annotation = get_args(union)[0]
    model.model_rebuild(force=True)


def rules_of(model: type[ConfigModel]) -> Iterator[Rule]:
    """The rules of a model and of the models in its fields, with paths that start at the model.

    A union's member brings its rules under the condition that its discriminator has its value. Rules of
    models in arrays are left out: their paths would name no one element. Those models check them themselves.
    """
    yield from model.rules
    for name, field in model.model_fields.items():
        path = field.alias or name
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, ConfigModel):
            yield from (rule.below(path) for rule in rules_of(annotation))
        elif isinstance(field.discriminator, str):
            for member in get_args(annotation):
                (value,) = get_args(member.model_fields[field.discriminator].annotation)
                chosen = When(f"{path}.{field.discriminator}", value)
                yield from (rule.below(path, chosen) for rule in rules_of(member))
