"""MNIST and Fashion-MNIST in the idx files that they are published in, gzipped or not.

LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist; Xiao, Rasul and Vollgraf,
https://arxiv.org/abs/1708.07747. Grey levels become RGB; the pixels stay 28 by 28 until they are inputs.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from mixlab.core.errors import InvalidInput

from .problems import Problems, few
from .split import Decoded, Packed, Source
from .wanted import Wanted

CLASSES = 10
SPLITS = ("train", "test")
PREFIX = {"train": "train", "test": "t10k"}


def is_mnist(root: Path) -> bool:
    """Whether a root, or one of the folders that torchvision makes below it, holds idx files."""
    return any(_file(folder, "train", 3) or _file(folder, "test", 3) for folder in _folders(root, None))


def find_mnist(wanted: Wanted, problems: Problems) -> dict[str, Source]:
    """The files of each split, read to see whether they are whole; what is wrong goes to `problems`."""
    if wanted.classes not in (None, CLASSES):
        problems.add(f"dataset.classes: expected {wanted.classes}, MNIST and Fashion-MNIST have {CLASSES}")
    folders = list(_folders(wanted.root, wanted.name))
    found: dict[str, Source] = {}
    for split in wanted.splits:
        pairs = [(_file(folder, split, 3), _file(folder, split, 1)) for folder in folders]
        whole = next(((images, labels) for images, labels in pairs if images and labels), None)
        if whole is None:
            names = " and ".join(
                f"{PREFIX[split]}-{what}-ubyte[.gz]" for what in ("images-idx3", "labels-idx1")
            )
            looked = ", ".join(map(str, folders))
            problems.add(f"dataset: no {names} for the split {split!r} in any of {looked}")
            continue
        try:
            images = len(_read(*whole))
        except InvalidInput as error:
            problems.add(str(error))
        else:
            found[split] = Packed(images, partial(_read, *whole))
    return found


def _folders(root: Path, name: str | None) -> Iterator[Path]:
    """Where the files may lie; a root with both sets is told by the dataset's name."""
    fashion = name is not None and "fashion" in name
    yield root
    yield root / "raw"
    if fashion or name is None:
        yield root / "FashionMNIST" / "raw"
    if not fashion:
        yield root / "MNIST" / "raw"


def _file(folder: Path, split: str, dimensions: int) -> Path | None:
    what = {3: "images", 1: "labels"}[dimensions]
    for separator in "-.":
        for end in ("", ".gz"):
            file = folder / f"{PREFIX[split]}-{what}{separator}idx{dimensions}-ubyte{end}"
            if file.is_file():
                return file
    return None


def _read(image_file: Path, label_file: Path) -> Decoded:
    """The images of a split.

    Raises:
        InvalidInput: a file is damaged, the two do not fit, or a class has no images.
    """
    images, labels = _read_idx(image_file, 3), _read_idx(label_file, 1)
    if len(images) != len(labels):
        raise InvalidInput(f"{label_file}: {len(labels)} labels for the {len(images)} images of {image_file}")
    if 0 in images.shape[1:]:
        raise InvalidInput(f"{image_file}: its images have no pixels: {' by '.join(map(str, images.shape))}")
    if absent := sorted(set(range(CLASSES)) - set(labels.tolist())):
        raise InvalidInput(f"{label_file}: no images of these classes: {few(absent)}")
    if int(labels.max()) >= CLASSES:
        raise InvalidInput(f"{label_file}: label {labels.max()} is not one of 0 to {CLASSES - 1}")
    grey = torch.tensor(images).unsqueeze(1)
    return Decoded(grey.expand(-1, 3, -1, -1).contiguous(), torch.tensor(labels, dtype=torch.int64))


def _read_idx(file: Path, dimensions: int) -> NDArray[np.uint8]:
    """An array of bytes: two zeros, type 8, the number of dimensions, their sizes, and the values."""
    try:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{file}: cannot be read: {error}") from error
    head = 4 + 4 * dimensions
    if len(content) < head or content[:4] != bytes([0, 0, 8, dimensions]):
        raise InvalidInput(f"{file}: not an idx file of bytes with {dimensions} dimensions")
    shape = struct.unpack(f">{dimensions}I", content[4:head])
    if len(content) - head != math.prod(shape):
        raise InvalidInput(
            f"{file}: {len(content) - head} bytes for {' by '.join(map(str, shape))} values: it is cut short?"
        )
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)
