"""SAMix: AutoMix with a block that sees both images at once, and masks that are rewarded for contrast.

Paper: Li, Liu, Wang, Wu, Li, Wu, Li, 2021, https://arxiv.org/abs/2111.15454
Verified against the authors' code, OpenMixup's `classifiers/automix.py` and `heads/pmix_block.py` with its
ImageNet configs of SAMix. Differs from it as AutoMix does; the rescaling of lam that its small-image configs
draw (`lam_mul_k`) and the paper's weighing of the block's loss by eta, which does nothing in that code, are
not there.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mixlab.core.mix_block import MixBlock, PairMixBlock

from .pair_masks import PairMasks
from .registry import register


@register(paper="2111.15454")
class SAMix(PairMasks):
    """SAMix: AutoMix with a network that sees both images at once and smooth masks of more contrast."""

    formula = (
        "λ ~ Beta(α, α); u_a = (1 + λ) z_a, u_b = (2 − λ) z_b; "
        "M = 1 − sigmoid(softmax(q[u_a, u_b] k[u_a, u_b]ᵀ / √d) v[u_b]); x = M·a + (1 − M)·b; λ as drawn"
    )

    differences = (
        "One head serves clean and mixed images; OpenMixup trains two.",
        "OpenMixup's configs for small images rescale the lam that the network sees; here it is as drawn.",
        "OpenMixup's learning rate of the block changes with each epoch, here with each step.",
    )

    name: Literal["samix"] = "samix"

    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """In the network that values places; 0 for Tiny-ImageNet."""

    def block(self, channels: int) -> MixBlock:
        return PairMixBlock(channels, self.dropout)
