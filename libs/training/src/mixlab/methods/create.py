"""Methods by name and parameters, for a training loop of one's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python
from torch import nn

from mixlab.core.cues import IMAGENET
from mixlab.core.migrations import known_renaming
from mixlab.core.mismatches import mismatches
from mixlab.core.packages import PackageError, import_package, package_of

from .arguments import normalisation
from .base import Method
from .mix import Mix
from .registry import list_methods, method_class


def create(
    name: str,
    *,
    num_classes: int | None = None,
    seed: int | None = None,
    model: nn.Module | None = None,
    image_size: int | None = None,
    mean: Sequence[float] = IMAGENET.mean,
    std: Sequence[float] = IMAGENET.std,
    **parameters: Any,
) -> Mix:
    """A method for a training loop of one's own: `images, target = create("cutmix")(images, labels)`.

    Args:
        name: as `list_methods` has it, or `my_pkg:halves` of another package.
        num_classes, seed, model, image_size: see `Mix`.
        mean, std: how the images are normalised, for each RGB channel of pixels in 0 .. 1.
        **parameters: the method's, in Python's spelling: `per_sample=True`.

    Raises:
        TypeError: a name that is no string, a parameter that the method does not have; what `Mix` says.
        ValueError: no such method, or a value that is not allowed; what `Mix` says.
    """
    return Mix(
        _method(name, parameters),
        num_classes=num_classes,
        seed=seed,
        model=model,
        image_size=image_size,
        normalisation=normalisation(mean, std),
    )


def _method(name: str, parameters: dict[str, Any]) -> Method:
    if not isinstance(name, str):
        raise TypeError(f"name: expected a method's name, such as 'cutmix', got {name!r}")
    if package := package_of(name):
        try:
            import_package(package)
        except PackageError as error:
            raise ValueError(str(error)) from error
    if name not in list_methods():
        raise ValueError(f"no method is called {name!r}{_hint(name, list_methods())}")
    cls = method_class(name)
    names = [key for key in cls.model_fields if key != "name"]
    if unknown := [key for key in parameters if key not in names]:
        raise TypeError("\n".join(_unknown(cls, name, key, names) for key in unknown))
    try:
        return cls.model_validate({"name": name, **parameters})
    except ValidationError as error:
        raise ValueError("\n".join(_problems(cls, parameters)) or str(error)) from None


def _unknown(cls: type[Method], name: str, key: str, names: Sequence[str]) -> str:
    told = f"{name} has no parameter {key!r}"
    renaming = known_renaming(to_camel(key), name)
    for spelled, field in cls.model_fields.items():
        if renaming and field.alias == renaming.to:
            return f"{told}: renamed to {spelled} in version {renaming.version} of the run config"
    return told + _hint(key, names)


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    there = ", ".join(known) or "none"
    return f"; did you mean {near[0]}?" if near else f"; there is {there}"


def _problems(cls: type[Method], parameters: dict[str, Any]) -> Iterator[str]:
    """What is wrong with each parameter, in Python's spelling, with its default."""
    schema = cls.model_json_schema(by_alias=True)
    spelled = {field.alias or key: key for key, field in cls.model_fields.items()}
    value = {cls.model_fields[key].alias or key: given for key, given in parameters.items()}
    plain = to_jsonable_python(value, by_alias=True, serialize_unknown=True)
    for issue in mismatches(cls, plain, schema):
        head, *rest = (issue.path or "").split(".")
        told = str(replace(issue, path=".".join([spelled.get(head, head), *rest])))
        default = schema["properties"].get(head, {}).get("default")
        yield told if rest or default is None else f"{told}; the default is {default}"
