"""CutMix: one box of a partner image replaces the same box; labels mix by its area.

Paper: Yun et al., ICCV 2019, https://arxiv.org/abs/1905.04899
Differs from the official code: explicit generator, one box a sample on request, partners by a random roll,
input never written to. Its way of drawing the box is kept: integer centre, even sides, cut off at the border.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import PositiveFloat
from torch import Tensor

from mixlab.core.mixing import Box, Mask, MixPlan, Roll, constant_lam, sample_beta

from .base import Method
from .registry import register


@register(paper="1905.04899")
class CutMix(Method):
    """CutMix: a box of the partner image replaces the same box; labels mix by its area."""

    name: Literal["cutmix"] = "cutmix"

    alpha: PositiveFloat = 1.0
    """lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped."""

    per_sample: bool = False
    """Draw a box for each sample instead of one for the batch (the benchmark's way)."""

    def draw(self, images: Tensor, generator: torch.Generator) -> MixPlan:
        """Draws the pairing, the area of each box, then its centre.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        if images.ndim != 4:
            raise ValueError(f"expected images of shape [B, C, H, W], got {tuple(images.shape)}")
        size, _, height, width = images.shape
        pairing = Roll.draw(size, generator)
        boxes = draw_boxes(self.alpha, size if self.per_sample else 1, height, width, generator)
        if self.per_sample:
            areas = (boxes[1] - boxes[0]).prod(0)
            lam = (1 - areas.float() / (height * width)).to(images.device, non_blocking=True)
            mask = outside(boxes.to(images.device, non_blocking=True), height, width)
            return MixPlan(pairing, Mask(mask), lam)
        top, left, bottom, right = boxes.flatten().tolist()
        share = 1 - (bottom - top) * (right - left) / (height * width)
        box = Box(top=top, bottom=bottom, left=left, right=right)
        return MixPlan(pairing, box, constant_lam(share, images))


def draw_boxes(alpha: float, count: int, height: int, width: int, generator: torch.Generator) -> Tensor:
    """Boxes as CutMix draws them.

    With lam ~ Beta(alpha, alpha), the sides are sqrt(1 - lam) of the image's, in whole pixels; the centre is
    any pixel; each side reaches half its length, rounded down, to both sides of it; what sticks out is cut off.

    Returns:
        int64 [2, 2, count] on the CPU: first row and column of each box, then the row and column after its last.
    """
    sides = torch.tensor([[height], [width]])
    half = (sides * (1 - sample_beta(alpha, count, generator)).sqrt() / 2).long()
    centre = (sides * torch.rand(2, count, dtype=torch.float64, generator=generator)).long()
    return torch.stack([(centre - half).clamp_(min=0), torch.minimum(centre + half, sides)])


def outside(boxes: Tensor, height: int, width: int) -> Tensor:
    """The mask of the pixels outside of each box, bool [count, 1, H, W], for `boxes` of `draw_boxes`."""
    (top, left), (bottom, right) = boxes[..., None, None, None]
    row = torch.arange(height, device=boxes.device)[:, None]
    column = torch.arange(width, device=boxes.device)
    mask: Tensor = (row < top) | (row >= bottom) | (column < left) | (column >= right)
    return mask
