"""What is asked of a dataset's root, in terms that every layout knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Wanted:
    """Splits to find below a root."""

    root: Path
    splits: tuple[str, ...]

    classes: int | None = None
    """Classes that every split must have; None takes as many as there are."""

    name: str | None = None
    """The dataset's, where that decides between two in one root."""

    lists: Mapping[str, str] = field(default_factory=dict)
    """List files by split, absolute or relative to the root, instead of those in the usual places."""

    roles: Mapping[str, Literal["train", "val"]] = field(default_factory=dict)
    """Which splits a run config trains on and evaluates, where one asks."""

    def of_splits(self, splits: tuple[str, ...]) -> Wanted:
        """The same of other splits."""
        return replace(self, splits=splits)

    def setting(self, split: str, kind: Literal["Split", "List"]) -> str:
        """The field of a run config that says a split's name or list."""
        return f"dataset.{self.roles[split]}{kind}" if split in self.roles else "dataset"
