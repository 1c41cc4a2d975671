"""MixUp: images and labels are averaged with one weight.

Paper: Zhang et al., ICLR 2018, https://arxiv.org/abs/1710.09412
Differs from the official code: explicit generator, one weight a sample on request, partners by a random roll.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import Blend, MixPlan, Roll, constant_lam, sample_beta

from .base import Method
from .registry import register


@register(paper="1710.09412")
class MixUp(Method):
    """MixUp: a weighted average of two images and of their labels."""

    formula = "λ ~ Beta(α, α); x = λ a + (1 − λ) b"

    name: Literal["mixup"] = "mixup"

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), the weight of the first image."""

    per_sample: bool = False
    """Draw lam for each sample instead of once for the batch (the benchmark's way)."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, then lam: x = lam a + (1 - lam) b, and the same of the labels."""
        size = len(images)
        pairing = Roll.draw(size, generator)
        if self.per_sample:
            lam = sample_beta(self.alpha, size, generator).float().to(images.device, non_blocking=True)
            return MixPlan(pairing, Blend(lam), lam)
        weight = float(sample_beta(self.alpha, 1, generator))
        return MixPlan(pairing, Blend(weight), constant_lam(weight, images))
