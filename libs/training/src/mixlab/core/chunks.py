"""Working on a batch a few images at a time, where that is faster."""

from __future__ import annotations

import math
from collections.abc import Iterator

from torch import Tensor

PIXELS = 8 * 224 * 224
"""Of one channel, that a CPU works on at a time: its caches hold them through many operations."""


def chunks(images: Tensor) -> Iterator[slice]:
    """Rows of a batch [B, ..., H, W], a few at a time on a CPU, all at once elsewhere; as alike in number as
    may be."""
    size, pixels = len(images), images.shape[-1] * images.shape[-2]
    parts = max(round(size * pixels / PIXELS), 1) if images.device.type == "cpu" else 1
    step = max(math.ceil(size / parts), 1)
    for start in range(0, size, step):
        yield slice(start, min(start + step, size))
