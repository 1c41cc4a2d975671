"""scikit-learn's handwritten digits: 1,797 real grey images of 8x8 pixels, shipped with the package.

Alpaydin and Kaynak, UCI Machine Learning Repository, 1998, https://doi.org/10.24432/C50P49

The split is fixed and stratified: of each class, in the order of the data set, every fifth image belongs to
`val` (355 images) and the other four to `train` (1,442 images).
"""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image

from mixlab.config import Dataset
from mixlab.core.errors import InvalidInput

from .split import Decoded

CLASSES = 10
COUNTS = {"train": 1442, "val": 355}


def check_digits(dataset: Dataset) -> None:
    """Raise `InvalidInput` for settings that the digits don't have."""
    if dataset.classes != CLASSES:
        raise InvalidInput(
            f"dataset.classes: digits has {CLASSES} classes, the config says {dataset.classes}"
        )
    for field, split in (("trainSplit", dataset.train_split), ("valSplit", dataset.val_split)):
        if split not in COUNTS:
            raise InvalidInput(f"dataset.{field}: digits has the splits train and val, not {split!r}")


def count_digits(split: str) -> int:
    """Number of images in a split."""
    return COUNTS[split]


def load_digits(split: str, size: int) -> Decoded:
    """The images of a split as RGB, levels 0..16 stretched to 0..255, resized to `size` pixels (bicubic)."""
    from sklearn.datasets import load_digits as load

    raw = load()
    labels = torch.from_numpy(raw.target.astype(np.int64))
    place = torch.zeros_like(labels)  # of an image among those of its class
    for label in range(CLASSES):
        members = labels == label
        place[members] = torch.arange(int(members.sum()))
    chosen = torch.nonzero((place % 5 == 4) == (split == "val")).flatten()
    grey = np.round(raw.images[chosen.numpy()] * (255 / 16)).astype(np.uint8)
    resized = [
        np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC)) for image in grey
    ]
    images = torch.from_numpy(np.stack(resized)).unsqueeze(1).expand(-1, 3, -1, -1).contiguous()
    return Decoded(images, labels[chosen])
