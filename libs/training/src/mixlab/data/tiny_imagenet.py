"""Tiny-ImageNet as it is published: training images by class, validation images with a table of classes.

    wnids.txt   train/<wnid>/images/*.JPEG   val/images/*.JPEG   val/val_annotations.txt

Classes are numbered in the order of their WordNet ids, as everybody does who makes an ImageFolder of it;
`wnids.txt` has another order. Le and Yang, Tiny ImageNet Visual Recognition Challenge, CS 231N, 2015.
"""

from __future__ import annotations

from pathlib import Path

from .image_folder import list_classes, subfolders
from .listed import Listed, listed_files, read_lines
from .problems import Problems, few
from .split import Source
from .wanted import Wanted

SPLITS = ("train", "val")


def is_tiny_imagenet(root: Path) -> bool:
    """Whether the validation images lie together, with their table."""
    return (root / "val" / "val_annotations.txt").is_file() and (root / "val" / "images").is_dir()


def find_tiny_imagenet(wanted: Wanted, problems: Problems) -> dict[str, Source]:
    """The images of each split; what is wrong with them goes to `problems`."""
    folders = subfolders(wanted.root / "train")
    classes = _wnids(wanted.root / "wnids.txt", problems) or folders
    if wanted.classes is not None and len(classes) != wanted.classes:
        problems.add(f"dataset.classes: expected {wanted.classes}, {wanted.root} has {len(classes)} classes")
    found: dict[str, Source] = {}
    if "train" in wanted.splits:
        if differing := sorted(set(folders) ^ set(classes)):
            problems.add(f"{wanted.root}: train and wnids.txt have different classes: {few(differing)}")
        found["train"] = list_classes(wanted.root / "train", folders, problems)
    if "val" in wanted.splits:
        listed = _annotations(wanted.root / "val" / "val_annotations.txt", classes, problems)
        found["val"] = listed_files(listed, [wanted.root / "val" / "images"], len(classes), problems)
    return found


def _wnids(file: Path, problems: Problems) -> list[str]:
    """The classes that the data set says it has, sorted."""
    if not file.is_file():
        return []
    return sorted({line.strip() for line in read_lines(file, problems)} - {""})


def _annotations(file: Path, classes: list[str], problems: Problems) -> Listed:
    """Lines of image, WordNet id and four numbers of a box, with tabs between them."""
    label_of = {name: label for label, name in enumerate(classes)}
    names: list[str] = []
    labels: list[int] = []
    lines: list[int] = []
    for number, line in enumerate(read_lines(file, problems), start=1):
        if not line.strip():
            continue
        name, _, rest = line.partition("\t")
        wnid = rest.split("\t")[0].strip()
        if wnid in label_of:
            names.append(name)
            labels.append(label_of[wnid])
            lines.append(number)
        elif wnid:
            problems.add(f"{file}:{number}: {wnid} is not one of the {len(classes)} classes")
        else:
            problems.add(f"{file}:{number}: expected image, class and box with tabs, got {line[:120]!r}")
    return Listed(file, names, labels, lines)
