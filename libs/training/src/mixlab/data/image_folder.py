"""Any tree of images `<root>/<split>/<class>/**/*`, in sorted order; classes are numbered in that order."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from .problems import Problems, few
from .split import Files, Source
from .wanted import Wanted

EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm", ".pgm", ".tif", ".tiff")
SPLITS = ("train", "val", "test")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


def folder_splits(root: Path) -> list[str]:
    """Folders of the root with class folders, and those called `train`, `val` or `test`, whatever they hold.

    Where one of these three is there, so is each that a training needs: `train`, and `val` without a `test`.
    """
    found = [name for name in subfolders(root) if name in SPLITS or has_class_folders(root / name)]
    if set(SPLITS).isdisjoint(found):
        return found
    return list(dict.fromkeys([*found, "train", *([] if "test" in found else ["val"])]))


def has_class_folders(folder: Path) -> bool:
    """Whether there are images in folders of a folder."""
    return any(_images_below(folder, name) for name in subfolders(folder))


def find_folders(wanted: Wanted, problems: Problems) -> dict[str, Source]:
    """The files of each split; what is wrong with them goes to `problems`.

    Raises:
        OSError: a folder can't be read, as where a symbolic link leads back into it.
    """
    there = {split: split_folder(wanted.root, split) for split in wanted.splits}
    for split, folder in list(there.items()):
        if not folder.is_dir():
            problems.add(_missing_split(wanted.root, split))
            del there[split]
    classes = {split: subfolders(folder) for split, folder in there.items()}
    found: dict[str, Source] = {}
    for split, folder in there.items():
        count = len(classes[split])
        if count == 0 or wanted.classes not in (None, count):
            expected, instead = wanted.classes or "several", "" if count else _instead(folder)
            problems.add(f"dataset.classes: expected {expected}, {folder} has {count} class folders{instead}")
        found[split] = list_classes(folder, classes[split], problems)
    first, *others = [split for split, names in classes.items() if names] or [""]
    for other in others:
        if differing := sorted(set(classes[first]) ^ set(classes[other])):
            problems.add(f"{wanted.root}: {first} and {other} have different class folders: {few(differing)}")
    return found


def split_folder(root: Path, split: str) -> Path:
    """Where a split's class folders lie; those of a `test` that is not there may be called `val`."""
    held_out = root / "val"
    return held_out if split == "test" and not (root / split).is_dir() and held_out.is_dir() else root / split


def list_classes(folder: Path, classes: list[str], problems: Problems) -> Files:
    """All images below the class folders of `folder`, class by class."""
    names: list[str] = []
    labels: list[int] = []
    empty: list[str] = []
    for label, name in enumerate(classes):
        images = _images_below(folder, name)
        names += images
        labels += [label] * len(images)
        if not images:
            empty.append(name)
    if empty:
        problems.add(
            f"dataset: no images ({' '.join(EXTENSIONS)}) in these classes of {folder}: {few(empty)}"
        )
    return Files(folder, names, torch.tensor(labels, dtype=torch.int64))


def subfolders(folder: Path) -> list[str]:
    """Names of the folders in a folder, sorted; none of one that is not there."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))


def _images_below(folder: Path, name: str) -> list[str]:
    """Paths below `folder` of all images in its class folder `name`, sorted."""
    found: list[str] = []
    pending = [name]
    while pending:
        part = pending.pop()
        with os.scandir(folder / part) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.name.lower().endswith(EXTENSIONS):
                    found.append(f"{part}/{entry.name}")
                elif entry.is_dir():
                    pending.append(f"{part}/{entry.name}")
    return sorted(found)


def _missing_split(root: Path, split: str) -> str:
    """What to say of a split without a folder, with what may be meant."""
    there = subfolders(root)
    line = f"dataset: no folder for the split {split!r}: {root / split} (there: {few(there) or 'no folders'})"
    if deeper := [name for name in there if (root / name / split).is_dir()]:
        return f"{line}; {root / deeper[0]} has it: that may be the root"
    if packed := sorted(entry.name for entry in root.iterdir() if entry.name.lower().endswith(ARCHIVES)):
        return f"{line}; unpack {packed[0]} first"
    if images := [name for name in there if _count_images(root / name)]:
        return f"{line}; {root / images[0]} holds images: class folders belong into {root / split}"
    return line


def _instead(folder: Path) -> str:
    """What lies in a split's folder that has no class folders."""
    images = _count_images(folder)
    if images:
        return f" but {images} images: sort them into class folders, or say their classes in a list file"
    return ""


def _count_images(folder: Path) -> int:
    """Images in a folder itself."""
    with os.scandir(folder) as entries:
        return sum(entry.name.lower().endswith(EXTENSIONS) for entry in entries)
