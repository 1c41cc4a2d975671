"""All that is wrong with a dataset, gathered to be told at once."""

from __future__ import annotations

from collections.abc import Sequence

from mixlab.core.errors import InvalidInput

SHOWN = 20
"""Problems that are told in words; of more, their number."""


class Problems:
    """Problems of one dataset, a line each; the first `SHOWN` are kept, all are counted."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def add(self, line: str) -> None:
        """One more problem: where it is, what is wrong, what would be right."""
        self.count += 1
        if len(self.lines) < SHOWN:
            self.lines.append(line)

    def __str__(self) -> str:
        more = self.count - len(self.lines)
        return "\n".join([*self.lines, *([f"and {more} more problems"] if more else [])])

    def raise_if_any(self) -> None:
        """Raise `InvalidInput` with every line."""
        if self.count:
            raise InvalidInput(str(self))


def few(names: Sequence[object]) -> str:
    """The first five, and how many there are beyond them."""
    return ", ".join(map(str, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
