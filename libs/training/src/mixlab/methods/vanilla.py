"""Vanilla: no mixing, the baseline of every table."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.mixing import MixPlan, unmixed

from .base import Method
from .registry import register


@register(paper="none")
class Vanilla(Method):
    """No mixing: images and labels pass as they are."""

    formula = "x = a, t = y_a"

    name: Literal["vanilla"] = "vanilla"

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws nothing; the mixed batch is `images` itself, not a copy."""
        return unmixed(images)
