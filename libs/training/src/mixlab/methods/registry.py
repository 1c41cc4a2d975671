"""The one list of methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Annotated, Any, TypeVar, get_args

from pydantic import Field

from .base import Method

M = TypeVar("M", bound=Method)

_methods: dict[str, type[Method]] = {}


def register(*, paper: str) -> Callable[[type[M]], type[M]]:
    """Enter a method class under the name that its `name` field allows.

    Args:
        paper: arXiv number, DOI or venue of the paper that the method is from.

    Raises:
        TypeError: the class has no docstring, or its `name` is not one literal with itself as the default.
        ValueError: the name is taken already.
    """

    def enter(cls: type[M]) -> type[M]:
        field = cls.model_fields["name"]
        names = get_args(field.annotation)
        if len(names) != 1 or field.default != names[0]:
            raise TypeError(f'{cls.__qualname__} needs a field like `name: Literal["mixup"] = "mixup"`')
        if not cls.__doc__:
            raise TypeError(
                f"{cls.__qualname__} needs a docstring; its first line is shown in lists of methods"
            )
        (name,) = names
        if name in _methods:
            raise ValueError(f"method {name!r} is registered already, by {_methods[name].__qualname__}")
        cls.paper = paper
        _methods[name] = cls
        return cls

    return enter


def list_methods() -> list[str]:
    """Names of all registered methods, sorted."""
    return sorted(_methods)


def method_class(name: str) -> type[Method]:
    """The class of a method.

    Raises:
        KeyError: no such method.
    """
    return _methods[name]


def union_of(classes: Iterable[type[Method]]) -> Any:
    """The type of a field that holds any of these methods, told apart by `name`."""
    return Annotated[reduce(or_, classes), Field(discriminator="name")]
