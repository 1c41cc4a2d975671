"""CutMix: one box of a partner image replaces the same box; labels mix by its area.

Paper: Yun et al., ICCV 2019, https://arxiv.org/abs/1905.04899
Differs from the official code: explicit generator, one box a sample on request, partners by a random roll,
input never written to. Its way of drawing the box is kept: integer centre, even sides, cut off at the border.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from mixlab.core.boxes import Boxes
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import Box, MixPlan, Roll, batch_shape, clipped_span, constant_lam, sample_beta

from .base import Method
from .registry import register


@register(paper="1905.04899")
class CutMix(Method):
    """CutMix: a box of the partner image replaces the same box; labels mix by its area."""

    formula = "λ₀ ~ Beta(α, α); x = b inside a box with √(1 − λ₀) of the sides, else a; λ = 1 − area / HW"

    name: Literal["cutmix"] = "cutmix"

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped."""

    per_sample: bool = False
    """Draw a box for each sample instead of one for the batch (the benchmark's way)."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, the area of each box, then its centre.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        boxes = draw_boxes(self.alpha, size if self.per_sample else 1, height, width, generator)
        if not self.per_sample:
            return MixPlan(pairing, boxes[0], constant_lam(1 - boxes[0].area / (height * width), images))
        corners = torch.tensor([(box.top, box.bottom, box.left, box.right) for box in boxes]).reshape(-1, 4)
        own = Boxes(corners.to(images.device, non_blocking=True))
        return MixPlan(pairing, own, own.shares_outside(height, width))


def draw_boxes(alpha: float, count: int, height: int, width: int, generator: torch.Generator) -> list[Box]:
    """Boxes as CutMix draws them.

    With lam ~ Beta(alpha, alpha), the sides are sqrt(1 - lam) of the image's, in whole pixels; the centre is
    any pixel; a box reaches half a side, rounded down, to each side of it; what sticks out is cut off.
    """
    lams = sample_beta(alpha, count, generator).tolist()
    rows, columns = torch.rand(2, count, dtype=torch.float64, generator=generator).tolist()
    boxes = []
    for lam, row, column in zip(lams, rows, columns, strict=True):
        ratio = math.sqrt(1 - lam)
        top, bottom = clipped_span(int(height * row), int(height * ratio), height)
        left, right = clipped_span(int(width * column), int(width * ratio), width)
        boxes.append(Box(top=top, bottom=bottom, left=left, right=right))
    return boxes
