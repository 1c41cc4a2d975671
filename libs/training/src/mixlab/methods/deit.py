"""DeiT's switch between MixUp and CutMix.

Paper: Touvron et al., ICML 2021, https://arxiv.org/abs/2012.12877
The label smoothing of the same recipe is `loss.labelSmoothing`.
"""

from __future__ import annotations

from typing import Literal

from mixlab.core.fields import Positive

from .registry import register
from .switch import MixUpOrCutMix, Probability


@register(paper="2012.12877")
class DeiT(MixUpOrCutMix):
    """DeiT's switch: MixUp or CutMix, drawn for each batch."""

    formula = "CutMix with probability p, else MixUp, drawn for each batch"

    name: Literal["deit"] = "deit"

    mixup_alpha: Positive = 0.8
    """alpha of MixUp."""

    cutmix_alpha: Positive = 1.0
    """alpha of CutMix."""

    switch_probability: Probability = 0.5
    """How often CutMix is drawn."""
