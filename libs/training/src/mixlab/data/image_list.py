"""List files, as OpenMixup, MMClassification and others have them: a line `path label` for each image.

The label is the last word of a line, counted from 0; a path may hold spaces. Paths are relative to
`<root>/<split>`, `<root>` or `<root>/images`, whichever has most of the first ones, or absolute.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .listed import Listed, listed_files, read_lines
from .problems import Problems
from .split import Source
from .wanted import Wanted

NAMES = ("{split}_labeled_full.txt", "{split}_labeled.txt", "{split}.txt")
"""In OpenMixup's `meta`, `train.txt` has no labels: where there are lists with labels, they are taken."""

MOST_CLASSES = 1_000_000
"""Where nothing says how many classes there are: a larger label is no class's number."""

SPLITS = ("train", "val", "test")


def usual_lists(root: Path, split: str) -> Iterator[Path]:
    """Where the list of a split is looked for: beside the images, or in OpenMixup's `data/meta/<Dataset>`."""
    for folder in (root / "meta", root, root.resolve().parent / "meta" / root.resolve().name):
        for name in NAMES:
            yield folder / name.format(split=split)


def list_of(wanted: Wanted, split: str) -> Path | None:
    """The list file of a split, if there is one."""
    if split in wanted.lists:
        return wanted.root / Path(wanted.lists[split]).expanduser()
    return next((path for path in usual_lists(wanted.root, split) if path.is_file()), None)


def list_splits(root: Path) -> list[str]:
    """Splits that have a list in one of the usual places."""
    return [split for split in SPLITS if any(path.is_file() for path in usual_lists(root, split))]


def find_listed(wanted: Wanted, problems: Problems) -> dict[str, Source]:
    """The images of each split's list; what is wrong with them goes to `problems`."""
    lists: dict[str, Listed] = {}
    for split in wanted.splits:
        file = list_of(wanted, split)
        if file is None:
            looked = ", ".join(map(str, usual_lists(wanted.root, split)))
            problems.add(
                f"{wanted.setting(split, 'List')}: no list of the split {split!r}; looked for {looked}"
            )
        else:
            lists[split] = _read(file, wanted.classes, problems)
    classes = wanted.classes or 1 + max((max(one.labels, default=-1) for one in lists.values()), default=-1)
    found: dict[str, Source] = {}
    for split, listed in lists.items():
        if not listed.names:
            problems.add(f"{listed.file}: lists no images")
            continue
        folders = [wanted.root / split, wanted.root, wanted.root / "images"]
        found[split] = listed_files(listed, folders, classes, problems)
    return found


def _read(file: Path, classes: int | None, problems: Problems) -> Listed:
    names: list[str] = []
    labels: list[int] = []
    lines: list[int] = []
    for number, line in enumerate(read_lines(file, problems), start=1):
        parts = line.rsplit(maxsplit=1)
        if not parts:
            continue
        if len(parts) < 2 or not (parts[1].isascii() and parts[1].isdigit()):
            problems.add(
                f"{file}:{number}: expected `path label`, the label a whole number, got {line[:120]!r}"
            )
            continue
        label = int(parts[1][:20])
        if label >= (classes or MOST_CLASSES):
            most = (classes or MOST_CLASSES) - 1
            problems.add(f"{file}:{number}: label {parts[1][:20]} is not one of 0 to {most}")
            continue
        names.append(parts[0].strip())
        labels.append(label)
        lines.append(number)
    return Listed(file, names, labels, lines)
