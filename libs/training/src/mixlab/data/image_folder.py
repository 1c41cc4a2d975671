"""Any tree of images `<root>/<split>/<class>/**/*`, in sorted order; classes are numbered in that order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from mixlab.config import Dataset
from mixlab.core.errors import InvalidInput, TrainingFailed

from .split import Decoded, Files, Split

EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".ppm", ".pgm", ".tif", ".tiff")

MEMORY_LIMIT = 2 * 1024**3
"""Bytes of decoded pixels up to which a split whose images have one size is kept in memory."""


def list_image_folder(root: Path, dataset: Dataset, splits: Iterable[str]) -> dict[str, Files]:
    """The files of each of `splits`.

    Raises:
        InvalidInput: a missing split or class folder, another number of classes than the config says, a
            class without images, or a folder that can't be read, as where a symbolic link leads back into it.
    """
    try:
        return _list_splits(root, dataset, splits)
    except OSError as error:
        # A link that leads back makes a path of forty turns; its beginning says where.
        place = str(error.filename or root)
        place = place if len(place) <= 200 else f"{place[:200]}…"
        raise InvalidInput(f"dataset: cannot read {place}: {error.strerror}") from error


def _list_splits(root: Path, dataset: Dataset, splits: Iterable[str]) -> dict[str, Files]:
    files = {name: _list_split(root / name, dataset) for name in splits}
    first, *others = files
    for other in others:
        if differing := sorted(set(_class_names(root / first)) ^ set(_class_names(root / other))):
            raise InvalidInput(f"{root}: {first} and {other} have different class folders: {_few(differing)}")
    return files


def _class_names(folder: Path) -> list[str]:
    return sorted(
        entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith(".")
    )


def _list_split(folder: Path, dataset: Dataset) -> Files:
    if not folder.is_dir():
        there = _few(_class_names(folder.parent)) or "no folders"
        raise InvalidInput(f"dataset: no folder for the split {folder.name!r}: {folder} (there: {there})")
    classes = _class_names(folder)
    if len(classes) != dataset.classes:
        raise InvalidInput(
            f"dataset.classes: the config says {dataset.classes}, {folder} has {len(classes)} class folders"
        )
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
        raise InvalidInput(
            f"dataset: no images ({' '.join(EXTENSIONS)}) in these classes of {folder}: {_few(empty)}"
        )
    return Files(folder, names, torch.tensor(labels))


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


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def open_image(path: str) -> Image.Image:
    """A decoded RGB image.

    Raises:
        TrainingFailed: the file can't be read or decoded.
    """
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise TrainingFailed(f"unreadable image: {path}: {error}") from error


def decode_if_small(files: Files) -> Split:
    """The split decoded, if its images have one size and take `MEMORY_LIMIT` bytes or less; else as it was.

    Which of the two follows from the files alone, so it is the same on every machine and in every attempt.

    Raises:
        TrainingFailed: an image can't be decoded.
    """
    first = open_image(files.path(0))
    width, height = first.size
    if len(files) * 3 * width * height > MEMORY_LIMIT:
        return files
    images = torch.empty(len(files), 3, height, width, dtype=torch.uint8)

    def decode(index: int) -> bool:
        image = open_image(files.path(index))
        if image.size != (width, height):
            return False
        images[index] = torch.from_numpy(np.array(image)).permute(2, 0, 1)
        return True

    # Pillow lets other threads run while it decodes.
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:
        indices = iter(range(len(files)))
        while chunk := list(islice(indices, 1024)):
            if not all(threads.map(decode, chunk)):
                return files
    return Decoded(images, files.labels)
