"""SmoothMix: a Gaussian spot of an image, faded into its partner; labels mix by the spot's mean.

Paper: Lee et al., CVPR Workshops 2020, "SmoothMix: a Simple Yet Effective Data Augmentation to Train Robust
Classifiers". No official code is public. Checked against a published summary of the paper and a
reimplementation from it: x = G a + (1 - G) b, y = lam y_a + (1 - lam) y_b, lam = mean(G); against OpenMixup:
the range of sigma. The paper's second mask, a square with soft edges, is not offered.
Differs from OpenMixup: labels are not swapped; the spot's centre is a pixel, not half a pixel before one.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape

from .base import Method
from .registry import register

SIGMA = (0.25, 0.5)
"""Range of the spot's standard deviation, in heights of the image."""


@register(paper="CVPRW 2020")
class SmoothMix(Method):
    """SmoothMix: a Gaussian spot of the image, faded into its partner; labels mix by the spot's mean."""

    formula = "G = exp(−‖p − μ‖² / 2σ²), σ ~ U(0.25, 0.5) H; x = G a + (1 − G) b; λ = mean(G)"

    name: Literal["smoothmix"] = "smoothmix"

    per_sample: bool = False
    """Draw a spot for each sample instead of one for the batch (the benchmark's way)."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` swaps the labels, as OpenMixup does: the spot shows the partner, and its mean is still the
    weight of the image's own label."""

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup swaps the labels: the spot shows the partner, its mean weighs the image's own label.",
        "OpenMixup takes an alpha and does not use it.",
    )

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, then each spot's centre (any pixel) and its sigma, uniform in `SIGMA`.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        centre_row, centre_column, spread = torch.rand(
            3, size if self.per_sample else 1, 1, dtype=torch.float64, generator=generator
        )
        sigma = height * (SIGMA[0] + (SIGMA[1] - SIGMA[0]) * spread)
        rows = _bell(height, (height * centre_row).floor_(), sigma)
        columns = _bell(width, (width * centre_column).floor_(), sigma)
        lam = (rows.mean(1) * columns.mean(1)).float().expand(size)
        spot = (rows.unsqueeze(2) * columns.unsqueeze(1)).unsqueeze(1).float()
        weight = 1 - spot if self.compat == "openmixup" else spot
        device = images.device
        return MixPlan(pairing, Mask(weight.to(device, non_blocking=True)), lam.to(device, non_blocking=True))


def _bell(side: int, centre: Tensor, sigma: Tensor) -> Tensor:
    """exp(-(i - centre)^2 / (2 sigma^2)) for i in 0 .. side - 1: float64 [n, side], from float64 [n, 1]."""
    return torch.arange(side).sub(centre).div_(sigma).square_().mul_(-0.5).exp_()
