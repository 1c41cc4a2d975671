"""AutoMix: masks made by a small network from features of both images, trained along with the backbone.

Paper: Liu, Li, Wu, Liu, Chen, Wu, Li, ECCV 2022, https://arxiv.org/abs/2103.13027
Verified against the authors' code, OpenMixup's `classifiers/automix.py` and `heads/pmix_block.py`.
Differs from it: explicit generator, partners by a random roll, one head for clean and mixed images, features
of any backbone (a vision transformer's patches on their grid), masks brought to the images' size whatever the
stride. Not taken over: `head_one_mix`, which mixes the clean batch as well.
"""

from __future__ import annotations

from typing import Literal

from mixlab.core.mix_block import MixBlock

from .pair_masks import PairMasks
from .registry import register


@register(paper="2103.13027")
class AutoMix(PairMasks):
    """AutoMix: a small network, trained along, makes masks from the features of both images."""

    formula = (
        "λ ~ Beta(α, α); M = 1 − sigmoid(softmax(q[z_a, λ] q[z_b, 1 − λ]ᵀ / √d) v[z_b, 1 − λ]), z of a "
        "moving average of the backbone; x = M·a + (1 − M)·b; λ as drawn"
    )

    differences = (
        "One head serves clean and mixed images; OpenMixup trains two.",
        "OpenMixup's learning rate of the block changes with each epoch, here with each step.",
    )

    name: Literal["automix"] = "automix"

    lam_concat: bool = True
    """Whether the network sees lam as a channel; false for Tiny-ImageNet."""

    def block(self, channels: int) -> MixBlock:
        return MixBlock(channels, self.lam_concat)
