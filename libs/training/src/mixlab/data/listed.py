"""Images that a text file lists with their labels: whether they are there, and which classes they cover."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import torch

from .problems import Problems, few
from .split import Files

PROBED = 100
"""Entries that tell which folder the paths of a list are relative to."""


@dataclass(frozen=True)
class Listed:
    """What a text file says: paths, their labels, and the lines that they stand on, from 1."""

    file: Path
    names: list[str]
    labels: list[int]
    lines: list[int]


def read_lines(file: Path, problems: Problems) -> list[str]:
    """The lines of a text file, without their ends; none of one that can't be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"not UTF-8 ({error.reason})"
        problems.add(f"{file}: cannot be read: {reason}")
        return []
    return text.split("\n")


def listed_files(listed: Listed, folders: list[Path], classes: int, problems: Problems) -> Files:
    """The images of a list, below that of `folders` in which most of its first paths lead to files."""

    def hits(folder: Path) -> int:
        return sum(os.path.isfile(os.path.join(folder, name)) for name in listed.names[:PROBED])

    folder = max(folders, key=hits)  # of equals, the first
    _check_labels(listed, problems)
    _check_files(listed, folder, problems)
    labels = torch.tensor(listed.labels, dtype=torch.int64)
    empty = torch.nonzero(torch.bincount(labels, minlength=classes) == 0).flatten().tolist()
    if empty:
        problems.add(f"{listed.file}: no images of these of {classes} classes: {few(empty)}")
    return Files(folder, listed.names, labels)


def _check_labels(listed: Listed, problems: Problems) -> None:
    """An image may come twice, but not as two classes."""
    label_of: dict[str, int] = {}
    for name, label, line in zip(listed.names, listed.labels, listed.lines, strict=True):
        if (before := label_of.setdefault(name, label)) != label:
            problems.add(f"{listed.file}:{line}: {name} is of class {label} here, of {before} further up")


def _check_files(listed: Listed, folder: Path, problems: Problems) -> None:
    """Looks into each folder once: a million images are checked in seconds, on a network's disk too."""
    by_folder: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(listed.names):
        by_folder[os.path.dirname(name)].append(index)
    missing: list[int] = []
    for part, indices in by_folder.items():
        there = _file_names(os.path.join(folder, part))
        missing += [index for index in indices if os.path.basename(listed.names[index]) not in there]
    for index in sorted(missing):
        problems.add(
            f"{listed.file}:{listed.lines[index]}: no such image: {os.path.join(folder, listed.names[index])}"
        )


def _file_names(folder: str) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file()}
    except OSError:
        return set()
