"""The one list of methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, get_args

from .base import Method

M = TypeVar("M", bound=type[Method])

_methods: dict[str, type[Method]] = {}


def register(*, paper: str) -> Callable[[M], M]:
    """Enter a method class under the name that its `name` field allows.

    Args:
        paper: arXiv number, DOI or venue of the paper that the method is from.

    Raises:
        ValueError: the name is taken already.
    """

    def enter(cls: M) -> M:
        (name,) = get_args(cls.model_fields["name"].annotation)
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
