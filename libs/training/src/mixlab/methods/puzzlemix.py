"""PuzzleMix: a mask that shows what is salient in both images, after moving it to where it will be seen.

Paper: Kim, Choo, Song, ICML 2020, https://arxiv.org/abs/2009.06962

With s the saliency, as shares of each of n x n blocks, the mask M takes the values 1, ... 0 in even steps
(the share of the first image) and minimises over the blocks i and their neighbours j

    sum_i [M_i s_b(i) + (1 - M_i) s_a(i) + prior(M_i)] + sum_ij w_ij (M_i - M_j)^2 + seams(M),

where the prior is -(eta / n^2) log Binomial(L - 1, 1 - lam) and w_ij and the seams say how far the images'
pixels are apart on both sides of the blocks' common border: `mask_energy`. The label's weight is the mask's
mean.

Verified against the authors' code (snu-mllab/PuzzleMix: `mixup.py`, `main.py`, `imagenet/mixup.py`,
`imagenet_fast/main_fast.py`) and OpenMixup's `puzzlemix.py`. Differs from the authors':

- The mask is nearly the minimum of that energy, found on the device for the whole batch
  (`core/grid_labels.py`), where they call an alpha-beta swap on the CPU for each image, which stops at local
  minima.
- Pixels beside a border are averaged over the largest squares that fit a block and are at most `borderSize`
  wide. Theirs take `borderSize` as it is and stop where it does not divide a block (16 blocks at 224 px).
- lam stays away from 0 and 1 by 1e-4 in the prior, where they add 1e-8 to the probabilities.
- An attack begins at the image, theirs at a random point near it, which also the saliency is that of.
- A pass that trains (`cleanLam`) has the run's own loss, where theirs is a multiple of the cross-entropy.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.attack import Attacked
from mixlab.core.blocks import block_shares, enlarged
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, NonNegative, Positive
from mixlab.core.grid_labels import minimise
from mixlab.core.mask_energy import mask_energy, prior_costs
from mixlab.core.mixing import (
    Mask,
    MixPlan,
    Mixture,
    Pairing,
    Roll,
    batch_shape,
    partners_of,
    sample_beta,
    unmixed,
)
from mixlab.core.patchwork import Patchwork
from mixlab.core.saliency import gradient_saliency
from mixlab.core.seams import square_side
from mixlab.core.transport import transport

from .base import Method
from .clean_loss import CleanLossMixer
from .mixer import Mixer, Setting
from .registry import register


@register(paper="2009.06962")
class PuzzleMix(Method):
    """PuzzleMix: a mask shows what is salient in both images, after moving it to where it will be seen."""

    name: Literal["puzzlemix"] = "puzzlemix"

    formula = (
        "M minimises Σ_i [M_i s_b(i) + (1 − M_i) s_a(i) + prior_λ₀(M_i)] + Σ_ij w_ij (M_i − M_j)² over blocks"
        "; x = M a′ + (1 − M) b′ with salient blocks of a and b moved to where M shows them; λ = mean(M)"
    )

    needs = frozenset({"input-gradient"})

    differences = (
        "OpenMixup cuts images into 2, 4 or 8 blocks along each side, the authors and this library also into "
        "16; compat: 'openmixup' leaves them out.",
        "OpenMixup solves the mask by a graph cut for one image after another on the CPU.",
        "OpenMixup's own heads turn the images' weights into their mean over the batch, except with soft "
        "labels; here each image has its own.",
        "OpenMixup has no adversarial noise.",
    )

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), what the mask's prior takes for the first image's share."""

    beta: NonNegative = 1.2
    """Price of neighbouring blocks that show different images."""

    gamma: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How much that price depends on how far the images' pixels are apart at the blocks' border."""

    eta: NonNegative = 0.2
    """Weight of the prior that pulls the mask's mean towards lam."""

    border_size: Count = 4
    """Side in pixels, at most, of the squares that are compared at the blocks' borders."""

    mask_levels: Annotated[int, Field(ge=2, le=16)] = 3
    """How many values the mask takes: 2 for 0 and 1, 3 for 0, 1/2 and 1."""

    block_counts: Annotated[tuple[Count, ...], Field(min_length=1, strict=False)] = (2, 4, 8, 16)
    """How many blocks along a side; each batch draws one of those that divide the image's sides."""

    transport: bool = True
    """Whether each image's salient blocks move to where the mask shows that image."""

    transport_price: Positive = 0.8
    """Price of moving a block across the whole image."""

    transport_size: Count | None = None
    """Side in pixels, at most, of the squares that move, where not the mask's own blocks do. Memory grows
    with the square of their number: small ones are for small images."""

    clean_lam: NonNegative = 0.0
    """Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
    evaluation mode that trains nothing; else of the pass that trains."""

    attack_probability: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How often a batch's first images are attacked before they are mixed, and how often its partners are."""

    attack_size: NonNegative = 10.0
    """How far an attack moves a pixel at most, of 255."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` draws as OpenMixup does: never more than 8 blocks along a side."""

    def mixer(self, setting: Setting) -> Mixer:
        """One that trains on the clean batch as well, where that is asked for.

        Raises:
            ValueError: the images' sides are not multiples of any of the block counts.
        """
        self._fitting(setting.image_size, setting.image_size)
        return CleanLossMixer(self, self.clean_lam) if self.clean_lam > 0 else Mixer(self)

    @torch.no_grad()
    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, lam, the number of blocks and attacks; all else follows from the gradient.

        Raises:
            ValueError: the images are not [B, C, H, W], or their sides not multiples of any of the block
                counts; the gradient is of other images.
            LookupError: no gradient is given.
        """
        size, height, width = batch_shape(images)
        if size == 0:
            return unmixed(images)
        pairing = Roll.draw(size, generator)
        lam = float(sample_beta(self.alpha, 1, generator))
        blocks = self._draw_blocks(height, width, generator)
        attacked = (torch.rand(2, generator=generator) < self.attack_probability).tolist()
        strength = float(torch.rand((), generator=generator)) * self.attack_size / 255

        scale = torch.tensor(cues.normalisation.std).to(images.device, non_blocking=True)
        saliency = gradient_saliency(cues.gradient, images)
        shares = block_shares(saliency, blocks, blocks)
        mask = self._mask(images, shares, pairing, lam, scale)
        mixture: Mixture
        if self.transport or any(attacked):
            mixture = self._patchwork(mask, shares, saliency, pairing)
        else:
            mixture = Mask(enlarged(mask, height, width).unsqueeze(1))
        if isinstance(mixture, Patchwork) and any(attacked):
            step = cues.gradient.sign() * (strength / scale).view(-1, 1, 1)
            mixture = Attacked(mixture, step, cues.normalisation, *attacked)
        return MixPlan(pairing, mixture, mask.mean((1, 2)))

    def _draw_blocks(self, height: int, width: int, generator: torch.Generator) -> int:
        fitting = self._fitting(height, width)
        return fitting[int(torch.randint(len(fitting), (), generator=generator))]

    def _fitting(self, height: int, width: int) -> list[int]:
        """The block counts that divide these sides."""
        allowed = [count for count in self.block_counts if self.compat == "none" or count <= 8]
        fitting = [count for count in allowed if height % count == 0 and width % count == 0]
        if not fitting:
            most = " of at most 8, as OpenMixup has them" if self.compat == "openmixup" else ""
            raise ValueError(
                f"blockCounts: images of {height} x {width} pixels cannot be cut into any of "
                f"{list(self.block_counts)} blocks a side{most}"
            )
        return fitting

    def _mask(self, images: Tensor, shares: Tensor, pairing: Pairing, lam: float, scale: Tensor) -> Tensor:
        """Weight of the first image in each block, float32 [B, n, n]."""
        prior = torch.tensor(prior_costs(lam, self.mask_levels, self.eta / shares[0].numel()))
        energy = mask_energy(
            images,
            shares,
            pairing,
            prior.to(images.device, non_blocking=True),
            beta=self.beta,
            gamma=self.gamma,
            neigh_size=self.border_size,
            scale=scale,
        )
        return 1 - minimise(energy).float() / (self.mask_levels - 1)

    def _patchwork(self, mask: Tensor, shares: Tensor, saliency: Tensor, pairing: Pairing) -> Patchwork:
        """The mask's blocks, or smaller ones, with each image's own moved to where the mask shows it."""
        _, height, width = saliency.shape
        if self.transport_size is not None:
            side = square_side(height // mask.shape[1], width // mask.shape[2], self.transport_size)
            mask = enlarged(mask, height // side, width // side)
            shares = block_shares(saliency, height // side, width // side)
        block = torch.arange(mask.numel(), device=mask.device).view_as(mask)
        if not self.transport:
            return Patchwork(block, partners_of(pairing, block), mask)
        both = torch.cat((shares, partners_of(pairing, shares))), torch.cat((mask > 0, mask < 1))
        first, second = transport(*both, self.transport_price).chunk(2)
        start = block[:, :1, :1]
        return Patchwork(start + first, partners_of(pairing, start) + second, mask)
