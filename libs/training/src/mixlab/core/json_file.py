"""Reading a JSON file strictly: what is not JSON, or says a thing twice, is a problem with a place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .issues import ConfigError, ConfigIssue

MAX_SAFE_INTEGER = 2**53 - 1
"""Greatest integer that every reader of JSON agrees on."""

MAX_DEPTH = 100
"""Objects and arrays inside one another; no config comes near it."""


def read_json(path: str | Path) -> tuple[Any, list[ConfigIssue]]:
    """The value in a file, and an issue for each key that an object repeats (the last one counts).

    Numbers are JavaScript's: a whole one is an integer however it is written (`100`, `100.0`, `1e2`), up to
    `MAX_SAFE_INTEGER`; any other is a float. NaN, Infinity and what overflows come back as such floats, so
    that the field that they stand in can refuse them by name.

    Raises:
        ConfigError: the file cannot be read, or is not JSON in UTF-8; with line and column.
    """
    file = str(path)
    value, repeated = _parse(_read_text(path), file)
    issues = []
    for place, inner in _nested(value):
        if len(place) > MAX_DEPTH:
            raise _syntax_error("is nested too deeply", file)
        if not _is_text(place[-1:]) or not _is_text(inner):
            raise _syntax_error("holds a character that is half of a surrogate pair", file)
        issues += [
            ConfigIssue(
                code="repeated-key",
                message="stands more than once in its object",
                path=".".join((*place, key)),
                file=file,
            )
            for key in repeated.get(id(inner), ())
        ]
    return value, issues


def _parse(text: str, file: str) -> tuple[Any, dict[int, list[str]]]:
    """The value of a JSON text, and the repeated keys of objects by the objects' ids."""
    repeated: dict[int, list[str]] = {}

    def make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        # Entered for every object: the id of one that a repeated key drops may be used again.
        counts = Counter(key for key, _ in pairs)
        repeated[id(made)] = [key for key, count in counts.items() if count > 1]
        return made

    try:
        value = json.loads(text, object_pairs_hook=make_object, parse_int=_number, parse_float=_number)
    except json.JSONDecodeError as error:
        raise _syntax_error(f"is not JSON: {error.msg}", file, error.lineno, error.colno) from None
    except RecursionError:
        raise _syntax_error("is nested too deeply", file) from None
    return value, repeated


def _syntax_error(message: str, file: str, line: int | None = None, column: int | None = None) -> ConfigError:
    return ConfigError([ConfigIssue(code="syntax", message=message, file=file, line=line, column=column)])


def _read_text(path: str | Path) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it, text that is not UTF-8
        if isinstance(error, UnicodeDecodeError):
            raise _syntax_error(f"is not UTF-8 text, at byte {error.start}", str(path)) from None
        message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ConfigError([ConfigIssue(code="unreadable", message=message, file=str(path))]) from None


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= MAX_SAFE_INTEGER else value


def _is_text(value: Any) -> bool:
    """Whether a string, or each of several, can be written as UTF-8; anything else can."""
    try:
        "".join(value if isinstance(value, str | tuple) else ()).encode()
    except UnicodeEncodeError:
        return False
    return True


def _nested(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A value and everything in it, each with its path, in the order of the text."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while waiting:
        place, value = waiting.pop()
        yield place, value
        items: Iterable[tuple[Any, Any]] = ()
        if isinstance(value, dict):
            items = value.items()
        elif isinstance(value, list):
            items = enumerate(value)
        waiting += reversed([((*place, str(key)), item) for key, item in items])
