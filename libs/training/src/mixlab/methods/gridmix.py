"""GridMix: each cell of a grid is one image's or its partner's, and the network names the label of each.

Paper: Baek, Bang, Shim, "GridMix: Strong regularization through local context mapping", Pattern Recognition
2021. Not OpenMixup's `gridmix`, which is `gridmixup` here.

Verified against the authors' project page (https://sites.google.com/view/cvml-kaist, "GridMix") and a survey
(Cao et al., https://arxiv.org/abs/2212.10888, section 3.2.5), for no official code was found: a grid of
cells, each from one of two images at random; labels mix by the number of cells; a second classifier, which
shares all layers but the last, predicts the label of each cell, and its cross-entropy is added. Neither says
how many cells there are, how they are drawn and how that loss is weighted. Here, by choice:

- lam ~ Beta(alpha, alpha), and the whole number of cells next to lam times their number, any of them, stay.
- The second classifier is a 1 x 1 convolution of the last feature map, averaged over each cell.
- Its loss is the mean over cells, times `localWeight`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.anatomy import as_map, forward_features, forward_head, last_map_channels
from mixlab.core.cells import cells_as_pixels
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, NonNegative, Positive
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape, partners_of, sample_beta

from .base import Method
from .mixer import Mixer, Setting, Step
from .registry import register


@register(paper="10.1016/j.patcog.2020.107594")
class GridMix(Method):
    """GridMix: each cell of a grid is one image's or its partner's, and the network tells which."""

    name: Literal["gridmix"] = "gridmix"

    formula = (
        "λ₀ ~ Beta(α, α); M = 1 in ⌊λ₀ n² + ½⌋ of n × n cells; x = M a + (1 − M) b; λ = mean(M); "
        "loss + w · mean over cells of the cross-entropy with the cell's own label"
    )

    needs = frozenset({"features", "network"})

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup has no method of this paper: what it calls gridmix is gridmixup here.",
    )

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), the share of cells that are kept, before it is rounded to whole cells."""

    grid_size: Count = 4
    """Cells along a side."""

    local_weight: NonNegative = 0.15
    """Weight of the loss of the cells' labels, beside the image's of 1."""

    per_sample: bool = False
    """Draw the cells for each sample instead of once for the batch."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, lam, then which cells stay.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        kept = self.draw_cells(size if self.per_sample else 1, generator)
        mask = cells_as_pixels(kept, height, width)
        lam = mask.mean((1, 2, 3)).expand(size)
        return MixPlan(
            pairing,
            Mask(mask.to(images.device, non_blocking=True)),
            lam.to(images.device, non_blocking=True),
        )

    def draw_cells(self, count: int, generator: torch.Generator) -> Tensor:
        """1 where a cell stays, else 0: float32 [count, n, n]."""
        cells = self.grid_size**2
        lam = sample_beta(self.alpha, count, generator)
        order = torch.rand(count, cells, generator=generator).argsort(1).argsort(1)
        stay = order < (lam * cells).round().unsqueeze(1)
        return stay.float().view(count, self.grid_size, self.grid_size)

    def mixer(self, setting: Setting) -> Mixer:
        """A mixer with the cells' classifier.

        Raises:
            TypeError: the backbone has no feature map.
        """
        return GridMixer(self, setting)


class GridMixer(Mixer):
    """Adds the loss of the cells' labels."""

    def __init__(self, method: GridMix, setting: Setting) -> None:
        super().__init__(method)
        self._cells, self._weight = method.grid_size, method.local_weight
        channels = last_map_channels(setting.backbone, setting.image_size)
        self.head = nn.Conv2d(channels, setting.num_classes, 1)

    def forward(self, step: Step) -> Tensor:
        plan = self.plan(step)
        features = forward_features(step.backbone, step.mixed(plan))
        loss = step.criterion(forward_head(step.backbone, features), step.target(plan))
        logits = self.head(F.adaptive_avg_pool2d(as_map(step.backbone, features), self._cells))
        return loss + self._weight * step.criterion(_by_cell(logits), _by_cell(self.targets(step, plan)))

    def targets(self, step: Step, plan: MixPlan) -> Tensor:
        """The soft target of each cell, [B, K, n, n]: its share of pixels of either image."""
        own = step.one_hot()
        partner = partners_of(plan.pairing, own)
        assert isinstance(plan.mixture, Mask)
        share = F.adaptive_avg_pool2d(plan.mixture.weight, self._cells)
        return share * own[:, :, None, None] + (1 - share) * partner[:, :, None, None]


def _by_cell(values: Tensor) -> Tensor:
    """[B, K, n, n] as [B n n, K]."""
    return values.permute(0, 2, 3, 1).flatten(0, 2)
