"""What a test found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Occluded:
    """Accuracy with some patches of each image black."""

    ratio: float
    """Share of patches that are."""
    grid: int
    """Patches along a side."""
    top1: float
    top5: float
    loss: float


@dataclass(frozen=True)
class Tested:
    """What a test found; percentages of the split's images."""

    top1: float
    top5: float
    loss: float
    images: int
    ece: float
    """Expected calibration error (15 bins), in percent."""
    occlusion: tuple[Occluded, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is printed and recorded."""
        fields = asdict(self)
        if not self.occlusion:
            del fields["occlusion"]
        return fields
