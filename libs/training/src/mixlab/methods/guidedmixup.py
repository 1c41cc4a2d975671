"""GuidedMixup: each pixel is averaged by how salient it is in either image, of pairs that fit each other.

Paper: Kang and Kim, AAAI 2023, https://arxiv.org/abs/2306.16612

With s the saliency of each pixel, blurred and as shares of its image's sum, M = s_a / (s_a + s_b) is the
first image's weight, and the label's is its mean. Images are paired in one cycle through the batch, so that
each one's partner is salient elsewhere: `greedy_cycle` of the distances of the saliency maps.

Verified against the authors' code (3neutronstar/GuidedMixup: `FGVC/Implementor/guidedmixup.py` and
`pairing.pyx`, `FGVC/Utils/spectral_residual.py`) and OpenMixup's `guidedmix.py`. Differs from the authors':

- The pass for the gradient is one in evaluation mode that trains nothing. Theirs is in training mode, and for
  Tiny-ImageNet it trains as well.
- Their code for CIFAR-100 and Tiny-ImageNet (`mixup.py`) asks for greedy pairs by a name that it does not
  know, and pairs at random: `pairs: 'random'`. That for fine-grained classes pairs as here.
- Where neither image has any saliency, both count the same; theirs divides by zero.

They mix 8 of 10 batches by gradients, half of them by the spectrum:
`mix.oneOf([[mix.guidedmixup(), 0.8], [mix.vanilla(), 0.2]])`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from torch import Tensor

from mixlab.core.blur import gaussian_blur
from mixlab.core.chunks import chunks
from mixlab.core.cues import NO_CUES, Cues, Need
from mixlab.core.cycle import greedy_cycle, squared_distances
from mixlab.core.mixing import Mask, MixPlan, Pairing, Permutation, Roll, batch_shape, unmixed
from mixlab.core.saliency import gradient_saliency
from mixlab.core.spectral_residual import spectral_residual

from .base import Method
from .registry import register


@register(paper="2306.16612")
class GuidedMixup(Method):
    """GuidedMixup: every pixel is averaged by how salient it is in each of two images."""

    name: Literal["guidedmixup"] = "guidedmixup"

    formula = "M = s_a / (s_a + s_b) in each pixel; x = M a + (1 − M) b; λ = mean(M); pairs far apart in s"

    needs = frozenset({"input-gradient"})

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup computes the pairs and then mixes with random ones; compat: 'openmixup' draws those.",
        "OpenMixup's heads turn the images' weights into their mean over the batch, as compat: 'openmixup' "
        "does; here each image has its own.",
    )

    saliency: Literal["gradient", "spectral"] = "gradient"
    """`gradient` takes that of the loss, for which the batch goes through the backbone once more and back;
    `spectral` is the spectral residual of the images, for which no network is asked."""

    pairs: Literal["greedy", "random"] = "greedy"
    """Whether partners are those whose saliency is far away, or any."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` pairs at random and gives every label of a batch the mean of the batch's weights."""

    def demands(self) -> frozenset[Need]:
        """No gradient where the images say it all."""
        return self.needs if self.saliency == "gradient" else frozenset()

    @torch.no_grad()
    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, where it is random; all else follows from the saliency.

        Raises:
            ValueError: the images are not [B, C, H, W]; the gradient is of other images.
            LookupError: saliency is by gradients, and none is given.
        """
        size, _, _ = batch_shape(images)
        if size == 0:
            return unmixed(images)
        shares = torch.cat([self._shares(images, rows, cues) for rows in chunks(images)])
        pairing = self._pairing(shares, generator)
        mask = torch.empty_like(shares)
        for rows, partners in pairing.segments(size):
            own = shares[rows]
            torch.div(own, own + shares[partners], out=mask[rows]).nan_to_num_(0.5)
        lam = mask.mean((1, 2))
        if self.compat == "openmixup":
            lam = lam.mean().expand(size)
        return MixPlan(pairing, Mask(mask.unsqueeze(1)), lam)

    def _shares(self, images: Tensor, rows: slice, cues: Cues) -> Tensor:
        """Each pixel's share of its image's saliency, float32 [n, H, W], for some images."""
        if self.saliency == "gradient":
            found = gaussian_blur(gradient_saliency(cues.gradient, images, rows))
        else:
            found = gaussian_blur(spectral_residual(images[rows]))
        # A gradient that overflowed says nothing.
        return found.div_(found.sum((1, 2), keepdim=True)).nan_to_num_(0)

    def _pairing(self, shares: Tensor, generator: torch.Generator) -> Pairing:
        if self.pairs == "random" or self.compat == "openmixup":
            return Roll.draw(len(shares), generator)
        return Permutation(greedy_cycle(squared_distances(shares.flatten(1))))
