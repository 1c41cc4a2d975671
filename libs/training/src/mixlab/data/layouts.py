"""Layouts of datasets on disk: which one a root has, and the images of its splits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.errors import InvalidInput

from . import cifar, mnist, tiny_imagenet
from .image_folder import find_folders, folder_splits, has_class_folders, split_folder, subfolders
from .image_list import find_listed, list_of, list_splits
from .problems import Problems
from .split import Source
from .wanted import Wanted


@dataclass(frozen=True)
class Layout:
    """One way in which files lie."""

    find: Callable[[Wanted, Problems], dict[str, Source]]
    """The images of each split; what is wrong with them goes to the problems."""

    splits: Callable[[Path], list[str]]
    """The splits that a root has."""

    fixed: bool = False
    """Whether the layout has these splits and no others, whatever the root."""


LAYOUTS = {
    "cifar": Layout(cifar.find_cifar, lambda _: [*cifar.SPLITS], fixed=True),
    "imagefolder": Layout(find_folders, folder_splits),
    "list": Layout(find_listed, list_splits),
    "mnist": Layout(mnist.find_mnist, lambda _: [*mnist.SPLITS], fixed=True),
    "tiny-imagenet": Layout(tiny_imagenet.find_tiny_imagenet, lambda _: [*tiny_imagenet.SPLITS], fixed=True),
}


def detect_layout(wanted: Wanted) -> str:
    """The layout that a root has; `imagefolder` where none is to be seen.

    Class folders count before lists, as long as there are as many as classes.

    Raises:
        InvalidInput: a folder can't be read.
    """
    if wanted.lists:
        return "list"
    if cifar.is_cifar(wanted.root):
        return "cifar"
    if mnist.is_mnist(wanted.root):
        return "mnist"
    if tiny_imagenet.is_tiny_imagenet(wanted.root):
        return "tiny-imagenet"
    try:
        folders = all(
            _has_classes(split_folder(wanted.root, split), wanted.classes) for split in wanted.splits
        )
    except OSError as error:
        raise _unreadable(wanted, error) from error
    listed = bool(wanted.splits) and all(list_of(wanted, split) for split in wanted.splits)
    return "list" if listed and not folders else "imagefolder"


def splits_of(layout: str, wanted: Wanted) -> list[str]:
    """The splits that the root has in a layout.

    Raises:
        InvalidInput: a folder can't be read.
    """
    try:
        return LAYOUTS[layout].splits(wanted.root)
    except OSError as error:
        raise _unreadable(wanted, error) from error


def find_splits(layout: str, wanted: Wanted, problems: Problems) -> dict[str, Source]:
    """The images of each split in a layout, none of them decoded; what is wrong goes to `problems`.

    Raises:
        InvalidInput: a folder can't be read.
    """
    found = LAYOUTS[layout]
    if found.fixed:
        there = found.splits(wanted.root)
        if unknown := [split for split in wanted.splits if split not in there]:
            for split in unknown:
                said, known = wanted.setting(split, "Split"), " and ".join(there)
                problems.add(f"{said}: the layout {layout} has the splits {known}, not {split!r}")
            return {}
    try:
        return found.find(wanted, problems)
    except OSError as error:
        raise _unreadable(wanted, error) from error


def _has_classes(folder: Path, classes: int | None) -> bool:
    return classes in (None, len(subfolders(folder))) and has_class_folders(folder)


def _unreadable(wanted: Wanted, error: OSError) -> InvalidInput:
    # A link that leads back makes a path of forty turns; its beginning says where.
    place = str(error.filename or wanted.root)
    place = place if len(place) <= 200 else f"{place[:200]}…"
    return InvalidInput(f"dataset: cannot read {place}: {error.strerror}")
