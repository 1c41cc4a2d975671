"""The one list of methods."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Annotated, Any, TypeVar, get_args

from pydantic import Field

from mixlab.core.packages import check_owner

from .base import Method

M = TypeVar("M", bound=Method)

_methods: dict[str, type[Method]] = {}
_watchers: list[Callable[[], None]] = []


def register(*, paper: str) -> Callable[[type[M]], type[M]]:
    """Enter a method class under the name that its `name` field allows.

    Args:
        paper: arXiv number, DOI or venue of the paper that the method is from.

    A class outside of Mixlab has its package in its name: `name: Literal["my_pkg:halves"] = "my_pkg:halves"`.

    Raises:
        TypeError: the class has no docstring, or its `name` is not one literal with itself as the default.
        ValueError: the name is taken already, or is not one for the package that the class is in.
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
        check_owner(name, cls.__module__)
        cls.paper = paper
        _methods[name] = cls
        for watcher in _watchers:
            watcher()
        return cls

    return enter


def on_registration(watcher: Callable[[], None]) -> None:
    """Call `watcher` whenever another method has been registered."""
    _watchers.append(watcher)


def list_methods() -> list[str]:
    """Names of all registered methods, sorted."""
    return sorted(_methods)


def method_class(name: str) -> type[Method]:
    """The class of a method.

    Raises:
        KeyError: no such method.
    """
    return _methods[name]


def any_method(*, but: type[Method] | None = None) -> Any:
    """The type of a field that holds any registered method, told apart by `name`."""
    classes = (cls for name in list_methods() if (cls := _methods[name]) is not but)
    return Annotated[reduce(or_, classes), Field(discriminator="name")]
