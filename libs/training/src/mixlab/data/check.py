"""Is a dataset whole: its layout, its classes, and every image of every split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .inspection import SplitReport, inspect_split
from .layouts import detect_layout, find_splits, splits_of
from .problems import SHOWN, Problems
from .wanted import Wanted


@dataclass(frozen=True)
class Report:
    """What was found at a root."""

    wanted: Wanted
    layout: str
    splits: dict[str, SplitReport]
    problems: Problems
    """What is wrong with the layout; unreadable images stand in the splits."""

    duplicates: list[tuple[str, str]]
    """Images that lie in two splits with the same content."""

    @property
    def fine(self) -> bool:
        """Whether it can be trained on as it is."""
        return not self.problems.count and not any(split.unreadable for split in self.splits.values())

    def as_json(self) -> dict[str, Any]:
        """All of it, every unreadable image too."""
        return {
            "root": str(self.wanted.root),
            "layout": self.layout,
            "fine": self.fine,
            "splits": {
                name: {
                    "images": split.images,
                    "classes": len(split.per_class),
                    "leastOfAClass": min(split.per_class, default=0),
                    "mostOfAClass": max(split.per_class, default=0),
                    "sizes": dict(split.sizes.most_common()),
                    "modes": dict(split.modes.most_common()),
                    "unreadable": split.unreadable,
                }
                for name, split in self.splits.items()
            },
            "duplicates": [list(pair) for pair in self.duplicates],
            "problems": self.problems.lines,
            "problemCount": self.problems.count,
        }

    def as_text(self) -> str:
        """A table, what is worth a note, and what is wrong."""
        lines = [f"{self.wanted.root}: layout {self.layout}", ""]
        lines += _table([["split", "images", "classes", "of a class", "sizes", "colours"], *self._rows()])
        if self.duplicates:
            lines += ["", f"{len(self.duplicates)} images lie in two splits:"]
            lines += _some([f"{one} = {other}" for one, other in self.duplicates])
        unreadable = [line for split in self.splits.values() for line in split.unreadable]
        if unreadable:
            lines += ["", f"{len(unreadable)} images can't be decoded; replace them or take them away:"]
            lines += _some(unreadable)
        if self.problems.count:
            lines += ["", "wrong with the layout (docs/data.md shows each):", *str(self.problems).split("\n")]
        return "\n".join([*lines, "", "fine" if self.fine else "not fine"])

    def _rows(self) -> list[list[str]]:
        return [
            [
                name,
                str(split.images),
                str(len(split.per_class)),
                f"{min(split.per_class, default=0)} to {max(split.per_class, default=0)}",
                _most(split.sizes),
                _most(split.modes),
            ]
            for name, split in self.splits.items()
        ]


def check_dataset(wanted: Wanted, layout: str | None, workers: int) -> Report:
    """Find a dataset's splits, and decode every image.

    Args:
        wanted: without splits, those that the root has.
        layout: None looks at the root.
        workers: processes that decode.

    Raises:
        InvalidInput: a folder can't be read.
        TrainingFailed: a process that decodes was ended.
    """
    seen = splits_of("imagefolder", wanted) or splits_of("list", wanted)
    layout = layout or detect_layout(wanted.of_splits(wanted.splits or (*seen, *wanted.lists)))
    there = wanted.splits or tuple(wanted.lists) or tuple(splits_of(layout, wanted))
    wanted = wanted.of_splits(there or ("train", "val"))
    problems = Problems()
    sources = find_splits(layout, wanted, problems)
    splits = {name: inspect_split(name, source, workers) for name, source in sources.items() if len(source)}
    return Report(wanted, layout, splits, problems, _duplicates(splits))


def _duplicates(splits: dict[str, SplitReport]) -> list[tuple[str, str]]:
    found: dict[bytes, str] = {}
    pairs: list[tuple[str, str]] = []
    for split in splits.values():
        pairs += [(found[digest], name) for digest, name in split.digests.items() if digest in found]
        found.update(split.digests)
    return pairs


def _most(counts: dict[str, int], shown: int = 3) -> str:
    """The most frequent, with their numbers where there are several."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    if len(ordered) == 1:
        return ordered[0][0]
    more = [f"{len(ordered) - shown} others"] if len(ordered) > shown else []
    return ", ".join([*(f"{name} ({count})" for name, count in ordered[:shown]), *more])


def _some(lines: list[str]) -> list[str]:
    more = [f"and {len(lines) - SHOWN} more: --json lists all"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def _table(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
