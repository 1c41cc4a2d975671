"""SaliencyMix: CutMix whose box lies around the most salient pixel of the image that it is cut from.

Paper: Uddin et al., ICLR 2021, https://arxiv.org/abs/2006.01791

Verified against the authors' code (afm-shahab-uddin/SaliencyMix: `SaliencyMix_CIFAR/saliencymix.py`) and
OpenMixup's `saliencymix.py`: size of the box, how it is cut off at the border, the label by its area, and
OpenCV's fine-grained saliency of 8-bit images, to the bit (`core/fine_grained.py`). Differs from both:

- Each image's own partner says where its box lies, as in the paper; theirs look at the first partner alone.
- Saliency is that of pixels of 0 .. 255. They give OpenCV normalised floats, which it reads as if they were
  bytes, so that their boxes hug the upper border.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from torch import Tensor

from mixlab.core.boxes import Boxes
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.fine_grained import fine_grained_saliency, saliency_of_bytes
from mixlab.core.mixing import MixPlan, Roll, batch_shape, partners_of, sample_beta, unmixed

from .base import Method
from .registry import register


@register(paper="2006.01791")
class SaliencyMix(Method):
    """SaliencyMix: a box around the partner's most salient pixel replaces the same box of the image."""

    name: Literal["saliencymix"] = "saliencymix"

    formula = (
        "λ₀ ~ Beta(α, α); x = b inside a box with √(1 − λ₀) of the sides around b's most salient pixel, "
        "else a; λ = 1 − area / HW"
    )

    needs = frozenset({"pixels"})

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup places the box of the whole batch by the first partner's saliency; compat: 'openmixup' "
        "does so, too.",
        "OpenMixup hands normalised floats to OpenCV, which takes their bytes for pixels: the box hugs the "
        "upper border; compat: 'openmixup' reads the same bytes.",
    )

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped."""

    per_sample: bool = False
    """Draw the size of the box for each sample instead of once for the batch (the benchmark's way). Where it
    lies is each sample's own in any case."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` places one box for the batch, by what OpenCV makes of the first partner's normalised
    pixels."""

    @torch.no_grad()
    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, then the sizes of the boxes; the partners say where they lie.

        Raises:
            ValueError: the images are not [B, 3, H, W] (or of one channel, where they are not `compat`).
        """
        size, height, width = batch_shape(images)
        if size == 0:
            return unmixed(images)
        pairing = Roll.draw(size, generator)
        lam = sample_beta(self.alpha, size if self.per_sample else 1, generator)
        ratio = (1 - lam).sqrt().to(images.device, non_blocking=True)
        if self.compat == "openmixup":
            first = partners_of(pairing, torch.arange(size))[:1].to(images.device, non_blocking=True)
            peak = _peaks(saliency_of_bytes(images[first]))
        else:
            peak = partners_of(pairing, _peaks(fine_grained_saliency(images, cues.normalisation)))
        row, column = peak // width, peak % width
        top, bottom = _span(row, (height * ratio).long(), height)
        left, right = _span(column, (width * ratio).long(), width)
        boxes = Boxes(torch.stack((top, bottom, left, right), 1))
        return MixPlan(pairing, boxes, boxes.shares_outside(height, width).expand(size))


def _peaks(maps: Tensor) -> Tensor:
    """Number of each map's greatest pixel, of equal ones the first, int64 [B]; maps are uint8 [B, H, W]."""
    return maps.flatten(1).argmax(1)


def _span(centre: Tensor, length: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """First pixel of each cut of `length` around `centre`, and the one after its last, inside of the side."""
    half = length // 2
    return (centre - half).clamp(min=0), (centre + half).clamp(max=side)
