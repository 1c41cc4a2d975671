"""MixUp: images and labels are averaged with one weight.

Paper: Zhang et al., ICLR 2018, https://arxiv.org/abs/1710.09412
"""

from __future__ import annotations

from typing import Literal

from pydantic import PositiveFloat

from .base import Method
from .registry import register


@register(paper="1710.09412")
class MixUp(Method):
    """MixUp: a weighted average of two images and of their labels."""

    name: Literal["mixup"] = "mixup"

    alpha: PositiveFloat = 1.0
    """lam ~ Beta(alpha, alpha), the weight of the first image."""

    per_sample: bool = False
    """Draw lam for each sample instead of once for the batch (the benchmark's way)."""
