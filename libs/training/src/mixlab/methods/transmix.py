"""TransMix: CutMix whose labels mix by what the class token attends to.

Paper: Chen et al., CVPR 2022, https://arxiv.org/abs/2111.09833
As in the official code: attention of the last block for the mixed image, averaged over heads, and a label
that is half by area, half by attention. OpenMixup's recipe draws TransMix for 8 of 10 batches, MixUp(0.8)
else: `mix.transmix({ mixupAlpha: 0.8, mixupProbability: 0.2 })`. In a Swin transformer, whose patches are
averaged, the attention of all patches stands for that of a class token; the paper has a class token put into
Swin's last stage instead (CA-Swin), which is not offered.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from mixlab.core.attention import Attention, watch_attention
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import MixPlan

from .mixer import Mixer, Setting, Step
from .registry import method_class, register
from .switch import WithMixUp


@register(paper="2111.09833")
class TransMix(WithMixUp):
    """TransMix: CutMix, with labels mixed by the class token's attention to each image's patches."""

    needs = frozenset({"attention"})
    formula = "x as CutMix; λ = (kept area + attention to the kept patches / attention to all patches) / 2"
    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup averages λ over the batch before the labels mix, and swaps the two weights between ranks.",
    )

    name: Literal["transmix"] = "transmix"

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped."""

    per_sample: bool = False
    """Draw a box for each sample instead of one for the batch (the benchmark's way)."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` gives every label of a batch the mean of the batch's weights."""

    def draw_own(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws as CutMix does; labels mix by area until the network has looked at the images."""
        cutmix = method_class("cutmix").model_construct(alpha=self.alpha, per_sample=self.per_sample)
        return cutmix.draw(images, generator)

    def own_mixer(self, setting: Setting) -> Mixer:
        """A mixer that reads the attention on the way."""
        return TransMixer(self)


class TransMixer(Mixer):
    """Mixes labels when the mixed images have been looked at."""

    def __init__(self, method: TransMix) -> None:
        super().__init__(method)
        self._average = method.compat == "openmixup"

    def forward(self, step: Step) -> Tensor:
        """The loss with labels by attention; no gradient passes through the attention."""
        plan = self.plan(step)
        with watch_attention(step.backbone) as watched:
            logits = self.logits(step, plan)
        lam = attended_share(plan, step.images, watched)
        if self._average:
            lam = lam.mean().expand_as(lam)
        return step.criterion(logits, step.target(replace(plan, lam=lam)))


@torch.no_grad()
def attended_share(plan: MixPlan, images: Tensor, watched: Attention) -> Tensor:
    """Mean of the label weight by area and of that by the class token's attention, float32 [B].

    Args:
        plan: of the mix that the network looked at.
        images: the clean batch, [B, 3, H, W].
        watched: attention of that forward pass.
    """
    if plan.mixture is None:
        return plan.lam
    attention = watched.of_class_token()
    pixels = torch.ones(len(images), 1, *images.shape[2:], device=images.device)
    kept = plan.mixture.combine(pixels, torch.zeros_like(pixels))
    side = math.isqrt(attention.shape[1])
    patches = F.interpolate(kept, size=(side, side), mode="nearest").flatten(1)
    by_attention = (patches * attention).sum(1) / attention.sum(1)
    return (plan.lam + by_attention) / 2
