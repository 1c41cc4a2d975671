"""MixPro: cells of a grid from either image; labels move from area to attention as the network learns.

Paper: Zhao et al., ICLR 2023, https://arxiv.org/abs/2304.12043

MaskMix: of the n x n cells of a grid, ceil(n^2 r) are the image's own, r ~ Beta(alpha, alpha) for the batch,
each image's at random; the others are its partner's. Progressive attention labelling: with the class token's
attention in the last block, for the mixed image, averaged over heads,

    lam = p lam_attention + (1 - p) lam_area,   p = cos(target by area, softmax of the logits)

for each image, where lam_attention is the attention to the image's own patches, divided by that to all, and
the target is smoothed. A network that has learnt nothing gets labels by area.

Verified against the authors' code (fistyee/MixPro: `utils.py`, `main.py`, `models/vit.py`, `configs/deit`):
all of the above, cells of 56 of 224 pixels, smoothing by 0.1. Differs from it:

- No gradient passes through lam, which is a label; theirs passes through the cosine.
- The loss is the run's own; theirs has no label smoothing in batches that are labelled by attention.
- Where a patch is cut by cells (theirs has patches of 14 pixels for that reason), it counts by its pixels.
- Explicit generator, partners by a random roll.

Its recipe draws MixPro for half of the batches, MixUp(0.8) or CutMix else:
`mix.oneOf([[mix.deit(), 0.5], [mix.mixpro(), 0.5]])`.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from mixlab.core.attention import watch_attention
from mixlab.core.cells import cells_as_pixels
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, Positive
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape, sample_beta

from .base import Method
from .mixer import Mixer, Setting, Step, clean_pass
from .registry import register


@register(paper="2304.12043")
class MixPro(Method):
    """MixPro: cells of a grid from either image; labels move from area to attention as the network learns."""

    name: Literal["mixpro"] = "mixpro"

    formula = (
        "r ~ Beta(α, α); M = 1 in ⌈n² r⌉ of n × n cells; x = M a + (1 − M) b; p = cos(t, softmax(z)); "
        "λ = p · (attention to a's patches / to all) + (1 − p) · mean(M)"
    )

    needs = frozenset({"attention"})

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup reads the attention to the unmixed image, as compat: 'openmixup' does; here it is that to "
        "the mixed one.",
        "OpenMixup weights all labels of a batch by the mean of its λ, as compat: 'openmixup' does.",
        "OpenMixup runs only where the batch has as many images as there are classes.",
        "OpenMixup looks at the unmixed images in training mode; compat: 'openmixup' has evaluation mode.",
        "OpenMixup cuts cells of 64 pixels off at the border; here cells are of one size, give or take a "
        "pixel.",
    )

    alpha: Positive = 1.0
    """r ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded up to whole cells."""

    grid_size: Count = 4
    """Cells along a side."""

    per_sample: bool = False
    """Draw r for each sample instead of once for the batch. Which cells is each sample's own in any case."""

    smoothing: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Label smoothing of the target that the network's probabilities are compared with."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` reads the attention to the unmixed image, and gives every label of a batch the mean of the
    batch's weights."""

    @torch.no_grad()
    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, r, then the cells; labels mix by area until the network has seen the images.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        cells = self.draw_cells(size, generator).to(images.device, non_blocking=True)
        mask = cells_as_pixels(cells, height, width)
        return MixPlan(pairing, Mask(mask), mask.float().mean((1, 2, 3)))

    def draw_cells(self, count: int, generator: torch.Generator) -> Tensor:
        """Whether a cell is the image's own, bool [count, n, n]."""
        cells = self.grid_size**2
        ratio = sample_beta(self.alpha, count if self.per_sample else 1, generator)
        kept = (ratio * cells).ceil().clamp_(min=1).unsqueeze(1)
        order = torch.rand(count, cells, generator=generator).argsort(1).argsort(1)
        return (order < kept).view(count, self.grid_size, self.grid_size)

    def mixer(self, setting: Setting) -> Mixer:
        """A mixer that reads the attention on the way."""
        return ProMixer(self)


class ProMixer(Mixer):
    """Mixes labels when the mixed images have been looked at."""

    def __init__(self, method: MixPro) -> None:
        super().__init__(method)
        self._pro = method

    def forward(self, step: Step) -> Tensor:
        """The loss with labels by area and attention; no gradient passes through the labels."""
        plan = self.plan(step)
        if self._pro.compat == "openmixup":
            watched = clean_pass(step, features=False, attention=True)["attention"]
            logits = self.logits(step, plan)
        else:
            with watch_attention(step.backbone) as watched:
                logits = self.logits(step, plan)
        by_attention = share_of_attention(plan, watched.of_class_token())
        area = step.target(plan)
        progress = similarity(area, logits, self._pro.smoothing)
        lam = torch.lerp(plan.lam, by_attention, progress)
        if self._pro.compat == "openmixup":
            lam = lam.mean().expand_as(lam)
        return step.criterion(logits, step.target(MixPlan(plan.pairing, plan.mixture, lam)))


def share_of_attention(plan: MixPlan, attention: Tensor) -> Tensor:
    """The part of the attention that goes to the image's own pixels, float32 [B].

    Args:
        plan: of the mix.
        attention: to each patch of a square grid, [B, N].
    """
    assert isinstance(plan.mixture, Mask)
    own = F.adaptive_avg_pool2d(plan.mixture.weight.float(), math.isqrt(attention.shape[1])).flatten(1)
    return (own * attention).sum(1) / attention.sum(1)


@torch.no_grad()
def similarity(target: Tensor, logits: Tensor, smoothing: float) -> Tensor:
    """Cosine of the angle between smoothed targets and a network's probabilities, float32 [B], 0 .. 1.

    Args:
        target: probabilities, [B, K].
        logits: [B, K].
        smoothing: share of each target that is spread evenly over the classes.
    """
    smooth = target * (1 - smoothing) + smoothing / target.shape[1]
    return F.cosine_similarity(smooth, logits.float().softmax(1), dim=1)
