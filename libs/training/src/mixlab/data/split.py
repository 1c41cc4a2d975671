"""The images of one split: decoded in memory, or files to decode when they are needed."""

from __future__ import annotations

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
class Files:
    """A split on disk: for each image its path below `folder` and its label."""

    folder: Path
    names: list[str]
    labels: Tensor

    def __len__(self) -> int:
        return len(self.names)

    def path(self, index: int) -> str:
        """The path of image `index`."""
        return f"{self.folder}/{self.names[index]}"


Split = Decoded | Files
