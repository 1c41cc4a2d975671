"""The images of one split: decoded in memory, in a few binary files, or files to decode one by one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor


@dataclass(frozen=True)
class Decoded:
    """A split that fits in memory: images [N, 3, H, W] uint8, labels [N] int64."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Packed:
    """A split in a few binary files: how many images they hold, and how to read them all."""

    images: int
    read: Callable[[], Decoded]

    def __len__(self) -> int:
        return self.images


@dataclass(frozen=True)
class Files:
    """A split on disk: for each image its path, below `folder` or absolute, and its label."""

    folder: Path
    names: list[str]
    labels: Tensor

    def __len__(self) -> int:
        return len(self.names)

    def path(self, index: int) -> str:
        """The path of image `index`."""
        return os.path.join(self.folder, self.names[index])


Source = Files | Packed
"""A split as it lies on disk."""

Split = Decoded | Files
"""A split as it is trained on."""
