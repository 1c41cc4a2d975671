"""scikit-learn's handwritten digits: 1,797 real grey images of 8x8 pixels, shipped with the package.

Alpaydin and Kaynak, UCI Machine Learning Repository, 1998, https://doi.org/10.24432/C50P49

The split is fixed and stratified: of each class, in the order of the data set, every fifth image belongs to
`val` (355 images) and the other four to `train` (1,442 images).
"""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from mixlab.config import Dataset

from .problems import Problems
from .split import Decoded, Packed, Source

CLASSES = 10
COUNTS = {"train": 1442, "val": 355}


def find_digits(dataset: Dataset) -> dict[str, Source]:
    """Both splits.

    Raises:
        InvalidInput: settings that the digits don't have.
    """
    problems = Problems()
    if dataset.classes != CLASSES:
        problems.add(f"dataset.classes: digits has {CLASSES} classes, the config says {dataset.classes}")
    for field, split in (("trainSplit", dataset.train_split), ("valSplit", dataset.val_split)):
        if split not in COUNTS:
            problems.add(f"dataset.{field}: digits has the splits train and val, not {split!r}")
    problems.raise_if_any()
    return {
        split: Packed(images, partial(load_digits, split, dataset.size)) for split, images in COUNTS.items()
    }


def load_digits(split: str, size: int) -> Decoded:
    """The images of a split as RGB, levels 0..16 stretched to 0..255, resized to `size` pixels (bicubic)."""
    table = _table()
    labels = torch.from_numpy(table[:, -1])
    place = torch.zeros_like(labels)  # of an image among those of its class
    for label in range(CLASSES):
        members = labels == label
        place[members] = torch.arange(int(members.sum()))
    chosen = torch.nonzero((place % 5 == 4) == (split == "val")).flatten()
    grey = np.round(table[chosen.numpy(), :-1] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    resized = [
        np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC)) for image in grey
    ]
    images = torch.from_numpy(np.stack(resized)).unsqueeze(1).expand(-1, 3, -1, -1).contiguous()
    return Decoded(images, labels[chosen])


def _table() -> NDArray[np.int64]:
    """[1797, 65]: 64 levels 0..16 of an image, row by row, and its label."""
    package = importlib.util.find_spec("sklearn")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    if file.is_file():
        # Importing scikit-learn takes a second; this file is all that its loader reads.
        return np.loadtxt(file, delimiter=",", dtype=np.int64)
    from sklearn.datasets import load_digits as load

    raw = load()
    return np.column_stack([raw.data, raw.target]).astype(np.int64)
