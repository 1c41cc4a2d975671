"""The switch between MixUp and CutMix of "ResNet strikes back".

Paper: Wightman et al., 2021, https://arxiv.org/abs/2110.00476
The binary cross-entropy of the same recipe is `loss.name`.
"""

from __future__ import annotations

from typing import Literal

from mixlab.core.fields import Positive

from .registry import register
from .switch import MixUpOrCutMix, Probability


@register(paper="2110.00476")
class RSB(MixUpOrCutMix):
    """The switch of "ResNet strikes back": MixUp with a small alpha, or CutMix."""

    formula = "CutMix with probability p, else MixUp, drawn for each batch"

    name: Literal["rsb"] = "rsb"

    mixup_alpha: Positive = 0.1
    """alpha of MixUp."""

    cutmix_alpha: Positive = 1.0
    """alpha of CutMix."""

    switch_probability: Probability = 0.5
    """How often CutMix is drawn."""
