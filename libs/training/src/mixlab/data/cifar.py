"""CIFAR-10 and CIFAR-100 in the Python batches that they are published in.

Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009. A batch is a pickled dictionary; it
is read without the power to run code that pickle gives to a file, and part of the data set will do, unlike in
torchvision, which wants the published files to the byte.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mixlab.core.errors import InvalidInput

from .problems import Problems, few
from .split import Decoded, Packed, Source
from .wanted import Wanted


@dataclass(frozen=True)
class _Version:
    folder: str
    classes: int
    labels: str
    files: dict[str, tuple[str, ...]]


VERSIONS = (
    _Version(
        "cifar-10-batches-py",
        10,
        "labels",
        {"train": tuple(f"data_batch_{number}" for number in range(1, 6)), "test": ("test_batch",)},
    ),
    _Version("cifar-100-python", 100, "fine_labels", {"train": ("train",), "test": ("test",)}),
)

SPLITS = ("train", "test")


def is_cifar(root: Path) -> bool:
    """Whether a root holds such batches, or is the folder of them."""
    return any(_folder(root, version).is_dir() for version in VERSIONS)


def find_cifar(wanted: Wanted, problems: Problems) -> dict[str, Source]:
    """The batches of each split, read to see whether they are whole; what is wrong goes to `problems`."""
    there = [version for version in VERSIONS if _folder(wanted.root, version).is_dir()]
    fitting = [version for version in there if wanted.classes in (None, version.classes)]
    if not fitting:
        names = " and ".join(f"{version.folder} ({version.classes} classes)" for version in VERSIONS)
        has = f"has {there[0].folder}" if there else "has neither"
        said = "dataset:" if wanted.classes is None else f"dataset.classes: expected {wanted.classes};"
        problems.add(f"{said} CIFAR is {names}, {wanted.root} {has}")
        return {}
    version = fitting[0]
    found: dict[str, Source] = {}
    for split in wanted.splits:
        files = [_folder(wanted.root, version) / name for name in version.files[split]]
        if missing := [file for file in files if not file.is_file()]:
            for file in missing:
                problems.add(f"{file}: there is no such file")
            continue
        try:
            images = len(_read(files, version))
        except InvalidInput as error:
            problems.add(str(error))
        else:
            found[split] = Packed(images, partial(_read, files, version))
    return found


def _folder(root: Path, version: _Version) -> Path:
    return root if root.name == version.folder else root / version.folder


def _read(files: list[Path], version: _Version) -> Decoded:
    """All images of some batches.

    Raises:
        InvalidInput: a file is damaged, or a class has no images.
    """
    batches = [_read_batch(file, version) for file in files]
    labels = torch.cat([labels for _, labels in batches])
    if absent := sorted(set(range(version.classes)) - set(labels.tolist())):
        names = " and ".join(file.name for file in files)
        raise InvalidInput(f"{files[0].parent}: no images of these classes in {names}: {few(absent)}")
    return Decoded(torch.cat([images for images, _ in batches]), labels)


def _read_batch(file: Path, version: _Version) -> tuple[torch.Tensor, torch.Tensor]:
    try:
        with file.open("rb") as stream:
            batch = _Unpickler(stream, encoding="latin1").load()
        images, labels = np.asarray(batch["data"]), np.asarray(batch[version.labels])
    except Exception as error:  # a damaged pickle raises what it likes
        raise InvalidInput(f"{file}: not a batch of CIFAR: {type(error).__name__}: {error}") from error
    if labels.ndim != 1 or (len(labels) and labels.dtype.kind not in "iu"):
        raise InvalidInput(
            f"{file}: expected whole numbers as labels, got {labels.dtype} {list(labels.shape)}"
        )
    if images.dtype != np.uint8 or images.shape != (len(labels), 3 * 32 * 32):
        raise InvalidInput(
            f"{file}: expected uint8 images [{len(labels)}, 3072], got {images.dtype} {list(images.shape)}"
        )
    if len(labels) == 0 or labels.min() < 0 or labels.max() >= version.classes:
        raise InvalidInput(f"{file}: expected labels in 0 to {version.classes - 1}")
    return torch.tensor(images).view(-1, 3, 32, 32), torch.tensor(labels, dtype=torch.int64)


_ARRAY = np.zeros(1).__reduce__()[0], np.zeros(1).__reduce_ex__(5)[0]


class _Unpickler(pickle.Unpickler):
    """Knows arrays and plain values, and refuses whatever else a file asks for."""

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("multiarray", "_reconstruct"): _ARRAY[0],
            ("numeric", "_frombuffer"): _ARRAY[1],
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
            ("_codecs", "encode"): str.encode,
        }
        found = known.get((module.removeprefix("numpy.core.").removeprefix("numpy._core."), name))
        if found is None:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return found
