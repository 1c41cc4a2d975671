"""Saliency Grafting: randomly chosen salient parts of an image on its partner; labels mix by their saliency.

Paper: Park et al., AAAI 2022, https://arxiv.org/abs/2112.08796

Verified against the paper's abstract and a survey (Cao et al., https://arxiv.org/abs/2212.10888, section
3.2.3), for no official code was found: the saliency map is scaled and cut off at a threshold, what is left is
chosen by Bernoulli draws and grafted onto the other image, and labels mix in proportion to saliency. NOT
verified, and chosen here:

- Saliency is the absolute value of the backbone's last feature map for the clean image, in evaluation mode,
  averaged over channels, standardised for each image; s = softmax(that / T) over places, T = 1.
- The threshold is the mean of s. Each place that reaches it stays with probability p, p ~ Beta(alpha, alpha)
  once for the batch.
- lam = sum(s_a G) / (sum(s_a G) + sum(s_b (1 - G))) for the places G that stay: sums, not Euclidean norms.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.anatomy import last_map_channels
from mixlab.core.cells import cells_as_pixels
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape, partners_of, sample_beta, unmixed

from .base import Method
from .mixer import Mixer, Setting
from .registry import register

ROUNDING = 1e-4
"""Places of equal saliency are no less than their mean, whatever the last digits say."""


@register(paper="2112.08796")
class SaliencyGrafting(Method):
    """Saliency Grafting: salient parts of an image, chosen at random, on its partner."""

    name: Literal["grafting"] = "grafting"

    formula = (
        "s = softmax(features / T); G ~ Bernoulli(p) where s_a ≥ mean(s_a), p ~ Beta(α, α); "
        "x = G a + (1 − G) b; λ = Σ s_a G / (Σ s_a G + Σ s_b (1 − G))"
    )

    needs = frozenset({"clean-pass", "features"})

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup lists the method and its results, and has no code for it.",
    )

    alpha: Positive = 1.0
    """p ~ Beta(alpha, alpha), the chance of each salient place to be grafted."""

    temperature: Annotated[float, Field(ge=1e-6)] = 1.0
    """T: the higher, the more alike are the weights of all places."""

    per_sample: bool = False
    """Draw p for each sample instead of once for the batch."""

    def mixer(self, setting: Setting) -> Mixer:
        """The ordinary one.

        Raises:
            TypeError: the backbone has no feature map.
        """
        last_map_channels(setting.backbone, setting.image_size)
        return Mixer(self)

    @torch.no_grad()
    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, p, then the places.

        Raises:
            ValueError: the images are not [B, C, H, W].
            LookupError: the features of the clean batch are not given.
        """
        size, height, width = batch_shape(images)
        if size == 0:
            return unmixed(images)
        pairing = Roll.draw(size, generator)
        share = self.saliency(cues.features)
        chance = sample_beta(self.alpha, size if self.per_sample else 1, generator).view(-1, 1, 1)
        chosen = torch.rand(share.shape, dtype=torch.float64, generator=generator) < chance
        salient = share >= (1 - ROUNDING) * share.mean((1, 2), keepdim=True)
        grafted = salient & chosen.to(images.device, non_blocking=True)
        own = (share * grafted).sum((1, 2))
        partner = (partners_of(pairing, share) * ~grafted).sum((1, 2))
        return MixPlan(pairing, Mask(cells_as_pixels(grafted, height, width)), own / (own + partner))

    def saliency(self, features: Tensor) -> Tensor:
        """Each place's share of its image's saliency, float32 [B, h, w], of features [B, C, h, w]."""
        collapsed = features.float().abs().mean(1).flatten(1)
        centred = collapsed - collapsed.mean(1, keepdim=True)
        deviation = centred.square().mean(1, keepdim=True).sqrt().clamp_(min=torch.finfo(torch.float32).tiny)
        weights = (centred / deviation / self.temperature).softmax(1)
        return weights.view(len(features), *features.shape[2:])
