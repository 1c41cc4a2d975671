"""AttentiveMix+: the cells of an image that matter to a teacher, on the partner image.

Paper (Attentive CutMix): Walawalkar et al., ICASSP 2020, https://arxiv.org/abs/2003.13048

The image is cut into a grid, 7 x 7; a trained network that does not learn sees it at 224 pixels, and its last
feature map, averaged over channels, ranks the cells. The first k stay, k = the whole part of 49 lam but at
least 1, and all else is the partner's. The label's weight is the share of pixels that stay.

Verified against OpenMixup's `attentivemix.py`, whose `+` this is, and the authors' code
(xden2331/attentive_cutmix: `attentive_transform.py`, `attentive_image.py`). The authors keep 6 cells
(`topK: 6`) of a ResNet-50's map and rank them by its last channel alone. Differs from both:

- lam ~ Beta(alpha, 8), as OpenMixup documents it.
- The teacher is in evaluation mode, so that its statistics stay and no image depends on its neighbours.
- Where the grid does not divide the image's sides, cells differ in size and each image has its own share.
- timm's weights see images that are normalised as for ImageNet, whatever the run does.
- A map of another size than the grid (teachers of another stride) is averaged over the grid's cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.anatomy import as_map, forward_features
from mixlab.core.cells import cells_as_pixels
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, Pixels, Positive
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape, sample_beta, unmixed
from mixlab.core.teacher import Teacher
from mixlab.core.teaching import seen_by

from .base import Method
from .mixer import Mixer, Setting
from .registry import register


@register(paper="2003.13048")
class AttentiveMix(Method):
    """AttentiveMix+: the cells of an image that matter to a teacher, on the partner image."""

    name: Literal["attentivemix"] = "attentivemix"

    formula = (
        "λ₀ ~ Beta(α, 8); M = 1 in the ⌊49 λ₀⌋ cells of a with the highest channel mean of a teacher's "
        "features; x = M a + (1 − M) b; λ = mean(M)"
    )

    needs = frozenset({"teacher"})

    differences = (
        "OpenMixup documents Beta(alpha, 8) and draws Beta(alpha, alpha); compat: 'openmixup' draws that.",
        "OpenMixup leaves the teacher in training mode, so that it normalises by the batch, as compat: "
        "'openmixup' does; here it is in evaluation mode.",
        "OpenMixup weights a batch's labels by the first image's pixels, as compat: 'openmixup' does; here "
        "each image has its own.",
    )

    alpha: Positive = 2.0
    """lam ~ Beta(alpha, 8), the share of cells that are kept."""

    top_k: Count | None = None
    """How many cells are kept, where not lam says it; 6 in the paper."""

    per_sample: bool = False
    """Draw lam for each sample instead of once for the batch (the benchmark's way)."""

    grid_size: Count = 7
    """Cells along a side."""

    teacher_size: Pixels = 224
    """Side, in pixels, that images are resized to for the teacher."""

    teacher: Teacher = Teacher()
    """The network that ranks the cells."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` draws lam ~ Beta(alpha, alpha), lets the teacher normalise by the batch and weights all
    labels of the batch by the first image's pixels."""

    def mixer(self, setting: Setting) -> Mixer:
        """The ordinary one.

        Raises:
            ValueError: `top_k` are more cells than there are.
        """
        self._check_top_k()
        return Mixer(self)

    @torch.no_grad()
    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, then lam; the teacher says which cells.

        Raises:
            LookupError: no teacher is given.
            TypeError: the teacher has no feature map.
            ValueError: the images are not [B, C, H, W]; `top_k` are more cells than there are.
        """
        self._check_top_k()
        size, height, width = batch_shape(images)
        if size == 0:
            return unmixed(images)
        pairing = Roll.draw(size, generator)
        kept = self._draw_kept(size, generator).to(images.device, non_blocking=True)
        cells = best_cells(self._scores(images, cues), kept)
        mask = cells_as_pixels(cells, height, width)
        lam = mask.float().mean((1, 2, 3))
        return MixPlan(pairing, Mask(mask), lam[:1].expand(size) if self.compat == "openmixup" else lam)

    def _check_top_k(self) -> None:
        cells = self.grid_size**2
        if self.top_k is not None and self.top_k > cells:
            raise ValueError(
                f"topK: {self.top_k} are more than the {cells} cells of gridSize {self.grid_size}"
            )

    def _draw_kept(self, size: int, generator: torch.Generator) -> Tensor:
        """How many cells of each image are kept, int64 [B or 1, 1]."""
        cells = self.grid_size**2
        if self.top_k is not None:
            return torch.full((1, 1), self.top_k)
        other = self.alpha if self.compat == "openmixup" else 8.0
        lam = sample_beta(self.alpha, size if self.per_sample else 1, generator, other)
        return (cells * lam).long().clamp_(1, cells).unsqueeze(1)

    def _scores(self, images: Tensor, cues: Cues) -> Tensor:
        """How much each cell matters, float32 [B, G, G]."""
        teacher = cues.teacher
        seen = seen_by(self.teacher, images, cues.normalisation, self.teacher_size)
        with normalising_by_batch(teacher) if self.compat == "openmixup" else nullcontext():
            features = as_map(teacher, forward_features(teacher, seen))
        return F.adaptive_avg_pool2d(features.float().mean(1), self.grid_size)


def best_cells(scores: Tensor, kept: Tensor) -> Tensor:
    """The cells of the highest scores, bool [B, G, G]; of equal ones, the first row by row.

    Args:
        scores: [B, G, G].
        kept: how many, int64 [B or 1, 1].
    """
    order = scores.flatten(1).argsort(dim=1, descending=True, stable=True)
    best = (torch.arange(order.shape[1], device=order.device) < kept).expand(order.shape)
    return torch.zeros_like(best).scatter_(1, order, best).view(scores.shape)


@contextmanager
def normalising_by_batch(network: nn.Module) -> Iterator[None]:
    """Batch normalisation by the batch's own statistics, as in training; those that are kept stay."""
    layers = [layer for layer in network.modules() if isinstance(layer, nn.modules.batchnorm._BatchNorm)]
    before = [(layer.training, layer.momentum) for layer in layers]
    for layer in layers:
        layer.training, layer.momentum = True, 0.0
    try:
        yield
    finally:
        for layer, (training, momentum) in zip(layers, before, strict=True):
            layer.training, layer.momentum = training, momentum
