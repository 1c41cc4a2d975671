"""Reading a JSON file strictly: what is not JSON, or says a thing twice, is a problem with a place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .issues import ConfigError, ConfigIssue

MAX_SAFE_INTEGER = 2**53 - 1
"""Greatest integer that every reader of JSON agrees on."""


def read_json(path: str | Path) -> tuple[Any, list[ConfigIssue]]:
    """The value in a file, and an issue for each key that an object repeats (the last one counts).

    Numbers are JavaScript's: a whole one is an integer however it is written (`100`, `100.0`, `1e2`), up to
    `MAX_SAFE_INTEGER`; any other is a float. NaN, Infinity and what overflows come back as such floats, so
    that the field that they stand in can refuse them by name.

    Raises:
        ConfigError: the file cannot be read, or is not JSON in UTF-8; with line and column.
    """
    file = str(path)
    text = _read_text(path)
    repeated: dict[int, list[str]] = {}
    objects: list[dict[str, Any]] = []  # kept alive, so that no two of them share an id

    def make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            repeated[id(made)] = [key for key in made if keys.count(key) > 1]
            objects.append(made)
        return made

    try:
        value = json.loads(text, object_pairs_hook=make_object, parse_int=_number, parse_float=_number)
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg}"
        issue = ConfigIssue(code="syntax", message=message, file=file, line=error.lineno, column=error.colno)
        raise ConfigError([issue]) from None
    except RecursionError:
        raise ConfigError([ConfigIssue(code="syntax", message="is nested too deeply", file=file)]) from None

    issues = [
        ConfigIssue(
            code="repeated-key",
            message="stands more than once in its object",
            path=".".join((*place, key)),
            file=file,
        )
        for place, inner in _nested(value)
        for key in repeated.get(id(inner), [])
    ]
    return value, issues


def _read_text(path: str | Path) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it, text that is not UTF-8
        if isinstance(error, UnicodeDecodeError):
            code, message = "syntax", f"is not UTF-8 text, at byte {error.start}"
        else:
            code, message = "unreadable", f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ConfigError([ConfigIssue(code=code, message=message, file=str(path))]) from None


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= MAX_SAFE_INTEGER else value


def _nested(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A value and everything in it, each with its path."""
    yield place, value
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, item in items:
        yield from _nested(item, (*place, str(key)))
