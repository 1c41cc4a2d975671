"""Problems of a config file as data; a reader gets all of them at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class ConfigIssue:
    """One problem: where it stands, what is wrong, what would be right."""

    code: str
    """Stable kebab-case name of the kind of problem: `unknown-key`, `warmup-too-long`."""

    message: str
    """One sentence that stands alone."""

    path: str | None = None
    """Dotted path of the field, as it is written in JSON: `mixMode.choices.0.probability`."""

    expected: str | None = None
    got: str | None = None
    nearest: str | None = None
    """The nearest valid name."""

    file: str | None = None
    line: int | None = None
    """Line of `file`, from 1, where only that is known (syntax errors)."""

    column: int | None = None

    def __str__(self) -> str:
        """`file:line:column: path: message (expected …, got …; did you mean …?)`, each part where known."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        lead = "".join(f"{_on_one_line(part)}: " for part in (place, self.path) if part)
        details = [f"expected {self.expected}"] if self.expected else []
        details += [f"got {self.got}"] if self.got else []
        hint = [f"did you mean {self.nearest}?"] if self.nearest else []
        tail = "; ".join([", ".join(details), *hint] if details else hint)
        return lead + self.message + (f" ({tail})" if tail else "")


class ConfigError(InvalidInput):
    """A config that cannot be used, with every problem it has in `issues`."""

    def __init__(self, issues: Sequence[ConfigIssue]) -> None:
        super().__init__("\n".join(str(issue) for issue in issues))
        self.issues = tuple(issues)


def _on_one_line(name: str) -> str:
    """A name from a file, with what would break the line or cannot be printed as an escape."""
    return name if name.isprintable() else name.encode("unicode_escape").decode()


def shown(value: Any, limit: int = 80) -> str:
    """A value as JSON on one line, cut to `limit` characters; in ASCII, which can be printed anywhere."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = ascii(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
